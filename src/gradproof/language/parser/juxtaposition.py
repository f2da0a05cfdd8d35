"""Formulas as derivations are written: factors side by side, and `d X` for a differential."""

from __future__ import annotations

from gradproof.language.parser.base import Waiting
from gradproof.language.parser.brackets import Brackets
from gradproof.language.syntax.tokens import Token
from gradproof.language.syntax.tree import Node, Span

PRODUCT = 30  # how closely a product binds


class Loose(Brackets):
    """What a `loose` reader understands besides."""

    def change(self, span: Span) -> bool:
        """`d X`: the differential of the name that follows."""
        self.at += 1
        inner = Node("name", (), self.next_span(), self.next_span(), self.next.text)
        self.at += 1
        self.push(Node("call", (inner,), (span[0], inner.end), span, "d"))
        return False

    def scaled(self) -> bool:
        """`d log(2π)`, where d is a number: the word behind it is applied."""
        word, behind = self.tokens[self.at + 1], self.tokens[min(self.at + 2, len(self.tokens) - 1)]
        return len(word.text) > 1 and behind.text == "(" and behind.start == word.end

    def side_by_side(self, token: Token) -> bool:
        """Two factors with nothing between, where that is allowed: a product."""
        self.powered = False
        self.reduce(PRODUCT)
        self.waiting.append(Waiting("mul", PRODUCT, (token.start, token.start)))
        return True
