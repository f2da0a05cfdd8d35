"""Notation that stands for words: norm(x, 1), norm(x, inf), norm(X, "fro"); x > y."""

from __future__ import annotations

from fractions import Fraction

from gradproof.language.syntax.tree import Node

COMPARISONS = (">", "<", ">=", "<=")
NORMS = {  # what stands below the bars of a norm
    "": "norm2", "F": "normF", "fro": "normF", "Fro": "normF", "1": "norm1", "₁": "norm1", "2": "norm_2",
    "₂": "norm_2", "*": "norm_nuc", "ast": "norm_nuc",
}  # fmt: skip
_INFINITY = ("inf", "Inf", "∞")


def norm(node: Node) -> Node:
    """norm(x, p) as the word for this p; any other node as it is."""
    if node.kind != "call" or node.text not in ("norm", "normp") or len(node.args) != 2:
        return node
    x, p = node.args
    word = "normp"
    kept: tuple[Node, ...] = (x, p)
    if p.kind == "num" and p.value in (1, 2):
        word, kept = f"norm{p.value}", (x,)
    elif p.kind == "name" and p.text in _INFINITY:
        word, kept = "norminf", (x,)
    elif p.kind == "str" and p.text == "fro":
        word, kept = "normF", (x,)
    return Node("call", kept, (node.start, node.end), node.at, word)


def comparison(sign: str, left: Node, right: Node, at: tuple[int, int]) -> Node:
    """x > y as step(x - y), and x >= y as 1 - step(y - x): 1 where it holds, else 0."""
    span = (left.start, right.end)
    high, low = (left, right) if sign in (">", "<=") else (right, left)
    zero = [part.kind == "num" and part.value == 0 for part in (high, low)]
    if zero[1]:
        gap = high
    elif zero[0]:
        gap = Node("neg", (low,), span, at)
    else:
        gap = Node("sub", (high, low), span, at)
    found = Node("call", (gap,), span, at, "step")
    if sign in (">", "<"):
        return found
    one = Node("num", (), span, at, "1", Fraction(1))
    return Node("sub", (one, found), span, at)
