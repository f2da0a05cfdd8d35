"""Sentences about expressions: why a line follows, where a result holds, what is wrong with an answer.

A sentence keeps what it speaks of as nodes, so that a page can set it as mathematics. It is also a text,
with its expressions in the language: that is what JSON, certificates and scripts have. Nothing reads a
sentence back.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from string import Formatter
from typing import NamedTuple

from gradproof.expressions.nodes import Expr


class Formula(NamedTuple):
    """A formula: an equation or another relation, or what is written otherwise than its nodes are.

    sides    an equation's sides, or one expression; texts are in the language, with letters of their own:
             capitals are square matrices, small letters vectors, c k p q r numbers, I and n as usual. A text
             that begins with "d " is the differential of the rest
    shown    how it is written on a line, where that is not left to the notation
    letters  names in the texts that have other shapes
    sign     what stands between the sides: = ≠ < >
    """

    sides: tuple[Expr | str, ...]
    shown: str = ""
    letters: tuple[Expr, ...] = ()
    sign: str = "="

    def __str__(self) -> str:
        return self.shown or f" {self.sign} ".join(map(str, self.sides))


Part = str | Expr | Formula
About = Part | list[Expr]


class Sentence(str):
    """A text that knows its parts.

    template  the words, with {} for what the sentence is about
    about     expressions, lists of them ("A, B and C"), formulas, words
    parts     words, expressions and formulas in order
    clauses   the sentences that this one joins, or ()
    kind      "used" for what is used at a kink, which is no condition; else ""
    """

    __slots__ = ("about", "clauses", "kind", "parts", "template")
    template: str
    about: tuple[About, ...]
    parts: tuple[Part, ...]
    clauses: tuple[str, ...]
    kind: str

    @staticmethod
    def of(
        parts: Iterable[Part], template: str, about: tuple[About, ...] = (), clauses: tuple[str, ...] = (),
        kind: str = "",
    ) -> Sentence:  # fmt: skip
        """A sentence of these parts."""
        parts = tuple(part for part in parts if not isinstance(part, str) or part)
        made = Sentence("".join(map(str, parts)))
        made.parts, made.template, made.about = parts, template, about
        made.clauses, made.kind = clauses, kind
        return made


def say(template: str, *about: About, kind: str = "") -> Sentence:
    """The sentence of a template about some expressions.

    >>> say("{} is not {}", num(1), "here")
    '1 is not here'
    """
    parts: list[Part] = []
    place = count()
    for words, field, _, _ in Formatter().parse(template):
        parts.append(words)
        if field is not None:
            parts += _parts(about[int(field) if field else next(place)])
    return Sentence.of(parts, template, about, kind=kind)


def law(text: str, shown: str = "", letters: tuple[Expr, ...] = ()) -> Formula:
    """A law "left = right" in the language; see `Formula`."""
    return Formula(tuple(text.split(" = ")), shown, letters)


def joined(sentences: Iterable[str], sign: str = "; ") -> Sentence:
    """Sentences after each other."""
    clauses = [clause for one in sentences for clause in clauses_of(one)]
    parts: list[Part] = []
    for clause in clauses:
        parts += [sign, *parts_of(clause)] if parts else parts_of(clause)
    return Sentence.of(parts, sign, (), tuple(clauses))


def parts_of(text: str) -> tuple[Part, ...]:
    """The parts of a sentence; of a plain text, that text."""
    return text.parts if isinstance(text, Sentence) else (text,) if text else ()


def clauses_of(text: str) -> tuple[str, ...]:
    """The sentences that a text joins."""
    return (text.clauses if isinstance(text, Sentence) else ()) or (text,)


def _parts(about: About) -> list[Part]:
    """A list has commas and an "and"."""
    if isinstance(about, str):
        return list(parts_of(about))
    if not isinstance(about, list):
        return [about]
    out: list[Part] = []
    for place, one in enumerate(about):
        sign = "" if not place else " and " if place == len(about) - 1 else ", "
        out += [sign, one] if sign else [one]
    return out
