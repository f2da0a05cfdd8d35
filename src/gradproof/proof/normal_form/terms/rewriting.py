"""The laws of atoms, as rewriting of one term into a sum of terms.

Each rule is an identity wherever both sides mean something. A rule that did not fire costs nothing
but completeness; the work that rules may do is bounded by the workspace.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from gradproof.proof.normal_form.atoms.commuting import root, series, weights
from gradproof.proof.normal_form.atoms.selectors import constants
from gradproof.proof.normal_form.atoms.triangles import factor, inverse_factor, inverted, order, recomposed
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.data import Atom, Form, Key, Workspace
from gradproof.proof.normal_form.terms.exponents import Exponent, Linear, Number, level, plus, tidy
from gradproof.proof.normal_form.terms.matching import Pattern, find, remove
from gradproof.proof.normal_form.terms.network import Network

Sum = list[Network]


class Lead(NamedTuple):
    """N = coefficient × (the leading term: pattern) + rest: how inv(N) or a power of N meets N itself.

    turned   the leading term equals its own transpose (asked only where the atom is symmetric)
    """

    coefficient: Number
    pattern: Pattern
    rest: tuple[tuple[Key, Number], ...]
    turned: bool


class Powered(NamedTuple):
    """What is known about the atom of a frozen sum: its leading term; its reciprocal, where that is
    another product of powers; None where there is nothing to do."""

    lead: Lead | None
    reciprocal: Form | None


def rewrite(work: Workspace, net: Network) -> Sum | None:
    """The first rule that applies to a factor of a settled term; None where none does."""
    for index, (uid, _, _) in enumerate(net.factors):
        atom = work.atoms[uid]
        if atom.special:
            found = FACTOR_RULES[atom.kind](work, net, index, atom)
            if found is not None:
                return found
    for law in work.laws:
        found = _law(work, net, law)
        if found is not None:
            return found
    return None


def _with(net: Network, index: int, e: Exponent, factor: Number = 1) -> Network:
    """The term with another exponent at one factor."""
    new = net.copy(factor)
    uid, vertices, _ = new.factors[index]
    new.factors[index] = (uid, vertices, e)
    return new


# ---- powers of sums


def _sum_power(work: Workspace, net: Network, index: int, atom: Atom) -> Sum | None:
    _, legs, e = net.factors[index]
    form, at = atom.forms[0], level(e)
    if at >= 1:
        work.room(len(form.terms) ** int(at))
        return _expand(work, _with(net, index, plus(e, -1)), form, legs)
    extra: Powered = atom.extra
    if isinstance(e, int) and extra.reciprocal is not None:
        return _expand(work, _with(net, index, e + 1), extra.reciprocal, legs)
    if at >= 0 or extra.lead is None:
        return None
    return _divide(work, net, index, extra.lead, legs, e)


def _expand(work: Workspace, net: Network, form: Form, legs: tuple[int, ...]) -> Sum:
    work.room(len(form.terms))
    out = []
    for key, c in form.terms.items():
        new = net.copy(c)
        new.insert(key, legs)
        out.append(new)
    return out


def _divide(
    work: Workspace, net: Network, index: int, lead: Lead, legs: tuple[int, ...], e: Exponent
) -> Sum | None:
    """lead · N^e = (N^(e+1) - rest · N^e) / c."""
    pinned = {v: legs[position] for position, v in lead.pattern.ends.items()}
    match = find(work, net, lead.pattern, pinned, keep=index)
    if match is None:
        return None
    uid = net.factors[index][0]
    base = remove(net, match, lead.pattern, also=index)
    base.coefficient = tidy(Fraction(base.coefficient) / lead.coefficient)
    raised = base.copy()
    raised.factors.append((uid, legs, plus(e, 1)))
    out = [raised]
    for key, c in lead.rest:
        new = base.copy(-c)
        new.factors.append((uid, legs, e))
        new.insert(key, legs)
        out.append(new)
    return out


# ---- inverses


def _inverse(work: Workspace, net: Network, index: int, atom: Atom) -> Sum | None:
    """inv(N)·lead = (I - inv(N)·rest)/c, and the same on the other side."""
    lead: Lead | None = atom.extra
    _, legs, e = net.factors[index]
    paired = inverse_factor(work, net, index, atom) or _beside(work, net, index, atom)
    if paired is not None:
        return paired
    if lead is None or e != 1 or len(legs) != 2:
        return None
    sides = [(1, 0, 1), (0, 1, 0)]  # joint leg, pattern's end at the joint, its far end
    if atom.slots is not None and not lead.turned:
        sides = [(1, 0, 1), (0, 0, 1)]
    for leg, near, far in sides:
        found = _cancel(work, net, index, lead, leg, near, far)
        if found is not None:
            return found
    return None


def _factor(work: Workspace, net: Network, index: int, atom: Atom) -> Sum | None:
    """A factor L of N: L·L' = N, and L'·inv(N) = inv(L)."""
    return factor(work, net, index, atom) or _beside(work, net, index, atom)


def _beside(work: Workspace, net: Network, index: int, atom: Atom) -> Sum | None:
    """L'·inv(N) = inv(L) and inv(L)·N = L' for the factor L of N."""
    found = inverted(work, atom) if atom.kind == "inv" else (atom, False)
    if found is None or net.factors[index][2] != 1:
        return None
    leg, known = int(found[1]), found[0].extra
    near, product = (known.lead, known.turned) if atom.kind == "inv" else (known.inverse_lead, known.back)
    if near is None or product is None:
        return None
    for one, other in ((0, 1), (1, 0)):
        made = _cancel(work, net, index, near, leg, one, other, product)
        if made is not None:
            return made
    return None


def _cancel(
    work: Workspace, net: Network, index: int, lead: Lead, leg: int, near: int, far: int,
    product: Form | None = None,
) -> Sum | None:  # fmt: skip
    """A matrix beside the leading term of another; `product`: of the two matrices, the identity if None."""
    uid, legs, _ = net.factors[index]
    joint, other = legs[leg], legs[1 - leg]
    if joint in net.outs or joint == other:
        return None
    match = find(work, net, lead.pattern, {lead.pattern.ends[near]: joint}, keep=index)
    if match is None or not _all_used(net, index, joint, match.used):
        return None
    end = match.where[lead.pattern.ends[far]]
    if end == joint:
        return None
    base = remove(net, match, lead.pattern, also=index)
    base.coefficient = tidy(Fraction(base.coefficient) / lead.coefficient)
    made = base.copy()
    made.sizes[joint] = None  # the joint is gone, it is not a free index
    if product is None:
        made.join(other, end)
        out = [made]
    else:
        out = _expand(work, made, product, (other, end))
    for key, c in lead.rest:
        new = base.copy(-c)
        new.factors.append((uid, legs, 1))
        new.insert(key, (joint, end) if near == 0 else (end, joint))
        out.append(new)
    return out


def _all_used(net: Network, index: int, joint: int, used: dict[int, Exponent]) -> bool:
    """True where nothing but the inverse and the matched network stands at the joint."""
    for other, (_, vertices, _) in enumerate(net.factors):
        if other != index and joint in vertices and used.get(other, 1) != 0:
            return False
    return True


def _declared(work: Workspace, net: Network, index: int, atom: Atom) -> Sum | None:
    """What was declared about a name: atom.extra says which law holds."""
    return _orthogonal(work, net, index, atom) if atom.extra == "orthogonal" else _stochastic(net, index)


def _stochastic(net: Network, index: int) -> Sum | None:
    """Each row sums to 1: a factor whose last index occurs nowhere else is 1."""
    _, legs, e = net.factors[index]
    last = legs[-1]
    there = sum(last in vertices for _, vertices, _ in net.factors)
    if e != 1 or there > 1 or last in net.outs or last in legs[:-1]:
        return None
    return [_without(net, {index}, last)]


def _vectors(work: Workspace, net: Network, index: int, atom: Atom) -> Sum | None:
    """Orthonormal columns; of a square matrix also orthonormal rows."""
    found = recomposed(net, index, atom)
    return found or _orthogonal(work, net, index, atom, places=(0,) if atom.data == "svd_u" else (0, 1))


def _orthogonal(
    work: Workspace, net: Network, index: int, atom: Atom, places: tuple[int, ...] = (0, 1)
) -> Sum | None:
    """Q'Q = I and QQ' = I."""
    uid, legs, e = net.factors[index]
    for place in places:
        joint, far = legs[place], legs[1 - place]
        if joint in net.outs or joint == far:
            continue
        there = [i for i, (_, vertices, _) in enumerate(net.factors) if joint in vertices]
        if there == [index] and e == 2:
            return [_without(net, {index}, joint)]
        if len(there) != 2 or e != 1:
            continue
        second = there[0] + there[1] - index
        other, vertices, power = net.factors[second]
        if other != uid or power != 1 or vertices[0] == vertices[1]:
            continue
        if atom.slots is None and vertices[place] != joint:
            continue
        new = _without(net, {index, second}, joint)
        new.join(far, vertices[0] if vertices[1] == joint else vertices[1])
        return [new]
    return None


def _without(net: Network, indices: set[int], joint: int) -> Network:
    """The term without some factors and without the index that they shared."""
    new = net.copy()
    new.factors = [f for i, f in enumerate(net.factors) if i not in indices]
    new.sizes[joint] = None
    return new


def _matrix_power(work: Workspace, net: Network, index: int, atom: Atom) -> Sum | None:
    """X^j · X^k = X^(j+k), where the index between them occurs nowhere else."""
    base, j = atom.data
    legs = net.factors[index][1]
    if net.factors[index][2] != 1:
        return None
    for place in (0, 1):
        joint, far = legs[place], legs[1 - place]
        there = [i for i, (_, vertices, _) in enumerate(net.factors) if joint in vertices]
        if joint in net.outs or joint == far or len(there) != 2:
            continue
        second = there[0] + there[1] - index
        uid, vertices, power = net.factors[second]
        other = work.atoms[uid]
        k = other.data[1] if other.kind == "mpow" and other.data[0] == base else 1 if uid == base else None
        if k is None or power != 1 or vertices[0] == vertices[1]:
            continue
        turnable = other.slots is not None and not other.odd
        if vertices[1 - place] != joint and not turnable:
            continue
        end = vertices[0] if vertices[1] == joint else vertices[1]
        ends = (far, end) if place == 1 else (end, far)
        return [_joined(work, _without(net, {index, second}, joint), base, plus(j, k), ends)]
    return None


def _joined(work: Workspace, new: Network, base: int, e: Exponent, ends: tuple[int, int]) -> Network:
    if e == 0:
        new.join(*ends)
    elif e == 1:
        new.factors.append((base, ends, 1))
    elif isinstance(e, Linear):
        new.factors.append((matrix_power_atom(work, base, e), ends, 1))
    else:
        size = work.atoms[base].sizes[0]
        chain = [ends[0], *[new.vertex(size) for _ in range(_small(e) - 1)], ends[1]]
        new.factors.extend((base, pair, 1) for pair in pairwise(chain))
    return new


def _small(e: Number) -> int:
    if not isinstance(e, int) or not 0 < e <= 64:
        raise Undecided(f"a matrix to the power {e}")
    return e


def matrix_power_atom(work: Workspace, base: int, e: Linear) -> int:
    """The atom X^e for a single matrix X and a symbolic exponent."""
    atom, new = work.atom("mpow", (base, e), (), work.atoms[base].sizes)
    if new:
        atom.special = True
        atom.slots = None if work.atoms[base].odd else work.atoms[base].slots
        atom.varies = work.atoms[base].varies
    return atom.uid


# ---- functions


def _idempotent(work: Workspace, net: Network, index: int, atom: Atom) -> Sum | None:
    """step(x)^2 = step(x)."""
    e = net.factors[index][2]
    return [_with(net, index, 1)] if isinstance(e, int) and e > 1 else None


def _involution(work: Workspace, net: Network, index: int, atom: Atom) -> Sum | None:
    """sign(x)^2 = 1, away from 0; there also sign(x) = 2 step(x) - 1."""
    _, legs, e = net.factors[index]
    if e == 1 and work.generic:
        on = _with(net, index, 0, 2)
        on.factors.append((step_of_sign(work, atom), legs, 1))
        return [on, _with(net, index, 0, -1)]
    return [_with(net, index, e % 2)] if isinstance(e, int) and e not in (0, 1) else None


def step_of_sign(work: Workspace, sign: Atom) -> int:
    """step(x) for the atom sign(x)."""
    atom, _ = work.atom("step", None, sign.forms, sign.sizes)
    atom.slots, atom.special, atom.positive = sign.slots, True, True
    return atom.uid


def _sine(work: Workspace, net: Network, index: int, atom: Atom) -> Sum | None:
    """sin(x)^2 = 1 - cos(x)^2."""
    _, legs, e = net.factors[index]
    if not isinstance(e, int) or e < 2:
        return None
    rest = _with(net, index, e - 2)
    cosine = _with(net, index, e - 2, -1)
    cosine.factors.append((atom.extra, legs, 2))
    return [rest, cosine]


def _law(work: Workspace, net: Network, law: tuple[Pattern, Form]) -> Sum | None:
    """A declared equation, from left to right."""
    what, right = law
    match = find(work, net, what, {})
    if match is None or any(left != 0 for left in match.used.values()):
        return None
    base = remove(net, match, what)
    legs = [match.where[what.ends[position]] for position in range(len(right.sizes))]
    return _expand(work, base, right, tuple(legs))


FactorRule = Callable[[Workspace, Network, int, Atom], "Sum | None"]
FACTOR_RULES: dict[str, FactorRule] = {
    "form": _sum_power,
    "inv": _inverse,
    "name": _declared,
    "mpow": _matrix_power,
    "step": _idempotent,
    "sign": _involution,
    "sin": _sine,
    "constant": constants,
    "weights": weights,
    "series": series,
    "spectral": _vectors,
    "mfun": root,
    "order": order,
    "chol": _factor,
}
