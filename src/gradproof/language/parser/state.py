"""The state of the parser: the tokens, the place reached, and two stacks.

Finished operands lie on one stack; operators that wait for their right side, and open parentheses, on the
other. What is done with them is written as functions over this state: `reduction` applies what waits,
`operands` and `operators` read one token each, `statements` reads a whole text.
"""

from __future__ import annotations

from gradproof.errors import LimitError
from gradproof.language.syntax.precedence import OPEN, POWER
from gradproof.language.syntax.tokens import Token
from gradproof.language.syntax.tree import Node, Span

MAX_DEPTH = 100
BRACKETS = ("index", "literal")


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


class State:
    """The tokens of a text, the place reached, and the stacks of finished operands and waiting operators.

    loose: factors may stand side by side, as in derivations; changes: `d X` is a differential;
    spaced: a space before ( makes a factor (as `loose`, if not said).
    """

    __slots__ = (
        "at", "changes", "comparisons", "depth", "equations", "frames", "loose", "opened", "operands",
        "powered", "source", "spaced", "tokens", "waiting",
    )  # fmt: skip

    def __init__(
        self, source: str, tokens: list[Token], loose: bool = False, changes: bool = False,
        spaced: bool | None = None,
    ) -> None:  # fmt: skip
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
        self.spaced = loose if spaced is None else spaced
        self.changes = changes
        self.equations = False  # an = sign ends an expression

    # ---- the tokens

    @property
    def next(self) -> Token:
        """The token here, not yet taken."""
        return self.tokens[self.at]

    def ahead(self, places: int) -> Token:
        """The token some places ahead, or the last one."""
        return self.tokens[min(self.at + places, len(self.tokens) - 1)]

    def is_op(self, text: str, places: int = 0) -> bool:
        """Whether the token here, or some places ahead, is this sign."""
        token = self.ahead(places)
        return token.kind == "op" and token.text == text

    def take(self) -> Token:
        """The next token, taken."""
        self.at += 1
        return self.tokens[self.at - 1]

    def edit(self, start: int, end: int, text: str) -> str:
        """The text with a stretch of it replaced."""
        return self.source[:start] + text + self.source[end:]

    # ---- the stack of what waits

    def frame(self) -> Waiting | None:
        """The innermost open parenthesis."""
        return next((entry for entry in reversed(self.waiting) if entry.power == OPEN), None)

    def in_brackets(self) -> bool:
        """Whether the innermost open frame is a square bracket."""
        frame = self.frame()
        return frame is not None and frame.kind in BRACKETS

    def in_exponent(self) -> bool:
        """Whether an exponent is being read."""
        for entry in reversed(self.waiting):
            if entry.kind != "neg":
                return entry.power == POWER
        return False

    def enter(self, frame: Waiting) -> None:
        """Open a frame: what closes it is waited for."""
        self.waiting.append(frame)
        self.frames += 1
        self.deepen(frame.opener)

    def leave(self) -> Waiting:
        """Close the innermost frame."""
        self.frames -= 1
        self.depth -= 1
        return self.waiting.pop()

    def deepen(self, span: Span) -> None:
        """Count one level more; raises LimitError."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise LimitError(
                f"signs and parentheses are nested more than {MAX_DEPTH} deep, the limit",
                code="GP703",
                span=span,
                source=self.source,
            )
