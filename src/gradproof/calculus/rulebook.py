"""The rule book: every rule that a step may name, its law, and the reason in a sentence.

Laws are texts in the language, in tables by theme (`calculus.laws`); those of single operators are printed
from the rows of `operators.table`.
"""

from __future__ import annotations

import re

from gradproof.calculus.laws.across import ACROSS
from gradproof.calculus.laws.algebra import ALGEBRA
from gradproof.calculus.laws.differentials import DIFFERENTIALS
from gradproof.calculus.laws.known import KNOWN
from gradproof.calculus.laws.rule import Rule
from gradproof.calculus.laws.writing import COMPONENTS, WRITING
from gradproof.operators.aliases import SPELLINGS
from gradproof.operators.row import LETTERS, Operator
from gradproof.operators.table import OPERATORS

__all__ = ["RULES", "Rule"]


def _row_law(row: Operator) -> str:
    use = row.signatures[0 if row.adjoint else min(len(row.differential), len(row.signatures)) - 1]
    use = use if row.differential else row.signatures[0]
    count = len(use.split("->")[0].split(","))
    value = f"{row.name}({', '.join(LETTERS[:count])})"
    if row.slope:
        body = f"({row.slope}).*d(X)"
    elif row.differential:
        body = re.sub(r"\bd([XZV])\b", r"d(\1)", row.differential[-1])
    else:
        body = f"d({row.meaning[0]})"
    spelled = SPELLINGS.get(row.name, row.name)
    return f"d({value.replace(row.name, spelled, 1)}) = {body}"


def _rows() -> tuple[Rule, ...]:
    """A rule for each row of the operator table that is not linear."""
    return tuple(
        Rule(
            f"d-{row.name}", f"differential of {row.name}", _row_law(row),
            "the slope times the differential" if row.slope else "the operator's row; Y is its value",
            tuple(need.format(X="X", Z="Z", V="V") for need in row.requires),
            given="Ymn",
        )
        for row in OPERATORS.values()
        if not row.linear and (row.slope or row.differential or row.meaning)
    )  # fmt: skip


RULES: tuple[Rule, ...] = (*ACROSS, *DIFFERENTIALS, *_rows(), *COMPONENTS, *WRITING, *ALGEBRA, *KNOWN)
