"""Laws of triangular matrices in the normal form.

K_ij is the sign of i - j: K_ij·K_ij = 1 - δ_ij, and K_ij·L_ij = L_ij - δ_ij·L_ij for a lower triangular L.
Of the factor L of N: L·L' = N, and inv(L)'·inv(L) = inv(N).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from gradproof.proof.normal_form.terms.data import Atom, Form, Workspace
from gradproof.proof.normal_form.terms.network import Network

Sum = list[Network]


class Factored(NamedTuple):
    """Of a factor L of N: N; inv(N); L'; inv(L); how N and inv(N) meet others. None where not known."""

    matrix: Form
    inverse: Form | None
    turned: Form
    back: Form | None
    lead: Any
    inverse_lead: Any


def _side(work: Workspace, atom: Atom) -> int:
    """1 for a lower triangular matrix, -1 for an upper one, 0 where neither is certain."""
    if atom.kind == "inv" and atom.data == 1:
        inner = _only_factor(work, atom.forms[0])
        return 0 if inner is None else _side(work, inner[0]) * (1 if inner[1] else -1)
    if atom.kind == "name" and not atom.data[2]:
        return ("lower" in atom.data[1]) - ("upper" in atom.data[1])
    return int(atom.kind == "chol")


def inverted(work: Workspace, atom: Atom) -> tuple[Atom, bool] | None:
    """The factor of Cholesky that an atom inverts, and whether that stands upright."""
    found = _only_factor(work, atom.forms[0]) if atom.data == 1 else None
    known = found is not None and found[0].kind == "chol" and found[0].extra is not None
    return found if known else None


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
        triangular = (
            set(vertices) == set(legs) and len(vertices) == 2 and isinstance(power, int) and power > 0
        )
        sign = _side(work, other) * (1 if vertices == legs else -1) if triangular else 0
        if sign:
            there, on = _without(net, index), _without(net, index)
            there.coefficient, on.coefficient = sign * there.coefficient, -sign * on.coefficient
            on.join(*legs)
            return [there, on]
    return None


def mask(work: Workspace, net: Network, index: int, atom: Atom) -> Sum | None:
    """An upper triangle of ones U_ij: U_ij·L_ji = L_ji and U_ij·L_ij = δ_ij·L_ij."""
    _, legs, e = net.factors[index]
    if atom.data.op != "triu" or atom.data.data[0] or e != 1 or legs[0] == legs[1]:
        return None
    for uid, vertices, power in net.factors:
        whole = isinstance(power, int) and power > 0 and len(vertices) == 2
        side = _side(work, work.atoms[uid]) if whole and set(vertices) == set(legs) else 0
        if side:
            new = _without(net, index)
            if (side > 0) == (vertices == legs):
                new.join(*legs)
            return [new]
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
    found = inverted(work, atom)
    if found is None or found[0].extra.inverse is None:
        return None
    return _pair(net, index, 0 if found[1] else 1, found[0].extra.inverse)


class Recomposed(NamedTuple):
    """Of an array of singular vectors or eigenvectors: the atoms of the values and of the vectors on the
    other side (None: the same), and what vectors make with and without the values."""

    values: int
    others: int | None
    whole: Form
    bare: Form | None


def recomposed(net: Network, index: int, atom: Atom) -> Sum | None:
    """Σ U_ik s_k V_jk = N_ij and Σ U_ik V_jk = polar(N)_ij."""
    known: Recomposed | None = atom.extra
    uid, (far, joint), e = net.factors[index]
    if known is None or joint in net.outs or joint == far:
        return None
    there = {k: f for k, f in enumerate(net.factors) if joint in f[1]}
    values = [k for k, f in there.items() if f[0] == known.values and f[2] == 1]
    sides = [k for k, f in there.items() if k != index and f[0] == (known.others or uid) and f[2] == 1]
    ends = (far, net.factors[sides[0]][1][0]) if len(sides) == 1 and e == 1 else None
    if known.others is None and e == 2 and not sides:
        ends, sides = (far, far), [index]
    value = known.whole if values else known.bare
    if ends is None or value is None or {index, *values, *sides} != set(there):
        return None
    return _replaced(net, list(there), joint, value, ends)


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
    return _replaced(net, there, joint, value, ends)


def _replaced(net: Network, there: list[int], joint: int, value: Form, ends: tuple[int, int]) -> Sum:
    """The factors at a joint replaced by a matrix."""
    base = _without(net, *there)
    base.sizes[joint] = None
    out = []
    for key, c in value.terms.items():
        new = base.copy(c)
        new.insert(key, ends)
        out.append(new)
    return out
