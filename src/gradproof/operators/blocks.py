"""Parts of arrays and arrays made of parts: slices, stacks, unit vectors, triangles.

Each of them is linear, and which entries go where is said by arrays of 0 and 1 that only sizes make.
Such a constant is written as the word itself applied to an identity or to ones: `eye(n)[1:k,:]`
selects k rows, `tril(ones(n, n))` is the triangle, `e(i, n)` the i-th unit vector.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from gradproof.errors import ShapeError
from gradproof.expressions.dims import Dim, at_least, number
from gradproof.expressions.nodes import Axes, Expr, make
from gradproof.operators.build import T, construct, eye, ones, spell, zeros
from gradproof.operators.selection_arrays import PLACEMENTS, placed_entries

Bound = tuple[Dim, ...] | None  # (i,) one place, (first, last) a range, None everything; counted from 1
ONE = number(1)
CATS = ("hcat", "vcat")
TRIANGLES = ("triu", "tril", "halftriu", "halftril")
DECOMPOSED = ("svdvals", "svd_u", "svd_v")  # words of a matrix with no more columns than rows
HALVED = {"halftriu": "triu", "halftril": "tril"}  # the diagonal counts half


def at(e: Expr, *bounds: Bound) -> Expr:
    """e[…]: entries, rows, columns and blocks. A single row of a matrix lies down."""
    bounds = tuple(None if b == (ONE, n) else b for b, n in zip(bounds, e.axes, strict=True))
    if not any(bounds):
        return e
    axes = tuple(
        n if b is None else b[1] - b[0] + ONE
        for b, n in zip(bounds, e.axes, strict=True)
        if b is None or len(b) == 2
    )
    lies = e.row if len(e.axes) == 1 else len(e.axes) == 2 and bounds[0] is not None and len(bounds[0]) == 1
    return make("slice", (e,), bounds, axes, lies and len(axes) == 1)


def bounds_of(e: Expr) -> tuple[Bound, ...]:
    """What a slice takes along each axis."""
    out: list[Bound] = []
    for bound in e.data:
        assert bound is None or isinstance(bound, tuple)
        out.append(bound)
    return tuple(out)


def unit(place: Dim, size: Dim) -> Expr:
    """The unit vector that is 1 at a place."""
    return make("unit", (), (place,), (size,))


def selector(size: Dim, first: Dim, last: Dim) -> Expr:
    """The rows of an identity that select a range."""
    return at(eye(size), (first, last), None)


def triangle(op: str, e: Expr, k: int = 0) -> Expr:
    """The entries of a matrix on and above (below) its k-th diagonal, zero elsewhere."""
    return make(op, (e,), (k,), e.axes)


def commutation(m: Dim, n: Dim) -> Expr:
    """The commutation matrix: K vec(A) = vec(A') for A m×n."""
    return make("commutation", (), (m, n), (m * n, m * n))


def is_selector(e: Expr) -> bool:
    """eye(n)[first:last,:]."""
    return e.op == "slice" and e.args[0].op == "eye" and e.data[0] is not None and e.data[1] is None and (
        len(e.axes) == 2
    )  # fmt: skip


def masked(e: Expr) -> bool:
    """A triangle of ones, which keeps a part of what it is multiplied with."""
    return e.op in TRIANGLES and e.args[0].op == "ones"


def binary(e: Expr) -> bool:
    """Entries 0 and 1 only, for certain: a power is the array itself."""
    part = e.op in ("slice", "T") and binary(e.args[0])
    return (
        part
        or (masked(e) and e.op not in HALVED)
        or e.op in ("ones", "eye", "unit", "onehot", "windows", "bands", "exchange")
    )


def entry_of(e: Expr, right: Dim) -> Fraction:
    """An entry of a triangle of ones, so many places right of the diagonal."""
    assert right.number is not None
    return _weight(e, right.number)


def _weight(e: Expr, right: int) -> Fraction:
    k = e.data[0]
    assert isinstance(k, int)
    if e.op in HALVED and right == 0:
        return Fraction(1, 2)
    return Fraction(right >= k if HALVED.get(e.op, e.op) == "triu" else right <= k)


_ACROSS = {"tril": "triu", "triu": "tril", "halftril": "halftriu", "halftriu": "halftril"}


def flipped(e: Expr) -> Expr:
    """The transpose of a triangle of ones: a triangle of ones on the other side."""
    k = e.data[0]
    assert isinstance(k, int)
    return triangle(_ACROSS[e.op], ones(*reversed(e.axes)), -k)


def is_constant(e: Expr) -> bool:
    """An array of 0 and 1 that nothing but sizes makes, and no simpler word says."""
    return e.op == "unit" or is_selector(e) or masked(e)


# ---- stacks


class Block(NamedTuple):
    """An argument of a stack, the axis along which it is put, and its place there."""

    arg: Expr
    axis: int
    place: tuple[Dim, ...]


def cat(op: str, *args: Expr) -> Expr:
    """Arrays side by side (hcat) or one above the other (vcat): vectors in a line, or what is as wide."""
    lying = op == "hcat"
    line = all(not a.axes or (len(a.axes) == 1 and a.row is lying) for a in args)
    flat = all(len(a.axes) == 2 or (len(a.axes) == 1 and a.row is not lying) for a in args)
    if not args or not (line or flat):
        raise ShapeError(f"{op} does not take {' and '.join(spell(a) for a in args)}", code="GP208")
    order = 1 if line else 2
    if len(args) == 1 and len(args[0].axes) == order:
        return args[0]
    axis = order - 1 if lying else 0
    along = number(0)
    for a in args:
        along = along + (a.axes[axis] if len(a.axes) == order else ONE)
    if line:
        return make(op, args, (), (along,), lying)
    other = _common_side(op, args)
    return make(op, args, (), (other, along) if lying else (along, other))


def _common_side(op: str, args: Sequence[Expr]) -> Dim:
    """The size across a stack, which all its parts share."""
    beside = {a.axes[0] if len(a.axes) == 1 or op == "hcat" else a.axes[1] for a in args}
    if len(beside) > 1:
        said = " and ".join(spell(a) for a in args)
        raise ShapeError(
            f"{op} needs parts of one {'height' if op == 'hcat' else 'width'}: {said}", code="GP202"
        )
    return beside.pop()


def blocks(e: Expr) -> list[Block]:
    """The arguments of a stack with their places."""
    axis = 1 if e.op == "hcat" and len(e.axes) == 2 else 0
    out, start = [], number(0)
    for arg in e.args:
        whole = len(arg.axes) == len(e.axes)
        size = arg.axes[axis] if whole else ONE
        place = (start + ONE, start + size) if whole else (start + ONE,)
        out.append(Block(arg, axis, place))
        start = start + size
    return out


def among_zeros(e: Expr, k: int, term: Expr) -> Expr:
    """A stack with one part, and zeros for the others."""
    blank = [T(zeros(*arg.axes)) if arg.row else zeros(*arg.axes) for arg in e.args]
    return construct(e, (*blank[:k], term, *blank[k + 1 :]))


def needs(e: Expr) -> list[Dim]:
    """Sizes that must not be negative for a node to have a meaning."""
    out = [size - ONE for size in e.axes if len(size.terms) > 1 or _divided(size)]
    if e.op == "unit":
        place = e.data[0]
        assert isinstance(place, Dim)
        out += [place - ONE, e.axes[0] - place]
    if e.op in DECOMPOSED:
        out.append(e.args[0].axes[0] - e.args[0].axes[1])
    if e.op == "windows":
        out.append(e.axes[1] - e.axes[2])
    if e.op == "slice":
        for bound, size in zip(bounds_of(e), e.args[0].axes, strict=True):
            if bound is not None:
                out += [bound[0] - ONE, size - bound[-1], bound[-1] - bound[0]]
    return [d for d in out if _divided(d) or not at_least(d, number(0))]


def _divided(size: Dim) -> bool:
    """k/2, which has to be whole."""
    return any(Fraction(c).denominator > 1 for _, c in size.terms)


# ---- entries of constants


def entries(e: Expr, size: Callable[[Dim], int]) -> list[int] | list[Fraction]:
    """The entries of a constant, last axis fastest."""
    if e.op in PLACEMENTS:
        return placed_entries(e, size)
    spans = [range(1, size(n) + 1) for n in e.axes]
    if masked(e):
        return [_weight(e, j - i) for i, j in product(*spans)]
    return [int(_one(e, index, size)) for index in product(*spans)]


def _one(e: Expr, index: Sequence[int], size: Callable[[Dim], int]) -> bool:
    if e.op == "unit":
        place = e.data[0]
        assert isinstance(place, Dim)
        return index[0] == size(place)
    if e.op == "slice":
        bound = bounds_of(e)[0]
        assert bound is not None
        return index[0] + size(bound[0]) - 1 == index[1]
    raise AssertionError(f"{e.op} is no constant")


def valued(sizes: Mapping[str, int]) -> Callable[[Dim], int]:
    """Sizes by the numbers of their symbols."""
    return lambda dim: dim.value(sizes)


__all__ = ["CATS", "Axes", "Block", "Bound", "at", "blocks", "bounds_of", "cat", "entries", "unit"]
