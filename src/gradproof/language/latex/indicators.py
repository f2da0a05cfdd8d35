"""Comparisons as arrays of 0 and 1: `\\mathbf{1}[Z > 0]`, `\\mathbb{1}_{\\{Z > 0\\}}`, `[Z > 0]`."""

from __future__ import annotations

from gradproof.language.latex.base import Range
from gradproof.language.latex.lexer import Lexeme
from gradproof.language.latex.names import Names

COMPARED = {">": ">", "<": "<", "≥": ">=", "≤": "<=", "gt": ">", "lt": "<", "ge": ">=", "geq": ">=",
            "geqslant": ">=", "le": "<=", "leq": "<=", "leqslant": "<="}  # fmt: skip
_OPENS = {"(": ")", "[": "]", "\\{": "\\}"}
_ONES = frozenset(("1", "I"))


class Indicators(Names):
    """Reads what is 1 where a comparison holds, and 0 elsewhere."""

    comparing = False  # inside of one

    def indicator(self, of: Range, one: Lexeme) -> bool:
        """`[Z > 0]` here, or below a 1; False where no comparison stands there.

        of: what the font of the 1 is put on; empty for brackets alone
        """
        if of[0] < of[1] and self.texts(of) not in ([text] for text in _ONES):
            return False
        if self.here().text == "_" and self.more and of[0] < of[1]:
            first = self.at
            self.at += 1
            below = self.argument()
            if self.compares(below):
                self.comparison(below, one)
                return True
            self.at = first
            return False
        close = self.closing_of(self.at)
        if not close or not self.compares((self.at + 1, close)):
            return False
        self.at += 1
        inside = (self.at, close)
        self.at = close + 1
        self.comparison(inside, one)
        return True

    def comparison(self, of: Range, one: Lexeme) -> None:
        """The comparison in a range, in parentheses."""
        if self.lexemes[of[0]].text in _OPENS and self.closing_of(of[0]) == of[1] - 1:
            of = (of[0] + 1, of[1] - 1)
        self.sign("(", (one.start, one.end))
        kept, self.comparing = self.comparing, True
        self.group(of)
        self.comparing = kept
        end = self.span(self.at - 1)[1]
        self.sign(")", (end - 1, end))

    def closing_of(self, place: int) -> int:
        """The place of the sign that closes the one at a place, or 0."""
        opener = self.lexemes[place].text if place < self.limit else ""
        if opener not in _OPENS or self.lexemes[place].kind != "sign":
            return 0
        depth = 0
        for at in range(place, self.limit):
            text = self.lexemes[at].text
            depth += (text == opener) - (text == _OPENS[opener])
            if not depth:
                return at
        return 0

    def compares(self, of: Range) -> bool:
        """Whether one comparison stands in a range, in no bracket, or in one around all of it."""
        if of[0] < of[1] and self.lexemes[of[0]].text in _OPENS and self.closing_of(of[0]) == of[1] - 1:
            of = (of[0] + 1, of[1] - 1)
        depth = count = 0
        for one in self.lexemes[of[0] : of[1]]:
            depth += (one.text in ("(", "[", "{", "\\{")) - (one.text in (")", "]", "}", "\\}"))
            count += depth == 0 and one.kind in ("sign", "cmd") and one.text in COMPARED
        return count == 1
