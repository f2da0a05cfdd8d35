"""How the entries of a linear operator's result come from those of its arguments.

    entry of the result = scale · Σ (over labels the result lacks) Π entries of the arguments

This is what a linear operator means, for every floor above: derivation, proof, rendering, code.
"""

from __future__ import annotations

from itertools import count
from typing import NamedTuple
from weakref import WeakKeyDictionary

from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.operators.blocks import ONE, TRIANGLES, blocks, bounds_of, selector, triangle, unit
from gradproof.operators.build import binding, name, ones
from gradproof.operators.convolution import CONVOLUTIONS, frame
from gradproof.operators.selection_arrays import PLACEMENTS, placement
from gradproof.operators.table import OPERATORS

Label = int
Legs = tuple[tuple[Label, ...], ...]  # for each axis its labels: more than one where axes are joined


class Wiring(NamedTuple):
    """inputs: legs of each argument; output: legs of the result; sizes of the labels;
    divide: sizes by which the sum is divided (means);
    constants: arrays of 0 and 1 that are factors as well, with their legs."""

    inputs: tuple[Legs, ...]
    output: Legs
    sizes: dict[Label, Dim]
    divide: tuple[Dim, ...]
    constants: tuple[tuple[Expr, tuple[Label, ...]], ...] = ()


_KNOWN: WeakKeyDictionary[Expr, Wiring | None] = WeakKeyDictionary()  # lives as long as the nodes


def wiring(e: Expr) -> Wiring | None:
    """The wiring of a node, or None where its operator is not linear (or is a sum: add, neg)."""
    if e not in _KNOWN:
        _KNOWN[e] = _wired(e)
    return _KNOWN[e]


def _wired(e: Expr) -> Wiring | None:
    if e.op == "einsum":
        return _einsum(e)
    if e.op == "eye":
        return Wiring((), ((0,), (0,)), {0: e.axes[0]}, ())
    if e.op == "ones":
        return Wiring((), tuple((i,) for i in range(len(e.axes))), dict(enumerate(e.axes)), ())
    special = _STRUCTURE.get(e.op)
    if special is not None:
        return special(e)
    row = OPERATORS.get(e.op)
    if row is None or not row.linear:
        return None
    if len(e.args) <= 2:
        return _one(e.op, e.args, row.per)
    return _chain(e)


def _one(op: str, args: tuple[Expr, ...], per: str) -> Wiring:
    found = binding(op, args)
    assert found is not None
    fresh = count()
    labels: dict[str, Label] = {}
    sizes: dict[Label, Dim] = {}
    whole: Legs | None = None
    inputs: list[Legs] = []

    def label(letter: str) -> Label:
        if letter not in labels:
            labels[letter] = next(fresh)
            sizes[labels[letter]] = found.sizes[letter]
        return labels[letter]

    for pattern, arg in zip(found.alternative.inputs, args, strict=True):
        if not pattern.any:
            inputs.append(tuple(tuple(map(label, axis)) for axis in pattern.axes))
            continue
        if whole is None:
            legs = []
            for size in arg.axes:
                legs.append((next(fresh),))
                sizes[legs[-1][0]] = size
            whole = tuple(legs)
        inputs.append(whole)
    pattern = found.alternative.output
    if pattern.any:
        assert whole is not None
        output = whole
    else:
        output = tuple(tuple(map(label, axis)) for axis in pattern.axes)
    divide = args[0].axes if per == "*" else tuple(found.sizes[letter] for letter in per)
    return Wiring(tuple(inputs), output, sizes, divide)


def _chain(e: Expr) -> Wiring:
    """A product of many: the wirings of its factors, two at a time, joined into one."""
    sizes: dict[Label, Dim] = {}
    inputs: list[Legs] = []
    legs: Legs = ()
    shape: Expr | None = None  # stands for the product so far: only its shape matters
    fresh = count()
    for arg in e.args:
        if shape is None:
            legs = tuple((next(fresh),) for _ in arg.axes)
            sizes.update(zip((axis[0] for axis in legs), arg.axes, strict=True))
            inputs, shape = [legs], arg
            continue
        step = _one(e.op, (shape, arg), "")
        new: dict[Label, Label] = {}
        for theirs, ours in zip(step.inputs[0], legs, strict=True):
            new[theirs[0]] = ours[0]
        for label, dim in step.sizes.items():
            if label not in new:
                new[label] = next(fresh)
                sizes[new[label]] = dim
        inputs.append(tuple((new[axis[0]],) for axis in step.inputs[1]))
        legs = tuple((new[axis[0]],) for axis in step.output)
        found = binding(e.op, (shape, arg))
        assert found is not None
        shape = name("", found.axes, row=found.row)
    return Wiring(tuple(inputs), legs, sizes, ())


