"""Formulas as statements: sides with signs between them, row by row, with what prose stands before.

A row that begins with a sign goes on from the row above: `= …` is one more side, `+ …` more of the last.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from gradproof.language.document.blocks import Block, blanked, blocks
from gradproof.language.document.lexer import Lexeme, closing, lexemes
from gradproof.language.latex.macros import Macros, macros
from gradproof.language.syntax.tree import Span

EQUAL = ("=", ":=", "=:")
RELATIONS = frozenset(
    (*EQUAL, "≈", "∝", "≤", "≥", "<", ">", "≻", "⪰", "≺", "⪯", "≠", "∈", "→", "↦", "∼", "←", "∉")
)
BREAKS = frozenset((",", ";", "⇒", "⇔", "⇐"))
_ROWED = frozenset(("aligned", "align", "split", "gathered", "gather", "array", "eqnarray", "alignedat",
                    "alignat", "flalign", "equation", "multline", "IEEEeqnarray", "dmath", "displaymath",
                    "math", "eqalign", "subequations", "tabular", "multlined"))  # fmt: skip
_OPENS, _CLOSES = frozenset("([{⦃⟨"), frozenset(")]}⦄⟩")


class Side(NamedTuple):
    """One side of a statement: its lexemes, the sign before it ("" for the first), and its place."""

    lexemes: tuple[Lexeme, ...]
    sign: str
    span: Span
    row: int


class Statement(NamedTuple):
    """Sides with signs between them; continued: the first side is left out, the chain above goes on.

    words   the prose before it, or between it and the one before
    inline  whether it stands in a sentence
    listed  names that stand before it in a list, as in `A, B ∈ …`
    """

    sides: tuple[Side, ...]
    continued: bool
    words: str
    inline: bool
    section: int
    start: int
    listed: tuple[tuple[Lexeme, ...], ...] = ()


class Prose(NamedTuple):
    """A stretch of prose, in which formulas stand as their places: kind "" or "heading"."""

    text: str
    start: int
    section: int


class Document(NamedTuple):
    """A text taken apart: its statements and its prose, in order; told: all of its prose, in which formulas
    stand as ⟨0⟩, ⟨1⟩, …"""

    parts: tuple[Statement | Prose, ...]
    text: str
    told: str = ""
    formulas: tuple[tuple[Lexeme, ...], ...] = ()


def document(text: str) -> Document:
    """The statements and the prose of a LaTeX or Markdown document."""
    known = macros(text)
    plain = blanked(text)
    found = blocks(plain)
    known = {**known, **_capitals(plain, found)}
    out: list[Statement | Prose] = []
    formulas: list[tuple[Lexeme, ...]] = []
    told: list[str] = []
    section = 0
    words = ""
    place = 0
    while place < len(found):
        block = found[place]
        if block.kind == "heading":
            section += 1
            words = plain[slice(*block.span)]
            told.append(f". {words} .")
        elif block.kind == "prose":
            said = plain[slice(*block.span)]
            words += said
            told.append(_ticked(said, block.span[0], plain, formulas))
            out.append(Prose(said, block.span[0], section))
        elif block.kind in ("inline", "display"):
            spans = [block.span]
            while block.kind == "inline" and (more := _joined(found, place, plain)) is not None:
                place += 2
                spans.append(more)
            told.append(f"⟨{len(formulas)}⟩")
            formulas.append(tuple(lexemes(plain, block.span, known)))
            made = _formula(plain, spans, known, block, words, section)
            out += made
            if block.kind == "display" or made:
                words = "" if block.kind == "display" else words + " ⟨⟩ "
        place += 1
    return Document(tuple(out), text, "".join(told), tuple(formulas))


_TICKED = re.compile(r"`([A-Za-z](?:_\w+|_\{\w+\})?)`")


def _ticked(said: str, start: int, text: str, formulas: list[tuple[Lexeme, ...]]) -> str:
    """Prose in which names in backticks are formulas, too."""

    def formula(found: re.Match[str]) -> str:
        formulas.append(tuple(lexemes(text, (start + found.start(1), start + found.end(1)))))
        return f"⟨{len(formulas) - 1}⟩"

    return _TICKED.sub(formula, said)


_CAPITALS = re.compile(r"(?<![A-Za-z\\])(?:d(?=[A-Z]{2}))?([A-Z]{2,6})(?=\s*(?:\(\\?\w+\)\s*)?(?:&\s*)?=)")


def _capitals(text: str, found: list[Block]) -> dict[str, tuple[int, str]]:
    """Words of capitals that stand left of “=”, and whose letters are no names: MSE, NLL. As macros."""
    formulas = " ".join(text[slice(*block.span)] for block in found if block.kind in ("inline", "display"))
    out = {}
    for word in set(_CAPITALS.findall(formulas)):
        rest = re.sub(rf"d?{word}", " ", formulas)
        if not any(re.search(rf"(?<![A-Za-z\\]){letter}", rest) for letter in word):
            out[word] = (0, f"\\mathrm{{{word}}}")
    return out


def _joined(found: list[Block], place: int, text: str) -> Span | None:
    """The formula behind an “=” in prose behind this one."""
    if place + 2 >= len(found):
        return None
    between, after = found[place + 1], found[place + 2]
    if between.kind == "prose" and after.kind == "inline" and text[slice(*between.span)].strip() == "=":
        return after.span
    return None


def _formula(
    text: str, spans: list[Span], known: Macros, block: Block, words: str, section: int
) -> list[Statement]:
    given: list[Lexeme] = []
    for span in spans:
        if given:
            given.append(Lexeme("sign", "=", span[0] - 2, span[0] - 1))
        given += lexemes(text, span, known)
    out: list[Statement] = []
    inline = block.kind == "inline"
    for row, one in enumerate(rows(given)):
        for made in _statements(one, words if not out else "", inline, section, row):
            out = _continued(out, made)
    return out


def _continued(out: list[Statement], made: Statement) -> list[Statement]:
    """One more statement; a row that begins with + or − is more of the last side."""
    first = made.sides[0]
    if (
        out
        and not made.continued
        and len(made.sides) == 1
        and first.lexemes
        and first.lexemes[0].text in ("+", "-", "·", "×", "⊙")
    ):
        last = out[-1].sides[-1]
        side = last._replace(lexemes=(*last.lexemes, *first.lexemes), span=(last.span[0], first.span[1]))
        return [*out[:-1], out[-1]._replace(sides=(*out[-1].sides[:-1], side))]
    return [*out, made]


# ---- rows


def rows(given: list[Lexeme]) -> list[list[Lexeme]]:
    """The rows of a display: those of a matrix stay together."""
    out: list[list[Lexeme]] = [[]]
    depth = matrices = 0
    for place, one in enumerate(given):
        if one.kind == "command" and one.text.startswith("begin:"):
            matrices += 1
        if one.kind == "command" and one.text.startswith("end:"):
            matrices -= 1
        if one.kind == "env" or (one.kind == "command" and one.text == "eqalign"):
            continue
        if one.kind == "sign" and not matrices:
            depth += _depth(given, place)
        if one.kind == "row" and not matrices:
            out.append([])
            depth = 0
        elif one.kind == "row" or one.kind == "column":
            if matrices or one.kind == "column":
                out[-1].append(one)
        else:
            out[-1].append(one)
    return [_unwrapped(row) for row in out if any(one.kind not in ("gap", "column", "text") for one in row)]


def _depth(given: list[Lexeme], place: int) -> int:
    text = given[place].text
    return (text in _OPENS) - (text in _CLOSES)


def _unwrapped(row: list[Lexeme]) -> list[Lexeme]:
    """A row without braces that only one of its ends has (those of \\eqalign{…}), and around all of it."""
    stray: set[int] = set()
    opened: list[int] = []
    for place, one in enumerate(row):
        if one.kind == "sign" and one.text == "{":
            opened.append(place)
        elif one.kind == "sign" and one.text == "}":
            if opened:
                opened.pop()
            else:
                stray.add(place)
    stray.update(opened)
    kept = [one for place, one in enumerate(row) if place not in stray]
    while len(kept) > 1 and kept[0].text == "{" and kept[0].kind == "sign":
        place = closing(kept, 0)
        if place < len(kept) - 1 and any(
            one.kind not in ("gap",) and one.text not in ",." for one in kept[place + 1 :]
        ):
            break
        kept = [*kept[1:place], *kept[place + 1 :]]
    return kept


# ---- statements of one row


def _statements(row: list[Lexeme], words: str, inline: bool, section: int, number: int) -> list[Statement]:
    out: list[Statement] = []
    listed: list[tuple[Lexeme, ...]] = []
    said = words
    for clause, before in _clauses(row):
        said += " " + before if before else ""
        sides = _sides(clause, number)
        if not sides:
            continue
        continued = not sides[0].lexemes
        if continued:
            sides = sides[1:]
            if not sides:
                continue
        if len(sides) == 1 and not continued and not (clause and clause[0].text in ("+", "-", "·", "×", "⊙")):
            listed.append(sides[0].lexemes)
            continue
        start = next((one.start for one in clause), 0)
        out.append(Statement(tuple(sides), continued, said, inline, section, start, tuple(listed)))
        listed, said = [], ""
    return out


def _remarks(row: list[Lexeme]) -> list[Lexeme]:
    """A row in which words alone in a last column are prose: `&= A B && \\text{cyclic}`."""
    end = len(row)
    while end and row[end - 1].kind in ("word", "text"):
        end -= 1
    last = end == 0 or row[end - 1].kind != "column" or not _equates(row[:end])
    before = next((one for one in reversed(row[:end]) if one.kind not in ("column", "gap")), None)
    if last or before is None or before.text in RELATIONS or before.text in ("+", "-"):
        return row
    return [*row[:end], *(one._replace(kind="text") for one in row[end:])]


def _clauses(row: list[Lexeme]) -> list[tuple[list[Lexeme], str]]:
    """Stretches between commas, wide gaps, arrows and words, with the words before each."""
    row = _remarks(row)
    out: list[tuple[list[Lexeme], str]] = []
    current: list[Lexeme] = []
    words = ""
    depth = matrices = 0
    for place, one in enumerate(row):
        if one.kind == "command" and one.text.startswith(("begin:", "end:")):
            matrices += 1 if one.text.startswith("begin:") else -1
        if one.kind == "sign":
            depth += _depth(row, place)
        outside = depth <= 0 and not matrices
        if outside and (one.kind == "text" or _breaks(row, place)):
            if one.kind == "text" and not current:
                words += " " + one.text
                continue
            out.append((current, words))
            current, words = [], one.text if one.kind == "text" else ""
        elif one.kind == "column" and not matrices:
            if outside and _new_column(row, place, current):
                out.append((current, words))
                current, words = [], ""
        elif one.kind not in ("gap", "text") or matrices:
            current.append(one)
    out.append((current, words))
    return [(_trimmed(clause), said) for clause, said in out if clause]


def _breaks(row: list[Lexeme], place: int) -> bool:
    """Whether a statement ends at a sign: a comma or an arrow, or a wide gap where another one follows."""
    one = row[place]
    if one.kind == "gap":
        after = row[place + 1 :]
        before = row[place - 1] if place else None
        if (
            before is None
            or before.text in RELATIONS
            or before.text in ("+", "-")
            or before.kind in ("column",)
        ):
            return False
        if not after or after[0].text in ("+", "-", "="):
            return False
        end = next((k for k, x in enumerate(after) if x.kind in ("column", "gap", "text")), len(after))
        return _equates(after) or any(x.text in ("×", "∀") for x in after[:end])
    if one.kind == "word" and one.text in (
        "and",
        "where",
        "with",
        "for",
        "so",
        "hence",
        "then",
        "or",
        "thus",
        "if",
    ):
        return True
    return one.kind == "sign" and one.text in BREAKS


def _equates(given: list[Lexeme]) -> bool:
    return any(one.kind == "sign" and one.text in RELATIONS for one in given)


def _new_column(row: list[Lexeme], place: int, current: list[Lexeme]) -> bool:
    """Whether another statement begins at &: what stands before has its sides, and one follows."""
    rest = row[place + 1 :]
    if not rest or rest[0].text in RELATIONS or not current or current[-1].text in RELATIONS:
        return False
    return _equates(current) and _equates(rest)


def _trimmed(clause: list[Lexeme]) -> list[Lexeme]:
    while clause and clause[-1].kind == "sign" and clause[-1].text in (".", ",", ";", ":"):
        clause = clause[:-1]
    while clause and clause[0].kind == "sign" and clause[0].text in (".", ",", ";", ":"):
        clause = clause[1:]
    return clause


def _sides(clause: list[Lexeme], number: int) -> list[Side]:
    """The sides of a clause; the first is empty where it begins with a sign."""
    cuts: list[tuple[int, str]] = []
    depth = 0
    for place, one in enumerate(clause):
        if one.kind == "command" and one.text.startswith(("begin:", "end:")):
            depth += 1 if one.text.startswith("begin:") else -1
        if one.kind == "sign":
            depth += _depth(clause, place)
            if depth <= 0 and one.text in RELATIONS:
                cuts.append((place, one.text))
    out: list[Side] = []
    begin, sign = 0, ""
    for place, text in [*cuts, (len(clause), "")]:
        part = tuple(clause[begin:place])
        if part or not out:
            span = (part[0].start, part[-1].end) if part else (0, 0)
            out.append(Side(part, sign, span, number))
            sign = text
        begin = place + 1
    return out
