"""A derivation as a document: what of a story is shown, and in which notation."""

from __future__ import annotations

from gradproof.derivation.story.model import Line, Step, Story
from gradproof.derivation.story.model import Section as Told
from gradproof.expressions.nodes import Expr
from gradproof.expressions.sentences import Sentence, say
from gradproof.expressions.walk import names
from gradproof.operators.build import d, name, zeros
from gradproof.rendering.formula.boxes import Box, infix, tight
from gradproof.rendering.formula.entries import entry
from gradproof.rendering.formula.formula import boxed, shape_box
from gradproof.rendering.page.model import (
    Block,
    Document,
    Equation,
    Equations,
    Head,
    Heading,
    Known,
    Math,
    Row,
    Section,
    Tail,
    Text,
    Words,
    text,
)
from gradproof.rendering.page.words import words
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


class Speller:
    """Spells the formulas of one story in one notation; `language`: matrices on one line of ASCII."""

    __slots__ = ("by_entries", "language", "last", "steps", "story", "symbols", "taken", "trail")

    def __init__(
        self, story: Story, notation: str, language: bool, steps: str, trail: tuple[Step, ...] = ()
    ) -> None:
        self.story = story
        self.by_entries = notation == "index"
        self.language = language
        self.steps = steps
        self.trail = trail
        self.symbols = {right: left for left, right in story.statements if _gradient(right)}
        self.last = dict(section.conclusion for section in story.sections)
        self.taken = frozenset(str(one.data[0]) for one, _ in (*story.understood, *story.statements))

    def box(self, e: Expr, indices: tuple[str, ...] = ()) -> Box:
        """An expression; by entries where indices say so, and where no matrix could hold it."""
        if len(e.axes) > 2 and not indices:
            indices = letters(e)
        by_entries = bool(indices) or (self.by_entries and not e.axes)
        return boxed(e, "index" if by_entries else "matrix", self.language, indices, self.taken)

    def words(self, sentence: str) -> Words:
        """A reason, a condition, a note."""
        return words(sentence, self.language)

    def note(self, sentence: str) -> tuple[Words, ...]:
        """A note: its paragraphs."""
        if isinstance(sentence, Sentence):
            return (self.words(sentence),)
        return tuple(text(part.strip()) for part in sentence.split("\n") if part.strip())

    def function(self, text_: str) -> tuple[Box, Words]:
        """An unknown function and what is known of it: "g: n -> m"."""
        label, _, spaces = text_.partition(": ")
        if not spaces:
            return Box("name", label), text("unknown scalar function")
        return Box("name", label), (Text("unknown function, "), Math(Box("spaces", spaces)))

    def heading(self, section: Told) -> Words:
        """The title of a section: the gradient that it finds, or the words it has."""
        left = section.conclusion[0]
        if not section.title or left.op not in ("derivative", "partial", "d"):
            return text(section.title)
        return (Math(self.box(left)),)

    def shape(self, e: Expr) -> Box:
        """The shape of an expression."""
        return shape_box(e.axes, e.row, self.language)

    def form(self, left: Expr, right: Expr) -> Equation:
        """An answer in another form: as matrices, also where the notation is by entries."""
        by_entries, self.by_entries = self.by_entries, False
        found = self.equation(left, right, shape=False)
        self.by_entries = by_entries
        return found

    def equation(self, left: Expr, right: Expr, remark: Words = (), shape: bool = True) -> Equation:
        """An equation between two expressions of one shape."""
        indices = letters(left) if len(left.axes) > 2 else ()
        size = self.shape(left) if shape and left.axes else None
        return Equation(self.box(left, indices), self.box(right, indices), size, remark)


def letters(e: Expr) -> tuple[str, ...]:
    """The usual letters for the entries of e: i j of the objective, p q of the variable."""
    if e.op == "partial":
        mine, theirs = (len(arg.axes) for arg in e.args)
        return tuple("ijkl"[:mine]) + tuple("pqrs"[:theirs])
    return tuple("ijklpqrstuvw"[: len(e.axes)])


def document(spell: Speller) -> Document:
    """Everything that a story shows."""
    story = spell.story
    needed = _needed(spell) if spell.steps == "none" else None
    shown = [section for section in story.sections if _shown(spell, section, needed)]
    ended = {section.conclusion for section in shown}
    told, closed = _open_sections(spell, shown)
    blocks: list[Block] = [Heading(text("What was understood"), 2, outline=True), _head(spell), *told]
    closed += [
        spell.equation(left, right, remark(spell, left))
        for left, right in story.answers
        if (left, right) not in ended
    ]
    forms = tuple(spell.form(left, right) for left, right in story.forms)
    if closed or forms:
        blocks.append(Heading(text("Result"), 2, outline=True))
    blocks += [Equations(tuple(rows), rows is forms) for rows in (closed, forms) if rows]
    return (*blocks, _tail(spell))


def _open_sections(spell: Speller, shown: list[Told]) -> tuple[list[Block], list[Equation]]:
    """The sections with lines under their heading, and the equations of those that come after the last."""
    opened = spell.steps == "full" or (spell.steps == "short" and len(shown) <= OPEN_AT_MOST)
    blocks: list[Block] = []
    closed: list[Equation] = []
    for one in [_section(spell, section, opened) for section in shown]:
        if not one.rows:
            closed += [*one.lets, *([] if one.ending is None else [one.ending])]
            continue
        if not blocks:
            blocks.append(Heading(text("Derivation"), 2, outline=True))
        blocks += [Equations(tuple(closed)), one] if closed else [one]
        closed = []
    return blocks, closed


