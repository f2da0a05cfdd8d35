"""One row of a derivation: what stands left and right of an equals sign, with its place in the text."""

from __future__ import annotations

from typing import NamedTuple

from gradproof.language.syntax.tree import Span


class Row(NamedTuple):
    """One equation of a derivation.

    number   its line in the file, from 1
    text     the text that `left` and `right` are places of
    kind     "step", "let" or "where"
    left     what stands left of "="; empty where the line continues the one above
    right    what stands right of it; for "where" the declarations
    offset   where `text` begins in the file
    latex    whether it is LaTeX
    head     the left side as the language has it, where the text has it otherwise
    """

    number: int
    text: str
    kind: str
    left: Span
    right: Span
    offset: int
    latex: bool = False
    head: str = ""
