"""Code for NumPy: every word against a plain formula, shapes, names, sizes, and the texts of errors."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from gradproof.codegen import compile as run
from gradproof.elaboration.read import phrase
from gradproof.expressions.dims import number, symbol
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import names
from gradproof.operators import build as b
from gradproof.operators.blocks import at, cat, commutation, triangle, unit
from gradproof.operators.build import T, add, apply, div, had, hdiv, hpow, mul, name, neg, num, power
from gradproof.operators.matrix_functions import FUNCTIONS_OF_MATRICES
from gradproof.operators.table import OPERATORS
from special_words import MORE

n, m, k = symbol("n"), symbol("m"), symbol("k")
A, B, C = name("A", (n, n)), name("B", (n, n)), name("C", (n, m))
x, y, z = name("x", (n,)), name("y", (n,)), name("z", (m,))
c, e = name("c"), name("e")
P, Q = name("P", (n, m), ["positive"]), name("Q", (m, n, m))
r = name("r", (n,), row=True)
ALL = (A, B, C, x, y, z, c, e, P, Q, r)

_rng = np.random.default_rng(7)
ARRAYS: dict[str, Any] = {
    "A": _rng.normal(size=(4, 4)) + 3 * np.eye(4),
    "B": _rng.normal(size=(4, 4)),
    "C": _rng.normal(size=(4, 3)),
    "x": _rng.normal(size=4),
    "y": _rng.normal(size=4),
    "z": _rng.normal(size=3),
    "c": 0.7,
    "e": -1.3,
    "P": _rng.uniform(0.1, 0.9, size=(4, 3)),
    "Q": _rng.normal(size=(3, 4, 3)),
    "r": _rng.normal(size=(1, 4)),
}


def two(value: float) -> Expr:
    return num(Fraction(str(value)))


def compute(
    result: Expr, arrays: dict[str, Any] = ARRAYS, inputs: tuple[Expr, ...] = ALL, **sizes: int
) -> Any:
    return run.compile((), (("f", result),), inputs)(**arrays, **sizes)


def adjugate(a: np.ndarray) -> np.ndarray:
    return np.linalg.det(a) * np.linalg.inv(a)


erf = np.vectorize(math.erf)
Reference = Callable[..., Any]

WORDS: list[tuple[str, Expr, Reference]] = [
    ("T", T(C), lambda C, **_: C.T),
    ("mul", mul(A, C), lambda A, C, **_: A @ C),
    ("mul", mul(A, x), lambda A, x, **_: A @ x),
    ("mul", mul(T(x), A), lambda A, x, **_: (x @ A)[None]),
    ("mul", mul(T(x), y), lambda x, y, **_: x @ y),
    ("mul", mul(x, T(z)), lambda x, z, **_: np.outer(x, z)),
    ("mul", mul(T(x), A, y, C), lambda A, C, x, y, **_: (x @ A @ y) * C),
    ("mul", mul(c, Q), lambda c, Q, **_: c * Q),
    ("mul", mul(C, c), lambda c, C, **_: c * C),
    ("mul", mul(r, A), lambda r, A, **_: r @ A),
    ("frob", b.frob(C, P), lambda C, P, **_: np.sum(C * P)),
    ("frob", b.frob(x, y), lambda x, y, **_: x @ y),
    ("frob", b.frob(c, e), lambda c, e, **_: c * e),
    ("had", had(C, P, C), lambda C, P, **_: C * P * C),
    ("had", had(c, C), lambda C, c, **_: C * c),
    ("add", add(C, neg(P), c), lambda C, P, c, **_: C - P + c),
    ("add", add(num(1), neg(r)), lambda r, **_: 1 - r),
    ("neg", neg(had(neg(C), P)), lambda C, P, **_: C * P),
    ("div", div(C, add(c, num(2))), lambda C, c, **_: C / (c + 2)),
    ("hdiv", hdiv(num(1), P), lambda P, **_: 1 / P),
    ("hdiv", hdiv(C, hdiv(C, P)), lambda P, **_: P),
    ("hpow", hpow(P, two(-1.5)), lambda P, **_: P**-1.5),
    ("hpow", hpow(P, hpow(C, num(2))), lambda P, C, **_: P ** (C**2)),
    ("hpow", hpow(num(2), neg(C)), lambda C, **_: 2.0**-C),
    ("pow", power(c, num(3)), lambda c, **_: c**3),
    ("pow", power(A, num(3)), lambda A, **_: A @ A @ A),
    ("pow", power(A, neg(num(2))), lambda A, **_: np.linalg.inv(A @ A)),
    ("pow", power(A, b.size(m)), lambda A, **_: A @ A @ A),
    ("pow", power(A, add(b.size(m), neg(num(1)))), lambda A, **_: A @ A),
    ("tr", apply("tr", mul(A, B)), lambda A, B, **_: np.trace(A @ B)),
    ("sum", apply("sum", Q), lambda Q, **_: Q.sum()),
    ("sum", apply("sum", c), lambda c, **_: c),
    ("rowsum", apply("rowsum", C), lambda C, **_: C.sum(1)),
    ("colsum", apply("colsum", C), lambda C, **_: C.sum(0)),
    ("mean", apply("mean", C), lambda C, **_: C.mean()),
    ("rowmean", apply("rowmean", C), lambda C, **_: C.mean(1)),
    ("colmean", apply("colmean", C), lambda C, **_: C.mean(0)),
    ("diag", apply("diag", x), lambda x, **_: np.diag(x)),
    ("diag", apply("diag", r), lambda r, **_: np.diag(r[0])),
    ("diagonal", apply("diagonal", A), lambda A, **_: np.diag(A)),
    ("vec", apply("vec", C), lambda C, **_: C.T.ravel()),
    ("vec", apply("vec", x), lambda x, **_: x),
    ("reshape", b.reshape(apply("vec", C), n, m), lambda C, **_: C),
    ("reshape", b.reshape(C, m, n), lambda C, **_: C.reshape(3, 4, order="F")),
    ("kron", apply("kron", C, P), lambda C, P, **_: np.kron(C, P)),
    ("kron", apply("kron", x, z), lambda x, z, **_: np.kron(x, z)),
    ("kron", apply("kron", T(x), T(z)), lambda x, z, **_: np.kron(x, z)[None]),
    ("kron", apply("kron", x, C), lambda x, C, **_: np.kron(x[:, None], C)),
    ("kron", apply("kron", T(x), C), lambda x, C, **_: np.kron(x[None], C)),
    ("kron", apply("kron", C, x), lambda x, C, **_: np.kron(C, x[:, None])),
    ("kron", apply("kron", C, T(x)), lambda x, C, **_: np.kron(C, x[None])),
    ("kron", apply("kron", x, T(z)), lambda x, z, **_: np.outer(x, z)),
    ("kron", apply("kron", T(x), z), lambda x, z, **_: np.outer(z, x)),
    ("halftril", triangle("halftril", A), lambda A, **_: np.tril(A) - np.diag(np.diag(A)) / 2),
    ("halftriu", triangle("halftriu", A), lambda A, **_: np.triu(A) - np.diag(np.diag(A)) / 2),
    ("cumsum", apply("cumsum", C), lambda C, **_: np.cumsum(C, axis=0)),
    ("cumsum", apply("cumsum", x), lambda x, **_: np.cumsum(x)),
    ("triu", triangle("triu", C, 1), lambda C, **_: np.triu(C, 1)),
    ("tril", triangle("tril", C), lambda C, **_: np.tril(C)),
    (
        "khatri_rao",
        apply("khatri_rao", A, B),
        lambda A, B, **_: np.einsum("ij,kj->ikj", A, B).reshape(-1, B.shape[1]),
    ),
    ("slice", at(C, (number(2), number(3)), (number(1),)), lambda C, **_: C[1:3, 0]),
    ("hcat", cat("hcat", A, x), lambda A, x, **_: np.column_stack((A, x))),
    ("vcat", cat("vcat", x, c), lambda x, c, **_: np.append(x, c)),
    ("unit", unit(number(2), n), lambda **_: np.eye(4)[1]),
    ("commutation", commutation(m, n), lambda **_: np.eye(12)[np.arange(12).reshape(4, 3).T.ravel()]),
    ("kron", apply("kron", c, C), lambda c, C, **_: c * C),
    ("einsum", b.einsum("ij,jk->ik", A, C), lambda A, C, **_: A @ C),
    ("einsum", b.einsum("ij,,k->ijk", C, c, x), lambda C, c, x, **_: c * C[:, :, None] * x),
    ("einsum", b.einsum("i,->ii", x, c), lambda x, c, **_: c * np.diag(x)),
    ("einsum", b.einsum(",->", c, e), lambda c, e, **_: c * e),
    ("einsum", b.einsum("αβ,βγ->αγ", A, C), lambda A, C, **_: A @ C),
    ("einsum", b.einsum("ij->ij", C), lambda C, **_: C),
    ("ones", b.ones(n, m), lambda **_: np.ones((4, 3))),
    ("zeros", b.zeros(m), lambda **_: np.zeros(3)),
    ("zeros", b.zeros(m, row=True), lambda **_: np.zeros((1, 3))),
    ("eye", b.eye(n * m), lambda **_: np.eye(12)),
    ("size", hdiv(C, b.size(n * m + number(-2))), lambda C, **_: C / 10),
    ("pi", mul(num(2), b.PI, x), lambda x, **_: 2 * np.pi * x),
    ("inv", apply("inv", A), lambda A, **_: np.linalg.inv(A)),
    ("inv", apply("inv", c), lambda c, **_: 1 / c),
    ("inv", mul(apply("inv", A), C), lambda A, C, **_: np.linalg.inv(A) @ C),
    ("inv", mul(T(apply("inv", A)), B, x), lambda A, B, x, **_: np.linalg.inv(A).T @ B @ x),
    ("inv", mul(T(x), apply("inv", A), y, B), lambda A, B, x, y, **_: (x @ np.linalg.inv(A) @ y) * B),
    ("inv", mul(r, apply("inv", A), B), lambda A, B, r, **_: r @ np.linalg.inv(A) @ B),
    ("inv", mul(r, apply("inv", A)), lambda A, r, **_: r @ np.linalg.inv(A)),
    ("inv", mul(apply("inv", A), T(apply("inv", T(A))), x), lambda A, x, **_: np.linalg.inv(A @ A) @ x),
    ("det", apply("det", A), lambda A, **_: np.linalg.det(A)),
    ("det", mul(apply("det", A), T(apply("inv", A)), x), lambda A, x, **_: adjugate(A).T @ x),
    ("det", mul(apply("inv", A), c, apply("det", A)), lambda A, c, **_: c * adjugate(A)),
    ("logdet", apply("logdet", A), lambda A, **_: np.log(abs(np.linalg.det(A)))),
    ("norm1", apply("norm1", C), lambda C, **_: abs(C).sum()),
    ("norm2", apply("norm2", Q), lambda Q, **_: np.sqrt((Q * Q).sum())),
    ("norm2", apply("norm2", e), lambda e, **_: abs(e)),
    ("normF", apply("normF", C), lambda C, **_: np.sqrt((C * C).sum())),
    ("logsumexp", apply("logsumexp", x), lambda x, **_: np.log(np.exp(x).sum())),
    ("softmax", apply("softmax", x), lambda x, **_: np.exp(x) / np.exp(x).sum()),
    ("softmax", apply("softmax", C), lambda C, **_: np.exp(C) / np.exp(C).sum(1)[:, None]),
    ("logsoftmax", apply("logsoftmax", C), lambda C, **_: C - np.log(np.exp(C).sum(1))[:, None]),
    ("max", apply("max", C), lambda C, **_: C.max()),
    ("min", apply("min", C), lambda C, **_: C.min()),
    ("max", apply("max", c), lambda c, **_: c),
    ("maximum", apply("maximum", C, P), lambda C, P, **_: np.maximum(C, P)),
    ("minimum", apply("minimum", C, num(0)), lambda C, **_: np.minimum(C, 0)),
    ("exp", apply("exp", C), lambda C, **_: np.exp(C)),
    ("log", apply("log", P), lambda P, **_: np.log(P)),
    ("log1p", apply("log1p", P), lambda P, **_: np.log(1 + P)),
    ("expm1", apply("expm1", C), lambda C, **_: np.exp(C) - 1),
    ("sqrt", apply("sqrt", P), lambda P, **_: P**0.5),
    ("abs", apply("abs", r), lambda r, **_: np.abs(r)),
    ("sign", apply("sign", C), lambda C, **_: np.sign(C)),
    ("sin", apply("sin", C), lambda C, **_: np.sin(C)),
    ("cos", apply("cos", C), lambda C, **_: np.cos(C)),
    ("tan", apply("tan", C), lambda C, **_: np.tan(C)),
    ("asin", apply("asin", P), lambda P, **_: np.arcsin(P)),
    ("acos", apply("acos", P), lambda P, **_: np.arccos(P)),
    ("atan", apply("atan", C), lambda C, **_: np.arctan(C)),
    ("sinh", apply("sinh", C), lambda C, **_: np.sinh(C)),
    ("cosh", apply("cosh", C), lambda C, **_: np.cosh(C)),
    ("tanh", apply("tanh", C), lambda C, **_: np.tanh(C)),
    ("sigmoid", apply("sigmoid", C), lambda C, **_: 1 / (1 + np.exp(-C))),
    ("softplus", apply("softplus", C), lambda C, **_: np.log(1 + np.exp(C))),
    ("relu", apply("relu", C), lambda C, **_: C * (C > 0)),
    ("leaky_relu", apply("leaky_relu", C), lambda C, **_: np.where(C > 0, C, 0.01 * C)),
    ("elu", apply("elu", C), lambda C, **_: np.where(C > 0, C, np.exp(C) - 1)),
    ("gelu", apply("gelu", C), lambda C, **_: C * (1 + erf(C / 2**0.5)) / 2),
    ("silu", apply("silu", C), lambda C, **_: C / (1 + np.exp(-C))),
    ("erf", apply("erf", C), lambda C, **_: erf(C)),
    ("slope", b.slope("relu", C), lambda C, **_: (C > 0) * 1.0),
    ("slope", b.slope("leaky_relu", C), lambda C, **_: np.where(C > 0, 1, 0.01)),
    ("slope", b.slope("max", C), lambda C, **_: (C.max() == C) * 1.0),
    ("slope", b.slope("min", C), lambda C, **_: (C.min() == C) * 1.0),
    ("slope", b.slope("max", c), lambda **_: 1.0),
    *((word, phrase(text, {"C": C, "P": P, "x": x, "c": c}), formula) for word, text, formula in MORE),
]


@pytest.mark.parametrize(("word", "expression", "reference"), WORDS, ids=[str(row[1]) for row in WORDS])
def test_every_word_against_a_plain_formula(word: str, expression: Expr, reference: Reference) -> None:
    got = compute(expression)
    sizes = {"n": 4, "m": 3, "1": 1}
    assert got.shape == tuple(size.value(sizes) for size in (number(1),) * expression.row + expression.axes)
    assert got.dtype == float
    np.testing.assert_allclose(got, reference(**ARRAYS), rtol=1e-12, atol=1e-13)


def test_no_word_is_left_out() -> None:
    """`test_rows` compares the code of each word with the referee's value; what it leaves out is here."""
    left = {row.name for row in OPERATORS.values() if "coded" in dict(row.without)}
    left -= {row.name for row in FUNCTIONS_OF_MATRICES}  # in test_matrix_functions.py
    left -= {"root", "argmin"}  # code takes what they define as an input
    assert left <= {row[0] for row in WORDS}


