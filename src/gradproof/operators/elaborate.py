"""A text becomes expressions: parse, declare, infer what is open, assemble; and on a fault, try remedies.

`read` is for what people type, `phrase` for the texts of the operators' table.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradproof.errors import GradproofError, NameProblem, ShapeError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.language.grammar import parse
from gradproof.language.syntax import Script
from gradproof.operators import build
from gradproof.operators.assemble import Assembler, Meaning
from gradproof.operators.declare import Declared, Properties, Shapes, declare
from gradproof.operators.faults import said
from gradproof.operators.infer import Understanding, understand
from gradproof.operators.repair import repaired
from gradproof.operators.words import phrase, word

__all__ = ["phrase", "read"]


def read(
    text: str, shapes: Shapes | None = None, assume: Properties | None = None, where: str | None = None
) -> Program:
    """What a text means.

    shapes   name -> sizes: () scalar, ("n",) column vector, ("m", "n") matrix, more: tensor
    assume   name -> properties
    where    declarations as text; the text itself may also end in `where …`

    Names without a shape get one from their use, then by their first letter (DESIGN.md 2).
    Raises GradproofError: GP1 syntax, GP2 shapes, GP3 names, GP4 mathematics, GP5 not supported, GP7
    limits. Its `fixes` are whole texts that were read without error before they are offered.
    """
    try:
        return _read(text, shapes, assume, where)
    except GradproofError as error:
        raise repaired(error, text, lambda fix: _read(fix, shapes, assume, where)) from None


def _read(text: str, shapes: Shapes | None, assume: Properties | None, where: str | None) -> Program:
    script = parse(text)
    texts = [(where, (0, len(where)))] if where else []
    if script.where[0] < script.where[1]:
        texts.append((text, script.where))
    declared = declare(shapes, assume, texts)
    known = understand(script, declared)
    return _assemble(script, declared, known)


def _assemble(script: Script, declared: Mapping[str, Declared], known: Understanding) -> Program:
    names: dict[str, Meaning] = {**known.sizes, **known.names}
    assembler = Assembler(script.source, names, word, functions=known.functions)
    statements: list[tuple[Expr, Expr]] = []
    for name, at, node in script.statements[:-1]:
        value = assembler.statement(node)
        left = build.name(name, value.axes, row=value.row)
        _agree(script.source, at, declared.get(name), value)
        statements.append((left, value))
        assembler.names[name] = left
    last = script.statements[-1]
    objective = assembler.statement(last.node)
    _agree(script.source, last.at, declared.get(last.name) if last.name else None, objective)
    return Program(
        script.source,
        tuple(statements),
        objective,
        last.name,
        known.names,
        known.understood,
        tuple(assembler.warnings),
    )


def _agree(source: str, at: tuple[int, int], declared: Declared | None, value: Expr) -> None:
    """A statement has the shape that was declared for its name."""
    if declared is None:
        return
    if declared.props:
        raise NameProblem(
            "a property is declared for a name that a statement defines; declare it for the parts",
            code="GP304",
            span=at,
            source=source,
        )
    if declared.axes is not None and (declared.axes, declared.row) != (value.axes, value.row):
        wanted = said(build.name("", declared.axes, row=declared.row))
        raise ShapeError(
            f"this is declared as {wanted} and is {said(value)}", code="GP211", span=at, source=source
        )
