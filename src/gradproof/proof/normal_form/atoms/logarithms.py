"""exp and log: exp turns sums into products, log turns products into sums, as far as signs allow.

log|s|, which a determinant may need, is kept apart from log(s), which supposes that s is positive.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from gradproof.proof.normal_form.atoms.powers import all_items, base_atom, by_sign, power, reciprocal
from gradproof.proof.normal_form.terms.arguments import frozen_atom, take_apart
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.collect import added, contract, scaled
from gradproof.proof.normal_form.terms.common_factors import content
from gradproof.proof.normal_form.terms.data import Atom, Calculus, Form, Theory, Workspace
from gradproof.proof.normal_form.terms.entrywise import pointwise
from gradproof.proof.normal_form.terms.exponents import Exponent, magnitude, times
from gradproof.proof.normal_form.terms.sums import (
    HALF,
    Place,
    atom_product,
    broadcast,
    entrywise,
    filled,
    minus,
    number,
    number_power,
    plus_forms,
    single,
    times_form,
)


def exp(work: Workspace, form: Form) -> Form:
    """exp of a sum is a product: exp(c·m) = exp(m)^c, one atom for each monomial m."""
    places: list[Place] = []
    factors: list[Form] = []
    for key, c in form.terms.items():
        monomial = Form(form.axes, {key: 1})
        switched = _switched(work, monomial)
        if switched is not None:
            step, rest = switched
            on = entrywise(work, step, exp(work, scaled(rest, c)))
            factors.append(plus_forms(work, filled(work, form.axes), minus(step), on))
            continue
        back = _inside_log(work, monomial, c)
        if back is not None:
            factors.append(back)
            continue
        uid, positions = frozen_atom(work, "exp", monomial)
        work.atoms[uid].positive = True
        places.append((uid, positions, c))
    out = atom_product(work, form.axes, places)
    return entrywise(work, out, *factors) if factors else out


def _switched(work: Workspace, monomial: Form) -> tuple[Form, Form] | None:
    """A monomial step(s)·m as its two factors: exp of it is 1 - step + step·exp(m)."""
    parts = take_apart(work, monomial)
    for place in parts.surface:
        if work.atoms[place[0]].kind == "step" and place[2] == 1 and not parts.deltas:
            step = atom_product(work, monomial.axes, [place])
            uid, positions, _ = place
            rest = entrywise(work, monomial, atom_product(work, monomial.axes, [(uid, positions, -1)]))
            return step, rest
    return None


def _inside_log(work: Workspace, monomial: Form, c: Exponent) -> Form | None:
    """exp(c·log(y)) = y^c."""
    parts = take_apart(work, monomial)
    if parts.deltas or parts.bundles or len(parts.surface) + len(parts.scalars) != 1:
        return None
    uid, positions, e = (*parts.surface, *((uid, (), e) for uid, e in parts.scalars))[0]
    atom = work.atoms[uid]
    if atom.kind != "log" or e != 1:
        return None
    return power(work, _laid(work, atom.forms[0], positions, monomial), c)


def _laid(work: Workspace, argument: Form, positions: tuple[int, ...], like: Form) -> Form:
    """A frozen argument, with its legs on the given positions of a larger form."""
    sizes = like.sizes
    return contract(work, [argument], [positions], sizes, range(len(sizes)), like.axes)


def log(work: Workspace, form: Form) -> Form:
    """log of a product of positive factors is a sum; at most one factor may be of unknown sign."""
    if not form.terms:
        raise Undecided("the logarithm of zero")
    if len(form.terms) > 1:
        return _log_of_sum(work, form)
    parts = take_apart(work, form)
    if parts.deltas:
        raise Undecided("the logarithm of the zeros beside a diagonal")
    known, unknown = by_sign(work, all_items(work, parts))
    whole_even = [p for p in known if not work.atoms[p[0]].positive and isinstance(p[2], int)]
    terms = [_log_of_number(work, form, magnitude(parts.coefficient))]
    terms.extend(_log_of(work, form, place) for place in known if place not in whole_even)
    loose = [*unknown, *whole_even]
    if not loose and parts.coefficient < 0:
        raise Undecided("the logarithm of something negative")
    if loose:
        terms.append(_log_of_unknown(work, form, loose, parts.coefficient > 0))
    return added(terms, form.axes)


def _log_of_unknown(work: Workspace, form: Form, loose: list[Place], upright: bool) -> Form:
    dets = [work.atoms[uid].kind == "det" for uid, _, _ in loose]
    if all(dets) and len(form.sizes) == 0:
        return added(_logs(work, [(uid, e) for uid, _, e in loose]), ())
    if len(loose) == 1 and upright and isinstance(loose[0][2], int) and loose[0][2] % 2:
        return _log_of(work, form, loose[0])
    whole = atom_product(work, form.axes, loose, 1 if upright else -1)
    return _log_atom(work, whole)


def _log_of_sum(work: Workspace, form: Form) -> Form:
    common = content(work, form, every=False)
    terms = [_log_of_number(work, form, common.coefficient)]
    terms.extend(_log_of(work, form, place) for place in common.places)
    terms.extend(_log_of(work, form, (uid, (), e)) for uid, e in common.scalars)
    return added([*terms, _log_atom(work, common.core)], form.axes)


def _log_of(work: Workspace, form: Form, place: Place) -> Form:
    """e·log(a) for one factor."""
    uid, positions, e = place
    atom = work.atoms[uid]
    if atom.kind == "det":
        return broadcast(work, added(_logs(work, [(uid, e)]), ()), form.axes)
    if atom.kind in ("exp", "form"):
        inner = _laid(work, atom.forms[0], positions, form)
        out = inner if atom.kind == "exp" else _log_atom(work, inner)
    else:
        out = _log_atom(work, atom_product(work, form.axes, [(uid, positions, 1)]))
    return times_form(work, out, e)


def _log_atom(work: Workspace, form: Form) -> Form:
    uid, positions = frozen_atom(work, "log", form)
    return atom_product(work, form.axes, [(uid, positions, 1)])


def _log_of_number(work: Workspace, form: Form, c: int | Fraction) -> Form:
    _, primes = number_power(work, c, HALF) if c != 1 else (1, [])
    terms = [
        times_form(work, _log_atom(work, atom_product(work, (), [(p, (), 1)])), times(2, e))
        for p, e in primes
    ]
    return broadcast(work, added(terms, ()), form.axes)


def log_absolute(work: Workspace, form: Form) -> Form:
    """log|s| of a scalar: always a sum over the factors of s."""
    if not form.terms or form.axes:
        raise Undecided("the logarithm of zero")
    if len(form.terms) == 1:
        (((scalars, _), c),) = form.terms.items()
        return added([_log_of_number(work, form, magnitude(c)), *_logs(work, scalars)], ())
    common = content(work, form, every=True)
    core = [(base_atom(work, common.core)[0], 1)]
    whole_number = _log_of_number(work, form, magnitude(common.coefficient))
    return added([whole_number, *_logs(work, [*common.scalars, *core])], ())


def _logs(work: Workspace, scalars: Iterable[tuple[int, Exponent]]) -> list[Form]:
    """e·log|a| for each factor a^e."""
    out = []
    for uid, e in scalars:
        atom = work.atoms[uid]
        if atom.kind == "minus":
            continue
        if atom.positive and atom.kind != "det":
            out.append(_log_of(work, number(1), (uid, (), e)))
            continue
        logarithm, _ = work.atom("logabs", uid)
        logarithm.varies = atom.varies
        out.append(times_form(work, atom_product(work, (), [(logarithm.uid, (), 1)]), e))
    return out


def _log_absolute(calculus: Calculus, atom: Atom) -> Form:
    value = single(calculus.work, atom.holds(int))
    return entrywise(calculus.work, calculus.known(value), reciprocal(calculus.work, value))


THEORIES = {
    "exp": pointwise(exp, exp),
    "log": pointwise(log, reciprocal),
    "logabs": Theory(
        differential=_log_absolute,
        rebuilt=lambda rebuilder, atom, args: log_absolute(rebuilder.work, rebuilder.anew(atom.holds(int))),
        inside=lambda atom: iter((atom.holds(int),)),
    ),
}
