"""Functions that jump: sign, step, and the place of a largest entry; |x| and max are written with them."""

from __future__ import annotations

from fractions import Fraction

from gradproof.proof.normal_form.atoms.pointwise import signed
from gradproof.proof.normal_form.atoms.powers import all_items, by_sign, not_negative, sign_place
from gradproof.proof.normal_form.terms.arguments import freeze, frozen_atom, take_apart
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.collect import arrange, scaled
from gradproof.proof.normal_form.terms.common_factors import content
from gradproof.proof.normal_form.terms.data import (
    Atom,
    Form,
    Key,
    Network,
    Piece,
    Powers,
    ScalarTerms,
    Terms,
    Theory,
    Workspace,
)
from gradproof.proof.normal_form.terms.entrywise import constant, pointwise
from gradproof.proof.normal_form.terms.exponents import Exponent, Number
from gradproof.proof.normal_form.terms.rewriting import with_exponent
from gradproof.proof.normal_form.terms.scalars import multiply
from gradproof.proof.normal_form.terms.sums import Place, atom_product, entrywise, filled, minus, plus_forms


def sign(work: Workspace, form: Form) -> Form:
    """The sign of a product is the product of the signs; factors that are not negative do not matter."""
    if not form.terms:
        return form
    if len(form.terms) > 1:
        common = content(work, form, every=True)
        places = [*common.places, *((uid, (), e) for uid, e in common.scalars)]
        places_out = _signs(work, form, places)
        if not not_negative(work, common.core):
            uid, positions = frozen_atom(work, "sign", common.core)
            work.atoms[uid].special = True
            places_out.append((uid, positions, 1))
        return atom_product(work, form.axes, places_out, 1 if common.coefficient > 0 else -1)
    parts = take_apart(work, form)
    places_out = _signs(work, form, all_items(work, parts))
    return atom_product(work, form.axes, places_out, 1 if parts.coefficient > 0 else -1, parts.deltas)


def _signs(work: Workspace, form: Form, items: list[Place]) -> list[Place]:
    _, unknown = by_sign(work, items)
    out = []
    for place in unknown:
        if not isinstance(place[2], int):
            raise Undecided("the sign of a symbolic power")
        kind = work.atoms[place[0]].kind
        out.append(place if kind == "sign" else sign_place(work, form, place))
    return out


def step(work: Workspace, form: Form) -> Form:
    """1 where the argument is positive, else 0."""
    if not form.terms:
        return form
    constant = form.terms.get(_bare(form)) if len(form.terms) == 1 else None
    if constant is not None or (work.generic and not_negative(work, form)):
        return filled(work, form.axes, 1 if constant is None or constant > 0 else 0)
    core, upright = content(work, form, every=False, entries=work.generic, scalars=work.generic).core, True
    if work.generic:
        turned, core = signed(work, core)
        upright = turned > 0
    if len(core.terms) == 1:
        parts = take_apart(work, core)
        items = [place for place in all_items(work, parts) if not _irrelevant(work, place)]
        core = atom_product(work, form.axes, items, parts.coefficient, parts.deltas)
    uid, positions = frozen_atom(work, "step", core)
    work.atoms[uid].special = work.atoms[uid].positive = True
    out = atom_product(work, form.axes, [(uid, positions, 1)])
    return out if upright else plus_forms(work, filled(work, form.axes), minus(out))


def heaviside(work: Workspace, form: Form) -> Form:
    """(1 + sign)/2: away from 0 the same as `step`."""
    if work.generic:
        return step(work, form)
    return scaled(plus_forms(work, filled(work, form.axes), sign(work, form)), Fraction(1, 2))


def _irrelevant(work: Workspace, place: Place) -> bool:
    """True for a factor that is surely positive, or (away from 0) surely not negative."""
    atom = work.atoms[place[0]]
    strict = atom.kind in ("exp", "prime", "size", "pi") or (atom.kind == "name" and atom.positive)
    return strict or (work.generic and not by_sign(work, [place])[1])


