"""The order in which a question names its parts: where any order will do, theirs is kept.

What was derived before must not show in an answer, so it is not the order in which nodes were made.
How an expression is written hangs on this order and on nothing else, so it is remembered beside it,
for as long as the question is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from contextvars import ContextVar
from typing import Any, NamedTuple, ParamSpec, TypeVar

from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.expressions.walk import postorder

P = ParamSpec("P")
T = TypeVar("T")


class _Order(NamedTuple):
    """The places of the parts of a question, and what was written of expressions in this order."""

    places: Mapping[Expr, int]
    written: dict[tuple[Hashable, ...], Any]


_ORDER: ContextVar[_Order] = ContextVar("order")


def as_typed(program: Program) -> None:
    """From here on, parts of this program come in the order in which they were typed."""
    roots = [*(body for _, body in program.statements), program.objective]
    parts = dict.fromkeys((*program.names.values(), *postorder(roots)))
    places = {e: place for place, e in enumerate(parts)}
    order = _ORDER.get(None)
    if order is None or order.places != places:
        _ORDER.set(_Order(places, {}))


def place(e: Expr) -> int:
    """Where an expression stands in the question; what does not stand there comes after."""
    order = _ORDER.get(None)
    return 0 if order is None else order.places.get(e, len(order.places))


def remembered(write: Callable[P, T]) -> Callable[P, T]:
    """`write`, done once for the same arguments in one order. Results are shared: nobody may change them."""

    def once(*args: P.args, **named: P.kwargs) -> T:
        order = _ORDER.get(None)
        if order is None or named:
            return write(*args, **named)
        key = (write, *args)
        if key not in order.written:
            order.written[key] = write(*args, **named)
        found: T = order.written[key]
        return found

    return once
