"""Answers as people write them: other layouts, stacked, by indices, as sums over samples, in NumPy, in LaTeX.

`answers/people.jsonl` has a question a line, with right answers and the form that each is recognised as, and
with wrong ones and what is said about each: its mistake, null where it has no name, or the code of an error.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import gradproof as gp
from gradproof.checking.answer.check import Comparison

BOOK = Path(__file__).parent / "answers" / "people.jsonl"
RECORDS = [json.loads(line) for line in BOOK.read_text(encoding="utf-8").splitlines()]
EACH = 3  # answers of a sort are tried for each question; `python tests/test_people.py` tries all


def said(comparison: Comparison, answer: str) -> tuple[bool | None, str | None]:
    try:
        found = comparison.check(answer)
    except gp.GradproofError as error:
        return False, error.code
    return found.equal, found.diagnosis


def compared(record: dict[str, Any]) -> Comparison:
    found = gp.derive(record["expr"], record["wrt"], where=record["where"], kind=record["kind"])
    return Comparison(found, record["wrt"], seconds=10)


def chosen(answers: list[Any], every: bool) -> list[Any]:
    """Some of the answers: the first, the last, one between."""
    return answers if every or len(answers) <= EACH else [answers[0], answers[len(answers) // 2], answers[-1]]


def tried(record: dict[str, Any], every: bool = False) -> None:
    comparison = compared(record)
    for answer, form in chosen(record["right"], every):
        assert said(comparison, answer) == (True, form), answer
    for answer, mistake in chosen(record["wrong"], every):
        assert said(comparison, answer) == (False, mistake), answer


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: f"{record['expr']} by {record['wrt']}"[:60])
def test_answers_of_people(record: dict[str, Any]) -> None:
    tried(record)


if __name__ == "__main__":
    for one in RECORDS:
        tried(one, every=True)
