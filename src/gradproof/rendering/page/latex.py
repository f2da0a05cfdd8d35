"""A document as a LaTeX fragment that needs amsmath and nothing else.

Derivations are `align*`: left = right, and a reason. What would run off the page goes into a box that
breaks its lines: first the reason, beside the formula or below it, then the formula.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from gradproof.rendering.formula.boxes import Box, paint
from gradproof.rendering.formula.latex import BREAKABLE, LATEX, latex_text
from gradproof.rendering.formula.text import UNICODE
from gradproof.rendering.page.model import (
    Block,
    Chapter,
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
    Section,
    Tail,
    Words,
)

PAGE = 335.0  # points: a line of the standard classes at 10 points, and a little air
SIGN, GAP = 13.0, 14.0  # the = sign with its spaces; between a formula and its reason
NARROW = 120.0  # a reason needs at least that much beside a formula
LONG = 8  # with more lines than this, a page may end between two of them


def write(document: Document, width: int) -> str:
    """The document: what was understood, one align* a section, the verdict."""
    return "\n\n".join(part for part in map(_block, document) if part)


def _block(block: Block) -> str:
    match block:
        case Heading(words, _, outline):
            return "" if outline else f"\\textbf{{{_capital(_said(words))}}}"
        case Head():
            return _head(block)
        case Section():
            return _section(block)
        case Equations(rows):
            return _align([_equation(one) for one in rows])
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
            return _listing(text)
        case Chapter(title, about):
            return f"\\section*{{{latex_text(title)}}}\n{latex_text(about)}"
        case Entry():
            return _entry(block)
        case Entries():
            return _entries(block)
        case Names():
            return _names(block)


def _said(words: Words) -> str:
    return "".join(
        f"${paint(word.box, BREAKABLE)}$" if isinstance(word, Math) else latex_text(word.text)
        for word in words
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _math(box: Box) -> str:
    return paint(box, LATEX)


# ---- derivations


def _head(block: Head) -> str:
    said = []
    for group, how in block.known:
        names = ", ".join(
            f"${_math(one.name)} : {_math(one.shape)}$"
            + (f" {latex_text(one.properties)}" if one.properties else "")
            for one in group
        )
        said.append(names + (f" ({latex_text(how)})" if how else ""))
    said.extend(f"${_math(name)}$ an {_said(about)}" for name, about in block.functions)
    given = "Given " + "; ".join(said) + "." if said else ""
    lines = [_equation(one) for pair in block.statements for one in pair if one]
    return "\n".join(part for part in (given, _align(lines)) if part)


def _section(block: Section) -> str:
    title = f"\\paragraph{{{_said(block.title)}}}" if block.title else ""
    lets = ", ".join(f"${paint(one.left, BREAKABLE)} = {paint(one.right, BREAKABLE)}$" for one in block.lets)
    lines = _align([_Line(row.left, row.right, None, row.why, row.inner) for row in block.rows])
    end = _align([] if block.ending is None else [_equation(block.ending)])
    note = "\n\n".join(map(_said, block.note))
    return "\n".join(part for part in (title, f"Let {lets}." if lets else "", lines, end, note) if part)


def _tail(block: Tail) -> str:
    verdict = latex_text(f"{block.verdict} · {block.steps}")
    said = [_said(words) + "." for words in block.remarks]
    said.append(_capital(verdict) + ".")
    if block.conditions:
        said.insert(0, "Holds where " + " and ".join(map(_said, block.conditions)) + ".")
    return "\n".join(said)


# ---- lines that stay on the page


class _Line(NamedTuple):
    """left = right (shape)      why; an inner line has no = sign."""

    left: Box | None
    right: Box
    shape: Box | None
    why: Words
    inner: bool = False


def _equation(one: Equation) -> _Line:
    return _Line(one.left, one.right, one.shape, one.remark)


def _align(lines: Iterable[_Line]) -> str:
    """The lines under each other, their reasons all beside them or, where there is no room, all below."""
    rows = list(lines)
    if not rows:
        return ""
    left = max((_wide(line.left) for line in rows if line.left), default=0.0)
    room = PAGE - left - SIGN
    beside = room - GAP - max(_right(line) for line in rows)
    below = beside < NARROW and any(_words(line.why) > beside for line in rows)
    out: list[str] = []
    for line in rows:
        if below:
            out.append(_set(line, room, ""))
            out += [f"&\\quad {_fitted(line.why, room - 2 * GAP)}"] if line.why else []
        else:
            out.append(_set(line, room, _fitted(line.why, beside)))
    broken = "\\allowdisplaybreaks\n" if len(out) > LONG else ""
    return broken + "\\begin{align*}\n" + " \\\\\n".join(out) + "\n\\end{align*}"


def _fitted(words: Words, room: float) -> str:
    """A reason on one line, or in a box that breaks its lines."""
    if not words:
        return ""
    said = _said(words)
    return f"\\text{{{said}}}" if _words(words) <= room else _boxed(said, room)


def _set(line: _Line, room: float, reason: str) -> str:
    shape = "" if line.shape is None else f" \\qquad ({_math(line.shape)})"
    if _right(line) <= room:
        right = _math(line.right) + shape
    else:
        shape = shape.replace("\\qquad", "\\quad")
        right = _boxed(f"$\\displaystyle {paint(line.right, BREAKABLE)}{shape}$", room)
    head = "&\\quad" if line.inner else f"{'' if line.left is None else _math(line.left)} &="
    return f"{head} {right}" + (f" && {reason}" if reason else "")


def _boxed(text: str, wide: float) -> str:
    return f"\\parbox[t]{{{int(100 * wide / 345) / 100:.2f}\\linewidth}}{{\\raggedright {text}}}"


def _right(line: _Line) -> float:
    return _wide(line.right) + (0.0 if line.shape is None else 30.0 + _wide(line.shape))


def _wide(box: Box) -> float:
    """About how many points a formula is wide: by its signs on one line."""
    return sum(map(_sign, paint(box, UNICODE)))


def _words(words: Words) -> float:
    return sum(_wide(word.box) if isinstance(word, Math) else 5.1 * len(word.text) for word in words)


def _sign(sign: str) -> float:
    if sign in "ᵀ⁻¹²³_":
        return 4.5
    if sign in " (),;.|:[]′'":
        return 3.5
    return 5.6 if sign.islower() or sign.isdigit() else 8.4


# ---- reports

_MARKS = {"right": "$\\surd$", "wrong": "$\\times$", "open": "?", "": ""}


def _judgement(block: Judgement) -> str:
    facts = "\n\n".join(f"{_label(label)}{_said(words)}" for label, words in block.facts)
    return f"{_MARKS[block.mark]} \\textbf{{{_said(block.words)}}}" + (f"\n\n{facts}" if facts else "")


def _label(label: str) -> str:
    return f"\\emph{{{latex_text(label)}}}\\quad " if label else ""


def _lines(rows: Iterable[Line]) -> str:
    """A list: the line as it was written, then what is said of it."""
    out = []
    for row in rows:
        said = " ".join(part for part in (_MARKS[row.mark], _said(row.beside)) if part)
        below = "".join(f" \\\\ {_said(words)}" for words in row.below)
        out.append(f"\\item[{row.number}] {_typed(row.text)}" + (f" \\quad {said}" if said else "") + below)
    return "\\begin{itemize}\\raggedright\n" + "\n".join(out) + "\n\\end{itemize}"


def _typed(text: str) -> str:
    """Text as it was typed, which may be broken at its spaces."""
    return f"\\texttt{{{latex_text(text.strip())}}}"


def _listing(text: str) -> str:
    lines = (_typed(line) if line.strip() else "~" for line in text.split("\n"))
    return "\\begin{flushleft}\n" + " \\\\\n".join(lines) + "\n\\end{flushleft}"


def _path(block: Path) -> str:
    """The forms under each other, the first without a sign of equality."""
    made = _align(_Line(None, box, None, why) for box, why in block.rows)
    first = made.replace(" &=", "&\\phantom{{}={}}", 1)
    return f"{_capital(_said(block.words))}.\n{first}".rstrip()


# ---- books


def _entry(one: Entry) -> str:
    laws = "".join(f"\\par\\noindent {_typed(law)}" for law in one.laws)
    notes = f"\\par\\noindent {latex_text(_capital(', '.join(one.notes)))}." if one.notes else ""
    head = f"\\paragraph{{{_typed(one.name)}}} {latex_text(one.title)}"
    return f"{{\\raggedright {head}{laws}{notes}\\par}}"


def _entries(block: Entries) -> str:
    return "\n\n".join(map(_entry, block.rows))


def _names(block: Names) -> str:
    rows = "\n".join(f"\\item[{_typed(name)}] {latex_text(said)}" for name, said in block.rows)
    body = f"\\begin{{description}}\n{rows}\n\\end{{description}}"
    return f"\\textbf{{{latex_text(f'{block.family} {block.title}'.strip())}}}\n{body}" if rows else ""
