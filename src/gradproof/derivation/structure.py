"""What the gradient by a symmetric matrix can mean besides the free one, said in a note."""

from __future__ import annotations

from gradproof.calculus.tidy import tidy
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import T, add, div, num
from gradproof.operators.facts import props, square, symmetric


def is_symmetric_variable(variable: Expr) -> bool:
    """A matrix that is declared symmetric, and not more special than that."""
    return square(variable) and symmetric(variable) and "diagonal" not in props(variable)


def constrained(gradient: Expr) -> tuple[Expr, Expr]:
    """The gradient within the symmetric matrices from the free gradient H: (H + H')/2, and as one would
    write it."""
    half = div(add(gradient, T(gradient)), num(2))
    return half, gradient if symmetric(gradient) else tidy(half)


def note(variable: Expr, gradient: Expr, within: Expr) -> str:
    """The remark under the gradient by a symmetric matrix; `within` is the constrained one."""
    same = within is gradient
    return (
        f"{variable} is symmetric, and this gradient H is the free one: entries as if independent. "
        + (
            "It is symmetric, so it is the gradient within the symmetric matrices, too. "
            if same
            else f"Within the symmetric matrices the gradient is ½(H + Hᵀ) = {within}. "
        )
        + f"By the entries on and above the diagonal it is {'2 H' if same else 'H + Hᵀ'} − H⊙I, since each "
        "entry off the diagonal stands in two places."
    )
