"""Exponents: powers of one scalar are merged, c*c^(a - 1) is c^a; one less than a number is a number."""

from __future__ import annotations

from fractions import Fraction

from gradproof.expressions.nodes import Expr
from gradproof.operators.build import add, mul, neg, num, power
from gradproof.operators.properties import number

Scalars = dict[Expr, Fraction]


def merged(scalars: Scalars) -> Scalars:
    """The same product, with one power for each base."""
    bases = {e.args[0] for e in scalars if _symbolic(e)}
    groups = {
        base: [(e, p) for e, p in scalars.items() if e is base or (_symbolic(e) and e.args[0] is base)]
        for base in bases
    }
    out = dict(scalars)
    for base, group in groups.items():
        if len(group) < 2 or any(p.denominator != 1 for _, p in group):
            continue
        exponent = _total(base, group)
        for e, _ in group:
            del out[e]
        value = number(exponent)
        if value != 0:
            out[base if value is not None else power(base, exponent)] = (
                value if value is not None else Fraction(1)
            )
    return out


def _symbolic(e: Expr) -> bool:
    return e.op == "pow" and not e.axes and number(e.args[1]) is None


def _total(base: Expr, group: list[tuple[Expr, Fraction]]) -> Expr:
    """The sum of the exponents: like terms added, numbers last."""
    parts: dict[Expr, Fraction] = {}
    constant = Fraction(0)
    for e, p in group:
        if e is base:
            constant += p
            continue
        for term in e.args[1].args if e.args[1].op == "add" else (e.args[1],):
            minus = term.op == "neg"
            inner, sign = (term.args[0], -p) if minus else (term, p)
            value = number(inner)
            if value is None:
                parts[inner] = parts.get(inner, Fraction(0)) + sign
            else:
                constant += sign * value
    terms = [_times(part, count) for part, count in parts.items() if count]
    terms.sort(key=lambda term: term.op == "neg")
    return add(*terms, num(constant)) if constant or not terms else add(*terms)


def _times(e: Expr, count: Fraction) -> Expr:
    if count < 0:
        return neg(_times(e, -count))
    return e if count == 1 else mul(num(count), e)


def minus_one(k: Expr) -> Expr:
    """k - 1; a number where k is one."""
    value = number(k)
    if value is not None:
        return num(value - 1)
    return add(k, neg(num(1)))
