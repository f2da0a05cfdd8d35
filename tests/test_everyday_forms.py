"""Forms and words that people use every day, and what used to go wrong with them."""

from __future__ import annotations

import numpy as np
import pytest

import gradproof as gp


def test_numbers_without_a_zero_in_front() -> None:
    assert str(gp.derive(".5*x'*x + 2*.25*sum(x.^2)", "x").result) == "2*x"
    with pytest.raises(gp.ParseError):
        gp.derive("x.5", "x")


@pytest.mark.parametrize(
    ("text", "shapes", "fix"),
    [
        ("sum(A@B)", {"A": ("b", "n", "k"), "B": ("b", "k", "m")}, 'sum(einsum("bij,bjk->bik", A, B))'),
        ("sum(A*x)", {"A": ("b", "n", "k"), "x": ("k",)}, 'sum(einsum("bij,j->bi", A, x))'),
        ("sum(A*X)", {"A": ("b", "n", "k"), "X": ("k", "m")}, 'sum(einsum("bij,jk->bik", A, X))'),
    ],
)
def test_products_of_batches(text: str, shapes: dict[str, tuple[str, ...]], fix: str) -> None:
    with pytest.raises(gp.ShapeError) as error:
        gp.derive(text, "A", shapes=shapes)
    assert error.value.fixes[0] == fix
    assert gp.derive(fix, "A", shapes=shapes).verdict.grade == "proved"


def test_parts_that_are_not_there() -> None:
    """NumPy would take what there is of X[0:7], without a word."""
    f = gp.derive("norm2(X[1:7,:])^2", "X").compile()
    assert f(X=np.ones((8, 2))).sum() == 28
    with pytest.raises(gp.ShapeError, match=r"X\[1:7,:\] is not there: n - 7 is negative"):
        f(X=np.ones((5, 2)))


# What is not chosen does not count, though it were infinite or no number.
@pytest.mark.parametrize(
    ("text", "x", "value", "gradient"),
    [
        ("sum(where(x > 0, log(x), 0))", [-1.0, 1.0], 0.0, [0.0, 1.0]),
        ("sum(where(x > 0, sqrt(x), x))", [-1.0, 4.0], 1.0, [1.0, 0.25]),
        ("sum(where(x > 1, x.^2, exp(1000*x)))", [2.0, 0.0], 5.0, [4.0, 1000.0]),
        ("sum(where(x > 0, 1 ./ x, 0))", [0.0, 2.0], 0.5, [0.0, -0.25]),
    ],
)
def test_what_is_not_chosen(text: str, x: list[float], value: float, gradient: list[float]) -> None:
    with np.errstate(all="ignore"):
        got, slope = gp.derive(text, "x").compile(value=True)(x=np.array(x))
    assert (float(got), slope.tolist()) == (value, gradient)


@pytest.mark.parametrize("axis", [1, 2, 3])
@pytest.mark.parametrize("word", ["logsumexp", "softmax", "logsoftmax"])
def test_along_an_axis_of_a_tensor_nothing_overflows(word: str, axis: int) -> None:
    d = gp.derive(f"sum({word}(T, {axis}).^2)", "T", shapes={"T": ("b", "n", "k")})
    assert d.verdict.grade == "proved"
    T = np.random.default_rng(2).normal(size=(2, 3, 4))
    f = d.compile(value=True)
    value, gradient = f(T=T + 1000)
    assert np.isfinite(value) and np.isfinite(gradient).all()
    way = np.random.default_rng(3).normal(size=T.shape)
    up, down = (f(T=T + h * way)[0] for h in (1e-5, -1e-5))
    np.testing.assert_allclose(np.sum(f(T=T)[1] * way), (up - down) / 2e-5, rtol=1e-6)


@pytest.mark.parametrize("sizes", [("n", 6), ("n", "k")])
def test_group_normalisation(sizes: tuple[str, object]) -> None:
    d = gp.derive("tr(C'*groupnorm(X, 2))", "X", shapes={"X": sizes, "C": sizes})
    assert d.verdict.grade == "proved"
    rng = np.random.default_rng(4)
    at = {"X": rng.normal(size=(3, 6)), "C": rng.normal(size=(3, 6))}
    Z = at["X"].reshape(3, 2, 3)
    Z = (Z - Z.mean(2, keepdims=True)) / Z.std(2, keepdims=True)
    f, way = d.compile(value=True), rng.normal(size=(3, 6))
    np.testing.assert_allclose(f(**at)[0], np.sum(at["C"] * Z.reshape(3, 6)))
    up, down = (f(**{**at, "X": at["X"] + h * way})[0] for h in (1e-5, -1e-5))
    np.testing.assert_allclose(np.sum(f(**at)[1] * way), (up - down) / 2e-5, rtol=1e-6)


def test_groups_are_equal() -> None:
    with pytest.raises(gp.ShapeError, match="7 columns cannot be put in 2 equal groups"):
        gp.derive("sum(groupnorm(X, 2))", "X", shapes={"X": ("n", 7)})


def test_reasons_are_set_like_formulas() -> None:
    page = gp.derive("L(inv(X))", "X").show()
    assert "d X⁻¹ = −X⁻¹ dX X⁻¹" in page and "inv(" not in page
    assert "d inv(X) = -inv(X)*dX*inv(X)" in gp.derive("L(inv(X))", "X").show(format="ascii")


def test_the_order_of_factors_is_no_disagreement() -> None:
    """Where a part of the question has no value anywhere, both derivations are still compared."""
    d = gp.derive("tr(silu(sin(Y))'*where(X > 0, layernorm(ones(n, k)), X))", "Y",
                  shapes={"X": ("n", "k"), "Y": ("n", "k")})  # fmt: skip
    assert "cos(Y)" in d.show("both")
