"""Sums over indices: what runs, from where, under which conditions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from gradproof.language.document.cursor import Cursor
from gradproof.language.document.lexer import Lexeme
from gradproof.language.document.tree import Term, number


def big(g: Cursor, begin: int) -> Term:
    """A sum or a product over indices."""
    sign = g.take().text
    below: list[Lexeme] = []
    above: list[Lexeme] = []
    while g.sees("_", "^"):
        if g.take().text == "_":
            below = g.group()
        else:
            above = g.group()
    if not below:
        below, above = above, []
    letters, bounds = bound_letters(below)
    if sign == "∏":
        raise g.fault("products over an index are not read yet")
    body = big_body(g)
    upper = g.inner(above) if above and len(letters) == 1 else number(0)
    lower = bounds if bounds is not None else number(1)
    marks = tuple(f"if:{one}" for one in conditions(below))
    return Term("sum", (body, lower, upper), " ".join(letters), marks=marks, span=g.span(begin))


def big_body(g: Cursor) -> Term:
    """What a sum is of."""
    begin = g.at
    if g.sees("-"):
        raise g.fault("a sum of what?")
    return g.pairing() if begin < len(g.all) else g.factor()


def bound_letters(below: Sequence[Lexeme]) -> tuple[list[str], Term | None]:
    """The letters that a sum runs over, and where the first begins."""
    letters: list[str] = []
    lower = None
    given = [one for one in below if one.text not in ("{", "}")]
    skip = False
    for place, one in enumerate(given):
        if one.text in (",", "≠", "<", ">", "row", ";"):
            skip = False
        elif one.text in ("=", "∈", "≤", ":"):
            skip = True
            follows = given[place + 1] if place + 1 < len(given) else one
            if one.text == "=" and follows.kind == "number":
                lower = number(int(Fraction(follows.text)))
        elif one.kind == "letter" and not skip and one.text not in letters:
            before = given[place - 1].text if place else ""
            if before not in ("≠", ">"):
                letters.append(one.text)
    return letters, lower


def conditions(below: Sequence[Lexeme]) -> list[str]:
    """`j≠i` and `i<j` below a sum."""
    given = [one for one in below if one.text not in ("{", "}")]
    return [
        f"{given[k - 1].text}{one.text}{given[k + 1].text}"
        for k, one in enumerate(given)
        if one.text in ("≠", "<", ">", "≤") and 0 < k < len(given) - 1
    ]
