"""Laws of triangular matrices in the normal form.

K_ij is the sign of i - j: K_ij·K_ij = 1 - δ_ij, and K_ij·L_ij = L_ij - δ_ij·L_ij for a lower triangular L.
Of the factor L of N: L·L' = N, and inv(L)'·inv(L) = inv(N).
"""

from __future__ import annotations

from typing import NamedTuple

from gradproof.proof.network import Network
from gradproof.proof.terms import Atom, Form, Workspace

Sum = list[Network]


class Factored(NamedTuple):
    """The matrix that a factor of Cholesky belongs to, and its inverse where that is known."""

    matrix: Form
    inverse: Form | None


def is_lower(work: Workspace, atom: Atom) -> bool:
    """Whether an atom is a lower triangular matrix for certain."""
    if atom.kind == "inv":
        inner = _inverted(work, atom)
        return inner is not None and inner[1]
    return atom.kind == "chol" or (atom.kind == "name" and not atom.data[2] and "lower" in atom.data[1])


def _inverted(work: Workspace, atom: Atom) -> tuple[Atom, bool] | None:
    """The factor of Cholesky that an atom inverts, and whether that stands upright."""
    found = _only_factor(work, atom.forms[0]) if atom.data == 1 else None
    return found if found is not None and found[0].kind == "chol" else None


def _only_factor(work: Workspace, form: Form) -> tuple[Atom, bool] | None:
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


def order(work: Workspace, net: Network, index: int, atom: Atom) -> Sum | None:
    """K meets itself, or a triangular matrix, on its two legs."""
    _, legs, e = net.factors[index]
    if not isinstance(e, int) or e < 1:
        return None
    if e > 1:  # K² = 1 - δ
        rest = _without(net, index)
        if e > 2:
            rest.factors.append((atom.uid, legs, e - 2))
        equal = rest.copy(-1)
        equal.join(*legs)
        return [rest, equal]
    for uid, vertices, power in net.factors:
        other = work.atoms[uid]
        lower = set(vertices) == set(legs) and len(vertices) == 2 and isinstance(power, int) and power > 0
        if lower and is_lower(work, other):
            sign = 1 if vertices == legs else -1
            there, on = _without(net, index), _without(net, index)
            there.coefficient, on.coefficient = sign * there.coefficient, -sign * on.coefficient
            on.join(*legs)
            return [there, on]
    return None


def _without(net: Network, *indices: int) -> Network:
    new = net.copy()
    new.factors = [f for k, f in enumerate(net.factors) if k not in indices]
    return new


def factor(work: Workspace, net: Network, index: int, atom: Atom) -> Sum | None:
    """Σ L_ij L_kj = N_ik."""
    known: Factored = atom.extra
    return _pair(net, index, 1, known.matrix)


def inverse_factor(work: Workspace, net: Network, index: int, atom: Atom) -> Sum | None:
    """Σ inv(L)_ji inv(L)_jk = inv(N)_ik."""
    found = _inverted(work, atom)
    known: Factored | None = found[0].extra if found else None
    if found is None or known is None or known.inverse is None:
        return None
    return _pair(net, index, 0 if found[1] else 1, known.inverse)


def _pair(net: Network, index: int, place: int, value: Form) -> Sum | None:
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
    base = _without(net, *there)
    base.sizes[joint] = None
    out = []
    for key, c in value.terms.items():
        new = base.copy(c)
        new.insert(key, ends)
        out.append(new)
    return out
