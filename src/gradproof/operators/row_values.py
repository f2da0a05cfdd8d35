"""What the formulas of a row mean: shapes of new names, arrays of ones and identities as they are printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gradproof.errors import GradproofError, ParseError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import rebuild
from gradproof.language.rows import Row
from gradproof.language.syntax import Node, Script, Statement, postorder
from gradproof.operators import build
from gradproof.operators.assemble import Assembler, Mapped
from gradproof.operators.declare import Declared
from gradproof.operators.facts import props
from gradproof.operators.indices import without_sums
from gradproof.operators.infer import Tie, understand
from gradproof.operators.words import word

ONES = "𝟏"  # names of arrays of ones while their sizes are found
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
        whole = root
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
        found = understand(script, declared, ties, hints)
        self.sizes.update(found.sizes)
        new = {n: e for n, e in found.names.items() if n not in self.names and e is not like}
        meanings: dict[str, Expr | Dim] = {**found.sizes, **found.names, **self.names}
        value = self._with_units(row, root, meanings, [new.pop(text) for text in units if text in new], like)
        ones = {new.pop(text): text for text in list(new) if ONES in text}
        self._sized(row, ones, new)
        value = rebuild(value, {e: _ones(e) for e in ones}, build.construct)
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

    def _with_units(self, row: Row, root: Node, meanings: Mapping[str, Expr | Dim], units: list[Expr],
                    like: Expr | None) -> Expr:  # fmt: skip
        """The meaning of a tree, its identities of the sizes that fit, or of sizes that are known."""
        met: list[Expr] = []
        sizes = dict.fromkeys(size for item in self.declared.values() for size in item.axes or ())
        for choice in (None, *sizes) if units else (None,):
            eyes = {str(e): build.eye(choice or e.axes[0]) for e in units if len(e.axes) == 2}
            try:
                value = Assembler(row.text, {**meanings, **eyes}, word, functions=self.functions).statement(
                    root
                )
            except GradproofError as error:
                if choice is None:
                    problem = error
                continue
            met.append(value)
            if not units or like is None or value.axes == like.axes:
                return value
        if met:
            return met[0]
        raise problem

    def _sized(self, row: Row, ones: Iterable[Expr], new: Mapping[str, Expr]) -> None:
        """Every size of an array of ones is one that something else has, too."""
        arrays = [*(item.axes or () for item in self.declared.values()), *(e.axes for e in new.values())]
        known = {symbol for axes in arrays for size in axes for symbol in size.symbols} | {*self.sizes}
        if any(not known.issuperset(size.symbols) for e in ones for size in e.axes):
            raise ParseError(
                "the size of this 1 is not known: write ones(n)",
                code="GP124",
                span=row.right,
                source=row.text,
            )

    def _partial(self, symbol: str) -> None:
        """`∂L/∂Y` where no row derived it: it has the shape of Y. It says what L is a function of."""
        of, by = symbol[1:].split("/∂")
        there = self.names.get(by)
        if there is None:
            return
        name = self.names[symbol] = build.name(symbol, there.axes, row=there.row)
        self._fix(symbol, name)
        if self.objective is None and of in self.functions:
            self.objective, self.label = build.call(of, there), of
        whole = self.objective
        if whole is not None and whole.op == "call" and whole.args == (there,):
            self.stands[name] = build.gradient_of(str(whole.data[0]), 0, there)
        else:
            self.partials[name] = there

    def _fix(self, text: str, name: Expr) -> None:
        item = self.declared.setdefault(text, Declared())
        item.axes, item.row, item.props = name.axes, name.row, set(props(name))


def _ones(e: Expr) -> Expr:
    return build.ones(*e.axes) if e.axes else build.num(1)
