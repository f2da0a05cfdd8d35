"""A file of lines to rows: what stands left and right of each "=", with its place in its line.

Reasons behind two spaces, line numbers, comments and shapes that are shown are left out. In LaTeX and
Markdown only what stands in displays is read. What the formulas mean is not known here.
"""

from __future__ import annotations

import re

from gradproof.language.syntax.tree import Span
from gradproof.language.worksheet.latex import DISPLAY, FENCE, document, sections
from gradproof.language.worksheet.prose import assumed, formulas, spoken, without_comments, words
from gradproof.language.worksheet.row import Row
from gradproof.patterns import Pattern

__all__ = ["Row", "format_of", "plain_rows", "rows"]

_NUMBERED = Pattern(
    r"(?i:\s*(?:step|line)?)\s*(?:\(?\d+\)|\d+[.:)])\s+|\s*(?!0\s*=)\d+(?:\s\s+|\s(?=\s*[^\s=]*\s*=))"
)
_PART = r"(?:[\w+·*]|\([^()]*\))+"  # one size
_SHAPE = Pattern(rf"\s:\s+(?:scalar|(?:row )?{_PART}-vector|{_PART}(?:(?:\s?×\s?| x ){_PART})+)\s*$")
_DECLARED = Pattern(
    r"(?P<name>[^\W\d]\w*)\s*:\s*"
    rf"(?P<shape>scalar|(?P<size>{_PART})-vector|{_PART}(?:(?:\s?×\s?| x ){_PART})+"
    r"|unknown function, (?P<spaces>.+)|(?P<function>unknown scalar function))(?P<words>(?:\s\w+)*)$"
)
_WHERE = Pattern(r"\s*(?:where|given|with)\s+(?=[^\W\d]\w*\s*(?::|∈|\[|in\b|\w))(?!.*=)", re.IGNORECASE)
_SO = Pattern(r"\s*(?:=>|⇒|⟹|→|->|∴|(?:so|hence|thus|therefore|then)\b[:,]?)\s+", re.IGNORECASE)
_LET = Pattern(r"\s*(?:let|put|set|define)\s+", re.IGNORECASE)
_NAMED = Pattern(r"[^\W\d]\w*\s*=(?!=)")
_GAP = Pattern(r"(?:\s{2,}|\t)(?=\S)")
_BINDS = "+-*/:.^⊙∘⊗·−=(,"
_SEMICOLON = Pattern(r";\s*|,\s+(?=[^\W\d]\w*\s*=(?!=))")


def format_of(text: str, name: str = "") -> str:
    """ "latex", "markdown" or "text": by the ending of the file's name, else by what is in it."""
    for ending, format in ((".tex", "latex"), (".md", "markdown"), (".markdown", "markdown")):
        if name.endswith(ending):
            return format
    if DISPLAY.search(text) is not None:
        return "latex"
    return "text"


def rows(text: str, format: str = "text") -> list[list[Row]]:
    """The rows of a text, one list for each stretch that belongs together."""
    if format == "text":
        return [plain_rows(text)]
    found = document(text)
    if format == "markdown":
        found = _fenced(text, found)
    return [stretch for stretch in found if stretch]


def _fenced(text: str, shown: list[list[Row]]) -> list[list[Row]]:
    """The displays of each section, and each of its fences, in order."""
    out = []
    for (begin, end), displays in zip(sections(text), shown, strict=True):
        fenced = [
            row
            for match in FENCE.finditer(text, begin, end)
            for row in plain_rows(
                match["body"], text.count("\n", 0, match.start("body")), match.start("body")
            )
        ]
        out.append(sorted([*displays, *fenced], key=lambda row: row.offset))
    return out


# ---- plain text


def plain_rows(text: str, before: int = 0, offset: int = 0) -> list[Row]:
    """The rows of plain text; `before` lines stand above it, and it begins at `offset`."""
    out: list[Row] = []
    for number, line in enumerate(text.split("\n"), before + 1):
        out += _plain(number, line, offset)
        offset += len(line) + 1
    return out


