"""Rows below "the gradient is zero": equations that say the same, and what solves them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from gradproof.errors import GradproofError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder, rebuild
from gradproof.operators.build import T, add, apply, construct, mul, neg, num, zeros
from gradproof.verdicts import HOLDS, Verdict

FACTORS = (1, -1, 2, -2, Fraction(1, 2), Fraction(-1, 2))
Judge = Callable[[Expr, Expr], Verdict]
LEFT = Verdict("unknown", "whether this follows where the gradient is zero is not decided")


def is_zero(e: Expr) -> bool:
    """Whether a right side is 0."""
    return e is num(0) or e.op == "zeros"


def solved(gradient: Expr, variable: Expr, left: Expr, right: Expr, judge: Judge) -> Verdict:
    """`left = right` below "gradient = 0": a multiple of it, or the variable that makes it zero."""
    if left is variable and variable not in postorder([right]):
        try:
            there = rebuild(gradient, {variable: right}, construct)
        except GradproofError:
            return LEFT
        nothing = zeros(*gradient.axes, row=gradient.row) if gradient.axes else num(0)
        verdict = judge(there, nothing)
        wrong = verdict.grade == "refuted"
        return Verdict("refuted", "it does not make the gradient zero") if wrong else verdict
    try:
        difference = add(left, neg(right))
    except GradproofError:
        return LEFT
    for side in (difference, T(difference)) if difference.axes else (difference,):
        if (side.axes, side.row) != (gradient.axes, gradient.row):
            continue
        for factor in FACTORS:
            verdict = judge(gradient, mul(num(Fraction(factor)), side))
            if verdict.grade in HOLDS:
                return verdict
        if len(side.axes) in (1, 2):  # u and v are multiples of each other where u*v' is v*u'
            u, v = (apply("vec", e) if len(e.axes) == 2 else e for e in (side, gradient))
            verdict = judge(mul(u, T(v)), mul(v, T(u)))
            if verdict.grade in HOLDS:
                return verdict
    return LEFT
