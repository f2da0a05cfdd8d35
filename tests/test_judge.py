"""The judge is judged: what it samples, how it differentiates, and that it notices planted faults."""

from typing import Any

import numpy as np
import pytest

import judge

RECORDS = list(judge.books())
KINDS = {"gradient", "jacobian", "hessian"}


def test_books_are_well_formed() -> None:
    assert len(RECORDS) == 313
    assert len({record["id"] for record in RECORDS}) == len(RECORDS)
    for record in RECORDS:
        assert record["kind"] in KINDS and record["wrt"] in record["vars"]


@pytest.mark.parametrize("record", RECORDS, ids=[record["id"] for record in RECORDS])
def test_objectives_run_and_have_derivatives(record: dict[str, Any]) -> None:
    arguments = judge.sample(record)
    value = judge.objective(record, arguments)(arguments[record["wrt"]])
    derivative = judge.derivative(record, arguments)
    by = np.shape(arguments[record["wrt"]])
    axes = {"gradient": by, "jacobian": np.shape(value) + by, "hessian": by + by}
    assert derivative.shape == axes[record["kind"]]
    assert np.isfinite(derivative).all()


@pytest.mark.parametrize("record", RECORDS[::25], ids=[record["id"] for record in RECORDS[::25]])
def test_differences_agree_with_automatic_derivatives(record: dict[str, Any]) -> None:
    pytest.importorskip("jax", reason="compares with JAX: pip install -r requirements-oracle.txt")
    arguments = judge.sample(record)
    assert judge.close(judge.derivative(record, arguments), judge.automatic(record, arguments))


SQUARE = {
    "id": "square", "vars": {"x": ["n"], "A": ["n", "n"]}, "props": {"A": ["symmetric"]}, "dims": {"n": 4},
    "expr": "x'*A*x", "wrt": "x", "kind": "gradient", "jax": "x @ A @ x",
}  # fmt: skip


def test_planted_faults_are_noticed() -> None:
    assert judge.compare(SQUARE, lambda x, A: 2 * A @ x) == ""
    assert judge.compare(SQUARE, lambda x, A: A @ x).startswith("differs by")
    assert judge.compare(SQUARE, lambda x, A: 2 * A @ x * (1 + 1e-5)).startswith("differs by")
    assert judge.compare(SQUARE, lambda x, A: (2 * A @ x)[None]) == "shape (1, 4) instead of (4,)"
    assert judge.compare(SQUARE, lambda x, A: 2 * A @ x * np.nan) == "differs by nan"


def test_hessians_and_sizes_by_keyword() -> None:
    hessian = SQUARE | {"kind": "hessian"}
    assert judge.compare(hessian, lambda x, A, *, n: 2 * A) == ""
    assert judge.compare(hessian, lambda x, A: 2 * A + 1e-4 * np.eye(4)).startswith("differs by")


@pytest.mark.parametrize(
    ("prop", "holds"),
    [
        ("symmetric", lambda a: np.array_equal(a, a.T)),
        ("spd", lambda a: np.array_equal(a, a.T) and np.linalg.eigvalsh(a).min() > 0),
        ("diagonal", lambda a: np.array_equal(a, np.diag(np.diag(a)))),
        ("orthogonal", lambda a: np.allclose(a @ a.T, np.eye(5))),
        ("invertible", lambda a: np.linalg.det(a) > 1e-3),
        ("positive", lambda a: a.min() > 0),
        ("unit", lambda a: abs(a).max() < 1),
        ("integer", lambda a: np.array_equal(a, a.round())),
    ],
)
def test_samples_have_their_properties(prop: str, holds: Any) -> None:
    record = {"vars": {"A": ["n", "n"]}, "dims": {"n": 5}, "props": {"A": [prop]}}
    assert all(holds(judge.sample(record, seed)["A"]) for seed in range(5))