def _plain(number: int, line: str, offset: int) -> list[Row]:
    body = line.split("#")[0].rstrip()
    where = _WHERE.match(body)
    if where and not words(body, where.end(), len(body)):
        return [Row(number, line, "where", (where.end(),) * 2, (where.end(), len(body)), offset)]
    pieces = _pieces(body)
    if (
        pieces
        and all(_declares(body[a:b]) for a, b in pieces)
        and any(_DECLARED.match(body[a:b]) for a, b in pieces)
    ):
        said = ", ".join(filter(None, (_declaration(body[a:b]) for a, b in pieces)))
        return [Row(number, said, "where", (0, 0), (0, len(said)), offset)]
    start = _opened(body)
    signs = _signs(body, start, len(body))
    bound = _reason(body, signs[0] + 1, len(body)) if signs else len(body)
    aside = [
        Row(number, text, "spoken", (0, 0), (0, len(text)), offset)
        for text in spoken(f"if {body[bound:].strip(' ()[]')}") + spoken(f", {body[bound:].strip()}")
    ]
    if words(body, start, bound):
        return aside + _told(number, line, body[:bound], offset)
    return aside + _step(number, line, body, offset)


def _opened(body: str) -> int:
    """Where a line begins behind its number, "so" and "let"."""
    at = 0
    for pattern in (_NUMBERED, _SO, _LET):
        found = pattern.match(body, at)
        at = found.end() if found else at
    return at


def _told(number: int, line: str, body: str, offset: int) -> list[Row]:
    """A line with words of prose: what it declares, and the equations between the words."""
    said = spoken(body)
    out = [Row(number, text, "spoken", (0, 0), (0, len(text)), offset) for text in said]
    line = without_comments(line, 0, len(body))
    gradient = _GRADIENT.search(line, 0, len(body))
    if gradient is not None and not assumed(line[: gradient.start()]):
        return out + _gradient(number, line, gradient, len(body), offset)
    for start, end in formulas(body, 0, len(body)):
        before = line[:start]
        let = "let" if _LET.match(body) or re.search(r"\bwhere\s+$", before, re.IGNORECASE) else "step"
        for a, b in _between(line, start, end, _SEMICOLON):
            itself = spoken(f"if {line[a:b]}")
            out += [Row(number, text, "spoken", (0, 0), (0, len(text)), offset) for text in itself]
            out += [] if itself else _equations(number, line, a, b, let, offset)
    return out


_GRADIENT = Pattern(
    r"\bgradient(?:\s+of\s+(?P<of>[^\W\d]\w*)(?:\s*\([^()=]*\)(?!\s*=))?)?"
    r"(?:\s+(?:with\s+respect\s+to|w\.?r\.?t\.?|in|by)\s+(?P<by>[^\W\d]\w*))?"
    r"(?:\s*[:=]|\s+(?:is|equals|becomes|reads)\b:?)\s*(?=\S)(?![^=]*[^\s=]\s*=)", re.IGNORECASE,
)  # fmt: skip


def _gradient(number: int, line: str, found: re.Match[str], end: int, offset: int) -> list[Row]:
    """`the gradient of f with respect to x is …`."""
    stops = [a for a, _ in words(line, found.end(), end)]
    stop = min([*stops, _reason(line, found.end(), end)])
    right = found.end(), found.end() + len(line[found.end() : stop].rstrip(" \t,.;"))
    by = f"_{found['by']}" if found["by"] else ""
    head = f"∇{by} {found['of'] or ''}".strip()
    return [Row(number, line, "step", found.span(), right, offset, False, head)]


def _step(number: int, line: str, body: str, offset: int) -> list[Row]:
    """A line of formulas."""
    start = _opened(body)
    let = bool(re.search(r"(?:^|[\s.)])(?:let|put|set|define)\s+$", body[:start], re.IGNORECASE))
    out = []
    signs = _signs(line, start, len(body))
    last = _reason(line, signs[0] + 1, len(body)) if signs else len(body)
    if _another(line, last, len(body)) is not None and _introduces(line[start : signs[0]]):
        last = len(body)
    for a, b in _between(line, start, last, _SEMICOLON):
        out += _equations(number, line, a, b, "let" if let else "step", offset)
    return out


def _pieces(body: str) -> list[Span]:
    """The stretches between gaps of two spaces."""
    out, start = [], len(body) - len(body.lstrip())
    for gap in _GAP.finditer(body, start):
        out.append((start, gap.start()))
        start = gap.end()
    return [*out, (start, len(body))] if start < len(body) else out


def _declares(piece: str) -> bool:
    return bool(_DECLARED.match(piece)) or (piece.startswith("(") and piece.endswith(")"))


def _declaration(piece: str) -> str:
    found = _DECLARED.match(piece)
    if found is None:
        return ""
    name, words = _whole(found["name"], found["shape"]), found["words"]
    if found["function"]:
        return f"{name} function"
    if found["spaces"]:
        return f"{name}: {found['spaces'].replace('→', '->')}"
    if "(" in found["shape"]:  # a size that is a sum
        parts = [part.strip(" ()") for part in re.split(r"×| x ", found["size"] or found["shape"])]
        return f"{name}[{', '.join(parts)}]{words}"
    return f"{name}: {found['size'] or found['shape']}{words}".replace(": scalar", " scalar").replace(
        "·", "*"
    )


