"""Reasons, with their formulas set like all others: d inv(X) = -inv(X)*dX*inv(X) as d X⁻¹ = −X⁻¹ dX X⁻¹."""

from __future__ import annotations

import re
from functools import lru_cache

from gradproof.elaboration.read import phrase
from gradproof.errors import GradproofError
from gradproof.expressions.dims import Dim, symbol
from gradproof.expressions.nodes import Axes, Expr
from gradproof.expressions.text import SPELLING
from gradproof.operators.build import apply, name
from gradproof.operators.row import LETTERS
from gradproof.operators.signature import Pattern, alternative
from gradproof.operators.table import OPERATORS
from gradproof.rendering.formula.formula import formula

_LAW = re.compile(r"d (\w+)\(([A-Z, ]+)\) = (.+)")


@lru_cache(maxsize=512)
def reason(why: str) -> str:
    """A reason for a page in plain text; what is no law of the table stays as it is."""
    return "; ".join(_law(part) for part in why.split("; "))


def _law(part: str) -> str:
    found = _LAW.fullmatch(part)
    if found is None:
        return part
    word, arguments, right = found.groups()
    for op, row in OPERATORS.items():
        if SPELLING.get(op, op) != word:
            continue
        for signature in row.signatures:
            text = _set(op, signature, tuple(arguments.split(", ")), right)
            if text:
                return text
    return part


def _set(op: str, signature: str, letters: tuple[str, ...], right: str) -> str:
    """The law for arguments of the shapes of a signature, or "" where it does not fit them."""
    patterns = alternative(signature).inputs
    if len(patterns) != len(letters) or not set(letters) <= set(LETTERS):
        return ""
    shapes = [(_axes(p), p.row) for p in patterns]
    args = [name(x, axes, row=row) for x, (axes, row) in zip(letters, shapes, strict=True)]
    moves = [name(f"d{x}", axes, row=row) for x, (axes, row) in zip(letters, shapes, strict=True)]
    env: dict[str, Expr | Dim] = {str(e): e for e in (*args, *moves)}
    if args[0].axes:
        env |= {"n": args[0].axes[-1], "m": args[0].axes[0]}
    try:
        return f"d {_tight(apply(op, *args))} = {formula(phrase(right, env))}"
    except GradproofError:
        return ""


def _tight(e: Expr) -> str:
    text = formula(e)
    return f"({text})" if " " in text and not text.endswith(")") else text


def _axes(pattern: Pattern) -> Axes:
    if pattern.any:
        return symbol("m"), symbol("n")
    return tuple(symbol({"i": "m", "j": "n"}.get(axis[0], axis[0])) for axis in pattern.axes)
