"""What a step says, as text made from its nodes: both sides, what names stand for, sizes, properties.

Everything that the claim depends on is printed; texts in the certificate are not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradproof.checker.step import below
from gradproof.checker.terms import Work, poly, text
from gradproof.checker.words import spelled

MOST_SAID = 60  # parts of an expression that is written out at one place
Json = Any


def statement(nodes: Sequence[Json], step: Json, work: Work) -> str:
    """`before = after where …`, on one line. Raises Unchecked where the work is too much."""
    unfold = {a: b for a, b in step["unfold"]}
    roots = [step["before"], step["after"]]
    there = sorted(below(nodes, unfold, roots, work))
    speller = _Speller(nodes, there)
    said = f"{speller.said(roots[0])} = {speller.said(roots[1])}"
    names = [at for at in there if nodes[at]["op"] == "name"]
    where = [f"{_word(nodes[at])} = {speller.said(unfold[at])}" for at in names if at in unfold]
    where += [_declared(nodes[at], at in step["varying"]) for at in names if at not in unfold]
    where += [f"#{at} = {speller.written(at)}" for at in speller.large(roots, where)]
    return line(said + (f" where {', '.join(where)}" if where else ""))


def line(text: str) -> str:
    """A text on one line, so that nothing in a certificate can look like a line of a report."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


class _Speller:
    """Expressions as text. A large one is written once, under the number of its node."""

    def __init__(self, nodes: Sequence[Json], there: Sequence[int]) -> None:
        self.nodes = nodes
        self.weight: dict[int, int] = {}
        for at in there:  # arguments before what is made of them
            parts = [self.weight.get(arg, 1) for arg in nodes[at].get("args", [])]
            self.weight[at] = 1 + sum(1 if part > MOST_SAID else part for part in parts)
        self.asked: dict[int, None] = {}

    def said(self, at: int) -> str:
        """A node as text, or its number."""
        if self.weight.get(at, 1) <= MOST_SAID:
            return self.written(at)
        self.asked[at] = None
        return f"#{at}"

    def written(self, at: int) -> str:
        """A node as text, its large parts as numbers."""
        return spelled(self._tree(at, True))

    def large(self, roots: Sequence[int], said: Sequence[str]) -> Sequence[int]:
        """The numbers that were used so far, and in what they stand for; each once."""
        done: list[int] = []
        while len(done) < len(self.asked):
            at = list(self.asked)[len(done)]
            done.append(at)
            self.written(at)
        return done

    def _tree(self, at: int, whole: bool) -> Any:
        if not whole and self.weight.get(at, 1) > MOST_SAID:
            self.asked[at] = None
            return f"#{at}"
        node = self.nodes[at]
        data, args = node.get("data", []), node.get("args", [])
        if node["op"] == "name":
            return _word(node)
        if node["op"] in ("num", "size"):
            return str(data[0]) if node["op"] == "num" else size_text(data[0])
        word = "".join([node["op"], f"[{', '.join(map(str, data))}]" if data else ""])
        if not args and node["op"] in ("ones", "zeros", "eye"):
            return f"{word}({', '.join(map(size_text, node.get('axes', [])))})"
        return (word, *(self._tree(arg, False) for arg in args)) if args else word


def _word(node: Mapping[str, Json]) -> str:
    return str(node["data"][0])


def _declared(node: Mapping[str, Json], varies: bool) -> str:
    """A name with its sizes and its properties: `A: n×n symmetric`, `x: n varies`."""
    axes = node.get("axes", [])
    shape = "×".join(map(size_text, axes)) if axes else "scalar"
    row = ["row"] if node.get("row") else []
    return f"{_word(node)}: {' '.join([shape, *row, *node['data'][1], *(['varies'] if varies else [])])}"


def size_text(size: Json) -> str:
    """A size as people write it: n, 6, k*n + 2*m."""
    terms = []
    for part in text(poly(size)).split("+"):
        factors = part.split("*")
        terms.append("*".join(factors[1:] if factors[0] == "1" and len(factors) > 1 else factors))
    joined = " + ".join(terms)
    return f"({joined})" if len(terms) > 1 else joined
