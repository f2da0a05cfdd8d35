"""Is my gradient right? The mistakes that people make, each with its name."""

import json

import pytest

import gradproof as gp
from gradproof.calculus.rulebook import RULES
from gradproof.checking.answer import locate
from gradproof.derivation.story.provenance import line_of
from gradproof.expressions.walk import postorder
from gradproof.faces.cli.main import main

LS = "norm2(A*x - b)^2"
LINEAR = "0.5*norm2(X*W' - T)^2"
SQUARE = "X: n×n"

# question, variable, the answer that somebody gave, what it is
MISTAKES = [
    # a constant
    (LS, "x", "A'*(A*x - b)", "factor 1/2"),
    (LS, "x", "4*A'*(A*x - b)", "factor 2"),
    ("0.5*norm2(A*x - b)^2", "x", "2*A'*(A*x - b)", "factor 2"),
    (LS, "x", "-2*A'*(A*x - b)", "sign"),
    (LS, "x", "2*A'*(b - A*x)", "sign"),
    (LS, "x", "3*A'*(A*x - b)", "constant ratio 3/2"),
    ("norm2(x)^4", "x", "3*norm2(x)^2*x", "constant ratio 3/4"),
    ("tr(X'*X)", "X", "X", "factor 1/2"),
    ("norm2(X*w - y)^2/n", "w", "2*X'*(X*w - y)", "factor n"),
    ("mean(X)", "X", "ones(n,k)/n", "factor k"),
    ("logdet(X)", "X", "-inv(X)'", "sign"),
    # a transpose
    ("logdet(X)", "X", "inv(X)", "transposed"),
    ("tr(A*X) where A: n×n", "X", "A", "transposed"),
    ("u'*X*v where X: n×n", "X", "v*u'", "transposed"),
    ("norm2(A*x - b)^2 where A: n×n", "x", "2*A*(A*x - b)", "transposed"),
    ("tr(A*X*B) where A: n×n, X: n×n", "X", "A*B", "transposed, order swapped"),
    ("tr(A*X*B) where A: n×n, X: n×n", "X", "A'*B", "transposed"),
    ("tr(inv(X)*A)", "X", "-inv(X)'*A*inv(X)'", "transposed"),
    # the order
    ("tr(A*X*B) where A: n×n, X: n×n", "X", "B'*A'", "order swapped"),
    ("logdet(A*X*B) where A: n×n, X: n×n", "X", "inv(A*X*B)'*A'*B'", "order swapped"),
    ("L(X*W') where X: n×n, W: n×n", "W", "X*G'", "order swapped"),
    ("u'*X*X*v", "X", "u*v'*X' + X'*v*u'", "order swapped"),
    # a term
    ("x'*A*x", "x", "A*x", "term missing"),
    ("x'*A*x", "x", "A'*x", "term missing"),
    ("x'*A*x", "x", "A*x - A'*x", "sign"),
    ("tr(X'*A*X)", "X", "A*X", "term missing"),
    ("norm2(X*w - y)^2 + a*norm2(w)^2", "w", "2*X'*(X*w - y)", "term missing"),
    ("norm2(X*w - y)^2 + a*norm2(w)^2", "w", "2*X'*(X*w - y) - 2*a*w", "sign"),
    ("norm2(X*w - y)^2 + a*norm2(w)^2", "w", "2*X'*(X*w - y) + a*w", "factor 1/2"),
    ("logdet(S) + tr(inv(S)*C)", "S", "inv(S)' + inv(S)'*C'*inv(S)'", "sign"),
    ("logdet(S) + tr(inv(S)*C)", "S", "inv(S)'", "term missing"),
    (LS, "x", "2*A'*(A*x - b) + b'*b*x", "term too many"),
    # symmetric matrices
    ("x'*A*x", "x", "2*A*x", "right if A is symmetric"),
    ("tr(X'*A*X)", "X", "2*A*X", "right if A is symmetric"),
    ("x'*A*x + b'*x", "x", "2*A*x + b", "right if A is symmetric"),
    ("logdet(S)", "S", "2*inv(S) - inv(S).*eye(n)", "symmetric variable"),
    # one sign for another
    ("sum(A*x)^2 where A: n×n", "x", "2*sum(A*x)*rowsum(A)", "sum along the wrong axis"),
    ("sum((A*x).*(B*x))", "x", "A'*(B*x)", "term missing"),
    ("L(A.*X) where A: n×n", "X", "A*G", "product for Hadamard"),
    ("L(A*X) where A: n×n, X: n×n", "X", "A'.*G", "Hadamard for product"),
    ("A:(X.*B) where A: n×n", "X", "A*B", "product for Hadamard"),
    # diag
    ("L(diag(x)*A)", "x", "colsum(A.*G)", "sum along the wrong axis"),
    ("L(diag(x))", "x", "G", "diag missing"),
    ("sum(diag(X))", "X", "ones(n)", "diag missing"),
    ("x'*diag(u)*x", "x", "2*u", "chain rule factor missing"),
    # sums
    ("Z = X*W' + ones(n)*b'; L(Z)", "b", "G", "sum over the batch missing"),
    ("Z = X*W' + ones(n)*b'; L(Z) where X: n×k, W: n×k", "b", "rowsum(G)", "sum along the wrong axis"),
    ("norm2(A*x)^2/2 where A: n×n", "x", "A*A'*x", "order swapped"),
    # inverses and powers
    ("logdet(X)", "X", "X'", "inverse missing"),
    ("tr(inv(X))", "X", "-inv(X)'", "chain rule factor missing"),
    ("det(X)", "X", "inv(X)'", "chain rule factor missing"),
    ("det(X)", "X", "det(X)*inv(X)", "transposed"),
    ("tr(X*X*X)", "X", "3*X'", "exponent"),
    ("sum(x.^3)", "x", "3*x", "exponent"),
    ("sum(log(x))", "x", "1 ./ x.^2", "exponent"),
    ("norm2(x)", "x", "x", "chain rule factor missing"),
    ("norm2(A*x - b)", "x", "A'*(A*x - b)", "chain rule factor missing"),
    # the chain rule
    ("sum(tanh(A*x))", "x", "A'*(1 - tanh(A*x))", "exponent"),
    ("sum(tanh(A*x))", "x", "1 - tanh(A*x).^2", "chain rule factor missing"),
    ("sum(exp(A*x))", "x", "exp(A*x)", "chain rule factor missing"),
    ("sum(sigmoid(w.*x))", "x", "sigmoid(w.*x).*(1 - sigmoid(w.*x))", "chain rule factor missing"),
    ("log(sum(exp(x)))", "x", "exp(x)", "chain rule factor missing"),
    ("sum(sin(x))", "x", "sin(x)", "wrong function"),
    ("sum(cos(x))", "x", "sin(x)", "sign"),
    ("L(relu(Z))", "Z", "G", "chain rule factor missing"),
    ("L(relu(Z))", "Z", "G.*relu(Z)", "wrong function"),
    ("L(tanh(X*W'))", "W", "(G.*(1 + tanh(X*W').^2))'*X", "sign"),
    # two at once
    ("tr(A*X) where A: n×n", "X", "2*A", "transposed, factor 2"),
    ("tr(A*X*B) where A: n×n, X: n×n", "X", "-A'*B", "transposed, sign"),
    # the wrong array
    ("norm2(X*w - y)^2", "w", "2*X'*(X*w)", "term missing"),
    ("L(X*W')", "W", "0", "zero"),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "variable", "answer", "diagnosis"), MISTAKES)
