"""A document with its names resolved: chains of sides, what is declared, what is defined."""

from __future__ import annotations

from typing import NamedTuple

from gradproof.elaboration.document.names import Names
from gradproof.elaboration.document.symbols import Declared, Definition
from gradproof.language.document.tree import Term, Unread
from gradproof.language.syntax.tree import Span


class Side(NamedTuple):
    """One side of a chain: its term, or why there is none; sign: what stands before it; line: the row of the
    document that it belongs to."""

    term: Term | None
    problem: Unread | None
    sign: str
    span: Span
    line: int


class Chain(NamedTuple):
    """Sides that are equal, one after another.

    place   its number among the chains; words: the prose before it; inline: it stands in a sentence
    """

    sides: tuple[Side, ...]
    place: int
    section: int
    words: str
    inline: bool

    @property
    def head(self) -> Term | None:
        """The first side."""
        return self.sides[0].term


class Sheet(NamedTuple):
    """A document with its names resolved: chains, what is declared, what is defined."""

    chains: tuple[Chain, ...]
    names: Names
    declared: dict[str, Declared]
    definitions: dict[str, list[Definition]]
    facts: tuple[tuple[str, str], ...]  # (name, "sums" or "rows")
    told: str
    size_names: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
