"""Derivations as people read them: the steps, the notations, the statements, where symbols come from."""

from __future__ import annotations

import pytest

import gradproof as gp
from gradproof.expressions.dims import symbol
from gradproof.expressions.nodes import Expr
from gradproof.operators import build

LAYER = "L(X*W')"
SOFTMAX = "P = softmax(Z); -Y:log(P)"
NETWORK = "Z1 = X*W1' + ones(n)*b1'; A1 = relu(Z1); Z2 = A1*W2' + ones(n)*b2'; L(Z2)"
ATTENTION = "S = Q*K'/sqrt(d); P = softmax(S); O = P*V; L(O)"


def test_the_linear_layer_in_frobenius_notation() -> None:
    d = gp.derive(LAYER, "W")
    assert [f"{step.after}" for step in d.steps] == ["G:dY", "G:X*dW'", "X'*G:dW'", "G'*X:dW"]
    assert [step.rule for step in d.steps] == ["def-gradient", "d-product", "frob-left", "frob-transpose"]
    assert {step.verdict.grade for step in d.steps} == {"proved"}
    assert d.result.shape == ("m", "k")
    assert str(gp.derive(LAYER, "X").result) == "G*W"


def test_the_linear_layer_in_index_notation() -> None:
    shown = gp.derive(LAYER, "W").show("index")
    for line in (
        "Y_ij     = Σ_k X_ik W_jk",
        "∂L/∂W_pq = Σ_ij G_ij ∂Y_ij/∂W_pq",
        "= Σ_ijk G_ij X_ik δ_jp δ_kq",
        "= Σ_i G_ip X_iq",
        "= (GᵀX)_pq",
        "why Gᵀ: the sum that is left runs over i, the first index of G.",
    ):
        assert line in shown


def test_both_notations_and_every_format_show_something() -> None:
    d = gp.derive(LAYER, "W")
    for notation in ("frobenius", "index", "both"):
        for format in ("text", "ascii", "latex", "markdown", "html", "typst"):
            for steps in ("none", "short", "full"):
                assert d.show(notation, format=format, steps=steps).strip()
    assert d.show(format="ascii").isascii()
    with pytest.raises(gp.UnsupportedError, match="pdf"):
        d.show(format="pdf")


def test_a_name_for_what_repeats() -> None:
    d = gp.derive("0.5*norm2(X*W' - T)^2", "W")
    shown = d.show()
    assert "let R = X Wᵀ − T" in shown
    assert "1  df = R : dR" in shown
    assert str(d.result) == "(X*W' - T)'*X"


def test_log_determinant_and_a_quadratic_form() -> None:
    text = "logdet(S) + tr(inv(S)*C)"
    assert str(gp.derive(text, "S").result) == "inv(S)' - inv(S)'*C'*inv(S)'"
    both = gp.derive(text, "S", where="S: n×n symmetric, C: n×n symmetric")
    assert str(both.result) == "inv(S) - inv(S)*C*inv(S)"
    assert both.conditions == ("S is invertible",)


def test_softmax_cross_entropy_with_and_without_the_declared_fact() -> None:
    assert str(gp.derive(SOFTMAX, "Z").result.expr) == "diag(rowsum(Y))*P - Y"
    declared = gp.derive(SOFTMAX, "Z", assume={"Y": ["stochastic"]})
    assert str(declared.result.expr) == "P - Y"
    assert declared.verdict.grade == "proved"


def test_two_layers_one_adjoint_a_layer() -> None:
    d = gp.derive(NETWORK, ["W1", "b1", "W2", "b2"])
    answers = {name: str(d[name].result.expr) for name in ("W1", "b1", "W2", "b2")}
    assert answers == {
        "W2": "G'*A1", "b2": "colsum(G)", "W1": "G_Z1'*X", "b1": "colsum(G_Z1)",
    }  # fmt: skip
    assert dict((str(a), str(b)) for a, b in d["W1"].result.definitions)["G_Z1"] == "relu'(Z1).*(G*W2)"
    assert d.verdict.grade == "proved"
    assert "relu has no derivative at 0; 0 is used there" in d.conditions
    with pytest.raises(gp.NameProblem, match="several variables"):
        str(d.result)


