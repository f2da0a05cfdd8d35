"""How expressions and derivations are written: tables of what a reader should see."""

from __future__ import annotations

import re

import pytest

from gradproof.derivation.story import Line, Section, Step, Story
from gradproof.errors import LimitError, ParseError, UnsupportedError
from gradproof.expressions.dims import symbol
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.operators import build as b
from gradproof.operators.elaborate import read
from gradproof.rendering.entries import entry
from gradproof.rendering.latex import latex_text
from gradproof.rendering.names import ascii_name, ascii_text, latex_name, unicode_name
from gradproof.rendering.pretty import formula, shape_text
from gradproof.rendering.shapes import shape_tree
from gradproof.rendering.story import show, show_both
from gradproof.verdicts import Verdict

SHAPES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("A", "B", "C", "S", "W1", "W_1", "Delta2", "Sigma"), ("n", "n")),
    **dict.fromkeys(("x", "y", "z", "theta", "x_in", "bias"), ("n",)),
    **dict.fromkeys(("a", "c", "s", "d", "lambda", "loss"), ()),
    "X": ("n", "k"), "W": ("m", "k"), "M": ("m", "n"), "b": ("m",),
}  # fmt: skip
MATRIX = [  # typed, Unicode, ASCII, LaTeX
    ("X*W'", "X Wᵀ", "X*W'", r"X W^{\top}"),
    ("X'*X", "XᵀX", "X'*X", r"X^{\top} X"),
    ("M'*(M*x - b)", "Mᵀ(M x − b)", "M'*(M*x - b)", r"M^{\top} (M x - b)"),
    ("2*M'*(M*x - b)", "2 Mᵀ(M x − b)", "2*M'*(M*x - b)", r"2 M^{\top} (M x - b)"),
    ("-A*B", "−A B", "-A*B", "-A B"),
    ("A - B - C", "A − B − C", "A - B - C", "A - B - C"),
    ("A - (B + C)", "A − (B + C)", "A - (B + C)", "A - (B + C)"),
    ("-(A + B)", "−(A + B)", "-(A + B)", "-(A + B)"),
    ("-A + B", "−A + B", "-A + B", "-A + B"),
    ("A*(-B)", "A (−B)", "A*-B", "A (-B)"),
    ("0.5*(A + A')", "½ (A + Aᵀ)", "0.5*(A + A')", r"\tfrac{1}{2} (A + A^{\top})"),
    ("(A + A')/2", "(A + Aᵀ)/2", "(A + A')/2", r"\frac{A + A^{\top}}{2}"),
    ("0.25*A", "¼ A", "0.25*A", r"\tfrac{1}{4} A"),
    ("0.1*A", "0.1 A", "0.1*A", "0.1 A"),
    ("1/3*A", "(1/3) A", "1/3*A", r"\frac{1}{3} A"),
    ("2*3*a", "2 · 3 a", "2*3*a", r"2 \cdot 3 a"),
    ("a*2", "a · 2", "a*2", r"a \cdot 2"),
    ("2*ones(n)", "2 · 1", "2*ones(n)", r"2 \cdot \mathbf{1}"),
    ("A*ones(n)", "A 1", "A*ones(n)", r"A \mathbf{1}"),
    ("ones(n)*x'", "1 xᵀ", "ones(n)*x'", r"\mathbf{1} x^{\top}"),
    ("ones(m,n)", "1 1ᵀ", "ones(m, n)", r"\mathbf{1} \mathbf{1}^{\top}"),
    ("eye(n) - A", "I − A", "eye(n) - A", "I - A"),
    ("x'*A*x", "xᵀA x", "x'*A*x", r"x^{\top} A x"),
    ("x'*y*z", "(xᵀy) z", "(x'*y)*z", r"(x^{\top} y) z"),
    ("x*(y'*z)", "x (yᵀz)", "x*(y'*z)", r"x (y^{\top} z)"),
    ("a*x'*y", "a xᵀy", "a*x'*y", r"a x^{\top} y"),
    ("A*B'*C", "A BᵀC", "A*B'*C", r"A B^{\top} C"),
    ("A'*B'", "AᵀBᵀ", "A'*B'", r"A^{\top} B^{\top}"),
    ("A'*x", "Aᵀx", "A'*x", r"A^{\top} x"),
    ("A'*ones(n)", "Aᵀ 1", "A'*ones(n)", r"A^{\top} \mathbf{1}"),
    ("W1'*A", "W1ᵀ A", "W1'*A", r"W_{1}^{\top} A"),
    ("(A*B)'", "(A B)ᵀ", "(A*B)'", r"(A B)^{\top}"),
    ("(A')'", "(Aᵀ)ᵀ", "A''", r"(A^{\top})^{\top}"),
    ("A'*exp(x)", "Aᵀ exp(x)", "A'*exp(x)", r"A^{\top} \exp(x)"),
    ("inv(S)", "S⁻¹", "inv(S)", "S^{-1}"),
    ("inv(S)'", "S⁻ᵀ", "inv(S)'", r"S^{-\top}"),
    ("inv(S')", "(Sᵀ)⁻¹", "inv(S')", r"(S^{\top})^{-1}"),
    ("inv(S)*C*inv(S)", "S⁻¹ C S⁻¹", "inv(S)*C*inv(S)", "S^{-1} C S^{-1}"),
    ("inv(A*B)", "(A B)⁻¹", "inv(A*B)", "(A B)^{-1}"),
    (
        "inv(S)' - inv(S)'*C'*inv(S)'", "S⁻ᵀ − S⁻ᵀ Cᵀ S⁻ᵀ", "inv(S)' - inv(S)'*C'*inv(S)'",
        r"S^{-\top} - S^{-\top} C^{\top} S^{-\top}",
    ),
    ("1/s", "1/s", "1/s", r"\frac{1}{s}"),
    ("A/sqrt(d)", "A/√d", "A/sqrt(d)", r"\frac{A}{\sqrt{d}}"),
    ("1/sqrt(d)*A*B", "(1/√d) A B", "1/sqrt(d)*A*B", r"\frac{1}{\sqrt{d}} A B"),
    ("A*B/s", "A B/s", "A*B/s", r"\frac{A B}{s}"),
    ("x/(2*a)", "x/(2 a)", "x/(2*a)", r"\frac{x}{2 a}"),
    ("a/c/s", "(a/c)/s", "a/c/s", r"\frac{\frac{a}{c}}{s}"),
    ("(A + B)/s", "(A + B)/s", "(A + B)/s", r"\frac{A + B}{s}"),
    ("A^2", "A²", "A^2", "A^{2}"),
    ("A^3*B", "A³ B", "A^3*B", "A^{3} B"),
    ("a^2", "a²", "a^2", "a^{2}"),
    ("(-a)^2", "(−a)²", "(-a)^2", "(-a)^{2}"),
    ("a^-1", "a⁻¹", "a^-1", "a^{-1}"),
    ("a^(c + 1)", "a^(c + 1)", "a^(c + 1)", "a^{c + 1}"),
    ("a^c", "a^c", "a^c", "a^{c}"),
    ("s^0.5", "s^½", "s^0.5", r"s^{\tfrac{1}{2}}"),
    ("norm2(M*x - b)^2", "‖M x − b‖²", "norm2(M*x - b)^2", r"\lVert M x - b \rVert^{2}"),
    ("0.5*norm2(x)^2", "½ ‖x‖²", "0.5*norm2(x)^2", r"\tfrac{1}{2} \lVert x \rVert^{2}"),
    ("norm1(x)", "‖x‖₁", "norm1(x)", r"\lVert x \rVert_{1}"),
    ("normF(A)", "‖A‖_F", "normF(A)", r"\lVert A \rVert_{F}"),
    ("A.*B", "A ⊙ B", "A.*B", r"A \odot B"),
    ("A.*B.*C", "A ⊙ B ⊙ C", "A.*B.*C", r"A \odot B \odot C"),
    ("A.*(B*C)", "A ⊙ (B C)", "A.*(B*C)", r"A \odot (B C)"),
    ("(A*B).*C", "(A B) ⊙ C", "(A*B).*C", r"(A B) \odot C"),
    ("2*A.*B", "2 A ⊙ B", "(2*A).*B", r"2 A \odot B"),
    ("2*(A.*B)", "2 (A ⊙ B)", "2*(A.*B)", r"2 (A \odot B)"),
    ("A.*(B + C)", "A ⊙ (B + C)", "A.*(B + C)", r"A \odot (B + C)"),
    ("A.^2", "A^⊙2", "A.^2", r"A^{\odot 2}"),
    ("1 - tanh(x).^2", "1 − tanh(x)^⊙2", "1 - tanh(x).^2", r"1 - \tanh(x)^{\odot 2}"),
    ("2.^A", "2^⊙A", "2 .^A", r"2^{\odot A}"),
    ("A./B", "A ⊘ B", "A./B", r"A \oslash B"),
    ("1 ./A", "1 ⊘ A", "1 ./ A", r"1 \oslash A"),
    ("x./s", "x/s", "x./s", r"\frac{x}{s}"),
    ("A:B", "A : B", "A:B", "A : B"),
    ("A:(B*C)", "A : (B C)", "A:B*C", "A : (B C)"),
    ("2*A:B", "2 A : B", "2*A:B", "2 A : B"),
    ("(2*(A:B) + a)/c", "(2 (A : B) + a)/c", "(2*(A:B) + a)/c", r"\frac{2 (A : B) + a}{c}"),
    ("(A:B)*C", "(A : B) C", "(A:B)*C", "(A : B) C"),
    ("tr(A*B)", "tr(A B)", "tr(A*B)", r"\operatorname{tr}(A B)"),
    (
        "logdet(S) + tr(inv(S)*C)", "logdet(S) + tr(S⁻¹ C)", "logdet(S) + tr(inv(S)*C)",
        r"\operatorname{logdet}(S) + \operatorname{tr}(S^{-1} C)",
    ),
    ("det(A)", "det(A)", "det(A)", r"\det(A)"),
    ("diag(x)*A", "diag(x) A", "diag(x)*A", r"\operatorname{diag}(x) A"),
    ("diag(A)", "diag(A)", "diag(A)", r"\operatorname{diag}(A)"),
    ("vec(A)", "vec(A)", "vec(A)", r"\operatorname{vec}(A)"),
    ("kron(A', B)", "Aᵀ ⊗ B", "kron(A', B)", r"A^{\top} \otimes B"),
    ("kron(A*B, C)", "(A B) ⊗ C", "kron(A*B, C)", r"(A B) \otimes C"),
    ("kron(A, B)*vec(C)", "(A ⊗ B) vec(C)", "kron(A, B)*vec(C)", r"(A \otimes B) \operatorname{vec}(C)"),
    ("sqrt(s)", "√s", "sqrt(s)", r"\sqrt{s}"),
    ("sqrt(a + c)", "√(a + c)", "sqrt(a + c)", r"\sqrt{a + c}"),
    ("sqrt(x)", "sqrt(x)", "sqrt(x)", r"\operatorname{sqrt}(x)"),
    ("abs(s)", "|s|", "abs(s)", r"\lvert s \rvert"),
    ("abs(x)", "abs(x)", "abs(x)", r"\operatorname{abs}(x)"),
    ("asin(x)", "asin(x)", "asin(x)", r"\arcsin(x)"),
    ("leaky_relu(x)", "leaky_relu(x)", "leaky_relu(x)", r"\operatorname{leaky\_relu}(x)"),
    ("max(A, B)", "max(A, B)", "max(A, B)", r"\max(A, B)"),
    ("max(x)", "max(x)", "max(x)", r"\max(x)"),
    ("softmax(A)", "softmax(A)", "softmax(A)", r"\operatorname{softmax}(A)"),
    (
        "A.*(B - rowsum(A.*B)*ones(n)')", "A ⊙ (B − rowsum(A ⊙ B) 1ᵀ)", "A.*(B - rowsum(A.*B)*ones(n)')",
        r"A \odot (B - \operatorname{rowsum}(A \odot B) \mathbf{1}^{\top})",
    ),
    ("relu'(A)", "relu′(A)", "relu'(A)", r"\operatorname{relu}'(A)"),
    ("f.(A)", "f.(A)", "f.(A)", "f(A)"),
    ("f'.(A)", "f′.(A)", "f'.(A)", "f'(A)"),
    ("sum(x)/n", "sum(x)/n", "sum(x)/n", r"\frac{\operatorname{sum}(x)}{n}"),
    ("lambda*norm2(theta)^2", "λ ‖θ‖²", "lambda*norm2(theta)^2", r"\lambda \lVert \theta \rVert^{2}"),
    ("inv(Sigma)*theta", "Σ⁻¹ θ", "inv(Sigma)*theta", r"\Sigma^{-1} \theta"),
    ("Delta2'*W1", "Δ2ᵀ W1", "Delta2'*W1", r"\Delta_{2}^{\top} W_{1}"),
    ("x_in + bias", "x_in + bias", "x_in + bias", r"x_{\mathrm{in}} + \mathrm{bias}"),
    ("loss*x", "loss x", "loss*x", r"\mathrm{loss} \, x"),
    ("W_1*x", "W1 x", "W_1*x", "W_{1} x"),
    ("pi*a", "π a", "pi*a", r"\pi a"),
    (
        "reshape(vec(A), n, n)", "reshape(vec(A), n, n)", "reshape(vec(A), n, n)",
        r"\operatorname{reshape}(\operatorname{vec}(A), n, n)",
    ),
    (
        'einsum("ij,jk->ik", A, B)', 'einsum("ij,jk->ik", A, B)', 'einsum("ij,jk->ik", A, B)',
        r"\operatorname{einsum}(\text{``ij,jk$\to$ik''}, A, B)",
    ),
]  # fmt: skip


