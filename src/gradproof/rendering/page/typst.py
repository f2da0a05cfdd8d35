"""A document as Typst, which makes a PDF of it.

Rows are a grid whose columns wrap: alignment points would leave the page without a warning.
"""

from __future__ import annotations

from collections.abc import Iterable

from gradproof.patterns import Pattern
from gradproof.rendering.formula.boxes import Box, paint
from gradproof.rendering.formula.typst import TYPST
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

# Formulas as tall as they are drawn, or rows of a grid would overlap.
SETUP = """\
#set page(margin: 2.2cm, numbering: "1")
#set text(font: "New Computer Modern", size: 10.5pt)
#set par(justify: false)
#show math.equation: set text(top-edge: "bounds", bottom-edge: "bounds")
#let rows(..cells) = grid(columns: (auto, auto, 3fr, 2fr), column-gutter: .5em, row-gutter: .75em,
  align: (left + horizon, right + horizon, left + horizon, left + horizon), ..cells)"""
_SPECIAL = Pattern(r"([\\#$*_`<>@\[\]~=+/-])")


def write(document: Document, width: int) -> str:
    """The whole document."""
    return "\n\n".join([SETUP, *(part for part in map(_block, document) if part)]) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(words, level, _):
            return f"{'=' * level} {_capital(_said(words))}"
        case Head():
            return _head(block)
        case Section():
            return _section(block)
        case Equations(rows):
            return _grid(map(_equation, rows))
        case Tail():
            return _tail(block)
        case Paragraph(words):
            return _said(words)
        case Remarks(rows):
            return "\n\n".join(f"{_capital(_said(row))}." for row in rows)
        case Judgement():
            return _judgement(block)
        case Lines(rows):
            return _lines(rows)
        case Path():
            return _path(block)
        case Listing(text, _):
            return f"#raw({_string(text)}, block: true)"
        case Chapter(title, about):
            return f"= {_escaped(title)}\n\n{_escaped(about)}"
        case Entry():
            return _entry(block)
        case Entries():
            return _entries(block)
        case Names():
            return _names(block)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _said(words: Words) -> str:
    out = ""
    for word in words:
        if isinstance(word, Math):
            out += f"${paint(word.box, TYPST)}$"
        else:
            out += f"#raw({_string(word.text)})" if isinstance(word, Code) else _escaped(word.text)
    return out


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _math(box: Box, before: str = "") -> str:
    return f"$display({before}{paint(box, TYPST)})$"


def _grid(rows: Iterable[tuple[str, str, str, str]]) -> str:
    cells = ",\n".join("  " + ", ".join(f"[{cell}]" for cell in row) for row in rows)
    return f"#rows(\n{cells},\n)" if cells else ""


# ---- derivations


def _head(block: Head) -> str:
    said = []
    for group, how in block.known:
        for one in group:
            about = ", ".join(part for part in (one.properties, how) if part)
            note = f" ({_escaped(about)})" if about else ""
            said.append(f"${paint(one.name, TYPST)}$ : ${paint(one.shape, TYPST)}${note}")
    said += [f"${paint(name, TYPST)}$ : {_said(about)}" for name, about in block.functions]
    statements = _grid(_equation(one) for pair in block.statements for one in pair if one)
    return "\n\n".join(part for part in ("#h(1.5em) ".join(said), statements) if part)


def _section(block: Section) -> str:
    parts = [f"=== {_said(block.title)}"] if block.title else []
    if block.lets:
        lets = ", ".join(f"${paint(one.left, TYPST)} = {paint(one.right, TYPST)}$" for one in block.lets)
        parts.append(f"Let {lets}.")
    parts.append(_grid(map(_row, block.rows)))
    parts += [] if block.ending is None else [_grid([_equation(block.ending)])]
    parts += map(_said, block.note)
    return "\n\n".join(part for part in parts if part)


def _row(row: Row) -> tuple[str, str, str, str]:
    left = "" if row.left is None else _math(row.left)
    return row.number, left, _math(row.right, "" if row.inner else "= "), _said(row.why)


def _equation(one: Equation) -> tuple[str, str, str, str]:
    shape = "" if one.shape is None else f" #h(1em) $({paint(one.shape, TYPST)})$"
    return "", _math(one.left), _math(one.right, "= ") + shape, _said(one.remark)


def _tail(block: Tail) -> str:
    said = [f"{_capital(_said(words))}." for words in block.remarks]
    if block.conditions:
        said.insert(0, f"Holds where {' and '.join(map(_said, block.conditions))}.")
    return "\n\n".join([*said, f"_{_escaped(_capital(block.verdict))}_ · {block.steps}."])


# ---- reports

_MARKS = {"right": "✓", "wrong": "✗", "open": "?", "": ""}


def _judgement(block: Judgement) -> str:
    facts = _grid(("", _escaped(label), _said(words), "") for label, words in block.facts)
    said = f"*{_MARKS[block.mark]} {_said(block.words)}*"
    return f"{said}\n\n{facts}" if facts else said


def _lines(rows: tuple[Line, ...]) -> str:
    cells = []
    for row in rows:
        below = "".join(f" \\ {_said(words)}" for words in row.below)
        said = f"{_MARKS[row.mark]} {_said(row.beside)}"
        cells.append((row.number, "", f"#raw({_string(row.text)}){below}", said))
    return _grid(cells)


def _path(block: Path) -> str:
    rows = [
        ("", "", _math(box, "= " if place else ""), _said(why)) for place, (box, why) in enumerate(block.rows)
    ]
    return f"{_capital(_said(block.words))}\n\n{_grid(rows)}"


# ---- books


def _entry(one: Entry) -> str:
    laws = "".join(f"\n\n#raw({_string(law)})" for law in one.laws)
    notes = f"\n\n{_escaped(_capital(', '.join(one.notes)))}." if one.notes else ""
    return f"== #raw({_string(one.name)}) {_escaped(one.title)}{laws}{notes}"


def _entries(block: Entries) -> str:
    return "\n\n".join(map(_entry, block.rows))


def _names(block: Names) -> str:
    rows = "\n".join(f"/ #raw({_string(name)}): {_escaped(said)}" for name, said in block.rows)
    title = f"{block.family} {block.title}".strip()
    return f"== {_escaped(title)}\n\n{rows}"
