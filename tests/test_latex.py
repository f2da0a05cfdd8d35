"""LaTeX as people write it, and what it says in the language."""

from __future__ import annotations

import random

import pytest

import gradproof as gp
from gradproof.elaboration.read import name_of, read
from gradproof.errors import GradproofError
from gradproof.expressions.walk import postorder
from gradproof.rendering.formula.formula import formula

FORMULAS = [  # LaTeX, the language
    (r"\|XW^\top - T\|_F^2", "normF(X*W' - T)^2"),
    (r"\|XW^T - T\|^2_F", "normF(X*W' - T)^2"),
    (r"\lVert A x - b \rVert_2^2", "norm2(A*x - b)^2"),
    (r"\left\| Ax - b \right\|^2", "norm2(A*x - b)^2"),
    (r"\left\lVert Ax - b \right\rVert_2", "norm2(A*x - b)"),
    (r"\bigl\| x \bigr\|_1", "norm1(x)"),
    (r"\Vert x\Vert", "norm2(x)"),
    (r"\|x\|\|y\|", "norm2(x)*norm2(y)"),
    (r"\frac{1}{2}\|Ax-b\|^2 + \frac{\lambda}{2}\|x\|^2", "1/2*norm2(A*x - b)^2 + lambda/2*norm2(x)^2"),
    (r"\tfrac12 x^\top x", "0.5*x'*x"),
    (r"\dfrac{x^\top A x}{x^\top x}", "x'*A*x/(x'*x)"),
    (r"\frac12 \left( a + b \right)", "1/2*(a + b)"),
    (r"\operatorname{tr}(X^\top A X)", "tr(X'*A*X)"),
    (r"\operatorname{tr} X^\top A X", "tr(X'*A*X)"),
    (r"\operatorname{Tr}\left(A^{-1}B\right)", "tr(inv(A)*B)"),
    (r"\mathrm{tr}(A B) + \text{tr}(C)", "tr(A*B) + tr(C)"),
    (r"\tr(AB)", "tr(A*B)"),
    (r"\operatorname{trace}\{A\}", "tr(A)"),
    (r"\det(X)", "det(X)"),
    (r"\det X", "det(X)"),
    (r"\log\det(X)", "log(det(X))"),
    (r"\ln \det \Sigma", "log(det(Sigma))"),
    (r"\log\det\left(X^\top X\right)", "log(det(X'*X))"),
    (r"\operatorname{logdet}(I + XX^\top)", "logdet(eye(n) + X*X')"),
    (r"\mathbf{1}^\top \exp(x)", "ones(n)'*exp(x)"),
    (r"\mathbf{1}_n^\top x", "ones(n)'*x"),
    (r"\mathbf 1^\top X \mathbf 1", "ones(n)'*X*ones(k)"),
    (r"\operatorname{tr}(\mathbf{I}_n + A)", "tr(eye(n) + A)"),
    (r"\operatorname{tr}((A + \lambda I)^{-1})", "tr(inv(A + lambda*eye(n)))"),
    (r"A \odot B", "A.*B"),
    (r"A \circ B", "A.*B"),
    (r"A \otimes B", "kron(A, B)"),
    (r"a \cdot b", "a*b"),
    (r"2 \times 3 \cdot a", "2*3*a"),
    (r"\langle A, B\rangle", "A:B"),
    (r"\langle A,B\rangle_F", "A:B"),
    (r"\left\langle X W, G \right\rangle", "(X*W):G"),
    (r"A^{-\top} : B", "inv(A)':B"),
    (r"A^{-T} : B", "inv(A)':B"),
    (r"x^\intercal y", "x'*y"),
    (r"x^{\mathsf T} y", "x'*y"),
    (r"x^{\mathrm{T}} y", "x'*y"),
    (r"x' A x", "x'*A*x"),
    (r"\mathbf{x}^\top \mathbf{A} \mathbf{x}", "x'*A*x"),
    (r"\mathbf{a}^T \mathbf{X} \mathbf{b}", "a'*X*b where b: k, X: n×k"),
    (r"\boldsymbol{\beta}^\top \bm{x}", "beta'*x"),
    (r"\mathcal{L}(XW^\top)", "L(X*W')"),
    (r"L(\mathbf{X}\mathbf{W}^\top)", "L(X*W')"),
    (r"\ell(Ax)", "ell(A*x)"),
    (r"\|y - \hat{y}\|^2", "norm2(y - y_hat)^2"),
    (r"\bar{x}^\top \tilde{A} \bar x", "x_bar'*A_tilde*x_bar"),
    (r"\hat{\Sigma} : A", "Sigma_hat:A"),
    (r"W_1 W_2", "W_1*W_2"),
    (r"W_{1} x_{in}", "W_1*x_in"),
    (r"\sigma_{\text{max}} a", "sigma_max*a"),
    (r"W^{(1)} x", "W_1*x"),
    (r"\alpha\beta\gamma", "alpha*beta*gamma"),
    (r"(x-\mu)^\top\Sigma^{-1}(x-\mu)", "(x - mu)'*inv(Sigma)*(x - mu)"),
    (r"\sqrt{x^\top x}", "sqrt(x'*x)"),
    (r"\sqrt2 a", "sqrt(2)*a"),
    (r"e^{-\frac{1}{2} x^\top x}", "exp(-1/2*x'*x)"),
    (r"\exp\left(-x^\top x\right)", "exp(-x'*x)"),
    (r"\operatorname{diag}(x) A", "diag(x)*A"),
    (r"\operatorname{vec}(X)^\top a_1", "vec(X)'*a_1"),
    (r"\mathrm{softmax}(x)^\top y", "softmax(x)'*y"),
    (r"\operatorname{ReLU}(Wx)", "relu(W*x)"),
    (r"\sigma(Wx + b)", "sigmoid(W*x + b)"),
    (r"\sigma^2 (a + b)", "sigma^2*(a + b)"),
    (r"\tanh(Wx)", "tanh(W*x)"),
    (r"\sin a \cos b", "sin(a)*cos(b)"),
    (r"\sin^2(a)", "sin(a)^2"),
    (r"\log 2\pi", "log(2*pi)"),
    (r"\max(0, x)", "max(0, x)"),
    (r"\arctan(a)", "atan(a)"),
    (r"X^{\odot 2}", "X.^2"),
    (r"x^{\circ -1}", "x.^-1"),
    (r"a^{1/2}", "a^(1/2)"),
    (r"A^2 : B", "A^2:B"),
    (r"x^\top\,A\;x\,.", "x'*A*x"),
    (r"$x^\top A x$", "x'*A*x"),
    (r"\[ x^\top A x \]", "x'*A*x"),
    (r"$$f(x) = x^\top A x$$", "f = x'*A*x"),
    (r"\begin{align} Z &= XW^\top \\ L &= \|Z - T\|_F^2 \end{align}", "Z = X*W'; normF(Z - T)^2"),
    (r"\begin{equation}\label{a} f = \tr(A) \end{equation}", "tr(A)"),
    (r"{\bf x}^\top {\bf y}", "x'*y"),
    (r"\left[ a + b \right] c", "(a + b)*c"),
    (r"\{a + b\} c", "(a + b)*c"),
    (r"\operatorname{tr}\big( A \big)\operatorname{tr}(B)", "tr(A)*tr(B)"),
    (r"\bigl( a + \Bigl( b + c \Bigr) \bigr)^2", "(a + (b + c))^2"),
    (r"-\frac{n}{2}\log(2\pi) - \sum_{i=1}^n x_i^2", "-n/2*log(2*pi) - norm2(x)^2 where x: n"),
    (r"\varphi \alpha", "phi*alpha"),
    (r"\mathrm{bias}^\top x where bias: n", "bias'*x where bias: n"),
    (r"bias^\top x where bias: n", "bias'*x where bias: n"),
]


