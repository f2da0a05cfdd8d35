"""How a variable enters what is linear in it, and what solves for it.

H x   X H   H ⊙ X   h x   A X B   A X + X B
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from gradproof.calculus.network.hadamard import constant
from gradproof.calculus.network.to_expression import matrix_form, parts
from gradproof.calculus.simplify import multiplied_out, term, tidy
from gradproof.derivation.strategies.coefficients import Layout
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import add, apply, eye, hdiv, mul
from gradproof.operators.build import div as quotient
from gradproof.operators.build import power as power_of
from gradproof.operators.properties import number

_CONDITIONS = {
    "scalar": "{X} ≠ 0",
    "entrywise": "{X} ≠ 0 in every entry",
    "left": "{X} is invertible",
    "right": "{X} is invertible",
    "both": "{X} and {Z} are invertible",
    "sylvester": "no eigenvalue of {X} is minus one of {Z}",
}


class Action(NamedTuple):
    """A linear map: way "scalar", "entrywise", "left", "right", "both" or "sylvester"; and its arrays."""

    way: str
    about: tuple[Expr, ...]

    @property
    def condition(self) -> str:
        """When it can be solved for the variable; "" where always."""
        plain = all(e.op == "eye" or number(e) for e in self.about)
        return "" if plain else _CONDITIONS[self.way]

    def on(self, variable: Expr) -> Expr:
        """What it makes of the variable."""
        first, last = self.about[0], self.about[-1]
        if self.way == "scalar":
            return variable if number(first) == 1 else mul(first, variable)
        if self.way == "entrywise":
            return apply("had", first, variable)
        if self.way == "both":
            return mul(first, variable, last)
        if self.way == "sylvester":
            return add(mul(first, variable), mul(variable, last))
        if first.op == "eye":
            return variable
        return mul(first, variable) if self.way == "left" else mul(variable, first)

    def inverse(self, right: Expr) -> Expr:
        """The variable of which it makes the right-hand side."""
        first, last = self.about[0], self.about[-1]
        if self.way == "scalar":
            return tidy(quotient(right, first))
        if self.way == "entrywise":
            return tidy(hdiv(right, first))
        if self.way == "both":
            return tidy(mul(apply("inv", first), right, apply("inv", last)))
        if self.way == "sylvester":
            return apply("sylvester", first, last, right)
        inverse = first if first.op == "eye" else apply("inv", first)
        return tidy(mul(inverse, right) if self.way == "left" else mul(right, inverse))


def content(e: Expr) -> Fraction:
    """The number that a sum of products has in front of every term, in its least terms."""
    numbers = [term(p).coefficient for p in multiplied_out(e)]
    found = [n for n in numbers if n]
    same = {abs(n) for n in found}
    sign = -1 if found and all(n < 0 for n in found) else 1
    return sign * same.pop() if len(same) == 1 else Fraction(sign)


def action(found: Sequence[Layout], variable: Expr, scale: Fraction = Fraction(1)) -> Action | None:
    """How a variable enters what is linear in it, laid out; None where no such word is known."""
    pieces = [_piece(one, variable) for one in found]
    if any(piece is None for piece in pieces):
        both = _both(found, variable, scale)
        return None if both is None else Action("both", both)
    known = [piece for piece in pieces if piece is not None]
    for way in ("scalar", "entrywise", "left", "right"):
        terms = [piece[way] for piece in known if way in piece]
        if len(terms) == len(known):
            return Action(way, (tidy(mul(constant(scale), add(*terms))),))
    if any(not piece.keys() & {"left", "right"} for piece in known):
        return None
    left = [piece["left"] for piece in known if "left" in piece]
    right = [piece["right"] for piece in known if "left" not in piece]
    return Action("sylvester", tuple(tidy(mul(constant(scale), add(*terms))) for terms in (left, right)))


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
    return tidy(mul(constant(made.coefficient * scale), sides[0])), tidy(sides[1])


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
