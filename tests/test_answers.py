"""Answers as people give them in threads, books and homework: right ones are accepted in whatever form they
come, wrong ones are refuted and their mistake is named."""

from __future__ import annotations

import pytest

import gradproof as gp

LS = ("norm2(A*x - b)^2", "x", "gradient")
QUAD = ("x'*A*x", "x", "gradient")
TRACE = ("tr(A*X*B)", "X", "gradient")
TRACE2 = ("tr(X'*A*X)", "X", "gradient")
LOGDET = ("logdet(X)", "X", "gradient")
DET = ("det(X)", "X", "gradient")
INV = ("tr(inv(X)*A)", "X", "gradient")
QINV = ("a'*inv(X)*b", "X", "gradient")
LAYER = ("L(X*W')", "W", "gradient")
NORM = ("norm2(x)", "x", "gradient")
SOFT = ("logsumexp(x)", "x", "gradient")
LOGIT = ("sum(log(1 + exp(-y.*(X*w))))", "w", "gradient")
CE = ("-y'*X*w + sum(log(1 + exp(X*w)))", "w", "gradient")
FRO = ("normF(X*W - Y)^2/2", "W", "gradient")
FACT = ("normF(X - U*V')^2", "U", "gradient")
MAHAL = ("(x - m)'*inv(S)*(x - m)", "m", "gradient")
SUMEXP = ("sum(exp(A*x))", "x", "gradient")
RAY = ("(x'*A*x)/(x'*x)", "x", "gradient")
BIL = ("a'*X*b", "X", "gradient")
BILT = ("a'*X'*b", "X", "gradient")
XX = ("a'*X*X'*a", "X", "gradient")
RELU = ("sum(relu(W*x))", "W", "gradient")
HQ = ("x'*A*x", "x", "hessian")
HLS = ("norm2(A*x - b)^2", "x", "hessian")
JAX = ("A*x", "x", "jacobian")
JSOFT = ("softmax(x)", "x", "jacobian")
JEXP = ("exp(A*x)", "x", "jacobian")
RIDGE = ("norm2(A*x - b)^2 + lambda*norm2(x)^2", "x", "gradient")
MLP = ("norm2(v'*tanh(W*x) - y)^2/2", "W", "gradient")