@pytest.mark.parametrize("expression", [row[1] for row in WORDS], ids=[str(row[1]) for row in WORDS])
def test_float32_stays_float32(expression: Expr) -> None:
    """Numbers of Python follow the arrays; where there are none, float32 scalars count as arrays."""
    alone = not any(node.axes for node in names(expression))
    arrays = {
        key: value if np.ndim(value) == 0 and not alone else np.float32(value)
        for key, value in ARRAYS.items()
    }
    assert compute(expression, arrays).dtype == np.float32


CONSTANTS = [
    (div(mul(A, B), apply("sqrt", b.size(n))), lambda A, B, **_: A @ B / 2),
    (mul(power(num(2), neg(num(3))), x), lambda x, **_: x / 8),
    (mul(power(b.size(n), two(0.5)), x), lambda x, **_: 2 * x),
    (mul(apply("erf", num(1)), x), lambda x, **_: math.erf(1) * x),
    (mul(apply("gelu", num(1)), x), lambda x, **_: (1 + math.erf(0.5**0.5)) / 2 * x),
    (mul(b.slope("leaky_relu", neg(num(1))), x), lambda x, **_: 0.01 * x),
    (mul(b.slope("relu", b.size(n)), x), lambda x, **_: x),
    (mul(apply("maximum", num(1), b.size(n)), x), lambda x, **_: 4 * x),
    (div(num(1), add(b.size(n), neg(num(4)))), lambda **_: np.inf),
    (power(neg(num(8)), div(num(1), num(3))), lambda **_: np.nan),
    (num(10**40), lambda **_: 1e40),
]


