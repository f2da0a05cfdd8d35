"""What sentences declare, beside what is declared by name."""

from __future__ import annotations

import re

from gradproof.elaboration.assembly.declarations import Shapes
from gradproof.elaboration.worksheet.statement import Said
from gradproof.language.syntax.declarations import declarations, readable
from gradproof.language.syntax.tree import Span
from gradproof.language.worksheet.row import Row
from gradproof.operators.aliases import SQUARE

UNREAD = "declaration"  # the sort of a row that declares something and cannot be read
KINDS = frozenset(("scalar", "vector", "matrix"))


def legible(rows: list[Row]) -> tuple[list[Row], list[Said]]:
    """The rows with the declarations that can be read, and a row for each that cannot."""
    out: list[Row] = []
    lost: list[Said] = []
    for row in rows:
        if row.kind != "where":
            out.append(row)
            continue
        good, faults = readable(row.text, row.right)
        out += [row] if not faults else [row._replace(right=span) for span in good]
        for fault in faults:
            names = frozenset(re.findall(r"[^\W\d]\w*", row.text[slice(*(fault.span or row.right))]))
            lost.append(Said(row, UNREAD, "", "", None, None, fault, (), names))
    return out, lost


def _said_shapes(rows: list[Row]) -> dict[str, tuple[str, ...]]:
    return {
        one.name: one.sizes
        for row in rows if row.kind == "where"
        for one in declarations(row.text, row.right) if one.sizes is not None
    }  # fmt: skip


def consistent(rows: list[Row], shapes: Shapes | None, where: str | None) -> list[tuple[str, Span]]:
    """What sentences declare, where it says nothing that was declared already in other words."""
    known = {*(shapes or {}), *(one.name for one in declarations(where or "") if one.sizes is not None)}
    for row in rows:
        if row.kind == "where":
            known |= {one.name for one in declarations(row.text, row.right) if one.sizes is not None}
    out = []
    shapes_said = {
        **_said_shapes(rows),
        **{name: tuple(map(str, sizes)) for name, sizes in (shapes or {}).items()},
    }
    for row in rows:
        if row.kind != "spoken":
            continue
        one = declarations(row.text, row.right)[0]
        sizes = one.sizes or shapes_said.get(one.name, ("n", "n"))
        if SQUARE.intersection(one.words) and (len(sizes) != 2 or sizes[0] != sizes[1]):
            continue  # it was said of a product, of which this is the last factor
        shaped = one.sizes is not None or KINDS.intersection(one.words)
        if not (shaped and one.name in known):
            out.append((row.text, row.right))
        elif props := [word for word in one.words if word not in KINDS]:
            text = f"{one.name} {' '.join(props)}"
            out.append((text, (0, len(text))))
        known |= {one.name} if shaped else set()
    return out
