"""Square brackets: `X[i,2:k,:]` behind an operand, and `[a, b; c, d]` where an operand begins."""

from __future__ import annotations

from abc import abstractmethod

from gradproof.language.parser.base import OPEN, Reader, Waiting
from gradproof.language.syntax.tokens import Token
from gradproof.language.syntax.tree import Node, Span

PLACE, RANGE, ALL = 0, 1, 2  # what the part of an index that is being read turns out to be


class Brackets(Reader):
    """The parser's part for square brackets; parentheses are in `grammar`."""

    @abstractmethod
    def enter(self, frame: Waiting) -> None:
        """Open a frame."""

    @abstractmethod
    def leave(self) -> Waiting:
        """Close the innermost frame."""

    @abstractmethod
    def reduce(self, power: int) -> None:
        """Apply what waits."""

    @abstractmethod
    def push(self, node: Node) -> None:
        """An operand is complete."""

    def frame_is(self, kinds: tuple[str, ...]) -> bool:
        """Whether the innermost open frame is one of these."""
        frame = next((w for w in reversed(self.waiting) if w.power == OPEN), None)
        return frame is not None and frame.kind in kinds

    def indexes(self, node: Node) -> bool:
        """Whether `[` follows an operand with nothing between."""
        return self.is_op("[") and self.tokens[self.at].start == self.tokens[self.at - 1].end

    def open_index(self, node: Node) -> None:
        """X[ : what is indexed is the first argument."""
        token = self.next
        frame = Waiting("index", OPEN, (token.start, token.end))
        frame.start, frame.args = node.start, [node]
        self.at += 1
        self.opened = True
        self.enter(frame)

    def everything(self) -> bool:
        """A lone `:` as a part of an index."""
        frame = self.waiting[-1] if self.waiting else None
        if frame is None or frame.kind != "index" or not self.is_op(":") or frame.primes:
            return False
        if not (self.is_op(",", 1) or self.is_op("]", 1)):
            return False
        frame.primes = ALL
        self.at += 1
        return True

    def in_brackets(self, token: Token) -> bool:
        """A sign behind a part: `:`, `,`, `;` or `]`; True if an operand must follow."""
        self.reduce(OPEN + 1)
        frame = self.waiting[-1]
        if frame.kind == "literal":
            return self._in_literal(frame, token)
        if token.text == ";" or (token.text == ":" and frame.primes):
            raise self.fail(f'"{token.text}" cannot stand in an index', "GP104", (token.start, token.end))
        self.at += 1
        if frame.primes != ALL:
            frame.args.append(self.operands.pop())
        if token.text == ":":
            frame.primes = RANGE
            return True
        frame.text += "ar:"[frame.primes]
        frame.primes = PLACE
        if token.text == ",":
            return True
        self.leave()
        node = Node("index", tuple(frame.args), (frame.start, token.end), frame.at, frame.text)
        self.push(node)
        return False

    def _in_literal(self, frame: Waiting, token: Token) -> bool:
        if token.text == ":":
            raise self.fail("A:B stands in parentheses here", "GP104", (token.start, token.end))
        frame.args.append(self.operands.pop())
        self.at += 1
        if token.text == ",":
            return True
        frame.rows.append(tuple(frame.args))
        frame.args = []
        if token.text == ";":
            return True
        self.leave()
        span = (frame.start, token.end)
        rows = [_stack("hcat", row, span, frame.at) for row in frame.rows]
        whole = _stack("vcat", tuple(rows), span, frame.at)
        whole.start, whole.end, whole.closed = *span, True
        self.push(whole)
        return False


def _stack(word: str, parts: tuple[Node, ...], span: Span, at: Span) -> Node:
    return parts[0] if len(parts) == 1 else Node("call", parts, span, at, word)
