"""The books: problems with known answers, from textbooks, questions that people asked, and peers' own tests.

Each is derived, proved, compiled and compared with differences of the record's own function. What this
version does not know is refused by name, never answered wrongly.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from gradproof.operators.aliases import LATER
from judge import books, judge

RECORDS = list(books())


def known(record: dict[str, Any]) -> bool:
    """Whether a record is in the words of this version."""
    words = set(re.findall(r"\w+(?=\()", record["expr"]))
    return words.isdisjoint(LATER)


ASKED = [record for record in RECORDS if known(record)]
OTHERS = [record for record in RECORDS if not known(record)]


@pytest.mark.parametrize("record", ASKED, ids=[record["id"] for record in ASKED])
def test_records_are_solved_and_proved(record: dict[str, Any]) -> None:
    row = judge(record)
    assert row["outcome"] == "solved", row
    assert row["grade"] == "proved", row


@pytest.mark.parametrize("record", OTHERS, ids=[record["id"] for record in OTHERS])
def test_other_words_are_refused_by_name(record: dict[str, Any]) -> None:
    row = judge(record)
    assert row["outcome"] == "refused", row
    assert "GP50" in row["fault"], row
