"""Derivatives beside the differentials that they stand for."""

from __future__ import annotations

from collections.abc import Iterator

from gradproof.errors import GradproofError
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import T, apply, d, frob, mul


def pair(gradient: Expr, variable: Expr) -> Expr:
    """gradient : d(variable)."""
    return frob(gradient, d(variable)) if variable.axes else mul(gradient, d(variable))


def products(matrix: Expr, array: Expr, variable: Expr) -> Iterator[tuple[Expr, Expr]]:
    """The differential of an array, and what a matrix of derivatives says it is, in both layouts."""
    before, change = d(array), d(variable)
    if variable.axes and len(array.axes) + len(variable.axes) > 2:
        before = apply("vec", before) if len(array.axes) == 2 else before
        change = apply("vec", change) if len(variable.axes) == 2 else change
    for form in dict.fromkeys((matrix, T(matrix) if len(matrix.axes) in (1, 2) else matrix)):
        try:
            after = mul(form, change)
        except GradproofError:
            continue
        if (after.axes, after.row) == (before.axes, before.row):
            yield before, after
