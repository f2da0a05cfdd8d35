"""Arrays while a text is read: axes that indices name, and one or two that matrix notation leaves unnamed.

A value knows its shape at once and makes its expression later, when all sizes are known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from gradproof.elaboration.document.sizes import Misfit, Size, Sizes
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.operators import build

LARGE = 20  # an exponent that is not worked out
ODD = 6.0  # what a product of columns or a number beside an array costs, which people seldom mean
TURNED_NUMBER = 9.0  # the transpose of a number: more than a row that does not fit


class Value(NamedTuple):
    """labels: the indices, in the order of the first axes; axes: the sizes of the others; row: it lies down;
    make: the expression,
    whose axes are the labels' and then the others; number: where it is a plain one; flat: all ones."""

    labels: tuple[str, ...]
    axes: tuple[Size, ...]
    row: bool
    make: Callable[[], Expr]
    number: Fraction | None = None
    flat: bool = False

    @property
    def rank(self) -> int:
        """How many axes are not named by an index."""
        return len(self.axes)


class Arrays:
    """The arithmetic of values, in one row of a text.

    sizes   all sizes; letters: the size of each index of the row; cost: what was not said in the usual way
    """

    def __init__(self, sizes: Sizes, dim: Callable[[Size], Dim]) -> None:
        self.sizes = sizes
        self.dim = dim
        self.letters: dict[str, Size] = {}
        self.cost = 0.0

    # ---- leaves

    def letter(self, text: str) -> Size:
        """The size that an index runs over in this row."""
        return self.letters.setdefault(text, self.sizes.new())

    def constant(self, value: Fraction) -> Value:
        """A number."""

        def make() -> Expr:
            bottom = value.denominator
            while bottom % 2 == 0:
                bottom //= 2
            while bottom % 5 == 0:
                bottom //= 5
            if bottom == 1:
                return build.num(value)
            return build.div(build.num(value.numerator), build.num(value.denominator))

        return Value((), (), False, make, value)

    def ones(self, axes: tuple[Size, ...]) -> Value:
        """An array of ones."""
        return Value((), axes, False, lambda: build.ones(*self.dims(axes)), None, True)

    def eye(self, size: Size) -> Value:
        """An identity."""
        return Value((), (size, size), False, lambda: build.eye(*self.dims((size,))))

    def delta(self, i: str, j: str) -> Value:
        """Kronecker's delta of two indices."""
        self.sizes.equal(self.letter(i), self.letter(j))
        size = self.letter(i)
        if i == j:
            return self.constant(Fraction(1))
        return Value((i, j), (), False, lambda: build.eye(*self.dims((size,))))

    def dims(self, sizes: Sequence[Size]) -> list[Dim]:
        """Sizes as expressions have them."""
        return [self.dim(size) for size in sizes]

    def all_axes(self, value: Value) -> tuple[Size, ...]:
        """The sizes of all axes of a value's expression."""
        return (*(self.letter(label) for label in value.labels), *value.axes)

    # ---- shapes

    def same(self, a: Value, b: Value) -> None:
        """Two values have the same unnamed axes. Raises Misfit."""
        if a.rank != b.rank or (a.row != b.row and a.rank == 1):
            raise Misfit(f"{self.said(a)} beside {self.said(b)}")
        for one, other in zip(a.axes, b.axes, strict=True):
            self.sizes.equal(one, other)

    def said(self, value: Value) -> str:
        """The shape in words."""
        if not value.axes:
            return "a number"
        if value.rank == 1:
            return ("a row of " if value.row else "a vector of ") + value.axes[0].said
        return "×".join(size.said for size in value.axes)

    # ---- linear things by indices

    def contract(
        self, parts: Sequence[tuple[Value, tuple[str, ...]]], labels: tuple[str, ...], out: tuple[str, ...],
        axes: tuple[Size, ...], row: bool = False,
    ) -> Value:  # fmt: skip
        """A sum of products: every part with names for its unnamed axes; `out` are those of the result."""

        def make() -> Expr:
            chars: dict[str, str] = {}

            def char(name: str) -> str:
                return chars.setdefault(name, _CHARS[len(chars)])

            groups = ["".join(map(char, (*value.labels, *names))) for value, names in parts]
            target = "".join(map(char, (*labels, *out)))
            made = [value.make() for value, _ in parts]
            made = [_standing(e) for e in made]
            if len(made) == 1 and groups[0] == target:
                return made[0]
            return _laid(build.einsum(f"{','.join(groups)}->{target}", *made), row and not labels)

        return Value(labels, axes, row, make)

    def spread(self, value: Value, labels: tuple[str, ...]) -> Value:
        """A value with more labels than it has, in a given order."""
        if value.labels == labels:
            return value
        missing = [label for label in labels if label not in value.labels]
        names = tuple(f"={k}" for k in range(value.rank))
        parts: list[tuple[Value, tuple[str, ...]]] = [(value, names)]
        for label in missing:
            parts.append((self.ones((self.letter(label),)), (label,)))
        return self.contract(parts, labels, names, value.axes, value.row)

    def total(self, value: Value, label: str) -> Value:
        """The sum over an index."""
        size = self.letter(label)
        if label not in value.labels:
            many = Value((), (), False, lambda: build.size(self.dims((size,))[0]))
            return self.scaled(many, value)
        names = tuple(f"={k}" for k in range(value.rank))
        labels = tuple(one for one in value.labels if one != label)
        if value.labels == (label,) and not value.axes:
            return Value((), (), False, lambda: build.apply("sum", value.make()))
        return self.contract([(value, names)], labels, names, value.axes, value.row)

    def scaled(self, number: Value, value: Value) -> Value:
        """A number times a value."""
        if number.number == 1:
            return value
        if not number.labels:
            if value.number is not None and number.number is not None:
                return self.constant(value.number * number.number)
            return value._replace(make=lambda: build.mul(number.make(), value.make()), number=None)
        names = tuple(f"={k}" for k in range(value.rank))
        labels = tuple(dict.fromkeys((*number.labels, *value.labels)))
        return self.contract([(number, ()), (value, names)], labels, names, value.axes, value.row)

    def entry(self, value: Value, indices: Sequence[str]) -> Value:
        """The entries of a value at indices, or its rows: ":" leaves an axis as it is."""
        if len(indices) > value.rank:
            raise Misfit("there are more indices than axes")
        names: list[str] = []
        out: list[str] = []
        axes: list[Size] = []
        for place, size in enumerate(value.axes):
            index = indices[place] if place < len(indices) else ":"
            if index == ":":
                names.append(f"={place}")
                out.append(f"={place}")
                axes.append(size)
            else:
                self.sizes.equal(self.letter(index), size)
                names.append(index)
        labels = tuple(dict.fromkeys((*value.labels, *(name for name in names if name[0] != "="))))
        return self.contract([(value, tuple(names))], labels, tuple(out), tuple(axes))

    def T(self, value: Value) -> Value:
        """The transpose."""
        if not value.axes:
            self.cost += TURNED_NUMBER
        if value.rank == 1:
            if not value.labels:
                return Value((), value.axes, not value.row, lambda: build.T(value.make()))
            return value._replace(row=not value.row)
        if value.rank == 2:
            axes = (value.axes[1], value.axes[0])
            if not value.labels:
                return Value((), axes, False, lambda: build.T(value.make()))
            return self.contract([(value, ("=0", "=1"))], value.labels, ("=1", "=0"), axes)
        return value

    # ---- sums and products

    def add(self, terms: Sequence[tuple[bool, Value]]) -> Value:
        """A sum of terms with their signs (True: minus)."""
        values = [value for _, value in terms]
        first = next((v for v in values if v.axes), values[0])
        if any(v.axes and v.rank == 2 for v in values):
            first = next(v for v in values if v.rank == 2)
        labels = tuple(
            dict.fromkeys(label for v in sorted(values, key=lambda v: -len(v.labels)) for label in v.labels)
        )
        made: list[tuple[bool, Value]] = []
        for minus, value in terms:
            if value.rank != first.rank and not value.axes:
                self.cost += 0.4 if value.number is not None else ODD
            elif value.rank == 1 and first.rank == 2:
                value = self._biased(value, first)
            elif value.axes:
                self.same(value, first)
            if value.number is None or labels or value.axes:
                value = self._spread_all(value, labels, first)
            made.append((minus, value))
        row, axes = first.row, first.axes

        def make() -> Expr:
            parts = [_standing_if(v.make(), bool(labels)) for _, v in made]
            parts = [build.neg(e) if minus else e for (minus, _), e in zip(made, parts, strict=True)]
            return build.add(*parts)

        number = None
        if all(v.number is not None for v in values):
            number = sum(
                ((-v.number if m else v.number) for m, v in terms if v.number is not None), Fraction(0)
            )
            return self.constant(number)
        return Value(labels, axes, row, make)

    def _spread_all(self, value: Value, labels: tuple[str, ...], like: Value) -> Value:
        """A term over the labels and the axes of the sum."""
        if value.axes or not like.axes or not labels:
            if value.axes == () and not value.labels and not labels:
                return value
            return self.spread(value, labels)
        whole = self.scaled(value, Value((), like.axes, False, lambda: build.ones(*self.dims(like.axes))))
        return self.spread(whole._replace(row=like.row), labels)

    def _biased(self, bias: Value, matrix: Value) -> Value:
        """A vector that is added to each row of a matrix."""
        if bias.flat:
            raise Misfit("ones beside a matrix")
        self.cost += 3.0
        if not bias.row and bias.axes[0].root() is matrix.axes[0].root():  # one number for each row
            return self.product(bias, self.T(self.ones((matrix.axes[1],))))
        self.sizes.equal(bias.axes[0], matrix.axes[1])
        rows = matrix.axes[0]
        tall = self.ones((rows,))
        return self.product(tall, bias if bias.row else self.T(bias))

    def neg(self, value: Value) -> Value:
        """Minus a value."""
        if value.number is not None:
            return self.constant(-value.number)
        return value._replace(make=lambda: build.neg(value.make()))

    def product(self, a: Value, b: Value) -> Value:
        """a b: a scaling, or a product of matrices and vectors; else entry by entry, which is not usual."""
        if not a.axes:
            return (
                self.scaled(a, b)
                if not (b.number is not None and not a.number) or b.axes
                else self.scaled(b, a)
            )
        if not b.axes:
            return self.scaled(b, a) if b.labels else self._scaled_behind(a, b)
        if not self._fits(a, b):
            if a.flat or b.flat:
                raise Misfit("two columns side by side")
            self.cost += ODD
            return self.hadamard(a, b)
        return self._matrix_product(a, b)

    def _scaled_behind(self, a: Value, b: Value) -> Value:
        return Value(a.labels, a.axes, a.row, lambda: build.mul(a.make(), b.make()))

    @staticmethod
    def _fits(a: Value, b: Value) -> bool:
        """Whether the shapes are those of a product: a column before a row, a row before a column, …"""
        if a.rank == 1 and b.rank == 1:
            return a.row != b.row
        if a.rank == 1:
            return a.row
        return not (b.rank == 1 and b.row)

    def _matrix_product(self, a: Value, b: Value) -> Value:
        outer = a.rank == 1 and not a.row
        if not outer:
            self.sizes.equal(a.axes[-1], b.axes[0])
        axes = (*a.axes, *b.axes) if outer else (*a.axes[:-1], *b.axes[1:])
        row = len(axes) == 1 and a.rank == 1
        if not a.labels and not b.labels:
            return Value((), axes, row, lambda: build.mul(a.make(), b.make()))
        first = tuple(f"=a{k}" for k in range(a.rank))
        second = tuple(f"=b{k}" for k in range(b.rank))
        if not outer:
            second = (first[-1], *second[1:])
        out = (*first, *second) if outer else (*first[:-1], *second[1:])
        labels = tuple(dict.fromkeys((*a.labels, *b.labels)))
        return self.contract([(a, first), (b, second)], labels, out, axes, row)

    def hadamard(self, a: Value, b: Value) -> Value:
        """a ⊙ b."""
        if not a.axes or not b.axes:
            return self.scaled(a, b) if not a.axes else self.scaled(b, a)
        if a.rank == 2 and b.rank == 1:
            self.cost += 4.0
            self.sizes.equal(a.axes[0], b.axes[0])
            b = self.product(b._replace(row=False), self.T(self.ones((a.axes[1],))))
        elif a.rank == 1 and b.rank == 2:
            return self.hadamard(b, a)
        self.same(a, b)
        if not a.labels and not b.labels:
            return Value((), a.axes, a.row, lambda: build.had(a.make(), b.make()))
        names = tuple(f"={k}" for k in range(a.rank))
        labels = tuple(dict.fromkeys((*a.labels, *b.labels)))
        return self.contract([(a, names), (b, names)], labels, names, a.axes, a.row)

    def frob(self, a: Value, b: Value) -> Value:
        """A:B, and ⟨a, b⟩."""
        if not a.axes and not b.axes:
            return self.scaled(a, b)
        if a.rank == b.rank == 1 and a.row != b.row:
            b = self.T(b)
        self.same(a, b)
        if not a.labels and not b.labels:
            return Value((), (), False, lambda: build.frob(a.make(), b.make()))
        names = tuple(f"={k}" for k in range(a.rank))
        labels = tuple(dict.fromkeys((*a.labels, *b.labels)))
        return self.contract([(a, names), (b, names)], labels, (), ())

    # ---- quotients, powers, functions

    def quotient(self, a: Value, b: Value, entrywise: bool = False) -> Value:
        """a / b: by a number, or entry by entry."""
        if a.number is not None and b.number is not None and b.number:
            return self.constant(a.number / b.number)
        if not b.axes and not b.labels:
            return Value(a.labels, a.axes, a.row, lambda: build.div(a.make(), b.make()))
        if b.rank == 2 and a.rank == 2 and not entrywise:
            self.cost += 2.0
        if b.rank == 2 and not a.axes:
            raise Misfit("a division by a matrix")
        if b.rank == 1 and not entrywise:
            self.cost += 1.5
        labels = tuple(dict.fromkeys((*a.labels, *b.labels)))
        if a.axes and b.axes:
            self.same(a, b)
        like = a if a.axes else b
        x = self._spread_all(a, labels, like) if a.axes or labels else a
        y = self._spread_all(b, labels, like) if b.axes or labels else b
        if labels and not b.axes and a.axes:
            y = self._filled(b, labels, a.axes)
        if labels and not a.axes and b.axes:
            x = self._filled(a, labels, b.axes)
        return Value(labels, like.axes, like.row, lambda: build.hdiv(
            _standing_if(x.make(), bool(labels)), _standing_if(y.make(), bool(labels))))  # fmt: skip

    def _filled(self, value: Value, labels: tuple[str, ...], axes: tuple[Size, ...]) -> Value:
        ones = self.ones(axes)
        names = tuple(f"={k}" for k in range(len(axes)))
        spread = self.spread(value, labels)
        return self.contract([(spread, ()), (ones, names)], labels, names, axes)

    def power(self, a: Value, p: Value) -> Value:
        """a^p of a number or a square matrix; of a vector entry by entry, which is not usual."""
        if p.axes:
            raise Misfit("an exponent is a number")
        plain = a.number is not None and p.number is not None and p.number.denominator == 1
        if plain and a.number is not None and p.number is not None and 0 < abs(p.number) < LARGE and a.number:
            return self.constant(a.number ** int(p.number))
        if not a.axes and not a.labels and not p.labels:
            return Value((), (), False, lambda: build.power(a.make(), p.make()))
        if a.rank == 2 and not a.labels and not p.labels:
            try:
                self.sizes.equal(a.axes[0], a.axes[1])
            except Misfit:
                self.cost += 3.0
                return self.entrywise_power(a, p)
            return Value((), a.axes, False, lambda: build.power(a.make(), p.make()))
        if a.rank == 2:
            raise Misfit("a power of a matrix that has an index")
        if a.rank == 1:
            self.cost += 2.0
        return self.entrywise_power(a, p)

    def entrywise_power(self, a: Value, p: Value) -> Value:
        """a.^p."""
        if p.labels:
            labels = tuple(dict.fromkeys((*a.labels, *p.labels)))
            x, y = self.spread(a, labels), self.spread(p, labels)
            if a.axes:
                raise Misfit("an exponent with an index")
            return Value(labels, (), False, lambda: build.hpow(x.make(), y.make()))
        return Value(a.labels, a.axes, a.row, lambda: build.hpow(a.make(), p.make()))

    def mapped(self, word: str, value: Value) -> Value:
        """An elementwise function of the table."""
        return Value(value.labels, value.axes, value.row, lambda: build.apply(word, value.make()))


_CHARS = "ijklmnpqrstuvwxyzabcdefghoABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _standing(e: Expr) -> Expr:
    """A row as a column: by indices there is no difference."""
    return build.T(e) if e.row else e


def _standing_if(e: Expr, labelled: bool) -> Expr:
    return _standing(e) if labelled else e


def _laid(e: Expr, row: bool) -> Expr:
    return build.T(e) if row else e