@pytest.mark.parametrize(("expression", "reference"), CONSTANTS, ids=[str(row[0]) for row in CONSTANTS])
def test_numbers_are_numbers(expression: Expr, reference: Reference) -> None:
    """Arithmetic of numbers and sizes neither widens float32 nor stops where NumPy would go on."""
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(compute(expression), reference(**ARRAYS), rtol=1e-15)
        arrays = {key: np.asarray(value, dtype=np.float32) for key, value in ARRAYS.items()}
        assert compute(expression, arrays).dtype == np.float32


STABLE = [
    ("softplus", [800.0, -800.0], [800.0, 0.0]),
    ("sigmoid", [800.0, -800.0, -40.0], [1.0, 0.0, math.exp(-40)]),
    ("softmax", [1000.0, 1000.0, -1000.0], [0.5, 0.5, 0.0]),
    ("logsoftmax", [1000.0, 0.0], [0.0, -1000.0]),
    ("logsumexp", [1000.0, 1000.0], 1000 + math.log(2)),
    ("gelu", [-10.0, 50.0], [-10 * math.erfc(10 / math.sqrt(2)) / 2, 50.0]),
    ("elu", [-800.0, 800.0, -1e-20], [-1.0, 800.0, -1e-20]),
]


@pytest.mark.parametrize(("word", "at", "value"), STABLE, ids=[row[0] for row in STABLE])
def test_stable_far_out(word: str, at: list[float], value: Any) -> None:
    with np.errstate(over="raise", invalid="raise"):
        np.testing.assert_allclose(compute(apply(word, x), {"x": at}, (x,)), value, rtol=1e-14)


def test_logdet_does_not_overflow() -> None:
    assert compute(apply("logdet", A), {"A": 1e-5 * np.eye(200)}, (A,)) == pytest.approx(200 * math.log(1e-5))


def test_adjugate_where_the_inverse_does_not_exist() -> None:
    gradient = mul(apply("det", A), T(apply("inv", A)))
    assert compute(gradient, {"A": [[1, 2], [2, 4]]}, (A,)) == pytest.approx(np.array([[4, -2], [-2, 1]]))
    rank_one = np.outer([1.0, 2, 3], [1.0, 2, 3])
    assert compute(gradient, {"A": rank_one}, (A,)) == pytest.approx(np.zeros((3, 3)), abs=1e-12)


def test_first_of_several_largest_entries() -> None:
    assert compute(b.slope("max", C), {"C": [[1, 2], [2, 2]]}, (C,)).tolist() == [[0, 1], [0, 0]]
    assert compute(b.slope("min", x), {"x": [3, 1, 1]}, (x,)).tolist() == [0, 1, 0]
