"""The referee: asks two engines that share no code, and never says more than both support.

    proved    the normal forms agree, and no exact test contradicts
    tested    the normal form cannot decide, and the sides agree exactly at random points modulo primes
    sampled   neither can decide, and the sides agree in floating point
    refuted   an exact test differs, or floating point does where a function has no exact model
    unknown   all else, with the reason; an engine's own failure is a reason, never a verdict

Two engines that contradict each other are our bug: GP901, and nothing is shown as an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from gradproof.errors import InternalError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.proof.evaluation.counterexample import smallest, smallest_gradient
from gradproof.proof.evaluation.failures import FAILURES as EVALUATION
from gradproof.proof.evaluation.gradients import Statements, ask_derivative, ask_gradient, bound_by, eps_part
from gradproof.proof.evaluation.judge import (
    AGREE,
    DIFFER,
    POINTS,
    SECOND,
    UNSUPPORTED,
    Outcome,
    Question,
    Session,
    sides,
)
from gradproof.proof.evaluation.sizes import DIFFERENT
from gradproof.proof.normal_form import judge as normal
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.semantics.context import Context
from gradproof.verdicts import DEFINITION, Seal, Verdict, weakest

FEW = 4  # different sizes at a second look
SMALL = 64  # nodes of a program whose derivative is also taken by definition
FAILURES = (
    *EVALUATION, Undecided, NameError, TypeError, AttributeError, AssertionError, MemoryError,
)  # fmt: skip
MANY = 12  # points, where a few signs decide
BY_NORMAL_FORM = "normal forms agree: true for all sizes"
_SEAL = Seal()


def nameless(verdict: Verdict) -> bool:
    """Whether a verdict speaks of no name, and so holds as it stands for every claim of the same shape."""
    return verdict.reason == BY_NORMAL_FORM or (verdict.grade == "tested" and not verdict.counterexample)


class _Claim(NamedTuple):
    """One claim, as the engines are asked about it."""

    normal: Callable[[], str]
    modular: Callable[[int], Outcome]
    witness: Callable[[], Outcome]
    counterexample: Callable[[], Mapping[str, Any] | None]
    text: Callable[[], str]
    enough: Callable[[], int]  # points of the modular test, where nothing else decides


class Referee:
    """Judges claims in one context; shared parts are computed once for all of them."""

    def __init__(self, context: Context, work: float = 2 * SECOND) -> None:
        self.context = context
        self.work = work
        self._tests = Session(context, work=work)
        self._forms = normal.Session(context)
        self._programs: dict[tuple[Statements, Expr | None], Session] = {}
        self._looks: dict[Session, Session] = {}  # those with few different sizes

    def judge(self, before: Expr, after: Expr) -> Verdict:
        """Is before = after?"""
        if before is after:
            return _proved("both sides are the same expression")
        if before.axes != after.axes or before.row != after.row:
            return Verdict("refuted", "the two sides have different shapes")
        question = sides(before, after)
        return _decide(
            _Claim(
                lambda: self._forms.same(before, after),
                lambda points: self._tests.test(before, after, points),
                lambda: self._tests.witness(question),
                lambda: _smallest(before, after, self.context),
                lambda: f"{before} = {after}",
                lambda: self._tests.enough,
            )
        )

    def implied(self, before: Expr, after: Expr) -> Verdict | None:
        """`judge` of a claim that implies another, where it can be proved; None where it cannot: that says
        nothing of the other."""
        if before is not after and self._forms.same(before, after) != normal.EQUAL:
            return None
        found = self.judge(before, after)
        return found if found.grade == "proved" else None

    def test(self, before: Expr, after: Expr, again: bool = False) -> Verdict:
        """As `judge`, but by the exact test alone: "tested" at best. For claims about large programs.

        again  what leads to the claim is proved step by step: this is a second look at the whole
        """
        question = sides(before, after)
        tests = self._look((before, after), self.context, self._tests) if again else self._tests
        return _decide(
            _Claim(
                lambda: normal.UNDECIDED,
                lambda points: tests.test(before, after, points),
                lambda: tests.witness(question),
                lambda: _smallest(before, after, self.context),
                lambda: f"{before} = {after}",
                lambda: POINTS if again else tests.enough,
            )
        )

    def _look(self, roots: tuple[Expr, ...], context: Context, tests: Session) -> Session:
        """For a second look at a large program, a session with few different sizes; else the one there is."""
        if len(postorder(roots, unfold=context.unfold)) <= SMALL:
            return tests
        if tests not in self._looks:
            self._looks[tests] = Session(context, work=2 * self.work, different=FEW)
        return self._looks[tests]

    def judge_gradient(
        self, statements: Statements, objective: Expr, variable: Expr, result: Expr, again: bool = False
    ) -> Verdict:
        """Is `result` the derivative of the objective of a program by a variable?

        statements  (name, expression), each name bound once and before it is used
        result      axes of the objective, then of the variable; may use the names of the statements
        again       as for `test`
        """
        if (*objective.axes, *variable.axes) != result.axes:
            return Verdict("refuted", "the derivative has another shape")
        context, tests = self._program(statements, variable)
        if again:
            tests = self._look((objective, result), context, tests)
        question = eps_part(objective, (variable,), result)
        return _decide(
            _Claim(
                lambda: _by_definition(objective, variable, result, context),
                lambda points: ask_gradient(tests, objective, variable, result, points),
                lambda: tests.witness(question),
                lambda: _smallest_gradient(question, (objective, variable, result), context),
                lambda: f"the derivative by {variable} is {result}",
                lambda: POINTS if again else tests.enough,
            )
        )

    def test_derivative(
        self, statements: Statements, objective: Expr, by: tuple[Expr, ...], result: Expr, along: bool = False
    ) -> Verdict:
        """Is `result` the derivative of some order of the objective, by several variables one after another?

        By the exact test alone, on dual numbers of dual numbers: "tested" at best.
        by      the variables; the result has the axes of the objective, then those of each of them
        along   the result is the differential of that derivative
        """
        context, tests = self._program(statements, by[-1] if by else objective)
        question = eps_part(objective, by, result, along)
        names = ", ".join(map(str, by))
        return _decide(
            _Claim(
                lambda: normal.UNDECIDED,
                lambda points: ask_derivative(tests, objective, by, result, points, along),
                lambda: tests.witness(question),
                lambda: _smallest_gradient(question, (objective, *by, result), context),
                lambda: f"the derivative by {names} is {result}",
                lambda: tests.enough,
            )
        )

    def _program(self, statements: Statements, variable: Expr) -> tuple[Context, Session]:
        """The context of a program and a session for it: this referee's own where it adds nothing."""
        context = bound_by(statements, variable, self.context)
        if context.unfold == self.context.unfold:
            return context, self._tests
        # Programs differ by variable only where the variable is itself one of the names.
        owned = any(name is variable for name, _ in statements) or variable in self.context.unfold
        key = (statements, variable if owned else None)
        if key not in self._programs:
            self._programs[key] = Session(context, work=self.work)
        return context, self._programs[key]


