"""Tokens to a syntax tree: operator precedence on explicit stacks, so that depth is a number that
can be limited and not an overflow.

Precedence, loosest first: `< > <= >=`; `+ -`; `:`; `* @ / .* ./ ⊗` from left to right; unary `-`;
`^ .^`; postfix `'`. Finished operands and waiting operators lie on two stacks; an open parenthesis is
a frame on the second (`reader`).
"""

from __future__ import annotations

from gradproof.errors import LimitError
from gradproof.language.parser.base import BRACKETS, OPEN, POWER, SIGN, SUM, Waiting
from gradproof.language.parser.juxtaposition import Loose
from gradproof.language.syntax.command_names import APPLIED
from gradproof.language.syntax.desugar import COMPARISONS, NORMS, norm
from gradproof.language.syntax.tokens import Token, number
from gradproof.language.syntax.tree import Node, Span

MAX_DEPTH = 100

SIGNS = {"-": "neg", "+": "plus", "√": "root"}
OPENERS = {"(": "group", "‖": "norm", "[": "literal"}
BINARY = {
    "+": ("add", 10), "-": ("sub", 10), ":": ("frob", 20), "*": ("mul", 30), ".*": ("had", 30),
    ">": (">", 5), "<": ("<", 5), ">=": (">=", 5), "<=": ("<=", 5),
    "/": ("div", 30), "./": ("hdiv", 30), "⊗": ("kron", 30), "^": ("pow", 50), ".^": ("hpow", 50),
}  # fmt: skip


