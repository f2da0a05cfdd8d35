"""Derivations as a person reads them, in text of any width, ASCII, LaTeX and Markdown."""

from __future__ import annotations

import re

import pytest

from gradproof.derivation.story.model import Line, Section, Step, Story
from gradproof.errors import ParseError, UnsupportedError
from gradproof.expressions.dims import symbol
from gradproof.expressions.nodes import Expr
from gradproof.expressions.sentences import say
from gradproof.operators import build as b
from gradproof.proof.referee import recalled
from gradproof.rendering.page.show import show, show_both
from gradproof.verdicts import Verdict

m, n, k = map(symbol, "mnk")
X, W, G, Y = b.name("X", (n, k)), b.name("W", (m, k)), b.name("G", (n, m)), b.name("Y", (n, m))
A, L = b.name("A", (n, n)), b.name("L")
LY = b.call("L", Y)
CHAIN = b.einsum("ij,ijpq->pq", G, b.partial(Y, W))
DELTAS = b.einsum("ij,ik,jp,kq->pq", G, X, b.eye(m), b.eye(k))

PROVED = recalled("proved", "", None)


def _line(left: Expr | None, right: Expr, why: str, rule: str, letters: str = "") -> Line:
    return Line(left, right, why, rule, PROVED, tuple(letters))


GRADIENT = (b.derivative(L, W), b.mul(b.T(G), X))
FROBENIUS = Section(
    "∂L/∂W", (),
    (
        _line(b.d(LY), b.frob(G, b.d(Y)), "definition of the gradient G", "def-gradient"),
        _line(None, b.frob(G, b.mul(X, b.T(b.d(W)))), "product rule; X is constant", "d-product"),
        _line(
            None, b.frob(b.mul(b.T(X), G), b.T(b.d(W))), 'a left factor crosses ":" transposed', "frob-left"
        ),
        _line(None, b.frob(GRADIENT[1], b.d(W)), "transpose both sides", "frob-transpose"),
    ),
    GRADIENT,
)  # fmt: skip
BY_INDICES = Section(
    "∂L/∂W", (),
    (
        _line(Y, b.mul(X, b.T(W)), "definition of the matrix product", "definition", "ij"),
        _line(GRADIENT[0], CHAIN, "chain rule: one term for each entry of Y", "chain", "pq"),
        _line(None, DELTAS, "∂W_jk/∂W_pq is 1 where j=p and k=q, else 0", "delta", "pq"),
        _line(None, b.einsum("ip,iq->pq", G, X), "the deltas put j=p and k=q", "contract", "pq"),
        _line(None, GRADIENT[1], "neighbouring indices make a product", "recognise", "pq"),
    ),
    GRADIENT,
    "why Gᵀ: the sum that is left runs over i, the first index of G. To stand beside the i of X it must be "
    "G's second index.",
)  # fmt: skip


def _story(*sections: Section, conditions: tuple[str, ...] = (), verdict: Verdict = PROVED) -> Story:
    return Story(
        ((X, "inferred"), (W, "inferred")), ("L",), ((Y, b.mul(X, b.T(W))), (G, b.derivative(L, Y))),
        sections, (GRADIENT,), conditions, verdict,
    )  # fmt: skip


def test_the_linear_layer() -> None:
    assert (
        show(_story(FROBENIUS))
        == """\
  X : n×k   W : m×k   (inferred)      L : unknown scalar function
  Y = X Wᵀ : n×m                      G = ∂L/∂Y : n×m

  1  dL = G : dY        definition of the gradient G
  2     = G : (X dWᵀ)   product rule; X is constant
  3     = (XᵀG) : dWᵀ   a left factor crosses ":" transposed
  4     = (GᵀX) : dW    transpose both sides

  ∂L/∂W = GᵀX : m×k   same shape as W
  proved for all sizes · 4 steps"""
    )


def test_the_linear_layer_in_index_notation() -> None:
    assert (
        show(_story(BY_INDICES), "index")
        == """\
  X : n×k   W : m×k   (inferred)      L : unknown scalar function
  Y = X Wᵀ : n×m                      G = ∂L/∂Y : n×m

  1  Y_ij     = Σ_k X_ik W_jk               definition of the matrix product
  2  ∂L/∂W_pq = Σ_ij G_ij ∂Y_ij/∂W_pq       chain rule: one term for each entry of Y
  3           = Σ_ijk G_ij X_ik δ_jp δ_kq   ∂W_jk/∂W_pq is 1 where j=p and k=q, else 0
  4           = Σ_i G_ip X_iq               the deltas put j=p and k=q
  5           = (GᵀX)_pq                    neighbouring indices make a product

  ∂L/∂W = GᵀX : m×k   same shape as W

  why Gᵀ: the sum that is left runs over i, the first index of G. To stand beside the i of X it must
  be G's second index.

  proved for all sizes · 5 steps"""
    )


