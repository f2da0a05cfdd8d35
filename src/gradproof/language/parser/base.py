"""What the parser holds while it reads, and what it says when it cannot go on.

The `fixes` of the errors are candidates: `operators.elaborate.read` tries them before it offers one.
"""

from __future__ import annotations

from gradproof.errors import LimitError, ParseError
from gradproof.language.syntax.desugar import comparison
from gradproof.language.syntax.tokens import Token
from gradproof.language.syntax.tree import Node, Span

OPEN, SUM, SIGN, POWER = 0, 15, 40, 50
MAX_EXPONENT = 64
BRACKETS = ("index", "literal")
CLOSING = {"norm": "‖", "index": "]", "literal": "]"}


class Waiting:
    """An operator waiting for its right side, or an open parenthesis (power OPEN).

    at: the place of the operator or function name; start: where the whole begins; opener: the place
    of the parenthesis; text, primes: the function; args: its arguments so far; rows: those of a matrix
    in brackets that are complete.
    """

    __slots__ = ("args", "at", "kind", "opener", "power", "primes", "rows", "start", "text")

    def __init__(self, kind: str, power: int, at: Span, opener: Span | None = None) -> None:
        self.kind = kind
        self.power = power
        self.at = at
        self.start = at[0]
        self.opener = opener or at
        self.text = ""
        self.primes = 0
        self.args: list[Node] = []
        self.rows: list[tuple[Node, ...]] = []


class Reader:
    """The tokens of a text, the place reached, and two stacks: finished operands, waiting operators.


    loose: factors may stand side by side, as in derivations.
    """

    def __init__(self, source: str, tokens: list[Token], loose: bool = False) -> None:
        self.source = source
        self.tokens = tokens
        self.at = 0
        self.operands: list[Node] = []
        self.waiting: list[Waiting] = []
        self.depth = 0  # frames and signs that wait
        self.frames = 0
        self.opened = False  # an index has just been opened
        self.comparisons: set[Node] = set()  # what was written with < or >
        self.powered = False  # the last thing read was a power
        self.loose = loose
        self.spaced = loose  # a space before ( makes a factor
        self.changes = False  # `d X` is a differential
        self.equations = False  # an = sign ends an expression

    @property
    def next(self) -> Token:
        """The token here, not yet taken."""
        return self.tokens[self.at]

    def next_span(self) -> Span:
        """Its place."""
        return (self.next.start, self.next.end)

    def in_exponent(self) -> bool:
        """Whether an exponent is being read."""
        for entry in reversed(self.waiting):
            if entry.kind != "neg":
                return entry.power == POWER
        return False

    def is_op(self, text: str, ahead: int = 0) -> bool:
        """Whether the token here, or some places ahead, is this sign."""
        token = self.tokens[min(self.at + ahead, len(self.tokens) - 1)]
        return token.kind == "op" and token.text == text

    def fail(
        self,
        message: str,
        code: str,
        span: Span,
        fixes: tuple[str, ...] = (),
        facts: tuple[tuple[Span | None, str], ...] = (),
    ) -> ParseError:
        """A ParseError at a place of the text."""
        return ParseError(message, code=code, span=span, source=self.source, fixes=fixes, facts=facts)

    def edit(self, start: int, end: int, text: str) -> str:
        """The text with a stretch of it replaced."""
        return self.source[:start] + text + self.source[end:]

    def unclosed(self, at: int) -> ParseError:
        """The innermost open parenthesis is not closed where it must be."""
        frame = self.waiting[-1] if self.waiting and self.waiting[-1].power == OPEN else None
        frame = frame or next(w for w in reversed(self.waiting) if w.power == OPEN)
        sign = "‖" if frame.kind == "norm" else "[" if frame.kind in BRACKETS else "("
        closing = "".join(CLOSING.get(w.kind, ")") for w in reversed(self.waiting) if w.power == OPEN)
        if frame.kind == "norm" and self.source[frame.start] == "|":
            sign, closing = "||", closing.replace("‖", "||")
        return self.fail(
            f'"{sign}" is never closed',
            "GP101",
            frame.opener,
            (self.edit(at, at, closing),),
            (((at, at + 1), f'expected "{closing[: len(sign)]}" here'),),
        )

    def misplaced(self, token: Token) -> ParseError:
        """Something stands where an operand must begin."""
        span = (token.start, token.end)
        before = self.tokens[self.at - 1] if self.at else None
        ends = token.kind == "end" or token.text == ";"
        if before is None:
            what = "there is no expression" if ends else f'an expression cannot begin with "{token.text}"'
            return self.fail(what, "GP104", span, (self.edit(*span, ""),))
        said = before.text if before.kind == "op" else "="
        what = (
            f'something is missing after "{said}"'
            if ends or token.text == ")"
            else (f'"{token.text}" cannot follow "{said}"')
        )
        fixes = [self.edit(before.start, before.end, ""), self.edit(*span, "")]
        if token.text == "*" and said == "*" and token.start == before.end:
            fixes.insert(0, self.edit(before.start, token.end, "^"))
        if ends and self.frames:
            fixes.append(self.unclosed(before.start).fixes[0])
        return self.fail(what, "GP104", span if not ends else (before.start, before.end), tuple(fixes))

    def unexpected(self, token: Token) -> ParseError:
        """Something stands behind an operand that is neither an operator nor an end."""
        span = (token.start, token.end)
        if self.frames and (token.kind == "end" or token.text in (";", "=")):
            return self.unclosed(token.start)
        if token.text == "=" and token.kind == "op":
            return self.fail('only a new name may stand left of "="', "GP105", span)
        if token.kind in ("name", "num") or token.text in ("(", "‖"):
            before = self.tokens[self.at - 1]
            return self.fail(
                "two factors stand side by side: write * between them",
                "GP102",
                (before.start, token.end),
                (self.edit(before.end, token.start, "*"), self.edit(*span, "")),
            )
        return self.fail(f'"{token.text}" cannot stand here', "GP104", span, (self.edit(*span, ""),))

    def compared(self, top: Waiting, left: Node, right: Node) -> Node:
        """x > y; what is compared twice in a row is asked about."""
        if left in self.comparisons and not left.closed:
            raise self.fail(
                "a < b < c compares a number with 0 or 1: write (a < b).*(b < c)", "GP107", top.at
            )
        node = comparison(top.kind, left, right, top.at)
        self.comparisons.add(node)
        return node

    def check_exponent(self, node: Node) -> None:
        """Raises LimitError for an exponent that is too large."""
        inner = node.args[0] if node.kind == "neg" else node
        if inner.value is not None and inner.value > MAX_EXPONENT:
            raise LimitError(
                f"an exponent is above {MAX_EXPONENT}, the limit",
                code="GP706",
                span=node.span,
                source=self.source,
            )
