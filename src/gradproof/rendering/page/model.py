"""A story as a page: every formula spelled, nothing laid out yet.

`story` chooses what is shown; `story_text`, `story_latex` and `story_markdown` set the page.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from gradproof.derivation.story.model import Line, Section, Step, Story
from gradproof.elaboration.read import phrase
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import names
from gradproof.operators.build import d, name, size, zeros
from gradproof.rendering.formula.boxes import Box, paint
from gradproof.rendering.formula.entries import entry
from gradproof.rendering.formula.formula import formula, shape_text, table
from gradproof.rendering.page.reasons import reason
from gradproof.verdicts import Verdict

OPEN_AT_MOST = 3  # with more sections than this, a short story shows one equation a section
GRADES = {
    "by definition": "by definition",
    "proved": "proved for all sizes",
    "tested": "tested exactly, not proved",
    "sampled": "sampled with floating-point numbers, not proved",
    "refuted": "refuted",
    "unknown": "not proved: unknown",
}


class Equation(NamedTuple):
    """left = right : shape      remark"""

    left: str
    right: str
    shape: str = ""
    remark: str = ""


class Known(NamedTuple):
    """A name, its shape and its declared properties."""

    name: str
    shape: str
    properties: str


class Row(NamedTuple):
    """A numbered line of a derivation; left "" continues the line above."""

    number: str
    left: str
    right: str
    why: str


class Block(NamedTuple):
    """A section: abbreviations, lines (none where it is closed), what it ends in (None: the last line)."""

    title: str
    lets: tuple[Equation, ...]
    rows: tuple[Row, ...]
    conclusion: Equation | None
    note: str

    @property
    def ending(self) -> tuple[Equation, ...]:
        """The conclusion, where there is one."""
        return () if self.conclusion is None else (self.conclusion,)

    @property
    def equations(self) -> tuple[Equation, ...]:
        """What a closed section says."""
        return (*self.lets, *self.ending)


class Page(NamedTuple):
    """What a story shows, in reading order.

    known        groups of names that are understood in one way: name, shape, properties
    statements   named intermediates, each with the name of its gradient, such as G = ∂L/∂Y
    conditions   where the answers hold; remarks say what is used elsewhere
    """

    known: tuple[tuple[tuple[Known, ...], str], ...]
    functions: tuple[tuple[str, str], ...]
    statements: tuple[tuple[Equation | None, Equation | None], ...]
    blocks: tuple[Block, ...]
    answers: tuple[Equation, ...]
    forms: tuple[Equation, ...]
    conditions: tuple[str, ...]
    remarks: tuple[str, ...]
    verdict: str
    steps: str


class Speller:
    """Spells the formulas of one story in one notation and format."""

    __slots__ = ("by_entries", "format", "last", "steps", "story", "symbols", "taken", "trail")

    def __init__(
        self, story: Story, notation: str, format: str, steps: str, trail: tuple[Step, ...] = ()
    ) -> None:
        self.story = story
        self.by_entries = notation == "index"
        self.format = format
        self.steps = steps
        self.trail = trail
        self.symbols = {right: left for left, right in story.statements if _gradient(right)}
        self.last = dict(section.conclusion for section in story.sections)
        self.taken = frozenset(str(one.data[0]) for one, _ in (*story.understood, *story.statements))

    def text(self, e: Expr, indices: tuple[str, ...] = ()) -> str:
        """An expression; by entries where indices say so, and where no matrix could hold it."""
        if len(e.axes) > 2 and not indices:
            indices = letters(e)
        by_entries = bool(indices) or (self.by_entries and not e.axes)
        return formula(e, "index" if by_entries else "matrix", self.format, indices, self.taken)

    def name(self, text: str) -> str:
        """A name by itself."""
        return paint(Box("name", text), table(self.format))

    def function(self, text: str) -> tuple[str, str]:
        """An unknown function and what is known of it: "g: n -> m"."""
        label, _, spaces = text.partition(": ")
        if not spaces:
            return self.name(label), "unknown scalar function"
        if self.format == "ascii":
            spaces = spaces.replace("×", "x")
        elif self.format == "text":
            spaces = spaces.replace("->", "→")
        else:
            spaces = spaces.replace("->", "\\to").replace("×", "\\times ").replace("scalar", "\\mathbb{R}")
            spaces = f"${spaces}$"
        return self.name(label), f"unknown function, {spaces}"

    def words(self, text: str) -> str:
        """Words inside a formula."""
        return text if self.format in ("text", "ascii") else f"\\text{{{text}}}"

    def prose(self, note: str) -> str:
        """A note, with its expressions (between backquotes) as formulas in plain text."""
        if "`" not in note:
            return note
        if self.format not in ("text", "ascii"):
            return note.replace("`", "")
        known = {str(one): one for pair in self._equations() for side in pair for one in names(side)}
        sizes = {str(dim): size(dim) for one in known.values() for dim in one.axes}
        return re.sub(r"`(.+?)`", lambda found: self.text(phrase(found[1], {**sizes, **known})), note)

    def _equations(self) -> list[tuple[Expr, Expr]]:
        return [*self.story.answers, *(section.conclusion for section in self.story.sections)]

    def heading(self, section: Section) -> str:
        """The title of a section: the gradient that it finds, or the words it has."""
        left = section.conclusion[0]
        if not section.title or left.op not in ("derivative", "partial", "d"):
            return section.title
        return self.text(left) if self.format in ("text", "ascii") else f"${self.text(left)}$"

    def shape(self, e: Expr) -> str:
        """The shape of an expression, in the format."""
        return shape_text(e.axes, e.row, self.format)

    def form(self, left: Expr, right: Expr) -> Equation:
        """An answer in another form: as matrices, also where the notation is by entries."""
        by_entries, self.by_entries = self.by_entries, False
        found = self.equation(left, right, shape=False)
        self.by_entries = by_entries
        return found

    def equation(self, left: Expr, right: Expr, remark: str = "", shape: bool = True) -> Equation:
        """An equation between two expressions of one shape."""
        indices = letters(left) if len(left.axes) > 2 else ()
        size = self.shape(left) if shape and left.axes else ""
        return Equation(self.text(left, indices), self.text(right, indices), size, remark)


def letters(e: Expr) -> tuple[str, ...]:
    """The usual letters for the entries of e: i j of the objective, p q of the variable."""
    if e.op == "partial":
        mine, theirs = (len(arg.axes) for arg in e.args)
        return tuple("ijkl"[:mine]) + tuple("pqrs"[:theirs])
    return tuple("ijklpqrstuvw"[: len(e.axes)])


def page(spell: Speller) -> Page:
    """Everything that a story shows, as texts."""
    story = spell.story
    needed = _needed(spell) if spell.steps == "none" else None
    shown = [section for section in story.sections if _shown(spell, section, needed)]
    opened = spell.steps == "full" or (spell.steps == "short" and len(shown) <= OPEN_AT_MOST)
    blocks = tuple(_block(spell, section, opened) for section in shown)
    ended = {section.conclusion for section in shown}
    answers = [pair for pair in story.answers if pair not in ended]
    count = sum(len(one.lines) for one in story.sections if not _repeats(spell, one) or spell.steps == "full")
    conditions = tuple(text for text in story.conditions if not _sentence(text))
    return Page(
        _known(spell), tuple(map(spell.function, story.functions)), _statements(spell), blocks,
        tuple(spell.equation(left, right, remark(spell, left)) for left, right in answers),
        tuple(spell.form(left, right) for left, right in story.forms),
        conditions, tuple(filter(_sentence, story.conditions)),
        said(story.verdict), f"{count} step" + "s" * (count != 1),
    )  # fmt: skip


def said(verdict: Verdict) -> str:
    """A verdict in words, with its reason where it is less than a proof."""
    if verdict.grade == "proved" or not verdict.reason:
        return GRADES[verdict.grade]
    return f"{GRADES[verdict.grade]} ({verdict.reason})"


def remark(spell: Speller, left: Expr) -> str:
    """How the answer is laid out."""
    if spell.story.remark:
        return spell.story.remark
    if left.op not in ("derivative", "partial"):
        return ""
    if spell.story.layout != "gradient":
        return f"layout: {spell.story.layout}"
    variable = formula(left.args[1], format="ascii" if spell.format == "ascii" else "text")
    return f"same shape as {variable}" if left.op == "derivative" and left.axes else ""


def _sentence(condition: str) -> bool:
    return " used" in condition  # "relu'(0) = 0 is used" says what is done, not where it holds


def _shown(spell: Speller, section: Section, needed: set[Expr] | None) -> bool:
    """Not a definition that the header has, nor, without steps, what the answers do not need."""
    if _repeats(spell, section):
        return spell.steps == "full" or section.conclusion in spell.story.answers
    left = section.conclusion[0]
    symbol = spell.symbols.get(left, left)
    return needed is None or symbol in needed or any(one in needed for one, _ in section.lets)


def _repeats(spell: Speller, section: Section) -> bool:
    """Whether a section ends in what the header says already: G = ∂L/∂Y."""
    left, right = section.conclusion
    return spell.symbols.get(left) is right


def _needed(spell: Speller) -> set[Expr]:
    """The names that sections define and the answers speak of, also by way of each other."""
    defined: dict[Expr, list[Expr]] = {}
    for section in spell.story.sections:
        for left, right in (*section.lets, section.conclusion):
            defined.setdefault(spell.symbols.get(left, left), []).append(right)
    todo = [result for _, result in spell.story.answers]
    seen: set[Expr] = set()
    while todo:
        for e in names(todo.pop()):
            if e in defined and e not in seen:
                seen.add(e)
                todo.extend(defined[e])
    return seen


def _known(spell: Speller) -> tuple[tuple[tuple[Known, ...], str], ...]:
    groups: list[tuple[list[Known], str]] = []
    for one, how in spell.story.understood:
        if not groups or groups[-1][1] != how:
            groups.append(([], how))
        props = one.data[1] if isinstance(one.data[1], tuple) else ()
        groups[-1][0].append(Known(spell.text(one), spell.shape(one), " ".join(map(str, props))))
    return tuple((tuple(group), "" if how == "declared" else how) for group, how in groups)


def _statements(spell: Speller) -> tuple[tuple[Equation | None, Equation | None], ...]:
    """Each named intermediate with the name of its gradient beside it."""
    gradients = [(left, right) for left, right in spell.story.statements if _gradient(right)]
    rows: list[tuple[Equation | None, Equation | None]] = []
    for left, right in spell.story.statements:
        if not _gradient(right):
            beside = next((pair for pair in gradients if pair[1].args[1] is left), None)
            if beside is not None:
                gradients.remove(beside)
            if right.op == "root":  # the equation itself
                left, right = zeros(*right.axes, row=right.row), right.args[0]
            rows.append((spell.equation(left, right), spell.equation(*beside) if beside else None))
    return (*rows, *((None, spell.equation(left, right)) for left, right in gradients))


def _gradient(e: Expr) -> bool:
    return e.op in ("derivative", "partial")


def _block(spell: Speller, section: Section, opened: bool) -> Block:
    left, right = section.conclusion
    partial = spell.last[left] is not right  # a later section adds this to other contributions
    if section.conclusion not in spell.story.answers:
        symbol = spell.symbols.get(left, left)
        left = left if symbol is right else symbol
    answer = section.conclusion in spell.story.answers
    note, about = spell.prose(section.note), remark(spell, left) if answer and opened else ""
    if not opened and spell.steps == "short":
        about, note = _one_line(section), ""
    lets = tuple(
        spell.equation(a, b, shape=False) for a, b in (*section.lets, *_defined(spell, section, opened))
    )
    rows = tuple(_rows(spell, section.lines)) if opened else ()
    many = len(spell.story.sections) > 1
    title = spell.heading(section) if opened and many else ""
    if rows and not answer and _said_already(section):
        return Block(title, lets, rows, None, note)
    conclusion = spell.equation(left, right, about, shape=opened or spell.steps == "none")
    if partial:
        conclusion = conclusion._replace(left=spell.words("part of ") + conclusion.left)
    return Block(title, lets, rows, conclusion, note if opened else "")


def _defined(spell: Speller, section: Section, opened: bool) -> list[tuple[Expr, Expr]]:
    """The names that the lines of a closed section define, where nothing else says what they are."""
    known = {left for left, _ in spell.story.statements}
    return [
        (line.left, line.right)
        for line in section.lines
        if not opened and line.rule == "definition" and line.left is not None and line.left not in known
    ]


def _said_already(section: Section) -> bool:
    """Whether the last line of a section is the equation that it ends in, word for word."""
    left = next((line.left for line in reversed(section.lines) if line.left is not None), None)
    last = section.lines[-1]
    return not last.indices and (left, last.right) == section.conclusion


def _one_line(section: Section) -> str:
    """The reason that stands beside an equation when its lines are not shown."""
    if section.note and "\n" not in section.note and len(section.note) <= 60:
        return section.note
    return reason(section.lines[-1].why) if section.lines else ""


def _rows(spell: Speller, lines: tuple[Line, ...]) -> list[Row]:
    rows = []
    for count, line in enumerate(lines, start=1):
        left, right = "" if line.left is None else spell.text(_short(line.left), line.indices), line.right
        if spell.by_entries and line.left is not None and line.left.op == "name":
            right = entry(right, line.indices)
        why = reason(line.why) if spell.format == "text" else line.why
        if spell.steps == "full":
            why = f"{why}  [{line.rule}: {line.verdict.grade}]".strip()
        rows.append(Row(str(count), left, spell.text(right, line.indices), why))
        if spell.steps == "full":
            rows.extend(_parts(spell, line, count))
    return rows


def _short(left: Expr) -> Expr:
    """The differential of an unknown L(Y) is called dL on the left."""
    return d(name(str(left.args[0].data[0]))) if left.op == "d" and left.args[0].op == "call" else left


def _parts(spell: Speller, line: Line, count: int) -> list[Row]:
    """The smaller steps that a line stands for, from the trail of steps."""
    step = next((one for one in spell.trail if one.after is line.right and one.rule == line.rule), None)
    arrow = {"text": " → ", "ascii": " -> "}.get(spell.format, " \\to ")
    rows = []
    for number, part in enumerate(step.parts if step else (), start=1):
        both = [
            spell.text(e, line.indices if len(line.indices) == len(e.axes) else ())
            for e in (part.before, part.after)
        ]
        rows.append(Row(f"{count}.{number}", "", arrow.join(both), f"{part.why}  [{part.verdict.grade}]"))
    return rows
