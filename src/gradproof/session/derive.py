"""From a question to its derivation: read, checked, derived by its kind, and proved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from gradproof.derivation.layouts import LAYOUTS
from gradproof.derivation.structured_variables import STRUCTURES, row_of
from gradproof.elaboration.assembly.implicit_equations import is_held
from gradproof.elaboration.read import name_of, read
from gradproof.errors import (
    GradproofError,
    LimitError,
    MathError,
    NameProblem,
    ParseError,
    UnsupportedError,
)
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.expressions.walk import depth, postorder
from gradproof.operators.build import spell
from gradproof.session.gradient import Gradient
from gradproof.session.implicit import with_solutions
from gradproof.session.judge import Judge
from gradproof.session.kinds import answered, gradient
from gradproof.session.question import Asked
from gradproof.session.result import Derivation, Result

if TYPE_CHECKING:
    from gradproof.session.handles import Handle

Shapes = Mapping[str, Sequence[str | int]]
KINDS = ("gradient", "differential", "jacobian", "hessian", "hvp", "jvp", "vjp")
MOST_TRIED = 4  # names that may have been meant as scalars
DEEPEST = 200  # operators inside one another; the text reader stops at 100


def derive(
    text: str | Handle | Result, wrt: str | Handle | Iterable[str | Handle], *, shapes: Shapes | None = None,
    assume: Mapping[str, Sequence[str]] | None = None, where: str | None = None,
    kind: str = "gradient", layout: str = "gradient", structure: str = "free", prove: bool = True,
    order: int = 1, form: str = "auto", bars: str = "",
) -> Derivation:  # fmt: skip
    """Derive, as `gradproof.derive` promises it; the way to a person's answer is laid above (`faces.derive`).

    Raises a GradproofError: ParseError, ShapeError, NameProblem, MathError, UnsupportedError, LimitError.
    """
    _check_kind(kind, layout, structure)
    if order != 1:
        from gradproof.session.higher_order import Options, repeated

        options = Options(shapes, assume, where, form, bars, prove)
        return repeated(derive, text, wrt, order, kind if layout == "gradient" else layout, options)
    judge = Judge() if prove else None
    if isinstance(text, Result):
        from gradproof.session.higher_order import after, at_all_points

        again = at_all_points(text, judge)
        asked = _asked(again.program, wrt, kind, layout, structure, judge)
        return after(text.derivation, answered(asked._replace(origin=again.origin)), again.verdict)
    program = read(text, shapes, assume, where, form, bars) if isinstance(text, str) else text.program()
    return answered(_asked(program, wrt, kind, layout, structure, judge))


def _asked(
    program: Program, wrt: str | Handle | Iterable[str | Handle], kind: str, layout: str, structure: str,
    judge: Judge | None,
) -> Asked:  # fmt: skip
    """What is asked of a program that was read."""
    wanted = [wrt] if isinstance(wrt, str) or not isinstance(wrt, Iterable) else list(wrt)
    variables = tuple(dict.fromkeys(_variable(program, name_of(str(w))) for w in wanted))
    _check_program(program, variables, kind, structure)
    solved = with_solutions(program, variables)
    warnings = _absent(program, variables)
    return Asked(solved, variables, kind, layout, judge, warnings, structure, program)


def _check_program(program: Program, variables: Sequence[Expr], kind: str, structure: str) -> None:
    if program.objective.axes and kind in ("gradient", "hessian", "hvp"):
        raise _no_scalar(program, kind)
    if depth(program.objective) > DEEPEST:
        raise LimitError(f"the expression is nested more than {DEEPEST} deep, the limit", code="GP703")
    if structure != "free":
        _check_structured(program, variables, structure)


def of_program(program: Program, wrt: str) -> Gradient:
    """The proved gradient of a program that was read already."""
    variables = (_variable(program, wrt),)
    if program.objective.axes:
        raise _no_scalar(program, "gradient")
    solved = with_solutions(program, variables)
    warnings = _absent(program, variables)
    return gradient(Asked(solved, variables, "gradient", "gradient", Judge(), warnings, "free", program))


def _check_kind(kind: str, layout: str, structure: str) -> None:
    if kind not in KINDS:
        raise ParseError(f'no kind "{kind}": {", ".join(KINDS)}', code="GP132")
    if layout not in LAYOUTS:
        raise ParseError(f'no layout "{layout}": {", ".join(LAYOUTS)}', code="GP133")
    if structure not in STRUCTURES:
        raise ParseError(f'no structure "{structure}": {", ".join(STRUCTURES)}', code="GP134")
    if structure != "free" and kind != "gradient":
        raise UnsupportedError(f'structure "{structure}" is known for gradients only', code="GP504")
    if layout not in ("gradient", "mixed") and kind not in ("gradient", "jacobian"):
        raise UnsupportedError(
            f"a {kind} has one layout; {layout} is said of gradients and Jacobians", code="GP504"
        )


def _check_structured(program: Program, variables: Iterable[Expr], structure: str) -> None:
    """Refuse a projected gradient where no variable has a structure that says how."""
    for variable in variables:
        row = row_of(variable)
        if row is None or (structure == "entries" and not row.entries):
            what = "has no declared structure" if row is None else "has no free entries of its own"
            known = "symmetric, antisymmetric, diagonal, lower, upper, orthogonal, stochastic, sphere"
            raise MathError(
                f'structure "{structure}": {variable} {what}', code="GP405", source=program.source,
                facts=((None, f"declare one: {known}"),),
            )  # fmt: skip


def _no_scalar(program: Program, asked: str) -> MathError:
    """A gradient was asked of an array."""
    e = program.objective
    kind = spell(e) if len(e.axes) == 1 else f"{spell(e)} matrix" if len(e.axes) == 2 else "tensor"
    article = "an" if kind[0] in "aefhilmnorsx" and kind[1:2] in ("-", "×", " ") else "a"
    text = program.source.strip()
    plain = not program.statements and "=" not in text and "where" not in text
    return MathError(
        f"a {asked} needs a scalar; {e} is {article} {kind}", code="GP401", source=program.source,
        span=(0, len(program.source)), facts=((None, "L(…) is an unknown loss, norm2(…)^2 its square"),),
        fixes=(*_scalars(program), "in --kind jacobian", f"L({text})", f"norm2({text})^2") if plain else (),
    )  # fmt: skip


def _scalars(program: Program) -> tuple[str, ...]:
    """The question with a vector, so understood by its letter only, as a scalar; where that helps."""
    letters = [name for name, e in program.names.items()
               if len(e.axes) == 1 and program.understood.get(name) == "by its letter"]  # fmt: skip
    texts = [f"{program.source.strip()} where {name}: scalar" for name in letters[:MOST_TRIED]]
    return tuple(text for text in texts if _is_scalar(text))


def _is_scalar(text: str) -> bool:
    try:
        return not read(text).objective.axes
    except GradproofError:
        return False


def _absent(program: Program, variables: Iterable[Expr]) -> tuple[GradproofError, ...]:
    """A warning for each variable that nothing depends on."""
    roots = [program.objective, *(body for _, body in program.statements)]
    there = set(postorder(roots))
    known = [str(e) for e in program.names.values() if e in there]
    return tuple(
        NameProblem(
            f"{v} does not occur in the expression, so its gradient is 0",
            code="GP320",
            source=program.source,
            fixes=tuple(f"in {name}" for name in known if name.lower() == str(v).lower()),
        )
        for v in variables
        if v not in there
    )  # fmt: skip


def _variable(program: Program, text: str) -> Expr:
    if text in program.names and not is_held(program.names[text]):
        return program.names[text]
    if any(str(named) == text for named, _ in program.statements):
        raise NameProblem(
            f"{text} is defined by a statement; a gradient is taken by an input", code="GP306",
            source=program.source,
        )  # fmt: skip
    if text == "I":
        raise NameProblem(
            "I is the identity unless it is declared", code="GP320",
            fixes=(f"{program.source} where I: n×n",) if " where " not in program.source else (),
        )  # fmt: skip
    known = ", ".join(program.names)
    near = tuple(f"in {name}" for name in program.names if name.lower() == text.lower())
    raise NameProblem(
        f"{text} does not occur in the expression; its names are {known or 'none'}", code="GP320", fixes=near
    )
