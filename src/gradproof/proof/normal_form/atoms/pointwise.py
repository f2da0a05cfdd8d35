"""Entrywise functions that are atoms: sines, arcs, erf and the logarithm of the gamma function.

Others are written with these and with exp, log, sign and step: see `lowering.functions`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from gradproof.proof.normal_form.atoms.logarithms import exp
from gradproof.proof.normal_form.atoms.powers import power, reciprocal
from gradproof.proof.normal_form.terms.arguments import frozen_atom
from gradproof.proof.normal_form.terms.collect import scaled
from gradproof.proof.normal_form.terms.common_factors import order
from gradproof.proof.normal_form.terms.data import (
    Atom,
    Form,
    Network,
    Powers,
    ScalarTerms,
    Terms,
    Theory,
    Workspace,
)
from gradproof.proof.normal_form.terms.entrywise import Function, pointwise
from gradproof.proof.normal_form.terms.exponents import Exponent, Number
from gradproof.proof.normal_form.terms.rewriting import with_exponent
from gradproof.proof.normal_form.terms.scalars import multiply
from gradproof.proof.normal_form.terms.sums import atom_product, entrywise, filled, minus, one_plus


def signed(work: Workspace, form: Form) -> tuple[int, Form]:
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
        sign, argument = signed(work, form)
        return scaled(_kept(work, kind, argument), sign)

    return function


def _whole(kind: str) -> Function:
    return lambda work, form: _kept(work, kind, form)


def sin(work: Workspace, form: Form) -> Form:
    """sin, odd; its square is written with cos."""
    if not form.terms:
        return form
    sign, argument = signed(work, form)
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
    return _kept(work, "cos", signed(work, form)[1])


def pi(work: Workspace) -> Form:
    """The number π, an atom."""
    atom, _ = work.atom("pi", None)
    atom.positive = True
    return atom_product(work, (), [(atom.uid, (), 1)])


asin, atan, erf, asinh = map(_odd, ("asin", "atan", "erf", "asinh"))
acosh, lgamma, digamma, trigamma = map(_whole, ("acosh", "lgamma", "digamma", "trigamma"))


# ---- laws


def _cosine(sine: Atom) -> int:
    """The atom cos(x) for the atom sin(x)."""
    found = sine.knows(int)
    assert found is not None
    return found


def _sine(work: Workspace, net: Network, index: int, atom: Atom) -> Terms | None:
    """sin(x)^2 = 1 - cos(x)^2."""
    _, legs, e = net.factors[index]
    if not isinstance(e, int) or e < 2:
        return None
    rest = with_exponent(net, index, e - 2)
    cosine = with_exponent(net, index, e - 2, -1)
    cosine.factors.append((_cosine(atom), legs, 2))
    return [rest, cosine]


def _scalar_sine(work: Workspace, atom: Atom, e: Exponent, c: Number, scalars: Powers) -> ScalarTerms | None:
    if not isinstance(e, int) or e < 2:
        return None
    rest = {**scalars, atom.uid: e - 2}
    cosine = dict(rest)
    multiply(cosine, _cosine(atom), 2)
    return [(c, rest), (-c, cosine)]


# ---- slopes


def _cosine_slope(work: Workspace, x: Form) -> Form:
    return minus(sin(work, x))


def _error_slope(work: Workspace, x: Form) -> Form:
    """2/√π·exp(-x²)."""
    bell = exp(work, minus(power(work, x, 2)))
    return scaled(entrywise(work, bell, power(work, pi(work), Fraction(-1, 2))), 2)


def _arcsine_slope(work: Workspace, x: Form) -> Form:
    return power(work, one_plus(work, minus(power(work, x, 2))), Fraction(-1, 2))


def _arctangent_slope(work: Workspace, x: Form) -> Form:
    return reciprocal(work, one_plus(work, power(work, x, 2)))


def _root_slope(shift: int) -> Function:
    """1/√(x² + shift)."""
    return lambda work, x: power(work, one_plus(work, power(work, x, 2), shift), Fraction(-1, 2))


THEORIES = {
    "sin": pointwise(sin, cos)._replace(law=_sine, scalar_law=_scalar_sine),
    "cos": pointwise(cos, _cosine_slope),
    "asin": pointwise(asin, _arcsine_slope),
    "atan": pointwise(atan, _arctangent_slope),
    "erf": pointwise(erf, _error_slope),
    "asinh": pointwise(asinh, _root_slope(1)),
    "acosh": pointwise(acosh, _root_slope(-1)),
    "lgamma": pointwise(lgamma, digamma),
    "digamma": pointwise(digamma, trigamma),
    "trigamma": pointwise(trigamma),
    "pi": Theory(),
}
