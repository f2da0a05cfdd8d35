"""Sizes by unification: every axis of every part is a variable, and operators make some of them equal.

Sizes that are products (of `kron`, `vec`) are remembered and computed when their parts are known.
Where two known sizes clash, the first stays and the clash is noted.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

from gradproof.elaboration.assembly.size_expressions import size_of
from gradproof.elaboration.inference.kinds import C, M, R, S, of_shape
from gradproof.elaboration.inference.size_variables import Box, Sizes
from gradproof.errors import GradproofError
from gradproof.expressions.dims import Dim, number
from gradproof.language.syntax.tree import Node
from gradproof.operators.aliases import ALIASES, SPELLINGS, STACKS, TRIANGLES, WORDS
from gradproof.operators.overloads import ALONG, GAINS, KEPT, is_along
from gradproof.operators.signature import Pattern, alternative
from gradproof.operators.sized_operators import PLACED, outline
from gradproof.operators.table import OPERATORS


def uses(op: str) -> tuple[str, ...]:
    """All signatures of a word, also those that are read as other words."""
    return (*OPERATORS[op].signatures, *GAINS.get(op, ())) if op in OPERATORS else ()


class Shapes:
    """The axes of every part of a text, made equal where the operators say so.

    kind     the kind of a part, as `kinds` found it
    lookup   the meaning of a name in a size
    names    the axes of names, to begin with those that are declared
    maps     of unknown functions: the axes of the arguments and of the value
    """

    def __init__(self, source: str, kind: Callable[[Node], int], lookup: Callable[[str], Dim | None]) -> None:
        self.source = source
        self.kind = kind
        self.lookup = lookup
        self.sizes = Sizes()
        self.names: dict[str, Box] = {}
        self.maps: dict[str, tuple[list[Box], Box]] = {}
        self.boxes: dict[Node, Box] = {}
        self.unsized: dict[str, int] = {}  # sizes that nobody said: those of I and of bold 1

    def of_kind(self, kind: int) -> Box:
        """Fresh axes for a kind; those of a tensor are not known."""
        if kind not in (S, C, R, M):
            return Box(None)
        return Box([self.sizes.fresh() for _ in range((S, C, M).index(C if kind == R else kind))])

    def declare(self, name: str, axes: tuple[Dim, ...]) -> None:
        """The axes that are declared for a name."""
        self.names[name] = self.known(axes)

    def known(self, axes: tuple[Dim, ...]) -> Box:
        """Axes with known sizes."""
        return Box([self.sizes.known(size) for size in axes])

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
        if kind == "index":
            return self._index(node, boxes[0])
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
        if name in ("ones", "zeros", "eye", "reshape", "e", "commutation"):
            return self._sized(name, node, boxes)
        if name in PLACED and node.text not in self.names:
            return self._placed(name, node, parts, boxes)
        if name in STACKS and node.text not in self.names:
            return self._stack(name, parts, boxes)
        if name in TRIANGLES and boxes:
            return boxes[0]
        if name == "T" and name != node.text:
            return self._operator("T", parts, boxes)
        if name in ALONG and is_along(node) and node.text not in self.names:
            return self._along(name, node, boxes[0])
        if name == "where" and len(boxes) == 3:
            return self._alike(boxes)
        if name in WORDS and node.text not in self.names:
            return self._operator(name, parts, boxes)
        return self._unknown(node, boxes)

    def _placed(self, name: str, node: Node, parts: list[Node], boxes: list[Box]) -> Box:
        """A word with sizes behind its arrays: what its letters do not say of the result is computed."""
        given = [self.kind(part) for part in parts]
        for text in PLACED[name].signatures:
            alt = alternative(text)
            if [of_shape(len(p.axes), False) for p in alt.inputs] != given or any(
                box.axes is not None and len(box.axes) != len(p.axes)
                for p, box in zip(alt.inputs, boxes, strict=True)
            ):
                continue
            letters: dict[str, int] = {}
            for pattern, box in zip(alt.inputs, boxes, strict=True):
                if box.axes is None:
                    box.axes = [self.sizes.fresh() for _ in pattern.axes]
                for (letter,), size in zip(pattern.axes, box.axes, strict=True):
                    if letter.isdigit():
                        self.sizes.equal(self.sizes.known(number(int(letter))), size)
                    self.sizes.equal(letters.setdefault(letter, size), size)
            return self._computed(name, node, alt.output, letters, [box.axes or [] for box in boxes])
        return Box(None)

    def _computed(
        self, name: str, node: Node, output: Pattern, letters: dict[str, int], axes: list[list[int]]
    ) -> Box:
        said = tuple(self._evaluated(arg) for arg in node.args[len(axes) :])
        sizes = tuple(size for size in said if size is not None)
        first = PLACED[name].first
        if first is not None and None not in said:
            for variable, size in zip(axes[0], first(*sizes), strict=True):
                self.sizes.equal(self.sizes.known(size), variable)
        below = tuple(size for arg in axes for size in arg)

        def axis(place: int, *known: Dim) -> Dim | None:
            rest = list(known)
            shapes = tuple(tuple(rest.pop(0) for _ in arg) for arg in axes)
            try:
                return outline(name, shapes, sizes)[place] if None not in said else None
            except GradproofError:
                return None  # `assemble` will say what is wrong with it

        return Box(
            [
                letters[group[0]] if group[0] in letters else self.sizes.later(below, partial(axis, place))
                for place, group in enumerate(output.axes)
            ]
        )

    def _evaluated(self, node: Node) -> Dim | None:
        try:
            return size_of(node, self.lookup, self.source)
        except GradproofError:
            return None

    def _unknown(self, node: Node, boxes: list[Box]) -> Box:
        """An unknown function takes and gives one shape, unless its value is a number."""
        if node.text not in self.maps:
            if self.kind(node) not in (C, M):
                return Box([])
            self.maps[node.text] = (boxes, self.of_kind(self.kind(node)))
        takes, value = self.maps[node.text]
        for mine, given in zip(takes, boxes, strict=False):
            self.same(mine, given)
        return value

    def _along(self, name: str, node: Node, box: Box) -> Box:
        axis = node.args[1].value
        if name in KEPT or box.axes is None or axis is None or axis not in range(1, len(box.axes) + 1):
            return box if name in KEPT else Box(None)
        return Box([size for place, size in enumerate(box.axes, 1) if place != axis])

    def _operator(self, name: str, parts: list[Node], boxes: list[Box]) -> Box:
        """Bind the letters of the signature that fits the kinds."""
        given = [self.kind(part) for part in parts]
        for op in (name, *(row for row, spelling in SPELLINGS.items() if spelling == name)):
            for text in uses(op):
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
        if node.args and node.args[0].text.startswith("?"):
            open_size = self.unsized.setdefault(node.args[0].text, self.sizes.fresh())
            return Box([open_size] * (2 if name == "eye" else 1))
        try:
            axes = [size_of(arg, self.lookup, self.source) for arg in node.args[first:]]
        except GradproofError:
            return Box(None)  # `assemble` will say what is wrong with it
        if name == "reshape" and boxes and boxes[0].axes is not None and len(boxes[0].axes) == 1:
            total = number(1)
            for size in axes:
                total = total * size
            self.sizes.equal(boxes[0].axes[0], self.sizes.known(total))
        if name in ("e", "commutation") and len(axes) == 2:
            size = axes[1] if name == "e" else axes[0] * axes[1]
            axes = [size] if name == "e" else [size, size]
        known = [self.sizes.known(size) for size in axes]
        return Box([*known, *known] if name == "eye" else known)

    def _index(self, node: Node, box: Box) -> Box:
        """What stays of the axes; a range has its own size."""
        if box.axes is None:
            box.axes = [self.sizes.fresh() for _ in node.text]
        if len(box.axes) != len(node.text):
            return Box(None)
        parts, axes = list(node.args[1:]), []
        for letter, axis in zip(node.text, box.axes, strict=True):
            here = [parts.pop(0) for _ in range("ar".find(letter) + 1)]
            if letter == ":":
                axes.append(axis)
            elif letter == "r":
                axes.append(self._range(here, axis))
        return Box(axes)

    def _range(self, bounds: list[Node], axis: int) -> int:
        sizes: list[Dim | None] = []
        for node in bounds:
            if node.kind == "end":
                sizes.append(None)
                continue
            try:
                sizes.append(size_of(node, self._within(axis), self.source))
            except GradproofError:
                return self.sizes.fresh()  # the size that "end" means is not known yet
        first, last = sizes
        if first is None:
            return self.sizes.known(number(1)) if last is None else self.sizes.fresh()
        if last is not None:
            return self.sizes.known(last - first + number(1))
        return self.sizes.sum((axis,), number(1) - first)

    def _within(self, axis: int) -> Callable[[str], Dim | None]:
        return lambda name: self.sizes.get(axis) if name == "end" else self.lookup(name)

    def _grid(self, rows: list[Node]) -> None:
        """[A, B; C, D]: what is not known of the widths is as in the row above."""
        if len({(row.kind, row.text, len(row.args)) for row in rows}) > 1 or rows[0].text != "hcat":
            return
        for column in zip(*(row.args for row in rows), strict=True):
            kept = [self.boxes[node].axes for node in column if self.kind(node) in (R, M)]
            widths = [axes[-1] if axes else None for axes in kept]
            for one, other in pairwise(widths):
                if (
                    one is not None
                    and other is not None
                    and None in (self.sizes.get(one), self.sizes.get(other))
                ):
                    self.sizes.equal(one, other)

    def _stack(self, name: str, parts: list[Node], boxes: list[Box]) -> Box:
        """Sizes add up along one axis and are equal along the other."""
        if not boxes or any(box.axes is None for box in boxes):
            return Box(None)
        kinds = [self.kind(part) for part in parts]
        across = C if name == "hcat" else R
        flat = any(kind in (M, across) for kind in kinds)
        axis = 1 if name == "hcat" and flat else 0
        known, others, single = [], [], 0
        for kind, box in zip(kinds, boxes, strict=True):
            axes = box.axes or []
            if kind == M:
                known.append(axes[axis])
                others.append(axes[1 - axis])
            elif len(axes) == 1 and not flat:
                known.append(axes[0])
            else:
                others.extend(axes if flat else [])
                single += 1
        self._grid(parts)
        for other in others[1:]:
            self.sizes.equal(others[0], other)
        along = self.sizes.sum(tuple(known), number(single))
        if not flat:
            return Box([along])
        return Box([others[0], along] if axis else [along, others[0]])

    def _einsum(self, node: Node, boxes: list[Box]) -> Box:
        groups, _, output = (node.args[0].text if node.args else "").replace(" ", "").partition("->")
        letters: dict[str, int] = {}
        for group, box in zip(groups.split(","), boxes, strict=False):
            if box.axes is None:
                box.axes = [self.sizes.fresh() for _ in group]
            for letter, size in zip(group, box.axes, strict=False):
                self.sizes.equal(letters.setdefault(letter, size), size)
        return Box([letters[letter] for letter in output if letter in letters])
