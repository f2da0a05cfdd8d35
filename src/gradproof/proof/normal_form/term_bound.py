"""How many terms a sum can have when it is multiplied out: a bound found before anything is."""

from __future__ import annotations

from fractions import Fraction
from math import prod

from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import fold

ATOMIC = frozenset({
    "exp", "sin", "cos", "tan", "asin", "atan", "erf", "inv", "det", "norm1", "norm2", "normF", "slope",
    "map", "call", "gradof", "sqrt",
})  # fmt: skip
TWICE = frozenset({"sigmoid", "tanh", "sinh", "cosh", "expm1", "acos", "log", "log1p", "softplus"})
CAP = 2**64  # large enough to be refused by everybody


def term_bound(e: Expr) -> int:
    """At least as many terms as the normal form of e can have (2^40 for (A + B)^40), at most CAP."""
    return fold(e, lambda node, below: min(CAP, _bound(node, below)))


def _bound(node: Expr, below: tuple[int, ...]) -> int:
    op = node.op
    if op == "add":
        return sum(below)
    if op in ("pow", "hpow"):
        return _power(node.args[1], below[0])
    if op in ("div", "hdiv"):
        return below[0]
    if op in ATOMIC:
        return 1
    if op in TWICE or op == "logsumexp":
        return 1 + max(below)
    if op in ("maximum", "minimum"):
        return 2 * sum(below)
    if op in ("relu", "leaky_relu", "elu", "gelu", "silu", "abs", "sign", "logsoftmax", "logdet"):
        return 3 * max(below) + 2
    if op in ("d", "partial"):
        return 16 * below[0]
    return prod(below)


def _power(exponent: Expr, base: int) -> int:
    value = exponent.data[0] if exponent.op == "num" else 1
    if not isinstance(value, Fraction) or value.denominator != 1:
        return base
    return CAP if base > 1 and value > 64 else base ** int(value)
