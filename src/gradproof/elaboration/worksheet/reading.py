"""What the rows of one derivation mean, and how other rows would be read among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from gradproof.elaboration.assembly.assemble import Assembler
from gradproof.elaboration.worksheet.statement import Said
from gradproof.expressions.nodes import Expr
from gradproof.language.syntax.tree import Node
from gradproof.language.worksheet.row import Row


class Reading(NamedTuple):
    """A derivation, understood.

    names    every name that nothing defines; stands: what the others stand for, in order
    objective  what is differentiated, or None where the text does not define it
    partials   symbols such as ∂L/∂Y that no row derived, with the name that is differentiated by
    late     names that first occur after the objective, or whose definition cannot be read
    again    reads another right side of a row, as the row itself was read
    tree     the syntax tree of a right side of a row; raises GradproofError where there is none
    assembler  gives meanings to the parts of a tree, in the names that are known
    """

    said: tuple[Said, ...]
    names: Mapping[str, Expr]
    stands: Mapping[Expr, Expr]
    objective: Expr | None
    partials: Mapping[Expr, Expr]
    late: frozenset[Expr]
    again: Callable[[Said, str], Said]
    tree: Callable[[Row, str], Node]
    assembler: Callable[[], Assembler]
