"""How tightly a formula holds together, and when it needs parentheses."""

from __future__ import annotations

from typing import NamedTuple

from gradproof.rendering.formula.boxes import Box, paren, soft

SUM, SIGN, FROB, SIGMA, WEDGE, PRODUCT, SCALED, FRACTION, POWER, POSTFIX, ATOM = (
    10, 15, 20, 25, 30, 40, 45, 50, 60, 70, 100,
)  # fmt: skip


class Piece(NamedTuple):
    """A box and its level: WEDGE is ⊙ and ⊗, SCALED a product that only scales."""

    box: Box
    level: int


def wrap(piece: Piece, floor: int) -> Box:
    """The box, in parentheses where it is looser than its place."""
    return piece.box if piece.level >= floor else paren(piece.box)


def softly(piece: Piece, floor: int) -> Box:
    """The same with parentheses that only one-line formats need."""
    return piece.box if piece.level >= floor else soft(piece.box)


def factor(piece: Piece) -> Box:
    """The box as a factor of a product: a fraction stands in parentheses on one line only."""
    return softly(piece, POWER) if piece.level == FRACTION else wrap(piece, POWER)
