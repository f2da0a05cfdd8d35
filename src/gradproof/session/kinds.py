"""What can be asked: a gradient or a product with a Jacobian backwards, all else forwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from gradproof.calculus.network.source_order import as_typed
from gradproof.derivation.story.abbreviations import present
from gradproof.derivation.strategies.backpropagation import Derived, Engine
from gradproof.derivation.strategies.common_subexpressions import Names, taken_names
from gradproof.derivation.strategies.forward import Forward
from gradproof.derivation.strategies.symbols import label as called
from gradproof.errors import GradproofError, MathError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.expressions.walk import rebuild
from gradproof.operators.build import construct, derivative, frob, mul, name
from gradproof.operators.properties import STRUCTURED, props, symmetric
from gradproof.session.forward import ForwardDerivation, Question, find
from gradproof.session.gradient import Gradient
from gradproof.session.judge import Judge
from gradproof.session.result import in_order

COTANGENT = "the cotangent"  # how the array of a vjp is understood


class Asked(NamedTuple):
    """A question, understood: a program, the variables, and what is wanted of them."""

    program: Program
    variables: tuple[Expr, ...]
    kind: str
    layout: str
    judge: Judge | None
    warnings: tuple[GradproofError, ...]
    structure: str = "free"


def gradient(asked: Asked) -> Gradient:
    """The gradient of a scalar; of G : Y for "vjp", with the cotangent G of an array Y."""
    program = asked.program if asked.kind == "gradient" else _paired(asked.program)
    as_typed(program)
    engine = Engine(program.statements, program.objective, asked.variables, program.names)
    derived = engine.run()
    warnings = (*program.warnings, *asked.warnings, *_kinks(program, derived))
    return Gradient(
        program, derived, present(derived), asked.variables, engine.gradient, engine.names, asked.judge,
        warnings, asked.layout, asked.kind, asked.structure,
    )  # fmt: skip


def _paired(program: Program) -> Program:
    """The program with the objective G : Y, for a new name G of Y's shape."""
    array = program.objective
    names = _names(program)
    cotangent = name(names.fresh(("G",) if array.axes else ("g",)), array.axes, row=array.row)
    paired = frob(cotangent, array) if array.axes else mul(cotangent, array)
    return program._replace(
        objective=paired,
        names={**program.names, str(cotangent): cotangent},
        understood={**program.understood, str(cotangent): COTANGENT},
    )


def _names(program: Program) -> Names:
    roots = [program.objective, *(part for pair in program.statements for part in pair)]
    return Names(taken_names(roots) | {"d", "e", "pi", *program.names, *map(str, program.names.values())})


def first(asked: Asked) -> ForwardDerivation:
    """The Jacobian of an array, or its differential."""
    program = asked.program
    as_typed(program)
    engine = Engine((), program.objective, (), program.names)  # for the names of unknown gradients
    engine.names = names = _names(program)
    array = program.objective
    wishes = ("f",) if not array.axes else ("y", "f") if len(array.axes) == 1 else ("Y", "F")
    label = name(program.label or names.fresh(wishes), array.axes, row=array.row)
    walk = Forward(program.statements, asked.variables, names, engine.gradient)
    question = Question("", label, program.objective, program.statements)
    found = find(question, walk, asked.variables, asked.kind in ("differential", "jvp"))
    return ForwardDerivation(
        program, (found,), asked.variables, walk, engine.unknown, asked.judge,
        (*program.warnings, *asked.warnings), asked.kind, asked.layout,
    )  # fmt: skip


def second(asked: Asked) -> ForwardDerivation:
    """The Hessian: the Jacobian of the gradient; for "hvp" the gradient's differential."""
    program = asked.program
    as_typed(program)
    engine = Engine(program.statements, program.objective, asked.variables, program.names)
    derived = engine.run()
    warnings = (*program.warnings, *asked.warnings, *_kinks(program, derived))
    before = Gradient(
        program,
        derived,
        present(derived),
        asked.variables,
        engine.gradient,
        engine.names,
        asked.judge,
        warnings,
    )
    label = name(called(program.label, derived.objective, derived.statements, bool(derived.sums)))
    everywhere, engine = _everywhere(asked, before, engine)
    hidden, known, gradients = everywhere
    questions = []
    for variable in asked.variables:
        array = gradients[variable]
        definitions = dict(in_order(known, [array, *hidden.values()]))
        statements = in_order({**hidden, **definitions}, [array])
        questions.append(Question(str(variable), derivative(label, variable), array, statements))
    statements = tuple(dict(pair for one in questions for pair in one.statements).items())
    walk = Forward(statements, asked.variables, engine.names, engine.gradient)
    found = tuple(find(one, walk, asked.variables, asked.kind == "hvp") for one in questions)
    return ForwardDerivation(
        program, found, asked.variables, walk, engine.unknown, asked.judge, warnings, asked.kind,
        asked.layout, before,
    )  # fmt: skip


class Everywhere(NamedTuple):
    """Gradients that hold at all points, also where a variable lacks the structure declared for it.

    hidden     abbreviations and gradients of unknown functions: these matter to a second derivative
    known      what the names in the gradients stand for
    gradients  by each variable
    """

    hidden: Mapping[Expr, Expr]
    known: Mapping[Expr, Expr]
    gradients: Mapping[Expr, Expr]


def _everywhere(asked: Asked, before: Gradient, engine: Engine) -> tuple[Everywhere, Engine]:
    """The gradients to be differentiated once more, and the engine that found them.

    By a symmetric S the gradient of logdet(S) is inv(S) where S is symmetric, and inv(S)' at all points;
    only the latter can be differentiated by the entries of S.
    """
    free = {
        v: name(str(v), v.axes, plain, row=v.row)
        for v in asked.variables
        if (plain := props(v).difference(STRUCTURED)) != props(v)
    }
    found = _told_of(before)
    if not free:
        return found, engine
    program = asked.program
    statements = []
    for named, body in program.statements:
        body = rebuild(body, free, construct)
        if props(named) and not symmetric(body):
            free[named] = name(str(named), named.axes, row=named.row)
        statements.append((free.get(named, named), body))
    back = {plain: v for v, plain in free.items()}
    objective = rebuild(program.objective, free, construct)
    variables = [free.get(v, v) for v in asked.variables]
    other = Engine(statements, objective, variables, program.names)
    plain_program = program._replace(statements=tuple(statements), objective=objective)
    derived = other.run()
    made = _told_of(
        Gradient(
            plain_program, derived, present(derived), tuple(variables), other.gradient, other.names, None
        )
    )
    made = Everywhere(*({rebuild(k, back, construct): rebuild(e, back, construct) for k, e in part.items()}
                        for part in made))  # fmt: skip
    other.unknown = {k: rebuild(e, back, construct) for k, e in other.unknown.items()}
    return (found, engine) if made.gradients == found.gradients else (made, other)


def _told_of(found: Gradient) -> Everywhere:
    derived = found.derived
    return Everywhere({**derived.lets, **derived.unknown}, found._known(), found.answer.gradients)


def _kinks(program: Program, derived: Derived) -> tuple[GradproofError, ...]:
    """A warning for each norm that the answer divides by."""
    return tuple(
        MathError(
            f"the answer holds only where {condition.said()}",
            code="GP404",
            source=program.source,
            facts=((None, "the norm has no derivative at 0; the result divides by the norm"),),
        )
        for condition in derived.conditions
        if condition.text == "{X} ≠ 0" and condition.about[0].axes
    )
