"""What is used at kinks, and that JAX returns what the table says of it."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

import gradproof as gp
from gradproof.operators.kinks import KINKS, elsewhere, kink_convention

# word | what it is to JAX | where | its slope there
MEASURED = [
    ("relu", "jax.nn.relu(x)", 0.0, 0.0),
    ("leaky_relu", "jax.nn.leaky_relu(x)", 0.0, 1.0),
    ("selu", "jax.nn.selu(x)", 0.0, 1.7580993408473766),
    ("abs", "jnp.abs(x)", 0.0, 1.0),
    ("step", "jnp.heaviside(x, 0.5)", 0.0, 0.0),
    ("hardtanh", "jax.nn.hard_tanh(x)", 1.0, 1.0),
    ("hardtanh", "jax.nn.hard_tanh(x)", -1.0, 1.0),
    ("relu6", "jax.nn.relu6(x)", 0.0, 0.0),
    ("relu6", "jax.nn.relu6(x)", 6.0, 0.0),
    ("clip", "jnp.clip(x, -1, 1)", 1.0, 0.5),
    ("norm1", "jnp.linalg.norm(jnp.stack([x, 2.0]), 1)", 0.0, 1.0),
    ("maximum", "jnp.maximum(x, 0)", 0.0, 0.5),
    ("minimum", "jnp.minimum(x, 0)", 0.0, 0.5),
    ("max", "jnp.max(jnp.stack([x, 1.0, 0.0]))", 1.0, 0.5),
    ("min", "jnp.min(jnp.stack([x, 1.0, 2.0]))", 1.0, 0.5),
]
SHARES = {"half of each": 0.5, "equal shares": 0.5}


@pytest.mark.parametrize(("word", "code", "at", "slope"), MEASURED)
def test_what_jax_returns(word: str, code: str, at: float, slope: float) -> None:
    jax = pytest.importorskip("jax")
    function = eval(f"lambda x: {code}", {"jax": jax, "jnp": jax.numpy})
    assert float(jax.grad(function)(at)) == pytest.approx(slope)
    said_of_it = SHARES.get(KINKS[word].jax) or float(KINKS[word].jax)
    assert said_of_it == pytest.approx(slope, rel=1e-4)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("relu(x)", 0.0), ("leaky_relu(x)", 0.0), ("selu(x)", 0.0), ("abs(x)", 0.0), ("hardtanh(x)", 1.0),
        ("hardtanh(x)", -1.0), ("relu6(x)", 0.0), ("relu6(x)", 6.0), ("clip(x, -1, 1)", 1.0),
        ("clip(x, -1, 1)", -1.0), ("hinge(x)", 1.0), ("norm1(x)", 0.0), ("max(x, 1)", 1.0),
        ("min(2, x)", 2.0),
    ],
)  # fmt: skip
def test_what_is_used_here(text: str, at: float) -> None:
    """The code returns what the conditions say."""
    d = gp.derive(text, "x", shapes={"x": ()})
    word = {"max": "maximum", "min": "minimum"}.get(text[:3], text[: text.index("(")])
    assert kink_convention(word) in d.conditions
    assert float(d.compile("numpy")(x=at)) == pytest.approx(
        SHARES.get(KINKS[word].used) or float(KINKS[word].used), rel=1e-4
    )


def test_conditions_name_the_others() -> None:
    d = gp.derive("sum(abs(x))", "x")
    assert d.conditions == (
        "x ≠ 0 in every entry",
        "abs has no derivative at 0; 0 is used there",
        "at the kinks of abs, 0 is used by PyTorch, 1 by JAX",
    )
    assert elsewhere("relu") == "at the kinks of relu, 0 is used by PyTorch and JAX"
    assert elsewhere("tanh") == ""


def test_the_largest_entry_is_the_first() -> None:
    d = gp.derive("max(x)", "x")
    assert np.array_equal(d.compile("numpy")(x=np.array([1.0, 3.0, 3.0])), [0, 1, 0])
    assert math.isclose(d.compile("numpy", value=True)(x=np.array([1.0, 3.0, 3.0]))[0], 3)


# An objective, and its gradient by x at -1.3, 0.4, 2: where both are equal on the whole of a half-line, each
# counts half, and the sum is the derivative.
TIES = [
    ("max(x, abs(x))", [-1, 1, 1]),
    ("max(x, relu(x))", [0, 1, 1]),
    ("min(x, elu(x))", [1, 1, 1]),
    ("max(max(x, y), x)", [0, 0, 1]),
    ("min(relu(x), max(x, 0))", [0, 1, 1]),
    ("max(abs(x), -x).*x", [2.6, 0.8, 4]),
    ("clip(x + relu(x), x, 9)", [1, 2, 2]),
    ("abs(x - abs(x))", [-2, 0, 0]),
]


@pytest.mark.parametrize(("text", "slopes"), TIES)
def test_ties_on_half_lines(text: str, slopes: list[float]) -> None:
    d = gp.derive(f"sum({text})", "x", where="x: n, y: n") if "clip" not in text else None
    at, y = np.array([-1.3, 0.4, 2]), np.array([0.0, 0.9, 1])
    if d is None:  # its bounds are scalars
        one = gp.derive(text, "x", where="x: scalar").compile("numpy")
        found = [float(one(x=value)) for value in at]
    else:
        values = {"x": at, "y": y} if "y" in text else {"x": at}
        found = d.compile("numpy")(**values)
    assert np.allclose(found, slopes)


def test_a_tie_takes_half_of_each() -> None:
    jax = pytest.importorskip("jax")
    x, y = np.array([1.0, 2, 3]), np.array([1.0, 2, 5])
    for text, code in (("max(x, y)", jax.numpy.maximum), ("min(x, y)", jax.numpy.minimum)):
        f = gp.derive(f"sum({text}.^2)", "x", where="x: n, y: n").compile("numpy")
        expected = jax.grad(lambda x, code=code: (code(x, y) ** 2).sum())(x)
        assert np.allclose(f(x=x, y=y), expected)


@pytest.mark.parametrize(("text", "conditions"), [
    ("sum(max(x, abs(x)))", ["x ≠ 0 in every entry"]),  # not x ≠ |x|, which is false at half of all points
    ("sum(abs(relu(x)))", ["x ≠ 0 in every entry"]),
    ("sum(max(x, y))", ["x ≠ y in every entry"]),
    ("max(relu(x))", ["x ≠ 0 in every entry"]),
    ("sum(min(x, 0))", ["x ≠ 0 in every entry"]),
])  # fmt: skip
def test_no_condition_is_false_at_many_points(text: str, conditions: list[str]) -> None:
    d = gp.derive(text, "x", where="x: n, y: n")
    assert [one for one in d.conditions if "≠" in one or "is unique" in one] == conditions


@pytest.mark.parametrize(("text", "where", "message"), [
    ("tr(A*inv(K))", "K: 3×3 antisymmetric, A: 3×3", "an antisymmetric matrix of odd size"),
    ("sum(log(-exp(K)))", "K: n×n", "-exp(K) > 0 holds nowhere"),
])  # fmt: skip
def test_what_holds_nowhere_is_refused(text: str, where: str, message: str) -> None:
    with pytest.raises(gp.GradproofError, match=re.escape(message)) as caught:
        gp.derive(text, "K", where=where)
    assert caught.value.code == "GP413"


@pytest.mark.parametrize("text", ["sum(huber(x))", "sum(huber(x, c))"])
def test_the_second_derivative_of_huber_at_0(text: str) -> None:
    d = gp.derive(text, "x", kind="hessian", where="x: n, c: scalar")
    values = {"x": np.array([0.0, 2, -0.5]), **({"c": 1.0} if "c" in text else {})}
    assert np.array_equal(d.compile("numpy")(**values), np.diag([1.0, 0, 1]))
    assert not any(one.startswith("x ≠ 0") for one in d.conditions)