def test_mistakes_have_names(expr: str, variable: str, answer: str, diagnosis: str | None) -> None:
    expr, _, where = expr.partition(" where ")
    found = gp.check(expr, variable, answer, where=where or None)
    assert (found.equal, found.diagnosis) == (False, diagnosis)


# right answers in other words
RIGHT = [
    (LS, "x", "2*A'*A*x - 2*A'*b", None),
    (LS, "x", "R = A*x - b; 2*A'*R", None),
    (LS, "x", "2*(A*x - b)'*A", "layout numerator"),
    (LS, "x", '2*einsum("ij,i->j", A, A*x - b)', None),
    (LINEAR, "W", "W*X'*X - T'*X", None),
    (LINEAR, "W", "R'*X", None),
    (LINEAR, "W", "X'*(X*W' - T)", "layout numerator"),
    (LINEAR, "W", "vec((X*W' - T)'*X)", "vec form"),
    (LINEAR, "W", "kron(X', eye(m))*vec(W*X' - T')", "vec form"),
    ("L(X*W')", "W", "G'*X", None),
    ("L(X*W')", "W", "(X'*G)'", None),
    ("L(X*W')", "W", "X'*G", "layout numerator"),
    ("logdet(X)", "X", "inv(X')", None),
    ("x'*A*x", "x", "(A + A')*x", None),
    ("S = Q*K'/sqrt(d); P = softmax(S); O = P*V; L(O)", "V", "P'*G", None),
    ("Z = X*W' + ones(n)*b'; A = tanh(Z); L(A)", "W", "D = G.*(1 - A.^2); D'*X", None),
    ("sum(A)", "X", "0", None),
    ("Z = X*W; H = tanh(Z); L(H)", "W", "dZ = dH.*(1 - H.^2); X'*dZ", None),
    ("Z = X*W; H = tanh(Z); L(H)", "W", "X.T @ dZ", None),
]

