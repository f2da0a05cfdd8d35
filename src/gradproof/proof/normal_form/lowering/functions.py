"""Entrywise functions of sums, written with as few kinds of atoms as possible.

sigmoid, tanh, sinh, cosh, softplus, silu and the like are expressions in exp and log; abs, relu and max
of two are expressions in sign and step.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from gradproof.proof.normal_form.atoms.logarithms import exp, log
from gradproof.proof.normal_form.atoms.pointwise import (
    acosh,
    asin,
    asinh,
    atan,
    cos,
    digamma,
    erf,
    lgamma,
    pi,
    sin,
    trigamma,
)
from gradproof.proof.normal_form.atoms.powers import power, reciprocal
from gradproof.proof.normal_form.atoms.signs import absolute, sign, step
from gradproof.proof.normal_form.terms.collect import scaled
from gradproof.proof.normal_form.terms.data import Form, Workspace
from gradproof.proof.normal_form.terms.sums import HALF, entrywise, minus, number, one_plus, plus_forms


def tan(work: Workspace, form: Form) -> Form:
    """sin/cos."""
    return entrywise(work, sin(work, form), reciprocal(work, cos(work, form)))


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
    return scaled(entrywise(work, form, one_plus(work, erf(work, argument))), HALF)


def root_of(work: Workspace, value: int, sign: int = 1) -> Form:
    """√value, or its reciprocal."""
    return power(work, number(value), Fraction(sign, 2))


def arccosine(work: Workspace, form: Form) -> Form:
    """acos x = π/2 - asin x."""
    half_turn = scaled(pi(work), HALF)
    return plus_forms(work, minus(asin(work, form)), half_turn)


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
    "asin": asin,
    "acos": arccosine,
    "atan": atan,
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
    "erf": erf,
    "asinh": asinh,
    "acosh": acosh,
    "lgamma": lgamma,
    "digamma": digamma,
    "trigamma": trigamma,
}