def of(text: str) -> Expr:
    return read(text, shapes=SHAPES).objective


@pytest.mark.parametrize("typed, unicode, plain, latex", MATRIX, ids=[row[0] for row in MATRIX])
def test_matrix_notation(typed: str, unicode: str, plain: str, latex: str) -> None:
    e = of(typed)
    assert formula(e) == unicode
    assert formula(e, format="ascii") == plain
    assert formula(e, format="latex") == latex


@pytest.mark.parametrize("typed", [row[0] for row in MATRIX])
def test_the_ascii_form_reads_back(typed: str) -> None:
    plain = formula(of(typed), format="ascii")
    assert plain.isascii()
    assert of(plain) is of(typed)


def test_different_expressions_look_different() -> None:
    shown: dict[str, str] = {}
    for typed, unicode, _, _ in MATRIX:
        assert shown.setdefault(unicode, typed) == typed


# ---- what only derivations write

m, n, k = map(symbol, "mnk")
X, W, G, Y = b.name("X", (n, k)), b.name("W", (m, k)), b.name("G", (n, m)), b.name("Y", (n, m))
A, M, x, y = b.name("A", (n, n)), b.name("M", (m, n)), b.name("x", (n,)), b.name("y", (m,))
L, f = b.name("L"), b.name("f")
LY = b.call("L", Y)
TWICE = b.partial(b.derivative(f, x), x)

