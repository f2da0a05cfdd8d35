"""The factor of Cholesky in the normal form: L with L·L' = N, lower triangular."""

from __future__ import annotations

from gradproof.operators.blocks import triangle
from gradproof.operators.build import ones
from gradproof.proof.normal_form.atoms.inverses import beside, inverse, lead
from gradproof.proof.normal_form.atoms.recomposition import Factored, factor
from gradproof.proof.normal_form.atoms.triangles import half_triangle
from gradproof.proof.normal_form.terms.arguments import freeze
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.collect import arrange, scaled
from gradproof.proof.normal_form.terms.data import (
    Atom,
    Calculus,
    Form,
    Network,
    Terms,
    Theory,
    Words,
    Workspace,
)
from gradproof.proof.normal_form.terms.products import matmul, matrix, on_legs, square
from gradproof.proof.normal_form.terms.sums import HALF, atom_product, entrywise, plus_forms, single


def _symmetric_part(work: Workspace, form: Form) -> Form:
    turned = Form(form.axes, arrange(work, form, (1, 0)).terms)
    return scaled(plus_forms(work, form, turned), HALF)


def cholesky(work: Workspace, form: Form) -> Form:
    """The lower factor of the symmetric part of a matrix."""
    if square(form) is None or not form.terms:
        raise Undecided("the factor of this matrix")
    frozen = freeze(work, _symmetric_part(work, form), drop=False)
    atom, new = work.atom("chol", None, (frozen.form,), frozen.form.sizes)
    if new:
        atom.extra = _known(work, frozen.form, single(work, atom.uid))
        atom.special = True
    return atom_product(work, form.axes, [(atom.uid, (0, 1), 1)])


def _known(work: Workspace, form: Form, low: Form) -> Factored:
    matrix = Form((form.sizes[:1], form.sizes[1:]), form.terms)
    turned = Form(low.axes, arrange(work, low, (1, 0)).terms)
    try:
        inner, back = inverse(work, matrix), inverse(work, low)
    except Undecided:
        return Factored(form, None, turned, None, None, None)
    return Factored(form, inner, turned, back, lead(work, form, True), lead(work, inner, True))


# ---- law and differential


def _law(work: Workspace, net: Network, index: int, atom: Atom) -> Terms | None:
    """A factor L of N: L·L' = N, and L'·inv(N) = inv(L)."""
    return factor(work, net, index, atom) or beside(work, net, index, atom)


def _differential(calculus: Calculus, atom: Atom) -> Form:
    change = matrix(calculus.known(atom.forms[0]), 1)
    return _change(calculus.work, single(calculus.work, atom.uid), change)


def _change(work: Workspace, here: Form, change: Form) -> Form:
    """dL = L·Φ(inv(L)·dN·inv(L)') with Φ the lower triangle with half its diagonal."""
    back = inverse(work, here)
    turned = Form(back.axes, arrange(work, back, (1, 0)).terms)
    inside = matmul(work, matmul(work, back, _symmetric_part(work, change)), turned)
    mask = half_triangle(work, triangle("halftril", ones(*here.sizes)), here.axes)
    return matmul(work, here, entrywise(work, mask, inside))


THEORIES = {
    "chol": Theory(
        _law,
        differential=_differential,
        rebuilt=lambda rebuilder, atom, args: on_legs(atom, cholesky(rebuilder.work, matrix(args[0]))),
    )
}
WORDS: Words = {"chol": lambda work, e, args: cholesky(work, args[0])}