# question, variable, an answer that is right under an assumption that nobody declared
ASSUMED = [
    ("x'*A*x", "x", "2*A*x", "A is symmetric"),
    ("tr(A*X*B*X')", "X", "2*A*X*B", "A and B are symmetric"),
    ("x'*D*x where D: n×n", "x", "2*diag(D).*x", "D is diagonal"),
    ("norm2(Y - X*Q)^2 where Q: k×k", "X", "2*X - 2*Y*Q'", "Q is orthogonal"),
    ("norm2(x - U*z)^2 where U: n×k", "z", "2*(z - U'*x)", "the columns of U are orthonormal"),
    ("norm2(P*x)^2 where P: n×n", "x", "2*P*x", "P is an orthogonal projection"),
    ("-y'*log(softmax(z))", "z", "softmax(z) - y", "sum(y) = 1"),
    ("-sum(Y.*log(softmax(X*W)))", "W", "X'*(softmax(X*W) - Y)", "each row of Y sums to 1"),
    (
        "norm2(M.*(X - U*V'))^2 where M: m×n, U: m×k", "U", "-2*(M.*(X - U*V'))*V",
        "the entries of M are 0 or 1",
    ),
    ("norm1(x)", "x", "ones(n)", "the entries of x are positive"),
    ("x'*A*x/(x'*x)", "x", "(A + A')*x - 2*(x'*A*x)*x", "norm2(x) = 1"),
    ("sum(x)^2", "x", "2*x", "n = 1"),
    ("norm2(X*w - y)^2/n where X: n×k", "w", "2*X'*(X*w - y)/k", "k = n"),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "variable", "answer", "condition"), ASSUMED)
def test_assumptions_that_were_not_declared(expr: str, variable: str, answer: str, condition: str) -> None:
    expr, _, where = expr.partition(" where ")
    found = gp.check(expr, variable, answer, where=where or None, seconds=10)
    assert (found.equal, found.diagnosis) == (False, f"right if {condition}")
    assert found.counterexample is not None


