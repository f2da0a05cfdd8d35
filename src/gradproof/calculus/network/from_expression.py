"""Lay an expression out as a network, opened as far as products go."""

from __future__ import annotations

from fractions import Fraction

from gradproof.calculus.network.directional import is_applied, tensor_of
from gradproof.calculus.network.network import ONE, Factor, Network
from gradproof.calculus.network.slices import part_of
from gradproof.calculus.network.to_expression import parts
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Axes, Expr
from gradproof.operators.blocks import ONE as ONE_WIDE
from gradproof.operators.blocks import TRIANGLES
from gradproof.operators.build import add, apply, construct, mul, num
from gradproof.operators.build import size as size_of
from gradproof.operators.properties import number, square
from gradproof.operators.signs import facts
from gradproof.operators.wiring import Legs, part_wiring, wiring

LONGEST_POWER = 8  # X^k is laid out as k factors up to this k


def spread(net: Network, e: Expr, power: Fraction = ONE) -> list[int]:
    """Add an expression to a power (entry by entry) to a network; the labels of its axes."""
    rule = _OPEN.get(e.op)
    if rule is not None:
        return rule(net, e, power)
    if facts(e.op).turns:
        return _function(net, e, power)
    if wiring(e) is not None:
        return _linear(net, e, power)
    if power == 1 and is_applied(e):
        return _applied(net, e)
    return net.box(_with_numbers(e), power)


def _with_numbers(e: Expr) -> Expr:
    """ones(n) - x as a factor is 1 - x."""
    if e.op != "add" or len(e.axes) != 1 or all(arg.op == "ones" or not arg.axes for arg in e.args):
        return e
    return add(*(num(1) if arg.op == "ones" else arg for arg in e.args))


def _applied(net: Network, e: Expr) -> list[int]:
    """F(…, E): the array of four axes and E on its last two."""
    i, j, p, q = net.box(tensor_of(e))
    for leg, label in zip((p, q), spread(net, e.args[-1]), strict=True):
        net.merge(leg, label)
    return [i, j]


def _whole(power: Fraction) -> bool:
    return power.denominator == 1


def _num(net: Network, e: Expr, power: Fraction) -> list[int]:
    value = e.data[0]
    assert isinstance(value, Fraction)
    if value == 0 and power > 0:
        net.times(0)
    elif _whole(power) and value and abs(power) <= 64:
        net.times(value ** int(power))
    else:
        net.box(e, power)
    return []


def _neg(net: Network, e: Expr, power: Fraction) -> list[int]:
    if not _whole(power):
        return net.box(e, power)
    net.times((-1) ** int(power))
    return spread(net, e.args[0], power)


def _ones(net: Network, e: Expr, power: Fraction) -> list[int]:
    return net.legs(e)


def _zeros(net: Network, e: Expr, power: Fraction) -> list[int]:
    if power <= 0:
        return net.box(e, power)
    net.times(0)
    return net.legs(e)


def _transpose(net: Network, e: Expr, power: Fraction) -> list[int]:
    return list(reversed(spread(net, e.args[0], power)))


def _eye(net: Network, e: Expr, power: Fraction) -> list[int]:
    if power <= 0:
        return net.box(e, power)
    return [net.label(e.axes[0])] * 2


def _quotient(net: Network, e: Expr, power: Fraction) -> list[int]:
    """a/s and a ./ b: the divisor to the opposite power."""
    if not _whole(power):
        return net.box(e, power)
    above, below = spread(net, e.args[0], power), spread(net, e.args[1], -power)
    for a, b in zip(above, below, strict=False):
        net.merge(a, b)
    return above or below


def _power(net: Network, e: Expr, power: Fraction) -> list[int]:
    """x^p of a scalar and X.^p: exponents multiply where that is allowed."""
    base, value = e.args[0], number(e.args[1])
    if value is None or not _whole(power) or not value or (e.axes and not base.axes):
        return net.box(e, power)
    if e.op == "pow" and e.axes:
        return _matrix_power(net, e, value, power)
    return spread(net, base, value * power)


