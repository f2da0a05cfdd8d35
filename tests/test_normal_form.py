"""The normal form: what it proves, and what it must never prove."""

from __future__ import annotations

import pytest

from gradproof.operators.build import partial
from gradproof.proof.normal_form.judge import gradient_agrees, same
from gradproof.proof.semantics.context import Context
from letters import expression


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
    rowsum(N) = ones(m)
    sum(q) = 1
    x'*ones(n)*q'*ones(n) = sum(x)
    N*x*y'*q/(q'*y) = N*x
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
    det(eye(n) + x*y') = 1 + y'*x
    det(eye(n) - 2*c*x*x') = 1 - 2*c*x'*x
    det(eye(n) + U*V) = det(eye(k) + V*U)
    det(eye(n) + U*F*V) = det(eye(k) + F*V*U)
    det(eye(n) + A*B) = det(eye(n) + B*A)
    det(2*eye(n) + x*y') = 2^n*(1 + y'*x/2)
    logdet(eye(n) + U*U') = logdet(eye(k) + U'*U)
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


def triples(table: str) -> list[tuple[str, ...]]:
    return [tuple(part.strip() for part in line.split(" ; ")) for line in table.strip().splitlines()]


GRADIENTS = """
    tr(A*B) ; A ; B'
    tr(A*B*A') ; A ; A*(B + B')
    x'*A*x ; x ; (A + A')*x
    x'*S*x ; x ; 2*S*x
    norm2(X*W' - Z)^2/2 ; W ; (X*W' - Z)'*X
    norm2(A*x - y)^2 ; x ; 2*A'*(A*x - y)
    norm2(x) ; x ; x/norm2(x)
    norm1(x) ; x ; sign(x)
    tr(A*A*A) ; A ; 3*(A*A)'
    tr(A^j) ; A ; j*(A^(j - 1))'
    x'*inv(A)*y ; A ; -inv(A)'*x*y'*inv(A)'
    tr(inv(A)*B) ; A ; -(inv(A)*B*inv(A))'
    logdet(A) ; A ; inv(A)'
    det(A) ; A ; det(A)*inv(A)'
    log(det(M)) ; M ; inv(M)
    logdet(A*A') ; A ; 2*inv(A)'
    logdet(eye(n) + x*y') ; x ; y/(1 + y'*x)
    logdet(eye(n) + U*U') ; U ; 2*U*inv(eye(k) + U'*U)
    logdet(eye(n) + U*U') ; U ; 2*inv(eye(n) + U*U')*U
    det(eye(n) + U*V) ; U ; det(eye(n) + U*V)*inv(eye(n) + U*V)'*V'
    logdet(U'*U) ; U ; 2*U*inv(U'*U)
    logdet(S) + x'*inv(S)*x ; S ; inv(S) - inv(S)*x*x'*inv(S)
    tr(A*S) ; S ; A'
    tr(E*A) ; E ; A'
    sum(exp(A*x)) ; x ; A'*exp(A*x)
    sum(log(1 + exp(A*x))) ; x ; A'*sigmoid(A*x)
    y'*tanh(A*x) ; x ; A'*(y.*(1 - tanh(A*x).^2))
    y'*sin(x) ; x ; y.*cos(x)
    y'*sqrt(p) ; p ; y./(2*sqrt(p))
    y'*(p.^a) ; p ; a*y.*p.^(a - 1)
    p'*log(p) ; p ; log(p) + ones(n)
    y'*atan(x) ; x ; y./(1 + x.^2)
    y'*asin(x) ; x ; y./sqrt(1 - x.^2)
    y'*acos(x) ; x ; -y./sqrt(1 - x.^2)
    y'*erf(x) ; x ; 2*y.*exp(-x.^2)/sqrt(pi)
    y'*tan(x) ; x ; y./cos(x).^2
    y'*gelu(x) ; x ; y.*((1 + erf(x/sqrt(2)))/2 + x.*exp(-x.^2/2)/sqrt(2*pi))
    y'*silu(x) ; x ; y.*sigmoid(x).*(1 + x.*(1 - sigmoid(x)))
    y'*elu(x) ; x ; y.*exp(min(x, 0))
    y'*relu(A*x) ; x ; A'*(y.*relu'(A*x))
    sum(max(x, y)) ; x ; relu'(x - y)
    sum(max(x, y)) ; y ; relu'(y - x)
    max(x) ; x ; max'(x)
    logsumexp(x) ; x ; softmax(x)
    y'*softmax(x) ; x ; softmax(x).*(y - (softmax(x)'*y)*ones(n))
    X:softmax(Y) ; Y ; softmax(Y).*(X - rowsum(softmax(Y).*X)*ones(n)')
    -x'*logsoftmax(y) ; y ; sum(x)*softmax(y) - x
    -X:logsoftmax(Y) ; Y ; diag(rowsum(X))*softmax(Y) - X
    sum(A)/sum(B) ; B ; -sum(A)/sum(B)^2*ones(n,n)
    x'*A*x/(x'*x) ; x ; (A + A')*x/(x'*x) - 2*(x'*A*x)*x/(x'*x)^2
    exp(-x'*x) ; x ; -2*exp(-x'*x)*x
    1/tr(A) ; A ; -eye(n)/tr(A)^2
    2^a ; a ; log(2)*2^a
    a^a ; a ; a^a*(log(a) + 1)
    tr(A'*A) + tr(B'*B) ; A ; 2*A
    tr((eye(n) - A)^2) ; A ; 2*(A - eye(n))'
    vec(A)'*kron(B, C)*vec(A) ; A ; C*A*B' + C'*A*B
    diag(A)'*x ; A ; diag(x)
    y'*f.(x) ; x ; y.*f'.(x)
    ones(m)'*f.(X*x) ; X ; f'.(X*x)*x'
    tr(M*A*M) ; A ; M*M
    x'*K*y ; x ; K*y
    -N:logsoftmax(Y) ; Y ; softmax(Y) - N
    -q'*logsoftmax(x) ; x ; softmax(x) - q
    sum(q) ; q ; ones(n)
"""


@pytest.mark.parametrize("f, variable, gradient", triples(GRADIENTS))
def test_gradient_by_definition(f: str, variable: str, gradient: str) -> None:
    assert gradient_agrees(expression(f), expression(variable), expression(gradient), Context()) == "equal"


HESSIANS = """
    x'*A*x ; x ; A + A'
    logsumexp(x) ; x ; diag(softmax(x)) - softmax(x)*softmax(x)'
    norm2(A*x - y)^2/2 ; x ; A'*A
    sum(exp(x)) ; x ; diag(exp(x))
"""


@pytest.mark.parametrize("f, variable, hessian", triples(HESSIANS))
def test_hessian_by_definition(f: str, variable: str, hessian: str) -> None:
    by = expression(variable)
    gradient = partial(expression(f), by)
    assert gradient_agrees(gradient, by, expression(hessian), Context()) == "equal"


# Each of these is false, or false at some size, or true only under a condition that was not given.
WRONG = """
    A*B = B*A
    tr(K*K) = 0
    tr(K*K*K*K) = 0
    K*K = 0
    K = K'
    A = A'
    tr(A*B*C) = tr(A*C*B)
    tr(A*B) = tr(A)*tr(B)
    inv(A + B) = inv(A) + inv(B)
    inv(A*B) = inv(A)*inv(B)
    det(-P) = -det(P)
    det(-P) = det(P)
    det(A + B) = det(A) + det(B)
    det(2*A) = 2*det(A)
    det(eye(n) + A*B) = det(eye(n) + A*B')
    det(eye(n) + A*B*C) = det(eye(n) + A*C*B)
    det(eye(n) + 2*x*y') = 1 + y'*x
    det(eye(n) + x*y' + y*x') = 1 + 2*y'*x
    kron(A, B) = kron(B, A)
    vec(A) = vec(A')
    vec(A*B*C) = kron(A, C')*vec(B)
    A*A - tr(A)*A + det(A)*eye(n) = 0
    A*B + B*A = 2*A*B
    sqrt(x.^2) = x
    sqrt(x.*y) = sqrt(x).*sqrt(y)
    log(x.*y) = log(x) + log(y)
    log(x.^2) = 2*log(x)
    exp(log(x.^2)/2) = x
    abs(x) = x
    abs(x + y) = abs(x) + abs(y)
    relu(-x) = -relu(x)
    relu(x)  = x
    sigmoid(-x) = -sigmoid(x)
    (x.^2).^a = x.^(2*a)
    cos(x) = sin(x)
    cos(-x) = -cos(x)
    exp(x)  = exp(-x)
    f.(-x) = -f.(x)
    f.(x + y) = f.(x) + f.(y)
    f.(A*B) = f.(A)*f.(B)
    f.(A) = f.(A)'
    L(A) = L(A')
    softmax(2*x) = softmax(x)
    softmax(X) = softmax(X')'
    sum(softmax(X)) = 1
    max(x, y) = x
    max(x, x) = 0
    norm2(x + y) = norm2(x) + norm2(y)
    norm2(a*x) = a*norm2(x)
    norm2(x)^2 = norm1(x)^2
    mean(X) = sum(X)/n
    rowsum(X) = colsum(X')*2
    diag(x)*A = A*diag(x)
    S*R = R*S
    colsum(N) = ones(n)
    rowsum(N.*N) = ones(m)
    sum(N) = n
    q'*q = 1
    S*R = (S*R)'
    O = O'
    U*U' = eye(n)
    a/(a + b) = 1/(1 + a)
    1/(a + b) = 1/a + 1/b
    (a + b)^0.5 = a^0.5 + b^0.5
    X:X = 0
    x'*A*x = x'*x
    A^j*B^j = (A*B)^j
"""


@pytest.mark.parametrize("left, right", rows(WRONG))
def test_wrong_claim_is_not_proved(left: str, right: str) -> None:
    assert verdict(left, filled(left, right)) != "equal"
    assert verdict(left, filled(left, right), "A x X") != "equal"


WRONG_GRADIENTS = """
    x'*P*x ; x ; 2*P*x
    x'*P*x ; x ; P*x
    tr(A*B) ; A ; B
    tr(A*S) ; S ; A
    tr(A*S) ; S ; (A + A')/2
    norm2(A*x - y)^2 ; x ; A'*(A*x - y)
    norm2(x)^2 ; x ; x
    logdet(A) ; A ; inv(A)
    x'*inv(A)*y ; A ; -inv(A)*x*y'*inv(A)
    tr(A*A*A) ; A ; 3*A*A
    y'*relu(A*x) ; x ; A'*y
    logsumexp(x) ; x ; exp(x)
    tr(A^j) ; A ; j*A^(j - 1)
    det(A) ; A ; 0*A
"""


@pytest.mark.parametrize("f, variable, gradient", triples(WRONG_GRADIENTS))
def test_wrong_gradient_is_not_proved(f: str, variable: str, gradient: str) -> None:
    assert gradient_agrees(expression(f), expression(variable), expression(gradient), Context()) != "equal"
