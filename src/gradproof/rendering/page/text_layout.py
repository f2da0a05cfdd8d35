"""Lines of text in columns that fit a width. Knows nothing of mathematics but where to break it."""

from __future__ import annotations

from collections.abc import Iterable

_BREAKS = ("+", "−", "-", ":", "=", "⊙", "⊗", "→", "->", ".*")


def words(text: str, width: int) -> list[str]:
    """A sentence in lines of at most `width` characters, where its words allow."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            if line and len(line) + 1 + len(word) > width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        lines.append(line)
    return lines


def flow(cells: Iterable[str], width: int, gap: str = "   ") -> list[str]:
    """Cells side by side with a gap, in as many lines as they need."""
    lines: list[str] = []
    for cell in cells:
        if lines and len(lines[-1]) + len(gap) + len(cell) <= width:
            lines[-1] += gap + cell
        else:
            lines.append(cell)
    return lines


def fold(text: str, width: int) -> list[str]:
    """A formula in lines of at most `width`: broken before an operator, outside brackets if it can be."""
    lines: list[str] = []
    indent = ""
    while len(indent) + len(text) > width:
        place = _place(text, max(width - len(indent), 1))
        if place is None:
            break
        lines.append(indent + text[:place])
        text = text[place + 1 :]
        indent = "  "
    return [*lines, indent + text]


def _place(text: str, width: int) -> int | None:
    """The space at which to break: the last one that fits, of the best kind there is."""
    depth, best, found = 0, (9, 0), None
    for at, sign in enumerate(text[: width + 1]):
        depth += (sign in "([") - (sign in ")]")
        if sign != " " or at == 0:
            continue
        operator = text[at + 1 :].split(" ", 1)[0] in _BREAKS
        rank = (depth + (0 if operator else 1), -at)
        if rank < best:
            best, found = rank, at
    return found


def beside(
    rows: list[tuple[str, str]], width: int, inset: int = 7, least: int = 24, gap: int = 3
) -> list[str]:
    """Pairs of texts in two columns; under each other where the width is too small."""
    fitting = {len(left) + gap for left, right in rows if right and len(left) + gap + least <= width}
    columns = sorted(fitting, reverse=True)[:: len(fitting) // 8 + 1] or [gap]
    drawn = [_drawn(rows, width, column, inset, least) for column in columns]
    return min(drawn, key=len)


def _drawn(rows: list[tuple[str, str]], width: int, column: int, inset: int, least: int) -> list[str]:
    """The rows with the second column at one place; a row that reaches into it has its text below."""
    lines: list[str] = []
    for left, right in rows:
        if not right:
            lines.append(left)
        elif len(left) < column - 2 and width - column >= least:
            pieces = words(right, width - column)
            lines.append(left.ljust(column) + pieces[0])
            lines.extend(" " * column + piece for piece in pieces[1:])
        else:
            lines.append(left)
            lines.extend(" " * inset + piece for piece in words(right, width - inset))
    return lines
