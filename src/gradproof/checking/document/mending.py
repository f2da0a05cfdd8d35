"""What a wrong row should be: one edit of its own text that is proved."""

from __future__ import annotations

from collections.abc import Iterator

from gradproof.checking.document.book import Book
from gradproof.checking.document.finding import Finding
from gradproof.elaboration.document.names import Resolver
from gradproof.language.document.grammar import Grammar
from gradproof.language.document.lexer import lexemes
from gradproof.language.document.tree import Term, Unread, walk
from gradproof.verdicts import HOLDS

MOST = 70  # edits that are tried
TURNED = (
    "^{\\top}",
    "^\\top",
    "^{\\mathsf{T}}",
    "^\\mathsf{T}",
    "^{\\intercal}",
    "^\\intercal",
    "^{T}",
    "^T",
)
_FACTORS = ("2 ", "\\tfrac{1}{2} ", "-")


def mended(book: Book, found: Finding, text: str) -> str | None:
    """A right side that is true, one edit away from a wrong one; None where none is found."""
    if found.again is None or found.side.term is None:
        return None
    start, end = found.side.span
    said = text[start:end]
    resolver = Resolver(book.reading.sheet.names)
    known = _read(said, resolver)
    if known is None:
        return None
    tried: set[str] = set()
    for new in _edits(said, known, text):
        if new in tried or len(tried) >= MOST:
            continue
        tried.add(new)
        term = _read(new, resolver)
        if term is None:
            continue
        verdict = found.again(term).verdict
        if verdict is not None and verdict.grade in HOLDS:
            return " ".join(new.split())
    return None


def _read(text: str, resolver: Resolver) -> Term | None:
    try:
        return resolver.term(Grammar(lexemes(text, (0, len(text)))).whole())
    except (Unread, IndexError):
        return None


def _edits(said: str, term: Term, text: str) -> Iterator[str]:
    """The text with one edit, the likeliest first."""
    mark = next((one for one in TURNED if one in said), None) or next(
        (one for one in TURNED if one in text), "^\\top"
    )
    yield said[1:].lstrip() if said.lstrip()[:1] == "-" else f"-{said}"
    signs = [place for place, one in enumerate(said) if one in "+-" and not _inside(said, place)]
    for place in signs:
        yield said[:place] + ("-" if said[place] == "+" else "+") + said[place + 1 :]
    for part in walk(term):
        yield from _of_part(said, part, mark)
    for factor in _FACTORS:
        yield factor + (f"\\left({said}\\right)" if signs else said)


def _inside(said: str, place: int) -> bool:
    """Whether a sign stands in a script, such as ^{-1}."""
    return said[:place].rstrip()[-2:] in ("^{", "_{") or said[:place].rstrip()[-1:] in ("^", "_")


def _of_part(said: str, part: Term, mark: str) -> Iterator[str]:
    start, end = part.span
    if not 0 <= start < end <= len(said):
        return
    if part.kind == "name" or "closed" in part.marks:
        behind = next((one for one in TURNED if said.startswith(one, end)), None)
        if behind is not None:
            yield said[:end] + said[end + len(behind) :]
        elif said[end : end + 1] != "^":
            yield said[:end] + mark + said[end:]
            yield said[:end] + "^{-1}" + said[end:]
    if part.kind == "number" and part.value is not None and part.value.denominator == 1:
        for value in {1, 2, 3} - {int(part.value)}:
            yield said[:start] + str(value) + said[end:]
    if part.kind == "mul" and part.text in ("", "·", "*"):
        yield from _swapped(said, part)


def _swapped(said: str, part: Term) -> Iterator[str]:
    """Two factors side by side in the other order, or one of them left out."""
    left, right = part.args
    inner = left.args[1] if left.kind == "mul" and left.text == part.text else left
    (a, b), (c, d) = inner.span, right.span
    if not a < b <= c < d <= len(said):
        return
    yield said[:a] + said[c:d] + " " * (said[b:c] == "") + said[b:c] + said[a:b] + said[d:]
    yield said[:a] + said[c:]
    yield said[:b] + said[d:]
