"""Functions against proved gradients, hints that keep the answer, and practice."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradproof as gp
from gradproof.faces.cli.main import main
from gradproof.faces.teaching.practice import TOPICS
from gradproof.testing import assert_gradient

LEAST_SQUARES = "norm2(A*x - b)^2"


@pytest.mark.parametrize(
    ("expr", "var", "function", "mistake"),
    [
        (LEAST_SQUARES, "x", lambda A, x, b: A.T @ (A @ x - b), "factor 1/2"),
        (LEAST_SQUARES, "x", lambda A, x, b: -2 * A.T @ (A @ x - b), "sign"),
        (LEAST_SQUARES, "x", lambda A, x, b: 2 * A.T @ A @ x, "term missing: -2*A'*b"),
        (
            "mean((A*x - b).^2)", "x", lambda A, x, b: 2 * A.T @ (A @ x - b),
            "a sum over n, where the gradient has a mean",
        ),
        ("logdet(X)", "X", lambda X: np.linalg.inv(X), "transposed (the layout of a numerator)"),
        ("L(X*W')", "W", lambda X, W, G: X.T @ G, "transposed (the layout of a numerator)"),
        ("norm2(A*x)^2 + x'*x", "x", lambda A, x: 2 * A.T @ A @ x - 2 * x, "sign of the term 2*x"),
        ("x'*x", "x", lambda x: 0 * x, "0, where the gradient is not"),
        ("x'*x", "x", lambda x: np.append(x, 0), "shape (3,), where the gradient has (2,)"),
        ("x'*x", "x", lambda x: 2 * x + np.eye(len(x))[0], "3 of 10 entries differ"),
    ],
)  # fmt: skip
def test_mistakes_are_named(expr: str, var: str, function: Callable[..., Any], mistake: str) -> None:
    report = gp.check_function(expr, var, function, seeds=3)
    assert (bool(report), report.diagnosis) == (False, mistake)
    assert mistake in str(report)


def test_right_functions_agree() -> None:
    assert gp.check_function(LEAST_SQUARES, "x", lambda A, x, b: 2 * A.T @ (A @ x - b))
    assert gp.check_function(LEAST_SQUARES, "x", lambda p, q, r: 2 * p.T @ (p @ q - r))  # by order
    assert gp.check_function("sum(log(x))", "x", lambda x: 1 / x)
    assert gp.check_function("x'*S*x", "x", lambda x, S: 2 * S @ x, assume={"S": ["symmetric"]})


def test_anything_that_becomes_an_array() -> None:
    """Tensors are detached and brought to the processor; nothing is imported for that."""

    class Tensor:
        def __init__(self, value: Any) -> None:
            self.value = value

        def detach(self) -> Tensor:
            return self

        def cpu(self) -> Any:
            return self.value

    assert gp.check_function("x'*x", "x", lambda x: Tensor(2 * x))


def test_assert_gradient_of_a_text() -> None:
    assert_gradient(LEAST_SQUARES, wrt="x", claim="2*A'*(A*x - b)")
    with pytest.raises(AssertionError, match="refuted"):
        assert_gradient(LEAST_SQUARES, wrt="x", claim="A'*(A*x - b)")


def test_assert_gradient_of_a_function() -> None:
    assert_gradient(LEAST_SQUARES, wrt="x", claim=lambda A, x, b: 2 * A.T @ (A @ x - b))
    with pytest.raises(AssertionError, match="mistake: factor 1/2"):
        assert_gradient(LEAST_SQUARES, wrt="x", claim=lambda A, x, b: A.T @ (A @ x - b))


def test_assert_gradient_without_a_formula() -> None:
    def loss(X: Any, w: Any) -> Any:
        return np.sum(np.tanh(X @ w))

    shapes = {"X": (5, 3), "w": (3,)}
    assert_gradient(loss, "w", lambda X, w: X.T @ (1 - np.tanh(X @ w) ** 2), shapes=shapes)
    with pytest.raises(AssertionError, match="mistake: factor 2"):
        assert_gradient(loss, "w", lambda X, w: 2 * X.T @ (1 - np.tanh(X @ w) ** 2), shapes=shapes)


def test_what_is_no_array_is_said() -> None:
    def of(function: Callable[..., Any]) -> str:
        return gp.check_function("x'*x", "x", function).diagnosis

    assert of(lambda x: None) == "the function returned nothing"
    assert of(lambda x: (x, x)) == "the function returned a tuple of 2, and not one array"
    assert of(lambda x: {"x": 2 * x}) == "the function returned a dict of 1, and not one array"
    assert of(lambda x: 2j * x) == "the function returned complex numbers"
    assert of(lambda x: 2 * x[:, None]) == "shape (2, 1), where the gradient has (2,); the numbers are right"
    with pytest.raises(gp.NameProblem, match="g: a function that is not known has no numbers"):
        gp.check_function("norm2(g(x) - y)^2", "x", lambda x, y: x)


def test_short_floats_may_be_rounded() -> None:
    exact = gp.check_function("sum(exp(x))", "x", lambda x: np.exp(x.astype("float32")))
    assert exact.equal
    wrong = gp.check_function("sum(exp(x))", "x", lambda x: 1.01 * np.exp(x.astype("float32")))
    assert wrong.diagnosis == "factor 1.01"


def test_other_kinds_and_other_arrays() -> None:
    def slopes(A: Any, x: Any) -> Any:
        return (1 - np.tanh(A @ x) ** 2)[:, None] * A

    assert gp.check_function("tanh(A*x)", "x", slopes, kind="jacobian", arrays=np.asfortranarray)
    assert not gp.check_function("tanh(A*x)", "x", lambda A, x: 2 * slopes(A, x), kind="jacobian")
    assert_gradient("tanh(A*x)", "x", "diag(1 - tanh(A*x).^2)*A", kind="jacobian")


# ---- hints


def test_hints_lead_to_the_answer() -> None:
    found = gp.hints("L(X*W')", "W")
    assert [hint.rule for hint in found] == [
        "differential", "def-gradient", "d-product", "frob-left", "frob-transpose", "read-off", "answer",
    ]  # fmt: skip
    assert found[0].text == "Write the differential of L(X*W'). Only W varies; X: what is their differential?"
    assert found[-1].text == "∂(L(X*W'))/∂W = G'*X"


def test_hints_keep_the_case_of_formulas() -> None:
    said = [hint.text for hint in gp.hints(LEAST_SQUARES, "x")]
    assert said[1].startswith("d ‖X‖² = 2 X:dX (rule d-norm-squared).")
    assert said[2].startswith("b and A are constant") or said[2].startswith("A and b are constant")
    assert said[3].startswith("A left factor crosses")
    assert said[4].startswith("r written out")


@pytest.mark.parametrize("topic", TOPICS)
def test_no_hint_but_the_last_shows_the_answer(topic: str) -> None:
    for level in (1, 3, 5):
        problem = gp.practice(topic, level, seed=level)
        answer = f"{problem.solution.result.expr}:d{problem.var}"
        assert all(answer not in hint.text for hint in problem.hints[:-1])
        assert str(problem.solution.result) in problem.hints[-1].text


# ---- practice


@pytest.mark.parametrize("topic", TOPICS)
def test_problems_are_proved_and_know_their_answer(topic: str) -> None:
    for seed in range(3):
        problem = gp.practice(topic, 1 + seed, seed)
        assert problem.solution.verdict.grade == "proved"
        assert problem.check(str(problem.solution.result)).right is True
        assert problem.check(f"3*({problem.solution.result.expr})").right is not True


def test_problems_are_varied() -> None:
    made = {str(gp.practice(topic, level, 7)) for topic in TOPICS for level in (1, 3, 5)}
    assert len(made) > 2.5 * len(TOPICS)
    assert "the Hessian of" in str(gp.practice("hessians", 2, 1))


def test_the_same_seed_is_the_same_problem() -> None:
    assert str(gp.practice("traces", 2, 5)) == str(gp.practice("traces", 2, 5))


@pytest.mark.parametrize(("topic", "level"), [("cooking", 1), ("traces", 0), ("traces", 6)])
def test_topics_and_levels_have_names(topic: str, level: int) -> None:
    with pytest.raises(gp.NameProblem) as caught:
        gp.practice(topic, level)
    assert caught.value.code == "GP332"


def test_on_the_command_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    problem = gp.practice("products", 2, 5)
    answer = str(problem.solution.result)
    asked = ["practice", "products", "--level", "2", "--seed", "5"]
    assert main([*asked, "--answer", answer]) == 0
    assert main([*asked, "--answer", f"2*({answer})"]) == 1
    assert main(["hint", "L(X*W')", "W", "--step", "4"]) == 0
    assert main(["hint", "L(X*W')", "W", "--step", "40"]) == 2
    monkeypatch.setattr("sys.stdin", io.StringIO(f"?\n(\nx\n{answer}\n"))
    assert main(asked) == 0
    out = capsys.readouterr().out
    assert "Write the differential of" in out
    assert out.endswith("right\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("!\n"))
    assert main(asked) == 0
    assert "proved" in capsys.readouterr().out
