"""Names that equations define: how their differentials are found.

    0 = F(x, y)        0 = F_x dx + F_y dy        dy = −F_y⁻¹ F_x dx

`ready` looks how dy enters dF, and keeps in the node what solves for it: root(F, y, solved, E, about…),
where `solved` is what has to be done to an array E. The name y stands held in it, as in the equation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradproof.derivation.solving.linear import Action, action
from gradproof.derivation.solving.stationary import equation
from gradproof.derivation.strategies.coefficients import layouts
from gradproof.derivation.strategies.common_subexpressions import Names, taken_names
from gradproof.derivation.strategies.forward import Forward
from gradproof.elaboration.assembly.implicit_equations import IMPLICIT, released
from gradproof.errors import MathError, UnsupportedError
from gradproof.expressions.nodes import Expr, make
from gradproof.operators.build import derivative_of, name
from gradproof.operators.substitution import unfold

Pair = tuple[Expr, Expr]


def ready(statements: Sequence[Pair]) -> tuple[Pair, ...]:
    """The statements, where every equation holds how it is solved for a change of its name."""
    return tuple(
        (named, solvable(named, body) if body.op == "root" and len(body.args) == 2 else body)
        for named, body in statements
    )


def solvable(named: Expr, body: Expr) -> Expr:
    """root(F, y) with what solves F_y dy = E for dy. Raises MathError GP408 where F does not depend on y,
    and UnsupportedError GP505 where no word is known for the inverse of F_y."""
    residual, unknown = body.args
    acts = _action(residual, unknown)
    if acts is None:
        raise UnsupportedError(
            f"the differential of {residual} is not known to be solved for d{named}", code="GP508",
            facts=(
                (None, f"d{named} may stand in H d{named}, d{named} H, H .* d{named}, A d{named} B, or A "
                       f"d{named} + d{named} B"),
            ),
        )  # fmt: skip
    change = name("E", unknown.axes, (IMPLICIT,), row=unknown.row)
    solved = acts.inverse(change)
    return make(
        "root", (residual, unknown, solved, change, *acts.about), (acts.condition,), body.axes, body.row
    )


def _action(residual: Expr, unknown: Expr) -> Action | None:
    """How the change of the unknown enters that of the residual."""
    walk = Forward((), (unknown,), Names(taken_names([residual, unknown])), derivative_of)
    change = unfold(walk.run(residual)[-1].full, walk.lets)
    found = layouts(change, unknown)
    if not found:
        raise MathError(f"{residual} does not depend on {released(unknown)}", code="GP412")
    return action(found, unknown)


def explicit(body: Expr) -> Expr | None:
    """What an equation that is linear in its name says outright: y = inv(A)*b; None for any other."""
    residual, unknown = body.args[:2]
    walk = Forward((), (unknown,), Names(taken_names([residual, unknown])), derivative_of)
    change = unfold(walk.run(residual)[-1].full, walk.lets)
    found = equation(residual, change, unknown)
    return None if found is None else found.solution


def solved(known: Mapping[Expr, Expr]) -> dict[Expr, Expr]:
    """What names stand for; where an equation is linear in its name, what solves it."""
    found = dict(known)
    for named, meaning in known.items():
        if meaning.op == "root":
            found[named] = explicit(meaning) or meaning
    return found
