"""The referee: what two engines say becomes one verdict, and a failure never becomes an answer."""

import pytest

from gradproof.elaboration.read import read
from gradproof.errors import InternalError
from gradproof.expressions.dims import symbol
from gradproof.expressions.nodes import Expr
from gradproof.operators import build
from gradproof.proof.evaluation import values
from gradproof.proof.evaluation.arithmetic import Arithmetic
from gradproof.proof.evaluation.evaluator import Evaluator, Rule, Seed
from gradproof.proof.evaluation.judge import Session
from gradproof.proof.evaluation.tangents import dual_numbers as tangents
from gradproof.proof.normal_form import judge as normal
from gradproof.proof.referee import Referee
from gradproof.proof.semantics.context import Context
from gradproof.verdicts import Verdict

n, m = symbol("n"), symbol("m")
SHAPES: dict[str, tuple[str, ...]] = {
    "A": ("n", "n"), "B": ("n", "n"), "K": ("n", "n"), "X": ("b", "n"), "W": ("m", "n"), "T": ("b", "m"),
    "x": ("n",), "y": ("n",), "c": (),
}  # fmt: skip
ASSUME = {"K": ["antisymmetric"]}


def both(left: str, right: str) -> tuple[Expr, Expr]:
    program = read(f"LHS = {left}; RHS = {right}; LHS:RHS", shapes=SHAPES, assume=ASSUME)
    found = {str(name): e for name, e in program.statements}
    return found["LHS"], found["RHS"]


def judged(left: str, right: str) -> Verdict:
    return Referee(Context()).judge(*both(left, right))


@pytest.mark.parametrize(
    ("left", "right", "grade"),
    [
        ("tr(A*B)", "tr(B*A)", "proved"),
        ("inv(A*B)", "inv(B)*inv(A)", "proved"),
        ("tr(K*K)", "0", "refuted"),
        ("A*B", "B*A", "refuted"),
        ("log(x + y)", "log(x) + log(y)", "refuted"),
        ("relu(x)", "x", "refuted"),
        ("erf(x)", "erf(2*x)", "refuted"),
        ("tr(K)", "0", "proved"),
    ],
)
def test_grades(left: str, right: str, grade: str) -> None:
    assert judged(left, right).grade == grade


def test_reasons_are_words_for_a_person() -> None:
    assert judged("tr(A*B)", "tr(B*A)").reason == "normal forms agree: true for all sizes"
    assert judged("A", "A").reason == "both sides are the same expression"
    x, a = build.name("x", (n,)), build.name("A", (n, n))
    assert Referee(Context()).judge(x, a).reason == "the two sides have different shapes"


def test_a_counterexample_can_be_checked_by_hand() -> None:
    verdict = judged("A*B", "B*A")
    assert verdict.counterexample is not None
    assert set(verdict.counterexample) == {"A", "B"}
    assert judged("c", "c^2").counterexample in ({"c": -1}, {"c": 2})


# ---- gradients of programs


@pytest.mark.parametrize(
    ("text", "variable", "answer", "grade"),
    [
        ("norm2(X*W' - T)^2", "W", "2*(X*W' - T)'*X", "proved"),
        ("norm2(X*W' - T)^2", "W", "(X*W' - T)'*X", "refuted"),
        ("Y = X*W'; Z = tanh(Y); tr(Z'*T)", "W", "(T.*(1 - tanh(X*W').^2))'*X", "proved"),
        ("Y = X*W'; Z = tanh(Y); tr(Z'*T)", "W", "(T.*(1 - tanh(X*W')))'*X", "refuted"),
        ("sum(abs(x))", "x", "sign(x)", "proved"),
        ("sum(abs(x))", "x", "ones(n)", "refuted"),
        ("x'*A*x", "x", "2*A*x", "refuted"),
    ],
)
def test_gradients(text: str, variable: str, answer: str, grade: str) -> None:
    program = read(text, shapes=SHAPES)
    claimed = read(f"RHS = {answer}; RHS:RHS", shapes=SHAPES).statements[0][1]
    referee = Referee(Context())
    verdict = referee.judge_gradient(program.statements, program.objective, program.names[variable], claimed)
    assert verdict.grade == grade, verdict


