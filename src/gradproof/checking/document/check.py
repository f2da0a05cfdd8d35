"""Derivations in LaTeX and Markdown documents, checked row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradproof.checking.document.book import Book
from gradproof.checking.document.finding import Finding
from gradproof.checking.document.judge import anchored, findings
from gradproof.checking.document.said import refuted_line
from gradproof.checking.worksheet.report import Claim, Line
from gradproof.elaboration.document.chains import sheet
from gradproof.elaboration.document.inference import inferred
from gradproof.elaboration.document.model import Chain, Sheet
from gradproof.elaboration.document.symbols import Declared
from gradproof.expressions.nodes import Expr
from gradproof.language.document.statements import document
from gradproof.language.document.tree import walk
from gradproof.language.syntax.declarations import declarations
from gradproof.proof.referee import given
from gradproof.verdicts import DEFINITION, HOLDS

_WORST = ("refuted", "unknown")


def claims(
    text: str, shapes: Mapping[str, Sequence[str | int]] | None = None,
    assume: Mapping[str, Sequence[str]] | None = None, where: str | None = None,
) -> list[Claim]:  # fmt: skip
    """The derivations of a document, judged; declarations are those of `check_derivation`."""
    found = _with_declared(sheet(document(text)), shapes, assume, where)
    reading = inferred(found)
    book = Book(reading)
    book.prepare()
    judged = [(chain, findings(book, chain)) for chain in found.chains]
    if book.layouts["transposed"] > 1 and not book.layouts["gradient"]:
        book.turned = True
        judged = [(chain, findings(book, chain)) for chain in found.chains]
    judged = [(chain, _by_itself(found, chain, known)) for chain, known in judged]
    judged = anchored(book, judged)
    lines = [line for chain, known in judged for line in _lines(book, chain, known, text)]
    if not lines:
        return []
    lines.sort(key=lambda line: line.start)
    names = tuple(dict.fromkeys(_leaves(book)))
    return [Claim(tuple(lines), names, None)]


def _by_itself(found: Sheet, chain: Chain, known: list[Finding]) -> list[Finding]:
    """An identity has letters of its own: where its shapes do not fit those of the text, it is read alone."""
    names = {part.text for side in chain.sides if side.term is not None for part in walk(side.term)}
    if not any(one.misfit for one in known) or names & found.definitions.keys():
        return known
    alone = found._replace(chains=(chain._replace(place=0),), declared={}, unread=frozenset(), facts=())
    book = Book(inferred(alone))
    book.prepare()
    other = findings(book, alone.chains[0])
    holds = all(one.verdict is None or one.verdict.grade in HOLDS for one in other)
    return other if holds else known


def _leaves(book: Book) -> list[Expr]:
    return [book.reading.leaf(symbol) for symbol in book.reading.inputs.values()]


def _with_declared(
    found: Sheet, shapes: Mapping[str, Sequence[str | int]] | None,
    assume: Mapping[str, Sequence[str]] | None, where: str | None,
) -> Sheet:  # fmt: skip
    """The sheet with what was declared outside the text."""
    known = dict(found.declared)
    for one in declarations(where or ""):
        before = known.get(one.name, Declared())
        sizes = one.sizes if one.sizes is not None else before.sizes
        rank = len(one.sizes) if one.sizes is not None else before.rank
        kinds = {"scalar": 0, "vector": 1, "matrix": 2}
        words = tuple(word for word in one.words if word not in kinds)
        for word in one.words:
            if word in kinds and one.sizes is None:
                rank, sizes = kinds[word], () if word == "scalar" else None
        known[one.name] = Declared(sizes, rank, (*before.words, *words))
    for name, axes in (shapes or {}).items():
        before = known.get(name, Declared())
        known[name] = Declared(tuple(map(str, axes)), len(axes), before.words)
    for name, facts in (assume or {}).items():
        before = known.get(name, Declared())
        known[name] = before._replace(words=(*before.words, *facts))
    return found._replace(declared=known)


def _lines(book: Book, chain: Chain, found: list[Finding], text: str) -> list[Line]:
    """One line of the report for each row."""
    out: list[Line] = []
    rows: dict[int, list[Finding]] = {}
    first = chain.sides[0]
    for one in found:
        row = text.count("\n", 0, one.side.span[0])
        rows.setdefault(row, []).append(one)
    for judged in rows.values():
        headed = judged[0] is found[0] and judged[0].side.line == first.line
        start = first.span[0] if headed else judged[0].side.span[0]
        out.append(_line(book, judged, start, text))
    return out


def _line(book: Book, judged: list[Finding], start: int, text: str) -> Line:
    weak = [one for one in judged if one.verdict is not None and one.verdict.grade in _WORST]
    weak.sort(key=lambda one: _WORST.index(one.verdict.grade) if one.verdict is not None else 9)
    checked = [one for one in judged if one.verdict is not None]
    chosen = weak[0] if weak else checked[0] if checked else judged[0]
    number = text.count("\n", 0, start) + 1
    said_text = " ".join(text[start : judged[-1].side.span[1]].split())
    end = chosen.side.span
    verdict = given() if chosen.verdict is None else chosen.verdict
    if chosen.verdict is None:
        return Line(number, said_text, verdict, None, "read", None, end, True, None, start)
    if verdict.grade == DEFINITION:
        return Line(number, said_text, given(), None, verdict.reason, None, end, False, None, start)
    if verdict.grade in HOLDS:
        said = "follows" if verdict.grade == "proved" else verdict.reason
        return Line(number, said_text, verdict, None, said, None, end, False, None, start)
    if verdict.grade == "unknown":
        return Line(number, said_text, verdict, None, f"{verdict.reason}.", None, end, False, None, start)
    line = Line(number, said_text, verdict, None, "", None, end, False, None, start)
    return refuted_line(book, chosen, line, text)
