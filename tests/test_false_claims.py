"""The normal form by itself: each law proves what it says, and none of its false neighbours."""

from __future__ import annotations

import pytest

from false_claims import CLAIMS, DIFFERENTIALS
from gradproof.elaboration.read import read
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import names, rebuild
from gradproof.operators.build import construct, d, mul, ones, zeros
from gradproof.proof.normal_form.judge import EQUAL, same
from gradproof.proof.referee import Referee
from gradproof.proof.semantics.context import Context
from letters import ASSUME, SHAPES

TRIANGLES = {"G": ("n", "n"), "H": ("n", "n")}
ASSUMED = {**ASSUME, "G": ["lower"], "H": ["upper"]}


def expression(text: str) -> Expr:
    return read(text, shapes={**SHAPES, **TRIANGLES}, assume=ASSUMED).objective


def rows() -> list[tuple[str, str, str, str]]:
    """(law, mark, left, right)"""
    out, law = [], ""
    for line in CLAIMS.strip().splitlines():
        if line[:2] in ("+ ", "- ", "~ "):
            left, right = line[2:].split(" = ")
            out.append((law, line[0], left, right))
        else:
            law = line
    return out


def claim(left: str, right: str) -> tuple[Expr, Expr]:
    """Both sides; a scalar beside an array is meant in every entry."""
    a, b = expression(left), expression(right)
    if a.axes and not b.axes:
        b = mul(b, ones(*a.axes)) if right != "0" else zeros(*a.axes)
    return a, b


def chosen(*marks: str) -> list[object]:
    return [
        pytest.param(left, right, id=f"{law.split(':')[0]} {left} = {right}")
        for law, mark, left, right in rows()
        if mark in marks
    ]


@pytest.mark.parametrize("left, right", chosen("+"))
def test_a_law_proves_what_it_says(left: str, right: str) -> None:
    assert same(*claim(left, right), Context()) == EQUAL


@pytest.mark.parametrize("left, right", chosen("-", "~"))
def test_a_false_neighbour_is_not_proved(left: str, right: str) -> None:
    a, b = claim(left, right)
    assert same(a, b, Context()) != EQUAL
    assert same(b, a, Context()) != EQUAL


@pytest.mark.parametrize("left, right", chosen("-"))
def test_a_false_neighbour_is_refuted(left: str, right: str) -> None:
    """The table is about something: the referee finds numbers against each of its claims."""
    assert Referee(Context()).judge(*claim(left, right)).grade == "refuted"


DERIVED = [tuple(part.strip() for part in line.split(" ; ")) for line in DIFFERENTIALS.strip().splitlines()]


def changed(variable: str, text: str) -> Expr:
    """A text in which dx stands for d(x)."""
    shapes = {**SHAPES, **TRIANGLES}
    found = read(text, shapes={**shapes, f"d{variable}": shapes[variable]}, assume=ASSUMED).objective
    moving = {e: d(expression(variable)) for e in names(found) if str(e) == f"d{variable}"}
    return rebuild(found, moving, construct)


@pytest.mark.parametrize("variable, before, after, wrong", DERIVED)
def test_a_differential(variable: str, before: str, after: str, wrong: str) -> None:
    context = Context(frozenset({expression(variable)}))
    left, right, false = d(expression(before)), changed(variable, after), changed(variable, wrong)
    assert same(left, right, context) == EQUAL
    assert same(left, false, context) != EQUAL
    assert Referee(context).judge(left, false).grade == "refuted"


def test_every_theory_has_claims() -> None:
    marks = {mark for _, mark, _, _ in rows()}
    assert marks == {"+", "-", "~"}
    assert sum(mark == "-" for _, mark, _, _ in rows()) > 300