def test_attention() -> None:
    d = gp.derive(ATTENTION, ["Q", "K", "V"])
    assert str(d["V"].result.expr) == "P'*G"
    assert str(d["Q"].result.expr) == "G_S*K/sqrt(d)"
    assert str(d["K"].result.expr) == "G_S'*Q/sqrt(d)"
    definitions = {str(a): str(b) for a, b in d["Q"].result.definitions}
    assert definitions["G_P"] == "G*V'"
    assert definitions["G_S"] == "G_P.*P - diag(rowsum(G_P.*P))*P"
    assert d.verdict.grade == "proved"


def test_a_residual_and_a_recurrent_use_add_up() -> None:
    residual = gp.derive("u = V*tanh(W*x); y = x + u; norm2(y)^2", "x", where="x: n, W: h×n, V: n×h")
    assert residual.verdict.grade == "proved"
    recurrent = gp.derive("h1 = tanh(W*h0); h2 = tanh(W*h1); t'*h2", "W", where="h0: n, t: n, W: n×n")
    assert recurrent.verdict.grade == "proved"
    assert str(recurrent.result.expr).count("h1'") == 1


ORIGINS = [
    (LAYER, "W", "T", "frob-transpose"),
    ("norm2(A*x - b)^2", "x", "T", "frob-left"),
    ("norm2(A*x - b)^2", "x", "2", "d-norm-squared"),
    ("tr(A*diag(x))", "x", "diag", "frob-diag"),
    ("sum(A*x)", "x", "sum", "frob-sum"),
]


@pytest.mark.parametrize(("text", "variable", "symbol", "rule"), ORIGINS)
def test_every_symbol_knows_the_step_that_made_it(text: str, variable: str, symbol: str, rule: str) -> None:
    step = gp.derive(text, variable).result.origin(symbol)
    assert step is not None
    assert step.rule == rule


def test_a_symbol_that_is_not_there_has_no_origin() -> None:
    assert gp.derive("a'*x", "x").result.origin("T") is None


@pytest.mark.parametrize("text", [LAYER, "x'*A*x", "norm2(A*x - b)^2", "det(X'*A*X)", "w'*S*w/(w'*w)"])
def test_steps_replay_to_the_result(text: str) -> None:
    """Rewrite by the steps alone, from the differential to `result : d(variable)`."""
    variable = {"L": "W", "x": "x", "n": "x", "d": "X", "w": "w"}[text[0]]
    d = gp.derive(text, variable, prove=False)
    (section,) = d.derived.sections
    line = [d.steps[0].before]
    for round in section.trace.rounds:
        for before, after, _, _ in round.changes:
            for term in terms_of(before):
                line.remove(term)
            line += terms_of(after)
        shown = [t for item in round.items for t in terms_of(item.whole())]
        assert sorted(map(str, line)) == sorted(map(str, shown))
    (last,) = section.trace.rounds[-1].items
    assert last.cotangent is section.trace.gradient


def terms_of(e: Expr) -> list[Expr]:
    """The terms of a line."""
    return [t for arg in e.args for t in terms_of(arg)] if e.op == "add" else [e]


def test_an_absent_variable_has_gradient_zero_and_a_warning() -> None:
    d = gp.derive("norm2(A*x - b)^2", "B", where="B: m×n")
    assert str(d.result) == "zeros(m, n)"
    assert [w.code for w in d.warnings] == ["GP320"]
    assert d.warnings[0].fixes == ("in b",)


