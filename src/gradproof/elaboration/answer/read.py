"""A person's answer, read in the names of a question: every name has its shape already.

An answer may define names of its own before its last statement: `R = X*W' - T; R'*X`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import product
from typing import NamedTuple

from gradproof.elaboration.answer.by_entries import by_entries, may_have_indices
from gradproof.elaboration.assembly.application import word
from gradproof.elaboration.assembly.assemble import Assembler, Meaning
from gradproof.elaboration.assembly.declarations import Declared
from gradproof.elaboration.implicit_identity import with_identity
from gradproof.elaboration.indices.index_sums import without_sums
from gradproof.elaboration.inference.infer import understand
from gradproof.elaboration.numpy.reader import by_numpy, is_numpy, may_be_numpy
from gradproof.elaboration.suggestions import repaired
from gradproof.elaboration.worksheet.statement import gradient_side
from gradproof.errors import GradproofError, ParseError, ShapeError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Axes, Expr
from gradproof.language.latex.derivative_heads import gradient_head
from gradproof.language.parse import parse
from gradproof.language.syntax.tree import Node, Script, postorder
from gradproof.operators.aliases import KNOWN_WORDS
from gradproof.operators.build import spell
from gradproof.patterns import Pattern


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
    if is_numpy(text):
        with suppress(GradproofError):
            return _in_numpy(text, names, likes)
    try:
        return _read(text, names, likes)
    except GradproofError as error:
        for other in _other_readings(text, names, likes):
            return other
        if is_numpy(text):
            return _in_numpy(text, names, likes)
        raise repaired(error, text, lambda fix: _read(fix, names, likes)) from None


def readings(text: str, names: Mapping[str, Meaning], likes: Sequence[Expr] = ()) -> Iterator[Answer]:
    """What an answer can mean, the likeliest first: `P * Q` beside `A @ B` is entry by entry in NumPy.

    Raises what `read_answer` raises.
    """
    first = read_answer(text, names, likes)
    yield first
    if not is_numpy(text):
        yield from (other for other in _other_readings(text, names, likes) if other.expr is not first.expr)


def _other_readings(text: str, names: Mapping[str, Meaning], likes: Sequence[Expr]) -> Iterator[Answer]:
    if may_be_numpy(text):
        with suppress(GradproofError):
            yield _in_numpy(text, names, likes)
    if may_have_indices(text):
        with suppress(GradproofError):
            yield _in_entries(text, names, likes)


def _in_numpy(text: str, names: Mapping[str, Meaning], likes: Sequence[Expr]) -> Answer:
    made = by_numpy(text, names)
    if likes and made.axes and not any((made.axes, made.row) == (like.axes, like.row) for like in likes):
        raise ShapeError(f"in NumPy's syntax this is {spell(made)}", code="GP214", source=text)
    return Answer(text, made, ())


def _in_entries(text: str, names: Mapping[str, Meaning], likes: Sequence[Expr]) -> Answer:
    """The last statement by its entries, after definitions that are read as always."""
    start = text.rfind(";") + 1
    equals = [found.end() for found in re.finditer(r"(?<![<>!:=])=(?!=)", text[start:])]
    at = start + equals[-1] if equals else start
    found = dict(names)
    definitions: tuple[tuple[str, Expr], ...] = ()
    if start:
        before = _read(text[: start - 1], names)
        last = re.match(r"\s*(\w+)\s*=", text[: start - 1].rpartition(";")[2])
        definitions = (*before.definitions, *([(last[1], before.expr)] if last else []))
        found.update(definitions)
    assembler = Assembler(text, found, word)
    made = by_entries(text, (at, len(text)), text[start : at - 1] if equals else "", assembler, likes)
    return Answer(text, made, definitions)


def right_fixes(error: GradproofError, is_right: Callable[[str], bool], what: str) -> GradproofError:
    """The error with the fixes that are right answers before the others, and said to be so."""
    right = tuple(fix for fix in error.fixes if is_right(fix))
    if right:
        error.fixes = (*right, *(fix for fix in error.fixes if fix not in right))
        error.facts = (*error.facts, (None, f"{right[0]} is {what}"))
    return error


_LEFT = Pattern(r"(?:^|(?<=;))\s*(?P<left>[^=;]*?)\s*(?<![<>!:])(?P<sign>:?=)(?!=)")


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
    script = _parsed(text, names, form)
    every = {name: _declared(e) for name, e in names.items() if isinstance(e, Expr) and e.op != "call"}
    script, ties, hints = without_sums(script, every, True)
    nodes = [node for one in script.statements for node in postorder(one.node)]
    if not any(node.kind == "name" and node.text[0] == "?" for node in nodes):
        return script, {}
    texts = {node.text for node in nodes}
    declared = {name: known for name, known in every.items() if name in texts}
    if like is not None:
        declared[_WANTED] = _declared(like)
    found = understand(script if like is None else _compared(script), declared, ties, hints)
    return script, {name: size for name, size in found.sizes.items() if name not in names}


def _parsed(text: str, names: Mapping[str, Meaning], form: str) -> Script:
    """The tree of an answer, where I is the identity unless it is a name."""
    written = frozenset(name for name in names if (len(name) > 1 and name.isidentifier()) or name == "I")
    functions = frozenset(_functions(names))
    script = parse(_bare(text), form, "", KNOWN_WORDS | functions, written - functions)
    sizes = [name for name, meaning in names.items() if isinstance(meaning, Dim) and f"I_{name}" not in names]
    return with_identity(script, names, sizes)._replace(source=text)


_WANTED = "the answer"  # the name of an array that has the shape of the derivative


def _compared(script: Script) -> Script:
    """A text less what is wanted: so both have one shape."""
    last = script.statements[-1]
    other = Node("name", (), last.node.span, last.node.at, _WANTED)
    difference = Node("sub", (last.node, other), last.node.span, last.node.at)
    return script._replace(statements=(*script.statements[:-1], last._replace(node=difference)))


def _declared(e: Expr) -> Declared:
    out = Declared()
    out.axes, out.row = e.axes, e.row
    return out


def _read(text: str, names: Mapping[str, Meaning], likes: Sequence[Expr] = ()) -> Answer:
    """The answer; identities and ones whose size nothing says get that which the derivative needs."""
    met: list[GradproofError] = []
    for form in ("auto", "latex"):  # 2A^TA x has no backslash, and no meaning as plain text
        made: list[Answer] = []
        for like in (*likes, None):
            try:
                made.append(_meant(text, names, like, form))
            except GradproofError as error:
                met.append(error)
                continue
            if like is None or made[-1].expr.axes == like.axes or not _depends(text):
                return made[-1]
        if made:
            return made[0]
    first, last = met[len(likes)], met[-1]
    raise last if isinstance(first, ParseError) and isinstance(last, ShapeError) else first


def _depends(text: str) -> bool:
    """Whether a text may have identities and ones whose size the derivative decides."""
    return re.search(r"(?<![^\W_])I(?![^\W_])|1", text) is not None


def _meant(text: str, names: Mapping[str, Meaning], like: Expr | None, form: str) -> Answer:
    script, sizes = _script(text, names, like, form)
    made = _assembled(script, {**names, **sizes})
    if like is None or made.expr.axes == like.axes:
        return made
    left = [name for name, size in sizes.items() if name[0] == "?" and isinstance(size, Dim)
            and not {*size.symbols} <= {*names}]  # fmt: skip
    known = [size for size in names.values() if isinstance(size, Dim)]
    for chosen in product(known, repeat=len(left)) if 0 < len(left) <= 2 else ():
        with suppress(GradproofError):
            other = _assembled(script, {**names, **sizes, **dict(zip(left, chosen, strict=True))})
            if other.expr.axes == like.axes:
                return other
    return made


def _assembled(script: Script, names: Mapping[str, Meaning]) -> Answer:
    """The meaning of a script whose names are all known."""
    text = script.source
    assembler = Assembler(text, names, word, functions=_functions(names))
    definitions: list[tuple[str, Expr]] = []
    for name, _, node in script.statements[:-1]:
        meaning = assembler.statement(node)
        assembler.names[name] = meaning
        definitions.append((name, meaning))
    return Answer(text, assembler.statement(script.statements[-1].node), tuple(definitions))


def _functions(names: Mapping[str, Meaning]) -> dict[str, tuple[tuple[Axes | None, ...], Axes]]:
    """The axes of the arguments (None: any) and of the value of the unknown functions of a question."""
    found: dict[str, tuple[tuple[Axes | None, ...], Axes]] = {}
    for e in names.values():
        if not isinstance(e, Expr) or e.op != "call":
            continue
        takes, _ = found.get(str(e.data[0]), (tuple(arg.axes for arg in e.args), e.axes))
        same = (axes if axes == arg.axes else None for axes, arg in zip(takes, e.args, strict=False))
        found[str(e.data[0])] = (tuple(same), e.axes)
    return found
