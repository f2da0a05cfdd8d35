"""Exact random tests in prime fields: do two expressions agree at random points of random sizes?

"differ" refutes only where the outcome is exact: rational expressions, exp and its relatives, unknown
functions. Where known functions were replaced by oracles (log, erf, signs, roots) it does not, and
floating point can be asked as a second witness. Nothing here knows the normal form.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any, NamedTuple

from gradproof.errors import LimitError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.proof.arithmetic import Arithmetic, Entries, NeedsCircle, Undefined, Unsupported
from gradproof.proof.chance import mix
from gradproof.proof.context import Context
from gradproof.proof.degree import bound
from gradproof.proof.evaluate import VALUE, Evaluator, Shared
from gradproof.proof.field import tower
from gradproof.proof.points import NeedsWhole, Point, Sizes
from gradproof.proof.reals import Reals
from gradproof.proof.rules import rule

AGREE, DIFFER, UNDEFINED, UNSUPPORTED = "agree", "differ", "undefined", "unsupported"
ATTEMPTS = 400  # where a value is missing by bad luck, such as a root
HOPELESS = 4  # where it is missing for good, such as the inverse of a singular matrix
KEPT = 32  # points of one slot that are remembered
NEAR, FAR = 1e-8, 1e-5


class Outcome(NamedTuple):
    """What a test found.

    kind    "agree", "differ", "undefined" (no admissible point found) or "unsupported"
    exact   False if an oracle stood for a known function: then "differ" does not refute
    bound   how likely an error is, in words, or None where no bound is known
    point   for "differ": {"sizes": …, "values": …}
    points  at how many points
    detail  why, for "undefined" and "unsupported"
    lawful  False if the points do not satisfy the declared equations: then "differ" says nothing
    """

    kind: str
    exact: bool = True
    bound: str | None = None
    point: dict[str, Any] | None = None
    points: int = 0
    detail: str = ""
    lawful: bool = True


class Answer(NamedTuple):
    """Both sides of a question at one point, and whether no oracle was asked."""

    left: Entries
    right: Entries
    exact: bool


Question = Callable[[Evaluator, Arithmetic], Answer]


def test(a: Expr, b: Expr, context: Context, points: int = 3, seed: int = 0) -> Outcome:
    """Whether a and b agree at random points."""
    return Session(context, seed).test(a, b, points)


class Session:
    """Tests many claims in one context at the same points, so that shared parts are computed once."""

    def __init__(self, context: Context, seed: int = 0, seconds: float = 2.0) -> None:
        self.context = context
        self.seed = seed
        self.seconds = seconds
        self.unfold = {**context.unfold, **_definitions(context)}
        self.shared = Shared()
        self.whole: frozenset[Expr] = frozenset()
        self._order: dict[str, int] = {}
        self._evaluators: dict[tuple[Arithmetic, int, int, frozenset[Expr]], Evaluator] = {}
        self._lawful: dict[Evaluator, bool] = {}
        self._reals = Reals()
        self._deadline = 0.0

    def test(self, a: Expr, b: Expr, points: int = 3) -> Outcome:
        """Whether a and b agree at random points."""
        if a is b:
            return Outcome(AGREE, points=points)
        if a.axes != b.axes or a.row != b.row:
            return Outcome(UNSUPPORTED, detail="the shapes differ")
        outcome = self.ask(sides(a, b), points)
        if outcome.kind == AGREE and outcome.exact:
            said = bound((a, b), self.context.unfold, self.shared, outcome.points)
            outcome = outcome._replace(bound=said)
        return outcome

    def witness(self, question: Question, points: int = 3) -> Outcome:
        """The same in floating point: no proof of anything, but it knows every function."""
        return self._guarded(lambda: self._ask(question, points, self._reals))

    def ask(self, question: Question, points: int = 3) -> Outcome:
        """Whether both sides of a question agree at random points, in prime fields."""
        try:
            return self._guarded(lambda: self._ask(question, points, tower(False)))
        except NeedsCircle:
            return self._guarded(lambda: self._ask(question, points, tower(True)))

    def _guarded(self, ask: Callable[[], Outcome]) -> Outcome:
        self._deadline = perf_counter() + self.seconds
        for _ in range(64):
            try:
                return ask()
            except NeedsWhole as need:
                self.whole |= {need.name}
            except Unsupported as problem:
                return Outcome(UNSUPPORTED, exact=False, detail=str(problem))
        return Outcome(UNSUPPORTED, exact=False, detail="too many names in exponents")

    def _ask(self, question: Question, points: int, field: Arithmetic) -> Outcome:
        """One point for each size vector; more of those that have admissible points, if some have none."""
        agreed, exact, lawful, why = 0, True, True, ""
        turns = [(slot, 0) for slot in range(max(points, 2))]
        while turns and agreed < points:
            slot, start = turns.pop(0)
            found = self._at(question, field, slot, start)
            if isinstance(found, str):
                why = found
                continue
            ev, answer, attempt = found
            lawful = lawful and self._keeps_laws(ev, field)
            exact = exact and answer.exact and lawful
            if _differ(answer, field):
                point = described(ev, field)
                return Outcome(DIFFER, exact, point=point, points=agreed + 1, lawful=lawful)
            agreed += 1
            turns.append((slot, attempt + 1))
        if not agreed:
            return Outcome(UNDEFINED, exact=False, detail=why)
        return Outcome(AGREE, exact, points=agreed, lawful=lawful)

    def _at(
        self, question: Question, field: Arithmetic, slot: int, start: int
    ) -> tuple[Evaluator, Answer, int] | str:
        """The first admissible point of a size vector, or why there is none."""
        why, failures = "", 0
        for attempt in range(start, start + ATTEMPTS):
            if perf_counter() > self._deadline:
                raise LimitError(f"the time limit of {self.seconds:g} s was reached", code="GP701")
            ev = self._evaluator(field, slot, attempt)
            try:
                answer = question(ev, field)
                if not field.ordered or _sure(answer):
                    return ev, answer, attempt
                problem = Undefined("rounding errors decide", chance=True)
            except Undefined as found:
                problem = found
            why, failures = str(problem), failures + (not problem.chance)
            if failures >= HOPELESS:
                break
        return why

    def _evaluator(self, field: Arithmetic, slot: int, attempt: int) -> Evaluator:
        key = (field, slot, attempt, self.whole)
        found = self._evaluators.get(key)
        if found is None:
            sizes = Sizes(slot, self._order)
            point = Point(mix(self.seed, slot, attempt), sizes, attempt % 2 == 1, self.whole)
            found = Evaluator(point, self.unfold, self.context.varying, rule, self.shared)
            if attempt < KEPT:
                self._evaluators[key] = found
        return found

    def _keeps_laws(self, ev: Evaluator, field: Arithmetic) -> bool:
        """Whether the declared equations hold at a point; where they do not, nothing is refuted."""
        if not self.context.laws:
            return True
        if ev not in self._lawful:
            try:
                self._lawful[ev] = not any(
                    _differ(sides(a, b)(ev, field), field) for a, b in self.context.laws
                )
            except (Undefined, Unsupported, NeedsCircle, NeedsWhole):
                self._lawful[ev] = False
        return self._lawful[ev]


def _definitions(context: Context) -> dict[Expr, Expr]:
    """Declared equations that say what one name is."""
    return {
        left: right
        for left, right in context.laws
        if left.op == "name" and left not in context.unfold and left not in postorder([right])
    }


def sides(a: Expr, b: Expr) -> Question:
    """Are two expressions equal?"""

    def question(ev: Evaluator, field: Arithmetic) -> Answer:
        left, right = ev.value(a, field), ev.value(b, field)
        return Answer(left, right, ev.exact((a, field, VALUE)) and ev.exact((b, field, VALUE)))

    return question


def _gap(answer: Answer) -> float:
    """The largest difference, as a part of the largest entry."""
    largest = max([1.0, *(abs(value) for value in (*answer.left, *answer.right))])
    gap = max((abs(x - y) for x, y in zip(answer.left, answer.right, strict=True)), default=0.0)
    return float(gap / largest)


def _sure(answer: Answer) -> bool:
    gap = _gap(answer)
    return gap < NEAR or FAR < gap < float("inf")


def _differ(answer: Answer, field: Arithmetic) -> bool:
    return _gap(answer) > FAR if field.ordered else answer.left != answer.right


def described(ev: Evaluator, field: Arithmetic) -> dict[str, Any]:
    """A point, for a person: the sizes, and the arrays of the names that were used."""
    values = {}
    for (name, where, direction), entries in ev.point.drawn.items():
        if where is field:
            label = f"d{name}" if direction else str(name)
            values[label] = nested(entries, ev.point.shape(name), name.row)
    return {"sizes": dict(ev.point.sizes.known), "values": values}


def nested(entries: Entries, shape: tuple[int, ...], row: bool = False) -> Any:
    """A flat list as lists in lists."""
    if row:
        return [entries]
    for length in reversed(shape[1:]):
        entries = [entries[k : k + length] for k in range(0, len(entries), length)]
    return entries if shape else entries[0]
