"""Words with sizes behind their arrays, as they are typed: conv1d(x, w, 2, 1)."""

from __future__ import annotations

from gradproof.elaboration.assembly.assemble import Assembler
from gradproof.elaboration.assembly.shape_errors import shape_in_words
from gradproof.errors import ShapeError
from gradproof.expressions.nodes import Expr
from gradproof.language.syntax.tree import Node
from gradproof.operators.sized_operators import PLACED


def placed_word(self: Assembler, node: Node, word: str, values: list[Expr]) -> Expr:
    """The meaning of such a word; raises ShapeError GP215 with its place and its use."""
    row = PLACED[word]
    sizes = node.args[row.arrays :]
    if len(values) != row.arrays or len(sizes) not in row.sizes:
        raise _fault(self, node, word, values, f"{word} is written {row.usage}")
    ranks = [len(value.axes) for value in values]
    takes = [[_rank(part) for part in text.split("->")[0].split(",")] for text in row.signatures]
    if row.arrays and (ranks not in takes or any(value.row for value in values)):
        what = " and ".join(shape_in_words(value) for value in values)
        raise _fault(self, node, word, values, f"{word} does not take {what}")
    try:
        return row.make(*values, *(self.size(arg) for arg in sizes))
    except ShapeError as error:
        if error.span is not None:
            raise
        raise _fault(self, node, word, values, error.message) from None


def _rank(letters: str) -> int:
    return len(letters)


def _fault(self: Assembler, node: Node, word: str, values: list[Expr], what: str) -> ShapeError:
    facts = [
        (part.span, f"{self.faults.quote(part)} is {shape_in_words(value)}")
        for part, value in zip(node.args, values, strict=False)
    ]
    return ShapeError(
        what, code="GP215", span=node.at, source=self.source,
        facts=(*facts, (None, f"{PLACED[word].usage}: {PLACED[word].doc}")),
    )  # fmt: skip
