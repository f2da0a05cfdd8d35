"""What an evaluation asks of the numbers it is made with: residues, fractions or floats.

Arrays are flat lists, last axis fastest. Here is the interface and what any field can do; the
fields themselves are in `field`, `reals` and `rationals`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

Entries = list[Any]
Places = tuple[tuple[int, int], ...]  # entries of arguments: (argument, entry)
HALF = Fraction(1, 2)


class Undefined(Exception):
    """The expression has no value at this point; another point may do.

    chance  True where other values of the same sizes may well do (a root, a logarithm)
    at      the key that was being computed, once an evaluator has said so
    """

    def __init__(self, why: str, chance: bool = False) -> None:
        super().__init__(why)
        self.chance = chance
        self.at: object | None = None


class Unsupported(Exception):
    """The expression has no value in this arithmetic, at any point."""


class TooLarge(Unsupported):
    """The arrays are too large at these sizes; smaller ones may do."""


class NeedsCircle(Exception):
    """sin or cos was met in a field that has no model of them."""


class Arithmetic(ABC):
    """A field to evaluate in.

    below     where the argument of exp is evaluated; None: nowhere, exp is an oracle
    top       where signs are decided, so that they are the same on every level
    exponent  where exponents are evaluated
    ordered   True where numbers can be compared
    salt      different for fields that must not get the same random numbers
    field     for dual numbers: the field of their parts
    seed      for dual numbers: what their eps is the change of
    """

    field: Arithmetic | None = None
    seed: Any = None

    below: Arithmetic | None = None
    ordered = False
    salt = 0

    @property
    def top(self) -> Arithmetic:
        """The first field of the tower."""
        return self

    @property
    def exponent(self) -> Arithmetic:
        """Where exponents are evaluated."""
        return self

    def reduce(self, values: Iterable[Any]) -> Entries:
        """The values, brought to their standard form."""
        return list(values)

    @abstractmethod
    def number(self, value: Fraction) -> Any:
        """A rational number."""

    def draw(self, chance: Iterator[int], positive: bool) -> Any:
        """A random number."""
        raise Unsupported("no numbers are drawn in this arithmetic")

    def draw_unit(self, chance: Iterator[int]) -> Any:
        """A random number between -1 and 1, where that means something."""
        return self.draw(chance, False)

    @abstractmethod
    def invert(self, value: Any) -> Any:
        """1/value."""

    def divides(self, value: Any) -> bool:
        """Whether a number has an inverse."""
        return bool(value)

    def inverses(self, values: Sequence[Any]) -> Entries:
        """1/value for each of them."""
        return [self.invert(value) for value in values]

    @abstractmethod
    def power(self, base: Any, exponent: Any) -> Any:
        """base^exponent."""

    def sign(self, value: Any) -> int:
        """1, -1, or 0 for 0."""
        raise Unsupported("no signs in this arithmetic")

    def pi(self) -> Any:
        """The number π, or what stands for it."""
        raise Unsupported("π is not a number of this arithmetic")

    def apply(self, function: str, value: Any) -> Any:
        """An elementwise function that is not given by others."""
        raise Unsupported(f"{function} has no exact model")

    def unknown(self, function: str, order: int, value: Any) -> Any:
        """The value of an unknown elementwise function, or of one of its derivatives."""
        raise Unsupported(f"{function} is unknown")

    def unknown_entry(self, function: str, entry: int, args: Sequence[Entries], by: Places) -> Any:
        """One entry of an unknown function of arrays, differentiated by some entries of these."""
        raise Unsupported(f"{function} is unknown")


class Exponents(Arithmetic):
    """Fractions, for what stands in an exponent: names there are small whole numbers."""

    def number(self, value: Fraction) -> Fraction:
        """A rational number as one of this arithmetic."""
        return value

    def draw(self, chance: Iterator[int], positive: bool) -> Fraction:
        """Nothing but whole numbers stands in an exponent."""
        raise Unsupported("a differential in an exponent")

    def invert(self, value: Fraction) -> Fraction:
        """1/value; Undefined for 0."""
        if not value:
            raise Undefined("division by zero in an exponent")
        return 1 / value

    def power(self, base: Fraction, exponent: Fraction) -> Fraction:
        """base^exponent."""
        return rational_power(base, exponent)


EXPONENTS = Exponents()


def rational_power(base: Fraction, exponent: Fraction) -> Fraction:
    """base^exponent, where it is rational for a reason that needs no luck: whole exponents."""
    if exponent.denominator != 1:
        raise Unsupported("a root need not be rational")
    if abs(exponent.numerator) > 64:
        raise Unsupported("an exponent above 64")
    if not base and exponent < 0:
        raise Undefined("division by zero")
    return base**exponent.numerator
