"""Programs with equations, made ready to be derived: argmin becomes the equation that its gradient is 0."""

from __future__ import annotations

from collections.abc import Iterable

from gradproof.elaboration.assembly.implicit_equations import released
from gradproof.errors import InternalError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.expressions.walk import rebuild
from gradproof.operators.build import apply, construct
from gradproof.operators.substitution import unfold
from gradproof.session.judge import Judge
from gradproof.session.kinds import gradient
from gradproof.session.question import Asked
from gradproof.verdicts import HOLDS


def with_solutions(program: Program, variables: Iterable[Expr]) -> Program:
    """The program with every equation ready to be solved, also away from the structure that is declared for
    the variables: it will be differentiated by their entries.

    Raises UnsupportedError GP505 where an equation is not known to be solved.
    """
    if all(body.op not in ("root", "argmin") for _, body in program.statements):
        return program
    from gradproof.derivation.free_entries import freed
    from gradproof.derivation.solving.implicit import ready

    free = freed(program, variables)
    statements = tuple(
        (named, _stationary(free.program, body) if body.op == "argmin" else body)
        for named, body in free.program.statements
    )
    solved = ready(statements)
    return program._replace(statements=tuple((free.restored(n), free.restored(e)) for n, e in solved))


def _stationary(program: Program, body: Expr) -> Expr:
    """argmin(f, y) as root(the gradient of f by y, y); the gradient is proved first."""
    objective, unknown = body.args
    inner = program._replace(statements=(), objective=objective, label="")
    found = gradient(Asked(inner, (unknown,), "gradient", "gradient", Judge(), (), "free", inner))
    if found.verdict.grade not in HOLDS:
        raise InternalError(f"the gradient of {objective} by {unknown} was not proved", code="GP901")
    residual = unfold(found.answer.gradients[unknown], {**found._known(), **found.unknown()})
    return apply("root", rebuild(residual, {released(unknown): unknown}, construct), unknown)
