"""Names that equations define: root(F, y°) is the y near y° with F(x, y) = F(x°, y°);
argmin(f, y°) is that of the gradient of f by y.

Its normal form is an atom that holds F twice: as it stands, and with a name of its own for y°, by which the
partial derivatives are taken.
"""

from __future__ import annotations

from typing import NamedTuple

from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import rebuild
from gradproof.operators.build import construct, name, partial
from gradproof.proof.normal_form.atoms.inverses import inverse
from gradproof.proof.normal_form.atoms.names import differential_atom
from gradproof.proof.normal_form.atoms.powers import reciprocal
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.coefficients import coefficient
from gradproof.proof.normal_form.terms.collect import added, contract
from gradproof.proof.normal_form.terms.data import Atom, Axes, Calculus, Form, Theory, Workspace
from gradproof.proof.normal_form.terms.products import matrix
from gradproof.proof.normal_form.terms.sums import entrywise, minus, single

EQUATIONS = ("root", "argmin")
FREE = "free"  # the property of the name that moves where partial derivatives by y are taken


class Implicit(NamedTuple):
    """The name that an equation defines, and the one that moves in its place."""

    unknown: Expr
    moving: Expr


def with_free_unknown(e: Expr) -> tuple[Expr, Expr]:
    """F with a name of its own for y°, which varies, and that name."""
    residual, unknown = e.args[:2]
    if unknown.op != "name":
        raise Undecided("an equation for what is not a name")
    free = name(str(unknown.data[0]), unknown.axes, (FREE,), row=unknown.row)
    inside = rebuild(residual, {unknown: free}, construct)
    return partial(inside, free) if e.op == "argmin" else inside, free


def is_free(e: Expr) -> bool:
    """Whether a name is one that moves in an equation."""
    props = e.data[1]
    return isinstance(props, tuple) and FREE in props


def _differential(calculus: Calculus, atom: Atom) -> Form:
    """The y with F(x, y) = 0: -inv(F_y) times dF with y held."""
    work, count = calculus.work, len(atom.sizes)
    moving = differential_atom(work, atom.holds(Implicit).moving, calculus.kind)
    axes = tuple((size,) for size in atom.sizes)
    slope = coefficient(work, calculus.known(atom.forms[1]), moving, axes)
    change = _without(work, calculus.known(atom.forms[0]), moving, axes)
    if not count:
        return minus(entrywise(work, change, reciprocal(work, slope)))
    solving = inverse(work, matrix(slope, count))
    legs = [range(2 * count), range(count, 2 * count)]
    return minus(contract(work, [solving, change], legs, slope.sizes, range(count), axes))


def _without(work: Workspace, change: Form, moving: int, axes: Axes) -> Form:
    """A differential with one of the names held."""
    part = coefficient(work, change, moving, axes)
    if not part.terms:
        return change
    kept, count = len(change.sizes), len(axes)
    legs = [range(kept + count), range(kept, kept + count)]
    moved = contract(work, [part, single(work, moving, axes)], legs, part.sizes, range(kept), change.axes)
    return added([change, minus(moved)], change.axes)


THEORIES = {
    "root": Theory(differential=_differential, rebuilt=lambda rebuilder, atom, args: rebuilder.named(atom))
}
