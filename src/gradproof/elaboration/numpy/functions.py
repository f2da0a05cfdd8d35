"""Words of NumPy, PyTorch and JAX, and what they mean; `answer_numpy` reads texts with them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TypeGuard

from gradproof.elaboration.assembly.size_expressions import as_size
from gradproof.elaboration.numpy.arrays import (
    Array,
    Shape,
    array,
    broadcast,
    entrywise,
    matmul,
    over,
    plain,
    summed,
    times,
    to_the,
    together,
    turned,
)
from gradproof.expressions.dims import Dim, number
from gradproof.expressions.nodes import Expr
from gradproof.operators import build
from gradproof.operators.aliases import ALIASES
from gradproof.operators.blocks import triangle
from gradproof.operators.build import T, apply
from gradproof.operators.overloads import KEPT
from gradproof.operators.row import entrywise as entrywise_row
from gradproof.operators.table import OPERATORS

Value = Array | tuple["Value", ...] | str | None | slice
Values = list[Value]
Options = dict[str, Value]

_POINTWISE = [row.name for row in OPERATORS.values() if entrywise_row(row)]
# What is said entry by entry: our words and their other spellings, NumPy's names among them.
ENTRYWISE = dict(zip(_POINTWISE, _POINTWISE, strict=True)) | {
    alias: word for alias, word in ALIASES.items() if word in _POINTWISE
}
IGNORED = (
    "array", "asarray", "tensor", "as_tensor", "copy", "detach", "clone", "contiguous", "float", "double",
    "astype", "item", "to", "cpu", "numpy",
)  # fmt: skip
# Words with an axis: those that have a form for each row, and softmax.
ALONG = {row.of for row in OPERATORS.values() if row.by == "row" and row.numpy} | set(KEPT)
WHOLE = {row.name for row in OPERATORS.values() if row.numpy and not row.of} - ALONG - set(_POINTWISE)
# What a library means otherwise than the word of the same name.
OTHERWISE = {
    ("torch", "var"), ("torch", "std"), ("method", "var"), ("method", "std"),  # divided by one less
    ("jax", "gelu"), ("scipy", "cholesky"),  # with tanh; the upper factor
}  # fmt: skip
LIBRARIES = {"F": "torch"}  # short for
HARMLESS = {"axis", "dim", "dtype", "device", "optimize"}  # options that change no value


def integer(value: Value) -> int:
    """A whole number. Raises TypeError."""
    e = one(value).expr
    minus, e = (-1, e.args[0]) if e.op == "neg" else (1, e)
    found = e.data[0] if e.op == "num" else None
    if not isinstance(found, Fraction) or found.denominator != 1:
        raise TypeError(e)
    return minus * int(found)


def axes_of(a: Array, said: Value) -> tuple[int, ...]:
    """The axes that are said, from 0; all where none is."""
    if said is None:
        return tuple(range(len(a.shape)))
    parts = said if is_tuple(said) else (said,)
    return tuple(integer(part) % len(a.shape) for part in parts)


def is_tuple(value: Value) -> TypeGuard[tuple[Value, ...]]:
    """Whether a value is several, and not one array."""
    return isinstance(value, tuple) and not isinstance(value, Array)


def one(value: Value) -> Array:
    """The array that a value is. Raises TypeError."""
    if not isinstance(value, Array):
        raise TypeError(value)
    return value


def _two(make: Callable[[Expr, Expr], Expr]) -> Callable[[Values, Options], Value]:
    return lambda values, options: entrywise(make, one(values[0]), one(values[1]))


def _product(values: Values, options: Options) -> Value:
    a, b = one(values[0]), one(values[1])
    return matmul(a, b) if a.shape and b.shape else entrywise(times, a, b)


def _outer(values: Values, options: Options) -> Value:
    a, b = one(values[0]), one(values[1])
    return Array(build.mul(a.expr, T(b.expr)), (*a.expr.axes, *b.expr.axes))


def _diag(values: Values, options: Options) -> Value:
    (only,) = values
    e = one(only).expr
    return array(apply("diag" if len(e.axes) == 1 else "diagonal", e))


def _triangle(word: str) -> Callable[[Values, Options], Value]:
    def made(values: Values, options: Options) -> Value:
        x, *more = values
        return array(triangle(word, one(x).expr, integer(more[0]) if more else 0))

    return made


def _solve(values: Values, options: Options) -> Value:
    return matmul(array(apply("inv", one(values[0]).expr)), one(values[1]))


def _slogdet(values: Values, options: Options) -> Value:
    e = one(values[0]).expr
    return array(apply("sign", apply("det", e))), array(apply("logdet", e))


def _shape(values: Values) -> Shape:
    first = values[0]
    parts = first if is_tuple(first) else tuple(values)
    found = [as_size(one(part).expr) for part in parts]
    if any(dim is None for dim in found):
        raise TypeError(parts)
    return tuple(None if dim is number(1) else dim for dim in found)


def _eye(values: Values, options: Options) -> Value:
    (size,) = _shape(values)
    return array(build.num(1) if size is None else build.eye(size))


def _filled(make: Callable[..., Expr]) -> Callable[[Values, Options], Value]:
    def made(values: Values, options: Options) -> Value:
        shape = _shape(values)
        long = [dim for dim in shape if dim is not None]
        return Array(make(*long) if long else build.num(int(make is build.ones)), shape)

    return made


def _like(make: Callable[..., Expr]) -> Callable[[Values, Options], Value]:
    def made(values: Values, options: Options) -> Value:
        a = one(values[0])
        return Array(make(*a.expr.axes), a.shape)

    return made


def _einsum(values: Values, options: Options) -> Value:
    spec = values[0]
    if not isinstance(spec, str):
        raise TypeError(spec)
    spec = spec.replace(" ", "")
    if "->" not in spec:
        every = sorted({x for x in spec if x.isalpha() and spec.count(x) == 1})
        spec += "->" + "".join(every)
    return array(build.einsum(spec, *(plain(one(value)) for value in values[1:])))


def _reshape(values: Values, options: Options) -> Value:
    """Only axes of length 1 are put in or taken out."""
    a = one(values[0])
    rest = values[1:]
    if len(rest) == 1 and is_tuple(rest[0]):
        rest = list(rest[0])
    shape: list[Dim | None] = []
    left = list(a.expr.axes)
    for part in rest:
        e = one(part).expr
        shape.append(None if e.op == "num" and e.data[0] == 1 else left.pop(0))
    if left:
        raise TypeError(left)
    return Array(a.expr, tuple(shape))


def _flat(values: Values, options: Options) -> Value:
    a = one(values[0])
    return Array(a.expr, a.expr.axes) if len(a.expr.axes) <= 1 else array(apply("vec", T(a.expr)))


def _expanded(values: Values, options: Options) -> Value:
    a = one(values[0])
    place = options.get("axis", options.get("dim", values[1] if len(values) > 1 else None))
    at = integer(place) % (len(a.shape) + 1)
    return Array(a.expr, (*a.shape[:at], None, *a.shape[at:]))


def _squeezed(values: Values, options: Options) -> Value:
    a = one(values[0])
    return Array(a.expr, a.expr.axes)


def _where(values: Values, options: Options) -> Value:
    c, a, b = (one(value) for value in values)
    shape = together(Array(c.expr, together(c, a)), b)
    mask, yes, no = (broadcast(each, shape) for each in (c, a, b))
    rest = build.add(build.ones(*mask.axes) if mask.axes else build.num(1), build.neg(mask))
    return Array(build.add(times(mask, yes), times(rest, no)), shape)


def _largest(values: Values, options: Options) -> Value:
    a, b = (one(value) for value in values)
    for x, other in ((a, b), (b, a)):
        if other.expr.op == "num" and not other.expr.data[0]:
            return Array(apply("relu", x.expr), x.shape)
    return entrywise(lambda x, y: apply("maximum", x, y), a, b)


def _transposed(values: Values, options: Options) -> Value:
    if len(values) > 1 and len(one(values[0]).shape) != 2:
        raise TypeError(values)
    return turned(one(values[0]))


def _length(values: Values, options: Options) -> Value:
    first = one(values[0]).shape[0]
    return array(build.num(1) if first is None else build.size(first))


def _power(values: Values, options: Options) -> Value:
    return entrywise(to_the, one(values[0]), one(values[1]))


def _all_of_product(values: Values, options: Options) -> Value:
    a, b = (one(value) for value in values)
    both = entrywise(times, a, b)
    return summed(both, tuple(range(len(both.shape))), False)


WORDS: dict[str, Callable[[Values, Options], Value]] = {
    **dict.fromkeys(("dot", "matmul", "mm", "mv", "inner"), _product),
    **dict.fromkeys(("outer", "ger"), _outer), "vdot": _all_of_product,
    **dict.fromkeys(("multiply", "mul"), _two(times)), "add": _two(build.add),
    **dict.fromkeys(("subtract", "sub"), _two(lambda a, b: build.add(a, build.neg(b)))),
    **dict.fromkeys(("divide", "div", "true_divide"), _two(over)),
    **dict.fromkeys(("power", "pow", "float_power"), _power),
    "square": lambda values, options: _power([values[0], array(build.num(2))], options),
    "reciprocal": lambda values, options: _power([values[0], array(build.neg(build.num(1)))], options),
    "negative": lambda values, options: Array(build.neg(one(values[0]).expr), one(values[0]).shape),
    "maximum": _largest, "minimum": _two(lambda x, y: apply("minimum", x, y)), "where": _where,
    **dict.fromkeys(("transpose", "t", "swapaxes"), _transposed),
    "slogdet": _slogdet, "solve": _solve,
    "diag": _diag, "diagonal": _diag, "diagflat": _diag,
    "triu": _triangle("triu"), "tril": _triangle("tril"),
    "eye": _eye, "identity": _eye, "ones": _filled(build.ones),
    "zeros": _filled(build.zeros), "ones_like": _like(build.ones), "zeros_like": _like(build.zeros),
    "einsum": _einsum, "reshape": _reshape, "view": _reshape, "ravel": _flat, "flatten": _flat,
    **dict.fromkeys(("expand_dims", "unsqueeze"), _expanded), "squeeze": _squeezed, "len": _length,
}  # fmt: skip
