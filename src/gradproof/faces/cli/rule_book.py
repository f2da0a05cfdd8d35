"""The rule book and the table of operators, printed from the tables themselves.

Nothing is said of a rule or an operator that its row does not say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from gradproof.calculus.rulebook import RULES
from gradproof.codes import CODES, FAMILIES
from gradproof.errors import NameProblem
from gradproof.expressions.text import SPELLING
from gradproof.faces.cli.rule_search import Entry, found, near
from gradproof.operators.kinks import elsewhere
from gradproof.operators.row import Operator
from gradproof.operators.sized_operators import PLACED, Placed
from gradproof.operators.table import OPERATORS, STRUCTURES
from gradproof.rendering.formats import write
from gradproof.rendering.page import model
from gradproof.rendering.page.model import Block, Chapter, Document, Entries, Names

if TYPE_CHECKING:
    from gradproof.calculus.rulebook import Rule

MOST_OTHERS = 6
RULES_TITLE, OPERATORS_TITLE, ERRORS_TITLE = "Rules", "Operators", "Errors"
RULES_INTRO = "Every step of a derivation is one of these rules, and says which."
ERRORS_INTRO = (
    "Every error and warning has a code, the place in your text, the facts, and where possible a fix that\n"
    "was tried. `gradproof rules GP201` prints one line of this table."
)
OPERATORS_INTRO = (
    "A linear operator is said by its axes: products of entries, summed over the letters that the result\n"
    "lacks; ~ marks a row vector, * any shape. X, Z and V stand for the arguments, Y for the value, n for\n"
    "the size of the last axis of X, m for that of its first. Axes are numbered from 1: sum(X, 1) is\n"
    "colsum(X), and sum(X, 2) is rowsum(X)."
)


def pages(part: str, form: str) -> str:
    """The rule book, the table of operators, or both, or the codes of errors; in a format."""
    if part == "errors":
        return write((Chapter(ERRORS_TITLE, ERRORS_INTRO), *_codes(CODES)), form)
    page: list[Block] = []
    if part != "operators":
        page += [Chapter(RULES_TITLE, RULES_INTRO), *map(_rule, RULES)]
    if part != "rules":
        rows = (*OPERATORS.values(), *STRUCTURES, *map(_row, PLACED.values()))
        page += [Chapter(OPERATORS_TITLE, OPERATORS_INTRO), *_operators(rows)]
    return write(tuple(page), form)


def entry(name: str, form: str) -> str:
    """One rule, operator or code; of another word, the rule that is most about it, and what else is.

    NameProblem (GP332) with the nearest names where there is none.
    """
    if name in CODES:
        return write(tuple(_codes([name])), form)
    if told := _called(name):
        return write(told, form)
    entries = [*map(_rule_entry, RULES), *map(_word_entry, OPERATORS.values())]
    about = found(name, entries)
    if not about:
        close = tuple(f"gradproof rules {word}" for word in near(name, entries))
        raise NameProblem(f'no rule, operator or code is called "{name}"', code="GP332", fixes=close)
    others = tuple((row.name, row.title) for row in about[1 : 1 + MOST_OTHERS])
    more = (Names("", f"also about {name}:", others),) if others else ()
    return write((*_called(about[0].name), *more), form)


def _called(name: str) -> Document:
    """The rules and operators of a name; of several names, separated by commas, as a step may give them."""
    names = [one.strip() for one in name.split(",")]
    rules = [row for one in names for row in RULES if row.name == one]
    operators = [row for one in names for row in OPERATORS.values() if one in (row.name, _spelled(row))]
    return (*map(_rule, rules), *_operators(operators))


def _rule_entry(row: Rule) -> Entry:
    return Entry(row.name, row.title, (row.name, row.title, row.about, row.reason, row.law))


def _word_entry(row: Operator) -> Entry:
    return Entry(_spelled(row), row.doc, (row.name, row.doc, "", "", " ".join(row.meaning)))


def _codes(codes: Iterable[str]) -> Iterator[Names]:
    """The codes with their meaning, under the titles of their families."""
    for family, members in groupby(codes, key=lambda code: code[:3]):
        yield Names(family, FAMILIES[family], tuple((code, CODES[code]) for code in members))


def _row(word: Placed) -> Operator:
    """A word with sizes behind its arrays as a row."""
    linear = not word.usage.startswith(("maxpool", "onehot"))
    return Operator(word.usage, word.signatures, linear=linear, doc=word.doc)


def _rule(row: Rule) -> model.Entry:
    return model.Entry(row.name, row.title, _of(row) if row.law else (), tuple(_notes(row)))


def _of(row: Rule) -> tuple[str, ...]:
    """The laws of a rule; where code rewrites by it, they are examples."""
    return tuple(f"{law}   (for example)" for law in row.laws) if row.code is not None else row.laws


_LETTERS = {
    "linear": "linear in the argument", "product": "a product", "map": "linear", "array": "no scalar",
    "transposes": "entry by entry, or of a matrix by a power series", "involution": "its own inverse",
    "number": "a number", "antihomomorphism": "a word that turns products round",
}  # fmt: skip


def _letter(part: str) -> str:
    """What is said of a letter of a law, in words; "" of what only the program asks."""
    name, _, what = part.partition(" ")
    if name == "it" or what.startswith("not "):
        return ""
    if what.startswith("like "):
        return f"{name} and {what[5:]} of one shape"
    return part if name.endswith(":") else f"{name} {_LETTERS.get(what, what)}"


def _notes(row: Rule) -> list[str]:
    because = [f"because {row.reason}"] if row.reason else []
    said = [text for part in filter(None, row.where.split(", ")) if (text := _letter(part))]
    letters = [f"where {', '.join(said)}"] if said else []
    return because + letters + [f"where {condition}" for condition in row.requires]


def _operators(rows: Iterable[Operator]) -> tuple[Entries, ...]:
    made = tuple(model.Entry(_spelled(row), row.doc, tuple(_laws(row)), tuple(_where(row))) for row in rows)
    return (Entries(("word", "what it is", "differential", "where"), made),) if made else ()


def _laws(row: Operator) -> list[str]:
    """What a row says of its differential: that it is linear, or the slope, or the whole of it."""
    if row.linear:
        return [*row.signatures, *(["divided by the number of entries summed"] if row.per else [])]
    if row.stands:
        return [f"Y = {row.stands}"]
    if row.slope:
        return [f"dY = ({row.slope}) .* dX"]
    if not row.differential and row.meaning:
        return [f"Y = {row.meaning[0]}"]
    return [f"dY = {text}" for text in row.differential]


def _where(row: Operator) -> list[str]:
    return [
        text.format(X="X", Z="Z", V="V") for text in (*row.requires, row.kink, elsewhere(row.name)) if text
    ]


def _spelled(row: Operator) -> str:
    return SPELLING.get(row.name, row.name)
