"""Products of matrices: made, and taken apart into their factors; matrices as arguments."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from gradproof.expressions.dims import Dim
from gradproof.proof.normal_form.terms.arguments import Frozen
from gradproof.proof.normal_form.terms.budget import Undecided, agree
from gradproof.proof.normal_form.terms.collect import arrange, collect, contract
from gradproof.proof.normal_form.terms.data import Atom, Axes, Factor, Form, Key, Network, Workspace
from gradproof.proof.normal_form.terms.exponents import Number
from gradproof.proof.normal_form.terms.sums import atom_product


def square(form: Form) -> Dim | None:
    """The size of a square matrix whose axes are single indices; None where they are joined ones."""
    if len(form.axes) != 2:
        raise Undecided("not a matrix")
    agree(form.axes[0], form.axes[1])
    return form.axes[0][0] if len(form.axes[0]) == 1 else None


def matmul(work: Workspace, a: Form, b: Form) -> Form:
    """The matrix product."""
    rows, inner, columns = len(a.axes[0]), len(a.axes[1]), len(b.axes[1])
    agree(a.axes[1], b.axes[0])
    sizes = [*a.sizes, *b.axes[1]]
    first = range(rows + inner)
    second = range(rows, rows + inner + columns)
    outs = [*range(rows), *range(rows + inner, rows + inner + columns)]
    return contract(work, [a, b], [first, second], sizes, outs, (a.axes[0], b.axes[1]))


def identity(work: Workspace, axes: Axes) -> Form:
    """The identity with the given pair of axes."""
    count = len(axes[0])
    return atom_product(work, axes, (), 1, [(i, count + i) for i in range(count)])


def on_diagonal(key: Key) -> bool:
    """A term that is zero off the diagonal."""
    return any(len(outs) == 2 and outs[0][1] == outs[1][1] for _, _, outs in key[1])


def freeze_matrix(work: Workspace, form: Form) -> Frozen:
    """A matrix or its transpose, whichever is smaller; slots where both are the same."""
    count = len(form.axes[0])
    straight = tuple(range(2 * count))
    turned = (*range(count, 2 * count), *range(count))
    a, b = arrange(work, form, straight), arrange(work, form, turned)
    if a.frozen(work) == b.frozen(work):
        return Frozen(a, straight, (0, 0) if count == 1 else None)
    return Frozen(a, straight, None) if a.frozen(work) < b.frozen(work) else Frozen(b, turned, None)


def matrix(form: Form, count: int = 1) -> Form:
    """A frozen matrix argument with its two axes, of `count` indices each."""
    return Form((form.sizes[:count], form.sizes[count:]), form.terms)


def on_legs(atom: Atom, form: Form) -> Form:
    """A sum with an axis for each leg of an atom."""
    return Form(tuple((size,) for size in atom.sizes), form.terms)


# ---- products taken apart


class Chain(NamedTuple):
    """A product: what stands on each joint (a diagonal matrix, or None) and between neighbours."""

    on: list[Form | None]
    between: list[Form]


def chain(work: Workspace, form: Form, size: Dim | None) -> Chain | None:
    """A single term as a product, cut at indices of the given size (None: of any); None where it is
    not connected."""
    if len(form.terms) != 1:
        return None
    ((key, _),) = form.terms.items()
    if len(key[1]) != 1 or key[0]:
        return None
    sizes, factors, outs = key[1][0]
    ends = dict(outs)
    joints = _joints(sizes, factors, ends[0], ends[1], size)
    groups = _grouped(factors, set(joints))

    def part(first: int, last: int) -> Form | None:
        rows = [f for touched, here in groups if touched == {first, last} for f in here]
        return cut(work, sizes, rows, first, last) if rows else None

    between = [part(v, w) for v, w in pairwise(joints)]
    if len(joints) == 2 and joints[0] == joints[1]:
        return Chain([part(joints[0], joints[0])], [])
    return Chain([part(v, v) for v in joints], [one for one in between if one is not None])


def segments(work: Workspace, form: Form, size: Dim) -> list[Form] | None:
    """The square factors of a single product, from left to right; None where it is no such product."""
    found = chain(work, form, size)
    if found is None:
        return None
    out: list[Form] = []
    for index, diagonal in enumerate(found.on):
        out.extend(() if diagonal is None else (diagonal,))
        out.extend(found.between[index : index + 1])
    return out


def _joints(
    sizes: tuple[Dim, ...], factors: tuple[Factor, ...], start: int, end: int, size: Dim | None
) -> list[int]:
    distance = _reach(factors, start, None)
    cuts = [v for v in range(len(sizes)) if v not in (start, end) and size in (None, sizes[v])]
    cuts = [v for v in cuts if end not in _reach(factors, start, v)]
    return [start, *sorted(cuts, key=lambda v: distance[v]), end]


def _reach(factors: tuple[Factor, ...], start: int, without: int | None) -> dict[int, int]:
    """Distances from a vertex, in factors, with one vertex taken away."""
    distance, front = {start: 0}, [start]
    while front:
        v = front.pop(0)
        for _, vertices, _ in factors:
            if v in vertices:
                for w in vertices:
                    if w not in distance and w != without:
                        distance[w] = distance[v] + 1
                        front.append(w)
    return distance


def _grouped(factors: tuple[Factor, ...], joints: set[int]) -> list[tuple[set[int], list[Factor]]]:
    """Factors connected otherwise than through joints, with the joints that they touch."""
    groups: list[tuple[set[int], set[int], list[Factor]]] = []
    for factor in factors:
        inner = set(factor[1]) - joints
        merged = (inner, set(factor[1]) & joints, [factor])
        for group in [g for g in groups if g[0] & inner]:
            merged[0].update(group[0])
            merged[1].update(group[1])
            merged[2].extend(group[2])
            groups.remove(group)
        groups.append(merged)
    return [(touched, rows) for _, touched, rows in groups]


def cut(work: Workspace, sizes: tuple[Dim, ...], factors: list[Factor], start: int, end: int) -> Form:
    """A product of some factors from one vertex to another, on its own."""
    net = Network(sizes, (start, end))
    used = {v for _, vertices, _ in factors for v in vertices} | {start, end}
    for v in range(len(sizes)):
        if v not in used:
            net.sizes[v] = None
    net.factors = list(factors)
    terms: dict[Key, Number] = {}
    collect(work, [net], terms)
    return Form(((sizes[start],), (sizes[end],)), terms)
