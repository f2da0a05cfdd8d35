"""What stands below a sum over indices, as arrays with one axis an index.

A value is a product of factors whose axes carry indices; columns and rows have an index of their own,
so that matrix products are sums over indices as well. Functions and sums of terms need one array:
`Lifter.force` makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, NoReturn

from gradproof.elaboration.indices.elimination import Factor, Labels, Writer
from gradproof.elaboration.inference.kinds import C, M, R, S
from gradproof.errors import ParseError, UnsupportedError
from gradproof.language.syntax.tree import Node, Span, postorder
from gradproof.operators.aliases import ALIASES, WORDS
from gradproof.operators.signs import facts
from gradproof.operators.table import OPERATORS


class Entry(NamedTuple):
    """A name with indices: X_ij, or X[i,:] where a colon stands for a whole axis; or Kronecker's delta."""

    base: str
    letters: tuple[str, ...]
    delta: bool = False


class Value(NamedTuple):
    """A product of factors, summed over some indices.

    axes: the indices of the value's own axes (none for a number); row: it lies; minus: its sign
    """

    factors: tuple[Factor, ...]
    summed: frozenset[str] = frozenset()
    axes: Labels = ()
    row: bool = False
    minus: bool = False


Scope = Mapping[str, str]
DELTAS = ("delta", "δ")


def is_delta(base: str, letters: Labels) -> bool:
    """Kronecker's delta: delta_ij is 1 where i = j, and 0 elsewhere."""
    return base in DELTAS and len(letters) == 2 and ":" not in letters


