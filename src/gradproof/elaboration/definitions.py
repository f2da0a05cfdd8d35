"""What a word of the table says with other words."""

from __future__ import annotations

from gradproof.elaboration.read import phrase
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import size
from gradproof.operators.row import Operator
from gradproof.operators.signature import bind
from gradproof.operators.table import OPERATORS


def chosen(row: Operator, texts: tuple[str, ...], args: tuple[Expr, ...]) -> str:
    """The text of a row that goes with the signature of some arguments."""
    if len(texts) == 1:
        return texts[0]
    return next(text for use, text in zip(row.signatures, texts, strict=True) if bind(use, args))


def sizes(x: Expr) -> dict[str, Expr]:
    """n and m of the table: the sizes of the last and of the first axis."""
    return {"n": size(x.axes[-1]), "m": size(x.axes[0])} if x.axes else {}


def meaning(e: Expr) -> Expr:
    """The expression that a word of the table stands for; its row must have a meaning."""
    row = OPERATORS[e.op]
    names = dict(zip(("X", "Z", "V"), e.args, strict=False))
    return phrase(chosen(row, row.meaning, e.args), {**names, **sizes(e.args[0])})
