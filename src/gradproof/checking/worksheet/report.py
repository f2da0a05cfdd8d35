"""A report about derivations, and how it is drawn: the lines as they were written, a mark for each, and under
a wrong one what is wrong and the fix."""

from __future__ import annotations

from collections.abc import Iterator
from json import dumps
from typing import NamedTuple

from gradproof.checking.worksheet.rule import TITLES
from gradproof.errors import GradproofError
from gradproof.expressions.nodes import Expr
from gradproof.language.syntax.tree import Span
from gradproof.operators.build import spell
from gradproof.proof.evaluation.counterexample import Witness
from gradproof.rendering.formats import format_named, write
from gradproof.rendering.formula.boxes import Box
from gradproof.rendering.formula.formula import shape_box
from gradproof.rendering.page.model import Document, Lines, Math, Text, Word, Words, text
from gradproof.rendering.page.model import Line as Row
from gradproof.verdicts import ORDER, Verdict

MARKS = {
    "by definition": "right", "proved": "right", "tested": "right", "sampled": "right", "refuted": "wrong",
    "unknown": "open",
}  # fmt: skip


class Line(NamedTuple):
    """One line of a derivation, judged.

    number   its line in the text, from 1
    text     the line as it was written
    verdict  its grade and the reason; `given` is True where the line only introduces something
    rule     the rule that it used, where it is one that is known, or None
    said     one or more sentences about it
    fix      for a wrong line a right side that was proved, or None
    span     the place in the text of what is wrong, or of the line's right side
    kind     for a wrong line the kind of slip, as `check` names it, or None
    witness  for a wrong line the smallest numbers that show it, or None
    times    for a wrong line: the seconds for the search for its slip, and for the numbers
    """

    number: int
    text: str
    verdict: Verdict
    rule: str | None
    said: str
    fix: str | None
    span: Span
    given: bool = False
    error: GradproofError | None = None
    start: int = 0
    kind: str | None = None
    witness: Witness | None = None
    times: tuple[float, float] = (0.0, 0.0)


class Claim(NamedTuple):
    """One derivation of a text: its lines, and how its names were understood."""

    lines: tuple[Line, ...]
    names: tuple[Expr, ...]
    objective: Expr | None

    @property
    def first_wrong(self) -> int | None:
        """The place among the lines of the first that is refuted, or None."""
        return next((k for k, line in enumerate(self.lines) if line.verdict.grade == "refuted"), None)

    @property
    def grade(self) -> str:
        """The weakest grade among the lines."""
        return max((line.verdict.grade for line in self.lines), key=ORDER.index, default="unknown")


class Report(NamedTuple):
    """What was found in a text: its derivations, in order."""

    claims: tuple[Claim, ...]
    text: str

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of all derivations."""
        return tuple(line for claim in self.claims for line in claim.lines)

    @property
    def first_wrong(self) -> int | None:
        """The place among `lines` of the first that is refuted, or None."""
        return next((k for k, line in enumerate(self.lines) if line.verdict.grade == "refuted"), None)

    @property
    def grade(self) -> str:
        """The weakest grade of all."""
        return max((claim.grade for claim in self.claims), key=ORDER.index, default="unknown")

    def show(self, format: str = "text") -> str:
        """The report for reading, in a format as `Derivation.show` has them, or "json"."""
        return show(self, format)


def show(report: Report, format: str = "text") -> str:
    """The report in a format of `rendering.formats`, or as "json"."""
    if format == "json":
        return to_json(report)
    return write(document(report, format_named(format).plain), format)


def document(report: Report, language: bool) -> Document:
    """The lines of each derivation; `language`: formulas on one line of ASCII."""
    return tuple(Lines(tuple(_rows(claim, language))) for claim in report.claims)


def to_json(report: Report) -> str:
    """The report as JSON: `grade`, `first_wrong`, and `lines` of each of its `claims`."""
    claims = [
        {
            "grade": claim.grade,
            "first_wrong": claim.first_wrong,
            "objective": None if claim.objective is None else str(claim.objective),
            "names": {str(e): list(e.shape) for e in claim.names},
            "lines": [_plain(line) for line in claim.lines],
        }
        for claim in report.claims
    ]
    whole = {"version": 1, "grade": report.grade, "first_wrong": report.first_wrong, "claims": claims}
    return dumps(whole, ensure_ascii=False, indent=2)


def _plain(line: Line) -> dict[str, object]:
    return {
        "number": line.number, "text": line.text, "given": line.given, "verdict": line.verdict.grade,
        "reason": line.verdict.reason, "rule": line.rule, "said": line.said, "fix": line.fix,
        "span": list(line.span), "kind": line.kind,
        "counterexample": None if line.witness is None else line.witness.values,
    }  # fmt: skip


def _rows(claim: Claim, language: bool) -> Iterator[Row]:
    for place, line in enumerate(claim.lines):
        first = place == 0 or claim.lines[place - 1].number != line.number
        mark = "" if line.given else MARKS[line.verdict.grade]
        beside = text("read" if line.given else _beside(claim, place))
        if place == 0:
            beside += _names(claim, language)
        wrong = line.verdict.grade in ("refuted", "unknown")
        start, end = (max(0, one - line.start) for one in line.span)
        there = (start, max(end, start + 1)) if wrong and line.error is not None else None
        below = tuple(map(text, _below(line))) if wrong else ()
        yield Row(str(line.number) if first else "", line.text, mark, beside, below, there)


def _names(claim: Claim, language: bool) -> Words:
    """How the names were understood."""
    out: list[Word] = []
    for e in claim.names:
        if e.axes:
            vector = Box("literal", spell(e).removesuffix("-vector"))
            shape = shape_box(e.axes, e.row, language) if len(e.axes) > 1 else vector
            out += [Text("  " if out else "; "), Math(Box("name", str(e))), Text(": "), Math(shape)]
    return tuple(out)


def _beside(claim: Claim, place: int) -> str:
    line, wrong = claim.lines[place], claim.first_wrong
    if place == wrong:
        return f"first wrong line: {line.kind}" if line.kind else "first wrong line"
    if line.verdict.grade == "refuted":
        return "wrong"
    if line.verdict.grade == "unknown":
        return "not decided"
    if wrong is not None and place == wrong + 1:
        return f"follows from the corrected line {claim.lines[wrong].number}"
    if line.rule is not None and line.verdict.grade == "proved":
        return TITLES[line.rule]
    return line.said


def _below(line: Line) -> list[str]:
    out = line.said.split("\n")
    if line.witness is not None:
        said = ", ".join(f"{name} = {value}" for name, value in line.witness.values.items())
        out.append(f"for {said}: it should be {line.witness.left}, and is {line.witness.right}")
    if line.fix is not None:
        out.append(f"fix:  = {line.fix}")
    return out
