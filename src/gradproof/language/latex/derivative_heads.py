"""The left sides of equations in LaTeX as the language has them, and partial derivatives as names."""

from __future__ import annotations

import re
from collections.abc import Collection

from gradproof.errors import GradproofError
from gradproof.language.latex.tokens import latex_tokens
from gradproof.language.syntax.tree import Span
from gradproof.patterns import Pattern

_BRACES = r"\{(?:[^{}]|\{[^{}]*\})*\}"
_ACCENT = rf"\\(?:hat|widehat|bar|overline|tilde|widetilde|dot|vec)\s*(?:{_BRACES}|\w|\\[A-Za-z]+)"
_NAME = (
    rf"(?:{_ACCENT}|\\(?:math|bold)[a-z]*\s*{_BRACES}|\\[A-Za-z]+|[^\W\d_])"
    rf"(?:_(?:{_BRACES}|\w|\\[A-Za-z]+))?"
)
_ARGUMENTS = r"(?:\s*(?:\\left)?\((?P<{0}>[^=]*?)(?:\\right)?\))?"
_D = r"(?:\\partial|\\(?:mathrm|textrm|text|rm|operatorname)\s*\{?\s*d\s*\}?|d)\s*"
_OF = rf"(?P<of>{_NAME})" + _ARGUMENTS.format("args")
_HEADS = (
    ("grad", Pattern(rf"\\nabla\s*(?:_\s*(?P<by>{_BRACES}|\\[A-Za-z]+|\w))?\s*(?:{_OF})?")),
    ("hess", Pattern(
        rf"\\nabla\s*(?:\^\s*\{{?2\}}?\s*(?:_\s*(?P<by>{_BRACES}|\\[A-Za-z]+|\w))?"
        rf"|_(?P<by2>{_BRACES}|\w)\s*\^\{{?2\}}?)"
        rf"\s*(?:{_OF})?")),
    ("partial", Pattern(rf"\\[dt]?frac\s*\{{\s*{_D}{_OF}\s*\}}\s*\{{\s*{_D}(?P<by>{_NAME})\s*\}}")),
    ("partial", Pattern(rf"\\[dt]?frac\s*\{{\s*{_D}\}}\s*\{{\s*{_D}(?P<by>{_NAME})\s*\}}\s*{_OF}")),
    ("partial", Pattern(rf"{_D}{_OF}\s*/\s*{_D}(?P<by>{_NAME})")),
    ("change", Pattern(rf"{_D}{_OF}")),
    ("name", Pattern(_OF)),
)  # fmt: skip
_SETS = Pattern(r"\\(?:[,;:! ]|(?:quad|qquad|,)(?![A-Za-z]))")


_STACK = r"\\(?:operatorname|mathrm|text|textrm|mathsf)\s*\{\s*[Vv]ec\s*\}"
_VEC = rf"{_STACK}\s*(?:\\left)?\("
_TWICE = Pattern(
    rf"\\[dt]?frac\s*\{{\s*\\partial\s*\^\s*\{{?2\}}?\s*(?P<of>{_NAME})\s*\}}\s*\{{\s*\\partial\s*"
    r"(?P<by>[^\W_]|\\[A-Za-z]+|\\math[a-z]+\{\w\})_\{?(?P<free>[a-z]+)\}?\s*\\partial\s*(?P=by)_\{?(?P<letters>[a-z]+)\}?\s*\}"
)
_SQUARED = Pattern(
    rf"\\[dt]?frac\s*\{{\s*(?:\\partial|d)\s*\^\s*\{{?2\}}?\s*(?P<of>{_NAME})"
    + _ARGUMENTS.format("args")
    + rf"\s*\}}\s*\{{\s*{_D}(?P<by>{_NAME})\s*(?:\^\s*\{{?2\}}?|{_D}(?P=by)\s*"
    r"(?:\^\s*(?:\{\s*(?:\\top|T)\s*\}|\\top|T))?)\s*\}"
)
_STACKED = Pattern(
    rf"\\[dt]?frac\s*\{{\s*\\partial\s*(?P<all>{_VEC})?(?P<of>.+?)(?:\\right)?\)?\s*\}}\s*\{{\s*\\partial\s*"
    rf"(?P<vec>{_VEC})?(?P<by>[^{{}}()]+?)(?:\\right)?\)?\s*\^\s*(?:\{{\s*\\top\s*\}}|\\top|\{{?T\}}?)\s*\}}"
)


_COLUMNS = Pattern(
    rf"\\[dt]?frac\s*\{{\s*{_D}{_STACK}\s*(?P<of>[^{{}}]+|{_BRACES})\s*\}}"
    rf"\s*\{{\s*{_D}{_STACK}\s*(?P<by>[^{{}}^]+|{_BRACES})\s*(?:\^\s*(?:{_BRACES}|\\top|T))?\s*\}}"
)


