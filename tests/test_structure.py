"""Slices, stacks, unit vectors and triangles: what is asked, and the answer as a person would write it."""

from __future__ import annotations

from inspect import signature

import numpy as np
import pytest

import gradproof as gp
from gradproof.elaboration.read import read

# expression | variable | answer | declarations
BOOK = """
x[1]^2 + x[2]                      | x | 2*x[1]*e(1, n) + e(2, n)                | x: n
X[i,j]                             | X | e(i, n)*e(j, m)'                        | X: n×m
X[i,:]*y                           | X | e(i, n)*y'                              | X: n×m, y: m
X[i,:]*y                           | y | X[i,:]'                                 | X: n×m, y: m
tr(X[1:k,:]*A)                     | X | vcat(A', zeros(n - k, m))               | X: n×m, A: m×k
sum(sin(X[1:k,:]))                 | X | vcat(cos(X[1:k,:]), zeros(n - k, m))    | X: n×m
sum(X[2:end,:]*y)                  | y | colsum(X[2:n,:])                        | X: n×m, y: m
norm2(hcat(X, ones(n))*w - y)^2    | w | 2*hcat(X, ones(n))'*(hcat(X, ones(n))*w - y) | X: n×k, y: n
norm2(hcat(X, ones(n))*w - y)^2    | X | 2*(hcat(X, ones(n))*w - y)*w[1:k]'      | X: n×k, y: n
norm2(vcat(A,B)*x - vcat(b,c))^2   | A | 2*(A*x - b)*x'                          | A: m×n, B: k×n, b: m, c: k
norm2(vcat(A,B)*x - vcat(b,c))^2   | c | 2*(c - B*x)                             | A: m×n, B: k×n, b: m, c: k
x'*hcat(A,B)*y                     | A | x*y[1:n]'                               | A: m×n, B: m×k
sum(log(hcat(A,B)))                | A | 1 ./ A                                  | A: m×n, B: m×k
logdet([a, b; c, d])               | a | inv(vcat(hcat(a, b), hcat(c, d)))[1,1]  | d: scalar
x[1:k]'*A*x[k+1:n]                 | x | vcat(A*x[k + 1:n], A'*x[1:k])           | x: n
sum(triu(X).^2)                    | X | 2*triu(X)                               | X: n×m
logdet(tril(L)*tril(L)')           | L | 2*tril(inv(tril(L))')                   | L: n×n
sum(cumprod(x))                    | x | (triu(ones(n, n))*cumprod(x))./x        | x: n
sum(cumsum(x).^2)                  | x | 2*triu(ones(n, n))*cumsum(x)            | x: n
tr(X[1:2,1:2])                     | X | hcat(vcat(eye(2), zeros(n - 2, 2)), zeros(n, n - 2)) | X: n×n
v'*commutation(m,n)*vec(X)         | X | reshape(v, n, m)'                       | X: m×n, v: m*n
"""
ROWS = [tuple(part.strip() for part in line.split(" | ")) for line in BOOK.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]} by {row[1]}" for row in ROWS])
def test_answers(row: tuple[str, ...]) -> None:
    text, variable, answer, where = (" ".join(part.split()) for part in row)
    d = gp.derive(text, variable, where=where)
    assert (str(d.result), d.verdict.grade) == (answer, "proved")
    for notation in ("frobenius", "index"):
        for form in ("text", "latex", "json"):
            assert d.show(notation, format=form)


SIZES = {"n": 5, "m": 4, "k": 3, "i": 2, "j": 3}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]} by {row[1]}" for row in ROWS])
def test_numbers(row: tuple[str, ...]) -> None:
    """The code's gradient against central differences of the code's value."""
    text, variable, _, where = row
    where = " ".join(where.split())
    f = gp.derive(text, variable, where=where).compile("numpy", value=True)
    random = np.random.default_rng(1)
    names = read(text, where=where).names
    values = {
        name: random.uniform(0.5, 1.5, [axis.value(SIZES) for axis in e.axes]) for name, e in names.items()
    }
    given = {key: value for key, value in {**SIZES, **values}.items() if key in signature(f).parameters}

    def value(step: np.ndarray) -> float:
        return float(f(**{**given, variable: values[variable] + step})[0])

    found = np.asarray(f(**given)[1])
    expected = np.zeros_like(values[variable])
    for place in np.ndindex(expected.shape):
        step = np.zeros_like(expected)
        step[place] = 1e-6
        expected[place] = (value(step) - value(-step)) / 2e-6
    assert np.allclose(found, expected, rtol=1e-4, atol=1e-6)


PRINTED = (
    "X[i,:]*X[:,j] where X: n×n", "[x', 1; X, x]", "L(T[1,:,2:k]) where T: n×m×n", "tril(X, -1)[2,1]",
    "cumsum(x)[2:end] : y", "(A*B)[1,2]", "x'[3]", "vcat(x, c)[n]", "khatri_rao(A, B)[1,1]",
    "L(commutation(m, n))",
)  # fmt: skip


@pytest.mark.parametrize("text", PRINTED)
def test_printed_texts_are_read_back(text: str) -> None:
    program = read(text)
    shapes = {name: tuple(axis.plain for axis in e.axes) for name, e in program.names.items()}
    assert read(str(program.objective), shapes=shapes).objective is program.objective


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("x[0]", "GP212", "indices here go from 1 to n"),
        ("x[4] where x: 3", "GP212", "indices here go from 1 to 3"),
        ("X[1,2] where X: n", "GP212", "X is an n-vector, and the index has 2 parts"),
        ("sum(hcat(A, B)) where A: n×m, B: k×m", "GP202", "hcat puts parts of one height side by side"),
        ("x[1:", "GP104", 'something is missing after ":"'),
        ("[1, 2", "GP101", '"[" is never closed'),
        ("x[1;2]", "GP104", '";" cannot stand in an index'),
    ],
)
def test_faults(text: str, code: str, message: str) -> None:
    with pytest.raises(gp.GradproofError) as caught:
        read(text)
    assert (caught.value.code, caught.value.message) == (code, message)
