"""Names that a LaTeX text gives in ways of its own: `KL = …`, and `… =: p` at the end of a row."""

from __future__ import annotations

import re

from gradproof.language.latex.derivative_heads import head
from gradproof.language.worksheet.row import Row
from gradproof.patterns import Pattern

_RUN = Pattern(r"[A-Za-z]{2,6}")
_SPELLED = Pattern(r"\\(?:text|mathrm|operatorname)\s*\{[^{}]*\}|\\[A-Za-z]+")


def named(row: Row, name: str) -> list[Row]:
    """`A = B =: p`: what stands left of the sign is called p from here on."""
    here = (row.right[0], row.right[0])
    return [row._replace(kind="let", left=here, head=name)] if name else []


def called(stretches: list[list[Row]]) -> list[list[Row]]:
    """The rows with their heads, where a row defines a run of letters as one name."""
    rows = [row for stretch in stretches for row in stretch if row.kind in ("step", "let")]
    words = _words(rows)
    if not words:
        return stretches
    return [[_headed(row, words) for row in stretch] for stretch in stretches]


def _words(rows: list[Row]) -> list[str]:
    """Runs of letters on left sides whose letters stand nowhere else: `KL = …`, and not `Ax = b`."""
    texts = [_SPELLED.sub(" ", row.text[row.left[0] : row.right[1]]) for row in rows]
    lefts = [row.text[row.left[0] : row.left[1]].strip(" &") for row in rows if not row.head]
    runs = [text for text in dict.fromkeys(lefts) if _RUN.fullmatch(text)]
    runs = [run for run in runs if not (run[0] == "d" and (len(run) == 2 or run[1:] in runs))]
    out = []
    for run in runs:
        rest = " ".join(re.sub(rf"(?<![A-Za-z])d?{run}(?![A-Za-z])", " ", text) for text in texts)
        if not set(run) & set(rest):
            out.append(run)
    return out


def _headed(row: Row, words: list[str]) -> Row:
    left = row.text[row.left[0] : row.left[1]]
    if row.head or not left.strip() or not any(word in left for word in words):
        return row
    return row._replace(head=head(row.text, row.left, *row.right, words))
