"""Derivatives in formulas: `∂f/∂x` in one line or two, ∇, an operator before a product, along a direction."""

from __future__ import annotations

from collections.abc import Sequence

from gradproof.language.document.cursor import Cursor
from gradproof.language.document.lexer import Lexeme
from gradproof.language.document.signs import TIMES
from gradproof.language.document.tree import Term, number


def fraction(g: Cursor, begin: int) -> Term:
    """A quotient, or a derivative."""
    above, below = g.group(True), g.group(True)
    if is_change(above) and is_change(below) and len(below) > 1:
        return derivative(g, above, below, begin)
    args = (g.inner(above), g.inner(below))
    return Term("frac", args, span=g.span(begin))


def derivative(g: Cursor, above: list[Lexeme], below: list[Lexeme], begin: int) -> Term:
    """`∂f/∂x`, an operator before a product, and second derivatives."""
    top = g.sub(above[1:])
    twice = top.sees("^")
    if twice:
        top.take()
        top.group()
    of = top.whole() if top.at < len(top.all) else None
    by, turned = variables(g, below)
    square = len(by) == 2 and not twice and any(one.text == "^" for one in below)
    if of is None:
        if not g.starts():
            raise g.fault("nothing stands behind a derivative sign")
        of = operated(g)
    if g.sees("|") and g.here(1).text == "_":
        return along(g, of, by, begin)
    if square:  # by σ²: a derivative by σ, over 2 σ
        slope = Term("derivative", (of, by[0]), marks=turned, span=g.span(begin))
        double = Term("mul", (number(2), by[0]), span=g.span(begin))
        return Term("frac", (slope, double), span=g.span(begin))
    return Term("derivative", (of, *by), marks=turned, span=g.span(begin))


def along(g: Cursor, of: Term, by: list[Term], begin: int) -> Term:
    """`d/dt f(X + tH) |_{t=0}`: the derivative of f along H."""
    g.take()
    g.take()
    said = "".join(one.text for one in g.group())
    moved = of.args[1] if of.kind == "call" and len(of.args) == 2 else None
    if moved is None or moved.kind != "add" or len(moved.args) != 2 or said != f"{by[0].text}=0":
        raise g.fault("a derivative at a place")
    point, step = moved.args
    if step.kind != "mul" or step.args[0].text != by[0].text or point.kind != "name":
        raise g.fault("a derivative at a place")
    return Term("along", (of._replace(args=(of.args[0], point)), step.args[1]), span=g.span(begin))


def directed(g: Cursor, begin: int) -> Term | None:
    """`Df(X)[H]`: the derivative of f at X along H; None where something else stands here."""
    follows = g.here(1)
    if g.here().text != "D" or follows.kind != "letter" or g.here(2).text != "(":
        return None
    kept = g.at
    g.take()
    name = g.take()
    args, _ = g.arguments()
    if not g.sees("[") or len(args) != 1 or args[0].kind != "name":
        g.at = kept
        return None
    step, _ = g.arguments()
    of = Term(
        "call", (Term("name", (), name.text, span=(name.start, name.end)), *args), "()", marks=("given",)
    )
    return Term("along", (of, step[0]), span=g.span(begin))


def variables(g: Cursor, below: list[Lexeme]) -> tuple[list[Term], tuple[str, ...]]:
    """What a derivative is by: `∂x`, `∂x²`, `∂x_i ∂x_j`, `∂x ∂xᵀ`."""
    reader = g.sub(below, False)
    out: list[Term] = []
    marks: tuple[str, ...] = ()
    while reader.at < len(reader.all):
        if reader.here().text not in ("∂", "d"):
            raise reader.fault("a derivative by what?")
        reader.take()
        begin = reader.at
        one = reader.behind(reader.operand(), begin)
        if one.kind == "pow" and one.args[1].value is not None and one.args[1].value == 2:
            out += [one.args[0], one.args[0]]
        elif one.kind == "T":
            out.append(one.args[0])
            marks = ("transposed",)
        else:
            out.append(one)
    return out, marks


def operated(g: Cursor) -> Term:
    """What an operator such as ∂/∂x before a product is applied to: the rest of the product."""
    begin = g.at
    left = g.factor()
    closed = "closed" in left.marks
    while g.starts() or (g.sees("·", "⊙", "×", "/", "∘") and not closed and g.after_operand()):
        sign = "" if g.starts() else TIMES[g.take().text]
        left = Term("mul", (left, g.factor()), sign, span=g.span(begin))
    return left


def slashed(g: Cursor, begin: int) -> Term:
    """`∂L/∂Y` in one line."""
    g.take()
    order = 1
    if g.sees("^"):
        g.take()
        g.group()
        order = 2
    elif g.here().text == "²":
        g.take()
        order = 2
    of = None if g.sees("/") else g.behind(g.operand(), g.at)
    if not g.sees("/"):
        raise g.fault("a derivative by what?")
    g.take()
    closed = g.sees("(")
    if closed:
        g.take()
    by: list[Term] = []
    marks: tuple[str, ...] = ()
    while g.here().text in ("∂", "d"):
        g.take()
        start = g.at
        one = g.operand()
        one = g.behind(one, start) if g.sees("_", "^", "ᵀ", "'") or order == 2 else one
        if one.kind == "T":
            one, marks = one.args[0], ("transposed",)
        by += [one.args[0]] * 2 if one.kind == "pow" else [one]
    if closed and g.sees(")"):
        g.take()
    if of is None:
        of = operated(g)
    return Term("derivative", (of, *by), marks=marks, span=g.span(begin))


def nabla(g: Cursor, begin: int) -> Term:
    """`∇f`, `∇_x f`, `∇²f`, `∇_x (…)`."""
    g.take()
    by: list[Term] = []
    order = 1
    while g.sees("_", "^") or g.here().text == "²":
        sign = g.take().text
        if sign == "_":
            by = listed(g, g.group())
        elif sign == "²" or [x.text for x in g.group()] == ["2"]:
            order = 2
    of: Term | None = None
    if g.starts():
        start = g.at
        of = g.factor()
        if of.kind not in ("name", "call"):
            g.at = start
            of = operated(g)
    nothing = Term("name", (), "", span=g.span(begin))
    by = by * order if len(by) == 1 else by
    marks = ("nabla",) * order
    return Term("derivative", (of or nothing, *by), marks=marks, span=g.span(begin))


def listed(g: Cursor, given: list[Lexeme]) -> list[Term]:
    """Names with commas between them."""
    out, begin = [], 0
    for place in range(len(given) + 1):
        if place == len(given) or given[place].text == ",":
            out.append(g.inner(given[begin:place]))
            begin = place + 1
    return out


def is_change(given: Sequence[Lexeme]) -> bool:
    """Whether some lexemes begin with ∂ or d."""
    return bool(given) and (
        given[0].text == "∂" or ((given[0].kind == "letter" and given[0].text == "d" and not given[0].bold)
        and not (len(given) > 1 and given[1].text in ("_",)))
    )  # fmt: skip
