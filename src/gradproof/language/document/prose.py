"""What sentences say about names: kinds, sizes, properties, sums that are one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from gradproof.language.document.lexer import Lexeme
from gradproof.language.document.statements import Document


class Told(NamedTuple):
    """A name as its lexemes, and what was said of it: sizes and axes (None: not said), words."""

    name: tuple[Lexeme, ...]
    sizes: tuple[str, ...] | None
    rank: int | None
    words: tuple[str, ...]


_NAMES = r"⟨\d+⟩(?:\s*(?:,\s*and|,|and|&|or)\s*⟨\d+⟩)*"
_PROPERTIES = {
    "lower triangular": ("lower",), "lower-triangular": ("lower",), "upper triangular": ("upper",),
    "symmetric": ("symmetric",), "symmetrical": ("symmetric",), "diagonal": ("diagonal",),
    "orthogonal": ("orthogonal",), "orthonormal": ("orthogonal",), "unitary": ("orthogonal",),
    "invertible": ("invertible",), "nonsingular": ("invertible",), "non-singular": ("invertible",),
    "antisymmetric": ("antisymmetric",), "skew-symmetric": ("antisymmetric",),
    "positive definite": ("spd",), "positive-definite": ("spd",), "spd": ("spd",), "psd": ("symmetric",),
    "positive semidefinite": ("symmetric",), "positive semi-definite": ("symmetric",),
    "positive-semidefinite": ("symmetric",), "covariance": ("symmetric",), "covariances": ("symmetric",),
    "one-hot": ("sums",), "one hot": ("sums",), "probability": ("sums",),
}  # fmt: skip
_WORD = "|".join(sorted(map(re.escape, _PROPERTIES), key=len, reverse=True))
_FILL = (
    r"(?:(?:is|are|be|being|denotes?|an?|the|both|all|assumed|to|now|some|any|given|fixed|known|real|our|of|also|as|"
    r"also|each|square|column|data|weight|design|input|output|parameter|true|target|label|labels|matri(?:x|ces)|"
    r"vectors?|constant|error|noise|kernel|real-valued)\s+)*"
)
_SIZE = r"(?:⟨\d+⟩|\b[A-Za-z]\s*(?:×|x|by|-by-)\s*[A-Za-z]\b)"
_KIND = r"(?:matri(?:x|ces)|vectors?|scalars?|real numbers?|numbers?|constants?)"
_AFTER = re.compile(
    rf"(?P<names>{_NAMES})\s*(?:,\s*)?\(?{_FILL}(?P<words>(?:(?:{_WORD}|real|square|and|,)\s+)*)"
    rf"(?:(?P<size>{_SIZE})[- ]*(?:dimensional\s+|real\s+|(?:{_WORD})\s+)?(?=matri|vector))?"
    rf"(?:(?P<letter>\b[A-Za-z]|⟨\d+⟩)-(?:dimensional\s+)?(?=vector))?"
    rf"\b(?P<kind>{_KIND}|{_WORD})\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"(?P<words>(?:{_WORD})(?:(?:\s+and|,)?\s+(?:{_WORD}))*)\s+(?:(?:matri(?:x|ces)|vectors?|label|target|"
    rf"distribution|covariances?|weight|noise|kernel)\s+)*(?P<names>{_NAMES})",
    re.IGNORECASE,
)
_KINDED = re.compile(
    rf"\b(?:the|an?|with|and|,)\s+(?P<kind>scalar|vector|matrix)s?\s+(?P<names>{_NAMES})", re.I
)
_SUMS = re.compile(
    rf"(?P<names>{_NAMES})[^.⟨⟩]*?\b(?:sums?|adds?(?:\s+up)?)\s+to\s+(?:one|1|unity|⟨\d+⟩)\b", re.IGNORECASE
)
_ROWS = re.compile(
    rf"(?:rows?\s+of|each\s+row\s+of)\s+(?P<names>{_NAMES})[^.⟨⟩]*?sums?\s+to\s+(?:one|1)", re.I
)
_TICKED = re.compile(r"`([^`\n]{1,12})`")


def told(document: Document, read: object = None) -> list[Told]:
    """What the sentences of a document say about names."""
    formulas = document.formulas
    text = document.told
    out: list[Told] = []
    for found in _AFTER.finditer(text):
        words = _properties(f"{found['words']} {found['kind']}")
        sizes, rank = _shape(found, formulas)
        out += _each(found["names"], formulas, sizes, rank, words)
    for found in _BEFORE.finditer(text):
        out += _each(found["names"], formulas, None, None, _properties(found["words"]))
    for found in _KINDED.finditer(text):
        out += _each(found["names"], formulas, None, _rank(found["kind"]), ())
    for found in _SUMS.finditer(text):
        out += _each(found["names"], formulas, None, None, ("sums",))
    for found in _ROWS.finditer(text):
        out += _each(found["names"], formulas, None, None, ("rows",))
    return out


def _properties(text: str) -> tuple[str, ...]:
    found = re.findall(_WORD, text, re.IGNORECASE)
    return tuple(dict.fromkeys(one for word in found for one in _PROPERTIES[word.lower()]))


def _rank(kind: str) -> int | None:
    kind = kind.lower()
    if kind.startswith("matri"):
        return 2
    if kind.startswith("vector"):
        return 1
    return 0 if kind.startswith(("scalar", "real", "number", "constant")) else None


def _shape(
    found: re.Match[str], formulas: Sequence[tuple[Lexeme, ...]]
) -> tuple[tuple[str, ...] | None, int | None]:
    rank = _rank(found["kind"])
    if found["size"]:
        sizes = sizes_of(_lexemes(found["size"], formulas)) or _typed(found["size"])
        if sizes and (rank is None or rank == len(sizes)):
            return sizes, len(sizes)
    if found["letter"] and rank == 1:
        inside = _lexemes(found["letter"], formulas)
        return ((inside[0].text if inside else found["letter"],), 1)
    return None, rank


def _typed(text: str) -> tuple[str, ...] | None:
    parts = re.split(r"\s*(?:×|x|-?by-?)\s*", text.strip())
    return tuple(parts) if len(parts) == 2 and all(part.isalnum() for part in parts) else None


def _lexemes(text: str, formulas: Sequence[tuple[Lexeme, ...]]) -> tuple[Lexeme, ...]:
    found = re.fullmatch(r"⟨(\d+)⟩", text.strip())
    return formulas[int(found[1])] if found else ()


def sizes_of(given: Sequence[Lexeme]) -> tuple[str, ...] | None:
    """The sizes that `n × m`, `n` or `d_1 × d_2` are; None where it is something else."""
    out: list[str] = [""]
    kept = [one for one in given if one.text not in ("{", "}", "(", ")") and one.kind != "gap"]
    for one in kept:
        if one.text in ("×", ",", "·"):
            out.append("")
        elif one.text == "_":
            out[-1] += "_"
        elif one.kind in ("letter", "number", "word"):
            out[-1] += one.text
        elif one.text in ("+", "-", "^"):
            return None
        else:
            return None
    return tuple(out) if out and all(out) else None


def _each(
    names: str, formulas: Sequence[tuple[Lexeme, ...]], sizes: tuple[str, ...] | None, rank: int | None,
    words: tuple[str, ...],
) -> list[Told]:  # fmt: skip
    out = []
    for number in re.findall(r"⟨(\d+)⟩", names):
        given = formulas[int(number)]
        begin = 0
        for place in range(len(given) + 1):
            if place == len(given) or given[place].text == ",":
                part = given[begin:place]
                colon = next((k for k, one in enumerate(part) if one.text == ":"), len(part))
                part = part[:colon]
                if part and not any(one.text in ("=", "∈", "×", "+", "-", ":=") for one in part):
                    out.append(Told(tuple(part), sizes, rank, words))
                begin = place + 1
    return out
