"""Plain input that once crashed or was refused by our own proof: each row is one of a kind."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import gradproof as gp

# An objective, by what, the kind, declarations, and arrays by which the code is compared with differences.
RNG = np.random.default_rng(3)
ARRAYS = {
    "x": RNG.uniform(0.5, 2, 3), "y": RNG.uniform(0.5, 2, 2), "A": RNG.normal(size=(3, 2)), "n": 3,
    "B": RNG.normal(size=(3, 4)), "K": RNG.normal(size=(3, 3)), "W": RNG.normal(size=(3, 2)),
    "P": np.array([[3.0, 1, 0.5], [1, 4, 0.2], [0.5, 0.2, 2]]),
}  # fmt: skip
ROWS = [
    ("(1 + x'*x)^(1/3)", "x", ""),
    ("sum(x.^(1/3))", "x", ""),
    ("norm2(x)^(2/7)", "x", ""),
    ("sum(abs(x).^(4/3))", "x", ""),
    ("norm(x, 3)^(5/7)", "x", ""),
    ("det(P)^(-1/3)*tr(P)^(2/3)", "P", ""),
    ("sum(x.^0.5.*x.^0.5)", "x", ""),
    ("max(vcat(x, y))", "x", ""),
    ("min(vcat(x, 3*y))", "x", ""),
    ("sum(rowmax(hcat(A, B)))", "A", ""),
    ("sum(rowmin(hcat(A, B)).^2)", "A", ""),
    ("sum(rowmax(K'*K).^2)", "K", ""),
    ("max(K + K')^2", "K", ""),
    ("var(sqrtm(P))", "P", "P: n×n spd"),
    ("sum(sqrtm(P + 1).^2)", "P", "P: n×n spd"),
    ("exp(-sum_{i<j} norm2(W[i,:] - W[j,:])^2)", "W", ""),
]


def numbers(function: object, values: dict[str, object]) -> object:
    """The value of code by the names that it takes."""

    return function(
        **{name: values[name] for name in inspect.signature(function).parameters if name in values}
    )


def differences(text: str, where: str, variable: str) -> np.ndarray:
    """Central differences of the objective's own code."""
    value = gp.derive(text, variable, where=where or None, prove=False).compile(value=True)
    at = np.array(ARRAYS[variable], dtype=float)
    out = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        for sign in (1, -1):
            moved = at.copy()
            moved[place] += sign * 1e-6
            out[place] += sign * numbers(value, {**ARRAYS, variable: moved})[0] / 2e-6
    return out


@pytest.mark.parametrize(("text", "variable", "where"), ROWS)
def test_gradients(text: str, variable: str, where: str) -> None:
    d = gp.derive(text, variable, where=where or None)
    assert d.verdict.grade in ("proved", "tested")
    assert d.show("both") and d.show("index", format="latex")
    found = numbers(d.compile(), ARRAYS)
    np.testing.assert_allclose(found, differences(text, where, variable), rtol=1e-5, atol=1e-6)


SECOND = [
    ("(1 + x'*x)^(1/3)", "x", "hessian"),
    ("sum(x.^(1/3))", "x", "hessian"),
    ("exp(sum_{i<j} norm2(W[i,:] - W[j,:])^2)", "W", "hessian"),
    ("h = x'*x; (1 + (x'*x).^2)^(-3)", "x", "jacobian"),
    ("L(E[1,:]', h.(b))", "b", "hvp"),
    ("min(g(B))", "B", "hvp"),
]


@pytest.mark.parametrize(("text", "variable", "kind"), SECOND)
def test_other_kinds(text: str, variable: str, kind: str) -> None:
    d = gp.derive(text, variable, kind=kind)
    assert d.verdict.grade in ("proved", "tested")
    assert d.show("both") and d.show(format="latex") and d.to_json()


@pytest.mark.parametrize("text", ["kron(A,vec(X))", "vec(kron(A,X))", "kron(vec(X),A)", "vec(kron(X,X))"])
def test_jacobians_through_kron_and_vec(text: str) -> None:
    """Joined axes whose parts are joined themselves."""
    d = gp.derive(text, "X", where="A: m×k, X: p×q", kind="jacobian")
    assert d.verdict.grade in ("proved", "tested")
    f = d.compile(value=True)
    values = {"A": ARRAYS["A"], "X": ARRAYS["W"]}
    value, jacobian = numbers(f, values)
    change = RNG.normal(size=(3, 2))
    moved = numbers(f, {**values, "X": ARRAYS["W"] + 1e-6 * change})[0]
    np.testing.assert_allclose(np.tensordot(jacobian, change, 2), (moved - value) / 1e-6, atol=1e-4)


def test_the_value_beside_a_hessian() -> None:
    f = gp.derive("R = A*x; sum(R)", "x", kind="hessian").compile(value=True)
    value, hessian = f(A=np.eye(2), x=np.ones(2))
    assert value == 2 and not hessian.any()


def test_one_variable_asked_five_times() -> None:
    d = gp.derive("x'*x", ["x"] * 5)
    assert str(d.result) == "2*x" and d.verdict.grade == "proved"


def test_order_5() -> None:
    assert len(gp.derive("logdet(X)", "X", order=5, prove=False).result.shape) == 10


@pytest.mark.parametrize(
    ("text", "expected"), [("det(X)^0", "0"), ("rowmax(X)[1]", "e(1, n)*rowmax'(X[1,:])")]
)
def test_index_notation_and_code(text: str, expected: str) -> None:
    d = gp.derive(text, "X", where="X: n×n")
    assert d.show("index") and d.code()


def test_a_byte_order_mark_is_passed() -> None:
    assert str(gp.derive("\ufeffnorm2(A*x - b)^2", "x").result) == "2*A'*(A*x - b)"
