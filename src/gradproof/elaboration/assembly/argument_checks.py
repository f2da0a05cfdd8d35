"""What some words ask of their arguments beyond kinds and sizes."""

from __future__ import annotations

from gradproof.elaboration.assembly.assemble import Assembler
from gradproof.elaboration.assembly.shape_errors import shape_in_words
from gradproof.errors import MathError, ShapeError
from gradproof.expressions.dims import at_least
from gradproof.expressions.nodes import Expr
from gradproof.language.syntax.tree import Node
from gradproof.operators import properties as facts


def check_order(self: Assembler, node: Node, order: Expr) -> None:
    """norm(x, p) with p below 1 is no norm."""
    value = facts.number(order)
    if value is not None and value < 1:
        raise MathError(
            f"norm(x, p) is a norm for p ≥ 1, and p is {order} here",
            code="GP408",
            span=node.args[1].span,
            source=self.source,
            facts=((None, "sum(abs(x).^p)^(1/p) says the same for any p"),),
        )


def check_tall(self: Assembler, node: Node, x: Expr) -> None:
    """Singular values are counted by columns."""
    if not at_least(x.axes[0], x.axes[1]) and at_least(x.axes[1], x.axes[0]):
        inside = self.faults.text(node.args[0])
        raise ShapeError(
            f"{node.text} takes a matrix with no more columns than rows, and this is {shape_in_words(x)}",
            code="GP212",
            span=node.args[0].span,
            source=self.source,
            fixes=(self.faults.edit(node.args[0].span, f"({inside})'"),),
        )
