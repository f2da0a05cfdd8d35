"""Entrywise functions of sums, written with as few kinds of atoms as possible.

sigmoid, tanh, sinh, cosh, softplus, silu and the like are expressions in exp and log; abs, relu and max
of two are expressions in sign and step. What is left: exp, log, sin, cos, atan, asin, erf, sign, step.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from gradproof.proof.content import content, order
from gradproof.proof.exponents import Exponent, magnitude, times
from gradproof.proof.freezing import frozen_atom, take_apart
from gradproof.proof.gather import added, contract, scaled
from gradproof.proof.limits import Undecided
from gradproof.proof.powers import all_items, by_sign, not_negative, power, reciprocal, sign_place
from gradproof.proof.simple import (
    Place,
    atom_product,
    entrywise,
    filled,
    minus,
    number,
    number_power,
    plus_forms,
    spread,
)
from gradproof.proof.terms import Form, Key, Workspace

HALF = Fraction(1, 2)


# ---- exp and log


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
        terms = [scaled_log_abs(work, uid, e) for uid, _, e in loose]
        return added(terms, ())
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
        return spread(work, scaled_log_abs(work, uid, e), form.axes)
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
    return spread(work, added(terms, ()), form.axes)


def scaled_log_abs(work: Workspace, uid: int, e: Exponent) -> Form:
    """e·log|det| for an atom that is a determinant."""
    atom, _ = work.atom("logabs", uid)
    atom.varies = work.atoms[uid].varies
    return times_form(work, atom_product(work, (), [(atom.uid, (), 1)]), e)


def times_form(work: Workspace, form: Form, e: Exponent) -> Form:
    """e·form for an exponent e."""
    if not isinstance(e, (int, Fraction)):
        terms: dict[Key, int | Fraction] = {(monomial, ()): c for monomial, c in e.parts}
        return entrywise(work, form, Form((), terms))
    return scaled(form, e)


# ---- functions that keep their argument


def _signed(work: Workspace, form: Form) -> tuple[int, Form]:
    """A sign, and the argument that has this sign taken out."""
    leading = max(form.terms, key=lambda key: order(work, key))
    return (1, form) if form.terms[leading] > 0 else (-1, minus(form))


def _kept(work: Workspace, kind: str, form: Form) -> Form:
    uid, positions = frozen_atom(work, kind, form)
    return atom_product(work, form.axes, [(uid, positions, 1)])


def _odd(kind: str) -> Callable[[Workspace, Form], Form]:
    def function(work: Workspace, form: Form) -> Form:
        if not form.terms:
            return form
        sign, argument = _signed(work, form)
        return scaled(_kept(work, kind, argument), sign)

    return function


def sin(work: Workspace, form: Form) -> Form:
    """sin, odd; its square is written with cos."""
    if not form.terms:
        return form
    sign, argument = _signed(work, form)
    uid, positions = frozen_atom(work, "sin", argument)
    atom = work.atoms[uid]
    if atom.extra is None:
        cosine, _ = work.atom("cos", None, atom.forms, atom.sizes)
        cosine.slots = atom.slots
        atom.special, atom.extra = True, cosine.uid
    return atom_product(work, form.axes, [(uid, positions, 1)], sign)


def cos(work: Workspace, form: Form) -> Form:
    """cos, even."""
    if not form.terms:
        return filled(work, form.axes)
    return _kept(work, "cos", _signed(work, form)[1])


def tan(work: Workspace, form: Form) -> Form:
    """sin/cos."""
    return entrywise(work, sin(work, form), reciprocal(work, cos(work, form)))


# ---- sign and step


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
        turned, core = _signed(work, core)
        upright = turned > 0
    if len(core.terms) == 1:
        parts = take_apart(work, core)
        items = [place for place in all_items(work, parts) if not _irrelevant(work, place)]
        core = atom_product(work, form.axes, items, parts.coefficient, parts.deltas)
    uid, positions = frozen_atom(work, "step", core)
    work.atoms[uid].special = work.atoms[uid].positive = True
    out = atom_product(work, form.axes, [(uid, positions, 1)])
    return out if upright else plus_forms(work, filled(work, form.axes), minus(out))


def _irrelevant(work: Workspace, place: Place) -> bool:
    """True for a factor that is surely positive, or (away from 0) surely not negative."""
    atom = work.atoms[place[0]]
    strict = atom.kind in ("exp", "prime", "size", "pi") or (atom.kind == "name" and atom.positive)
    return strict or (work.generic and not by_sign(work, [place])[1])


def _bare(form: Form) -> Key:
    """The term 1 in every entry."""
    return (), tuple(((size,), (), ((position, 0),)) for position, size in enumerate(form.sizes))


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


# ---- written with the others


def one_plus(work: Workspace, form: Form, c: int = 1) -> Form:
    """c + form."""
    return plus_forms(work, form, number(c))


def sigmoid(work: Workspace, form: Form) -> Form:
    """1/(1 + exp(-x))."""
    return reciprocal(work, one_plus(work, exp(work, minus(form))))


def tanh(work: Workspace, form: Form) -> Form:
    """1 - 2/(1 + exp(2x))."""
    part = reciprocal(work, one_plus(work, exp(work, scaled(form, 2))))
    return one_plus(work, scaled(part, -2))


def _hyperbolic(turn: int) -> Callable[[Workspace, Form], Form]:
    def function(work: Workspace, form: Form) -> Form:
        other = scaled(exp(work, minus(form)), turn)
        return scaled(plus_forms(work, exp(work, form), other), HALF)

    return function


def relu(work: Workspace, form: Form) -> Form:
    """x·step(x)."""
    return entrywise(work, form, step(work, form))


def leaky_slope(work: Workspace, form: Form) -> Form:
    """1 where x > 0, else 1/100."""
    return one_plus(work, scaled(plus_forms(work, step(work, form), number(-1)), Fraction(99, 100)))


def elu(work: Workspace, form: Form) -> Form:
    """x where x > 0, else exp(x) - 1."""
    on = step(work, form)
    off = one_plus(work, minus(on))
    below = entrywise(work, one_plus(work, exp(work, form), -1), off)
    return plus_forms(work, entrywise(work, form, on), below)


def gelu(work: Workspace, form: Form) -> Form:
    """x·(1 + erf(x/√2))/2."""
    argument = entrywise(work, form, root_of(work, 2, -1))
    return scaled(entrywise(work, form, one_plus(work, FUNCTIONS["erf"](work, argument))), HALF)


def root_of(work: Workspace, value: int, sign: int = 1) -> Form:
    """√value, or its reciprocal."""
    return power(work, number(value), Fraction(sign, 2))


def arccosine(work: Workspace, form: Form) -> Form:
    """acos x = π/2 - asin x."""
    half_turn = scaled(pi(work), HALF)
    return plus_forms(work, minus(FUNCTIONS["asin"](work, form)), half_turn)


def pi(work: Workspace) -> Form:
    """The number π, an atom."""
    atom, _ = work.atom("pi", None)
    atom.positive = True
    return atom_product(work, (), [(atom.uid, (), 1)])


FUNCTIONS: dict[str, Callable[[Workspace, Form], Form]] = {
    "exp": exp,
    "log": log,
    "log1p": lambda work, x: log(work, one_plus(work, x)),
    "expm1": lambda work, x: one_plus(work, exp(work, x), -1),
    "sqrt": lambda work, x: power(work, x, HALF),
    "abs": absolute,
    "sign": sign,
    "sin": sin,
    "cos": cos,
    "tan": tan,
    "asin": _odd("asin"),
    "acos": arccosine,
    "atan": _odd("atan"),
    "sinh": _hyperbolic(-1),
    "cosh": _hyperbolic(1),
    "tanh": tanh,
    "sigmoid": sigmoid,
    "softplus": lambda work, x: log(work, one_plus(work, exp(work, x))),
    "relu": relu,
    "leaky_relu": lambda work, x: entrywise(work, x, leaky_slope(work, x)),
    "elu": elu,
    "gelu": gelu,
    "silu": lambda work, x: entrywise(work, x, sigmoid(work, x)),
    "erf": _odd("erf"),
}
