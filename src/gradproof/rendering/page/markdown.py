"""A document as Markdown with formulas between dollar signs."""

from __future__ import annotations

from gradproof.patterns import Pattern
from gradproof.rendering.formula.boxes import Box, paint
from gradproof.rendering.formula.latex import LATEX
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

_SPECIAL = Pattern(r"([\\`*_<>$\[\]#|])")


def write(document: Document, width: int) -> str:
    """The document: headings, a list of steps a section, the answers displayed."""
    out: list[str] = []
    for block in _together(document):
        alone = isinstance(block, Equations) and len(block.rows) == 1
        out.append(_display(block.rows[0]) if isinstance(block, Equations) and alone else _block(block))
    return "\n\n".join(part for part in out if part)


def _together(document: Document) -> list[Block]:
    """Equations that follow each other as one list."""
    out: list[Block] = []
    for block in document:
        last = out[-1] if out else None
        if isinstance(block, Equations) and isinstance(last, Equations):
            out[-1] = Equations((*last.rows, *block.rows))
        else:
            out.append(block)
    return out


def _block(block: Block) -> str:
    match block:
        case Heading(words, level, _):
            said = _said(words)
            return f"{'#' * level} {said[:1].upper()}{said[1:]}"
        case Head():
            return _head(block)
        case Section():
            return _section(block)
        case Equations(rows):
            return "\n".join(map(_item, rows))
        case Tail():
            return _tail(block)
        case Paragraph(words):
            return _said(words)
        case Remarks(rows):
            return "\n\n".join(map(_said, rows))
        case Judgement():
            return _judgement(block)
        case Lines(rows):
            return _lines(rows)
        case Path():
            return _path(block)
        case Listing(text, language):
            return f"```{language}\n{text}\n```"
        case Chapter(title, about):
            return f"# {title}\n\n{about}"
        case Entry():
            return _entry(block)
        case Entries():
            return _entries(block)
        case Names():
            return _names(block)


def plain_words(sentence: str) -> str:
    """Words with Markdown's own signs escaped."""
    return _SPECIAL.sub(r"\\\1", sentence)


def _said(words: Words) -> str:
    out = ""
    for word in words:
        if isinstance(word, Math):
            out += f"${_math(word.box)}$"
        else:
            out += f"`{word.text}`" if isinstance(word, Code) else plain_words(word.text)
    return out


def _math(box: Box) -> str:
    return paint(box, LATEX)


def _head(block: Head) -> str:
    lines = []
    for group, how in block.known:
        for one in group:
            about = ", ".join(text for text in (one.properties, how) if text)
            said = f" ({plain_words(about)})" if about else ""
            lines.append(f"- ${_math(one.name)} : {_math(one.shape)}${said}")
    lines.extend(f"- ${_math(name)}$ : {_said(about)}" for name, about in block.functions)
    lines.extend(f"- {_inline(one)}" for pair in block.statements for one in pair if one)
    return "\n".join(lines)


def _inline(one: Equation) -> str:
    shape = "" if one.shape is None else f", ${_math(one.shape)}$"
    return f"${_math(one.left)} = {_math(one.right)}${shape}"


def _display(one: Equation) -> str:
    shape = "" if one.shape is None else f" \\qquad ({_math(one.shape)})"
    shown = f"$${_math(one.left)} = {_math(one.right)}{shape}$$"
    return shown + (f"\n\n{_said(one.remark)}" if one.remark else "")


def _item(one: Equation) -> str:
    return f"- {_inline(one)}" + (f" — {_said(one.remark)}" if one.remark else "")


def _section(block: Section) -> str:
    parts = [f"### {_said(block.title)}"] if block.title else []
    if block.lets:
        lets = ", ".join(f"${_math(one.left)} = {_math(one.right)}$" for one in block.lets)
        parts.append(f"Let {lets}.")
    parts.append("\n".join(map(_row, block.rows)))
    parts += [] if block.ending is None else [_display(block.ending)]
    parts += map(_said, block.note)
    return "\n\n".join(parts)


def _row(row: Row) -> str:
    reason = f" — {_said(row.why)}" if row.why else ""
    if row.inner:
        return f"   - ${_math(row.right)}${reason}"
    left = "" if row.left is None else _math(row.left)
    return f"{row.number}. ${left} = {_math(row.right)}$".replace("$ = ", "${} = ") + reason


def _tail(block: Tail) -> str:
    said = list(map(_said, block.remarks))
    if block.conditions:
        said.insert(0, "Holds where " + " and ".join(map(_said, block.conditions)) + ".")
    return "\n\n".join([*said, f"*{block.verdict} · {block.steps}*"])


# ---- reports

_MARKS = {"right": "✓ ", "wrong": "✗ ", "open": "? ", "": ""}


def _judgement(block: Judgement) -> str:
    facts = "\n".join(f"- {label}{': ' if label else ''}{_said(words)}" for label, words in block.facts)
    return f"**{_MARKS[block.mark]}{_said(block.words)}**" + (f"\n\n{facts}" if facts else "")


def _lines(rows: tuple[Line, ...]) -> str:
    out = []
    for row in rows:
        said = f" {_MARKS[row.mark]}{_said(row.beside)}".rstrip()
        out.append(f"- {row.number} `{row.text.strip() or ' '}`{said}")
        out += [f"  - {_said(words)}" for words in row.below]
    return "\n".join(out)


def _path(block: Path) -> str:
    rows = [
        f"- ${'= ' if place else ''}{_math(box)}$ — {_said(why)}"
        for place, (box, why) in enumerate(block.rows)
    ]
    return "\n\n".join([_said(block.words), *(["\n".join(rows)] if rows else [])])


# ---- books


def _entry(one: Entry) -> str:
    law = ["\n".join(["```", *one.laws, "```"])] if one.laws else []
    notes = ", ".join(one.notes)
    said = [f"{notes[0].upper()}{notes[1:]}."] if notes else []
    return "\n\n".join([f"## `{one.name}`: {one.title}", *law, *said])


def _entries(block: Entries) -> str:
    rows = (
        _cells(f"`{row.name}`", row.title, "<br>".join(f"`{law}`" for law in row.laws), ", ".join(row.notes))
        for row in block.rows
    )
    return "\n".join([_cells(*block.heads), _cells(*["---"] * 4), *rows])


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _names(block: Names) -> str:
    rows = "\n".join(f"- `{name}` {said}" for name, said in block.rows)
    if not block.family:
        return f"{block.title}\n{rows}"
    return f"## {block.family}. {block.title}\n\n{rows}"
