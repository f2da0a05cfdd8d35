"""Expressions compared by their values at points that are kept: quick, and no proof of anything."""

from __future__ import annotations

from gradproof.expressions.nodes import Expr
from gradproof.proof.evaluation.arithmetic import Arithmetic, Entries
from gradproof.proof.evaluation.evaluator import Evaluator
from gradproof.proof.evaluation.failures import FAILURES
from gradproof.proof.evaluation.judge import SECOND, Answer, Session
from gradproof.proof.evaluation.sampling import NeedsWhole
from gradproof.proof.semantics.context import Context


class Prints:
    """The values of an expression at two points; others are compared with them."""

    def __init__(self, truth: Expr, context: Context, work: float = SECOND) -> None:
        self.truth = truth
        self.points: list[tuple[Evaluator, Arithmetic, Entries]] = []
        try:
            session = Session(context, work=work)
            session.require((truth,))  # its sizes announced, so that tall and wide ones are tried
            session.ask(self._remember, 2)
        except FAILURES:
            self.points = []

    def _remember(self, ev: Evaluator, field: Arithmetic) -> Answer:
        self.points.append((ev, field, ev.value(self.truth, field)))
        return Answer([0], [0], True)

    def same(self, other: Expr) -> bool | None:
        """Whether another expression has these values; None where that is not known."""
        if not self.points:
            return None
        try:
            return all(list(ev.value(other, field)) == list(seen) for ev, field, seen in self.points)
        except NeedsWhole:
            return None
        except FAILURES:
            return False
