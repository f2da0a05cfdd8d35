"""Where is the gradient zero? The stationarity condition, and its solution where it is linear."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gradproof.calculus.differential import Condition
from gradproof.calculus.simplify import tidy
from gradproof.derivation.solving.lagrange import Constraint, jacobian, with_constraints
from gradproof.derivation.solving.stationary import Equation, cleared, equation
from gradproof.derivation.story.claims import NONE, Claim
from gradproof.derivation.strategies.coefficients import read as read_off
from gradproof.derivation.strategies.forward import Forward
from gradproof.elaboration.read import read
from gradproof.errors import InternalError, MathError, ParseError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.expressions.sentences import Formula, say
from gradproof.expressions.walk import rebuild
from gradproof.operators.blocks import cat
from gradproof.operators.build import T, add, construct, frob, mul, name, zeros
from gradproof.operators.substitution import unfold
from gradproof.proof.referee import Referee
from gradproof.proof.semantics.context import Context
from gradproof.session.derive import Shapes, of_program
from gradproof.session.gradient import Gradient
from gradproof.verdicts import Verdict, weakest

if TYPE_CHECKING:
    from gradproof.rendering.page.model import Document

_CONSTRAINT = "constraint_"


class Stationary(NamedTuple):
    """gradient = 0, as an equation in one variable.

    gradient    the derivation of the gradient
    variable    its name
    equation    (left, right): the condition, with what depends on the variable on the left
    solution    the variable that solves it, or None where the equation is not linear
    conditions  where the solution holds, as texts
    verdict     on the solution, put into the gradient; that of the gradient where there is none
    claims      what is claimed of the solution: put into the conditions it gives 0
    """

    gradient: Gradient
    variable: Expr
    equation: tuple[Expr, Expr]
    solution: Expr | None
    conditions: tuple[str, ...]
    verdict: Verdict
    claims: tuple[Claim, ...] = ()

    def certificate(self) -> dict[str, Any]:
        """What `gradproof verify` needs to check the gradient and the solution, as JSON data."""
        from gradproof.derivation.certificate.write import certificate

        answers = {str(self.variable): self.solution} if self.solution is not None else {}
        made = [*self.gradient._claims(), *self.claims]
        return certificate(self.gradient.program.source, answers, made)

    def show(self, format: str = "text", width: int = 100) -> str:
        """The condition and the solution for reading, under the gradient's derivation; a format as
        `Derivation.show` has them."""
        if format == "json":
            return self.gradient.to_json()
        from gradproof.rendering.formats import write

        return write(self.document(format), format, width)

    def document(self, format: str = "text") -> Document:
        """The same as a document, for a format."""
        from gradproof.rendering.formats import format_named
        from gradproof.rendering.page.model import Remarks
        from gradproof.rendering.page.words import words

        told = [say("stationary where  {}", Formula(self.equation))]
        if self.solution is None:
            told.append(say("not linear in {}: no solution in closed form is looked for", self.variable))
        else:
            told.append(say("{}", Formula((self.variable, self.solution))))
            told += [say("holds where {}", one) for one in self.conditions]
            told.append(say(f"{self.verdict.grade}: put into the gradient it gives 0"))
        language = format_named(format).plain
        return (*self.gradient.document(format=format), Remarks(tuple(words(one, language) for one in told)))

    def __str__(self) -> str:
        return self.show()

    def compile(self) -> Callable[..., Any]:
        """The solution as a NumPy function of the other arrays. Raises MathError where there is none."""
        from gradproof.codegen.compile import compile as compile_numpy

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

    subject_to  constraints such as "A*x = b" or "A*x = b; sum(x) = 1": then the Lagrangian is made
                stationary
    shapes, assume, where, form, bars   as for `derive`

    >>> print(stationary("norm2(X*w - y)^2", "w").solution)
    inv(X'*X)*X'*y
    >>> print(stationary("norm2(x)^2", "x", subject_to="A*x = b").solution)
    A'*inv(A*A')*b

    Raises what `derive` raises, and MathError where the gradient does not depend on the variable.
    """
    meaning: dict[str, Any] = {"shapes": shapes, "assume": assume, "where": where, "form": form, "bars": bars}
    program, constraints = _with_constraints(text, subject_to, meaning)
    found = of_program(program, wrt)
    variable = found.variables[0]
    gradient = unfold(found.answer.gradients[variable], found._known())
    walk = Forward((), (variable,), found.names, found.name_gradient)
    differential = unfold(walk.run(gradient)[-1].full, walk.lets)
    if constraints:
        return _constrained(found, gradient, differential, constraints, walk)
    made = equation(gradient, differential, variable)
    inside = cleared(gradient, variable) if made is None else None
    if inside is not None:  # without inverses it may be linear
        made = equation(inside, unfold(walk.run(inside)[-1].full, walk.lets), variable)
    if made is None or made.solution is None:
        left, right = (gradient, zeros(*gradient.axes, row=gradient.row)) if made is None else made[:2]
        return Stationary(found, variable, (left, right), None, found.conditions, found.verdict)
    verdict, shown = _proved({variable: made.solution}, [gradient], found)
    return Stationary(found, variable, made[:2], made.solution, _conditions(found, made), verdict, shown)


