"""Sentences as words and formulas."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from gradproof.elaboration.read import phrase
from gradproof.expressions.dims import Dim, symbol
from gradproof.expressions.nodes import Expr
from gradproof.expressions.sentences import Formula, parts_of
from gradproof.operators.build import d, name
from gradproof.rendering.formula.boxes import Box, infix, row
from gradproof.rendering.formula.formula import boxed
from gradproof.rendering.formula.matrix import matrix
from gradproof.rendering.formula.precedence import POWER, wrap
from gradproof.rendering.page.model import Math, Text, Word, Words

SIGNS = {"=": "eq", "≠": "ne", "<": "lt", ">": "gt"}
_NUMBERS = "ckpqr"


def words(sentence: str, language: bool = False, spell: Callable[[Expr], Box] | None = None) -> Words:
    """The words of a sentence.

    language   formulas in the language, as one-line ASCII has them
    spell      how an expression is written, if not in matrix notation
    """
    spell = spell or (lambda e: boxed(e, language=language))
    return tuple(_word(part, language, spell) for part in parts_of(sentence))


def listed(sentences: Iterable[Words], sign: str) -> Words:
    """Sentences with a sign between them."""
    out: list[Word] = []
    for one in sentences:
        out += [Text(sign), *one] if out else one
    return tuple(out)


def _word(part: str | Expr | Formula, language: bool, spell: Callable[[Expr], Box]) -> Word:
    if isinstance(part, str):
        return Text(part)
    if isinstance(part, Expr):
        return Math(spell(part))
    if language and not part.shown:
        return Math(Box("literal", str(part)))
    sides = [_side(side, part.letters) if isinstance(side, str) else spell(side) for side in part.sides]
    box = infix(SIGNS[part.sign], *sides) if len(sides) > 1 else sides[0]
    return Math(Box("given", part.shown, (box,)) if part.shown else box)


@lru_cache(maxsize=1024)
def _side(text: str, letters: tuple[Expr, ...]) -> Box:
    """One side of a law, in matrix notation."""
    known = _letters(letters)
    if text.startswith("d "):
        return row(Box("name", "d"), wrap(matrix(phrase(text[2:], known)), POWER))
    return matrix(phrase(text, known)).box


def _letters(letters: tuple[Expr, ...]) -> dict[str, Expr | Dim]:
    """What the letters of a law are, if it does not say it: see `Formula`."""
    n = symbol("n")
    known: dict[str, Expr | Dim] = {chr(c): name(chr(c), (n, n)) for c in range(ord("A"), ord("Z") + 1)}
    del known["I"]
    known |= {chr(c): name(chr(c), (n,)) for c in range(ord("s"), ord("z") + 1)}
    known |= {letter: name(letter) for letter in (*_NUMBERS, "k")}
    known |= {str(one): one for one in letters}
    known |= {f"d{text}": d(e) for text, e in known.items() if isinstance(e, Expr)}
    first = next((one for one in letters if one.axes), None)
    return known | ({"n": n, "m": n} if first is None else {"n": first.axes[-1], "m": first.axes[0]})
