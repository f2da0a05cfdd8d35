"""Is an answer that somebody typed the gradient? Through `gradproof.check`, else through the referee."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from gradproof.calculus.simplify import unfold as unfolded
from gradproof.elaboration.read import read
from gradproof.errors import NameProblem
from gradproof.expressions.nodes import Expr
from gradproof.operators.properties import props
from gradproof.proof.referee import Referee
from gradproof.proof.semantics.context import Context
from gradproof.session.gradient import Gradient
from gradproof.session.result import Derivation
from gradproof.verdicts import Verdict


def single(derivation: Derivation) -> tuple[Gradient, Expr]:
    """The derivation as one of a gradient by one variable; raises NameProblem otherwise."""
    if not isinstance(derivation, Gradient) or len(derivation.variables) != 1:
        raise NameProblem("an answer is compared with a gradient by one variable", code="GP305")
    return derivation, derivation.variables[0]


def names_of(derivation: Derivation) -> dict[str, Expr]:
    """The names an answer may use: those of the question, of its statements, and of gradients."""
    found = [*derivation._known(), *derivation._inputs()]
    return {str(name): name for name in found if name.op == "name"}


def judged(derivation: Derivation, answer: str) -> Verdict:
    """The referee's verdict on an answer, given as text in the names of the question."""
    asked, variable = single(derivation)
    value = expression(asked, answer)
    derived = asked.derived
    unfold = {**derived.unknown, **derived.lets, **dict(asked.answer.definitions)}
    referee = Referee(Context(frozenset(), unfold))
    return referee.judge_gradient(derived.statements, derived.objective, variable, value)


def expression(derivation: Derivation, answer: str) -> Expr:
    """An answer, read in the names of the question. Raises NameProblem for others."""
    known = names_of(derivation)
    shapes = {text: tuple(map(str, e.axes)) for text, e in known.items() if not e.row}
    program = read(answer, shapes=shapes, assume={t: sorted(props(e)) for t, e in known.items() if props(e)})
    for text, e in program.names.items():
        if known.get(text) is not e:
            raise NameProblem(
                f"{text} does not occur in the question", code="GP320", source=answer,
                facts=((None, f"its names are {', '.join(known)}"),),
            )  # fmt: skip
    return unfolded(program.objective, dict(program.statements))


def answered(derivation: Derivation, answer: str, **meaning: Any) -> tuple[str, str]:
    """The grade of an answer, and what is to be said about it."""
    variable = derivation.variables[0] if len(derivation.variables) == 1 else single(derivation)[1]
    check = getattr(import_module("gradproof"), "check", None)
    if check is None:
        verdict = judged(derivation, answer)
        if verdict.grade != "refuted":
            return verdict.grade, verdict.reason
        from gradproof.checking.answer.functions import named

        return verdict.grade, named(derivation, expression(derivation, answer)) or verdict.reason
    found = check(derivation.program.source, str(variable), answer, **meaning)
    named_so = getattr(found, "diagnosis", None) or ""
    if found.grade != "refuted" and named_so.startswith("layout"):
        return "refuted", f"it is the gradient in another layout ({named_so})"
    return found.grade, named_so or str(getattr(found, "reason", ""))
