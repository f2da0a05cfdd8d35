"""Symbolic sizes: polynomials in size symbols, such as `n`, `m*p`, `n + k`, `(n*n + n)/2`.

Coefficients are whole, but where a size was divided: then it is meant to come out even.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import lcm
from typing import Any
from weakref import WeakValueDictionary

Monomial = tuple[str, ...]


class Dim:
    """One size. Interned: equal sizes are the same object, so compare with `is`."""

    __slots__ = ("__weakref__", "_text", "terms")
    terms: tuple[tuple[Monomial, Any], ...]
    _text: str | None

    def __add__(self, other: Dim) -> Dim:
        return _make([*self.terms, *other.terms])

    def __sub__(self, other: Dim) -> Dim:
        return _make([*self.terms, *((monomial, -c) for monomial, c in other.terms)])

    def __mul__(self, other: Dim) -> Dim:
        return _make([(tuple(sorted(a + b)), x * y) for a, x in self.terms for b, y in other.terms])

    def __reduce__(self) -> tuple[object, ...]:
        """Copies and other processes make the size anew: equal ones are one object there as well."""
        return _make, (self.terms,)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The size symbols in it, in alphabetical order."""
        return tuple(sorted({name for monomial, _ in self.terms for name in monomial}))

    @property
    def symbol(self) -> str | None:
        """The name, where the size is one symbol and nothing else."""
        if len(self.terms) == 1 and self.terms[0][1] == 1 and len(self.terms[0][0]) == 1:
            return self.terms[0][0][0]
        return None

    @property
    def number(self) -> int | None:
        """The value, where the size is a plain number."""
        if not self.terms:
            return 0
        if len(self.terms) == 1 and self.terms[0][0] == ():
            return int(self.terms[0][1])
        return None

    def over(self, divisor: int) -> Dim:
        """The size divided by a whole number; of a plain number, what is left over is dropped."""
        known = self.number
        if known is not None:
            return number(known // divisor)
        return _make([(monomial, _whole(Fraction(c) / divisor)) for monomial, c in self.terms])

    def value(self, sizes: Mapping[str, int]) -> int:
        """The size as a number, once every symbol has one; what is left over is dropped."""
        return int(self.exact(sizes) // 1)

    def exact(self, sizes: Mapping[str, int]) -> int | Fraction:
        """The same with what is left over."""
        total: int | Fraction = 0
        for monomial, coefficient in self.terms:
            for name in monomial:
                coefficient *= sizes[name]
            total += coefficient
        return total

    def substitute(self, known: Mapping[str, Dim]) -> Dim:
        """The size with some symbols replaced by sizes."""
        if not any(name in known for name in self.symbols):
            return self
        total = number(0)
        for monomial, coefficient in self.terms:
            term = _make([((), coefficient)])
            for name in monomial:
                term = term * known.get(name, symbol(name))
            total = total + term
        return total if not total.terms else _make((m, _whole(c)) for m, c in total.terms)

    @property
    def plain(self) -> str | int:
        """As the public contract shows it: "n", "m*p", or 3."""
        value = self.number
        return str(self) if value is None else value

    def __str__(self) -> str:
        if self._text is None:  # most sizes are never shown
            self._text = _spell(self.terms)
        return self._text

    def __repr__(self) -> str:
        return f"Dim({self})"


_INTERNED: WeakValueDictionary[tuple[tuple[Monomial, Any], ...], Dim] = WeakValueDictionary()


def _whole(value: Any) -> Any:
    """A whole number as an int."""
    return value.numerator if value.denominator == 1 else value


def _make(terms: Iterable[tuple[Monomial, Any]]) -> Dim:
    total: dict[Monomial, Any] = {}
    for monomial, coefficient in terms:
        total[monomial] = total.get(monomial, 0) + coefficient
    key = tuple(sorted((m, _whole(c)) for m, c in total.items() if c))
    found = _INTERNED.get(key)
    if found is None:
        found = Dim()
        found.terms = key
        found._text = None
        _INTERNED[key] = found
    return found


def _spell(terms: tuple[tuple[Monomial, Any], ...]) -> str:
    below = lcm(*(c.denominator for _, c in terms))
    if below > 1:
        above = _spell(tuple((monomial, _whole(c * below)) for monomial, c in terms))
        return f"({above})/{below}" if len(terms) > 1 else f"{above}/{below}"
    parts = []
    for monomial, coefficient in sorted(terms, key=lambda t: (-len(t[0]), t[0])):
        factors = list(monomial)
        if abs(coefficient) != 1 or not factors:
            factors.insert(0, str(abs(coefficient)))
        parts.append(("-" if coefficient < 0 else "") + "*".join(factors))
    parts.sort(key=lambda part: part[0] == "-")  # m - k and not -k + m
    return " + ".join(parts).replace("+ -", "- ") or "0"


def at_least(a: Dim, b: Dim) -> bool:
    """Whether a >= b for certain, all symbols being 1 or more."""
    rest = (a - b).terms
    low = sum(c for monomial, c in rest if monomial)
    return all(c >= 0 for monomial, c in rest if monomial) and low + sum(c for m, c in rest if not m) >= 0


def symbol(name: str) -> Dim:
    """The size called `name`."""
    return _make([((name,), 1)])


def number(value: int | Fraction) -> Dim:
    """A size that is a plain number; a fraction only as a factor: k/2 is 1/2 times k."""
    return _make([((), value)])
