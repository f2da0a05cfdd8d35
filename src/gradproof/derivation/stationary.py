"""Set a gradient to zero, and solve where the equation is linear.

    ∂f/∂w = 2 Xᵀ(X w − y)        XᵀX w = Xᵀy        w = (XᵀX)⁻¹ Xᵀy

A gradient is linear in its variable where its differential does not mention the variable any more. Then
gradient = H[x] + g(0), with H read off the differential, and the equation is H[x] = −g(0).
"""

from __future__ import annotations

from typing import NamedTuple

from gradproof.calculus.contract import constant
from gradproof.calculus.tidy import tidy
from gradproof.derivation.linear import action, content
from gradproof.derivation.reading import layouts, read
from gradproof.errors import MathError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import fold, postorder
from gradproof.operators.build import T, add, apply, construct, div, mul, neg, num, zeros
from gradproof.operators.wiring import wiring


class Equation(NamedTuple):
    """left = right, linear in a variable, and what solves it under a condition; None where nothing does."""

    left: Expr
    right: Expr
    solution: Expr | None
    condition: str
    about: tuple[Expr, ...]


def equation(gradient: Expr, differential: Expr, variable: Expr) -> Equation | None:
    """The equation gradient = 0 as one would write it; None where it is not linear in the variable.

    differential   that of the gradient, linear in the variable's
    Raises MathError where the variable does not occur: then nothing is to be solved.
    """
    if variable in postorder([differential], stop=lambda node: node.op == "d"):
        return None
    found = layouts(differential, variable)
    if not found:
        raise MathError(f"the gradient does not depend on {variable}: nothing to solve for", code="GP406")
    constant_part = _at_zero(gradient, variable)
    scale = content(differential)
    right = tidy(mul(constant(-1 / scale), constant_part)) if constant_part.op != "zeros" else constant_part
    acts = action(found, variable, 1 / scale)
    if acts is None:
        left = tidy(mul(constant(1 / scale), add(gradient, neg(constant_part))))
        return Equation(left, right, None, "", ())
    return Equation(acts.on(variable), right, acts.inverse(right), acts.condition, acts.about)


class Constrained(NamedTuple):
    """A variable and a multiplier that make a Lagrangian stationary, and what has to be invertible."""

    solution: Expr
    multiplier: Expr
    invertible: tuple[Expr, Expr]


def with_constraint(
    gradient: Expr, differential: Expr, constraint: Expr, change: Expr, variable: Expr
) -> Constrained | None:
    """Solve  gradient + J'*lambda = 0,  constraint = 0  for a vector, where both are linear in it.

    differential, change   those of the gradient and of the constraint, linear in the variable's
    With H x = c for gradient = 0 and J x = d for the constraint:  lambda = inv(J inv(H) J')(J inv(H) c - d)
    and  x = inv(H)(c - J' lambda).
    """
    for e in (differential, change):
        if variable in postorder([e], stop=lambda node: node.op == "d"):
            return None
    h, j = read(differential, variable).value, read(change, variable).value
    if len(variable.axes) != 1 or len(constraint.axes) > 1 or h.op == "zeros" or j.op == "zeros":
        return None
    scale = content(differential)
    h = tidy(mul(constant(1 / scale), h))
    c, d = (tidy(neg(_at_zero(e, variable))) for e in (gradient, constraint))
    c = tidy(mul(constant(1 / scale), c)) if c.op != "zeros" else c
    across = j if constraint.axes else T(j)
    inverse = h if h.op == "eye" else apply("inv", h)
    middle = tidy(mul(across, inverse, T(across)))
    inner = add(mul(across, inverse, c), neg(d)) if c.op != "zeros" else neg(d)
    multiplier = tidy(mul(apply("inv", middle), inner) if middle.axes else div(inner, middle))
    back = mul(T(across), multiplier)
    solution = tidy(mul(inverse, add(c, neg(back)) if c.op != "zeros" else neg(back)))
    return Constrained(solution, tidy(mul(constant(scale), multiplier)), (h, middle))


def _at_zero(e: Expr, variable: Expr) -> Expr:
    """The expression where the variable is zero."""

    def made(node: Expr, args: tuple[Expr, ...]) -> Expr:
        nothing = zeros(*node.axes, row=node.row)
        if node is variable:
            return nothing
        gone = [arg.op == "zeros" or arg is num(0) for arg in args]
        if node.op == "add":
            kept = [arg for arg, empty in zip(args, gone, strict=True) if not empty]
            return _sum(kept, nothing)
        linear = wiring(node) is not None or node.op in ("neg", "div")
        if linear and (gone[0] if node.op == "div" else any(gone)):
            return nothing
        return node if args == node.args else construct(node, args)

    return tidy(fold(e, made))


def _sum(kept: list[Expr], like: Expr) -> Expr:
    """The terms that are left; scalars that were added to every entry of what is zero now stay so."""
    if not kept:
        return like
    return add(*kept) if any(arg.axes == like.axes for arg in kept) else add(*kept, like)
