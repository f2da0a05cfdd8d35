"""What stands on a page: words, formulas as boxes, rows and sections; no format, and nothing laid out.

Every document is made of these blocks, and every format writes every block: a new document needs no
writer, and a new format no document. Formulas are boxes, so no page holds text of a format.
"""

from __future__ import annotations

from typing import NamedTuple

from gradproof.rendering.formula.boxes import Box

# ---- words


class Text(NamedTuple):
    """Words."""

    text: str


class Math(NamedTuple):
    """A formula among words."""

    box: Box


class Code(NamedTuple):
    """Something to type, or the name of a rule."""

    text: str


Word = Text | Math | Code
Words = tuple[Word, ...]


def text(*parts: str) -> Words:
    """Plain words; nothing where there are none."""
    return tuple(Text(part) for part in parts if part)


# ---- rows


class Equation(NamedTuple):
    """left = right : shape      remark"""

    left: Box
    right: Box
    shape: Box | None = None
    remark: Words = ()


class Known(NamedTuple):
    """A name, its shape and its declared properties."""

    name: Box
    shape: Box
    properties: str


class Row(NamedTuple):
    """A numbered line of a derivation; left None continues the line above; inner: a part of it."""

    number: str
    left: Box | None
    right: Box
    why: Words
    inner: bool = False


class Line(NamedTuple):
    """A line of what somebody wrote, and what is said about it.

    number   "" where it goes on with the line above
    mark     "right", "wrong", "open", or "" for a line that is only read
    below    what is said under it
    place    from where to where in the text to point, or None
    """

    number: str
    text: str
    mark: str
    beside: Words
    below: tuple[Words, ...] = ()
    place: tuple[int, int] | None = None


# ---- blocks


class Heading(NamedTuple):
    """A title; level 1 is that of a document. Small pages on a screen go without the outlined ones."""

    words: Words
    level: int = 1
    outline: bool = False


class Head(NamedTuple):
    """What was understood.

    known        groups of names that are understood in one way, and in which
    functions    unknown functions, and what is known of each
    statements   named intermediates, each with the name of its gradient, such as G = ∂L/∂Y
    """

    known: tuple[tuple[tuple[Known, ...], str], ...]
    functions: tuple[tuple[Box, Words], ...]
    statements: tuple[tuple[Equation | None, Equation | None], ...]


class Section(NamedTuple):
    """Abbreviations, lines, what they end in (None: the last line), and a note."""

    title: Words
    lets: tuple[Equation, ...]
    rows: tuple[Row, ...]
    ending: Equation | None
    note: tuple[Words, ...] = ()


class Equations(NamedTuple):
    """Equations under each other; again: answers once more, in other forms."""

    rows: tuple[Equation, ...]
    again: bool = False


class Tail(NamedTuple):
    """Where the answers hold, what is used elsewhere, the verdict, and how many steps there are."""

    conditions: tuple[Words, ...]
    remarks: tuple[Words, ...]
    verdict: str
    steps: str


class Paragraph(NamedTuple):
    """Words."""

    words: Words


class Remarks(NamedTuple):
    """Sentences, each on a line of its own."""

    rows: tuple[Words, ...]


class Judgement(NamedTuple):
    """Right, wrong or open ("right", "wrong", "open"), and facts under it: a label and what it names."""

    mark: str
    words: Words
    facts: tuple[tuple[str, Words], ...] = ()


class Lines(NamedTuple):
    """What somebody wrote, line by line, with marks."""

    rows: tuple[Line, ...]


class Path(NamedTuple):
    """Forms of one expression, each from the one before, with the reasons."""

    words: Words
    rows: tuple[tuple[Box, Words], ...]


class Listing(NamedTuple):
    """Text that keeps its columns: a program, what a screen shows."""

    text: str
    language: str = ""


class Chapter(NamedTuple):
    """The title of a part of a book, and what it is about."""

    title: str
    about: str


class Entry(NamedTuple):
    """What can be looked up: its name, what it is, laws in the language, and notes."""

    name: str
    title: str
    laws: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Entries(NamedTuple):
    """Many entries of one kind: a table where a format has tables, with these heads."""

    heads: tuple[str, str, str, str]
    rows: tuple[Entry, ...]


class Names(NamedTuple):
    """Names, each with what it means, under the name and the title of their family; "" where it has none."""

    family: str
    title: str
    rows: tuple[tuple[str, str], ...]


Block = (
    Heading | Head | Section | Equations | Tail | Paragraph | Remarks | Judgement | Lines | Path | Listing
    | Chapter | Entry | Entries | Names
)  # fmt: skip
Document = tuple[Block, ...]
