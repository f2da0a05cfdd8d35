"""A derivative as it may be written: in another layout, stacked by columns or by rows, as a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gradproof.checking.diagnosis.findings import Finding
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import T, apply, einsum, reshape

LETTERS = "abcdefghijklmnop"
COLUMNS, ROWS = "vec form", "vec form by rows"


class Form(NamedTuple):
    """Our answer in one form, and what that form is called; None: as it was asked for."""

    truth: Expr
    finding: Finding | None


def forms(truth: Expr, outer: int, other: str) -> list[Form]:
    """The forms of a derivative, the one that was asked for first.

    outer   how many axes, the first ones, are those of the array that is differentiated
    other   what the transpose of the derivative is called
    """
    out = [Form(truth, None)]
    if len(truth.axes) in (1, 2):
        turned = T(truth)
        out.append(Form(turned, Finding(f"layout {other}", f'right in layout "{other}"')))
    if len(truth.axes) == 2 and not outer:
        out += _stacked(truth)
    if len(truth.axes) > 2:
        out += _matrices(truth, outer)
    return out


def _stacked(truth: Expr) -> list[Form]:
    """A matrix as one vector."""
    out = []
    for phrase, stacked, what in ((COLUMNS, truth, "columns"), (ROWS, T(truth), "rows")):
        vector = apply("vec", stacked)
        out.append(Form(vector, Finding(phrase, f"right, with the {what} stacked into one vector")))
        row = Finding(f"{phrase}, layout numerator", f"right, as a row of the stacked {what}")
        out.append(Form(T(vector), row))
    return out


def _matrices(truth: Expr, outer: int) -> list[Form]:
    """A tensor of derivatives with the axes of the variable first, or as a matrix."""
    axes = LETTERS[: len(truth.axes)]
    first, last = axes[:outer], axes[outer:]
    out: list[Form] = []
    if first and last:
        turned = _ordered(truth, axes, last + first)
        out.append(Form(turned, Finding("layout denominator", "right, with the axes of the variable first")))
    for cut in range(1, len(axes)):
        out.append(_matrix(truth, cut, COLUMNS, "columns"))
    if first and last:
        by_rows = _ordered(truth, axes, first[::-1] + last[::-1])
        columns, rows = _matrix(truth, outer, COLUMNS, "columns"), _matrix(by_rows, outer, ROWS, "rows")
        out += [_turned(columns), rows, _turned(rows)]
    return out


def _ordered(e: Expr, axes: str, wanted: str) -> Expr:
    return e if axes == wanted else einsum(f"{axes}->{wanted}", e)


def _matrix(e: Expr, cut: int, phrase: str, what: str) -> Form:
    form = reshape(e, _size(e.axes[:cut]), _size(e.axes[cut:]))
    return Form(form, Finding(phrase, f"right, as the Jacobian of the stacked {what}"))


def _turned(form: Form) -> Form:
    assert form.finding is not None
    phrase, why = form.finding.phrase, form.finding.why
    return Form(T(form.truth), Finding(f"{phrase}, layout denominator", f"{why}, transposed"))


def _size(axes: Sequence[Dim]) -> Dim:
    out = axes[0]
    for dim in axes[1:]:
        out = out * dim
    return out
