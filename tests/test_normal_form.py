"""The normal form: what it proves, what it must never prove, and where it says that it does not know."""

from __future__ import annotations

import pytest

from gradproof.expressions.dims import symbol
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import (
    add, apply, call, d, frob, gradient_of, had, mul, name, neg, num, ones, partial, T, zeros,
)  # fmt: skip
from gradproof.operators.elaborate import read
from gradproof.proof.context import Context
from gradproof.proof.limits import Budget
from gradproof.proof.normal import Session, gradient_agrees, same, term_bound

# Letters of the tables below. A…D and P, Q are square, S and R symmetric, K antisymmetric, O orthogonal,
# E diagonal, M spd; U is n×k, V is k×n, F is k×k; X and Y are m×n, W is k×n, Z is m×k.
SHAPES: dict[str, tuple[object, ...]] = {
    **{letter: ("n", "n") for letter in "ABCDPQSRKOEM"},
    "U": ("n", "k"), "V": ("k", "n"), "F": ("k", "k"),
    "X": ("m", "n"), "Y": ("m", "n"), "W": ("k", "n"), "Z": ("m", "k"),
    "x": ("n",), "y": ("n",), "w": ("n",), "u": ("m",), "v": ("k",), "p": ("n",),
    "a": (), "b": (), "c": (), "t": (), "j": (),
}  # fmt: skip
ASSUME = {
    "S": ["symmetric"], "R": ["symmetric"], "K": ["antisymmetric"], "O": ["orthogonal"], "E": ["diagonal"],
    "M": ["spd"], "p": ["positive"], "t": ["positive"], "j": ["integer"],
}  # fmt: skip


def expression(text: str) -> Expr:
    shapes = {key: shape for key, shape in SHAPES.items()}
    return read(text, shapes=shapes, assume=ASSUME).objective


def verdict(left: str, right: str, varying: str = "") -> str:
    names = frozenset(expression(letter) for letter in varying.split())
    return same(expression(left), expression(right), Context(names))