RIGHT = [
    (LS, "2*A'*(A*x - b)"), (LS, "2*(A'*A*x - A'*b)"), (LS, "2*(A*x-b)'*A"), (LS, r"2A^\top(Ax-b)"),
    (LS, r"2 A^{T} \left( A x - b \right)"), (LS, r"\nabla f(x) = 2A^TAx - 2A^Tb"),
    (LS, "∇f = 2*A'*(A*x - b)"),
    (LS, "grad = 2*A'*A*x - 2*A'*b"), (LS, "r = A*x - b; 2*A'*r"), (LS, "-2*A'*(b - A*x)"),
    (LS, r"\frac{\partial f}{\partial x} = 2A^\top A x - 2 A^\top b"), (LS, r"-2 A^\top (b - A x)"),
    (LS, r"2\mathbf{A}^\top(\mathbf{A}\mathbf{x}-\mathbf{b})"),
    (QUAD, "(A + A')*x"), (QUAD, "A*x + A'*x"), (QUAD, "x'*(A + A')"), (QUAD, r"(A + A^\top)x"),
    (QUAD, "x'*A' + x'*A"),
    (QUAD, r"x^T(A+A^T)"),
    (TRACE, "A'*B'"), (TRACE, "(B*A)'"), (TRACE, r"(BA)^\top"), (TRACE, "B*A"), (TRACE, r"A^TB^T"),
    (TRACE2, "(A + A')*X"), (TRACE2, "A*X + A'*X"), (TRACE2, r"A X + A^\top X"),
    (LOGDET, "inv(X)'"), (LOGDET, "inv(X')"), (LOGDET, r"X^{-\top}"), (LOGDET, r"(X^{-1})^T"),
    (LOGDET, r"(X^\top)^{-1}"),
    (DET, "det(X)*inv(X)'"), (DET, r"\det(X) X^{-\top}"), (DET, r"\det(X) (X^{-1})^\top"), (DET, "adj(X)'"),
    (INV, "-inv(X)'*A'*inv(X)'"), (INV, "-(inv(X)*A*inv(X))'"), (INV, r"-X^{-\top}A^\top X^{-\top}"),
    (INV, r"-(X^{-1} A X^{-1})^T"),
    (QINV, "-inv(X)'*a*b'*inv(X)'"), (QINV, r"-X^{-T} a b^T X^{-T}"),
    (LAYER, "G'*X"), (LAYER, "(X'*G)'"), (LAYER, r"G^\top X"), (LAYER, "X'*G"),
    (NORM, "x/norm2(x)"), (NORM, "x/sqrt(x'*x)"), (NORM, r"\frac{x}{\|x\|}"), (NORM, r"\frac{x}{\|x\|_2}"),
    (NORM, r"x / \sqrt{x^\top x}"),
    (SOFT, "softmax(x)"), (SOFT, "exp(x)/sum(exp(x))"), (SOFT, r"\frac{\exp(x)}{\mathbf{1}^\top \exp(x)}"),
    (SOFT, r"\operatorname{softmax}(x)"),
    (LOGIT, "-X'*(y.*sigmoid(-y.*(X*w)))"), (LOGIT, "-X'*(y ./ (1 + exp(y.*(X*w))))"),
    (LOGIT, r"-X^\top (y \odot \sigma(-y \odot (Xw)))"),
    (CE, "X'*(sigmoid(X*w) - y)"), (CE, "-X'*y + X'*(1 ./ (1 + exp(-X*w)))"),
    (CE, r"X^\top(\sigma(Xw) - y)"),
    (CE, "p = sigmoid(X*w); X'*(p - y)"),
    (FRO, "X'*(X*W - Y)"), (FRO, "X'*X*W - X'*Y"), (FRO, r"X^\top(XW - Y)"), (FRO, "E = X*W - Y; X'*E"),
    (FACT, "-2*(X - U*V')*V"), (FACT, "2*U*V'*V - 2*X*V"), (FACT, r"-2(X - UV^\top)V"),
    (FACT, r"2(UV^\top - X)V"),
    (MAHAL, "-(inv(S) + inv(S)')*(x - m)"), (MAHAL, r"-(S^{-1} + S^{-\top})(x - m)"),
    (SUMEXP, "A'*exp(A*x)"), (SUMEXP, r"A^\top \exp(Ax)"), (SUMEXP, "exp(A*x)'*A"),
    (RAY, "((A + A')*x*(x'*x) - 2*(x'*A*x)*x)/(x'*x)^2"),
    (RAY, "(A + A')*x/(x'*x) - 2*x*(x'*A*x)/(x'*x)^2"),
    (BIL, "a*b'"), (BIL, r"ab^\top"), (BIL, "b*a'"), (BILT, "b*a'"), (BILT, r"b a^T"),
    (XX, "2*a*a'*X"), (XX, r"2aa^\top X"),
    (RELU, "(W*x > 0)*x'"), (RELU, "relu'(W*x)*x'"),
    (HQ, "A + A'"), (HQ, r"A + A^\top"), (HLS, "2*A'*A"), (HLS, r"\nabla^2 f(x) = 2A^\top A"),
    (HLS, r"2A^TA"),
    (JAX, "A"), (JAX, "A'"), (JSOFT, "diag(softmax(x)) - softmax(x)*softmax(x)'"),
    (JSOFT, "s = softmax(x); diag(s) - s*s'"), (JEXP, "diag(exp(A*x))*A"),
    (JEXP, r"\operatorname{diag}(\exp(Ax)) A"),
    (RIDGE, "2*A'*(A*x - b) + 2*lambda*x"), (RIDGE, "2*(A'*A + lambda*I)*x - 2*A'*b"),
    (RIDGE, r"2(A^\top A + \lambda I)x - 2A^\top b"), (RIDGE, r"2A^\top(Ax-b) + 2\lambda x"),
]  # fmt: skip

