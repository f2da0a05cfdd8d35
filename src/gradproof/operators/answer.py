"""A person's answer, read in the names of a question: every name has its shape already.

An answer may define names of its own before its last statement: `R = X*W' - T; R'*X`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from gradproof.errors import GradproofError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import rebuild
from gradproof.language.grammar import parse
from gradproof.operators.assemble import Assembler, Meaning
from gradproof.operators.build import construct
from gradproof.operators.repair import repaired
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


def read_answer(text: str, names: Mapping[str, Meaning]) -> Answer:
    """What an answer means, where `names` gives each name its expression or size.

    Raises GradproofError with the place in the answer; its `fixes` are answers that could be read.
    """
    try:
        return _read(text, names)
    except GradproofError as error:
        raise repaired(error, text, lambda fix: _read(fix, names)) from None


def right_fixes(error: GradproofError, is_right: Callable[[str], bool], what: str) -> GradproofError:
    """The error with the fixes that are right answers before the others, and said to be so."""
    right = tuple(fix for fix in error.fixes if is_right(fix))
    if right:
        error.fixes = (*right, *(fix for fix in error.fixes if fix not in right))
        error.facts = (*error.facts, (None, f"{right[0]} is {what}"))
    return error


def _read(text: str, names: Mapping[str, Meaning]) -> Answer:
    script = parse(text)
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
