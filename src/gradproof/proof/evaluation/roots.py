"""Points of a prime field where every entry of an array has a root.

Half of all residues have one, so of 20 random entries all have one once in a million points. Here a point
is changed entry by entry instead: a new number for one entry of a name is kept unless fewer entries
have roots. Where each root depends on numbers of its own, this takes few trials an entry.
"""

from __future__ import annotations

from collections.abc import Callable

from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.proof.evaluation.arithmetic import Undefined, Unsupported
from gradproof.proof.evaluation.evaluator import Evaluator
from gradproof.proof.evaluation.fields.prime_field import Field
from gradproof.proof.evaluation.random import mix, stream
from gradproof.proof.evaluation.sampling import Drawn, Point

TRIALS = 2000  # changes of one point
VAIN = 12  # changes that better nothing, for each number that may be changed

Wanted = tuple[Expr, Field]  # what must have roots, and in which field


def wanted(problem: Undefined) -> Wanted | None:
    """What had no root, if that is why a point was not admissible."""
    key = problem.at
    if not problem.chance or not isinstance(key, tuple):
        return None
    node, field = key[0], key[1]
    if isinstance(node, Expr) and node.args and isinstance(field, Field):
        return node.args[0], field
    return None


class _State:
    """The entries that must have roots at one point, and the places of those that have none."""

    def __init__(self, wants: list[Wanted], ev: Evaluator, seen: dict[tuple[Field, int], bool]) -> None:
        self.entries: list[int | None] = []
        self.missing: set[int] = set()
        for node, field in wants:
            values: list[int | None] = []
            try:
                values += ev.value(node, field)
            except (Undefined, Unsupported):
                values += [None] * ev.point.count(node)
            for value in values:
                if value is None or not _rooted(value, field, seen):
                    self.missing.add(len(self.entries))
                self.entries.append(value)

    def changed(self, other: _State) -> set[int]:
        """The places where two states differ."""
        return {k for k, (x, y) in enumerate(zip(self.entries, other.entries, strict=True)) if x != y}


def _rooted(value: int, field: Field, seen: dict[tuple[Field, int], bool]) -> bool:
    """Whether a number has a root; most of them are those of the last trial."""
    found = seen.get((field, value))
    if found is None:
        found = seen[field, value] = field.rooted(value)
    return found


def better(
    wants: list[Wanted], point: Point, evaluator: Callable[[Point], Evaluator], limit: float
) -> Point | None:
    """A point where all that is wanted has roots, near a given one; None if it has no number to change.

    Raises Undefined where the search is in vain. limit: of the work of all points of the session.

    What a number has once changed, and nothing else, is taken for all that it can change.
    """
    start, seen = evaluator(point), dict[tuple[Field, int], bool]()
    now = _State(wants, start, seen)
    nodes = postorder([want for want, _ in wants], unfold=start.unfold)
    choices = point.loose({node for node in nodes if node.op == "name"})
    numbers = stream(mix(point.seed, len(wants), len(choices)))
    reach: dict[Drawn, set[int]] = {}
    most, vain = VAIN * len(choices) * wants[0][1].cosets, 0
    for _ in range(TRIALS):
        useful = [key for key in choices if key not in reach or reach[key] & now.missing]
        if not now.missing or not useful or vain > most or start.shared.spent > limit:
            break
        key = useful[next(numbers) % len(useful)]
        other = point.redrawn(key, numbers)
        then = _State(wants, evaluator(other), seen)
        reach[key] = reach.get(key, set()) | now.changed(then)
        vain = 0 if len(then.missing) < len(now.missing) else vain + 1
        if len(then.missing) <= len(now.missing):
            point, now = other, then
    if now.missing and choices:
        raise Undefined("no root")
    return None if now.missing else point