WRONG = [
    (LS, "A'*(A*x - b)", "factor 1/2"), (LS, r"A^\top (A x - b)", "factor 1/2"),
    (LS, "2*A'*(A*x + b)", "sign"),
    (LS, "2*A'*(b - A*x)", "sign"), (LS, "2*(A*x - b)", None), (LS, "2*A*(A*x - b)", None),
    (LS, r"2A(Ax-b)", None), (LS, "2*A'*A*x", "term missing"), (LS, r"2A^\top A x - A^\top b", None),
    (LS, "2*norm2(A*x - b)*A'*(A*x-b)", None), (LS, "∇f = A'*A*x - A'*b", "factor 1/2"),
    (QUAD, "2*A*x", "right if A is symmetric"), (QUAD, r"2Ax", "right if A is symmetric"),
    (QUAD, "A*x", "term missing"),
    (QUAD, "2*x'*A", None), (QUAD, "(A - A')*x", "sign"), (QUAD, "x'*A*A'", None),
    (TRACE, "A*B", None), (TRACE, "B'*A'", None), (TRACE, r"A^\top B", None),
    (TRACE2, "2*A*X", "right if A is symmetric"), (TRACE2, "X'*(A + A')*X", None),
    (TRACE2, "A*X", "term missing"),
    (LOGDET, "inv(X)", None), (LOGDET, "1/det(X)", None), (LOGDET, "det(X)*inv(X)'", None),
    (LOGDET, "-inv(X)'", "sign"), (LOGDET, "X'", None),
    (DET, "det(X)", None), (DET, "inv(X)'", None), (DET, "det(X)*X'", None),
    (INV, "inv(X)'*A'*inv(X)'", "sign"), (INV, "-inv(X)*inv(X)*A", None), (INV, "-inv(X)^2*A'", None),
    (INV, "-inv(X)'*A*inv(X)'", "transposed"),
    (QINV, "-inv(X)*a*b'*inv(X)", None), (QINV, "-inv(X)'*b*a'*inv(X)'", None),
    (QINV, r"-X^{-2} a b^\top", None),
    (LAYER, "G*X", None), (LAYER, r"GX^\top", None),
    (NORM, "2*x", None), (NORM, "x", None), (NORM, "2*x/norm2(x)", "factor 2"),
    (NORM, "x/norm2(x)^2", None),
    (SOFT, "exp(x)", None), (SOFT, "1/sum(exp(x))*ones(n)", None),
    (SOFT, "softmax(x) - softmax(x).^2", None),
    (LOGIT, "X'*(y.*sigmoid(-y.*(X*w)))", "sign"), (LOGIT, "-X'*(y.*sigmoid(y.*(X*w)))", None),
    (LOGIT, "-X'*sigmoid(-y.*(X*w))", None),
    (CE, "X'*(y - sigmoid(X*w))", "sign"), (CE, "X'*(exp(X*w) - y)", None),
    (CE, r"X^\top(\sigma(Xw) + y)", "sign"),
    (FRO, "2*X'*(X*W - Y)", "factor 2"), (FRO, "(X*W - Y)*X'", None), (FRO, "X*(X*W - Y)", None),
    (FRO, "X'*(X*W + Y)", "sign"),
    (FACT, "2*(X - U*V')*V", "sign"), (FACT, "-(X - U*V')*V", "factor 1/2"),
    (FACT, "-2*(X - U*V')*V'", None),
    (MAHAL, "-2*inv(S)*(x - m)", "right if S is symmetric"), (MAHAL, "2*inv(S)*(x - m)", None),
    (MAHAL, "-2*S*(x - m)", None),
    (SUMEXP, "exp(A*x)", None), (SUMEXP, "A*exp(A*x)", None), (SUMEXP, "A'*(A*x)", None),
    (SUMEXP, "exp(A'*x)", None),
    (RAY, "2*A*x/(x'*x)", None), (RAY, "(A + A')*x/(x'*x)", None),
    (BIL, "a*b", None), (BIL, "a'*b", None), (XX, "2*X*a*a'", None), (XX, "a*a'*X", "factor 1/2"),
    (RELU, "relu(W*x)*x'", "wrong function"), (RELU, "(W*x > 0)", None),
    (HQ, "2*A", "right if A is symmetric"), (HQ, "A", "term missing"), (HLS, "A'*A", "factor 1/2"),
    (HLS, "2*A*A'", None),
    (JSOFT, "softmax(x).*(1 - softmax(x))", None),
    (JSOFT, "diag(softmax(x)) + softmax(x)*softmax(x)'", "sign"),
    (JEXP, "diag(A*x)*A", None), (JEXP, "exp(A*x)*A", None), (JEXP, "exp(A)*x", None),
    (RIDGE, "2*A'*(A*x - b) + lambda*x", None), (RIDGE, r"2(A^\top A + \lambda I)x + 2A^\top b", "sign"),
    (RIDGE, "2*A'*(A*x - b)", "term missing"), (RIDGE, "2*(A'*A + lambda)*x - 2*A'*b", None),
]  # fmt: skip


WHERE = {"a'*inv(X)*b": "X: n×n, a: n, b: n", "a'*X*b": "X: m×n, a: m, b: n", "a'*X'*b": "X: m×n, a: n, b: m"}


def _check(question: tuple[str, str, str], answer: str) -> gp.Check:
    text, variable, kind = question
    return gp.check(text, variable, answer, kind=kind, where=WHERE.get(text))


@pytest.mark.parametrize(("question", "answer"), RIGHT, ids=lambda value: str(value)[:40])
def test_right_answers_are_accepted(question: tuple[str, str, str], answer: str) -> None:
    found = _check(question, answer)
    assert found.equal is True, found.show()


@pytest.mark.parametrize(("question", "answer", "phrase"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_answers_are_refuted(question: tuple[str, str, str], answer: str, phrase: str | None) -> None:
    try:
        found = _check(question, answer)
    except gp.ShapeError:  # its parts do not fit together, or it has no shape of the gradient's
        assert phrase is None
        return
    assert found.equal is False, found.show()
    if phrase is not None:
        assert found.diagnosis is not None
        assert phrase in found.diagnosis, found.show()
