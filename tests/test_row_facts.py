"""Columns that are facts, against numbers: what a row says holds, and what holds a row says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradproof.errors import GradproofError
from gradproof.expressions.dims import symbol
from gradproof.operators import build
from gradproof.operators.aliases import HIDDEN
from gradproof.operators.row import Operator, entrywise, to_scalar, whole_arity
from gradproof.operators.table import OPERATORS
from gradproof.proof.evaluation.failures import Undefined, Unsupported
from test_rows import second_opinion

Array = np.ndarray[Any, Any]
N, K = symbol("n"), symbol("k")
SQUARE, WIDE = (N, N), (N, K)


def value(word: str, x: Array) -> Array | None:
    """A word of one argument at an array; None where it has no value there."""
    name = build.name("X", SQUARE if x.shape == (4, 4) else WIDE)
    try:
        out = second_opinion(build.apply(word, name), {"X": x})
    except (GradproofError, Undefined, Unsupported, ValueError, ZeroDivisionError, OverflowError):
        return None
    return out if np.all(np.isfinite(out)) else None


def square(seed: int) -> Array:
    """A matrix for which functions of matrices are defined."""
    x = np.random.default_rng(seed).uniform(0.1, 0.4, (4, 4))
    return x + np.diag([0.5, 1.0, 1.5, 2.0])


def same(a: Array | None, b: Array | None) -> bool | None:
    if a is None or b is None or a.shape != b.shape:
        return None
    return bool(np.allclose(a, b, rtol=1e-6, atol=1e-8))


def keeps_symmetry(row: Operator) -> bool | None:
    x = square(1) + square(1).T
    x = x / 8 if entrywise(row) else x
    out = value(row.name, x)
    return None if out is None or out.shape != x.shape else same(out, out.T)


def turns(row: Operator) -> bool | None:
    if entrywise(row):
        return None
    out, back = value(row.name, square(2)), value(row.name, square(2).T)
    return None if out is None or out.ndim != 2 else same(out.T, back)


def algebra(row: Operator) -> bool | None:
    if entrywise(row):
        return None
    x = square(3)
    out = value(row.name, x)
    return None if out is None or out.shape != x.shape else same(out @ x, x @ out)


def even(row: Operator) -> bool | None:
    if not entrywise(row) and not to_scalar(row):
        return None
    x = np.random.default_rng(4).uniform(0.2, 0.8, (4, 3))
    x[0] *= -1
    found = same(value(row.name, x), value(row.name, -x))
    return found and same(value(row.name, x / 2), value(row.name, -x / 2))


def positive(row: Operator) -> bool | None:
    x = np.random.default_rng(5).uniform(-3, 3, (4, 3))
    x[0, 0], x[3, 2] = -3.0, 3.0
    out = value(row.name, x)
    return None if out is None else bool(np.all(out > 0))


def keeps_positive(row: Operator) -> bool | None:
    outs = [value(row.name, np.random.default_rng(6).uniform(*span, (4, 3))) for span in ((0.1, 0.9), (1, 9))]
    return None if any(out is None for out in outs) else all(bool(np.all(out > 0)) for out in outs)


def definite(row: Operator) -> bool | None:
    zero, one = np.zeros((4, 3)), np.zeros((4, 3))
    one[1, 1] = -0.5
    at, beside = value(row.name, zero), value(row.name, one)
    if at is None or beside is None:
        return None
    if entrywise(row):
        return bool(np.all(at == 0) and beside[1, 1] > 0 and value(row.name, -one)[1, 1] > 0)
    return bool(not at.any() and beside.size == 1 and beside > 0 and value(row.name, -one) > 0)


def orthogonal(row: Operator) -> bool | None:
    x = square(7)
    out = value(row.name, x + x.T)
    return None if out is None or out.shape != x.shape else same(out.T @ out, np.eye(4))


# These a row must say where they hold; the others it may leave out, and then less is known.
NEEDED = ("keeps_symmetry", "turns", "algebra", "even")
OTHERWISE = {"pinv-algebra"}  # what holds at these points and not everywhere
FACTS: dict[str, Callable[[Operator], bool | None]] = {
    "keeps_symmetry": keeps_symmetry, "turns": turns, "algebra": algebra, "even": even, "positive": positive,
    "keeps_positive": keeps_positive, "definite": definite, "orthogonal": orthogonal,
}  # fmt: skip
ALONE = [
    row.name for row in OPERATORS.values()
    if not row.stands and row.name not in HIDDEN and whole_arity(row) == 1
    and any(use.partition("->")[0] in ("*", "ii", "ij") for use in row.signatures)
]  # fmt: skip


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("word", ALONE)
def test_fact(word: str, fact: str) -> None:
    said, found = getattr(OPERATORS[word], fact), FACTS[fact](OPERATORS[word])
    if said:
        assert found is not False, f"the column {fact} of {word} is not true"
    elif fact in NEEDED and f"{word}-{fact}" not in OTHERWISE:
        assert not found, f"the column {fact} of {word} is forgotten"
