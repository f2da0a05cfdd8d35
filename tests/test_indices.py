"""Sums over indices and over samples: the matrix notation that they become, and its numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradproof as gp
from gradproof.elaboration.read import read
from gradproof.errors import GradproofError

READ = [  # as typed, form, in matrix notation
    (r"\sum_i x_i^2", "auto", "norm2(x)^2"),
    (r"\sum_{i=1}^n x_i", "auto", "sum(x)"),
    (r"\sum_{ij} G_{ij} X_{ij}", "auto", "G:X"),
    (r"\sum_{i,j} X_{ij}", "auto", "sum(X)"),
    (r"\sum_{ij} x_i A_{ij} y_j", "auto", "y'*(A'*x)"),
    (r"\sum_{ijk} G_{ij} X_{ik} W_{jk}", "auto", "W:G'*X"),
    (r"\sum_i A_{ii}", "auto", "tr(A)"),
    ("sum_ij delta_ij A_ij", "auto", "tr(A)"),
    (r"\sum_{ij} \delta_{ij} x_i y_j", "auto", "x'*y"),
    ("sum_ij (A_ij - delta_ij)^2", "auto", "norm2(A - eye(n))^2"),
    (r"\delta_{ij} A_{jk} B_{ki}", "index", "A:B'"),
    ("x_i delta_ij A_jk y_k", "index", "y'*(A'*x)"),
    (r"\sum_i \log(1 + \exp(-y_i x_i^\top w))", "auto", "sum(log(1 + exp(-y.*(x*w))))"),
    (r"\frac{1}{n}\sum_{i=1}^n (y_i - w^\top x_i)^2", "auto", "1/n*norm2(y - x*w)^2"),
    (r"\sum_i \|x_i - \mu\|^2", "auto", "norm2(x - ones(n)*mu')^2"),
    (r"\sum_i |x_i|", "auto", "sum(abs(x))"),
    (r"\sum_i x_i^\top S x_i", "auto", "S:x'*x"),
    (r"\sum_i \log \sum_j \exp(x_{ij})", "auto", "sum(log(rowsum(exp(x))))"),
    ("sum_i (y_i - sum_j X_ij w_j)^2", "auto", "norm2(y - X*w)^2"),
    ("sum_i log(1 + exp(-y[i]*(X[i,:]*w)))", "auto", "sum(log(1 + exp(-y.*(X*w))))"),
    ("sum_i norm2(X[i,:]' - m)^2", "auto", "norm2(X - ones(n)*m')^2"),
    ("sum_{i<j} (x[i]-x[j])^2", "auto", "sum((x*ones(n)' - ones(n)*x').^2)/2"),
    ("G_ij X_ik W_jk", "index", "W:G'*X"),
    ("x_i A_ij y_j + b_i x_i", "index", "y'*(A'*x) + b'*x"),
]


@pytest.mark.parametrize(("typed", "form", "text"), READ, ids=[case[0] for case in READ])
def test_sums_are_matrix_notation(typed: str, form: str, text: str) -> None:
    assert str(read(typed, form=form).objective) == text


def over(n: int) -> range:
    return range(n)


LOOPS: list[tuple[str, str, Callable[..., float], dict[str, tuple[int, ...]]]] = [
    ("sum_ij x_i*A_ij*y_j", "x", lambda x, A, y: sum(x[i] * A[i, j] * y[j] for i in over(3) for j in over(4)),
     {"x": (3,), "A": (3, 4), "y": (4,)}),
    ("sum_ijk G_ij X_ik W_jk", "W",
     lambda G, X, W: sum(G[i, j] * X[i, k] * W[j, k] for i in over(2) for j in over(3) for k in over(4)),
     {"G": (2, 3), "X": (2, 4), "W": (3, 4)}),
    ("sum_ijk A_ij B_ij C_jk exp(x_k)", "A",
     lambda A, B, C, x: sum(A[i, j] * B[i, j] * C[j, k] * math.exp(x[k])
                            for i in over(2) for j in over(3) for k in over(4)),
     {"A": (2, 3), "B": (2, 3), "C": (3, 4), "x": (4,)}),
    ("sum_ij x_i x_j A_ij y_i", "x", lambda x, A, y: sum(x[i] * x[j] * A[i, j] * y[i]
                                                         for i in over(3) for j in over(3)),
     {"x": (3,), "A": (3, 3), "y": (3,)}),
    ("sum_ij A_ij A_ji x_i", "A", 
     lambda A, x: sum(A[i, j] * A[j, i] * x[i] for i in over(3) for j in over(3)),
     {"A": (3, 3), "x": (3,)}),
    ("sum_ij (x_i - y_j)^2 A_ij", "x", lambda x, y, A: sum((x[i] - y[j]) ** 2 * A[i, j]
                                                          for i in over(3) for j in over(2)),
     {"x": (3,), "y": (2,), "A": (3, 2)}),
    ("sum_ijk (A_ij + B_jk)^2", "A", lambda A, B: sum((A[i, j] + B[j, k]) ** 2
                                                     for i in over(2) for j in over(3) for k in over(4)),
     {"A": (2, 3), "B": (3, 4)}),
    ("sum_ijk max(0, D_ij - D_ik + 1)", "D",
     lambda D: sum(max(0, D[i, j] - D[i, k] + 1) for i in over(2) for j in over(3) for k in over(3)),
     {"D": (2, 3)}),
    ("sum_i sum_j norm2(x_i - W*z_j)^2", "W",
     lambda x, W, z: sum(float(np.sum((x[i] - W * z[j]) ** 2)) for i in over(4) for j in over(5)),
     {"W": (3,), "x": (4, 3), "z": (5,)}),
    ("sum_ijk (T_ijk - a_i*b_j*c_k)^2", "b",
     lambda T, a, b, c: sum((T[i, j, k] - a[i] * b[j] * c[k]) ** 2
                            for i in over(2) for j in over(3) for k in over(4)),
     {"T": (2, 3, 4), "a": (2,), "b": (3,), "c": (4,)}),
    ("sum_{i<j} (x_i - x_j)^2", "x", lambda x: sum((x[i] - x[j]) ** 2 for j in over(4) for i in over(j)),
     {"x": (4,)}),
    ("sum_{i<j} x_i x_j", "x", lambda x: sum(x[i] * x[j] for j in over(4) for i in over(j)), {"x": (4,)}),
    ("sum_{i<j} exp(x_i + x_j)", "x", lambda x: sum(math.exp(x[i] + x[j]) for j in over(4) for i in over(j)),
     {"x": (4,)}),
    ("sum_i log(1 + exp(-y[i]*(X[i,:]*w)))", "w",
     lambda X, w, y: sum(math.log(1 + math.exp(-y[i] * (X[i] @ w))) for i in over(3)),
     {"X": (3, 2), "w": (2,), "y": (3,)}),
    ("sum_i norm2(X[i,:]' - m)", "m", lambda X, m: sum(np.linalg.norm(X[i] - m) for i in over(3)),
     {"X": (3, 2), "m": (2,)}),
    ("sum_i (X[i,:]*S*X[i,:]')^2", "S", lambda X, S: sum((X[i] @ S @ X[i]) ** 2 for i in over(3)),
     {"X": (3, 2), "S": (2, 2)}),
    ("sum_i y[i]*norm2(A*X[i,:]' - b)^2", "A",
     lambda X, A, b, y: sum(y[i] * np.linalg.norm(A @ X[i] - b) ** 2 for i in over(3)),
     {"X": (3, 2), "A": (4, 2), "b": (4,), "y": (3,)}),
    ("sum_i sum(tanh(W*X[:,i]))*y[i]", "W",
     lambda W, X, y: sum(np.tanh(W @ X[:, i]).sum() * y[i] for i in over(3)),
     {"W": (4, 2), "X": (2, 3), "y": (3,)}),
    ("sum_i x_i/(1 + y_i^2) - sum_i x_i*sum_j y_j", "y",
     lambda x, y: sum(x[i] / (1 + y[i] ** 2) for i in over(3))
     - sum(x[i] * y[j] for i in over(3) for j in over(3)),
     {"x": (3,), "y": (3,)}),
    (r"\sum_i \log \sum_j \exp(a x_{ij})", "x",
     lambda a, x: sum(math.log(sum(math.exp(a * x[i, j]) for j in over(4))) for i in over(3)),
     {"a": (), "x": (3, 4)}),
    (r"\sum_i (\sum_j A_{ij} x_j)^3", "x", lambda A, x: sum((A[i] @ x) ** 3 for i in over(3)),
     {"A": (3, 2), "x": (2,)}),
    (r"\sum_{ij} \max(x_i, y_j)", "x", lambda x, y: sum(max(x[i], y[j]) for i in over(3) for j in over(4)),
     {"x": (3,), "y": (4,)}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wrt", "loop", "sizes"), LOOPS, ids=lambda v: str(v)[:50])
def test_numbers_are_those_of_loops(
    text: str, wrt: str, loop: Callable[..., float], sizes: dict[str, tuple[int, ...]]
) -> None:
    rng = np.random.default_rng(7)
    arrays: dict[str, Any] = {name: rng.uniform(0.3, 1.5, shape) for name, shape in sizes.items()}
    d = gp.derive(text, wrt)
    value, gradient = d.compile("numpy", value=True)(**arrays)
    assert value == pytest.approx(loop(**arrays))
    slopes = np.zeros(np.shape(arrays[wrt]))
    for place in np.ndindex(slopes.shape):
        ends = []
        for step in (1e-5, -1e-5):
            moved = {**arrays, wrt: np.array(arrays[wrt], dtype=float)}
            moved[wrt][place] += step
            ends.append(loop(**moved))
        slopes[place] = (ends[0] - ends[1]) / 2e-5
    assert np.allclose(gradient, slopes, rtol=1e-5, atol=1e-7)
    assert d.verdict.grade in ("proved", "tested")


FAULTS = [  # as typed, form, code, place
    ("G_ij X_ik W_ik", "index", "GP120", "W_ik"),
    ("G_ij X_ik", "index", "GP120", "G_ij"),
    ("sum_i x_i y_j", "auto", "GP122", "y_j"),
    ("sum_ij G_ij X_ik", "auto", "GP122", "X_ik"),
    ("sum_i x_i + y_i", "auto", "GP122", "y_i"),
    ("sum_i x_i * sum_i y_i", "auto", "GP120", "sum_i"),
    ("sum_i c", "auto", "GP122", "sum_i"),
    ("sum_ij x_i", "auto", "GP122", "sum_ij"),
    (r"\sum_{i=0}^n x_i", "auto", "GP121", r"\sum_{i=0}^n"),
    (r"\sum_{i \ne j} x_i", "auto", "GP121", r"\sum_{i \ne j}"),
    ("sum_i logdet(X[i,:]'*X[i,:])", "auto", "GP501", "logdet(X[i,:]'*X[i,:])"),
    ("sum_i x_i y_i where x: m, y: n", "auto", "GP206", "sum_i"),
]


@pytest.mark.parametrize(("typed", "form", "code", "place"), FAULTS, ids=[case[0] for case in FAULTS])
def test_faults_have_a_place(typed: str, form: str, code: str, place: str) -> None:
    with pytest.raises(GradproofError) as caught:
        read(typed, form=form)
    error = caught.value
    assert error.code == code
    assert error.span is not None
    assert typed[error.span[0] : error.span[1]] == place


def test_the_reading_is_shown() -> None:
    shown = gp.derive(r"\sum_i (y_i - x_i^\top w)^2", "w").show(steps="none")
    assert "f = ‖y − x w‖²" in shown
    assert "x : n×k" in shown
