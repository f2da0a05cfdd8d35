"""Names as atoms, with what was declared about them.

`free`: the names that vary are taken as arrays without structure, as a derivative by definition needs
them (the gradient by a symmetric S treats the entries of S as independent). Declared structure is
put in afterwards by `substitution`.
"""

from __future__ import annotations

from typing import NamedTuple

from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.data import (
    Atom,
    Axes,
    Calculus,
    Form,
    Network,
    Terms,
    Theory,
    Workspace,
)
from gradproof.proof.normal_form.terms.exponents import Exponent, Number, linear
from gradproof.proof.normal_form.terms.rewriting import without
from gradproof.proof.normal_form.terms.sums import atom_product, single

STRUCTURE = frozenset({"symmetric", "spd", "antisymmetric", "diagonal", "orthogonal", "stochastic"})


class Named(NamedTuple):
    """A name, what was declared about it, and whether it is taken without that (plain)."""

    expr: Expr
    props: frozenset[str]
    plain: bool


def axes_of(work: Workspace, e: Expr) -> Axes:
    """The axes of an expression, composite ones split where that was asked for."""
    return tuple(work.group(size) for size in e.axes)


def structured(e: Expr) -> bool:
    """True where a name was declared to have a structure that the normal form uses."""
    return bool(STRUCTURE & set(_props(e)))


def _props(e: Expr) -> tuple[str, ...]:
    props = e.data[1]
    assert isinstance(props, tuple)
    return props


def name_form(work: Workspace, e: Expr, varies: bool, free: bool) -> Form:
    """A name as a sum of one term."""
    axes = axes_of(work, e)
    props = frozenset(_props(e))
    plain = free and varies and structured(e)
    square = len(e.axes) == 2 and e.axes[0] is e.axes[1]
    if "diagonal" in props and square and not plain and len(axes[0]) == 1:
        uid = _name_atom(work, e, (axes[0][0],), props, varies, True, False)
        return atom_product(work, axes, [(uid, (0,), 1)], 1, [(0, 1)])
    sizes = tuple(size for axis in axes for size in axis)
    rows = "stochastic" in props and bool(axes) and len(axes[-1]) == 1
    uid = _name_atom(work, e, sizes, props, varies, plain, rows)
    return single(work, uid, axes)


def _name_atom(
    work: Workspace,
    e: Expr,
    dims: tuple[Dim, ...],
    props: frozenset[str],
    varies: bool,
    plain: bool,
    rows: bool,
) -> int:
    """rows: the entries of each row sum to 1."""
    atom, new = work.atom("name", Named(e, props, plain), (), dims)
    if new:
        atom.varies = varies
        atom.positive = "positive" in props
        if not plain and len(dims) == 2 and dims[0] is dims[1]:
            if props & {"symmetric", "spd"}:
                atom.slots = (0, 0)
            elif "antisymmetric" in props:
                atom.slots, atom.odd = (0, 0), True
            if "orthogonal" in props:
                atom.special, atom.extra = True, "orthogonal"
        if not plain and rows and atom.slots is None and not atom.special:
            atom.special, atom.extra = True, "stochastic"
    return atom.uid


def differential_atom(work: Workspace, e: Expr, kind: str) -> int:
    """d(name): an array of its own, without structure."""
    sizes = tuple(size for axis in axes_of(work, e) for size in axis)
    return work.atom(kind, e, (), sizes)[0].uid


def whole_scalar(work: Workspace, uid: int) -> bool:
    """True for a scalar that is a whole number wherever the claim means something."""
    atom = work.atoms[uid]
    return atom.kind == "size" or (atom.kind == "name" and "integer" in atom.holds(Named).props)


def exponent_of(work: Workspace, form: Form) -> Exponent:
    """A constant scalar as an exponent."""
    if work.varies(form):
        raise Undecided("an exponent that varies")
    parts: dict[tuple[tuple[int, Exponent], ...], Number] = {key[0]: c for key, c in form.terms.items()}
    discrete = all(
        whole_scalar(work, uid) and isinstance(e, int) and e > 0
        for (scalars, _) in form.terms
        for uid, e in scalars
    )
    return linear(parts, discrete)


# ---- laws


def _declared(work: Workspace, net: Network, index: int, atom: Atom) -> Terms | None:
    """What was declared about a name: atom.extra says which law holds."""
    return orthogonal(work, net, index, atom) if atom.extra == "orthogonal" else _stochastic(net, index)


def _stochastic(net: Network, index: int) -> Terms | None:
    """Each row sums to 1: a factor whose last index occurs nowhere else is 1."""
    _, legs, e = net.factors[index]
    last = legs[-1]
    there = sum(last in vertices for _, vertices, _ in net.factors)
    if e != 1 or there > 1 or last in net.outs or last in legs[:-1]:
        return None
    return [without(net, {index}, last)]


def orthogonal(
    work: Workspace, net: Network, index: int, atom: Atom, places: tuple[int, ...] = (0, 1)
) -> Terms | None:
    """Q'Q = I and QQ' = I."""
    uid, legs, e = net.factors[index]
    for place in places:
        joint, far = legs[place], legs[1 - place]
        if joint in net.outs or joint == far:
            continue
        there = [i for i, (_, vertices, _) in enumerate(net.factors) if joint in vertices]
        if there == [index] and e == 2:
            return [without(net, {index}, joint)]
        if len(there) != 2 or e != 1:
            continue
        second = there[0] + there[1] - index
        other, vertices, power = net.factors[second]
        if other != uid or power != 1 or vertices[0] == vertices[1]:
            continue
        if atom.slots is None and vertices[place] != joint:
            continue
        new = without(net, {index, second}, joint)
        new.join(far, vertices[0] if vertices[1] == joint else vertices[1])
        return [new]
    return None


# ---- differential


def _differential(calculus: Calculus, atom: Atom) -> Form:
    expr, _, plain = atom.holds(Named)
    if not plain and structured(expr):
        raise Undecided("a structured name that varies")
    return single(calculus.work, differential_atom(calculus.work, expr, calculus.kind))


THEORIES = {
    "name": Theory(
        _declared, differential=_differential, rebuilt=lambda rebuilder, atom, args: rebuilder.named(atom)
    ),
    "d": Theory(),
    "by": Theory(),
    "derivative": Theory(),
    "size": Theory(),
}
