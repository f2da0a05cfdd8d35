"""Set a gradient to zero, and solve where the equation is linear.

    ∂f/∂w = 2 Xᵀ(X w − y)        XᵀX w = Xᵀy        w = (XᵀX)⁻¹ Xᵀy

A gradient is linear in its variable where its differential does not mention the variable any more. Then
gradient = H[x] + g(0), with H read off the differential, and the equation is H[x] = −g(0).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from gradproof.calculus.entrywise import constant
from gradproof.calculus.ink import ink
from gradproof.calculus.readback import Term, matrix_form, parts
from gradproof.calculus.tidy import multiplied_out, term, tidy
from gradproof.derivation.reading import Layout, layouts, read
from gradproof.errors import MathError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import fold, postorder
from gradproof.operators.build import T, add, apply, construct, div, eye, hdiv, mul, neg, num, zeros
from gradproof.operators.build import power as power_of
from gradproof.operators.facts import invertible
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
        raise MathError(f"the gradient does not depend on {variable}: nothing to solve for", code="GP409")
    constant_part = _at_zero(gradient, variable)
    scale = _content(differential)
    right = tidy(mul(constant(-1 / scale), constant_part)) if constant_part.op != "zeros" else constant_part
    acts = _action(found, variable, 1 / scale)
    both = _both(found, variable, 1 / scale) if acts is None else None
    if both is not None:
        first, last = both
        value = tidy(mul(apply("inv", first), right, apply("inv", last)))
        return Equation(mul(first, variable, last), right, value, "{X} and {Z} are invertible", (first, last))
    if acts is None:
        left = tidy(mul(constant(1 / scale), add(gradient, neg(constant_part))))
        return Equation(left, right, None, "", ())
    return _solved(*acts, right, variable)


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
    scale = _content(differential)
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


def _content(e: Expr) -> Fraction:
    """The number that a sum of products has in front of every term, in its least terms."""
    numbers = [term(p).coefficient for p in multiplied_out(e)]
    found = [n for n in numbers if n]
    same = {abs(n) for n in found}
    sign = -1 if found and all(n < 0 for n in found) else 1
    return sign * same.pop() if len(same) == 1 else Fraction(sign)


def _action(found: Sequence[Layout], variable: Expr, scale: Fraction) -> tuple[str, Expr] | None:
    """How the variable enters: "left" H X, "right" X H, "entrywise" H ⊙ X, "scalar" h x; with H."""
    pieces = [_piece(one, variable) for one in found]
    if any(piece is None for piece in pieces):
        return None
    known = [piece for piece in pieces if piece is not None]
    for way in ("scalar", "entrywise", "left", "right"):
        terms = [piece[way] for piece in known if way in piece]
        if len(terms) == len(known):
            return way, tidy(mul(constant(scale), add(*terms)))
    return None


def _both(found: Sequence[Layout], variable: Expr, scale: Fraction) -> tuple[Expr, Expr] | None:
    """The matrices on both sides of the variable, where there is one product: A X B."""
    if len(found) != 1 or len(found[0].rows) != 2 or len(found[0].columns) != 2:
        return None
    net, rows, columns = found[0].net.copy(), found[0].rows, found[0].columns
    made = parts(net, list(dict.fromkeys((*rows, *columns))))
    if made is None or made.scalars or len(set((*rows, *columns))) < 4:
        return None
    pairs = [(rows[0], columns[0]), (columns[1], rows[1])]
    sides = []
    for pair in pairs:
        here = [array for array in made.arrays if set(array[1]) <= set(pair)]
        e = matrix_form(net, here, list(pair)) if len(here) == 1 else None
        if e is None:
            return None
        sides.append(e)
    return tidy(mul(constant(made.coefficient * scale), sides[0])), sides[1]


def _piece(one: Layout, variable: Expr) -> dict[str, Expr] | None:
    """One product of the differential as a matrix that acts on the variable, in every way that it can."""
    net = one.net.copy()
    out = list(dict.fromkeys((*one.rows, *one.columns)))
    found = parts(net, out)
    if found is None:
        return None
    rows, columns = (tuple(net.find(w) for w in wires) for wires in (one.rows, one.columns))
    scalars = [constant(found.coefficient)]
    for e, power in found.scalars.items():
        scalars.append(e if power == 1 else power_of(e, constant(power)))
    head = mul(*scalars)
    if not rows:
        return {"scalar": head}
    ways: dict[str, Expr] = {}
    if len(rows) == 1:
        return _on_a_vector(head, matrix_form(net, found.arrays, [rows[0], columns[0]]))
    arrays = {ends: e for e, ends in found.arrays}
    if rows == columns and all(set(ends) <= set(rows) for ends in arrays):
        if found.arrays:
            core = matrix_form(net, found.arrays, list(rows))
            return None if core is None else {"entrywise": mul(head, core)}
        left, right = (mul(head, eye(net.sizes[wire])) for wire in rows)
        return {"scalar": head, "left": left, "right": right}
    if rows[1] == columns[1]:
        core = matrix_form(net, found.arrays, [rows[0], columns[0]])
        ways |= {} if core is None else {"left": mul(head, core)}
    if rows[0] == columns[0]:
        core = matrix_form(net, found.arrays, [columns[1], rows[1]])
        ways |= {} if core is None else {"right": mul(head, core)}
    return ways or None


def _on_a_vector(head: Expr, core: Expr | None) -> dict[str, Expr] | None:
    """A scaled matrix on a vector; an identity only scales, a diagonal one acts entry by entry."""
    if core is None:
        return None
    ways = {"left": mul(head, core)}
    if core.op == "eye":
        ways["scalar"] = head
    if core.op == "diag":
        ways["entrywise"] = mul(head, core.args[0])
    return ways


def _solved(way: str, h: Expr, right: Expr, variable: Expr) -> Equation:
    if way == "scalar":
        return Equation(mul(h, variable), right, tidy(div(right, h)), "{X} ≠ 0", (h,))
    if way == "entrywise":
        return Equation(
            apply("had", h, variable), right, tidy(hdiv(right, h)), "{X} ≠ 0 in every entry", (h,)
        )
    pair = (h, variable) if way == "left" else (variable, h)
    left = variable if h.op == "eye" else mul(*pair)
    h, known = _reduced(h, right, way)
    inverse = apply("inv", h) if h.op != "eye" else h
    value = tidy(mul(inverse, known) if way == "left" else mul(known, inverse))
    condition = "" if h.op == "eye" else "{X} is invertible"
    return Equation(left, right, value, condition, (h,))


def _reduced(h: Expr, right: Expr, way: str) -> tuple[Expr, Expr]:
    """The same equation without a scalar, and without a matrix on its outer side, that both sides share."""
    apart = term(h)
    scale = _scalar(apart)
    if not (scale.op == "num" and scale.data == (Fraction(1),)) and apart.core is not None:
        h, right = tidy(div(h, scale)), tidy(div(right, scale))
    for factor in _outer(right, way):
        inverse = apply("inv", factor)
        made = [_stripped(e, inverse, way) for e in (h, right)]
        if inverse not in postorder(made) and sum(map(ink, made)) < ink(h) + ink(right):
            h, right = made
    return h, right


def _scalar(one: Term) -> Expr:
    """What a product is multiplied with: its number and its scalars."""
    powers = [e if p == 1 else power_of(e, constant(p)) for e, p in one.scalars.items()]
    return tidy(mul(constant(one.coefficient), *powers))


def _outer(e: Expr, way: str) -> list[Expr]:
    """The matrix that a product begins with (ends with), where it certainly has an inverse."""
    while e.op in ("neg", "div"):
        e = e.args[0]
    if e.op != "mul":
        return []
    found = [arg for arg in e.args if arg.axes]
    end = found[0] if way == "left" else found[-1]
    return [end] if len(end.axes) == 2 and invertible(end) else []


def _stripped(e: Expr, inverse: Expr, way: str) -> Expr:
    """inverse*e (or e*inverse), multiplied out so that it cancels term by term."""
    pair = (inverse, e) if way == "left" else (e, inverse)
    return tidy(add(*map(tidy, multiplied_out(mul(*pair)))))
