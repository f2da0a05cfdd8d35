"""Variables with structure: the free gradient, the one within the structure, and the one by free entries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradproof as gp

SHAPES = {"X": ("n", "n"), "A": ("n", "n"), "x": ("n",), "P": ("m", "n"), "Y": ("m", "n")}

# objective, variable, property, structure, answer
TABLE = [
    ("tr(A*X)", "X", "symmetric", "constrained", "(A' + A)/2"),
    ("tr(A*X)", "X", "symmetric", "entries", "A' + A - diag(diag(A))"),
    ("logdet(X)", "X", "spd", "constrained", "inv(X)"),
    ("logdet(X)", "X", "spd", "entries", "2*inv(X) - diag(diag(inv(X)))"),
    ("tr(A*X)", "X", "antisymmetric", "constrained", "(A' - A)/2"),
    ("tr(A*X)", "X", "antisymmetric", "entries", "A' - A"),
    ("tr(A*X)", "X", "diagonal", "constrained", "diag(diag(A))"),
    ("tr(A*X)", "X", "lower", "constrained", "triu(A)'"),
    ("logdet(X)", "X", "upper", "constrained", None),
    ("tr(A*X)", "X", "orthogonal", "constrained", "(A' - X*A*X)/2"),
    ("sum(log(x))", "x", "stochastic", "constrained", None),
    ("Y:log(P)", "P", "stochastic", "constrained", None),
    ("x'*A*x", "x", "sphere", "constrained", "(A + A')*x - (x'*(A + A')*x)*x"),
]


@pytest.mark.parametrize(("objective", "variable", "prop", "structure", "answer"), TABLE)
def test_answers(objective: str, variable: str, prop: str, structure: str, answer: str | None) -> None:
    d = gp.derive(objective, variable, shapes=SHAPES, assume={variable: [prop]}, structure=structure)
    assert d.verdict.grade == "proved"
    if answer is not None:
        assert str(d.result) == answer


def tangent(prop: str, x: Any, rng: np.random.Generator) -> Any:
    """A direction in which a variable with a property may move."""
    d = rng.normal(size=x.shape)
    return {
        "symmetric": lambda: d + d.T,
        "spd": lambda: d + d.T,
        "antisymmetric": lambda: d - d.T,
        "diagonal": lambda: np.diag(np.diag(d)),
        "lower": lambda: np.tril(d),
        "upper": lambda: np.triu(d),
        "orthogonal": lambda: x @ (d - d.T),
        "stochastic": lambda: d - d.mean(-1, keepdims=True),
        "sphere": lambda: d - x * np.sum(x * d),
    }[prop]()


def point(prop: str, shape: tuple[int, ...], rng: np.random.Generator) -> Any:
    x = rng.normal(size=shape)
    return {
        "symmetric": lambda: x + x.T,
        "spd": lambda: x @ x.T + np.eye(len(x)),
        "antisymmetric": lambda: x - x.T,
        "diagonal": lambda: np.diag(np.diag(x)),
        "lower": lambda: np.tril(x),
        "upper": lambda: np.triu(x),
        "orthogonal": lambda: np.linalg.qr(x)[0],
        "stochastic": lambda: np.abs(x) / np.abs(x).sum(-1, keepdims=True),
        "sphere": lambda: x / np.linalg.norm(x),
    }[prop]()


@pytest.mark.parametrize(
    ("objective", "variable", "prop"), [row[:3] for row in TABLE if row[3] == "constrained"]
)
def test_a_constrained_gradient_is_a_direction_that_says_the_same(
    objective: str, variable: str, prop: str
) -> None:
    """It lies in the tangent space, and along every tangent it gives the change that the free one gives."""
    rng = np.random.default_rng(3)
    sizes = {"n": 4, "m": 3}
    arrays: dict[str, Any] = {
        name: rng.normal(size=[sizes[s] for s in shape]) for name, shape in SHAPES.items()
    }
    arrays[variable] = point(prop, arrays[variable].shape, rng)
    arguments: dict[str, Any] = {"shapes": SHAPES, "assume": {variable: [prop]}}
    free = gp.derive(objective, variable, **arguments).compile()(**arrays)
    within = gp.derive(objective, variable, structure="constrained", **arguments).compile()(**arrays)
    for _ in range(4):
        way = tangent(prop, arrays[variable], rng)
        assert np.isclose(np.sum(free * way), np.sum(within * way))
        across = rng.normal(size=way.shape)
        across -= _along(prop, arrays[variable], across)
        assert np.isclose(np.sum(within * across), 0)


def _along(prop: str, x: Any, d: Any) -> Any:
    """The part of a direction that lies in the tangent space."""
    return {
        "symmetric": lambda: (d + d.T) / 2,
        "spd": lambda: (d + d.T) / 2,
        "antisymmetric": lambda: (d - d.T) / 2,
        "diagonal": lambda: np.diag(np.diag(d)),
        "lower": lambda: np.tril(d),
        "upper": lambda: np.triu(d),
        "orthogonal": lambda: (d - x @ d.T @ x) / 2,
        "stochastic": lambda: d - d.mean(-1, keepdims=True),
        "sphere": lambda: d - x * np.sum(x * d),
    }[prop]()


def test_free_entries_of_a_symmetric_matrix() -> None:
    """Each entry on and above the diagonal is moved, with its mirror image."""
    rng = np.random.default_rng(4)
    a, x = rng.normal(size=(3, 3)), point("spd", (3, 3), rng)
    arguments: dict[str, Any] = {"shapes": SHAPES, "assume": {"X": ["spd"]}}
    d = gp.derive("tr(A*inv(X)) + logdet(X)", "X", structure="entries", **arguments)
    got = d.compile()(A=a, X=x)

    def f(at: Any) -> float:
        return float(np.trace(a @ np.linalg.inv(at)) + np.linalg.slogdet(at)[1])

    for i in range(3):
        for j in range(i, 3):
            h = np.zeros((3, 3))
            h[i, j] = h[j, i] = 1e-5
            assert np.isclose(got[i, j], (f(x + h) - f(x - h)) / 2e-5, atol=1e-6)


def test_the_note_says_what_is_shown() -> None:
    shown = gp.derive("tr(A*X)", "X", shapes=SHAPES, assume={"X": ["orthogonal"]}).show()
    assert "Along the orthogonal matrices the gradient is ½(H − X Hᵀ X)" in " ".join(shown.split())


def test_structure_needs_a_property() -> None:
    with pytest.raises(gp.MathError, match='structure "constrained": X has no declared structure'):
        gp.derive("tr(A*X)", "X", shapes=SHAPES, structure="constrained")
    with pytest.raises(gp.MathError, match="has no free entries of its own"):
        gp.derive("tr(A*X)", "X", shapes=SHAPES, assume={"X": ["orthogonal"]}, structure="entries")
