"""Triangles in networks: a mask that keeps a triangle, on the wires of a matrix that is triangular itself."""

from __future__ import annotations

from fractions import Fraction

from gradproof.calculus.network.network import Factor, Network
from gradproof.expressions import dims
from gradproof.expressions.nodes import Expr
from gradproof.operators.blocks import HALVED, entry_of, flipped, masked
from gradproof.operators.properties import lower, symmetric, upper

NOUGHT = dims.number(0)


def halves(a: Expr | None, b: Expr | None) -> Expr | None:
    """M, where a and b are its lower and its upper triangle with half a diagonal each."""
    if a is None or b is None or len(a.axes) != 2:
        return None
    one, other = _half(a), _half(b)
    if one is None or other is None or one[0] is other[0] or one[1] is not other[1]:
        return None
    return one[1]


def _half(e: Expr) -> tuple[str, Expr] | None:
    if e.op == "T" and e.args[0].op in HALVED and symmetric(e.args[0].args[0]):
        return flipped(e.args[0]).op, e.args[0].args[0]
    return (e.op, e.args[0]) if e.op in HALVED else None


def masks(net: Network) -> bool:
    """Take away what a triangular factor makes needless: tril(L) is L, and tril(L') is its diagonal.
    Whether there was something of the kind; the network is to be settled then."""
    for index, factor in enumerate(net.factors):
        if factor.power <= 0 or factor.power.denominator != 1 or not masked(factor.expr):
            continue
        if factor.legs[0] == factor.legs[1]:
            net.times(entry_of(factor.expr, NOUGHT) ** int(factor.power))
            del net.factors[index]
            return True
        if _kept(factor) is None:
            continue
        for other in net.factors:
            if other is not factor and set(other.legs) == set(factor.legs) and _meet(net, index, other):
                return True
    return False


def _kept(factor: Factor) -> str | None:
    """Which triangle a mask keeps; None where it is none that is at the diagonal."""
    e = factor.expr
    if e.data[0]:
        return None
    return HALVED.get(e.op, e.op)


def _meet(net: Network, index: int, other: Factor) -> bool:
    mask = net.factors[index]
    if len(other.legs) != 2 or other.power <= 0 or masked(other.expr):
        return False
    straight, keeps = other.legs == mask.legs, _kept(mask)
    same = (lower if straight == (keeps == "tril") else upper)(other.expr)
    across = (upper if straight == (keeps == "tril") else lower)(other.expr)
    if across:
        net.merge(*mask.legs)
        net.times(Fraction(1, 2) ** int(mask.power) if mask.expr.op in HALVED else 1)
    elif not same or mask.expr.op in HALVED:
        return False
    del net.factors[index]
    return True
