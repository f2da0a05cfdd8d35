"""Draw an error: what is wrong, the person's own text with carets, the facts, and what to try.

    error[GP201]: these two factors cannot be multiplied
      L(X*W)
        ^ ^
        │ └ W is m×k
        └ X is n×k, so the next factor needs k rows
    help: X*W' is n×m

What went wrong is the business of whoever raised the error; nothing is looked up or guessed here.
"""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple
from unicodedata import combining, east_asian_width

from gradproof.errors import GradproofError, InternalError
from gradproof.rendering.formula.names import ascii_text

Span = tuple[int, int]
ELLIPSES = 6  # columns that the two cut ends of a long line may take
BOXES = str.maketrans({"│": "|", "└": "`-", "├": "|-", "�": "?"})


class Place(NamedTuple):
    """A stretch of one line that carets go under, and what is said about it ("" for nothing)."""

    start: int
    end: int
    text: str


class Line(NamedTuple):
    """One line of the source: its number from 1, its text, and the places on it from left to right."""

    number: int
    text: str
    places: tuple[Place, ...]


def draw(error: GradproofError, severity: str = "error", *, ascii: bool = False, width: int = 100) -> str:
    """The whole report, without a final line break, for a screen `width` columns wide."""
    out = [f"{severity}[{error.code}]: {error.message}"]
    source = error.source or ""
    lines = _lines(error, source) if source else []
    gutter = len(str(lines[-1].number)) if lines and "\n" in source else 0
    for line in lines:
        margin = f"{line.number:{gutter}} │ " if gutter else "  "
        blank = " " * gutter + " │ " if gutter else "  "
        for part in _windows(line, max(width - len(margin), 20)):
            out += _picture(part, max(width - len(margin), 20), margin, blank, ascii)
    out += ["  " + text for span, text in error.facts if text and (span is None or not source)]
    out += suggest(error)
    return "\n".join(_clean(text, ascii) for text in out)


def suggest(error: GradproofError) -> list[str]:
    """The `help:` lines: every fix that was checked before it was offered, best first."""
    return [f"help: {fix}" for fix in error.fixes]


def bug(problem: Exception, source: str | None) -> InternalError:
    """What a person reads when gradproof itself went wrong: never a traceback, never an answer."""
    said = f"{type(problem).__name__}: {problem}".rstrip(": ")
    return InternalError(
        f"this is our bug, not yours ({said})",
        code="GP901",
        source=source,
        facts=((None, "please report it with this text; GRADPROOF_DEBUG=1 shows where it happened"),),
    )


def _lines(error: GradproofError, source: str) -> list[Line]:
    """The lines of the source that have something to show; all of them where no place is named."""
    spans = _spans(error)
    out, start = [], 0
    for number, text in enumerate(source.split("\n"), 1):
        end = start + len(text)
        places = [
            Place(a - start, max(min(b, end) - start, a - start + 1), said)
            for (a, b), said in spans
            if start <= a <= end
        ]
        if places or (not spans and text.strip()):
            out.append(Line(number, text, tuple(sorted(places, key=lambda p: p.start))))
        start = end + 1
    return out


def _spans(error: GradproofError) -> list[tuple[Span, str]]:
    """The facts' places, and the error's own where they neither cover nor surround it."""
    size = len(error.source or "")
    facts = [((min(s[0], size), min(s[1], size)), text) for s, text in error.facts if s is not None]
    if error.span is None:
        return facts
    start, end = min(error.span[0], size), min(error.span[1], size)
    first = min((a for (a, _), _ in facts), default=size + 1)
    last = max((b for (_, b), _ in facts), default=-1)
    return facts if first < max(end, start + 1) and start < last else [*facts, ((start, end), "")]


def _windows(line: Line, room: int) -> list[Line]:
    """The line once for each group of places that fit on the screen together."""
    if not line.places or _width(line.text) <= room:
        return [line]
    groups: list[list[Place]] = []
    for place in line.places:
        if groups and _width(line.text[groups[-1][0].start : place.end]) <= room - ELLIPSES:
            groups[-1].append(place)
        else:
            groups.append([place])
    return [Line(line.number, line.text, tuple(group)) for group in groups]


def _picture(line: Line, room: int, margin: str, blank: str, ascii: bool) -> list[str]:
    """The source line, the carets under it, and the facts hanging from the carets."""
    low, high = _window(line, room)
    before, after = "…" if low else "", "…" if high < len(line.text) else ""
    cells = [_clean(char, ascii) for char in line.text[low:high]]
    columns = list(accumulate(map(_width, cells), initial=_width(_clean(before, ascii))))
    row = margin + before + "".join(cells) + after
    places = [_under(place, low, columns) for place in line.places]
    return [row, *(blank + text for text in _carets(places))] if places else [row]


def _under(place: Place, low: int, columns: list[int]) -> Place:
    """The columns of a place on the screen: one at least, also just past the end of the text."""
    last = len(columns) - 1
    start = columns[min(max(place.start - low, 0), last)]
    end = columns[min(max(place.end - low, 0), last)]
    return Place(start, max(end, start + 1), place.text)


def _window(line: Line, room: int) -> Span:
    """Which characters of the line to show: all, or those around its places."""
    size = len(line.text)
    if _width(line.text) <= room:
        return 0, size
    room -= ELLIPSES
    first = min((p.start for p in line.places), default=0)
    last = min(max((p.end for p in line.places), default=0), first + room)
    low = max(0, min((first + last - room) // 2, size - room))
    high = min(size, low + room)
    while _width(line.text[low:high]) > room:
        high -= 1
    return low, high


def _carets(places: list[Place]) -> list[str]:
    """Carets, then one line a fact, from right to left; a single fact at the far right stands beside."""
    marks = [" "] * max(p.end for p in places)
    for place in places:
        marks[place.start : place.end] = "^" * (place.end - place.start)
    row = "".join(marks)
    said = sorted((p for p in reversed(places) if p.text), key=lambda p: p.start)
    if len(said) == 1 and said[0].start == max(p.start for p in places):
        return [f"{row} {said[0].text}"]
    out = [row]
    while said:
        place = said.pop()
        same = bool(said) and said[-1].start == place.start
        bars = "".join("│" if any(p.start == c for p in said) else " " for c in range(place.start))
        out.append(f"{bars}{'├' if same else '└'} {place.text}")
    return out


def _width(text: str) -> int:
    """How many columns a text takes on a terminal."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def _clean(text: str, ascii: bool) -> str:
    """Text that is safe on a terminal: no control characters and, where asked, nothing beyond ASCII."""
    safe = "".join(c if c.isprintable() else " " if c in "\t\n\r" else "�" for c in text)
    return ascii_text(safe.translate(BOXES)) if ascii else safe
