"""Derivatives of any order: the result of one derivation is derived again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from gradproof.derivation.free_entries import freed
from gradproof.derivation.story.claims import Claim
from gradproof.errors import LimitError, ParseError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.operators.substitution import unfold
from gradproof.session.judge import Judge, Typed
from gradproof.session.kinds import answered
from gradproof.session.question import Asked
from gradproof.session.result import Derivation, Result, in_order
from gradproof.verdicts import Verdict, weakest

HIGHEST = 6


class Options(NamedTuple):
    """How a text is read, and whether the result is proved."""

    shapes: Mapping[str, Sequence[str | int]] | None
    assume: Mapping[str, Sequence[str]] | None
    where: str | None
    form: str
    bars: str
    prove: bool


class Again(NamedTuple):
    """A result as something to derive again.

    program  one that holds at all points, also where a variable lacks the structure declared for it
    origin   what the result is the derivative of; None where its axes are not in the order of that
    verdict  whether the result that was shown is the same where the variables have their structure
    """

    program: Program
    origin: Typed | None
    verdict: Verdict | None


def at_all_points(result: Result, judge: Judge | None) -> Again:
    """The program of a result, derived anew of free variables where some have a structure: what holds at a
    symmetric S only must not be differentiated by the entries of S."""
    shown, program = result.derivation, result.program()
    asked = shown.asked
    if asked is None:
        return Again(program, None, None)
    origin = None
    if asked.kind in ("gradient", "jacobian", "hessian") and asked.layout in ("gradient", "mixed"):
        origin = Typed(asked.whole.program, (*asked.whole.by, *_differentiated(result, asked)))
    free = freed(asked.program, asked.variables)
    if not free.back or asked.structure != "free":
        return Again(program, origin if asked.structure == "free" else None, None)
    variables = tuple(free.forth.get(v, v) for v in asked.variables)
    made = answered(asked._replace(program=free.program, variables=variables, judge=None))
    expr = free.restored(made.answers[result.key])
    known = {free.restored(n): free.restored(e) for n, e in made.meanings().items()}
    statements = in_order(known, [expr])
    verdict = None
    if judge is not None:
        before, after = _written_out(result.expr, shown.meanings()), _written_out(expr, known)
        equations = {named: e for named, e in known.items() if e.op == "root"}
        verdict = judge(Claim(before, after, "free", "at all points", frozenset(), equations))
    return Again(program._replace(statements=statements, objective=expr), origin, verdict)


def _written_out(e: Expr, known: Mapping[Expr, Expr]) -> Expr:
    """An expression in the names that were typed, and those that equations define."""
    return unfold(e, {named: meaning for named, meaning in known.items() if meaning.op != "root"})


def _differentiated(result: Result, asked: Asked) -> tuple[Expr, ...]:
    """The variables of a result, in order."""
    by_name = {str(v): v for v in asked.variables}
    if isinstance(result.key, tuple):
        return tuple(by_name[one] for one in result.key)
    return (by_name[result.key],) * (2 if asked.kind == "hessian" else 1)


def after(first: Derivation, second: Derivation, same: Verdict | None) -> Derivation:
    """The derivation of a result: it holds where both hold, and is as sure as both, and as sure as the
    result that was derived again is the one that was shown."""
    second.steps = (*first.steps, *second.steps)
    second.verdict = weakest([first.verdict, second.verdict, *([] if same is None else [same])])
    second.conditions = tuple(dict.fromkeys((*first.conditions, *second.conditions)))
    return second


def repeated(
    derive: Callable[..., Derivation], text: Any, wrt: Any, order: int, kind: str, options: Options
) -> Derivation:
    """The derivative of some order by one variable.

    Raises ParseError GP136 for an order or a kind that makes no sense, LimitError GP709 for a high one.
    """
    if order < 1 or kind not in ("gradient", "jacobian"):
        raise ParseError(
            f"order {order} of a {kind}: the order is 1, 2, 3, … of a gradient or a Jacobian", code="GP136"
        )
    if order > HIGHEST:
        raise LimitError(f"the order is {order}; the limit is {HIGHEST}", code="GP711")
    kinds = ["hessian", *["jacobian"] * (order - 2)] if kind == "gradient" else [kind] * order
    found = derive(text, wrt, kind=kinds[0], **options._asdict())
    for one in kinds[1:]:
        found = derive(found.result, wrt, kind=one, prove=options.prove)
    return found
