"""Expressions as Python objects: the same engine without text.

>>> import gradproof as gp
>>> X, W = gp.matrix("X", "n", "k"), gp.matrix("W", "m", "k")
>>> L = gp.function("L")
>>> print(gp.derive(L(X @ W.T), W).result)
G'*X
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from weakref import WeakValueDictionary

from gradproof.elaboration.read import phrase, read
from gradproof.errors import GradproofError, NameProblem, VerdictError
from gradproof.expressions.dims import Dim, number, symbol
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.expressions.walk import names, postorder, rebuild
from gradproof.language.syntax.tokens import tokenize
from gradproof.operators import build
from gradproof.operators.aliases import KNOWN_WORDS, PROPERTIES
from gradproof.operators.properties import props
from gradproof.operators.table import OPERATORS

Size = str | int | Dim
_HANDLES: WeakValueDictionary[Expr, Handle] = WeakValueDictionary()


class Handle:
    """An expression with Python's operators. Equal expressions are the same handle.

    `@` and `*` are the product (a scalar scales), `.T` the transpose, `/` divides by a scalar, `**` is
    the power of a scalar or a square matrix, `+ -` add. `frob`, `had` and `apply` do the rest.
    """

    __slots__ = ("__weakref__", "node")
    node: Expr

    @property
    def shape(self) -> tuple[str | int, ...]:
        """Sizes of the axes: () scalar, ("n",) vector, ("m", "n") matrix."""
        return self.node.shape

    @property
    def T(self) -> Handle:
        """The transpose."""
        return handle(build.T(self.node))

    def program(self) -> Program:
        """The expression as something to derive."""
        there = _one_meaning(self.node)
        return Program(str(self), (), self.node, "", there, dict.fromkeys(there, "declared"))

    def __matmul__(self, other: Operand) -> Handle:
        return handle(build.mul(self.node, _node(other)))

    def __rmatmul__(self, other: Operand) -> Handle:
        return handle(build.mul(_node(other), self.node))

    __mul__, __rmul__ = __matmul__, __rmatmul__

    def __add__(self, other: Operand) -> Handle:
        return handle(build.add(self.node, _node(other)))

    def __radd__(self, other: Operand) -> Handle:
        return handle(build.add(_node(other), self.node))

    def __sub__(self, other: Operand) -> Handle:
        return handle(build.add(self.node, build.neg(_node(other))))

    def __rsub__(self, other: Operand) -> Handle:
        return handle(build.add(_node(other), build.neg(self.node)))

    def __neg__(self) -> Handle:
        return handle(build.neg(self.node))

    def __truediv__(self, other: Operand) -> Handle:
        return handle(build.div(self.node, _node(other)))

    def __rtruediv__(self, other: Operand) -> Handle:
        return handle(build.div(_node(other), self.node))

    def __pow__(self, other: Operand) -> Handle:
        return handle(build.power(self.node, _node(other)))

    def __reduce__(self) -> tuple[object, ...]:
        """Copies and other processes make the handle anew, by its expression."""
        return handle, (self.node,)

    def __bool__(self) -> bool:
        raise VerdictError("an expression is not true or false", code="GP602")

    def __str__(self) -> str:
        return str(self.node)

    def __repr__(self) -> str:
        return f"<{self}: {build.spell(self.node)}>"


def _one_meaning(node: Expr) -> dict[str, Expr]:
    """The names in an expression. Raises NameProblem GP304 where one name stands for two things."""
    there: dict[str, Expr] = {}
    for e in names(node):
        other = there.setdefault(str(e.data[0]), e)
        if other is not e:
            raise _twice(e, _declared(other), _declared(e))
    functions = {str(e.data[0]) for e in postorder([node]) if e.op in ("call", "map")}
    for text in functions & there.keys():
        raise _twice(there[text], "function", _declared(there[text]))
    return there


def _twice(e: Expr, first: str, second: str) -> NameProblem:
    return NameProblem(f'"{e}" is declared twice: {first}, and {second}', code="GP304")


def _declared(e: Expr) -> str:
    """What is declared of a name: n×n symmetric."""
    return " ".join([build.spell(e), *sorted(props(e))])


def _name(text: str, axes: tuple[Dim, ...] = (), properties: tuple[str, ...] = ()) -> Handle:
    """A handle of a name. Raises NameProblem where the text is no name of the language, or a property is not
    known."""
    check_name(text)
    for word in properties:
        if word not in PROPERTIES:
            known = ", ".join(PROPERTIES)
            raise NameProblem(f'"{word}" is no property that is known: {known}', code="GP304")
    return handle(build.name(text, axes, properties))


def check_name(text: str) -> None:
    """Raise NameProblem GP301 for a text that the language does not read as one name."""
    try:
        found = [token for token in tokenize(text) if token.kind != "end"]
    except GradproofError:
        found = []
    if len(found) != 1 or found[0].kind != "name" or found[0].text != text:
        raise NameProblem(f'"{text}" is no name: letters and digits, the first a letter', code="GP301")
    if text in KNOWN_WORDS:
        raise NameProblem(f'"{text}" is a word of the language, and no name', code="GP301")


Operand = Handle | int | float | Fraction


def handle(node: Expr) -> Handle:
    """The handle of an expression."""
    found = _HANDLES.get(node)
    if found is None:
        found = Handle()
        found.node = node
        _HANDLES[node] = found
    return found


def _node(value: Operand) -> Expr:
    if isinstance(value, Handle):
        return value.node
    return build.num(Fraction(str(value)))


def _dim(size: Size) -> Dim:
    if isinstance(size, Dim):
        return size
    return number(size) if isinstance(size, int) else symbol(size)


def dims(text: str) -> tuple[Dim, ...]:
    """Sizes by name: m, n = dims("m n")."""
    return tuple(symbol(word) for word in text.replace(",", " ").split())


def scalar(name: str, *properties: str) -> Handle:
    """A scalar variable."""
    return _name(name, (), properties)


def vector(name: str, n: Size, *properties: str) -> Handle:
    """A column vector with n entries."""
    return _name(name, (_dim(n),), properties)


def matrix(name: str, m: Size, n: Size, *properties: str) -> Handle:
    """An m×n matrix; properties such as "symmetric", "spd", "invertible"."""
    return _name(name, (_dim(m), _dim(n)), properties)


def tensor(name: str, *sizes: Size) -> Handle:
    """An array with any number of axes."""
    return _name(name, tuple(_dim(size) for size in sizes))


def function(name: str) -> Callable[..., Handle]:
    """An unknown scalar function of arrays: L = function("L"); L(X @ W.T)."""

    check_name(name)
    return partial(_called, name)


def _called(name: str, *args: Operand) -> Handle:
    return handle(build.call(name, *(_node(arg) for arg in args)))


def apply(word: str, *args: Operand) -> Handle:
    """A word of the language: apply("tanh", X), apply("tr", A), apply("frob", A, B), apply("had", A, B)."""
    if word in ("hdiv", "hpow"):
        return handle({"hdiv": build.hdiv, "hpow": build.hpow}[word](*(_node(arg) for arg in args)))
    if word not in OPERATORS:
        raise NameProblem(f'unknown function "{word}"', code="GP302")
    nodes = [_node(arg) for arg in args]
    if OPERATORS[word].stands:
        build.apply(word, *nodes)  # complains where the shapes do not fit
        return handle(phrase(OPERATORS[word].stands, dict(zip(("X", "Z"), nodes, strict=False))))
    return handle(build.apply(word, *nodes))


def parse(text: str, **shapes: str) -> Handle:
    """An expression from text; shapes as texts: parse("norm2(A*x - b)", A="m×n", x="n", b="m")."""
    where = ", ".join(f"{name}: {shape}" for name, shape in shapes.items()) or None
    program = read(text, where=where)
    known: dict[Expr, Expr] = {}
    for named, body in program.statements:
        known[named] = rebuild(body, known, build.construct)
    return handle(rebuild(program.objective, known, build.construct))
