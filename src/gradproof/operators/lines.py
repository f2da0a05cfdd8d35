"""Rows of a derivation to expressions: which names vary, what they stand for, what each row says.

Sizes come from the definitions first, then from each row in turn; what is known stays, so that a row
that does not fit is told apart from the rows that do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from gradproof.errors import GradproofError, ParseError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import rebuild
from gradproof.language.grammar import formula, latex_formula
from gradproof.language.lines import Row
from gradproof.language.syntax import Node, Script, Span, Statement, postorder
from gradproof.operators import build
from gradproof.operators.assemble import Assembler
from gradproof.operators.declare import Declared, Properties, Shapes, declare
from gradproof.operators.facts import props
from gradproof.operators.infer import understand
from gradproof.operators.vocabulary import WORDS
from gradproof.operators.words import word

_GRADIENT = (
    re.compile(r"(?:grad(?:ient)?|∇)(?:_\{?(?P<by>[^\W\d]\w*)\}?)?\s*(?:of\s+)?(?P<of>[^\W\d]\w*)?$"),
    re.compile(r"∂\s*(?P<of>\w*)\s*/\s*∂\s*(?P<by>\w+)$"),
    re.compile(r"d(?P<of>[^\W\d]\w*)\s*/\s*d\s*(?P<by>\w+)$"),
    re.compile(r"\\nabla(?:_\{?(?P<by>[^\W\d]\w*)\}?)?\s*(?P<of>[^\W\d]\w*)?$"),
    re.compile(r"\\d?frac\s*\{\s*\\partial\s*(?P<of>\w*)\s*\}\s*\{\s*\\partial\s*(?P<by>\w+)\s*\}$"),
)
ONES = "𝟏"  # names of arrays of ones while their sizes are found
_NAME = re.compile(r"[^\W\d]\w*$")


class Said(NamedTuple):
    """What one row says.

    sort     "definition": a name is introduced; "gradient"; "equation": left = right;
             "continued": it goes on from the row before
    subject  the name that is defined, or differentiated (None: not said)
    by       for a gradient: the variable as text, "" if not said
    left     the left side of an equation
    right    the right side; None where it cannot be read: then `problem` says why
    changes  the names that differentials are taken of
    """

    row: Row
    sort: str
    subject: str
    by: str
    left: Expr | None
    right: Expr | None
    problem: GradproofError | None = None
    changes: tuple[str, ...] = ()


class Reading(NamedTuple):
    """A derivation, understood.

    names    every name that nothing defines; stands: what the others stand for, in order
    objective  what is differentiated, or None where the text does not define it
    partials   symbols such as ∂L/∂Y that no row derived, with the name that is differentiated by
    late     names that first occur after the objective and that nothing defines
    value    reads another right side of a row, as the row itself was read
    """

    said: tuple[Said, ...]
    names: Mapping[str, Expr]
    stands: Mapping[Expr, Expr]
    objective: Expr | None
    partials: Mapping[Expr, Expr]
    late: frozenset[Expr]
    value: Callable[[Row, str], Expr]


def gradient_side(text: str) -> tuple[str, str] | None:
    """(of, by) where a left side is that of a gradient: `grad f`, `∂f/∂x`, `df/dx`, `∇_x f`."""
    for pattern in _GRADIENT:
        found = pattern.match(text.strip())
        if found:
            return found["of"] or "", found["by"] or ""
    return None


def read_lines(
    rows: Iterable[Row],
    shapes: Shapes | None = None,
    assume: Properties | None = None,
    where: str | None = None,
) -> Reading:
    """What the rows of one derivation mean. A row that cannot be read keeps its error."""
    return _Sheet(list(rows), shapes, assume, where).reading()


class _Sheet:
    """One derivation while it is read."""

    def __init__(
        self, rows: list[Row], shapes: Shapes | None, assume: Properties | None, where: str | None
    ) -> None:
        texts = [(where, (0, len(where)))] if where else []
        texts += [(row.text, row.right) for row in rows if row.kind == "where"]
        self.declared: dict[str, Declared] = declare(shapes, assume, texts)
        self.rows = [row for row in rows if row.kind != "where"]
        self.functions = {
            n: (item.takes, item.gives or ()) for n, item in self.declared.items() if item.kind == "function"
        }
        self.names: dict[str, Expr] = {}
        self.sizes: dict[str, Dim] = {}
        self.stands: dict[Expr, Expr] = {}
        self.objective: Expr | None = None
        self.label = ""
        self.changes: dict[str, None] = {}
        self.partials: dict[Expr, Expr] = {}
        self.late: set[Expr] = set()
        self.wanted: tuple[Dim, ...] | None = None  # the shape that a row must have, where it is known
        self.trees: dict[Row, tuple[Node | None, Node | None] | GradproofError] = {}
        self.known: set[str] = {*self.declared}

    def reading(self) -> Reading:
        for row in self.rows:
            self.trees[row] = self._trees(row)
        for trees in self.trees.values():
            if not isinstance(trees, GradproofError):
                self.known |= {n.text for t in trees if t for n in postorder(t) if n.kind == "name"}
        self.known |= {name for row in self.rows if (name := self._defines(row))}
        said = [self._say(row) for row in self.rows]
        if self.objective is None:
            self.label = ""
        return Reading(
            tuple(said), self._free(), self.stands, self.objective, self.partials, frozenset(self.late),
            self._again,
        )  # fmt: skip

    def _again(self, row: Row, text: str) -> Expr:
        node = formula(text, (0, len(text)), "d" not in self.declared)
        self._differentials(node)
        return self._value(row._replace(text=text), node)

    def _free(self) -> dict[str, Expr]:
        return {text: e for text, e in self.names.items() if e not in self.stands}

    # ---- syntax

    def _side(self, row: Row, start: int, end: int) -> str:
        return row.text[start:end].strip()

    def _defines(self, row: Row) -> str:
        """The name that a row introduces, or ""."""
        left = self._side(row, *row.left)
        if not _NAME.fullmatch(left) or gradient_side(left) is not None:
            return ""
        return left if row.kind == "let" or not self._changed(left) else ""

    def _changed(self, text: str) -> bool:
        return len(text) > 1 and text[0] == "d"

    def _formula(self, row: Row, span: Span) -> Node:
        """The tree of one side."""
        if row.latex:
            return latex_formula(row.text, span, "d" not in self.declared, WORDS, frozenset(self.known))
        return formula(row.text, span, "d" not in self.declared)

    def _trees(self, row: Row) -> tuple[Node | None, Node | None] | GradproofError:
        left = self._side(row, *row.left)
        plain = not left or self._defines(row) or gradient_side(left) is not None
        try:
            sides = [None if plain and side is row.left else self._formula(row, side)
                     for side in (row.left, row.right)]  # fmt: skip
            return sides[0], sides[1]
        except GradproofError as error:
            return error

    def _differentials(self, root: Node) -> None:
        """`dX` and `d(…)` become differentials where nothing else is called so."""
        for node in postorder(root):
            text = node.text
            if node.kind == "call" and text == "d" and len(node.args) == 1:
                node.kind, node.text = "differential", ""
                if node.args[0].kind == "name":
                    self.changes.setdefault(node.args[0].text)
            elif node.kind == "name" and self._is_change(text):
                inner = Node("name", (), (node.start + 1, node.end), (node.start + 1, node.end), text[1:])
                node.kind, node.args, node.text = "differential", (inner,), ""
                self.changes.setdefault(text[1:])

    def _is_change(self, text: str) -> bool:
        """`dX`, where X is a name and dX is none."""
        if not self._changed(text) or text in self.names or text in self.declared:
            return False
        return text[1:] in self.known or text[1:] == self.label

    # ---- meaning

    def _say(self, row: Row) -> Said:
        trees = self.trees[row]
        left_text = self._side(row, *row.left)
        gradient = gradient_side(left_text)
        defines = self._defines(row)
        if defines and (defines in self.names):
            defines = ""  # said again: an equation about it
        sort = (
            "definition" if defines else "gradient" if gradient else "equation" if left_text else "continued"
        )
        of, by = gradient or (defines, "")
        self.changes = {}
        if isinstance(trees, GradproofError):
            return Said(row, sort, of, by, None, None, trees)
        try:
            said = self._meant(row, sort, of, by, trees, left_text)
            return said._replace(changes=tuple(self.changes))
        except GradproofError as error:
            error.fixes = ()
            return Said(row, sort, of, by, None, None, error)

    def _meant(
        self, row: Row, sort: str, of: str, by: str, trees: tuple[Node | None, Node | None], text: str
    ) -> Said:
        left, right = trees
        assert right is not None
        if sort != "continued":
            by_name = self.names.get(by or text)
            self.wanted = None if by_name is None else by_name.axes
        if left is not None and (self._of_objective(left) or left.kind in ("differential", "frob")):
            self.wanted = ()
        for tree in trees:
            if tree is not None:
                self._differentials(tree)
        if sort == "equation" and left is None:
            value = self._value(row, right, self.names[text])
            return Said(row, sort, of, by, self.names[text], value)
        if left is not None and self._of_objective(left):
            value = self._value(row, right)
            before = None if self.objective is None else build.d(self.objective)
            return Said(row, "differential", self.label, "", before, value)
        if left is not None and left.kind == "differential":
            value = self._value(row, right)
            return Said(row, "differential", left.args[0].text, "", self._value(row, left), value)
        value = self._value(row, right, self.names.get(by))
        if sort == "definition":
            self._define(of, value, row.kind)
        elif sort == "gradient":
            self._derived(text, by, value)
        return Said(row, sort, of, by, None if left is None else self._value(row, left), value)

    def _of_objective(self, left: Node) -> bool:
        """`df`, where f is the objective, or nothing that is known."""
        if left.kind == "name" and len(left.text) > 1 and left.text[0] == "d":
            return left.text not in self.names
        inner = left.args[0] if left.kind == "differential" else None
        if inner is None or inner.kind != "name":
            return False
        if self.objective is not None:
            call = self.objective.op == "call" and inner.text == self.objective.data[0]
            return inner.text == self.label or call
        return inner.text not in self.names and inner.text not in self.declared

    def _define(self, text: str, value: Expr, kind: str) -> None:
        name = build.name(text, value.axes, row=value.row)
        self.names[text] = name
        self.stands[name] = value
        self._fix(text, name)
        if kind != "let" and not value.axes:
            self.objective, self.label = name, text
            if value.op == "call":
                self.objective = value

    def _derived(self, text: str, by: str, value: Expr) -> None:
        """A gradient can be used under its name in the rows that follow."""
        symbol = text.replace(" ", "")
        if symbol.startswith("∂") and symbol not in self.names:
            name = build.name(symbol, value.axes, row=value.row)
            self.names[symbol] = name
            self.stands[name] = value
            self._fix(symbol, name)

    def _fix(self, text: str, name: Expr) -> None:
        item = self.declared.setdefault(text, Declared())
        item.axes, item.row, item.props = name.axes, name.row, set(props(name))

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
        used = {n.text for n in postorder(root)}
        whole = root
        if like is not None and any(ONES in text or text == "I" for text in used):
            other = Node("name", (), root.span, root.at, str(like))
            whole = Node("sub", (root, other), root.span, root.at)
            used.add(str(like))
        script = Script(row.text, (Statement("", root.span, whole),), (len(row.text),) * 2)
        declared = {n: item for n, item in self.declared.items() if n in used or item.axes is not None}
        if "I" in used and "I" not in self.declared:
            declared["I"] = Declared()
            declared["I"].props = {"symmetric"}
            if like is not None and len(like.axes) == 2 and like.axes[0] is like.axes[1]:
                declared["I"].axes = like.axes
        found = understand(script, declared)
        self.sizes.update(found.sizes)
        new = {n: e for n, e in found.names.items() if n not in self.names}
        assembler = Assembler(
            row.text, {**found.sizes, **found.names, **self.names}, word, functions=self.functions
        )
        value = assembler.statement(root)
        unit = new.pop("I", None) if "I" not in self.declared else None
        if unit is not None and len(unit.axes) == 2:
            value = rebuild(value, {unit: build.eye(unit.axes[0])}, build.construct)
        ones = {new.pop(text): text for text in list(new) if ONES in text}
        self._sized(row, ones, new)
        value = rebuild(value, {e: _ones(e) for e in ones}, build.construct)
        for text, name in new.items():
            self.names[text] = name
            self._fix(text, name)
            if self.objective is not None:
                self.late.add(name)
        return value

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


def _ones(e: Expr) -> Expr:
    return build.ones(*e.axes) if e.axes else build.num(1)
