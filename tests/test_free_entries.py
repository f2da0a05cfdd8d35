"""Declared structure says where a derivative is taken, not what may be differentiated: derivatives by a
symmetric S are those by a plain matrix, at a symmetric point."""

import inspect

import numpy as np
import pytest

import gradproof as gp
from gradproof.elaboration.read import read
from gradproof.proof.referee import Referee
from gradproof.proof.semantics.context import Context

RNG = np.random.default_rng(5)
A, b, c = RNG.normal(size=(4, 4)), RNG.normal(size=4), RNG.normal(size=4)
POINTS = {
    "symmetric": A + A.T + 9 * np.diag([1, -1, 1, -1]),
    "spd": A @ A.T + np.eye(4),
    "diagonal": np.diag([0.5, 1, 1.5, 2]),
    "antisymmetric": A - A.T,
    "orthogonal": np.linalg.qr(A)[0],
    "lower": np.tril(A) + 3 * np.eye(4),
    "upper": np.triu(A) + 3 * np.eye(4),
}


def solution(S, kind):
    """The y that the equation of a row defines."""
    if kind == "argmin":
        return np.linalg.solve(S.T @ S + np.eye(4), S.T @ b)
    return np.linalg.solve(S.T if kind == "S'" else S, b)


ROWS = [
    ("b'*S^3*b", "hessian", 1, "symmetric", None),
    ("b'*S*S'*c", "hessian", 1, "diagonal", None),
    ("R = S'*S; b'*R'*S*c", "hessian", 1, "symmetric", None),
    ("tr(inv(S)*A)", "hessian", 1, "spd", None),
    ("b'*S'*S*c", "hvp", 1, "antisymmetric", None),
    ("b'*S'*S*c", "hessian", 1, "orthogonal", None),
    ("c'*S^2*b", "gradient", 3, "symmetric", None),
    ("logdet(S)", "gradient", 3, "spd", None),
    ("S'*y = b; c'*y", "gradient", 1, "symmetric", "S'"),
    ("S'*y = b; c'*y", "hessian", 1, "symmetric", "S'"),
    ("S*y = b; y'*S*y", "hvp", 1, "antisymmetric", "S"),
    ("S*y = b; c'*y", "hessian", 1, "upper", "S"),
    ("y = argmin(norm2(S*y - b)^2 + norm2(y)^2, y); c'*y", "gradient", 1, "symmetric", "argmin"),
    ("y = argmin(norm2(S*y - b)^2 + norm2(y)^2, y); y'*S*y", "hvp", 1, "diagonal", "argmin"),
]


@pytest.mark.parametrize("text, kind, order, declared, equation", ROWS)
def test_derivatives_are_those_of_free_entries(text, kind, order, declared, equation):
    S = POINTS[declared]
    where = "S: n×n{}, A: n×n, b: n, c: n, dS: n×n" + (", y: n implicit" if equation else "")
    found = gp.derive(text, "S", where=where.format(f" {declared}"), kind=kind, order=order)
    assert found.verdict.grade in ("proved", "tested")
    plain = gp.derive(text, "S", where=where.format(""), kind=kind, order=order, prove=False)
    values = {"S": S, "A": A, "b": b, "c": c, "dS": np.arange(16.0).reshape(4, 4) - 7, "n": 4}
    if equation:
        values["y"] = solution(S, equation)
    np.testing.assert_allclose(run(found, values), run(plain, values), rtol=1e-8, atol=1e-9)


def run(derivation, values):
    """The numbers of a derivation, from the values of the names that its code asks for."""
    function = derivation.compile()
    there = inspect.signature(function).parameters
    return np.asarray(function(**{name: values[name] for name in there}))


def test_the_case_that_was_shown_as_proved_and_was_wrong():
    found = gp.derive(
        "y = argmin(norm2(S*y - b)^2 + norm2(y)^2, y); c'*y", "S", where="S: n×n symmetric, b: n, c: n"
    )
    s, e1, e2 = np.array([[2.0, 1], [1, 3]]), np.array([1.0, 0]), np.array([0.0, 1])
    y = np.linalg.solve(s.T @ s + np.eye(2), s.T @ e1)
    expected = [[0.0077, 0.0297], [-0.1166, 0.0131]]
    np.testing.assert_allclose(run(found, {"S": s, "b": e1, "c": e2, "y": y, "n": 2}), expected, atol=5e-5)


@pytest.mark.parametrize("text, where, conditions", [
    ("S'*y = b; c'*y", "S: n×n symmetric, y: n implicit", ("S is invertible",)),
    ("y = argmin(norm2(A*y - b)^2 + norm2(y)^2, y); y'*A*y", "A: n×n", ("A'*A + eye(n) is invertible",)),
])  # fmt: skip
def test_a_matrix_and_its_transpose_make_one_condition(text, where, conditions):
    found = gp.derive(text, where[0], where=where, kind="hessian")
    assert found.conditions == conditions


@pytest.mark.parametrize("text, by, claimed, grade", [
    ("b'*S*b", ("S", "S"), "0*einsum(\"i,j,k,l->ijkl\", b, b, b, b)", "tested"),
    ("norm2(S*b)^2", ("S", "S"), 'einsum("ik,j,l->ijkl", 2*eye(n), b, b)', "tested"),
    ("norm2(S*b)^2", ("S", "S"), 'einsum("ik,j,l->ijkl", eye(n), b, b)', "refuted"),
    # the derivative of (S*b*b' + b*b'*S), which is the gradient of b'*S*S*b at symmetric S only
    ("b'*S*S*b", ("S", "S"), 'einsum("ik,j,l->ijkl", eye(n), b, b) + einsum("i,k,jl->ijkl", b, b, eye(n))',
     "refuted"),
    ("b'*S*S*b", ("S", "S"), 'einsum("i,jk,l->ijkl", b, eye(n), b) + einsum("k,il,j->ijkl", b, eye(n), b)',
     "tested"),
    ("exp(b'*x)", ("x", "x", "x"), 'exp(b\'*x)*einsum("i,j,k->ijk", b, b, b)', "tested"),
    ("exp(b'*x)", ("x", "x", "x"), '2*exp(b\'*x)*einsum("i,j,k->ijk", b, b, b)', "refuted"),
    ("sum(log(x))", ("x", "x"), "-diag(x.^(-2))", "tested"),
])  # fmt: skip
def test_the_referee_differentiates_as_often_as_is_asked(text, by, claimed, grade):
    """On dual numbers of dual numbers; S is symmetric, and is differentiated by all its entries."""
    where = " where S: n×n symmetric, b: n, x: n"
    program = read(text + where)
    value = read(f"{claimed}{where}").objective
    referee = Referee(Context())
    names = {**read(f"sum(S*b) + sum(x){where}").names}
    variables = tuple(names[one] for one in by)
    assert referee.test_derivative((), program.objective, variables, value).grade == grade


def test_an_argmin_and_its_equation_have_the_same_derivatives():
    """The referee takes argmin as it was typed: it differentiates the objective itself."""
    text = "y = argmin(norm2(S*y - b)^2 + norm2(y)^2, y); c'*y where S: n×n symmetric"
    program = read(text)
    wrong, right = (
        gp.derive(text, "S", structure=structure, prove=False).answers["S"]
        for structure in ("constrained", "free")
    )
    referee = Referee(Context())
    claim = (program.statements, program.objective, program.names["S"])
    assert referee.judge_gradient(*claim, right).grade == "proved"
    assert referee.judge_gradient(*claim, wrong).grade == "refuted"
