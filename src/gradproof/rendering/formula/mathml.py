"""Boxes as MathML Core.

Chromium takes ":" for punctuation and stretches brackets by default, so both are told what to do. A name
with an index and a transpose is one element, or the transpose would stand behind the index.
"""

from __future__ import annotations

from fractions import Fraction
from html import escape
from itertools import pairwise

from gradproof.expressions.text import decimal
from gradproof.patterns import Pattern
from gradproof.rendering.formula.boxes import Box, Format, paint
from gradproof.rendering.formula.names import GREEK, split
from gradproof.rendering.formula.text import UNICODE

_SYMBOLS = {
    "one": "<mn>𝟏</mn>", "identity": "<mi>I</mi>", "delta": "<mi>δ</mi>", "pi": "<mi>π</mi>",
    "nabla": '<mi mathvariant="normal">∇</mi>', "partial": '<mi mathvariant="normal">∂</mi>',
    "dot": "<mo>⋅</mo>",
}  # fmt: skip
_INFIX = {
    "frob": ":", "had": "⊙", "hdiv": "⊘", "kron": "⊗", "eq": "=", "to": "→", "ne": "≠", "lt": "&lt;",
    "gt": "&gt;",
}  # fmt: skip
_MARKS = {"T": "<mi>⊤</mi>", "-1": "<mrow><mo>−</mo><mn>1</mn></mrow>"}
_MARKS["-T"] = "<mrow><mo>−</mo><mi>⊤</mi></mrow>"
_TALL = ("<mfrac>", "<munder>", "<mtable>")
_WORDY = Pattern(r"(<mrow>)?<mi>([^<]{2,}|d)</mi>")
_SUBSCRIPT = Pattern(
    r"<msub>(<(m[in])>[^<]*</\2>)(<(m[in])>[^<]*</\4>|<mrow>(?:<m[ino]>[^<]*</m[ino]>)*</mrow>)</msub>"
)
_THIN = '<mspace width="0.167em"/>'


def _row(parts: list[str]) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _name(text: str, parts: list[str]) -> str:
    base, below = split(text)
    return f"<msub>{_letters(base)}{_letters(below)}</msub>" if below else _letters(base)


def _letters(text: str) -> str:
    bare = text.rstrip("′'")
    primes = len(text) - len(bare)
    bare = GREEK.get(bare, bare)
    one = f"<mn>{bare}</mn>" if bare.isdigit() else f"<mi>{escape(bare)}</mi>"
    return f"<msup>{one}<mo>{'′' * primes}</mo></msup>" if primes else one


def _number(text: str, parts: list[str]) -> str:
    if text in ("1/2", "1/4", "3/4"):
        return f"<mfrac><mn>{text[0]}</mn><mn>{text[2]}</mn></mfrac>"
    return f"<mn>{decimal(Fraction(text))}</mn>"


def _word(text: str, parts: list[str]) -> str:
    return _letters(text) if len(text.rstrip("′")) > 1 else f'<mi mathvariant="normal">{escape(text)}</mi>'


def _literal(text: str, parts: list[str]) -> str:
    return f"<mtext>{escape(text if chr(34) in text else text.replace('*', ' '))}</mtext>"


def _factors(text: str, parts: list[str]) -> str:
    """Factors, with a thin space where a word or a differential would run into its neighbour."""
    out = parts[0]
    for before, part in pairwise(parts):
        words = _WORDY.match(part) or (_WORDY.match(before) and not part.startswith("<mrow><mo"))
        out += (_THIN if words else "<mo>&#x2062;</mo>") + part
    return f"<mrow>{out}</mrow>"


def _terms(text: str, parts: list[str]) -> str:
    out = ('<mo form="prefix">−</mo>' if text[0] == "-" else "") + parts[0]
    for sign, part in zip(text[1:], parts[1:], strict=True):
        out += f"<mo>{'−' if sign == '-' else '+'}</mo>{part}"
    return f"<mrow>{out}</mrow>"


def _infix(text: str, parts: list[str]) -> str:
    spaced = ' lspace="0.278em" rspace="0.278em"' if text == "frob" else ""
    return _row([f"<mo{spaced}>{_INFIX[text]}</mo>".join(parts)])


def _bracket(sign: str, form: str, tall: bool) -> str:
    return f'<mo form="{form}" stretchy="{"true" if tall else "false"}">{sign}</mo>'


def _paren(text: str, parts: list[str]) -> str:
    tall = any(tag in parts[0] for tag in _TALL)
    return _row([_bracket("(", "prefix", tall), parts[0], _bracket(")", "postfix", tall)])


def _raised(base: str, up: str) -> str:
    found = _SUBSCRIPT.fullmatch(base)
    return f"<msubsup>{found[1]}{found[3]}{up}</msubsup>" if found else f"<msup>{base}{up}</msup>"


def _sub(text: str, parts: list[str]) -> str:
    letters = "".join(f"<mn>{one}</mn>" if one.isdigit() else f"<mi>{escape(one)}</mi>" for one in text)
    found = _SUBSCRIPT.fullmatch(parts[0])
    if found:
        return f"<msub>{found[1]}<mrow>{found[3]}<mo>,</mo>{letters}</mrow></msub>"
    return f"<msub>{parts[0]}<mrow>{letters}</mrow></msub>"


