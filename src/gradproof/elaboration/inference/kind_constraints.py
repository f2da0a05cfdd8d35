"""A text as constraints on kinds: first what must hold, then what people mean when nothing is said."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from gradproof.elaboration.assembly.assemble import SIZED, first_size
from gradproof.elaboration.assembly.declarations import Declared
from gradproof.elaboration.inference.kinds import ANY, KINDS, C, Key, M, R, S, Solver, of_shape, preference
from gradproof.language.syntax.tree import Node, Statement
from gradproof.operators.aliases import ALIASES, SQUARE, STACKS, TRIANGLES, WORDS, names_a_map
from gradproof.operators.overloads import ALONG, is_along
from gradproof.operators.sized_operators import PLACED
from gradproof.operators.table import OPERATORS

_SIGNS = {"T": "T", "mul": "mul", "frob": "frob", "kron": "kron"}
_KIND_WORDS = {"scalar": S, "vector": C, "matrix": M}


def value_parts(node: Node) -> list[Node]:
    """The parts of a node that are values: no sizes, no texts."""
    return [arg for arg in node.args[: first_size(node)] if arg.kind != "str"]


NUMBERS = frozenset("LJE")  # capital letters of functions that are numbers


class Relations:
    """The parts of a text in a `Solver`.

    parts      the number of each part; names: of each name; open: names that nobody declared
    functions  the number of the value of each unknown function that nobody declared
    """

    def __init__(self, declared: Mapping[str, Declared], sizes: Collection[str]) -> None:
        self.solver = Solver()
        self.declared = declared
        self.sizes = sizes
        self.parts: dict[Node, int] = {}
        self.names: dict[str, int] = {}
        self.open: list[str] = []
        self.functions: dict[str, int] = {}
        self.calls: list[Node] = []
        self.defined: dict[str, Node] = {}
        self.fixed: set[Node] = set()  # parts made of declared things and numbers only
        self.wishes: list[tuple[Key, tuple[int, ...]]] = []
        self.narrow: list[tuple[int, int]] = []

    def statement(self, statement: Statement, nodes: tuple[Node, ...]) -> None:
        """Add the parts of one statement, and its name."""
        for node in nodes:
            self.parts[node] = self._part(node)
            self._relate(node)
        if statement.name:
            self.defined[statement.name] = nodes[-1]
            part = self.names[statement.name] = self.parts[nodes[-1]]
            item = self.declared.get(statement.name)
            if item is not None and item.axes is not None:
                self.solver.restrict(part, of_shape(len(item.axes), item.row))

    def hint(self, kinds: Mapping[str, int]) -> None:
        """Kinds of names that are known from how they are written; what contradicts is left out."""
        for name, kind in kinds.items():
            if name in self.names:
                self.solver.restrict(self.names[name], kind)

    def settle(self) -> dict[str, int]:
        """Add what people mean; the names that are open after that, with the kind of their letter."""
        for key, parts in self.wishes:
            if not self.solver.add(key, parts):
                self.solver.add(("spread",), parts)
        for part, mask in self.narrow:
            self.solver.restrict(part, mask)
        self._decide_matrices()
        masks = self.solver.masks
        for node in self.calls:  # the parameter of an unknown matrix is a number: K(t)
            if masks[self.functions.get(node.text, self.parts[node])] == M:
                for arg in node.args:
                    if not self._free(arg) or arg.text[0].isupper():  # K(X) is made of the rows of X
                        continue
                    self.solver.restrict(self.parts[arg], S)
        return {name: preference(name)[1][0] for name in self.open if masks[self.names[name]] not in KINDS}

    def _decide_matrices(self) -> None:
        """Unknown functions with the letter of a matrix are matrices where they stand as one: K(t) in
        logdet(K(t)), in c'*K(t)*b and in K(t)*x. L, J and E are numbers, as losses are."""
        for name in {name for node in self.parts for name in self._as_matrices(node)}:
            mark = len(self.solver.trail)
            if not self.solver.restrict(self.functions[name], M):
                self.solver.undo(mark)

    def _as_matrices(self, node: Node) -> set[str]:
        """The unknown functions that stand as matrices in a node."""
        row = OPERATORS.get(ALIASES.get(node.text, node.text)) if node.kind == "call" else None
        if row is not None and len(node.args) == 1 and any(s.startswith("ii->") for s in row.signatures):
            return self._factors(node.args)
        if node.kind != "mul" or not any(map(self._is_array, node.args)):
            return set()
        return self._factors(node.args)

    def _is_array(self, node: Node) -> bool:
        """Whether a factor is no number: transposed, by its kind, or by the letter of its name."""
        if node.kind == "T" or not self.solver.masks[self.parts[node]] & S:
            return True
        return node.kind == "name" and node.text not in self.defined and preference(node.text)[0] < 2

    def _factors(self, nodes: tuple[Node, ...]) -> set[str]:
        """The unknown functions with the letter of a matrix among factors and terms."""
        found: set[str] = set()
        todo = list(nodes)
        while todo:
            part = todo.pop()
            if part.kind == "call" and part.text in self.functions and part.text[0].isupper():
                found |= {part.text} - NUMBERS
            elif part.kind in ("mul", "add", "sub", "neg", "T"):
                todo.extend(part.args)
            elif part.kind in ("pow", "div"):
                todo.append(part.args[0])
        return found

    def decide(self) -> None:
        """Give the values of unknown functions a kind: a vector where something takes them as a whole, as
        norms do, else a number."""
        todo = dict(self.functions)
        while todo:
            taken = todo.keys() & {name for node in self.parts for name in self._taken(node)}
            for name in taken or list(todo):
                self._first(todo.pop(name), (C, M, S) if taken else (S, C, M))

    def _first(self, part: int, kinds: tuple[int, ...]) -> None:
        """The first kind that is possible."""
        for kind in kinds:
            if self.solver.masks[part] in KINDS or self.solver.restrict(part, kind):
                break

    def _taken(self, node: Node) -> set[str]:
        """The unknown functions whose values a sum, a norm or another unknown function takes."""
        if node.kind == "mul" and self.solver.masks[self.parts[node.args[0]]] in (R, M):
            return {part.text for part in node.args[1:] if part.text in self.functions}
        if node.kind in ("T", "frob"):  # nobody transposes a number
            return {part.text for part in node.args if part.kind == "call" and part.text in self.functions}
        if node.kind == "map" or (node.kind == "call" and node in self.calls):
            return {name for name in self._within(node) if not name[0].isupper()}
        row = OPERATORS.get(ALIASES.get(node.text, node.text)) if node.kind == "call" else None
        return self._within(node) if row is not None and "*->" in row.signatures else set()

    def _within(self, node: Node) -> set[str]:
        """The unknown functions that make the entries of a node's arguments, as they stand."""
        found: set[str] = set()
        todo = list(node.args)
        while todo:
            part = todo.pop()
            part = self.defined.get(part.text, part) if part.kind == "name" else part
            entrywise = OPERATORS.get(part.text) if part.kind == "call" else None
            if part.kind == "call" and part.text in self.functions:
                found.add(part.text)
            elif part.kind in ("add", "sub", "neg", "had", "hdiv", "hpow"):
                todo.extend(part.args)
            elif part.kind == "div" or (entrywise is not None and entrywise.slope):
                todo.append(part.args[0])
        return found

    # ---- one part

    def _part(self, node: Node) -> int:
        if node.kind == "name":
            return self._name(node)
        values = value_parts(node)
        if all(part in self.fixed for part in values):
            self.fixed.add(node)
        return self.solver.part(S if node.kind in ("num", "str") else ANY)

    def _name(self, node: Node) -> int:
        name = node.text
        if name not in self.names:
            item = self.declared.get(name)
            if item is not None and item.axes is not None:
                mask = of_shape(len(item.axes), item.row)
            elif item is not None and item.kind in _KIND_WORDS:
                mask = _KIND_WORDS[item.kind]
            elif name in self.sizes or name in ("pi", "π"):
                mask = S
            else:
                mask = M if item is not None and item.props & SQUARE else ANY & ~R
                self.open.append(name)
            self.names[name] = self.solver.part(mask)
        if name not in self.open and self.solver.masks[self.names[name]] in KINDS:
            self.fixed.add(node)
        return self.names[name]

    def _free(self, node: Node) -> bool:
        return node.kind == "name" and node.text in self.open

    def _relate(self, node: Node) -> None:
        kind, solver = node.kind, self.solver
        values = value_parts(node)
        parts = (*(self.parts[value] for value in values), self.parts[node])
        if kind in ("add", "sub"):
            solver.add(("spread",), parts)
            self.wishes.append((("sum", *map(self._how, values)), parts))
        elif kind in ("had", "hdiv", "hpow"):
            solver.add(("spread",), parts)
            if kind != "hpow":
                self.wishes.append((("pair",), parts))
            elif self._free(values[1]):
                self.narrow.append((parts[1], S))
        elif kind in ("neg", "slope", "map", "differential") and len(values) == 1:
            solver.add(("same",), parts)
        elif kind in ("pow", "div"):
            solver.add((kind,), parts)
        elif kind in _SIGNS:
            self._sign(node, values, parts)
        elif kind == "index":
            solver.add(("index", node.text), parts)
        elif kind == "call":
            self._call(node, values, parts)

    def _how(self, node: Node) -> str:
        if self._free(node) or (node.kind == "neg" and self._free(node.args[0])):
            return "free"
        return "fixed" if node in self.fixed else "mixed"

    def _sign(self, node: Node, values: list[Node], parts: tuple[int, ...]) -> None:
        if node.kind == "mul" and self._twice(values):
            return  # x*x: the letter says vector, and then the error says what to write
        self.solver.add(("op", _SIGNS[node.kind], len(values)), parts)
        if node.kind in ("T", "frob"):  # nobody transposes a number
            self.narrow.extend((self.parts[v], ANY & ~S) for v in values if self._free(v))

    def _twice(self, values: list[Node]) -> bool:
        a, b = values
        return self._free(a) and a.kind == b.kind and a.text == b.text and preference(a.text)[1][0] == C

    def _call(self, node: Node, values: list[Node], parts: tuple[int, ...]) -> None:
        name = ALIASES.get(node.text, node.text)
        key = self._constraint(node, name, len(values))
        if name == "einsum":
            self._einsum(node, values, parts)
        elif key is not None:
            self.solver.add(key, parts)
            if key == ("spread",):
                self.wishes.append((("pair",), parts))
        elif name in SIZED:
            count = len(node.args) - SIZED[name]
            square = name in ("eye", "commutation")
            self.solver.restrict(parts[-1], M if square else C if name == "e" else of_shape(count, False))
        else:
            self._unknown(node, parts)

    def _constraint(self, node: Node, name: str, count: int) -> Key | None:
        """Which rows of `kinds.table` a call obeys; None where its kind follows from sizes, or is unknown."""
        if name == "where" and count == 3:
            return ("either",)
        if name == "T" and node.text != "T" and count == 1:
            return ("op", "T", 1)
        if node.text in self.names:
            return None
        if name in STACKS:
            return (name, count)
        if name in TRIANGLES:
            return ("op", name, count)
        if name in PLACED:
            return ("placed", name, count)
        if name in ALONG and is_along(node):
            return ("along", name)
        if name in ("max", "min") and count == 2:
            return ("spread",)
        return ("op", name, count) if name in WORDS and name not in SIZED else None

    def _unknown(self, node: Node, parts: tuple[int, ...]) -> None:
        """A function that is not in the language; all its values are of one kind."""
        name, item = node.text, self.declared.get(node.text)
        self.calls.append(node)
        if item is not None and item.takes is not None:
            for part, axes in zip(parts, (*item.takes, item.gives or ()), strict=False):
                self.solver.restrict(part, of_shape(len(axes), False))
            if len(parts) - 1 == len(item.takes):
                self.solver.restrict(parts[-1], of_shape(len(item.gives or ()), False))
        elif names_a_map(name) and item is None and name not in self.names:
            if name not in self.functions:
                self.functions[name] = self.solver.part(S | C | M)
            self.solver.add(("same",), (self.functions[name], parts[-1]))
        else:
            self.solver.restrict(parts[-1], S)

    def _einsum(self, node: Node, values: list[Node], parts: tuple[int, ...]) -> None:
        text = node.args[0].text.replace(" ", "") if node.args and node.args[0].kind == "str" else ""
        inputs, _, output = text.partition("->")
        groups = inputs.split(",")
        if len(groups) == len(values):
            self.solver.add(("einsum", *(of_shape(len(g), False) for g in (*groups, output))), parts)
