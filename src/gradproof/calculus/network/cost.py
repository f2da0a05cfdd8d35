"""How much ink an expression takes: names, numbers and operators counted, parentheses free."""

from __future__ import annotations

from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import fold

_BETWEEN = {"add", "mul", "had", "hdiv", "div", "frob", "pow", "hpow"}


def _own(node: Expr, below: tuple[int, ...]) -> int:
    if node.op in _BETWEEN:
        return len(node.args) - 1 + sum(below)
    if node.op in ("ones", "zeros", "eye"):
        return 1 + (1 if node.op == "eye" else len(node.axes))
    if node.op == "einsum":
        return 4 + 2 * len(node.args) + sum(below)
    if node.op == "slope":
        return 2 + sum(below)
    return 1 + sum(below)


def ink(e: Expr) -> int:
    """The count for an expression written out in full; a subtracted term's sign is the operator."""
    total = fold(e, _own)
    if e.op == "add":
        total -= sum(term.op == "neg" for term in e.args[1:])
    return total


def leaves(e: Expr) -> int:
    """How often names stand in an expression written out in full; numbers, sizes and constants are free."""

    def own(node: Expr, below: tuple[int, ...]) -> int:
        return 1 if node.op == "name" else sum(below)

    return fold(e, own)
