"""Carry out the merges of a term, collect equal factors, count its isolated vertices."""

from __future__ import annotations

from gradproof.expressions.dims import Dim
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.canonical_labelling import arranged
from gradproof.proof.normal_form.terms.data import Network, Workspace
from gradproof.proof.normal_form.terms.exponents import Exponent, plus


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
