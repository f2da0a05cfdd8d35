"""Exact random tests in prime fields: do two expressions agree at random points of random sizes?

"differ" refutes only where the outcome is exact: rational expressions, exp and its relatives, unknown
functions. Where known functions were replaced by oracles (log, erf, signs, roots) it does not, and
floating point can be asked as a second witness. Nothing here knows the normal form.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any, NamedTuple

from gradproof.errors import LimitError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.operators.blocks import needs
from gradproof.proof.evaluation.arithmetic import (
    Arithmetic,
    Entries,
    NeedsCircle,
    TooLarge,
    Undefined,
    Unsupported,
)
from gradproof.proof.evaluation.dispatch import rule
from gradproof.proof.evaluation.error_bound import bound
from gradproof.proof.evaluation.evaluator import VALUE, Evaluator, Shared
from gradproof.proof.evaluation.fields.floating_point import Reals
from gradproof.proof.evaluation.fields.prime_field import tower
from gradproof.proof.evaluation.random import mix
from gradproof.proof.evaluation.roots import Wanted, better, wanted
from gradproof.proof.evaluation.sampling import ALL, NeedsWhole, Point, positives
from gradproof.proof.evaluation.sizes import DIFFERENT, PAIRS, SQUARE, Sizes, symbols_in
from gradproof.proof.semantics.context import Context

AGREE, DIFFER, UNDEFINED, UNSUPPORTED = "agree", "differ", "undefined", "unsupported"
ATTEMPTS = 300  # where a value is missing by bad luck, such as a root
FEWER = 25  # the same, after one size vector in vain, and in floating point
POINTS = 3  # of different sizes
SLOTS = 12  # size vectors, if some of the first ones have no admissible point; half of them for two sizes
MENDED = 3  # points of a size vector that are changed where roots are missing
SECOND = 600_000  # numbers that are computed in about a second
PATIENCE = 0.4 * SECOND  # for changes in vain, of all points together
MOST_ROOTS = 12  # arrays of roots that one change may have to care for
HOPELESS = 3  # where it is missing for good, such as the inverse of a singular matrix
KEPT = 32  # points of one slot that are remembered
NEAR, FAR = 1e-8, 1e-5
NOISES = 4  # how often noise is drawn, before a difference counts


class Outcome(NamedTuple):
    """What a test found.

    kind    "agree", "differ", "undefined" (no admissible point found) or "unsupported"
    exact   False if an oracle stood for a known function: then "differ" does not refute
    bound   how likely an error is, in words, or None where no bound is known
    point   for "differ": {"sizes": …, "values": …}
    points  at how many points
    detail  why, for "undefined" and "unsupported"
    coarse  True if the sides hang on a few signs only: three points may agree by luck
    sizes   those of the points where the sides agree, for each point
    lawful  False if the points do not satisfy the declared equations: then "differ" says nothing
    """

    kind: str
    exact: bool = True
    bound: str | None = None
    point: dict[str, Any] | None = None
    points: int = 0
    detail: str = ""
    lawful: bool = True
    coarse: bool = False
    sizes: tuple[Sizes, ...] = ()


class Answer(NamedTuple):
    """Both sides of a question at one point, and whether no oracle was asked."""

    left: Entries
    right: Entries
    exact: bool


class Unplaced(NamedTuple):
    """Why a size vector has no admissible point; whether its arrays are too large."""

    why: str
    large: bool = False


Question = Callable[[Evaluator, Arithmetic], Answer]


def test(a: Expr, b: Expr, context: Context, points: int = POINTS, seed: int = 0) -> Outcome:
    """Whether a and b agree at random points."""
    return Session(context, seed).test(a, b, points)


class Session:
    """Tests many claims in one context at the same points, so that shared parts are computed once."""

    def __init__(
        self, context: Context, seed: int = 0, work: float = 2 * SECOND, different: int = DIFFERENT
    ) -> None:
        self.context = context
        self.different = different  # sizes at one point
        self.seed = seed
        self.work = work
        self.unfold = {**context.unfold, **_definitions(context)}
        self.shared = Shared()
        self.whole: frozenset[Expr] = frozenset()
        self._symbols: dict[str, None] = {}
        self._literals: set[int] = set()
        self._integers = False  # names that are whole numbers: few are tried
        self._needs: list[Dim] = []
        self._evaluators: dict[tuple[Arithmetic, int, int, frozenset[Expr]], Evaluator] = {}
        self._lawful: dict[Evaluator, bool] = {}
        self._reals, self._wide = Reals(), Reals(scale=40.0)
        self._patience = PATIENCE
        self._vain = False  # one claim had no admissible point: its neighbours are hardly better off

    def test(self, a: Expr, b: Expr, points: int = POINTS) -> Outcome:
        """Whether a and b agree at random points."""
        if a is b:
            return Outcome(AGREE, points=points)
        self.require((a, b))
        if a.axes != b.axes or a.row != b.row:
            return Outcome(UNSUPPORTED, detail="the shapes differ")
        outcome = self.ask(sides(a, b), points)
        if outcome.kind == AGREE and outcome.exact:
            said = bound((a, b), self.context.unfold, self.shared, outcome.sizes)
            outcome = outcome._replace(bound=said)
        return outcome

    def require(self, roots: tuple[Expr, ...]) -> None:
        """Note which sizes these have, and which must not be negative for these to have a meaning."""
        if not self._symbols and not self._literals:  # all at once: a new symbol means new points
            roots = (*roots, *self.unfold, *self.unfold.values())
        nodes = postorder(roots, unfold=self.unfold)
        symbols, literals = symbols_in(nodes)
        self._integers = self._integers or any(e.op == "name" and "integer" in str(e.data[1]) for e in nodes)
        more = [n for e in nodes for n in needs(e) if n not in self._needs]
        if more or not self._symbols.keys() >= set(symbols) or not self._literals >= literals:
            self._needs += dict.fromkeys(more)
            self._symbols |= dict.fromkeys(symbols)
            self._literals |= literals
            self._evaluators.clear()

    @property
    def enough(self) -> int:
        """Points for a claim that nothing else decides: one square, and all orders of three sizes."""
        count = len(self._symbols)
        if count > 2 or (count and self._literals) or self.whole or self._integers:
            return 2 * PAIRS + 1
        return SQUARE + 1 if count == 2 else POINTS

    def witness(self, question: Question, points: int = POINTS) -> Outcome:
        """The same in floating point: no proof of anything, but it knows every function."""
        near = self._guarded(lambda: self._ask(question, points, self._reals), self.work / 4)
        if near.kind != AGREE:
            return near
        try:
            more = (4 if near.coarse else 2) * points
            wide = self._guarded(lambda: self._ask(question, more, self._wide), self.work / 4)
        except LimitError:  # large numbers were only to be on the safe side
            return near
        return wide if wide.kind == DIFFER else near

    def ask(self, question: Question, points: int = POINTS) -> Outcome:
        """Whether both sides of a question agree at random points, in prime fields."""
        try:
            return self._guarded(lambda: self._ask(question, points, tower(False)))
        except NeedsCircle:
            return self._guarded(lambda: self._ask(question, points, tower(True)))

    def _guarded(self, ask: Callable[[], Outcome], work: float | None = None) -> Outcome:
        self.shared.allowed = self.work if work is None else work
        self.shared.limit = self.shared.spent + self.shared.allowed
        try:
            for _ in range(64):
                try:
                    return ask()
                except NeedsWhole as need:
                    self.whole |= {need.name}
                except Unsupported as problem:
                    return Outcome(UNSUPPORTED, exact=False, detail=str(problem))
        finally:
            self.shared.limit = inf
        return Outcome(UNSUPPORTED, exact=False, detail="too many names in exponents")

    def _ask(self, question: Question, points: int, field: Arithmetic) -> Outcome:
        """One point for each size vector. Where one has no admissible point, more size vectors, since
        those that have one may have something in common; then more points of these."""
        sizes: list[Sizes] = []
        agreed, exact, lawful, coarse, why, large = 0, True, True, False, "", False
        turns = [(slot, 0) for slot in range(max(points, 2))]
        while turns and (agreed < points or not turns[0][1]):
            slot, start = turns.pop(0)
            if slot == SQUARE and not agreed:  # what holds for square arrays only is not right
                continue
            found = self._at(question, field, slot, range(start, start + self._tries(field, why)))
            if isinstance(found, Unplaced):
                large = large or found.large
                turns = turns if why else self._more(turns, points)
                why = found.why
                continue
            ev, answer, attempt = found
            lawful = lawful and self._keeps_laws(ev, field)
            exact, coarse = exact and answer.exact and lawful, coarse or ev.coarse
            coarse = coarse or ev.point.positive == ALL
            if _differ(answer, field):
                point = described(ev, field)
                return Outcome(DIFFER, exact, point=point, points=agreed + 1, lawful=lawful)
            agreed += 1
            sizes.append(ev.point.sizes)
            turns.append((slot, attempt + 1))
        if not agreed:
            self._vain = not large
            return Outcome(UNSUPPORTED if large else UNDEFINED, exact=False, detail=why)
        coarse = coarse and not exact
        return Outcome(AGREE, exact, points=agreed, lawful=lawful, coarse=coarse, sizes=tuple(sizes))

    def _tries(self, field: Arithmetic, why: str) -> int:
        """How many points of a size vector are tried; `why`: why another had none that is admissible."""
        return FEWER if why or field.ordered or self._vain else ATTEMPTS

    def _more(self, turns: list[tuple[int, int]], points: int) -> list[tuple[int, int]]:
        """The turns with all other size vectors, before those that have had a point."""
        slots = SLOTS if len(self._symbols) > 2 else SLOTS // 2
        others = [(slot, 0) for slot in range(max(points, 2), slots)]
        return sorted([*turns, *others], key=lambda turn: turn[1] > 0)

    def _at(
        self, question: Question, field: Arithmetic, slot: int, attempts: range
    ) -> tuple[Evaluator, Answer, int] | Unplaced:
        """The first admissible point of a size vector, or why there is none."""
        why, failures = "", 0
        for attempt in attempts:
            ev = self._evaluator(field, slot, attempt)
            try:
                ev, answer = self._asked(question, field, ev, (slot, attempt))
                if not isinstance(field, Reals) or self._sure(question, answer, field, ev.point):
                    return ev, answer, attempt
                problem = Undefined("rounding errors decide", chance=True)
            except LimitError:
                self._vain = True
                raise
            except TooLarge as found:
                return Unplaced(str(found), large=True)
            except Undefined as found:
                problem = found
            why, failures = str(problem), failures + (not problem.chance)
            if failures >= HOPELESS:
                break
        return Unplaced(why)

    def _asked(
        self, question: Question, field: Arithmetic, ev: Evaluator, place: tuple[int, int]
    ) -> tuple[Evaluator, Answer]:
        """What a point answers; where roots are missing, what a point near it answers that has them."""
        wants: list[Wanted] = []
        while True:
            try:
                return ev, question(ev, field)
            except Undefined as problem:
                more = wanted(problem)
                if more is None or more in wants or len(wants) >= MOST_ROOTS or place[1] >= MENDED:
                    raise
                wants.append(more)
                point = self._better(wants, ev.point)
                if point is None:
                    raise
                ev = self._at_point(point)
                self._evaluators[field, *place, self.whole] = ev

    def _better(self, wants: list[Wanted], point: Point) -> Point | None:
        """`better`, with an eye on the work that was lost on searches in vain."""
        start = self.shared.spent
        try:
            return better(wants, point, self._at_point, start + self._patience)
        except Undefined:
            self._patience -= self.shared.spent - start
            raise

    def _at_point(self, point: Point) -> Evaluator:
        return Evaluator(point, self.unfold, self.context.varying, rule, self.shared)

    def _evaluator(self, field: Arithmetic, slot: int, attempt: int) -> Evaluator:
        key = (field, slot, attempt, self.whole)
        found = self._evaluators.get(key)
        if found is None:
            sizes = Sizes(slot, list(self._symbols), self._literals, different=self.different)
            sizes.require(self._needs)
            point = Point(mix(self.seed, slot, attempt), sizes, positives(slot, attempt), self.whole)
            found = self._at_point(point)
            if attempt < KEPT:
                self._evaluators[key] = found
        return found

    def _sure(self, question: Question, answer: Answer, field: Reals, point: Point) -> bool:
        """Whether a difference is more than rounding: it has to stand out from deliberate noise, drawn more
        than once, since what rounding has spoiled may by chance be near to what noise makes of it."""
        gap = _gap(answer)
        if not FAR < gap < inf:
            return gap < NEAR
        values = (*answer.left, *answer.right)
        largest = max([1.0, *(abs(value) for value in values)])
        for _ in range(NOISES):
            ev = self._at_point(Point(point.seed, point.sizes, point.positive, point.whole))
            noisy = question(ev, field.noisy)
            both = zip(values, (*noisy.left, *noisy.right), strict=True)
            if gap <= 10 * max((abs(x - y) for x, y in both), default=0.0) / largest:
                return False
        return True

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
