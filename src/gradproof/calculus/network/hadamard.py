"""Elementwise products of powers, and the laws by which they become shorter: s./sqrt(s) is sqrt(s),
sinh(x)./cosh(x) is tanh(x), relu(x).*relu'(x) is relu(x).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from gradproof.expressions.nodes import Expr
from gradproof.operators.blocks import binary, masked
from gradproof.operators.build import apply, construct, div, had, hdiv, hpow, num, ones, slope
from gradproof.operators.properties import number

Powers = dict[Expr, Fraction]
_QUOTIENTS = {"sinh": ("cosh", "tanh"), "sin": ("cos", "tan")}
_IDEMPOTENT = ("relu",)  # f(x).*f'(x) = f(x)


def constant(value: Fraction) -> Expr:
    """An exponent or other number as an expression, a quotient where its decimals do not end."""
    try:
        return num(value)
    except ValueError:
        return div(num(value.numerator), num(value.denominator))


def shortened(powers: Powers) -> Powers:
    """The same product of powers, in fewer words where a law allows it."""
    if len(powers) < 2:
        return powers
    for e in powers:
        for law in (_rooted, _quotient, _signed, _kinked):
            made = law(e, powers)
            if made is not None:  # an empty product is one, too
                return shortened(made)
    return powers


def _rooted(e: Expr, powers: Powers) -> Powers | None:
    """s/sqrt(s) is sqrt(s); where the root exists, s is positive."""
    if e.op != "sqrt" or e.args[0] not in powers:
        return None
    base = e.args[0]
    p, q = powers[e] / 2, powers[base]
    if (p > 0) == (q > 0):
        return None
    total = p + q
    left = {base: total} if total.denominator == 1 else {e: 2 * total}
    return _replaced(powers, (e, base), left)


def _quotient(e: Expr, powers: Powers) -> Powers | None:
    below, word = _QUOTIENTS.get(e.op, ("", ""))
    other = apply(below, e.args[0]) if below else None
    if other is None or other not in powers or powers[e] != -powers[other] or powers[e] < 0:
        return None
    return _replaced(powers, (e, other), {apply(word, e.args[0]): powers[e]})


def _signed(e: Expr, powers: Powers) -> Powers | None:
    """sign(x)/abs(x) is 1/x."""
    size = apply("abs", e.args[0]) if e.op == "sign" else None
    if size is None or powers[e] != 1 or powers.get(size) != -1:
        return None
    return _replaced(powers, (e, size), {e.args[0]: Fraction(-1)})


def _kinked(e: Expr, powers: Powers) -> Powers | None:
    if e.op not in _IDEMPOTENT or powers[e] < 0:
        return None
    other = slope(e.op, e.args[0])
    if powers.get(other, Fraction(0)) <= 0:
        return None
    return _replaced(powers, (other,), {})


def _replaced(powers: Powers, old: tuple[Expr, ...], new: Powers) -> Powers:
    """The powers with some of them replaced, in the place of the first."""
    out: Powers = {}
    for e, p in powers.items():
        if e not in old:
            out[e] = out.get(e, Fraction(0)) + p
        elif new:
            for key, value in new.items():
                out[key] = out.get(key, Fraction(0)) + value
            new = {}
    return {e: p for e, p in out.items() if p}


def hadamard(items: Sequence[tuple[Expr, Fraction]]) -> Expr:
    """The elementwise product of powers of arrays of one shape."""
    found: Powers = {}
    for e, p in items:
        found[e] = found.get(e, Fraction(0)) + p
    powers = shortened({e: p for e, p in found.items() if p})
    if not powers:
        return _units(items)
    masks = {e: p for e, p in powers.items() if p > 0 and masked(e) and (binary(e) or p.denominator == 1)}
    if masks and len(powers) > len(masks):
        return _keeping(masks, hadamard([(e, p) for e, p in powers.items() if e not in masks]))
    above = [_powered(e, p) for e, p in powers.items() if p > 0]
    below = [_powered(e, -p) for e, p in powers.items() if p < 0]
    top = had(*above) if above else num(1)
    return hdiv(top, had(*below)) if below else top


def _units(items: Sequence[tuple[Expr, Fraction]]) -> Expr:
    """What is left of powers that cancel: a 1 in every entry."""
    array = next((e for e, _ in items if e.axes), None)
    return num(1) if array is None else ones(*array.axes)


def _keeping(masks: Powers, rest: Expr) -> Expr:
    """The triangles of an array that triangles of ones keep; halves of a diagonal as often as they stand."""
    for mask, p in masks.items():
        for _ in range(1 if binary(mask) else int(p)):
            rest = construct(mask, (rest,))
    return rest


def _powered(e: Expr, p: Fraction) -> Expr:
    """An array to a positive power, entry by entry."""
    if p == 1 or binary(e):
        return e
    return apply("sqrt", e) if p == Fraction(1, 2) else hpow(e, constant(p))


def entrywise(a: Expr, b: Expr) -> Expr:
    """The elementwise product; a reciprocal divides, a triangle of ones keeps a triangle."""
    for one, other in ((a, b), (b, a)):
        if masked(one):
            return construct(one, (other,))
    powers = _cancelled(a, b)
    if powers is not None:
        return hadamard(list(powers.items())) if powers else ones(*a.axes)
    for one, other in ((a, b), (b, a)):
        if one.op == "hdiv" and one.args[0] is num(1):
            return hdiv(other, one.args[1])
    return hadamard([(a, Fraction(1)), (b, Fraction(1))])


def _cancelled(a: Expr, b: Expr) -> Powers | None:
    """The powers in a product of two, where one divides by what the other is."""
    first, second = powers_of(a), powers_of(b)
    if first is None or second is None or not any(first.get(e, p) * p < 0 for e, p in second.items()):
        return None
    total = {e: first.get(e, Fraction(0)) + second.get(e, Fraction(0)) for e in {**first, **second}}
    return {e: p for e, p in total.items() if p}


def powers_of(e: Expr) -> Powers | None:
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
        inner = powers_of(arg)
        if inner is None:
            return None
        factor = exponent or Fraction(-1 if e.op == "hdiv" and place else 1)
        for base, p in inner.items():
            found[base] = found.get(base, Fraction(0)) + factor * p
    return found
