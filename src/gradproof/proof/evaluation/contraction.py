"""Contractions of flat lists: what `operators.wiring` says, done in pure Python.

A plan is made once for a wiring and its sizes. An axis that joins several labels needs nothing: with
the last label fastest, the list of a joined axis is the list of its labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter, mul
from typing import Any, NamedTuple

from gradproof.proof.evaluation.arithmetic import Arithmetic, Entries, TooLarge

Labels = tuple[int, ...]
LARGEST = 400_000  # products in one contraction


class Pair(NamedTuple):
    """One product of two arrays: for each value of the shared labels that stay, free labels of the
    left times free labels of the right, summed over `inner`."""

    left: Any  # a gathering function, or None where nothing moves
    right: Any
    batch: int
    first: int
    second: int
    inner: int


class Plan(NamedTuple):
    """A contraction, ready to run: each operand made simple, then product after product, then spread.
    cost: products of numbers."""

    singles: tuple[tuple[Any, int], ...]  # (gather, how many neighbours to add)
    pairs: tuple[Pair, ...]
    spread: Any  # gathers from the result and one zero after it
    cost: int


def _gather(spots: Sequence[int]) -> Any:
    if len(spots) == 1:
        only = spots[0]
        return lambda entries: (entries[only],)
    return itemgetter(*spots)


def _offsets(labels: Sequence[int], strides: dict[int, int], sizes: dict[int, int]) -> list[int]:
    out = [0]
    for label in labels:
        stride = strides.get(label, 0)
        out = [base + stride * k for base in out for k in range(sizes[label])]
    return out


def _strides(labels: Sequence[int], sizes: dict[int, int]) -> dict[int, int]:
    """How far one step of a label moves; a label met twice moves along both axes."""
    out: dict[int, int] = {}
    step = 1
    for label in reversed(labels):
        out[label] = out.get(label, 0) + step
        step *= sizes[label]
    return out


def _volume(labels: Sequence[int], sizes: dict[int, int]) -> int:
    total = 1
    for label in labels:
        total *= sizes[label]
    if total > LARGEST:
        raise TooLarge("too many entries to evaluate")
    return total


@lru_cache(maxsize=4096)
def plan(inputs: tuple[Labels, ...], output: Labels, lengths: tuple[tuple[int, int], ...]) -> Plan:
    """The plan of a contraction; `lengths` are pairs (label, size)."""
    sizes = dict(lengths)
    _volume(output, sizes)
    singles: list[tuple[Any, int]] = []
    operands: list[Labels] = []
    for index, labels in enumerate(inputs):
        elsewhere = {label for k, other in enumerate(inputs) if k != index for label in other}
        single, stays = _single(labels, elsewhere | set(output), sizes)
        singles.append(single)
        operands.append(stays)
    pairs: list[Pair] = []
    labels = operands[0] if operands else ()
    for index, right in enumerate(operands[1:], 1):
        later = {label for other in operands[index + 1 :] for label in other}
        pair, labels = _pair(labels, right, later | set(output), sizes)
        pairs.append(pair)
    cost = sum(pair.batch * pair.first * pair.second * pair.inner for pair in pairs)
    return Plan(tuple(singles), tuple(pairs), _spread(labels, output, sizes), cost)


def _single(labels: Labels, wanted: set[int], sizes: dict[int, int]) -> tuple[tuple[Any, int], Labels]:
    unique = tuple(dict.fromkeys(labels))
    stays = tuple(label for label in unique if label in wanted)
    gone = tuple(label for label in unique if label not in wanted)
    if stays == labels:
        return (None, 1), stays
    gather = None
    if (*stays, *gone) != labels:
        gather = _gather(_offsets((*stays, *gone), _strides(labels, sizes), sizes))
    return (gather, _volume(gone, sizes)), stays


def _pair(left: Labels, right: Labels, wanted: set[int], sizes: dict[int, int]) -> tuple[Pair, Labels]:
    batch = tuple(label for label in left if label in right and label in wanted)
    inner = tuple(label for label in left if label in right and label not in wanted)
    first = tuple(label for label in left if label not in right)
    second = tuple(label for label in right if label not in left)
    _volume((*batch, *first, *second, *inner), sizes)
    order_left, order_right = (*batch, *first, *inner), (*batch, *second, *inner)
    made = Pair(
        None if order_left == left else _gather(_offsets(order_left, _strides(left, sizes), sizes)),
        None if order_right == right else _gather(_offsets(order_right, _strides(right, sizes), sizes)),
        _volume(batch, sizes), _volume(first, sizes), _volume(second, sizes), _volume(inner, sizes),
    )  # fmt: skip
    return made, (*batch, *first, *second)


def _spread(labels: Labels, output: Labels, sizes: dict[int, int]) -> Any:
    if labels == output:
        return None
    unique = tuple(dict.fromkeys(output))
    sources = _offsets(unique, _strides(labels, sizes), sizes)
    targets = _offsets(unique, _strides(output, sizes), sizes)
    spots = [_volume(labels, sizes)] * _volume(output, sizes)  # the zero after the last entry
    for source, target in zip(sources, targets, strict=True):
        spots[target] = source
    return _gather(spots) if spots else None


def _simple(field: Arithmetic, single: tuple[Any, int], entries: Entries) -> Entries:
    gather, count = single
    if gather is not None:
        entries = list(gather(entries))
    if count == 1:
        return entries
    return field.reduce(sum(entries[k : k + count]) for k in range(0, len(entries), count))


def _product(field: Arithmetic, pair: Pair, a: Entries, b: Entries) -> Entries:
    left, right, batch, first, second, inner = pair
    if left is not None:
        a = left(a)
    if right is not None:
        b = right(b)
    if inner == 1 and first == 1 and second == 1:
        return field.reduce(map(mul, a, b))
    if batch == 1 and inner == 1:
        return field.reduce([x * y for x in a for y in b])
    rows = [a[k : k + inner] for k in range(0, len(a), inner)]
    columns = [b[k : k + inner] for k in range(0, len(b), inner)]
    if batch == 1:
        return field.reduce([sum(map(mul, row, column)) for row in rows for column in columns])
    return field.reduce(
        [
            sum(map(mul, row, column))
            for k in range(batch)
            for row in rows[k * first : (k + 1) * first]
            for column in columns[k * second : (k + 1) * second]
        ]
    )


def _spread_out(field: Arithmetic, spread: Any, entries: Entries) -> Entries:
    return list(spread([*entries, 0])) if spread is not None else entries


def contract(field: Arithmetic, work: Plan, operands: Sequence[Entries]) -> Entries:
    """The value of a contraction."""
    parts = [_simple(field, single, entries) for single, entries in zip(work.singles, operands, strict=True)]
    total = parts[0] if parts else field.reduce([1])
    for pair, part in zip(work.pairs, parts[1:], strict=True):
        total = _product(field, pair, total, part)
    return _spread_out(field, work.spread, total)


def contract_dual(
    field: Arithmetic, work: Plan, operands: Sequence[Entries], tangents: Sequence[Entries | None]
) -> Entries | None:
    """The eps part of a contraction of dual numbers; None stands for zero."""
    total: Entries = []
    slope: Entries | None = None
    for index, (single, entries, tangent) in enumerate(zip(work.singles, operands, tangents, strict=True)):
        part = _simple(field, single, entries)
        bend = None if tangent is None else _simple(field, single, tangent)
        if index == 0:
            total, slope = part, bend
            continue
        pair = work.pairs[index - 1]
        left = None if slope is None else _product(field, pair, slope, part)
        right = None if bend is None else _product(field, pair, total, bend)
        slope = plus(field, left, right)
        if index < len(work.pairs):
            total = _product(field, pair, total, part)
    return None if slope is None else _spread_out(field, work.spread, slope)


def plus(field: Arithmetic, a: Entries | None, b: Entries | None) -> Entries | None:
    """The sum of two lists of one length; None stands for zero."""
    if a is None or b is None:
        return b if a is None else a
    return field.reduce([x + y for x, y in zip(a, b, strict=True)])


def times(field: Arithmetic, a: Entries, b: Entries) -> Entries:
    """The product entry by entry; a list of one entry scales the other."""
    if len(a) != len(b):
        short, long = (a, b) if len(a) == 1 else (b, a)
        factor = short[0]
        return field.reduce([factor * value for value in long])
    return field.reduce(map(mul, a, b))


def stretch(entries: Entries, count: int) -> Entries:
    """A scalar repeated to `count` entries; anything else as it is."""
    return entries if len(entries) == count else entries * count


def columns_first(sizes: Sequence[int]) -> list[int]:
    """Where the entries of an array lie, read with the first axis fastest."""
    labels = range(len(sizes))
    known = dict(enumerate(sizes))
    return _offsets(tuple(reversed(labels)), _strides(tuple(labels), known), known)
