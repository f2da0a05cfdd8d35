"""A document as one HTML page: MathML for formulas, no script, nothing that is fetched, light and dark.

A step is a row of a table, and each formula an element of its own, so that reasons wrap. Every formula
has words to be read aloud, and its LaTeX beside it for programs that copy.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import count

from gradproof.rendering.formula.boxes import Box, paint
from gradproof.rendering.formula.latex import LATEX
from gradproof.rendering.formula.mathml import pieces
from gradproof.rendering.formula.speech import SPEECH
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

STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1f; --soft: #5b5b66; --page: #fdfdfb; --line: #d9d9d4;
  --right: #14683a; --wrong: #a3241d; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e4; --soft: #a9a9b3; --page: #17171a;
  --line: #3a3a42; --right: #6fce95; --wrong: #ff9b90; } }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 Georgia, "Times New Roman", serif; }
main { max-width: 64rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1, h2, h3 { font-weight: 600; line-height: 1.25; margin: 1.6em 0 .5em; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; color: var(--soft); } h3 { font-size: 1.05rem; }
math { font-family: "STIX Two Math", "Latin Modern Math", "Cambria Math", math, serif; font-size: 1.06em; }
table { margin: .6em 0; }
tbody { display: grid; column-gap: .6em; grid-template-columns: auto auto minmax(0, 3fr) minmax(0, 2fr); }
table.equations tbody { grid-template-columns: auto minmax(0, 3fr) minmax(0, 2fr); }
table.lines tbody { grid-template-columns: auto minmax(0, 3fr) minmax(0, 3fr); }
table.facts tbody { grid-template-columns: auto minmax(0, 1fr); }
table.words tbody { grid-template-columns: auto repeat(3, minmax(0, 1fr)); }
table.path tbody { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); }
tr { display: grid; grid-template-columns: subgrid; grid-column: 1 / -1; align-items: baseline; }
th, td { padding: .28em 0; text-align: left; font-weight: 400; }
th { color: var(--soft); font-variant-numeric: tabular-nums; }
td.left { text-align: right; white-space: nowrap; }
td.why, .soft { color: var(--soft); }
.formula { display: block; overflow-x: auto; overflow-y: hidden; line-height: 1.9; }
ul.known { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2em 1.6em; margin: .4em 0; }
pre { background: color-mix(in srgb, var(--line) 35%, transparent); padding: .8em 1em; overflow-x: auto;
  font: 14px/1.5 ui-monospace, Consolas, "DejaVu Sans Mono", monospace; }
code { font: .92em ui-monospace, Consolas, "DejaVu Sans Mono", monospace; }
.verdict { border-left: 3px solid var(--line); padding-left: .8em; }
.verdict.right { border-color: var(--right); } .verdict.wrong { border-color: var(--wrong); }
td code { white-space: pre-wrap; }
mark { background: none; color: var(--wrong); text-decoration: underline wavy; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (max-width: 42rem) { tbody, table tbody { display: block; } tr { display: block; padding: .4em 0;
  border-bottom: 1px solid var(--line); } th, td { display: block; } td.left { text-align: left; } }
@media print { :root { --ink: #000; --soft: #333; --page: #fff; --line: #bbb; } main { max-width: none; } }
""".strip()


def write(document: Document, width: int) -> str:
    """The whole page."""
    title = next((_plain(block.words) for block in document if isinstance(block, Heading)), "A derivation")
    sections = count(1)
    body = "\n".join(part for part in (_block(block, sections) for block in document) if part)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{STYLE}\n</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _block(block: Block, sections: count[int]) -> str:
    match block:
        case Heading(words, level, _):
            return f"<h{level}>{_capital(_said(words))}</h{level}>"
        case Head():
            return _head(block)
        case Section():
            return _section(block, next(sections))
        case Equations(rows):
            return _equations(rows)
        case Tail():
            return _tail(block)
        case Paragraph(words):
            return f"<p>{_said(words)}</p>"
        case Remarks(rows):
            return "\n".join(f"<p>{_capital(_said(row))}.</p>" for row in rows)
        case Judgement():
            return _judgement(block)
        case Lines(rows):
            return _table("lines", map(_line, rows))
        case Path():
            return _path(block)
        case Listing(text, _):
            return f"<pre>{escape(text)}</pre>"
        case Chapter(title, about):
            return f"<h1>{escape(title)}</h1>\n<p>{escape(about)}</p>"
        case Entry():
            return _entry(block)
        case Entries():
            return _entries(block)
        case Names():
            return _names(block)


