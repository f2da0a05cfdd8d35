"""The normal form by itself: each law proves what it says, and none of its false neighbours."""

from __future__ import annotations

import pytest

from false_claims import CLAIMS
from gradproof.elaboration.read import read
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import names, rebuild
from gradproof.operators.build import construct, d, mul, ones, zeros
from gradproof.proof.normal_form.judge import EQUAL, same
from gradproof.proof.referee import Referee
from gradproof.proof.semantics.context import Context
from letters import ASSUME, SHAPES

TRIANGLES = {"G": ("n", "n"), "H": ("n", "n")}
ASSUMED = {**ASSUME, "G": ["lower"], "H": ["upper"]}


def expression(text: str) -> Expr:
    return read(text, shapes={**SHAPES, **TRIANGLES}, assume=ASSUMED).objective


def rows() -> list[tuple[str, str, str, str]]:
    """(law, mark, left, right)"""
    out, law = [], ""
    for line in CLAIMS.strip().splitlines():
        if line[:2] in ("+ ", "- ", "~ "):
            left, right = line[2:].split(" = ")
            out.append((law, line[0], left, right))
        else:
            law = line
    return out


def claim(left: str, right: str) -> tuple[Expr, Expr]:
    """Both sides; a scalar beside an array is meant in every entry."""
    a, b = expression(left), expression(right)
    if a.axes and not b.axes:
        b = mul(b, ones(*a.axes)) if right != "0" else zeros(*a.axes)
    return a, b


def chosen(*marks: str) -> list[object]:
    return [
        pytest.param(left, right, id=f"{law.split(':')[0]} {left} = {right}")
        for law, mark, left, right in rows()
        if mark in marks
    ]


@pytest.mark.parametrize("left, right", chosen("+"))
def test_a_law_proves_what_it_says(left: str, right: str) -> None:
    a, b = claim(left, right)
    assert same(a, b, Context()) == EQUAL
    assert Referee(Context()).judge(a, b).grade == "proved"


@pytest.mark.parametrize("left, right", chosen("-", "~"))
def test_a_false_neighbour_is_not_proved(left: str, right: str) -> None:
    a, b = claim(left, right)
    assert same(a, b, Context()) != EQUAL
    assert same(b, a, Context()) != EQUAL


@pytest.mark.parametrize("left, right", chosen("-"))
def test_a_false_neighbour_is_refuted(left: str, right: str) -> None:
    """The table is about something: the referee finds numbers against each of its claims."""
    assert Referee(Context()).judge(*claim(left, right)).grade == "refuted"


