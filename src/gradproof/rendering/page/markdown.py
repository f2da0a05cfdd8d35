"""A page as Markdown with formulas between dollar signs."""

from __future__ import annotations

import re

from gradproof.rendering.page.model import Block, Equation, Page, Row

_SPECIAL = re.compile(r"([\\`*_<>$\[\]#|])")


def markdown_page(page: Page) -> str:
    """The page: headings, a list of steps a section, the answers displayed."""
    parts = ["## What was understood", _header(page)]
    opened = [block for block in page.blocks if block.rows]
    if opened:
        parts.append("## Derivation")
        parts.extend(_open(block) for block in opened)
    closed = [one for block in page.blocks if not block.rows for one in block.equations]
    ending = [*closed, *page.answers, *page.forms]
    if len(ending) == 1:
        parts.extend(["## Result", _display(ending[0])])
    elif ending:
        parts.extend(["## Result", "\n".join(map(_item, ending))])
    parts.append(_tail(page))
    return "\n\n".join(part for part in parts if part)


def plain_words(sentence: str) -> str:
    """A sentence with Markdown's own signs escaped."""
    return _SPECIAL.sub(r"\\\1", sentence)


def _header(page: Page) -> str:
    lines = []
    for group, how in page.known:
        for one in group:
            about = ", ".join(text for text in (one.properties, how) if text)
            lines.append(f"- ${one.name} : {one.shape}$" + (f" ({plain_words(about)})" if about else ""))
    lines.extend(f"- ${function}$ : {known}" for function, known in page.functions)
    lines.extend(f"- {_inline(one)}" for pair in page.statements for one in pair if one)
    return "\n".join(lines)


def _inline(one: Equation) -> str:
    return f"${one.left} = {one.right}$" + (f", ${one.shape}$" if one.shape else "")


def _display(one: Equation) -> str:
    shape = f" \\qquad ({one.shape})" if one.shape else ""
    return f"$${one.left} = {one.right}{shape}$$" + (f"\n\n{plain_words(one.remark)}" if one.remark else "")


def _item(one: Equation) -> str:
    return f"- {_inline(one)}" + (f" — {plain_words(one.remark)}" if one.remark else "")


def _open(block: Block) -> str:
    parts = [f"### {block.title}"] if block.title else []
    if block.lets:
        parts.append("Let " + ", ".join(f"${one.left} = {one.right}$" for one in block.lets) + ".")
    parts.append("\n".join(map(_row, block.rows)))
    parts.extend(map(_display, block.ending))
    parts.extend(plain_words(text.strip()) for text in block.note.split("\n") if text.strip())
    return "\n\n".join(parts)


def _row(row: Row) -> str:
    reason = f" — {plain_words(row.why)}" if row.why else ""
    if "." in row.number:
        return f"   - ${row.right}${reason}"
    return f"{row.number}. ${row.left} = {row.right}$".replace("$ = ", "${} = ") + reason


def _tail(page: Page) -> str:
    said = [plain_words(text) for text in page.remarks]
    if page.conditions:
        said.insert(0, "Holds where " + plain_words(" and ".join(page.conditions)) + ".")
    return "\n\n".join([*said, f"*{page.verdict} · {page.steps}*"])