def _smallest(before: Expr, after: Expr, context: Context) -> Mapping[str, Any] | None:
    """A small counterexample: what looks for one is imported when something was refuted."""
    return smallest(before, after, context)


def _smallest_gradient(
    question: Question, roots: tuple[Expr, ...], context: Context
) -> Mapping[str, Any] | None:
    """The same for a derivative of a program."""
    return smallest_gradient(question, roots, context)


def _by_definition(objective: Expr, variable: Expr, result: Expr, context: Context) -> str:
    """What the normal form says about the derivative of a whole program, if that is small.

    Names of a large one that do not depend on the variable are left as they are: a claim that holds
    whatever they stand for holds.
    """
    roots = (objective, result)
    if len(postorder(roots, unfold=context.unfold)) > SMALL:
        context = context._replace(unfold=_dependent(roots, variable, context.unfold))
        if len(postorder(roots, unfold=context.unfold)) > SMALL:
            return normal.UNDECIDED
    return normal.gradient_agrees(objective, variable, result, context)


def together(steps: Verdict, whole: Verdict) -> Verdict:
    """The verdict on a derivation from those on its steps and on its answer.

    Raises InternalError (GP901) where one of them is refuted: then nothing is shown.
    """
    for verdict in (steps, whole):
        if verdict.grade == "refuted":
            raise InternalError(
                f"a step or the answer was refuted, so nothing is shown: {verdict.reason}", code="GP901"
            )
    if steps.grade in ("proved", DEFINITION) and whole.grade in ("tested", "sampled"):
        return _proved(f"every step is true for all sizes; the whole {whole.reason}")
    return weakest([steps, whole])


def given() -> Verdict:
    """Of a line that says what its name stands for: so read, both sides are the same expression."""
    return _proved("read")


def recalled(grade: str, reason: str, counterexample: Mapping[str, object] | None) -> Verdict:
    """The verdict that a file states: what was found when it was written. Nobody judges it here again.

    Raises ValueError for an unknown grade.
    """
    return Verdict(grade, reason, counterexample, _SEAL)


