"""Show a derivation: its header, its lines with their reasons, its answers, its verdict.

What is shown is chosen in `derivation`; how it is set is the business of the formats.
"""

from __future__ import annotations

from gradproof.derivation.story.model import Step, Story
from gradproof.errors import ParseError
from gradproof.rendering.formats import format_named, write
from gradproof.rendering.page.derivation import Speller, document
from gradproof.rendering.page.model import Document, Heading, text

NOTATIONS = ("frobenius", "index")
STEPS = ("none", "short", "full")


def show(
    story: Story,
    notation: str = "frobenius",
    format: str = "text",
    steps: str = "short",
    *,
    width: int = 100,
    trail: tuple[Step, ...] = (),
) -> str:
    """A story as text.

    notation   "frobenius" or "index": the notation that the story was derived in
    format     a format of `rendering.formats`
    steps      "none": header and answers; "short": the lines, or with many sections an equation for
               each; "full": every line with its rule and verdict, and its parts
    width      columns of a text; ignored by the other formats
    trail      the steps of the derivation, where "full" looks for the parts of a line
    raises     UnsupportedError (GP502) for another format, ParseError for another notation or amount
    """
    return write(told(story, notation, format, steps, trail), format, width)


def told(story: Story, notation: str, format: str, steps: str, trail: tuple[Step, ...] = ()) -> Document:
    """A story as a document, for a format; raises as `show` does."""
    language = format_named(format).plain
    _one_of("notation", notation, NOTATIONS)
    _one_of("amount of steps", steps, STEPS)
    return document(Speller(story, notation, language, steps, trail))


def show_both(
    frobenius: Story, index: Story, format: str = "text", steps: str = "short", *, width: int = 100
) -> str:
    """The same derivation in both notations, one after the other."""
    return write(told_both(frobenius, index, format, steps), format, width)


def told_both(frobenius: Story, index: Story, format: str, steps: str) -> Document:
    """Both as one document."""
    return (
        Heading(text("in matrix notation")),
        *told(frobenius, "frobenius", format, steps),
        Heading(text("in index notation")),
        *told(index, "index", format, steps),
    )


def _one_of(what: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise ParseError(f'no {what} "{given}": {", ".join(known)}', code="GP131")
