"""A linear equation with what both of its sides share taken away: 2 A X = 2 A B is X = B."""

from __future__ import annotations

from fractions import Fraction

from gradproof.calculus.network.cost import ink
from gradproof.calculus.network.hadamard import constant
from gradproof.calculus.network.to_expression import Term
from gradproof.calculus.simplify import multiplied_out, term, tidy
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.operators.build import add, apply, div, mul
from gradproof.operators.build import power as power_of
from gradproof.operators.properties import invertible


def reduced(h: Expr, right: Expr, way: str) -> tuple[Expr, Expr]:
    """The same equation without a scalar, and without a matrix on its outer side, that both sides share."""
    apart = term(h)
    scale = _scalar(apart)
    if not (scale.op == "num" and scale.data == (Fraction(1),)) and apart.core is not None:
        h, right = tidy(div(h, scale)), tidy(div(right, scale))
    for factor in _outer(right, way):
        inverse = apply("inv", factor)
        made = [_stripped(e, inverse, way) for e in (h, right)]
        if inverse not in postorder(made) and sum(map(ink, made)) < ink(h) + ink(right):
            h, right = made
    return h, right


def _scalar(one: Term) -> Expr:
    """What a product is multiplied with: its number and its scalars."""
    powers = [e if p == 1 else power_of(e, constant(p)) for e, p in one.scalars.items()]
    return tidy(mul(constant(one.coefficient), *powers))


def _outer(e: Expr, way: str) -> list[Expr]:
    """The matrix that a product begins with (ends with), where it certainly has an inverse."""
    while e.op in ("neg", "div"):
        e = e.args[0]
    if e.op != "mul":
        return []
    found = [arg for arg in e.args if arg.axes]
    end = found[0] if way == "left" else found[-1]
    return [end] if len(end.axes) == 2 and invertible(end) else []


def _stripped(e: Expr, inverse: Expr, way: str) -> Expr:
    """inverse*e (or e*inverse), multiplied out so that it cancels term by term."""
    pair = (inverse, e) if way == "left" else (e, inverse)
    return tidy(add(*map(tidy, multiplied_out(mul(*pair)))))