def test_results_may_use_names_of_statements_and_of_the_context() -> None:
    program = read("Y = X*W'; L(Y)", shapes=SHAPES)
    ((y, _),) = program.statements
    g = build.name("G", y.axes)
    unfold = {g: build.gradient_of("L", 0, y)}
    claimed = build.mul(build.T(g), program.names["X"])
    ask = (program.statements, program.objective, program.names["W"])
    assert Referee(Context(unfold=unfold)).judge_gradient(*ask, claimed).grade == "proved"
    assert Referee(Context()).judge_gradient(*ask, claimed).grade == "refuted"
    y_alone = (program.statements, program.objective, y)
    assert Referee(Context(unfold=unfold)).judge_gradient(*y_alone, g).grade == "proved"


def test_a_deep_network_is_tested_and_its_last_layer_proved() -> None:
    depth = 40
    layers = [f"H{k} = tanh(W{k}*{'x' if k == 1 else f'H{k - 1}'})" for k in range(1, depth + 1)]
    shapes: dict[str, tuple[str, ...]] = {"x": ("n",)}
    shapes.update({f"W{k}": ("n", "n") for k in range(1, depth + 1)})
    program = read("; ".join([*layers, f"sum(H{depth})"]), shapes=shapes)
    named = {str(name): name for name, _ in program.statements}
    last, before = named[f"H{depth}"], named[f"H{depth - 1}"]
    slope = build.add(build.num(1), build.neg(build.had(last, last)))
    referee = Referee(Context())
    claim = (program.statements, program.objective, program.names[f"W{depth}"])
    right = build.mul(slope, build.T(before))
    assert referee.judge_gradient(*claim, right).grade == "proved"
    assert referee.judge_gradient(*claim, build.neg(right)).grade == "refuted"


# ---- fail closed


def test_contradiction_is_our_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """A normal form that calls everything equal is caught by the exact test."""
    monkeypatch.setattr(normal.Session, "same", lambda self, a, b: normal.EQUAL)
    with pytest.raises(InternalError, match="contradict"):
        judged("A*B", "B*A")


@pytest.mark.parametrize("problem", [ZeroDivisionError, RecursionError, KeyError, AssertionError])
def test_a_failing_engine_is_a_reason(monkeypatch: pytest.MonkeyPatch, problem: type[Exception]) -> None:
    def fails(*_: object) -> None:
        raise problem("planted")

    monkeypatch.setattr(normal.Session, "same", fails)
    monkeypatch.setattr(Session, "_ask", fails)
    verdict = judged("A*B", "B*A")
    assert verdict.grade == "unknown"
    assert problem.__name__ in verdict.reason


def test_a_time_limit_is_a_reason() -> None:
    verdict = Referee(Context(), work=-1).judge(*both("A*B", "B*A.*2"))
    assert verdict.grade in ("unknown", "refuted")
    assert Referee(Context(), work=-1).judge(*both("exp(A)", "exp(B)")).grade == "unknown"


def no_minus(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """The tangent of inv with its sign forgotten."""
    found = yield from tangents.inv(ev, e, field, seed)
    return None if found is None else field.reduce([-value for value in found])


def test_a_planted_fault_in_the_dual_numbers_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tangents.TANGENTS, "inv", no_minus)
    program = read("tr(inv(A))", shapes=SHAPES)
    claimed = read("RHS = -(inv(A)*inv(A))'; RHS:RHS", shapes=SHAPES).statements[0][1]
    with pytest.raises(InternalError, match="contradict"):
        Referee(Context()).judge_gradient((), program.objective, program.names["A"], claimed)


def twice(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """A determinant that is twice as large."""
    found = yield from values.det(ev, e, field)
    return field.reduce([2 * value for value in found])


def test_a_planted_fault_in_the_values_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(values.VALUES, "det", twice)
    with pytest.raises(InternalError, match="contradict"):
        judged("det(A*B)", "det(A)*det(B)")


def test_declared_equations() -> None:
    """Points that do not satisfy a declared equation refute nothing."""
    a, x, b = build.name("A", (n, n)), build.name("x", (n,)), build.name("b", (n,))
    law = (build.mul(a, x), b)
    claim = (build.frob(x, build.mul(a, x)), build.frob(x, b))
    assert Referee(Context(laws=(law,))).judge(*claim).grade == "proved"
    assert Referee(Context()).judge(*claim).grade == "refuted"
    named = Context(laws=((b, build.mul(a, x)),))
    assert Referee(named).judge(*claim).grade == "proved"