def said(text: str, form: str) -> list[str]:
    program = read(text, form=form)
    return [*(f"{name} = {value}" for name, value in program.statements), str(program.objective)]


@pytest.mark.parametrize(("latex", "text"), FORMULAS, ids=[latex for latex, _ in FORMULAS])
def test_formulas(latex: str, text: str) -> None:
    assert said(latex, "latex") == said(text, "text")


def test_a_backslash_is_enough() -> None:
    assert str(gp.derive(r"\|Xw - y\|_2^2", "w").result) == "2*X'*(X*w - y)"
    assert str(gp.derive(r"\|X\theta - y\|_2^2", r"\theta").result) == "2*X'*(X*theta - y)"
    assert name_of(r"\mathbf{w}") == "w"


REFUSED = [  # LaTeX, code, the place
    (r"|x|", "GP310", "|x|"),
    (r"\|X\|_2^2", "GP310", r"\|X\|_2"),
    (r"\nabla f", "GP501", r"\nabla"),
    (r"\frac{\partial L}{\partial W}", "GP501", r"\frac{\partial L}{\partial W}"),
    (r"\frac{dL}{dW}", "GP501", r"\frac{dL}{dW}"),
    (r"\tr A \log B", "GP107", r"\log"),
    (r"\tr(A)^{-1}", "GP107", "^"),
    (r"\alpha x2", "GP107", "x2"),
    (r"x^\top a/b c", "GP107", "c"),
    (r"\alpha x^23", "GP107", "23"),
    (r"\sin^{-1} x", "GP107", "-1"),
    (r"\exp -x", "GP104", r"\exp -"),
    (r"a \times b", "GP107", r"\times"),
    (r"\alpha loss", "GP107", "loss"),
    (r"\alpha tr A", "GP107", "tr"),
    (r"\foo x", "GP106", r"\foo"),
    (r"\mathbf{x}^\top x", "GP312", "x"),
    (r"x^* \alpha", "GP501", "^*"),
    (r"\mathbb{E}[x]", "GP501", r"\mathbb{E"),
    (r"\min_w \|w\|", "GP501", r"\min_"),
    (r"\|x\|_A^2", "GP501", r"\|x\|_A"),
    (r"\frac{a", "GP101", "{"),
    (r"\left( a", "GP101", r"\left("),
    (r"\alpha A[1]", "GP107", "["),
    (r"\overline{x + y}", "GP501", r"\overline{x + y"),
    (r"\alpha \dagger", "GP106", r"\dagger"),
    (r"\cdot [ a", "GP101", "["),
]


