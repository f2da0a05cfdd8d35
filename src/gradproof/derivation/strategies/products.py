"""An expression that is linear in one part, as a sum of products that hold this part once."""

from __future__ import annotations

from gradproof.errors import LimitError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.operators.blocks import CATS, among_zeros
from gradproof.operators.build import construct, had, mul, neg, ones

MOST = 500


def products(e: Expr, goal: Expr) -> list[Expr]:
    """The products in `e`, linear in `goal`; none where it does not occur."""
    holding: dict[Expr, bool] = {}
    for node in postorder([e]):
        holding[node] = node is goal or any(holding[arg] for arg in node.args)
    return _products(e, goal, holding) if holding[e] else []


def _products(e: Expr, goal: Expr, holding: dict[Expr, bool]) -> list[Expr]:
    if e is goal:
        return [e]
    if e.op == "add":
        found = [
            t if t.axes or not e.axes else had(t, ones(*e.axes))
            for arg in e.args
            if holding[arg]
            for t in _products(arg, goal, holding)
        ]
        if len(found) > MOST:
            raise LimitError(f"a derivative has more than {MOST} products, the limit", code="GP705")
        return found
    if e.op == "neg":
        return [neg(t) for t in _products(e.args[0], goal, holding)]
    if e.op in CATS:
        return [
            among_zeros(e, k, t)
            for k, arg in enumerate(e.args)
            if holding[arg]
            for t in _products(arg, goal, holding)
        ]
    k = next(k for k, arg in enumerate(e.args) if holding[arg])
    if e.op == "reshape":
        return [_unstacked(e, t) for t in _products(e.args[0], goal, holding)]
    return [construct(e, (*e.args[:k], t, *e.args[k + 1 :])) for t in _products(e.args[k], goal, holding)]


def _unstacked(e: Expr, inner: Expr) -> Expr:
    """`inner` in the axes of `e`; stacked columns are put side by side again."""
    if inner.op == "vec" and inner.args[0].axes == e.axes:
        return inner.args[0]
    if inner.op == "neg":
        return neg(_unstacked(e, inner.args[0]))
    if inner.op == "mul" and not any(arg.axes for arg in inner.args[:-1]):
        return mul(*inner.args[:-1], _unstacked(e, inner.args[-1]))
    return construct(e, (inner,))