def head(text: str, left: Span, start: int, stop: int, words: Collection[str] = ()) -> str:
    """The left side as the language has it: `∂L/∂W`, `∇_x f`, `df`, `f`; "" where it is something else.

    words: runs of letters that are one name
    """
    said = _SETS.sub(" ", text[left[0] : left[1]]).strip()
    if said in words:
        return said
    for one in words:
        said = re.sub(rf"(?<![A-Za-z\\])(d?){one}(?![A-Za-z])", rf"\1\\mathrm{{{one}}}", said)
    special = _special(said)
    if special is not None:
        return special
    for sort, pattern in _HEADS:
        found = pattern.fullmatch(said)
        if found is None:
            continue
        groups = found.groupdict()
        of = name_of(groups["of"]) if groups["of"] else ""
        below = groups.get("by") or groups.get("by2") or " "
        by = name_of(below[1:-1] if below[0] == "{" else below)
        if (groups["of"] and not of) or (groups.get("by") and not by):
            continue
        if sort == "name" and (groups["args"] is None or _multiplied(groups["args"])):
            return of if of != said and groups["args"] is None else ""
        if sort == "name" and (
            re.search(rf"(?<![A-Za-z\\]){re.escape(groups['of'])}\s*(?:\\left)?\(", text[start:stop])
            is not None
        ):
            return ""
        if sort == "change" and said[0] == "d" and len(said) == 1:
            return ""
        argument = name_of(groups["args"] or " ") if sort in ("grad", "hess") else ""
        by_tail = f"_{by or argument}" if by or argument else ""
        return {
            "grad": f"∇{by_tail} {of}".strip(), "hess": f"∇²{by_tail} {of}".strip(),
            "partial": f"∂{of}/∂{by}", "change": f"d{of}", "name": of,
        }[sort]  # fmt: skip
    return ""


def _multiplied(args: str) -> bool:
    """Whether what stands in parentheses behind a name is an expression: `K(HP + R)` is a product."""
    for part in re.split(r",|;|\\?\||\\mid", args):
        try:
            tokens, _, _ = latex_tokens(part, len(part), frozenset())
        except GradproofError:
            continue
        if any(token.kind == "op" and token.text in ("+", "-", "*", "/") for token in tokens):
            return True
    return False


def _special(said: str) -> str | None:
    """A part of a gradient, a second derivative by entries, a derivative of stacked columns; None for what
    is none of these."""
    part = re.match(r"\\text\s*\{\s*part of\s*\}\s*", said)
    if part:
        inside = head(said, (part.end(), len(said)), 0, 0)
        return f"part of {inside}" if inside else ""
    twice = _TWICE.fullmatch(said)
    if twice:
        of, by, free, letters = (name_of(twice[key]) or twice[key] for key in ("of", "by", "free", "letters"))
        return f"∂²{of}/∂{by}_{free}∂{by}_{letters}"
    squared = _SQUARED.fullmatch(said)
    if squared:
        of, by = (name_of(squared[key]) for key in ("of", "by"))
        return f"∇²_{by} {of}" if of and by else ""
    stacked = _STACKED.fullmatch(said)
    if stacked:
        of, by = (
            head(stacked[key], (0, len(stacked[key])), 0, 0) or name_of(stacked[key]) for key in ("of", "by")
        )
        by = f"vec({by})" if stacked["vec"] else by
        of = f"vec({of})" if stacked["all"] else of
        return f"∂{of}/∂{by}ᵀ" if of and by else ""
    columns = _COLUMNS.fullmatch(said)
    if columns:
        of, by = (
            name_of(re.sub(r"\\(?:left|right)|[(){}]", " ", columns[key]).strip()) for key in ("of", "by")
        )
        return f"∂vec({of})/∂vec({by})ᵀ" if of and by else ""
    return None


def gradient_head(text: str) -> bool:
    """Whether a left side is that of a derivative in LaTeX."""
    return head(text, (0, len(text)), 0, 0)[:1] in ("∂", "∇")


PARTIAL = Pattern(
    rf"\\[dt]?frac\s*\{{\s*(?:\\partial|d|\\mathrm\s*\{{d\}})\s*(?P<of>{_NAME})\s*\}}"
    rf"\s*\{{\s*(?:\\partial|d|\\mathrm\s*\{{d\}})\s*(?P<by>{_NAME})\s*\}}"
    rf"|\\nabla\s*_\s*\{{?\s*(?P<by2>{_NAME}|\w)\s*\}}?\s*(?P<of2>{_NAME})"
)


def partials(text: str) -> tuple[str, dict[str, str]]:
    """Partial derivatives as one letter each, with what the letters stand for; places stay."""
    names: dict[str, str] = {}

    def letter(found: re.Match[str]) -> str:
        of, by = (name_of(found[key] or found[f"{key}2"]) for key in ("of", "by"))
        if not of or not by:
            return found.group()
        sign = chr(0x4E00 + len(names))
        names[sign] = f"∂{of}/∂{by}"
        return sign.ljust(len(found.group()))

    return PARTIAL.sub(letter, text), names


def name_of(text: str) -> str:
    """The one name that a piece of LaTeX is, or ""."""
    try:
        tokens, _, _ = latex_tokens(text, len(text), frozenset())
    except GradproofError:
        return ""
    return tokens[0].text if len(tokens) == 2 and tokens[0].kind == "name" else ""