DERIVED = [  # Unicode, ASCII, LaTeX
    (b.frob(G, b.d(Y)), "G : dY", "G:dY", "G : dY"),
    (b.frob(G, b.mul(X, b.T(b.d(W)))), "G : (X dWᵀ)", "G:X*dW'", r"G : (X \, dW^{\top})"),
    (b.frob(b.mul(b.T(X), G), b.T(b.d(W))), "(XᵀG) : dWᵀ", "X'*G:dW'", r"(X^{\top} G) : dW^{\top}"),
    (b.d(b.mul(X, b.T(W))), "d(X Wᵀ)", "d(X*W')", r"d(X W^{\top})"),
    (b.d(b.T(W)), "d(Wᵀ)", "d(W')", r"d(W^{\top})"),
    (b.d(b.name("theta")), "dθ", "dtheta", r"d\theta"),
    (b.derivative(L, W), "∂L/∂W", "dL/dW", r"\frac{\partial L}{\partial W}"),
    (b.derivative(LY, W), "∂L/∂W", "dL/dW", r"\frac{\partial L}{\partial W}"),
    (b.T(b.derivative(L, Y)), "(∂L/∂Y)ᵀ", "(dL/dY)'", r"\left(\frac{\partial L}{\partial Y}\right)^{\top}"),
    (b.mul(b.derivative(L, Y), W), "(∂L/∂Y) W", "(dL/dY)*W", r"\frac{\partial L}{\partial Y} W"),
    (b.partial(Y, W), "∂Y/∂W", "dY/dW", r"\frac{\partial Y}{\partial W}"),
    (TWICE, "∇²f", "d(df/dx)/dx", r"\nabla^{2}f"),
    (b.gradient_of("L", 0, Y), "∇L(Y)", "grad(L)(Y)", r"\nabla L(Y)"),
    (b.gradient_of("L", 1, X, Y), "∇₂L(X, Y)", "grad(L, 2)(X, Y)", r"\nabla _{2}L(X, Y)"),
    (LY, "L(Y)", "L(Y)", "L(Y)"),
    (b.mul(b.name("I", (n, n)), b.eye(n)), "I I_n", "I*eye(n)", "I I_{n}"),
    (b.mul(b.T(b.name("Δ2", (n, m))), Y), "Δ2ᵀ Y", "Delta2'*Y", r"\Delta_{2}^{\top} Y"),
]  # fmt: skip