def _call(text: str, parts: list[str]) -> str:
    inside = "<mo>,</mo>".join(parts[1:])
    return _row([parts[0], "<mo>&#x2061;</mo>", _paren("", [inside])])


def _grid(text: str, parts: list[str]) -> str:
    width = int(text)
    rows = (parts[k : k + width] for k in range(0, len(parts), width))
    table = "".join(f"<mtr>{''.join(f'<mtd>{cell}</mtd>' for cell in row)}</mtr>" for row in rows)
    return _row([_bracket("[", "prefix", True), f"<mtable>{table}</mtable>", _bracket("]", "postfix", True)])


def _fence(text: str, parts: list[str]) -> str:
    bar, tall = "‖" if text == "norm" else "|", any(tag in parts[0] for tag in _TALL)
    return _row([_bracket(bar, "prefix", tall), parts[0], _bracket(bar, "postfix", tall)])


def _sigma(text: str, parts: list[str]) -> str:
    letters = "<mo>,</mo>".join(f"<mi>{escape(one)}</mi>" for one in text)
    return _row([f"<munder><mo>∑</mo><mrow>{letters}</mrow></munder>", parts[0]])


MATHML: Format = {
    "name": _name,
    "num": _number,
    "sym": lambda text, parts: _SYMBOLS[text],
    "word": _word,
    "literal": _literal,
    "row": _factors,
    "tight": lambda text, parts: _row(parts),
    "terms": _terms,
    "infix": _infix,
    "paren": _paren,
    "soft": lambda text, parts: parts[0],
    "frac": lambda text, parts: f"<mfrac>{parts[0]}{parts[1]}</mfrac>",
    "sup": lambda text, parts: _raised(parts[0], parts[1]),
    "osup": lambda text, parts: _raised(parts[0], _row(["<mo>⊙</mo>", parts[1]])),
    "mark": lambda text, parts: _raised(parts[0], _MARKS[text]),
    "sub": _sub,
    "call": _call,
    "index": lambda text, parts: f"<msub>{parts[0]}{_row(['<mo>,</mo>'.join(parts[1:])])}</msub>",
    "grid": _grid,
    "fence": _fence,
    "root": lambda text, parts: f"<msqrt>{parts[0]}</msqrt>",
    "sigma": _sigma,
    "diff": lambda text, parts: _row(["<mi>d</mi>", parts[0]]),
    "shape": lambda text, parts: _row(["<mo>×</mo>".join(parts)]) if len(parts) > 1 else parts[0],
    "spaces": lambda text, parts: f"<mtext>{escape(text.replace('->', '→').replace('scalar', 'ℝ'))}</mtext>",
    "prose": lambda text, parts: f"<mtext>{escape(text)}</mtext>",
    "given": lambda text, parts: parts[0],
}


# ---- formulas that may go on in the next line

_SHORT = 30  # signs on a line that stay together


def pieces(box: Box) -> list[str]:
    """The formula in pieces, between which a line may end: MathML itself does not break lines.

    Brackets stand in the first and in the last piece of what they hold.
    """
    if len(paint(box, UNICODE)) <= _SHORT:
        return [paint(box, MATHML)]
    if box.kind in ("terms", "infix", "row", "call"):
        return _parts(box)
    if box.kind == "soft":
        return pieces(box.parts[0])
    if box.kind == "paren":
        return _enclosed("", pieces(box.parts[0]), _bracket(")", "postfix", False))
    if box.kind == "mark" and box.parts[0].kind == "paren":
        up = f"<msup>{_bracket(')', 'postfix', False)}{_MARKS[box.text]}</msup>"
        return _enclosed("", pieces(box.parts[0].parts[0]), up)
    return [paint(box, MATHML)]


def _parts(box: Box) -> list[str]:
    if box.kind == "call":
        inside = [*box.parts[1:]]
        made = [piece for part in inside for piece in pieces(part)] if len(inside) == 1 else []
        head = paint(box.parts[0], MATHML)
        if not made:
            return [paint(box, MATHML)]
        return _enclosed(f"{head}<mo>&#x2061;</mo>", made, _bracket(")", "postfix", False))
    out: list[str] = []
    for place, part in enumerate(box.parts):
        first, *rest = pieces(part)
        out += [_sign(box, place) + first, *rest]
    return out


def _sign(box: Box, place: int) -> str:
    """What stands before a part of a sum, of a product, …"""
    if box.kind == "row":
        return _THIN if place else ""
    if box.kind == "infix":
        spaced = ' lspace="0.278em" rspace="0.278em"' if box.text == "frob" else ""
        return f"<mo{spaced}>{_INFIX[box.text]}</mo>" if place else ""
    minus = box.text[place] == "-"
    form = "infix" if place else "prefix"
    return f'<mo form="{form}">{"−" if minus else "+"}</mo>' if minus or place else ""


def _enclosed(head: str, inside: list[str], end: str) -> list[str]:
    made = [head + _bracket("(", "prefix", False) + inside[0], *inside[1:]]
    made[-1] += end
    return made
