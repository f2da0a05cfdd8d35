"""What LaTeX between words says, as plain text: sentences without their signs, and declarations."""

from __future__ import annotations

import re

from gradproof.language.latex.derivative_heads import name_of
from gradproof.patterns import Pattern

_PLAIN = (
    (Pattern(r"\\times"), "×"), (Pattern(r"\\(?:mathbf|mathrm|boldsymbol|bm|text)\s*\{(\w+)\}"), r"\1"),
    (Pattern(r"\\(?:top|intercal|mathsf\{T\})"), "T"), (Pattern(r"\s*\^\s*\{?T\}?"), "ᵀ"),
    (Pattern(r"[$~]|\\[()]"), " "), (Pattern(r"\\([a-zA-Z]+)"), r"\1"), (Pattern(r"[{}]"), ""),
)  # fmt: skip


def plain(sentence: str) -> str:
    """A sentence with its formulas as plain text."""
    for pattern, new in _PLAIN:
        sentence = pattern.sub(new, sentence)
    return sentence


def declared_as(names: str, sizes: str, word: str) -> str:
    """`A: m×n symmetric, B: m×n` for what is written in LaTeX; "" where a name or a size cannot be read."""
    sizes = re.sub(r"\s*([+*-])\s*", r"\1", sizes)
    parts = re.split(r"\\times|\\cdot(?=\s*\d*\s*\\times)|,", sizes.strip("{} "))
    sized = [re.sub(r"(?<=\w)\s+(?=\w)", "*", part.strip(" (){}")) for part in parts]
    if not all(re.fullmatch(r"\w+(?:[+*-]\w+)*", part) for part in sized) and sizes.strip():
        return ""
    read = [_whole(name_of(name), len(sized)) for name in re.split(r",(?![^{}]*\})", names)]
    if not all(read):
        return ""
    shape = "×".join(sized) if sizes.strip() else ""
    if any(re.search(r"[+*-]", part) for part in sized):
        return ", ".join(f"{name}[{', '.join(sized)}] {word}".rstrip() for name in read)
    return ", ".join(f"{name}: {shape} {word}".rstrip() if shape else f"{name} scalar" for name in read)


def _whole(name: str, axes: int) -> str:
    """X_{ijk}: m×n×k is about X."""
    base, _, letters = name.partition("_")
    return base if len(letters) == axes > 2 else name