@pytest.mark.parametrize("e, unicode, plain, latex", DERIVED, ids=[row[1] for row in DERIVED])
def test_differentials_and_derivatives(e: Expr, unicode: str, plain: str, latex: str) -> None:
    assert formula(e) == unicode
    assert formula(e, format="ascii") == plain
    assert formula(e, format="latex") == latex


# ---- index notation

I_m, I_k = b.eye(m), b.eye(k)
DELTAS = b.einsum("ij,ik,jp,kq->pq", G, X, I_m, I_k)
INDEX = [  # expression, letters, Unicode, ASCII, LaTeX
    (Y, "ij", "Y_ij", "Y_ij", "Y_{ij}"),
    (L, "", "L", "L", "L"),
    (b.einsum("ik,jk->ij", X, W), "ij", "Σ_k X_ik W_jk", "sum_k X_ik W_jk", r"\sum_{k} X_{ik} W_{jk}"),
    (
        DELTAS, "pq", "Σ_ijk G_ij X_ik δ_jp δ_kq", "sum_ijk G_ij X_ik delta_jp delta_kq",
        r"\sum_{i,j,k} G_{ij} X_{ik} \delta_{jp} \delta_{kq}",
    ),
    (
        b.einsum("ij,ijpq->pq", G, b.partial(Y, W)), "pq", "Σ_ij G_ij ∂Y_ij/∂W_pq",
        "sum_ij G_ij dY_ij/dW_pq",
        r"\sum_{i,j} G_{ij} \frac{\partial Y_{ij}}{\partial W_{pq}}",
    ),
    (
        b.derivative(L, W), "pq", "∂L/∂W_pq", "dL/dW_pq", r"\frac{\partial L}{\partial W_{pq}}",
    ),
    (
        b.einsum("pi,iq->pq", b.T(G), X), "pq", "Σ_i (Gᵀ)_pi X_iq", "sum_i (G')_pi X_iq",
        r"\sum_{i} (G^{\top})_{pi} X_{iq}",
    ),
    (b.mul(b.T(G), X), "pq", "(GᵀX)_pq", "(G'*X)_pq", r"(G^{\top} X)_{pq}"),
    (b.slope("tanh", A), "ij", "tanh′(A_ij)", "tanh'(A_ij)", r"\tanh'(A_{ij})"),
    (b.slope("max", x), "i", "max′(x)_i", "max'(x)_i", r"\max'(x)_{i}"),
    (b.apply("softmax", A), "ij", "softmax(A)_ij", "softmax(A)_ij", r"\operatorname{softmax}(A)_{ij}"),
    (b.fmap("f", A, 1), "ij", "f′(A_ij)", "f'(A_ij)", "f'(A_{ij})"),
    (b.hpow(A, b.num(2)), "ij", "A_ij²", "A_ij^2", "A_{ij}^{2}"),
    (b.hdiv(A, A), "ij", "A_ij/A_ij", "A_ij/A_ij", r"\frac{A_{ij}}{A_{ij}}"),
    (b.add(A, b.neg(b.T(A))), "ij", "A_ij − (Aᵀ)_ij", "A_ij - (A')_ij", r"A_{ij} - (A^{\top})_{ij}"),
    (b.add(b.num(1), A), "ij", "1 + A_ij", "1 + A_ij", "1 + A_{ij}"),
    (
        b.mul(b.num(2), b.einsum("ji,j->i", M, b.add(b.mul(M, x), b.neg(y)))), "i",
        "2 Σ_j M_ji (M x − y)_j", "2 sum_j M_ji (M*x - y)_j", r"2 \sum_{j} M_{ji} (M x - y)_{j}",
    ),
    (
        b.einsum("i,i->i", x, b.add(b.num(1), b.neg(b.hpow(x, b.num(2))))), "p",
        "x_p (1 − x_p²)", "x_p (1 - x_p^2)", "x_{p} (1 - x_{p}^{2})",
    ),
    (b.einsum("i,j->ij", b.ones(n), x), "ij", "x_j", "x_j", "x_{j}"),
    (b.einsum("i->", b.ones(n)), "", "Σ_i 1", "sum_i 1", r"\sum_{i} \mathbf{1}"),
    (b.einsum("i->ii", x), "pq", "x_p δ_pq", "x_p delta_pq", r"x_{p} \delta_{pq}"),
    (
        b.neg(b.div(b.einsum("ij->j", A), L)), "q", "−(1/L) Σ_i A_iq", "-(1/L) sum_i A_iq",
        r"-\frac{1}{L} \sum_{i} A_{iq}",
    ),
    (
        b.einsum("ij->", b.einsum("ik,kj->ij", A, A)), "", "Σ_ij Σ_k A_ik A_kj",
        "sum_ij sum_k A_ik A_kj", r"\sum_{i,j} \sum_{k} A_{ik} A_{kj}",
    ),
    (b.name("Sigma", (n, n)), "ij", "(Σ)_ij", "(Sigma)_ij", r"(\Sigma)_{ij}"),
    (b.name("G_Y", (n, m)), "ij", "(G_Y)_ij", "(G_Y)_ij", "G_{Y,ij}"),
    (b.name("W1", (n, m)), "ij", "W1_ij", "W1_ij", "W_{1,ij}"),
    (b.d(W), "ij", "dW_ij", "dW_ij", "dW_{ij}"),
    (b.d(b.mul(X, b.T(W))), "ij", "d(X Wᵀ)_ij", "d(X*W')_ij", r"d(X W^{\top})_{ij}"),
    (
        TWICE, "ij", "∂²f/∂x_i∂x_j", "d^2f/dx_idx_j",
        r"\frac{\partial^{2}f}{\partial x_{i}\partial x_{j}}",
    ),
]  # fmt: skip