def _proved(reason: str) -> Verdict:
    return Verdict("proved", reason, seal=_SEAL)


def _decide(claim: _Claim) -> Verdict:
    """The verdict on a claim from what the engines say."""
    said, trouble = _guarded("the normal form", claim.normal, normal.UNDECIDED)
    outcome, problem = _tested_at(claim, POINTS)
    if outcome.kind == AGREE and said == normal.UNDECIDED:
        more = MANY if outcome.coarse else claim.enough()
        if more > POINTS:
            outcome, problem = _tested_at(claim, more)
    reason = trouble or problem or outcome.detail
    if outcome.kind == DIFFER and outcome.exact:
        if said == normal.EQUAL:
            raise InternalError(f"the two engines of proof contradict each other about {claim.text()}")
        return _refuted(claim, outcome)
    if outcome.kind == AGREE:
        if said == normal.EQUAL:
            return _proved(BY_NORMAL_FORM)
        if said == normal.DIFFERENT:
            return Verdict("unknown", "the normal forms differ, and yet no random point shows a difference")
        if not outcome.coarse:
            return Verdict("tested", _tested(outcome))
    return _by_floats(claim, said, outcome, reason)


def _tested_at(claim: _Claim, points: int) -> tuple[Outcome, str]:
    nothing = Outcome(UNSUPPORTED, exact=False)
    found, problem = _guarded("the modular test", lambda: claim.modular(points), nothing)
    assert isinstance(found, Outcome)
    return found, problem


def _by_floats(claim: _Claim, said: str, outcome: Outcome, reason: str) -> Verdict:
    """Where the exact test does not decide, or hangs on a few signs: floating point as a witness."""
    seen, problem = _guarded("floating point", claim.witness, Outcome(UNSUPPORTED, exact=False))
    if seen.kind == DIFFER and seen.lawful:
        if said == normal.EQUAL:
            return Verdict("unknown", "the normal forms agree, but numbers in floating point do not")
        return _refuted(claim, seen, "floating point")
    if said == normal.EQUAL and outcome.kind != DIFFER:
        return _proved(f"{BY_NORMAL_FORM} (the test at random points has no say: {reason})")
    if said == normal.EQUAL and (seen.kind == AGREE or not outcome.lawful):
        return _proved(BY_NORMAL_FORM)
    if outcome.kind == AGREE:
        return Verdict("tested", _tested(outcome))
    if seen.kind == AGREE and said == normal.UNDECIDED:
        return Verdict("sampled", f"agrees at {seen.points} random points in floating point")
    why = reason or problem or seen.detail or "an oracle stands for a function without an exact model"
    return Verdict("unknown", f"not decided: {why}")


def _refuted(claim: _Claim, outcome: Outcome, how: str = "exact arithmetic modulo a prime") -> Verdict:
    found, _ = _guarded("the counterexample", claim.counterexample, None)
    if found is not None:
        return Verdict("refuted", "the two sides differ for the numbers shown", found)
    sizes = (outcome.point or {}).get("sizes", {})
    said = ", ".join(f"{symbol} = {value}" for symbol, value in sorted(sizes.items()))
    return Verdict("refuted", f"the two sides differ in {how}" + (f" ({said})" if said else ""))


def _tested(outcome: Outcome) -> str:
    said = f"agrees exactly at {outcome.points} random points modulo primes"
    if any(len(each.known) > DIFFERENT for each in outcome.sizes):
        said += f"; of more than {DIFFERENT} sizes some were equal"
    return f"{said}; {outcome.bound}" if outcome.bound else said


def _guarded(engine: str, ask: Callable[[], Any], otherwise: Any) -> tuple[Any, str]:
    """What an engine says; where it fails, `otherwise` and the reason in words. A failure is no verdict."""
    try:
        return ask(), ""
    except FAILURES as problem:
        return otherwise, f"{engine} failed: {type(problem).__name__}: {problem}"


def _dependent(roots: Iterable[Expr], variable: Expr, unfold: Mapping[Expr, Expr]) -> Mapping[Expr, Expr]:
    """The names, with what they stand for, that depend on a variable."""
    touched = {variable}
    for node in postorder(roots, unfold=unfold):
        meaning = unfold.get(node)
        if any(arg in touched for arg in (node.args if meaning is None else (meaning,))):
            touched.add(node)
    return {name: meaning for name, meaning in unfold.items() if name in touched}
