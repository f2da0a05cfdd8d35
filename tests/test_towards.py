"""From our answer to a person's: each step one law, judged by the referee."""

import json
from pathlib import Path

import jsonschema
import pytest

import gradproof as gp
from equal_pairs import WHERE, pairs
from gradproof.checking.paths.search import path
from gradproof.derivation.exchange.json import load_towards
from gradproof.elaboration.read import read
from gradproof.faces.cli.main import main
from gradproof.proof.referee import Referee
from gradproof.proof.semantics.context import Context

LS = "norm2(A*x - b)^2"
LINEAR = "0.5*norm2(X*W' - T)^2"

# question, variable, the answer in another form, the laws that lead there
WAYS = [
    (LS, "x", "2*A'*(A*x - b)", []),
    (LS, "x", "2*A'*A*x - 2*A'*b", ["expand", "associate"]),
    (LS, "x", '2*einsum("ij,i->j", A, A*x - b)', ["associate", "einsum-matrix"]),
    (LS, "x", "2*(A*x - b)'*A", ["transpose-product"]),
    (LINEAR, "W", "W*X'*X - T'*X", ["transpose-sum", "transpose-product", "expand"]),
    ("logdet(X)", "X", "inv(X')", ["transpose-function"]),
    ("x'*A*x", "x", "A*x + A'*x", ["expand"]),
    ("tr(A*X*B)", "X", "(B*A)'", ["transpose-product"]),
    ("tr(X'*A*X)", "X", "A'*X + A*X", ["expand", "commute"]),
    ("logdet(A*X*B) where A: n×n, B: n×n, X: n×n", "X", "inv(X')", ["transpose-function"]),
    ("logdet(eye(n) + A*X)", "X", "(A*inv(eye(k) + X*A))'", ["normal-form"]),
]


@pytest.mark.parametrize(("expr", "variable", "answer", "rules"), WAYS)
def test_ways(expr: str, variable: str, answer: str, rules: list[str]) -> None:
    way = gp.derive(expr, variable, towards=answer).way
    assert way is not None
    assert [step.rule for step in way.steps] == rules
    assert all(step.verdict.grade == "proved" for step in way.steps)
    for step, following in zip(way.steps, way.steps[1:], strict=False):
        assert step.after is following.before


def test_the_steps_are_in_the_json() -> None:
    found = gp.derive(LINEAR, "W", towards="W*X'*X - T'*X")
    text = found.show(format="json")
    schema = Path(gp.__file__).parent / "derivation" / "schema.json"
    jsonschema.validate(json.loads(text), json.loads(schema.read_text(encoding="utf-8")))
    way = load_towards(text)
    assert way is not None and found.way is not None
    assert (way.answer, way.note, way.verdict.grade) == ("W*X'*X - T'*X", "", "proved")
    assert way.steps == found.way.steps
    assert load_towards(gp.derive(LINEAR, "W").show(format="json")) is None


# what is the same is left alone, and nothing is multiplied out that need not be
SHORT = [
    ("norm2(X*w - y)^2/n where X: n×k", "w", "2/n*X'*(X*w - y)", 2),
    ("L(x/norm2(x))", "x", "(G - x*(x'*G)/norm2(x)^2)/norm2(x)", 3),
    ("sum(softmax(x).*y)", "x", "p = softmax(x); diag(p)*y - p*p'*y", 4),
    ("L(X*W + ones(n)*b') where X: n×k", "b", "G'*ones(n)", 1),
    ("x'*S*x/(x'*x) where S: n×n symmetric", "x", "2*(S*x - (x'*S*x)/(x'*x)*x)/(x'*x)", 1),
]


@pytest.mark.parametrize(("expr", "variable", "answer", "most"), SHORT)
def test_ways_are_short(expr: str, variable: str, answer: str, most: int) -> None:
    expr, _, where = expr.partition(" where ")
    way = gp.derive(expr, variable, where=where or None, towards=answer).way
    assert way is not None
    assert len(way.steps) <= most
    assert all(step.verdict.grade == "proved" and step.rule != "normal-form" for step in way.steps)


def test_a_way_to_a_second_derivative() -> None:
    """`towards` is about what is shown, also where it was derived twice."""
    way = gp.derive(LS, "x", order=2, towards="A'*A + A'*A").way
    assert way is not None
    assert [(str(step.before), step.verdict.grade) for step in way.steps][:1] == [("2*A'*A", "proved")]
    with pytest.raises(gp.MathError, match="yours is exactly one half"):
        gp.derive(LS, "x", order=2, towards="A'*A")


def test_there_is_no_way_to_a_wrong_answer() -> None:
    with pytest.raises(gp.MathError, match="yours is exactly one half of the gradient") as caught:
        gp.derive(LS, "x", towards="A'*(A*x - b)")
    assert (caught.value.code, caught.value.source) == ("GP406", "A'*(A*x - b)")


def test_the_steps_are_shown_below_the_derivation(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([LINEAR, "W", "--towards", "W*X'*X - T'*X"]) == 0
    assert capsys.readouterr().out.endswith("""
  to your answer
       (X Wᵀ − T)ᵀ X      our answer
     = ((X Wᵀ)ᵀ − Tᵀ) X   transpose each term, (A + B)ᵀ = Aᵀ + Bᵀ
     = (W Xᵀ − Tᵀ) X      the transpose turns the order round, (A B)ᵀ = BᵀAᵀ
     = W XᵀX − TᵀX        multiply out
""")


def test_a_sign_that_comes_out_in_front_ends_no_search() -> None:
    """Where one part became negative, the whole did; the search then went on in a part that was not there."""
    way = gp.derive(
        "tr(Y'*(S - C)*inv(C))", "Y", where="S: n×n, C: n×n, Y: n×n", towards="(-(C - S))''*inv(C)''"
    ).way
    assert way is not None and all(step.verdict.grade == "proved" for step in way.steps)


# Found, and the steps in all, by the laws as they were written in Python one by one (seed 3).
COUNT, FOUND, STEPS = 200, 178, 603


def test_ways_between_random_forms_are_as_many_and_as_short() -> None:
    judge = Referee(Context())
    found = steps = 0
    for number, texts in enumerate(pairs(COUNT, seed=3)):
        try:
            start, goal = (read(text, where=WHERE).objective for text in texts)
        except gp.GradproofError:  # a sum of a scalar and a matrix
            continue
        moves = path(start, goal)
        found, steps = found + (moves is not None), steps + len(moves or ())
        ends = [start, *(move.after for move in moves or ())]
        assert moves is None or ends[-1] is goal
        for move, before in zip(moves or (), ends, strict=False):
            assert move.before is before
            assert number % 4 or judge.judge(move.before, move.after).grade == "proved", move
    assert found >= FOUND
    assert steps <= STEPS
