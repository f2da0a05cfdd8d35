"""Inverse and powers of square matrices.

The inverse of a product is split where every factor is square; what is left is an atom that holds
its frozen argument, with a leading term by which inv(N)·N becomes the identity.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from gradproof.expressions.dims import Dim
from gradproof.proof.normal_form.atoms.powers import reciprocal
from gradproof.proof.normal_form.terms.arguments import Frozen, take_apart
from gradproof.proof.normal_form.terms.budget import Undecided, agree
from gradproof.proof.normal_form.terms.collect import arrange, collect, contract
from gradproof.proof.normal_form.terms.common_factors import content, order
from gradproof.proof.normal_form.terms.data import Axes, Factor, Form, Key, Piece, Workspace
from gradproof.proof.normal_form.terms.exponents import Exponent, Linear, Number, times
from gradproof.proof.normal_form.terms.matching import Pattern, find, pattern
from gradproof.proof.normal_form.terms.network import Network
from gradproof.proof.normal_form.terms.rewriting import Lead, matrix_power_atom
from gradproof.proof.normal_form.terms.sums import atom_product, entrywise, number_power, single


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


# ---- inverse


def inverse(work: Workspace, form: Form) -> Form:
    """inv of a matrix, 1/x of a scalar."""
    if not form.axes:
        return reciprocal(work, form)
    size = square(form)
    if not form.terms:
        raise Undecided("the inverse of zero")
    if size is not None and all(on_diagonal(key) for key in form.terms):
        return _diagonal_inverse(work, form)
    common = content(work, form, every=True, entries=False)
    c, _ = number_power(work, common.coefficient, -1)
    scale = atom_product(work, (), (), c, (), [(uid, times(-1, e)) for uid, e in common.scalars])
    parts = segments(work, common.core, size) if size is not None else None
    if parts is None:
        split = _split_kronecker(work, common.core)
        if split is not None:
            return entrywise(work, split, scale)
        return entrywise(work, _inverse_atom(work, common.core), scale)
    out: Form | None = None
    for part in reversed(parts):
        here = _segment_inverse(work, part)
        out = here if out is None else matmul(work, out, here)
    assert out is not None
    return entrywise(work, out, scale)


def _split_kronecker(work: Workspace, form: Form) -> Form | None:
    """inv(kron(A, B)) = kron(inv(A), inv(B)): each part has one row index and the column index beside it."""
    count = len(form.axes[0])
    if len(form.terms) != 1 or count < 2:
        return None
    (((_, pieces), _),) = form.terms.items()
    if any(len(outs) != 2 or outs[1][0] != outs[0][0] + count for _, _, outs in pieces):
        return None
    parts, legs = [], []
    for sizes, factors, outs in pieces:
        (p, v), (q, w) = outs
        moved: Piece = (sizes, factors, ((0, v), (1, w)))
        if form.sizes[p] is not form.sizes[q]:
            return None
        parts.append(inverse(work, Form(((form.sizes[p],), (form.sizes[q],)), {((), (moved,)): 1})))
        legs.append((p, q))
    return contract(work, parts, legs, form.sizes, range(2 * count), form.axes)


def on_diagonal(key: Key) -> bool:
    """A term that is zero off the diagonal."""
    return any(len(outs) == 2 and outs[0][1] == outs[1][1] for _, _, outs in key[1])


def _diagonal_inverse(work: Workspace, form: Form) -> Form:
    size = form.sizes[0]
    vector = contract(work, [form], [(0, 0)], [size], [0], ((size,),))
    return contract(work, [reciprocal(work, vector)], [(0,)], [size], [0, 0], form.axes)


def _segment_inverse(work: Workspace, form: Form) -> Form:
    """The inverse of a factor of a product."""
    (((_, pieces), _),) = form.terms.items()
    if on_diagonal(((), pieces)):
        return _diagonal_inverse(work, form)
    if len(pieces) == 1 and len(pieces[0][1]) == 1 and pieces[0][1][0][2] == 1:
        uid, vertices, _ = pieces[0][1][0]
        atom = work.atoms[uid]
        first_is_row = dict(pieces[0][2])[0] == vertices[0]
        order_ = (0, 1) if first_is_row else (1, 0)
        if atom.kind == "inv":
            return Form(form.axes, arrange(work, atom.forms[0], order_).terms)
        if atom.kind == "name" and atom.extra == "orthogonal":
            return Form(form.axes, arrange(work, form, (1, 0)).terms)
        if atom.kind == "mpow":
            base, e = atom.data
            back = single(work, _power_uid(work, base, times(-1, e)))
            return Form(form.axes, arrange(work, back, order_).terms)
    return _inverse_atom(work, form)


def _power_uid(work: Workspace, base: int, e: Exponent) -> int:
    assert isinstance(e, Linear)
    return matrix_power_atom(work, base, e)


def _inverse_atom(work: Workspace, form: Form) -> Form:
    frozen = freeze_matrix(work, form)
    atom, new = work.atom("inv", len(form.axes[0]), (frozen.form,), frozen.form.sizes)
    if new:
        atom.slots = frozen.slots
        if len(form.axes[0]) == 1:
            atom.special = True
            atom.extra = lead(work, frozen.form, frozen.slots is not None)
    return atom_product(work, form.axes, [(atom.uid, frozen.positions, 1)])


def freeze_matrix(work: Workspace, form: Form) -> Frozen:
    """A matrix or its transpose, whichever is smaller; slots where both are the same."""
    count = len(form.axes[0])
    straight = tuple(range(2 * count))
    turned = (*range(count, 2 * count), *range(count))
    a, b = arrange(work, form, straight), arrange(work, form, turned)
    if a.frozen(work) == b.frozen(work):
        return Frozen(a, straight, (0, 0) if count == 1 else None)
    return Frozen(a, straight, None) if a.frozen(work) < b.frozen(work) else Frozen(b, turned, None)


def lead(work: Workspace, form: Form, symmetric: bool) -> Lead | None:
    """A connected term to divide by, largest first, that is contained in no other term."""
    able = [key for key in form.terms if len(key[1]) == 1 and not on_diagonal(key)]
    able.sort(key=lambda key: (len(key[1][0][1]), order(work, key)), reverse=True)
    for key in able[:3]:
        what = pattern(key)
        others = [k for k in form.terms if k != key]
        if what is None or any(_contains(work, form, other, what) for other in others):
            continue
        turned = symmetric and arrange(work, Form(form.axes, {key: 1}), (1, 0)).terms == {key: 1}
        return Lead(form.terms[key], what, tuple((k, form.terms[k]) for k in others), turned)
    return None


def _contains(work: Workspace, form: Form, key: Key, what: Pattern) -> bool:
    """True where a term begins or ends with the pattern, so that dividing by it would not end."""
    net = Network(form.sizes, (), 1)
    net.insert(key, (0, 1))
    net.factors = [(uid, tuple(net.find(v) for v in vs), e) for uid, vs, e in net.factors]
    bare = Pattern((), what.factors, what.ends, what.inner)
    return any(find(work, net, bare, {what.ends[p]: q}) is not None for p in (0, 1) for q in (0, 1))


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


# ---- powers


def matrix_power(work: Workspace, form: Form, e: Exponent) -> Form:
    """form^e for a square matrix."""
    square(form)
    if isinstance(e, int):
        if e == 0:
            return identity(work, form.axes)
        if abs(e) > 64:
            raise Undecided("a high power of a matrix")
        work.room(len(form.terms) ** abs(e))
        base = form if e > 0 else inverse(work, form)
        out = base
        for _ in range(abs(e) - 1):
            out = matmul(work, out, base)
        return out
    if not isinstance(e, Linear):
        raise Undecided("a fractional power of a matrix")
    return _symbolic_power(work, form, e)


def _symbolic_power(work: Workspace, form: Form, e: Linear) -> Form:
    if len(form.terms) != 1 or len(form.sizes) != 2:
        raise Undecided("a symbolic power of a sum")
    parts = take_apart(work, form)
    bare = parts.coefficient == 1 and not parts.scalars  # a matrix has whole powers only
    if parts.bundles or parts.deltas or len(parts.surface) != 1 or not (e.whole or bare):
        raise Undecided("a symbolic power of this matrix")
    uid, positions, x = parts.surface[0]
    if x != 1 or len(positions) != 2 or positions[0] == positions[1]:
        raise Undecided("a symbolic power of this matrix")
    c, roots = number_power(work, parts.coefficient, e)
    scalars = [*roots, *((s, times(y, e)) for s, y in parts.scalars)]
    atom = matrix_power_atom(work, uid, e)
    return atom_product(work, form.axes, [(atom, positions, 1)], c, (), scalars)
