"""A sum of products of entries as matrix notation: indices are eliminated one by one.

Factors are syntax with one index an axis. Two factors that share a summed index become a product, a
factor alone is summed; where three or more meet at an index, the answer is an einsum.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from gradproof.language.syntax.tree import Node, Span

Labels = tuple[str, ...]


class Factor(NamedTuple):
    """Syntax for an array, with the index of each axis."""

    node: Node
    labels: Labels


def is_delta(f: Factor) -> bool:
    """Kronecker's delta, as `Writer.delta` makes it."""
    node = f.node
    return node.kind == "call" and node.text == "eye" and node.args[0].text.startswith("?")


class Writer:
    """Makes nodes at one place of the text."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self.fresh = 0

    def op(self, kind: str, *args: Node) -> Node:
        """An operator."""
        return Node(kind, args, self.span, self.span)

    def call(self, word: str, *args: Node) -> Node:
        """A function."""
        return Node("call", args, self.span, self.span, word)

    def num(self, value: int) -> Node:
        """A number."""
        return Node("num", (), self.span, self.span, str(value), Fraction(value))

    def name(self, text: str) -> Node:
        """A name."""
        return Node("name", (), self.span, self.span, text)

    def ones(self) -> Node:
        """Ones whose number the rest decides."""
        self.fresh += 1
        return self.call("ones", self.name(f"?{self.span[0]}_{self.fresh}"))

    def T(self, node: Node) -> Node:
        """A transpose, taken into products."""
        if node.kind == "T" and not node.text:
            return node.args[0]
        if node.kind == "mul":
            return self.op("mul", self.T(node.args[1]), self.T(node.args[0]))
        if node.kind == "neg":
            return self.op("neg", self.T(node.args[0]))
        return self.op("T", node)

    def delta(self, i: str, j: str) -> Factor:
        """Kronecker's delta: an identity whose size the rest decides."""
        self.fresh += 1
        return Factor(self.call("eye", self.name(f"?{self.span[0]}_{self.fresh}")), (i, j))

    def spread_wide(self, f: Factor, labels: Labels) -> Node:
        """An array over three or more indices, as an einsum with ones for those that it lacks."""
        more = [Factor(self.ones(), (x,)) for x in labels if x not in f.labels]
        return self.einsum([f, *more], labels).node

    # ---- elimination

    def joined(self, factors: Sequence[Factor], summed: set[str]) -> list[Factor]:
        """The factors without deltas over summed indices: delta_ij x_j is x_i."""
        factors = list(factors)
        for f in factors:
            gone = [x for x in f.labels if x in summed]
            if (
                not is_delta(f)
                or not gone
                or not any(set(f.labels) & set(o.labels) for o in factors if o is not f)
            ):
                continue
            old, (kept, *_) = gone[-1], [*(x for x in f.labels if x != gone[-1]), gone[-1]]
            rest = [o for o in factors if o is not f]
            if not any(old in o.labels or kept in o.labels for o in rest):
                continue
            moved = [Factor(o.node, tuple(kept if x == old else x for x in o.labels)) for o in rest]
            return self.joined([self.diagonal(o) for o in moved], summed)
        return factors

    def diagonal(self, f: Factor) -> Factor:
        """An array with one index on two axes, as its diagonal."""
        distinct = tuple(dict.fromkeys(f.labels))
        if len(distinct) == len(f.labels):
            return f
        if len(f.labels) == 2:
            return Factor(self.call("diag", f.node), distinct)
        return Factor(self.einsum([f], distinct).node, distinct)

    def total(self, factors: Sequence[Factor], summed: set[str], keep: Labels) -> Factor:
        """The product of factors, summed over some indices; its axes are a permutation of `keep`."""
        factors = self.joined(factors, summed)
        arrays, scalars = self._eliminated([f for f in factors if f.labels], summed, keep)
        scalars = [*(f.node for f in factors if not f.labels), *scalars]
        whole = self.spread(arrays, keep) if arrays else None
        for scalar in reversed(scalars):
            product = scalar if whole is None else self.op("mul", scalar, whole.node)
            whole = Factor(product, whole.labels if whole else ())
        return whole or Factor(self.num(1), ())

    def _eliminated(
        self, arrays: list[Factor], summed: set[str], keep: Labels
    ) -> tuple[list[Factor], list[Node]]:
        """Arrays with no index left that is summed, and the numbers that came of it; an einsum where matrix
        notation ends."""
        scalars: list[Node] = []
        left = [label for label in dict.fromkeys(x for f in arrays for x in f.labels) if label in summed]
        while left := [x for x in left if any(x in f.labels for f in arrays)]:
            label = min(left, key=lambda one: self.cost(arrays, one, summed))
            rest = [f for f in arrays if label not in f.labels]
            elsewhere = {x for f in rest for x in f.labels}
            meeting = self.merged([f for f in arrays if label in f.labels])
            done = self.eliminate(meeting, label, summed - elsewhere)
            if done is None:
                return [self.einsum(arrays, tuple(keep))], scalars
            arrays = [*rest, done] if done.labels else rest
            scalars += [] if done.labels else [done.node]
        return arrays, scalars

    def cost(self, arrays: list[Factor], label: str, summed: set[str]) -> tuple[int, int]:
        """How soon an index is eliminated: those where two meet first, with few axes left."""
        meeting = self.merged([f for f in arrays if label in f.labels], dry=True)
        others = {x for f in meeting for x in f.labels} - {label}
        return (0 if len(meeting) == 2 else 1 if len(meeting) == 1 else 2, len(others))

    def merged(self, factors: list[Factor], dry: bool = False) -> list[Factor]:
        """Factors with the same indices as one, entry by entry, where more than two meet."""
        if len(factors) <= 2:
            return factors
        groups: dict[frozenset[str], Factor] = {}
        for f in factors:
            key = frozenset(f.labels)
            groups[key] = self.hadamard(groups[key], f) if key in groups and not dry else f
        return list(groups.values())

    def ordered(self, f: Factor, labels: Labels) -> Node:
        """The array of a factor with its axes in this order."""
        return f.node if f.labels == labels else self.T(f.node)

    def hadamard(self, a: Factor, b: Factor) -> Factor:
        """Two factors with the same indices, entry by entry."""
        return Factor(self.op("had", a.node, self.ordered(b, a.labels)), a.labels)

    def eliminate(self, meeting: list[Factor], label: str, summed: set[str]) -> Factor | None:
        """The sum over one index of the factors that meet there, or None where notation ends.

        summed: the indices that no other factor has, so that they may be summed at the same time.
        """
        if len(meeting) == 1 and set(meeting[0].labels) <= summed:
            return self.alone(meeting[0], label, summed)
        if any(len(f.labels) > 2 for f in meeting) or len(meeting) > 3:
            return None
        vectors = [f for f in meeting if len(f.labels) == 1]
        if len(meeting) == 3:
            if len(vectors) != 1:
                return None
            first, second = (f for f in meeting if len(f.labels) == 2)
            meeting = [self.scaled(first, vectors[0]), second]
        if len(meeting) == 1:
            return self.alone(meeting[0], label, summed)
        a, b = meeting
        return self._paired(a, b, label, summed) if {*a.labels} == {*b.labels} else self._product(a, b, label)

    def _paired(self, a: Factor, b: Factor, label: str, summed: set[str]) -> Factor:
        """Two factors with the same indices: x'*y, A:B, or the sums of A.*B."""
        if len(a.labels) == 1:
            return Factor(self.op("mul", self.T(a.node), b.node), ())
        if set(a.labels) <= summed:
            return Factor(self.op("frob", a.node, self.ordered(b, a.labels)), ())
        return self.alone(self.hadamard(a, b), label, summed)

    def _product(self, a: Factor, b: Factor, label: str) -> Factor:
        """A matrix times a vector or a matrix, where one index is summed."""
        if len(a.labels) == 1:
            a, b = b, a
        out = next(x for x in a.labels if x != label)
        left = self.ordered(a, (out, label))
        if len(b.labels) == 1:
            return Factor(self.op("mul", left, b.node), (out,))
        other = next(x for x in b.labels if x != label)
        return Factor(self.op("mul", left, self.ordered(b, (label, other))), (out, other))

    def scaled(self, matrix: Factor, vector: Factor) -> Factor:
        """The rows or columns of a matrix scaled by a vector."""
        diagonal = self.call("diag", vector.node)
        first = matrix.labels[0] == vector.labels[0]
        pair = (diagonal, matrix.node) if first else (matrix.node, diagonal)
        return Factor(self.op("mul", *pair), matrix.labels)

    def alone(self, f: Factor, label: str, summed: set[str]) -> Factor:
        """The sum over one index of one factor; over all at once where all are summed."""
        if len(f.labels) == 1 or set(f.labels) <= summed:
            node = f.node
            if len(f.labels) == 1 and node.kind == "call" and node.text == "diag":
                return Factor(self.call("tr", *node.args), ())
            if node.kind == "hpow" and node.args[1].value == 2:
                return Factor(self.op("pow", self.call("norm2", node.args[0]), self.num(2)), ())
            return Factor(self.call("sum", node), ())
        word = "colsum" if f.labels[0] == label else "rowsum"
        return Factor(self.call(word, f.node), tuple(x for x in f.labels if x != label))

    def einsum(self, factors: list[Factor], keep: Labels) -> Factor:
        """All that is left, as one einsum."""
        letters: dict[str, str] = {}
        for f in factors:
            for label in f.labels:
                letters.setdefault(label, "ijklmnopqrstuvwxyzabcdefgh"[len(letters)])
        keep = tuple(x for x in keep if x in letters)
        groups = ",".join("".join(letters[x] for x in f.labels) for f in factors)
        text = f"{groups}->{''.join(letters[x] for x in keep)}"
        spec = Node("str", (), self.span, self.span, text)
        return Factor(self.call("einsum", spec, *(f.node for f in factors)), keep)

    def spread(self, arrays: list[Factor], keep: Labels) -> Factor:
        """What is left when nothing is summed any more: entry by entry, scaled, or an outer product."""
        groups: dict[frozenset[str], Factor] = {}
        for f in arrays:
            key = frozenset(f.labels)
            groups[key] = self.hadamard(groups[key], f) if key in groups else f
        left = list(groups.values())
        matrices = [f for f in left if len(f.labels) > 1]
        if len(left) == 1:
            return left[0]
        if len({x for f in left for x in f.labels}) > 2:
            return self.einsum(left, keep)
        if not matrices:
            a, b = left
            return Factor(self.op("mul", a.node, self.T(b.node)), (a.labels[0], b.labels[0]))
        out = matrices[0]
        for f in left:
            if len(f.labels) == 1:
                out = self.scaled(out, f)
        return out