@pytest.mark.parametrize("e, letters, unicode, plain, latex", INDEX, ids=[row[2] for row in INDEX])
def test_index_notation(e: Expr, letters: str, unicode: str, plain: str, latex: str) -> None:
    indices = tuple(letters)
    assert formula(e, "index", "text", indices) == unicode
    assert formula(e, "index", "ascii", indices) == plain
    assert formula(e, "index", "latex", indices) == latex


def test_an_inner_sum_gets_letters_of_its_own() -> None:
    inner = b.einsum("ij,jk->ik", A, A)
    assert formula(b.einsum("ij,jk->ik", inner, A), "index", indices=("i", "k")) == (
        "Σ_j (Σ_l A_il A_lj) A_jk"
    )


ENTRIES = [  # expression, letters, its entries in the language, and as shown
    (b.mul(X, b.T(W)), "ij", 'einsum("ik,jk->ij", X, W)', "Σ_k X_ik W_jk"),
    (b.mul(A, b.T(A), A), "pq", 'einsum("pi,ji,jq->pq", A, A, A)', "Σ_ij A_pi A_ji A_jq"),
    (b.apply("tanh", b.mul(A, x)), "i", 'tanh(einsum("ij,j->i", A, x))', "tanh(Σ_j A_ij x_j)"),
    (b.apply("tr", b.mul(A, A)), "", 'einsum("ij,ji->", A, A)', "Σ_ij A_ij A_ji"),
    (b.frob(A, A), "", 'einsum("ij,ij->", A, A)', "Σ_ij A_ij A_ij"),
    (b.apply("diag", x), "ij", 'einsum("i,ij->ij", x, eye(n))', "x_i δ_ij"),
    (b.apply("diagonal", A), "i", 'einsum("ii->i", A)', "A_ii"),
    (b.mul(b.ones(m), b.T(x)), "ij", 'einsum("i,j->ij", ones(m), x)', "x_j"),
    (b.add(b.mul(M, x), b.neg(y)), "i", 'einsum("ij,j->i", M, x) - y', "Σ_j M_ij x_j − y_i"),
    (b.apply("mean", x), "", 'einsum("i->", x)/n', "(1/n) Σ_i x_i"),
    (b.neg(b.mul(b.num(2), A, x)), "i", '-2*einsum("ij,j->i", A, x)', "−2 Σ_j A_ij x_j"),
    (b.apply("softmax", A), "ij", "softmax(A)", "softmax(A)_ij"),
    (Y, "ij", "Y", "Y_ij"),
    (b.apply("kron", x, x), "i", "kron(x, x)", "(x ⊗ x)_i"),
]


