"""Boxes: what stands where, before any format decides which signs are printed.

Notations make boxes, and they alone think about parentheses; a format is a table from kinds of
boxes to functions on texts. The kinds:

    name num sym word literal     one sign or word
    row tight                     side by side, with and without a gap
    terms infix                   a sum with its signs; parts with one operator between them
    paren soft                    parentheses; `soft` ones are only for formats written on one line
    frac mark sup osup sub        a/b; ᵀ ⁻¹ ⁻ᵀ; powers, also entrywise ones; indices
    call fence root sigma diff    f(a, b); ‖a‖ |a|; √a; Σ_ij a; da
    index grid                    X[i,:]; [A, B; C, D], its text the number of columns
    shape spaces                  m×n; n → m, its text as it is declared
    prose given                   words in a formula; a formula that one-line formats write as its text says
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from gradproof.errors import LimitError

Spell = Callable[[str, list[str]], str]
Format = Mapping[str, Spell]
LONGEST = 200_000


class Box:
    """A kind, a text of its own and the boxes inside."""

    __slots__ = ("kind", "parts", "text")
    kind: str
    text: str
    parts: tuple[Box, ...]

    def __init__(self, kind: str, text: str = "", parts: Iterable[Box] = ()) -> None:
        self.kind = kind
        self.text = text
        self.parts = tuple(parts)


def paint(root: Box, format: Format) -> str:
    """The text of a box in a format; shared boxes are spelled once."""
    done: dict[int, str] = {}
    stack = [root]
    while stack:
        box = stack[-1]
        todo = [part for part in box.parts if id(part) not in done]
        if todo:
            stack.extend(todo)
            continue
        stack.pop()
        if id(box) not in done:
            text = format[box.kind](box.text, [done[id(part)] for part in box.parts])
            if len(text) > LONGEST:
                raise LimitError(
                    f"a formula is longer than {LONGEST} characters; name its parts to show it", code="GP730"
                )
            done[id(box)] = text
    return done[id(root)]


def name(text: str) -> Box:
    """A person's name for something; the format spells Greek letters and subscripts."""
    return Box("name", text)


def sym(key: str) -> Box:
    """A sign that every format knows by this key: one, identity, delta, pi, nabla, partial, dot."""
    return Box("sym", key)


def row(*parts: Box) -> Box:
    """Factors side by side."""
    return Box("row", "", parts) if len(parts) != 1 else parts[0]


def infix(sign: str, *parts: Box) -> Box:
    """Parts with an operator sign between them: frob had hdiv kron."""
    return Box("infix", sign, parts)


def paren(box: Box) -> Box:
    """Parentheses that every format prints."""
    return Box("paren", "", (box,))


def soft(box: Box) -> Box:
    """Parentheses that a format drops where it shows the grouping in two dimensions."""
    return Box("soft", "", (box,))


def terms(signs: str, parts: Iterable[Box]) -> Box:
    """A sum: one sign, + or -, a part."""
    return Box("terms", signs, parts)


def sub(base: Box, letters: str) -> Box:
    """An entry: base with indices, one letter each."""
    return Box("sub", letters, (base,)) if letters else base


def frac(above: Box, below: Box) -> Box:
    """A quotient."""
    return Box("frac", "", (above, below))


def call(head: Box, *args: Box) -> Box:
    """A function applied."""
    return Box("call", "", (head, *args))


def tight(*parts: Box) -> Box:
    """Parts that belong together without a gap, such as ∂ and Y."""
    return Box("tight", "", parts)
