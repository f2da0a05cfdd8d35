"""Set the gradient to zero and solve: normal equations, ridge, completing squares, Lagrange multipliers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradproof as gp

SHAPES: dict[str, tuple[str, ...]] = {
    "X": ("n", "k"), "w": ("k",), "y": ("n",), "c": (), "A": ("m", "k"), "b": ("m",), "S": ("k", "k"),
    "v": ("k",), "W": ("p", "k"), "T": ("n", "p"), "u": ("k",), "t": (),
}  # fmt: skip
SIZES = {"n": 6, "k": 4, "m": 2, "p": 3}

# objective, variable, properties, equation, solution
TABLE = [
    ("norm2(X*w - y)^2", "w", {}, "X'*X*w = X'*y", "inv(X'*X)*X'*y"),
    ("norm2(X*w - y)^2 + c*norm2(w)^2", "w", {}, "(X'*X + c*eye(k))*w = X'*y", "inv(X'*X + c*eye(k))*X'*y"),
    ("(w - v)'*S*(w - v)", "w", {"S": ["spd"]}, "S*w = S*v", "v"),
    ("0.5*w'*S*w - u'*w", "w", {"S": ["spd"]}, "S*w = u", "inv(S)*u"),
    ("0.5*norm2(X*W' - T)^2", "W", {}, "W*(X'*X) = T'*X", "T'*X*inv(X'*X)"),
    ("norm2(y - t*(X*w))^2", "t", {}, None, None),
    ("sum(u.*(w - v).^2)", "w", {}, "u.*w = u.*v", "v"),
    ("c*norm2(w - v)^2", "w", {}, "c*w = c*v", "v"),
]


def arrays(props: dict[str, list[str]]) -> dict[str, Any]:
    rng = np.random.default_rng(8)
    out: dict[str, Any] = {k: rng.normal(size=[SIZES[s] for s in axes]) for k, axes in SHAPES.items()}
    out["c"] = 0.7
    out["S"] = out["S"] @ out["S"].T + np.eye(4)
    return out


@pytest.mark.parametrize(("objective", "variable", "props", "equation", "solution"), TABLE)
def test_solutions(
    objective: str, variable: str, props: dict[str, list[str]], equation: str | None, solution: str | None
) -> None:
    found = gp.stationary(objective, variable, shapes=SHAPES, assume=props)
    assert found.verdict.grade == "proved"
    if equation is not None:
        assert " = ".join(map(str, found.equation)) == equation
        assert str(found.solution) == solution
    here = arrays(props)
    value = found.compile()(**{k: v for k, v in here.items() if k != variable})
    gradient = gp.derive(objective, variable, shapes=SHAPES, assume=props).compile()
    assert np.allclose(gradient(**{**here, variable: value}), 0, atol=1e-8)


@pytest.mark.parametrize(
    ("objective", "variable", "constraint", "solution"),
    [
        ("norm2(w)^2", "w", "A*w = b", "A'*inv(A*A')*b"),
        ("w'*S*w", "w", "sum(w) = 1", "rowsum(inv(S))/sum(inv(S))"),
        ("w'*S*w", "w", "u'*w = c", "c*inv(S)*u/(u'*inv(S)*u)"),
        ("norm2(X*w - y)^2", "w", "A*w = b", None),
    ],
)
def test_lagrange_multipliers(objective: str, variable: str, constraint: str, solution: str | None) -> None:
    found = gp.stationary(objective, variable, subject_to=constraint, shapes=SHAPES, assume={"S": ["spd"]})
    assert found.verdict.grade in ("proved", "tested")
    if solution is not None:
        assert str(found.solution) == solution
    here = arrays({})
    value = found.compile()(**{k: v for k, v in here.items() if k != variable})
    left = {"A*w = b": here["A"] @ value - here["b"], "sum(w) = 1": value.sum() - 1}
    assert np.allclose(left.get(constraint, here["u"] @ value - here["c"]), 0, atol=1e-8)


def test_what_is_not_linear_is_only_stated() -> None:
    found = gp.stationary("sum(exp(w)) - u'*w", "w", shapes=SHAPES)
    assert found.solution is None
    assert str(found.equation[0]) == "exp(w) - u"
    assert "not linear in w" in found.show()
    with pytest.raises(gp.MathError, match="not linear in w"):
        found.compile()


def test_nothing_to_solve_for() -> None:
    with pytest.raises(gp.MathError, match="the gradient does not depend on w"):
        gp.stationary("u'*w", "w", shapes=SHAPES)
    with pytest.raises(gp.ParseError, match="a constraint is an equation"):
        gp.stationary("norm2(w)^2", "w", subject_to="A*w", shapes=SHAPES)


# objective, variable, constraint, equation, solution: matrices, several constraints, other equations
MORE = [
    ("tr(X'*A*X) + tr(X*B*X') - 2*tr(X'*C)", "X", None, "(A + A')*X + X*(B' + B) = 2*C",
     "sylvester(A + A', B' + B, 2*C)", "tested"),
    ("c*logdet(S) + tr(inv(S)*C)", "S", None, "c*S = C", "C/c", "proved"),
    ("tr(C*X) - logdet(X)", "X", None, "C*X = eye(n)", "inv(C)", "proved"),
    ("norm2(X - Y)^2", "X", "A*X = B", None, "Y - A'*inv(A*A')*(A*Y - B)", "proved"),
    ("norm2(X)^2", "X", "X*A = B", None, "B*inv(A'*A)*A'", "proved"),
    ("norm2(X - Y)^2", "X", "tr(X) = 1", None, "Y - (tr(Y) - 1)/n*eye(n)", "proved"),
    ("x'*S*x", "x", "m'*x = c; sum(x) = 1", None, None, "tested"),
]  # fmt: skip


@pytest.mark.parametrize(("objective", "variable", "constraint", "equation", "solution", "grade"), MORE)
def test_matrices_and_several_constraints(
    objective: str, variable: str, constraint: str | None, equation: str | None, solution: str | None,
    grade: str,
) -> None:  # fmt: skip
    assume = {"S": ["spd"]} if objective == "x'*S*x" else {}
    found = gp.stationary(objective, variable, subject_to=constraint, assume=assume)
    assert found.solution is not None
    assert found.verdict.grade == grade
    if equation is not None:
        assert " = ".join(map(str, found.equation)) == equation
    if solution is not None:
        assert str(found.solution) == solution


def test_a_portfolio_of_given_return() -> None:
    rng = np.random.default_rng(4)
    root = rng.normal(size=(4, 4))
    spread, means = root @ root.T + np.eye(4), rng.normal(size=4)
    found = gp.stationary("x'*S*x", "x", subject_to="m'*x = c; sum(x) = 1", assume={"S": ["spd"]})
    x = found.compile()(S=spread, m=means, c=0.3)
    assert (means @ x, x.sum()) == (pytest.approx(0.3), pytest.approx(1.0))
    system = np.zeros((6, 6))
    system[:4, :4], system[4], system[5] = 2 * spread, [*means, 0, 0], [1, 1, 1, 1, 0, 0]
    system[:4, 4:] = system[4:, :4].T
    np.testing.assert_allclose(x, np.linalg.solve(system, [0, 0, 0, 0, 0.3, 1])[:4])


@pytest.mark.parametrize("text", [
    "norm2(X*w - y)^2 + c*norm1(w)",
    "sum(relu(X*w - y)) + norm2(w)^2",
    "norm2(X*w - y)^2 + sum(max(w, v))",
    "norm2(X*w - y)^2 + sum(huber(w))",
    "norm2(w)^2 + max(X*w)",
])  # fmt: skip
def test_what_jumps_is_not_linear(text: str) -> None:
    """The lasso has no solution in closed form: sign(w) still holds w."""
    found = gp.stationary(text, "w")
    assert found.solution is None
    assert "not linear in w" in found.show()