@pytest.mark.parametrize("e, letters, language, shown", ENTRIES, ids=[row[3] for row in ENTRIES])
def test_entries_of_a_matrix_expression(e: Expr, letters: str, language: str, shown: str) -> None:
    found = entry(e, letters)
    assert str(found) == language
    assert found.axes == e.axes
    assert formula(found, "index", indices=tuple(letters)) == shown


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
    ("∂W_jk/∂W_pq is 1 where j=p", r"$\partial{}W_{jk}$/$\partial{}W_{pq}$ is 1 where j=p"),
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


# ---- derivations

PROVED = Verdict("proved", "")


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
        _line(GRADIENT[0], INDEX[4][0], "chain rule: one term for each entry of Y", "chain", "pq"),
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
    assert show(_story(FROBENIUS)) == """\
  X : n×k   W : m×k   (inferred)      L : unknown scalar function
  Y = X Wᵀ : n×m                      G = ∂L/∂Y : n×m

  1  dL = G : dY        definition of the gradient G
  2     = G : (X dWᵀ)   product rule; X is constant
  3     = (XᵀG) : dWᵀ   a left factor crosses ":" transposed
  4     = (GᵀX) : dW    transpose both sides

  ∂L/∂W = GᵀX : m×k   same shape as W
  proved for all sizes · 4 steps"""


