"""Boxes as Typst mathematics."""

from __future__ import annotations

from fractions import Fraction

from gradproof.expressions.text import decimal
from gradproof.rendering.formula.boxes import Format
from gradproof.rendering.formula.names import GREEK, split

_SYMBOLS = {
    "one": "bold(1)", "identity": "I", "delta": "δ", "pi": "π", "nabla": "∇", "partial": "∂", "dot": "⋅",
}  # fmt: skip
_INFIX = {
    "frob": 'class("binary", :)', "had": "⊙", "hdiv": "⊘", "kron": "⊗", "eq": "=", "to": "→",
    "ne": "≠", "lt": "<", "gt": ">",
}  # fmt: skip
_MARKS = {"T": "⊤", "-1": "-1", "-T": "-⊤"}


def quoted(text: str) -> str:
    """A string of Typst."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _name(text: str, parts: list[str]) -> str:
    base, below = split(text)
    return f"{_letters(base)}_({_letters(below)})" if below else _letters(base)


def _letters(text: str) -> str:
    bare = text.rstrip("′'")
    primes = "'" * (len(text) - len(bare))
    bare = GREEK.get(bare, bare)
    plain = (len(bare) == 1 and (bare.isalpha() or bare.isdigit())) or bare.isdigit()
    return (bare if plain else f"upright({quoted(bare)})") + primes


def _number(text: str, parts: list[str]) -> str:
    value = Fraction(text)
    return f"frac({text[0]}, {text[2]})" if text in ("1/2", "1/4", "3/4") else decimal(value)


def _word(text: str, parts: list[str]) -> str:
    bare = text.rstrip("′")
    return f"op({quoted(bare)})" + "'" * (len(text) - len(bare))


def _factors(text: str, parts: list[str]) -> str:
    """Factors, with a thin space before a differential or a word."""
    out = parts[0]
    for part in parts[1:]:
        out += (" thin " if part.startswith(("d ", "op(", "upright(")) else " ") + part
    return out


def _terms(text: str, parts: list[str]) -> str:
    out = ("-" if text[0] == "-" else "") + parts[0]
    for sign, part in zip(text[1:], parts[1:], strict=True):
        out += f" {sign} {part}"
    return out


def _grid(text: str, parts: list[str]) -> str:
    width = int(text)
    rows = (", ".join(parts[k : k + width]) for k in range(0, len(parts), width))
    return f'mat(delim: "[", {"; ".join(rows)})'


def _sigma(text: str, parts: list[str]) -> str:
    return f"sum_({', '.join(text)}) {parts[0]}"


def _spaces(text: str, parts: list[str]) -> str:
    return quoted(text.replace("->", "→").replace("scalar", "ℝ"))


TYPST: Format = {
    "name": _name,
    "num": _number,
    "sym": lambda text, parts: _SYMBOLS[text],
    "word": _word,
    "literal": lambda text, parts: quoted(text.replace("*", " ") if '"' not in text else text),
    "row": _factors,
    "tight": lambda text, parts: " ".join(parts),
    "terms": _terms,
    "infix": lambda text, parts: f" {_INFIX[text]} ".join(parts),
    "paren": lambda text, parts: f"lr(({parts[0]}))",
    "soft": lambda text, parts: parts[0],
    "frac": lambda text, parts: f"frac({parts[0]}, {parts[1]})",
    "sup": lambda text, parts: f"{parts[0]}^({parts[1]})",
    "osup": lambda text, parts: f"{parts[0]}^(⊙ {parts[1]})",
    "mark": lambda text, parts: f"{parts[0]}^({_MARKS[text]})",
    "sub": lambda text, parts: f"{parts[0]}_({' '.join(text)})",
    "call": lambda text, parts: f"{parts[0]}({', '.join(parts[1:])})",
    "index": lambda text, parts: f"{parts[0]}_({', '.join(parts[1:])})",
    "grid": _grid,
    "fence": lambda text, parts: f"{'norm' if text == 'norm' else 'abs'}({parts[0]})",
    "root": lambda text, parts: f"sqrt({parts[0]})",
    "sigma": _sigma,
    "diff": lambda text, parts: f"d {parts[0]}",
    "shape": lambda text, parts: " × ".join(parts),
    "spaces": _spaces,
    "prose": lambda text, parts: quoted(text),
    "given": lambda text, parts: parts[0],
}
