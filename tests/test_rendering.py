"""How expressions and derivations are written: tables of what a reader should see."""

from __future__ import annotations

import pytest

from gradproof.elaboration.read import read
from gradproof.expressions.dims import symbol
from gradproof.expressions.nodes import Expr
from gradproof.operators import build as b
from gradproof.rendering.formula.entries import entry
from gradproof.rendering.formula.formula import formula

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
