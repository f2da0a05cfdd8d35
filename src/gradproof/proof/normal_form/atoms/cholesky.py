"""Triangular factors in the normal form: the factor of Cholesky, and triangles whose diagonal counts half.

A triangle with half a diagonal is (1 + K)/2, where K_ij is the sign of i - j. K is antisymmetric, so
halftril(N) + halftriu(N) = N needs no law of its own. The laws are in `triangles`.
"""

from __future__ import annotations

from fractions import Fraction

from gradproof.expressions.nodes import Expr
from gradproof.operators.blocks import triangle
from gradproof.operators.build import ones
from gradproof.proof.normal_form.atoms.matrices import inverse, lead, matmul, square
from gradproof.proof.normal_form.atoms.triangles import Factored
from gradproof.proof.normal_form.terms.arguments import freeze
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.collect import arrange, scaled
from gradproof.proof.normal_form.terms.data import Axes, Form, Workspace
from gradproof.proof.normal_form.terms.sums import atom_product, entrywise, filled, plus_forms, single

HALF = Fraction(1, 2)


def _order(work: Workspace, axes: Axes) -> Form:
    """K, the signs of i - j."""
    (n,), (m,) = axes
    atom, new = work.atom("order", triangle("halftril", ones(n, m)), (), (n, m))
    if new:
        atom.slots, atom.odd, atom.special = (0, 0), True, True
    return single(work, atom.uid, axes)


def half_triangle(work: Workspace, e: Expr, axes: Axes) -> Form:
    """The ones below (above) the diagonal, and half a one on it."""
    if any(len(axis) != 1 for axis in axes):
        raise Undecided("a triangle with joined axes")
    below = scaled(_order(work, axes), HALF if e.op == "halftril" else -HALF)
    return plus_forms(work, filled(work, axes, HALF), below)


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


def cholesky_change(work: Workspace, here: Form, change: Form) -> Form:
    """dL = L·Φ(inv(L)·dN·inv(L)') with Φ the lower triangle with half its diagonal."""
    back = inverse(work, here)
    turned = Form(back.axes, arrange(work, back, (1, 0)).terms)
    inside = matmul(work, matmul(work, back, _symmetric_part(work, change)), turned)
    mask = half_triangle(work, triangle("halftril", ones(*here.sizes)), here.axes)
    return matmul(work, here, entrywise(work, mask, inside))
