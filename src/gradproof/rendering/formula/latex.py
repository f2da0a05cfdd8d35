"""Boxes as LaTeX that amsmath alone can set, and words as LaTeX text."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

from gradproof.expressions.text import decimal
from gradproof.operators.signs import facts
from gradproof.patterns import Pattern
from gradproof.rendering.formula.boxes import Format
from gradproof.rendering.formula.names import WORDS, latex_name

_SYMBOLS = {
    "one": "\\mathbf{1}", "identity": "I", "delta": "\\delta", "pi": "\\pi", "nabla": "\\nabla ",
    "partial": "\\partial ", "dot": "\\cdot",
}  # fmt: skip
_INFIX = {
    "frob": ":", "had": "\\odot", "hdiv": "\\oslash", "kron": "\\otimes", "eq": "=", "to": "\\to",
    "ne": "\\ne", "lt": "<", "gt": ">",
}  # fmt: skip
_MARKS = {"T": "^{\\top}", "-1": "^{-1}", "-T": "^{-\\top}"}
_WORDY = Pattern(r"\\mathrm|d(?=[A-Za-z\\(])")
_INDEXED = Pattern(r"(.*)_\{(.*)\}")


def _number(text: str, parts: list[str]) -> str:
    if text in ("1/2", "1/4", "3/4"):
        return f"\\tfrac{{{text[0]}}}{{{text[2]}}}"
    return decimal(Fraction(text))


def _word(text: str, parts: list[str]) -> str:
    base = text.rstrip("′")
    command = facts(base).latex
    spelled = f"\\{command}" if command else "\\operatorname{" + base.replace("_", "\\_") + "}"
    return spelled + "'" * (len(text) - len(base))


def _terms(text: str, parts: list[str]) -> str:
    out = ("-" if text[0] == "-" else "") + parts[0]
    for sign, part in zip(text[1:], parts[1:], strict=True):
        out += f" {sign} {part}"
    return out


def _parens(text: str, parts: list[str]) -> str:
    tall = any(sign in parts[0] for sign in ("\\frac", "\\sum"))
    return f"\\left({parts[0]}\\right)" if tall else f"({parts[0]})"


def _sub(text: str, parts: list[str]) -> str:
    letters = text if text.isalnum() and text.isascii() else "".join(map(_char, text))
    found = _INDEXED.fullmatch(parts[0])
    if found and "\\" not in found[1].strip("\\"):
        return f"{found[1]}_{{{found[2]},{letters}}}"
    return f"{parts[0]}_{{{letters}}}"


def _char(one: str) -> str:
    return f"\\{WORDS[one]} " if one in WORDS else one


def _row(text: str, parts: list[str]) -> str:
    """Factors; a thin space where two words, or a factor and a differential, would run together."""
    out = parts[0]
    for before, part in pairwise(parts):
        thin = _WORDY.match(part) or (before.startswith("\\mathrm") and not part.startswith("\\left"))
        out += (" \\, " if thin else " ") + part
    return out


def _call(text: str, parts: list[str]) -> str:
    inside = ", ".join(parts[1:])
    return parts[0] + _parens("", [inside])


def _grid(text: str, parts: list[str]) -> str:
    width = int(text)
    rows = (" & ".join(parts[k : k + width]) for k in range(0, len(parts), width))
    return "\\begin{bmatrix} " + " \\\\ ".join(rows) + " \\end{bmatrix}"


def _literal(text: str, parts: list[str]) -> str:
    return f"\\text{{{latex_text(text.replace('->', '→'))}}}" if '"' in text else text.replace("*", " ")


_BARS = {"norm": "Vert", "abs": "vert"}


def _fence(text: str, parts: list[str]) -> str:
    return f"\\l{_BARS[text]} {parts[0]} \\r{_BARS[text]}"


def _sigma(text: str, parts: list[str]) -> str:
    return f"\\sum_{{{','.join(text)}}} {parts[0]}"


def _spaces(text: str, parts: list[str]) -> str:
    return text.replace("->", "\\to").replace("×", "\\times ").replace("scalar", "\\mathbb{R}")


LATEX: Format = {
    "name": lambda text, parts: latex_name(text),
    "num": _number,
    "sym": lambda text, parts: _SYMBOLS[text],
    "word": _word,
    "literal": _literal,
    "row": _row,
    "tight": lambda text, parts: "".join(parts),
    "terms": _terms,
    "infix": lambda text, parts: f" {_INFIX[text]} ".join(parts),
    "paren": _parens,
    "soft": lambda text, parts: parts[0],
    "frac": lambda text, parts: f"\\frac{{{parts[0].strip()}}}{{{parts[1].strip()}}}",
    "sup": lambda text, parts: f"{parts[0].strip()}^{{{parts[1]}}}",
    "osup": lambda text, parts: f"{parts[0]}^{{\\odot {parts[1]}}}",
    "mark": lambda text, parts: parts[0] + _MARKS[text],
    "sub": _sub,
    "call": _call,
    "index": lambda text, parts: f"{parts[0]}_{{{','.join(parts[1:])}}}",
    "grid": _grid,
    "fence": _fence,
    "root": lambda text, parts: f"\\sqrt{{{parts[0]}}}",
    "sigma": _sigma,
    "diff": lambda text, parts: "d" + parts[0],
    "shape": lambda text, parts: " \\times ".join(parts),
    "spaces": _spaces,
    "prose": lambda text, parts: f"\\text{{{text}}}",
    "given": lambda text, parts: parts[0],
}

# ---- words

_SIGNS = {
    "ᵀ": "^{\\top}", "′": "'", "∂": "\\partial ", "∇": "\\nabla ",
    "⊙": "\\odot ", "⊗": "\\otimes ", "⊘": "\\oslash ", "·": "\\cdot ", "×": "\\times ", "≠": "\\ne ",
    "≤": "\\le ", "≥": "\\ge ", "→": "\\to ", "−": "-", "√": "\\surd ", "‖": "\\Vert ", "½": "\\tfrac{1}{2}",
    "²": "^{2}", "³": "^{3}",
    "∈": "\\in ", "∞": "\\infty ", "₁": "_{1}", "₂": "_{2}", "¹": "^{1}", "⁻": "^{-}",
    "ᵢ": "_{i}", "ⱼ": "_{j}", "✓": "\\surd ", "✗": "\\times ",
}  # fmt: skip
_ESCAPES = {
    "\\": "\\textbackslash{}", "_": "\\_", "&": "\\&", "%": "\\%", "#": "\\#", "$": "\\$", "{": "\\{",
    "}": "\\}", "<": "$<$", ">": "$>$", "|": "$|$", "“": "``", "”": "''", "’": "'", "–": "--", "—": "---",
    "…": "\\dots{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
}  # fmt: skip
_SIGN = Pattern(r'⁻[¹ᵀ]|[^\x00-\x7f]|[\\_&%#${}~^"<>|]')
_JOINED = Pattern(r"(?<!\\)\$\$")  # two formulas that touch are one, with an empty group between


def latex_text(words: str) -> str:
    """Words for a LaTeX text: signs in mathematics, what has a meaning in LaTeX escaped."""
    quotes = iter(range(len(words)))

    def spell(found: re.Match[str]) -> str:
        sign = found[0]
        if sign == '"':
            return "''" if next(quotes) % 2 else "``"
        return _ESCAPES[sign] if sign in _ESCAPES else f"${_math(sign)}$" if _math(sign) else sign

    return _JOINED.sub("{}", _SIGN.sub(spell, words))


def _math(sign: str) -> str:
    if sign in ("⁻¹", "⁻ᵀ"):
        return _MARKS["-1" if sign == "⁻¹" else "-T"]
    if sign in _SIGNS:
        return _SIGNS[sign].strip()
    return latex_name(sign) if sign in WORDS else ""


# ---- formulas that may go on in the next line

_LONG = 160  # characters of a fraction, a root or a matrix that no line holds


def _long(*parts: str) -> bool:
    return any(len(part) > _LONG for part in parts)


def _open_paren(text: str, parts: list[str]) -> str:
    tall = any(sign in parts[0] for sign in ("\\frac", "\\sum"))
    return f"\\bigl({parts[0]}\\bigr)" if tall else f"({parts[0]})"


def _open_row(text: str, parts: list[str]) -> str:
    out = parts[0]
    for before, part in pairwise(parts):
        thin = _WORDY.match(part) or before.startswith("\\mathrm")
        out += (" \\, " if thin else " ") + "\\allowbreak " + part
    return out


def _open_frac(text: str, parts: list[str]) -> str:
    if not _long(*parts):
        return LATEX["frac"](text, parts)
    above, below = (f"\\bigl({part}\\bigr)" if " " in part.strip() else part for part in parts)
    return f"{above} \\allowbreak / {below}"


def _open_root(text: str, parts: list[str]) -> str:
    return f"\\bigl({parts[0]}\\bigr)^{{1/2}}" if _long(*parts) else LATEX["root"](text, parts)


# Where a line has no room: brackets of a fixed size, between which TeX may break, and places to break at.
BREAKABLE: Format = {
    **LATEX,
    "paren": _open_paren,
    "row": _open_row,
    "frac": _open_frac,
    "root": _open_root,
    "call": lambda text, parts: parts[0] + _open_paren("", [", \\allowbreak ".join(parts[1:])]),
}
