"""Sizes by unification: every axis of every part is a variable, and operators make some of them equal.

Sizes that are products (of `kron`, `vec`) are remembered and computed when their parts are known.
Where two known sizes clash, the first stays and the clash is noted.
"""

from __future__ import annotations

from collections.abc import Callable

from gradproof.errors import GradproofError
from gradproof.expressions.dims import Dim, number
from gradproof.language.syntax import Node
from gradproof.operators.kinds import C, M, R, S, of_shape
from gradproof.operators.signature import Pattern, alternative
from gradproof.operators.sizes import size_of
from gradproof.operators.table import OPERATORS
from gradproof.operators.vocabulary import ALIASES, SPELLINGS, WORDS

Axes = list[int]


class Box:
    """The axes of a part, which a tensor may learn later; parts of one shape share a box."""

    __slots__ = ("axes",)

    def __init__(self, axes: Axes | None) -> None:
        self.axes = axes


class Sizes:
    """Variables for sizes, some with a value."""

    def __init__(self) -> None:
        self.parent: list[int] = []
        self.value: list[Dim | None] = []
        self.constants: dict[Dim, int] = {}
        self.products: list[tuple[int, tuple[int, ...]]] = []
        self.clashes: list[tuple[Dim, Dim]] = []

    def fresh(self) -> int:
        """A new unknown size."""
        self.parent.append(len(self.parent))
        self.value.append(None)
        return len(self.parent) - 1

    def known(self, size: Dim) -> int:
        """The variable of a known size."""
        if size not in self.constants:
            self.constants[size] = self.fresh()
            self.value[self.constants[size]] = size
        return self.constants[size]

    def product(self, parts: tuple[int, ...]) -> int:
        """A size that is the product of others."""
        out = self.fresh()
        self.products.append((out, parts))
        return out

    def root(self, variable: int) -> int:
        """The variable that stands for all that were made equal to this one."""
        while self.parent[variable] != variable:
            self.parent[variable] = self.parent[self.parent[variable]]
            variable = self.parent[variable]
        return variable

    def get(self, variable: int) -> Dim | None:
        """The size, where it is known."""
        return self.value[self.root(variable)]

    def equal(self, a: int, b: int) -> None:
        """Make two sizes equal."""
        a, b = self.root(a), self.root(b)
        if a == b:
            return
        x, y = self.value[a], self.value[b]
        if x is not None and y is not None:
            self.clashes.append((x, y))
            return
        if x is None:
            a, b = b, a
        self.parent[b] = a

    def compute(self) -> None:
        """Give products their values, as far as their parts have one."""
        todo = self.products
        while todo:
            left = []
            for out, parts in todo:
                sizes = [self.get(part) for part in parts]
                if any(size is None for size in sizes):
                    left.append((out, parts))
                    continue
                total = number(1)
                for size in sizes:
                    assert size is not None
                    total = total * size
                self.equal(self.known(total), out)
            if len(left) == len(todo):
                return
            todo = left

    def is_product(self) -> set[int]:
        """The roots that will be computed."""
        return {self.root(out) for out, _ in self.products}


