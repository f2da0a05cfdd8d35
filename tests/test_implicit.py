"""Names that equations define: 0 = F(x, y), y = root(F, y), y = argmin(f, y)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradproof as gp
from gradproof.elaboration.read import read
from gradproof.expressions.nodes import Expr

# program, variable, gradient, verdict
TABLE = [
    ("0 = A*y - b; L(y)", "b", "inv(A)'*G", "proved"),
    ("A*y = b; L(y)", "A", "-inv(A)'*G*y'", "proved"),
    ("A*y - b = 0; L(y)", "b", "inv(A)'*G", "proved"),
    ("y = root(A*y - b, y); L(y)", "b", "inv(A)'*G", "proved"),
    ("0 = F(x, y); L(y)", "x", "-F_x'*inv(F_y)'*G", "proved"),
    ("y = argmin(f(x, y), y); L(y)", "x", "-f_xy*inv(f_yy)*G", "proved"),
    ("0 = exp(y) + A*y - b; L(y)", "A", "-inv(diag(exp(y)) + A)'*G*y'", "proved"),
    ("0 = y.*exp(y) - x; L(y)", "x", "G./(exp(y).*(1 + y))", "proved"),
    ("0 = x^3 - 3*x*c + 1; x^2", "c", "2*x^2/(x^2 - c)", "proved"),
    ("0 = A*Y - B; L(Y)", "A", "-inv(A)'*G*Y'", "proved"),
    ("0 = A*Y*B - C; L(Y)", "B", "-Y'*G*inv(B)'", "proved"),
    ("0 = A.*Y - B; L(Y)", "B", "G./A", "tested"),
    ("0 = A*P + P*A' + Q; tr(P*C)", "Q", "-sylvester(A', A, C)'", "tested"),
    ("0 = Y*Y - X; L(Y)", "X", "sylvester(Y, Y, G')'", "tested"),
    ("0 = W*z - x; 0 = A*y - z; L(y)", "x", "inv(W)'*inv(A)'*G", "proved"),
]


@pytest.mark.parametrize(("program", "variable", "gradient", "grade"), TABLE)
def test_gradients(program: str, variable: str, gradient: str, grade: str) -> None:
    found = gp.derive(program, variable)
    assert str(found.result.expr) == gradient
    assert found.verdict.grade == grade


def solved(residual: Callable[..., Any], start: np.ndarray, **given: Any) -> np.ndarray:
    """Newton's method with differences."""
    y = np.array(start, dtype=float)
    for _ in range(50):
        gap = np.ravel(residual(y, **given))
        unit = np.eye(y.size).reshape(y.size, *y.shape) * 1e-6
        slope = [np.ravel(residual(y + h, **given) - residual(y - h, **given)) / 2e-6 for h in unit]
        y = y - np.linalg.solve(np.array(slope).T, gap).reshape(y.shape)
    return y


def sigmoid(t: Any) -> Any:
    return 1 / (1 + np.exp(-t))


