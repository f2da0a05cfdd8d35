"""Rows as syntax trees: their sides, what they define and differentiate, and the order to read them in."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gradproof.elaboration.worksheet.by_indices import Head, index_head
from gradproof.elaboration.worksheet.normalise import Plain
from gradproof.elaboration.worksheet.statement import derivative_side, plain_side
from gradproof.elaboration.worksheet.values import RowValues
from gradproof.errors import GradproofError
from gradproof.language.parse import formula, index_formula, latex_formula
from gradproof.language.syntax.tree import Node, Span, postorder
from gradproof.language.worksheet.row import Row
from gradproof.operators.aliases import WORDS
from gradproof.patterns import Pattern

SUMS = Pattern(r"[Σ∑]|(?<!\w)sum_")
_VARIES = Pattern(r"(?:d|\\(?:mathrm|operatorname|text|rm)\s*\{?\s*d\b)(?![A-Za-z]{3})")
_NAME = Pattern(r"[^\W\d]\w*$")


class RowTrees(RowValues):
    """What can be said of rows before their names are known."""

    rows: list[Row]
    trees: dict[Row, tuple[Node | None, Node | None] | GradproofError]
    heads: Mapping[Row, Head]
    plain: Plain
    known: set[str]
    used: frozenset[str]
    inputs: frozenset[str]
    changes: dict[str, None]
    directions: Mapping[str, str]
    meant: dict[str, tuple[str, str]]
    last: str
    varying: set[tuple[int, int]]  # where rows begin that are differentials

    def _in_order(self) -> list[Row]:
        """The rows in the order in which they can be read: "where R = A*x - b" goes before its use."""
        out: list[Row] = []
        for row in self.rows:
            at, name = len(out), self._introduces(row)
            if name and self._left(row) and name not in {self._introduces(one) for one in out}:
                used = [k for k, one in enumerate(out) if name in self._mentions(one)]
                given = any(self._introduces(out[k]) for k in used) and row.kind != "let"
                given = given and (self._recurs(row, name) or not all(map(self._introduces, out)))
                at = used[0] if used and not given else at
            while 0 < at < len(out) and not self._left(out[at]):
                at -= 1  # a chain of rows stays together
            out.insert(at, row)
        return out

    def _recurs(self, row: Row, name: str) -> bool:
        """Whether a row that defines a name has it on its right side, too."""
        trees = self.trees[row]
        right = None if isinstance(trees, GradproofError) else trees[1]
        return right is None or any(node.text == name for node in postorder(right))

    def _mentions(self, row: Row) -> set[str]:
        """The names in a row, without their indices, and without the d before them."""
        trees = self.trees[row]
        if isinstance(trees, GradproofError):
            nodes = re.findall(r"\w+", row.text[row.left[0] : row.right[1]])
        else:
            nodes = [n.text for t in trees if t for n in postorder(t) if n.kind in ("name", "call")]
        parts = {part for text in [*nodes, self._left(row)] for part in re.split(r"[/∂()\s]+", text)}
        parts |= {text.partition("_")[0] for text in parts if text.rpartition("_")[2].islower()}
        return parts | {text[1:] for text in parts if text[:1] == "d"}

    def _introduces(self, row: Row) -> str:
        """The name that a row defines, by entries or as a whole."""
        head = self.heads.get(row)
        return head.of if head is not None and head.sort == "definition" else self._defines(row)

    def _indexed(self) -> dict[Row, Head]:
        """The rows said by indices; a row that goes on from one is one, too."""
        out: dict[Row, Head] = {}
        head: Head | None = None
        for row in self.rows:
            left, right = self._left(row), row.text[row.right[0] : row.right[1]]
            if left:
                others = " ".join(
                    f"{self._left(r)} ; {r.text[r.right[0] : r.right[1]]}" for r in self.rows if r is not row
                )
                head = index_head(left, right, others)
            if head is not None:
                out[row] = head
        return out

    def _varying(self) -> set[tuple[int, int]]:
        """Where the rows stand that say what a differential is, and those that go on from them."""
        out: set[tuple[int, int]] = set()
        inside = False
        for row in self.rows:
            left = self._left(row)
            inside = bool(_VARIES.match(left)) and self._derivative(left) is None if left else inside
            if inside:
                out.add((row.offset, row.number))
        return out

    def _left(self, row: Row) -> str:
        return row.head or plain_side(row.text[row.left[0] : row.left[1]])

    def _aims(self, defined: set[str]) -> set[str]:
        """What gradients and differentials on left sides are of, where rows define it and use it nowhere
        else than there."""
        asked = {of for row in self.rows if (of := self._of(row))}
        asked |= {text[1:] for row in self.rows if self._changed(text := self._left(row))}
        return asked & defined

    def _defines(self, row: Row) -> str:
        """The name that a row introduces, or ""."""
        left = self._left(row)
        if row in self.heads:
            return ""
        if not _NAME.fullmatch(left) or self._derivative(left) is not None:
            return ""
        return left if row.kind == "let" or not self._changed(left) else ""

    def _derivative(self, left: str) -> tuple[str, str, str] | None:
        """(sort, of, by) of a left side; J is a name where it is used as one."""
        found = derivative_side(left)
        if found is not None and found[0] == "gradient" and not found[2] and found[1] in self.inputs:
            return "gradient", "", found[1]  # grad W, of what depends on W
        part = left.removeprefix("part of ")
        if found is None and part != left and (said := self.meant.get(part)) is not None:
            return ("part", *said)
        if found is None or found[0] != "jacobian" or "vec" in left:
            return found
        array = self.names.get(found[1] or self.last)
        known = left in self.used or left in self.declared or array is None or not array.axes
        return None if known else found

    def _of(self, row: Row) -> str:
        """What the gradient on the left of a row is of, or ""."""
        found = self._derivative(self._left(row).removeprefix("part of "))
        return found[1] if found is not None and found[0] == "gradient" else ""

    def _changed(self, text: str) -> bool:
        return len(text) > 1 and text[0] == "d"

    def _formula(self, row: Row, span: Span) -> Node:
        """The tree of one side."""
        if not (row.head and span is row.left):
            row = row._replace(text=self.plain.text(row.text, row.latex))
        if span is row.right and not row.latex and SUMS.search(row.text, *span):
            return index_formula(row.text, span, False, WORDS, frozenset(self.known))
        whole = WORDS if (row.offset, row.number) in self.varying else frozenset[str]()
        if row.head and span is row.left:
            return formula(row.head, (0, len(row.head)), "d" not in self.declared, self.plain.pieces)
        if row.latex:
            names = frozenset(self.known)
            return latex_formula(row.text, span, "d" not in self.declared, WORDS, names, bool(whole))
        return formula(row.text, span, "d" not in self.declared, self.plain.pieces, whole)

    def _trees(self, row: Row) -> tuple[Node | None, Node | None] | GradproofError:
        if row in self.heads:
            try:
                names = frozenset(self.known)
                return None, index_formula(row.text, row.right, row.latex, WORDS, names)
            except GradproofError as error:
                return error
        left = self._left(row)
        plain = not left or self._defines(row) or self._derivative(left) is not None
        try:
            return None if plain else self._formula(row, row.left), self._formula(row, row.right)
        except GradproofError as error:
            return error

    def _barred(self, row: Row, problem: GradproofError) -> tuple[Node | None, Node | None] | GradproofError:
        """|s| of a scalar is its absolute value."""
        if problem.code != "GP310" or problem.span is None:
            return problem
        inside = self.names.get(row.text[problem.span[0] + 1 : problem.span[1] - 1].strip())
        if inside is None or inside.axes:
            return problem
        start, end = problem.span
        spaced = f"{row.text[:start]}abs({inside}){row.text[end:]}"
        longer = row._replace(text=spaced, right=(row.right[0], row.right[1] + len(spaced) - len(row.text)))
        return self._trees(longer)

    def _differentials(self, root: Node) -> None:
        """`dX` and `d(…)` become differentials where nothing else is called so."""
        for node in postorder(root):
            text = node.text
            if node.kind == "call" and text == "d" and len(node.args) == 1:
                node.kind, node.text = "differential", ""
                if node.args[0].kind == "name":
                    self.changes.setdefault(node.args[0].text)
            elif node.kind == "name" and text in self.directions and self.directions[text] in self.names:
                inner = Node("name", (), node.span, node.span, self.directions[text])
                node.kind, node.args, node.text = "differential", (inner,), ""
                self.changes.setdefault(inner.text)
            elif node.kind == "name" and self._is_change(text):
                inner = Node("name", (), (node.start + 1, node.end), (node.start + 1, node.end), text[1:])
                node.kind, node.args, node.text = "differential", (inner,), ""
                self.changes.setdefault(text[1:])
            elif node.kind == "pow" and _inverted(node):
                inner = Node("pow", (node.args[0].args[0], node.args[1]), node.span, node.at)
                node.kind, node.args, node.text = "differential", (inner,), ""

    def _is_change(self, text: str) -> bool:
        """`dX`, where X is a name and dX is none."""
        if not self._changed(text) or text in self.names or text in self.declared:
            return False
        return text[1:] in self.known or text[1:] == self.label


def _inverted(node: Node) -> bool:
    """Whether a power is `dX^{-1}`: the differential of the inverse."""
    base, power = node.args
    return (
        base.kind == "differential"
        and not base.closed
        and base.args[0].kind == "name"
        and power.kind == "neg"
    )