def _plain(words: Words) -> str:
    return "".join(paint(word.box, SPEECH) if isinstance(word, Math) else word.text for word in words)


def _said(words: Words) -> str:
    out = ""
    for word in words:
        if isinstance(word, Math):
            out += _math(word.box, inline=True)
        else:
            out += f"<code>{escape(word.text)}</code>" if isinstance(word, Code) else escape(word.text)
    return out


def _capital(html: str) -> str:
    return html[:1].upper() + html[1:]


def _math(box: Box, inline: bool = False, before: str = "") -> str:
    """A formula, with = before a right side: in pieces where it is long, and as one to who listens."""
    lead = f'<mo form="infix">{before}</mo>' if before else ""
    spoken = escape(before.replace("=", "equals ") + paint(box, SPEECH))
    copied = escape(f"{before} {paint(box, LATEX)}".strip())
    first, *rest = pieces(box)
    style = "" if inline else ' displaystyle="true"'
    if not rest:
        return _element(f'{style} aria-label="{spoken}"', lead + first, copied)
    shown = [_element(style, lead + first, copied), *(f"<math{style}>{piece}</math>" for piece in rest)]
    return f'<span role="math" aria-label="{spoken}">{"<wbr/>".join(shown)}</span>'


def _element(attributes: str, shown: str, copied: str) -> str:
    note = f'<annotation encoding="application/x-tex">{copied}</annotation>'
    return f"<math{attributes}><semantics><mrow>{shown}</mrow>{note}</semantics></math>"


# ---- tables, which are laid out as grids and so have to say that they are tables


def _table(kind: str, rows: Iterable[str], caption: str = "") -> str:
    inside = "\n".join(rows)
    if not inside:
        return ""
    title = f'<caption class="hidden">{caption}</caption>' if caption else ""
    return f'<table role="table" class="{kind}">{title}<tbody role="rowgroup">\n{inside}\n</tbody></table>'


def _tr(*cells: str, more: str = "") -> str:
    return f'<tr role="row"{more}>{"".join(cells)}</tr>'


def _th(text: str) -> str:
    return f'<th role="rowheader" scope="row">{escape(text)}</th>'


def _td(inside: str, kind: str = "") -> str:
    return f'<td role="cell"{f" class={chr(34)}{kind}{chr(34)}" if kind else ""}>{inside}</td>'


def _formula(inside: str) -> str:
    return _td(f'<span class="formula">{inside}</span>')


# ---- derivations


def _head(block: Head) -> str:
    known = "".join(f"<li>{_known(one, how)}</li>" for group, how in block.known for one in group)
    known += "".join(f"<li>{_math(name)} : {_said(about)}</li>" for name, about in block.functions)
    statements = _equations(tuple(one for pair in block.statements for one in pair if one))
    return (f'<ul class="known">{known}</ul>' if known else "") + statements


def _known(one: Known, how: str) -> str:
    about = ", ".join(part for part in (one.properties, how) if part)
    said = f' <span class="soft">({escape(about)})</span>' if about else ""
    return f"{_math(one.name)} : {_math(one.shape)}{said}"


def _section(block: Section, number: int) -> str:
    parts = [f"<h3>{_said(block.title)}</h3>"] if block.title else []
    if block.lets:
        lets = ", ".join(f"{_math(one.left)} {_math(one.right, before='=')}" for one in block.lets)
        parts.append(f"<p>Let {lets}.</p>")
    rows = (_row(row, number) for row in block.rows)
    parts.append(_table("steps", rows, "The steps, each with its reason"))
    parts += [] if block.ending is None else [_equations((block.ending,))]
    parts += [f"<p>{_said(words)}</p>" for words in block.note]
    return "\n".join(part for part in parts if part)


