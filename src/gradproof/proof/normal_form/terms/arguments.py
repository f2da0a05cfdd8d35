"""Sums as arguments: an argument without needless legs, in its smallest arrangement, and its symmetry;
and single terms taken apart into the factors that stand on outputs only and the networks behind them."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import combinations, permutations
from typing import NamedTuple

from gradproof.expressions.dims import Dim
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.collect import arrange, collect
from gradproof.proof.normal_form.terms.data import Factor, Form, Key, Network, Piece, Workspace
from gradproof.proof.normal_form.terms.exponents import Exponent, Number

MOST_ARRANGED = 4  # arguments with more legs are left in the arrangement that they have


class Frozen(NamedTuple):
    """form: the argument; positions: where its legs are in the original; slots: legs that may be swapped."""

    form: Form
    positions: tuple[int, ...]
    slots: tuple[int, ...] | None


def freeze(work: Workspace, form: Form, drop: bool = True) -> Frozen:
    """An argument of an entrywise function: without the positions that no term depends on (if `drop`)."""
    count = len(form.sizes)
    live = [p for p in range(count) if not drop or not _broadcast(form, p)]
    if len(live) < 2 or len(live) > MOST_ARRANGED:
        return Frozen(arrange(work, form, live), tuple(live), None)
    best: Form | None = None
    order: tuple[int, ...] = ()
    arranged = {way: arrange(work, form, way) for way in permutations(live)}
    for way, candidate in arranged.items():
        if best is None or _before(work, candidate, best):
            best, order = candidate, way
    assert best is not None
    return Frozen(best, order, _slots(work, arranged, order))


def _before(work: Workspace, a: Form, b: Form) -> bool:
    """An order of arrangements: by terms, then by sizes (names of sizes never change in a claim)."""
    first, second = a.frozen(work), b.frozen(work)
    if first != second:
        return first < second
    return [str(size) for size in a.sizes] < [str(size) for size in b.sizes]


def _slots(
    work: Workspace, arranged: dict[tuple[int, ...], Form], order: tuple[int, ...]
) -> tuple[int, ...] | None:
    here = arranged[order]
    slots = list(range(len(order)))
    for i, j in combinations(range(len(order)), 2):
        swapped = list(order)
        swapped[i], swapped[j] = swapped[j], swapped[i]
        there = arranged[tuple(swapped)]
        if there.axes == here.axes and there.frozen(work) == here.frozen(work):
            slots = [slots[i] if slot == slots[j] else slot for slot in slots]
    return tuple(slots) if len(set(slots)) < len(slots) else None


def _broadcast(form: Form, position: int) -> bool:
    return all(_bare(pieces, position) for _, pieces in form.terms)


def _bare(pieces: tuple[Piece, ...], position: int) -> bool:
    for _, factors, outs in pieces:
        if any(p == position for p, _ in outs):
            return not factors and len(outs) == 1
    raise AssertionError("an output position without a vertex")


def frozen_atom(work: Workspace, kind: str, form: Form, data: Hashable = None) -> tuple[int, tuple[int, ...]]:
    """The atom of an entrywise function of a sum, and the output positions on which it stands."""
    argument = freeze(work, form)
    atom, new = work.atom(kind, data, (argument.form,), argument.form.sizes)
    if new:
        atom.slots = argument.slots
    return atom.uid, argument.positions


# ---- one term, taken apart


class Parts(NamedTuple):
    """A term: coefficient × scalars × factors on output positions × networks behind output positions.

    deltas    pairs of output positions that share a vertex
    surface   (atom, output positions, exponent)
    bundles   (sum with one term, its output positions in the whole)
    """

    coefficient: Number
    scalars: tuple[tuple[int, Exponent], ...]
    surface: list[tuple[int, tuple[int, ...], Exponent]]
    bundles: list[tuple[Form, tuple[int, ...]]]
    deltas: list[tuple[int, int]]


def take_apart(work: Workspace, form: Form) -> Parts:
    """The parts of a sum that has one term."""
    if len(form.terms) != 1:
        raise Undecided("more than one term")
    (((scalars, pieces), c),) = form.terms.items()
    parts = Parts(c, scalars, [], [], [])
    for piece in pieces:
        _take_piece(work, piece, parts)
    return parts


def _take_piece(work: Workspace, piece: Piece, parts: Parts) -> None:
    sizes, factors, outs = piece
    where: dict[int, int] = {}
    for position, v in outs:
        if v in where:
            parts.deltas.append((where[v], position))
        else:
            where[v] = position
    inner: list[Factor] = []
    for uid, vertices, e in factors:
        if all(v in where for v in vertices):
            parts.surface.append((uid, tuple(where[v] for v in vertices), e))
        else:
            inner.append((uid, vertices, e))
    for group in _connected(inner, set(where)):
        ends = sorted({v for _, vertices, _ in group for v in vertices if v in where}, key=lambda v: where[v])
        parts.bundles.append((_bundle(work, sizes, group, ends), tuple(where[v] for v in ends)))


def _bundle(work: Workspace, sizes: tuple[Dim, ...], group: list[Factor], ends: list[int]) -> Form:
    net = Network(sizes, ends)
    for v in range(len(sizes)):
        net.sizes[v] = sizes[v]
    used = {v for _, vertices, _ in group for v in vertices}
    for v in range(len(sizes)):
        if v not in used:
            net.sizes[v] = None
    net.factors = list(group)
    terms: dict[Key, Number] = {}
    collect(work, [net], terms)
    return Form(tuple((sizes[v],) for v in ends), terms)


def _connected(factors: list[Factor], outer: set[int]) -> list[list[Factor]]:
    """Groups of factors that share inner vertices."""
    groups: list[tuple[set[int], list[Factor]]] = []
    for factor in factors:
        inner = set(factor[1]) - outer
        touching = [group for group in groups if group[0] & inner]
        merged: tuple[set[int], list[Factor]] = (set(inner), [factor])
        for group in touching:
            merged[0].update(group[0])
            merged[1].extend(group[1])
            groups.remove(group)
        groups.append(merged)
    return [rows for _, rows in groups]
