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
from gradproof.operators.build import frob, name, size
from gradproof.operators.properties import props, symmetric

STRUCTURES = ("free", "constrained", "entries")
LONG = 24  # ink of a gradient that a note still writes out


class Row(NamedTuple):
    """One property: how it is called, the projection, the derivative by free entries, and why."""

    words: str
    projection: str
    shown: str
    entries: str
    shown_entries: str
    why: str


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
        "XᵀdX is antisymmetric",
    ),
    "stochastic": Row(
        "along the rows that sum to 1", "H - rowmean(H)*ones(n)'", "H − rowmean(H) 1ᵀ", "", "",
        "changes of a row sum to 0",
    ),
    "sphere": Row(
        "along the sphere", "H - (X:H)*X", "H − (X:H) X", "", "", "X:dX is 0 where ‖X‖ is constant",
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


def note(variable: Expr, gradient: Expr, within: Expr | None) -> str:
    """The remark under the gradient by a variable with structure; `within` is the constrained one, where
    it could be proved. Expressions in the language stand between backquotes."""
    row = row_of(variable)
    assert row is not None
    prop = next(p for p in _ROWS if p in props(variable))
    said = f"{variable} is {_called(prop)}, and this gradient H is the free one: entries as if independent. "
    what = "It is symmetric, so" if row is _SYMMETRIC else "Here"
    if within is gradient:
        said += f"{what} it is the gradient {row.words}, too. "
    else:
        value = f" = `{within}`" if within is not None and ink(within) <= LONG else ""
        why = "" if row.entries else f", since {row.why.replace('X', str(variable))}"
        shown = row.shown.replace("X", str(variable))
        said += f"{row.words[0].upper()}{row.words[1:]} the gradient is {shown}{value}{why}. "
    if row.entries:
        entries = "2 H − H⊙I" if within is gradient and row is _SYMMETRIC else row.shown_entries
        said += f"By its free entries it is {entries}, since {row.why.replace('X', str(variable))}."
    return said.strip()


def _called(prop: str) -> str:
    words = {
        "lower": "lower triangular",
        "upper": "upper triangular",
        "stochastic": "stochastic (rows sum to 1)",
        "sphere": "on a sphere",
    }
    return words.get(prop, prop)