def _head(spell: Speller) -> Head:
    return Head(_known(spell), tuple(map(spell.function, spell.story.functions)), _statements(spell))


def _tail(spell: Speller) -> Tail:
    story = spell.story
    told = [one for one in story.sections if not _repeats(spell, one) or spell.steps == "full"]
    count = sum(len(one.lines) for one in told)
    holds: list[Words] = []
    used: list[Words] = []
    for sentence in story.conditions:
        is_used = isinstance(sentence, Sentence) and sentence.kind == "used"
        (used if is_used else holds).append(spell.words(sentence))
    return Tail(tuple(holds), tuple(used), said(story.verdict), f"{count} step" + "s" * (count != 1))


def said(verdict: Verdict) -> str:
    """A verdict in words, with its reason where it is less than a proof."""
    if verdict.grade == "proved" or not verdict.reason:
        return GRADES[verdict.grade]
    return f"{GRADES[verdict.grade]} ({verdict.reason})"


def remark(spell: Speller, left: Expr) -> Words:
    """How the answer is laid out."""
    if spell.story.remark:
        return spell.words(spell.story.remark)
    if left.op not in ("derivative", "partial"):
        return ()
    if spell.story.layout != "gradient":
        return text(f"layout: {spell.story.layout}")
    return spell.words(say("same shape as {}", left.args[1])) if left.op == "derivative" and left.axes else ()


def _shown(spell: Speller, section: Told, needed: set[Expr] | None) -> bool:
    """Not a definition that the header has, nor, without steps, what the answers do not need."""
    if _repeats(spell, section):
        return spell.steps == "full" or section.conclusion in spell.story.answers
    left = section.conclusion[0]
    symbol = spell.symbols.get(left, left)
    return needed is None or symbol in needed or any(one in needed for one, _ in section.lets)


def _repeats(spell: Speller, section: Told) -> bool:
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
        groups[-1][0].append(Known(spell.box(one), spell.shape(one), " ".join(map(str, props))))
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


def _section(spell: Speller, section: Told, opened: bool) -> Section:
    left, right = section.conclusion
    partial = spell.last[left] is not right  # a later section adds this to other contributions
    if section.conclusion not in spell.story.answers:
        symbol = spell.symbols.get(left, left)
        left = left if symbol is right else symbol
    answer = section.conclusion in spell.story.answers
    note, about = spell.note(section.note), remark(spell, left) if answer and opened else ()
    if not opened and spell.steps == "short":
        about, note = spell.words(_one_line(section)), ()
    lets = tuple(
        spell.equation(a, b, shape=False) for a, b in (*section.lets, *_defined(spell, section, opened))
    )
    rows = tuple(_rows(spell, section.lines)) if opened else ()
    many = len(spell.story.sections) > 1
    title = spell.heading(section) if opened and many else ()
    if rows and not answer and _said_already(section):
        return Section(title, lets, rows, None, note)
    conclusion = spell.equation(left, right, about, shape=opened or spell.steps == "none")
    if partial:
        conclusion = conclusion._replace(left=tight(Box("prose", "part of "), conclusion.left))
    return Section(title, lets, rows, conclusion, note if opened else ())


def _defined(spell: Speller, section: Told, opened: bool) -> list[tuple[Expr, Expr]]:
    """The names that the lines of a closed section define, where nothing else says what they are."""
    known = {left for left, _ in spell.story.statements}
    return [
        (line.left, line.right)
        for line in section.lines
        if not opened and line.rule == "definition" and line.left is not None and line.left not in known
    ]


def _said_already(section: Told) -> bool:
    """Whether the last line of a section is the equation that it ends in, word for word."""
    left = next((line.left for line in reversed(section.lines) if line.left is not None), None)
    last = section.lines[-1]
    return not last.indices and (left, last.right) == section.conclusion


def _one_line(section: Told) -> str:
    """The reason that stands beside an equation when its lines are not shown."""
    if section.note and "\n" not in section.note and len(section.note) <= 60:
        return section.note
    return section.lines[-1].why if section.lines else ""


def _rows(spell: Speller, lines: tuple[Line, ...]) -> list[Row]:
    rows = []
    for count, line in enumerate(lines, start=1):
        left, right = None if line.left is None else spell.box(_short(line.left), line.indices), line.right
        if spell.by_entries and line.left is not None and line.left.op == "name":
            right = entry(right, line.indices)
        why = spell.words(line.why)
        if spell.steps == "full":
            gap = "  " if line.why else ""
            why = (*why, Text(f"{gap}[{line.rule}: {line.verdict.grade}]"))
        rows.append(Row(str(count), left, spell.box(right, line.indices), why))
        if spell.steps == "full":
            rows.extend(_parts(spell, line, count))
    return rows


def _short(left: Expr) -> Expr:
    """The differential of an unknown L(Y) is called dL on the left."""
    return d(name(str(left.args[0].data[0]))) if left.op == "d" and left.args[0].op == "call" else left


def _parts(spell: Speller, line: Line, count: int) -> list[Row]:
    """The smaller steps that a line stands for, from the trail of steps."""
    step = next((one for one in spell.trail if one.after is line.right and one.rule == line.rule), None)
    rows = []
    for number, part in enumerate(step.parts if step else (), start=1):
        both = [
            spell.box(e, line.indices if len(line.indices) == len(e.axes) else ())
            for e in (part.before, part.after)
        ]
        why = (*spell.words(part.why), Text(f"  [{part.verdict.grade}]"))
        rows.append(Row(f"{count}.{number}", None, infix("to", *both), why, inner=True))
    return rows
