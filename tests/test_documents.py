"""Derivations in papers' LaTeX and in Markdown, said by indices, and claims about Hessians and Jacobians."""

from __future__ import annotations

import pytest

import gradproof as gp

RIDGE = r"""
\newcommand{\norm}[1]{\left\| #1 \right\|}
\newcommand{\R}{\mathbb{R}}
Let $A \in \R^{m \times n}$, $x \in \R^n$ and $b \in \R^m$. Ridge regression minimizes
\begin{equation}
  f(x) := \norm{A x - b}_2^2 + \lambda \norm{x}_2^2. \label{eq:ridge}
\end{equation}
Its differential is
\begin{align}
\mathrm{d}f &= 2 (A x - b)^\top A \, \mathrm{d}x + 2 \lambda x^\top \mathrm{d}x \nonumber \\
  &= 2 \left( A^\top (A x - b) + \lambda x \right)^\top \mathrm{d}x,
\end{align}
so that
\[ \nabla f(x) = 2 A^\top (A x - b) + 2 \lambda x , \qquad \nabla^2 f(x) = 2 A^\top A + 2 \lambda I . \]
"""
GAUSS = r"""
\newcommand{\tr}{\operatorname{tr}}
\begin{align*}
L &= \log\det \Sigma + \tr(\Sigma^{-1} S) \\
\intertext{hence}
\mathrm{d} L &= \tr(\Sigma^{-1} \mathrm{d}\Sigma) - \tr(\Sigma^{-1} (\mathrm{d}\Sigma) \Sigma^{-1} S) \\
 &= \tr\left( (\Sigma^{-1} - \Sigma^{-1} S \Sigma^{-1}) \,\mathrm{d}\Sigma \right) && \text{cyclic} \\
\Rightarrow \quad \frac{\partial L}{\partial \Sigma} &= \Sigma^{-\top} - \Sigma^{-\top} S^\top \Sigma^{-\top}
\end{align*}
"""
PCA = r"""
\begin{align}
f(W) &= \| X - X W W^\top \|_F^2 \\
E &= X W W^\top - X \\
df &= 2 \langle E, dE \rangle \\
&= 2 \langle E, X \, dW \, W^\top \rangle + 2\langle E, X W \, dW^\top\rangle \\
&= 2 \langle X^\top E W, dW\rangle + 2 \langle E^\top X W, dW\rangle \\
\nabla_W f &= 2 (X^\top E + E^\top X) W
\end{align}
"""
SOFTMAX = r"""
Softmax regression: $x\in\mathbb{R}^d$, $W\in\mathbb{R}^{k\times d}$.
\begin{align*}
z &= W x \\
L &= -y^\top z + \log\left(\mathbf{1}^\top \exp(z)\right) \\
\mathrm{d}L &= -y^\top \mathrm{d}z + \operatorname{softmax}(z)^\top \mathrm{d}z \\
\frac{\partial L}{\partial z} &= \operatorname{softmax}(z) - y \\
\frac{\partial L}{\partial W} &= (\operatorname{softmax}(z) - y) x^\top
\end{align*}
"""
MLP = r"""
\begin{align}
Z_1 &= X W_1^\top, & A_1 &= \sigma(Z_1), \\
Z_2 &= A_1 W_2^\top, & L &= \tfrac12 \|Z_2 - Y\|_F^2.
\end{align}
Then
\begin{align}
\Delta_2 := \frac{\partial L}{\partial Z_2} &= Z_2 - Y \\
\frac{\partial L}{\partial W_2} &= \Delta_2^\top A_1 \\
\Delta_1 := \frac{\partial L}{\partial Z_1} &= (\Delta_2 W_2) \odot \sigma'(Z_1) \\
\frac{\partial L}{\partial W_1} &= \Delta_1^\top X
\end{align}
"""
ATTENTION = r"""
\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}
\begin{align*}
S &= \frac{1}{\sqrt{d}} Q K^\top, \qquad P = \operatorname{softmax}(S), \qquad O = P V \\
L &= \langle C, O \rangle \\
\pd{L}{V} &= P^\top C \\
\pd{L}{P} &= C V^\top \\
\pd{L}{S} &= P \odot \left( C V^\top - \left((P \odot (C V^\top)) \mathbf{1}\right)\mathbf{1}^\top \right) \\
\pd{L}{Q} &= \frac{1}{\sqrt{d}} \pd{L}{S} K \\
\pd{L}{K} &= \frac{1}{\sqrt{d}} \left(\pd{L}{S}\right)^\top Q
\end{align*}
"""
PAGES = {
    "ridge": RIDGE, "gauss": GAUSS, "pca": PCA, "softmax": SOFTMAX, "mlp": MLP, "attention": ATTENTION,
}  # fmt: skip

