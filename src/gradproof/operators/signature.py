"""Signatures: one short text that says which shapes an operator takes, what it returns and how
its axes are wired.

    "ij,jk->ik"     two matrices that share an axis; the result has the other two
    "~i,i->"        a row vector and a column vector; a scalar
    "ij->(ji)"      the two axes joined into one, the first letter slowest
    ",*->*"         a scalar and anything; the shape of the anything

For a linear operator the text is its whole meaning: sum over the letters that the result lacks,
of the product of the entries. A letter that the result repeats puts the values on a diagonal.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Axes, Expr

Axis = tuple[str, ...]


class Pattern(NamedTuple):
    """The shape of one argument or result: letters for each axis, or `any` for whatever comes."""

    axes: tuple[Axis, ...]
    row: bool
    any: bool


class Alternative(NamedTuple):
    """One way to use an operator."""

    text: str
    inputs: tuple[Pattern, ...]
    output: Pattern


def _pattern(text: str) -> Pattern:
    text = text.strip()
    if text == "*":
        return Pattern((), False, True)
    row, text = text.startswith("~"), text.lstrip("~")
    axes: list[Axis] = []
    joined: list[str] | None = None
    for letter in text:
        if letter == "(":
            joined = []
        elif letter == ")":
            axes.append(tuple(joined or ()))
            joined = None
        elif joined is not None:
            joined.append(letter)
        else:
            axes.append((letter,))
    return Pattern(tuple(axes), row, False)


@cache
def alternative(text: str) -> Alternative:
    """Read one signature, such as "ij,jk->ik"."""
    left, right = text.split("->")
    inputs = tuple(_pattern(part) for part in left.split(",")) if left != "()" else ()
    return Alternative(text, inputs, _pattern(right))


class Binding(NamedTuple):
    """A signature with its letters bound to sizes."""

    alternative: Alternative
    sizes: dict[str, Dim]
    axes: Axes
    row: bool


def bind(text: str, args: tuple[Expr, ...]) -> Binding | None:
    """Match a signature with arguments; None where kinds or sizes do not fit."""
    alt = alternative(text)
    if len(alt.inputs) != len(args):
        return None
    sizes: dict[str, Dim] = {}
    whole: Expr | None = None
    for pattern, arg in zip(alt.inputs, args, strict=True):
        if pattern.any:
            if whole is not None and (whole.axes != arg.axes or whole.row != arg.row):
                return None
            whole = arg
            continue
        if len(pattern.axes) != len(arg.axes) or pattern.row != arg.row:
            return None
        for letters, size in zip(pattern.axes, arg.axes, strict=True):
            if sizes.setdefault(letters[0], size) is not size:
                return None
    if alt.output.any:
        assert whole is not None
        return Binding(alt, sizes, whole.axes, whole.row)
    axes = []
    for letters in alt.output.axes:
        size = sizes[letters[0]]
        for letter in letters[1:]:
            size = size * sizes[letter]
        axes.append(size)
    return Binding(alt, sizes, tuple(axes), alt.output.row)
