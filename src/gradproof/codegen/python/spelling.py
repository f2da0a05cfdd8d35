"""How one operation is spelled: a text with places for its arguments, and how strongly it holds together."""

from __future__ import annotations

from typing import NamedTuple

# To Python * and @ are equal; A @ B*C is nevertheless written (A @ B)*C.
PLUS, MATMUL, TIMES, MINUS, POWER, POSTFIX, ATOM = 1, 2, 3, 4, 5, 6, 7


class Spelling(NamedTuple):
    """text      with {0}, {1}, … for the arguments, {all} for all of them, {shape} for sizes and {data} for
              what else it holds
    level     how strongly the text holds together
    needs     the level that an argument must have to stand without parentheses; 0: any
    helper    a function that the module must define
    python    of plain numbers the text is a plain number, too, and not a NumPy scalar
    view      the result may share the argument's memory
    """

    text: str
    level: int = ATOM
    needs: tuple[int, ...] = (0, 0)
    helper: str = ""
    python: bool = False
    view: bool = False
