"""Products entry by entry, as one would write them: powers, quotients, triangles."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from gradproof.calculus.quotients import powers
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import apply, construct, div, had, hdiv, hpow, num, ones
from gradproof.operators.facts import number
from gradproof.operators.structure import masked


def constant(value: Fraction) -> Expr:
    """An exponent or other number as an expression, a quotient where its decimals do not end."""
    try:
        return num(value)
    except ValueError:
        return div(num(value.numerator), num(value.denominator))


def hadamard(items: Sequence[tuple[Expr, Fraction]]) -> Expr:
    """The elementwise product of powers of arrays of one shape."""

    def powered(e: Expr, p: Fraction) -> Expr:
        if p == Fraction(1, 2):
            return apply("sqrt", e)
        return e if p == 1 else hpow(e, constant(p))

    given, items = items, list(powers(items).items())
    if not items:
        return ones(*given[0][0].axes) if given else num(1)
    masks = [e for e, p in items if p > 0 and masked(e)]
    if masks and len(items) > len(masks):
        rest = hadamard([(e, p) for e, p in items if not (p > 0 and masked(e))])
        for mask in dict.fromkeys(masks):
            rest = construct(mask, (rest,))
        return rest
    above = [powered(e, p) for e, p in items if p > 0]
    below = [powered(e, -p) for e, p in items if p < 0]
    top = had(*above) if above else num(1)
    return hdiv(top, had(*below)) if below else top


def entrywise(a: Expr, b: Expr) -> Expr:
    """The elementwise product; a reciprocal divides, a triangle of ones keeps a triangle."""
    for one, other in ((a, b), (b, a)):
        if one.op == "ones":
            return other
        if masked(one):
            return construct(one, (other,))
        if one.op == "hdiv" and one.args[0] is num(1):
            return _divided(other, one.args[1])
    return hadamard([(a, Fraction(1)), (b, Fraction(1))])


def _divided(above: Expr, below: Expr) -> Expr:
    """above ./ below, without the factors that stand in both."""
    found: dict[Expr, Fraction] = {}
    plain = hdiv(above, below)
    for e, sign_ in ((above, 1), (below, -1)):
        for factor in e.args if e.op == "had" else (e,):
            value = number(factor.args[1]) if factor.op == "hpow" else None
            base = factor if value is None else factor.args[0]
            found[base] = found.get(base, Fraction(0)) + sign_ * (1 if value is None else value)
    items = [(e, p) for e, p in found.items() if p]
    if len(items) == len(found) and sum(abs(p) for _, p in items) == _weight(above) + _weight(below):
        return plain
    return hadamard(items) if items else ones(*above.axes)


def _weight(e: Expr) -> Fraction:
    """How many factors a Hadamard product has, powers counted."""
    factors = e.args if e.op == "had" else (e,)
    values = [number(factor.args[1]) if factor.op == "hpow" else None for factor in factors]
    return sum((Fraction(1) if value is None else abs(value) for value in values), Fraction(0))
