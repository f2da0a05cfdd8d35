"""What the parts of the grammar ask of the place that was reached among the lexemes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gradproof.language.document.lexer import Lexeme
from gradproof.language.document.tree import Term, Unread
from gradproof.language.syntax.tree import Span


class Cursor(Protocol):
    """A place among lexemes; every method that reads leaves `at` behind what it read."""

    all: list[Lexeme]
    at: int

    def here(self, ahead: int = 0) -> Lexeme:
        """The lexeme here, or some places ahead."""

    def take(self) -> Lexeme:
        """The lexeme here, which is passed."""

    def sees(self, *texts: str) -> bool:
        """Whether one of some signs stands here."""

    def fault(self, message: str) -> Unread:
        """What cannot be read here."""

    def span(self, begin: int) -> Span:
        """The place from a lexeme up to here."""

    def group(self, digit: bool = False) -> list[Lexeme]:
        """The lexemes of the next argument."""

    def inner(self, given: Sequence[Lexeme]) -> Term:
        """The term that some lexemes are, by themselves."""

    def sub(self, given: Sequence[Lexeme], differentials: bool = True) -> Cursor:
        """A place at the beginning of some other lexemes."""

    def whole(self) -> Term:
        """The term that all lexemes are."""

    def relation(self) -> Term:
        """An expression, or a comparison."""

    def pairing(self) -> Term:
        """Products with “:” between them."""

    def factor(self) -> Term:
        """One operand with what stands behind it."""

    def operand(self) -> Term:
        """One operand."""

    def behind(self, base: Term, begin: int) -> Term:
        """Scripts, primes and places behind an operand."""

    def arguments(self) -> tuple[list[Term], str]:
        """The arguments in a pair of brackets."""

    def starts(self) -> bool:
        """Whether an operand begins here."""

    def after_operand(self) -> bool:
        """Whether something stands behind the sign here."""