NUMERIC: list[tuple[str, str, Callable[..., Any], Callable[..., Any]]] = [
    (
        "0 = y - tanh(W*y + x); norm2(y - t)^2", "W x",
        lambda y, W, x, t: y - np.tanh(W @ y + x), lambda y, W, x, t: ((y - t) ** 2).sum(),
    ),
    (
        "y = argmin(sum(softplus(A*y)) - b'*y + c*norm2(y)^2, y); norm2(y - t)^2", "A b c t",
        lambda y, A, b, c, t: A.T @ sigmoid(A @ y) - b + 2 * c * y,
        lambda y, A, b, c, t: ((y - t) ** 2).sum(),
    ),
    (
        "z = W*x; 0 = exp(y) + A*y - z; y'*z + norm2(z)^2 where y implicit", "W x A",
        lambda y, W, x, A: np.exp(y) + A @ y - W @ x, lambda y, W, x, A: y @ W @ x + (W @ x) @ (W @ x),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("program", "variables", "residual", "loss"), NUMERIC)
def test_against_differences(program: str, variables: str, residual: Any, loss: Any) -> None:
    rng = np.random.default_rng(5)
    pool: dict[str, Any] = {name: rng.normal(size=3) for name in "xtb"}
    pool |= {"W": 0.4 * rng.normal(size=(3, 3)), "A": rng.normal(size=(3, 3)), "c": np.array(0.8)}
    pool["A"] = pool["A"] @ pool["A"].T + np.eye(3)
    names = [name for name in pool if name in gp.derive(program, variables.split()).program.names]
    given = {name: pool[name] for name in names}

    def value(**arrays: Any) -> float:
        return float(loss(solved(residual, np.zeros(3), **arrays), **arrays))

    for variable in variables.split():
        made = gp.derive(program, variable).compile()(**given, y=solved(residual, np.zeros(3), **given))
        slope = np.zeros_like(given[variable])
        for place in np.ndindex(slope.shape):
            step = np.zeros_like(slope)
            step[place] = 1e-5
            ahead, behind = ({**given, variable: given[variable] + s} for s in (step, -step))
            slope[place] = (value(**ahead) - value(**behind)) / 2e-5
        np.testing.assert_allclose(made, slope, rtol=1e-5, atol=1e-7)


def test_other_kinds() -> None:
    assert str(gp.derive("0 = A*y - b; y", "b", kind="jacobian").result.expr) == "inv(A)"
    hessian = gp.derive("0 = A*y - b; norm2(y)^2", "b", kind="hessian")
    assert (str(hessian.result.expr), hessian.verdict.grade) == ("2*inv(A)'*inv(A)", "proved")
    scalar = gp.derive("0 = x^3 - 3*x*c + 1; x^2", "c", kind="hessian")
    assert scalar.verdict.grade == "proved"
    f = scalar.compile()
    c, h = 2.0, 1e-4

    def root(c: float) -> float:
        return float(solved(lambda x, c: x**3 - 3 * x * c + 1, np.array(2.0), c=c))

    expected = (root(c + h) ** 2 - 2 * root(c) ** 2 + root(c - h) ** 2) / h**2
    assert float(f(x=root(c), c=c)) == pytest.approx(expected, rel=1e-4)


def test_the_equation_is_shown_and_conditions_are_stated() -> None:
    page = gp.derive("0 = y - tanh(W*y + x); L(y)", "x").show()
    assert "0 = y − tanh(W y + x) : n-vector" in page
    assert "let J = I − diag(1 − tanh(W y + x)^⊙2) W" in page
    assert gp.derive("0 = F(x, y); L(y)", "x").conditions == ("F_y is invertible",)
    assert "root" not in gp.derive("0 = A*y - b; L(y)", "A").show("both")


def test_a_definition_parses_back() -> None:
    found = gp.derive("0 = A*y - b; L(y)", "A").result
    text = str(found)
    assert text == "y = root(A*y - b, y); -inv(A)'*G*y'"
    assert str(read(text).objective) == str(found.expr)


def test_answers_may_use_the_equation_where_it_is_linear() -> None:
    assert gp.check("0 = A*y - b; L(y)", "A", "-inv(A)'*G*(inv(A)*b)'").grade == "proved"
    assert gp.check("0 = A*y - b; L(y)", "b", "-inv(A)'*G").grade == "refuted"
    other = gp.check("0 = y - tanh(y) - x; L(y)", "x", "G./(y - x).^2")  # tanh(y) = y - x
    assert (other.grade, other.equal) == ("unknown", None)


def told(text: str, variable: str = "x") -> tuple[str, str]:
    with pytest.raises(gp.GradproofError) as caught:
        gp.derive(text, variable)
    return caught.value.code, caught.value.message


def test_what_is_not_understood_is_said() -> None:
    several = "0 = y - tanh(W*y + x); L(y) + norm2(W)^2"
    assert told(several) == ("GP311", "this equation may define y or W")
    assert gp.derive(several + " where y implicit", "x").verdict.grade == "proved"
    assert told("0 = A*x - b; sum(z)")[:1] == ("GP311",)
    assert told("y'*y = 1")[0] == "GP105"
    assert told("0 = A*y - x; L(y)", "y") == (
        "GP306",
        "y is defined by a statement; a gradient is taken by an input",
    )
    assert told("L(root(A*y - x, y))")[0] == "GP125"
    assert told("z = 2*y; 0 = A*y - x; L(y) + sum(z)")[0] == "GP309"
    assert told("0 = tr(Y)*Y - X; L(Y)", "X")[0] == "GP508"
    assert told("0 = 0*y + x; L(y)")[0] in ("GP412", "GP508")


def test_the_referee_has_its_own_rule() -> None:
    from gradproof.derivation.solving.implicit import ready
    from gradproof.operators.build import T, apply, mul, neg
    from gradproof.proof.referee import Referee
    from gradproof.proof.semantics.context import Context

    program = read("0 = A*y - b; sum(y)")
    statements = ready(program.statements)
    names = program.names
    right = gp.derive("0 = A*y - b; sum(y)", "b").result.expr
    wrong: list[Expr] = [neg(right), mul(T(names["A"]), right), apply("had", right, right)]
    referee = Referee(Context())
    assert referee.judge_gradient(statements, program.objective, names["b"], right).grade == "proved"
    for claim in wrong:
        assert referee.judge_gradient(statements, program.objective, names["b"], claim).grade == "refuted"
