"""How the names of a text are understood: what is declared, then what follows from use, then the letter.

Kinds come first (`kinds`), then sizes, which are unified (`unify`) and get fresh letters in order of
occurrence. Nothing here complains about shapes that do not fit: `assemble` does, with the place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gradproof.elaboration.assembly.assemble import Mapped, first_size
from gradproof.elaboration.assembly.declarations import Declared
from gradproof.elaboration.assembly.shape_errors import Faults, split
from gradproof.elaboration.assembly.size_expressions import substitute
from gradproof.elaboration.inference.implied import FACTORED, fresh_letters, inside_chol
from gradproof.elaboration.inference.kind_constraints import Relations, value_parts
from gradproof.elaboration.inference.letter_conventions import COUNTS, choose
from gradproof.elaboration.inference.size_unification import Shapes
from gradproof.elaboration.inference.size_variables import Box
from gradproof.errors import NameProblem, ShapeError
from gradproof.expressions.dims import Dim, number, symbol
from gradproof.expressions.nodes import Expr
from gradproof.language.syntax.tree import Node, Script, Span
from gradproof.operators import build
from gradproof.operators.aliases import SQUARE, known_function


class Understanding(NamedTuple):
    """names: every variable; understood: how its shape is known; sizes: what size symbols mean;
    functions: the axes of the arguments (None: any) and of the value of unknown functions."""

    names: dict[str, Expr]
    understood: dict[str, str]
    sizes: dict[str, Dim]
    functions: dict[str, Mapped]


class Tie(NamedTuple):
    """An index: the axes that it runs over, as names and places; its last value, as a text, or ""."""

    letter: str
    axes: tuple[tuple[str, int], ...]
    size: str
    span: Span


class Reading(NamedTuple):
    """A text taken apart: parts in order (parts of sizes left out), names where they first occur."""

    nodes: tuple[tuple[Node, ...], ...]
    variables: dict[str, Node]
    sizes: dict[str, Node]
    defined: dict[str, Span]


def understand(
    script: Script, declared: Mapping[str, Declared], ties: Sequence[Tie] = (),
    hints: Mapping[str, int] | None = None,
) -> Understanding:  # fmt: skip
    """Find a shape for every name of a text. ties: axes that one index runs over; hints: kinds of names."""
    reading = _take_apart(script, declared)
    for tie in ties:
        if (
            tie.size
            and not tie.size.isdigit()
            and tie.size not in declared
            and tie.size not in reading.defined
        ):
            reading.variables.pop(tie.size, None)
            reading.sizes.setdefault(tie.size, script.statements[0].node)
    understanding, replaced = _solve(script, reading, declared, {}, ties, hints or {})
    if replaced:
        understanding, _ = _solve(script, reading, declared, replaced, ties, hints or {})
    return understanding


def _tie(shapes: Shapes, ties: Sequence[Tie], source: str) -> None:
    """One index runs over axes of one size. Raises ShapeError GP206."""
    for tie in ties:
        axes = [
            known[place]
            for name, place in tie.axes
            if name in shapes.names and (known := shapes.names[name].axes) is not None and place < len(known)
        ]
        if tie.size:
            size = number(int(tie.size)) if tie.size.isdigit() else shapes.lookup(tie.size)
            axes += [shapes.sizes.known(size)] if size is not None else []
        for axis in axes[1:]:
            one, other = shapes.sizes.get(axes[0]), shapes.sizes.get(axis)
            if one is not None and other is not None and one is not other:
                raise ShapeError(
                    f"the index {tie.letter} runs over axes of sizes {one} and {other}",
                    code="GP206", span=tie.span, source=source,
                )  # fmt: skip
            shapes.sizes.equal(axes[0], axis)


# ---- which names there are


def _take_apart(script: Script, declared: Mapping[str, Declared]) -> Reading:
    """The parts of each statement, and its names: of variables, of sizes, and of what is defined."""
    statements: list[tuple[Node, ...]] = []
    variables: dict[str, Node] = {}
    sizes: dict[str, Node] = {}
    for statement in script.statements:
        values, counted = parts_of(statement.node)
        statements.append(tuple(values))
        for node in counted:
            sizes.setdefault(node.text, node)
        for node in values:
            if node.kind == "name":
                variables.setdefault(node.text, node)
    for name in {name: None for known in declared.values() for size in known.sizes for name in size.symbols}:
        sizes.setdefault(name, script.statements[0].node)
    defined = {s.name: s.at for s in script.statements[:-1] if s.name}
    _check_order(script, statements, defined)
    reading = Reading(tuple(statements), variables, sizes, defined)
    _tell_apart(reading, declared)
    _check_names(script, variables, declared)
    return reading


def _tell_apart(reading: Reading, declared: Mapping[str, Declared]) -> None:
    """Each name as a variable, a size or neither."""
    variables, sizes = reading.variables, reading.sizes
    known = {*declared, *reading.defined}
    for name in sizes.keys() & known:
        del sizes[name]  # `assemble` will say that a variable is no size
    for name, node in variables.items():
        if name in COUNTS and name not in known and name not in sizes and _only_divides(name, reading):
            sizes[name] = node
    constants = {"pi", "π"} - declared.keys()
    for name in variables.keys() & (sizes.keys() | reading.defined.keys() | constants):
        del variables[name]


def parts_of(root: Node) -> tuple[list[Node], list[Node]]:
    """The parts of a tree, each before the whole; and apart from them the names within sizes."""
    values, counted, stack = [], [], [(root, False)]
    while stack:
        node, inside = stack.pop()
        if inside:
            if node.kind == "name":
                counted.append(node)
        else:
            values.append(node)
        first = first_size(node)
        stack.extend((arg, inside or place >= first) for place, arg in enumerate(node.args))
    values.reverse()
    counted.reverse()
    return values, counted


def _check_order(script: Script, statements: list[tuple[Node, ...]], defined: Mapping[str, Span]) -> None:
    """A name is defined before it is used."""
    ready: set[str] = set()
    for statement, nodes in zip(script.statements, statements, strict=True):
        for node in nodes:
            if node.kind == "name" and node.text in defined and node.text not in ready:
                raise NameProblem(
                    f'"{node.text}" is used before it is defined',
                    code="GP309",
                    span=node.span,
                    source=script.source,
                    facts=((defined[node.text], "it is defined here"),),
                )
        ready.add(statement.name)


def _only_divides(name: str, reading: Reading) -> bool:
    """Every use is below a division bar, alone or among the factors of the divisor."""
    uses = {node for nodes in reading.nodes for node in nodes if node.kind == "name" and node.text == name}
    below = set()
    for nodes in reading.nodes:
        for node in nodes:
            if node.kind == "div":
                inside = [node.args[1]]
                while inside:
                    part = inside.pop()
                    below.add(part)
                    if part.kind == "mul":
                        inside.extend(part.args)
    return uses <= below


def _check_names(script: Script, variables: Mapping[str, Node], declared: Mapping[str, Declared]) -> None:
    known = [name for name, item in declared.items() if item.axes is not None]
    for name, node in variables.items():
        if name in declared:
            continue
        if known and len(name) > 1 and split(name, known):
            raise Faults(script.source).unknown_name(node, known)
        if known_function(name):
            raise NameProblem(
                f'"{name}" is a function: write {name}(…)',
                code="GP315",
                span=node.span,
                source=script.source,
                fixes=_applied(script.source, node),
            )
    for name, item in declared.items():
        if item.axes is None and not item.kind and name not in variables and item.props:
            raise NameProblem(
                f'"{name}" has a property and does not occur',
                code="GP304",
                span=item.span,
                source=item.source,
            )


def _applied(source: str, node: Node) -> tuple[str, ...]:
    """`sum*x` or `sum x` as sum(x): candidates."""
    found = re.match(r"[ *]*([^\W\d]\w*)", source[node.end :])
    if found is None:
        return ()
    return (f"{source[: node.end]}({found[1]}){source[node.end + found.end() :]}",)


# ---- what they are


def _shaped(
    reading: Reading, declared: Mapping[str, Declared], shapes: Shapes, still_open: Mapping[str, int],
    relations: Relations,
) -> tuple[dict[str, Expr], dict[str, str]]:  # fmt: skip
    """Every variable with its shape, and how that is known."""
    names: dict[str, Expr] = {}
    understood: dict[str, str] = {}
    factored = inside_chol(reading.nodes)
    for name in [*reading.variables, *(n for n in declared if n not in reading.variables)]:
        item = declared.get(name) or Declared()
        if name in reading.defined or item.kind == "function" or name not in shapes.names:
            continue
        box = shapes.names[name]
        row = item.row
        props = item.props or (FACTORED if name in factored else frozenset())
        names[name] = build.name(name, _values(shapes, box.axes or []), props, row=row)
        understood[name] = _how(name, item, still_open, relations)
    return names, understood


def _solve(
    script: Script,
    reading: Reading,
    declared: Mapping[str, Declared],
    replaced: Mapping[str, Dim],
    ties: Sequence[Tie],
    hints: Mapping[str, int],
) -> tuple[Understanding, dict[str, Dim]]:
    relations = Relations(declared, reading.sizes)
    for statement, nodes in zip(script.statements, reading.nodes, strict=True):
        relations.statement(statement, nodes)
    relations.hint(hints)
    still_open = relations.settle()
    whole = relations.parts[script.statements[-1].node]
    parts = [node for nodes in reading.nodes for node in nodes]
    choose(relations, [(name, relations.names[name]) for name in still_open], whole, parts)

    def kind(node: Node) -> int:
        return relations.solver.masks[relations.parts[node]]

    sizes = {name: symbol(name).substitute(replaced) for name in reading.sizes}
    shapes = Shapes(script.source, kind, sizes.get)
    for name, item in declared.items():
        if item.axes is not None and name not in reading.defined:
            shapes.declare(name, substitute(item.axes, replaced))
        if item.takes is not None:
            boxes = [shapes.known(substitute(s, replaced)) for s in (*item.takes, item.gives or ())]
            shapes.maps[name] = (boxes[:-1], boxes[-1])
    for statement, nodes in zip(script.statements, reading.nodes, strict=True):
        _unify(shapes, statement.name, nodes, declared, reading.sizes)
    _square(shapes, reading, declared)
    _tie(shapes, ties, script.source)
    _letter_sizes(shapes, reading, declared, script)
    for name, axis in shapes.unsized.items():
        sizes[name] = _values(shapes, [axis])[0]
    names, understood = _shaped(reading, declared, shapes, still_open, relations)
    return Understanding(names, understood, sizes, _functions(shapes, declared)), _refined(
        shapes, reading, replaced
    )


def _functions(shapes: Shapes, declared: Mapping[str, Declared]) -> dict[str, Mapped]:
    """The shapes that unknown functions take and give."""
    found: dict[str, Mapped] = {name: (None, ()) for name, i in declared.items() if i.kind == "function"}
    for name, (arguments, value) in shapes.maps.items():
        takes = tuple(None if box.axes is None else _values(shapes, box.axes) for box in arguments)
        found[name] = (takes, _values(shapes, value.axes or []))
    return found


def _square(shapes: Shapes, reading: Reading, declared: Mapping[str, Declared]) -> None:
    """What is declared symmetric, or the like, is square."""
    for name in reading.variables:
        if name in declared and declared[name].props & SQUARE:
            axes = shapes.names[name].axes
            if axes and len(axes) == 2:
                shapes.sizes.equal(*axes)


def _how(name: str, item: Declared, still_open: Mapping[str, int], relations: Relations) -> str:
    if item.axes is not None or item.kind:
        return "declared"
    letter = still_open.get(name)
    return "by its letter" if letter == relations.solver.masks[relations.names[name]] else "inferred"


def _unify(
    shapes: Shapes,
    name: str,
    nodes: tuple[Node, ...],
    declared: Mapping[str, Declared],
    sizes: Mapping[str, Node],
) -> None:
    for node in nodes:
        if node.kind == "name" and (node.text in sizes or node.text in ("pi", "π")):
            shapes.boxes[node] = shapes.names.get(node.text) or Box([])
            continue
        shapes.read(node, value_parts(node))
    if name:
        item = declared.get(name)
        if item is not None and item.axes is not None:
            shapes.same(shapes.boxes[nodes[-1]], Box([shapes.sizes.known(size) for size in item.axes]))
        shapes.names[name] = shapes.boxes[nodes[-1]]


def _letter_sizes(shapes: Shapes, reading: Reading, declared: Mapping[str, Declared], script: Script) -> None:
    """Compute products; give what is unknown a letter in order of occurrence."""
    used = {node.text for nodes in reading.nodes for node in nodes if node.text}
    used |= {*reading.sizes, *declared, *reading.defined, script.statements[-1].name}
    fresh = fresh_letters(used)
    sizes = shapes.sizes
    sizes.compute()
    sizes.pair()
    later = sizes.is_product()
    names = [n for n in (*reading.variables, *declared) if n in shapes.names]
    boxes = [shapes.names[name] for name in names]
    boxes += [box for arguments, value in shapes.maps.values() for box in (*arguments, value)]
    for again in (False, True):
        for box in boxes:
            for axis in box.axes or ():
                root = sizes.root(axis)
                if sizes.value[root] is None and (again or root not in later):
                    sizes.value[root] = symbol(next(fresh))
        sizes.compute()
    for axis in shapes.unsized.values():
        if sizes.get(axis) is None:
            sizes.value[sizes.root(axis)] = symbol(next(fresh))


def _values(shapes: Shapes, axes: list[int]) -> tuple[Dim, ...]:
    out = []
    for axis in axes:
        size = shapes.sizes.get(axis)
        assert size is not None  # every axis of a name was given a letter
        out.append(size)
    return tuple(out)


def _refined(shapes: Shapes, reading: Reading, replaced: Mapping[str, Dim]) -> dict[str, Dim]:
    """Declared symbols that the text makes products: X: p×q in kron(a', eye(n))*X means p = k*n."""
    out: dict[str, Dim] = {}
    for pair in shapes.sizes.clashes:
        for one, other in (pair, pair[::-1]):
            name = one.symbol
            compound = len(other.symbols) > 0 and other.symbol is None
            if name and compound and name not in other.symbols and name not in out:
                if not replaced and name in reading.sizes and not out.keys() & set(other.symbols):
                    out[name] = other
                break
    return out
