"""Names, shapes, sentences and trees of shapes; and what is too large to be written."""

from __future__ import annotations

import pytest

from gradproof.elaboration.read import read
from gradproof.errors import LimitError
from gradproof.expressions.dims import symbol
from gradproof.expressions.program import Program
from gradproof.operators import build as b
from gradproof.rendering.formula.formula import formula, shape_text
from gradproof.rendering.formula.latex import latex_text
from gradproof.rendering.formula.names import ascii_name, ascii_text, latex_name, unicode_name
from gradproof.rendering.shape_tree import shape_tree

m, n, k = map(symbol, "mnk")
X, W, G, Y = b.name("X", (n, k)), b.name("W", (m, k)), b.name("G", (n, m)), b.name("Y", (n, m))
A, x, LY = b.name("A", (n, n)), b.name("x", (n,)), b.call("L", Y)

# ---- names, shapes, sentences

NAMES = [  # typed, Unicode, ASCII, LaTeX
    ("W", "W", "W", "W"),
    ("W1", "W1", "W1", "W_{1}"),
    ("W_1", "W1", "W_1", "W_{1}"),
    ("theta", "θ", "theta", r"\theta"),
    ("θ", "θ", "theta", r"\theta"),
    ("Sigma", "Σ", "Sigma", r"\Sigma"),
    ("Delta2", "Δ2", "Delta2", r"\Delta_{2}"),
    ("Alpha", "Alpha", "Alpha", r"\mathrm{Alpha}"),
    ("x_in", "x_in", "x_in", r"x_{\mathrm{in}}"),
    ("G_Y", "G_Y", "G_Y", "G_{Y}"),
    ("bias", "bias", "bias", r"\mathrm{bias}"),
    ("a1_2", "a1_2", "a1_2", r"\mathrm{a1}_{2}"),
    ("layer_1_w", "layer_1_w", "layer_1_w", r"\mathrm{layer}_{\mathrm{1\_w}}"),
    ("f′", "f′", "f'", "f'"),
]


@pytest.mark.parametrize("typed, unicode, plain, latex", NAMES, ids=[row[0] for row in NAMES])
def test_names(typed: str, unicode: str, plain: str, latex: str) -> None:
    assert (unicode_name(typed), ascii_name(typed), latex_name(typed)) == (unicode, plain, latex)


def test_shapes_in_words() -> None:
    assert shape_text(()) == "scalar"
    assert shape_text((n,)) == "n-vector"
    assert shape_text((n,), row=True) == "row n-vector"
    assert shape_text((n, m * k)) == "n×k·m"
    assert shape_text((n, m), format="ascii") == "n x m"
    assert shape_text((n, m), format="latex") == r"n \times m"


SENTENCES = [
    ("∂W_jk is 1 where j=p", r"$\partial$W\_jk is 1 where j=p"),
    ('a factor crosses ":"', "a factor crosses ``:''"),
    ("leaky_relu'(0) = 0.01", r"leaky\_relu'(0) = 0.01"),
    ("50% of $x & {y}", r"50\% of \$x \& \{y\}"),
    ("Σᵢⱼ X ≠ 0", r"$\Sigma{}_{i}{}_{j}$ X $\ne$ 0"),
    ("|x| < 1", "$|$x$|$ $<$ 1"),
]


@pytest.mark.parametrize("sentence, latex", SENTENCES)
def test_sentences_in_latex(sentence: str, latex: str) -> None:
    assert latex_text(sentence) == latex


def test_no_sign_is_lost_in_ascii() -> None:
    assert ascii_text("Gᵀ X ≠ 0 · Σ δ Δ2") == "G' X != 0 - sum delta Delta2"
    assert ascii_text("漢") == "\\u6f22"


def test_a_shared_expression_is_not_written_out_without_end() -> None:
    e = A
    for _ in range(60):
        e = b.add(b.had(e, e), A)
    with pytest.raises(LimitError):
        formula(e)
    with pytest.raises(LimitError):
        formula(e, "index", indices=("i", "j"))


def test_deep_expressions_are_written() -> None:
    e = x
    for _ in range(3000):
        e = b.apply("exp", e)
    assert formula(e).startswith("exp(exp(")
    assert formula(e, "index", indices=("i",)).endswith("_i" + ")" * 40)


# ---- trees of shapes


def test_the_tree_of_shapes() -> None:
    program = read("sum(softmax(Q*K'/sqrt(d))*V)", shapes={"Q": ("q", "d"), "K": ("k", "d"), "V": ("k", "v")})
    assert (
        shape_tree(program)
        == """\
  sum                        scalar
  └─ *                       q×v
     ├─ softmax (by rows)    q×k
     │  └─ /                 q×k
     │     ├─ *              q×k       Q (q×d) · Kᵀ (d×k)
     │     └─ sqrt(d)        scalar
     └─ V                    k×v"""
    )
    assert shape_tree(program, ascii=True).isascii()


def test_the_tree_of_statements() -> None:
    program = Program("", ((Y, b.mul(X, b.T(W))),), LY, "f", {}, {})
    assert (
        shape_tree(program)
        == """\
  Y = *    n×m       X (n×k) · Wᵀ (k×m)
  f = L    scalar    Y (n×m)"""
    )


def test_a_tree_of_shapes_has_a_limit() -> None:
    e = A
    for _ in range(60):
        e = b.add(b.had(e, e), A)
    with pytest.raises(LimitError):
        shape_tree(Program("", (), e, "", {}, {}))
