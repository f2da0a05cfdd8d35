"""The order in which a question names its parts: where any order will do, theirs is kept.

What was derived before must not show in an answer, so it is not the order in which nodes were made.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar

from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.expressions.walk import postorder

_ORDER: ContextVar[Mapping[Expr, int]] = ContextVar("order")


def as_typed(program: Program) -> None:
    """From here on, parts of this program come in the order in which they were typed."""
    roots = [*(body for _, body in program.statements), program.objective]
    parts = dict.fromkeys((*program.names.values(), *postorder(roots)))
    _ORDER.set({e: place for place, e in enumerate(parts)})


def place(e: Expr) -> int:
    """Where an expression stands in the question; what does not stand there comes after."""
    order = _ORDER.get({})
    return order.get(e, len(order))