# question, variable, an answer that is a part of the derivative, or a multiple
PARTS = [
    ("softmax(z)", "z", "jacobian", "diag(softmax(z).*(1 - softmax(z)))", "only the diagonal"),
    ("softmax(z)", "z", "jacobian", "softmax(z).*(1 - softmax(z))", "only the diagonal"),
    ("sum(x)^2", "x", "gradient", "2*sum(x)", "ones missing"),
    ("Z = X*W; norm2(Z*V - Y)^2/n", "W", "gradient", "X'*(Z*V - Y)*V'", "factor n/2"),
    ("norm2(a - p)^2 - norm2(a - q)^2", "a", "gradient", "0", "zero"),
]


@pytest.mark.parametrize(("expr", "variable", "kind", "answer", "diagnosis"), PARTS)
def test_parts_of_the_derivative(expr: str, variable: str, kind: str, answer: str, diagnosis: str) -> None:
    where = "X: n×k, W: k×k, V: k×p" if "W" in expr else None
    found = gp.check(expr, variable, answer, kind=kind, where=where)
    assert (found.equal, found.diagnosis) == (False, diagnosis)


# question, variable, kind, right answers in other forms, and what the form is called
FORMS = [
    ("A*X*B", "X", "jacobian", "kron(B', A)", "vec form"),
    ("A*X*B", "X", "jacobian", "kron(B, A')", "vec form, layout denominator"),
    ("A*X*B", "X", "jacobian", "kron(A, B')", "vec form by rows"),
    ("A*X*B", "X", "jacobian", "A_ik B_lj", None),
    ("A*X*B", "X", "jacobian", 'einsum("ik,lj->klij", A, B)', "layout denominator"),
    ("tanh(W*x)", "x", "vjp", "W'*(v.*(1 - tanh(W*x).^2))", None),
    ("A*tanh(x)", "x", "jvp", "A*((1 - tanh(x).^2).*v)", None),
]


@pytest.mark.parametrize(("expr", "variable", "kind", "answer", "form"), FORMS)
def test_forms_of_other_kinds(expr: str, variable: str, kind: str, answer: str, form: str | None) -> None:
    where = {"A*X*B": "A: m×n, X: n×p, B: p×q", "tanh(W*x)": "W: m×n"}.get(expr)
    found = gp.check(expr, variable, answer, kind=kind, where=where)
    assert (found.equal, found.diagnosis) == (True, form)


# question, variable, wrong answer, the step where the right thing happens
PLACES = [
    (LS, "x", "A'*(A*x - b)", "d-norm-squared"),
    (LS, "x", "2*(A*x + b)'*A", None),
    ("x'*A*x", "x", "A*x", "d-product"),
    ("sum(tanh(A*x))", "x", "A'*(1 - tanh(A*x))", "d-tanh"),
    ("logdet(S) + tr(inv(S)*C)", "S", "inv(S)' + inv(S)'*C'*inv(S)'", "d-inv"),
    ("norm2(X*w - y)^2/n where X: n×k", "w", "2*X'*(X*w - y)", None),
    ("L(X*W) where X: n×k", "X", "G", "frob-right"),
    ("norm2(X*w - y)^2/2 + c/2*norm2(w)^2", "w", "X'*(X*w - y)", "d-norm-squared"),
]


@pytest.mark.parametrize(("expr", "variable", "answer", "rule"), PLACES)
def test_the_place_is_right_or_not_said(expr: str, variable: str, answer: str, rule: str | None) -> None:
    expr, _, where = expr.partition(" where ")
    step = gp.check(expr, variable, answer, where=where or None).step
    assert (step and step.rule) == rule


