"""The verdict on a person's answer, for reading: text, ASCII, Markdown or JSON."""

from __future__ import annotations

from collections.abc import Sequence
from json import dumps
from typing import Any, Protocol

from gradproof.checking.diagnosis.findings import Finding
from gradproof.derivation.story.model import Step
from gradproof.elaboration.answer.read import Answer
from gradproof.errors import UnsupportedError
from gradproof.expressions.nodes import Expr
from gradproof.proof.evaluation.counterexample import Witness
from gradproof.rendering.formula.formula import formula, shape_text
from gradproof.rendering.formula.latex import latex_text
from gradproof.rendering.formula.names import ascii_text

FORMATS = ("text", "ascii", "markdown", "json")
SAID = {"proved": "proved for all sizes", "tested": "tested exactly", "sampled": "sampled"}


class Checked(Protocol):
    """What is shown: a `faces.checking.Check`."""

    grade: str
    equal: bool | None
    reason: str
    diagnosis: str | None
    finding: Finding | None
    witness: Witness | None
    truth: Expr
    answer: Answer
    derivation: Any

    @property
    def step(self) -> Step | None:
        """The step where the right thing happens."""
        ...

    def sentence(self, spelled: Any) -> str:
        """The diagnosis as a sentence."""
        ...


def show(check: Checked, format: str = "text") -> str:
    """The verdict in one of the FORMATS."""
    if format == "json":
        return to_json(check)
    if format not in FORMATS:
        raise UnsupportedError(f'a check has no format "{format}"; it has {", ".join(FORMATS)}', code="GP502")
    lines = _lines(check, "ascii" if format == "ascii" else "text")
    if format == "markdown":
        return "\n".join([f"**{lines[0].strip()}**", "", "```text", *lines[1:], "```"])
    return "\n".join(ascii_text(_signs(line)) for line in lines) if format == "ascii" else "\n".join(lines)


def _signs(line: str) -> str:
    return line.replace("✓", "[ok]").replace("✗", "[wrong]")


def _lines(check: Checked, format: str) -> list[str]:
    def spelled(e: Expr) -> str:
        return formula(e, format=format)

    kind = check.derivation.kind
    yours, ours = spelled(check.answer.expr), spelled(check.derivation.result.expr)
    if check.equal:
        return _right(check, format, yours, ours)
    said = check.sentence(spelled)
    if check.equal is None:
        return [f"  ? not decided: {check.reason}", *_pair(yours, kind, ours, "")]
    lines = [f"  ✗ wrong: {said}" if check.finding else "  ✗ wrong", *_pair(yours, kind, ours, "")]
    if check.witness is None:
        lines.append(f"      {check.reason}")
    if check.witness is not None:
        lines += _numbers(check.witness, kind)
    step = check.step
    if step is not None:
        lines += _cause(step, check.derivation.steps)
    return lines


def _right(check: Checked, format: str, yours: str, ours: str) -> list[str]:
    words = SAID[check.grade]
    shape = shape_text(check.answer.expr.axes, check.answer.expr.row, format)
    if check.finding is None:
        form = [] if yours == ours else [f"      {check.derivation.kind}   {ours}"]
        return [f"  ✓ right: {yours} : {shape}, {words}", *form]
    own = check.derivation.result.expr
    said = f'in layout "gradient" ({shape_text(own.axes, own.row, format)}) it reads {ours}'
    return [f"  ✓ {check.sentence(str)} ({shape}), {words}", f"      {said}"]


def _pair(yours: str, kind: str, ours: str, gap: str) -> list[str]:
    width = max(len("yours"), len(kind))
    return [f"      {'yours':{width}}   {yours}", f"      {kind:{width}}   {ours}{gap}"]


def _numbers(found: Witness, kind: str) -> list[str]:
    values = ", ".join(f"{name} = {_value(value)}" for name, value in found.values.items())
    rounded = "" if found.exact else "   (rounded)"
    return [
        f"      smallest counterexample   {values}  →  {kind} {_value(found.left)}, "
        f"yours {_value(found.right)}{rounded}"
    ]


def _value(value: Any) -> str:
    """Numbers as they are typed: [1, 2] a vector, [1, 2; 3, 4] a matrix; what has one entry is a number."""
    flat = value
    while isinstance(flat, list) and len(flat) == 1:
        flat = flat[0]
    if not isinstance(flat, list):
        return str(flat)
    if isinstance(value[0], list) and not any(isinstance(x, list) for row in value for x in row):
        return "[" + "; ".join(", ".join(map(str, row)) for row in value) + "]"
    return str(value)


def _cause(step: Step, steps: Any) -> list[str]:
    number = next((k for k, other in enumerate(steps, 1) if other is step), 0)
    return [
        f"      likely place   step {number}: {step.why}" if number else f"      likely place   {step.why}"
    ]


def trail(steps: Sequence[Step], note: str, format: str = "text") -> str:
    """Steps from one form of an answer to another, one a line."""
    if format == "latex":
        return _trail_in_latex(steps, note)
    spelling = "ascii" if format == "ascii" else "text"
    lines = [f"  to your answer{': ' + note if note else ''}"]
    if not steps:
        lines.append("     it is the same")
    else:
        rows = [("  ", steps[0].before, "our answer"), *(("= ", step.after, step.why) for step in steps)]
        texts = [mark + formula(e, format=spelling) for mark, e, _ in rows]
        width = min(max(map(len, texts)), 60)
        lines += [f"     {text:{width}}   {why}" for text, (_, _, why) in zip(texts, rows, strict=True)]
    if format == "markdown":
        return "\n".join(["```text", *lines, "```"])
    return "\n".join(map(ascii_text, lines)) if format == "ascii" else "\n".join(lines)


def _trail_in_latex(steps: Sequence[Step], note: str) -> str:
    """The same as an align*."""
    said = f"To your answer{': ' + latex_text(note) if note else ''}."
    if not steps:
        return f"{said} It is the same."
    rows = [("", steps[0].before, "our answer"), *(("", step.after, step.why) for step in steps)]
    lines = [f"&= {formula(e, format='latex')} && \\text{{{latex_text(why)}}}" for _, e, why in rows]
    body = " \\\\\n".join([lines[0].replace("&= ", "&\\phantom{{}={}} ", 1), *lines[1:]])
    return f"{said}\n\\begin{{align*}}\n{body}\n\\end{{align*}}"


def to_json(check: Checked) -> str:
    """The verdict as data."""
    found, step = check.witness, check.step
    return dumps(
        {
            "verdict": check.grade,
            "equal": check.equal,
            "diagnosis": check.diagnosis,
            "why": check.sentence(str),
            "kind": check.derivation.kind,
            "result": str(check.derivation.result),
            "answer": check.answer.source,
            "counterexample": None if found is None else found.values,
            "values": None
            if found is None
            else {"result": found.left, "answer": found.right, "exact": found.exact},
            "step": None if step is None else {"rule": step.rule, "why": step.why},
        },
        ensure_ascii=False,
        indent=2,
    )
