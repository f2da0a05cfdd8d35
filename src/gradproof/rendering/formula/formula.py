"""An expression, written: choose a notation and a format.

Derivations are laid out in `story`; here is one formula at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

from gradproof.errors import UnsupportedError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Axes, Expr
from gradproof.operators.build import size
from gradproof.rendering.formula.ascii_matrix import plain
from gradproof.rendering.formula.boxes import Format, paint
from gradproof.rendering.formula.index import index
from gradproof.rendering.formula.latex import LATEX
from gradproof.rendering.formula.matrix import matrix
from gradproof.rendering.formula.precedence import Piece
from gradproof.rendering.formula.text import ASCII, UNICODE

FORMATS: Mapping[str, Format] = {"text": UNICODE, "ascii": ASCII, "latex": LATEX, "markdown": LATEX}


def table(format: str) -> Format:
    """The format of that name; raises UnsupportedError for one that does not exist."""
    found = FORMATS.get(format)
    if found is None:
        raise UnsupportedError(
            f'there is no format "{format}"; those that exist: {", ".join(FORMATS)}, json', code="GP502"
        )
    return found


def formula(
    e: Expr,
    notation: str = "matrix",
    format: str = "text",
    indices: tuple[str, ...] = (),
    taken: Collection[str] = (),
) -> str:
    """The expression as text.

    notation   "matrix", or "index": by entries, with `indices`, a letter for each axis
    format     "text", "ascii", "latex", "markdown" (LaTeX without dollar signs)
    taken      names that occur near it, so that no sign is mistaken for one of them

    >>> formula(mul(X, T(W)))
    'X Wᵀ'
    """
    spelling = table(format)
    whole = partial(plain if format == "ascii" else matrix, taken=taken)
    by_entries = notation == "index" and len(indices) == len(e.axes)
    piece: Piece = index(e, indices, whole) if by_entries else whole(e)
    return paint(piece.box, spelling)


def shape_text(axes: Axes, row: bool = False, format: str = "text") -> str:
    """The shape in words: scalar, n-vector, row n-vector, m×n. In LaTeX as mathematics."""
    latex = table(format) is LATEX
    if not axes:
        return "\\text{scalar}" if latex else "scalar"
    sizes = [_size(dim, format) for dim in axes]
    if len(axes) > 1:
        return (" \\times " if latex else " x " if format == "ascii" else "×").join(sizes)
    if latex:
        return ("\\text{row }" if row else "") + sizes[0] + "\\text{-vector}"
    return ("row " if row else "") + sizes[0] + "-vector"


def _size(dim: Dim, format: str) -> str:
    text = formula(size(dim), format=format)
    if " " in text and len(dim.terms) == 1 and format == "text":
        text = text.replace(" ", "·")
    return f"({text})" if len(dim.terms) > 1 else text
