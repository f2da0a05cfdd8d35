"""Where is the gradient zero? The stationarity condition, and its solution where it is linear."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from gradproof.calculus.differential import Condition
from gradproof.calculus.tidy import tidy, unfold
from gradproof.derivation.forward import Forward
from gradproof.derivation.reading import read as read_off
from gradproof.derivation.stationary import Equation, equation, with_constraint
from gradproof.errors import InternalError, ParseError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.expressions.walk import rebuild
from gradproof.faces.api import Shapes, of_program
from gradproof.faces.gradient import Gradient
from gradproof.operators.build import T, add, construct, frob, mul, name, zeros
from gradproof.operators.elaborate import read
from gradproof.proof.context import Context
from gradproof.proof.referee import Referee
from gradproof.verdicts import Verdict, weakest

_CONSTRAINT = "constraint_"


class Stationary(NamedTuple):
    """gradient = 0, as an equation in one variable.

    gradient    the derivation of the gradient
    variable    its name
    equation    (left, right): the condition, with what depends on the variable on the left
    solution    the variable that solves it, or None where the equation is not linear
    conditions  where the solution holds, as texts
    verdict     on the solution, put into the gradient; that of the gradient where there is none
    """

    gradient: Gradient
    variable: Expr
    equation: tuple[Expr, Expr]
    solution: Expr | None
    conditions: tuple[str, ...]
    verdict: Verdict

    def show(self, format: str = "text") -> str:
        """The condition and the solution for reading, under the gradient's derivation."""
        from gradproof.rendering.pretty import formula

        left, right = (formula(e, format=format) for e in self.equation)
        lines = [self.gradient.show(format=format), "", f"  stationary where  {left} = {right}"]
        if self.solution is None:
            lines.append(f"  not linear in {self.variable}: no solution in closed form is looked for")
        else:
            lines.append(
                f"  {formula(self.variable, format=format)} = {formula(self.solution, format=format)}"
            )
            lines += [f"  holds where {condition}" for condition in self.conditions]
            lines.append(f"  {self.verdict.grade}: put into the gradient it gives 0")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.show()

    def compile(self) -> Callable[..., Any]:
        """The solution as a NumPy function of the other arrays. Raises MathError where there is none."""
        from gradproof.codegen.run import compile as compile_numpy
        from gradproof.errors import MathError

        if self.solution is None:
            raise MathError(f"the equation is not linear in {self.variable}", code="GP407")
        inputs = tuple(e for e in self.gradient._inputs() if e is not self.variable)
        return compile_numpy((), ((str(self.variable), self.solution),), inputs, None, "solution")


def stationary(
    text: str, wrt: str, *, subject_to: str | None = None, shapes: Shapes | None = None,
    assume: Mapping[str, Sequence[str]] | None = None, where: str | None = None,
    form: str = "auto", bars: str = "",
) -> Stationary:  # fmt: skip
    """Set the gradient of a scalar to zero, and solve for the variable where the equation is linear.

    subject_to  a constraint such as "A*x = b": then the Lagrangian is made stationary
    shapes, assume, where, form, bars   as for `derive`

    >>> print(stationary("norm2(X*w - y)^2", "w").solution)
    inv(X'*X)*X'*y
    >>> print(stationary("norm2(x)^2", "x", subject_to="A*x = b").solution)
    A'*inv(A*A')*b

    Raises what `derive` raises, and MathError where the gradient does not depend on the variable.
    """
    meaning: dict[str, Any] = {"shapes": shapes, "assume": assume, "where": where, "form": form, "bars": bars}
    program, constraint = _with_constraint(text, subject_to, meaning)
    found = of_program(program, wrt)
    variable = found.variables[0]
    gradient = unfold(found.answer.gradients[variable], found._known())
    walk = Forward((), (variable,), found.names, found.name_gradient)
    differential = unfold(walk.run(gradient)[-1].full, walk.lets)
    if constraint is not None:
        return _constrained(found, gradient, differential, constraint, walk)
    made = equation(gradient, differential, variable)
    if made is None or made.solution is None:
        left, right = (gradient, zeros(*gradient.axes, row=gradient.row)) if made is None else made[:2]
        return Stationary(found, variable, (left, right), None, found.conditions, found.verdict)
    verdict = _proved({variable: made.solution}, [gradient], found)
    return Stationary(found, variable, made[:2], made.solution, _conditions(found, made), verdict)


def _with_constraint(
    text: str, subject_to: str | None, meaning: Mapping[str, Any]
) -> tuple[Program, Expr | None]:
    """The program, and the constraint as an expression that is to be zero; names are understood together."""
    if subject_to is None:
        return read(text, **meaning), None
    left, sign, right = subject_to.partition("=")
    if not sign or not left.strip() or not right.strip() or "=" in right:
        raise ParseError(f'a constraint is an equation such as "A*x = b", not "{subject_to}"', code="GP135")
    whole = f"{_CONSTRAINT} = ({left}) - ({right}); {text}"
    program = read(whole, **meaning)
    (_, constraint), *rest = program.statements
    return program._replace(statements=tuple(rest), source=text), constraint


def _constrained(
    found: Gradient, gradient: Expr, differential: Expr, constraint: Expr, walk: Forward
) -> Stationary:
    """The stationary point of the Lagrangian f + lambda : constraint."""
    variable = found.variables[0]
    change = unfold(walk.run(constraint)[-1].full, walk.lets)
    multiplier = name(found.names.fresh(("lambda", "nu")), constraint.axes, row=constraint.row)
    jacobian = read_off(change, variable).value
    if len(variable.axes) == 1 and len(constraint.axes) <= 1:
        force = mul(T(jacobian) if constraint.axes else jacobian, multiplier)
    else:
        paired = frob(multiplier, constraint) if constraint.axes else mul(multiplier, constraint)
        force = unfold(walk.run(paired)[-1].full, walk.lets)
        force = read_off(force, variable).value
    total = tidy(add(gradient, force))
    sides = (total, zeros(*total.axes, row=total.row))
    made = with_constraint(gradient, differential, constraint, change, variable)
    if made is None:
        return Stationary(found, variable, sides, None, found.conditions, found.verdict)
    verdict = _proved({variable: made.solution, multiplier: made.multiplier}, [total, constraint], found)
    said = tuple(f"{e} is invertible" if e.axes else f"{e} ≠ 0" for e in made.invertible if e.op != "eye")
    return Stationary(found, variable, sides, made.solution, (*found.conditions, *said), verdict)


def _conditions(found: Gradient, made: Equation) -> tuple[str, ...]:
    own = (Condition(made.condition, made.about).said(),) if made.condition else ()
    return (*found.conditions, *own)


def _proved(values: Mapping[Expr, Expr], conditions: Sequence[Expr], found: Gradient) -> Verdict:
    """The solution put into the conditions gives zero."""
    referee = Referee(Context(frozenset(), dict(found.derived.unknown)))
    verdicts = [found.verdict]
    for e in conditions:
        inside = rebuild(e, values, construct)
        verdicts.append(referee.judge(inside, zeros(*e.axes, row=e.row)))
        if verdicts[-1].grade == "refuted":
            raise InternalError(
                f"the solution was refuted, so it is not shown: {verdicts[-1].reason}", code="GP901"
            )
    return weakest(verdicts)
