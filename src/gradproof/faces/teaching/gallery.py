"""The gallery: layers, losses and models, each a text in the language with its answers.

The entries are data, in `library/*.toml`: `text` and what it means (`where`), the variables (`by`), what
is asked (`kind`, `structure`, `subject_to`), the answers as one would publish them, and what to see.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources
from itertools import groupby
from typing import Any, NamedTuple, overload

from gradproof.errors import NameProblem
from gradproof.faces.shell import quoted
from gradproof.rendering.formats import write
from gradproof.rendering.page.model import (
    Block,
    Code,
    Document,
    Heading,
    Listing,
    Paragraph,
    Text,
    Words,
    text,
)
from gradproof.session.derive import derive
from gradproof.session.result import Derivation
from gradproof.session.solving import Stationary, stationary

INTRO = (
    "Layers, losses and models, written in the language itself. Each is derived here as `gradproof gallery\n"
    "NAME` shows it, and judged: the last line of each says how. A test compares the answers with those\n"
    "that are written down in\n"
    "`src/gradproof/library`, and the numbers with differences."
)
SOLVED = "stationary"  # the kind of an entry whose gradient is set to zero


class Entry(NamedTuple):
    """One layer, loss or model.

    by       the variables
    kind     "gradient", …, or "stationary": where the gradient is zero
    answers  by variable (by both, with a comma, for second derivatives), in the language
    see      what is worth seeing
    """

    name: str
    title: str
    group: str
    text: str
    by: tuple[str, ...]
    answers: Mapping[str, str]
    where: str = ""
    kind: str = "gradient"
    structure: str = "free"
    subject_to: str = ""
    see: str = ""

    def derive(self) -> Derivation | Stationary:
        """The derivation, proved."""
        where = self.where or None
        if self.kind == SOLVED:
            return stationary(self.text, self.by[0], subject_to=self.subject_to or None, where=where)
        return derive(self.text, self.by, where=where, kind=self.kind, structure=self.structure)

    def answered(self, made: Derivation | Stationary) -> dict[str, str]:
        """What a derivation of the entry answers, in the form of `answers`."""
        if isinstance(made, Stationary):
            return {self.by[0]: str(made.solution)}
        return {key if isinstance(key, str) else ", ".join(key): str(e) for key, e in made.answers.items()}

    @property
    def command(self) -> str:
        """How the same is asked on the command line."""
        solved = self.kind == SOLVED
        options = {
            "where": quoted(self.where) if self.where else "",
            "kind": "" if solved or self.kind == "gradient" else self.kind,
            "structure": "" if self.structure == "free" else self.structure,
            "subject-to": quoted(self.subject_to) if self.subject_to else "",
        }
        said = [f"--{option} {value}" for option, value in options.items() if value]
        return " ".join(["gradproof", *(["solve"] if solved else []), quoted(self.text), *self.by, *said])

    def show(self, format: str = "text", notation: str = "frobenius", width: int = 100) -> str:
        """The title, the program, what to see, and the derivation; format as in `Derivation.show`."""
        if format == "json":
            return self.derive().show(format=format)
        return write(self.document(format, notation), format, width)

    def document(self, format: str = "text", notation: str = "frobenius") -> Document:
        """The same as a document. In Markdown, whose columns are not aligned, it is what a screen shows."""
        made = self.derive()
        see = (Paragraph(_words(self.see)),) if self.see else ()
        if format == "markdown":
            screen = Listing(f"$ {self.command}\n{made.show(format='text')}", "console")
            return (Heading(text(self.title), 3), *see, screen)
        told = made.document(format) if isinstance(made, Stationary) else made.document(notation, format)
        program = "\n".join([self.text, *([f"where {self.where}"] if self.where else [])])
        return (Heading(text(self.title)), Listing(program), *see, *told)

    def __str__(self) -> str:
        return self.show()


@overload
def gallery() -> tuple[Entry, ...]:
    """All entries."""


@overload
def gallery(name: str) -> Entry:
    """One entry."""


def gallery(name: str | None = None) -> tuple[Entry, ...] | Entry:
    """All entries of the gallery, or one by its name: `print(gallery("lstm"))` shows its derivation."""
    if name is None:
        return tuple(_entries().values())
    found = _entries().get(name)
    if found is None:
        near = get_close_matches(name, _entries(), 3)
        raise NameProblem(
            f'no entry "{name}" in the gallery', code="GP336",
            facts=((None, "`gradproof gallery` lists them"),),
            fixes=tuple(f"gradproof gallery {one}" for one in near),
        )  # fmt: skip
    return found


@cache
def _entries() -> dict[str, Entry]:
    files = (file for file in resources.files("gradproof").joinpath("library").iterdir())
    pages = [file.read_text(encoding="utf-8") for file in sorted(files, key=lambda file: file.name)]
    made = [_entry(group["group"], row) for group in map(tomllib.loads, pages) for row in group["entry"]]
    return {entry.name: entry for entry in made}


def _entry(group: str, row: Mapping[str, Any]) -> Entry:
    made = Entry(**{"answers": {}, **row, "group": group})
    return made._replace(text=made.text.strip(), by=tuple(made.by))


def contents(entries: Iterable[Entry] | None = None) -> str:
    """The entries by group: name and title."""
    rows = gallery() if entries is None else tuple(entries)
    wide = max((len(entry.name) for entry in rows), default=0) + 3
    parts = []
    for group, members in groupby(rows, key=lambda entry: entry.group):
        parts.append("\n".join([group, *(f"  {one.name:<{wide}}{one.title}" for one in members)]))
    return "\n\n".join([*parts, "gradproof gallery NAME shows one, with its derivation."])


def book(format: str = "markdown") -> str:
    """The whole gallery with every derivation; `docs/gallery.md` is made of this."""
    page: list[Block] = [Heading(text("Gallery")), Paragraph(_words(INTRO))] if format == "markdown" else []
    for group, members in groupby(gallery(), key=lambda entry: entry.group):
        page.append(Heading(text(group), 2 if format == "markdown" else 1))
        for one in members:
            page += one.document(format)
    return write(tuple(page), format)


def _words(said: str) -> Words:
    """Words; what stands between backquotes is code."""
    parts = said.split("`")
    return tuple(Code(part) if place % 2 else Text(part) for place, part in enumerate(parts) if part)
