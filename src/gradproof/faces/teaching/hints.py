"""Hints: the next move of a derivation without its result, made from the steps themselves."""

from __future__ import annotations

from typing import Any, NamedTuple

from gradproof.derivation.story.model import Step
from gradproof.expressions.sentences import parts_of
from gradproof.operators.table import OPERATORS
from gradproof.session.result import Derivation


class Hint(NamedTuple):
    """A nudge, and the rule it is about."""

    text: str
    rule: str


def hints(expr: str, wrt: str, **meaning: Any) -> list[Hint]:
    """The hints for a gradient, in order: the last one is the answer, and no other shows it.

    meaning   shapes, assume, where, kind and more, as for `derive`
    """
    from gradproof.session.derive import derive

    return of_derivation(derive(expr, wrt, **meaning))


def of_derivation(derivation: Derivation) -> list[Hint]:
    """The hints that lead through a derivation."""
    variable = str(derivation.variables[0])
    answer = str(derivation.result.expr)
    out = [Hint(_start(derivation, variable), "differential")]
    for step in derivation.steps:
        hint = Hint(_move(step, answer, variable), step.rule)
        if hint.text != out[-1].text:
            out.append(hint)
    if derivation.kind in _READ_OFF:
        out.append(Hint(_end(derivation, variable), "read-off"))
    out.append(Hint(f"{_asked(derivation, variable)} = {derivation.result}", "answer"))
    return out


_READ_OFF = {"gradient": "gradient", "vjp": "gradient", "jacobian": "Jacobian", "hessian": "Hessian"}


def _end(derivation: Derivation, variable: str) -> str:
    """What the differential looks like when the answer can be read off."""
    what = _READ_OFF[derivation.kind]
    axes = len(derivation.result.expr.axes)
    if what == "gradient" and axes:
        form = f"… : d{variable}"
    elif axes <= 2:
        form = f"(…)*d{variable}"
    else:
        return f"Let only one entry of {variable} vary: what is the differential? Its entries are the {what}."
    whose = "differential of the gradient" if what == "Hessian" else "differential"
    return f"Is your {whose} in the form {form}? What stands before d{variable} is the {what}."


def _asked(derivation: Derivation, variable: str) -> str:
    objective = derivation.program.objective
    if derivation.kind == "hessian":
        return f"∂²({objective})/∂{variable}∂{variable}"
    if derivation.kind in _READ_OFF:
        return f"∂({objective})/∂{variable}"
    return f"d(∂({objective})/∂{variable})" if derivation.kind == "hvp" else f"d({objective})"


def _start(derivation: Derivation, variable: str) -> str:
    program = derivation.program
    constant = [name for name in program.names if name != variable]
    said = f"Write the differential of {program.objective}."
    if program.statements:
        named = ", ".join(str(name) for name, _ in program.statements)
        said += f" Go backwards through {named}: one differential each."
    there = f" Only {variable} varies"
    return said + there + (f"; {', '.join(constant)}: what is their differential?" if constant else ".")


def _move(step: Step, answer: str, variable: str) -> str:
    """What to do next, and where; the expression only where it does not give the answer away."""
    why = _begun(step.why) or step.rule
    before = str(step.before)
    open_ = f"{answer}:d{variable}" not in before and before.strip() != answer and len(before) <= 200
    revealing = answer in why and len(answer) > 1
    said = f"Use the rule {step.rule}" if revealing else f"{why} (rule {step.rule})"
    return f"{said}. What does it make of {before} ?" if open_ else f"{said}. What do you get?"


def _begun(why: str) -> str:
    """A reason with a capital letter, unless it begins with a formula, a name or a word of the language."""
    first = next(iter(parts_of(why)), "")
    word = first.split(" ")[0] if isinstance(first, str) else ""
    plain = word.isascii() and word.isalpha() and word.islower() and word not in OPERATORS
    return f"{why[0].upper()}{why[1:]}" if plain and (len(word) > 1 or word == "a") else str(why)
