"""Boxes on one line: Unicode, and the same in ASCII."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

from gradproof.expressions.text import decimal
from gradproof.patterns import Pattern
from gradproof.rendering.formula.boxes import Format, Spell
from gradproof.rendering.formula.names import ascii_name, ascii_text, unicode_name

_UP = str.maketrans("0123456789-−+n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁺ⁿ")
_DOWN = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SHORT = {"1/2": "½", "1/4": "¼", "3/4": "¾"}
_UNICODE = {
    "one": "1", "identity": "I", "delta": "δ", "pi": "π", "nabla": "∇", "partial": "∂", "dot": "·",
    "minus": "−", "sum": "Σ", "frob": ":", "had": "⊙", "hdiv": "⊘", "kron": "⊗", "root": "√", "norm": "‖",
    "eq": "=", "to": "→", "ne": "≠", "lt": "<", "gt": ">",
}  # fmt: skip
_ASCII = {
    "one": "1", "identity": "I", "delta": "delta", "pi": "pi", "nabla": "grad ", "partial": "d", "dot": "*",
    "minus": "-", "sum": "sum", "frob": ":", "had": ".*", "hdiv": "./", "kron": "(x)", "root": "sqrt",
    "norm": "||", "eq": "=", "to": "->", "ne": "!=",
    "lt": "<", "gt": ">",
}  # fmt: skip
_TURNED = Pattern(r"[^\W\d_]ᵀ")
_NEXT = Pattern(r"[^\W\d_]ᵀ?|\(.*", re.DOTALL)


def _row(text: str, parts: list[str]) -> str:
    """Factors with a space between; none after a single turned letter: XᵀG, Aᵀ(A x − b)."""
    out = parts[0]
    for before, part in pairwise(parts):
        out += ("" if _TURNED.fullmatch(before) and _NEXT.fullmatch(part) else " ") + part
    return out


def _terms(signs: dict[str, str]) -> Spell:
    shown = {"+": "+", "-": signs["minus"]}

    def spell(text: str, parts: list[str]) -> str:
        out = (signs["minus"] if text[0] == "-" else "") + parts[0]
        for sign, part in zip(text[1:], parts[1:], strict=True):
            out += f" {shown[sign]} {part}"
        return out

    return spell


def _sub(text: str, parts: list[str]) -> str:
    base = parts[0]
    if text.isdigit():
        return base + text.translate(_DOWN)
    return _ascii_sub(text, parts)


def _ascii_sub(text: str, parts: list[str]) -> str:
    """An entry; a name that has a subscript of its own stands in parentheses: (G_Y)_ij."""
    base = parts[0]
    return f"({base})_{text}" if "_" in base and base[-1].isalnum() else f"{base}_{text}"


def _call(text: str, parts: list[str]) -> str:
    return f"{parts[0]}{text}({', '.join(parts[1:])})"


def _grid(text: str, parts: list[str]) -> str:
    width = int(text)
    rows = (", ".join(parts[k : k + width]) for k in range(0, len(parts), width))
    return f"[{'; '.join(rows)}]"


def _sup(text: str, parts: list[str]) -> str:
    base, up = parts
    raised = up.translate(_UP)
    return base + raised if not set(raised) & set(up) else f"{base}^{up}"


def _shape(text: str, parts: list[str]) -> str:
    """m×n; 2·k×n, (k + 1)×n."""
    tight = [part if part.startswith("(") else part.replace(" ", "·") for part in parts]
    return "×".join(tight)


def _marks(spelled: dict[str, str]) -> Spell:
    return lambda text, parts: parts[0] + spelled[text]


def _fence(bars: str) -> Spell:
    def spell(text: str, parts: list[str]) -> str:
        bar = bars if text == "norm" else "|"
        return bar + parts[0] + bar

    return spell


def _unicode_number(text: str, parts: list[str]) -> str:
    return _SHORT.get(text) or decimal(Fraction(text))


def _table(signs: dict[str, str], name: Callable[[str], str]) -> dict[str, Spell]:
    return {
        "name": lambda text, parts: name(text),
        "num": lambda text, parts: decimal(Fraction(text)),
        "sym": lambda text, parts: signs[text],
        "word": lambda text, parts: text,
        "literal": lambda text, parts: text,
        "row": _row,
        "tight": lambda text, parts: "".join(parts),
        "terms": _terms(signs),
        "infix": lambda text, parts: f" {signs[text]} ".join(parts),
        "paren": lambda text, parts: f"({parts[0]})",
        "soft": lambda text, parts: f"({parts[0]})",
        "frac": lambda text, parts: f"{parts[0]}/{parts[1]}",
        "sup": _sup,
        "osup": lambda text, parts: f"{parts[0]}^⊙{parts[1]}",
        "mark": _marks({"T": "ᵀ", "-1": "⁻¹", "-T": "⁻ᵀ"}),
        "sub": _sub,
        "call": _call,
        "index": lambda text, parts: f"{parts[0]}[{','.join(parts[1:])}]",
        "grid": _grid,
        "fence": _fence(signs["norm"]),
        "root": lambda text, parts: signs["root"] + parts[0],
        "sigma": lambda text, parts: f"{signs['sum']}_{text} {parts[0]}",
        "diff": lambda text, parts: "d" + parts[0],
        "shape": _shape,
        "spaces": lambda text, parts: text.replace("->", "→"),
        "prose": lambda text, parts: text,
        "given": lambda text, parts: text,
    }


UNICODE: Format = _table(_UNICODE, unicode_name) | {"num": _unicode_number}
ASCII: Format = _table(_ASCII, ascii_name) | {
    "word": lambda text, parts: text.replace("′", "'"),
    "sup": lambda text, parts: "^".join(parts),
    "osup": lambda text, parts: ".^".join(parts),
    "mark": _marks({"T": "'", "-1": "^-1", "-T": "^-T"}),
    "sub": _ascii_sub,
    "shape": lambda text, parts: " x ".join(parts),
    "spaces": lambda text, parts: text.replace("×", "x"),
    "given": lambda text, parts: ascii_text(text),
    "root": lambda text, parts: f"sqrt({parts[0].removeprefix('(').removesuffix(')')})",
}
