"""The meaning of a row's parts where the row may not say every size: an identity `I` fits what it stands
beside, and only what cannot fit for any size is wrong.

Parts are read one by one and remembered, so that a row with one piece replaced is read again quickly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from gradproof.elaboration.assembly.assemble import Assembler, operands
from gradproof.errors import GradproofError
from gradproof.expressions.dims import Dim, symbol
from gradproof.expressions.nodes import Expr
from gradproof.language.syntax.tree import Node, postorder
from gradproof.operators import build


class Lack(Enum):
    """A part without a value: ANY means nothing is known about it; UNFIT, that no sizes make it fit."""

    ANY = "any"
    UNFIT = "unfit"


class Open:
    """A part of a size that the row does not say: the expression for each size; sure: whether it can be
    nothing else (a printed 1 can be a number, or an array of ones)."""

    __slots__ = ("make", "sure")

    def __init__(self, make: Callable[[Dim], Expr], sure: bool = True) -> None:
        self.make, self.sure = make, sure

    @property
    def lack(self) -> Lack:
        """What is known where it does not fit."""
        return Lack.UNFIT if self.sure else Lack.ANY


Value = Expr | Open | Lack
SHAPES = ("GP2", "GP402")  # the errors that are about shapes
_OTHER = symbol("◊")  # a size that nothing has
_MAKERS: dict[str, Callable[..., Expr]] = {
    "add": build.add, "mul": build.mul, "had": build.had, "frob": build.frob,
}  # fmt: skip
_PAIRS = ("sub", *_MAKERS)
_ALONG = {"hcat": 0, "vcat": 1}  # the axis that blocks share


class Parts:
    """The values of the parts of one row.

    root  its tree, in which differentials are marked; assembler: knows the names
    """

    def __init__(self, root: Node, assembler: Assembler) -> None:
        self.root, self.assembler = root, assembler
        self.values: dict[Node, Value] = {}
        self.above: dict[Node, tuple[Node, int]] = {}
        self.free = "I" not in assembler.names
        self.add(root)

    def add(self, root: Node) -> Value:
        """Read a tree; its parts are remembered."""
        for node in postorder(root):
            for place, arg in enumerate(node.args):
                self.above[arg] = (node, place)
            if node not in self.values:
                self.values[node] = self._value(node, [self.values[arg] for arg in node.args])
        return self.values[root]

    def of(self, node: Node) -> Expr | None:
        """The expression of a part, where it has one."""
        found = self.values.get(node)
        return found if isinstance(found, Expr) else None

    def replaced(self, node: Node, new: Node) -> Value:
        """The value of the whole row with one part replaced."""
        value = self.add(new)
        while node is not self.root and value is not Lack.UNFIT:
            node, place = self.above[node]
            values = [self.values[arg] for arg in node.args]
            values[place] = value
            value = self._value(node, values)
        return value

    # ---- one part

    def _value(self, node: Node, values: Sequence[Value]) -> Value:
        if node.kind in ("str", "end", "entry", "sum"):
            return Lack.ANY
        if node.kind == "name" and node.text == "I" and self.free:
            return Open(build.eye)
        if node.kind in ("mul", "T"):  # a printed array of ones
            pairs = zip(node.args, values, strict=True)
            values = [_ones() if arg.kind == "num" and arg.value == 1 else value for arg, value in pairs]
        if node.kind in _PAIRS:
            return self._pair(node, values[0], values[1])
        return self._made(node, values)

    def _made(self, node: Node, values: Sequence[Value]) -> Value:
        """What an operator makes of the values of its arguments."""
        parts = operands(node)
        there = [value for arg, value in zip(node.args, values, strict=True) if arg in parts]
        if Lack.UNFIT in there:
            return Lack.UNFIT
        if node.kind == "call" and node.text in _ALONG:
            there = _stacked(there, _ALONG[node.text])
        if any(isinstance(value, Open) for value in there):
            return self._opened(node, there)
        known = [value for value in there if isinstance(value, Expr)]
        if len(known) < len(there):
            return Lack.ANY
        if node.kind == "div" and known[1].axes:
            return Lack.UNFIT
        try:
            return self.assembler.one(node, parts, known)
        except GradproofError as error:
            return Lack.UNFIT if error.code.startswith(SHAPES) else Lack.ANY

    def _pair(self, node: Node, a: Value, b: Value) -> Value:
        if Lack.UNFIT in (a, b):
            return Lack.UNFIT
        if Lack.ANY in (a, b):
            return Lack.ANY
        if isinstance(a, Open) and isinstance(b, Open):
            if node.kind == "frob":
                return Lack.ANY
            sure = a.sure and b.sure
            if not _fits(node.kind, a.make(_OTHER), b.make(_OTHER)):
                return Lack.UNFIT if sure else Lack.ANY
            return Open(lambda size: _made(node.kind, a.make(size), b.make(size)), sure)
        if isinstance(a, Open) or isinstance(b, Open):
            return self._beside(node.kind, a, b)
        assert isinstance(a, Expr) and isinstance(b, Expr)
        if not _fits(node.kind, a, b):
            one = node.kind == "frob" and bool(a.axes) != bool(b.axes)  # a number that was printed for ones
            return Lack.ANY if one else Lack.UNFIT
        try:
            return _made(node.kind, a, b)
        except GradproofError as error:
            return Lack.UNFIT if error.code.startswith(SHAPES) else Lack.ANY

    def _beside(self, kind: str, a: Value, b: Value) -> Value:
        """A part of open size beside one whose shape is known: of the size that fits."""
        opened, known = (a, b) if isinstance(a, Open) else (b, a)
        assert isinstance(known, Expr) and isinstance(opened, Open)

        def both(size: Dim) -> Expr:
            one, other = (opened.make(size), known) if opened is a else (known, opened.make(size))
            return _made(kind, one, other)

        def fits(size: Dim) -> bool:
            one = opened.make(size)
            return _fits(kind, one, known) if opened is a else _fits(kind, known, one)

        if fits(_OTHER):
            return Lack.ANY if kind in ("add", "sub") else Open(both, opened.sure)
        found = next((size for size in known.axes if fits(size)), None)
        return opened.lack if found is None else both(found)

    def _opened(self, node: Node, values: Sequence[Value]) -> Value:
        """What is made of an identity: only what keeps its shape is followed."""
        first = values[0]
        if node.kind not in ("neg", "T", "differential", "div") or not isinstance(first, Open):
            return Lack.ANY
        if node.kind == "div":
            below = values[1]
            if not isinstance(below, Expr) or below.axes:
                return Lack.ANY
            return Open(lambda size: build.div(first.make(size), below), first.sure)
        make = {"neg": build.neg, "T": build.T, "differential": build.d}[node.kind]
        return Open(lambda size: make(first.make(size)), first.sure)


def _stacked(parts: Sequence[Value], across: int) -> list[Value]:
    """Blocks beside a matrix, an identity among them of its rows (or columns)."""
    sizes = [part.axes[across] for part in parts if isinstance(part, Expr) and len(part.axes) == 2]
    return [part.make(sizes[0]) if sizes and isinstance(part, Open) and part.sure else part for part in parts]


def _ones() -> Open:
    return Open(build.ones, sure=False)


def _fits(kind: str, a: Expr, b: Expr) -> bool:
    if kind in ("add", "sub"):
        return not a.axes or not b.axes or (a.axes, a.row) == (b.axes, b.row)
    if kind == "frob":
        return (a.axes, a.row) == (b.axes, b.row)
    return build.binding(kind, (a, b)) is not None


def _made(kind: str, a: Expr, b: Expr) -> Expr:
    if kind == "sub":
        return build.add(a, build.neg(b))
    return _MAKERS[kind](a, b)


def may_fit(root: Node, assembler: Assembler) -> bool:
    """Whether sizes that a row leaves open could give it a meaning."""
    return Parts(root, assembler).values[root] is not Lack.UNFIT
