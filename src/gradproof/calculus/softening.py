"""exp(x)/sum(exp(x)) is softmax(x): one word for an exponential over the sum of its entries."""

from __future__ import annotations

from fractions import Fraction

from gradproof.expressions.nodes import Expr
from gradproof.operators.build import apply, construct

_THROUGH = ("mul", "had", "diag", "T")


def count(e: Expr, factor: Expr) -> int:
    """How often an expression has `factor` as a factor, within products, transposes and diagonals."""
    if e is factor:
        return 1
    return sum(count(arg, factor) for arg in e.args) if e.op in _THROUGH else 0


def replaced(e: Expr, factor: Expr, new: Expr) -> Expr:
    """The expression with `new` for each of these factors."""
    if e is factor:
        return new
    if e.op not in _THROUGH:
        return e
    return construct(e, tuple(replaced(arg, factor, new) for arg in e.args))


def soft(scalars: dict[Expr, Fraction], core: Expr | None) -> tuple[dict[Expr, Fraction], Expr | None]:
    """The scalars and the array of a term, with softmax where an exponential meets its own sum."""
    if core is None:
        return scalars, core
    for total, power in scalars.items():
        grown = total.args[0] if total.op == "sum" else None
        if grown is None or grown.op != "exp" or len(grown.axes) != 1 or grown.row or power > -1:
            continue
        times = count(core, grown)
        if 0 < times <= -power:
            left = {e: p for e, p in {**scalars, total: power + times}.items() if p}
            return soft(left, replaced(core, grown, apply("softmax", grown.args[0])))
    return scalars, core
