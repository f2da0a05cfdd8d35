"""A term under construction: vertices that can be merged, factors on them, and outputs."""

from __future__ import annotations

from collections.abc import Sequence

from gradproof.expressions.dims import Dim
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.canonical_labelling import arranged
from gradproof.proof.normal_form.terms.data import Factor, Key, Workspace
from gradproof.proof.normal_form.terms.exponents import Exponent, Number, plus


class Network:
    """coefficient × scalars × factors on vertices, some of them outputs.

    sizes    size of each vertex; None once an isolated vertex was counted as a factor n
    outs     the vertex of each output position
    pending  composite sizes (sums such as n + k) of isolated vertices, still to be multiplied in
    """

    __slots__ = ("coefficient", "factors", "outs", "parent", "pending", "scalars", "sizes")

    def __init__(self, sizes: Sequence[Dim | None], outs: Sequence[int], coefficient: Number = 1) -> None:
        self.coefficient = coefficient
        self.scalars: dict[int, Exponent] = {}
        self.factors: list[Factor] = []
        self.sizes: list[Dim | None] = list(sizes)
        self.parent = list(range(len(sizes)))
        self.outs = list(outs)
        self.pending: list[Dim] = []

    def copy(self, factor: Number = 1) -> Network:
        """The same term, times a number, to be changed independently."""
        new = Network(self.sizes, self.outs, self.coefficient * factor)
        new.scalars = dict(self.scalars)
        new.factors = list(self.factors)
        new.parent = list(self.parent)
        new.pending = list(self.pending)
        return new

    def vertex(self, size: Dim | None) -> int:
        """A new index."""
        self.sizes.append(size)
        self.parent.append(len(self.parent))
        return len(self.parent) - 1

    def find(self, vertex: int) -> int:
        """The representative of a merged vertex."""
        parent = self.parent
        while parent[vertex] != vertex:
            parent[vertex] = parent[parent[vertex]]
            vertex = parent[vertex]
        return vertex

    def join(self, a: int, b: int) -> None:
        """A delta: two indices become one."""
        a, b = self.find(a), self.find(b)
        if a != b:
            self.parent[max(a, b)] = min(a, b)

    def scalar(self, uid: int, e: Exponent) -> None:
        """Multiply by a scalar atom's power."""
        self.scalars[uid] = plus(self.scalars.get(uid, 0), e)

    def insert(self, key: Key, legs: Sequence[int]) -> list[int]:
        """Multiply by a term whose output position p is the vertex legs[p]; its factors' new places."""
        scalars, pieces = key
        for uid, e in scalars:
            self.scalar(uid, e)
        start = len(self.factors)
        for sizes, factors, outs in pieces:
            place = [-1] * len(sizes)
            for position, v in outs:
                if place[v] < 0:
                    place[v] = legs[position]
                else:
                    self.join(place[v], legs[position])
            for v, size in enumerate(sizes):
                if place[v] < 0:
                    place[v] = self.vertex(size)
            for uid, vertices, e in factors:
                self.factors.append((uid, tuple([place[v] for v in vertices]), e))
        return list(range(start, len(self.factors)))


def settle(work: Workspace, net: Network) -> bool:
    """Carry out the merges, collect equal factors, count isolated vertices; False: the term is zero."""
    find, atoms = net.find, work.atoms
    if len(net.factors) > work.budget.factors:
        raise Undecided("too many factors in one term")
    merged: dict[tuple[int, tuple[int, ...]], Exponent] = {}
    for uid, vertices, e in net.factors:
        vertices = tuple([find(v) for v in vertices])
        atom = atoms[uid]
        if atom.slots is not None:
            placed = arranged(atom.slots, vertices)
            if atom.odd and not _signed(net, placed, vertices, e):
                return False
            vertices = placed
        place = (uid, vertices)
        merged[place] = plus(merged[place], e) if place in merged else e
    net.factors = [(uid, vertices, e) for (uid, vertices), e in merged.items() if e != 0]
    net.outs = [find(v) for v in net.outs]
    _isolated(work, net)
    return net.coefficient != 0


def _signed(net: Network, placed: tuple[int, ...], vertices: tuple[int, ...], e: Exponent) -> bool:
    """The sign of turning an antisymmetric factor round; False where it is zero."""
    if not isinstance(e, int):
        raise Undecided("a fractional power of an antisymmetric matrix")
    if vertices[0] == vertices[1]:
        if e < 0:
            raise Undecided("a division by the diagonal of an antisymmetric matrix")
        return False
    if placed != vertices and e % 2:
        net.coefficient = -net.coefficient
    return True


def _isolated(work: Workspace, net: Network) -> None:
    used = set(net.outs)
    for _, vertices, _ in net.factors:
        used.update(vertices)
    for vertex, above in enumerate(net.parent):
        if above != vertex or vertex in used:
            continue
        size = net.sizes[vertex]
        if size is not None:
            net.sizes[vertex] = None
            _count(work, net, size)


def _count(work: Workspace, net: Network, size: Dim) -> None:
    """Multiply by a size."""
    if len(size.terms) > 1:
        net.pending.append(size)
        return
    if not size.terms:
        net.coefficient = 0
    for monomial, c in size.terms:
        net.coefficient *= c
        for symbol in monomial:
            net.scalar(size_atom(work, symbol), 1)


def size_atom(work: Workspace, symbol: str) -> int:
    """The scalar atom of a size symbol."""
    atom, new = work.atom("size", symbol)
    if new:
        atom.positive = True
    return atom.uid
