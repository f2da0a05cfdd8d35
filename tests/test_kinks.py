"""What is used at kinks, and that JAX returns what the table says of it."""

from __future__ import annotations

import math

import numpy as np
import pytest

import gradproof as gp
from gradproof.operators.kinks import KINKS, elsewhere, said

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
SHARES = {"1/2 each": 0.5, "equal shares": 0.5}


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
        ("clip(x, -1, 1)", -1.0), ("hinge(x)", 1.0), ("norm1(x)", 0.0), ("max(x, 0)", 0.0),
    ],
)  # fmt: skip
def test_what_is_used_here(text: str, at: float) -> None:
    """The code returns what the conditions say."""
    d = gp.derive(text, "x", shapes={"x": ()})
    word = "maximum" if text.startswith("max") else text[: text.index("(")]
    assert said(word) in d.conditions
    assert float(d.compile("numpy")(x=at)) == pytest.approx(float(KINKS[word].used), rel=1e-4)


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
