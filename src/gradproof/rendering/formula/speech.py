"""Boxes as words that can be read aloud: "G transposed times X"."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from gradproof.expressions.text import decimal
from gradproof.rendering.formula.boxes import Format
from gradproof.rendering.formula.names import ascii_name, split

_SYMBOLS = {
    "one": "the ones vector", "identity": "the identity", "delta": "delta", "pi": "pi",
    "nabla": "the gradient of",
    "partial": "partial", "dot": "times",
}  # fmt: skip
_INFIX = {
    "frob": "Frobenius product with", "had": "times entry by entry", "hdiv": "divided entry by entry by",
    "kron": "Kronecker product with", "eq": "equals", "to": "becomes", "ne": "is not", "lt": "is less than",
    "gt": "is greater than",
}  # fmt: skip
_MARKS = {"T": "transposed", "-1": "inverse", "-T": "inverse transposed"}
_FRACTIONS = {"1/2": "one half", "1/4": "one quarter", "3/4": "three quarters"}
_POWERS = {"2": "squared", "3": "cubed"}


def _name(text: str, parts: list[str]) -> str:
    base, below = split(ascii_name(text).replace("'", " prime"))
    return f"{base} sub {below}" if below else base


def _factors(text: str, parts: list[str]) -> str:
    out = parts[0]
    for before, part in pairwise(parts):
        out += f" {part}" if part == "times" or before == "times" else f" times {part}"
    return out


def _terms(text: str, parts: list[str]) -> str:
    out = ("minus " if text[0] == "-" else "") + parts[0]
    for sign, part in zip(text[1:], parts[1:], strict=True):
        out += f" {'minus' if sign == '-' else 'plus'} {part}"
    return out


def _power(text: str, parts: list[str]) -> str:
    return f"{parts[0]} {_POWERS.get(parts[1]) or f'to the power {parts[1]}'}"


def _grouped(text: str, parts: list[str]) -> str:
    return f"open bracket {parts[0]} close bracket"


SPEECH: Format = {
    "name": _name,
    "num": lambda text, parts: _FRACTIONS.get(text) or decimal(Fraction(text)),
    "sym": lambda text, parts: _SYMBOLS[text],
    "word": lambda text, parts: text.replace("′", " prime").replace("_", " "),
    "literal": lambda text, parts: text.replace("*", " times "),
    "row": _factors,
    "tight": lambda text, parts: " ".join(parts),
    "terms": _terms,
    "infix": lambda text, parts: f" {_INFIX[text]} ".join(parts),
    "paren": _grouped,
    "soft": _grouped,
    "frac": lambda text, parts: f"{parts[0]} over {parts[1]}",
    "sup": _power,
    "osup": lambda text, parts: f"{_power(text, parts)} entry by entry",
    "mark": lambda text, parts: f"{parts[0]} {_MARKS[text]}",
    "sub": lambda text, parts: f"{parts[0]} sub {' '.join(text)}",
    "call": lambda text, parts: f"{parts[0]} of {' and '.join(parts[1:])}",
    "index": lambda text, parts: f"{parts[0]} at {', '.join(parts[1:])}",
    "grid": lambda text, parts: f"the block matrix of {', '.join(parts)}",
    "fence": lambda text, parts: f"the {'norm' if text == 'norm' else 'absolute value'} of {parts[0]}",
    "root": lambda text, parts: f"the square root of {parts[0]}",
    "sigma": lambda text, parts: f"the sum over {' and '.join(text)} of {parts[0]}",
    "diff": lambda text, parts: f"d {parts[0]}",
    "shape": lambda text, parts: " by ".join(parts),
    "spaces": lambda text, parts: text.replace("->", " to ").replace("×", " by "),
    "prose": lambda text, parts: text,
    "given": lambda text, parts: parts[0],
}
