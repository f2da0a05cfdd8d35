"""A question, understood: what every kind of derivation is made from."""

from __future__ import annotations

from typing import NamedTuple

from gradproof.errors import GradproofError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.session.judge import Judge, Typed


class Asked(NamedTuple):
    """A program, the variables, and what is wanted of them.

    program  as it is derived: its equations say how they are solved
    typed    as it was typed: nothing in it is simplified or solved
    origin   where the objective is a derivative itself: what it is the derivative of
    """

    program: Program
    variables: tuple[Expr, ...]
    kind: str
    layout: str
    judge: Judge | None
    warnings: tuple[GradproofError, ...]
    structure: str
    typed: Program
    origin: Typed | None = None

    @property
    def whole(self) -> Typed:
        """The question as it was typed in the first place; the referee compares with this one."""
        return Typed(self.typed) if self.origin is None else self.origin
