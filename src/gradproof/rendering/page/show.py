"""Show a derivation: its header, its lines with their reasons, its answers, its verdict.

What is shown is chosen in `page`; how it is set, in `story_text`, `story_latex`, `story_markdown`.
"""

from __future__ import annotations

from gradproof.derivation.story.model import Step, Story
from gradproof.errors import ParseError
from gradproof.rendering.formula.formula import table
from gradproof.rendering.formula.names import ascii_text
from gradproof.rendering.page.latex import latex_page
from gradproof.rendering.page.markdown import markdown_page
from gradproof.rendering.page.model import Page, Speller, page
from gradproof.rendering.page.text import text_page

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
    format     "text", "ascii", "latex", "markdown"
    steps      "none": header and answers; "short": the lines, or with many sections an equation for
               each; "full": every line with its rule and verdict, and its parts
    width      columns of a text; ignored by the other formats
    trail      the steps of the derivation, where "full" looks for the parts of a line
    raises     UnsupportedError (GP502) for another format, ParseError for another notation or amount
    """
    table(format)
    _one_of("notation", notation, NOTATIONS)
    _one_of("amount of steps", steps, STEPS)
    return _set(page(Speller(story, notation, format, steps, trail)), format, width)


def show_both(
    frobenius: Story, index: Story, format: str = "text", steps: str = "short", *, width: int = 100
) -> str:
    """The same derivation in both notations, one after the other."""
    first = show(frobenius, "frobenius", format, steps, width=width)
    second = show(index, "index", format, steps, width=width)
    titles = {
        "text": ("in matrix notation", "in index notation"),
        "latex": ("\\textbf{In matrix notation}", "\\textbf{In index notation}"),
        "markdown": ("# In matrix notation", "# In index notation"),
    }
    above, below = titles.get(format, titles["text"])
    return f"{above}\n\n{first}\n\n{below}\n\n{second}"


def _set(shown: Page, format: str, width: int) -> str:
    if format == "latex":
        return latex_page(shown)
    if format == "markdown":
        return markdown_page(shown)
    text = text_page(shown, width)
    return ascii_text(text) if format == "ascii" else text


def _one_of(what: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise ParseError(f'no {what} "{given}": {", ".join(known)}', code="GP131")
