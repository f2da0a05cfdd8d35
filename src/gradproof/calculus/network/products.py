"""A coefficient, scalars and an array as one expression, as one would write it."""

from __future__ import annotations

from fractions import Fraction

from gradproof.calculus.network.cost import ink
from gradproof.calculus.network.exponents import merged
from gradproof.calculus.network.hadamard import constant, shortened
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import T, apply, div, hdiv, mul, neg, num, power
from gradproof.operators.properties import symmetric

Scalars = dict[Expr, Fraction]


def assemble(coefficient: Fraction, scalars: Scalars, core: Expr | None) -> Expr:
    """coefficient · scalars · core, as one would write it: numbers first, divisors under one bar."""
    sign, coefficient = (-1, -coefficient) if coefficient < 0 else (1, coefficient)
    core = core if core is None else upright(core)
    if core is not None and not scalars and core.op == "hdiv" and core.args[0] is num(1):
        over, under = coefficient.numerator, coefficient.denominator  # 1 ./ (2*x), not (1 ./ x)/2
        core = hdiv(num(over), _scaled(under, core.args[1]))
        return neg(core) if sign < 0 else core
    scalars = shortened(merged(scalars))
    above = [_power(e, p) for e, p in scalars.items() if p > 0]
    below = [_power(e, -p) for e, p in scalars.items() if p < 0]
    above.sort(key=_plainness)
    below.sort(key=_plainness)
    head: list[Expr] = []
    if coefficient.numerator != 1 or (not above and core is None):
        head.append(num(coefficient.numerator))
    if coefficient.denominator != 1:
        below.insert(0, num(coefficient.denominator))
    whole = _product([*head, *above], core)
    if below:
        whole = div(whole, _product(below, None))
    return neg(whole) if sign < 0 else whole


def upright(core: Expr) -> Expr:
    """(B R' A)' as A' R B': a transposed product factor by factor, where that takes no more ink."""
    inner = core.args[0] if core.op == "T" else core
    if core.op != "T" or inner.op != "mul" or any(len(arg.axes) != 2 for arg in inner.args):
        return core
    apart = mul(
        *(arg.args[0] if arg.op == "T" else arg if symmetric(arg) else T(arg) for arg in inner.args[::-1])
    )
    return apart if ink(apart) <= ink(core) else core


def _scaled(value: int, e: Expr) -> Expr:
    return e if value == 1 else mul(num(value), *(e.args if e.op == "mul" else (e,)))


def _plainness(e: Expr) -> int:
    return 0 if e.op in ("size", "name", "num", "pi") else 1


def _product(scalars: list[Expr], core: Expr | None) -> Expr:
    """Scalars before the array; a sum or product among them keeps its parentheses."""
    if not scalars and core is None:
        return num(1)
    if core is None and len(scalars) > 1 and sum(e.op == "mul" for e in scalars) == 1:
        opened = next(e for e in scalars if e.op == "mul")  # 2*x'*A*x needs no parentheses
        return mul(*(e for e in scalars if e is not opened), *opened.args)
    if core is not None and core.op == "mul":
        return mul(*scalars, *core.args)
    factors = [*scalars, core] if core is not None else scalars
    return mul(*factors)


def _power(e: Expr, p: Fraction) -> Expr:
    if p == 1:
        return e
    return apply("sqrt", e) if p == Fraction(1, 2) else power(e, constant(p))