@pytest.mark.parametrize(("latex", "code", "place"), REFUSED, ids=[latex for latex, _, _ in REFUSED])
def test_what_is_not_clear_is_refused_at_its_place(latex: str, code: str, place: str) -> None:
    with pytest.raises(GradproofError) as caught:
        read(latex, form="latex")
    error = caught.value
    assert error.code == code
    assert error.span is not None
    assert latex[error.span[0] : error.span[1]] == place


def test_remedies_are_latex() -> None:
    with pytest.raises(GradproofError) as caught:
        read(r"\mathcal{L}(X*W) where X: m×n, W: k×n")
    assert caught.value.code == "GP201"
    assert caught.value.fixes[0] == r"\mathcal{L}(X*W^\top ) where X: m×n, W: k×n"


def test_bars_are_asked_about_and_decided() -> None:
    program = read(r"\log |X|")
    assert str(program.objective) == "log(det(X))"
    assert [note.code for note in program.warnings] == ["GP310"]
    assert str(read(r"\log |X|", bars="abs").objective) == "log(abs(X))"
    assert str(read(r"|x|", bars="norm", form="latex").objective) == "norm2(x)"
    assert str(read("sum(|x|)", bars="abs").objective) == "sum(abs(x))"
    assert not read(r"\log |X|", bars="det").warnings


SHAPES = {"A": ("n", "n"), "B": ("n", "n"), "x": ("n",), "y": ("n",), "c": (), "X": ("n", "m")}


