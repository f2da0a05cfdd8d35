"""Derivatives of any order, and results that are derived again."""

from __future__ import annotations

from math import factorial

import numpy as np
import pytest

import gradproof as gp

# objective, variable, how often, the answer
TABLE = [
    ("c^5", "c", 3, "60*c^2"),
    ("c*sin(c)", "c", 4, "c*sin(c) - 4*cos(c)"),
    ("x'*A*x", "x", 2, "A + A'"),
    ("exp(a'*x)", "x", 3, 'exp(a\'*x)*einsum("k,i,j->ijk", a, a, a)'),
    ("L(x)", "x", 3, "L_xxx"),
    ("L(A*x)", "x", 3, 'einsum("lpq,li,pj,qk->ijk", L_yyy, A, A, A)'),
    ("0 = A*y - b; sum(y.^3)", "b", 3, '6*einsum("li,lk,lj->ijk", inv(A), inv(A), inv(A))'),
]


@pytest.mark.parametrize(("text", "variable", "order", "answer"), TABLE)
def test_answers(text: str, variable: str, order: int, answer: str) -> None:
    found = gp.derive(text, variable, order=order)
    assert (str(found.result.expr), found.verdict.grade) == (answer, "proved")


TAYLOR = [
    "sum(tanh(A*x))",
    "log(1 + x'*x)",
    "logsumexp(A*x)",
    "norm2(A*x)^4",
    "exp(x'*A'*A*x/9)",
    "norm2(x)^3",
]


@pytest.mark.parametrize("text", TAYLOR)
def test_taylor(text: str) -> None:
    rng = np.random.default_rng(1)
    arrays = {"A": rng.normal(size=(4, 3)), "x": rng.normal(size=3)}
    step = rng.normal(size=3)
    terms = []
    for order in range(1, 5):
        found = gp.derive(text, "x", order=order)
        f = found.compile(value=order == 1)
        given = {name: arrays[name] for name in found.program.names}
        part = f(**given)
        if order == 1:
            value, part = part
        for _ in range(order):
            part = part @ step
        terms.append(float(part) / factorial(order))
    first = gp.derive(text, "x").compile(value=True)

    def gap(h: float) -> float:
        near = {**{n: arrays[n] for n in given}, "x": arrays["x"] + h * step}
        whole = float(value) + sum(term * h ** (k + 1) for k, term in enumerate(terms))
        return abs(float(first(**near)[0]) - whole)

    assert gap(0.02) < gap(0.08) / 4**4.5 + 1e-13  # the next term has h^5


def test_a_result_is_derived_again() -> None:
    once = gp.derive("norm2(A*x - b)^2", "x")
    again = gp.derive(once.result, "x", kind="jacobian")
    assert str(again.result) == "2*A'*A"
    assert again.verdict.grade == "proved"
    assert len(again.steps) > len(once.steps)
    mixed = gp.derive(once.result, "b", kind="jacobian")
    assert str(mixed.result) == "-2*A'"
    inverse = gp.derive(gp.derive("logdet(X)", "X").result, "X", kind="differential")
    assert str(inverse.result) == "(-inv(X)*dX*inv(X))'"
    assert inverse.conditions == ("X is invertible",)
    third = gp.derive(gp.derive("L(x)", "x", kind="hessian").result, "x", kind="jacobian")
    assert str(third.result) == str(gp.derive("L(x)", "x", order=3).result)


def test_orders_that_make_no_sense() -> None:
    for order, kind, code in ((0, "gradient", "GP136"), (2, "hessian", "GP136"), (7, "gradient", "GP711")):
        with pytest.raises(gp.GradproofError) as caught:
            gp.derive("x'*x", "x", order=order, kind=kind)
        assert caught.value.code == code
