"""Gradients tested on dual numbers: the eps part of a whole program against a claimed gradient.

The derivative is never written down: the program is evaluated with X + eps·H for a random H, exactly and
modulo primes, and the eps part is compared with result : H.
"""

from __future__ import annotations

from gradproof.expressions.nodes import Expr
from gradproof.proof.evaluation.arithmetic import Arithmetic, Entries
from gradproof.proof.evaluation.evaluator import VALUE, Evaluator, Seed
from gradproof.proof.evaluation.judge import AGREE, POINTS, UNSUPPORTED, Answer, Outcome, Question, Session
from gradproof.proof.evaluation.tangents.nested_duals import eps, over
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
    return ask_derivative(session, objective, (variable,), result, points)


def ask_derivative(
    session: Session, objective: Expr, by: tuple[Expr, ...], result: Expr, points: int = POINTS,
    along: bool = False,
) -> Outcome:  # fmt: skip
    """Whether `result` (axes of the objective, then of each variable) is a derivative of any order.

    along  the result is the differential of that derivative, linear in those of the names that vary
    """
    if (*objective.axes, *(axis for variable in by for axis in variable.axes)) != result.axes:
        return Outcome(UNSUPPORTED, exact=False, detail="the shapes differ")
    session.require((objective, *by, result))
    outcome = session.ask(eps_part(objective, by, result, along), points)
    return outcome._replace(bound=None) if outcome.kind == AGREE else outcome


def eps_part(objective: Expr, by: tuple[Expr, ...], result: Expr, along: bool = False) -> Question:
    """Is the last eps part of the objective the result contracted with all directions?"""

    def question(ev: Evaluator, field: Arithmetic) -> Answer:
        seeds = [Seed(variable, number=number) for number, variable in enumerate(by)]
        *outer, last = [*seeds, *([ev.differential] if along else [])]
        nested = field
        for seed in outer:
            nested = over(ev, nested, seed)
        key, other = (objective, nested, last), (result, field, VALUE)
        try:
            claimed = ev.value(result, field)
            found = ev.get(key)
            exact = ev.exact(key) and ev.exact(other)
        finally:
            for seed in seeds:
                ev.forget(seed)
        for _ in outer:
            found = eps(found)
        for number, variable in reversed(list(enumerate(by))):
            claimed = _contracted(claimed, ev.point.direction(variable, field, number))
        left = found if found and not outer else field.reduce(found or [0] * len(claimed))
        return Answer(left, field.reduce(claimed), exact)

    return question


def _contracted(entries: Entries, direction: Entries) -> Entries:
    """The last axes of an array contracted with a direction."""
    count = len(direction)
    return [
        sum(x * y for x, y in zip(entries[k : k + count], direction, strict=True))
        for k in range(0, len(entries), count)
    ]
