"""Sums and other words along axes, norms, and normalisation: answers as a person would write them."""

from __future__ import annotations

import numpy as np
import pytest

import gradproof as gp
from gradproof.errors import GradproofError
from judge import close, difference

# what is asked | by what | the answer | declarations. Axis 1 runs down the columns: sum(X, 1) is colsum(X).
CASES = """
v'*sum(X, 1)              | X | ones(k)*v'                                        |
u'*sum(X, 2)              | X | u*ones(k)'                                        |
v'*mean(X, 1)             | X | ones(k)*v'/k                                      |
sum(A, 2):B               | A | einsum("ik,j->ijk", B, ones(n))                   | A: (m, n, p), B: m×p
sum(sum(X, 2))            | X | ones(n, k)                                        |
var(x)                    | x | 2*(x - mean(x))/n                                 |
std(x)                    | x | (x - mean(x))/(n*std(x))                          |
u'*var(X, 2)              | X | 2*diag(u)*(X - rowmean(X)*ones(k)')/k             |
v'*var(X, 1)              | X | 2*(X - ones(k)*colmean(X)')*diag(v)/k             |
u'*std(X, 2)              | X | diag(u./rowstd(X))*(X - rowmean(X)*ones(k)')/k    |
u'*logsumexp(X, 2)        | X | diag(u)*softmax(X)                                |
v'*logsumexp(X, 1)        | X | softmax(X')'*diag(v)                              |
sum(logsumexp(X, 2))      | X | softmax(X)                                        |
U:softmax(X, 2)           | X | U.*softmax(X) - diag(rowsum(U.*softmax(X)))*softmax(X) | U: m×n, X: m×n
U:logsoftmax(X, 1)        | X | U - softmax(X')'*diag(colsum(U))                  | U: m×n, X: m×n
prod(x)                   | x | prod(x)*(1 ./ x)                                  |
u'*rowmax(X)              | X | diag(u)*rowmax'(X)                                |
u'*norm2(X, 2)            | X | diag(u./rownorm2(X))*X                            |
v'*norm2(X, 1)            | X | X*diag(v./rownorm2(X'))                           |
u'*norm1(X, 2)            | X | diag(u)*sign(X)                                   |
norm(x, 1)                | x | sign(x)                                           |
norm(x, 2)^2              | x | 2*x                                               |
norm(X, "fro")            | X | X/normF(X)                                        |
norm(x, inf)              | x | max'(abs(x)).*sign(x)                             |
norm(x, 3)                | x | (sign(x).*abs(x).^2)/norm(x, 3)^2                 |
norm(x, 4)^4              | x | 4*(sign(x).*abs(x).^3)                            |
u'*layernorm(x)           | x | (u - sum(u)*ones(n)/n - (u'*layernorm(x))*layernorm(x)/n)/std(x) | u: n, x: n
U:batchnorm(X, g, b)      | g | colsum(batchnorm(X).*U)                           | U: m×n, X: m×n, g: n, b: n
U:batchnorm(X, g, b)      | b | colsum(U)                                         | U: m×n, X: m×n, g: n, b: n
u'*layernorm(x, c)        | c | -u'*layernorm(x, c)/(2*(var(x) + c))              | u: n, x: n, c: scalar
""".strip().splitlines()
ROWS = [tuple(part.strip() for part in f"{row} ".split(" | ")) for row in CASES]
ROWS = [(*row, "")[:4] if len(row) < 4 else row for row in ROWS]
ROWS = [(text, by, answer.rstrip("| "), where) for text, by, answer, where in ROWS]
ROWS += [
    (
        "U:layernorm(X)", "X",
        "diag(1 ./ rowstd(X))*(U - rowsum(U)*ones(n)'/n"
        " - diag(rowsum(U.*layernorm(X)))*layernorm(X)/n)",
        "U: m×n, X: m×n",
    ),
    (
        "U:batchnorm(X, g, b)", "X",
        "(U - ones(m)*colsum(U)'/m"
        " - batchnorm(X)*diag(colsum(batchnorm(X).*U))/m)*diag(g./colstd(X))",
        "U: m×n, X: m×n, g: n, b: n",
    ),
    (
        "U:rmsnorm(X)", "X",
        "diag(1 ./ sqrt(rowmeansquare(X)))*(U"
        " - diag(rowsum(U.*rmsnorm(X)))*rmsnorm(X)/n)",
        "U: m×n, X: m×n",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "variable", "answer", "where"), ROWS, ids=[row[0] for row in ROWS])
