"""From one form of an answer to another that is equal, by small steps, each with its name.

Both forms are rewritten by the same laws to a form that is multiplied out and put in order. Where their
paths meet, the path from one and the path from the other, walked backwards, make the derivation.
"""

from __future__ import annotations

from typing import NamedTuple

from gradproof.calculus.laws.algebra import ALGEBRA
from gradproof.calculus.laws.rewriting import rewritings
from gradproof.calculus.laws.rule import Rule
from gradproof.errors import GradproofError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import count
from gradproof.operators.places import places, replaced

MOST_STEPS, LARGEST = 80, 400


class Move(NamedTuple):
    """One step of a path."""

    before: Expr
    after: Expr
    rule: str
    why: str


Found = dict[Expr, dict[str, Expr | None]]  # what each rule makes of each part, looked up once


# What few laws can do needs no multiplying out, and no word taken apart.
FEWER = tuple(
    tuple(rule for rule in ALGEBRA if rule.name not in without)
    for without in (
        ("expand", "each-term", "meaning", "sum-ones"), ("expand", "meaning"), ("expand",), ("meaning",), (),
    )
)  # fmt: skip


def _next(e: Expr, rules: tuple[Rule, ...], found: Found) -> Move | None:
    """The next rewriting of a path: the first law that applies anywhere, inner places last."""
    there = [(path, node, found.setdefault(node, {})) for path, node in places(e)]
    for rule in rules:
        for path, node, known in there:
            if rule.name not in known:
                known[rule.name] = next(rewritings(rule, node), None)
            new = known[rule.name]
            if new is None:
                continue
            try:
                after = replaced(e, path, new)
            except GradproofError:
                continue
            if after is not e:
                return Move(e, after, rule.name, rule.title)
    return None


def _path(e: Expr, rules: tuple[Rule, ...], found: Found) -> list[Move]:
    moves: list[Move] = []
    seen = {e}
    while len(moves) < MOST_STEPS and count(e) <= LARGEST:
        move = _next(e, rules, found)
        if move is None or move.after in seen:
            break
        moves.append(move)
        e = move.after
        seen.add(e)
    return moves


BACK = {rule.name: rule.back for rule in ALGEBRA}


def path(start: Expr, goal: Expr) -> list[Move] | None:
    """The steps from one form to the other, or None where the laws here do not lead there."""
    return _way(start, goal, {})


def _way(start: Expr, goal: Expr, found: Found) -> list[Move] | None:
    whole = _through(start, goal, found)
    apart = _apart(start, goal, found)
    if whole is None or apart is None:
        return apart if whole is None else whole
    return apart if len(apart) < len(whole) else whole


def _apart(start: Expr, goal: Expr, found: Found) -> list[Move] | None:
    """The steps within the parts that differ, where the rest is the same."""
    alike = (start.op, start.data, len(start.args)) == (goal.op, goal.data, len(goal.args))
    pairs = list(zip(start.args, goal.args, strict=True)) if alike and start.args else []
    if not pairs or any((a.axes, a.row) != (b.axes, b.row) for a, b in pairs):
        return None
    moves: list[Move] = []
    now = start
    for k, (one, other) in enumerate(pairs):
        inner = [] if one is other else _way(one, other, found)
        if inner is None:
            return None
        for move in inner:
            try:
                after = replaced(now, (k,), move.after)
            except GradproofError:
                return None
            if (after.op, len(after.args)) != (start.op, len(pairs)):  # a sign came out in front
                return None
            moves.append(Move(now, after, move.rule, move.why))
            now = after
    return moves if now is goal else None


def _through(start: Expr, goal: Expr, found: Found) -> list[Move] | None:
    """The steps by way of a form that is put in order: the shortest way that some of the laws find."""
    ways = [moves for rules in FEWER if (moves := _by(start, goal, rules, found)) is not None]
    return min(ways, key=len, default=None)


def _by(start: Expr, goal: Expr, rules: tuple[Rule, ...], found: Found) -> list[Move] | None:
    there, here = _path(start, rules, found), _path(goal, rules, found)
    known = {start: 0, **{move.after: k + 1 for k, move in enumerate(there)}}
    line = [goal, *(move.after for move in here)]
    meeting = next((k for k, e in enumerate(line) if e in known), None)
    if meeting is None:
        return None
    back = [Move(m.after, m.before, m.rule, BACK[m.rule]) for m in reversed(here[:meeting])]
    return [*there[: known[line[meeting]]], *back]
