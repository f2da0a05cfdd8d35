"""Rows of a derivation to expressions: which names vary, what they stand for, what each row says.

Sizes come from the definitions first, then from each row in turn; what is known stays, so that a row
that does not fit is told apart from the rows that do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gradproof.elaboration.assembly.application import word
from gradproof.elaboration.assembly.assemble import Assembler
from gradproof.elaboration.assembly.declarations import Declared, Properties, Shapes, declare
from gradproof.elaboration.worksheet.by_indices import Head, IndexRow
from gradproof.elaboration.worksheet.declared import consistent, legible
from gradproof.elaboration.worksheet.normalise import Plain, forms
from gradproof.elaboration.worksheet.reading import Reading
from gradproof.elaboration.worksheet.statement import Said, gradient_side
from gradproof.elaboration.worksheet.syntax import RowTrees
from gradproof.errors import GradproofError, ParseError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder as postorder_of
from gradproof.expressions.walk import rebuild
from gradproof.language.parse import index_formula
from gradproof.language.syntax.tree import Node, postorder
from gradproof.language.worksheet.row import Row
from gradproof.operators import build
from gradproof.operators.aliases import WORDS
from gradproof.operators.properties import STRUCTURED, props, symmetric


def read_lines(
    rows: Iterable[Row],
    shapes: Shapes | None = None,
    assume: Properties | None = None,
    where: str | None = None,
) -> Reading:
    """What the rows of one derivation mean. A row that cannot be read keeps its error."""
    return _Sheet(list(rows), shapes, assume, where).reading()


class _Sheet(RowTrees):
    """One derivation while it is read."""

    def __init__(
        self, rows: list[Row], shapes: Shapes | None, assume: Properties | None, where: str | None
    ) -> None:
        rows, self.unread = legible(rows)
        texts = [(where, (0, len(where)))] if where else []
        texts += [(row.text, row.right) for row in rows if row.kind == "where"]
        texts += consistent(rows, shapes, where)
        self.declared: dict[str, Declared] = declare(shapes, assume, texts)
        made = forms(row for row in rows if row.kind not in ("where", "spoken"))
        self.rows, self.directions, self.moved = made
        self.plain = Plain(self.rows, {self._left(row) for row in self.rows}, self.declared)
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
        self.lost: set[str] = set()  # names whose definition cannot be read
        self.wanted: tuple[Dim, ...] | None = None  # the shape that a row must have, where it is known
        self.shapes: dict[Row, tuple[Dim, ...] | None] = {}  # what was wanted of each row
        self.trees: dict[Row, tuple[Node | None, Node | None] | GradproofError] = {}
        self.known: set[str] = {*self.declared}
        sides = " ".join(row.text[row.right[0] : row.right[1]] for row in self.rows)
        self.used = frozenset(re.findall(r"[^\W\d]\w*", sides))
        alone = re.findall(r"[^\W\d]\w*(?![\w(])", sides)
        self.inputs = frozenset(alone) - {self._left(row) for row in self.rows}
        self.meant: dict[str, tuple[str, str]] = {}  # G_p, where it is said to be ∂f/∂p
        self.last = ""  # the name that was defined last
        self.asked: set[str] = set()  # what gradients are of, where nothing in the rows defines it
        self.aims: set[str] = set()  # names that rows differentiate and others define
        self.varying = set()
        self.heads = self._indexed()

    def reading(self) -> Reading:
        for row in self.rows:
            meant = gradient_side(row.text[row.right[0] : row.right[1]])
            if meant is not None and all(meant) and self._left(row).isidentifier():
                self.meant[self._left(row)] = meant
        self.varying = self._varying()
        self.known |= {row.head for row in self.rows if row.latex and row.head == self._word(row)}
        for row in self.rows:
            self.trees[row] = self._trees(row)
        for row, trees in self.trees.items():
            if not isinstance(trees, GradproofError) and row not in self.heads:
                self.known |= {n.text for t in trees if t for n in postorder(t) if n.kind == "name"}
        self.known |= {name for row in self.rows if (name := self._defines(row))}
        defined = {self._defines(row) for row in self.rows}
        self.asked = {of for row in self.rows if (of := self._of(row))} - defined
        self.aims = self._aims(defined)
        told: dict[Row, Said] = {}
        for row in self._in_order():
            told[row] = self._say(row)
            self.shapes[row] = self.wanted
        said = [*self.unread, *(told[row] for row in self.rows)]
        said.sort(key=lambda one: one.row.number)
        if self.objective is None:
            self.label = ""
        unclear = self.lost.union(*(one.mentions for one in self.unread))
        lost = {e for text, e in self.names.items() if text in unclear}
        late = frozenset(lost if self.objective is None else self.late | lost)
        return Reading(
            tuple(said), self._free(), self.stands, self.objective, self.partials, late, self._again,
            self._tree, self._assembler,
        )  # fmt: skip

    def _again(self, said: Said, text: str) -> Said:
        row = said.row
        head, left = self.heads.get(row), self._left(row)
        new = row._replace(text=text, left=(0, 0), right=(0, len(text)))
        tree = self._tree(row, text)
        if head is not None:
            return self._by_indices(new, tree, head, bool(left))
        self.wanted = self.shapes[row]
        like = said.left if said.sort == "equation" else self._shape(said.sort, said.subject, said.by)
        return said._replace(right=self._value(new, tree, like), paired=None, problem=None)

    def _tree(self, row: Row, text: str) -> Node:
        new = row._replace(text=text, left=(0, 0), right=(0, len(text)))
        if row in self.heads:
            return index_formula(text, new.right, row.latex, WORDS, frozenset(self.known))
        node = self._formula(new, new.right)
        self._differentials(node)
        return node

    def _assembler(self) -> Assembler:
        return Assembler("", {**self.sizes, **self.names}, word, functions=self.functions)

    def _free(self) -> dict[str, Expr]:
        return {text: e for text, e in self.names.items() if e not in self.stands}

    @staticmethod
    def _word(row: Row) -> str:
        """A left side that is one name of several letters."""
        left = row.text[row.left[0] : row.left[1]].strip()
        return left if len(left) > 1 and left.isalpha() else ""

    # ---- rows said by indices

    def _entries(self, row: Row, tree: Node, head: Head) -> Said:
        """The same; a row that has no meaning keeps its error."""
        try:
            return self._by_indices(row, tree, head, bool(self._left(row)))
        except GradproofError as error:
            self.lost |= {head.of} if head.sort == "definition" else set()
            return Said(row, head.sort, head.of, head.by, None, None, error)

    def _by_indices(self, row: Row, tree: Node, head: Head, first: bool) -> Said:
        """What a row with indices says, as arrays."""
        variable = self.names.get(head.by)
        array = variable if head.sort == "hessian" else self.names.get(head.of)
        if head.sort != "definition" and variable is None:
            raise ParseError(f"{head.by} is not known", code="GP301", span=row.right, source=row.text)
        by = None if variable is None else (variable, head.letters)
        reader = IndexRow(
            self.names, head.free + head.letters, by, lambda node: self._value(row, node), row.text
        )
        if array is not None:
            reader.set(head.free, array)
        value, change = reader.read(tree)
        if head.sort == "definition":
            if array is None:
                self._define(head.of, value, row.kind)
                return Said(row, "definition", head.of, "", None, value)
            return Said(row, "equation" if first else "continued", head.of, "", array, value)
        assert variable is not None
        sort = head.sort
        if sort == "gradient":
            return Said(
                row,
                sort if first else "continued",
                head.of,
                head.by,
                None,
                value,
                paired=value if change else None,
            )
        spec = f"{head.free}{head.letters},{head.letters}->{head.free}"
        paired = value if change else build.einsum(spec, value, build.d(variable))
        return Said(row, sort, head.of, head.by, None, value, paired=paired)

    # ---- meaning

    def _say(self, row: Row) -> Said:
        trees = self.trees[row]
        head = self.heads.get(row)
        if head is not None and not isinstance(trees, GradproofError) and trees[1] is not None:
            return self._entries(row, trees[1], head)
        left_text = self._left(row)
        derivative = self._derivative(left_text)
        defines = self._defines(row)
        defines = "" if defines in self.names else defines  # said again: an equation about it
        sort = (
            "definition" if defines else derivative[0] if derivative else "equation" if left_text
            else "continued"
        )  # fmt: skip
        of, by = derivative[1:] if derivative else (defines, "")
        if sort == "gradient" and of in self.names and self.names[of].axes:
            if by or self.objective is None:
                sort = "jacobian"
            else:
                of, by = "", of  # grad Z is the gradient by Z
        if sort == "jacobian":
            of = of or self.last
        self.changes = {}
        if isinstance(trees, GradproofError):
            trees = self._barred(row, trees)
        if isinstance(trees, GradproofError):
            self.lost.add(defines)
            return Said(row, sort, of, by, None, None, trees)
        mentions = frozenset(n.text for tree in trees if tree for n in postorder(tree) if n.kind == "name")
        try:
            said = self._meant(row, sort, of, by, trees, left_text)
            return said._replace(changes=tuple(self.changes), mentions=mentions)
        except GradproofError as error:
            error.fixes = ()
            self.lost.add(defines)
            sort, left = self._left_alone(row, trees[0], sort)
            return Said(row, sort, of, by, left, None, error, tuple(self.changes), mentions)

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
        if row.head and left is not None and left.kind in ("call", "sub"):
            return self._moved(row, left, right)
        if left is not None and self._of_objective(left):
            value = self._value(row, right)
            before = None if self.objective is None else build.d(self.objective)
            return Said(row, "differential", self.label, "", before, value)
        if left is not None and left.kind == "differential":
            value = self._value(row, right)
            inner = left.args[0]
            return Said(row, "differential", inner.text or inner.kind, "", self._value(row, left), value)
        value = self._value(row, right, self._shape(sort, of, by))
        if sort == "jacobian" and text.startswith("J") and not value.axes:
            sort, of = "definition", text  # a cost that is called J
        if sort == "definition":
            self._define(of, value, row.kind)
        elif sort == "gradient":
            self._derived(text, by, value)
        return Said(row, sort, of, by, None if left is None else self._value(row, left), value)

    def _moved(self, row: Row, left: Node, right: Node) -> Said:
        """`f(x + h) − f(x)`, exactly."""
        call = left if left.kind == "call" else left.args[0]
        name, by, to = self.names.get(call.text), *(arg.text for arg in call.args[0].args)
        changed = call.args[0].args[1].kind == "differential"
        variable = self.names.get(by)
        if name is None or variable is None or name not in self.stands:
            raise ParseError(f"{call.text}({by}) is not known", code="GP301", span=row.right, source=row.text)
        step = (
            build.d(variable)
            if changed
            else self.names.setdefault(to, build.name(to, variable.axes, row=variable.row))
        )
        if not changed:
            self._fix(to, step)
        whole = self.stands[name]
        for _ in range(len(self.stands)):
            whole = rebuild(whole, self.stands, build.construct)
        moved = rebuild(whole, {variable: build.add(variable, step)}, build.construct)
        before = moved if left.kind == "call" else build.add(moved, build.neg(name))
        return Said(row, "equation", call.text, "", before, self._value(row, right))

    def _shape(self, sort: str, of: str, by: str) -> Expr | None:
        """Something of the shape that a derivative by a name has."""
        variable = self.names.get(by)
        if variable is None or sort in ("gradient", "part"):
            return variable
        array = variable if sort == "hessian" else self.names.get(of) if sort == "jacobian" else None
        axes = None if array is None else (_product(array.axes), _product(variable.axes))
        return None if axes is None else build.name("the derivative", tuple(size for size in axes if size))

    def _left_alone(self, row: Row, left: Node | None, sort: str) -> tuple[str, Expr | None]:
        """What the left side says of a row whose right side has no meaning: the sort, and its value."""
        if sort != "equation":
            return sort, None
        if left is None:
            return sort, self.names.get(self._left(row))
        if self._of_objective(left):
            return "differential", None if self.objective is None else build.d(self.objective)
        self._differentials(left)
        try:
            value = self._value(row, left)
        except GradproofError:
            return sort, None
        return "differential" if left.kind == "differential" else sort, value

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
        facts = ("symmetric",) if len(value.axes) == 2 and symmetric(value) else ()
        name = build.name(text, value.axes, facts, row=value.row)
        self._fold(name, value)
        self.last = text
        self.names[text] = name
        self.stands[name] = value
        self._fix(text, name)
        called = str(value.data[0]) if value.op == "call" else text
        wanted = called in self.asked if self.asked else not self.aims or text in self.aims
        if not value.axes and wanted and (kind != "let" or text in self.aims):
            self.objective, self.label = name, text
            if value.op == "call":
                self.objective = value

    def _fold(self, name: Expr, value: Expr) -> None:
        """What is defined later is a part of what was defined before: f is a function of it, too."""
        if not value.args or not value.axes:
            return
        for other, meaning in self.stands.items():
            if value in postorder_of([meaning]) and meaning is not value:
                self.stands[other] = rebuild(meaning, {value: name}, build.construct)

    def _derived(self, text: str, by: str, value: Expr) -> None:
        """A gradient can be used under its name in the rows that follow."""
        symbol = text.replace(" ", "")
        variable = self.names.get(by)
        again = variable is not None and bool(STRUCTURED.intersection(props(variable)))
        if symbol.startswith("∂") and (symbol not in self.names or again):
            name = build.name(symbol, value.axes, row=value.row)
            self.names[symbol] = name
            self.stands[name] = value
            self._fix(symbol, name)


def _product(axes: tuple[Dim, ...]) -> Dim | None:
    out: Dim | None = None
    for size in axes:
        out = size if out is None else out * size
    return out
