"""What stands above and below an operand: powers, transposes, indices, kinds of norms."""

from __future__ import annotations

from collections.abc import Sequence

from gradproof.language.document.cursor import Cursor
from gradproof.language.document.lexer import Lexeme
from gradproof.language.document.tree import Term, Unread, number
from gradproof.language.syntax.tree import Span

RAISED = {"²": 2, "³": 3, "⁴": 4, "¹": 1}


def unicode_power(g: Cursor, base: Term, begin: int) -> Term:
    """`X⁻¹`, `x²`, `X⁻ᵀ`."""
    minus = False
    if g.here().text == "⁻":
        g.take()
        minus = True
    if g.sees("ᵀ"):
        g.take()
        inverse = Term("pow", (base, number(-1)), span=g.span(begin))
        return Term("T", (inverse,), span=g.span(begin))
    value = RAISED.get(g.here().text)
    if value is None:
        raise g.fault("a power is missing here")
    g.take()
    return Term("pow", (base, number(-value if minus else value)), span=g.span(begin))


def primed(g: Cursor, base: Term, begin: int) -> Term:
    """A prime behind a name or a function, else a transpose."""
    if base.kind in ("name", "call"):
        return base._replace(marks=(*base.marks, "prime"), span=g.span(begin))
    return Term("T", (base,), marks=("prime",), span=g.span(begin))


def raised(g: Cursor, base: Term, above: list[Lexeme], begin: int) -> Term:
    """`base^{above}`."""
    texts = [one.text for one in above if one.text not in ("{", "}")]
    here = g.span(begin)
    said = "".join(texts)
    if base.kind == "name" and base.text == "e" and not base.args and said not in ("ᵀ", "T", "⊤", "2"):
        return Term("call", (g.inner(above),), "exp", marks=("power",), span=here)
    if said in ("ᵀ", "T", "⊤", "⊺") or (said == "t" and base.kind != "number"):
        marks = ("small",) if said == "t" else ()
        return Term("T", (base,), marks=marks, span=here)
    if said in ("-ᵀ", "-T", "-t"):
        return Term("T", (Term("pow", (base, number(-1)), span=here),), span=here)
    if said in ("†", "+"):
        return Term("pinv", (base,), span=here)
    if said in ("*", "⋆", "opt", "⋆⋆"):
        return starred(base, "star", here)
    if said == "-" and base.kind == "name":
        return base._replace(text=f"{base.text}_minus", span=here)
    if said in ("*ᵀ", "*T", "⋆T", "⋆ᵀ"):
        return Term("T", (starred(base, "star", here),), span=here)
    if set(said) == {"'"}:
        return base._replace(marks=(*base.marks, *["prime"] * len(said)), span=here)
    if said[:1] in ("∘", "⊙") and len(texts) == 2:
        return Term("hpow", (base, g.inner(above[1:])), span=here)
    if base.kind == "name" and said[:1] in ("(", "[", "⟨") and said[-1:] in (")", "]", "⟩"):
        inside = items(above[1:-1])
        first, rest = base.args[: base.value is not None], base.args[base.value is not None :]
        return base._replace(args=(*first, *inside, *rest), span=here, marks=(*base.marks, "above"))
    if above and above[0].kind in ("word", "text") and base.kind == "name":
        return base._replace(text=f"{base.text}_{said.strip()}", span=here)
    return Term("pow", (base, g.inner(above)), span=here)


def starred(base: Term, mark: str, here: Span) -> Term:
    """`w*`: a star is a part of the name."""
    if base.kind != "name":
        raise Unread("a star stands here behind what is no name", here)
    return base._replace(text=f"{base.text}_{mark}", marks=(*base.marks, mark), span=here)


def lowered(g: Cursor, base: Term, below: list[Lexeme], begin: int) -> Term:
    """`base_{below}`: a name's indices, the kind of a norm, an entry."""
    here = g.span(begin)
    if base.kind == "norm":
        return base._replace(text="".join(one.text for one in below if one.text not in "{}"), span=here)
    if base.kind == "bars":
        return base
    if base.kind == "pow" and base.args[0].kind == "norm" and "closed" not in base.marks:  # ‖A‖²_F
        return base._replace(args=(lowered(g, base.args[0], below, begin), base.args[1]), span=here)
    if base.kind == "number" and "bold" in base.marks:
        return ones(g, base, below, here)
    if base.kind == "T" and base.args[0].kind == "name" and "closed" not in base.marks:
        entry = Term("entry", (base, *items(below)), span=here)
        return entry
    if base.kind == "name" and "closed" not in base.marks:
        return base._replace(args=(*base.args, *items(below)), span=here)
    if base.kind in ("call", "pow") and "closed" not in base.marks and base.kind == "pow":
        inner = base.args[0]
        if inner.kind == "name":  # x^2_i is (x_i)^2
            return base._replace(args=(lowered(g, inner, below, begin), base.args[1]), span=here)
    return Term("entry", (base, *items(below)), span=here)


def ones(g: Cursor, base: Term, below: list[Lexeme], here: Span) -> Term:
    """`1_n`, a vector of ones, and `1_{x > 0}`, an indicator."""
    given = [one for one in below if one.text not in ("{", "}", "⦃", "⦄")]
    if any(one.text in ("<", ">", "≤", "≥", "=", "≠") for one in given):
        return g.sub(given).relation()
    return base._replace(args=tuple(items(below)), span=here)


def items(given: Sequence[Lexeme]) -> list[Term]:
    """The scripts of a name, one by one."""
    given = [one for one in given if one.text not in ("{", "}") and one.kind != "gap"]
    out: list[Term] = []
    if any(one.text in ("+", "-", "/", "=", "(", "[", "^", "_", "'", "|", "*") for one in given):
        for part in _between_commas(given):
            text = "".join(one.text for one in part)
            kind = "letter" if len(part) == 1 and part[0].kind == "letter" else "shift"
            out.append(_item(kind, text, part))
        return out
    for one in given:
        if one.text == ",":
            continue
        if one.kind == "letter":
            out.append(_item("letter", one.text, [one]))
        elif one.kind == "number":
            out.append(_item("number", one.text, [one]))
        elif one.text in (":", "·", "∗", "*", "⋅"):
            out.append(_item("colon", ":", [one]))
        else:
            out.append(_item("word", one.text.strip(), [one]))
    return out


def _item(kind: str, text: str, part: Sequence[Lexeme]) -> Term:
    return Term("index", (), text, marks=(kind,), span=(part[0].start, part[-1].end))


def _between_commas(given: Sequence[Lexeme]) -> list[list[Lexeme]]:
    out: list[list[Lexeme]] = [[]]
    for one in given:
        if one.text == ",":
            out.append([])
        else:
            out[-1].append(one)
    return [part for part in out if part]