SLIPS = [  # page, what is written, what is written instead, the line's number
    ("ridge", r"= 2 A^\top (A x - b) + 2 \lambda x ,", r"= A^\top (A x - b) + 2 \lambda x ,", 14),
    ("ridge", r"2 A^\top A + 2 \lambda I", r"2 A A^\top + 2 \lambda I", 14),
    ("gauss", r"(\Sigma^{-1} - \Sigma^{-1}", r"(\Sigma^{-1} + \Sigma^{-1}", 7),
    ("pca", r"2 (X^\top E + E^\top X) W", r"2 X^\top E W", 8),
    ("softmax", r"(\operatorname{softmax}(z) - y) x^\top", r"(y - \operatorname{softmax}(z)) x^\top", 8),
    ("mlp", r"\Delta_2^\top A_1", r"A_1^\top \Delta_2", 9),
    ("attention", r"\frac{1}{\sqrt{d}} \pd{L}{S} K", r"\pd{L}{S} K", 9),
]


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_papers_are_read_and_right(name: str) -> None:
    report = gp.check_derivation(PAGES[name], format="latex")
    assert report.grade == "proved", report.show()


@pytest.mark.parametrize(("name", "old", "new", "number"), SLIPS)
def test_a_slip_in_a_page_is_found(name: str, old: str, new: str, number: int) -> None:
    assert old in PAGES[name]
    report = gp.check_derivation(PAGES[name].replace(old, new), format="latex")
    assert report.first_wrong is not None
    assert report.lines[report.first_wrong].number == number, report.show()


def test_a_slip_has_its_kind_and_numbers() -> None:
    report = gp.check_derivation("f = norm2(x)^2\n∇f(x) = x\n")
    line = report.lines[1]
    assert line.kind == "factor 1/2"
    assert line.witness is not None
    assert line.witness.values == {"x": [1]}


INDEXED = {
    "the linear layer": """\
Y = X*W'
f = L(Y)
let G = ∂f/∂Y
Y_ij = Σ_k X_ik W_jk
∂f/∂W_pq = Σ_ij G_ij ∂Y_ij/∂W_pq
  = Σ_ijk G_ij X_ik δ_jp δ_kq
  = Σ_i G_ip X_iq
  = (GᵀX)_pq
∂f/∂W = GᵀX
""",
    "sums in the objective": """\
f = Σ_i exp(x_i) + sum_ij A_ij x_i x_j
∂f/∂x_p = exp(x_p) + Σ_j A_pj x_j + Σ_i A_ip x_i
∂f/∂x = exp(x) + (A + A')*x
""",
    "softmax, in LaTeX": r"""
\begin{align}
L &= -\sum_i y_i z_i + \log \sum_j e^{z_j} \\
\frac{\partial L}{\partial z_k} &= -y_k + \frac{e^{z_k}}{\sum_j e^{z_j}}
\end{align}
""",
}


@pytest.mark.parametrize("name", INDEXED)
def test_lines_said_by_indices(name: str) -> None:
    report = gp.check_derivation(INDEXED[name])
    assert report.grade == "proved", report.show()


def test_a_slip_between_indices_is_found() -> None:
    report = gp.check_derivation(INDEXED["sums in the objective"].replace("Σ_j A_pj x_j", "2 Σ_j A_pj x_j"))
    assert report.first_wrong == 1, report.show()


SECOND = """\
f(x) = norm2(A*x - b)^2
∇f(x) = 2*A'*(A*x - b)
d(∂f/∂x) = 2*A'*A*dx
∇²f(x) = 2*A'*A
y = exp(A*x)
∂y/∂x = diag(exp(A*x))*A
J = diag(exp(A*x))*A
"""


def test_hessians_and_jacobians() -> None:
    report = gp.check_derivation(SECOND)
    assert report.grade == "proved", report.show()
    wrong = gp.check_derivation(SECOND.replace("∇²f(x) = 2*A'*A", "∇²f(x) = A'*A"))
    assert wrong.first_wrong == 3


def test_what_two_misfits_mean_is_not_sought_for_ever() -> None:
    with pytest.raises(gp.ShapeError):
        gp.check("norm2(A*x - b)^2", "x", "x'*A*b*(x'*A*b)*A")
