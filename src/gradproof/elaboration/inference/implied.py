"""What a text implies without saying it: letters for sizes, properties that a word needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

from gradproof.language.syntax.tree import Node
from gradproof.operators.aliases import known_function

POOL = "nkmpqrstuv"
FACTORED = frozenset(("spd",))


def inside_chol(statements: Iterable[tuple[Node, ...]]) -> set[str]:
    """Names that stand alone in chol(…): only what is symmetric positive definite has such a factor."""
    calls = [node for nodes in statements for node in nodes if node.kind == "call"]
    inside = [node.args[0] for node in calls if known_function(node.text) == "chol" and len(node.args) == 1]
    return {node.text for node in inside if node.kind == "name"}


def fresh_letters(used: set[str]) -> Iterator[str]:
    """Letters for sizes that nothing else is called by."""
    for letter in POOL:
        if letter not in used:
            yield letter
    for place in count(1):
        if f"n{place}" not in used:
            yield f"n{place}"
