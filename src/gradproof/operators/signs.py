"""Facts of what is written with signs and brackets: the rows of sums, quotients, powers and constants.

These have no signature in the table: `build` makes them. Their meaning is with each floor.
"""

from __future__ import annotations

from functools import cache
from typing import Unpack

from gradproof.operators.row import Facts, Operator
from gradproof.operators.table import OPERATORS


def _sign(name: str, **facts: Unpack[Facts]) -> Operator:
    return Operator(name, (), **facts)


SIGNS = (
    _sign("add", algebra=True, keeps_symmetry=True, keeps_positive=True),
    _sign("neg", algebra=True, keeps_symmetry=True),
    _sign("div", algebra=True, keeps_positive=True),
    _sign("hdiv", keeps_symmetry=True, keeps_positive=True),
    _sign("pow", algebra=True, keeps_symmetry=True, keeps_positive=True),
    _sign("hpow", keeps_symmetry=True, keeps_positive=True),
    _sign("slope", keeps_symmetry=True),
    _sign("map", keeps_symmetry=True),
    _sign("einsum", keeps_positive=True),
    _sign("pi", positive=True),
    _sign("eye", invertible=True),
)
_ROWS = {row.name: row for row in SIGNS} | OPERATORS
_NOTHING = Operator("", ())


def facts(op: str) -> Operator:
    """The row of an operator; of one that has none, a row that says nothing."""
    return _ROWS.get(op, _NOTHING)


@cache
def relatives(word: str) -> tuple[str, ...]:
    """The words that a person may write for a word, a family after the other."""
    members = {
        family: sorted(row.name for row in OPERATORS.values() if family in row.families.split())
        for family in facts(word).families.split()
    }
    return tuple(dict.fromkeys(name for family in members.values() for name in family if name != word))
