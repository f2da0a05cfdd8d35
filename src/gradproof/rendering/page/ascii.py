"""A document as lines of pure ASCII."""

from __future__ import annotations

from gradproof.rendering.formula.names import ascii_text
from gradproof.rendering.formula.text import ASCII
from gradproof.rendering.page.model import Document
from gradproof.rendering.page.text import lines

_SIGNS = {"✓": "[ok]", "✗": "[wrong]"}


def write(document: Document, width: int) -> str:
    """The document in ASCII."""
    text = lines(document, width, ASCII)
    for sign, plain in _SIGNS.items():
        text = text.replace(sign, plain)
    return ascii_text(text)
