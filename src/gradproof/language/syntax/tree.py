"""The syntax tree: what was typed, with its place in the text, before it means anything."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from gradproof.errors import GradproofError

Span = tuple[int, int]
EQUATION = "equation"  # the kind of `left = right` where no name stands left


class Node:
    """One piece of syntax.

    kind    "num", "name", "end" (in an index), "str", "call", "slope" (relu'(X)), "map" (f.(X)), "neg", "T",
            "index" (X[i,2:k,:]), "sum" (over indices: text "ij", "i<j", or "i:n" for i from 1 to n), or a
            binary operator: "add" "sub" "frob" "mul" "had" "div" "hdiv" "kron" "pow" "hpow"
    args    its parts
    text    the name, the function or the text in quotes; of "index" a letter for each axis: "a" one
            place, "r" a range, ":" everything
    value   the number
    primes  for "map": how many (the order of the slope)
    start, end    its place, with its own parentheses
    at      the place of its operator or function name
    closed  it stands in parentheses of its own
    """

    __slots__ = ("args", "at", "closed", "end", "kind", "primes", "start", "text", "value")

    def __init__(
        self,
        kind: str,
        args: tuple[Node, ...],
        span: Span,
        at: Span,
        text: str = "",
        value: Fraction | None = None,
    ) -> None:
        self.kind = kind
        self.args = args
        self.text = text
        self.value = value
        self.start, self.end = span
        self.at = at
        self.closed = False
        self.primes = 0

    @property
    def span(self) -> Span:
        """Its place in the text."""
        return (self.start, self.end)


class Statement(NamedTuple):
    """`name = node`; an objective without a name (""); or an equation, without a name too, whose node is of
    the kind EQUATION, and later the call of the word that says which name it defines."""

    name: str
    at: Span
    node: Node


class Script(NamedTuple):
    """A whole text: statements in order (the last is the objective), and the part after `where`.

    form: "text", "latex" or "index"; notes: what was understood and should be said; bold: the small
    letters that are set bold, as vectors are
    """

    source: str
    statements: tuple[Statement, ...]
    where: Span
    form: str = "text"
    notes: tuple[GradproofError, ...] = ()
    bold: frozenset[str] = frozenset()


def postorder(root: Node) -> list[Node]:
    """Every node of a tree, parts before the whole, from left to right."""
    out: list[Node] = []
    stack = [root]
    while stack:
        node = stack.pop()
        out.append(node)
        stack.extend(node.args)
    out.reverse()
    return out