def _row(row: Row, section: int) -> str:
    left = "" if row.left is None else _math(row.left)
    right = _math(row.right, before="" if row.inner else "=")
    place = f"step-{section}-{row.number.replace('.', '-')}"
    cells = _th(row.number), _td(left, "left"), _formula(right), _td(_said(row.why), "why")
    return _tr(*cells, more=f' id="{place}"')


def _equations(rows: tuple[Equation, ...]) -> str:
    return _table("equations", map(_equation, rows))


def _equation(one: Equation) -> str:
    shape = "" if one.shape is None else f' <span class="soft">: {_math(one.shape)}</span>'
    right = _formula(f"{_math(one.right, before='=')}{shape}")
    return _tr(_td(_math(one.left), "left"), right, _td(_said(one.remark), "why"))


def _tail(block: Tail) -> str:
    said = [f"<p>{_capital(_said(words))}.</p>" for words in block.remarks]
    if block.conditions:
        said.insert(0, f"<p>Holds where {' and '.join(map(_said, block.conditions))}.</p>")
    return "\n".join([*said, f'<p class="verdict">{escape(_capital(block.verdict))} · {block.steps}.</p>'])


# ---- reports

_MARKS = {"right": "✓", "wrong": "✗", "open": "?", "": ""}


def _judgement(block: Judgement) -> str:
    facts = _table("facts", (_tr(_th(label), _formula(_said(words))) for label, words in block.facts))
    return f'<p class="verdict {block.mark}">{_MARKS[block.mark]} {_said(block.words)}</p>\n{facts}'


def _line(row: Line) -> str:
    below = "".join(f'<div class="soft">{_said(words)}</div>' for words in row.below)
    said = _td(f"{_MARKS[row.mark]} {_said(row.beside)}", "why")
    return _tr(_th(row.number), _td(f"<code>{_marked(row)}</code>{below}"), said)


def _marked(row: Line) -> str:
    """The line with the place that is spoken of."""
    if row.place is None:
        return escape(row.text)
    start, end = row.place
    there = f"<mark>{escape(row.text[start:end])}</mark>"
    return escape(row.text[:start]) + there + escape(row.text[end:])


def _path(block: Path) -> str:
    signs = ("", *["="] * len(block.rows))
    rows = (
        _tr(_formula(_math(box, before=sign)), _td(_said(why), "why"))
        for sign, (box, why) in zip(signs, block.rows, strict=False)
    )
    return f"<p>{_capital(_said(block.words))}</p>\n{_table('path', rows)}"


# ---- books


def _entry(one: Entry) -> str:
    laws = f"<pre>{escape(chr(10).join(one.laws))}</pre>" if one.laws else ""
    notes = f"<p>{escape(_capital(', '.join(one.notes)))}.</p>" if one.notes else ""
    return f"<h2><code>{escape(one.name)}</code> {escape(one.title)}</h2>{laws}{notes}"


def _entries(block: Entries) -> str:
    heads = "".join(f'<th role="columnheader" scope="col">{escape(head)}</th>' for head in block.heads)
    rows = (
        _tr(
            _td(f"<code>{escape(row.name)}</code>"), _td(escape(row.title)),
            _td("<br/>".join(f"<code>{escape(law)}</code>" for law in row.laws)),
            _td(escape(", ".join(row.notes)), "why"),
        )
        for row in block.rows
    )  # fmt: skip
    return _table("words", (_tr(heads), *rows))


def _names(block: Names) -> str:
    rows = "".join(
        f"<dt><code>{escape(name)}</code></dt><dd>{escape(said)}</dd>" for name, said in block.rows
    )
    title = f"{block.family} {block.title}".strip()
    return f"<h2>{escape(title)}</h2>\n<dl>{rows}</dl>"
