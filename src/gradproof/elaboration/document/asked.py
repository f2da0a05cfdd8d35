"""What the readers of terms ask about names, and of each other."""

from __future__ import annotations

from typing import Protocol

from gradproof.elaboration.document.sizes import Size, Sizes
from gradproof.elaboration.document.symbols import Definition, Symbol
from gradproof.elaboration.document.values import Arrays, Value
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.language.document.tree import Term


class Book(Protocol):
    """What the reader of terms asks about names."""

    sizes: Sizes

    def symbol(self, text: str, place: int) -> Symbol:
        """The symbol that a name is at a place of the text."""

    def header(self, text: str, place: int) -> Definition | None:
        """The function that a name is there, where a header defines it."""

    def stack(self, text: str) -> tuple[str, bool] | None:
        """The matrix whose rows (True: columns) a name with an index is."""

    def kind(self, function: str) -> str:
        """Whether an unknown function is a number or taken entry by entry: "number" or "map"."""

    def props(self, symbol: Symbol) -> tuple[str, ...]:
        """What is declared about a symbol."""

    def dim(self, size: Size) -> Dim:
        """A size as expressions have it."""

    def partial(self, of: Expr, by: Expr) -> Expr:
        """All derivatives of an expression by a name."""

    def is_size(self, text: str) -> bool:
        """Whether a name is a size."""

    def noted(self, symbol: Symbol) -> None:
        """A symbol is used in the row that is read."""

    def columns(self, function: str) -> bool:
        """Whether a function is taken of columns where it would be of rows."""


class Reader(Protocol):
    """A reader of the terms of one row, as the words of the language see it."""

    book: Book
    arrays: Arrays

    def value(self, term: Term) -> Value:
        """What a term is."""

    def unary(self, word: str, value: Value, axes: tuple[Size, ...]) -> Value:
        """A word of the language applied to an array without indices."""

    def no(self, term: Term) -> Value:
        """Raises Unread: a part has no meaning."""
