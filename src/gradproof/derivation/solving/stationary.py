"""Set a gradient to zero, and solve where the equation is linear.

    ∂f/∂w = 2 Xᵀ(X w − y)        XᵀX w = Xᵀy        w = (XᵀX)⁻¹ Xᵀy

A gradient is linear in its variable where its differential does not mention the variable any more. Then
gradient = H[x] + g(0), with H read off the differential, and the equation is H[x] = −g(0).
"""

from __future__ import annotations

from typing import NamedTuple

from gradproof.calculus.network.hadamard import constant
from gradproof.calculus.simplify import gather, multiplied_out, tidy
from gradproof.derivation.solving.linear import Action, action, content
from gradproof.derivation.solving.reduction import reduced
from gradproof.derivation.strategies.coefficients import layouts
from gradproof.derivation.strategies.conditions import kinked
from gradproof.errors import MathError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import fold, postorder
from gradproof.operators.build import T, add, apply, construct, mul, neg, num, zeros
from gradproof.operators.wiring import wiring


class Equation(NamedTuple):
    """left = right, linear in a variable, and what solves it under a condition; None where nothing does."""

    left: Expr
    right: Expr
    solution: Expr | None
    condition: str
    about: tuple[Expr, ...]


def _jumps(gradient: Expr, variable: Expr) -> bool:
    """Whether a word with a kink or a jump holds the variable: it is constant piece by piece, and not
    linear."""
    kinks = (node for node in postorder([gradient]) if node.op in kinked())
    return any(variable in postorder([node]) for node in kinks)


def equation(gradient: Expr, differential: Expr, variable: Expr) -> Equation | None:
    """The equation gradient = 0 as one would write it; None where it is not linear in the variable.

    differential   that of the gradient, linear in the variable's
    Raises MathError where the variable does not occur: then nothing is to be solved.
    """
    if variable in postorder([differential], stop=lambda node: node.op == "d") or _jumps(gradient, variable):
        return None
    found = layouts(differential, variable)
    if not found:
        raise MathError(f"the gradient does not depend on {variable}: nothing to solve for", code="GP409")
    constant_part = at_zero(gradient, variable)
    scale = content(differential)
    right = tidy(mul(constant(-1 / scale), constant_part)) if constant_part.op != "zeros" else constant_part
    acts = action(found, variable, 1 / scale)
    if acts is None and len(variable.axes) == 2 and differential.axes == variable.axes:
        found = layouts(tidy(T(differential)), variable)  # the same equation, transposed
        acts, right = action(found, variable, 1 / scale), tidy(T(right))
        right = right if acts is not None else tidy(T(right))
    if acts is None:
        left = tidy(mul(constant(1 / scale), add(gradient, neg(constant_part))))
        return Equation(left, right, None, "", ())
    left, known = acts.on(variable), right
    if acts.way in ("left", "right"):
        h, known = reduced(acts.about[0], right, acts.way)
        acts = Action(acts.way, (h,))
    return Equation(left, right, acts.inverse(known), acts.condition, acts.about)


def cleared(gradient: Expr, variable: Expr) -> Expr | None:
    """gradient = 0 multiplied by the variable from one side or both, where no inverse of it is left after
    that: inv(S)' - inv(S)'*C'*inv(S)' becomes S' - C'. None where one is left, or none was there."""
    inverse = apply("inv", variable) if len(variable.axes) == 2 else None
    if inverse is None or variable.axes[0] is not variable.axes[1] or inverse not in postorder([gradient]):
        return None
    turned = T(variable)
    for sides in ((variable, None), (turned, None), (variable, variable), (turned, turned)):
        factors = [factor for factor in (sides[0], gradient, sides[1]) if factor is not None]
        products = multiplied_out(mul(*factors))
        found = gather([tidy(product) for product in products], gradient)
        if inverse not in postorder([found]):
            return found
    return None


def at_zero(e: Expr, variable: Expr) -> Expr:
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
