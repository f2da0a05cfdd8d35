"""Laws as texts, read once: "left = right", with what the letters stand for.

A letter of which nothing is said stands for any
expression; in a product it stands for one factor or for several in a row, in a sum for one term or for the
rest. A product is matched in a window of a longer one, a sum or an elementwise product by any of its
terms. What is said of a letter, after `where`:

    A: m×n, x: n, s: scalar      its shape; the letters of the sizes may be used on the right
    A array                      it has axes
    A like B                     both have the same shape
    c number, x not ones         a plain number; not this operator
    S symmetric                  it is its own transpose for certain
    it array, it whole           of the product or sum in which the left side stands: there is no more of it
    f linear                     f(P) is any expression of such an operator, P one of its arguments:
                                 linear, product, map, involution, …: a column of the
                                 operators' table (see `operators.row`)

A letter on the right that the left does not bind is an error when the law is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from gradproof.elaboration.assembly.application import overloads
from gradproof.language.parse import parse
from gradproof.language.syntax.tree import Node
from gradproof.operators.aliases import ALIASES
from gradproof.operators.table import OPERATORS

NARY = ("mul", "had", "add")  # of any number of arguments
WHOLE = "whole"


class Pattern(NamedTuple):
    """One node of a law's side: an operator with patterns below, or a letter ("letter"), a number ("num"), an
    expression of the operator that f stands for ("f")."""

    op: str
    args: tuple[Pattern, ...] = ()
    data: Any = None


class Letter(NamedTuple):
    """What is said of a letter: its sizes, or None; the words that hold of it."""

    sizes: tuple[str, ...] | None
    words: tuple[str, ...]


ANY = Letter(None, ())


class Law(NamedTuple):
    """One text, read.

    heads    the operators at whose expressions it can be used; of a law for d(…), those below d
    ordered  both sides are the same but for the places of letters: used only where that comes first
    """

    left: Pattern
    right: Pattern
    letters: Mapping[str, Letter]
    heads: frozenset[str]
    ordered: bool


def law_of(text: str, where: str = "", given: str = "") -> Law:
    """Read a law. Raises ValueError where a letter on the right is not bound on the left."""
    sides = text.split(" = ")
    letters = _letters(where)
    left, right = (_pattern(parse(side).statements[-1].node, letters) for side in sides)
    sizes = {size for name in names(left) for size in (letters[name].sizes or () if name in letters else ())}
    unbound = names(right) - names(left) - sizes - set(given)
    if unbound:
        raise ValueError(f"{text}: the left side does not bind {', '.join(sorted(unbound))}")
    first = left.args[0] if left.op == "d" else left
    heads = spelled(first.op) if first.op != "f" else {op for op in OPERATORS if has(op, *letters["f"].words)}
    alike = len({letters.get(name, ANY) for name in names(left)}) == 1
    ordered = alike and left != right and _shuffled(left) == _shuffled(right)
    return Law(left, right, letters, frozenset(heads), ordered)


@cache
def spelled(op: str) -> frozenset[str]:
    """The operators that are written as this word: max is that of an array and that of two."""
    return frozenset(overloads(op))


def opened(law: Law) -> Law:
    """The law with letters in place of the numbers on its left."""

    def open_(pattern: Pattern) -> Pattern:
        if pattern.op == "num":
            return Pattern("letter", (), f"number {pattern.data}")
        return pattern._replace(args=tuple(map(open_, pattern.args)))

    return law._replace(left=open_(law.left))


def has(op: str, *columns: str) -> bool:
    """Whether an operator of the table has the properties: columns of its row."""
    return op in OPERATORS and all(getattr(OPERATORS[op], column) for column in columns)


def _letters(where: str) -> dict[str, Letter]:
    """What is said behind `where`, by letter."""
    said: dict[str, Letter] = {}
    for part in filter(None, where.split(", ")):
        name, what = part.split(" ", 1)
        sizes, words = said.get(name.rstrip(":"), ANY)
        if name.endswith(":"):
            said[name[:-1]] = Letter(() if what == "scalar" else tuple(what.split("×")), words)
        else:
            said[name] = Letter(sizes, (*words, what))
    return said


@cache
def names(pattern: Pattern) -> frozenset[str]:
    """The letters of a pattern."""
    own = frozenset((pattern.data,) if pattern.op in ("letter", "f") else ())
    return own.union(*map(names, pattern.args))


def _shuffled(pattern: Pattern) -> str:
    """The pattern without its letters."""
    below = ",".join(map(_shuffled, pattern.args))
    return "_" if pattern.op == "letter" else f"{pattern.op}{pattern.data or ''}({below})"


def _pattern(node: Node, letters: Mapping[str, Letter]) -> Pattern:
    args = tuple(_pattern(arg, letters) for arg in node.args if arg.kind != "str")
    if node.kind == "name":
        return Pattern("letter", (), node.text) if node.text != "pi" else Pattern("pi")
    if node.kind == "num":
        return Pattern("num", (), node.value)
    if node.kind == "sub":
        args, kind = (args[0], Pattern("neg", args[1:])), "add"
    else:
        kind = node.kind
    if kind in NARY and args[0].op == kind:
        return Pattern(kind, (*args[0].args, *args[1:]))
    if kind == "slope":
        return Pattern("slope", args, node.text)
    if kind != "call":
        return Pattern(kind, args)
    if node.text in letters:
        return Pattern("f", args, node.text)
    spec = node.args[0].text if node.text == "einsum" else None
    return Pattern(ALIASES.get(node.text, node.text), args, spec)