class Shapes:
    """The axes of every part of a text, made equal where the operators say so.

    kind     the kind of a part, as `kinds` found it
    lookup   the meaning of a name in a size
    names    the axes of names, to begin with those that are declared
    """

    def __init__(self, source: str, kind: Callable[[Node], int], lookup: Callable[[str], Dim | None]) -> None:
        self.source = source
        self.kind = kind
        self.lookup = lookup
        self.sizes = Sizes()
        self.names: dict[str, Box] = {}
        self.boxes: dict[Node, Box] = {}

    def of_kind(self, kind: int) -> Box:
        """Fresh axes for a kind; those of a tensor are not known."""
        if kind not in (S, C, R, M):
            return Box(None)
        return Box([self.sizes.fresh() for _ in range((S, C, M).index(C if kind == R else kind))])

    def declare(self, name: str, axes: tuple[Dim, ...]) -> None:
        """The axes that are declared for a name."""
        self.names[name] = Box([self.sizes.known(size) for size in axes])

    def same(self, a: Box, b: Box) -> None:
        """Two parts have one shape."""
        if a.axes is None or b.axes is None:
            a.axes = b.axes = a.axes if b.axes is None else b.axes
        elif len(a.axes) == len(b.axes):
            for x, y in zip(a.axes, b.axes, strict=True):
                self.sizes.equal(x, y)

    def read(self, node: Node, parts: list[Node]) -> None:
        """Note what one part says; its own parts come before it."""
        self.boxes[node] = self._box(node, parts, [self.boxes[part] for part in parts])

    def _box(self, node: Node, parts: list[Node], boxes: list[Box]) -> Box:
        kind = node.kind
        if kind == "name":
            if node.text not in self.names:
                self.names[node.text] = self.of_kind(self.kind(node))
            return self.names[node.text]
        if kind in ("neg", "slope", "map", "differential") and boxes:
            return boxes[0]
        if kind in ("add", "sub", "had", "hdiv", "hpow") or (kind == "call" and self._pairs(node)):
            return self._alike(boxes)
        if kind == "div":
            return boxes[0]
        if kind == "pow":
            if boxes[0].axes and len(boxes[0].axes) == 2:
                self.sizes.equal(*boxes[0].axes)
            return boxes[0]
        if kind == "call":
            return self._call(node, parts, boxes)
        if kind == "num" or kind == "str":
            return Box([])
        return self._operator(kind, parts, boxes)

    def _pairs(self, node: Node) -> bool:
        return node.text in ("max", "min") and len(node.args) == 2

    def _alike(self, boxes: list[Box]) -> Box:
        shaped = [box for box in boxes if box.axes is None or box.axes]
        for box in shaped[1:]:
            self.same(shaped[0], box)
        return shaped[0] if shaped else Box([])

    def _call(self, node: Node, parts: list[Node], boxes: list[Box]) -> Box:
        name = ALIASES.get(node.text, node.text)
        if name == "einsum":
            return self._einsum(node, boxes)
        if name in ("ones", "zeros", "eye", "reshape"):
            return self._sized(name, node, boxes)
        if name == "T" and name != node.text:
            return self._operator("T", parts, boxes)
        if name in WORDS and node.text not in self.names:
            return self._operator(name, parts, boxes)
        return Box([])

    def _operator(self, name: str, parts: list[Node], boxes: list[Box]) -> Box:
        """Bind the letters of the signature that fits the kinds."""
        given = [self.kind(part) for part in parts]
        for op in (name, *(row for row, spelling in SPELLINGS.items() if spelling == name)):
            for text in OPERATORS[op].signatures if op in OPERATORS else ():
                alt = alternative(text)
                if len(alt.inputs) == len(given) and all(
                    pattern.any or of_shape(len(pattern.axes), pattern.row) == kind
                    for pattern, kind in zip(alt.inputs, given, strict=True)
                ):
                    return self._bind(alt.inputs, alt.output, boxes)
        return Box(None)

    def _bind(self, inputs: tuple[Pattern, ...], output: Pattern, boxes: list[Box]) -> Box:
        letters: dict[str, int] = {}
        whole: Box | None = None
        for pattern, box in zip(inputs, boxes, strict=True):
            if pattern.any:
                if whole is not None:
                    self.same(whole, box)
                whole = whole or box
                continue
            for letter, size in zip(pattern.axes, box.axes or (), strict=False):
                self.sizes.equal(letters.setdefault(letter[0], size), size)
        if output.any:
            return whole or Box(None)
        axes = []
        for group in output.axes:
            if not all(letter in letters for letter in group):
                return Box(None)
            found = tuple(letters[letter] for letter in group)
            axes.append(found[0] if len(found) == 1 else self.sizes.product(found))
        return Box(axes)

    def _sized(self, name: str, node: Node, boxes: list[Box]) -> Box:
        first = 1 if name == "reshape" else 0
        try:
            axes = [size_of(arg, self.lookup, self.source) for arg in node.args[first:]]
        except GradproofError:
            return Box(None)  # `assemble` will say what is wrong with it
        if name == "reshape" and boxes and boxes[0].axes is not None and len(boxes[0].axes) == 1:
            total = number(1)
            for size in axes:
                total = total * size
            self.sizes.equal(boxes[0].axes[0], self.sizes.known(total))
        known = [self.sizes.known(size) for size in axes]
        return Box([*known, *known] if name == "eye" else known)

    def _einsum(self, node: Node, boxes: list[Box]) -> Box:
        groups, _, output = (node.args[0].text if node.args else "").replace(" ", "").partition("->")
        letters: dict[str, int] = {}
        for group, box in zip(groups.split(","), boxes, strict=False):
            if box.axes is None:
                box.axes = [self.sizes.fresh() for _ in group]
            for letter, size in zip(group, box.axes, strict=False):
                self.sizes.equal(letters.setdefault(letter, size), size)
        return Box([letters[letter] for letter in output if letter in letters])