def test_what_is_not_known_is_refused_by_name() -> None:
    with pytest.raises(gp.ParseError, match='no kind "slope"'):
        gp.derive("A*x", "x", kind="slope")
    with pytest.raises(gp.MathError, match="a hessian needs a scalar"):
        gp.derive("A*x", "x", kind="hessian")
    with pytest.raises(gp.UnsupportedError, match=r"the derivative of X\^0\.25 is not known"):
        gp.derive("a'*X^0.25*b", "X", where="X: n×n, a: n, b: n")
    with pytest.raises(gp.MathError, match="a gradient needs a scalar; A\\*x is an n-vector"):
        gp.derive("A*x", "x")


def test_limits_name_themselves() -> None:
    with pytest.raises(gp.LimitError):
        gp.derive("(" * 5000 + "x" + ")" * 5000, "x")
    with pytest.raises(gp.LimitError):
        gp.derive("tr((A+B)^400)", "A")


def test_python_objects_derive_as_text_does() -> None:
    X, W, L = gp.matrix("X", "n", "k"), gp.matrix("W", "m", "k"), gp.function("L")
    assert str(gp.derive(L(X @ W.T), W).result) == "G'*X"
    A, x, b = gp.matrix("A", "m", "n"), gp.vector("x", "n"), gp.vector("b", "m")
    r = A @ x - b
    assert str(gp.derive(0.5 * (r.T @ r), x).result) == "A'*(A*x - b)"
    assert gp.parse(str(r), A="m×n", x="n", b="m") is r
    with pytest.raises(gp.VerdictError):
        bool(r)


def test_a_verdict_is_not_a_boolean() -> None:
    with pytest.raises(gp.VerdictError, match="not true or false"):
        bool(gp.derive("a'*x", "x").verdict)


def test_a_symmetric_variable_says_which_gradient_is_shown() -> None:
    text = "logdet(S) + tr(inv(S)*C)"
    plain = gp.derive(text, "S").show()
    assert "symmetric" not in plain
    free = gp.derive(text, "S", where="S: n×n symmetric, C: n×n").show(width=400)
    assert "½(H + Hᵀ) = S⁻¹ − S⁻¹ (Cᵀ + C) S⁻¹/2" in free
    both = gp.derive(text, "S", where="S: n×n symmetric, C: n×n symmetric").show(width=400)
    assert "it is the gradient within the symmetric matrices, too" in both
    assert "2 H − H⊙I" in both


PROGRAMS = [
    ("M = inv(A*A'); tr(M)", "A", "-2*M^2*A"),  # a statement that is an inverse
    ("T2 = S; tr(T2*S)", "S", "T2' + S'"),  # another name for a variable
    ("y = x'*x; y", "x", "2*x"),  # an objective that is a name
    ("t0 = norm2(x)^2; t1 = t0 + 1; t0*t1", "x", "2*(t1 + t0)*x"),
    ("u = A*x; L(u, u)", "x", "A'*(G_u + G_u1)"),
]


@pytest.mark.parametrize(("text", "variable", "answer"), PROGRAMS)
def test_statements_of_every_kind(text: str, variable: str, answer: str) -> None:
    d = gp.derive(text, variable)
    assert (str(d.result.expr), d.verdict.grade) == (answer, "proved")
    assert d.show("both").strip()


def test_names_that_gradproof_gives_are_never_those_of_the_person() -> None:
    d = gp.derive("norm2(softmax(A*w))^2", "A", where="A: n×k, w: k, u: n, r: n, z: n")
    mine = {str(new) for new, _ in d.result.definitions} | {str(new) for new in d.derived.lets}
    assert mine.isdisjoint({"u", "r", "z", "A", "w"})
    assert d.verdict.grade == "proved"


def test_bars_are_asked_about() -> None:
    with pytest.raises(gp.NameProblem) as caught:
        gp.derive("|x - y|^2", "x", where="x: n, y: n")
    assert caught.value.code == "GP310"
    assert str(caught.value) == (
        "|x - y| can mean three things: a determinant, abs entry by entry, or a norm"
    )
    assert caught.value.fixes == ("norm2(x - y)^2",)  # the reading whose shapes fit


