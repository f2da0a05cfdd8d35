"""What the formulas of a row mean: shapes of new names, arrays of ones and identities as they are printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product
from typing import Any

from gradproof.elaboration.assembly.application import word
from gradproof.elaboration.assembly.assemble import Assembler, Mapped
from gradproof.elaboration.assembly.declarations import Declared
from gradproof.elaboration.indices.index_sums import without_sums
from gradproof.elaboration.inference.infer import Tie, understand
from gradproof.errors import GradproofError, ParseError, UnsupportedError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder as postorder_of
from gradproof.language.syntax.tree import Node, Script, Statement, postorder
from gradproof.language.worksheet.row import Row
from gradproof.operators import build
from gradproof.operators.aliases import STACKS
from gradproof.operators.properties import props

ONES = "𝟏"  # names of arrays of ones while their sizes are found
CHOICES = 400  # of sizes that are tried
EMPTY = "𝟎"  # names of blocks of zeros
UNIT = "𝐈"  # names of identities, each with a size of its own


class RowValues:
    """Reads formulas; what was found about names and sizes stays."""

    declared: dict[str, Declared]
    functions: dict[str, Mapped]
    names: dict[str, Expr]
    sizes: dict[str, Dim]
    stands: dict[Expr, Expr]
    objective: Expr | None
    label: str
    partials: dict[Expr, Expr]
    late: set[Expr]
    wanted: tuple[Dim, ...] | None

    def _value(self, row: Row, root: Node, like: Expr | None = None) -> Expr:
        """The meaning of a tree; where it has none, that with 1 read as an array of ones, as printed."""
        _empty(root)
        ones = [node for node in postorder(root) if node.kind == "num" and node.value == 1]
        turned = any(node.kind == "T" and node.args[0].kind == "num" for node in postorder(root))
        factors = {id(arg) for node in postorder(root) if node.kind in ("mul", "T") for arg in node.args}
        problem: GradproofError | None = None
        try:
            if not turned:
                value = self._assembled(row, root, like)
                if not ones or self.wanted is None or value.axes == self.wanted:
                    return value
        except GradproofError as error:
            if not ones or not error.code.startswith("GP2"):
                raise
            problem = error
        for place, node in enumerate(ones):
            node.kind, node.text = "name", f"{'o' * (id(node) in factors)}{ONES}{place}"
        try:
            return self._assembled(row, root, like)
        except GradproofError:
            for node in ones:
                node.kind, node.text = "num", "1"
            if problem is not None:
                raise problem from None
            if turned:
                raise
            return self._assembled(row, root, like)

    def _assembled(self, row: Row, root: Node, like: Expr | None) -> Expr:
        """The meaning of a tree; names that are new get their shapes from it.

        like: what it is to be equal to in shape, where that is known
        """
        for node in postorder(root):
            if node.kind == "name" and node.text.startswith("∂") and node.text not in self.names:
                self._partial(node.text)
        units = self._units(root)
        used = {n.text for n in postorder(root)}
        whole = kept = root
        if like is not None and (units or any(ONES in text for text in used)):
            other = Node("name", (), root.span, root.at, str(like))
            whole = Node("sub", (root, other), root.span, root.at)
            used.add(str(like))
        script = Script(row.text, (Statement("", root.span, whole),), (len(row.text),) * 2)
        declared = {n: item for n, item in self.declared.items() if n in used or item.axes is not None}
        self._declare(declared, units, like)
        ties: tuple[Tie, ...] = ()
        hints: dict[str, int] = {}
        if any(node.kind == "sum" for node in postorder(whole)):
            script, ties, hints = without_sums(script, declared)
            root = script.statements[-1].node
            if whole is not kept:
                root = root.args[0]
        found = understand(script, declared, ties, hints)
        self.sizes.update(found.sizes)
        new = {n: e for n, e in found.names.items() if n not in self.names and e is not like}
        meanings: dict[str, Expr | Dim] = {**found.sizes, **found.names, **self.names}
        marks = {text: new.pop(text) for text in list(new) if ONES in text or text.startswith((UNIT, EMPTY))}
        value = self._with_marks(row, root, meanings, marks, new.values(), like)
        for text, name in new.items():
            self.names[text] = name
            self._fix(text, name)
            if self.objective is not None:
                self.late.add(name)
        return value

    def _declare(self, declared: dict[str, Declared], units: Iterable[str], like: Expr | None) -> None:
        """Identities, and what the value is to be like."""
        for text in units:
            declared[text] = Declared()
            declared[text].props = {"symmetric"}
        if like is not None and str(like) not in declared:
            declared[str(like)] = Declared()
            declared[str(like)].axes, declared[str(like)].row = like.axes, like.row

    def _units(self, root: Node) -> tuple[str, ...]:
        """The identities in a tree: each I is a name of its own."""
        for node in postorder(root):
            if (
                node.kind == "name"
                and node.text == "I"
                and "I" not in self.declared
                and "I" not in self.names
            ):
                node.text = f"{UNIT}{node.start}"
        return tuple(n.text for n in postorder(root) if n.kind == "name" and n.text.startswith(UNIT))

    def _with_marks(self, row: Row, root: Node, meanings: Mapping[str, Expr | Dim], marks: Mapping[str, Expr],
                    new: Iterable[Expr], like: Expr | None) -> Expr:  # fmt: skip
        """The meaning of a tree, its identities and ones of the sizes that fit."""
        met: list[Expr] = []
        axes = None if like is None else like.axes if like.axes else self.wanted
        sized = bool(self._open([e for text, e in marks.items() if ONES in text], new))
        problem: GradproofError | None = None
        for sizes in self._choices(marks, new):
            blank, sizes = sizes.pop(EMPTY, ()), sizes
            arrays = {text: _marked(text, e, sizes, blank) for text, e in marks.items()}
            try:
                value = Assembler(row.text, {**meanings, **arrays}, word, functions=self.functions).statement(
                    root
                )
            except GradproofError as error:
                problem = problem or error
                continue
            if sized and any(symbol not in sizes for symbol in self._open(marks.values(), new)):
                continue
            if not marks or (axes is not None and value.axes == axes):
                return value
            met.append(value)
        there = set(postorder_of(self.stands.values()))
        if met and not (sized and axes is not None):
            return next((value for value in met if value in there), met[0])
        if sized:
            raise ParseError("the size of this 1 is not known: write ones(n)", code="GP124",
                             span=row.right, source=row.text)  # fmt: skip
        assert problem is not None
        raise problem

    def _open(self, marks: Iterable[Expr], new: Iterable[Expr]) -> list[str]:
        """The sizes of identities and ones that nothing else has."""
        arrays = [*(item.axes or () for item in self.declared.values()), *(e.axes for e in new)]
        known = {symbol for axes in arrays for size in axes for symbol in size.symbols} | {*self.sizes}
        found = (symbol for e in marks for size in e.axes for symbol in size.symbols if symbol not in known)
        return list(dict.fromkeys(found))

    def _choices(self, marks: Mapping[str, Expr], new: Iterable[Expr]) -> Iterator[dict[str, Any]]:
        """Sizes for those that are open: as they are, then every one that an array has; for blocks of zeros
        that could be numbers also their shape."""
        lost = self._open(marks.values(), new)
        arrays = [*(item.axes or () for item in self.declared.values())]
        arrays += [e.axes for e in postorder_of(self.stands.values())]
        sizes = list(dict.fromkeys(size for axes in arrays for size in axes))
        blank = any(text.startswith(EMPTY) and len(e.axes) < 2 for text, e in marks.items())
        shapes = [(), *product(sizes), *product(sizes, repeat=2)] if blank else [()]
        for shape in shapes:
            same = {EMPTY: shape} if shape else {}
            yield dict(same)
            if lost:
                for choice in islice(product(sizes, repeat=len(lost)), CHOICES):
                    yield {**same, **dict(zip(lost, choice, strict=True))}

    def _partial(self, symbol: str) -> None:
        """`∂L/∂Y` where no row derived it: it has the shape of Y. It says what L is a function of."""
        of, by = symbol[1:].split("/∂")
        there = self.names.get(by)
        if there is None:
            return
        whole = self.names.get(of)
        if whole is not None and whole.axes:
            raise UnsupportedError(
                f"{symbol} is a Jacobian, and how it is multiplied is not said: write d{of} = … d{by},"
                " or entries",
                code="GP501",
            )
        name = self.names[symbol] = build.name(symbol, there.axes, row=there.row)
        self._fix(symbol, name)
        known = of in self.functions or (of not in self.names and there in self.stands and self._last(there))
        if self.objective is None and known:
            self.objective, self.label = build.call(of, there), of
        whole = self.objective
        if whole is not None and whole.op == "call" and whole.args == (there,):
            self.stands[name] = build.gradient_of(str(whole.data[0]), 0, there)
        else:
            self.partials[name] = there

    def _last(self, e: Expr) -> bool:
        """Whether no other definition uses a name."""
        return not any(e in postorder_of([meaning]) for meaning in self.stands.values())

    def _fix(self, text: str, name: Expr) -> None:
        item = self.declared.setdefault(text, Declared())
        item.axes, item.row, item.props = name.axes, name.row, set(props(name))


def _empty(root: Node) -> None:
    """The zeros in blocks, `[dx; 0]`, each an array of a size of its own."""
    for node in postorder(root):
        if node.kind == "call" and node.text in STACKS and len(node.args) > 1:
            for part in node.args:
                if part.kind == "num" and part.value == 0:
                    part.kind, part.text = "name", f"{EMPTY}{part.start}"


def _marked(text: str, e: Expr, sizes: Mapping[str, Dim], blank: tuple[Dim, ...]) -> Expr:
    """An identity or an array of ones."""
    axes = tuple(size.substitute(sizes) for size in e.axes)
    if text.startswith(EMPTY):
        axes = blank or axes
        return build.zeros(*axes, row=e.row and len(axes) == 1) if axes else build.num(0)
    if ONES in text:
        return build.ones(*axes) if axes else build.num(1)
    return build.eye(axes[0]) if len(axes) == 2 else e
