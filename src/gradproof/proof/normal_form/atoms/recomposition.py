"""Matrices that meet again: L·L' = N for a factor of Cholesky, U·diag(s)·V' = N for singular vectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from gradproof.proof.normal_form.terms.data import Atom, Factor, Form, Network, Terms, Workspace
from gradproof.proof.normal_form.terms.matching import Lead
from gradproof.proof.normal_form.terms.rewriting import expand, without


class Factored(NamedTuple):
    """Of a factor L of N: N; inv(N); L'; inv(L); how N and inv(N) meet others. None where not known."""

    matrix: Form
    inverse: Form | None
    turned: Form
    back: Form | None
    lead: Lead | None
    inverse_lead: Lead | None


def inverted(work: Workspace, atom: Atom) -> tuple[Atom, bool] | None:
    """The factor of Cholesky that an atom inverts, and whether that stands upright."""
    found = only_factor(work, atom.forms[0]) if atom.data == 1 else None
    known = found is not None and found[0].kind == "chol" and found[0].extra is not None
    return found if known else None


def only_factor(work: Workspace, form: Form) -> tuple[Atom, bool] | None:
    """The one atom that a matrix is, and whether it stands upright."""
    if len(form.terms) != 1:
        return None
    (((scalars, pieces), c),) = form.terms.items()
    if scalars or c != 1 or len(pieces) != 1 or len(pieces[0][1]) != 1:
        return None
    _, ((uid, vertices, e),), outs = pieces[0]
    place = {v: position for position, v in outs}
    if len(place) != 2 or len(vertices) != 2 or e != 1:
        return None
    return work.atoms[uid], place[vertices[0]] == 0


def factor(work: Workspace, net: Network, index: int, atom: Atom) -> Terms | None:
    """Σ L_ij L_kj = N_ik."""
    known = atom.knows(Factored)
    return None if known is None else _pair(work, net, index, 1, known.matrix)


def inverse_factor(work: Workspace, net: Network, index: int, atom: Atom) -> Terms | None:
    """Σ inv(L)_ji inv(L)_jk = inv(N)_ik."""
    found = inverted(work, atom)
    known = found[0].knows(Factored) if found is not None else None
    if found is None or known is None or known.inverse is None:
        return None
    return _pair(work, net, index, 0 if found[1] else 1, known.inverse)


class Recomposed(NamedTuple):
    """Of an array of singular vectors or eigenvectors: the atoms of the values and of the vectors on the
    other side (None: the same), and what vectors make with and without the values."""

    values: int
    others: int | None
    whole: Form
    bare: Form | None


def recomposed(work: Workspace, net: Network, index: int, atom: Atom) -> Terms | None:
    """Σ U_ik s_k V_jk = N_ij and Σ U_ik V_jk = polar(N)_ij."""
    known = atom.knows(Recomposed)
    _, (far, joint), _ = net.factors[index]
    if known is None or joint in net.outs or joint == far:
        return None
    there = {k: f for k, f in enumerate(net.factors) if joint in f[1]}
    values = [k for k, f in there.items() if f[0] == known.values and f[2] == 1]
    value = known.whole if values else known.bare
    found = _other_side(net, index, there, known.others)
    if found is None or value is None or {index, *values, found[0]} != set(there):
        return None
    return expand(work, without(net, there, joint), value, (far, found[1]))


def _other_side(
    net: Network, index: int, there: Mapping[int, Factor], others: int | None
) -> tuple[int, int] | None:
    """The vectors that these meet (themselves, where they stand squared), and their far leg."""
    uid, (far, _), e = net.factors[index]
    sides = [k for k, f in there.items() if k != index and f[0] == (others or uid) and f[2] == 1]
    if len(sides) == 1 and e == 1:
        return sides[0], net.factors[sides[0]][1][0]
    return (index, far) if others is None and e == 2 and not sides else None


def _pair(work: Workspace, net: Network, index: int, place: int, value: Form) -> Terms | None:
    """A matrix that meets itself, and nothing else, at one of its two legs: another matrix."""
    uid, legs, e = net.factors[index]
    joint, far = legs[place], legs[1 - place]
    there = [k for k, (_, vertices, _) in enumerate(net.factors) if joint in vertices]
    if joint in net.outs or joint == far:
        return None
    if there == [index] and e == 2:
        ends = (far, far)
    elif len(there) == 2 and e == 1:
        other, vertices, power = net.factors[there[0] + there[1] - index]
        if other != uid or power != 1 or vertices[place] != joint or vertices[1 - place] == joint:
            return None
        ends = (far, vertices[1 - place])
    else:
        return None
    return expand(work, without(net, there, joint), value, ends)