@pytest.mark.parametrize(
    ("text", "variable", "answer", "equal"),
    [
        ("norm1(x)^2", "x", "2*np.linalg.norm(x, 1)*np.sign(x)", True),
        ("norm1(x)^2", "x", "2*np.linalg.norm(x, ord=1)*np.sign(x)", True),
        ("norm1(x)^2", "x", "2*np.linalg.norm(x)*np.sign(x)", False),
        ("norm2(x)^3", "x", "3*torch.norm(x, p=2)*x", True),
        ("sum(rowmax(X).^2)/2", "X", "(X == X.max(axis=1, keepdims=True)) * X", None),
        (
            "sum(colmean(X).^2)/2",
            "X",
            "np.ones((len(X), 1)) @ np.mean(X, axis=0, keepdims=True)/len(X)",
            True,
        ),
        ("var(x)^2/2", "x", "np.var(x)*2*(x - x.mean())/len(x)", True),
        ("var(x)^2/2", "x", "torch.var(x)*2*(x - x.mean())/len(x)", None),
        ("var(x)^2/2", "x", "np.var(x, ddof=1)*2*(x - x.mean())/len(x)", None),
        ("sum(gelu(x))", "x", "F.gelu(x, approximate='tanh')", None),
        ("logdet(X)", "X", "np.linalg.inv(X).T", True),
        ("tr(triu(X)*A)", "X", "np.triu(A.T)", True),
        ("tr(triu(X)*A)", "X", "np.triu(A.T, k=1)", None),
        ("sum(sin(pi*x))", "x", "np.pi*np.cos(np.pi*x)", True),
        ("sum(sinc(x))", "x", "(np.cos(np.pi*x) - np.sinc(x))/x", True),
        ("tr(expm(X))", "X", "scipy.linalg.expm(X).T", True),
    ],
)
def test_what_libraries_mean(text: str, variable: str, answer: str, equal: bool | None) -> None:
    """None: what a library means otherwise, or cannot be read, is refused."""
    if equal is None:
        with pytest.raises(gp.UnsupportedError, match="is not read in NumPy's syntax"):
            gp.check(text, variable, answer)
    else:
        assert gp.check(text, variable, answer).equal is equal


def test_an_answer_in_numpy_is_read_as_numpy_means_it() -> None:
    """`*` works entry by entry, `axis` counts from 0, vectors have one axis; nothing is executed."""
    text = "P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)\nP * (dout - (dout*P).sum(axis=1)[:, None])"
    assert gp.check("L(softmax(Z))", "Z", text).grade == "proved"
    assert gp.check("L(relu(Z))", "Z", "(Z > 0) * dout @ np.eye(dout.shape[1])").equal is True
    with pytest.raises(gp.UnsupportedError, match=r"np.load\(.x.\) is not read in NumPy's syntax"):
        gp.check("L(relu(Z))", "Z", "np.load('x')")


@pytest.mark.parametrize(("expr", "variable", "answer", "diagnosis"), RIGHT)
def test_right_answers_are_right(expr: str, variable: str, answer: str, diagnosis: str | None) -> None:
    found = gp.check(expr, variable, answer, shapes={"X": ("n", "k")} if expr == "sum(A)" else None)
    assert (found.equal, found.diagnosis, found.grade) == (True, diagnosis, "proved")


def test_a_check_is_not_a_boolean() -> None:
    with pytest.raises(gp.VerdictError, match=r"ask for \.equal"):
        bool(gp.check(LS, "x", "A'*(A*x - b)"))


def test_the_layout_can_be_said() -> None:
    assert gp.check("logdet(X)", "X", "inv(X)", layout="numerator").diagnosis is None
    assert gp.check("logdet(X)", "X", "inv(X)'", layout="numerator").diagnosis == "transposed"


def test_what_a_person_reads() -> None:
    assert (
        gp.check(LS, "x", "A'*(A*x - b)").show()
        == """\
  ✗ wrong: yours is exactly one half of the gradient
      yours      Aᵀ(A x − b)
      gradient   2 Aᵀ(A x − b)
      smallest counterexample   A = 1, x = 1, b = 0  →  gradient 2, yours 1
      likely place   step 1: d ‖X‖² = 2 X:dX"""
    )
    assert (
        gp.check("L(X*W')", "W", "X'*G").show()
        == """\
  ✓ right in layout "numerator" (k×m), proved for all sizes
      in layout "gradient" (m×k) it reads GᵀX"""
    )


