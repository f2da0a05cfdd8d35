"""What gradproof derives is accepted by its own check, as text and in LaTeX; unknown functions in answers."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

import gradproof as gp
from gradproof.checking.answer.check import Comparison
from gradproof.rendering.formula.formula import formula
from judge import books

EVERY = 3  # of the gallery; of the books every tenth
NOT_READ = ("reshape", r"\operatorname{tr}", "matrix")  # as LaTeX: tr(…)^2, and blocks that hold an identity


def derived(record: dict[str, Any]) -> Any:
    """The derivation of a record."""
    shapes = {name: tuple(sizes) for name, sizes in record["vars"].items()}
    return gp.derive(
        record["expr"], record["wrt"], kind=record["kind"], shapes=shapes, assume=record.get("props")
    )


RECORDS = [
    record
    for record in list(books())[::10]
    if record.get("kind") in ("gradient", "jacobian", "hessian") and isinstance(record["wrt"], str)
]
QUESTIONS = [(entry.name, entry.derive) for entry in gp.gallery()[::EVERY]] + [
    (record["id"], partial(derived, record)) for record in RECORDS
]


@pytest.mark.parametrize(("name", "make"), QUESTIONS, ids=[name for name, _ in QUESTIONS])
def test_our_results_are_right(name: str, make: Any) -> None:
    try:
        whole = make()
    except gp.GradproofError:
        pytest.skip("refused by name")
    if not isinstance(whole, gp.Derivation) or whole.kind not in ("gradient", "jacobian", "hessian"):
        pytest.skip("not an array of derivatives")
    for variable in map(str, whole.variables):
        one = whole if len(whole.variables) == 1 else whole[variable]
        if len(one.answers) != 1:
            continue
        judged = Comparison(one, variable)
        assert judged.check(str(one.result)).equal is True
        latex = formula(one.result.expr, format="latex")
        if not any(word in latex for word in NOT_READ):
            assert judged.check(latex).equal is True


# An objective, what it is differentiated by, an answer in which an unknown function itself stands: with
# shapes that nobody declared, and in LaTeX.
FUNCTIONS = [
    ("norm2(g(x) - y)^2", "x", "2*J_g'*(g(x) - y)", "right"),
    ("norm2(g(x) - y)^2", "x", r"2 J_g^\top (g(x) - y)", "right"),
    ("norm2(g(x) - y)^2", "x", "2*J_g'*(y - g(x))", "sign flipped"),
    ("norm2(g(x) - y)^2", "x", "J_g'*(g(x) - y)", "factor 2"),
    ("logdet(K(t))", "t", "tr(inv(K(t))*K_t)", "right"),
    ("logdet(K(t))", "t", r"\operatorname{tr}(K(t)^{-1} K_t)", "right"),
    ("logdet(K(t))", "t", "tr(K(t)*K_t)", "inverse missing"),
    ("y'*inv(K(t))*y", "t", "-y'*inv(K(t))*K_t*inv(K(t))*y", "right"),
    ("sum(h(W*x).^2)", "W", "2*(J_h'*h(W*x))*x'", "right"),
    (r"c^\top A(p)^{-1} b", "p", r"-c^\top A(p)^{-1} A_p A(p)^{-1} b", "right"),
    (r"\log\det K(\theta)", r"\theta", r"\operatorname{tr}(K(\theta)^{-1} K_\theta)", "right"),
]


@pytest.mark.parametrize(("text", "variable", "answer", "expected"), FUNCTIONS)
def test_unknown_functions_in_answers(text: str, variable: str, answer: str, expected: str) -> None:
    found = gp.check(text, variable, answer)
    assert (found.equal is True) == (expected == "right")
    if expected != "right":
        assert found.grade == "refuted"


# A function of a parameter is one, wherever it stands and however it is written.
PARAMETERS = [
    (r"c^\top A(p)^{-1} b", "p", "-c'*inv(A(p))*A_p*inv(A(p))*b"),
    ("c'*inv(A(p))*b", "p", "-c'*inv(A(p))*A_p*inv(A(p))*b"),
    (r"\log\det K(\theta)", r"\theta", "tr(inv(K(theta))*K_theta)"),
    ("logdet(K(theta))", "theta", "tr(inv(K(theta))*K_theta)"),
    ("A(p)*x = b; c'*x", "p", "-c'*inv(A(p))*A_p*x"),
    ("tr(X(t)*B) where B: n×n", "t", "tr(X_t*B)"),
    ("norm2(F(t)*x)^2", "t", "2*(F(t)*x)'*F_t*x"),
    (r"\theta^\top K(x + y) b where K: n -> n×n", "b", "K(x + y)'*theta"),
]


@pytest.mark.parametrize(("text", "variable", "answer"), PARAMETERS)
def test_functions_of_a_parameter(text: str, variable: str, answer: str) -> None:
    found = gp.derive(text, variable)
    assert found.verdict.grade == "proved"
    assert gp.check(text, variable, answer).equal is True


@pytest.mark.parametrize(("text", "message"), [
    ("norm2(A^H*x)^2", "A^H is the conjugate transpose"),
    ("E(x)*2", "E(…) is an expectation"),
])  # fmt: skip
def test_what_has_another_meaning_is_refused_by_name(text: str, message: str) -> None:
    with pytest.raises(gp.GradproofError) as caught:
        gp.derive(text, "x")
    assert str(caught.value.message).startswith(message) and caught.value.code == "GP501"
