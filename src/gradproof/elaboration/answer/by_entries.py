"""An answer said by its entries: `∂f/∂W_pq = sum_i G_ip X_iq`, `2*x_i*a_i`, `A_ik B_lj`, as an array.

The indices of the left side are those of the array, in this order; without a left side, those that are not
summed, in the order of the alphabet. Where no sum is written, an index that a term has twice is summed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, permutations

from gradproof.elaboration.assembly.assemble import Assembler
from gradproof.elaboration.indices.index_sums import bound, rebuilt
from gradproof.elaboration.worksheet.by_indices import INDEXED, IndexRow, is_delta
from gradproof.errors import GradproofError, ParseError
from gradproof.expressions.nodes import Expr
from gradproof.language.parse import index_formula
from gradproof.language.syntax.tree import Node, Span, postorder
from gradproof.operators.aliases import KNOWN_WORDS
from gradproof.patterns import Pattern

_BELOW = Pattern(r"_\{?([a-z]+)\}?")
_HAS = Pattern(r"_\{?[a-z]")
MOST = 4  # indices of an answer


def may_have_indices(text: str) -> bool:
    """Whether something in a text has indices below it."""
    return _HAS.search(text) is not None


def by_entries(text: str, span: Span, left: str, assembler: Assembler, likes: Sequence[Expr]) -> Expr:
    """The array whose entries a text gives at a place, where `left` is its left side.

    Raises GradproofError: what cannot be read by entries, or has no shape of `likes`.
    """
    names = {name: e for name, e in assembler.names.items() if isinstance(e, Expr)}
    tree = index_formula(text, span, "\\" in text, KNOWN_WORDS, frozenset(n for n in names if len(n) > 1))
    letters = _BELOW.findall(left)
    fault: GradproofError = ParseError("this has no free indices", code="GP122", span=span, source=text)
    for free in ["".join(letters)] if letters else list(_choices(tree, names, likes)):
        reader = IndexRow(names, free, None, assembler.statement, text)
        try:
            for like in likes:  # an index that only a delta has is one of the derivative
                if len(like.axes) == len(free):
                    reader.set(free, like)
                    break
            made, _ = reader.read(_closed(tree, _unbound(tree, names) - {*free}, names))
        except GradproofError as error:
            fault = error
            continue
        if not likes or any(made.axes == like.axes for like in likes):
            return made
    raise fault


def _letters(node: Node, names: Mapping[str, Expr]) -> str:
    """The indices that stand below one node itself."""
    if node.kind == "entry":
        return node.text
    found = INDEXED.match(node.text) if node.kind == "name" else None
    if found is None or node.text in names or not (found["base"] in names or is_delta(node.text)):
        return ""
    return found["letters"]


def _unbound(tree: Node, names: Mapping[str, Expr]) -> set[str]:
    """The indices that no sum binds."""
    every = {letter for node in postorder(tree) for letter in _letters(node, names)}
    return every - {letter for node in postorder(tree) if node.kind == "sum" for letter in bound(node.text)}


def _choices(tree: Node, names: Mapping[str, Expr], likes: Sequence[Expr]) -> list[str]:
    """Which indices may be those of the array: the others stand at least twice in a product."""
    unbound = sorted(_unbound(tree, names))
    found: dict[str, None] = {}
    for count in dict.fromkeys(len(like.axes) for like in likes):
        for free in combinations(unbound, count) if 0 < count <= MOST else ():
            if all(_count(tree, letter, names) > 1 for letter in unbound if letter not in free):
                found["".join(free)] = None
    turned = ["".join(order) for free in found for order in permutations(free)]
    return list(dict.fromkeys([*found, *turned]))


def _count(node: Node, letter: str, names: Mapping[str, Expr]) -> int:
    """How often an index stands in a product, at most."""
    own = _letters(node, names).count(letter)
    parts = [_count(arg, letter, names) for arg in node.args]
    if node.kind in ("add", "sub"):
        return max(parts)
    power = node.kind in ("pow", "hpow") and parts[0] > 0
    return own + sum(parts) + power


def _closed(node: Node, letters: set[str], names: Mapping[str, Expr]) -> Node:
    """The tree with a sum over each of the letters around the smallest product that has it."""
    for letter in sorted(letters):
        node = _summed(node, letter, names)
    return node


def _summed(node: Node, letter: str, names: Mapping[str, Expr]) -> Node:
    there = [arg for arg in node.args if _count(arg, letter, names)]
    product = node.kind in ("mul", "had", "div", "hdiv") and len(there) > 1
    if not there or product or node.kind in ("pow", "hpow"):
        whole = product or (there and node.kind in ("pow", "hpow")) or _letters(node, names).count(letter) > 1
        return Node("sum", (node,), node.span, node.at, letter) if whole else node
    args = tuple(_summed(arg, letter, names) if arg in there else arg for arg in node.args)
    return rebuilt(node, args)
