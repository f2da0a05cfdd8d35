"""Practice: problems made by random composition, with readable answers, at five levels."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from gradproof.errors import GradproofError, NameProblem
from gradproof.faces import hints as nudges
from gradproof.faces.answering import answered
from gradproof.faces.api import derive
from gradproof.faces.derivation import Derivation
from gradproof.verdicts import GRADES

LONGEST_ANSWER, CANDIDATES, LEVELS = 64, 16, 5
SHAPES: dict[str, tuple[str, ...]] = {
    "A": ("m", "n"), "B": ("p", "k"), "X": ("n", "p"), "C": ("m", "k"), "S": ("n", "n"), "Z": ("n", "n"),
    "x": ("n",), "y": ("n",), "b": ("m",), "W": ("k", "n"), "V": ("p", "k"), "Y": ("n", "p"),
}  # fmt: skip
# What a problem is grown from: words in braces are replaced by one of their choices.
GRAMMAR: dict[str, tuple[str, ...]] = {
    "products": ("L({map})", "C:({map})", "norm2({map} - C)^2", "tr(C'*{map})", "b'*{mat}*{vec}"),
    "transposes": ("L({turn})", "tr({turn}*{square})", "Z:({turn})", "norm2({turn} - Z)^2"),
    "traces": (
        "tr({square}*{square})",
        "tr({turn}*{square}) + tr({square})",
        "tr({square})^2",
        "tr(X'*{square}*X)",
    ),
    "norms": (
        "norm2({vec} - {vec})^2",
        "norm2(A*{vec} - b)^2",
        "norm2({vec})",
        "norm2(A*{vec} - b)^2 + norm2({vec})^2",
    ),
    "inverses": (
        "tr({square}*inv(Z))",
        "logdet(Z)",
        "x'*inv(Z)*y",
        "logdet({square} + Z)",
        "L(inv(Z)*{square})",
    ),
    "elementwise": (
        "sum({fun}({vec}))",
        "y'*{fun}(S*x)",
        "sum({fun}(A*X))",
        "L({fun}(S*{vec}))",
        "sum(exp({vec}).*{vec})",
    ),
    "softmax": ("y'*softmax({vec})", "logsumexp({vec})", "L(softmax({vec}))", "logsumexp(S*x) - y'*S*x"),
    "networks": (
        "H = {fun}(W*x); L(V*H)",
        "H = {fun}(W*Y); norm2(V*H - X)^2",
        "H = {fun}(W*x); norm2(V*H)^2",
        "H = {fun}(W*x); K = {fun}(V*H); L(K)",
    ),
    "map": ("A*X*B", "A*{left}*B", "A*(X + Y)*B", "A*S*X*B"),
    "left": ("X", "Y", "(S*X)", "(X*X'*Y)"),
    "turn": ("S'", "(S*Z)'", "X*Y'", "S'*Z", "Z'*S'*Z"),
    "square": ("Z", "S", "Z'", "X*Y'", "S*Z", "Z'*S"),
    "mat": ("A", "(A*S)", "(A*S')"),
    "vec": ("x", "(S*x)", "(x - y)", "(S'*x)"),
    "fun": ("tanh", "sigmoid", "exp", "relu", "sin"),
}
TOPICS = ("products", "transposes", "traces", "norms", "inverses", "elementwise", "softmax", "networks")
FAVOURITES = "Z X W x S Y V A y B"  # the variable is the first of these that is there, or the second


class Answered(NamedTuple):
    """What became of an answer: right is True, False, or None where nobody can tell."""

    right: bool | None
    grade: str
    text: str


class Problem:
    """A question: the gradient of `expr` by `var`; its level is the number of different rules, 1 to 5."""

    def __init__(self, expr: str, var: str, level: int) -> None:
        self.expr, self.var, self.level = expr, var, level
        self.shapes = {name: SHAPES[name] for name in SHAPES if name in _words(expr)}
        self._solution: Derivation | None = None

    @property
    def solution(self) -> Derivation:
        """The derivation, proved."""
        if self._solution is None:
            self._solution = derive(self.expr, self.var, shapes=self.shapes)
        return self._solution

    @property
    def hints(self) -> list[nudges.Hint]:
        """The hints, in order; the last is the answer."""
        return nudges.of_derivation(self.solution)

    def check(self, answer: str) -> Answered:
        """Is the answer right, and if not, what is the mistake?"""
        grade, reason = answered(self.solution, answer, shapes=self.shapes)
        if grade in GRADES[:3]:
            return Answered(True, grade, "right")
        if grade == "refuted":
            return Answered(False, grade, f"not right: {reason}")
        return Answered(None, grade, f"not decided: {reason}")

    def __str__(self) -> str:
        sizes = ", ".join(f"{name}: {'×'.join(shape)}" for name, shape in self.shapes.items())
        return f"the gradient of  {self.expr}  by {self.var}   where {sizes}"


def practice(topic: str | None = None, level: int = 1, seed: int | None = None) -> Problem:
    """A problem of a topic (of any, without one) near a level from 1 to 5; the same for the same seed."""
    if topic is not None and topic not in TOPICS:
        raise NameProblem(f'no topic "{topic}": {", ".join(TOPICS)}', code="GP332")
    if not 1 <= level <= LEVELS:
        raise NameProblem(f"no level {level}: 1 to {LEVELS}", code="GP332")
    chance = Random(seed)
    found: list[Problem] = []
    for _ in range(10 * CANDIDATES):
        made = _composed(topic or chance.choice(TOPICS), chance)
        if made is not None:
            found.append(made)
        if made is not None and (made.level == level or len(found) == CANDIDATES):
            break
    return min(found, key=lambda problem: abs(problem.level - level))


def _composed(topic: str, chance: Random) -> Problem | None:
    """One random problem, or None where the answer is too long to type or is a constant 0."""
    text = chance.choice(GRAMMAR[topic])
    while "{" in text:
        word = text[text.index("{") + 1 : text.index("}")]
        text = text.replace("{" + word + "}", chance.choice(GRAMMAR[word]), 1)
    there = [name for name in FAVOURITES.split() if name in _words(text)]
    variable = chance.choice(there[:2])
    shapes = {name: SHAPES[name] for name in SHAPES if name in _words(text)}
    try:
        found = derive(text, variable, shapes=shapes, prove=False)
    except GradproofError:
        return None
    answer = found.result
    if len(str(answer)) > LONGEST_ANSWER or "einsum" in str(answer) or answer.expr.op in ("zeros", "num"):
        return None
    program = found.program
    text = "; ".join([*(f"{name} = {body}" for name, body in program.statements), str(program.objective)])
    rules = len({step.rule for step in found.steps})
    return Problem(text, variable, max(1, min(LEVELS, rules - 1)))


def _words(text: str) -> set[str]:
    letters = "".join(c if c.isalnum() or c == "_" else " " for c in text)
    return set(letters.split())
