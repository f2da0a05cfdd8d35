"""Where a result holds, as it is told: in the person's own names, and without what is known to hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gradproof.calculus.differential import Condition
from gradproof.calculus.tidy import unfold
from gradproof.expressions.nodes import Expr
from gradproof.operators.facts import positive


def told(
    conditions: Iterable[Condition], statements: Mapping[Expr, Expr], abbreviations: Mapping[Expr, Expr]
) -> tuple[Condition, ...]:
    """The conditions with abbreviations written out; what is known to hold is left out."""
    said: dict[Condition, None] = {}
    known = {**statements, **abbreviations}
    for text, about in conditions:
        if (" > 0" in text or " ≠ 0" in text) and positive(unfold(about[0], known)):
            continue
        said[Condition(text, tuple(unfold(e, abbreviations) for e in about))] = None
    return tuple(said)