def _matrix_power(net: Network, e: Expr, value: Fraction, power: Fraction) -> list[int]:
    if power != 1 or not _whole(value) or abs(value) > LONGEST_POWER:
        return net.box(e, power)
    base = e.args[0] if value > 0 else apply("inv", e.args[0])
    first, last = spread(net, base)
    for _ in range(abs(int(value)) - 1):
        left, right = spread(net, base)
        net.merge(last, left)
        last = right
    return [first, last]


def _inverse(net: Network, e: Expr, power: Fraction) -> list[int]:
    inner = e.args[0]
    if not e.axes:
        return spread(net, inner, -power)
    if inner.op == "T" and power == 1:
        return list(reversed(spread(net, apply("inv", inner.args[0]))))
    if inner.op == "inv" and power == 1:
        return spread(net, inner.args[0])
    if power == 1 and (inner.op == "eye" or (inner.op == "kron" and all(map(square, inner.args)))):
        return spread(net, construct(inner, tuple(apply("inv", arg) for arg in inner.args)))
    return _inverse_scaled(net, inner) if power == 1 else net.box(e, power)


def _inverse_scaled(net: Network, inner: Expr) -> list[int]:
    """inv(a*X/b) is inv(X)*b/a."""
    if inner.op == "neg":
        net.times(-1)
        return _inverse_scaled(net, inner.args[0])
    if inner.op == "div":
        spread(net, inner.args[1])
        return _inverse_scaled(net, inner.args[0])
    arrays = [arg for arg in inner.args if arg.axes]
    if inner.op == "mul" and len(arrays) < len(inner.args):
        for arg in inner.args:
            if not arg.axes:
                spread(net, arg, -ONE)
        return _inverse_scaled(net, mul(*arrays))
    return net.box(apply("inv", inner))


def _reshape(net: Network, e: Expr, power: Fraction) -> list[int]:
    """Axes taken apart, columns first: reshape(vec(X), m, n) is X. Other reshapes stay closed."""
    apart = _refined(e.args[0].axes, e.axes)
    if apart is None:
        return net.box(e, power)
    out: list[int] = []
    for label, sizes in zip(spread(net, e.args[0], power), apart, strict=True):
        fresh = [label] if len(sizes) == 1 else [net.label(size) for size in sizes]
        if len(sizes) > 1:
            net.join(label, tuple(reversed(fresh)))
        out += fresh
    return out


def _refined(axes: Axes, new: Axes) -> list[Axes] | None:
    """The new axes that make up each of the old ones, or None where they do not."""
    out: list[Axes] = []
    at = 0
    for axis in axes:
        size, first = ONE_WIDE, at
        while size is not axis:
            if at == len(new):
                return None
            size, at = size * new[at], at + 1
        out.append(new[first:at])
    return out if at == len(new) and all(out) else None


def _function(net: Network, e: Expr, power: Fraction) -> list[int]:
    """expm(X') is expm(X)'."""
    inner = e.args[0]
    if inner.op == "T" and len(e.axes) == 2 and power == 1:
        return list(reversed(net.box(apply(e.op, inner.args[0]))))
    return net.box(e, power)


def _sqrt(net: Network, e: Expr, power: Fraction) -> list[int]:
    if _whole(power) and power % 2 == 0:
        return spread(net, e.args[0], power / 2)
    return net.box(e, power)


def _linear(net: Network, e: Expr, power: Fraction) -> list[int]:
    wires = wiring(e)
    assert wires is not None
    if power != 1 and not _plain_product(wires.output, wires.sizes):
        return _closed(net, e, power)
    if not _whole(power):
        return net.box(e, power)
    where = _placed(net, e.args, wires.inputs, power, wires.sizes)
    for dim in wires.divide:
        spread(net, size_of(dim), -power)
    for constant, legs in wires.constants:
        net.factors.append(Factor(constant, tuple(where[wire] for wire in legs), ONE))
    return [net.axis(tuple(where[wire] for wire in axis)) for axis in wires.output]


def _plain_product(output: Legs, sizes: dict[int, Dim]) -> bool:
    """No label summed, none repeated, none joined: powers go to the factors."""
    out = [axis[0] for axis in output]
    return all(len(axis) == 1 for axis in output) and len(set(out)) == len(out) == len(sizes)


