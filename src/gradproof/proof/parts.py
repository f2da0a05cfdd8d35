"""An answer that has a part of the truth: its diagonal, or the number that every entry is."""

from __future__ import annotations

from gradproof.expressions.nodes import Expr
from gradproof.operators.build import apply, eye, had, mul, ones
from gradproof.proof.context import Context
from gradproof.proof.findings import Finding
from gradproof.proof.referee import Referee

RIGHT = ("proved", "tested", "sampled")
DIAGONAL, NUMBER = "only the diagonal", "ones missing"


def partly(truth: Expr, claim: Expr, context: Context, kind: str) -> Finding | None:
    """The part of the truth that a claim is, where it has a name."""
    if truth.axes and not claim.axes:
        every = mul(claim, ones(*truth.axes))
        said = f"yours is a number, and every entry of the {kind} is that number: {{0}}"
        return Finding(NUMBER, said, (every,)) if _same(truth, every, context) else None
    if len(truth.axes) != 2 or truth.axes[0] is not truth.axes[1]:
        return None
    shown, what = truth, ""
    alone = had(truth, eye(truth.axes[0]))
    if _same(truth, alone, context):
        return None
    if claim.axes == truth.axes:
        shown, what = alone, "yours is 0 beside it"
    elif claim.axes == truth.axes[:1] and not claim.row:
        shown, what = apply("diagonal", truth), "yours is a vector"
    if not what or not _same(shown, claim, context):
        return None
    return Finding(DIAGONAL, f"yours has the diagonal of the {kind}, which is not all: {what}")


def _same(a: Expr, b: Expr, context: Context) -> bool:
    return (a.axes, a.row) == (b.axes, b.row) and Referee(context).judge(a, b).grade in RIGHT