def test_the_same_in_ascii() -> None:
    text = show(_story(FROBENIUS), format="ascii")
    assert text.isascii()
    assert "  4     = G'*X:dW    transpose both sides" in text
    assert "  dL/dW = G'*X : m x k   same shape as W\n  proved for all sizes - 4 steps" in text
    assert show(_story(BY_INDICES), "index", "ascii", "full").isascii()


@pytest.mark.parametrize("width", [100, 80, 60, 45])
@pytest.mark.parametrize("section, notation", [(FROBENIUS, "frobenius"), (BY_INDICES, "index")])
def test_narrow_terminals(section: Section, notation: str, width: int) -> None:
    text = show(_story(section), notation, steps="full", width=width)
    assert max(map(len, text.split("\n"))) <= width
    for line in section.lines:
        assert line.why.split(";")[0].split()[0] in text


def test_answers_only() -> None:
    assert show(_story(FROBENIUS), steps="none").endswith("""\
G = ∂L/∂Y : n×m

  ∂L/∂W = GᵀX : m×k   same shape as W
  proved for all sizes · 4 steps""")


def test_full_gives_rules_verdicts_and_parts() -> None:
    last = FROBENIUS.lines[3]
    turned = b.frob(b.T(b.mul(b.T(X), G)), b.d(W))
    parts = (
        Step(FROBENIUS.lines[2].right, turned, "turn", "A:B is Aᵀ:Bᵀ", PROVED),
        Step(turned, last.right, "tidy", "transpose of a product", PROVED),
    )
    step = Step(FROBENIUS.lines[2].right, last.right, last.rule, last.why, PROVED, parts)
    text = show(_story(FROBENIUS), steps="full", trail=(step,))
    assert "transpose both sides [frob-transpose: proved]" in text
    assert "(XᵀG)ᵀ : dW → (GᵀX) : dW    transpose of a product [proved]" in text


def test_conditions_and_verdicts() -> None:
    story = _story(
        FROBENIUS,
        conditions=("X is invertible", "Z ≠ 0", say("relu'(0) = 0 is used", kind="used")),
        verdict=Verdict("tested", "at 8 points modulo primes"),
    )
    assert show(story).endswith("""\
  holds where X is invertible and Z ≠ 0
  relu'(0) = 0 is used
  tested exactly, not proved (at 8 points modulo primes) · 4 steps""")


Z1, A1, Z2 = b.name("Z1", (n, k)), b.name("A1", (n, k)), b.name("Z2", (n, m))
D2, D1, W2 = b.name("Δ2", (n, m)), b.name("Δ1", (n, k)), b.name("W2", (m, k))
V = b.name("V", (k, k))


def _network() -> Story:
    def section(variable: Expr, value: Expr, why: str) -> Section:
        line = Line(b.d(L), b.frob(value, b.d(variable)), why, "r", PROVED)
        return Section(f"∂L/∂{variable}", (), (line,), (b.derivative(L, variable), value))

    sections = (
        section(Z2, D2, "definition"),
        section(W2, b.mul(b.T(D2), A1), "a left factor crosses"),
        section(A1, b.mul(D2, W2), "a right factor crosses"),
        section(Z1, b.had(b.mul(D2, W2), b.slope("relu", Z1)), "the slope of relu"),
        section(V, b.mul(b.T(D1), Z1), "a left factor crosses"),
    )
    statements = (
        (A1, b.apply("relu", Z1)), (Z2, b.mul(A1, b.T(W2))), (D2, b.derivative(L, Z2)),
        (D1, b.derivative(L, Z1)),
    )  # fmt: skip
    answers = (sections[1].conclusion, sections[4].conclusion)
    return Story(((W2, "declared"), (V, "declared")), ("L",), statements, sections, answers, (), PROVED)


def test_a_network_is_a_list_of_equations() -> None:
    assert (
        show(_network())
        == """\
  W2 : m×k   V : k×k      L : unknown scalar function
  A1 = relu(Z1) : n×k
  Z2 = A1 W2ᵀ : n×m       Δ2 = ∂L/∂Z2 : n×m
                          Δ1 = ∂L/∂Z1 : n×k

  ∂L/∂W2 = Δ2ᵀ A1                a left factor crosses
  ∂L/∂A1 = Δ2 W2                 a right factor crosses
  Δ1     = (Δ2 W2) ⊙ relu′(Z1)   the slope of relu
  ∂L/∂V  = Δ1ᵀ Z1                a left factor crosses

  proved for all sizes · 4 steps"""
    )


