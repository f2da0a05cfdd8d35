"""Special functions, activations, comparisons: slopes as tables have them, proved, and right on numbers."""

from __future__ import annotations

import numpy as np
import pytest

import gradproof as gp
from gradproof.errors import GradproofError
from judge import close, difference

# the function | its slope, as the gradient of its sum | a point
SLOPES = """
square(x)      | 2*x                                      | -1.3 0.4 2
cbrt(x)        | 1 ./ (3*cbrt(x).^2)                      | -1.3 0.4 2
rsqrt(x)       | -rsqrt(x).^3/2                           | 0.3 0.4 2
log2(x)        | (1 ./ x)/log(2)                          | 0.3 0.4 2
log10(x)       | (1 ./ x)/log(10)                         | 0.3 0.4 2
sec(x)         | sec(x).*tan(x)                           | -1.3 0.4 2
csc(x)         | -csc(x).*cot(x)                          | -1.3 0.4 2
cot(x)         | -(1 + cot(x).^2)                         | -1.3 0.4 2
asinh(x)       | 1 ./ sqrt(1 + x.^2)                      | -1.3 0.4 2
acosh(x)       | 1 ./ sqrt(x.^2 - 1)                      | 1.3 1.4 2
atanh(x)       | 1 ./ (1 - x.^2)                          | -0.3 0.4 0.9
erfc(x)        | -2*exp(-x.^2)/sqrt(pi)                   | -1.3 0.4 2
normcdf(x)     | normpdf(x)                               | -1.3 0.4 2
normpdf(x)     | -x.*normpdf(x)                           | -1.3 0.4 2
lgamma(x)      | digamma(x)                               | 0.3 0.4 20
digamma(x)     | trigamma(x)                              | 0.3 0.4 20
logit(x)       | 1 ./ (x.*(1 - x))                        | 0.1 0.4 0.8
logsigmoid(x)  | sigmoid(-x)                              | -1.3 0.4 2
softsign(x)    | 1 ./ (1 + abs(x)).^2                     | -1.3 0.4 2
hinge(x)       | -step(1 - x)                             | -1.3 0.4 2
hardtanh(x)    | step(1 - abs(x))                         | -1.3 0.4 2
relu6(x)       | step(x.*(6 - x))                         | -1.3 0.4 7
clip(x, -1, 1) | step(x + 1).*step(1 - x)                 | -1.3 0.4 2
huber(x)       | hardtanh(x)                              | -1.3 0.4 2
huber(x, 0.5)  | x - softshrink(x, 0.5)                   | -1.3 0.4 2
mish(x)        | tanh(softplus(x)) + x.*sigmoid(x).*(1 - tanh(softplus(x)).^2) | -1.3 0.4 2
(x > 0).*x     | step(x)                                  | -1.3 0.4 2
x.^-2          | -2 ./ x.^3                               | -1.3 0.4 2
x.^0.5         | 1 ./ (2*sqrt(x))                         | 0.3 0.4 2
2 .^ x         | log(2)*2 .^x                             | -1.3 0.4 2
where(x > 0, x.^2, -x) | 2*(step(x).*x) + step(x) - 1     | -1.3 0.4 2
""".strip().splitlines()
ROWS = [tuple(part.strip() for part in row.split(" | ")) for row in SLOPES]


@pytest.mark.parametrize(("text", "slope", "point"), ROWS, ids=[row[0] for row in ROWS])
def test_slopes(text: str, slope: str, point: str) -> None:
    d = gp.derive(f"sum({text})", "x", where="x: n")
    assert str(d.result.expr) == slope
    assert d.verdict.grade == "proved"
    at = np.array([float(word) for word in point.split()])
    both = d.compile("numpy", value=True)
    assert close(both(x=at)[1], difference(lambda x: both(x=x)[0], at), 1e-8)


@pytest.mark.parametrize(
    ("text", "variable", "answer"),
    [
        ("det(X)^a", "X", "a*det(X)^a*inv(X)'"),
        ("det(X)^-0.5", "X", "-inv(X)'/(2*sqrt(det(X)))"),
        ("sum(x.^a)", "a", "(x.^a)'*log(x)"),
        ("sum(x.^n)", "x", "n*x.^(n - 1)"),
        ("a^b", "b", "a^b*log(a)"),
        ("a^b", "a", "b*a^(b - 1)"),
        ("sum(huber(x, c))", "c", "sum(relu(abs(x) - c))"),
    ],
)
def test_exponents_and_parameters(text: str, variable: str, answer: str) -> None:
    d = gp.derive(text, variable, where="x: n, c: scalar" if "c)" in text else None)
    assert (str(d.result.expr), d.verdict.grade) == (answer, "proved")


def test_the_gamma_functions_are_accurate() -> None:
    """Known values: digamma(1) = -γ, trigamma(1) = π²/6, and what the recurrence gives."""
    d = gp.derive("sum(lgamma(x))", "x").compile("numpy")
    t = gp.derive("sum(digamma(x))", "x").compile("numpy")
    half = np.array([1.0, 0.5, 0.01])
    assert np.allclose(d(x=half), [-0.5772156649015329, -1.9635100260214235, -100.56088545786868], rtol=1e-13)
    assert np.allclose(t(x=half)[:2], [np.pi**2 / 6, np.pi**2 / 2], rtol=1e-13)
    assert np.allclose(t(x=half + 1), t(x=half) - 1 / half**2, rtol=1e-9)


def test_comparisons_are_steps() -> None:
    where = "x: n, y: n"
    for text, same in (
        ("sum((x > y).*x)", "sum(step(x - y).*x)"),
        ("sum((x < y).*x)", "sum(step(y - x).*x)"),
        ("sum((x >= y).*x)", "sum((1 - step(y - x)).*x)"),
        ("sum((x ≤ 0).*x)", "sum((1 - step(x)).*x)"),
        ("sum(where(x > y, x, y))", "sum(step(x - y).*x + (1 - step(x - y)).*y)"),
    ):
        names = where if "y" in text else "x: n"
        assert str(gp.derive(text, "x", where=names).result) == str(gp.derive(same, "x", where=names).result)


def test_where_the_clause_and_where_the_choice() -> None:
    d = gp.derive("sum(where(X > 0, X, 2*X)) where X: m×n", "X")
    assert str(d.result.expr) == "2 - step(X)"
    assert "step has no derivative at 0; 0 is used there" in d.conditions


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("sum(0 < x < 1)", "GP107", "a < b < c compares a number with 0 or 1: write (a < b).*(b < c)"),
        ("sum(trigamma(x))", "GP501", "the derivative of trigamma is not known"),
        ("sum(where(x > 0, x))", "GP302", 'unknown function "where"'),
    ],
)
def test_errors(text: str, code: str, message: str) -> None:
    with pytest.raises(GradproofError) as caught:
        gp.derive(text, "x")
    assert (caught.value.code, caught.value.message) == (code, message)
