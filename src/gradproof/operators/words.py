"""Words applied to arguments: operators of the table, words that take sizes, slopes, unknown functions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from gradproof.errors import LimitError, MathError, NameProblem, ParseError, ShapeError, UnsupportedError
from gradproof.expressions.dims import Dim, number
from gradproof.expressions.nodes import Expr
from gradproof.language.grammar import parse
from gradproof.language.syntax import Node
from gradproof.operators import build
from gradproof.operators.assemble import Assembler, Meaning
from gradproof.operators.faults import said
from gradproof.operators.signature import alternative
from gradproof.operators.table import OPERATORS
from gradproof.operators.vocabulary import (
    ALIASES,
    HIDDEN,
    LATER,
    SHAPED,
    SPELLINGS,
    WORDS,
    names_a_function,
)  # fmt: skip

KINKED = ("relu", "leaky_relu", "max", "min")  # slopes that are words of their own
SQUARE_ONLY = ("tr", "det", "logdet", "inv")
MAX_AXES = 16


def word(self: Assembler, node: Node, values: list[Expr]) -> Expr:
    """The meaning of `f(…)`, `f'(…)` or `f.(…)`."""
    name = node.text
    meaning = self.names.get(name)
    if meaning is not None and node.kind != "map":
        what = "a size" if isinstance(meaning, Dim) else said(meaning)
        raise self.faults.applied(node, what)
    if node.kind == "slope":
        return _slope(self, node, values)
    if node.kind == "map":
        return _map(self, node, values)
    if name in self.functions:
        return _call(self, node, values)
    known = ALIASES.get(name, name)
    if known == "T" and known != name:
        _count(self, node, values, (1,))
        return self.transpose(node, values[0])
    if known == "einsum":
        return _einsum(self, node, values)
    if known in SHAPED:
        return _shaped(self, node, values)
    if known in WORDS:
        return _operator(self, node, known, values)
    if name in LATER:
        raise UnsupportedError(f"{name} is not supported yet", code="GP501", span=node.at, source=self.source)
    if names_a_function(name):
        return _call(self, node, values)
    if name in SPELLINGS:
        error = self.faults.unknown_function(node, ())
        error.fixes = (self.faults.edit(node.at, SPELLINGS[name]),)
        raise error
    raise self.faults.unknown_function(node, tuple(self.functions))


def _count(self: Assembler, node: Node, values: list[Expr], counts: tuple[int, ...]) -> None:
    if len(node.args) not in counts:
        raise self.faults.call(node.text, node, values, counts)


def _call(self: Assembler, node: Node, values: list[Expr]) -> Expr:
    if not values:
        raise self.faults.call(node.text, node, values, (1,))
    return build.call(node.text, *values)


def overloads(name: str) -> tuple[str, ...]:
    """The rows of the table that share a spelling."""
    return (name, *(row for row, spelling in SPELLINGS.items() if spelling == name))


def _operator(self: Assembler, node: Node, name: str, values: list[Expr]) -> Expr:
    if node.text == "norm_2" and len(values) == 1 and len(values[0].axes) == 2:
        raise _spectral(self, node, values[0])
    for op in overloads(name):
        if build.binding(op, tuple(values)) is not None:
            if op == "tr":
                _warn(self, node)
            return build.apply(op, *values)
    counts = [len(alternative(s).inputs) for op in overloads(name) for s in OPERATORS[op].signatures]
    if len(values) == 2 and name in ("mean", "logsumexp", "softmax", "logsoftmax", "sum"):
        raise UnsupportedError(
            f"{name} along an axis is not supported yet", code="GP501", span=node.at, source=self.source
        )
    if name in SQUARE_ONLY and len(values) == 1 and len(values[0].axes) == 2:
        raise self.faults.square(name, node, node.args[0], values[0])
    raise self.faults.call(name, node, values, counts)


def _spectral(self: Assembler, node: Node, value: Expr) -> NameProblem:
    """GP310: the 2 below a norm of a matrix is its largest singular value, and Frobenius is often meant."""
    text = self.source
    inside = self.faults.text(node.args[0])
    tail = self.source[node.end - 2 : node.end]
    fixed = self.faults.edit((node.end - 1, node.end), "F") if tail == "_2" else text
    return NameProblem(
        f"the norm with a 2 below it, of a matrix, is its largest singular value; {inside} is {said(value)}",
        code="GP310",
        span=node.span,
        source=self.source,
        facts=((None, "the Frobenius norm has an F below it"),),
        fixes=(fixed,),
    )


def _warn(self: Assembler, node: Node) -> None:
    """GP403: the trace of exp(A) is hardly ever meant entry by entry."""
    inside = list(node.args)
    while inside:
        part = inside.pop()
        if part.kind == "call" and part.text == "exp":
            self.warnings.append(
                MathError(
                    "exp works entry by entry",
                    code="GP403",
                    span=part.span,
                    source=self.source,
                    facts=((None, "expm(A) is the matrix exponential"),),
                )
            )
        elif part.kind in ("mul", "add", "sub", "neg", "T", "div"):
            inside.extend(part.args)


# ---- words that take sizes


def _shaped(self: Assembler, node: Node, values: list[Expr]) -> Expr:
    first = 1 if node.text == "reshape" else 0
    sizes = [self.size(arg) for arg in node.args[first:]]
    if node.text == "eye":
        _count(self, node, values, (1,))
        return build.eye(sizes[0])
    if not sizes or (node.text == "reshape" and not values):
        raise self.faults.call(node.text, node, [], (2 if first else 1,))
    if len(sizes) > MAX_AXES:
        raise LimitError(
            f"an array has more than {MAX_AXES} axes, the limit",
            code="GP708",
            span=node.span,
            source=self.source,
        )
    if node.text == "reshape":
        return _reshape(self, node, values[0], sizes)
    return (build.ones if node.text == "ones" else build.zeros)(*sizes)


def _reshape(self: Assembler, node: Node, value: Expr, sizes: list[Dim]) -> Expr:
    have, want = _product(value.axes), _product(tuple(sizes))
    if have is not want:
        raise ShapeError(
            f"reshape keeps the number of entries: {have} is not {want}",
            code="GP210",
            span=node.at,
            source=self.source,
            facts=((node.args[0].span, f"{self.faults.quote(node.args[0])} is {said(value)}"),),
        )
    return build.reshape(value, *sizes)


def _product(axes: tuple[Dim, ...]) -> Dim:
    out = number(1)
    for size in axes:
        out = out * size
    return out


# ---- index sums


def read_spec(node: Node, source: str) -> tuple[list[str], str]:
    """The letters of each array and of the result of `einsum("ij,jk->ik", …)`; raises ParseError."""
    if not node.args or node.args[0].kind != "str":
        raise ParseError(
            'einsum begins with its letters: einsum("ij,jk->ik", A, B)',
            code="GP109",
            span=node.at,
            source=source,
        )
    text = node.args[0].text.replace(" ", "")
    inputs, arrow, output = text.partition("->")
    groups = inputs.split(",")
    letters = "".join(groups)
    if not arrow or not (letters + output).isascii() or not (letters + output + "a").isalpha():
        raise ParseError(
            f'"{node.args[0].text}" is not of the form "ij,jk->ik"',
            code="GP109",
            span=node.args[0].span,
            source=source,
        )
    if not set(output) <= set(letters):
        missing = sorted(set(output) - set(letters))[0]
        raise ParseError(
            f"{missing} stands in the result and in none of the arrays",
            code="GP109",
            span=node.args[0].span,
            source=source,
        )
    return groups, output


def _einsum(self: Assembler, node: Node, values: list[Expr]) -> Expr:
    groups, output = read_spec(node, self.source)
    arrays = node.args[1:]
    if len(groups) != len(values):
        raise ShapeError(
            f"einsum has letters for {len(groups)} arrays, and there are {len(values)}",
            code="GP206",
            span=node.at,
            source=self.source,
            facts=((node.args[0].span, "the letters"),),
        )
    seen: dict[str, tuple[Dim, Node]] = {}
    for letters, array, value in zip(groups, arrays, values, strict=True):
        if len(letters) != len(value.axes):
            raise ShapeError(
                f'"{letters}" has {len(letters)} letters; {self.faults.quote(array)} is {said(value)}',
                code="GP206",
                span=array.span,
                source=self.source,
                facts=((node.args[0].span, "the letters"),),
            )
        for letter, size in zip(letters, value.axes, strict=True):
            before, where = seen.setdefault(letter, (size, array))
            if before is not size:
                raise ShapeError(
                    f"einsum sizes disagree: {letter} is {before} in {self.faults.quote(where)} and {size} "
                    f"in {self.faults.quote(array)}",
                    code="GP206",
                    span=node.args[0].span,
                    source=self.source,
                    facts=((where.span, f"{letter} is {before}"), (array.span, f"{letter} is {size}")),
                )
    return build.einsum(f"{','.join(groups)}->{output}", *values)


# ---- slopes and unknown elementwise functions


def _slope(self: Assembler, node: Node, values: list[Expr]) -> Expr:
    name = ALIASES.get(node.text, node.text)
    row = OPERATORS.get(name)
    if name in HIDDEN or row is None or not (row.slope or name in KINKED):
        if names_a_function(node.text) or row is not None or name in SHAPED:
            raise UnsupportedError(
                f"{node.text}'( ) is not a slope: {node.text} does not work entry by entry",
                code="GP501",
                span=node.at,
                source=self.source,
                fixes=(self.faults.edit((node.at[1], node.at[1] + 2), "'*("),),
            )
        error = self.faults.unknown_function(node, ())
        error.fixes = (*error.fixes, self.faults.edit((node.at[1], node.at[1] + 1), "'."))
        raise error
    _count(self, node, values, (1,))
    return slope_of(name, values[0])


def slope_of(name: str, x: Expr) -> Expr:
    """The slope of a word of the table at x, entry by entry."""
    if name in KINKED:
        return build.slope(name, x)
    out = phrase(OPERATORS[name].slope, {"X": x, "Y": build.apply(name, x)})
    return out if out.axes == x.axes else build.zeros(*x.axes, row=x.row)  # the slope of sign is 0


def _map(self: Assembler, node: Node, values: list[Expr]) -> Expr:
    _count(self, node, values, (1,))
    name = ALIASES.get(node.text, node.text)
    if node.text in self.names and not isinstance(self.names[node.text], Dim):
        raise self.faults.applied(node, "an array")
    row = OPERATORS.get(name)
    if row is None or name in HIDDEN:
        return build.fmap(node.text, values[0], node.primes)
    if row.slope and node.primes == 0:
        return build.apply(name, values[0])
    if row.slope and node.primes == 1:
        return slope_of(name, values[0])
    raise UnsupportedError(
        f"{name} is a word of the language; f.(x) stands for an unknown function",
        code="GP501",
        span=node.at,
        source=self.source,
    )


# ---- texts of the table


@lru_cache(maxsize=4096)
def _tree(text: str) -> Node:
    return parse(text).statements[-1].node


def phrase(text: str, env: Mapping[str, Meaning]) -> Expr:
    """The expression that a short internal text means, such as "-Y*dX*Y".

    env gives every name: an expression, or a size (a `Dim` or a `size` expression).
    Raises GradproofError where the text does not fit; nothing is inferred.
    """
    return Assembler(text, env, word, strict=False).expression(_tree(text))
