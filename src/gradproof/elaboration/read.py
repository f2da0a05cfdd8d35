"""A text becomes expressions: parse, declare, infer what is open, assemble; and on a fault, try remedies.

`read` is for what people type, `phrase` for the texts of the operators' table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gradproof.elaboration.assembly.application import phrase, word
from gradproof.elaboration.assembly.assemble import Assembler, Meaning
from gradproof.elaboration.assembly.declarations import Declared, Properties, Shapes, declare
from gradproof.elaboration.assembly.implicit_equations import defined_by, held, released, with_unknowns
from gradproof.elaboration.assembly.shape_errors import shape_in_words
from gradproof.elaboration.implicit_identity import with_identity
from gradproof.elaboration.indices.index_sums import without_sums
from gradproof.elaboration.inference.infer import Tie, Understanding, understand
from gradproof.elaboration.inference.kinds import C as COLUMN
from gradproof.elaboration.suggestions import repaired
from gradproof.errors import GradproofError, NameProblem, ParseError, ShapeError, UnsupportedError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.language.parse import parse
from gradproof.language.syntax.declarations import where_clause
from gradproof.language.syntax.tree import Script, postorder
from gradproof.operators import build
from gradproof.operators.aliases import KNOWN_WORDS
from gradproof.operators.properties import symmetric

__all__ = ["name_of", "phrase", "read"]


def read(
    text: str, shapes: Shapes | None = None, assume: Properties | None = None, where: str | None = None,
    form: str = "auto", bars: str = "",
) -> Program:  # fmt: skip
    """What a text means.

    shapes   name -> sizes: () scalar, ("n",) column vector, ("m", "n") matrix, more: tensor
    assume   name -> properties
    where    declarations as text; the text itself may also end in `where …`
    form     "text", "latex", "index" (repeated indices are summed), or "auto": a backslash means LaTeX
    bars     what |X| is: "det", "abs" or "norm"

    Names without a shape get one from their use, then by their first letter (DESIGN.md 2).
    Raises GradproofError: GP1 syntax, GP2 shapes, GP3 names, GP4 mathematics, GP5 not supported, GP7
    limits. Its `fixes` are whole texts that were read without error before they are offered.
    """
    text = text.replace("\ufeff", " ", 1) if text.startswith("\ufeff") else text  # a byte order mark
    try:
        return _read(text, shapes, assume, where, form, bars)
    except GradproofError as error:
        latex = form == "latex" or (form == "auto" and "\\" in text)
        if latex:
            error.fixes = tuple(respelled(text, fix) for fix in error.fixes)
        raise repaired(error, text, lambda fix: _read(fix, shapes, assume, where, form, bars)) from None


FORMS = ("auto", "text", "latex", "index")
BARS = ("", "det", "abs", "norm")
_SIGNS = {"'": "^\\top ", ".*": " \\odot ", "*": " ", "./": " \\oslash "}


def respelled(text: str, fix: str) -> str:
    """A remedy for a LaTeX text, in LaTeX also where it was put in."""
    start = 0
    while start < min(len(text), len(fix)) and text[start] == fix[start]:
        start += 1
    end = 0
    while end < min(len(text), len(fix)) - start and text[-1 - end] == fix[-1 - end]:
        end += 1
    new = fix[start : len(fix) - end]
    new = re.sub(r"\.\*|\./|\*|'", lambda sign: _SIGNS[sign.group()], new)
    return f"{fix[:start]}{new}{fix[len(fix) - end :]}"


def name_of(text: str) -> str:
    """A name as the language has it: `\\theta` is theta, `\\mathbf{w}` is w."""
    if "\\" not in text and "{" not in text:
        return text
    node = _parsed(text, "latex", "", frozenset()).statements[-1].node
    return node.text if node.kind == "name" else text


def _parsed(
    text: str, form: str, bars: str, names: frozenset[str], functions: frozenset[str] = frozenset()
) -> Script:
    if form not in FORMS or bars not in BARS:
        what = f'no form "{form}": auto, text, latex or index'
        if form in FORMS:
            what = f'no meaning "{bars}" for bars: det, abs or norm'
        raise ParseError(what, code="GP131")
    return parse(text, form, bars, KNOWN_WORDS | functions, names)


def _read(
    text: str, shapes: Shapes | None, assume: Properties | None, where: str | None, form: str, bars: str
) -> Program:
    names = {*(shapes or {}), *(assume or {})}
    for source in (where or "", text[where_clause(text)[1][0] :]):
        names |= {found.group(1) for found in re.finditer(r"(?:^|[,;\n])\s*([^\W\d]\w*)", source)}
    functions = frozenset(
        found.group(1)
        for source in (where or "", text[where_clause(text)[1][0] :])
        for found in re.finditer(r"(?:^|[,;\n]|where)\s*([^\W\d]\w*)\s*:[^:\n]*?(?:->|→|\\to\b)", source)
    )
    script = _parsed(text, form, bars, frozenset(names) - functions, functions)
    texts = [(where, (0, len(where)))] if where else []
    if script.where[0] < script.where[1]:
        texts.append((text, script.where))
    declared = declare(shapes, assume, texts)
    _refuse_complex(script, declared)
    script = with_unknowns(with_identity(script, declared), declared)
    ties: tuple[Tie, ...] = ()
    hints: dict[str, int] = {}
    if _by_indices(script):
        script, ties, hints = without_sums(script, declared)
    bold = {name: COLUMN for name in script.bold if name not in hints and name not in declared}
    known = understand(script, declared, ties, {**bold, **hints})
    program = _assemble(script, declared, known)
    return program._replace(
        warnings=(*script.notes, *program.warnings), form=script.form if not ties else "index"
    )


def _by_indices(script: Script) -> bool:
    """Whether indices stand in a script, with sums over them or without."""
    return script.form == "index" or any(
        node.kind == "sum" or (node.kind == "name" and "[" in node.text)
        for one in script.statements
        for node in postorder(one.node)
    )


def _refuse_complex(script: Script, declared: Mapping[str, Declared]) -> None:
    """A^H is a conjugate transpose and E(…) an expectation, where nothing says that they are something else.

    Raises UnsupportedError GP501.
    """
    nodes = [node for one in script.statements for node in postorder(one.node)]
    taken = {*declared, *(one.name for one in script.statements)}
    powers = [node for node in nodes if node.kind == "pow" and node.args[1].text == "H"]
    if powers and "H" not in taken and len(powers) == sum(n.kind == "name" and n.text == "H" for n in nodes):
        at = powers[0].at[0], powers[0].args[1].end
        fix = f"{script.source[: at[0]]}'{script.source[at[1] :]}"
        raise UnsupportedError(
            "A^H is the conjugate transpose, and everything is real here", code="GP501", span=at,
            source=script.source, fixes=(fix,),
        )  # fmt: skip
    means = [node for node in nodes if node.kind == "call" and node.text == "E"]
    if means and "E" not in taken:
        raise UnsupportedError(
            "E(…) is an expectation, and these are not supported; a function E is declared, where E: n -> m",
            code="GP501", span=means[0].at, source=script.source,
        )  # fmt: skip


def _assemble(script: Script, declared: Mapping[str, Declared], known: Understanding) -> Program:
    unknowns = [text for one in script.statements if (text := defined_by(one))]
    inputs = {text: held(e) if text in unknowns else e for text, e in known.names.items()}
    names: dict[str, Meaning] = {**known.sizes, **inputs}
    assembler = Assembler(script.source, names, word, functions=known.functions)
    statements: list[tuple[Expr, Expr]] = []
    for one in script.statements[:-1]:
        name, at, node = one
        value = assembler.statement(node)
        if unknown := defined_by(one):
            assembler.names[unknown] = released(inputs[unknown])
            statements.append((released(inputs[unknown]), value))
            continue
        facts = ("symmetric",) if len(value.axes) == 2 and symmetric(value) else ()
        left = build.name(name, value.axes, facts, row=value.row)
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
        inputs,
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
        wanted = shape_in_words(build.name("", declared.axes, row=declared.row))
        raise ShapeError(
            f"this is declared as {wanted} and is {shape_in_words(value)}",
            code="GP211",
            span=at,
            source=source,
        )
