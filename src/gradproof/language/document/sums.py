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


def cases(g: Cursor, begin: int) -> Term:
    """`{a, i = j; b, i ≠ j}`: a δ_ij + b (1 − δ_ij)."""
    end = next((k for k in range(g.at, len(g.all)) if g.all[k].text.startswith("end:")), len(g.all))
    rows: list[list[list[Lexeme]]] = [[[]]]
    for one in g.all[g.at : end]:
        if one.kind == "row":
            rows.append([[]])
        elif one.kind == "column":
            rows[-1].append([])
        elif one.kind not in ("text", "gap") and one.text not in (",", "."):
            rows[-1][-1].append(one)
    g.at = end + 1
    rows = [row for row in rows if any(row)]
    conditions = [[one.text for one in row[1]] if len(row) > 1 else [] for row in rows]
    if len(rows) != 2 or len(conditions[0]) != 3 or conditions[0][1] not in ("=", "≠"):
        raise g.fault("these cases are not read")
    first, sign, second = conditions[0]
    if len(conditions[1]) not in (0, 3) or not first.isalpha() or not second.isalpha():
        raise g.fault("these cases are not read")
    same, other = (rows[0][0], rows[1][0]) if sign == "=" else (rows[1][0], rows[0][0])
    here = g.span(begin)
    letters = tuple(Term("index", (), text, marks=("letter",), span=here) for text in (first, second))
    delta = Term("name", letters, "delta", span=here)
    rest = Term("add", (number(1, here), Term("neg", (delta,), span=here)), span=here)
    terms = [Term("mul", pair, span=here) for pair in ((delta, g.inner(same)), (rest, g.inner(other)))]
    return Term("add", tuple(terms), span=here)