# What varies, a function of it, its differential, and a false one: for each kind of atom its own rule.
DIFFERENTIALS = """
A ; tr(A*B) ; tr(dA*B) ; tr(dA*B')
A ; tr(A*A) ; 2*tr(A*dA) ; tr(A*dA)
A ; tr(A*A') ; 2*tr(A'*dA) ; 2*tr(A*dA)
A ; inv(A) ; -inv(A)*dA*inv(A) ; inv(A)*dA*inv(A)
A ; inv(A) ; -inv(A)*dA*inv(A) ; -inv(A)*inv(A)*dA
A ; inv(A) ; -inv(A)*dA*inv(A) ; -inv(A)'*dA*inv(A)'
A ; det(A) ; det(A)*tr(inv(A)*dA) ; det(A)*tr(inv(A)'*dA)
A ; det(A) ; det(A)*tr(inv(A)*dA) ; tr(inv(A)*dA)
A ; logdet(A) ; tr(inv(A)*dA) ; tr(A*dA)
A ; expm(A) ; dexpm(A, dA) ; expm(A)*dA
A ; logm(A) ; dlogm(A, dA) ; inv(A)*dA
A ; sqrtm(A) ; sylvester(sqrtm(A), sqrtm(A), dA) ; inv(sqrtm(A))*dA/2
A ; tr(A^j) ; j*tr(A^(j - 1)*dA) ; tr(A^(j - 1)*dA)
A ; tr(A^j) ; j*tr(A^(j - 1)*dA) ; j*tr(A^j*dA)
A ; A^2 ; A*dA + dA*A ; 2*A*dA
X ; norm_nuc(X) ; polar(X):dX ; svd_u(X)*svd_u(X)'*X:dX
x ; x.*x ; 2*x.*dx ; x.*dx
x ; sum(x.^3) ; 3*(x.^2)'*dx ; 3*x'*dx
x ; exp(x) ; exp(x).*dx ; exp(x)
x ; exp(x) ; exp(x).*dx ; x.*exp(x).*dx
x ; log(x) ; dx./x ; x.*dx
x ; sin(x) ; cos(x).*dx ; -cos(x).*dx
x ; cos(x) ; -sin(x).*dx ; sin(x).*dx
x ; asin(x) ; dx./sqrt(1 - x.^2) ; dx./sqrt(1 + x.^2)
x ; acos(x) ; -dx./sqrt(1 - x.^2) ; dx./sqrt(1 - x.^2)
x ; atan(x) ; dx./(1 + x.^2) ; dx./(1 - x.^2)
x ; erf(x) ; 2*exp(-x.^2).*dx/sqrt(pi) ; exp(-x.^2).*dx/sqrt(pi)
x ; erf(x) ; 2*exp(-x.^2).*dx/sqrt(pi) ; 2*exp(x.^2).*dx/sqrt(pi)
x ; asinh(x) ; dx./sqrt(1 + x.^2) ; dx./sqrt(x.^2 - 1)
x ; acosh(x) ; dx./sqrt(x.^2 - 1) ; dx./sqrt(1 + x.^2)
x ; lgamma(x) ; digamma(x).*dx ; lgamma(x).*dx
x ; digamma(x) ; trigamma(x).*dx ; digamma(x).*dx
x ; tanh(x) ; (1 - tanh(x).^2).*dx ; (1 + tanh(x).^2).*dx
x ; sigmoid(x) ; sigmoid(x).*(1 - sigmoid(x)).*dx ; sigmoid(x).*dx
x ; abs(x) ; sign(x).*dx ; dx
x ; relu(x) ; step(x).*dx ; x.*dx
x ; sign(x).*y ; 0*dx ; y.*dx
x ; step(x).*y ; 0*dx ; y.*dx
x ; max(x) ; max'(x):dx ; sum(dx)
x ; sqrt(x'*x) ; x'*dx/sqrt(x'*x) ; 2*x'*dx/sqrt(x'*x)
x ; 1/(x'*y) ; -y'*dx/(x'*y)^2 ; y'*dx/(x'*y)^2
x ; 1/(1 + x'*y) ; -y'*dx/(1 + x'*y)^2 ; -y'*dx/(1 + x'*y)
x ; f.(x) ; f'.(x).*dx ; f.(x).*dx
x ; f'.(x) ; f''.(x).*dx ; f'.(x).*dx
x ; x'*A*x ; x'*(A + A')*dx ; 2*x'*A*dx
x ; y ; 0*dx ; dx
M ; chol(M) ; chol(M)*halftril(inv(chol(M))*(dM + dM')*inv(chol(M))')/2 ; halftril(dM)
S ; tr(S*A) ; tr(dS*A) ; tr(dS*A')
S ; inv(S)*A ; -inv(S)*dS*inv(S)*A ; -inv(S)*A*dS*inv(S)
S ; det(S) ; det(S)*tr(inv(S)*dS) ; tr(inv(S)*dS)
S ; logdet(S + A'*A) ; tr(inv(S + A'*A)*dS) ; tr(inv(S + A*A')*dS)
S ; exp(S) ; exp(S).*dS ; exp(S)*dS
S ; sin(S*x) ; cos(S*x).*(dS*x) ; cos(S*x).*(dS'*x)
S ; expm(S) ; dexpm(S, dS) ; expm(S)*dS
S ; f.(S) ; f'.(S).*dS ; f.(S).*dS
S ; step(S)*x ; 0*(dS*x) ; dS*x
S ; 1/(1 + x'*S*x) ; -x'*dS*x/(1 + x'*S*x)^2 ; x'*dS*x/(1 + x'*S*x)^2
K ; tr(K*K*A) ; tr((dK*K + K*dK)*A) ; 2*tr(K*dK*A)
O ; tr(O'*A*O) ; tr(dO'*A*O + O'*A*dO) ; 0*tr(dO)
E ; inv(E)*A ; -inv(E)*dE*inv(E)*A ; inv(E)*dE*inv(E)*A
N ; N*x ; dN*x ; 0*(dN*x)
S ; sum(eigvals(S)) ; tr(dS) ; sum(dS)
"""
DERIVED = [tuple(part.strip() for part in line.split(" ; ")) for line in DIFFERENTIALS.strip().splitlines()]


def changed(variable: str, text: str) -> Expr:
    """A text in which dx stands for d(x)."""
    shapes = {**SHAPES, **TRIANGLES}
    found = read(text, shapes={**shapes, f"d{variable}": shapes[variable]}, assume=ASSUMED).objective
    moving = {e: d(expression(variable)) for e in names(found) if str(e) == f"d{variable}"}
    return rebuild(found, moving, construct)


@pytest.mark.parametrize("variable, before, after, wrong", DERIVED)
def test_a_differential(variable: str, before: str, after: str, wrong: str) -> None:
    context = Context(frozenset({expression(variable)}))
    left, right, false = d(expression(before)), changed(variable, after), changed(variable, wrong)
    assert same(left, right, context) == EQUAL
    assert Referee(context).judge(left, right).grade == "proved"
    assert same(left, false, context) != EQUAL
    assert Referee(context).judge(left, false).grade == "refuted"


def test_every_theory_has_claims() -> None:
    marks = {mark for _, mark, _, _ in rows()}
    assert marks == {"+", "-", "~"}
    assert sum(mark == "-" for _, mark, _, _ in rows()) > 300
