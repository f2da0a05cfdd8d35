"""Dual numbers as an arithmetic of their own, so that tangents have tangents: derivatives of any order.

In the arithmetic over a field along a seed, the value of an expression is its value in the field together
with its tangent along the seed. Every rule for tangents works in any arithmetic; along a second seed, in this
one, it gives the second derivative in both directions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from gradproof.expressions.nodes import Expr
from gradproof.proof.evaluation.arithmetic import Arithmetic, Entries, Places
from gradproof.proof.evaluation.evaluator import VALUE, Evaluator, Rule, Seed, known


class Dual:
    """a + b·eps with eps² = 0. Numbers of any kind are duals with b = 0."""

    __slots__ = ("a", "b")

    def __init__(self, a: Any, b: Any) -> None:
        self.a = a
        self.b = b

    def __add__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.a + other.a, self.b + other.b)
        return Dual(self.a + other, self.b)

    __radd__ = __add__

    def __neg__(self) -> Dual:
        return Dual(-self.a, -self.b)

    def __sub__(self, other: Any) -> Dual:
        return self.__add__(-other)

    def __rsub__(self, other: Any) -> Dual:
        return self.__neg__().__add__(other)

    def __mul__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.a * other.a, self.a * other.b + self.b * other.a)
        return Dual(self.a * other, self.b * other)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return bool(self.a) or bool(self.b)

    def __abs__(self) -> Any:
        return abs(self.a)


class Duals(Arithmetic):
    """The arithmetic of a field with an eps along a seed."""

    field: Arithmetic

    def __init__(self, field: Arithmetic, seed: Seed) -> None:
        self.field = field
        self.seed = seed
        self.ordered = field.ordered
        self.salt = field.salt

    @property
    def top(self) -> Arithmetic:
        """Signs are decided by the values."""
        return self.field.top

    @property
    def exponent(self) -> Arithmetic:
        """Exponents that vary are met in `dual_numbers.power`; all others are those of the field."""
        return self.field.exponent

    def paired(self, values: Entries, slopes: Entries | None) -> Entries:
        """Values and their tangents as numbers of this arithmetic."""
        if slopes is None:
            return [Dual(value, 0) for value in values]
        return [Dual(value, slope) for value, slope in zip(values, slopes, strict=True)]

    def parts(self, values: Iterable[Any]) -> tuple[Entries, Entries]:
        """Values and eps parts."""
        made = [value if isinstance(value, Dual) else Dual(value, 0) for value in values]
        return self.field.reduce(v.a for v in made), self.field.reduce(v.b for v in made)

    def reduce(self, values: Iterable[Any]) -> Entries:
        """Both parts in standard form."""
        return self.paired(*self.parts(values))

    def number(self, value: Fraction) -> Dual:
        """A constant."""
        return Dual(self.field.number(value), 0)

    def divides(self, value: Any) -> bool:
        """Whether a number has an inverse: its value has one."""
        return self.field.divides(value.a if isinstance(value, Dual) else value)

    def invert(self, value: Any) -> Dual:
        """1/(a + b·eps) = 1/a - b/a²·eps."""
        (out,) = self.inverses([value])
        assert isinstance(out, Dual)
        return out

    def inverses(self, values: Sequence[Any]) -> Entries:
        """1/value for each of them."""
        above, below = self.parts(values)
        found = self.field.inverses(above)
        return self.reduce([Dual(v, -(v * v * b)) for v, b in zip(found, below, strict=True)])

    def power(self, base: Any, exponent: Any) -> Any:
        """(a + b·eps)^p = a^p + p a^(p-1) b·eps."""
        (a,), (b,) = self.parts([base])
        whole = self.field.power(a, exponent)
        if not b or not exponent:
            return Dual(whole, 0)
        slope = self.field.number(exponent) * self.field.power(a, exponent - 1)
        return self.reduce([Dual(whole, slope * b)])[0]

    def pi(self) -> Dual:
        """A constant."""
        return Dual(self.field.pi(), 0)

    def unknown(self, function: str, order: int, value: Any) -> Any:
        """f(a + b·eps) = f(a) + f'(a) b·eps."""
        (a,), (b,) = self.parts([value])
        slope = self.field.unknown(function, order + 1, a) * b if b else 0
        return self.reduce([Dual(self.field.unknown(function, order, a), slope)])[0]

    def unknown_entry(self, function: str, entry: int, args: Sequence[Entries], by: Places) -> Any:
        """One more derivative along each entry of the arguments that moves."""
        both = [self.parts(arg) for arg in args]
        values = [value for value, _ in both]
        slopes = [
            self.field.unknown_entry(function, entry, values, (*by, (k, j))) * slope
            for k, (_, moves) in enumerate(both)
            for j, slope in enumerate(moves)
            if slope
        ]
        whole = self.field.unknown_entry(function, entry, values, by)
        return self.reduce([Dual(whole, sum(slopes))])[0]


def over(ev: Evaluator, field: Arithmetic, seed: Seed) -> Duals:
    """The one arithmetic of a field and a seed at a point, so that what is known there is found again."""
    made = ev.duals.get((field, seed))
    if made is None:
        made = ev.duals[field, seed] = Duals(field, seed)
    assert isinstance(made, Duals)
    return made


def value(ev: Evaluator, e: Expr, field: Duals) -> Rule:
    """The value and the tangent. What an equation defines stands still in it; here, where its change is
    differentiated once more, it moves."""
    entries = yield e, field.field, VALUE
    slopes = yield e, field.field, ev.total(field.seed)
    return field.paired(known(entries), slopes)


def eps(entries: Entries | None) -> Entries | None:
    """The eps parts; None is zero everywhere."""
    return None if entries is None else [v.b if isinstance(v, Dual) else 0 for v in entries]
