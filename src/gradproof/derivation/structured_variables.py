"""What the gradient by a variable with structure can mean besides the free one.

    free          entries as if independent: what PyTorch and JAX compute
    constrained   the part of it along which the variable may change: H projected to the tangent space
    entries       the derivative by the entries that are free, each standing wherever it stands

A row of the table says, for a declared property, the projection and the derivative by free entries, as
texts in the language: H is the free gradient, X the variable, n the size of its last axis.
Edelman, Arias, Smith (1998), "The geometry of algorithms with orthogonality constraints", has the
projections; Srinivasan and Panda (2022), "What is the gradient of a scalar function of a symmetric
matrix?", the two meanings for symmetric ones.
"""

from __future__ import annotations

from typing import NamedTuple

from gradproof.calculus.network.cost import ink
from gradproof.calculus.simplify import tidy
from gradproof.elaboration.read import phrase
from gradproof.expressions.nodes import Expr
from gradproof.expressions.sentences import Formula, Sentence, joined, say
from gradproof.operators.build import d, frob, name, size
from gradproof.operators.properties import props, symmetric

STRUCTURES = ("free", "constrained", "entries")
LONG = 24  # ink of a gradient that a note still writes out


class Row(NamedTuple):
    """One property: how it is called, the projection, the derivative by free entries, and why.

    shown, shown_entries   the projection and the derivative as they are written on a line
    why                    a sentence, with {} for formulas
    about                  these formulas: in the language, and as they are written on a line
    """

    words: str
    projection: str
    shown: str
    entries: str
    shown_entries: str
    why: str
    about: tuple[tuple[str, str], ...] = ()

    def reason(self, variable: Expr | None = None) -> Sentence:
        """Why; of a variable, or of any X."""
        return say(self.why, *(_shown(text, shown, variable) for text, shown in self.about))

    def sentence(self) -> Sentence:
        """What the projection does, and why."""
        return say("{}: {}", self.words, self.reason())


def _shown(text: str, shown: str, variable: Expr | None) -> Formula:
    """A formula of the table, for a variable in place of X; H is the gradient."""
    if variable is None:
        return Formula((text,), shown)
    known = {**_names(name("H", variable.axes, row=variable.row), variable), "dX": d(variable)}
    return Formula((phrase(text, known),), shown.replace("X", str(variable)))


_SYMMETRIC = Row(
    "within the symmetric matrices", "(H + H')/2", "½(H + Hᵀ)", "H + H' - H.*eye(n)", "H + Hᵀ − H⊙I",
    "each entry off the diagonal stands in two places",
)  # fmt: skip
_ROWS = {
    "diagonal": Row(
        "within the diagonal matrices", "H.*eye(n)", "H⊙I", "H.*eye(n)", "H⊙I",
        "entries off the diagonal stay 0",
    ),
    "symmetric": _SYMMETRIC,
    "spd": _SYMMETRIC,
    "antisymmetric": Row(
        "within the antisymmetric matrices", "(H - H')/2", "½(H − Hᵀ)", "H - H'", "H − Hᵀ",
        "an entry and its mirror image have opposite signs",
    ),
    "lower": Row(
        "within the lower triangular matrices", "tril(H)", "tril(H)", "tril(H)", "tril(H)",
        "entries above the diagonal stay 0",
    ),
    "upper": Row(
        "within the upper triangular matrices", "triu(H)", "triu(H)", "triu(H)", "triu(H)",
        "entries below the diagonal stay 0",
    ),
    "orthogonal": Row(
        "along the orthogonal matrices", "(H - X*H'*X)/2", "½(H − X Hᵀ X)", "", "",
        "{} is antisymmetric", (("X'*dX", "XᵀdX"),),
    ),
    "stochastic": Row(
        "along the rows that sum to 1", "H - rowmean(H)*ones(n)'", "H − rowmean(H) 1ᵀ", "", "",
        "changes of a row sum to 0",
    ),
    "sphere": Row(
        "along the sphere", "H - (X:H)*X", "H − (X:H) X", "", "", "{} is 0 where {} is constant",
        (("X:dX", "X:dX"), ("norm2(X)", "‖X‖")),
    ),
}  # fmt: skip
_SIMPLEX = _ROWS["stochastic"]._replace(
    words="along the simplex", projection="H - mean(H)", shown="H − mean(H)", why="changes sum to 0"
)


def row_of(variable: Expr) -> Row | None:
    """The row of the table for a variable, or None where it has no structure."""
    declared = props(variable)
    if "stochastic" in declared and len(variable.axes) == 1:
        return _SIMPLEX
    return next((row for prop, row in _ROWS.items() if prop in declared), None)


def projected(gradient: Expr, variable: Expr, structure: str) -> tuple[Expr, Expr] | None:
    """A free gradient as the structure has it: as the table says, and as one would write it.

    None where the table has no such form for the variable.
    """
    row = row_of(variable)
    text = "" if row is None else row.projection if structure == "constrained" else row.entries
    if not text:
        return None
    plain = phrase(text, _names(gradient, variable))
    return plain, _written(plain, gradient, row, structure)


def _written(plain: Expr, gradient: Expr, row: Row | None, structure: str) -> Expr:
    """As one would write it; a symmetric gradient is its own symmetric part."""
    if row is _SYMMETRIC and structure == "constrained" and symmetric(gradient):
        return gradient
    return tidy(plain)


def _names(gradient: Expr, variable: Expr) -> dict[str, Expr]:
    return {"H": gradient, "X": variable, "n": size(variable.axes[-1])}


def obligation(gradient: Expr, variable: Expr) -> tuple[Expr, Expr]:
    """What makes a projected gradient right: H : P(D) = P(H) : D for every change D."""
    row = row_of(variable)
    assert row is not None
    change = name(f"d{variable}", variable.axes, row=variable.row)
    along = phrase(row.projection, _names(change, variable))
    return frob(gradient, along), frob(phrase(row.projection, _names(gradient, variable)), change)


def note(variable: Expr, gradient: Expr, within: Expr | None) -> Sentence:
    """The remark under the gradient by a variable with structure; `within` is the constrained one, where
    it could be proved."""
    row = row_of(variable)
    assert row is not None
    prop = next(p for p in _ROWS if p in props(variable))
    free = name("H", variable.axes, row=variable.row)
    told = [
        say("{} is {}, and this gradient {} is the free one: entries as if independent.", variable,
            _called(prop), free)
    ]  # fmt: skip
    if within is gradient:
        what = "It is symmetric, so" if row is _SYMMETRIC else "Here"
        told.append(say("{} it is the gradient {}, too.", what, row.words))
    else:
        told.append(_projected_note(row, variable, within))
    if row.entries:
        both = ("2*H - H.*eye(n)", "2 H − H⊙I") if within is gradient and row is _SYMMETRIC else None
        entries = _shown(*(both or (row.entries, row.shown_entries)), variable)
        told.append(say("By its free entries it is {}, since {}.", entries, row.reason(variable)))
    return joined(told, " ")


def _projected_note(row: Row, variable: Expr, within: Expr | None) -> Sentence:
    value = say(" = {}", within) if within is not None and ink(within) <= LONG else ""
    why = "" if row.entries else say(", since {}", row.reason(variable))
    shown = _shown(row.projection, row.shown, variable)
    start = f"{row.words[0].upper()}{row.words[1:]}"
    return say("{} the gradient is {}{}{}.", start, shown, value, why)


def _called(prop: str) -> str:
    words = {
        "lower": "lower triangular",
        "upper": "upper triangular",
        "stochastic": "stochastic (rows sum to 1)",
        "sphere": "on a sphere",
    }
    return words.get(prop, prop)