def test_answers(text: str, variable: str, answer: str, where: str) -> None:
    d = gp.derive(text, variable, where=where or None)
    assert str(d.result.expr) == answer
    assert d.verdict.grade == "proved"


RNG = np.random.default_rng(3)
ARRAYS = {
    "X": RNG.normal(size=(3, 4)), "U": RNG.normal(size=(3, 4)), "A": RNG.normal(size=(2, 3, 4)),
    "D": RNG.normal(size=(2, 3, 4)), "u": RNG.normal(size=3), "v": RNG.normal(size=4),
    "x": RNG.normal(size=5),
    "c": np.array(0.3),
}  # fmt: skip
SHAPES = "X: m×n, U: m×n, A: (b, m, n), D: (b, m, n), u: m, v: n, x: p, c: scalar"


@pytest.mark.parametrize(
    "text",
    [
        "sum(sum(A, 1).^2)", "sum(mean(A, 2).^3)", "sum(softmax(A, 3).*D)", "sum(softmax(A, 1).*D)",
        "sum(logsoftmax(A, 2).*D)", "sum(logsumexp(A, 3).^2)", "sum(var(A, 2).^2)", "sum(std(A, 3))",
        "sum(norm2(A, 1))", "sum(norm1(A, 2))",
    ],
)  # fmt: skip
def test_tensors_against_differences(text: str) -> None:
    _against_differences(text, "A")


@pytest.mark.parametrize(
    "text",
    [
        "U:layernorm(X, v, v)", "U:layernorm(X, v, v, c)", "U:layernorm(X, c)", "U:batchnorm(X, c)",
        "U:batchnorm(X, v, v, c)", "U:rmsnorm(X, v)", "U:rmsnorm(X, v, c)", "U:layernorm(X, 1)'' + sum(X)",
        "u'*prod(X, 2)", "v'*prod(X, 1)", "norm(X, 3)", "norm(X, 1.5)^2", "std(X)", "u'*rowmin(X)",
        "norm(X, inf)", "sum(layernorm(X*v).^3)",
    ],
)  # fmt: skip
def test_matrices_against_differences(text: str) -> None:
    for variable in ("X", "c", "v"):
        if variable in text:
            _against_differences(text, variable)


def _against_differences(text: str, variable: str) -> None:
    used = [name for name in ARRAYS if name in text]
    where = ", ".join(part for part in SHAPES.split(", ") if part.split(":")[0] in used)
    where = where.replace("A: (b", "A: (b, m, n)").replace("D: (b", "D: (b, m, n)")
    d = gp.derive(text, variable, where=where)
    assert d.verdict.grade in ("proved", "tested")
    function = d.compile("numpy", value=True)
    arrays = {name: ARRAYS[name] for name in used}

    def value(at: object) -> object:
        return function(**{**arrays, variable: at})[0]

    assert close(np.asarray(function(**arrays)[1]), difference(value, arrays[variable]), 1e-6)


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("sum(X, 3)", "GP212", "there is no axis 3: this array has axes 1 and 2"),
        ("sum(X, 0)", "GP212", "there is no axis 0: this array has axes 1 and 2"),
        ("sum(X, k)", "GP212", "sum takes an array and the number of an axis, counted from 1: sum(X, 2)"),
        ("norm(X, 0.5)", "GP408", "norm(x, p) is a norm for p ≥ 1, and p is 0.5 here"),
        ("sum(prod(A, 2)) where A: (b, m, n)", "GP501", "prod along an axis is known for matrices only"),
    ],
)
def test_errors(text: str, code: str, message: str) -> None:
    with pytest.raises(GradproofError) as caught:
        gp.derive(text, "X" if "X" in text else "A")
    assert (caught.value.code, caught.value.message) == (code, message)


def test_the_order_of_a_norm_is_constant() -> None:
    with pytest.raises(GradproofError, match="the derivative of normp by its parameter is not known"):
        gp.derive("norm(x, p)", "p", where="x: n, p: scalar")
    d = gp.derive("norm(x, p)^p", "x", where="x: n, p: scalar")
    assert str(d.result.expr) == "p*(sign(x).*abs(x).^(p - 1))"
