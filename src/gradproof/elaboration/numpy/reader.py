"""An answer in the syntax of NumPy, PyTorch or JAX: `2*X.T @ (X @ w - y)/n`, `np.sum(G, axis=0)`.

The text is taken apart by Python's parser and never executed. As in NumPy, `*` works entry by entry, vectors
have one axis, axes are counted from 0 and shapes are broadcast.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from textwrap import dedent
from typing import NoReturn

from gradproof.elaboration.numpy.arrays import (
    Array,
    array,
    count,
    entrywise,
    matmul,
    over,
    plain,
    summed,
    times,
    to_the,
    turned,
)
from gradproof.elaboration.numpy.functions import (
    ALONG,
    ENTRYWISE,
    HARMLESS,
    IGNORED,
    LIBRARIES,
    OTHERWISE,
    WHOLE,
    WORDS,
    Value,
    axes_of,
    integer,
    is_tuple,
    one,
)
from gradproof.errors import UnsupportedError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.operators import build
from gradproof.operators.aliases import ALIASES
from gradproof.operators.build import apply
from gradproof.operators.overloads import KEPT, along
from gradproof.patterns import Pattern

_SURE = Pattern(
    r"\b(?:np|numpy|jnp|torch|tf|F|scipy|xp)\.\w|\.(?:dot|sum|mean|exp|log|reshape|t|mm|shape|pow|unsqueeze|matmul)\b"
    r"|\b(?:axis|dim|keepdims)\s*=|\[[^\]]*\bNone\b[^\]]*\]|\breturn\b|\blambda [\w, ]*:"
    r"|\bdef \w+\(|\b(?:dout|grad_output|grad_out)\b"
)
_STOP = Pattern(r";[ \t]*")
_LIKELY = Pattern(r"@|\.T\b|\.mT\b|\*\*")
Operator = Callable[[Array, Array], Array]
_SIGNS: dict[type[ast.operator], Operator] = {
    ast.Add: lambda a, b: entrywise(build.add, a, b),
    ast.Sub: lambda a, b: entrywise(lambda x, y: build.add(x, build.neg(y)), a, b),
    ast.Mult: lambda a, b: entrywise(times, a, b),
    ast.Div: lambda a, b: entrywise(over, a, b),
    ast.Pow: lambda a, b: entrywise(to_the, a, b),
    ast.MatMult: matmul,
}


def is_numpy(text: str) -> bool:
    """Whether a text can only be NumPy."""
    return "\\" not in text and _SURE.search(text) is not None


def may_be_numpy(text: str) -> bool:
    """Whether a text may be NumPy."""
    return "\\" not in text and (is_numpy(text) or _LIKELY.search(text) is not None)


def by_numpy(text: str, names: Mapping[str, Expr | Dim]) -> Expr:
    """What a text in Python means.

    Raises GradproofError: SyntaxError is told as UnsupportedError.
    """
    try:
        tree = ast.parse(_STOP.sub("\n", dedent(text).strip()))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise UnsupportedError("this is not Python", code="GP501", source=text) from None
    known = {name: array(e) if isinstance(e, Expr) else array(build.size(e)) for name, e in names.items()}
    try:
        return plain(_Reader(text, known).body(tree.body))
    except RecursionError:
        raise UnsupportedError("this is nested too deeply", code="GP501", source=text) from None


class _Reader:
    """The meaning of one text."""

    def __init__(self, text: str, names: dict[str, Array]) -> None:
        self.text = text
        self.names = names

    def refuse(self, node: ast.AST) -> NoReturn:
        said = ast.unparse(node)
        raise UnsupportedError(f"{said[:40]} is not read in NumPy's syntax", code="GP501", source=self.text)

    def body(self, statements: Sequence[ast.stmt]) -> Array:
        """The last value of some statements."""
        last: Array | None = None
        for statement in statements:
            if isinstance(statement, ast.FunctionDef):
                return self.body(statement.body)
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                last = self.array(statement.value)
                self.names[statement.targets[0].id] = last
            elif isinstance(statement, ast.Return | ast.Expr) and statement.value is not None:
                inner = statement.value.body if isinstance(statement.value, ast.Lambda) else statement.value
                if not isinstance(inner, ast.Constant) or not isinstance(inner.value, str):  # a docstring
                    last = self.array(inner)
            elif not isinstance(statement, ast.Import | ast.ImportFrom | ast.Pass):
                self.refuse(statement)
        if last is None:
            raise UnsupportedError("there is no answer in this", code="GP501", source=self.text)
        return last

    def array(self, node: ast.AST) -> Array:
        """The value of a part that is an array or a number."""
        value = self.value(node)
        return value if isinstance(value, Array) else self.refuse(node)

    def value(self, node: ast.AST) -> Value:
        """The value of a part."""
        match node:
            case ast.Constant(value=bool()) | ast.Constant(value=str()) | ast.Constant(value=None):
                return None if node.value is None else str(node.value)
            case ast.Constant(value=int() | float() as number):
                return array(_number(number))
            case ast.Name(id="float" | "int" | "bool" as name) if name not in self.names:
                return name
            case ast.Name(id=name):
                return self.names[name] if name in self.names else self.refuse(node)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return tuple(self.value(part) for part in parts)
            case ast.Slice(lower=None, upper=None, step=None):
                return slice(None)
            case ast.UnaryOp(op=ast.USub(), operand=part):
                inner = self.array(part)
                return Array(build.neg(inner.expr), inner.shape)
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SIGNS:
                return _SIGNS[type(sign)](self.array(left), self.array(right))
            case ast.Compare(
                left=left, ops=[ast.Gt() | ast.GtE() | ast.Lt() | ast.LtE() as sign], comparators=[right]
            ):
                a, b = self.array(left), self.array(right)
                a, b = (a, b) if isinstance(sign, ast.Gt | ast.GtE) else (b, a)
                return entrywise(lambda x, y: apply("step", _less(x, y)), a, b)
            case ast.Attribute():
                return self.attribute(node)
            case ast.Subscript():
                return self.indexed(node)
            case ast.Call():
                return self.call(node)
        self.refuse(node)

    def compared(self, node: ast.AST, a: Array, sign: ast.cmpop, b: Array) -> Array:
        """`a > b`: 1 or 0."""
        if not isinstance(sign, ast.Gt | ast.GtE | ast.Lt | ast.LtE):
            self.refuse(node)
        high, low = (a, b) if isinstance(sign, ast.Gt | ast.GtE) else (b, a)
        return entrywise(lambda x, y: apply("step", _less(x, y)), high, low)

    def attribute(self, node: ast.Attribute) -> Value:
        """`X.T`, `X.shape`, `np.float32`, `np.pi`."""
        if node.attr.startswith(("float", "int", "double")):
            return node.attr
        if node.attr == "pi" and isinstance(node.value, ast.Name) and node.value.id not in self.names:
            return array(build.PI)
        if node.attr in ("T", "mT"):
            return turned(self.array(node.value))
        if node.attr == "shape":
            return tuple(
                array(build.num(1) if s is None else build.size(s)) for s in self.array(node.value).shape
            )
        if node.attr == "size":
            held = self.array(node.value)
            return array(count(held, tuple(range(len(held.shape)))))
        self.refuse(node)

    def indexed(self, node: ast.Subscript) -> Value:
        """`v[:, None]`, `X.shape[0]`."""
        value, place = self.value(node.value), self.value(node.slice)
        if is_tuple(value) and isinstance(place, Array):
            return value[integer(place)]
        parts = place if is_tuple(place) else (place,)
        if not isinstance(value, Array) or any(p is not None and not isinstance(p, slice) for p in parts):
            self.refuse(node)
        left = list(value.shape)
        shape = [None if part is None else left.pop(0) for part in parts]
        return Array(value.expr, (*shape, *left))

    def call(self, node: ast.Call) -> Value:
        """A function of a library, or a method."""
        options = {one.arg: self.value(one.value) for one in node.keywords if one.arg}
        values = [self.value(arg) for arg in node.args]
        if isinstance(node.func, ast.Name):
            return self.function(node, "", node.func.id, values, options)
        if not isinstance(node.func, ast.Attribute):
            self.refuse(node)
        root: ast.AST = node.func
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name) and root.id not in self.names:
            return self.function(node, LIBRARIES.get(root.id, root.id), node.func.attr, values, options)
        return self.function(node, "method", node.func.attr, [self.value(node.func.value), *values], options)

    def function(
        self, node: ast.Call, library: str, word: str, values: list[Value], options: dict[str, Value]
    ) -> Value:
        """What a word makes of its arguments."""
        first = values[0] if values else None
        if (library, word) in OTHERWISE:
            self.refuse(node)
        known = ALIASES.get(word, word)
        try:
            if word in WORDS and options.keys() <= HARMLESS:
                return WORDS[word](values, options)
            if word in IGNORED and isinstance(first, Array):
                return first
            if known in ALONG and isinstance(first, Array):
                return self.along(node, known, first, values[1:], options)
            if word in ENTRYWISE and not options and len(values) == 1 and isinstance(first, Array):
                return Array(apply(ENTRYWISE[word], first.expr), first.shape)
            if known in WHOLE and not options:
                return array(apply(known, *(plain(one(value)) for value in values)))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            self.refuse(node)
        self.refuse(node)

    def along(
        self, node: ast.AST, word: str, a: Array, more: list[Value], options: dict[str, Value]
    ) -> Array:
        """A sum, a mean, a norm or softmax along axes."""
        given = dict(options)
        order = given.pop("ord", given.pop("p", more.pop(0) if word == "norm2" and more else None))
        axis = given.pop("axis", given.pop("dim", more.pop(0) if more else None))
        keep = given.pop("keepdims", given.pop("keepdim", None)) == "True"
        if given or more:
            self.refuse(node)
        axes = axes_of(a, axis)
        if order is not None:
            word = self.norm(node, order, len(axes))
        if word in ("sum", "mean"):
            total = summed(a, axes, keep)
            return total if word == "sum" else Array(over(total.expr, count(a, axes)), total.shape)
        if len(axes) == len(a.shape) and (len(a.expr.axes) == 1 or word not in KEPT):
            made = apply(word, a.expr)
        elif len(axes) == 1 and len(a.expr.axes) == len(a.shape) == 2:
            made = along(word, a.expr, axes[0] + 1)
        else:
            self.refuse(node)
        if made.axes == a.expr.axes:
            return Array(made, a.shape)
        shape = (None if k in axes else dim for k, dim in enumerate(a.shape) if keep or k not in axes)
        return Array(made, tuple(shape))

    def norm(self, node: ast.AST, order: Value, axes: int) -> str:
        """The word for a norm of an order; of a whole matrix, 1 and 2 are no sums of entries."""
        if order == "fro" or (axes == 1 and order != "nuc" and integer(order) == 2):
            return "norm2"
        if axes == 1 and order != "nuc" and integer(order) == 1:
            return "norm1"
        self.refuse(node)


def _number(value: float) -> Expr:
    exact = Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
    return build.num(exact)


def _less(x: Expr, y: Expr) -> Expr:
    return x if y.op == "num" and not y.data[0] else build.add(x, build.neg(y))