def test_the_linear_layer_in_index_notation() -> None:
    assert show(_story(BY_INDICES), "index") == """\
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
    assert "  4.2         (XᵀG)ᵀ : dW → (GᵀX) : dW    transpose of a product [proved]" in text


def test_conditions_and_verdicts() -> None:
    story = _story(
        FROBENIUS,
        conditions=("X is invertible", "Z ≠ 0", "relu'(0) = 0 is used"),
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
        (A1, b.apply("relu", Z1)), (Z2, b.mul(A1, b.T(W2))), (D2, b.derivative(L, Z2)), (D1, b.derivative(L, Z1)),
    )  # fmt: skip
    answers = (sections[1].conclusion, sections[4].conclusion)
    return Story(((W2, "declared"), (V, "declared")), ("L",), statements, sections, answers, (), PROVED)


def test_a_network_is_a_list_of_equations() -> None:
    assert show(_network()) == """\
  W2 : m×k   V : k×k      L : unknown scalar function
  A1 = relu(Z1) : n×k
  Z2 = A1 W2ᵀ : n×m     Δ2 = ∂L/∂Z2 : n×m
                        Δ1 = ∂L/∂Z1 : n×k

  ∂L/∂W2 = Δ2ᵀ A1                a left factor crosses
  ∂L/∂A1 = Δ2 W2                 a right factor crosses
  Δ1     = (Δ2 W2) ⊙ relu′(Z1)   the slope of relu
  ∂L/∂V  = Δ1ᵀ Z1                a left factor crosses

  proved for all sizes · 5 steps"""


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
    begin end text paragraph textbf frac tfrac partial top sum delta odot times cdot qquad operatorname relu
    Delta left right mathrm mathbf ne
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
    assert r"""\begin{align*}
