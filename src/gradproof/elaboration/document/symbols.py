"""The names of a text while it is read: what is declared, what is defined, what is open."""

from __future__ import annotations

from typing import NamedTuple

from gradproof.elaboration.document.sizes import Size
from gradproof.language.document.tree import Term

GREEK = frozenset(
    (
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
        "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "ell",
    )
)  # fmt: skip
SQUARE = frozenset(
    ("symmetric", "spd", "orthogonal", "diagonal", "invertible", "antisymmetric", "lower", "upper")
)


class Declared(NamedTuple):
    """What the text says about a name: its sizes (None: not said), how many axes (None: not said), words."""

    sizes: tuple[str, ...] | None = None
    rank: int | None = None
    words: tuple[str, ...] = ()


class Definition(NamedTuple):
    """What a name stands for.

    name    the name; indices: those of its left side; body: the right side; params: of a function
    place   where it stands among the rows of the text; text: the name that expressions have for it
    """

    name: str
    indices: tuple[str, ...]
    body: Term
    params: tuple[Term, ...]
    place: int
    text: str


class Symbol(NamedTuple):
    """A name with its axes; hidden: indices that its left side does not show, such as those of a loss of one
    sample; row: it lies down."""

    text: str
    axes: tuple[Size, ...]
    words: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    row: bool = False


def stem(text: str) -> str:
    """A name without what belongs to it: hat, star, scripts."""
    return text.split("_", 1)[0].rstrip("′")


def ranks(text: str, least: int, bold: bool) -> list[tuple[int, float]]:
    """How many axes a name may have that nothing declares, with what each costs: the usual is cheap."""
    base = stem(text)
    if base.startswith("d") and len(base) == 2:
        base = base[1:]
    if base in GREEK:
        usual = {0: 0.0, 1: 1.0, 2: 4.0}
        if base in ("theta", "beta", "mu", "xi"):
            usual = {0: 0.6, 1: 0.3, 2: 4.0}
        if base in ("delta", "alpha", "nu", "eta", "pi", "phi", "psi"):
            usual = {0: 0.2, 1: 0.5, 2: 3.0}
    elif base[:1].isupper():
        usual = {2: 0.0, 0: 4.0, 1: 5.0}
        if base in ("L", "E", "J", "N", "C", "T", "D", "M", "K", "F"):
            usual = {2: 0.2, 0: 0.4, 1: 3.0}
    elif base[:1] in "abcdefg":
        usual = {0: 0.3, 1: 0.5, 2: 7.5}
        if base[:1] in "ab":
            usual = {0: 0.5, 1: 0.3, 2: 7.5}
    else:
        usual = {1: 0.0, 0: 0.8, 2: 7.5}
        if base[:1] in "nmk" or base == "t":
            usual = {0: 0.0, 1: 0.8, 2: 7.5}
    if bold:
        usual = {2: 0.0, 1: 1.0} if base[:1].isupper() else {1: 0.0, 2: 4.0, 0: 5.0}
    out = [(rank, cost) for rank, cost in usual.items() if rank >= least]
    if least >= 1:
        out = [(rank, 0.0 if rank == least else 2.0 + cost) for rank, cost in out]
        if least not in dict(out):
            out.append((least, 0.0))
        if least + 1 not in dict(out):
            out.append((least + 1, 3.0))
    return sorted(out, key=lambda pair: pair[1])
