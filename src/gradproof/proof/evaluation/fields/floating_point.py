"""Floating point, as a second witness where the exact model of a function is only an oracle.

Unknown functions are concrete here, without a symmetry that could hide a mistake. Close to a kink there
is no value: a point where a sign is in doubt is not admissible.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from gradproof.proof.evaluation.arithmetic import Arithmetic, Entries, Places, Undefined, Unsupported
from gradproof.proof.evaluation.random import letters, mix, stream

_TINY = 1e-9
_NOISE = 1e-13
_SMALL = (0.0, 1.0, -1.0, 2.0)


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _digamma(x: float) -> float:
    """By recurrence to where the asymptotic series is good to 1e-15 (Abramowitz and Stegun 6.3.18)."""
    total = 0.0
    while x < 12:
        total, x = total - 1 / x, x + 1
    q = 1 / (x * x)
    tail = q * (1 / 12 - q * (1 / 120 - q * (1 / 252 - q * (1 / 240 - q * (1 / 132 - q * 691 / 32760)))))
    return total + math.log(x) - 0.5 / x - tail


def _trigamma(x: float) -> float:
    """The same for its derivative (Abramowitz and Stegun 6.4.12)."""
    total = 0.0
    while x < 12:
        total, x = total + 1 / (x * x), x + 1
    q = 1 / (x * x)
    tail = q * (1 / 6 - q * (1 / 30 - q * (1 / 42 - q * (1 / 30 - q * (5 / 66 - q * 691 / 2730)))))
    return total + (1 + 0.5 / x + tail) / x


_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "exp": math.exp, "log": math.log, "sin": math.sin, "cos": math.cos, "tanh": math.tanh,
    "sigmoid": _sigmoid, "erf": math.erf, "atan": math.atan, "asin": math.asin, "asinh": math.asinh,
    "acosh": math.acosh, "lgamma": math.lgamma, "digamma": _digamma, "trigamma": _trigamma,
}  # fmt: skip
FUNCTIONS = frozenset(_FUNCTIONS)


class Reals(Arithmetic):
    """Floats. small: names are drawn from 0, 1, -1 and 2, and unknown functions stay unknown.

    noisy: the same arithmetic with an error in every operation, to see how much errors grow.
    scale: how large numbers may become; large ones reach the other side of kinks that are far away.
    """

    ordered = True

    def __init__(self, small: bool = False, scale: float = 1.0, quiet: Reals | None = None) -> None:
        self.small = small
        self.scale = scale
        self._quiet = quiet
        self._noise = stream(1)
        self.noisy: Reals = self if quiet is not None else Reals(small, scale, self)

    @property
    def exponent(self) -> Arithmetic:
        """Where exponents are evaluated: without noise."""
        return self._quiet or self

    def reduce(self, values: Iterable[Any]) -> Entries:
        """The values; with an error of one part in 10^10 each, if noise is wanted."""
        if self._quiet is None:
            return list(values)
        return [value * (1 + _NOISE * (next(self._noise) % 2001 - 1000)) for value in values]

    def number(self, value: Fraction | float) -> float:
        """A rational number as one of this arithmetic."""
        return float(value)

    def draw(self, chance: Iterator[int], positive: bool) -> float:
        """A random number."""
        bits = next(chance)
        if self.small:
            return 1.0 + bits % 2 if positive else _SMALL[bits % 4]
        part = bits % 100003 / 100003 * (self.scale if bits >> 64 & 1 else 1)
        if positive:
            return 0.25 + 1.75 * part
        return 1.5 * part if bits >> 65 & 1 else -1.5 * part

    def draw_unit(self, chance: Iterator[int]) -> float:
        """A random number between -1 and 1."""
        return (next(chance) % 100003) / 50001.5 - 1

    def invert(self, value: float) -> float:
        """1/value; Undefined for 0."""
        if abs(value) < _TINY:
            raise Undefined("division by zero", chance=True)
        return 1 / value

    def power(self, base: float, exponent: float) -> float:
        """base^exponent."""
        if (base < 0 and exponent != int(exponent)) or (abs(base) < _TINY and exponent < 0):
            raise Undefined("no real power", chance=True)
        try:
            return math.pow(base, exponent)
        except (OverflowError, ValueError):
            raise Undefined("no real power", chance=True) from None

    def sign(self, value: float) -> int:
        """1, -1, or 0 for what is 0 at every point; what is small, or may be drawn as 0, is in doubt."""
        if not value and not self.small:
            return 0
        if abs(value) < _TINY:
            raise Undefined("a kink", chance=True)
        return 1 if value > 0 else -1

    def pi(self) -> float:
        """What stands for π."""
        return math.pi

    def apply(self, function: str, value: float) -> float:
        """An elementwise function that is not given by others."""
        try:
            return _FUNCTIONS[function](value)
        except (OverflowError, ValueError):
            raise Undefined(f"{function} has no value here", chance=True) from None

    def unknown(self, function: str, order: int, value: float) -> float:
        """An unknown elementwise function, or one of its derivatives."""
        if self.small:
            raise Unsupported("an unknown function has no numbers to show")
        if order > 8:
            raise Unsupported("a derivative of high order")
        a, b = 0.3 + _part(function, 1), 0.7 + _part(function, 2)
        wave = math.sin(b * value + 0.4 + order * math.pi / 2)
        return a**order * self.apply("exp", a * value) + b**order * wave

    def unknown_entry(self, function: str, entry: int, args: Sequence[Entries], by: Places) -> float:
        """One entry of an unknown function of arrays, differentiated by some entries of these."""
        function = f"{function}_{entry}" if entry else function
        return self._bent(function, args, by, 0, self._inner(function, args))

    def _bent(self, function: str, args: Sequence[Entries], by: Places, order: int, inner: float) -> float:
        """The chain rule for a wave of a polynomial of degree two without mixed terms."""
        if not by:
            return self.unknown(function, order, inner)
        at, rest = by[0], by[1:]
        total = self._first(function, args, at) * self._bent(function, args, rest, order + 1, inner)
        for k, other in enumerate(rest):
            if other == at:
                left = rest[:k] + rest[k + 1 :]
                own = 2 * _part(function, 4, *at)
                total += own * self._bent(function, args, left, order + 1, inner)
        return total

    def _inner(self, function: str, args: Sequence[Entries]) -> float:
        total = 0.0
        for k, arg in enumerate(args):
            for j, value in enumerate(arg):
                total += _part(function, 3, k, j) * value + _part(function, 4, k, j) * value * value
        return total

    def _first(self, function: str, args: Sequence[Entries], at: tuple[int, int]) -> float:
        return _part(function, 3, *at) + 2 * _part(function, 4, *at) * float(args[at[0]][at[1]])


def _part(function: str, *words: int) -> float:
    """A number between 0 and 1/4 that depends on a function's name and a few numbers."""
    return mix(letters(function), *words) % 100003 / 400012


class Rationals(Arithmetic):
    """Fractions, with names drawn from 0, 1, -1 and 2: for the smallest counterexample."""

    ordered = True

    def number(self, value: Fraction) -> Fraction:
        """A rational number as one of this arithmetic."""
        return Fraction(value)

    def draw(self, chance: Iterator[int], positive: bool) -> Fraction:
        """A random number."""
        bits = next(chance)
        return Fraction(1 + bits % 2 if positive else int(_SMALL[bits % 4]))

    def invert(self, value: Fraction) -> Fraction:
        """1/value; Undefined for 0."""
        if not value:
            raise Undefined("division by zero", chance=True)
        return 1 / Fraction(value)

    def power(self, base: Fraction, exponent: Fraction) -> Fraction:
        """base^exponent."""
        if exponent.denominator != 1 or abs(exponent) > 64:
            raise Unsupported("a power that need not be rational")
        if not base and exponent < 0:
            raise Undefined("division by zero", chance=True)
        return Fraction(base) ** exponent.numerator

    def sign(self, value: Fraction) -> int:
        """1, -1, or 0 for 0."""
        if not value:
            raise Undefined("a kink", chance=True)
        return 1 if value > 0 else -1
