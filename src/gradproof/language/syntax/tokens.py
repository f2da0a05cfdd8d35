"""Text to tokens, with the place of each. What the tokens mean together is the grammar's business."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple
from unicodedata import normalize

from gradproof.errors import GradproofError, LimitError, NameProblem, ParseError, UnsupportedError
from gradproof.patterns import Pattern

MAX_CHARACTERS = 20_000
MAX_TOKENS = 20_000
MAX_NAME = 32
MAX_NUMBER = 10**12
MAX_DIGITS = 64


class Token(NamedTuple):
    """kind: "num", "name", "str", "op", "newline" or "end"; text: its canonical spelling."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def span(self) -> tuple[int, int]:
        """Its place in the text."""
        return (self.start, self.end)


_TOKEN = Pattern(
    r"""(?P<num>(?:[0-9]+(?:\.[0-9]+)?|(?<![\w)'\]])\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"""
    r"""|(?P<partial>∂\w+/∂\w+)"""
    r"""|(?P<name>[^\W\dᵀ⁰¹²³⁴-⁹¼-¾⅐-⅞][^\Wᵀ⁰¹²³⁴-⁹¼-¾⅐-⅞]*)"""  # superscripts count as letters for Python
    r"""|(?P<fraction>[¼-¾⅐-⅞])"""
    r"""|(?P<str>"[^"\n]*")"""
    r"""|(?P<power>⁻?[⁰¹²³⁴-⁹]+|⁻ᵀ)"""
    r"""|(?P<op>\.T\b|\.\*|\./|\.\^|\.\(|\^⊙|<=|>=|[-+<>≤≥:*@/^'(),;=\[\]⊙∘⊗ᵀ·′’−√⊘⟨⟩]|(?:‖|\|\|)(?:_(?:F|fro|[12])\b|_\*|[₁₂])?)"""
    r"""|(?P<space>[ \t\r\f\v\u00a0]+|\#[^\n]*)"""
    r"""|(?P<newline>\n)"""
)
_SAME = {
    "⊙": ".*",
    "∘": ".*",
    "·": "*",
    "@": "*",
    "ᵀ": "'",
    ".T": "'",
    "≤": "<=",
    "≥": ">=",
    "′": "'",
    "’": "'",
    "−": "-",
    "^⊙": ".^",
    "⊘": "./",
}
_SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_HELP = {
    "\\": "LaTeX is not supported yet",
}


def tokenize(source: str, partials: bool = False) -> list[Token]:
    """The tokens of a text, closed by one of kind "end"; raises ParseError or LimitError.

    partials: `∂f/∂X` is the name of an array.
    """
    if len(source) > MAX_CHARACTERS:
        raise LimitError(
            f"the text has {len(source)} characters; the limit is {MAX_CHARACTERS}", code="GP701"
        )
    out: list[Token] = []
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None or (match.lastgroup == "partial" and not partials):
            raise _unreadable(source, position)
        start, position = match.span()
        if match.lastgroup == "partial":
            out.append(Token("name", match.group(), start, position))
        elif match.lastgroup == "fraction":
            out += _fraction(match.group(), start, position)
        elif match.lastgroup == "power":
            out += _raised(match.group(), start, position)
        elif match.lastgroup != "space":
            out.append(_token(match.lastgroup or "", match.group(), start, position, source))
            if len(out) > MAX_TOKENS:
                raise LimitError(f"the text has more than {MAX_TOKENS} tokens, the limit", code="GP702")
    out.append(Token("end", "", len(source), len(source)))
    return out


def _token(kind: str, text: str, start: int, end: int, source: str) -> Token:
    if kind == "name":
        if len(text) > MAX_NAME:
            raise LimitError(
                f"a name has {len(text)} letters; the limit is {MAX_NAME}",
                code="GP704",
                span=(start, end),
                source=source,
            )
        return Token(kind, text, start, end)
    if kind == "str":
        return Token(kind, text[1:-1], start, end)
    if text[0] in "‖|":
        return Token(kind, "‖", start, end)
    return Token(kind, _SAME.get(text, text), start, end)


def _raised(text: str, start: int, end: int) -> list[Token]:
    """A superscript as the power that it is: X⁻¹ is X^-1, X⁻ᵀ is X^-T."""
    out = [Token("op", "^", start, end)]
    if text[0] == "⁻":
        out.append(Token("op", "-", start, end))
        text = text[1:]
    if text == "ᵀ":
        return [*out, Token("name", "T", start, end)]
    return [*out, Token("num", "".join(str(_SUPERSCRIPT.index(digit)) for digit in text), start, end)]


def _fraction(text: str, start: int, end: int) -> list[Token]:
    """½ is (1/2)."""
    above, _, below = normalize("NFKD", text).partition("⁄")
    parts = (("op", "("), ("num", above), ("op", "/"), ("num", below), ("op", ")"))
    return [Token(kind, said, start, end) for kind, said in parts]


def _unreadable(source: str, position: int) -> GradproofError:
    here = source[position]
    span = (position, position + 1)
    if here in _HELP:
        return UnsupportedError(_HELP[here], code="GP501", span=span, source=source)
    if here == "|" and "|" in source[position + 1 :]:
        return _bars(source, position, source.index("|", position + 1))
    fixes: tuple[str, ...] = ()
    if here == "." and source[position + 1 : position + 2].isdigit():
        fixes = (source[:position] + "0" + source[position:],)
    return ParseError(f'"{here}" cannot be read here', code="GP106", span=span, source=source, fixes=fixes)


def _bars(source: str, start: int, end: int) -> NameProblem:
    """|X| is asked about: it is a determinant, absolute values or a norm."""
    inside, before, after = source[start + 1 : end], source[:start], source[end + 1 :]
    return NameProblem(
        f"{source[start : end + 1]} can mean three things: a determinant, abs entry by entry, or a norm",
        code="GP310",
        span=(start, end + 1),
        source=source,
        fixes=tuple(f"{before}{word}({inside}){after}" for word in ("det", "abs", "norm2")),
    )


def number(token: Token, source: str) -> Fraction:
    """The value of a number token; raises LimitError before it makes a huge one."""
    text, span = token.text.lower(), (token.start, token.end)
    digits, _, exponent = text.partition("e")
    if len(digits) > MAX_DIGITS or abs(int(exponent or "0")) > MAX_DIGITS:
        raise LimitError(
            f"a number is written with more than {MAX_DIGITS} digits, the limit",
            code="GP709",
            span=span,
            source=source,
        )
    value = Fraction(text)
    if value > MAX_NUMBER:
        raise LimitError("a number is above 10^12, the limit", code="GP709", span=span, source=source)
    return value
