"""Triangles: ones below the diagonal, whole or half, and what they do to triangular matrices.

A triangle with half a diagonal is (1 + K)/2, where K_ij is the sign of i - j. K is antisymmetric, so
halftril(N) + halftriu(N) = N needs no law of its own. K_ij·K_ij = 1 - δ_ij, and K_ij·L_ij = L_ij - δ_ij·L_ij
for a lower triangular L.
"""

from __future__ import annotations

from gradproof.expressions.nodes import Expr
from gradproof.operators.blocks import triangle
from gradproof.operators.build import ones
from gradproof.proof.normal_form.atoms.names import Named
from gradproof.proof.normal_form.atoms.recomposition import only_factor
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.collect import scaled
from gradproof.proof.normal_form.terms.data import Atom, Axes, Form, Network, Terms, Theory, Workspace
from gradproof.proof.normal_form.terms.entrywise import constant
from gradproof.proof.normal_form.terms.rewriting import without
from gradproof.proof.normal_form.terms.sums import HALF, filled, plus_forms, single


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


def _side(work: Workspace, atom: Atom) -> int:
    """1 for a lower triangular matrix, -1 for an upper one, 0 where neither is certain."""
    if atom.kind == "inv" and atom.data == 1:
        inner = only_factor(work, atom.forms[0])
        return 0 if inner is None else _side(work, inner[0]) * (1 if inner[1] else -1)
    if atom.kind == "name":
        named = atom.holds(Named)
        return 0 if named.plain else ("lower" in named.props) - ("upper" in named.props)
    return int(atom.kind == "chol")


# ---- laws


def _law(work: Workspace, net: Network, index: int, atom: Atom) -> Terms | None:
    """K meets itself, or a triangular matrix, on its two legs."""
    _, legs, e = net.factors[index]
    if not isinstance(e, int) or e < 1:
        return None
    if e > 1:  # K² = 1 - δ
        rest = without(net, {index})
        if e > 2:
            rest.factors.append((atom.uid, legs, e - 2))
        equal = rest.copy(-1)
        equal.join(*legs)
        return [rest, equal]
    for uid, vertices, power in net.factors:
        other = work.atoms[uid]
        triangular = (
            set(vertices) == set(legs) and len(vertices) == 2 and isinstance(power, int) and power > 0
        )
        sign = _side(work, other) * (1 if vertices == legs else -1) if triangular else 0
        if sign:
            there, on = without(net, {index}), without(net, {index})
            there.coefficient, on.coefficient = sign * there.coefficient, -sign * on.coefficient
            on.join(*legs)
            return [there, on]
    return None


def mask(work: Workspace, net: Network, index: int, atom: Atom) -> Terms | None:
    """An upper triangle of ones U_ij: U_ij·L_ji = L_ji and U_ij·L_ij = δ_ij·L_ij."""
    _, legs, e = net.factors[index]
    ones_ = atom.holds(Expr)
    if ones_.op != "triu" or ones_.data[0] or e != 1 or legs[0] == legs[1]:
        return None
    for uid, vertices, power in net.factors:
        whole = isinstance(power, int) and power > 0 and len(vertices) == 2
        side = _side(work, work.atoms[uid]) if whole and set(vertices) == set(legs) else 0
        if side:
            new = without(net, {index})
            if (side > 0) == (vertices == legs):
                new.join(*legs)
            return [new]
    return None


THEORIES = {"order": Theory(_law, differential=constant)}
