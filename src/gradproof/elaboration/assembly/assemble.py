"""Syntax to expressions, where the shape of every name is known. Every fault gets its place.

How shapes become known is the business of `kinds` and `infer`; the words are those of `words`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gradproof.elaboration.assembly.shape_errors import Faults, shape_in_words
from gradproof.elaboration.assembly.size_expressions import as_size, size_of
from gradproof.errors import GradproofError, LimitError, ParseError, ShapeError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.language.syntax.tree import Node, postorder
from gradproof.operators import build
from gradproof.operators.aliases import TRIANGLES
from gradproof.operators.sized_operators import PLACED

Meaning = Expr | Dim
Mapped = tuple[tuple[tuple[Dim, ...] | None, ...] | None, tuple[Dim, ...]]
Word = Callable[["Assembler", Node, list[Expr]], Expr]
MAX_FACTORS = 1000
SIZED = {  # where the sizes begin among the arguments
    "ones": 0, "zeros": 0, "eye": 0, "reshape": 1, "e": 0, **dict.fromkeys(TRIANGLES, 1), "commutation": 0,
}  # fmt: skip


def first_size(node: Node) -> int:
    """How many of a node's parts come before those that are sizes."""
    if node.kind == "index":
        return 1
    if node.kind != "call":
        return len(node.args)
    if node.text in PLACED:
        return PLACED[node.text].arrays
    return SIZED.get(node.text, len(node.args))


