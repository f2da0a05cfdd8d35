"""A page as a LaTeX fragment that needs amsmath and nothing else."""

from __future__ import annotations

from gradproof.rendering.formula.latex import latex_text
from gradproof.rendering.page.model import Block, Equation, Page, Row


def latex_page(page: Page) -> str:
    """The page: what was understood, one align* a section, the verdict."""
    parts = [_header(page)]
    closed = [block for block in page.blocks if not block.rows]
    parts.extend(_open(block) for block in page.blocks if block.rows)
    equations = [one for block in closed for one in block.equations]
    parts.append(_align([_equation(one) for one in (*equations, *page.answers, *page.forms)]))
    parts.append(_tail(page))
    return "\n\n".join(part for part in parts if part)


def _header(page: Page) -> str:
    said = []
    for group, how in page.known:
        names = ", ".join(
            f"${one.name} : {one.shape}$" + (f" {latex_text(one.properties)}" if one.properties else "")
            for one in group
        )
        said.append(names + (f" ({latex_text(how)})" if how else ""))
    said.extend(f"${function}$ an {known}" for function, known in page.functions)
    given = "Given " + "; ".join(said) + "." if said else ""
    lines = [_equation(one) for pair in page.statements for one in pair if one]
    return "\n".join(part for part in (given, _align(lines)) if part)


def _equation(one: Equation) -> str:
    right = one.right + (f" \\qquad ({one.shape})" if one.shape else "")
    return _line(one.left, right, one.remark)


def _line(left: str, right: str, why: str) -> str:
    reason = f" && \\text{{{latex_text(why)}}}" if why else ""
    return f"{left} &= {right}{reason}"


def _align(lines: list[str]) -> str:
    if not lines:
        return ""
    return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"


def _open(block: Block) -> str:
    title = f"\\paragraph{{{block.title}}}" if block.title else ""
    lets = "Let " + ", ".join(f"${one.left} = {one.right}$" for one in block.lets) + "." if block.lets else ""
    lines = [_row(row) for row in block.rows]
    note = "\n\n".join(latex_text(text) for text in block.note.split("\n")) if block.note else ""
    end = _align([_equation(one) for one in block.ending])
    return "\n".join(part for part in (title, lets, _align(lines), end, note) if part)


def _row(row: Row) -> str:
    if "." in row.number:
        return f"&\\quad {row.right} && \\text{{{latex_text(row.why)}}}"
    return _line(row.left, row.right, row.why)


def _tail(page: Page) -> str:
    verdict = latex_text(f"{page.verdict} · {page.steps}")
    said = [verdict[0].upper() + verdict[1:] + "."]
    said[:0] = [latex_text(text) + "." for text in page.remarks]
    if page.conditions:
        said.insert(0, "Holds where " + latex_text(" and ".join(page.conditions)) + ".")
    return "\n".join(said)
