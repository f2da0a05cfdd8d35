"""What can be asked: a gradient or a product with a Jacobian backwards, all else forwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from gradproof.calculus.laws.known import known_functions
from gradproof.calculus.network.source_order import as_typed
from gradproof.derivation.story.abbreviations import present
from gradproof.derivation.strategies.backpropagation import Derived, Engine
from gradproof.derivation.strategies.common_subexpressions import Names, taken_names
from gradproof.derivation.strategies.symbols import label as called
from gradproof.errors import GradproofError, MathError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.operators.build import derivative, frob, mul, name
from gradproof.session.gradient import Gradient
from gradproof.session.question import Asked
from gradproof.session.result import Derivation, in_order

if TYPE_CHECKING:
    from gradproof.session.forward import ForwardDerivation

COTANGENT = "the cotangent"  # how the array of a vjp is understood


def answered(asked: Asked) -> Derivation:
    """The derivation of what was asked."""
    if asked.kind in ("gradient", "vjp"):
        return gradient(asked)
    return second(asked) if asked.kind in ("hessian", "hvp") else first(asked)


def gradient(asked: Asked) -> Gradient:
    """The gradient of a scalar; of G : Y for "vjp", with the cotangent G of an array Y."""
    asked = _recognised(asked)
    program, typed = asked.program, asked.typed
    if asked.kind != "gradient":
        program, typed = _paired(program), _paired(typed)
    as_typed(program)
    engine = Engine(program.statements, program.objective, asked.variables, program.names)
    derived = engine.run()
    warnings = (*program.warnings, *asked.warnings, *_kinks(program, derived))
    found = Gradient(
        program, derived, present(derived), asked.variables, engine.gradient, engine.names, asked.judge,
        warnings, asked.layout, asked.kind, asked.structure, typed,
    )  # fmt: skip
    return found.asked_as(asked)


def _recognised(asked: Asked) -> Asked:
    """The question with functions that have a name written by it; what was typed stays beside it."""
    program = asked.program
    statements = tuple((n, e if e.op == "root" else known_functions(e)) for n, e in program.statements)
    objective = known_functions(program.objective)
    return asked._replace(program=program._replace(statements=statements, objective=objective))


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
    from gradproof.derivation.strategies.forward import Forward
    from gradproof.session.forward import ForwardDerivation, Question, find

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
    made = ForwardDerivation(
        program, (found,), asked.variables, walk, engine.unknown, asked.judge,
        (*program.warnings, *asked.warnings), asked.kind, asked.layout, asked.whole,
    )  # fmt: skip
    return made.asked_as(asked)


def second(asked: Asked) -> ForwardDerivation:
    """The Hessian: the Jacobian of the gradient; for "hvp" the gradient's differential."""
    from gradproof.derivation.strategies.forward import Forward
    from gradproof.session.forward import ForwardDerivation, Question, find

    asked = _recognised(asked)
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
        typed=asked.typed,
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
    made = ForwardDerivation(
        program, found, asked.variables, walk, engine.unknown, asked.judge, warnings, asked.kind,
        asked.layout, asked.whole, before,
    )  # fmt: skip
    return made.asked_as(asked)


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
    from gradproof.derivation.free_entries import freed

    found, free = _told_of(before), freed(asked.program, asked.variables)
    if not free.back:
        return found, engine
    program = free.program
    variables = tuple(free.forth.get(v, v) for v in asked.variables)
    other = Engine(program.statements, program.objective, variables, program.names)
    derived = other.run()
    made = _told_of(
        Gradient(program, derived, present(derived), variables, other.gradient, other.names, None)
    )
    made = Everywhere(*({free.restored(k): free.restored(e) for k, e in part.items()} for part in made))
    other.unknown = {k: free.restored(e) for k, e in other.unknown.items()}
    return (found, engine) if made == found else (made, other)


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
