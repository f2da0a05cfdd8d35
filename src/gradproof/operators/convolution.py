"""Sums over windows: convolution in one and two dimensions, and taking windows out.

A convolution pairs three arrays, what it reads (x), its weights (w) and what it gives (y):

    y[i] = Σ_a x[s(i - 1) + a - p] w[a]            conv1d(x, w, s, p)

Exchange the result with an argument, and there is a word for that, too: conv1d_transpose(y, w, n, s, p)
has the shape of x, conv1d_weight(x, y, k, s, p) that of w. With channels and samples the axes are those
of PyTorch: x is (samples, channels, places), w (channels out, channels in, places).
"""

from __future__ import annotations

from typing import NamedTuple

from gradproof.errors import ShapeError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr, make
from gradproof.operators.selection_arrays import placement, reached, steps, trimmed

ROLES = {"": ("x", "w", "y"), "_transpose": ("y", "w", "x"), "_weight": ("x", "y", "w")}
CONVOLUTIONS = {f"conv{d}d{tail}": (d, roles) for d in (1, 2) for tail, roles in ROLES.items()}
Legs = tuple[int, ...]


class Plan(NamedTuple):
    """The labels of the axes of x, w and y, and those of each direction: (window, place, within)."""

    legs: dict[str, Legs]
    directions: tuple[tuple[int, int, int], ...]


def plan(dimensions: int, extra: int) -> Plan:
    """The labels for so many axes besides the places: 0 none, 1 channels, 2 samples and channels."""
    x, w, y = (tuple(range(start, start + dimensions)) for start in (3, 6, 9))
    samples, inner, outer = (0,) * (extra == 2), (1,) * (extra > 0), (2,) * (extra > 0)
    legs = {"x": (*samples, *inner, *x), "w": (*outer, *inner, *w), "y": (*samples, *outer, *y)}
    return Plan(legs, tuple(zip(y, x, w, strict=True)))


def plan_of(op: str, first: Expr) -> Plan:
    """The plan of a word by the axes of its first argument."""
    dimensions, _ = CONVOLUTIONS[op]
    return plan(dimensions, len(first.axes) - dimensions)


def convolution(op: str, a: Expr, b: Expr, *sizes: Dim) -> Expr:
    """A convolution or one of its two companions. Raises ShapeError GP215."""
    dimensions, (one, other, result) = CONVOLUTIONS[op]
    asked = 0 if result == "y" else dimensions
    given, (stride, padding) = sizes[:asked], steps(*sizes[asked:])
    extra = len(a.axes) - dimensions
    if not 0 <= extra <= 2 or len(given) < asked:
        raise ShapeError(f"{op} does not take an array with {len(a.axes)} axes", code="GP215")
    wiring = plan(dimensions, extra)
    known: dict[int, Dim] = {}
    for role, e in ((one, a), (other, b)):
        if len(e.axes) != len(wiring.legs[role]):
            raise ShapeError(
                f"{op} of an array with {len(a.axes)} axes needs one with {len(wiring.legs[other])}, "
                f"and this has {len(e.axes)}",
                code="GP215",
            )  # fmt: skip
        for label, size in zip(wiring.legs[role], e.axes, strict=True):
            if known.setdefault(label, size) is not size:
                raise ShapeError(f"{op} needs channels and samples that agree: {known[label]} and {size}",
                                 code="GP215")  # fmt: skip
    place = {"x": 1, "w": 2}.get(result, 0)
    for axes, size in zip(wiring.directions, given, strict=False):
        known[axes[place]] = size
    for windows, long, within in wiring.directions:
        count = reached(known[long], known[within], stride, padding)
        if known.setdefault(windows, count) is not count:
            raise ShapeError(
                f"a window of {known[within]} has {count} places in {known[long]}, not {known[windows]}",
                code="GP215",
            )  # fmt: skip
    data = (*given, *trimmed(stride, padding))
    return make(op, (a, b), data, tuple(known[label] for label in wiring.legs[result]))


def unfold(x: Expr, width: Dim, *more: Dim) -> Expr:
    """The windows of a vector as the rows of a matrix."""
    if len(x.axes) != 1:
        raise ShapeError("unfold takes a vector and the width of its windows", code="GP215")
    stride, padding = steps(*more)
    axes = (reached(x.axes[0], width, stride, padding), width)
    return make("unfold", (x,), (width, *trimmed(stride, padding)), axes)


def fold(windows: Expr, size: Dim, *more: Dim) -> Expr:
    """The vector of a size whose entries add up what stands at their place in each window."""
    if len(windows.axes) != 2:
        raise ShapeError("fold takes a matrix, a window a row, and the size of the vector", code="GP215")
    stride, padding = steps(*more)
    count = reached(size, windows.axes[1], stride, padding)
    if count is not windows.axes[0]:
        raise ShapeError(f"there are {count} windows in {size} places, not {windows.axes[0]}", code="GP215")
    return make("fold", (windows,), (size, *trimmed(stride, padding)), (size,))


def steps_of(e: Expr) -> tuple[Dim, ...]:
    """Stride and padding, as far as they are written."""
    asked = 1 if e.op in ("unfold", "fold") else CONVOLUTIONS[e.op][0]
    asked = 0 if e.op in ("conv1d", "conv2d") else asked
    return tuple(d for d in e.data[asked:] if isinstance(d, Dim))


def frame(e: Expr) -> tuple[tuple[Legs, ...], Legs, dict[int, Dim], list[tuple[Expr, Legs]]]:
    """Legs of the arguments and of the result, sizes, and constants with their legs: for `wiring`."""
    more = steps_of(e)
    inputs: tuple[Legs, ...]
    if e.op in CONVOLUTIONS:
        found = plan_of(e.op, e.args[0])
        one, other, result = CONVOLUTIONS[e.op][1]
        inputs, output = (found.legs[one], found.legs[other]), found.legs[result]
        directions = found.directions
    else:
        directions = ((9, 3, 6),)
        inputs, output = (((3,),), (9, 6)) if e.op == "unfold" else (((9, 6),), (3,))
    sizes: dict[int, Dim] = dict(zip(output, e.axes, strict=True))
    for legs, arg in zip(inputs, e.args, strict=True):
        sizes.update(zip(legs, arg.axes, strict=True))
    constants: list[tuple[Expr, Legs]] = [
        (placement("windows", sizes[long], sizes[within], *more), (windows, long, within))
        for windows, long, within in directions
    ]
    return inputs, output, sizes, constants
