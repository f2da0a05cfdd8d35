"""Matrix products: from the factors that a person wrote to multiplications that a machine should do.

A diagonal matrix scales, an identity vanishes, an inverse to the left of something is a solve, and
det(A)*inv(A) is the adjugate, which exists where inv(A) does not. Factors are taken from left to
right; a cheaper order is not sought here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from gradproof.codegen.plan.model import Builder
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import num


class Factor(NamedTuple):
    """kind: scalar, row, column, matrix, tensor, eye, or diagonal (whose value is the diagonal).
    inverted: for an inverse, the number of the matrix that it inverts."""

    kind: str
    value: int
    inverted: int | None = None


def product(build: Builder, known: Mapping[Expr, int], factors: tuple[Expr, ...]) -> int:
    """The number of a product's value, given the numbers of everything below it."""
    parts = _adjugates(build, known, factors)
    for index in range(len(parts) - 2, -1, -1):
        left, right = parts[index], parts[index + 1]
        if left.inverted is not None and right.kind in ("column", "matrix"):
            rank = build.values[right.value].rank
            solved = build.put("solve", left.inverted, right.value, rank=rank)
            parts[index : index + 2] = [Factor(right.kind, solved)]
    total = parts[0]
    for part in parts[1:]:
        total = _times(build, total, part)
    return build.put("diag", total.value, rank=2) if total.kind == "diagonal" else total.value


def _adjugates(build: Builder, known: Mapping[Expr, int], factors: tuple[Expr, ...]) -> list[Factor]:
    """The factors, with det(A) and inv(A) taken together."""
    parts = [_factor(build, known, factor) for factor in factors]
    gone: set[int] = set()
    for here, factor in enumerate(factors):
        for there, other in enumerate(factors):
            base, turned = _untransposed(other)
            pair = (factor.op, base.op) == ("det", "inv") and base.args == factor.args
            if pair and parts[there].inverted is not None:
                value = build.put("adjugate", known[factor.args[0]], rank=2)
                parts[there] = Factor("matrix", build.transpose(value) if turned else value)
                gone.add(here)
                break
    return [part for place, part in enumerate(parts) if place not in gone]


def _untransposed(e: Expr) -> tuple[Expr, bool]:
    turned = False
    while e.op == "T":
        e, turned = e.args[0], not turned
    return e, turned


def _factor(build: Builder, known: Mapping[Expr, int], e: Expr) -> Factor:
    base, turned = _untransposed(e)
    if base.op == "diag":
        return Factor("diagonal", known[base.args[0]])
    if base.op == "eye":
        return Factor("eye", known[base])
    if base.op == "inv" and base.axes:
        inside = known[base.args[0]]
        return Factor("matrix", known[e], build.transpose(inside) if turned else inside)
    if len(e.axes) == 1:
        return Factor("row" if e.row else "column", known[e])
    return Factor({0: "scalar", 2: "matrix"}.get(len(e.axes), "tensor"), known[e])


def _times(build: Builder, a: Factor, b: Factor) -> Factor:
    if a.kind == "scalar" or b.kind == "scalar":
        kind = b.kind if a.kind == "scalar" else a.kind
        return Factor("matrix" if kind == "eye" else kind, build.both("times", a.value, b.value))
    if a.kind == "eye":
        return b
    if b.kind == "eye":
        return a
    if "diagonal" in (a.kind, b.kind):
        return _scale(build, a, b)
    if a.kind == "row" and b.inverted is not None:
        return Factor("row", build.put("solve", build.transpose(b.inverted), a.value, rank=1))
    if (a.kind, b.kind) == ("column", "row"):
        return Factor("matrix", build.put("outer", a.value, b.value, rank=2))
    kind = {
        ("row", "column"): "scalar",
        ("row", "matrix"): "row",
        ("matrix", "column"): "column",
        ("matrix", "matrix"): "matrix",
    }[a.kind, b.kind]
    rank = {"scalar": 0, "matrix": 2}.get(kind, 1)
    return Factor(kind, build.put("matmul", a.value, b.value, rank=rank))


def _scale(build: Builder, a: Factor, b: Factor) -> Factor:
    """diag(v)*B scales the rows of B, A*diag(v) the columns of A."""
    if a.kind == "diagonal" and b.kind == "matrix":
        upright = build.put("column", a.value, rank=2)
        return Factor("matrix", build.both("times", upright, b.value))
    kind = b.kind if a.kind == "diagonal" else a.kind
    return Factor(kind, build.both("times", a.value, b.value))


def choice(e: Expr) -> bool:
    """step(x) and 1 - step(x), which `where` and comparisons are read as."""
    if e.op == "add" and len(e.args) == 2 and e.args[1].op == "neg":
        return e.args[0] is num(1) and e.args[1].args[0].op == "step"
    return e.op == "step"
