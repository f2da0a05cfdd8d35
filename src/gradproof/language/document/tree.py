"""What formulas say before it is known what their names are: terms that keep their scripts."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from gradproof.language.syntax.tree import Span


class Term(NamedTuple):
    """One part of a formula.

    kind   "number", "name", "index" (one script of a name), "add", "neg", "mul" (text: "", "·", "×", "⊙",
           "⊗", ":", "/", "./"), "frac", "pow", "hpow", "T", "pinv", "call", "norm", "bars", "inner", "sum",
           "d", "derivative", "entry", "indicator", "at" (a value at a place), "block"
    args   its parts; of a name its indices; of a sum the body, then bounds
    text   the name, the function, the sign, the letters of a sum, the kind of a norm
    value  the number
    marks  "bold", "prime" (once for each), "star", "closed" (in brackets of its own), "nabla", "transposed"
    """

    kind: str
    args: tuple[Term, ...] = ()
    text: str = ""
    value: Fraction | None = None
    marks: tuple[str, ...] = ()
    span: Span = (0, 0)


class Unread(Exception):
    """Something in a formula that has no reading; `span` is its place."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


def walk(term: Term) -> Iterator[Term]:
    """Every part of a term, the whole first."""
    stack = [term]
    while stack:
        one = stack.pop()
        yield one
        stack.extend(reversed(one.args))


def number(value: int | Fraction, span: Span = (0, 0)) -> Term:
    """A number."""
    return Term("number", value=Fraction(value), span=span)