class Assembler:
    """Builds the expressions of one text.

    names    what each name means: an expression, or a size; grows as statements are read
    word     builds a call, from `operators.words`
    functions  the axes of the arguments (None: any) and of the value of unknown functions
    strict   refuse a sum of a matrix and a row times a column (which is a number): people who write
             that mean something else, expressions made by rules may hold it
    """

    def __init__(
        self,
        source: str,
        names: Mapping[str, Meaning],
        word: Word,
        strict: bool = True,
        functions: Mapping[str, Mapped] | None = None,
    ) -> None:
        self.source = source
        self.names: dict[str, Meaning] = dict(names)
        self.word = word
        self.strict = strict
        self.functions = functions or {}
        self.root: Node | None = None
        self.faults = Faults(source)
        self.warnings: list[GradproofError] = []

    def statement(self, root: Node) -> Expr:
        """The meaning of a statement's right side, whose nodes are looked at when a fault is explained."""
        self.root = root
        return self.expression(root)

    def expression(self, root: Node) -> Expr:
        """The meaning of a syntax tree; raises GradproofError with a place and candidates for fixes."""
        done: dict[Node, Expr] = {}
        stack: list[Node] = [root]
        while stack:
            node = stack[-1]
            parts = operands(node)
            todo = [part for part in parts if part not in done]
            if todo:
                stack.extend(reversed(todo))
                continue
            stack.pop()
            if node not in done:
                done[node] = self.one(node, parts, [done[part] for part in parts])
        return done[root]

    def one(self, node: Node, parts: list[Node], values: list[Expr]) -> Expr:
        """The node of one part of the syntax tree."""
        kind = node.kind
        if kind == "num":
            assert node.value is not None
            return build.num(node.value)
        if kind == "name":
            return self.name(node)
        if kind == "neg":
            return build.neg(values[0])
        if kind == "differential":
            return build.d(values[0])
        if kind == "T":
            return self.transpose(node, values[0])
        if kind in ("add", "sub"):
            return self.sum(node, parts, values)
        if kind in ("mul", "had"):
            return self.chain(node, parts, values)
        if kind in ("call", "slope", "map", "index"):
            return self.word(self, node, values)
        return self.binary(node, parts, values)

    def size(self, node: Node) -> Dim:
        """A size argument."""
        return size_of(node, self.size_name, self.source)

    def size_name(self, name: str) -> Dim | None:
        """The size that a name means, or None."""
        meaning = self.names.get(name)
        return meaning if meaning is None or isinstance(meaning, Dim) else as_size(meaning)

    def name(self, node: Node) -> Expr:
        """The node of a name."""
        meaning = self.names.get(node.text)
        if meaning is None:
            if node.text in ("pi", "π"):
                return build.PI
            raise self.faults.unknown_name(node, tuple(self.names))
        return build.size(meaning) if isinstance(meaning, Dim) else meaning

    def transpose(self, node: Node, value: Expr) -> Expr:
        """A transpose."""
        if node.text and "T" in self.names:
            power = self.power_of_T(node, value)
            if power is not None:
                return power
        if len(value.axes) > 2:
            raise ShapeError(
                f"a tensor has no transpose; {self.faults.quote(node.args[0])} is {shape_in_words(value)}",
                code="GP208",
                span=node.span,
                source=self.source,
                facts=((None, 'einsum("ijk->jik", X) changes the order of axes'),),
            )
        return build.T(value)

    def power_of_T(self, node: Node, value: Expr) -> Expr | None:
        """`x^T` where T is a number of its own: a power of a number; of a square matrix, unclear."""
        meaning = self.names["T"]
        exponent = build.size(meaning) if isinstance(meaning, Dim) else meaning
        if exponent.axes or (value.axes and (len(value.axes) != 2 or value.axes[0] is not value.axes[1])):
            return None
        if value.axes:
            at = (node.at[0], node.end)
            raise ParseError(
                "T is a number here, so ^T can be read in two ways",
                code="GP107",
                span=at,
                source=self.source,
                fixes=(self.faults.edit(at, "'"), self.faults.edit(at, "^(T)")),
            )
        if node.text == "^-T":
            return build.power(value.args[0], build.neg(exponent))
        return build.power(value, exponent)

    def binary(self, node: Node, parts: list[Node], values: list[Expr]) -> Expr:
        """An operator between two operands."""
        (left, right), (a, b) = parts, values
        if node.kind == "div":
            if b.axes:
                raise self.faults.division(left, right, b, node.at)
            return build.div(a, b)
        if node.kind == "pow":
            if b.axes or (a.axes and (len(a.axes) != 2 or a.axes[0] is not a.axes[1])):
                raise self.faults.power(left, right, a, b, node.span)
            return build.power(a, b)
        if node.kind == "kron":
            if build.binding("kron", (a, b)) is None:
                raise self.faults.entrywise(left, right, a, b, node.at)
            return build.apply("kron", a, b)
        if node.kind == "frob":
            if (a.axes, a.row) != (b.axes, b.row):
                raise self.faults.entrywise(left, right, a, b, node.at)
            return build.frob(a, b)
        if a.axes and b.axes and (a.axes, a.row) != (b.axes, b.row):
            raise self.faults.entrywise(left, right, a, b, node.at)
        return (build.hdiv if node.kind == "hdiv" else build.hpow)(a, b)

    def chain(self, node: Node, parts: list[Node], values: list[Expr]) -> Expr:
        """A product of several factors, from left to right."""
        if len(parts) > MAX_FACTORS:
            raise LimitError(
                f"a product has more than {MAX_FACTORS} factors, the limit",
                code="GP707",
                span=node.span,
                source=self.source,
            )
        out = values[0]
        whole: list[Node] = chain_nodes(node)
        for step, right, b in zip(whole, parts[1:], values[1:], strict=True):
            if build.binding(node.kind, (out, b)) is None:
                raise self.unfit(step, right, out, b)
            out = (build.mul if node.kind == "mul" else build.had)(out, b)
        return out

    def unfit(self, step: Node, right: Node, a: Expr, b: Expr) -> GradproofError:
        """Two factors that do not fit. A row times a column beside a matrix was meant as m*z'."""
        if step.kind == "had":
            return self.faults.entrywise(step.args[0], right, a, b, step.at)
        if a.row and len(b.axes) == 1 and not b.row and self.root is not None:
            for other in beside(self.root, step):
                shape = self.silently(other)
                if shape is not None and len(shape.axes) == 2:
                    return self.faults.scalar_in_sum(step, other, a, b, shape)
        return self.faults.product(step.args[0], right, a, b, step.at)

    def silently(self, node: Node) -> Expr | None:
        """The meaning of a part, or None where it has a fault of its own, which is not explained."""
        root, self.root = self.root, None
        try:
            return self.expression(node)
        except GradproofError:
            return None
        finally:
            self.root = root

    def sum(self, node: Node, parts: list[Node], values: list[Expr]) -> Expr:
        """A sum of several terms."""
        shaped: tuple[Node, Expr] | None = None
        for part, value in zip(parts, values, strict=True):
            if not value.axes:
                continue
            if shaped is None:
                shaped = (part, value)
            elif (shaped[1].axes, shaped[1].row) != (value.axes, value.row):
                at = next(step.at for step in chain_nodes(node) if step.args[1] is part)
                raise self.faults.sum(shaped[0], part, shaped[1], value, at)
        if shaped is not None and self.strict and len(shaped[1].axes) == 2:
            for part, value in zip(parts, values, strict=True):
                if not value.axes:
                    self.check_scalar(part, *shaped)
        signs = [False, *(step.kind == "sub" for step in chain_nodes(node))]
        return build.add(
            *(build.neg(value) if minus else value for minus, value in zip(signs, values, strict=True))
        )

    def check_scalar(self, part: Node, other: Node, shape: Expr) -> None:
        """Refuse a row times a column among the terms of a matrix, where a column times a row would fit."""
        while part.kind == "neg":
            part = part.args[0]
        if part.kind != "mul":
            return
        left, right = (self.expression(arg) for arg in part.args)
        columns = left.row and len(right.axes) == 1 and not right.row
        if columns and (*left.axes, *right.axes) == shape.axes:
            raise self.faults.scalar_in_sum(part, other, left, right, shape)


def chain_nodes(node: Node) -> list[Node]:
    """The operators of a chain such as a+b-c or A*B*C, from left to right."""
    out = []
    kinds = ("add", "sub") if node.kind in ("add", "sub") else (node.kind,)
    while node.kind in kinds:
        out.append(node)
        node = node.args[0]
    out.reverse()
    return out


def operands(node: Node) -> list[Node]:
    """The parts of a node that are expressions; those of a chain together."""
    if node.kind in ("add", "sub", "mul", "had"):
        steps = chain_nodes(node)
        return [steps[0].args[0], *(step.args[1] for step in steps)]
    return [arg for arg in node.args[: first_size(node)] if arg.kind != "str"]


def beside(root: Node, term: Node) -> list[Node]:
    """The other terms of the sum that a term stands in."""
    for node in postorder(root):
        if node.kind in ("add", "sub"):
            terms = operands(node)
            if term in terms:
                return [other for other in terms if other is not term]
    return []
