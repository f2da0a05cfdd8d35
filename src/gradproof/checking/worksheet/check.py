"""Derivations checked line by line: `check_derivation` reads, judges, mends and reports."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from time import perf_counter
from typing import Any

from gradproof.checking.document.check import claims as document_claims
from gradproof.checking.repair.search import Fix
from gradproof.checking.worksheet.chain import Chain, Judged
from gradproof.checking.worksheet.diagnosis import Slip, slip
from gradproof.checking.worksheet.folding import folded
from gradproof.checking.worksheet.kinds import read
from gradproof.checking.worksheet.repair import mended, open_sizes, shown
from gradproof.checking.worksheet.report import Claim, Line, Report
from gradproof.checking.worksheet.rule import rule_of
from gradproof.checking.worksheet.split import apart
from gradproof.elaboration.assembly.shape_errors import shape_in_words as spelled
from gradproof.elaboration.worksheet.normalise import AIM
from gradproof.elaboration.worksheet.read import read_lines
from gradproof.elaboration.worksheet.reading import Reading
from gradproof.errors import GradproofError, NameProblem, ParseError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder, rebuild
from gradproof.language.document.blocks import plain_fences
from gradproof.language.syntax.tree import Span
from gradproof.language.worksheet.text import Row, format_of, rows
from gradproof.operators.aliases import nearest
from gradproof.operators.build import construct, name
from gradproof.operators.properties import STRUCTURED, props
from gradproof.proof.referee import given
from gradproof.verdicts import HOLDS

Shapes = Mapping[str, Sequence[str | int]]
NO_SLIP = Slip(None, "", None)


def check_derivation(
    text: str, *, format: str | None = None, shapes: Shapes | None = None,
    assume: Mapping[str, Sequence[str]] | None = None, where: str | None = None,
) -> Report:  # fmt: skip
    """Check derivations line by line: each line against the one before, gradients also against the truth.

    text    lines such as `f = norm2(A*x - b)^2`, `df = 2*(A*x - b) : A*dx`, `   = …`, `grad = …`
    format  "text", "latex" or "markdown"; found from the text where it is not said
    shapes, assume, where   as for `derive`

    Raises a GradproofError where there is no line to check or a declaration is wrong. A line that
    cannot be read, or is wrong, is a line of the report.
    """
    kind = format or format_of(text)
    if kind not in ("text", "latex", "markdown"):
        raise ParseError(f'no format "{kind}": text, latex or markdown', code="GP131")
    if kind != "text":
        return _document(text, shapes, assume, where)
    claims = [_claim(found, shapes, assume, where) for found in apart(rows(text, kind))]
    if not any(claim.lines for claim in claims):
        raise ParseError("there is no derivation to check: no line has a “=”", code="GP104", source=text)
    return Report(tuple(claim for claim in claims if claim.lines), text)


def _document(text: str, shapes: Any, assume: Any, where: str | None) -> Report:
    """A LaTeX or Markdown document; derivations in text that stand in fences of it are read as text."""
    found = document_claims(text, shapes, assume, where)
    plain = plain_fences(text)
    if plain:
        apart_rows = apart(rows(plain, "text"))
        found += [one for part in apart_rows if (one := _claim(part, shapes, assume, where)).lines]
    if not found:
        raise ParseError("there is no derivation to check: no line has a “=”", code="GP104", source=text)
    return Report(tuple(found), text)


def _claim(found: list[Row], shapes: Any, assume: Any, where: str | None) -> Claim:
    reading = folded(read(found, where, lambda said: read_lines(found, shapes, assume, said)))
    stands = {**reading.stands, **_unknown(reading), **_partials(reading)}
    chain = Chain(reading.names, stands, reading.objective)
    chain.open = reading.late - stands.keys()
    own = cache(lambda variable: _own(reading, variable))
    chain.own = own
    chain.free = lambda variable: _free(reading, variable)
    chain.parts = lambda variable: _parts(reading, variable)
    spent: dict[Row, float] = {}

    def mend(judged: Judged) -> Fix | None:
        begun = perf_counter()
        found = mended(judged, reading, chain, own)
        spent[judged.said.row] = perf_counter() - begun
        return found

    chain.mend = mend
    chain.may_fit = open_sizes(reading)
    judged = chain.rows(reading.said)
    lines = tuple(
        _line(one, reading, chain, spent.get(one.said.row, 0.0))
        for one in judged
        if not one.said.row.head.startswith(AIM)
    )
    names = tuple(e for text, e in reading.names.items() if not text.startswith("∂"))
    return Claim(lines, names, reading.objective)


# ---- names that the text leaves open


def _unknown(reading: Reading) -> dict[Expr, Expr]:
    """G, where it is the gradient of the one unknown function and nothing else says what it is."""
    from gradproof.operators.build import gradient_of

    whole = reading.objective
    if whole is None or whole.op != "call" or len(whole.args) != 1:
        return {}
    gradient = gradient_of(str(whole.data[0]), 0, whole.args[0])
    fitting = [e for e in reading.late if (e.axes, e.row) == (gradient.axes, gradient.row)]
    return {fitting[0]: gradient} if len(fitting) == 1 else {}


def _partials(reading: Reading) -> dict[Expr, Expr]:
    """∂L/∂Y, where no line derived it: our own gradient by Y."""
    return {
        symbol: found
        for symbol, variable in reading.partials.items()
        if (found := _own(reading, variable)) is not None
    }


def _own(reading: Reading, variable: Expr) -> Expr | None:
    """Our own gradient of the objective by a name, in the names that nothing defines."""
    from gradproof.derivation.story.abbreviations import present
    from gradproof.derivation.strategies.backpropagation import Engine

    if reading.objective is None:
        return None
    stands = {name: value for name, value in reading.stands.items() if name is not variable}
    objective = _written_out(reading.objective, stands)
    free = {str(e): e for e in postorder([objective]) if e.op == "name"}
    try:
        derived = Engine((), objective, (variable,), free).run()
        answer = present(derived)
    except GradproofError:
        return None
    known = {**dict(derived.unknown), **dict(answer.definitions)}
    return _written_out(answer.gradients[variable], known)


def _free(reading: Reading, variable: Expr) -> Expr | None:
    """Our own gradient at all points: for a symmetric S, entries as if independent."""
    plain = name(str(variable), variable.axes, tuple(props(variable) - STRUCTURED), row=variable.row)
    if plain is variable or reading.objective is None:
        return _own(reading, variable)
    there = {variable: plain}
    freed = reading._replace(
        objective=rebuild(reading.objective, there, construct),
        stands={k: rebuild(e, there, construct) for k, e in reading.stands.items()},
    )
    found = _own(freed, plain)
    return None if found is None else rebuild(found, {plain: variable}, construct)


def _parts(reading: Reading, variable: Expr) -> list[Expr]:
    """The parts of our own gradient: the variable varies in one definition, and is constant in the others."""
    still = name(f"{variable}_still", variable.axes, row=variable.row)
    found = []
    for place, meaning in reading.stands.items():
        if variable not in postorder([meaning]):
            continue
        stands = {e: value if e is place else rebuild(value, {variable: still}, construct)
                  for e, value in reading.stands.items()}  # fmt: skip
        part = _own(reading._replace(stands=stands), variable)
        found += [] if part is None else [rebuild(part, {still: variable}, construct)]
    return found


def _written_out(e: Expr, stands: Mapping[Expr, Expr]) -> Expr:
    for _ in range(len(stands) + 1):
        there = {node: stands[node] for node in postorder([e]) if node in stands}
        if not there:
            break
        e = rebuild(e, there, construct)
    return e


# ---- saying


def _line(judged: Judged, reading: Reading, chain: Chain, spent: float) -> Line:
    row, problem = judged.said.row, judged.said.problem
    if problem is None and judged.verdict is not None and judged.verdict.grade == "unknown":
        problem = _misspelled(judged, reading, chain)
        judged = judged._replace(said=judged.said._replace(problem=problem))
    verdict = given() if judged.verdict is None else judged.verdict
    start, end = row.right
    start += len(row.text[start:end]) - len(row.text[start:end].lstrip())
    span = (row.offset + start, row.offset + len(row.text[:end].rstrip()))
    if problem is not None and problem.span is not None:
        span = _place(problem, row.offset)
    fix = judged.fix.text if judged.fix is not None else None
    own = verdict.grade == "refuted" and not judged.carried
    found = slip(judged, chain, lambda e: shown(e, row, reading)) if own else NO_SLIP
    sentences = _sentences(judged, found.said)
    text = row.text[row.left[0] : row.right[1]].rstrip()
    if row.kind == "let" and row.latex and row.head and row.left[0] == row.left[1]:
        text = f"=: {row.head}"
    elif row.kind == "let":
        text = "let " + text
    holds = judged.verdict is not None and verdict.grade in HOLDS
    rule = rule_of(judged, chain) if holds else None
    return Line(row.number, text, verdict, rule, sentences, fix, span, judged.verdict is None, problem,
                row.offset + row.left[0] - 4 * (row.kind == "let"),
                found.kind, found.witness, (spent + found.times[0], found.times[1]))  # fmt: skip


def _misspelled(judged: Judged, reading: Reading, chain: Chain) -> GradproofError | None:
    """A name that nothing explains, and that is nearly another one."""
    lost = {str(e) for e in chain.open} & judged.said.mentions
    open_names = {str(e) for e in chain.open}
    known = {*reading.names, *map(str, reading.stands)} - open_names
    row = judged.said.row
    for text in sorted(lost):
        near = nearest(text, known) if len(text) > 2 else []
        at = row.text.find(text, row.right[0], row.right[1])
        if near:
            return NameProblem(
                f"nothing says what {text} is: did you mean {near[0]}?", code="GP301",
                span=(at, at + len(text)) if at >= 0 else row.right, source=row.text,
            )  # fmt: skip
    return None


def _place(problem: GradproofError, offset: int) -> Span:
    """The factors that do not fit, or the place of the error."""
    start, end = problem.span or (0, 0)
    if problem.code == "GP201" and problem.facts and problem.facts[0][0] is not None:
        end = problem.facts[0][0][1]
    return offset + start, offset + end


def _sentences(judged: Judged, said: str) -> str:
    verdict, problem = judged.verdict, judged.said.problem
    if verdict is None:
        return "read"
    if verdict.grade in HOLDS:
        return "follows" if verdict.grade == "proved" else verdict.reason
    out = []
    if problem is not None:
        out.append(_undefined(problem))
    elif judged.carried:
        out.append("follows from the line before as it stands, which is wrong.")
    elif verdict.grade == "refuted" and judged.after is None:
        out.append(_misshaped(judged))
    elif verdict.grade == "unknown":
        out.append(verdict.reason)
    if said:
        out.append(said)
    return "\n".join(filter(None, out)) or "does not follow from the line before."


def _misshaped(judged: Judged) -> str:
    right, variable = judged.said.right, judged.variable
    if right is None or variable is None:
        return ""
    other = " (it is right in shape when transposed)" if right.axes == tuple(reversed(variable.axes)) else ""
    shapes = f"{variable} is {spelled(variable)}, this is {spelled(right)}"
    return f"a gradient has the shape of its variable: {shapes}{other}."


def _undefined(problem: GradproofError) -> str:
    """Two factors that do not fit, in one sentence: `(A*x - b)*A' is m times n×m: not defined.`"""
    if problem.code != "GP201" or len(problem.facts) != 2 or problem.source is None:
        return problem.message + "."
    (right, b), (left, a) = problem.facts
    if left is None or right is None:
        return problem.message + "."
    x, y = (text.split(" is ", 1)[1].split(",")[0] for text in (a, b))
    sizes = [word.removeprefix("an ").removeprefix("a ").removesuffix("-vector") for word in (x, y)]
    product = re.sub(r"^[0-9.]+\s*\*?\s*", "", problem.source[left[0] : right[1]])
    return f"{product} is {sizes[0]} times {sizes[1]}: not defined."