dL &= G : dY && \text{definition of the gradient G} \\
 &= G : (X \, dW^{\top}) && \text{product rule; X is constant} \\""" in text


def test_markdown() -> None:
    text = show(_story(BY_INDICES), "index", "markdown")
    assert r"1. $Y_{ij} = \sum_{k} X_{ik} W_{jk}$ — definition of the matrix product" in text
    assert r"3. ${} = \sum_{i,j,k} G_{ij} X_{ik} \delta_{jp} \delta_{kq}$ — ∂W\_jk/∂W\_pq is 1" in text
    assert r"$$\frac{\partial L}{\partial W} = G^{\top} X \qquad (m \times k)$$" in text


def test_both_notations() -> None:
    text = show_both(_story(FROBENIUS), _story(BY_INDICES))
    assert text.index("in matrix notation") < text.index("dL = G : dY") < text.index("in index notation")
    assert text.index("in index notation") < text.index("Y_ij")


@pytest.mark.parametrize("format", ["html", "typst", "pdf"])
def test_formats_that_do_not_exist(format: str) -> None:
    with pytest.raises(UnsupportedError, match="text, ascii, latex, markdown") as caught:
        show(_story(FROBENIUS), format=format)
    assert caught.value.code == "GP502"


def test_other_choices_that_do_not_exist() -> None:
    with pytest.raises(ParseError, match="frobenius, index"):
        show(_story(FROBENIUS), "trace")
    with pytest.raises(ParseError, match="none, short, full"):
        show(_story(FROBENIUS), steps="many")


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
    program = read(
        "sum(softmax(Q*K'/sqrt(d))*V)", shapes={"Q": ("q", "d"), "K": ("k", "d"), "V": ("k", "v")}
    )
    assert shape_tree(program) == """\
  sum                        scalar
  └─ *                       q×v
     ├─ softmax (by rows)    q×k
     │  └─ /                 q×k
     │     ├─ *              q×k       Q (q×d) · Kᵀ (d×k)
     │     └─ sqrt(d)        scalar
     └─ V                    k×v"""
    assert shape_tree(program, ascii=True).isascii()


def test_the_tree_of_statements() -> None:
    program = Program("", ((Y, b.mul(X, b.T(W))),), LY, "f", {}, {})
    assert shape_tree(program) == """\
  Y = *    n×m       X (n×k) · Wᵀ (k×m)
  f = L    scalar    Y (n×m)"""


def test_a_tree_of_shapes_has_a_limit() -> None:
    e = A
    for _ in range(60):
        e = b.add(b.had(e, e), A)
    with pytest.raises(LimitError):
        shape_tree(Program("", (), e, "", {}, {}))
