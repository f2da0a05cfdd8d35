"""A row as it is written: its parts, their text, and edits of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gradproof.checking.repair.notation import Notation, level, needed
from gradproof.elaboration.open_sizes import Parts
from gradproof.expressions.nodes import Expr
from gradproof.language.syntax.precedence import ATOM, POWER
from gradproof.language.syntax.tree import Node, postorder

TRANSPOSED, SWAPPED, SIGN = "transposed", "order swapped", "sign"
FOR_PRODUCT, FOR_HADAMARD = "Hadamard for product", "product for Hadamard"
NO_INVERSE, INVERSE = "inverse missing", "inverse too many"
MISSING, EXTRA, CONSTANT, EXPONENT = "chain rule factor missing", "factor too many", "constant", "exponent"
TERM, TERM_EXTRA = "term missing", "term too many"
NO_FUNCTION, FUNCTION, OTHER_NAME = "function missing", "function too many", "wrong name"
WHOLE = ("name", "call", "slope", "map", "differential", "T", "pow", "hpow", "index", "entry")


class Edit(NamedTuple):
    """node, piece: what is replaced, and by what text; level: how closely that holds together;
    kind: the slip that it undoes; slip: a sentence; cost: the smaller, the likelier."""

    node: Node
    piece: str
    level: int
    kind: str
    slip: str
    cost: float


class Factor(NamedTuple):
    """Something that may have been forgotten: its text, how closely it holds together, its value."""

    text: str
    level: int
    value: Expr | None


class Row:
    """A right side with its tree, and what may have been meant in it.

    factors    what may have been forgotten in a product; terms: in a sum
    functions  what may have been forgotten around something
    before     the row above it
    """

    def __init__(
        self, text: str, parts: Parts, notation: Notation, factors: Sequence[Factor] = (),
        terms: Sequence[Factor] = (), functions: Sequence[str] = (), before: str = "",
    ) -> None:  # fmt: skip
        self.text, self.parts, self.notation = text, parts, notation
        self.factors, self.terms, self.functions, self.before = factors, terms, functions, before
        self.root = parts.root
        self.nodes = [node for node in postorder(self.root) if node.kind not in ("str", "end")]
        if notation.latex:
            for node in self.nodes:
                node.end = _closed(text, node)
        self.chains = {kind: tops(self.nodes, kind) for kind in ("mul", "had")}
        self.depth: dict[Node, int] = {}
        for node in reversed(self.nodes):
            holder = parts.above.get(node)
            self.depth[node] = 0 if node is self.root or holder is None else self.depth[holder[0]] + 1

    def said(self, node: Node) -> str:
        """The text of a part, with its own parentheses."""
        return self.text[node.start : node.end]

    def bare(self, node: Node) -> tuple[str, int]:
        """The text of a part without its own parentheses, and how closely that holds together."""
        said = self.said(node)
        if node.closed and said[:1] == "(" and said[-1:] == ")":
            return said[1:-1].strip(), open_level(node)
        return said, level(node)

    def tight(self, node: Node, least: int = POWER) -> str:
        """The text of a part so that it can stand in a product, or before a mark."""
        return self.said(node) if level(node) >= least else f"({self.said(node)})"

    def turned(self, node: Node) -> str:
        """The transpose of a part, without a double one."""
        if node.kind == "T" and not node.closed and node.text != "^-T":
            return self.said(node.args[0])
        if node.kind == "T" and not node.closed:
            return self.notation.inverted(*(self.said(node.args[0].args[0]),) * 2)
        if node.kind == "num":
            return self.said(node)
        inverse = self.said(node)
        if inverse.endswith(("⁻¹", "^{-1}")) and not node.closed:
            return inverse[:-1] + "ᵀ" if inverse[-1] == "¹" else inverse[:-2] + "\\top}"
        return self.notation.turned(self.tight(node, ATOM))

    def put(self, edit: Edit) -> str:
        """The whole text after an edit."""
        node, piece = edit.node, edit.piece
        if node is self.root:
            return piece
        above, place = self.parts.above[node]
        said = self.said(node)
        own = node.closed and said.startswith(("(", "\\left(")) and not piece.startswith(said)
        if (own and edit.level < ATOM) or edit.level < needed(above, place):
            piece = f"({piece})"
        elif _runs_on(self.text, node, piece):
            piece = " " + piece
        return self.text[: node.start] + piece + self.text[node.end :]

    def product(self, factors: Sequence[Node]) -> tuple[str, list[Node]]:
        """The factors of a product, its minus sign apart."""
        first = factors[0]
        if first.kind != "neg" or first.closed:
            return "", list(factors)
        return self.text[first.start : first.args[0].start], [first.args[0], *factors[1:]]

    def above(self, node: Node) -> Node | None:
        """What a part is an argument of; None for the whole."""
        return None if node is self.root else self.parts.above[node][0]

    def scalar(self, node: Node) -> bool:
        """Whether a part is known to be a number."""
        value = self.parts.of(node)
        return value is not None and not value.axes


def _closed(text: str, node: Node) -> int:
    """Where a part of LaTeX ends, with the braces that were opened in it."""
    end = node.end
    while text.count("{", node.start, end) > text.count("}", node.start, end) and text[end : end + 1] == "}":
        end += 1
    return end


def _runs_on(text: str, node: Node, piece: str) -> bool:
    before = text[node.start - 1 : node.start]
    return (before.isalnum() or before == "_") and (piece[:1].isalnum())


def open_level(node: Node) -> int:
    """How closely a part holds together without its own parentheses."""
    node.closed = False
    found = level(node)
    node.closed = True
    return found


def tops(nodes: Sequence[Node], kind: str) -> list[tuple[Node, list[Node]]]:
    """Each product with the list of its factors."""
    inner = {id(node.args[0]) for node in nodes if node.kind == kind and node.args[0].kind == kind
             and not node.args[0].closed}  # fmt: skip
    out = []
    for top in nodes:
        if top.kind != kind or id(top) in inner:
            continue
        steps, node = [top], top
        while node.args[0].kind == kind and not node.args[0].closed:
            node = node.args[0]
            steps.append(node)
        steps.reverse()
        out.append((top, [steps[0].args[0], *(step.args[1] for step in steps)]))
    return out


def term_places(row: Row) -> Iterator[tuple[Node, bool]]:
    """Where a term stands, and whether a sign may be put before it."""
    for node in row.nodes:
        above = row.above(node)
        if above is None:
            if node.kind != "neg":
                yield node, True
            continue
        place = row.parts.above[node][1]
        if above.kind in ("add", "sub"):
            if node.closed or node.kind not in ("add", "sub", "neg"):
                yield node, place == 0
        elif above.kind == "neg":
            yield node, False
        elif above.kind in ("call", "slope", "map"):
            if node.kind not in ("str", "neg"):
                yield node, True
        elif place == 1 and (
            (above.kind in ("pow", "hpow") and node.kind not in ("num", "neg"))
            or (above.kind == "frob" and node.closed)
        ):
            yield node, above.kind != "frob"
        elif place == 0 and above.kind in ("pow", "hpow") and node.closed:
            yield node, True


def alike(a: Expr, b: Expr) -> bool:
    """Whether two values have one shape."""
    return (a.axes, a.row) == (b.axes, b.row)


def square(value: Expr | None) -> bool:
    """Whether something can be inverted, or multiplied by itself."""
    if value is None or not value.axes:
        return True
    return len(value.axes) == 2 and value.axes[0] is value.axes[1]
