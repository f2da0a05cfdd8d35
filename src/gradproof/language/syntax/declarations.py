"""Declarations: `where X: m×n, w: n, S: n×n symmetric, c scalar`, read into names, sizes and words.

Also `X[m,n]`, `X: (m, n)`, `X ∈ R^{m×n}` and `X in R^(m x n)`. Sizes stay texts here; what words
such as `symmetric` mean is not known on this floor.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from gradproof.errors import ParseError
from gradproof.language.syntax.tree import Span
from gradproof.patterns import Pattern


class Declaration(NamedTuple):
    """One name: its sizes as texts (None: not said), and the words that follow.

    takes    of a function g: n -> m, the sizes of each argument; `sizes` are those of its value
    """

    name: str
    span: Span
    sizes: tuple[str, ...] | None
    words: tuple[str, ...]
    takes: tuple[tuple[str, ...], ...] | None = None


_WHERE = Pattern(r"#[^\n]*|\"[^\"\n]*\"|(?P<where>(?<!\w)where(?!\w|\())")
_NAME = Pattern(r"\s*(?P<name>[^\W\d]\w*)\s*")
_SPACE = Pattern(r"(?:∈|:|\bin\b)?\s*[Rℝ]\s*(?:\^\s*(?P<sizes>\{[^{}]*\}|\([^()]*\)|[^\W_]+)|(?=$|\s))")
_BRACKETS = Pattern(r":?\s*(?:\[(?P<square>[^\[\]]*)\]|\((?P<round>[^()]*)\)(?=\s*(?:$|[^\W\d])))")
_BARE = Pattern(
    r":\s*(?P<sizes>[^\W_]\w*(?:\s*[*+-]\s*\w+)*(?:\s*(?:×|(?<=\s)x(?=\s))\s*\w+(?:\s*[*+-]\s*\w+)*)*)"
)
_TIMES = Pattern(r"×|(?<=\s)x(?=\s)|,|\\times")
_ARROW = Pattern(r"->|→|\\to\b")
_MERGED = Pattern(r"[^\W\dx]x[^\W\dx]|\d+x\d+")
KIND_WORDS = ("scalar", "vector", "matrix", "function")


def where_clause(source: str) -> tuple[int, Span]:
    """Where the statements end, and the place of the declarations behind `where` (empty if none)."""
    for match in _WHERE.finditer(source):
        if match.group("where"):
            return match.start(), (match.end(), len(source))
    return len(source), (len(source), len(source))


def declarations(source: str, span: Span | None = None) -> tuple[Declaration, ...]:
    """Read declarations; places are offsets into `source`. Raises ParseError GP110."""
    start, end = span or (0, len(source))
    return tuple(_one(source, at, piece) for at, piece in _pieces(source, start, end) if piece.strip())


def readable(source: str, span: Span) -> tuple[list[Span], list[ParseError]]:
    """The places of the declarations that can be read, and what is wrong with the others."""
    good: list[Span] = []
    faults: list[ParseError] = []
    for at, piece in _pieces(source, *span):
        try:
            good += [(at, at + len(piece))] if declarations(source, (at, at + len(piece))) else []
        except ParseError as error:
            faults.append(error)
    return good, faults


def _pieces(source: str, start: int, end: int) -> list[tuple[int, str]]:
    """Cut at commas, semicolons and new lines that stand outside brackets."""
    out, depth, begin = [], 0, start
    for at in range(start, end):
        sign = source[at]
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        elif sign in ",;\n" and depth <= 0:
            out.append((begin, source[begin:at]))
            begin, depth = at + 1, 0
    return [*out, (begin, source[begin:end])]


def _one(source: str, at: int, piece: str) -> Declaration:
    piece = piece.split("#")[0].rstrip()
    lead = len(piece) - len(piece.lstrip())
    whole = (at + lead, at + len(piece))
    named = _NAME.match(piece)
    if named is None:
        raise _fault(source, whole, f'"{piece.strip()}" is not a declaration')
    name, rest = named.group("name"), piece[named.end() :]
    place = (at + named.start("name"), at + named.end("name"))
    if _ARROW.search(rest):
        return _function(source, whole, name, place, rest)
    sizes: tuple[str, ...] | None = None
    for pattern in (_SPACE, _BRACKETS, _BARE):
        found = pattern.match(rest)
        if found and not (pattern is _BARE and found.group("sizes") in KIND_WORDS):
            sizes = _sizes(source, whole, next((g for g in found.groups() if g is not None), ""))
            rest = rest[found.end() :]
            break
    words = tuple(word for word in rest.lstrip(":").split() if word != "and")
    if not all(word.isidentifier() for word in words):
        raise _fault(source, whole, f'"{piece.strip()}" is not a declaration')
    if sizes is None and not words:
        raise _fault(source, whole, f'"{name}" is declared without a shape')
    return Declaration(name, place, sizes, words)


def _function(source: str, whole: Span, name: str, place: Span, rest: str) -> Declaration:
    """g: n -> m, K: scalar -> n×n, F: (n, m) -> n; a comma in parentheses stands between arguments."""
    before, after = (part.strip() for part in _ARROW.split(rest.lstrip(" :∈"), maxsplit=1))
    if before.startswith("(") and before.endswith(")"):
        before = before[1:-1]
    takes = tuple(_space(source, whole, part.strip()) for part in before.split(","))
    return Declaration(name, place, _space(source, whole, after), (), takes)


def _space(source: str, whole: Span, text: str) -> tuple[str, ...]:
    """The sizes of one argument, or of a value: n, n×m, R^n, scalar."""
    if text in ("scalar", "R", "ℝ", "1"):
        return ()
    power = _SPACE.fullmatch(text)
    if power is not None:
        text = power.group("sizes")
    if not text or not re.fullmatch(r"[\w\s*+×,{}()-]+", text):
        raise _fault(source, whole, f'"{text}" is not the shape of an argument or a value')
    return _sizes(source, whole, text)


def _sizes(source: str, whole: Span, text: str) -> tuple[str, ...]:
    text = text.strip().removeprefix("{").removeprefix("(").removesuffix("}").removesuffix(")").strip()
    parts = tuple(part.strip() for part in _TIMES.split(text)) if text else ()
    if parts and not parts[-1] and "," in text:
        parts = parts[:-1]  # (n,) as Python writes it
    for part in parts:
        if not part or _MERGED.fullmatch(part):
            raise _fault(source, whole, f'"{text}" is not a shape')
    return parts


def _fault(source: str, span: Span, message: str) -> ParseError:
    return ParseError(
        message + "; write X: m×n, w: n, c scalar, S: n×n symmetric", code="GP110", span=span, source=source
    )
