"""Gauss: inverse and determinant of a square matrix over any field."""

from __future__ import annotations

from gradproof.proof.evaluation.arithmetic import Arithmetic, Entries, Undefined

MOST_CONDITION = 1e10  # of a matrix whose inverse has six digits left in floating point


def _pivot(field: Arithmetic, rows: list[Entries], column: int) -> int | None:
    """The row to divide by: the largest entry where sizes can be compared, else any but zero."""
    candidates = [k for k in range(column, len(rows)) if field.divides(rows[k][column])]
    if not candidates:
        return None
    if field.ordered:
        return max(candidates, key=lambda k: abs(rows[k][column]))
    return candidates[0]


def inverse(field: Arithmetic, entries: Entries, n: int) -> Entries:
    """The inverse of an n×n matrix."""
    rows = [[*entries[k * n : k * n + n], *(int(k == j) for j in range(n))] for k in range(n)]
    for column in range(n):
        best = _pivot(field, rows, column)
        if best is None:
            raise Undefined("a singular matrix")
        rows[column], rows[best] = rows[best], rows[column]
        factor = field.invert(rows[column][column])
        head = rows[column] = field.reduce([value * factor for value in rows[column]])
        for k in range(n):
            lead = rows[k][column]
            if k != column and lead:
                rows[k] = field.reduce([x - lead * y for x, y in zip(rows[k], head, strict=True)])
    found = [value for row in rows for value in row[n:]]
    if field.ordered and _largest(entries) * _largest(found) * n > MOST_CONDITION:
        raise Undefined("rounding errors decide about an inverse", chance=True)
    return found


def _largest(entries: Entries) -> float:
    return max((abs(value) for value in entries), default=0.0)


def determinant(field: Arithmetic, entries: Entries, n: int) -> Entries:
    """The determinant of an n×n matrix, as a list of one."""
    rows = [entries[k * n : k * n + n] for k in range(n)]
    total = field.reduce([1])[0]
    for column in range(n):
        best = _pivot(field, rows, column)
        if best is None:
            return field.reduce([0])
        if best != column:
            rows[column], rows[best] = rows[best], rows[column]
            total = -total
        head = rows[column]
        total = field.reduce([total * head[column]])[0]
        factor = field.invert(head[column])
        for k in range(column + 1, n):
            lead = rows[k][column]
            if lead:
                lead = field.reduce([lead * factor])[0]
                rows[k] = field.reduce([x - lead * y for x, y in zip(rows[k], head, strict=True)])
    return field.reduce([total])