def test_faults_have_their_place_in_the_answer() -> None:
    with pytest.raises(gp.ShapeError) as caught:
        gp.check("norm2(M + m*z')^2/2", "M", "M + m'*z")
    assert caught.value.source == "M + m'*z"
    assert caught.value.fixes[0] == "M + m*z'"
    assert (None, "M + m*z' is the gradient") in caught.value.facts
    with pytest.raises(gp.ParseError) as unread:
        gp.check(LS, "x", "2*A*x)")
    assert unread.value.source == "2*A*x)"
    with pytest.raises(gp.ShapeError, match="the answer is an m×m; the gradient is an n×k"):
        gp.check("L(X*W')", "X", "W*W'")


def test_counterexamples_are_numbers_that_differ() -> None:
    found = gp.check("logdet(X)", "X", "inv(X)")
    assert found.counterexample == {"X": [[1, 0], [1, 1]]}
    assert found.sides == ([[1, -1], [0, 1]], [[1, 0], [-1, 1]])


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ([LS, "x", "A'*(A*x - b)"], 1, "exactly one half"),
        ([LS, "x", "2*A'*(A*x - b)"], 0, "right"),
        (["x'*A*x", "x", "2*A*x", "--assume", "A symmetric"], 0, "right"),
        ([LS, "x", "2*A*("], 2, ""),
        ([LS], 2, ""),
    ],
)
def test_the_command(words: list[str], status: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *words]) == status
    assert said in capsys.readouterr().out


def test_the_command_writes_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "logdet(X)", "X", "inv(X)", "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert (data["verdict"], data["diagnosis"]) == ("refuted", "transposed")


def test_the_rules_of_places_are_in_the_book() -> None:
    """What is looked for in a derivation by its id is an id that a derivation can have."""
    known = {rule.name for rule in RULES}
    assert set(locate.MAKE_TWO) | set(locate.MAKE_MINUS) | set(locate.CROSSING) <= known


# question, variable, a wrong answer, the place as it is shown, a line of the page of the derivation
SHOWN = [
    (LS, "x", "A'*(A*x - b)", "step 1: d ‖X‖² = 2 X:dX", "  1  df = 2 r : dr"),
    (
        "Z = X*W; norm2(tanh(Z) - T)^2", "W", "2*X'*(tanh(Z) - T)",
        "step 2 of ∂f/∂Z: T is constant; tanh acts entry by entry", "  2     = 2 R : ((1 − tanh(Z)^⊙2) ⊙ dZ)",
    ),
    ("L(X*W) where X: n×k", "W", "G", "step 3: a left factor crosses “:” transposed", "  3     = (XᵀG) : dW"),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "variable", "answer", "place", "line"), SHOWN)
def test_the_number_of_a_place_is_that_of_the_page(
    expr: str, variable: str, answer: str, place: str, line: str
) -> None:
    expr, _, where = expr.partition(" where ")
    found = gp.check(expr, variable, answer, where=where or None)
    assert f"likely place   {place}" in found.show()
    assert line in found.derivation.show()


def test_each_step_is_in_the_line_that_is_said_to_show_it() -> None:
    for text, variable in [
        (LINEAR, "W"),
        ("Z = X*W; H = tanh(Z); norm2(H*V - T)^2", "W"),
        ("x'*A*x", "x"),
    ]:
        made = gp.derive(text, variable)
        sections = made.story().sections
        before = (0, 0)
        for step in made.steps:
            place = line_of(step, made.steps, sections)
            assert place is not None or step.rule == "insert", (text, step)
            if place is not None:
                section, number = place
                assert step.after in postorder([section.lines[number - 1].right])
                here = (sections.index(section), number)
                assert here >= before
                before = here
