"""Elementwise products of powers of arrays, without the factors that cancel."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from gradproof.calculus.quotients import Powers, powers
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

    items = list(powers(items).items())
    if not items:
        return num(1)
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
        if masked(one):
            return construct(one, (other,))
    left = _cancelled(a, b)
    if left is not None:
        return hadamard(list(left.items())) if left else ones(*a.axes)
    for one, other in ((a, b), (b, a)):
        if one.op == "hdiv" and one.args[0] is num(1):
            return hdiv(other, one.args[1])
    return hadamard([(a, Fraction(1)), (b, Fraction(1))])


def _cancelled(a: Expr, b: Expr) -> Powers | None:
    """The powers in a product of two, where one divides by what the other is."""
    first, second = _powers(a), _powers(b)
    if first is None or second is None or not any(first.get(e, p) * p < 0 for e, p in second.items()):
        return None
    total = {e: first.get(e, Fraction(0)) + second.get(e, Fraction(0)) for e in {**first, **second}}
    return {e: p for e, p in total.items() if p}


def _powers(e: Expr) -> Powers | None:
    """An array as powers of arrays; None where numbers are among them."""
    if not e.axes:
        return {} if e is num(1) else None
    if e.op not in ("had", "hdiv", "hpow"):
        return {e: Fraction(1)}
    found: Powers = {}
    exponent = number(e.args[1]) if e.op == "hpow" else None
    if e.op == "hpow" and exponent is None:
        return {e: Fraction(1)}
    for place, arg in enumerate(e.args if e.op != "hpow" else e.args[:1]):
        inner = _powers(arg)
        if inner is None:
            return None
        factor = exponent or Fraction(-1 if e.op == "hdiv" and place else 1)
        for base, p in inner.items():
            found[base] = found.get(base, Fraction(0)) + factor * p
    return found