def _placed(
    net: Network, args: tuple[Expr, ...], legs: tuple[Legs, ...], power: Fraction, sizes: dict[int, Dim]
) -> dict[int, int]:
    """Spread the arguments and wire them as told; where each wire of the plan is."""
    where: dict[int, int] = {}
    for arg, axes in zip(args, legs, strict=True):
        for (wire, *more), label in zip(axes, spread(net, arg, power), strict=True):
            if more:  # an axis that is taken apart
                for part in (wire, *more):
                    if part not in where:
                        where[part] = net.label(sizes[part])
                net.join(label, tuple(where[part] for part in (wire, *more)))
            elif wire in where:
                net.merge(where[wire], label)
            else:
                where[wire] = label
    for wire, size in sizes.items():
        if wire not in where:
            where[wire] = net.label(size)
    return where


def _slice(net: Network, e: Expr, power: Fraction) -> list[int]:
    """A part of a product is a product of parts; a power closes it."""
    simpler = part_of(e)
    if simpler is not e:
        return spread(net, simpler, power)
    return _linear(net, e, power) if power == 1 else net.box(e, power)


def _triangle(net: Network, e: Expr, power: Fraction) -> list[int]:
    return _linear(net, e, power) if power == 1 else net.box(e, power)


def _stack(net: Network, e: Expr, power: Fraction) -> list[int]:
    """A stack stays closed, unless all its parts but one are zeros."""
    parts = [k for k, arg in enumerate(e.args) if not _blank(arg)]
    if power != 1 or len(parts) > 1:
        return net.box(e, power)
    if not parts:
        net.times(0)
        return net.legs(e)
    wires = part_wiring(e, parts[0])
    where = _placed(net, (e.args[parts[0]],), wires.inputs, power, wires.sizes)
    for constant, legs in wires.constants:
        net.factors.append(Factor(constant, tuple(where[wire] for wire in legs), ONE))
    return [where[axis[0]] for axis in wires.output]


def _blank(e: Expr) -> bool:
    return (e.args[0] if e.op == "T" else e).op == "zeros" or number(e) == 0


def _adopted(net: Network, inner: Network, legs: list[int], power: Fraction) -> list[int]:
    """The factors of an inner network, each to a whole power."""
    fresh = {inner.find(leg): net.label(inner.sizes[leg]) for leg in legs}
    net.times(inner.coefficient ** int(power))
    for expr, wires, p in inner.factors:
        net.factors.append(Factor(expr, tuple(fresh[wire] for wire in wires), p * power))
    return [fresh[inner.find(leg)] for leg in legs]


def _closed(net: Network, e: Expr, power: Fraction) -> list[int]:
    """A power of a sum of products: the scalars in it and its independent parts are told apart."""
    inner = Network()
    legs = spread(inner, e)
    inner.settle()
    out = {inner.find(leg) for leg in legs}
    inside = {inner.find(wire) for wire in inner.sizes}  # also wires without a factor: they count a size
    if not inner.joins and len(out) == len(legs) and inside <= out:
        return _adopted(net, inner, legs, power)  # nothing is summed: powers go to the factors
    if len(out) < len(legs) and power < 0:
        return net.box(e, power)  # zeros beside a diagonal have no reciprocal
    found = parts(inner, legs)
    if found is None or not _whole(power) or not found.coefficient:
        return net.box(e, power)
    net.times(found.coefficient ** int(power))
    for scalar, exponent_ in found.scalars.items():
        net.factors.append(Factor(scalar, (), exponent_ * power))
    fresh = {wire: net.label(inner.sizes[wire]) for wire in out}
    for expr, labels in found.arrays:
        net.factors.append(Factor(expr, tuple(fresh[label] for label in labels), power))
    return [fresh[inner.find(leg)] for leg in legs]


_OPEN = {
    "num": _num, "neg": _neg, "ones": _ones, "zeros": _zeros, "T": _transpose, "eye": _eye,
    "div": _quotient, "hdiv": _quotient, "pow": _power, "hpow": _power, "inv": _inverse, "sqrt": _sqrt,
    "hcat": _stack, "vcat": _stack, "slice": _slice, **dict.fromkeys(TRIANGLES, _triangle),
    "cumsum": _triangle, "reshape": _reshape,
}  # fmt: skip
