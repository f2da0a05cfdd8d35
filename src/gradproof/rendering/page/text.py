"""A page as lines of text, in Unicode or ASCII, for a terminal of any reasonable width."""

from __future__ import annotations

from itertools import zip_longest

from gradproof.rendering.page.model import Block, Equation, Known, Page, Row
from gradproof.rendering.page.text_layout import beside, flow, fold, words

NARROWEST = 30
INDENT = "  "


def text_page(page: Page, width: int) -> str:
    """The page in lines of at most `width` characters, where formulas allow."""
    width = max(width, NARROWEST)
    chunks = [_header(page, width)]
    closed: list[Equation] = []
    for block in page.blocks:
        if block.rows:
            chunks.extend([_equations(closed, width), *_open(block, width)])
            closed = []
        else:
            closed.extend(block.equations)
    chunks.append(_equations([*closed, *page.answers], width))
    chunks.append(_equations(page.forms, width))
    chunks = [chunk for chunk in chunks if chunk]
    ends_in_words = bool(page.blocks) and not closed and not page.answers and bool(page.blocks[-1].note)
    tail = _tail(page, width)
    if ends_in_words or len(chunks) < 2 or len(closed) + len(page.answers) > 1:
        chunks.append(tail)
    else:
        chunks[-1].extend(tail)
    return "\n\n".join("\n".join(line.rstrip() for line in chunk) for chunk in chunks)


def _shown(equation: Equation) -> str:
    return f"{equation.left} = {equation.right}" + (f" : {equation.shape}" if equation.shape else "")


def _header(page: Page, width: int) -> list[str]:
    known = _known(page, width)
    functions = [f"{function} : {known}" for function, known in page.functions]
    above = list(zip_longest(known, functions, fillvalue=""))
    apart = [(one, "") for one in (*known, *functions)]
    pairs = [(_shown(a) if a else "", _shown(b) if b else "") for a, b in page.statements]
    single = [(one, "") for pair in pairs for one in pair if one]
    for rows in ([*above, *pairs], [*apart, *pairs]):
        column = max((len(a) for a, b in rows if b), default=0) + 6
        if len(INDENT) + column + max((len(b) for _, b in rows), default=0) <= width:
            return [INDENT + (a.ljust(column) + b if b else a) for a, b in rows]
    return [INDENT + line for one, _ in (*apart, *single) for line in fold(one, width - len(INDENT))]


def _known(page: Page, width: int) -> list[str]:
    cells = []
    for group, how in page.known:
        for one in group:
            cells.append(_declared(one))
        if how:
            cells[-1] += f"   ({how})"
    return flow(cells, width - len(INDENT))


def _declared(one: Known) -> str:
    return f"{one.name} : {one.shape}" + (f" {one.properties}" if one.properties else "")


def _open(block: Block, width: int) -> list[list[str]]:
    lines = [INDENT + block.title] if block.title else []
    for one in block.lets:
        lines.extend(INDENT + line for line in fold(f"let {_shown(one)}", width - 2))
    lines.extend(_rows(block.rows, width))
    note = [INDENT + line for line in words(block.note, width - 2)] if block.note else []
    return [lines, _equations(block.ending, width), note]


def _rows(rows: tuple[Row, ...], width: int) -> list[str]:
    numbers = max(len(row.number) for row in rows)
    column = max((len(row.left) for row in rows), default=0)
    pairs: list[tuple[str, str]] = []
    for row in rows:
        part = "." in row.number
        head = f"{INDENT}{row.number:<{numbers}}  {row.left:<{column}} " + ("  " if part else "= ")
        first, *rest = fold(row.right, width - len(head))
        pairs.extend((line, "") for line in _hanging(head, first, rest))
        pairs[-1] = (pairs[-1][0], row.why)
    return beside(pairs, width)


def _hanging(head: str, first: str, rest: list[str]) -> list[str]:
    return [head + first, *(" " * len(head) + line for line in rest)]


def _equations(equations: list[Equation] | tuple[Equation, ...], width: int) -> list[str]:
    """Equations under each other, their = signs aligned where the left sides are of one kind."""
    column = max((len(one.left) for one in equations), default=0)
    pairs: list[tuple[str, str]] = []
    for one in equations:
        head = f"{INDENT}{one.left:<{column}} = "
        body = one.right + (f" : {one.shape}" if one.shape else "")
        first, *rest = fold(body, width - len(head))
        pairs.extend((line, "") for line in _hanging(head, first, rest))
        pairs[-1] = (pairs[-1][0], one.remark)
    return beside(pairs, width, least=16)


def _tail(page: Page, width: int) -> list[str]:
    said = list(page.remarks)
    if page.conditions:
        said.insert(0, "holds where " + " and ".join(page.conditions))
    said.append(f"{page.verdict} · {page.steps}")
    return [INDENT + line for text in said for line in words(text, width - len(INDENT))]
