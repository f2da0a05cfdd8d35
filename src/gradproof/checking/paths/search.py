"""From one form of an answer to another that is equal, by small steps, each with its name.

Both forms are rewritten by the same laws to a form that is multiplied out and put in order. Where their
paths meet, the path from one and the path from the other, walked backwards, make the derivation.
"""

from __future__ import annotations

from typing import NamedTuple

from gradproof.checking.diagnosis.slips import places, replaced
from gradproof.checking.paths.algebra_laws import ALGEBRA, LINEAR, Law
from gradproof.checking.paths.word_laws import EARLY, LATE, WORDS
from gradproof.errors import GradproofError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import count

MOST_STEPS, LARGEST = 80, 400


class Move(NamedTuple):
    """One step of a path."""

    before: Expr
    after: Expr
    rule: str
    why: str


# What makes an expression larger comes last, so that paths meet early.
LAWS = (*EARLY, *ALGEBRA[:-2], *WORDS, *ALGEBRA[-2:], *LATE)
# What few laws can do needs no multiplying out, and no word taken apart.
FEWER = (
    tuple(law for law in LAWS if law.rule not in ("expand", "meaning", "sum-ones")),
    tuple(LINEAR if law.rule == "expand" else law for law in LAWS if law.rule != "meaning"),
    tuple(LINEAR if law.rule == "expand" else law for law in LAWS),
    tuple(law for law in LAWS if law.rule != "meaning"),
    LAWS,
)


def _next(e: Expr, laws: tuple[Law, ...] = LAWS) -> Move | None:
    """The next rewriting of a path: the first law that applies anywhere, inner places last."""
    for law in laws:
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


def _path(e: Expr, laws: tuple[Law, ...] = LAWS) -> list[Move]:
    moves: list[Move] = []
    seen = {e}
    while len(moves) < MOST_STEPS and count(e) <= LARGEST:
        move = _next(e, laws)
        if move is None or move.after in seen:
            break
        moves.append(move)
        e = move.after
        seen.add(e)
    return moves


BACK = {law.rule: law.back for law in LAWS}


def path(start: Expr, goal: Expr) -> list[Move] | None:
    """The steps from one form to the other, or None where the laws here do not lead there."""
    whole = _through(start, goal)
    apart = _apart(start, goal)
    if whole is None or apart is None:
        return apart if whole is None else whole
    return apart if len(apart) < len(whole) else whole


def _apart(start: Expr, goal: Expr) -> list[Move] | None:
    """The steps within the parts that differ, where the rest is the same."""
    alike = (start.op, start.data, len(start.args)) == (goal.op, goal.data, len(goal.args))
    pairs = list(zip(start.args, goal.args, strict=True)) if alike and start.args else []
    if not pairs or any((a.axes, a.row) != (b.axes, b.row) for a, b in pairs):
        return None
    moves: list[Move] = []
    now = start
    for k, (one, other) in enumerate(pairs):
        inner = [] if one is other else path(one, other)
        if inner is None:
            return None
        for move in inner:
            try:
                after = replaced(now, (k,), move.after)
            except GradproofError:
                return None
            moves.append(Move(now, after, move.rule, move.why))
            now = after
    return moves if now is goal else None


def _through(start: Expr, goal: Expr) -> list[Move] | None:
    """The steps by way of a form that is put in order: the shortest way that some of the laws find."""
    found = [moves for laws in FEWER if (moves := _by(start, goal, laws)) is not None]
    return min(found, key=len, default=None)


def _by(start: Expr, goal: Expr, laws: tuple[Law, ...]) -> list[Move] | None:
    there, here = _path(start, laws), _path(goal, laws)
    known = {start: 0, **{move.after: k + 1 for k, move in enumerate(there)}}
    line = [goal, *(move.after for move in here)]
    meeting = next((k for k, e in enumerate(line) if e in known), None)
    if meeting is None:
        return None
    back = [Move(m.after, m.before, m.rule, BACK[m.rule]) for m in reversed(here[:meeting])]
    return [*there[: known[line[meeting]]], *back]
