"""Products of everything multiplicative, laid out as networks of labelled axes.

A network is a coefficient, scalar factors and array factors with rational powers, and wires: axes
with the same label are multiplied entry by entry, and summed unless the label goes out. Sums stay
closed boxes, so what came factored stays factored. The identity only joins two wires and an array
of ones is a loose end, so neither is ever a factor. How operators are laid out is in `spread`; how
a network is written as matrices again is in `readback`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr

ONE = Fraction(1)


class Factor(NamedTuple):
    """An expression, entry by entry to a power, with a label on each axis."""

    expr: Expr
    legs: tuple[int, ...]
    power: Fraction


class Join(NamedTuple):
    """A label that stands for several: an axis of vec(X) or kron(A, B)."""

    label: int
    parts: tuple[int, ...]


class Network:
    """A network under construction: labels, factors, joins."""

    def __init__(self) -> None:
        self.coefficient = ONE
        self.factors: list[Factor] = []
        self.joins: list[Join] = []
        self.sizes: dict[int, Dim] = {}
        self._parent: dict[int, int] = {}
        self._next = 0

    # ---- labels

    def label(self, size: Dim) -> int:
        """A fresh label."""
        self._next += 1
        self._parent[self._next] = self._next
        self.sizes[self._next] = size
        return self._next

    def find(self, label: int) -> int:
        """The label that stands for all that were merged with this one."""
        while self._parent[label] != label:
            self._parent[label] = label = self._parent[self._parent[label]]
        return label

    def merge(self, a: int, b: int) -> None:
        """One wire out of two: what an identity matrix does."""
        self._parent[self.find(b)] = self.find(a)

    def legs(self, e: Expr) -> list[int]:
        """Fresh labels for the axes of an expression."""
        return [self.label(size) for size in e.axes]

    # ---- growing

    def times(self, value: Fraction | int) -> None:
        """Multiply by a number."""
        self.coefficient *= value

    def box(self, e: Expr, power: Fraction = ONE) -> list[int]:
        """Add an expression as one closed factor."""
        legs = self.legs(e)
        self.factors.append(Factor(e, tuple(legs), power))
        return legs

    def axis(self, parts: tuple[int, ...]) -> int:
        """The label of an axis with these parts; more than one part makes a join."""
        if len(parts) == 1:
            return parts[0]
        size = self.sizes[parts[0]]
        for part in parts[1:]:
            size = size * self.sizes[part]
        label = self.label(size)
        self.join(label, parts)
        return label

    def join(self, label: int, parts: tuple[int, ...]) -> None:
        """Say that a label stands for several."""
        self.joins.append(Join(label, parts))

    def copy(self) -> Network:
        """The same network, to be changed apart."""
        other = Network()
        other.coefficient, other._next = self.coefficient, self._next
        other.factors, other.joins = list(self.factors), list(self.joins)
        other.sizes, other._parent = dict(self.sizes), dict(self._parent)
        return other

    # ---- closing

    def settle(self) -> None:
        """Write every label by its representative; equal factors on equal wires become powers."""
        while self._merge_joins():
            pass
        powers: dict[tuple[Expr, tuple[int, ...]], Fraction] = {}
        for expr, legs, power in self.factors:
            key = (expr, tuple(self.find(leg) for leg in legs))
            powers[key] = powers.get(key, Fraction(0)) + power
        self.factors = [Factor(e, legs, p) for (e, legs), p in powers.items() if p]
        self.joins = [Join(self.find(j.label), tuple(map(self.find, j.parts))) for j in self.joins]

    def _merge_joins(self) -> bool:
        first: dict[int, Join] = {}
        for join in self.joins:
            here = self.find(join.label)
            other = first.setdefault(here, join)
            if other is not join and self._sizes(other) == self._sizes(join):
                for a, b in zip(other.parts, join.parts, strict=True):
                    self.merge(a, b)
                self.joins.remove(join)
                return True
        return False

    def _sizes(self, join: Join) -> list[Dim]:
        return [self.sizes[part] for part in join.parts]
