"""A person's answer, read in the names of a question: every name has its shape already.

An answer may define names of its own before its last statement: `R = X*W' - T; R'*X`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from gradproof.errors import GradproofError, ParseError, ShapeError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import rebuild
from gradproof.language.grammar import parse
from gradproof.language.latex_heads import gradient_head
from gradproof.language.syntax import Node, Script, postorder
from gradproof.operators.assemble import Assembler, Meaning
from gradproof.operators.build import construct
from gradproof.operators.declare import Declared
from gradproof.operators.identity import with_identity
from gradproof.operators.infer import understand
from gradproof.operators.repair import repaired
from gradproof.operators.said import gradient_side
from gradproof.operators.vocabulary import KNOWN_WORDS
from gradproof.operators.words import word


class Answer(NamedTuple):
    """What an answer says.

    source       the text as typed
    expr         its last statement, with its own definitions written out
    definitions  (name, meaning) of the names that it defines itself, as written
    """

    source: str
    expr: Expr
    definitions: tuple[tuple[str, Expr], ...]


def read_answer(text: str, names: Mapping[str, Meaning], likes: Sequence[Expr] = ()) -> Answer:
    """What an answer means, where `names` gives each name its expression or size; `likes` are expressions of
    the shapes that it may have.

    Raises GradproofError with the place in the answer; its `fixes` are answers that could be read.
    """
    try:
        return _read(text, names, likes)
    except GradproofError as error:
        raise repaired(error, text, lambda fix: _read(fix, names, likes)) from None


def right_fixes(error: GradproofError, is_right: Callable[[str], bool], what: str) -> GradproofError:
    """The error with the fixes that are right answers before the others, and said to be so."""
    right = tuple(fix for fix in error.fixes if is_right(fix))
    if right:
        error.fixes = (*right, *(fix for fix in error.fixes if fix not in right))
        error.facts = (*error.facts, (None, f"{right[0]} is {what}"))
    return error


_LEFT = re.compile(r"(?:^|(?<=;))\s*(?P<left>[^=;]*?)\s*(?<![<>!:])(?P<sign>:?=)(?!=)")


def _bare(text: str) -> str:
    """An answer without `∇f =`, `\\frac{\\partial f}{\\partial x} =` or a lone `=`: blanks stand there."""

    def blank(found: re.Match[str]) -> str:
        left = found["left"]
        derived = not left or gradient_side(left) is not None or gradient_head(left)
        return " " * len(found.group()) if derived else found.group()

    return _LEFT.sub(blank, text)


def _script(
    text: str, names: Mapping[str, Meaning], like: Expr | None, form: str
) -> tuple[Script, dict[str, Meaning]]:
    """The tree of an answer, and the sizes of identities and ones that it leaves open."""
    written = frozenset(name for name in names if len(name) > 1)
    script = parse(_bare(text), form, "", KNOWN_WORDS, written | {name for name in names if name == "I"})
    script = with_identity(script, names)._replace(source=text)
    nodes = [node for one in script.statements for node in postorder(one.node)]
    if not any(node.kind == "name" and node.text[0] == "?" for node in nodes):
        return script, {}
    declared = {name: _declared(e) for name, e in names.items() if isinstance(e, Expr) and e.op != "call"}
    declared = {name: known for name, known in declared.items() if any(node.text == name for node in nodes)}
    last = script.statements[-1]
    if like is not None:
        declared["the answer"] = _declared(like)
        other = Node("name", (), last.node.span, last.node.at, "the answer")
        last = last._replace(node=Node("sub", (last.node, other), last.node.span, last.node.at))
    found = understand(script._replace(statements=(*script.statements[:-1], last)), declared)
    return script, {name: size for name, size in found.sizes.items() if name not in names}


def _declared(e: Expr) -> Declared:
    out = Declared()
    out.axes, out.row = e.axes, e.row
    return out


def _read(text: str, names: Mapping[str, Meaning], likes: Sequence[Expr] = ()) -> Answer:
    """The answer; identities and ones whose size nothing says get that which the derivative needs."""
    met: list[GradproofError] = []
    for form in ("auto", "latex"):  # 2A^TA x has no backslash, and no meaning as plain text
        for like in (*likes, None):
            try:
                return _meant(text, names, like, form)
            except GradproofError as error:
                met.append(error)
    first, last = met[len(likes)], met[-1]
    raise last if isinstance(first, ParseError) and isinstance(last, ShapeError) else first


def _meant(text: str, names: Mapping[str, Meaning], like: Expr | None, form: str) -> Answer:
    script, sizes = _script(text, names, like, form)
    names = {**names, **sizes}
    functions = {
        str(e.data[0]): (tuple(arg.axes for arg in e.args), e.axes)
        for e in names.values()
        if isinstance(e, Expr) and e.op == "call"
    }
    assembler = Assembler(text, names, word, functions=functions)
    definitions: list[tuple[str, Expr]] = []
    for name, _, node in script.statements[:-1]:
        meaning = assembler.statement(node)
        assembler.names[name] = meaning
        definitions.append((name, meaning))
    return Answer(text, assembler.statement(script.statements[-1].node), tuple(definitions))


def inlined(e: Expr, known: Mapping[Expr, Expr]) -> Expr:
    """An expression with names written out, also those within what is written out."""
    for _ in range(len(known) + 1):
        new = rebuild(e, known, construct)
        if new is e:
            break
        e = new
    return e
