"""Sums over indices become matrix notation before shapes are inferred.

Names with indices are entries (`x_i`, `X_ij`) or samples (`x_i` where x_i is a vector: the rows of x).
The kinds of all parts come from the solver of `kinds`; `lifting` writes the arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from gradproof.elaboration.assembly.declarations import Declared
from gradproof.elaboration.indices.lifting import Entry, Lifter, is_delta
from gradproof.elaboration.inference.infer import Tie
from gradproof.elaboration.inference.kind_constraints import Relations
from gradproof.elaboration.inference.kinds import C, S, by_letter, of_shape
from gradproof.errors import GradproofError, NameProblem, ParseError
from gradproof.language.syntax.tree import Node, Script, Statement, postorder

INDICES = frozenset("ijkl")  # below a name, in a text with sums, these are indices
NORMS = ("norm1", "norm2", "norm_2", "normF", "norm")


class _Copy(NamedTuple):
    """A statement without indices, for the kinds; and which of its nodes stands for which."""

    root: Node
    image: dict[Node, Node]


def without_sums(
    script: Script, declared: Mapping[str, Declared], answer: bool = False
) -> tuple[Script, tuple[Tie, ...], dict[str, int]]:
    """The script in matrix notation, which axes an index ties, and the kinds of names. A script without
    sums is unchanged. answer: it need not be a number, and x_i may be a row of X.

    Raises ParseError GP120 to GP122, NameProblem and UnsupportedError.
    """
    if script.form == "index":
        script = script._replace(statements=tuple(_einstein(script, one) for one in script.statements))
    if not any(node.kind == "sum" for one in script.statements for node in postorder(one.node)):
        for one in script.statements:
            _no_entries(script, one.node)
        return script, (), {}
    entries = {}
    for one in script.statements:
        entries.update(_entries(script, one.node, declared))
    if answer:
        entries = {node: _sample(entry, declared) for node, entry in entries.items()}
    kinds = _kinds(script, declared, entries, answer)
    ties: list[Tie] = []
    statements = []
    for one in script.statements:
        lifter = Lifter(script.source, entries, kinds)
        statements.append(one._replace(node=_rewritten(one.node, lifter)))
        ties += [
            Tie(letter[0], tuple(axes), size, span) for letter, (axes, size, span) in lifter.ties.items()
        ]
    hints = {node.text: kind for node, kind in kinds.items() if node.kind == "name" and node not in entries}
    for node, entry in entries.items():
        if entry.delta:
            continue
        axes = len(entry.letters) + (kinds[node] != S and ":" not in entry.letters)
        if hints.setdefault(entry.base, of_shape(axes, False)) != of_shape(axes, False):
            raise NameProblem(
                f"{entry.base} has different numbers of indices", code="GP123", span=node.span,
                source=script.source,
            )  # fmt: skip
    return script._replace(statements=tuple(statements)), tuple(ties), hints


def _rewritten(root: Node, lifter: Lifter) -> Node:
    """A tree in which the outermost sums are arrays."""
    done: dict[Node, Node] = {}
    inside = {
        part for node in postorder(root) if node.kind == "sum" for part in postorder(node) if part is not node
    }
    for node in postorder(root):
        if node in inside:
            continue
        if node.kind == "sum":
            done[node] = lifter.whole(node)
        elif any(done[arg] is not arg for arg in node.args):
            done[node] = rebuilt(node, tuple(done[arg] for arg in node.args))
        else:
            done[node] = node
    return done[root]


def rebuilt(node: Node, args: tuple[Node, ...]) -> Node:
    """A node with other parts."""
    new = Node(node.kind, args, node.span, node.at, node.text, node.value)
    new.closed, new.primes = node.closed, node.primes
    return new


# ---- which names are entries


def _sample(entry: Entry, declared: Mapping[str, Declared]) -> Entry:
    """x_i is a row of X, where no x is known."""
    known = declared.get(entry.base.upper())
    rows = known is not None and known.axes is not None and len(known.axes) == 2
    meant = rows and entry.base not in declared and len(entry.letters) == 1
    return entry._replace(base=entry.base.upper()) if meant else entry


def _letters(text: str) -> tuple[str, tuple[str, ...]]:
    """The base and the indices of a name: X_ij, X[i,:]."""
    if "[" in text:
        base, _, rest = text.partition("[")
        return base, tuple(rest.rstrip("]").split(","))
    base, _, rest = text.rpartition("_")
    return base, tuple(rest)


def _no_entries(script: Script, root: Node) -> None:
    for node in postorder(root):
        if node.kind == "name" and "[" in node.text:
            raise ParseError(
                f"{node.text} stands outside a sum over its indices", code="GP122", span=node.span,
                source=script.source,
            )  # fmt: skip


def _entries(script: Script, root: Node, declared: Mapping[str, Declared]) -> dict[Node, Entry]:
    """The names below sums whose subscripts are indices of these sums."""
    out: dict[Node, Entry] = {}
    stack: list[tuple[Node, frozenset[str]]] = [(root, frozenset())]
    every = frozenset(x for node in postorder(root) if node.kind == "sum" for x in bound(node.text))
    while stack:
        node, scope = stack.pop()
        if node.kind == "sum":
            scope |= _new_indices(script, node, scope)
        if node.kind == "name" and node.text not in declared and ("_" in node.text or "[" in node.text):
            entry = _entry(script, node, scope, every)
            if entry is not None:
                out[node] = entry._replace(delta=entry.base not in declared and entry.delta)
        stack.extend((arg, scope) for arg in node.args)
    return out


def _new_indices(script: Script, node: Node, scope: frozenset[str]) -> frozenset[str]:
    """The indices that a sum binds; raises ParseError for one that is bound already."""
    new = frozenset(bound(node.text))
    if new & scope:
        raise ParseError(
            f"the index {min(new & scope)} is summed twice", code="GP120", span=node.at,
            source=script.source,
        )  # fmt: skip
    return new


def _entry(script: Script, node: Node, scope: frozenset[str], every: frozenset[str]) -> Entry | None:
    """A name as an entry, where its subscripts are indices of sums; None where it is a name with a subscript.

    Raises ParseError where an index stands outside its sum, or only some of its indices are summed.
    """
    base, letters = _letters(node.text)
    named = [x for x in letters if x != ":"]
    if not base or not named:
        return None
    outside = next((x for x in named if x not in scope), None)
    if all(x in every for x in named):
        if outside is not None:
            raise ParseError(
                f"the index {outside} of {node.text} stands outside the sum over {outside}: "
                "write parentheses around what is summed",
                code="GP122", span=node.span, source=script.source,
            )  # fmt: skip
        return Entry(base, letters, is_delta(base, letters))
    if node.text.count("_") == 1 and (scope & set(named) or set(named) <= INDICES):
        raise _half_bound(script, node, named, scope)
    return None


def _half_bound(script: Script, node: Node, letters: list[str], scope: frozenset[str]) -> GradproofError:
    free = next(x for x in letters if x not in scope)
    return ParseError(
        f"in {node.text} the index {free} is not summed", code="GP122", span=node.span, source=script.source,
        facts=((None, f"every index stands below a sum; declare {node.text} to make it a name"),),
    )  # fmt: skip


def bound(text: str) -> str:
    """The letters that a sum binds."""
    return text.partition(":")[0].replace("<", "")


# ---- repeated indices are summed


def _einstein(script: Script, statement: Statement) -> Statement:
    """Each term with a sum over the indices that it has twice, where no sum is written."""
    if any(node.kind == "sum" for node in postorder(statement.node)):
        return statement
    return statement._replace(node=_summed(script, statement.node))


def _summed(script: Script, node: Node) -> Node:
    if node.kind in ("add", "sub", "neg"):
        return rebuilt(node, tuple(_summed(script, arg) for arg in node.args))
    count: dict[str, list[Node]] = {}
    for part in postorder(node):
        if part.kind == "name" and ("_" in part.text or "[" in part.text):
            for letter in _letters(part.text)[1]:
                if len(letter) == 1 and letter.isalpha() and letter.islower():
                    count.setdefault(letter, []).append(part)
    for letter, parts in count.items():
        if len(parts) != 2:
            times = {1: "once", 3: "three times"}.get(len(parts), f"{len(parts)} times")
            raise ParseError(
                f"index {letter} appears {times}", code="GP120", span=parts[-1].span, source=script.source,
                facts=((None, "a summed index appears exactly twice; other sums are written sum_i"),),
            )  # fmt: skip
    if not count:
        return node
    return Node("sum", (node,), node.span, node.at, "".join(count))


# ---- kinds


def _kinds(
    script: Script, declared: Mapping[str, Declared], entries: Mapping[Node, Entry], answer: bool
) -> dict[Node, int]:
    """The kind of every part of the script, where entries and samples are names of their own."""
    extra = dict(declared)
    copies = [_copied(one.node, entries, declared, extra) for one in script.statements]
    relations = Relations(extra, ())
    for one, copy in zip(script.statements, copies, strict=True):
        relations.statement(Statement(one.name, one.at, copy.root), tuple(postorder(copy.root)))
    solver = relations.solver
    samples = [name for name in relations.open if "•" in name]
    for copy in copies:
        for node in postorder(copy.root):
            if node.kind == "call" and node.text in NORMS:
                solver.restrict(relations.parts[node.args[0]], ~S)
    if not answer:
        solver.restrict(relations.parts[copies[-1].root], S)
    still_open = relations.settle()
    for name in samples:
        part = relations.names[name]
        solver.restrict(part, S | C)
        solver.restrict(part, S)
    by_letter(solver, [(name, relations.names[name]) for name in still_open])
    return {node: solver.masks[relations.parts[new]] for copy in copies for node, new in copy.image.items()}


def _copied(
    root: Node, entries: Mapping[Node, Entry], declared: Mapping[str, Declared], extra: dict[str, Declared]
) -> _Copy:
    done: dict[Node, Node] = {}
    for node in postorder(root):
        args = tuple(done[arg] for arg in node.args)
        if node in entries:
            done[node] = _atom(node, entries[node], declared, extra)
        elif node.kind == "sum":
            done[node] = Node("neg", args, node.span, node.at)
        else:
            done[node] = rebuilt(node, args)
    return _Copy(done[root], done)


def _atom(node: Node, entry: Entry, declared: Mapping[str, Declared], extra: dict[str, Declared]) -> Node:
    """A name that stands for all entries of one array, or for all its rows."""
    if entry.delta:
        return Node("num", (), node.span, node.at, "1", Fraction(1))
    many = sum(letter != ":" for letter in entry.letters)
    key = f"{entry.base}•{many}"
    known = declared.get(entry.base)
    new = Node("name", (), node.span, node.at, key)
    if ":" in entry.letters:
        extra[key] = _of_kind("vector")
        return Node("T", (new,), node.span, node.at) if entry.letters[-1] == ":" else new
    if known is not None and known.axes is not None:
        left = len(known.axes) - many
        if left not in (0, 1):
            raise NameProblem(
                f"{entry.base} has {len(known.axes)} axes and {many} indices here",
                code="GP123",
                span=node.span,
            )
        extra[key] = _of_kind(("scalar", "vector")[left])
    return new


def _of_kind(kind: str) -> Declared:
    out = Declared()
    out.kind = kind
    return out
