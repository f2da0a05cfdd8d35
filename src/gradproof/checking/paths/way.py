"""The steps that lead from our answer to a person's, where theirs is right in another form."""

from __future__ import annotations

from gradproof.checking.answer.check import Check, Comparison
from gradproof.checking.answer.report import trail
from gradproof.checking.paths.search import path
from gradproof.derivation.exchange.json import Towards
from gradproof.derivation.story.model import Step
from gradproof.errors import MathError
from gradproof.expressions.nodes import Expr
from gradproof.operators.substitution import unfold
from gradproof.proof.referee import Referee
from gradproof.rendering.formats import format_named, write
from gradproof.rendering.page.model import Document
from gradproof.session.result import Derivation
from gradproof.verdicts import HOLDS, weakest

REST = "equal by normal form"


class Way:
    """From our answer to theirs.

    check   the check of their answer
    steps   one rewriting each, judged by the referee
    """

    def __init__(self, found: Check, steps: tuple[Step, ...]) -> None:
        self.check = found
        self.steps = steps

    def data(self) -> Towards:
        """The steps as data."""
        note = str(self.check.said) if self.check.finding else ""
        verdict = weakest([self.check.verdict, *(s.verdict for s in self.steps)])
        return Towards(self.check.answer.source, note, verdict, self.steps)

    def document(self, language: bool) -> Document:
        """The steps, below the derivation; `language`: formulas on one line of ASCII."""
        return trail(self.steps, self.check.said if self.check.finding else None, language)

    def show(self, format: str = "text") -> str:
        """The steps in a format."""
        return write(self.document(format_named(format).plain), format)


def way(derivation: Derivation, variable: str, text: str) -> Way:
    """The steps to an answer. Raises MathError GP406 where the answer is not right."""
    comparison = Comparison(derivation, variable)
    found = comparison.check(text)
    if found.equal is not True:
        raise MathError(
            f"there is no way to this answer: {found.why}", code="GP406", source=text, span=(0, len(text))
        )
    return Way(found, _steps(comparison, found.truth, found.answer.expr))


def _steps(comparison: Comparison, start: Expr, goal: Expr) -> tuple[Step, ...]:
    known = comparison.known
    if unfold(start, known) is unfold(goal, known):
        return ()
    moves = path(start, goal) or path(unfold(start, known), unfold(goal, known))
    referee = Referee(comparison.context)
    if moves:
        steps = tuple(Step(m.before, m.after, m.rule, m.why, referee.judge(m.before, m.after)) for m in moves)
        if all(step.verdict.grade in HOLDS for step in steps):
            return steps
    return (Step(start, goal, "normal-form", REST, referee.judge(start, goal)),)
