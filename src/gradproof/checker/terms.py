"""Sums of terms: factors that stand on indices, some of which stay. No index is ever a factor."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

MOST_BITS, MOST_WORK = 20_000, 10_000_000
Factor = tuple[int, tuple[int, ...], Fraction]  # atom, the indices it stands on, exponent
Poly = dict[tuple[str, ...], int]  # a size: coefficients of products of symbols


class Unchecked(Exception):
    """Something that this checker does not know; the step is reported as not re-checked."""


class Wrong(Exception):
    """The certificate says what is not so."""


class Work:
    """How much a whole certificate may cost: operations on factors, indices and parts."""

    def __init__(self, left: int = MOST_WORK) -> None:
        self.left = left

    def spend(self, count: int) -> None:
        """Count what is about to be done. Raises Unchecked where nothing is left."""
        self.left -= count
        if self.left < 0:
            raise Unchecked("the certificate asks for more work than this checker does")


def bounded(value: Fraction) -> Fraction:
    """A number that is not too long to reckon with; raises Unchecked."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MOST_BITS:
        raise Unchecked(f"a number of more than {MOST_BITS} bits")
    return value


def raised(base: Fraction, e: int) -> Fraction:
    """A power of a number, which is seen to be short before it is made."""
    if (max(base.numerator.bit_length(), base.denominator.bit_length()) - 1) * abs(e) > MOST_BITS:
        raise Unchecked(f"a number of more than {MOST_BITS} bits")
    return base**e


class Term(NamedTuple):
    """coefficient · Σ Π factors; `outs` are the indices that stay, in the order of the axes."""

    c: Fraction
    sizes: tuple[str, ...]
    factors: tuple[Factor, ...]
    outs: tuple[int, ...]


class Form(NamedTuple):
    """A sum of terms. Each axis is a group of indices: more than one after vec and kron."""

    axes: tuple[tuple[str, ...], ...]
    terms: tuple[Term, ...]
    row: bool = False

    @property
    def legs(self) -> tuple[str, ...]:
        """The sizes of all indices that stay."""
        return tuple(size for axis in self.axes for size in axis)


class Atom(NamedTuple):
    """What is not looked into: a name, a differential, a function of frozen arguments."""

    kind: str
    data: tuple[Any, ...]
    forms: tuple[Form, ...]
    legs: tuple[str, ...]


def number(value: Fraction | int) -> Form:
    """A number as a form; 0 has no terms."""
    return Form((), (Term(Fraction(value), (), (), ()),) if value else ())


# ---- sizes: texts such as "n", "6" and "1*k*n+2*m", one for each polynomial


def poly(size: object) -> Poly:
    """A size of the certificate, or a text that `text` made, as a polynomial."""
    if isinstance(size, str) and ("*" in size or "+" in size):
        rows: list[Any] = [[int(part.split("*")[0]), *part.split("*")[1:]] for part in size.split("+")]
    elif isinstance(size, (list, tuple)):
        rows = [*size]
    else:
        rows = [[int(str(size))]] if str(size).isdigit() else [[1, size]]
    out: Poly = {}
    for c, *symbols in rows:
        key = tuple(sorted(map(str, symbols)))
        out[key] = out.get(key, 0) + int(c)
    return {key: c for key, c in out.items() if c}


def text(size: Poly) -> str:
    """The name of a size."""
    if not size or [*size] == [()]:
        return str(size.get((), 0))
    for key, c in size.items():
        if len(size) == c == len(key) == 1:
            return key[0]
    return "+".join("*".join([str(c), *key]) for key, c in sorted(size.items()))


def plus(a: Poly, b: Poly, c: int = 1) -> Poly:
    """a + c·b."""
    keys = {**a, **b}
    return {key: total for key in keys if (total := a.get(key, 0) + c * b.get(key, 0))}


def times(sizes: Sequence[str]) -> Poly:
    """The product of sizes."""
    total: Poly = {(): 1}
    for size in sizes:
        made: Poly = {}
        for (a, c), (b, e) in ((one, other) for one in total.items() for other in poly(size).items()):
            made = plus(made, {tuple(sorted(a + b)): c * e})
        total = made
    return total


# ---- terms


def tidy(term: Term) -> Term:
    """Equal factors add exponents; indices that nothing stands on are last; the rest is numbered anew."""
    merged: dict[tuple[int, tuple[int, ...]], Fraction] = {}
    for atom, legs, e in term.factors:
        merged[atom, legs] = merged.get((atom, legs), Fraction(0)) + e
    kept = {(a, v): e for (a, v), e in merged.items() if e}
    used = dict.fromkeys([*term.outs, *(i for _, legs in kept for i in legs)])
    lost = [size for i, size in enumerate(term.sizes) if i not in used]
    new = {old: place for place, old in enumerate(used)}
    factors = [(a, tuple(new[i] for i in legs), e) for (a, legs), e in kept.items()]
    sizes = tuple(term.sizes[i] for i in used)
    outs = tuple(new[i] for i in term.outs)
    return Term(term.c, (*sizes, *lost), tuple(sorted(factors)), outs)


def joined(sizes: Sequence[str], parts: Sequence[tuple[Term, Sequence[int]]], outs: Sequence[int]) -> Term:
    """The product of terms whose outputs are put on the given indices; deltas join indices."""
    all_sizes, parent = list(sizes), list(range(len(sizes)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    c, factors = Fraction(1), []
    for term, legs in parts:
        start = len(all_sizes)
        all_sizes += term.sizes
        parent += range(start, len(all_sizes))
        for place, leg in zip(term.outs, legs, strict=True):
            if all_sizes[start + place] != all_sizes[leg]:
                raise Unchecked(f"an axis of size {all_sizes[leg]} that is read in two ways")
            parent[root(start + place)] = root(leg)
        c *= term.c
        factors += [(a, tuple(start + i for i in v), e) for a, v, e in term.factors]
    roots = list(dict.fromkeys(map(root, range(len(parent)))))
    spot = {r: i for i, r in enumerate(roots)}
    moved = [(a, tuple(spot[root(i)] for i in v), e) for a, v, e in factors]
    return Term(c, tuple(all_sizes[r] for r in roots), tuple(moved), tuple(spot[root(i)] for i in outs))
