"""Words with sizes behind their arrays: what is asked, and the answer as a person would write it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import gradproof as gp
from gradproof.errors import ShapeError, UnsupportedError

# expression | variable | answer | declarations
BOOK = """
L(conv1d(x, w))           | x | conv1d_transpose(G, w, n)              | x: n, w: k
L(conv1d(x, w, 2, 1))     | w | conv1d_weight(x, G, k, 2, 1)           | x: n, w: k
L(conv1d(X, W))           | W | conv1d_weight(X, G, k)                 | X: c×n, W: o×c×k
L(conv2d(X, W))           | X | conv2d_transpose(G, W, m, n)           | X: m×n, W: k×l
L(conv2d(X, W, 2, 1))     | W | conv2d_weight(X, G, 3, 3, 2, 1)        | X: b×c×9×8, W: o×c×3×3
sum(conv1d(x, w))         | x | conv1d_transpose(ones(n + 1 - k), w, n) | x: n, w: k
y'*conv1d(conv1d(x, v), w) | v | conv1d_weight(x, conv1d_transpose(y, w, n + 1 - k), k) | v: k, x: n
L(unfold(x, 3))           | x | fold(G, n)                             | x: n
L(fold(X, n))             | X | unfold(G, 3)                           | X: n-2×3
L(sumpool1d(x, 2))        | x | bands(8, 2, 2)'*G                      | x: 8
L(gather(E, z))           | E | onehot(z, v)'*G                        | E: v×d, z: k
L(scatter(X, z, v))       | X | onehot(z, v)*G                         | X: k×d, z: k
L(flip(x))                | x | exchange(n)*G                          | x: n
L(roll(x, 2))             | x | cyclic(n, 2)'*G                        | x: n
L(cross(a, b))            | a | hat(b)*G                               |
L(cross(a, b))            | b | hat(G)*a                               |
L(ptrace(X, 1, m, n))     | X | kron(eye(m), G)                        |
L(ptrace(X, 2, m, n))     | X | kron(G, eye(n))                        |
L(vech(S))                | S | reshape(elimination(n)'*G, n, n)       | S: n×n
L(blockdiag(A, B))        | A | G[1:n,1:k]                             | A: n×k
"""
CASES = [tuple(cell.strip() for cell in line.split("|")) for line in BOOK.strip().splitlines()]


@pytest.mark.parametrize(("text", "variable", "answer", "where"), CASES)
def test_the_answer_is_the_word_for_it(text: str, variable: str, answer: str, where: str) -> None:
    d = gp.derive(text, variable, where=where or None)
    assert (str(d.result), d.verdict.grade) == (answer, "proved")


NUMBERS: list[tuple[str, str, dict[str, tuple[int, ...]]]] = [
    ("conv1d(x, w, 2, 1)", "x", {"x": (7,), "w": (3,)}),
    ("conv1d(X, W, 2, 1)", "W", {"X": (2, 3, 7), "W": (4, 3, 3)}),
    ("conv2d(X, W, 2, 1)", "X", {"X": (2, 3, 6, 7), "W": (4, 3, 3, 2)}),
    ("conv2d(X, W, 1, 1)", "W", {"X": (3, 6, 7), "W": (4, 3, 3, 2)}),
    ("conv1d_transpose(y, w, 7, 2, 1)", "y", {"y": (4,), "w": (3,)}),
    ("conv2d_weight(X, Y, 3, 2)", "X", {"X": (5, 6), "Y": (3, 5)}),
    ("fold(X, 9, 2)", "X", {"X": (4, 3)}),
    ("maxpool1d(x, 2)", "x", {"x": (8,)}),
    ("maxpool2d(X, 2)", "X", {"X": (4, 6)}),
    ("avgpool2d(X, 2)", "X", {"X": (2, 4, 6)}),
    ("sumpool1d(x, 3, 2, 1)", "x", {"x": (9,)}),
    ("cross(a, b)", "b", {"a": (3,), "b": (3,)}),
    ("ptrace(X*X, 2, 2, 3)", "X", {"X": (6, 6)}),
    ("vech(S)", "S", {"S": (4, 4)}),
    ("duplication(3)*x", "x", {"x": (6,)}),
    ("shift(x, -2)", "x", {"x": (5,)}),
    ("roll(X, 2)", "X", {"X": (5, 2)}),
    ("blockdiag(A, B)", "B", {"A": (2, 3), "B": (3, 2)}),
    ("toeplitz(c)*A", "c", {"A": (4, 2), "c": (4,)}),
    ("toeplitz(c)", "c", {"c": (1,)}),
    ("reshape(X, 6, 2)", "X", {"X": (4, 3)}),
]


@pytest.mark.parametrize(("text", "variable", "shapes"), NUMBERS)
def test_code_agrees_with_differences(text: str, variable: str, shapes: dict[str, tuple[int, ...]]) -> None:
    rng = np.random.default_rng(7)
    values = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    gradient = gp.derive(f"sum(({text}).^3)", variable, shapes=shapes).compile("numpy")(**values)
    value = gp.derive(f"t*sum(({text}).^3)", "t", shapes={**shapes, "t": ()}).compile("numpy")
    expected = np.zeros_like(values[variable])
    for at in np.ndindex(expected.shape):
        ends = []
        for step in (1e-5, -1e-5):
            moved = values[variable].copy()
            moved[at] += step
            ends.append(value(**{**values, variable: moved}))
        expected[at] = (ends[0] - ends[1]) / 2e-5
    np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-5)


def test_a_toeplitz_matrix() -> None:
    """The same on each diagonal, and symmetric; its entries are proved one by one."""
    value = gp.derive("t*sum(M.*toeplitz(c))", "M", shapes={"t": (), "c": (4,), "M": (4, 4)}).compile("numpy")
    c = np.array([2.0, 3, 5, 7])
    expected = np.array([[2, 3, 5, 7], [3, 2, 3, 5], [5, 3, 2, 3], [7, 5, 3, 2.0]])
    np.testing.assert_array_equal(value(t=1.0, c=c), expected)
    assert gp.derive("sum(M.*toeplitz(c))", "c", where="c: n, M: n×n").verdict.grade == "proved"


def test_places_are_counted_from_one() -> None:
    rows = np.arange(8.0).reshape(4, 2)
    d = gp.derive("sum(gather(E, z).^2)", "E", shapes={"E": (4, 2), "z": (3,)})
    expected = np.zeros((4, 2))
    for place in (1, 3, 3):
        expected[place - 1] += 2 * rows[place - 1]
    np.testing.assert_allclose(d.compile("numpy")(E=rows, z=np.array([1.0, 3, 3])), expected)


def test_second_derivatives_and_jacobians() -> None:
    hessian = gp.derive("sum(conv1d(x, w).^3)", "w", kind="hessian", where="x: n, w: k")
    assert str(hessian.result) == "6*unfold(x, k)'*diag(conv1d(x, w))*unfold(x, k)"
    jacobian = gp.derive("conv1d(x, w)", "w", kind="jacobian", where="x: n, w: k")
    assert (str(jacobian.result), jacobian.verdict.grade) == ("unfold(x, k)", "proved")


FAULTS = [
    ("L(conv1d(x, w))", "x: 3, w: 5", "a window of 5 does not fit in 3 places"),
    ("L(conv1d(X, W))", "X: 3×9, W: 2×4×3", "conv1d needs channels and samples that agree: 3 and 4"),
    ("L(conv1d(x, w, 0))", "x: n", "a stride is at least 1, and a padding is not negative"),
    ("L(maxpool1d(x, 3, 2, 1))", "x: n", "maxpool1d is written maxpool1d(x, k, stride)"),
    ("L(cross(a, b))", "a: 4, b: 4", "hat and cross take vectors of 3 entries, not a 4-vector"),
]


@pytest.mark.parametrize(("text", "where", "message"), FAULTS)
def test_what_does_not_fit_is_said(text: str, where: str, message: str) -> None:
    with pytest.raises(ShapeError) as caught:
        gp.derive(text, text[9] if "conv" in text else "x", where=where)
    assert (caught.value.code, caught.value.message) == ("GP215", message)


def test_places_have_no_derivative() -> None:
    with pytest.raises(UnsupportedError):
        gp.derive("L(gather(E, z))", "z", where="E: n×k, z: m")


def test_a_common_factor_is_taken_out_as_often_as_it_is_common() -> None:
    d = gp.derive("norm2(triu(hcat(B, B.*B)))^2", "B", where="B: n×k")
    mask = "triu(ones(n, 2*k))"
    assert str(d.result) == f"B.*(2*{mask}[:,1:k] + 4*(B.^2 .* {mask}[:,k + 1:2*k]))"


def test_the_document_says_what_is_derived() -> None:
    text = (Path(__file__).parent.parent / "docs" / "tensors.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(.+?)` \| `(\w+)` \| `(.+?)` \| `(.+?)` \|$", text, re.M)
    assert len(rows) == 9
    for expression, variable, answer, where in rows:
        d = gp.derive(expression, variable, where=where)
        assert (str(d.result), d.verdict.grade) == (answer, "proved"), expression


@pytest.mark.parametrize(
    ("text", "where", "form"),
    [
        ("A*X'*B", "X: m×n, A: p×n", "(Bᵀ ⊗ A) K_m,n"),
        ("X'", "X: m×n", "K_m,n"),
        ("X'*X", "X: m×n", "(Xᵀ ⊗ I) K_m,n + I ⊗ Xᵀ"),
    ],
)
def test_stacked_columns_of_a_transpose(text: str, where: str, form: str) -> None:
    d = gp.derive(text, "X", kind="jacobian", where=where)
    assert f"∂vec(Y)/∂vec(X)ᵀ = {form}\n" in d.show()
    assert d.verdict.grade == "proved"
