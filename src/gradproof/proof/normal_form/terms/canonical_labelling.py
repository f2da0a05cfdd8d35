"""Canonical labelling of one connected network: colour refinement, then individualisation.

Networks get the same label if and only if they are isomorphic. Twins and rotations that were found
to be automorphisms are not tried again, except where a factor is antisymmetric: there every leaf is
visited, because an automorphism of sign -1 means that the network is zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.data import Factor, Labelled, Workspace

Incidence = list[list[tuple[int, int, tuple[tuple[int, ...], ...]]]]


def label(work: Workspace, count: int, factors: list[Factor], outs: list[tuple[int, int]]) -> Labelled:
    """Sign (0: the network is zero), new number of each vertex, and the factors in canonical order."""
    key = (count, tuple(factors), tuple(outs))
    found = work.labelled.get(key)
    if found is None:
        found = work.labelled[key] = _Labeller(work, count, factors, outs).run()
    return found


class _Labeller:
    def __init__(
        self, work: Workspace, count: int, factors: list[Factor], outs: list[tuple[int, int]]
    ) -> None:
        self.work, self.count, self.factors = work, count, factors
        self.labels = [work.label(uid, e) for uid, _, e in factors]
        self.slots = [work.atoms[uid].slots for uid, _, _ in factors]
        self.odd = [work.atoms[uid].odd and isinstance(e, int) and e % 2 == 1 for uid, _, e in factors]
        self.signed = any(self.odd)
        self.outs: list[list[int]] = [[] for _ in range(count)]
        for position, vertex in outs:
            self.outs[vertex].append(position)
        self.leaves = 0
        self.best: tuple[tuple[int, ...], ...] | None = None
        self.order: list[int] = []
        self.sign = 1
        self.vanishes = False  # an automorphism of sign -1 was met
        self.orbit = list(range(count))
        self.incidence = self._incidence()

    def run(self) -> Labelled:
        self._search(self._start(), True)
        assert self.best is not None
        named = {lab: (uid, e) for lab, (uid, _, e) in zip(self.labels, self.factors, strict=True)}
        out = tuple((named[row[0]][0], row[1:], named[row[0]][1]) for row in self.best)
        return 0 if self.vanishes else self.sign, self.order, out

    # ---- colours

    def _incidence(self) -> Incidence:
        """For each vertex: (label, own slot, the other legs by slot)."""
        table: Incidence = [[] for _ in range(self.count)]
        for index, (_, vertices, _) in enumerate(self.factors):
            slots = self.slots[index] or tuple(range(len(vertices)))
            for place, vertex in enumerate(vertices):
                others: dict[int, list[int]] = {}
                for leg, (slot, other) in enumerate(zip(slots, vertices, strict=True)):
                    if leg != place:
                        others.setdefault(slot, []).append(other)
                legs = tuple(tuple(others[slot]) for slot in sorted(others))
                table[vertex].append((self.labels[index], slots[place], legs))
        return table

    def _start(self) -> list[int]:
        signs = []
        for vertex in range(self.count):
            loops = sorted(
                (lab, slot, *[leg.count(vertex) for leg in legs])
                for lab, slot, legs in self.incidence[vertex]
            )
            outs = self.outs[vertex]
            signs.append((0 if outs else 1, tuple(outs), tuple(loops)))
        return self._refine(_ranks(signs))

    def _refine(self, colours: list[int]) -> list[int]:
        cells = len(set(colours))
        while cells < self.count:
            signs = []
            for vertex, colour in enumerate(colours):
                seen = [
                    (lab, slot, *[tuple(sorted([colours[v] for v in leg])) for leg in legs])
                    for lab, slot, legs in self.incidence[vertex]
                ]
                seen.sort()
                signs.append((colour, tuple(seen)))
            colours = _ranks(signs)
            now = len(set(colours))
            if now == cells:
                break
            cells = now
        return colours

    # ---- search

    def _search(self, colours: list[int], root: bool) -> None:
        cells: dict[int, list[int]] = {}
        for vertex, colour in enumerate(colours):
            cells.setdefault(colour, []).append(vertex)
        open_cells = [(len(members), colour) for colour, members in cells.items() if len(members) > 1]
        if not open_cells:
            self._leaf(colours)
            return
        members = cells[min(open_cells)[1]]
        tried: list[int] = []
        for vertex in members:
            if tried and not self.signed and self._known(vertex, tried, root):
                continue
            tried.append(vertex)
            split = [2 * colour + 1 for colour in colours]
            split[vertex] -= 1
            self._search(self._refine(_ranks(split)), False)

    def _known(self, vertex: int, tried: list[int], root: bool) -> bool:
        if root and any(self._root_of(vertex) == self._root_of(other) for other in tried):
            return True
        return any(self._twins(vertex, other) for other in tried)

    def _twins(self, a: int, b: int) -> bool:
        if self.outs[a] or self.outs[b]:
            return False
        swap = {a: b, b: a}
        before, after = [], []
        for index, (_, vertices, _) in enumerate(self.factors):
            if a in vertices or b in vertices:
                before.append(self._row(index, vertices)[0])
                after.append(self._row(index, tuple(swap.get(v, v) for v in vertices))[0])
        return sorted(before) == sorted(after)

    def _row(self, index: int, vertices: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
        """A factor with its legs in standard order, and the sign of getting there."""
        slots = self.slots[index]
        if slots is None:
            return (self.labels[index], *vertices), 1
        placed = arranged(slots, vertices)
        swapped = self.odd[index] and placed != vertices
        return (self.labels[index], *placed), -1 if swapped else 1

    def _leaf(self, colours: list[int]) -> None:
        self.leaves += 1
        if self.leaves > self.work.budget.branches:
            raise Undecided("too many ways to label a network")
        rows, sign = [], 1
        for index, (_, vertices, _) in enumerate(self.factors):
            row, turn = self._row(index, tuple(colours[v] for v in vertices))
            rows.append(row)
            sign *= turn
        rows.sort()
        key = tuple(rows)
        if self.best is None or key < self.best:
            self.best, self.order, self.sign = key, colours, sign
        elif key == self.best:
            self.vanishes = self.vanishes or sign != self.sign
            self._remember(colours)

    def _remember(self, colours: list[int]) -> None:
        """The automorphism between this leaf and the best one: join what it maps onto each other."""
        where = [0] * self.count
        for vertex, colour in enumerate(self.order):
            where[colour] = vertex
        for vertex, colour in enumerate(colours):
            self.orbit[self._root_of(vertex)] = self._root_of(where[colour])

    def _root_of(self, vertex: int) -> int:
        while self.orbit[vertex] != vertex:
            vertex = self.orbit[vertex]
        return vertex


def arranged(slots: tuple[int, ...], vertices: tuple[int, ...]) -> tuple[int, ...]:
    """Legs of one class in rising order of their vertices; the others where they are."""
    if slots == (0, 0):
        return vertices if vertices[0] <= vertices[1] else (vertices[1], vertices[0])
    pools: dict[int, list[int]] = {}
    for slot, vertex in zip(slots, vertices, strict=True):
        pools.setdefault(slot, []).append(vertex)
    for pool in pools.values():
        pool.sort(reverse=True)
    return tuple(pools[slot].pop() for slot in slots)


def _ranks(signs: Sequence[Any]) -> list[int]:
    ranks = {sign: rank for rank, sign in enumerate(sorted(set(signs)))}
    return [ranks[sign] for sign in signs]
