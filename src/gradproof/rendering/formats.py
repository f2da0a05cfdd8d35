"""The formats: for each, how boxes are written and how pages are. A format is two files and a row here.

Modules are loaded when a format is used: a command that prints text does not wait for the others.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple, cast

from gradproof.errors import UnsupportedError
from gradproof.rendering.formula.boxes import Format
from gradproof.rendering.page.model import Document


class Row(NamedTuple):
    """One format.

    formulas   module and name of the table that writes boxes
    page       module whose `write` writes a document
    plain      whether formulas are in the language, on one line of ASCII, and not in a notation
    """

    formulas: str
    page: str
    plain: bool = False


_FORMULA, _PAGE = "gradproof.rendering.formula.", "gradproof.rendering.page."
FORMATS = {
    "text": Row("text:UNICODE", "text"),
    "ascii": Row("text:ASCII", "ascii", plain=True),
    "latex": Row("latex:LATEX", "latex"),
    "markdown": Row("latex:LATEX", "markdown"),
    "html": Row("mathml:MATHML", "html"),
    "typst": Row("typst:TYPST", "typst"),
}


def format_named(format: str) -> Row:
    """The row of a format; raises UnsupportedError (GP502) for one that does not exist."""
    row = FORMATS.get(format)
    if row is None:
        raise UnsupportedError(
            f'there is no format "{format}"; those that exist: {", ".join(FORMATS)}, json', code="GP502"
        )
    return row


def table(format: str) -> Format:
    """How a format writes boxes."""
    module, _, name = format_named(format).formulas.partition(":")
    return cast(Format, getattr(import_module(_FORMULA + module), name))


def write(document: Document, format: str, width: int = 100) -> str:
    """A document in a format; `width` is that of a text in columns."""
    writer = cast(Callable[[Document, int], str], import_module(_PAGE + format_named(format).page).write)
    return writer(document, width)
