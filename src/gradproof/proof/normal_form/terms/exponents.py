"""Exponents: whole numbers, fractions, and linear forms in constant scalars such as k - 1.

Whole numbers are plain `int`, so that the usual case is fast.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from gradproof.proof.normal_form.terms.budget import Undecided

Number: TypeAlias = int | Fraction
Monomial = tuple[tuple[int, "Exponent"], ...]  # scalar atoms by their uid, with exponents; sorted


class Linear:
    """A sum of numbers times monomials of constant scalars, at least one of them not a number.

    parts     (monomial, coefficient), sorted; the monomial () is the number
    discrete  True where every scalar in it is a whole number
    """

    __slots__ = ("discrete", "parts")

    def __init__(self, parts: tuple[tuple[Monomial, Number], ...], discrete: bool) -> None:
        self.parts = parts
        self.discrete = discrete

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Linear) and self.parts == other.parts

    def __hash__(self) -> int:
        return hash(self.parts)

    @property
    def whole(self) -> bool:
        """True where its value is surely a whole number."""
        return self.discrete and all(whole_number(c) for _, c in self.parts)


Exponent: TypeAlias = int | Fraction | Linear


def tidy(value: Number) -> Number:
    """The same number, as an int where it is one."""
    if isinstance(value, Fraction) and value.denominator == 1:
        return value.numerator
    return value


def magnitude(value: Number) -> Number:
    """The absolute value."""
    return -value if value < 0 else value


def whole_number(value: Number) -> bool:
    """True for an int, in either guise."""
    return isinstance(value, int) or value.denominator == 1


def whole(e: Exponent) -> bool:
    """True where the exponent is surely a whole number."""
    return e.whole if isinstance(e, Linear) else whole_number(e)


def linear(parts: dict[Monomial, Number], discrete: bool) -> Exponent:
    """The exponent with these parts: a plain number where nothing else is left."""
    left = tuple(sorted((m, tidy(c)) for m, c in parts.items() if c))
    if not left:
        return 0
    if len(left) == 1 and left[0][0] == ():
        return left[0][1]
    return Linear(left, discrete)


def plus(a: Exponent, b: Exponent) -> Exponent:
    """a + b."""
    if not isinstance(a, Linear) and not isinstance(b, Linear):
        return tidy(a + b)
    parts: dict[Monomial, Number] = {}
    discrete = True
    for e in (a, b):
        if isinstance(e, Linear):
            discrete = discrete and e.discrete
            for monomial, c in e.parts:
                parts[monomial] = parts.get(monomial, 0) + c
        else:
            parts[()] = parts.get((), 0) + e
    return linear(parts, discrete)


def times(a: Exponent, b: Exponent) -> Exponent:
    """a*b, where at least one is a number."""
    if isinstance(a, Linear):
        a, b = b, a
    if isinstance(a, Linear):
        raise Undecided("a power of a power with two symbolic exponents")
    if isinstance(b, Linear):
        return linear({m: a * c for m, c in b.parts}, b.discrete)
    return tidy(a * b)


def level(e: Exponent) -> Number:
    """The number in an exponent: k - 1 has level -1."""
    if not isinstance(e, Linear):
        return e
    return next((c for monomial, c in e.parts if monomial == ()), 0)


def degree(e: Exponent) -> Number:
    """What an exponent adds to the degree of a monomial."""
    return 1 if isinstance(e, Linear) else e
