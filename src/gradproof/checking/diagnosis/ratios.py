"""Rational numbers found again from what they are modulo a prime."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

SMALL = 1000


def rational(value: int, prime: int, bound: int = SMALL) -> Fraction | None:
    """The fraction with numerator and denominator up to `bound` that `value` is, if there is one."""
    r0, r1, s0, s1 = prime, value % prime, 0, 1
    while r1 > bound:
        q = r0 // r1
        r0, r1, s0, s1 = r1, r0 - q * r1, s1, s0 - q * s1
    if not 0 < abs(s1) <= bound:
        return None
    return Fraction(r1, s1)


def constant_ratio(left: Sequence[int], right: Sequence[int], prime: int) -> Fraction | None:
    """The number c with left = c·right, if it is one and not 0."""
    at = next((k for k, value in enumerate(right) if value % prime), None)
    if at is None or len(left) != len(right):
        return None
    c = left[at] * pow(right[at], -1, prime) % prime
    if not c or any((x - c * y) % prime for x, y in zip(left, right, strict=True)):
        return None
    return rational(c, prime)


def weights(vectors: Sequence[Sequence[int]], target: Sequence[int], prime: int) -> list[Fraction] | None:
    """The only numbers with target = Σ number·vector, if these are small fractions.

    None where there are none, or more than one choice.
    """
    count = len(vectors)
    rows = [[*(v[k] for v in vectors), target[k]] for k in range(len(target))]
    for column in range(count):
        at = next((k for k in range(column, len(rows)) if rows[k][column] % prime), None)
        if at is None:
            return None
        rows[column], rows[at] = rows[at], rows[column]
        scale = pow(rows[column][column], -1, prime)
        rows[column] = [value * scale % prime for value in rows[column]]
        for k, row in enumerate(rows):
            if k != column and row[column]:
                factor = row[column]
                rows[k] = [(x - factor * y) % prime for x, y in zip(row, rows[column], strict=True)]
    if any(row[count] for row in rows[count:]):
        return None
    found = [rational(rows[k][count], prime) for k in range(count)]
    return None if any(f is None for f in found) else [f for f in found if f is not None]
