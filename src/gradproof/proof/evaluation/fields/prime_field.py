"""Prime fields in towers, so that exp has an exact model.

A number is held as one residue in each field of a tower P0 > P1 > …, where P(i+1) divides P(i) - 1.
Then exp takes the residue v in P(i+1) to g^v in P(i), g of order P(i+1): exp(a + b) = exp(a)·exp(b)
holds exactly, to as many levels as the tower has; below its last field exp is an oracle.

The numbers whose order is odd play the positive reals: each has one root of every even degree among
them. In the plain tower P = 3 mod 4: half of all numbers are "positive", and v or -v is. In the
circle tower P = 1 mod 8, so there is a root i of -1 and with it cos and sin: (w^v ± w^-v)/2, /2i.

What is exact here and what is only an oracle is known to `evaluate`, not to the field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from gradproof.proof.evaluation.arithmetic import (
    EXPONENTS,
    HALF,
    Arithmetic,
    Entries,
    Places,
    Undefined,
    Unsupported,
)
from gradproof.proof.evaluation.random import fingerprint, letters, mix

# Found by trying P = 2·m·P' + 1 and P = 8·m·P' + 1 for odd m, P - 1 free of 3, 5, 7, 11, 13, with 2 (and in
# the first tower 3, 5, 7) among the numbers of odd order. tests/test_modular.py checks all of this.
PLAIN = (
    404038691875865525501612519, 373418384358470910814799, 172718956687544362079, 143692975613597639,
    70368744179039,
)  # fmt: skip
CIRCLE = (
    319595373317678040646150779689, 25790459434932056217410489, 4585785817022058360137,
    851743279536043529, 70368744178457,
)  # fmt: skip
_WINDOW = 5


class Field(Arithmetic):
    """The residues modulo a prime, as one level of a tower."""

    def __init__(self, prime: int, below: Field | None, circle: bool) -> None:
        self.prime = self.salt = prime
        self.below: Field | None = below
        self.circle = circle
        self.cosets = 8 if circle else 2
        self.odd = (prime - 1) // self.cosets
        self._top: Field = self
        self._negative = frozenset[int]()
        self._tables: dict[int, list[list[int]]] = {}
        self.bases: tuple[int, int] = (0, 0)
        self.imaginary = 0
        if below is not None:
            cofactor = (prime - 1) // below.prime
            self.bases = (pow(5, cofactor, prime), pow(11, cofactor, prime))
        if circle:
            turn = next(r for r in (pow(c, self.odd, prime) for c in range(3, 99)) if pow(r, 4, prime) != 1)
            self.imaginary = turn * turn % prime
            self._negative = frozenset(pow(turn, k, prime) for k in range(4, 8))

    @property
    def top(self) -> Arithmetic:
        """The first field of the tower."""
        return self._top

    @property
    def exponent(self) -> Arithmetic:
        """Where exponents are evaluated."""
        return EXPONENTS

    def reduce(self, values: Iterable[Any]) -> Entries:
        """Standard residues."""
        p = self.prime
        return [value % p for value in values]

    def number(self, value: Fraction) -> int:
        """A rational number as one of this arithmetic."""
        if value.denominator == 1:
            return value.numerator % self.prime
        return value.numerator * pow(value.denominator, -1, self.prime) % self.prime

    def draw(self, chance: Iterator[int], positive: bool) -> int:
        """A random number."""
        value = next(chance) % self.prime
        return pow(value, self.cosets, self.prime) if positive else value

    def invert(self, value: int) -> int:
        """1/value; Undefined for 0."""
        if not value:
            raise Undefined("division by zero")
        return pow(value, -1, self.prime)

    def inverses(self, values: Sequence[int]) -> Entries:
        """All inverses for the price of one and three products each."""
        p, before, total = self.prime, [], 1
        for value in values:
            before.append(total)
            total = total * value % p
        total = self.invert(total)
        out = []
        for value, head in zip(reversed(values), reversed(before), strict=True):
            out.append(total * head % p)
            total = total * value % p
        out.reverse()
        return out

    def power(self, base: int, exponent: Fraction) -> int:
        """base^exponent."""
        p, below = self.prime, exponent.denominator
        if below == 1:
            if exponent < 0 and not base:
                raise Undefined("division by zero")
            return pow(base, exponent.numerator, p)
        if not base:
            return 0 if exponent > 0 else self.invert(base)
        order = self.odd if below % 2 == 0 else p - 1
        if exponent == HALF and not self.circle:  # one power instead of two
            root = pow(base, (p + 1) // 4, p)
            if root * root % p != base:
                raise Undefined("no root", chance=True)
            return root
        if below % 2 == 0 and pow(base, self.odd, p) != 1:
            raise Undefined("no root", chance=True)
        try:
            root_exponent = pow(below, -1, order)
        except ValueError:
            raise Unsupported(f"no root of degree {below}") from None
        return pow(base, exponent.numerator * root_exponent % order, p)

    def rooted(self, value: int) -> bool:
        """Whether a number has roots of even degree."""
        return pow(value, self.odd, self.prime) == 1

    def sign(self, value: int) -> int:
        """1, -1, or 0 for 0."""
        if not value:
            return 0
        coset = pow(value, self.odd, self.prime)
        if self.circle:
            return -1 if coset in self._negative else 1
        return 1 if coset == 1 else -1

    def exp(self, value: int, base: int = 0) -> int:
        """bases[base]^value for a residue of the field below."""
        tables = self._tables.get(base)
        if tables is None:
            assert self.below is not None
            tables = self._tables[base] = _windows(self.bases[base], self.below.prime, self.prime)
        p, total = self.prime, 1
        for table in tables:
            total = total * table[value & 31] % p
            value >>= _WINDOW
        return total

    def oracle(self, *words: int) -> int:
        """A number that depends on the words and on nothing else."""
        return mix(self.prime, *words) % self.prime

    def odd_oracle(self, function: str, value: int) -> int:
        """The same for an odd function: the value at -v is minus the value at v."""
        if 2 * value > self.prime:
            return self.prime - self.oracle(letters(function), self.prime - value)
        return self.oracle(letters(function), value) if value else 0

    def pi(self) -> int:
        """What stands for π."""
        return pow(self.oracle(letters("pi")), self.cosets, self.prime)

    def apply(self, function: str, value: int) -> int:
        """An elementwise function that is not given by others."""
        return self.odd_oracle(function, value)

    def unknown(self, function: str, order: int, value: int) -> int:
        """An unknown elementwise function, or one of its derivatives."""
        return self.oracle(letters(function), order, value)

    def unknown_entry(self, function: str, entry: int, args: Sequence[Entries], by: Places) -> int:
        """One entry of an unknown function of arrays, differentiated by some entries of these."""
        places = [word for place in sorted(by) for word in place]
        return self.oracle(letters(function), entry, _seen(args), *places)


def _seen(args: Sequence[Entries]) -> int:
    return fingerprint(value for arg in args for value in (*arg, -len(arg)))


def _windows(base: int, order: int, p: int) -> list[list[int]]:
    """Powers of one base for each window of five bits of the exponent."""
    tables = []
    for _ in range(0, order.bit_length(), _WINDOW):
        table = [1]
        for _ in range((1 << _WINDOW) - 1):
            table.append(table[-1] * base % p)
        tables.append(table)
        base = table[-1] * base % p
    return tables


@lru_cache(maxsize=2)
def tower(circle: bool) -> Field:
    """The top of a tower: one for sin and cos, one for all the rest."""
    field: Field | None = None
    levels = []
    for prime in reversed(CIRCLE if circle else PLAIN):
        field = Field(prime, field, circle)
        levels.append(field)
    assert field is not None
    for level in levels:
        level._top = field
    return field
