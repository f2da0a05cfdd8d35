"""The verdict on a person's answer, and the way to it, as documents; and the verdict as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from json import dumps
from typing import Any, Protocol

from gradproof.checking.diagnosis.findings import Finding
from gradproof.derivation.story.model import Step
from gradproof.derivation.story.provenance import line_of
from gradproof.elaboration.answer.read import Answer
from gradproof.expressions.nodes import Expr
from gradproof.expressions.sentences import Sentence, say
from gradproof.proof.evaluation.counterexample import Witness
from gradproof.rendering.formats import format_named, write
from gradproof.rendering.formula.boxes import Box
from gradproof.rendering.formula.formula import boxed, formula, shape_box
from gradproof.rendering.page.derivation import OPEN_AT_MOST
from gradproof.rendering.page.model import Document, Judgement, Math, Path, Text, Word, Words, text
from gradproof.rendering.page.words import words

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

    @property
    def said(self) -> Sentence:
        """The diagnosis as a sentence."""
        ...


def show(check: Checked, format: str = "text") -> str:
    """The verdict in a format. Raises UnsupportedError (GP502) for one that does not exist."""
    return to_json(check) if format == "json" else write(document(check, format_named(format).plain), format)


def document(check: Checked, language: bool) -> Document:
    """The verdict, and what there is to see of it; `language`: formulas on one line of ASCII."""
    kind = check.derivation.kind
    yours, ours = (
        (Math(boxed(e, language=language)),) for e in (check.answer.expr, check.derivation.result.expr)
    )
    if check.equal:
        return (_right(check, language, yours, ours),)
    facts: list[tuple[str, Words]] = [("yours", yours), (kind, ours)]
    if check.equal is None:
        return (Judgement("open", text(f"not decided: {check.reason}"), tuple(facts)),)
    said = (Text("wrong: "), *words(check.said, language)) if check.finding else text("wrong")
    if check.witness is None:
        facts.append(("", text(check.reason)))
    else:
        facts.append(("smallest counterexample", _numbers(check.witness, kind)))
    if check.step is not None:
        facts.append(("likely place", _place(check.step, check.derivation, language)))
    return (Judgement("wrong", said, tuple(facts)),)


def _right(check: Checked, language: bool, yours: Words, ours: Words) -> Judgement:
    how = f", {SAID[check.grade]}"
    shape = Math(shape_box(check.answer.expr.axes, check.answer.expr.row, language))
    if check.finding is None:
        same = formula(check.answer.expr) == formula(check.derivation.result.expr)
        other = () if same else ((check.derivation.kind, ours),)
        return Judgement("right", (Text("right: "), *yours, Text(" : "), shape, Text(how)), other)
    own = check.derivation.result.expr
    own_shape = Math(shape_box(own.axes, own.row, language))
    reads = (Text('in layout "gradient" ('), own_shape, Text(") it reads "), *ours)
    said = (*words(check.said, language), Text(" ("), shape, Text(")" + how))
    return Judgement("right", said, (("", reads),))


def _numbers(found: Witness, kind: str) -> Words:
    out: list[Word] = []
    for name, value in found.values.items():
        out += [Text(", ")] if out else []
        out += [Math(Box("name", name)), Text(f" = {_value(value)}")]
    rounded = "" if found.exact else "   (rounded)"
    return (*out, Text(f"  →  {kind} {_value(found.left)}, yours {_value(found.right)}{rounded}"))


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


def _place(step: Step, derivation: Any, language: bool) -> Words:
    """A step as the page of the derivation has it: the number of its line, and of which equation."""
    said, sections = words(step.why, language), derivation.story().sections
    found = line_of(step, derivation.steps, sections)
    if found is None:
        return said
    section, number = found
    of = (Text(" of "), Math(boxed(section.conclusion[0], language=language))) if len(sections) > 1 else ()
    folded = (Text(" (with --steps full)"),) if len(sections) > OPEN_AT_MOST else ()
    return (Text(f"step {number}"), *of, *folded, Text(": "), *said)


def trail(steps: Sequence[Step], note: Sentence | None, language: bool) -> Document:
    """Steps from one form of an answer to another, one a line."""
    said = say("to your answer: {}", note) if note else say("to your answer")
    if not steps:
        return (Path(words(say("{}; it is the same", said), language), ()),)
    rows = [(steps[0].before, "our answer"), *((step.after, step.why) for step in steps)]
    forms = tuple((boxed(e, language=language), words(why, language)) for e, why in rows)
    return (Path(words(said, language), forms),)


def to_json(check: Checked) -> str:
    """The verdict as data."""
    found, step = check.witness, check.step
    return dumps(
        {
            "verdict": check.grade,
            "equal": check.equal,
            "diagnosis": check.diagnosis,
            "why": str(check.said),
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
