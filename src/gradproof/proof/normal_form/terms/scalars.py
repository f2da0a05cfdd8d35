"""Scalar parts of terms under construction: atoms with exponents."""

from __future__ import annotations

from gradproof.proof.normal_form.terms.data import Form, Powers, ScalarTerms
from gradproof.proof.normal_form.terms.exponents import Exponent, Number, plus


def multiply(scalars: Powers, uid: int, e: Exponent) -> None:
    """Multiply by a power of an atom."""
    scalars[uid] = plus(scalars.get(uid, 0), e)


def multiplied_out(c: Number, scalars: Powers, form: Form) -> ScalarTerms:
    """A term times a sum of scalars."""
    out: ScalarTerms = []
    for (monomial, _), k in form.terms.items():
        new = dict(scalars)
        for uid, power in monomial:
            multiply(new, uid, power)
        out.append((c * k, new))
    return out
