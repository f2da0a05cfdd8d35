"""The shape of a claim: what is left of it when its names are forgotten.

Two claims of one shape are the same claim up to a renaming of arrays, sizes and unknown functions, one to
one: what is proved of the one is proved of the other. All that a verdict may hang on is in the shape: for
each node its operator, its arguments (shared ones shared), its axes and whether it lies down; for each
name its declared properties, whether it varies and what it stands for; which names and which sizes are
the same one and which are not. Texts count by the order in which they are met, whatever they name, so
that a name that is also a size, or is held in the equation that defines it, stays so.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction

from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.patterns import Pattern

SPOKEN = frozenset({"name", "size", "call", "map", "gradof"})  # their first datum is a text that names
_WORD = Pattern(r"\w+")


def shape(roots: Iterable[Expr], varying: frozenset[Expr], unfold: Mapping[Expr, Expr]) -> Hashable | None:
    """The shape of a claim about `roots`; None where its names cannot be told from other texts in it."""
    roots = tuple(roots)
    return _Reader(varying, unfold).read(roots)


class _Reader:
    def __init__(self, varying: frozenset[Expr], unfold: Mapping[Expr, Expr]) -> None:
        self.varying = varying
        self.unfold = unfold
        self.places: dict[Expr, int] = {}
        self.numbers: dict[str, int] = {}
        self.sizes: dict[Dim, Hashable] = {}
        self.words: set[str] = set()  # in texts that stay as they are
        self.lost = False

    def read(self, roots: tuple[Expr, ...]) -> Hashable | None:
        nodes = postorder(roots, unfold=self.unfold)
        self.places = {node: place for place, node in enumerate(nodes)}
        rows = tuple(map(self._node, nodes))
        if self.lost or not self.words.isdisjoint(self.numbers):
            return None
        return rows, tuple(self.places[root] for root in roots)

    def _node(self, e: Expr) -> Hashable:
        meaning = self.unfold.get(e)
        if meaning is not None and e.args:  # below it is what it stands for, not these
            self.lost = True
            return None
        data: tuple[Hashable, ...] = e.data
        if data:
            spoken = e.op in SPOKEN and isinstance(data[0], str)
            first = (self._number(str(data[0])),) if spoken else ()
            data = (*first, *map(self._datum, data[len(first) :]))
        args = tuple(self.places[arg] for arg in e.args)
        stands = None if meaning is None else self.places[meaning]
        return e.op, args, data, tuple(map(self._size, e.axes)), e.row, e in self.varying, stands

    def _number(self, text: str) -> int:
        return self.numbers.setdefault(text, len(self.numbers))

    def _size(self, size: Dim) -> Hashable:
        if size not in self.sizes:
            terms = ((tuple(sorted(map(self._number, monomial))), c) for monomial, c in size.terms)
            self.sizes[size] = frozenset(terms)
        return self.sizes[size]

    def _datum(self, value: Hashable) -> Hashable:
        if isinstance(value, Dim):
            return self._size(value)
        if isinstance(value, str):
            self.words.update(_WORD.findall(value))
        elif isinstance(value, tuple):
            return tuple(map(self._datum, value))
        elif value is not None and not isinstance(value, (bool, int, Fraction)):
            self.lost = True
        return type(value).__name__, value
