"""A text as constraints on kinds: first what must hold, then what people mean when nothing is said."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from gradproof.language.syntax import Node, Statement
from gradproof.operators.assemble import SIZED
from gradproof.operators.declare import Declared
from gradproof.operators.kinds import ANY, KINDS, C, Key, M, R, S, Solver, of_shape, preference
from gradproof.operators.vocabulary import ALIASES, SQUARE, WORDS

_SIGNS = {"T": "T", "mul": "mul", "frob": "frob", "kron": "kron"}
_KIND_WORDS = {"scalar": S, "vector": C, "matrix": M}


def value_parts(node: Node) -> list[Node]:
    """The parts of a node that are values: no sizes, no texts."""
    if node.kind == "call" and node.text in SIZED:
        return list(node.args[: SIZED[node.text]])
    return [arg for arg in node.args if arg.kind != "str"]


class Relations:
    """The parts of a text in a `Solver`.

    parts    the number of each part; names: of each name; open: names that nobody declared
    """

    def __init__(self, declared: Mapping[str, Declared], sizes: Collection[str]) -> None:
        self.solver = Solver()
        self.declared = declared
        self.sizes = sizes
        self.parts: dict[Node, int] = {}
        self.names: dict[str, int] = {}
        self.open: list[str] = []
        self.fixed: set[Node] = set()  # parts made of declared things and numbers only
        self.wishes: list[tuple[Key, tuple[int, ...]]] = []
        self.narrow: list[tuple[int, int]] = []

    def statement(self, statement: Statement, nodes: tuple[Node, ...]) -> None:
        """Add the parts of one statement, and its name."""
        for node in nodes:
            self.parts[node] = self._part(node)
            self._relate(node)
        if statement.name:
            part = self.names[statement.name] = self.parts[nodes[-1]]
            item = self.declared.get(statement.name)
            if item is not None and item.axes is not None:
                self.solver.restrict(part, of_shape(len(item.axes), item.row))

    def settle(self) -> dict[str, int]:
        """Add what people mean; the names that are open after that, with the kind of their letter."""
        for key, parts in self.wishes:
            if not self.solver.add(key, parts):
                self.solver.add(("spread",), parts)
        for part, mask in self.narrow:
            self.solver.restrict(part, mask)
        masks = self.solver.masks
        return {name: preference(name)[1][0] for name in self.open if masks[self.names[name]] not in KINDS}

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
        known = node.text not in self.names
        if name == "einsum":
            self._einsum(node, values, parts)
        elif name in SIZED:
            count = len(node.args) - SIZED[name]
            self.solver.restrict(parts[-1], M if name == "eye" else of_shape(count, False))
        elif name in WORDS and known:
            if name in ("max", "min") and len(values) == 2:
                self.solver.add(("spread",), parts)
                self.wishes.append((("pair",), parts))
            else:
                self.solver.add(("op", name, len(values)), parts)
        elif name == "T" and node.text != "T" and len(values) == 1:
            self.solver.add(("op", "T", 1), parts)
        else:
            self.solver.restrict(parts[-1], S)

    def _einsum(self, node: Node, values: list[Node], parts: tuple[int, ...]) -> None:
        text = node.args[0].text.replace(" ", "") if node.args and node.args[0].kind == "str" else ""
        inputs, _, output = text.partition("->")
        groups = inputs.split(",")
        if len(groups) == len(values):
            self.solver.add(("einsum", *(of_shape(len(g), False) for g in (*groups, output))), parts)