def test_answers_come_with_what_they_speak_of() -> None:
    text = show(_network(), steps="none")
    assert "Δ1     = (Δ2 W2) ⊙ relu′(Z1)" in text
    assert "∂L/∂A1" not in text


def test_contributions_are_not_shown_as_the_gradient() -> None:
    first = Section("", (), (), (b.derivative(L, A), A))
    second = Section("", (), (), (b.derivative(L, A), b.T(A)))
    both = Section("", (), (), (b.derivative(L, A), b.add(A, b.T(A))))
    story = _story(first, second, both)._replace(answers=(both.conclusion,))
    for format in ("text", "latex"):
        lines = [line for line in show(story, format=format).split("\n") if "=" in line]
        assert sum("part of" in line for line in lines) == 2


def test_a_jacobian_of_four_axes_is_shown_by_entries() -> None:
    answer = (b.partial(Y, W), b.einsum("ik,jl->ijlk", X, b.eye(m)))
    text = show(_story()._replace(answers=(answer,), layout="numerator"))
    assert "∂Y_ij/∂W_pq = X_iq δ_jp : n×m×m×k   layout: numerator" in text


MACROS = set(re.findall(r"\w+", """
    begin end text paragraph quad textbf frac tfrac partial top sum delta odot times cdot qquad operatorname
    relu Delta left right mathrm mathbf ne parbox linewidth raggedright displaystyle allowbreak
    allowdisplaybreaks
"""))  # fmt: skip


@pytest.mark.parametrize("story, notation", [
    (_story(FROBENIUS), "frobenius"), (_story(BY_INDICES), "index"), (_network(), "frobenius"),
    (_story(FROBENIUS, BY_INDICES, conditions=("Z ≠ 0",)), "frobenius"),
])  # fmt: skip
@pytest.mark.parametrize("steps", ["none", "short", "full"])
def test_latex_is_well_formed(story: Story, notation: str, steps: str) -> None:
    text = show(story, notation, "latex", steps)
    bare = re.sub(r"\\[{}$%&_]", "", text)
    assert bare.count("{") == bare.count("}")
    assert bare.count("$") % 2 == 0
    assert text.count(r"\begin{align*}") == text.count(r"\end{align*}")
    assert set(re.findall(r"\\([A-Za-z]+)", text)) <= MACROS
    assert not re.search(r"[^\x00-\x7f]", text)
    for block in re.findall(r"\\begin\{align\*\}\n(.*?)\n\\end", text, re.DOTALL):
        for line in block.split("\n"):
            assert "&=" in line or line.startswith(r"&\quad")


def test_latex_lines() -> None:
    text = show(_story(FROBENIUS), format="latex")
    assert (
        r"""\begin{align*}
dL &= G : dY && \text{definition of the gradient G} \\
 &= G : (X \, dW^{\top}) && \text{product rule; X is constant} \\"""
        in text
    )


def test_markdown() -> None:
    text = show(_story(BY_INDICES), "index", "markdown")
    assert r"1. $Y_{ij} = \sum_{k} X_{ik} W_{jk}$ — definition of the matrix product" in text
    assert r"3. ${} = \sum_{i,j,k} G_{ij} X_{ik} \delta_{jp} \delta_{kq}$ — ∂W\_jk/∂W\_pq is 1" in text
    assert r"$$\frac{\partial L}{\partial W} = G^{\top} X \qquad (m \times k)$$" in text


def test_both_notations() -> None:
    text = show_both(_story(FROBENIUS), _story(BY_INDICES))
    assert text.index("in matrix notation") < text.index("dL = G : dY") < text.index("in index notation")
    assert text.index("in index notation") < text.index("Y_ij")


@pytest.mark.parametrize("format", ["pdf", "docx"])
def test_formats_that_do_not_exist(format: str) -> None:
    with pytest.raises(UnsupportedError, match="text, ascii, latex, markdown") as caught:
        show(_story(FROBENIUS), format=format)
    assert caught.value.code == "GP502"


def test_other_choices_that_do_not_exist() -> None:
    with pytest.raises(ParseError, match="frobenius, index"):
        show(_story(FROBENIUS), "trace")
    with pytest.raises(ParseError, match="none, short, full"):
        show(_story(FROBENIUS), steps="many")