def test_a_norm_that_divides_warns_of_its_kink() -> None:
    (warning,) = gp.derive("norm2(A*x - b)", "x").warnings
    assert (warning.code, str(warning)) == ("GP404", "the answer holds only where A*x - b ≠ 0")
    assert gp.derive("norm2(A*x - b)^2", "x").warnings == ()


def test_deep_python_expressions_end_in_a_limit_and_not_in_a_traceback() -> None:
    x = gp.vector("x", "n")
    e = x
    for _ in range(40):
        e = gp.apply("tanh", e)
    assert gp.derive(gp.apply("sum", e), x, prove=False).result.shape == ("n",)
    for _ in range(5000):
        e = gp.apply("tanh", e)
    with pytest.raises(gp.LimitError, match="more than 200 deep"):
        gp.derive(gp.apply("sum", e), x)


@pytest.mark.parametrize(
    ("question", "variable", "lines"),
    [
        (  # cross-entropy: collected at du, cancelled, and the last line is the answer
            "-sum(y.*log(sigmoid(X*w)) + (1 - y).*log(1 - sigmoid(X*w)))", "w",
            ["((1 - y)./(1 - u) - y./u):du", "((1 - y).*u - y.*(1 - u)):dr", "(u - y):dr", "X'*(u - y):dw"],
        ),
        ("P = softmax(Z); -sum(Y.*log(P))", "Z", ["(diag(rowsum(Y))*P - Y):dZ"]),
    ],
)  # fmt: skip
def test_terms_walk_together_and_the_answer_is_the_last_line(
    question: str, variable: str, lines: list[str]
) -> None:
    d = gp.derive(question, variable)
    (*_, section) = d.story().sections
    told = [str(line.right) for line in section.lines]
    assert [line for line in told if line in lines] == lines
    assert told[-1] == lines[-1]
    assert d.verdict.grade == "proved"


def test_hessians_keep_what_came_factored() -> None:
    d = gp.derive("0.5*norm2(tanh(X*w) - y)^2", "w", kind="hessian")
    assert str(d.result) == (
        "X'*diag((1 - tanh(X*w).^2).^2 - 2*((tanh(X*w) - y).*tanh(X*w).*(1 - tanh(X*w).^2)))*X"
    )


@pytest.mark.parametrize(
    ("question", "variable", "line", "answer"),
    [
        ("sum(log(1 + exp(-y.*(X*w))))", "w", "sum(softplus(-y.*(X*w)))", "-X'*(sigmoid(-y.*(X*w)).*y)"),
        ("1/(1 + exp(-a'*x)) where a: n", "x", "sigmoid(a'*x)",
         "sigmoid(a'*x)*(1 - sigmoid(a'*x))*a"),
        ("c'*(exp(z)/sum(exp(z)))", "z", "c'*softmax(z)", None),
        ("sum((exp(x) - exp(-x))./(exp(-x) + exp(x))) where x: n", "x", "sum(tanh(x))", "1 - tanh(x).^2"),
        ("sum(2 ./ (exp(-x) + 1)) where x: n", "x", "sum(2*sigmoid(x))", None),
    ],
)  # fmt: skip
def test_functions_with_a_name_are_recognised_from_any_spelling(
    question: str, variable: str, line: str, answer: str | None
) -> None:
    """The first line writes them by their names; what is proved is the question as it was typed."""
    d = gp.derive(question, variable)
    first = d.story().sections[0].lines[0]
    assert (str(first.right), first.rule, first.verdict.grade) == (line, "known-function", "proved")
    assert d.verdict.grade == "proved"
    assert answer is None or str(d.result) == answer


def test_a_wrong_recognition_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted law, log(1 + exp(x)) = sigmoid(x): the referee compares with what was typed."""
    x = build.name("x", (symbol("n"),))
    wrong = build.apply("sum", build.apply("sigmoid", x))
    monkeypatch.setattr("gradproof.session.kinds.known_functions", lambda e: wrong)
    with pytest.raises(gp.InternalError):
        gp.derive("sum(log(1 + exp(x)))", "x", shapes={"x": ("n",)})
