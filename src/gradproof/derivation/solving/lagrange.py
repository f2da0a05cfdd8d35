"""Lagrange multipliers: where a gradient and constraints are linear in one variable.

    H x = c,  J x = d        lambda = (J H⁻¹ Jᵀ)⁻¹ (J H⁻¹ c − d)        x = H⁻¹ (c − Jᵀ lambda)

The same holds for a matrix on which both act from one side.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from gradproof.calculus.network.hadamard import constant
from gradproof.calculus.simplify import tidy
from gradproof.derivation.solving.linear import action, content
from gradproof.derivation.solving.stationary import at_zero
from gradproof.derivation.strategies.coefficients import layouts, read
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.operators.blocks import cat
from gradproof.operators.build import T, add, apply, div, eye, frob, mul, neg


class Constrained(NamedTuple):
    """A variable and a multiplier that make a Lagrangian stationary, what has to be invertible, and the
    multiplier's term in the gradient as a function of the multiplier."""

    solution: Expr
    multiplier: Expr
    invertible: tuple[Expr, ...]


class Constraint(NamedTuple):
    """An expression that is to be zero, and its differential, linear in that of the variable."""

    expr: Expr
    change: Expr


def with_constraints(
    gradient: Expr, differential: Expr, constraints: Sequence[Constraint], variable: Expr
) -> Constrained | None:
    """Solve  gradient + J'*lambda = 0,  constraints = 0, where all are linear in the variable; several
    constraints are on a vector."""
    changes = (differential, *(one.change for one in constraints))
    if any(variable in postorder([e], stop=lambda node: node.op == "d") for e in changes):
        return None
    scale = content(differential)
    c = tidy(neg(at_zero(gradient, variable)))
    c = tidy(mul(constant(1 / scale), c)) if c.op != "zeros" else c
    ds = [tidy(neg(at_zero(one.expr, variable))) for one in constraints]
    if len(variable.axes) == 1:
        h = _matrix(differential, variable, 1 / scale)
        js = [jacobian(one, variable) for one in constraints]
        if h.op == "zeros" or any(len(one.expr.axes) > 1 for one in constraints):
            return None
        j = js[0] if len(js) == 1 else cat("vcat", *js)
        return _solved(h, j, c, ds[0] if len(ds) == 1 else cat("vcat", *ds), scale, left=True)
    if len(variable.axes) != 2 or len(constraints) != 1:
        return None
    return _of_a_matrix(differential, constraints[0], variable, c, ds[0], scale)


def jacobian(one: Constraint, variable: Expr) -> Expr:
    """The Jacobian of a constraint on a vector; that of a number is a row."""
    found = read(one.change, variable).value
    return found if one.expr.axes else T(found)


def _matrix(e: Expr, variable: Expr, scale: Fraction) -> Expr:
    return tidy(mul(constant(scale), read(e, variable).value))


def _of_a_matrix(
    differential: Expr, one: Constraint, variable: Expr, c: Expr, d: Expr, scale: Fraction
) -> Constrained | None:
    """One constraint on a matrix: A X = B, X A = B, or a number such as tr(X) = 1."""
    acts = action(layouts(differential, variable), variable, 1 / scale)
    if acts is None:
        return None
    if not one.expr.axes:
        return _of_a_number(acts.about[0], one, variable, c, d, scale) if acts.way == "scalar" else None
    other = action(layouts(one.change, variable), variable) if len(one.expr.axes) == 2 else None
    if other is None or other.way not in ("left", "right"):
        return None
    left = other.way == "left"
    size = variable.axes[0 if left else 1]
    if acts.way == "scalar":
        h = tidy(mul(acts.about[0], eye(size)))
    elif acts.way == other.way:
        h = acts.about[0]
    else:
        return None
    return _solved(h, other.about[0], c, d, scale, left)


def _of_a_number(
    h: Expr, one: Constraint, variable: Expr, c: Expr, d: Expr, scale: Fraction
) -> Constrained | None:
    """h X = c and J : X = d."""
    j = read(one.change, variable).value
    known = d if c.op == "zeros" else add(tidy(frob(j, c)), neg(mul(h, d)))
    known = mul(constant(Fraction(-1)), h, d) if c.op == "zeros" else known
    multiplier = tidy(div(known, frob(j, j)))
    force = neg(mul(multiplier, j))
    solution = tidy(div(add(c, force) if c.op != "zeros" else force, h))
    return Constrained(solution, tidy(mul(constant(scale), multiplier)), (h, tidy(frob(j, j))))


def _solved(h: Expr, j: Expr, c: Expr, d: Expr, scale: Fraction, left: bool) -> Constrained:
    """H X = C and J X = D; or X H = C and X J = D."""

    def times(*factors: Expr) -> Expr:
        kept = [factor for factor in factors if factor.op != "eye"]
        return mul(*(kept if left else kept[::-1])) if kept else factors[0]

    inverse = h if h.op == "eye" else apply("inv", h)
    middle = tidy(times(j, inverse, T(j)))
    inner = add(times(j, inverse, c), neg(d)) if c.op != "zeros" else neg(d)
    multiplier = tidy(times(apply("inv", middle), inner) if middle.axes else div(inner, middle))
    back = times(T(j), multiplier) if multiplier.axes else mul(T(j), multiplier)
    solution = tidy(times(inverse, add(c, neg(back)) if c.op != "zeros" else neg(back)))
    return Constrained(solution, tidy(mul(constant(scale), multiplier)), (h, middle))
