"""Parts of expressions as one would write them: a part of a stack is one of its blocks, a part of a
product takes from the factor at that end, a part of an elementwise function is the function of a part.
"""

from __future__ import annotations

from gradproof.calculus.network.cost import ink
from gradproof.expressions.dims import Dim, at_least, number
from gradproof.expressions.nodes import Expr
from gradproof.operators.blocks import (
    ONE,
    Block,
    Bound,
    at,
    blocks,
    bounds_of,
    cat,
    entry_of,
    masked,
    unit,
)
from gradproof.operators.build import T, construct, mul, num, ones, zeros
from gradproof.operators.properties import chooses, symmetric
from gradproof.operators.table import OPERATORS

_ENTRYWISE = {"had", "hdiv", "hpow", "add", "neg", "div", "map", "slope"}


def part(e: Expr, axis: int, bound: Bound) -> Expr:
    """One place or a range along one axis; places are counted from 1."""
    if bound is None or bound == (ONE, e.axes[axis]):
        return e
    rule = _RULES.get(e.op)
    if rule is None and (e.op in _ENTRYWISE or _pointwise(e)) and not chooses(e):
        rule = _entrywise
    found = rule(e, axis, bound) if rule is not None else None
    return found if found is not None else _plain(e, axis, bound)


def part_of(e: Expr) -> Expr:
    """A slice with its parts taken as far inside as they go."""
    found, axis = e.args[0], 0
    for bound in bounds_of(e):
        found = part(found, axis, bound)
        axis += bound is None or len(bound) == 2
    return found if found.axes == e.axes and found.row == e.row else e


def _plain(e: Expr, axis: int, bound: Bound) -> Expr:
    return at(e, *(bound if k == axis else None for k in range(len(e.axes))))


def _pointwise(e: Expr) -> bool:
    row = OPERATORS.get(e.op)
    return row is not None and bool(row.slope)


def _size(bound: Bound, whole: Dim) -> tuple[Dim, ...]:
    if bound is None:
        return (whole,)
    return () if len(bound) == 1 else (bound[1] - bound[0] + ONE,)


def _filled(e: Expr, axis: int, bound: Bound) -> Expr:
    """Parts of ones and zeros."""
    axes = (*e.axes[:axis], *_size(bound, e.axes[axis]), *e.axes[axis + 1 :])
    if e.op == "zeros":
        lies = e.row or (len(e.axes) == 2 and axis == 0 and len(axes) == 1)
        return zeros(*axes, row=lies and len(axes) == 1)
    if not axes:
        return num(1)
    return T(ones(*axes)) if len(axes) == 1 and len(e.axes) == 2 and axis == 0 else ones(*axes)


def _eye(e: Expr, axis: int, bound: Bound) -> Expr | None:
    assert bound is not None
    if len(bound) == 1:
        one = unit(bound[0], e.axes[0])
        return T(one) if axis == 0 else one
    return None if axis == 0 else T(_plain(e, 0, bound))


def _turned(e: Expr, axis: int, bound: Bound) -> Expr:
    inner = e.args[0]
    found = part(inner, 0 if len(e.axes) == 1 else 1 - axis, bound)
    if not found.axes or (symmetric(found) and len(found.axes) == 2):
        return found
    return found.args[0] if found.op == "T" else T(found)


def _unit(e: Expr, axis: int, bound: Bound) -> Expr | None:
    place = e.data[0]
    assert bound is not None and isinstance(place, Dim)
    here = inside((place,), bound)
    if here is None:
        return None
    if len(bound) == 1:
        return num(int(here))
    size = bound[1] - bound[0] + ONE
    return unit(place - bound[0] + ONE, size) if here else zeros(size)


def inside(place: tuple[Dim, ...], bound: tuple[Dim, ...]) -> bool | None:
    """Whether a place lies within bounds (True), beside them (False), or neither is certain."""
    if at_least(place[0], bound[0]) and at_least(bound[-1], place[-1]):
        return True
    if at_least(place[0], bound[-1] + ONE) or at_least(bound[0], place[-1] + ONE):
        return False
    return None


def _slice(e: Expr, axis: int, bound: Bound) -> Expr:
    """A part of a part."""
    assert bound is not None
    before, kept = list(bounds_of(e)), [k for k, b in enumerate(bounds_of(e)) if b is None or len(b) == 2]
    old = before[kept[axis]]
    start = old[0] - ONE if old else number(0)
    bounds: list[Bound] = list(before)
    bounds[kept[axis]] = tuple(b + start for b in bound)
    places = [b[0] for b in bounds if b is not None and len(b) == 1]
    if masked(e.args[0]) and len(places) == 2 and (places[1] - places[0]).number is not None:
        return num(entry_of(e.args[0], places[1] - places[0]))
    return at(e.args[0], *bounds)


