"""A document as lines of pure ASCII."""

from __future__ import annotations

from gradproof.rendering.formula.names import ascii_text
from gradproof.rendering.formula.text import ASCII
from gradproof.rendering.page.model import Document
from gradproof.rendering.page.text import lines

_VERDICTS = {"right": "[ok]", "wrong": "[wrong]", "open": "?", "": ""}
_MARKS = {"right": "ok", "wrong": "WRONG", "open": "?", "": ""}


def write(document: Document, width: int) -> str:
    """The document in ASCII."""
    return ascii_text(lines(document, width, ASCII, _VERDICTS, _MARKS))
