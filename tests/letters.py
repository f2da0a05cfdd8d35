"""Names for tables of claims: what each letter stands for, and texts read with that understanding."""

from __future__ import annotations

from gradproof.elaboration.read import read
from gradproof.expressions.nodes import Expr

# A…D and P, Q are square, S and R symmetric, K antisymmetric, O orthogonal,
# E diagonal, M spd; U is n×k, V is k×n, F is k×k; X and Y are m×n, W is k×n, Z is m×k.
SHAPES: dict[str, tuple[str, ...]] = {
    **{letter: ("n", "n") for letter in "ABCDPQSRKOEM"},
    "U": ("n", "k"), "V": ("k", "n"), "F": ("k", "k"),
    "X": ("m", "n"), "Y": ("m", "n"), "W": ("k", "n"), "Z": ("m", "k"),
    "x": ("n",), "y": ("n",), "w": ("n",), "u": ("m",), "v": ("k",), "p": ("n",),
    "N": ("m", "n"), "q": ("n",), "a": (), "b": (), "c": (), "t": (), "j": (),
}  # fmt: skip
ASSUME = {
    "S": ["symmetric"], "R": ["symmetric"], "K": ["antisymmetric"], "O": ["orthogonal"], "E": ["diagonal"],
    "M": ["spd"], "p": ["positive"], "t": ["positive"], "j": ["integer"],
    "N": ["stochastic"], "q": ["stochastic"],
}  # fmt: skip


def expression(text: str) -> Expr:
    shapes = {key: shape for key, shape in SHAPES.items()}
    return read(text, shapes=shapes, assume=ASSUME).objective
