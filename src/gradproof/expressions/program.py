"""What a person asked about: named statements, an objective, and how its names were understood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from gradproof.errors import GradproofError
from gradproof.expressions.nodes import Expr


class Program(NamedTuple):
    """A text, understood.

    source        the text as typed ("" where it came from Python objects)
    statements    (name, right-hand side), in order; a name is defined before it is used, and once
    objective     the last statement's right-hand side
    label         the objective's own name ("f" in "f = …"), or ""
    names         every name that is not defined by a statement, by its text
    understood    for each of these, how its shape is known: "declared", "inferred", "by its letter"
    form          how it was written: "text", "latex", or "index" where sums over indices became matrices
    warnings      what was understood, and is likely not what was meant; never raised
    """

    source: str
    statements: tuple[tuple[Expr, Expr], ...]
    objective: Expr
    label: str
    names: Mapping[str, Expr]
    understood: Mapping[str, str]
    warnings: tuple[GradproofError, ...] = ()
    form: str = "text"
