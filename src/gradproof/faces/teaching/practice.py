"""Practice: problems made by random composition, with readable answers, at five levels."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from gradproof.checking.answer.check import Comparison
from gradproof.errors import GradproofError, NameProblem
from gradproof.expressions.walk import names
from gradproof.faces.teaching import hints as nudges
from gradproof.faces.teaching.templates import FAVOURITES, FIRST, GRAMMAR, KINDS, SHAPES, TOPICS
from gradproof.session.derive import derive
from gradproof.session.result import Derivation

__all__ = ["TOPICS", "Answered", "Problem", "practice"]

LONGEST_ANSWER, CANDIDATES, LEVELS = 72, 20, 5


class Answered(NamedTuple):
    """What became of an answer: right is True, False, or None where nobody can tell."""

    right: bool | None
    grade: str
    text: str


class Problem:
    """A question: the derivative of `expr` by `var`; its level, 1 to 5, is how it compares with others of its
    topic."""

    def __init__(self, expr: str, var: str, level: int, kind: str = "gradient") -> None:
        self.expr, self.var, self.level, self.kind = expr, var, level, kind
        self.shapes = {name: SHAPES[name] for name in SHAPES if name in _words(expr)}
        self._solution: Derivation | None = None

    @property
    def solution(self) -> Derivation:
        """The derivation, proved."""
        if self._solution is None:
            self._solution = derive(self.expr, self.var, shapes=self.shapes, kind=self.kind)
        return self._solution

    @property
    def hints(self) -> list[nudges.Hint]:
        """The hints, in order; the last is the answer."""
        return nudges.of_derivation(self.solution)

    def check(self, answer: str) -> Answered:
        """Is the answer right, and if not, what is the mistake?"""
        found = Comparison(self.solution, self.var).check(answer)
        if found.equal:
            return Answered(True, found.grade, found.why if found.finding else "right")
        if found.equal is None:
            return Answered(None, found.grade, f"not decided: {found.reason}")
        return Answered(False, found.grade, f"not right: {found.diagnosis or found.reason}")

    def __str__(self) -> str:
        sizes = ", ".join(f"{name}: {'×'.join(shape) or 'scalar'}" for name, shape in self.shapes.items())
        what = {"jacobian": "Jacobian", "hessian": "Hessian"}.get(self.kind, self.kind)
        return f"the {what} of  {self.expr}  by {self.var}   where {sizes}"


def practice(topic: str | None = None, level: int = 1, seed: int | None = None) -> Problem:
    """A problem of a topic (of any, without one) at a level from 1 to 5; the same for the same seed."""
    if topic is not None and topic not in TOPICS:
        raise NameProblem(f'no topic "{topic}": {", ".join(TOPICS)}', code="GP332")
    if not 1 <= level <= LEVELS:
        raise NameProblem(f"no level {level}: 1 to {LEVELS}", code="GP332")
    chance = Random(seed)
    chosen = topic or chance.choice(TOPICS)
    made: dict[tuple[str, str], tuple[int, Problem]] = {}
    for _ in range(3 * CANDIDATES):
        found = _composed(chosen, level, chance)
        if found is not None:
            made.setdefault((found[1].expr, found[1].var), found)
        if len(made) == CANDIDATES:
            break
    ranked = sorted(made.values(), key=lambda pair: (pair[0], pair[1].expr))
    first, last = ((level - 1) * len(ranked) // LEVELS, level * len(ranked) // LEVELS)
    return chance.choice(ranked[first : max(last, first + 1)])[1]


def _composed(topic: str, level: int, chance: Random) -> tuple[int, Problem] | None:
    """One random problem and how hard it is; None where the answer is too long to type, or says nothing."""
    text = chance.choice(GRAMMAR[topic])
    while "{" in text:
        word = text[text.index("{") + 1 : text.index("}")]
        text = text.replace("{" + word + "}", chance.choice(GRAMMAR[word]), 1)
    there = [name for name in FIRST.get(topic, FAVOURITES).split() if name in _words(text)]
    variable = chance.choice(there[:2])
    shapes = {name: SHAPES[name] for name in SHAPES if name in _words(text)}
    kind = KINDS.get(topic, "gradient")
    try:
        found = derive(text, variable, shapes=shapes, kind=kind, prove=False)
    except GradproofError:
        return None
    answer = str(found.result)
    program = found.program
    terms = program.objective.args if program.objective.op == "add" else ()
    idle = not program.statements and any(program.names[variable] not in names(term) for term in terms)
    if len(answer) > LONGEST_ANSWER or "einsum" in answer or idle:
        return None
    if found.result.expr.op in ("zeros", "num", "eye") or _words(answer) <= {variable}:
        return None
    text = "; ".join([*(f"{name} = {body}" for name, body in program.statements), str(program.objective)])
    hard = 4 * len({step.rule for step in found.steps}) + len(found.steps) + len(answer) // 8
    return hard, Problem(text, variable, level, kind)


def _words(text: str) -> set[str]:
    letters = "".join(c if c.isalnum() or c == "_" else " " for c in text)
    return set(letters.split())
