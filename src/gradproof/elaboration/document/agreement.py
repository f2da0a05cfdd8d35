"""Two sides of a row beside each other: in which ways their axes can be matched."""

from __future__ import annotations

from collections.abc import Sequence

from gradproof.elaboration.document.sizes import Misfit
from gradproof.elaboration.document.values import Arrays, Value
from gradproof.operators import build

Pair = tuple[Value, Value, bool]


def matched(
    arrays: Arrays, truth: Value, side: Value, turning: bool, hints: Sequence[str] = ()
) -> list[Pair]:
    """The ways to compare a side with what it should be, and whether it was turned; the usual one first.

    turning  whether another layout is allowed, as for derivatives; hints: the order of indices of entries.
    Raises Misfit where there is none.
    """
    if side.number == 0 and (truth.axes or truth.labels):
        return [(truth, _zeros(arrays, truth), False)]
    if truth.number == 0 and side.axes:
        return [(_zeros(arrays, side), side, False)]
    if truth.rank == side.rank:
        return _same_rank(arrays, truth, side, turning)
    if not truth.labels and truth.rank == len(side.labels) and not side.axes:
        return [(_entries(arrays, truth, order), side, False) for order in _orders(side.labels, hints)]
    if not side.labels and side.rank == len(truth.labels) and not truth.axes:
        return [(truth, _entries(arrays, side, order), False) for order in _orders(truth.labels, hints)]
    if (
        len(side.labels) > len(truth.labels)
        and len(side.labels) - len(truth.labels) == truth.rank - side.rank
    ):
        extra = [label for label in side.labels if label not in truth.labels]
        return [(_entries(arrays, truth, order), side, False) for order in _orders(extra, hints)]
    if (
        len(truth.labels) > len(side.labels)
        and len(truth.labels) - len(side.labels) == side.rank - truth.rank
    ):
        extra = [label for label in truth.labels if label not in side.labels]
        return [(truth, _entries(arrays, side, order), False) for order in _orders(extra, hints)]
    if side.number is not None and truth.axes:
        raise Misfit("a number beside an array")
    raise Misfit(f"{arrays.said(truth)} and {arrays.said(side)}")


def _zeros(arrays: Arrays, like: Value) -> Value:
    row = like.row and not like.labels
    return Value(
        like.labels, like.axes, like.row, lambda: build.zeros(*arrays.dims(arrays.all_axes(like)), row=row)
    )


def _entries(arrays: Arrays, value: Value, order: Sequence[str]) -> Value:
    return arrays.entry(value, list(order))


def _orders(labels: Sequence[str], hints: Sequence[str]) -> list[tuple[str, ...]]:
    """Orders of indices: as they stand below a derivative, else as in the alphabet; then turned round."""
    known = [label for label in hints if label in labels]
    first = tuple(known) if len(known) == len(labels) else tuple(sorted(labels))
    return [first, *([tuple(reversed(first))] if len(labels) == 2 and not known else [])]


def _same_rank(arrays: Arrays, truth: Value, side: Value, turning: bool) -> list[Pair]:
    labels = tuple(dict.fromkeys((*truth.labels, *side.labels)))
    out: list[Pair] = []
    faults: list[Misfit] = []
    forms = [side]
    if turning and side.rank:
        turned = arrays.T(side)
        forms = [side, turned] if side.rank == 2 or side.row == truth.row else [turned]
        if side.rank == 1 and side.row == truth.row:
            forms = [side]
    for form in forms:
        mark = arrays.sizes.mark()
        try:
            arrays.same(truth, form)
        except Misfit as fault:
            arrays.sizes.back(mark)
            faults.append(fault)
            continue
        if form is not side and out:  # sizes of the other layout must not be forced
            arrays.sizes.back(mark)
            if any(a.root() is not b.root() for a, b in zip(truth.axes, form.axes, strict=True)):
                continue
        out.append((arrays.spread(truth, labels), arrays.spread(form, labels), form is not side))
    if not out:
        raise faults[0]
    return out