def _whole(name: str, shape: str) -> str:
    """`X_ijk : m×n×k` is about X."""
    base, _, letters = name.partition("_")
    tensor = len(letters) > 2 and len(re.split(r"×| x ", shape)) == len(letters) == len(set(letters))
    return base if tensor else name


def _equations(number: int, line: str, start: int, end: int, kind: str, offset: int) -> list[Row]:
    """`a = b = c` as rows; several definitions may stand in one line, apart by spaces."""
    signs = _signs(line, start, end)
    if not signs:
        return []
    first = line[start : signs[0]].strip()
    out: list[Row] = []
    begin = start
    for place, sign in enumerate(signs):
        stop = signs[place + 1] if place + 1 < len(signs) else end
        left = (begin, sign) if place == 0 or begin != sign else (sign, sign)
        last = _reason(line, sign + 1, stop)
        right = (sign + 1, last)
        shape = _SHAPE.search(line, sign + 1, last)
        if shape:
            right = (sign + 1, shape.start())
        right = right[0], right[0] + len(line[right[0] : right[1]].rstrip().rstrip(".,;"))
        if line[right[0] : right[1]].strip():
            out.append(Row(number, line, kind, *_defined(line, left, right, offset)))
        begin = stop
        if last < stop:  # a reason ends the line, unless another definition stands in it
            again = _another(line, last, end) if _introduces(first) else None
            return out if again is None else out + _equations(number, line, again, end, kind, offset)
    return out


_COLON = Pattern(r":\s*$")
_HEADER = Pattern(r"\s*(?P<name>(?!d?log\b|tr\b)[^\W\d]\w*)\s*\((?P<args>\s*\w+(?:\s*,\s*\w+)*)\s*\)\s*$")


def _defined(line: str, left: Span, right: Span, offset: int) -> tuple[Span, Span, int, bool, str]:
    """The rest of a row: `f(x) :=` is f, unless the right side speaks of f(…), too."""
    colon = _COLON.search(line, *left)
    if colon:
        left = (left[0], colon.start())
    found = _HEADER.match(line[: left[1]], left[0])
    head = ""
    if found and not re.search(rf"(?<!\w){found['name']}\s*\(", line[right[0] : right[1]]):
        head = found["name"]
    return left, right, offset, False, head


def _introduces(left: str) -> bool:
    """Whether a left side is the name of something, and no differential."""
    return bool(re.fullmatch(r"\s*(?!d)[^\W\d]\w*\s*", left))


def _another(line: str, start: int, end: int) -> int | None:
    for gap in _GAP.finditer(line, start, end):
        if _NAMED.match(line, gap.end(), end):
            return gap.end()
    return None


def _signs(line: str, start: int, end: int) -> list[int]:
    """The places of "=" outside parentheses; a heading `gradient:` ends in one, too."""
    head = Pattern(r"\s*(?:grad(?:ient)?)(?:\s+\w+)?\s*(:)(?!=)").match(line, start, end)
    out, depth = [head.start(1)] if head else [], 0
    for at in range(start, end):
        sign = line[at]
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "≔" or (sign == "=" and depth <= 0 and line[at - 1 : at] not in ("≠", "<", ">", "!")):
            out.append(at)
    return out


def _reason(line: str, start: int, end: int) -> int:
    """Where an expression ends: at two spaces, unless an operator stands beside them."""
    begin = start + len(line[start:end]) - len(line[start:end].lstrip())
    for gap in _GAP.finditer(line, begin, end):
        before, after = line[begin : gap.start()].rstrip()[-1:], line[gap.end() : gap.end() + 1]
        if not before or before in _BINDS:
            continue
        if after and after in "+-*/:.^⊙∘⊗·−=":
            continue
        return gap.start()
    return end


def _depth(text: str, start: int, end: int) -> int:
    return sum((sign in "([⟨{") - (sign in ")]⟩}") for sign in text[start:end])


def _between(text: str, start: int, end: int, mark: Pattern) -> list[Span]:
    """The stretches between marks that stand outside brackets."""
    marks = [found.span() for found in mark.finditer(text, start, end)]
    outside = [at for at in marks if _depth(text, start, at[0]) == 0]
    cuts = [start, *(edge for span in outside for edge in span), end]
    return list(zip(cuts[::2], cuts[1::2], strict=True))