class Lifter:
    """Turns sums over indices of one statement into arrays.

    entries  which names have indices; kinds: the kind of every part
    ties     for each index: the axes it runs over, the size that is written, its place
    """

    def __init__(self, source: str, entries: Mapping[Node, Entry], kinds: Mapping[Node, int]) -> None:
        self.source = source
        self.entries = entries
        self.kinds = kinds
        self.ties: dict[str, tuple[list[tuple[str, int]], str, Span]] = {}
        self.write = Writer((0, 0))
        self.count = 0

    def whole(self, node: Node) -> Node:
        """A sum that stands in no other one, in matrix notation."""
        self.write = Writer(node.span)
        value = self.lift(node, {})
        made = self.force(value)
        if value.row and len(made.labels) == 1:
            return self.write.T(made.node)
        return self.write.T(made.node) if len(made.labels) == 2 and made.labels != value.axes else made.node

    def force(self, value: Value) -> Factor:
        """One array for a value: its indices in the order in which they come."""
        labels = dict.fromkeys(x for f in value.factors for x in f.labels if x not in value.summed)
        keep = (*(x for x in labels if x not in value.axes), *value.axes)
        made = self.write.total(value.factors, set(value.summed), keep)
        return Factor(self.write.op("neg", made.node), made.labels) if value.minus else made

    def label(self, letter: str) -> str:
        """A new index."""
        self.count += 1
        return f"{letter}{self.count}"

    def refuse(self, node: Node, what: str) -> NoReturn:
        """GP501 at a place."""
        raise UnsupportedError(what, code="GP501", span=node.span, source=self.source)

    # ---- the parts

    def lift(self, node: Node, scope: Scope) -> Value:
        """The value of one part."""
        if node in self.entries:
            return self.entry(node, scope)
        inside = postorder(node)
        if not any(part in self.entries or part.kind == "sum" for part in inside):
            return self.constant(node)
        if node.kind == "sum":
            return self.sum(node, scope)
        if node.kind == "neg":
            inner = self.lift(node.args[0], scope)
            return inner._replace(minus=not inner.minus)
        if node.kind == "T":
            inner = self.lift(node.args[0], scope)
            return inner._replace(axes=inner.axes[::-1], row=len(inner.axes) == 1 and not inner.row)
        if node.kind in ("add", "sub"):
            return self.terms(node, scope)
        if node.kind in ("mul", "had", "frob"):
            left, right = (self.lift(arg, scope) for arg in node.args)
            return self.product(node, left, right)
        if node.kind in ("div", "hdiv"):
            return self.quotient(node, scope)
        if node.kind in ("pow", "hpow"):
            return self.power(node, scope)
        if node.kind == "call":
            return self.call(node, scope)
        self.refuse(node, "this cannot be taken over all indices at once")

    def constant(self, node: Node) -> Value:
        """A part without indices; its own axes get new ones."""
        kind = self.kinds.get(node, S)
        if kind == S:
            return Value((Factor(node, ()),))
        if kind not in (C, R, M):
            self.refuse(node, "this array cannot stand below a sum over indices")
        labels = tuple(self.label("") for _ in range(2 if kind == M else 1))
        array = self.write.T(node) if kind == R else node
        return Value((Factor(array, labels),), axes=labels, row=kind == R)

    def entry(self, node: Node, scope: Scope) -> Value:
        """x_i, X_ij, or a sample x_i, X[i,:]."""
        entry = self.entries[node]
        if entry.delta:
            return Value((self.write.delta(*(scope[letter] for letter in entry.letters)),))
        own = self.label("") if ":" in entry.letters or self.kinds[node] != S else ""
        letters = entry.letters if ":" in entry.letters or not own else (*entry.letters, ":")
        labels = tuple(own if letter == ":" else scope[letter] for letter in letters)
        for place, label in enumerate(labels):
            if label in self.ties:
                self.ties[label][0].append((entry.base, place))
        array = Node("name", (), node.span, node.at, entry.base)
        if len(set(labels)) < len(labels):
            if len(labels) != 2:
                self.refuse(node, "an index may not stand twice at one array of more than two axes")
            array, labels = self.write.call("diag", array), labels[:1]
        row = entry.letters[-1] == ":" and len(entry.letters) > 1
        return Value((Factor(array, labels),), axes=(own,) if own else (), row=row and bool(own))

    def sum(self, node: Node, scope: Scope) -> Value:
        """A sum over indices."""
        names, _, size = node.text.partition(":")
        letters = names.replace("<", "")
        inner = {**scope, **{letter: self.label(letter) for letter in letters}}
        for letter in letters:
            self.ties[inner[letter]] = ([], size, node.at)
        value = self.lift(node.args[0], inner)
        there = {x for f in value.factors for x in f.labels}
        for letter in letters:
            if inner[letter] not in there:
                raise ParseError(
                    f"the index {letter} does not occur in what is summed over it",
                    code="GP122",
                    span=node.at,
                    source=self.source,
                    facts=((None, "a sum reaches to the next + or -; write parentheses"),),
                )
        if "<" in names:
            return self.pairs(node, value, (inner[letters[0]], inner[letters[1]]))
        return value._replace(summed=value.summed | {inner[letter] for letter in letters})

    def pairs(self, node: Node, value: Value, labels: Labels) -> Value:
        """Over i < j: half of all pairs where i and j may be exchanged, else the part above the diagonal."""
        made = self.force(value)
        if value.axes or set(made.labels) != set(labels):
            self.refuse(node, "a sum over i < j of arrays cannot be read yet")
        array = self.write.ordered(made, labels)
        i, j = bound_pair(node.text)
        body = node.args[0]
        if key(body, {}) == key(body, {i: j, j: i}):
            total = self.write.call("sum", array)
            if not vanishes(body, i, j):
                total = self.write.op("sub", total, self.write.call("tr", array))
            return Value((Factor(self.write.op("div", total, self.write.num(2)), ()),))
        if "triu" not in WORDS:
            self.refuse(node, "a sum over i < j needs a term in which i and j can be exchanged")
        upper = self.write.call("triu", array, self.write.num(1))
        return Value((Factor(self.write.call("sum", upper), ()),))

    # ---- products

    def product(self, node: Node, left: Value, right: Value) -> Value:
        """Two factors, by the kinds that they have."""
        minus = left.minus != right.minus
        factors, summed = (*left.factors, *right.factors), left.summed | right.summed
        if node.kind != "mul" or not left.axes or not right.axes:
            if left.axes and right.axes:
                renamed = dict(zip(right.axes, left.axes, strict=False))
                factors = (*left.factors, *_renamed(right.factors, renamed))
            axes, row = (left.axes, left.row) if left.axes else (right.axes, right.row)
            if node.kind == "frob":
                summed, axes, row = summed | frozenset(left.axes), (), False
            return Value(factors, summed, axes, row, minus)
        if len(left.axes) == 1 and not left.row:
            return Value(factors, summed, (left.axes[0], right.axes[-1]), False, minus)  # an outer product
        met = left.axes[-1]
        factors = (*left.factors, *_renamed(right.factors, {right.axes[0]: met}))
        axes = (*left.axes[:-1], *right.axes[1:])
        return Value(factors, summed | {met}, axes, left.row and len(axes) == 1, minus)

    def quotient(self, node: Node, scope: Scope) -> Value:
        """A division: by a number without indices, or entry by entry."""
        left, right = (self.lift(arg, scope) for arg in node.args)
        below = self.force(right)
        one = self.write.num(1)
        if not below.labels:
            inverse = Factor(self.write.op("div", one, below.node), ())
        else:
            inverse = Factor(self.write.op("hdiv", one, below.node), below.labels)
        return self.product(self.write.op("had", one, one), left, right._replace(
            factors=(inverse,), summed=frozenset(), minus=False))  # fmt: skip

    def power(self, node: Node, scope: Scope) -> Value:
        """A power, entry by entry; the square of a norm is a sum of squares."""
        base, exponent = node.args
        norm = base.kind == "call" and base.text in ("norm2", "norm_2", "normF", "norm")
        if norm and exponent.value == 2:
            return self.squares(self.lift(base.args[0], scope))
        value, power = self.lift(base, scope), self.force(self.lift(exponent, scope))
        if node.kind == "pow" and value.axes:
            self.refuse(node, "a matrix power cannot be taken over all indices at once")
        made = self.force(value)
        if power.labels and set(power.labels) != set(made.labels):
            self.refuse(node, "this exponent cannot be taken over all indices at once")
        kind = "hpow" if made.labels else "pow"
        array = self.write.op(
            kind, made.node, self.write.ordered(power, made.labels) if power.labels else power.node
        )
        return value._replace(factors=(Factor(array, made.labels),), summed=frozenset(), minus=False)

    def squares(self, value: Value) -> Value:
        """The sum of the squares of a value's entries."""
        made = self.force(value)
        kind = "hpow" if made.labels else "pow"
        array = self.write.op(kind, made.node, self.write.num(2))
        return Value((Factor(array, made.labels),), frozenset(value.axes))

    # ---- terms and functions

    def terms(self, node: Node, scope: Scope) -> Value:
        """A sum of two terms, which get the same axes."""
        left, right = (self.lift(arg, scope) for arg in node.args)
        if left.axes and right.axes:
            renamed = dict(zip(right.axes, left.axes, strict=False))
            right = right._replace(factors=_renamed(right.factors, renamed), axes=left.axes,
                                   summed=frozenset(renamed.get(x, x) for x in right.summed))  # fmt: skip
        axes, row = (left.axes, left.row) if left.axes else (right.axes, right.row)
        a, b = self.force(left), self.force(right)
        return self.alike(node, a, b, lambda x, y: self.write.op(node.kind, x, y))._replace(
            axes=axes, row=row
        )

    def alike(self, node: Node, a: Factor, b: Factor, make: Callable[[Node, Node], Node]) -> Value:
        """Two arrays, spread over the indices of both."""
        labels = a.labels if len(a.labels) >= len(b.labels) else b.labels
        labels = (*labels, *(x for f in (a, b) for x in f.labels if x not in labels))
        x, y = self.spread(a, labels), self.spread(b, labels)
        return Value((Factor(make(x, y), labels),))

    def spread(self, f: Factor, labels: Labels) -> Node:
        """An array over more indices than it has; a number is spread by the language."""
        if not f.labels or f.labels == labels:
            return f.node
        if len(labels) > 2:
            return self.write.spread_wide(f, labels)
        if len(f.labels) == len(labels):
            return self.write.T(f.node)
        if f.labels[0] == labels[0]:
            return self.write.op("mul", f.node, self.write.T(self.write.ones()))
        return self.write.op("mul", self.write.ones(), self.write.T(f.node))

    def call(self, node: Node, scope: Scope) -> Value:
        """A function of one part, or of two entry by entry."""
        word = ALIASES.get(node.text, node.text)
        values = [self.lift(arg, scope) for arg in node.args]
        if len(values) == 2 and word in ("max", "min") and not values[0].axes and not values[1].axes:
            a, b = map(self.force, values)
            return self.alike(node, a, b, lambda x, y: self.write.call(word, x, y))
        if len(values) != 1 or word not in OPERATORS:
            self.refuse(node, f"{node.text} cannot be taken over all indices at once")
        value = values[0]
        made = self.force(value)
        plain = Value((made,), axes=value.axes, row=value.row)
        if OPERATORS[word].slope:
            return plain._replace(factors=(Factor(self.write.call(node.text, made.node), made.labels),))
        if word in ("softmax", "logsoftmax") and len(value.axes) == 1:
            array = self.write.ordered(made, tuple(sorted(made.labels, key=value.axes.__contains__)))
            labels = tuple(sorted(made.labels, key=value.axes.__contains__))
            return plain._replace(factors=(Factor(self.write.call(word, array), labels),))
        return self.reduced(node, word, plain)

    def reduced(self, node: Node, word: str, value: Value) -> Value:
        """A function that makes a number of each array."""
        made = value.factors[0]
        axes = frozenset(value.axes)
        if word in ("sum", "norm1", "logsumexp") and value.axes:
            inner = {"sum": "", "norm1": "abs", "logsumexp": "exp"}[word]
            array = self.write.call(inner, made.node) if inner else made.node
            total = Value((Factor(array, made.labels),), axes)
            return self.outside("log", total) if word == "logsumexp" else total
        if word in ("norm2", "normF") and value.axes:
            return self.outside("sqrt", self.squares(value))
        if word == "tr" and len(value.axes) == len(made.labels) == 2:
            return Value((Factor(self.write.call("tr", made.node), ()),))
        if not made.labels:
            return Value((Factor(self.write.call(node.text, made.node), ()),))
        self.refuse(node, f"{node.text} cannot be taken over all indices at once")

    def outside(self, word: str, value: Value) -> Value:
        """An elementwise function of a value."""
        made = self.force(value)
        return Value((Factor(self.write.call(word, made.node), made.labels),))


