"""Jacobians, Hessians, differentials and products with them: a table a reader can learn from.

Each answer is also compared with differences of the objective's own code.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradproof as gp
from judge import difference

# objective, variable, kind, answer
TABLE = [
    # a vector by a vector: a matrix, a row for each entry of the objective
    ("A*x", "x", "jacobian", "A"),
    ("x.^2", "x", "jacobian", "2*diag(x)"),
    ("A*exp(x)", "x", "jacobian", "A*diag(exp(x))"),
    ("softmax(x)", "x", "jacobian", "diag(softmax(x)) - softmax(x)*softmax(x)'"),
    ("x/norm2(x)", "x", "jacobian", "(eye(n) - x*x'/norm2(x)^2)/norm2(x)"),
    ("A*tanh(B*x)", "x", "jacobian", "A*diag(1 - tanh(B*x).^2)*B"),
    ("(x'*x)*x", "x", "jacobian", "2*x*x' + (x'*x)*eye(n)"),
    ("x'*A", "x", "jacobian", "A'"),
    # an array by a scalar: the array's shape
    ("inv(A + c*B)", "c", "jacobian", "-inv(A + c*B)*B*inv(A + c*B)"),
    ("c^2*x", "c", "jacobian", "2*c*x"),
    # a scalar: the gradient
    ("x'*A*x", "x", "jacobian", "(A + A')*x"),
    # a matrix by a matrix: by entries
    ("A*X*B", "X", "jacobian", 'einsum("ik,lj->ijkl", A, B)'),
    ("X'", "X", "jacobian", 'einsum("jk,il->ijkl", eye(n), eye(k))'),
    ("inv(A)", "A", "jacobian", '-einsum("ik,lj->ijkl", inv(A), inv(A))'),
    ("A^2", "A", "jacobian", 'einsum("lj,ik->ijkl", A, eye(n)) + einsum("ik,jl->ijkl", A, eye(n))'),
    ("tanh(X)", "X", "jacobian", 'einsum("ij,ik,jl->ijkl", 1 - tanh(X).^2, eye(n), eye(k))'),
    ("vec(A*X*B)", "X", "jacobian", "reshape(kron(B', A), k*n, n, k)"),
    ("diag(x)", "x", "jacobian", 'einsum("ij,ik->ijk", eye(n), eye(n))'),
    # second derivatives
    ("0.5*norm2(A*x - b)^2", "x", "hessian", "A'*A"),
    ("x'*A*x", "x", "hessian", "A + A'"),
    ("log(sum(exp(x)))", "x", "hessian", "diag(softmax(x)) - softmax(x)*softmax(x)'"),
    ("sum(log(1 + exp(A*x)))", "x", "hessian", None),
    ("c^3*x'*x", "c", "hessian", "6*c*x'*x"),
    ("0.5*norm2(X*B' - Y)^2", "B", "hessian", 'einsum("lj,ik->ijkl", X\'*X, eye(k))'),
    ("logdet(A)", "A", "hessian", '-einsum("jk,li->ijkl", inv(A), inv(A))'),
    ("sum(X.^4)", "X", "hessian", '12*einsum("ij,ik,jl->ijkl", X.^2, eye(n), eye(k))'),
    ("b'*x", "x", "hessian", "zeros(n, n)"),
    # along a direction, and back
    ("A*X*B", "X", "differential", "A*dX*B"),
    ("inv(A)", "A", "jvp", "-inv(A)*dA*inv(A)"),
    ("x'*A*x", "x", "jvp", "dx'*A*x + x'*A*dx"),
    ("A*X*B", "X", "vjp", "A'*G*B'"),
    ("tanh(A*x)", "x", "vjp", "A'*(G.*(1 - tanh(A*x).^2))"),
    ("0.5*norm2(A*x - b)^2", "x", "hvp", "A'*A*dx"),
]
SHAPES: dict[str, tuple[str, ...]] = {
    "A": ("n", "n"), "B": ("k", "k"), "X": ("n", "k"), "Y": ("n", "k"), "x": ("n",), "b": ("n",), "c": (),
}  # fmt: skip
SIZES = {"n": 3, "k": 4}
SQUARE = {"B": ("n", "n")}  # where the product needs it


def shapes_for(objective: str) -> dict[str, tuple[str, ...]]:
    square = "B*x" in objective or "c*B" in objective
    return {**SHAPES, **(SQUARE if square else {})}


def arguments(shapes: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    rng = np.random.default_rng(5)
    drawn = {name: rng.normal(size=[SIZES[s] for s in sizes]) for name, sizes in shapes.items()}
    return {**drawn, "A": drawn["A"] + 3 * np.eye(3)}


@pytest.mark.parametrize(("objective", "variable", "kind", "answer"), TABLE, ids=lambda v: str(v)[:40])
def test_answers(objective: str, variable: str, kind: str, answer: str | None) -> None:
    shapes = shapes_for(objective)
    d = gp.derive(objective, variable, kind=kind, shapes=shapes)
    assert d.verdict.grade == "proved", d.verdict
    if answer is not None:
        assert str(d.result) == answer
    assert d.show("frobenius").strip() and d.show("index").strip() and d.show(format="latex").strip()
    here = arguments(shapes)
    x = np.asarray(here[variable])
    way = np.random.default_rng(6).normal(size=x.shape)

    def value(at: Any) -> Any:
        return gp.derive(objective, variable, kind="jacobian", shapes=shapes, prove=False).compile(
            value=True
        )(**{**here, variable: at})[0]

    def gradient(at: Any) -> Any:
        return gp.derive(objective, variable, shapes=shapes, prove=False).compile()(**{**here, variable: at})

    f = d.compile()
    if kind == "jacobian":
        got, want = f(**here), np.squeeze(difference(value, x))
    elif kind == "hessian":
        got, want = f(**here), difference(gradient, x)
    elif kind == "vjp":
        cotangent = np.random.default_rng(7).normal(size=np.shape(value(x)))
        got = f(**here, G=cotangent)
        want = np.tensordot(cotangent, difference(value, x), cotangent.ndim)
    else:
        got = f(**here, **{f"d{variable}": way})
        whole = difference(gradient if kind == "hvp" else value, x)
        want = np.tensordot(whole, way, way.ndim)
    assert np.shape(got) == np.shape(want)
    assert np.allclose(got, want, atol=1e-6)


@pytest.mark.parametrize(
    ("objective", "variable", "layout", "answer"),
    [
        ("A*x", "x", "numerator", "A"),
        ("A*x", "x", "mixed", "A"),
        ("A*x", "x", "denominator", "A'"),
        ("A*tanh(x)", "x", "denominator", "diag(1 - tanh(x).^2)*A'"),
        ("A*X*B", "X", "denominator", 'einsum("ki,jl->ijkl", A, B)'),
    ],
)
def test_a_jacobian_in_another_layout(objective: str, variable: str, layout: str, answer: str) -> None:
    d = gp.derive(objective, variable, kind="jacobian", layout=layout, shapes=SHAPES)
    assert str(d.result) == answer


@pytest.mark.parametrize(
    ("objective", "variable", "layout", "answer", "shape"),
    [
        ("norm2(A*x)^2", "x", "gradient", "2*A'*A*x", ("n",)),
        ("norm2(A*x)^2", "x", "denominator", "2*A'*A*x", ("n",)),
        ("norm2(A*x)^2", "x", "mixed", "2*A'*A*x", ("n",)),
        ("norm2(A*x)^2", "x", "numerator", "2*x'*A'*A", (1, "n")),
        ("tr(A*X*B*Y')", "X", "numerator", "B*Y'*A", ("k", "n")),
    ],
)
def test_a_gradient_in_another_layout(
    objective: str, variable: str, layout: str, answer: str, shape: tuple[int | str, ...]
) -> None:
    d = gp.derive(objective, variable, layout=layout, shapes=SHAPES)
    assert str(d.result) == answer
    assert d.result.shape == shape
    assert d.layout == layout


def test_mixed_second_derivatives() -> None:
    d = gp.derive("x'*A*b", ["x", "b"], kind="hessian", shapes=SHAPES)
    assert str(d["x", "b"].result) == "A"
    assert str(d["b", "x"].result) == "A'"
    assert str(d["x"].result) == "zeros(n, n)"
    assert d["x", "b"].verdict.grade == "proved"


def test_derivatives_through_statements() -> None:
    text = "Z = tanh(A*x); A*Z"
    d = gp.derive(text, "x", kind="jacobian", shapes=SHAPES)
    assert str(d.result) == "Z = tanh(A*x); A*diag(1 - Z.^2)*A"
    assert d.verdict.grade == "proved"


def test_three_forms_of_one_derivative() -> None:
    shown = gp.derive("A*X*B", "X", kind="jacobian").show()
    assert "dY = A dX B" in shown
    assert "∂Y_ij/∂X_pq = A_ip B_qj" in shown
    assert "∂vec(Y)/∂vec(X)ᵀ = Bᵀ ⊗ A" in shown


def test_what_does_not_depend_on_the_variable() -> None:
    d = gp.derive("A*b", "x", kind="jacobian", shapes=SHAPES)
    assert str(d.result) == "zeros(n, n)"
    assert d.verdict.grade == "proved"


def test_a_layout_that_is_none() -> None:
    with pytest.raises(gp.ParseError, match='no layout "upright": gradient, numerator, denominator, mixed'):
        gp.derive("x'*x", "x", layout="upright")
    with pytest.raises(gp.UnsupportedError, match="a hessian has one layout"):
        gp.derive("x'*x", "x", kind="hessian", layout="denominator")


def test_a_scalar_inside_a_product_keeps_its_parentheses() -> None:
    d = gp.derive("diag(x.*x)*((x'*x)*(Y*B))", "x", kind="jacobian", shapes=SHAPES)
    assert d.verdict.grade == "proved"
