"""From one form of an answer to another that is equal, by small steps, each with its name.

Both forms are rewritten by the same laws to a form that is multiplied out and put in order. Where their
paths meet, the path from one and the path from the other, walked backwards, make the derivation.
"""

from __future__ import annotations

from typing import NamedTuple

from gradproof.errors import GradproofError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import count
from gradproof.proof.laws import ALGEBRA
from gradproof.proof.laws_words import EARLY, LATE, WORDS
from gradproof.proof.slips import places, replaced

MOST_STEPS, LARGEST = 80, 400


class Move(NamedTuple):
    """One step of a path."""

    before: Expr
    after: Expr
    rule: str
    why: str


# What makes an expression larger comes last, so that paths meet early.
LAWS = (*EARLY, *ALGEBRA[:-2], *WORDS, *ALGEBRA[-2:], *LATE)


def _next(e: Expr) -> Move | None:
    """The next rewriting of a path: the first law that applies anywhere, inner places last."""
    for law in LAWS:
        for path, node in places(e):
            try:
                new = next(law.apply(node), None)
                if new is None or new is node or (new.axes, new.row) != (node.axes, node.row):
                    continue
                after = replaced(e, path, new)
            except GradproofError:
                continue
            if after is not e:
                return Move(e, after, law.rule, law.why)
    return None


def _path(e: Expr) -> list[Move]:
    moves: list[Move] = []
    seen = {e}
    while len(moves) < MOST_STEPS and count(e) <= LARGEST:
        move = _next(e)
        if move is None or move.after in seen:
            break
        moves.append(move)
        e = move.after
        seen.add(e)
    return moves


BACK = {law.rule: law.back for law in LAWS}


def path(start: Expr, goal: Expr) -> list[Move] | None:
    """The steps from one form to the other, or None where the laws here do not lead there."""
    there, here = _path(start), _path(goal)
    known = {start: 0, **{move.after: k + 1 for k, move in enumerate(there)}}
    line = [goal, *(move.after for move in here)]
    meeting = next((k for k, e in enumerate(line) if e in known), None)
    if meeting is None:
        return None
    back = [Move(m.after, m.before, m.rule, BACK[m.rule]) for m in reversed(here[:meeting])]
    return [*there[: known[line[meeting]]], *back]
