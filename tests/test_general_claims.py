"""Claims proved in general: parts that both sides share are any arrays, and nothing false is proved so."""

from __future__ import annotations

import pytest

import gradproof as gp
from gradproof.elaboration.read import read
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.operators.build import d, name
from gradproof.proof.general import general

LONG = "(A*tanh(B*tanh(C*tanh(x))))"
WHERE = "where A: n×n, B: n×n, C: n×n, x: n, y: n"


def sides(left: str, right: str) -> tuple[Expr, Expr]:
    program = read(f"LHS = {left}; RHS = {right}; L(LHS, RHS) {WHERE}")
    found = {str(named): body for named, body in program.statements}
    return found["LHS"], found["RHS"]


def test_a_shared_part_is_any_array() -> None:
    made = general(*sides(f"{LONG}'*C*y + x'*tanh(y)", f"(C'*{LONG})'*y + x'*tanh(y)"), {})
    assert made is not None
    names = {str(node) for side in made for node in postorder([side]) if node.op == "name"}
    assert {"part 0", "C", "y"} <= names
    assert not names & {"A", "B"}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("x'*y", "y'*x"),  # small
        (f"sum(relu({LONG}.*y.*x.*x.*y))", f"sum(abs({LONG}.*y.*x.*x.*y))"),  # below a kink
        (f"sum(tanh({LONG}.*y)) + x'*C*y + x'*B*y", f"sum(sin({LONG}.*y)) + y'*C'*x + y'*B'*x"),
    ],
)
def test_what_stays(left: str, right: str) -> None:
    made = general(*sides(left, right), {})
    assert made is None or all("tanh" in str(side) for side in made)


def test_what_is_differentiated_stays() -> None:
    e, _ = sides(f"{LONG} + A*A*A*x", "x")
    x = name("x", e.axes)
    made = general(d(e), d(e), {})
    assert made is None
    assert x in postorder([e])


@pytest.mark.parametrize("depth", [12, 20])
def test_nested_functions_are_proved(depth: int) -> None:
    text = "x"
    for k in range(depth):
        text = f"tanh(A_{k}*{text})"
    assert gp.derive(f"sum({text})", "x").verdict.grade == "proved"


def test_nested_inverses_are_proved() -> None:
    text = "X"
    for k in range(12):
        text = f"inv(A_{k} + {text})"
    assert gp.derive(f"tr(C*{text})", "X").verdict.grade == "proved"
