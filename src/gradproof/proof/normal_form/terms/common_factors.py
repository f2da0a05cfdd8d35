"""What all terms of a sum have in common, taken out, so that 1/(2x + 2y) is 1/2 · 1/(x + y)."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from typing import NamedTuple

from gradproof.proof.normal_form.terms.collect import scaled
from gradproof.proof.normal_form.terms.data import Form, Key, Workspace
from gradproof.proof.normal_form.terms.exponents import Exponent, Linear, Number, tidy, times
from gradproof.proof.normal_form.terms.sums import Place, atom_product, entrywise


class Content(NamedTuple):
    """sum = coefficient × scalars × places × core."""

    coefficient: Number
    scalars: list[tuple[int, Exponent]]
    places: list[Place]
    core: Form


def content(work: Workspace, form: Form, every: bool, entries: bool = True, scalars: bool = True) -> Content:
    """The common factors of a sum. Not `every`: only those that are surely not negative; not `entries`
    (`scalars`): none that is an array (a scalar)."""
    shared = {
        place: e for place, e in _common(work, form, every).items() if (entries if place[1] else scalars)
    }
    numbers = [(uid, e) for (uid, positions), e in shared.items() if not positions]
    places = [(uid, positions, e) for (uid, positions), e in shared.items() if positions]
    core = form
    if shared:
        inverse = atom_product(
            work,
            form.axes,
            [(uid, positions, times(-1, e)) for uid, positions, e in places],
            scalars=[(uid, times(-1, e)) for uid, e in numbers],
        )
        core = entrywise(work, form, inverse)
    c = _rational(core)
    if every and core.terms[max(core.terms, key=lambda key: order(work, key))] < 0:
        c = -c
    if c != 1:
        core = scaled(core, tidy(1 / Fraction(c)))
    return Content(tidy(c), numbers, places, core)


def _rational(form: Form) -> Number:
    """The greatest rational number that leaves whole coefficients."""
    above, below = 0, 1
    for c in form.terms.values():
        value = Fraction(c)
        above = gcd(above, value.numerator)
        below = below * value.denominator // gcd(below, value.denominator)
    return Fraction(above, below)


Shared = dict[tuple[int, tuple[int, ...]], Exponent]


def _common(work: Workspace, form: Form, every: bool) -> Shared:
    """The least exponents with which atoms stand in every term (an atom that is absent has 0)."""
    known = [_exponents(key) for key in form.terms]
    out: Shared = {}
    for place in {place for row in known for place in row}:
        atom = work.atoms[place[0]]
        if not every and not atom.positive:
            continue
        least = _least([row.get(place, 0) for row in known])
        if least != 0:
            out[place] = least
    return dict(sorted(out.items()))


def _least(exponents: list[Exponent]) -> Exponent:
    if all(e == exponents[0] for e in exponents):
        return exponents[0]
    numbers = [e for e in exponents if not isinstance(e, Linear)]
    return min(numbers) if len(numbers) == len(exponents) else 0


def _exponents(key: Key) -> Shared:
    """Exponents of the scalars and of the factors that stand on single output positions only."""
    scalars, pieces = key
    row: Shared = {(uid, ()): e for uid, e in scalars}
    for _, factors, outs in pieces:
        where = {v: position for position, v in outs}
        if len(where) < len(outs):
            continue
        for uid, vertices, e in factors:
            if all(v in where for v in vertices):
                row[uid, tuple(where[v] for v in vertices)] = e
    return row


def order(work: Workspace, key: Key) -> tuple[Number, list[tuple[int, Number]], int]:
    """A monomial order: by degree, then by atoms; so that leading terms of products are products of
    leading terms."""
    scalars, pieces = key
    rows: dict[int, Number] = {}
    total: Number = 0
    for uid, e in [*scalars, *((uid, e) for _, factors, _ in pieces for uid, _, e in factors)]:
        amount: Number = 1 if isinstance(e, Linear) else e
        rows[uid] = rows.get(uid, 0) + amount
        total += amount
    return total, sorted(rows.items(), reverse=True), work.term_id(key)
