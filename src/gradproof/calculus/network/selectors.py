"""Selectors in networks: constants of 0 and 1 that pick, or put, parts of an axis.

A selector whose long axis meets other factors picks their parts and then only puts them in place; where
its long axis is summed it is gone. So a selector is left only where an axis of the result is longer than
what is known of it: zeros stand around that.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from gradproof.calculus.network.network import ONE, Factor, Network
from gradproof.calculus.network.slices import inside, padded, part
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.operators.blocks import ONE as UNITY
from gradproof.operators.blocks import bounds_of, is_selector, selector
from gradproof.operators.build import T, ones


def select(net: Network, out: Sequence[int]) -> None:
    """Let every selector and unit vector of a settled network pick from the factors that it meets."""
    while _step(net, set(out)):
        net.settle()


def _held(net: Network, out: set[int]) -> set[int]:
    """Wires that are not only summed: they go out, or are joined or made of others."""
    held = {net.find(wire) for wire in out}
    for join in net.joins:
        held.add(net.find(join.label))
        held.update(map(net.find, join.parts))
    return held


def _joined(net: Network, wire: int) -> bool:
    return any(wire in (join.label, *join.parts) for join in net.joins)


def _picks(factor: Factor) -> tuple[Dim, ...] | None:
    """What a selector or unit vector picks."""
    if factor.power <= 0:
        return None
    if factor.expr.op == "unit":
        (place,) = factor.expr.data
        assert isinstance(place, Dim)
        return (place,)
    if is_selector(factor.expr) and factor.legs[0] != factor.legs[1]:
        return bounds_of(factor.expr)[0]
    if factor.expr.op == "T" and is_selector(factor.expr.args[0]) and factor.legs[0] != factor.legs[1]:
        return bounds_of(factor.expr.args[0])[0]
    return None


def _upright(factor: Factor) -> Factor:
    """A selector with its long axis last."""
    if factor.expr.op == "T":
        return Factor(factor.expr.args[0], factor.legs[::-1], factor.power)
    return factor


def _step(net: Network, out: set[int]) -> bool:
    held = _held(net, out)
    for index, found in enumerate(net.factors):
        bound = _picks(found)
        if bound is None:
            continue
        here = net.factors[index] = _upright(found)
        if here.power != 1:
            net.factors[index] = Factor(here.expr, here.legs, ONE)
            return True
        wire = here.legs[-1]
        if _joined(net, wire):
            continue
        for other, factor in enumerate(net.factors):
            if other != index and wire in factor.legs and _pick(net, index, other, bound):
                return True
        alone = sum(wire in factor.legs for factor in net.factors) == 1
        if alone and wire not in held:
            del net.factors[index]
            for label in [w for w in net.sizes if net.find(w) == wire]:
                del net.sizes[label]
            return True
    return False


def _pick(net: Network, index: int, other: int, bound: tuple[Dim, ...]) -> bool:
    """Replace one factor on the long axis by its part; False where that cannot be said."""
    here, factor = net.factors[index], _upright(net.factors[other])
    wire = here.legs[-1]
    theirs = _picks(factor)
    if theirs is not None and factor.legs[-1] == wire:
        return _two(net, index, other, bound, theirs)
    e, legs = factor.expr, list(factor.legs)
    if e.row:
        e = T(e)
    while wire in legs:
        axis = legs.index(wire)
        e = part(e, axis, bound)
        if e.row:
            e = T(e)
        if len(bound) == 1:
            del legs[axis]
        else:
            legs[axis] = here.legs[0]
    if e.op == "zeros" or (e.op == "num" and not e.data[0]):
        net.coefficient = Fraction(0)
    if e.op in ("zeros", "ones", "num"):  # a loose end
        if legs:
            e = ones(*e.axes)
        elif e.op == "num" and e.data[0]:
            del net.factors[other]
            return True
    net.factors[other] = Factor(e, tuple(legs), factor.power)
    return True


def _two(net: Network, index: int, other: int, bound: tuple[Dim, ...], theirs: tuple[Dim, ...]) -> bool:
    """Two that pick from one axis: the same, one within the other, or nothing in common."""
    here, factor = net.factors[index], _upright(net.factors[other])
    if bound == theirs:
        if len(bound) == 2:
            net.merge(here.legs[0], factor.legs[0])
        del net.factors[other]
        return True
    if inside(theirs, bound) is False:
        net.coefficient = Fraction(0)
        del net.factors[other]
        return True
    if not inside(theirs, bound) or len(bound) == 1:
        return False
    legs = (*factor.legs[:-1], here.legs[0])  # what is picked lies within: pick it from the shorter axis
    net.factors[other] = Factor(_shifted(factor.expr, bound), legs, ONE)
    return True


def _shifted(e: Expr, bound: tuple[Dim, ...]) -> Expr:
    """A selector of a part of the axis, as a selector of the part."""
    if e.op == "unit":
        return part(e, 0, bound)
    from_, to = bounds_of(e)[0] or bound
    start = bound[0]
    one = part(e.args[0], 0, (start, bound[1])).axes[0]
    return _selector(one, from_ - start, to - start)


def _selector(size: Dim, before: Dim, last: Dim) -> Expr:

    return selector(size, before + UNITY, last + UNITY)


# ---- putting parts in place


class Place(NamedTuple):
    """An axis of the result, what lies where along it, and its size."""

    axis: int
    place: tuple[Dim, ...]
    size: Dim


def take_places(net: Network, out: list[int]) -> tuple[list[int], list[Place]]:
    """Take selectors off the axes of the result; the axes of what is left, and the places."""
    places: list[Place] = []
    goal = list(out)
    if len(out) > 2:
        return goal, places
    for factor in list(net.factors):
        bound = _picks(factor)
        if bound is None or len(bound) == 1 or factor.power != 1:
            continue
        short, wire = _upright(factor).legs
        others = [f for f in net.factors if f is not factor]
        if out.count(wire) != 1 or goal.count(wire) != 1 or _joined(net, wire):
            continue
        if any(wire in f.legs for f in others) or _joined(net, short):
            continue
        net.factors = others
        goal[out.index(wire)] = short
        places.append(Place(out.index(wire), bound, net.sizes[wire]))
        for label in [w for w in net.sizes if net.find(w) == wire]:
            del net.sizes[label]
    return goal, places


def put(e: Expr, places: Sequence[Place]) -> Expr:
    """An array in its place among zeros."""
    for axis, place, size in places:
        e = padded(e, axis, place, size)
    return e
