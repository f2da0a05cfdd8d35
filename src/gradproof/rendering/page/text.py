"""A document as lines of text, in Unicode or ASCII, for a terminal of any reasonable width."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest

from gradproof.rendering.formula.boxes import Box, Format, paint
from gradproof.rendering.formula.text import UNICODE
from gradproof.rendering.page.model import (
    Block,
    Chapter,
    Code,
    Document,
    Entries,
    Entry,
    Equation,
    Equations,
    Head,
    Heading,
    Judgement,
    Known,
    Line,
    Lines,
    Listing,
    Math,
    Names,
    Paragraph,
    Path,
    Remarks,
    Row,
    Section,
    Tail,
    Words,
)
from gradproof.rendering.page.text_layout import beside, flow, fold, words

NARROWEST = 30
INDENT = "  "
Chunk = list[str]
COLUMN = 18  # where what an entry says begins
Signs = Mapping[str, str]
SIGNS: Signs = {"right": "✓", "wrong": "✗", "open": "?", "": ""}


def write(document: Document, width: int) -> str:
    """The document in Unicode."""
    return lines(document, width, UNICODE)


def lines(
    document: Document, width: int, format: Format, verdicts: Signs = SIGNS, marks: Signs = SIGNS
) -> str:
    """The document in lines of at most `width` characters, where formulas allow."""
    page = _Page(max(width, NARROWEST), format, verdicts, marks)
    chunks: list[Chunk] = []
    for place, block in enumerate(document):
        if isinstance(block, Tail) and _follows(document[:place], chunks):
            chunks[-1].extend(page.tail(block))
        else:
            chunks.extend(chunk for chunk in page.chunks(block) if chunk)
    return "\n\n".join("\n".join(line.rstrip() for line in chunk) for chunk in chunks)


def _follows(before: Document, chunks: list[Chunk]) -> bool:
    """Whether the verdict stands right under what it is about: one equation, and no words."""
    answers = 0
    for block in reversed(before):
        if isinstance(block, Equations):
            answers += 0 if block.again else len(block.rows)
        elif isinstance(block, Section):
            return answers == 1 or (answers == 0 and not block.note)
        elif isinstance(block, Head):
            return answers == 1 and len(chunks) > 1
    return answers < 2 and len(chunks) > 1


class _Page:
    """How blocks are set in one width and format; verdicts, marks: the signs of answers and of lines."""

    def __init__(self, width: int, format: Format, verdicts: Signs, marks: Signs) -> None:
        self.width = width
        self.format = format
        self.verdicts, self.marks = verdicts, marks

    def box(self, box: Box) -> str:
        return paint(box, self.format)

    def said(self, words: Words) -> str:
        out = ""
        for word in words:
            if isinstance(word, Math):
                out += self.box(word.box)
            else:
                out += f"`{word.text}`" if isinstance(word, Code) else word.text
        return out

    def chunks(self, block: Block) -> list[Chunk]:
        """The lines of a block; an empty line comes between chunks."""
        match block:
            case Heading(title, _, outline):
                return [] if outline else [[self.said(title)]]
            case Head():
                return [self.head(block)]
            case Section():
                return self.section(block)
            case Equations(rows):
                return [self.equations(rows)]
            case Tail():
                return [self.tail(block)]
            case Paragraph(said):
                return [[INDENT + line for line in words(self.said(said), self.width - len(INDENT))]]
            case Remarks(rows):
                return [[INDENT + self.said(row) for row in rows]]
            case Judgement():
                return [self.judgement(block)]
            case Lines(rows):
                return [self.lines(rows)]
            case Path():
                return [self.path(block)]
            case _:
                return _book(block)

    # ---- derivations

    def shown(self, one: Equation) -> str:
        """left = right : shape"""
        shape = "" if one.shape is None else f" : {self.box(one.shape)}"
        return f"{self.box(one.left)} = {self.box(one.right)}{shape}"

    def head(self, block: Head) -> Chunk:
        """Names, unknown functions and statements, side by side where there is room."""
        known = self.known(block)
        functions = [f"{self.box(name)} : {self.said(about)}" for name, about in block.functions]
        above = list(zip_longest(known, functions, fillvalue=""))
        apart = [(one, "") for one in (*known, *functions)]
        pairs = [(self.shown(a) if a else "", self.shown(b) if b else "") for a, b in block.statements]
        single = [(one, "") for pair in pairs for one in pair if one]
        for rows in ([*above, *pairs], [*apart, *pairs]):
            column = max((len(a) for a, b in rows if b), default=0) + 6
            if len(INDENT) + column + max((len(b) for _, b in rows), default=0) <= self.width:
                return [INDENT + (a.ljust(column) + b if b else a) for a, b in rows]
        room = self.width - len(INDENT)
        return [INDENT + line for one, _ in (*apart, *single) for line in fold(one, room)]

    def known(self, block: Head) -> list[str]:
        cells: list[str] = []
        for group, how in block.known:
            cells += map(self.declared, group)
            if how:
                cells[-1] += f"   ({how})"
        return flow(cells, self.width - len(INDENT))

    def declared(self, one: Known) -> str:
        return f"{self.box(one.name)} : {self.box(one.shape)}" + (
            f" {one.properties}" if one.properties else ""
        )

    def section(self, block: Section) -> list[Chunk]:
        """The lines of a section, what it ends in, and its note."""
        out = [INDENT + self.said(block.title)] if block.title else []
        for one in block.lets:
            out += [INDENT + line for line in fold(f"let {self.shown(one)}", self.width - 2)]
        if block.rows:
            out += self.rows(block.rows)
        note = [INDENT + line for part in block.note for line in words(self.said(part), self.width - 2)]
        return [out, self.equations(() if block.ending is None else (block.ending,)), note]

    def rows(self, rows: tuple[Row, ...]) -> Chunk:
        numbers = max(len(row.number) for row in rows)
        lefts = ["" if row.left is None else self.box(row.left) for row in rows]
        column = max(map(len, lefts), default=0)
        pairs: list[tuple[str, str]] = []
        for row, left in zip(rows, lefts, strict=True):
            head = f"{INDENT}{row.number:<{numbers}}  {left:<{column}} " + ("  " if row.inner else "= ")
            first, *rest = fold(self.box(row.right), self.width - len(head))
            pairs.extend((line, "") for line in _hanging(head, first, rest))
            pairs[-1] = (pairs[-1][0], self.said(row.why))
        return beside(pairs, self.width)

    def equations(self, equations: tuple[Equation, ...]) -> Chunk:
        """Equations under each other, their = signs aligned where the left sides are of one kind."""
        lefts = [self.box(one.left) for one in equations]
        column = max(map(len, lefts), default=0)
        pairs: list[tuple[str, str]] = []
        for one, left in zip(equations, lefts, strict=True):
            head = f"{INDENT}{left:<{column}} = "
            body = self.box(one.right) + ("" if one.shape is None else f" : {self.box(one.shape)}")
            first, *rest = fold(body, self.width - len(head))
            pairs.extend((line, "") for line in _hanging(head, first, rest))
            pairs[-1] = (pairs[-1][0], self.said(one.remark))
        return beside(pairs, self.width, least=16)

    def tail(self, block: Tail) -> Chunk:
        said = list(map(self.said, block.remarks))
        if block.conditions:
            said.insert(0, "holds where " + " and ".join(map(self.said, block.conditions)))
        said.append(f"{block.verdict} · {block.steps}")
        return [INDENT + line for text in said for line in words(text, self.width - len(INDENT))]

    # ---- reports

    def judgement(self, block: Judgement) -> Chunk:
        """The sign and the sentence, then the facts; labels of one word stand in a column."""
        column = max((len(label) for label, _ in block.facts if " " not in label), default=0)
        out = [f"{INDENT}{self.verdicts[block.mark]} {self.said(block.words)}"]
        for label, said in block.facts:
            head = f"{label:{0 if ' ' in label else column}}   " if label else ""
            out.append(f"      {head}{self.said(said)}")
        return out

    def lines(self, rows: tuple[Line, ...]) -> Chunk:
        """Each line as it was written, its mark beside it, and under it what is wrong."""
        wide = max(len(row.text) for row in rows)
        digits = max(len(row.number) for row in rows)
        margin = " " * (digits + 4)
        out = []
        for row in rows:
            head = f"  {row.number:>{digits}}  " if row.number else margin
            mark = f"{self.marks[row.mark]}  " if row.mark else ""
            out.append(f"{head}{row.text:{wide}}  {mark}{self.said(row.beside)}".rstrip())
            if row.place is not None:
                start, end = row.place
                out.append(margin + " " * start + "^" * max(1, end - start))
            out += [f"{margin}  {self.said(said)}" for said in row.below]
        return out

    def path(self, block: Path) -> Chunk:
        """Each form under the one before, its reason beside it."""
        texts = [("= " if place else "  ") + self.box(box) for place, (box, _) in enumerate(block.rows)]
        column = min(max(map(len, texts), default=0), 60)
        reasons = (self.said(why) for _, why in block.rows)
        rows = [f"     {text:{column}}   {why}" for text, why in zip(texts, reasons, strict=True)]
        return [f"{INDENT}{self.said(block.words)}", *rows]


def _book(block: Listing | Chapter | Entry | Entries | Names) -> list[Chunk]:
    """What holds no formulas."""
    match block:
        case Listing(text, _):
            return [[INDENT + line for line in text.split("\n")]]
        case Chapter(title, about):
            return [[title, "=" * len(title), *about.split("\n")]]
        case Entry():
            return [_entry(block)]
        case Entries(_, rows):
            return [_entry(row) for row in rows]
        case Names():
            return [_names(block)]


def _entry(one: Entry) -> Chunk:
    lines = (" " * COLUMN + line for line in (*one.laws, *one.notes))
    return [f"{one.name:<{COLUMN - 1}} {one.title}".rstrip(), *lines]


def _names(block: Names) -> Chunk:
    head, gap, wide = (f"{block.family}  ", "  ", 0) if block.family else ("", " ", COLUMN - 3)
    rows = (f"{INDENT}{name:<{wide}}{gap}{said}".rstrip() for name, said in block.rows)
    return [head + block.title, *rows]


def _hanging(head: str, first: str, rest: list[str]) -> list[str]:
    return [head + first, *(" " * len(head) + line for line in rest)]
