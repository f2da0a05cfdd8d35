"""The rule book and the table of operators, printed from the tables themselves.

Nothing is said of a rule or an operator that its row does not say.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gradproof.calculus.rulebook import RULES
from gradproof.codes import CODES, FAMILIES
from gradproof.errors import NameProblem
from gradproof.expressions.text import SPELLING
from gradproof.operators.kinks import elsewhere
from gradproof.operators.row import Operator
from gradproof.operators.sized_operators import PLACED, Placed
from gradproof.operators.table import OPERATORS, STRUCTURES

if TYPE_CHECKING:
    from gradproof.calculus.rulebook import Rule

INDENT = 18
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
    """The rule book, the table of operators, or both, or the codes of errors; as text or Markdown."""
    if part == "errors":
        return _head(ERRORS_TITLE, ERRORS_INTRO, form) + "\n\n" + _codes(CODES, form)
    out = []
    if part != "operators":
        out += [_head(RULES_TITLE, RULES_INTRO, form), _rules(RULES, form)]
    if part != "rules":
        out += [
            _head(OPERATORS_TITLE, OPERATORS_INTRO, form),
            _operators((*OPERATORS.values(), *STRUCTURES, *map(_row, PLACED.values())), form),
        ]
    return "\n\n".join(out)


def entry(name: str, form: str) -> str:
    """One rule, operator or code; NameProblem (GP332) with the nearest names where there is none."""
    if name in CODES:
        return _codes([name], form)
    rules = [row for row in RULES if row.name == name]
    operators = [row for row in OPERATORS.values() if name in (row.name, _spelled(row))]
    if rules or operators:
        return "\n\n".join(filter(None, (_rules(rules, form), _operators(operators, form))))
    from difflib import get_close_matches

    known = [*(row.name for row in RULES), *OPERATORS]
    near = tuple(f"gradproof rules {close}" for close in get_close_matches(name, known, 3))
    raise NameProblem(f'no rule, operator or code is called "{name}"', code="GP332", fixes=near)


def _codes(codes: Iterable[str], form: str) -> str:
    """The codes with their meaning, under the titles of their families."""
    out, family = [], ""
    for code in codes:
        if code[:3] != family:
            family = code[:3]
            title = FAMILIES[family]
            out.append(f"\n## {family}. {title}\n" if form == "markdown" else f"\n{family}  {title}")
        out.append(f"- `{code}` {CODES[code]}" if form == "markdown" else f"  {code}  {CODES[code]}")
    return "\n".join(out).strip("\n")


def _row(word: Placed) -> Operator:
    """A word with sizes behind its arrays as a row."""
    linear = not word.usage.startswith(("maxpool", "onehot"))
    return Operator(word.usage, word.signatures, linear=linear, doc=word.doc)


def _head(title: str, intro: str, form: str) -> str:
    return f"# {title}\n\n{intro}" if form == "markdown" else f"{title}\n{'=' * len(title)}\n{intro}"


def _rules(rows: Iterable[Rule], form: str) -> str:
    return "\n\n".join((_rule_section if form == "markdown" else _rule_text)(row) for row in rows)


def _rule_text(row: Rule) -> str:
    return _text(row.name, row.title, filter(None, (row.law, *_notes(row))))


def _rule_section(row: Rule) -> str:
    law = [f"```\n{row.law}\n```"] if row.law else []
    said = [", ".join(_notes(row)).capitalize() + "."] if _notes(row) else []
    return "\n\n".join([f"## `{row.name}`: {row.title}", *law, *said])


def _notes(row: Rule) -> list[str]:
    because = [f"because {row.reason}"] if row.reason else []
    return because + [f"where {condition}" for condition in row.requires]


def _operators(rows: Iterable[Operator], form: str) -> str:
    if form != "markdown":
        return "\n\n".join(_text(_spelled(row), row.doc, (*_laws(row), *_where(row))) for row in rows)
    table = [
        _cells(_code([_spelled(row)]), row.doc, _code(_laws(row)), ", ".join(_where(row))) for row in rows
    ]
    head = [_cells("word", "what it is", "differential", "where"), _cells(*["---"] * 4)]
    return "\n".join([*head, *table]) if table else ""


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


def _text(name: str, title: str, lines: Iterable[str]) -> str:
    return "\n".join([f"{name:<{INDENT}}{title}".rstrip(), *(" " * INDENT + line for line in lines)])


def _code(texts: Iterable[str]) -> str:
    return "<br>".join(f"`{text}`" for text in texts)


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