def _bare(form: Form) -> Key:
    """The term 1 in every entry."""
    return (), tuple(Piece((size,), (), ((position, 0),)) for position, size in enumerate(form.sizes))


def absolute(work: Workspace, form: Form) -> Form:
    """|x| = x·sign(x)."""
    return entrywise(work, form, sign(work, form))


def larger(work: Workspace, a: Form, b: Form) -> Form:
    """max(a, b) = b + (a - b)·step(a - b)."""
    gap = plus_forms(work, a, minus(b))
    return plus_forms(work, b, entrywise(work, gap, step(work, gap)))


def smaller(work: Workspace, a: Form, b: Form) -> Form:
    """min(a, b) = a - (a - b)·step(a - b)."""
    gap = plus_forms(work, a, minus(b))
    return plus_forms(work, a, minus(entrywise(work, gap, step(work, gap))))


def argmax(work: Workspace, form: Form, op: str) -> Form:
    """1 at the largest (smallest) entry, else 0."""
    turned = minus(form) if op in ("min", "rowmin") else form
    if op.startswith("row"):  # the legs of rows come first, and stay apart from those of columns
        kept = tuple(range(len(form.sizes)))
        form_here = arrange(work, turned, kept)
        atom, new = work.atom("argmax", len(form.axes[0]), (form_here,), form_here.sizes)
        atom.positive = True
        return atom_product(work, form.axes, [(atom.uid, kept, 1)])
    frozen = freeze(work, turned, drop=False)
    atom, new = work.atom("argmax", None, (frozen.form,), frozen.form.sizes)
    if new:
        atom.slots, atom.positive = frozen.slots, True
    return atom_product(work, form.axes, [(atom.uid, frozen.positions, 1)])


# ---- laws


def _idempotent(work: Workspace, net: Network, index: int, atom: Atom) -> Terms | None:
    """step(x)^2 = step(x)."""
    e = net.factors[index][2]
    return [with_exponent(net, index, 1)] if isinstance(e, int) and e > 1 else None


def _involution(work: Workspace, net: Network, index: int, atom: Atom) -> Terms | None:
    """sign(x)^2 = 1, away from 0; there also sign(x) = 2 step(x) - 1."""
    _, legs, e = net.factors[index]
    if e == 1 and work.generic:
        on = with_exponent(net, index, 0, 2)
        on.factors.append((step_of_sign(work, atom), legs, 1))
        return [on, with_exponent(net, index, 0, -1)]
    return [with_exponent(net, index, e % 2)] if isinstance(e, int) and e not in (0, 1) else None


def step_of_sign(work: Workspace, sign: Atom) -> int:
    """step(x) for the atom sign(x)."""
    atom, _ = work.atom("step", None, sign.forms, sign.sizes)
    atom.slots, atom.special, atom.positive = sign.slots, True, True
    return atom.uid


def _scalar_step(work: Workspace, atom: Atom, e: Exponent, c: Number, scalars: Powers) -> ScalarTerms | None:
    return [(c, {**scalars, atom.uid: 1})] if isinstance(e, int) and e > 1 else None


def _scalar_sign(work: Workspace, atom: Atom, e: Exponent, c: Number, scalars: Powers) -> ScalarTerms | None:
    if e == 1 and work.generic:
        rest = {**scalars, atom.uid: 0}
        on = dict(rest)
        multiply(on, step_of_sign(work, atom), 1)
        return [(2 * c, on), (-c, rest)]
    return [(c, {**scalars, atom.uid: e % 2})] if isinstance(e, int) and e not in (0, 1) else None


THEORIES = {
    "sign": pointwise(sign)._replace(law=_involution, scalar_law=_scalar_sign, differential=constant),
    "step": pointwise(step)._replace(law=_idempotent, scalar_law=_scalar_step, differential=constant),
    "argmax": Theory(differential=constant),
}
