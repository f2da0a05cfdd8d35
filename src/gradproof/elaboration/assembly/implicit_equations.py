"""Equations define names: `0 = A*y - b` is read as `y = root(A*y - b, y)`.

Below `root`, and below `argmin`, the name that is defined stands with the property `implicit`: there it is
held, as if it were a constant with the value of the solution. So a definition never mentions itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradproof.elaboration.assembly.declarations import Declared
from gradproof.errors import NameProblem, ParseError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder as postorder_of
from gradproof.expressions.walk import rebuild
from gradproof.language.syntax.tree import EQUATION, Node, Script, Statement, postorder
from gradproof.operators.build import construct, name

IMPLICIT = "implicit"
DEFINING = ("root", "argmin")


def held(e: Expr) -> Expr:
    """A name as it stands in the equation that defines it."""
    return name(str(e.data[0]), e.axes, {*_props(e), IMPLICIT}, row=e.row)


def is_held(e: Expr) -> bool:
    """Whether a name is one that an equation defines, as it stands there."""
    return e.op == "name" and IMPLICIT in _props(e)


def released(e: Expr) -> Expr:
    """The name that an equation defines, from the held one."""
    return name(str(e.data[0]), e.axes, _props(e) - {IMPLICIT}, row=e.row)


def live(e: Expr) -> Expr:
    """An expression with the held names let go."""
    found = [node for node in postorder_of([e]) if is_held(node)]
    return rebuild(e, {node: released(node) for node in found}, construct)


def _props(e: Expr) -> set[str]:
    found = e.data[1]
    return set(map(str, found)) if isinstance(found, tuple) else set()


def defined_by(statement: Statement) -> str:
    """The name that an equation defines; "" for any other statement."""
    node = statement.node
    return node.args[1].text if not statement.name and _defines(node) else ""


def _defines(node: Node) -> bool:
    return (
        node.kind == "call" and node.text in DEFINING and len(node.args) == 2 and node.args[1].kind == "name"
    )


def with_unknowns(script: Script, declared: Mapping[str, Declared]) -> Script:
    """The script with each equation as the word that says which name it defines.

    That is the name declared `implicit`; else the one undefined name in it that a later statement uses.
    Raises NameProblem GP311 where it could be several, and GP309 where it is used before.
    """
    statements: list[Statement] = []
    for place, one in enumerate(script.statements):
        if one.node.kind == EQUATION:
            unknown = _unknown(script, place, declared, statements)
            call = Node("call", (_residual(one.node), unknown), one.node.span, one.node.at, "root")
            one = one._replace(node=call)
        elif one.name and _defines(one.node) and one.node.args[1].text == one.name:
            one = one._replace(name="")
        if defined := defined_by(one):
            _check(script, statements, one, defined)
        statements.append(one)
    return script if tuple(statements) == script.statements else script._replace(statements=tuple(statements))


def _residual(node: Node) -> Node:
    """left - right, without a zero."""
    left, right = node.args
    if right.kind == "num" and not right.value:
        return left
    if left.kind == "num" and not left.value:
        return right
    return Node("sub", (left, right), node.span, node.at)


def _names(node: Node) -> dict[str, Node]:
    return {part.text: part for part in reversed(postorder(node)) if part.kind == "name"}


def _unknown(script: Script, place: int, declared: Mapping[str, Declared], before: list[Statement]) -> Node:
    """The name that an equation defines."""
    node = script.statements[place].node
    known = {name for one in before if (name := one.name or defined_by(one))}
    there = {text: part for text, part in _names(node).items() if text not in known}
    said = [text for text in there if text in declared and IMPLICIT in declared[text].props]
    later = {text for one in script.statements[place + 1 :] for text in _names(one.node)}
    found = said or [text for text in there if text in later]
    if len(found) == 1:
        return there[found[0]]
    raise _undecided(script, node, sorted(found or there, key=lambda text: there[text].start), bool(found))


def _undecided(script: Script, node: Node, several: Sequence[str], possible: bool) -> NameProblem:
    """An equation that may define several names, or (not `possible`) none that is used."""
    inside = script.source[node.args[0].start : node.args[0].end]
    right = script.source[node.args[1].start : node.args[1].end]
    residual = right if inside.strip() == "0" else inside if right.strip() == "0" else f"{inside} - ({right})"
    edit = script.source[: node.start], script.source[node.end :]
    what = "may define " + " or ".join(several) if possible else "defines no name that is used after it"
    return NameProblem(
        f"this equation {what}", code="GP311", span=node.span, source=script.source,
        facts=((None, f"say which: “where {several[0]} implicit”") if several else (None, "it has no name"),),
        fixes=tuple(f"{edit[0]}{text} = root({residual}, {text}){edit[1]}" for text in several[:4]),
    )  # fmt: skip


def _check(script: Script, before: list[Statement], one: Statement, defined: str) -> None:
    """What an equation defines is not defined or used before it."""
    for other in before:
        if defined in (other.name, defined_by(other)):
            raise NameProblem(
                f'"{defined}" is defined twice', code="GP303", span=one.node.args[1].span,
                source=script.source, facts=((other.at, "first here"),),
            )  # fmt: skip
        used = _names(other.node).get(defined)
        if used is not None:
            raise NameProblem(
                f'"{defined}" is used before it is defined', code="GP309", span=used.span,
                source=script.source, facts=((one.node.span, "it is defined here"),),
            )  # fmt: skip


def check_place(node: Node, root: Node | None, source: str) -> None:
    """root and argmin stand alone behind a name. Raises ParseError GP108."""
    if node.text not in DEFINING or node is root:
        return
    inside = node.args[1].text if len(node.args) == 2 and node.args[1].kind == "name" else "y"
    raise ParseError(
        f"{node.text} defines a name, as a statement of its own: {inside} = {node.text}(…, {inside})",
        code="GP125", span=node.span, source=source,
    )  # fmt: skip
