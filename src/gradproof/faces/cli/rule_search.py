"""Rules and words found by what they are about: `gradproof rules chain`, `gradproof rules cyclic`.

A word of the query may stand in the name, the title, the words by which people look for a rule, the reason or
the law, in that order of weight; words that mean the same here count as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import NamedTuple

_SAME = tuple(
    frozenset(group.split())
    for group in (
        "derivative differential gradient differentiate", "hadamard elementwise entrywise", "dot inner",
        "transpose transposed", "trace tr", "inverse inv invert", "determinant det", "log logarithm",
        "kronecker kron", "norm length", "frobenius colon", "sum summation add", "minus sign negative",
        "cyclic rotate rotated permutation", "implicit root", "chain composition composite",
        "distribute distributive expand", "entry component index", "quotient fraction division",
    )
)  # fmt: skip
_EMPTY = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "is",
        "it",
        "its",
        "of",
        "or",
        "the",
        "to",
        "in",
        "by",
        "for",
        "with",
        "rule",
        "rules",
    ]
)
SHORTEST = 4  # letters of a word that may be the beginning of another
WEIGHTS = (4, 4, 4, 2, 1)  # of the name, the title, other words, the reason, the law


class Entry(NamedTuple):
    """One entry of the book as a search sees it: its name, and its texts from the weightiest on."""

    name: str
    title: str
    texts: tuple[str, ...]


def found(query: str, entries: Iterable[Entry]) -> list[Entry]:
    """The entries that hold every word of a query, those that are most about it first."""
    words = [_meant(word) for word in _words(query) if word not in _EMPTY]
    scored = [(_score(words, entry), entry) for entry in entries]
    return [entry for score, entry in sorted(scored, key=lambda pair: -pair[0]) if score > 0]


def near(query: str, entries: Iterable[Entry], most: int = 3) -> list[str]:
    """Names, and words of titles, that are spelled nearly like a query."""
    known = {entry.name: None for entry in entries}
    known |= {word: None for entry in entries for text in entry.texts[:3] for word in _words(text)}
    return get_close_matches(query.lower(), [word for word in known if word not in _EMPTY], most)


def _words(text: str) -> Iterator[str]:
    return (found[0].lower() for found in re.finditer(r"[^\W\d_]+", text))


def _meant(word: str) -> frozenset[str]:
    return frozenset((word,)).union(*(group for group in _SAME if word in group))


def _score(words: list[frozenset[str]], entry: Entry) -> float:
    scores = [_of_word(word, entry) for word in words]
    return sum(scores) if scores and all(scores) else 0


def _of_word(meant: frozenset[str], entry: Entry) -> float:
    best = 0.0
    for weight, text in zip(WEIGHTS, entry.texts, strict=True):
        there = set(_words(text))
        whole = not there.isdisjoint(meant)
        begun = any(len(one) >= SHORTEST and word.startswith(one) for one in meant for word in there)
        best += weight if whole else weight / 2 if begun else 0
    return best
