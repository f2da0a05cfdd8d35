"""Names that equations define: root(F, y°) is the y near y° with F(x, y) = F(x°, y°).

Its normal form is an atom that holds F twice: as it stands, and with a name of its own for y°, by which the
partial derivatives are taken.
"""

from __future__ import annotations

from typing import NamedTuple

from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import rebuild
from gradproof.operators.build import construct, name
from gradproof.proof.normal_form.atoms.inverses import inverse
from gradproof.proof.normal_form.atoms.names import differential_atom
from gradproof.proof.normal_form.atoms.powers import reciprocal
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.coefficients import coefficient
from gradproof.proof.normal_form.terms.collect import contract
from gradproof.proof.normal_form.terms.data import Atom, Calculus, Form, Theory
from gradproof.proof.normal_form.terms.products import matrix
from gradproof.proof.normal_form.terms.sums import entrywise, minus

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
    return rebuild(residual, {unknown: free}, construct), free


def is_free(e: Expr) -> bool:
    """Whether a name is one that moves in an equation."""
    props = e.data[1]
    return isinstance(props, tuple) and FREE in props


def _differential(calculus: Calculus, atom: Atom) -> Form:
    """The y with F(x, y) = 0: -inv(F_y) times dF with y held."""
    work, count = calculus.work, len(atom.sizes)
    change = calculus.known(atom.forms[0])
    moving = differential_atom(work, atom.holds(Implicit).moving, calculus.kind)
    axes = tuple((size,) for size in atom.sizes)
    partial = coefficient(work, calculus.known(atom.forms[1]), moving, axes)
    if not count:
        return minus(entrywise(work, change, reciprocal(work, partial)))
    solving = inverse(work, matrix(partial, count))
    legs = [range(2 * count), range(count, 2 * count)]
    return minus(contract(work, [solving, change], legs, partial.sizes, range(count), axes))


THEORIES = {
    "root": Theory(differential=_differential, rebuilt=lambda rebuilder, atom, args: rebuilder.named(atom))
}
