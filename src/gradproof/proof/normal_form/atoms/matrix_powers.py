"""Powers of a matrix whose exponent is a symbol: X^k."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.data import Atom, Network, Terms, Workspace
from gradproof.proof.normal_form.terms.exponents import Exponent, Linear, Number, plus
from gradproof.proof.normal_form.terms.rewriting import without


class Power(NamedTuple):
    """The atom of the matrix, and the exponent."""

    base: int
    exponent: Linear


def matrix_power_atom(work: Workspace, base: int, e: Linear) -> int:
    """The atom X^e for a single matrix X and a symbolic exponent."""
    atom, new = work.atom("mpow", Power(base, e), (), work.atoms[base].sizes)
    if new:
        atom.special = True
        atom.slots = None if work.atoms[base].odd else work.atoms[base].slots
        atom.varies = work.atoms[base].varies
    return atom.uid


def law(work: Workspace, net: Network, index: int, atom: Atom) -> Terms | None:
    """X^j · X^k = X^(j+k), where the index between them occurs nowhere else."""
    base, j = atom.holds(Power)
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
        k = _exponent(other, base)
        if k is None or power != 1 or vertices[0] == vertices[1]:
            continue
        turnable = other.slots is not None and not other.odd
        if vertices[1 - place] != joint and not turnable:
            continue
        end = vertices[0] if vertices[1] == joint else vertices[1]
        ends = (far, end) if place == 1 else (end, far)
        return [_joined(work, without(net, {index, second}, joint), base, plus(j, k), ends)]
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


def _exponent(atom: Atom, base: int) -> Exponent | None:
    """k where an atom is X^k."""
    if atom.kind == "mpow" and atom.holds(Power).base == base:
        return atom.holds(Power).exponent
    return 1 if atom.uid == base else None