def _stack(e: Expr, axis: int, bound: Bound) -> Expr | None:
    """The block that a part lies in; along the other axis a part of every block."""
    assert bound is not None
    parts = blocks(e)
    if parts[0].axis == axis:
        return _along(e, parts, bound)
    if len(bound) == 1:
        rest = [part(b.arg, min(axis, len(b.arg.axes) - 1), bound) for b in parts]
        lying = axis == 0
        turned = [T(r) if len(r.axes) == 1 and r.row is not lying else r for r in rest]
        return cat(e.op, *turned)
    return cat(e.op, *(part(b.arg, min(axis, len(b.arg.axes) - 1), bound) for b in parts))


def _along(e: Expr, parts: list[Block], bound: tuple[Dim, ...]) -> Expr | None:
    for block in parts:
        if inside(bound, block.place):
            if len(block.place) == 1:
                return _lone(e, block.arg, bound)
            start = block.place[0] - ONE
            found = part(block.arg, block.axis, tuple(b - start for b in bound))
            return found
    if len(bound) == 1:
        return None
    kept = [b for b in parts if inside(b.place, bound)]
    size = bound[1] - bound[0] + ONE
    total = number(0)
    for block in kept:
        total = total + (block.place[-1] - block.place[0] + ONE)
    return cat(e.op, *(b.arg for b in kept)) if kept and total is size else None


def _lone(e: Expr, arg: Expr, bound: tuple[Dim, ...]) -> Expr:
    """A single column of hcat(A, x) is x; as a range it stays a stack of one."""
    if len(bound) == 1:
        return arg
    return cat(e.op, arg)


def _entrywise(e: Expr, axis: int, bound: Bound) -> Expr | None:
    """f(A)[…] = f(A[…]), where that is not longer."""
    args = tuple(part(arg, axis, bound) if arg.axes else arg for arg in e.args)
    shape = next(a for a, b in zip(args, e.args, strict=True) if b.axes)
    if any(a.axes != shape.axes or a.row != shape.row for a, b in zip(args, e.args, strict=True) if b.axes):
        return None
    plain = _plain(e, axis, bound)
    made = construct(_reshaped(e, shape), args)
    return made if ink(made) <= ink(plain) else plain


def _reshaped(e: Expr, shape: Expr) -> Expr:
    """A node of the same word with another shape, to be constructed with new arguments."""
    from_shape = object.__new__(Expr)
    from_shape.op, from_shape.args, from_shape.data = e.op, e.args, e.data
    from_shape.axes, from_shape.row, from_shape.uid = shape.axes, shape.row, 0
    return from_shape


def _product(e: Expr, axis: int, bound: Bound) -> Expr | None:
    """(A*B)[1:k,:] = A[1:k,:]*B."""
    args, places = list(e.args), [k for k, arg in enumerate(e.args) if arg.axes]
    if not places or any(len(args[k].axes) == 1 and args[k].row for k in places[:-1]):
        return None
    lone = len(places) == 1
    first, last = args[places[0]], args[places[-1]]
    if len(e.axes) == 1 or axis == 0:
        if e.row or (not lone and len(first.axes) == 1 and first.row):
            return None
        args[places[0]] = part(first, 0, bound)
    elif lone:
        args[places[0]] = part(first, 1, bound)
    else:
        args[places[-1]] = part(last, len(last.axes) - 1, bound)
    if any(arg.op == "zeros" for arg in args):
        return None
    whole = [arg for arg in args if arg is not num(1)]
    return mul(*whole) if whole else num(1)


_RULES = {
    "ones": _filled, "zeros": _filled, "eye": _eye, "T": _turned, "unit": _unit, "slice": _slice,
    "hcat": _stack, "vcat": _stack, "mul": _product,
}  # fmt: skip


# ---- zeros around an array


def padded(e: Expr, axis: int, place: tuple[Dim, ...], size: Dim) -> Expr:
    """An array with zeros before and after it along one axis."""
    args = [e]
    for at_end, count in ((False, place[0] - ONE), (True, size - place[-1])):
        if count.terms:
            axes = tuple(count if k == axis else n for k, n in enumerate(e.axes))
            args = [*args, zeros(*axes)] if at_end else [zeros(*axes), *args]
    return cat("hcat" if len(e.axes) == 2 and axis == 1 else "vcat", *args)
