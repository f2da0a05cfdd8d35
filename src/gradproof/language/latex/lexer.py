"""LaTeX as lexemes with their places: commands, letters, digits, signs; what only lays out is dropped.

`\\left`, `\\right` and their like become a part of the delimiter behind them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from gradproof.errors import GradproofError, LimitError, ParseError
from gradproof.language.syntax.tokens import MAX_CHARACTERS
from gradproof.language.syntax.tree import Span
from gradproof.patterns import Pattern


class Lexeme(NamedTuple):
    """kind: "cmd", "letter", "digit" or "sign"; text: the command's name, or the character."""

    kind: str
    text: str
    start: int
    end: int


LAYOUT = frozenset(
    (
        ",", ";", ":", "!", " ", ">", "quad", "qquad", "displaystyle", "textstyle", "limits", "nolimits",
        "nonumber", "notag", "hspace", "thinspace", "medspace", "thickspace", "enspace", "allowbreak",
        "rm", "bf", "it", "sf", "(", ")", "[", "]", "phantom", "strut", "/",
    )
)  # fmt: skip
BEFORE = frozenset(("left", "bigl", "Bigl", "biggl", "Biggl"))
BEHIND = frozenset(("right", "bigr", "Bigr", "biggr", "Biggr"))
SIZED = frozenset(("big", "Big", "bigg", "Bigg", "middle"))
WITH_TEXT = frozenset(("begin", "end", "label", "tag"))  # their argument is no formula
_BARS = {"|": "vert", "||": "Vert", "Vert": "Vert", "vert": "vert", "mid": "vert"}
_LEXEME = Pattern(
    r"\\(?P<cmd>operatorname\*|[A-Za-z]+|\\(?:\[[^\]\n]*\])?|.)"
    r"|(?P<space>(?:\s|(?<!\\)%[^\n]*|\$|&|~|\#[^\n]*)+)|(?P<bars>\|\|)"
    r"|(?P<letter>[^\W\d_])|(?P<digit>[0-9])|(?P<sign>\.\*|\./|\.\^|.)",
    re.DOTALL,
)


def lexemes(source: str, end: int) -> list[Lexeme]:
    """The lexemes of a text up to `end`; raises ParseError and LimitError."""
    if end > MAX_CHARACTERS:
        raise LimitError(f"the text has {end} characters; the limit is {MAX_CHARACTERS}", code="GP701")
    raw: list[Lexeme] = []
    at = 0
    while at < end:
        found = _LEXEME.match(source, at, end)
        if found is None:
            raise fault(source, "a backslash stands alone", (at, at + 1), "GP106")
        start, at = found.span()
        kind, text = found.lastgroup or "", found.group(found.lastgroup or 0)
        if kind == "cmd" and text in WITH_TEXT:
            at = _argument_end(source, at, end)
        elif kind == "cmd" and text == "left" and source.startswith(".", at):
            raise fault(source, "an invisible delimiter cannot be read", (start, at + 1), "GP106")
        elif kind != "space" and not (kind == "cmd" and text in LAYOUT):
            raw.append(_lexeme(kind, text, start, at))
    return _delimited(source, raw)


def _argument_end(source: str, at: int, end: int) -> int:
    found = Pattern(r"\s*\{[^{}]*\}(?:\{[^{}]*\})?").match(source, at, end)
    return found.end() if found else at


def _lexeme(kind: str, text: str, start: int, end: int) -> Lexeme:
    if kind == "cmd" and text in ("{", "}"):
        return Lexeme("sign", "\\" + text, start, end)
    if kind == "cmd" and text == "|":
        return Lexeme("sign", "Vert", start, end)
    if kind == "cmd" and text[0] == "\\":
        return Lexeme("sign", "newline", start, end)
    if kind == "cmd" and text in ("lVert", "rVert", "lvert", "rvert", "langle", "rangle", "Vert", "vert"):
        return Lexeme("sign", text, start, end)
    if kind == "cmd" and text in ("lbrack", "rbrack"):
        return Lexeme("sign", "[" if text[0] == "l" else "]", start, end)
    if kind == "bars" or text == "|":
        return Lexeme("sign", _BARS[text], start, end)
    return Lexeme(kind, text, start, end)


def _delimited(source: str, raw: list[Lexeme]) -> list[Lexeme]:
    """`\\left|` opens and `\\right|` closes; `\\big(` is a parenthesis."""
    out: list[Lexeme] = []
    side = ""
    start = 0
    for one in raw:
        if one.kind == "cmd" and (one.text in BEFORE or one.text in BEHIND or one.text in SIZED):
            side = "l" if one.text in BEFORE else "r" if one.text in BEHIND else "-"
            start = one.start
            continue
        if side:
            text = side.strip("-") + one.text if one.text in ("vert", "Vert") else one.text
            one, side = Lexeme("sign" if one.kind != "cmd" else "cmd", text, start, one.end), ""
        out.append(one)
    if side:
        raise fault(source, "a delimiter is missing", (start, len(source)), "GP104")
    return out


def braces(source: str, all_: list[Lexeme]) -> dict[int, int]:
    """For each `{` the place of its `}`; raises ParseError GP101 and GP103, LimitError GP703."""
    out: dict[int, int] = {}
    stack: list[int] = []
    for place, one in enumerate(all_):
        if one.text == "{" and one.kind == "sign":
            stack.append(place)
            if len(stack) > 50:
                raise LimitError(
                    "braces are nested more than 50 deep, the limit",
                    code="GP703", span=(one.start, one.end), source=source,
                )  # fmt: skip
        elif one.text == "}" and one.kind == "sign":
            if not stack:
                raise fault(source, '"}" closes nothing', (one.start, one.end), "GP103", "")
            out[stack.pop()] = place
    if stack:
        one = all_[stack[-1]]
        raise fault(source, '"{" is never closed', (one.start, one.end), "GP101")
    return out


def fault(source: str, message: str, span: Span, code: str, *instead: str) -> GradproofError:
    """A ParseError at a place, with candidates for what may stand there instead."""
    fixes = tuple(source[: span[0]] + new + source[span[1] :] for new in instead)
    return ParseError(message, code=code, span=span, source=source, fixes=fixes)
