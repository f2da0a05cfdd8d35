"""Entrywise functions of sums, written with as few kinds of atoms as possible.

sigmoid, tanh, sinh, cosh, softplus, silu and the like are expressions in exp and log; abs, relu and max
of two are expressions in sign and step. What is left: exp, log, sin, cos, atan, asin, erf, sign, step.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from gradproof.proof.normal_form.atoms.logarithms import HALF, exp, log
from gradproof.proof.normal_form.atoms.powers import (
    all_items,
    by_sign,
    not_negative,
    power,
    reciprocal,
    sign_place,
)
from gradproof.proof.normal_form.terms.arguments import frozen_atom, take_apart
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.collect import scaled
from gradproof.proof.normal_form.terms.common_factors import content, order
from gradproof.proof.normal_form.terms.data import Form, Key, Workspace
from gradproof.proof.normal_form.terms.sums import (
    Place,
    atom_product,
    entrywise,
    filled,
    minus,
    number,
    plus_forms,
)

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
    "asinh": _odd("asinh"),
    "acosh": lambda work, x: _kept(work, "acosh", x),
    "lgamma": lambda work, x: _kept(work, "lgamma", x),
    "digamma": lambda work, x: _kept(work, "digamma", x),
    "trigamma": lambda work, x: _kept(work, "trigamma", x),
}
