"""Index sums as they are typed: einsum("ij,jk->ik", A, B)."""

from __future__ import annotations

from gradproof.elaboration.assembly.assemble import Assembler
from gradproof.elaboration.assembly.shape_errors import shape_in_words
from gradproof.errors import ParseError, ShapeError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.language.syntax.tree import Node
from gradproof.operators import build


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


def index_sum(self: Assembler, node: Node, values: list[Expr]) -> Expr:
    """The meaning of an einsum; raises ShapeError where letters and arrays do not fit."""
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
                f'"{letters}" has {len(letters)} letters; '
                f"{self.faults.quote(array)} is {shape_in_words(value)}",
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