def _einsum(e: Expr) -> Wiring:
    spec = str(e.data[0])
    inputs, _, output = spec.partition("->")
    sizes: dict[Label, Dim] = {}
    legs: list[Legs] = []
    for letters, arg in zip(inputs.split(","), e.args, strict=True):
        sizes.update(zip(map(ord, letters), arg.axes, strict=True))
        legs.append(tuple((ord(letter),) for letter in letters))
    return Wiring(tuple(legs), tuple((ord(letter),) for letter in output), sizes, ())


# ---- wirings with constants


def _constant(e: Expr) -> Wiring:
    legs = tuple(range(len(e.axes)))
    return Wiring((), tuple((i,) for i in legs), dict(zip(legs, e.axes, strict=True)), (), ((e, legs),))


def _slice(e: Expr) -> Wiring:
    (arg,) = e.args
    legs = tuple((i,) for i in range(len(arg.axes)))
    sizes = dict(enumerate(arg.axes))
    output: list[tuple[Label, ...]] = []
    constants: list[tuple[Expr, tuple[Label, ...]]] = []
    for (label,), bound, size in zip(legs, bounds_of(e), arg.axes, strict=True):
        if bound is None:
            output.append((label,))
        elif len(bound) == 1:
            constants.append((unit(bound[0], size), (label,)))
        else:
            new = len(sizes)
            sizes[new] = bound[1] - bound[0] + ONE
            output.append((new,))
            constants.append((selector(size, *bound), (new, label)))
    return Wiring((legs,), tuple(output), sizes, (), tuple(constants))


def _triangle(e: Expr) -> Wiring:
    legs, (k,) = ((0,), (1,)), e.data
    assert isinstance(k, int)
    mask = triangle(e.op, ones(*e.axes), k)
    return Wiring((legs,), legs, dict(enumerate(e.axes)), (), ((mask, (0, 1)),))


def _cumsum(e: Expr) -> Wiring:
    """Down the columns: tril(ones)*X."""
    (n, *rest) = e.axes
    inner = ((0,), *((k + 1,) for k in range(1, len(e.axes))))
    outer = ((1,), *inner[1:])
    sizes = {0: n, 1: n, **{k + 2: size for k, size in enumerate(rest)}}
    return Wiring((inner,), outer, sizes, (), ((triangle("tril", ones(n, n)), (1, 0)),))


def _commutation(e: Expr) -> Wiring:
    """K vec(A) = vec(A') for an m×n matrix A: vec joins its axes with the row index fastest."""
    m, n = e.data
    assert isinstance(m, Dim) and isinstance(n, Dim)
    return Wiring((), ((0, 1), (1, 0)), {0: m, 1: n}, ())


def _window_sum(e: Expr) -> Wiring:
    inputs, output, sizes, constants = frame(e)
    legs = tuple(tuple((label,) for label in arg) for arg in inputs)
    return Wiring(legs, tuple((label,) for label in output), sizes, (), tuple(constants))


def _hat(e: Expr) -> Wiring:
    """hat(a)_ij = -Σ_k crossing_ijk a_k, and crossing_ikj is -crossing_ijk."""
    three = e.axes[0]
    legs = ((2,),)
    constants = ((placement("crossing", three), (0, 2, 1)),)
    return Wiring((legs,), ((0,), (1,)), dict.fromkeys(range(3), three), (), constants)


def _ptrace(e: Expr) -> Wiring:
    """The rows and columns of an mn×mn matrix are pairs, the first one slow; one of the two is summed."""
    side, m, n = (d for d in e.data if isinstance(d, Dim))
    if side.number == 2:
        return Wiring((((0, 2), (1, 2)),), ((0,), (1,)), {0: m, 1: m, 2: n}, ())
    return Wiring((((2, 0), (2, 1)),), ((0,), (1,)), {0: n, 1: n, 2: m}, ())


def part_wiring(e: Expr, k: int) -> Wiring:
    """How the k-th argument of a stack lies in it: a stack is the sum of its parts, each with zeros
    around it."""
    arg, axis, place = blocks(e)[k]
    size = e.axes[axis]
    outer = tuple((i,) for i in range(len(e.axes)))
    sizes = dict(enumerate(e.axes))
    if len(place) == 1:
        legs = tuple(leg for leg in outer if leg != (axis,))
        return Wiring((legs,), outer, sizes, (), ((unit(place[0], size), (axis,)),))
    new = len(sizes)
    sizes[new] = arg.axes[axis]
    legs = tuple((new,) if leg == (axis,) else leg for leg in outer)
    if arg.axes[axis] is size:
        return Wiring((outer,), outer, dict(enumerate(e.axes)), ())
    return Wiring((legs,), outer, sizes, (), ((selector(size, *place), (new, axis)),))


_STRUCTURE = {
    "slice": _slice, "unit": _constant, **dict.fromkeys(TRIANGLES, _triangle), "cumsum": _cumsum,
    "commutation": _commutation, "hat": _hat, "ptrace": _ptrace,
    **dict.fromkeys(PLACEMENTS, _constant), **dict.fromkeys((*CONVOLUTIONS, "unfold", "fold"), _window_sum),
}  # fmt: skip