def grown(rng: random.Random, kind: str, depth: int) -> str:
    """A random text of the language: "s" a number, "v" a vector, "m" a matrix."""
    if depth == 0:
        return rng.choice({"s": ["c", "2", "0.5"], "v": ["x", "y"], "m": ["A", "B", "X*X'"]}[kind])

    def part(of: str) -> str:
        return grown(rng, of, depth - 1)

    rules = {
        "s": ["({s}) + ({s})", "({v})'*({v})", "tr({m})", "({s})*({s})", "norm2({v})^2", "logdet({m})",
              "sum(exp({v}))", "({m}):({m})", "-({s})", "({s})/({s})", "norm1({v})", "sum(abs({v}))"],
        "v": ["({m})*({v})", "({v}) - ({v})", "({v}).*({v})", "tanh({v})", "({s})*({v})", "({v})./({v})",
              "softmax({v})", "({v}).^2", "ones(n)", "rowsum({m})"],
        "m": ["({m})*({m})", "({m})'", "inv({m})", "({v})*({v})'", "({m}).*({m})", "eye(n) + ({m})",
              "diag({v})", "({s})*({m})", "({m}) - ({m})", "({m})^2", "({m}).^3"],
    }  # fmt: skip
    rule = rng.choice(rules[kind])
    while "{" in rule:
        at = rule.index("{")
        rule = rule[:at] + part(rule[at + 1]) + rule[at + 3 :]
    return rule


@pytest.mark.parametrize("seed", range(60))
def test_what_is_printed_as_latex_is_read_back(seed: int) -> None:
    """All but `ones(m, n)`, which is printed as 1 1ᵀ, and unknown functions entry by entry."""
    rng = random.Random(seed)
    expr = read(grown(rng, "s", 3), shapes=SHAPES).objective
    there = {str(node) for node in postorder([expr]) if node.op == "name"}
    shapes = {name: sizes for name, sizes in SHAPES.items() if name in there}
    back = read(formula(expr, "matrix", "latex"), shapes=shapes, form="latex", bars="abs").objective
    assert str(back) == str(expr)


def test_an_answer_is_read_back() -> None:
    d = gp.derive(r"\frac12\|XW^\top - T\|_F^2", "W")
    assert str(read(formula(d.result.expr, "matrix", "latex"), form="latex").objective) == "(X*W' - T)'*X"


PIECES = [
    "x",
    "A",
    "W",
    "\\top",
    "^",
    "_",
    "{",
    "}",
    "(",
    ")",
    "\\left(",
    "\\right)",
    "\\|",
    "|",
    "\\frac",
    "\\sqrt",
    "\\log",
    "\\det",
    "\\tr",
    "\\sum",
    "\\sum_i",
    "x_i",
    "X_{ij}",
    "2",
    "1",
    "+",
    "-",
    "\\cdot",
    "\\odot",
    "/",
    ",",
    ";",
    "\\\\",
    "&",
    "=",
    "'",
    "\\mathbf",
    "\\hat",
    "\\langle",
    "\\rangle",
    "\\lVert",
    "\\rVert",
    "\\operatorname{tr}",
    "\\sigma",
    "e",
    "I",
    "\\mathrm{ab}",
    "T",
    "-1",
    "\\alpha",
    ":",
    "[",
    "]",
    ".",
    "\\{",
    "\\}",
    "sum_i",
    "sum_{i<j}",
    "y[i]",
    "X[i,:]",
    "where",
    "<",
    "\\left",
    "\\right",
    "^\\top",
    "^{-1}",
    "_F",
    "$",
]


@pytest.mark.parametrize("seed", range(300))
def test_any_salad_is_read_or_refused(seed: int) -> None:
    rng = random.Random(seed)
    text = "".join(rng.choice(PIECES) + rng.choice(("", " ")) for _ in range(rng.randint(1, 12)))
    for form in ("auto", "latex", "index"):
        try:
            read(text, form=form, bars=rng.choice(("", "det")))
        except GradproofError as error:
            assert error.code != "GP9"
