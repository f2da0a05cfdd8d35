"""Arrays as NumPy sees them, made of expressions: axes of length 1, broadcasting, `@`, sums along axes.

An expression has columns and no axes of length 1; an `Array` says where such axes stand between its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from gradproof.errors import ShapeError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.operators import build
from gradproof.operators.build import T, apply, spell

Shape = tuple[Dim | None, ...]


class Array(NamedTuple):
    """An expression and its shape in NumPy: None for an axis of length 1."""

    expr: Expr
    shape: Shape


def array(e: Expr) -> Array:
    """An expression as an array of its own axes; a row has two."""
    return Array(T(e), (None, *e.axes)) if e.row else Array(e, e.axes)


def plain(a: Array) -> Expr:
    """The expression for an array: columns and rows as they lie."""
    return T(a.expr) if len(a.expr.axes) == 1 and a.shape == (None, *a.expr.axes) else a.expr


def _letters(count: int) -> str:
    return "abcdefghij"[:count]


def broadcast(a: Array, shape: Shape) -> Expr:
    """The array over all axes of a shape that have a length."""
    padded = (*(None,) * (len(shape) - len(a.shape)), *a.shape)
    wanted = [dim for dim in shape if dim is not None]
    if not a.expr.axes or list(a.expr.axes) == wanted:
        return a.expr
    if len(wanted) == 2 and len(a.expr.axes) == 1:
        other = build.ones(wanted[1] if padded[-1] is None else wanted[0])
        return build.mul(a.expr, T(other)) if padded[-1] is None else build.mul(other, T(a.expr))
    every = _letters(len(shape))
    own = "".join(x for x, dim in zip(every, padded, strict=True) if dim is not None)
    rest = [(x, dim) for x, dim in zip(every, shape, strict=True) if dim is not None and x not in own]
    out = "".join(x for x, dim in zip(every, shape, strict=True) if dim is not None)
    spec = ",".join([own, *(x for x, _ in rest)]) + "->" + out
    return build.einsum(spec, a.expr, *(build.ones(dim) for _, dim in rest))


def together(a: Array, b: Array) -> Shape:
    """The shape of two arrays that are broadcast. Raises ShapeError GP202."""
    count = max(len(a.shape), len(b.shape))
    out: list[Dim | None] = []
    for one, other in zip(*((*(None,) * (count - len(x.shape)), *x.shape) for x in (a, b)), strict=True):
        if one is not None and other is not None and one is not other:
            raise ShapeError(f"{spell(a.expr)} and {spell(b.expr)} cannot be broadcast", code="GP202")
        out.append(other if one is None else one)
    return tuple(out)


def entrywise(make: Callable[[Expr, Expr], Expr], a: Array, b: Array) -> Array:
    """Two arrays, entry by entry."""
    shape = together(a, b)
    one, other = broadcast(a, shape), broadcast(b, shape)
    return Array(make(one, other), shape)


def times(a: Expr, b: Expr) -> Expr:
    """The elementwise product, or a multiple."""
    if a.axes and b.axes:
        return build.had(a, b)
    return build.mul(b, a) if a.axes else build.mul(a, b)


def over(a: Expr, b: Expr) -> Expr:
    """The elementwise quotient, or a part."""
    return build.hdiv(a, b) if b.axes else build.div(a, b)


def to_the(a: Expr, p: Expr) -> Expr:
    """The elementwise power."""
    return build.hpow(a, p) if a.axes or p.axes else build.power(a, p)


def matmul(a: Array, b: Array) -> Array:
    """`a @ b`. Raises ShapeError GP201 and GP208."""
    if not a.shape or not b.shape or len(a.shape) > 2 or len(b.shape) > 2:
        raise ShapeError(f"@ does not take {spell(a.expr)} and {spell(b.expr)}", code="GP208")
    inner, other = a.shape[-1], b.shape[-2] if len(b.shape) == 2 else b.shape[0]
    if inner is not other:
        said = f"{spell(plain(a))} and {spell(plain(b))}"
        raise ShapeError(f"these two factors cannot be multiplied: {said}", code="GP201")
    shape = (*a.shape[:-1], *(b.shape[-1:] if len(b.shape) == 2 else ()))
    left, right = a.expr, b.expr
    if inner is None:
        made = build.mul(left, T(right)) if left.axes and right.axes else times(left, right)
    elif len(left.axes) == 2:
        made = build.mul(left, right)
    elif len(right.axes) == 2:
        made = build.mul(T(right), left)
    else:
        made = build.mul(T(left), right)
    return Array(made, shape)


def turned(a: Array) -> Array:
    """`a.T`: all axes in the other order."""
    if len(a.shape) <= 1:
        return a
    if len(a.expr.axes) > 2:
        letters = _letters(len(a.expr.axes))
        return Array(build.einsum(f"{letters}->{letters[::-1]}", a.expr), a.shape[::-1])
    return Array(T(a.expr) if len(a.expr.axes) == 2 else a.expr, a.shape[::-1])


def summed(a: Array, axes: tuple[int, ...], keep: bool) -> Array:
    """The sum along axes."""
    axes = tuple(k % len(a.shape) for k in axes)
    shape = tuple(None if k in axes else dim for k, dim in enumerate(a.shape) if keep or k not in axes)
    gone = [dim is not None and k in axes for k, dim in enumerate(a.shape)]
    own = [flag for flag, dim in zip(gone, a.shape, strict=True) if dim is not None]
    if not any(own):
        return Array(a.expr, shape)
    if all(own):
        return Array(apply("sum", a.expr), shape)
    if len(own) == 2:
        return Array(apply("colsum" if own[0] else "rowsum", a.expr), shape)
    letters = _letters(len(own))
    kept = "".join(x for x, flag in zip(letters, own, strict=True) if not flag)
    return Array(build.einsum(f"{letters}->{kept}", a.expr), shape)


def count(a: Array, axes: tuple[int, ...]) -> Expr:
    """How many entries there are along axes."""
    sizes = [build.size(dim) for k in axes if (dim := a.shape[k % len(a.shape)]) is not None]
    return build.mul(*sizes) if sizes else build.num(1)
