"""Laws of the arrays of 0 and 1 that only sizes make: selectors, unit vectors, triangles.

A selector S picks a range of a long axis: S S' = I, two ranges without a common place have S R' = 0, a
range of a range is a range. Every entry is 0 or 1, so powers are the array itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from gradproof.expressions.dims import Dim, at_least
from gradproof.expressions.dims import number as whole_size
from gradproof.expressions.nodes import Expr
from gradproof.operators.blocks import HALVED, ONE, bounds_of, flipped, selector, unit
from gradproof.proof.normal_form.atoms.names import axes_of
from gradproof.proof.normal_form.atoms.powers import power
from gradproof.proof.normal_form.atoms.triangles import half_triangle, mask
from gradproof.proof.normal_form.terms.canonical_labelling import label
from gradproof.proof.normal_form.terms.collect import contract, scaled
from gradproof.proof.normal_form.terms.data import (
    Atom,
    Axes,
    Factor,
    Form,
    Network,
    Piece,
    Terms,
    Theory,
    Workspace,
)
from gradproof.proof.normal_form.terms.exponents import Exponent
from gradproof.proof.normal_form.terms.rewriting import without
from gradproof.proof.normal_form.terms.sums import atom_product, plus_forms, single

Places = tuple[Dim, ...]


def places(atom: Atom) -> Places | None:
    """The place or range that an atom picks; None where it is no selector."""
    if atom.kind != "constant":
        return None
    e = atom.holds(Expr)
    if e.op == "unit":
        return (e.data[0],) if isinstance(e.data[0], Dim) else None
    return bounds_of(e)[0] if e.op == "slice" else None


def constant_atom(work: Workspace, e: Expr, sizes: tuple[Dim, ...]) -> int:
    """The atom of a constant."""
    atom, new = work.atom("constant", e, (), sizes)
    if new:
        atom.positive = atom.special = True
        if e.op == "exchange":  # symmetric
            atom.slots = (0, 0)
    return atom.uid


def constant_form(work: Workspace, e: Expr) -> Form:
    """An array of 0 and 1 that only sizes make."""
    axes = axes_of(work, e)
    sizes = tuple(size for axis in axes for size in axis)
    if e.op in HALVED:
        return half_triangle(work, e, axes)
    if e.op == "crossing":
        return _crossing(work, axes)
    if e.op == "tril" and all(len(axis) == 1 for axis in axes):  # lower triangles are upper ones, turned
        turned = flipped(e)
        return atom_product(work, axes, [(constant_atom(work, turned, turned.axes), (1, 0), 1)])
    return single(work, constant_atom(work, e, sizes), axes)


def _crossing(work: Workspace, axes: Axes) -> Form:
    """Σ ± over the orders of 1, 2, 3 of products of unit vectors."""
    three = axes[0][0]
    units = [constant_atom(work, unit(place, three), (three,)) for place in map(whole_size, (1, 2, 3))]
    terms = []
    for order in permutations(range(3)):
        sign = (order[0] - order[1]) * (order[1] - order[2]) * (order[2] - order[0]) // 2
        term = atom_product(work, axes, [(units[k], (leg,), 1) for leg, k in enumerate(order)])
        terms.append(scaled(term, sign))
    return plus_forms(work, *terms)


# ---- laws


def _law(work: Workspace, net: Network, index: int, atom: Atom) -> Terms | None:
    """The first law that applies."""
    uid, legs, e = net.factors[index]
    if isinstance(e, int) and e > 1:
        new = net.copy()
        new.factors[index] = (uid, legs, 1)
        return [new]
    kept = mask(work, net, index, atom)
    if kept is not None:
        return kept
    here = places(atom)
    if here is None or e != 1 or (len(legs) == 2 and legs[0] == legs[1]):
        return None
    return _at_its_place(work, net, index, here)


def _at_its_place(work: Workspace, net: Network, index: int, here: tuple[Dim, ...]) -> Terms | None:
    """What a selector makes of what stands on the axis that it picks from."""
    _, legs, _ = net.factors[index]
    long = legs[-1]
    there = [k for k, (_, vertices, _) in enumerate(net.factors) if long in vertices and k != index]
    for other in there:
        found = _two(work, net, index, other, here)
        if found is not None:
            return found
    if long not in net.outs and not there:
        new = without(net, {index})
        new.sizes[long] = None
        return [new]
    if (long in net.outs and there) or len(there) > 1:
        return _apart(work, net, index, there)
    inner = _inside(work, net, index, there[0]) if there else None
    if inner is not None:
        return inner
    if len(legs) == 1 and there:
        return _entry(work, net, there[0])
    return _within(work, net, index, here)


def _inside(work: Workspace, net: Network, index: int, other: int) -> Terms | None:
    """S f(N) = f(S N) for functions entry by entry."""
    _, legs, _ = net.factors[index]
    uid, vertices, e = net.factors[other]
    atom = work.atoms[uid]
    if vertices.count(legs[-1]) != 1:
        return None
    leg = vertices.index(legs[-1])
    leaf = work.atoms[net.factors[index][0]].holds(Expr)
    value = _part_of(work, atom, leg, leaf, e)
    if value is None:
        return None
    short = tuple(legs[0] if v == legs[-1] else v for v in vertices if v != legs[-1] or len(legs) == 2)
    base = without(net, {index, other})
    base.sizes[legs[-1]] = None
    out = []
    for key, c in value.terms.items():
        new = base.copy(c)
        new.insert(key, short)
        out.append(new)
    return out


def _part_of(work: Workspace, atom: Atom, leg: int, leaf: Expr, e: Exponent) -> Form | None:
    """A part of a function of an array, to a power: the function of the part. None for other atoms.

    Axes: the legs of the atom, the one in question shorter or gone.
    """
    function = atom.theory.entrywise
    if function is None or len(atom.forms) != 1:
        return None
    sizes = list(atom.forms[0].sizes)
    form = Form(tuple((size,) for size in sizes), atom.forms[0].terms)
    constant = single(work, constant_atom(work, leaf, leaf.axes), tuple((n,) for n in leaf.axes))
    legs = [leg]
    outs = list(range(len(sizes)))
    if len(leaf.axes) == 2:
        sizes.append(leaf.axes[0])
        legs = [len(sizes) - 1, leg]
    short = [legs[0] if v == leg else v for v in outs if v != leg or len(leaf.axes) == 2]
    narrow = contract(work, [form, constant], [outs, legs], sizes, short, tuple((sizes[v],) for v in short))
    value = function(work, atom, narrow)
    return value if e == 1 else power(work, value, e)


def _two(work: Workspace, net: Network, index: int, other: int, here: Places) -> Terms | None:
    """Two that pick from one axis."""
    _, legs, _ = net.factors[index]
    uid, vertices, e = net.factors[other]
    theirs = places(work.atoms[uid])
    if theirs is None or vertices[-1] != legs[-1] or e != 1 or len(set(vertices)) < len(vertices):
        return None
    if theirs == here:
        new = without(net, {other})
        if len(here) == 2:
            new.join(legs[0], vertices[0])
        return [new]
    if at_least(theirs[0], here[-1] + ONE) or at_least(here[0], theirs[-1] + ONE):
        return []
    if len(here) == 2 and at_least(theirs[0], here[0]) and at_least(here[-1], theirs[-1]):
        size = here[1] - here[0] + ONE
        return [_replaced(work, net, other, _shifted(theirs, here[0] - ONE, size), (*vertices[:-1], legs[0]))]
    return None


def _shifted(bound: Places, before: Dim, size: Dim) -> Expr:
    moved = tuple(place - before for place in bound)
    return unit(moved[0], size) if len(moved) == 1 else selector(size, moved[0], moved[1])


def _replaced(work: Workspace, net: Network, index: int, e: Expr, legs: tuple[int, ...]) -> Network:
    new = net.copy()
    new.factors[index] = (constant_atom(work, e, e.axes), legs, 1)
    return new


def _apart(work: Workspace, net: Network, index: int, there: Sequence[int]) -> Terms:
    """S(a,i) X(i) Y(i) = S(a,i) X(i) S(a,j) Y(j): every factor has a long axis of its own."""
    uid, legs, e = net.factors[index]
    long = legs[-1]
    new = net.copy()
    keep = 0 if long in net.outs else 1
    for other in there[keep:]:
        fresh = new.vertex(net.sizes[long])
        factor, vertices, power = new.factors[other]
        new.factors[other] = (factor, tuple(fresh if v == long else v for v in vertices), power)
        new.factors.append((uid, (*legs[:-1], fresh), e))
    return [new]


def _entry(work: Workspace, net: Network, other: int) -> Terms | None:
    """A power of an entry is a power of a number: Σ e(i) x(i)^p = (Σ e(i) x(i))^p."""
    uid, vertices, e = net.factors[other]
    if e == 1 or len(set(vertices)) < len(vertices) or any(v in net.outs for v in vertices):
        return None
    pins: dict[int, int] = {}
    for v in vertices:
        hanging = [k for k, (_, at, _) in enumerate(net.factors) if v in at and k != other]
        if len(hanging) != 1:
            return None
        pin = work.atoms[net.factors[hanging[0]][0]]
        if pin.kind != "constant" or pin.holds(Expr).op != "unit":
            return None
        pins[v] = net.factors[hanging[0]][0]
    piece = labelled(work, uid, [pins[v] for v in vertices])
    gone = {k for k, (_, at, _) in enumerate(net.factors) if set(at) & set(vertices)}
    new = without(net, gone)
    for v in vertices:
        new.sizes[v] = None
    new.scalar(work.net(piece), e)
    return [new]


def labelled(work: Workspace, uid: int, pins: Sequence[int]) -> Piece:
    """An entry of an atom as the labelled network that it is."""
    count = len(pins)
    factors: list[Factor] = [(uid, tuple(range(count)), 1), *((pin, (k,), 1) for k, pin in enumerate(pins))]
    sizes = work.atoms[uid].sizes
    if count == 1:
        return Piece(sizes, tuple(sorted(factors, key=lambda row: work.label(row[0], row[2]))), ())
    _, order, rows = label(work, count, factors, [])
    return Piece(tuple(sizes[order.index(k)] for k in range(count)), rows, ())


def _within(work: Workspace, net: Network, index: int, here: Places) -> Terms | None:
    """S(a,i), where the short axis a is only picked from: one selector of the long axis."""
    _, legs, _ = net.factors[index]
    if len(legs) < 2 or legs[0] in net.outs:
        return None
    there = [k for k, (_, vertices, _) in enumerate(net.factors) if legs[0] in vertices and k != index]
    if len(there) != 1:
        return None
    uid, vertices, e = net.factors[there[0]]
    theirs = places(work.atoms[uid])
    if theirs is None or e != 1 or vertices[-1] != legs[0] or len(set(vertices)) < len(vertices):
        return None
    size = work.atoms[net.factors[index][0]].sizes[-1]
    moved = tuple(place + here[0] - ONE for place in theirs)
    e_new = unit(moved[0], size) if len(moved) == 1 else selector(size, moved[0], moved[1])
    new = without(net, {index})
    at = there[0] - (index < there[0])
    new.factors[at] = (constant_atom(work, e_new, e_new.axes), (*vertices[:-1], legs[-1]), 1)
    new.sizes[legs[0]] = None
    return [new]


THEORIES = {"constant": Theory(_law)}
