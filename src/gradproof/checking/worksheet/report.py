"""A report about derivations, drawn: the lines as they were written, a mark for each, and under a wrong
one what is wrong and the fix."""

from __future__ import annotations

from json import dumps

from gradproof.checking.worksheet.check import Claim, Line, Report
from gradproof.checking.worksheet.rule import TITLES
from gradproof.operators.build import spell

MARKS = {"proved": "✓", "tested": "✓", "sampled": "✓", "refuted": "✗", "unknown": "?"}
PLAIN = {"✓": "ok", "✗": "WRONG", "?": "?", "“": '"', "”": '"', "×": "x"}


def show(report: Report, format: str = "text") -> str:
    """The report as "text", "ascii", "markdown" or "json"."""
    if format == "json":
        return to_json(report)
    text = "\n\n".join(_claim(claim) for claim in report.claims)
    if format == "ascii":
        from gradproof.rendering.formula.names import ascii_text

        for sign, plain in PLAIN.items():
            text = text.replace(sign, plain)
        text = ascii_text(text)
    return f"```\n{text}\n```" if format == "markdown" else text


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


def _claim(claim: Claim) -> str:
    lines = [line.text for line in claim.lines]
    wide = max(len(text) for text in lines)
    digits = len(str(max(line.number for line in claim.lines)))
    out: list[str] = []
    for place, (line, text) in enumerate(zip(claim.lines, lines, strict=True)):
        first = place == 0 or claim.lines[place - 1].number != line.number
        head = f"  {line.number:{digits}}  " if first else " " * (digits + 4)
        mark = "read" if line.given else f"{MARKS[line.verdict.grade]}  {_beside(claim, place)}"
        if place == 0:
            mark += _names(claim)
        out.append(f"{head}{text:{wide}}  {mark}".rstrip())
        if line.verdict.grade in ("refuted", "unknown"):
            out += _below(line, " " * (digits + 4))
    return "\n".join(out)


def _names(claim: Claim) -> str:
    said = [f"{e}: {spell(e).removesuffix('-vector')}" for e in claim.names if e.axes]
    return "; " + "  ".join(said) if said else ""


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


def _below(line: Line, margin: str) -> list[str]:
    out = []
    if line.error is not None:
        width = max(1, line.span[1] - line.span[0])
        out.append(margin + " " * max(0, line.span[0] - line.start) + "^" * width)
    out += [f"{margin}  {text}" for text in line.said.split("\n")]
    if line.witness is not None:
        said = ", ".join(f"{name} = {value}" for name, value in line.witness.values.items())
        out.append(f"{margin}  for {said}: it should be {line.witness.left}, and is {line.witness.right}")
    if line.fix is not None:
        out.append(f"{margin}  fix:  = {line.fix}")
    return out