def _renamed(factors: tuple[Factor, ...], names: Mapping[str, str]) -> tuple[Factor, ...]:
    return tuple(Factor(f.node, tuple(names.get(x, x) for x in f.labels)) for f in factors)


# ---- may two indices be exchanged?


def bound_pair(text: str) -> tuple[str, str]:
    """The two letters of i<j."""
    return text[0], text[2]


def key(node: Node, swap: Mapping[str, str]) -> str:
    """A text that is equal for trees that are equal up to the order of terms and of factors."""
    if node.kind == "name":
        base, mark, rest = node.text.partition("[") if "[" in node.text else node.text.rpartition("_")
        return base + mark + "".join(swap.get(x, x) for x in rest) if mark else node.text
    parts = [key(arg, swap) for arg in node.args]
    if node.kind == "sub":
        return _joined("add", [parts[0], _negated(parts[1])])
    if node.kind == "neg":
        return _negated(parts[0])
    even = node.kind == "pow" and node.args[1].value is not None and node.args[1].value % 2 == 0
    if even or (node.kind == "call" and facts(ALIASES.get(node.text, node.text)).even):
        inner = node.args[0]
        if inner.kind == "sub":
            a, b = (key(arg, swap) for arg in inner.args)
            parts[0] = f"±{sorted((a, b))}"
    if node.kind in ("add", "mul", "had"):
        return _joined(node.kind, parts)
    return f"{node.kind}:{node.text}({','.join(parts)})"


def _joined(kind: str, parts: list[str]) -> str:
    return f"{kind}({','.join(sorted(parts))})"


def _negated(part: str) -> str:
    return f"-({part})"


def vanishes(body: Node, i: str, j: str) -> bool:
    """Whether a term is 0 for i = j, as squares of differences are."""
    while body.kind in ("pow", "hpow") or (
        body.kind == "call" and facts(ALIASES.get(body.text, body.text)).definite
    ):
        body = body.args[0]
    return body.kind == "sub" and key(body.args[0], {i: j}) == key(body.args[1], {i: j})
