"""Points to test at: an array with the declared properties for every name, of the sizes that a point has."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fractions import Fraction
from typing import Any

from gradproof.expressions.nodes import Expr
from gradproof.proof.evaluation.arithmetic import Arithmetic, Entries, Exponents, TooLarge, Unsupported
from gradproof.proof.evaluation.contraction import LARGEST, contract, plan
from gradproof.proof.evaluation.gauss import inverse
from gradproof.proof.evaluation.random import letters, mix, stream
from gradproof.proof.evaluation.sizes import Sizes

_FIRST = ((3, 2, 4, 5), (2, 3, 5, 4), (4, 5, 3, 2), (5, 4, 2, 3), (4, 3, 5, 2), (3, 4, 2, 5))
WHOLE = 8  # how many whole numbers names in exponents are drawn from
_SQUARE = {"symmetric", "antisymmetric", "spd", "diagonal", "orthogonal", "lower", "upper"}


NONE, ALL = 0, 1  # positive names; a larger number is a pattern
MIXED = 4  # patterns that odd points try before all names are positive; the others try them after


def positives(slot: int, attempt: int) -> int:
    """Which names are positive: half of the points begin with patterns, since what holds where all names are
    positive need not hold where one of them is not."""
    turn, odd = divmod(attempt, 2)
    if not odd:
        return NONE
    if slot % 2:
        return ALL if turn >= MIXED else 2 + slot * MIXED + turn
    return ALL if turn < MIXED else 2 + slot * MIXED + turn


Drawn = tuple[Expr, Arithmetic, int, int]  # a name, a field, whether it is a differential, an entry


class NeedsWhole(Exception):
    """A name stands in an exponent and has to be a whole number."""

    def __init__(self, name: Expr) -> None:
        super().__init__(str(name))
        self.name = name


class Point:
    """Arrays for names, drawn when they are first asked for.

    positive  which names without a structure of their own get numbers that have roots and logarithms:
              NONE, ALL, or a pattern by which about half of them do
    whole     names that are small whole numbers, because they stand in exponents
    """

    def __init__(
        self, seed: int, sizes: Sizes, positive: int = NONE, whole: frozenset[Expr] = frozenset()
    ) -> None:
        self.seed = seed
        self.sizes = sizes
        self.positive = positive
        self.whole = whole
        self._numbers: dict[Expr, list[int]] = {}
        self.drawn: dict[tuple[Expr, Arithmetic, int], Entries] = {}

    def loose(self, names: Collection[Expr]) -> list[Drawn]:
        """What was drawn for names number by number."""
        return [
            (*key, entry)
            for key, entries in self.drawn.items()
            if key[0] in names and not key[2] and _free(key[0], self.whole)
            for entry in range(len(entries))
        ]

    def redrawn(self, key: Drawn, numbers: Iterator[int]) -> Point:
        """This point with another number for one entry."""
        name, field, direction, entry = key
        other = Point(self.seed, self.sizes, self.positive, self.whole)
        other._numbers, other.drawn = self._numbers, dict(self.drawn)
        entries = other.drawn[name, field, direction] = list(self.drawn[name, field, direction])
        entries[entry] = field.draw(numbers, self._is_positive(name) or "positive" in map(str, _props(name)))
        return other

    def shape(self, node: Expr) -> tuple[int, ...]:
        """The axes of a node as numbers."""
        return tuple(self.sizes.value(dim) for dim in node.axes)

    def count(self, node: Expr) -> int:
        """How many entries a node has."""
        total = 1
        for dim in node.axes:
            total *= self.sizes.value(dim)
        if total > LARGEST:
            raise TooLarge(f"{total} entries are too many to evaluate")
        return total

    def entries(self, name: Expr, field: Arithmetic) -> Entries:
        """The array that a name stands for."""
        return self._draw(name, field, 0)

    def direction(self, name: Expr, field: Arithmetic, number: int = 0) -> Entries:
        """The array that the differential of a name stands for: any array of its shape. There is one for
        each number."""
        return self._draw(name, field, number + 1)

    def _draw(self, name: Expr, field: Arithmetic, direction: int) -> Entries:
        key = (name, field, direction)
        found = self.drawn.get(key)
        if found is None:
            props = frozenset(map(str, _props(name)))
            if direction:
                numbers = stream(mix(self.seed, letters(str(name.data[0])), direction, field.salt))
                found = [field.draw(numbers, False) for _ in range(self.count(name))]
            elif name in self.whole or "integer" in props or isinstance(field, Exponents):
                found = self._whole(name, field, props)
            else:
                numbers = stream(mix(self.seed, letters(str(name.data[0])), 0, field.salt))
                found = self._array(name, field, props, numbers)
            self.drawn[key] = found
        return found

    def _whole(self, name: Expr, field: Arithmetic, props: frozenset[str]) -> Entries:
        if name not in self.whole and "integer" not in props:
            raise NeedsWhole(name)
        if name not in self._numbers:
            here = letters(str(name.data[0]))
            numbers = stream(mix(self.seed, here, 2))
            pair, turned = divmod(self.sizes.slot, 2)  # both parities are met, also of sums
            odd = [mix(here, k, pair) + turned & 1 for k in range(self.count(name))]
            found = [2 + next(numbers) % WHOLE // 2 * 2 + one for one in odd]
            for _ in range(WHOLE // 2):
                if found in self._numbers.values():
                    found = [2 + value % WHOLE for value in found]
            self._numbers[name] = found
        return [field.number(Fraction(value)) for value in self._numbers[name]]

    def _is_positive(self, name: Expr) -> bool:
        if self.positive > ALL:
            return bool(mix(letters(str(name.data[0])), self.positive) & 1)
        return self.positive == ALL

    def _array(self, name: Expr, field: Arithmetic, props: frozenset[str], numbers: Iterator[int]) -> Entries:
        positive = "positive" in props
        structured = props & _SQUARE
        if not structured:
            positive = positive or self._is_positive(name)
            if "stochastic" in props:
                return self._stochastic(name, field, numbers)
            if "unit" in props:
                return [field.draw_unit(numbers) for _ in range(self.count(name))]
            return [field.draw(numbers, positive) for _ in range(self.count(name))]
        shape = self.shape(name)
        if len(shape) != 2 or shape[0] != shape[1]:
            raise Unsupported(f"{name} is {', '.join(sorted(structured))} and not square")
        entries = _structured(field, structured, shape[0], positive, numbers)
        if "orthogonal" in structured and (self.sizes.slot + letters(str(name.data[0]))) % 2:
            entries[: shape[0]] = field.reduce([-value for value in entries[: shape[0]]])
        return entries

    def _stochastic(self, name: Expr, field: Arithmetic, numbers: Iterator[int]) -> Entries:
        """Rows that add up to one."""
        count, length = self.count(name), self.shape(name)[-1] if name.axes else 1
        weights = [field.draw(numbers, True) for _ in range(count)]
        out: Entries = []
        for k in range(0, count, length):
            row = weights[k : k + length]
            factor = field.invert(field.reduce([sum(row)])[0])
            out.extend(field.reduce([value * factor for value in row]))
        return out


def _free(name: Expr, whole: frozenset[Expr]) -> bool:
    """Whether the entries of a name have nothing to do with each other."""
    return name not in whole and set(map(str, _props(name))) <= {"positive", "invertible", "constant"}


def _props(name: Expr) -> tuple[object, ...]:
    found = name.data[1]
    return found if isinstance(found, tuple) else ()


def _structured(
    field: Arithmetic, props: frozenset[str], n: int, positive: bool, numbers: Iterator[int]
) -> Entries:
    if "orthogonal" in props:
        return _orthogonal(field, n, numbers)
    if "diagonal" in props:
        above = positive or "spd" in props
        return [field.draw(numbers, above) if k % (n + 1) == 0 else 0 for k in range(n * n)]
    if "spd" in props:
        return _positive_definite(field, n, numbers)
    entries: Entries = [field.draw(numbers, positive) for _ in range(n * n)]
    for row in range(n):
        for column in range(row + 1):
            low, high = row * n + column, column * n + row
            entries[low], entries[high] = _mirrored(props, entries[low], entries[high], low == high)
    return field.reduce(entries)


def _mirrored(props: frozenset[str], low: Any, high: Any, diagonal: bool) -> tuple[Any, Any]:
    """An entry below the diagonal and the one across it, as the structure has them."""
    if "lower" in props and not diagonal:
        return low, 0
    if "upper" in props and not diagonal:
        return 0, high
    if "symmetric" in props:
        return low, low
    if "antisymmetric" in props:
        return (0, 0) if diagonal else (low, -low)
    return low, high


def _positive_definite(field: Arithmetic, n: int, numbers: Iterator[int]) -> Entries:
    """A·Aᵀ, with ones added to the diagonal where numbers have an order."""
    root = [field.draw(numbers, False) for _ in range(n * n)]
    gram = plan(((0, 1), (2, 1)), (0, 2), ((0, n), (1, n), (2, n)))
    grown = contract(field, gram, [root, root])
    if not field.ordered:
        return grown
    return [value + 1 if k % (n + 1) == 0 else value for k, value in enumerate(grown)]


def _orthogonal(field: Arithmetic, n: int, numbers: Iterator[int]) -> Entries:
    """Cayley's (1 - K)·inv(1 + K) for an antisymmetric K: its determinant is 1."""
    turn = _structured(field, frozenset({"antisymmetric"}), n, False, numbers)
    plus = field.reduce([value + (k % (n + 1) == 0) for k, value in enumerate(turn)])
    minus = field.reduce([(k % (n + 1) == 0) - value for k, value in enumerate(turn)])
    product = plan(((0, 1), (1, 2)), (0, 2), ((0, n), (1, n), (2, n)))
    return contract(field, product, [minus, inverse(field, plus, n)])
