"""An expression, written: choose a notation and a format.

Derivations are laid out in `story`; here is one formula at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Axes, Expr
from gradproof.operators.build import size
from gradproof.rendering.formats import format_named, table
from gradproof.rendering.formula.ascii_matrix import plain
from gradproof.rendering.formula.boxes import Box, paint, paren
from gradproof.rendering.formula.index import index
from gradproof.rendering.formula.matrix import matrix
from gradproof.rendering.formula.precedence import Piece


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
    return paint(boxed(e, notation, format_named(format).plain, indices, taken), table(format))


def boxed(
    e: Expr,
    notation: str = "matrix",
    language: bool = False,
    indices: tuple[str, ...] = (),
    taken: Collection[str] = (),
) -> Box:
    """The same as a box; `language`: matrices in the language, and not in matrix notation."""
    whole: Callable[[Expr], Piece] = partial(matrix, taken=taken)
    if language:
        whole = partial(plain, taken=taken)
    if notation == "index" and len(indices) == len(e.axes):
        return index(e, indices, whole).box
    return whole(e).box


def shape_box(axes: Axes, row: bool = False, language: bool = False) -> Box:
    """The shape in words: scalar, n-vector, row n-vector, m×n."""
    if not axes:
        return Box("prose", "scalar")
    sizes = [_size(dim, language) for dim in axes]
    if len(axes) > 1:
        return Box("shape", "", sizes)
    vector = (Box("shape", "", sizes), Box("prose", "-vector"))
    return Box("tight", "", (Box("prose", "row "), *vector) if row else vector)


def shape_text(axes: Axes, row: bool = False, format: str = "text") -> str:
    """The shape in a format."""
    return paint(shape_box(axes, row, format_named(format).plain), table(format))


def _size(dim: Dim, language: bool) -> Box:
    inside = boxed(size(dim), language=language)
    return paren(inside) if len(dim.terms) > 1 else inside