class Parser(Loose):
    """Expressions out of tokens; `statements` reads whole texts."""

    def next_span(self) -> Span:
        """The place of the next token."""
        return (self.next.start, self.next.end)

    def expression(self) -> Node:
        """An expression, up to a token that cannot continue it."""
        wants = True
        while True:
            if self.opened:  # an index behind an operand: its parts come next
                wants, self.opened = True, False
            if wants:
                wants = self.operand()
                continue
            if not self.frames and self.ends():
                self.reduce(OPEN + 1)
                return self.operands.pop()
            wants = self.operator()

    def ends(self) -> bool:
        """Whether the token here ends an expression that is not inside brackets."""
        if self.equations and self.is_op("="):
            return True
        return self.next.kind in ("end", "newline") or self.is_op(";")

    # ---- where an operand is expected

    def operand(self) -> bool:
        """Read one token of an operand; True while more is wanted."""
        if self.next.kind == "newline":
            self.at += 1
            return True
        token = self.next
        span = (token.start, token.end)
        if (
            self.changes
            and token.text == "d"
            and self.tokens[self.at + 1].kind == "name"
            and not self.scaled()
        ):
            return self.change(span)
        if token.kind == "name" and self.function(token):
            return self.begins_empty()
        if token.kind in ("num", "name", "str"):
            return self.leaf(token, span)
        if self.everything():
            return False
        if token.kind == "sum" and not self.in_exponent():
            return self.over(token, span)
        if token.kind != "op" or token.text not in (*OPENERS, *SIGNS):
            raise self.misplaced(token)
        if token.text in OPENERS:
            self.enter(Waiting(OPENERS[token.text], OPEN, span))
        else:
            if self.in_exponent() and token.text == "+":
                raise self.misplaced(token)
            self.waiting.append(Waiting(SIGNS[token.text], SIGN, span))
            self.deeper(span)
        self.at += 1
        return True

    def over(self, token: Token, span: Span) -> bool:
        """A sum over indices, before the product that it sums."""
        frame = Waiting("sum", SUM, span)
        frame.text = token.text
        self.waiting.append(frame)
        self.deeper(span)
        self.at += 1
        return True

    def leaf(self, token: Token, span: Span) -> bool:
        """A name, a number or a call."""
        if token.kind == "str":
            self.check_letters(span)
        value = number(token, self.source) if token.kind == "num" else None
        last = token.text == "end" and any(w.kind == "index" for w in self.waiting)
        self.at += 1
        self.push(Node("end" if last else token.kind, (), span, span, token.text, value))
        return False

    def check_letters(self, span: Span) -> None:
        """A text in quotes is the first argument of einsum, and alone."""
        frame = self.waiting[-1] if self.waiting else None
        if frame is not None and frame.text == "norm" and len(frame.args) == 1 and self.is_op(")", 1):
            return
        if frame is None or frame.text != "einsum" or frame.args:
            raise self.fail("a text in quotes stands only first in einsum(…)", "GP104", span,
                            (self.edit(*span, ""),))  # fmt: skip
        if not self.is_op(",", 1) and not self.is_op(")", 1):
            raise self.fail("a comma is missing behind the letters", "GP104", span,
                            (self.edit(span[1], span[1], ","),))  # fmt: skip

    def enter(self, frame: Waiting) -> None:
        """Open a frame: what closes it is waited for."""
        self.waiting.append(frame)
        self.frames += 1
        self.deeper(frame.opener)

    def deeper(self, span: Span) -> None:
        """Count one level more; raises LimitError."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise LimitError(
                f"signs and parentheses are nested more than {MAX_DEPTH} deep, the limit",
                code="GP703",
                span=span,
                source=self.source,
            )

    def function(self, name: Token) -> bool:
        """Open a call where one begins: `f(`, `f'(` with nothing between, `f.(` or `f'.(`."""
        primes, end = 0, name.end
        while self.is_op("'", 1 + primes) and self.tokens[self.at + 1 + primes].start == end:
            primes += 1
            end += 1
        after = self.tokens[min(self.at + 1 + primes, len(self.tokens) - 1)]
        dotted = after.kind == "op" and after.text == ".("
        plain = after.kind == "op" and after.text == "("
        if self.spaced and plain and (after.start != end or "ᵀ" in self.source[name.end : end]):
            return False  # a factor and a sum
        if not (dotted or plain) or (plain and (primes > 1 or (primes and after.start != end))):
            return False
        if self.loose and primes and len(name.text) == 1 and name.text not in APPLIED:
            return False  # x'(A + B) is a product
        kind = "map" if dotted else "slope" if primes else "call"
        frame = Waiting(kind, OPEN, (name.start, name.end), (after.start, after.end))
        frame.text, frame.primes = name.text, primes
        self.at += 2 + primes
        self.enter(frame)
        return True

    def begins_empty(self) -> bool:
        """Just inside a call: close it at once if it has no arguments."""
        if not self.is_op(")"):
            return True
        self.call(self.leave(), self.take().end)
        return False

    def leave(self) -> Waiting:
        """Close the innermost frame."""
        self.frames -= 1
        self.depth -= 1
        return self.waiting.pop()

    def take(self) -> Token:
        """The next token, taken."""
        self.at += 1
        return self.tokens[self.at - 1]

    def call(self, frame: Waiting, end: int) -> None:
        """A call, from its arguments."""
        node = Node(frame.kind, tuple(frame.args), (frame.start, end), frame.at, frame.text)
        node.primes = frame.primes
        self.push(norm(node))

    def in_exponent(self) -> bool:
        """Whether an exponent is being read."""
        for entry in reversed(self.waiting):
            if entry.kind != "neg":
                return entry.power == POWER
        return False

    def push(self, node: Node) -> None:
        """An operand is complete: read what is written behind it, and close a power."""
        signs = 0
        while self.is_op("'") or self.indexes(node):
            if self.is_op("["):
                self.open_index(node)
                return
            node = self.transposed(node)
            signs += 1
            if signs > MAX_DEPTH:
                raise LimitError(
                    f"more than {MAX_DEPTH} transpose signs in a row, the limit",
                    code="GP703",
                    span=node.at,
                    source=self.source,
                )
        self.operands.append(node)
        self.powered = self.in_exponent()
        while self.in_exponent():
            self.apply()

    def transposed(self, node: Node) -> Node:
        """An operand with the transpose signs behind it."""
        span = self.next_span()
        if node.kind == "num" and not node.closed and not self.loose:
            start = self.operands[-1].start if self.in_exponent() else node.start
            inside = self.source[start : node.end]
            raise self.fail(
                "a number is transposed: write the parentheses",
                "GP108",
                (node.start, span[1]),
                fixes=(self.edit(start, span[1], f"({inside})'"), self.edit(*span, "")),
            )
        self.at += 1
        return Node("T", (node,), (node.start, span[1]), span)

    # ---- where an operator is expected

    def operator(self) -> bool:
        """Read one token behind an operand; True if an operand must follow."""
        token = self.next
        if token.kind == "newline":
            return self.line_in_parentheses()
        if token.kind == "op":
            if self.frame_is(BRACKETS) and token.text in (":", ";", "]", ","):
                return self.in_brackets(token)
            if token.text in BINARY:
                return self.binary(token)
            if token.text == ")" or (token.text == "‖" and any(w.kind == "norm" for w in self.waiting)):
                self.finish(token)
                return False
            if token.text == ",":
                return self.comma(token)
        if self.loose and (token.kind in ("name", "num", "sum") or token.text in ("(", "√", "‖", "[")):
            return self.side_by_side(token)
        raise self.unexpected(token)

    def line_in_parentheses(self) -> bool:
        """Whether a line ends inside parentheses, where that means nothing."""
        line = self.next
        while self.next.kind == "newline":
            self.at += 1
        if self.next.kind in ("name", "num"):
            raise self.unclosed(line.start)
        return False

    def binary(self, token: Token) -> bool:
        """Take an operator between two operands."""
        kind, power = BINARY[token.text]
        span = (token.start, token.end)
        if power == POWER:
            if self.powered:
                start, middle = self.operands[-1].start, self.operands[-1].args[-1].start
                raise self.fail(
                    f"a{token.text}b{token.text}c can be read in two ways: write parentheses",
                    "GP107",
                    span,
                    fixes=(self.edit(start, token.start, f"({self.source[start : token.start]})"),),
                    facts=(((middle, token.start), "does this belong to the left or to the right?"),),
                )
            if kind == "pow" and self.raised_to_T():
                return False
        else:
            self.powered = False
            self.reduce(power)
        self.at += 1
        self.waiting.append(Waiting(kind, power, span))
        return True

    def raised_to_T(self) -> bool:
        """`X^T` is a transpose and `X^-T` that of the inverse."""
        minus = self.is_op("-", 1)
        letter = self.tokens[min(self.at + 1 + minus, len(self.tokens) - 1)]
        applied = self.is_op("(", 2 + minus) and self.source[letter.end - 1] != "ᵀ" and not self.loose
        if letter.kind != "name" or letter.text != "T" or applied:
            return False
        if self.is_op("'", 2 + minus):
            raise self.fail("^T' can be read in two ways: write parentheses", "GP107",
                            (self.next.start, letter.end + 1))  # fmt: skip
        base, at = self.operands.pop(), self.next_span()
        if minus:
            span = (letter.start, letter.end)
            one = Node("num", (), span, span, "1", number(Token("num", "1", *span), self.source))
            base = Node("pow", (base, Node("neg", (one,), span, span)), (base.start, letter.end), at)
        self.operands.append(Node("T", (base,), (base.start, letter.end), at, "^-T" if minus else "^T"))
        self.at += 2 + minus
        self.powered = True
        return True

    def comma(self, token: Token) -> bool:
        """Take a comma inside a call or a bracket."""
        self.reduce(OPEN + 1)
        if not self.waiting or self.waiting[-1].kind in ("group", "norm"):
            raise self.fail(
                '"," stands only between the arguments of a function',
                "GP104",
                (token.start, token.end),
                fixes=(self.edit(token.start, token.end, ""), self.edit(token.start, token.end, "*")),
            )
        self.waiting[-1].args.append(self.operands.pop())
        self.at += 1
        self.powered = False
        return True

    def finish(self, token: Token) -> None:
        """A closing sign: make what it closes an operand."""
        span = (token.start, token.end)
        self.reduce(OPEN + 1)
        if not self.waiting or (self.waiting[-1].kind == "norm") != (token.text == "‖"):
            raise self.fail(f'"{token.text}" closes nothing', "GP103", span, (self.edit(*span, ""),))
        if self.waiting[-1].kind in BRACKETS:
            raise self.unclosed(token.start)
        frame, inner = self.leave(), self.operands.pop()
        self.at += 1
        if frame.kind == "group":
            inner.start, inner.end = frame.start, token.end
            inner.closed = True
            self.push(inner)
            return
        if frame.kind == "norm":
            which = self.source[token.start : token.end].lstrip("‖|_")
            frame.kind, frame.text = "call", NORMS[which]
        frame.args.append(inner)
        self.call(frame, token.end)

    # ---- applying what waits

    def reduce(self, power: int) -> None:
        """Apply every waiting operator that binds at least so closely."""
        while self.waiting and self.waiting[-1].power >= power:
            self.apply()

    def apply(self) -> None:
        """Apply the innermost waiting operator."""
        top = self.waiting.pop()
        right = self.operands.pop()
        if top.power == SIGN:
            self.depth -= 1
            if top.kind == "neg":
                right = Node("neg", (right,), (top.start, right.end), top.at)
            elif top.kind == "root":
                right = Node("call", (right,), (top.start, right.end), top.at, "sqrt")
            self.operands.append(right)
            return
        if top.power == SUM:
            self.depth -= 1
            self.operands.append(Node("sum", (right,), (top.start, right.end), top.at, top.text))
            return
        left = self.operands.pop()
        if top.power == POWER:
            self.check_exponent(right)
        if top.kind in COMPARISONS:
            self.operands.append(self.compared(top, left, right))
            return
        self.operands.append(Node(top.kind, (left, right), (left.start, right.end), top.at))