def _with_constraints(
    text: str, subject_to: str | None, meaning: Mapping[str, Any]
) -> tuple[Program, tuple[Expr, ...]]:
    """The program, and the constraints as expressions that are to be zero; names are understood together."""
    if subject_to is None:
        return read(text, **meaning), ()
    whole = []
    for place, one in enumerate(subject_to.split(";")):
        left, sign, right = one.partition("=")
        if not sign or not left.strip() or not right.strip() or "=" in right:
            raise ParseError(
                f'a constraint is an equation such as "A*x = b", not "{one.strip()}"', code="GP135"
            )
        whole.append(f"{_CONSTRAINT}{place} = ({left}) - ({right})")
    program = read("; ".join([*whole, text]), **meaning)
    constraints = tuple(constraint for _, constraint in program.statements[: len(whole)])
    return program._replace(statements=program.statements[len(whole) :], source=text), constraints


def _constrained(
    found: Gradient, gradient: Expr, differential: Expr, constraints: tuple[Expr, ...], walk: Forward
) -> Stationary:
    """The stationary point of the Lagrangian f + lambda : constraints."""
    variable = found.variables[0]
    known = [Constraint(e, unfold(walk.run(e)[-1].full, walk.lets)) for e in constraints]
    whole = constraints[0] if len(constraints) == 1 else cat("vcat", *constraints)
    multiplier = name(found.names.fresh(("lambda", "nu")), whole.axes, row=whole.row)
    if len(variable.axes) == 1 and all(len(e.axes) <= 1 for e in constraints):
        rows = [jacobian(one, variable) for one in known]
        across = rows[0] if len(rows) == 1 else cat("vcat", *rows)
        force = mul(T(across), multiplier) if multiplier.axes else mul(multiplier, T(across))
    else:
        paired = frob(multiplier, whole) if whole.axes else mul(multiplier, whole)
        force = unfold(walk.run(paired)[-1].full, walk.lets)
        force = read_off(force, variable).value
    total = tidy(add(gradient, force))
    sides = (total, zeros(*total.axes, row=total.row))
    made = with_constraints(gradient, differential, known, variable)
    if made is None:
        return Stationary(found, variable, sides, None, found.conditions, found.verdict)
    verdict, shown = _proved({variable: made.solution, multiplier: made.multiplier}, [total, whole], found)
    kept = [e for e in made.invertible if e.op not in ("eye", "num", "size")]
    said = tuple(Condition("{X} is invertible" if e.axes else "{X} ≠ 0", (e,)).said() for e in kept)
    return Stationary(found, variable, sides, made.solution, (*found.conditions, *said), verdict, shown)


def _conditions(found: Gradient, made: Equation) -> tuple[str, ...]:
    own = (Condition(made.condition, made.about).said(),) if made.condition else ()
    return (*found.conditions, *own)


def _proved(
    values: Mapping[Expr, Expr], conditions: Sequence[Expr], found: Gradient
) -> tuple[Verdict, tuple[Claim, ...]]:
    """The solution put into the conditions gives zero: the verdict on that, and what was claimed."""
    unknown = dict(found.derived.unknown)
    referee = Referee(Context(frozenset(), unknown))
    verdicts, claims = [found.verdict], []
    for e in conditions:
        inside, zero = rebuild(e, values, construct), zeros(*e.axes, row=e.row)
        claims.append(Claim(e, zero, "solution", "the solution, put in", NONE, {**unknown, **values}))
        verdicts.append(referee.judge(inside, zero))
        if verdicts[-1].grade == "refuted":
            raise InternalError(
                f"the solution was refuted, so it is not shown: {verdicts[-1].reason}", code="GP901"
            )
    return weakest(verdicts), tuple(claims)
