"""Gradients tested on dual numbers: the eps part of a whole program against a claimed gradient.

The derivative is never written down: the program is evaluated with X + eps·H for a random H, exactly and
modulo primes, and the eps part is compared with result : H.
"""

from __future__ import annotations

from gradproof.expressions.nodes import Expr
from gradproof.proof.evaluation.arithmetic import Arithmetic
from gradproof.proof.evaluation.evaluator import VALUE, Evaluator, Seed
from gradproof.proof.evaluation.judge import AGREE, POINTS, UNSUPPORTED, Answer, Outcome, Question, Session
from gradproof.proof.semantics.context import Context

Statements = tuple[tuple[Expr, Expr], ...]


def test_gradient(
    statements: Statements,
    objective: Expr,
    variable: Expr,
    result: Expr,
    context: Context,
    points: int = POINTS,
) -> Outcome:
    """Whether `result` (axes of the objective, then of the variable) is the derivative of a program."""
    session = Session(bound_by(statements, variable, context))
    return ask_gradient(session, objective, variable, result, points)


def bound_by(statements: Statements, variable: Expr, context: Context) -> Context:
    """The context in which the statements hold and the variable is a plain name."""
    unfold = {**context.unfold, **dict(statements)}
    unfold.pop(variable, None)
    return context._replace(unfold=unfold)


def ask_gradient(
    session: Session, objective: Expr, variable: Expr, result: Expr, points: int = POINTS
) -> Outcome:
    """The same in a session that holds the statements."""
    if (*objective.axes, *variable.axes) != result.axes:
        return Outcome(UNSUPPORTED, exact=False, detail="the shapes differ")
    session.require((objective, variable, result))
    outcome = session.ask(eps_part(objective, variable, result), points)
    return outcome._replace(bound=None) if outcome.kind == AGREE else outcome


def eps_part(objective: Expr, variable: Expr, result: Expr) -> Question:
    """Is the eps part of the objective the result contracted with the direction?"""

    def question(ev: Evaluator, field: Arithmetic) -> Answer:
        seed = Seed(variable)
        key, other = (objective, field, seed), (result, field, VALUE)
        try:
            claimed = ev.value(result, field)
            found = ev.get(key)
            exact = ev.exact(key) and ev.exact(other)
        finally:
            ev.forget(seed)
        direction = ev.point.direction(variable, field)
        count = len(direction)
        contracted = [
            sum(x * y for x, y in zip(claimed[k : k + count], direction, strict=True))
            for k in range(0, len(claimed), count)
        ]
        left = field.reduce([0] * len(contracted)) if found is None else found
        return Answer(left, field.reduce(contracted), exact)

    return question
