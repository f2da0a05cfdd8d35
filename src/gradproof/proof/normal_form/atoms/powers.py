"""Entrywise powers of sums: N^e for whole, fractional and symbolic e.

A power is distributed over a product only where that is right for real numbers: always for whole
e; else only over factors that are not negative, and at most one factor whose sign is unknown.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from gradproof.proof.normal_form.terms.arguments import Parts, frozen_atom, take_apart
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.collect import arrange
from gradproof.proof.normal_form.terms.common_factors import content, order
from gradproof.proof.normal_form.terms.data import (
    Atom,
    Form,
    Key,
    Network,
    Powers,
    ScalarTerms,
    Terms,
    Theory,
    Workspace,
)
from gradproof.proof.normal_form.terms.exponents import (
    Exponent,
    Linear,
    Number,
    level,
    linear,
    magnitude,
    plus,
    tidy,
    times,
    whole,
)
from gradproof.proof.normal_form.terms.matching import Lead, find, pattern, remainder, remove
from gradproof.proof.normal_form.terms.rewriting import expand, with_exponent
from gradproof.proof.normal_form.terms.scalars import multiplied_out, multiply
from gradproof.proof.normal_form.terms.sums import Place, atom_product, entrywise, filled, number_power


class Powered(NamedTuple):
    """What is known about the atom of a frozen sum: its leading term; its reciprocal, where that is
    another product of powers; None where there is nothing to do."""

    lead: Lead | None
    reciprocal: Form | None


def power(work: Workspace, form: Form, e: Exponent) -> Form:
    """form .^ e."""
    if e == 0:
        return filled(work, form.axes)
    if e == 1:
        return form
    if not form.terms:
        if isinstance(e, Linear) or e < 0:
            raise Undecided("a power of zero")
        return form
    if len(form.terms) == 1:
        return _power_of_term(work, form, e)
    if isinstance(e, int) and e > 0:
        return _repeated(work, form, e)
    return _power_of_sum(work, form, e)


def reciprocal(work: Workspace, form: Form) -> Form:
    """1 ./ form."""
    return power(work, form, -1)


def _repeated(work: Workspace, form: Form, e: int) -> Form:
    work.room(e)
    out = form
    for _ in range(e - 1):
        out = entrywise(work, out, form)
    return out


# ---- one term


def _power_of_term(work: Workspace, form: Form, e: Exponent) -> Form:
    parts = take_apart(work, form)
    if isinstance(e, int) and e > 0 and parts.bundles:
        return _repeated(work, form, e)
    if parts.deltas and (isinstance(e, Linear) or e < 0):
        raise Undecided("a power of the zeros beside a diagonal")
    items = all_items(work, parts)
    if whole(e):
        c, roots = number_power(work, parts.coefficient, e)
        places = [(uid, positions, times(x, e)) for uid, positions, x in items]
        return atom_product(work, form.axes, places, c, parts.deltas, roots)
    known, unknown = by_sign(work, items)
    places = [root for place in known for root in _root(work, form, place, e)]
    c, roots = number_power(work, magnitude(parts.coefficient), e)
    if len(unknown) == 1 and parts.coefficient > 0 and isinstance(unknown[0][2], int):
        uid, positions, x = unknown[0]
        places.append((uid, positions, times(x, e)))
    elif unknown:
        sign = 1 if parts.coefficient > 0 else -1
        uid, positions = base_atom(work, atom_product(work, form.axes, unknown, sign))
        places.append((uid, positions, e))
    elif parts.coefficient < 0:
        raise Undecided("a root of something negative")
    return atom_product(work, form.axes, places, c, parts.deltas, roots)


def all_items(work: Workspace, parts: Parts) -> list[Place]:
    """Scalars, factors on outputs, and the networks behind outputs as atoms of their own."""
    items: list[Place] = [(uid, (), e) for uid, e in parts.scalars]
    items.extend(parts.surface)
    for bundle, positions in parts.bundles:
        uid, legs = base_atom(work, bundle)
        items.append((uid, tuple(positions[leg] for leg in legs), 1))
    return items


def by_sign(work: Workspace, items: list[Place]) -> tuple[list[Place], list[Place]]:
    """The factors that are surely not negative where all is defined, and the others."""
    known: list[Place] = []
    unknown: list[Place] = []
    for uid, positions, x in items:
        even = isinstance(x, int) and x % 2 == 0
        root = not whole(x) and not isinstance(x, Linear)  # defined only where the atom is not negative
        sure = work.atoms[uid].positive or even or root
        (known if sure else unknown).append((uid, positions, x))
    return known, unknown


def _root(work: Workspace, form: Form, place: Place, e: Exponent) -> list[Place]:
    """(a^x)^e for a factor that is not negative; sqrt(a^2) is a*sign(a)."""
    uid, positions, x = place
    if work.atoms[uid].positive or not isinstance(x, int):
        return [(uid, positions, times(x, e))]
    raised = times(x, e)
    if isinstance(raised, int):
        return [(uid, positions, raised), sign_place(work, form, place)][: 1 + raised % 2]
    base, where = base_atom(work, atom_product(work, form.axes, [place]))
    return [(base, where, e)]


def sign_place(work: Workspace, form: Form, place: Place) -> Place:
    """sign(a) for an atom on output positions of a form."""
    uid, positions, _ = place
    sign, where = frozen_atom(work, "sign", atom_product(work, form.axes, [(uid, positions, 1)]))
    work.atoms[sign].special = True
    return sign, where, 1


# ---- sums


def _power_of_sum(work: Workspace, form: Form, e: Exponent) -> Form:
    common = content(work, form, every=whole(e))
    c, roots = number_power(work, common.coefficient, e)
    places = [(uid, positions, times(x, e)) for uid, positions, x in common.places]
    scalars = [*roots, *((uid, times(x, e)) for uid, x in common.scalars)]
    uid, positions = base_atom(work, common.core)
    return atom_product(work, form.axes, [*places, (uid, positions, e)], c, (), scalars)


def base_atom(work: Workspace, form: Form) -> tuple[int, tuple[int, ...]]:
    """The atom that a sum is under a power, and its output positions."""
    uid, positions = frozen_atom(work, "form", form)
    atom = work.atoms[uid]
    if atom.extra is None:
        frozen = atom.forms[0]
        atom.special = True
        atom.positive = not_negative(work, frozen)
        atom.extra = Powered(None, None)  # while the reciprocal is being found
        back = _reciprocal(work, frozen, uid)
        atom.extra = Powered(None if back else _leading(work, frozen, atom.slots), back)
    return uid, positions


def _reciprocal(work: Workspace, frozen: Form, uid: int) -> Form | None:
    """1/frozen where that is something else than the atom to the power -1."""
    if len(frozen.terms) == 1:
        parts = take_apart(work, frozen)
        if parts.deltas:
            return None
        if len(parts.bundles) == 1 and not parts.surface and not parts.scalars and parts.coefficient == 1:
            return None
        return power(work, frozen, -1)
    common = content(work, frozen, every=True)
    if common.coefficient == 1 and not common.scalars and not common.places:
        return None
    return power(work, frozen, -1)


def not_negative(work: Workspace, form: Form) -> bool:
    """True where no entry can be negative, as the terms show."""
    for (scalars, pieces), c in form.terms.items():
        if c < 0 or not all(work.nonnegative(uid, e) for uid, e in scalars):
            return False
        for _, factors, _ in pieces:
            if not all(work.nonnegative(uid, e) for uid, _, e in factors):
                return False
    return True


def _leading(work: Workspace, form: Form, slots: tuple[int, ...] | None) -> Lead | None:
    key = max(form.terms, key=lambda k: order(work, k))
    what = pattern(key)
    if what is None or not (what.factors or what.scalars):
        return None
    if slots is not None and not _symmetric(work, form, key, slots):
        return None
    rest = tuple((k, c) for k, c in form.terms.items() if k != key)
    return Lead(form.terms[key], what, rest, True)


def _symmetric(work: Workspace, form: Form, key: Key, slots: tuple[int, ...]) -> bool:
    """True where the leading term has the symmetry of the whole sum."""
    lead = Form(form.axes, {key: 1})
    for i in range(len(slots)):
        for j in range(i):
            if slots[i] == slots[j]:
                swapped = list(range(len(slots)))
                swapped[i], swapped[j] = j, i
                if arrange(work, lead, swapped).terms != lead.terms:
                    return False
    return True


# ---- laws: a power of a sum as a factor, or as a scalar


def _sum_power(work: Workspace, net: Network, index: int, atom: Atom) -> Terms | None:
    _, legs, e = net.factors[index]
    form, at = atom.forms[0], level(e)
    if at >= 1:
        work.room(len(form.terms) ** int(at))
        return expand(work, with_exponent(net, index, plus(e, -1)), form, legs)
    extra = atom.knows(Powered) or Powered(None, None)
    if isinstance(e, int) and extra.reciprocal is not None:
        return expand(work, with_exponent(net, index, e + 1), extra.reciprocal, legs)
    if at >= 0 or extra.lead is None:
        return None
    return _divide(work, net, index, extra.lead, legs, e)


def _divide(
    work: Workspace, net: Network, index: int, lead: Lead, legs: tuple[int, ...], e: Exponent
) -> Terms | None:
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


def _scalar_sum(work: Workspace, atom: Atom, e: Exponent, c: Number, scalars: Powers) -> ScalarTerms | None:
    at, form = level(e), atom.forms[0]
    extra = atom.knows(Powered) or Powered(None, None)
    if at >= 1:
        work.room(len(form.terms) ** int(at))
        return multiplied_out(c, {**scalars, atom.uid: plus(e, -1)}, form)
    if isinstance(e, int) and extra.reciprocal is not None:
        return multiplied_out(c, {**scalars, atom.uid: e + 1}, extra.reciprocal)
    if at >= 0 or extra.lead is None:
        return None
    rest = dict(scalars)
    for uid, wanted in extra.lead.pattern.scalars:
        if remainder(rest.get(uid, 0), wanted) is None:
            return None
        multiply(rest, uid, times(-1, wanted))
    c = tidy(Fraction(c) / extra.lead.coefficient)
    out: ScalarTerms = [(c, {**rest, atom.uid: plus(e, 1)})]
    for (monomial, _), k in extra.lead.rest:
        new = dict(rest)
        for uid, power in monomial:
            multiply(new, uid, power)
        out.append((-k * c, new))
    return out


# ---- laws: powers of numbers


def _number(work: Workspace, atom: Atom, e: Exponent, c: Number, scalars: Powers) -> ScalarTerms | None:
    """Whole powers of a prime are numbers."""
    at = level(e)
    steps = at.numerator // at.denominator
    if steps == 0:
        return None
    return [(tidy(c * Fraction(atom.holds(int)) ** steps), {**scalars, atom.uid: plus(e, -steps)})]


def _parity(e: Exponent) -> Exponent:
    if not isinstance(e, Linear):
        return e % 2
    return linear({m: k % 2 for m, k in e.parts}, e.discrete)


def _minus(work: Workspace, atom: Atom, e: Exponent, c: Number, scalars: Powers) -> ScalarTerms | None:
    """Whole odd powers of -1 are signs."""
    lowered = _parity(e)
    if lowered == 1:
        return [(-c, {**scalars, atom.uid: 0})]
    if isinstance(lowered, Linear) and level(lowered) == 1:
        return [(-c, {**scalars, atom.uid: plus(lowered, -1)})]
    return [(c, {**scalars, atom.uid: lowered})] if lowered != e else None


THEORIES = {
    "form": Theory(
        _sum_power,
        _scalar_sum,
        differential=lambda calculus, atom: calculus.known(atom.forms[0]),
        entrywise=lambda work, atom, form: form,
    ),
    "prime": Theory(scalar_law=_number),
    "minus": Theory(scalar_law=_minus),
}
