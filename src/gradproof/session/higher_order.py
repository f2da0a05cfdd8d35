"""Derivatives of any order: the result of one derivation is derived again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from gradproof.errors import LimitError, ParseError
from gradproof.session.result import Derivation
from gradproof.verdicts import weakest

HIGHEST = 6


class Options(NamedTuple):
    """How a text is read, and whether the result is proved."""

    shapes: Mapping[str, Sequence[str | int]] | None
    assume: Mapping[str, Sequence[str]] | None
    where: str | None
    form: str
    bars: str
    prove: bool


def after(first: Derivation, second: Derivation) -> Derivation:
    """The derivation of a result: it holds where both hold, and is as sure as both."""
    second.steps = (*first.steps, *second.steps)
    second.verdict = weakest([first.verdict, second.verdict])
    second.conditions = tuple(dict.fromkeys((*first.conditions, *second.conditions)))
    return second


def repeated(
    derive: Callable[..., Derivation], text: Any, wrt: Any, order: int, kind: str, options: Options
) -> Derivation:
    """The derivative of some order by one variable.

    Raises ParseError GP136 for an order or a kind that makes no sense, LimitError GP709 for a high one.
    """
    if order < 1 or kind not in ("gradient", "jacobian"):
        raise ParseError(
            f"order {order} of a {kind}: the order is 1, 2, 3, … of a gradient or a Jacobian", code="GP136"
        )
    if order > HIGHEST:
        raise LimitError(f"the order is {order}; the limit is {HIGHEST}", code="GP711")
    kinds = ["hessian", *["jacobian"] * (order - 2)] if kind == "gradient" else [kind] * order
    found = derive(text, wrt, kind=kinds[0], **options._asdict())
    for one in kinds[1:]:
        found = derive(found.result, wrt, kind=one, prove=options.prove)
    return found
