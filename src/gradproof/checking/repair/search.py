"""A wrong row mended: one edit of what the person wrote that makes it true, and what the slip was.

The rest of the row stays as it was typed. Nothing is offered that was not proved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from math import inf
from time import process_time
from typing import NamedTuple

from gradproof.checking.repair.edits import edits
from gradproof.checking.repair.written_row import Edit, Row
from gradproof.elaboration.open_sizes import Lack
from gradproof.errors import GradproofError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.language.syntax.tree import Node
from gradproof.patterns import Pattern

SECONDS = 0.45  # of work, for the search in one row
EQUAL = 0.06  # edits whose costs are so near are as likely as each other
MOST = 8  # such edits that are compared
_SIGN = Pattern(r"\w+|[^\w\s()]")
_TREE_ERRORS = (GradproofError, KeyError)


class Fix(NamedTuple):
    """A right side that is true, the expression it means, what the slip was in words ("" where the row is
    written anew), and its kind, as `check` names it."""

    text: str
    value: Expr
    slip: str
    kind: str = ""


class Judge(NamedTuple):
    """What is asked about another right side.

    tree    reads a piece of a text; value: the meaning of a whole right side
    likely  whether a meaning could be right, quickly; holds: whether it was proved to be
    """

    tree: Callable[[str], Node]
    value: Callable[[str], Expr]
    likely: Callable[[Expr], bool]
    holds: Callable[[Expr], bool]


def mend(row: Row, judge: Judge, quick: bool = True) -> Fix | None:
    """The likeliest single edit that makes a right side true.

    quick  an edited part is read alone; else the whole row each time
    """
    found = sorted(_likely(row, judge, quick, process_time() + SECONDS), key=lambda one: -one[0])
    return next((fix for _, fix in found if judge.holds(fix.value)), None)


def _likely(row: Row, judge: Judge, quick: bool, end: float) -> list[tuple[int, Fix]]:
    """The edits that could be right and are about as likely, each with how much of the row above it keeps."""
    tried: set[Expr | str] = set()
    found: list[tuple[int, Fix]] = []
    last = inf
    for edit in edits(row):
        if edit.cost > last or len(found) == MOST or process_time() > end:
            break
        try:
            if quick and not _promising(row, edit, judge, tried):
                continue
            text = row.put(edit).strip()
            value = judge.value(text) if text not in tried else None
        except _TREE_ERRORS:
            continue
        tried.add(text)
        if value is not None and judge.likely(value):
            last = min(last, edit.cost + EQUAL)
            found.append((_kept(text, row.before), Fix(text, value, edit.slip, edit.kind)))
    return found


def _kept(text: str, before: str) -> int:
    """How near a text is to another: the pairs of signs that both have, less those that one has."""
    one, other = (Counter(pairwise(_SIGN.findall(side))) for side in (text, before))
    return 2 * sum((one & other).values()) - sum(one.values())


def _promising(row: Row, edit: Edit, judge: Judge, tried: set[Expr | str]) -> bool:
    """Whether the row with an edit made could be right, as far as its parts tell."""
    value = row.parts.replaced(edit.node, judge.tree(edit.piece))
    if not isinstance(value, Expr):
        return value is not Lack.UNFIT
    if value in tried:
        return False
    if judge.likely(value):
        return True
    tried.add(value)
    return False


# ---- saying what the slip was


def sentence(slip: str, before: Expr | None) -> str:
    """What was wrong with a row, for a person; "" where an edit has no name."""
    if not slip.startswith("moved:"):
        return slip + "." if slip else ""
    _, factor, side = slip.rsplit(":", 2) if slip.count(":") > 2 else slip.split(":")
    bare = factor.rstrip("'ᵀ").strip("()")
    if before is not None and factor.endswith(("'", "ᵀ")):
        was = _side_of(before, bare)
        if was == side:
            return f'Moving the {was} factor {bare} across ":" puts {factor} on the {side.upper()}.'
    return f"{factor} has to stand further to the {side}."


def _side_of(before: Expr, text: str) -> str:
    """On which side a factor stands in the part of a Frobenius product that holds the differential."""
    for node in postorder([before]):
        if node.op == "frob" and node.args[1].op == "mul":
            factors = node.args[1].args
            if str(factors[0]) == text:
                return "left"
            if str(factors[-1]) == text:
                return "right"
    return ""
