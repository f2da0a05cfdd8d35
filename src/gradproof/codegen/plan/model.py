"""A plan: what has to be computed, as a list of array operations without syntax.

Values are numbered; equal values have one number, so common parts are computed once. The kinds of
operation are few and mean the same for every target; how a target spells them is a table of its
dialect. Vectors, rows too, have one axis here. What the words of gradproof become is said in
`lower` and `products`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import NamedTuple

from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr

Pair = tuple[Expr, Expr]


class Value(NamedTuple):
    """One operation.

    kind   what it does: a key of the dialect's table, or "input"
    args   the numbers of its arguments
    data   what it holds besides: a name, a number, sizes, an einsum text
    rank   how many axes the result has
    plain  True for a number made of numbers and sizes only: a Python number, not an array
    """

    kind: str
    args: tuple[int, ...] = ()
    data: tuple[Hashable, ...] = ()
    rank: int = 0
    plain: bool = False


class Plan(NamedTuple):
    """A function's work.

    inputs     the names that the function takes
    sizes      every size symbol that the function knows, in the order of the inputs
    functions  unknown elementwise functions that the caller hands over: "f", "f_prime"
    values     all operations; arguments come before their users
    defined    the named values: number -> name
    statements (name, right-hand side) of these, as expressions
    outputs    (name, number, expression) of the results
    objective  (number, expression) where the value is asked for as well
    needs      parts of arrays, and the sizes that must not be negative for them to be there
    """

    inputs: tuple[Expr, ...]
    sizes: tuple[str, ...]
    functions: tuple[str, ...]
    values: tuple[Value, ...]
    defined: dict[int, str]
    statements: tuple[Pair, ...]
    outputs: tuple[tuple[str, int, Expr], ...]
    objective: tuple[int, Expr] | None
    needs: tuple[tuple[str, Dim], ...] = ()

    @property
    def roots(self) -> tuple[int, ...]:
        """The numbers of everything that is handed back."""
        value = () if self.objective is None else (self.objective[0],)
        return (*value, *(number for _, number, _ in self.outputs))

    def live(self) -> list[int]:
        """The values that the results need, in order."""
        needed = set(self.roots)
        for number in range(len(self.values) - 1, -1, -1):
            if number in needed:
                needed.update(self.values[number].args)
        return sorted(needed)


class Builder:
    """Numbers values; an equal one gets its old number back."""

    def __init__(self) -> None:
        self.values: list[Value] = []
        self._numbers: dict[Value, int] = {}

    def put(self, kind: str, *args: int, data: tuple[Hashable, ...] = (), rank: int = 0) -> int:
        """The number of an operation on earlier values."""
        plain = bool(args) and not rank and all(self.values[arg].plain for arg in args)
        return self._number(Value(kind, args, data, rank, plain))

    def leaf(self, kind: str, *data: Hashable, rank: int = 0, plain: bool = False) -> int:
        """The number of a value without arguments."""
        return self._number(Value(kind, (), data, rank, plain))

    def _number(self, value: Value) -> int:
        found = self._numbers.get(value)
        if found is None:
            found = self._numbers[value] = len(self.values)
            self.values.append(value)
        return found

    def number(self, value: int) -> int:
        """A whole number."""
        return self.leaf("num", value, plain=True)

    def both(self, kind: str, a: int, b: int) -> int:
        """An entrywise operation; the larger rank is the result's."""
        return self.put(kind, a, b, rank=max(self.values[a].rank, self.values[b].rank))

    def transpose(self, a: int) -> int:
        """The transpose of a matrix; of a vector, which has one axis, the vector."""
        value = self.values[a]
        if value.rank < 2 or value.kind == "eye":
            return a
        return value.args[0] if value.kind == "transpose" else self.put("transpose", a, rank=2)


def symbols(axes: Iterable[Dim]) -> list[str]:
    """The size symbols in some sizes, in reading order, each once."""
    return list(dict.fromkeys(name for size in axes for name in size.symbols))


def key(e: Expr) -> Expr | str:
    """What a name is known by: its text, whatever else is known about it."""
    return str(e.data[0]) if e.op == "name" else e