IDENTITIES = """
    A:B = B:A
    A:B = A':B'
    A:B = tr(A'*B)
    A:(B*C) = (B'*A):C
    A:(B*C) = (A*C'):B
    A:(B.*C) = (A.*B):C
    tr(A*B*C) = tr(C*A*B)
    tr(A') = tr(A)
    x'*A*y = y'*A'*x
    x'*y = tr(x*y')
    (A*B)' = B'*A'
    (A + B)*C = A*C + B*C
    tr(S*K) = 0
    tr(K) = 0
    tr(K*K*K) = 0
    K:S = 0
    x'*K*x = 0
    K' = -K
    S*x = S'*x
    tr(K*S*R) = -tr(R*S*K)
    sum(A) = ones(n)'*A*ones(n)
    rowsum(X) = X*ones(n)
    colsum(X) = X'*ones(m)
    tr(eye(n)) = n
    ones(n)'*ones(n) = n
    mean(X) = sum(X)/(m*n)
    rowmean(X) = rowsum(X)/n
    diag(x)*y = x.*y
    diag(x)*A*diag(y) = (x*y').*A
    diag(A) = rowsum(A.*eye(n))
    tr(diag(x)*A) = x'*diag(A)
    E*B*E = (diag(E)*diag(E)').*B
    E' = E
    vec(A*B*C) = kron(C', A)*vec(B)
    kron(A, B)' = kron(A', B')
    kron(A, F)*kron(B, F) = kron(A*B, F*F)
    tr(kron(A, F)) = tr(A)*tr(F)
    vec(x*y') = kron(y, x)
    vec(A)'*vec(B) = A:B
    inv(kron(A, F)) = kron(inv(A), inv(F))
    reshape(vec(X), m, n) = X
    A*inv(A) = eye(n)
    inv(A)*A*B = B
    inv(A*B) = inv(B)*inv(A)
    inv(A') = inv(A)'
    inv(2*A) = inv(A)/2
    inv(inv(A)) = A
    inv(S)' = inv(S)
    inv(A)*B*inv(B)*A = eye(n)
    inv(diag(x)) = diag(1./x)
    inv(E)*E = eye(n)
    inv(A*diag(x)*B) = inv(B)*diag(1./x)*inv(A)
    O'*O = eye(n)
    O*O' = eye(n)
    inv(O) = O'
    tr(O*A*O') = tr(A)
    (A*x)'*O'*O*y = x'*A'*y
    inv(A) - inv(B) = inv(A)*(B - A)*inv(B)
    inv(eye(n) + A)*A = eye(n) - inv(eye(n) + A)
    inv(A + U*F*V) = inv(A) - inv(A)*U*inv(inv(F) + V*inv(A)*U)*V*inv(A)
    inv(A + x*y') = inv(A) - inv(A)*x*y'*inv(A)/(1 + y'*inv(A)*x)
    inv(eye(n) + x*y')*x = x/(1 + y'*x)
    U*inv(eye(k) + V*U) = inv(eye(n) + U*V)*U
    inv(inv(A) + inv(B)) = A*inv(A + B)*B
    inv(inv(A) + inv(B)) = A - A*inv(A + B)*A
    A - inv(inv(A) + inv(inv(B) - A)) = A*B*A
    inv(U'*U + c*eye(k))*U' = U'*inv(U*U' + c*eye(n))
    U'*U*inv(U'*U + c*eye(k)) = eye(k) - c*inv(U'*U + c*eye(k))
    inv(eye(n) + K)*(eye(n) - K) = (eye(n) - K)*inv(eye(n) + K)
    det(A*B) = det(B)*det(A)
    det(A') = det(A)
    det(inv(A)) = 1/det(A)
    det(2*A) = 2^n*det(A)
    det(-A)*det(-B) = det(A)*det(B)
    logdet(A*B) = logdet(A) + logdet(B)
    logdet(inv(A)) = -logdet(A)
    log(det(M)) = logdet(M)
    exp(x + y) = exp(x).*exp(y)
    exp(-x) = 1./exp(x)
    exp(x).^2 = exp(2*x)
    log(exp(x)) = x
    exp(log(p)) = p
    log(2*p) = log(2) + log(p)
    log(p.*exp(x)) = x + log(p)
    log(1./p) = -log(p)
    sqrt(p).*sqrt(p) = p
    sqrt(4*p) = 2*sqrt(p)
    p.^a.*p.^b = p.^(a + b)
    2^a*2^b = 2^(a + b)
    p.^(a + 1) = p.*p.^a
    sqrt(x.^2) = abs(x)
    abs(x).^2 = x.^2
    abs(-x) = abs(x)
    sign(x).^2 = ones(n)
    norm2(x)^2 = x'*x
    norm2(2*x) = 2*norm2(x)
    norm2(-x) = norm2(x)
    normF(X)^2 = X:X
    normF(X) = norm2(vec(X))
    norm1(x) = sum(abs(x))
    tanh(x) = 2*sigmoid(2*x) - 1
    sigmoid(-x) = 1 - sigmoid(x)
    tanh(x) = sinh(x)./cosh(x)
    cosh(x).^2 - sinh(x).^2 = ones(n)
    sin(x).^2 + cos(x).^2 = ones(n)
    sin(-x) = -sin(x)
    cos(-x) = cos(x)
    tan(x) = sin(x)./cos(x)
    1 + tan(x).^2 = cos(x).^-2
    softplus(x) = log(1 + exp(x))
    softplus(x) - softplus(-x) = x
    silu(x) = x.*sigmoid(x)
    relu(x) = x.*relu'(x)
    max(x, y) + min(x, y) = x + y
    max(x, 0) = relu(x)
    elu(x) = relu(x) + (exp(x) - 1).*(1 - relu'(x))
    gelu(x) = x.*(1 + erf(x/sqrt(2)))/2
    acos(a) + asin(a) = pi/2
    asin(-a) = -asin(a)
    sum(softmax(x)) = 1
    rowsum(softmax(X)) = ones(m)
    softmax(x + c*ones(n)) = softmax(x)
    log(softmax(x)) = logsoftmax(x)
    logsumexp(x + c*ones(n)) = c + logsumexp(x)
    exp(logsoftmax(X)) = softmax(X)
    f.(A') = f.(A)'
    f.(x*ones(m)') = f.(x)*ones(m)'
    f.(A + A')' = f.(A + A')
    L(A*B + B) = L((A + eye(n))*B)
    (a + b)^3 = a^3 + 3*a^2*b + 3*a*b^2 + b^3
    (a^2 - b^2)/(a - b) = a + b
    1/(a - b) = -1/(b - a)
    1/a + 1/b = (a + b)/(a*b)
    a/(a + b) + b/(a + b) = 1
    1/(a + b) - 1/(a - b) = -2*b/(a^2 - b^2)
    x/sqrt(x'*x + 1) = (x'*x + 1)*x/(x'*x + 1)^1.5
    A^2*A = A^3
    A^-2 = inv(A)*inv(A)
    A*A^(j - 1) = A^j
    A^j*A^-j = eye(n)
    tr(A^j*A) = tr(A*A^j)
    (2*A)^j = 2^j*A^j
"""


def rows(table: str, mark: str = " = ") -> list[tuple[str, str]]:
    out = []
    for line in table.strip().splitlines():
        left, right = line.strip().split(mark)
        out.append((left, right))
    return out


def filled(left: str, right: str) -> str:
    """`0` and `1` stand for arrays of the other side's shape."""
    like = expression(left)
    return f"zeros({', '.join(map(str, like.axes))})" if right == "0" and like.axes else right


@pytest.mark.parametrize("left, right", rows(IDENTITIES))
def test_identity_is_proved(left: str, right: str) -> None:
    assert verdict(left, filled(left, right)) == "equal"
    assert verdict(filled(left, right), left) == "equal"
