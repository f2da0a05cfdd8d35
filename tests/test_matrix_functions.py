"""Functions of matrices: expm, logm, sqrtm, powers, pinv, eigenvalues, singular values.

Their differentials are words of their own, linear in the last argument: dexpm(X, E), dlogm(X, E),
dpow(X, k, E), sylvester(A, B, E). Where E commutes with X they are products again.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradproof as gp
from gradproof.calculus.network.directional import commute
from gradproof.codegen import compile as run
from gradproof.elaboration.read import phrase
from gradproof.expressions.dims import symbol
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import T, apply, mul, name, num
from gradproof.operators.table import FUNCTIONS_OF_MATRICES
from gradproof.proof.referee import Referee
from gradproof.proof.semantics.context import Context

# expression | variable | answer | declarations
BOOK = """
tr(expm(X))             | X | expm(X)'                                          |
tr(A*expm(X))           | X | dexpm(X, A)'                                      |
tr(expm(A*X))           | X | A'*expm(A*X)'                                     | A: n×k, X: k×n
sum(expm(A))            | A | dexpm(A, ones(n, n))'                             |
b'*expm(X)*c            | X | dexpm(X, c*b')'                                   | X: n×n, b: n, c: n
tr(expm(X'*X))          | X | 2*X*expm(X'*X)                                    | X: m×n
tr(A*expm(-X))          | X | -dexpm(-X, A)'                                    |
log(tr(expm(S)))        | S | expm(S)/tr(expm(S))                               | S: n×n symmetric
tr(expm(t*A))           | t | tr(expm(t*A)*A)                                   | A: n×n, t: scalar
x'*expm(t*A)*y          | t | x'*expm(t*A)*A*y                               | A: n×n, x: n, y: n, t: scalar
tr(C*expm(A + t*B))     | t | tr(C*dexpm(A + t*B, B))                           | A: n×n, t: scalar
tr(inv(expm(X)))        | X | -inv(expm(X))'                                    |
logdet(expm(X))         | X | eye(n)                                            | X: n×n
tr(expm(expm(X)))       | X | expm(expm(X))'*expm(X)'                           |
tr(X*logm(X))           | X | logm(X)' + eye(n)                                 | X: n×n
tr(logm(X))             | X | inv(X)'                                           |
tr(logm(X)*A)           | X | dlogm(X, A)'                                      |
tr(logm(X'*B*X))        | X | 2*inv(X)'                                    | X: n×n invertible, B: n×n spd
tr(logm(eye(n) + t*B))  | t | tr(inv(eye(n) + t*B)*B)                           | B: n×n, t: scalar
tr(sqrtm(X))            | X | inv(sqrtm(X))'/2                                  |
tr(sqrtm(A*X*A))        | X | A'*inv(sqrtm(A*X*A))'*A'/2                        | A: n×n, X: n×n
tr(A*sqrtm(S))          | S | sylvester(sqrtm(S), sqrtm(S), A)                  | S: n×n spd, A: n×n symmetric
tr(A*X^0.5)             | X | sylvester(sqrtm(X), sqrtm(X), A)'                 |
tr(A*X^k)               | X | dpow(X, k, A)'                                    | X: n×n, k: scalar
tr(A*X^12)              | X | dpow(X, 12, A)'                                   |
tr(A*X^-2)              | X | -inv(X)'*(A'*inv(X)' + inv(X)'*A')*inv(X)'        |
pinv(x)*b               | x | (b - 2*(b'*pinv(x)')*x)/(x'*x)                    | x: n, b: n
tr(solve(A, X)*B)       | A | -inv(A)'*B'*X'*inv(A)'                            | A: n×n, X: n×m, B: m×n
b'*solve(S, b)          | S | -inv(S)*b*b'*inv(S)                               | S: n×n spd, b: n
tr(adj(X))              | X | det(X)*(tr(inv(X))*inv(X)' - inv(X)'*inv(X)')     |
norm_nuc(X)             | X | polar(X)                                          | X: m×n
norm_nuc(A*X*B)         | X | A'*polar(A*X*B)*B'                                | A: n×m, X: m×k, B: k×n
norm_spec(A*X - B)^2    | X | 2*norm_spec(A*X - B)*A'*spec_uv(A*X - B)          |
sum(eigvals(S))         | S | eye(n)                                            | S: n×n symmetric
b'*eigvals(X'*X)        | X | 2*X*eigvecs(X'*X)*diag(b)*eigvecs(X'*X)'          | X: m×n, b: n
""".strip().splitlines()
ROWS = [[part.strip() for part in line.split("|")] for line in BOOK]


@pytest.mark.parametrize(("text", "variable", "answer", "where"), ROWS, ids=[row[0] for row in ROWS])
def test_gradients(text: str, variable: str, answer: str, where: str) -> None:
    d = gp.derive(text, variable, where=where or None)
    assert str(d.result) == answer
    assert d.verdict.grade == "proved"
    assert d.story("index").answers[0][1] is d.result.expr  # by entries, the same
    compared(d, variable, "spd" in where or "symmetric" in where)


def argument(axes: tuple[int, ...], spd: bool, rng: np.random.Generator) -> Any:
    """A number, vector or matrix; square matrices have logarithms and roots."""
    a = rng.uniform(0.2, 1.0, axes)
    if len(axes) == 2 and axes[0] == axes[1]:
        a = 0.2 * a + np.eye(axes[0])
        a = a + a.T if spd else a
    return a


def compared(d: Any, variable: str, spd: bool) -> None:
    """The gradient's code against differences of the objective's code."""
    f = d.compile("numpy", value=True)
    rng, sizes = np.random.default_rng(3), {"n": 3, "m": 4, "k": 5}
    given = {
        text: np.array(3.0) if text == "k" else argument(tuple(a.value(sizes) for a in e.axes), spd, rng)
        for text, e in d.program.names.items()
    }
    _, gradient = f(**given)
    x = given[variable]
    for place in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[place] = 1e-5
        ends = [f(**{**given, variable: x + s * step})[0] for s in (1, -1)]
        assert np.isclose((ends[0] - ends[1]) / 2e-5, gradient[place], rtol=1e-6, atol=1e-6)


# ---- derivatives of arrays

JACOBIANS = """
expm(A)            | A | dexpm(A)                                       |
A^n                | A | dpow(A, n)                                     | A: m×m, n: scalar
expm(t*A)          | t | expm(t*A)*A                                    | A: n×n, t: scalar
expm(A + t*B)      | t | dexpm(A + t*B, B)                              | A: n×n, t: scalar
expm(A)*b          | A | einsum("iljk,l->ijk", dexpm(A), b)             | A: n×n, b: n
logm(eye(n) + t*B) | t | inv(eye(n) + t*B)*B                            | B: n×n, t: scalar
eigvals(S)         | S | einsum("ji,ki->ijk", eigvecs(S), eigvecs(S))   | S: n×n symmetric
""".strip().splitlines()
TABLE = [[part.strip() for part in line.split("|")] for line in JACOBIANS]


@pytest.mark.parametrize(("text", "variable", "answer", "where"), TABLE, ids=[row[0] for row in TABLE])
def test_jacobians(text: str, variable: str, answer: str, where: str) -> None:
    d = gp.derive(text, variable, where=where or None, kind="jacobian")
    assert str(d.result) == answer
    assert d.verdict.grade == "proved"


def test_a_pseudoinverse_along_a_line() -> None:
    d = gp.derive("pinv(A + p*B)", "p", where="A: n×m, B: n×m, p: scalar", kind="jacobian")
    assert d.verdict.grade == "proved"
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    found = d.compile("numpy")(A=a, B=b, p=0.3)
    ends = [np.linalg.pinv(a + (0.3 + s) * b) for s in (1e-6, -1e-6)]
    np.testing.assert_allclose(found, (ends[0] - ends[1]) / 2e-6, rtol=1e-6, atol=1e-8)


def test_conditions_are_said() -> None:
    assert "X has no eigenvalue ≤ 0" in gp.derive("tr(logm(X))", "X").conditions
    assert "the rank of X stays the same near it" in gp.derive("tr(pinv(X))", "X").conditions
    assert "the largest singular value of X is simple" in gp.derive("norm_spec(X)", "X").conditions


# ---- what commutes

N = symbol("n")
ENV = {letter: name(letter, (N, N)) for letter in "ABX"} | {
    "S": name("S", (N, N), ["symmetric"]), "t": name("t"), "s": name("s"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("e", "x"),
    [
        ("A", "t*A"),
        ("A^2", "expm(A)"),
        ("inv(X)*X^3", "X"),
        ("2*A*B", "t*A*B"),
        ("S'", "S"),
        ("A - B", "t*(A - B)"),
    ],
)
def test_functions_of_one_matrix_commute(e: str, x: str) -> None:
    assert commute(phrase(e, ENV), phrase(x, ENV))


@pytest.mark.parametrize(("e", "x"), [("A", "B"), ("A'", "A"), ("A", "A*B"), ("A", "A + B"), ("A*B", "B*A")])
def test_what_need_not_commute(e: str, x: str) -> None:
    assert not commute(phrase(e, ENV), phrase(x, ENV))


# ---- the referee

TRUE = [
    ("A:dexpm(X, B)", "dexpm(X', A):B"),
    ("dexpm(X, A)'", "dexpm(X', A')"),
    ("dexpm(X, X)", "expm(X)*X"),
    ("dexpm(t*A, s*A)", "s*expm(t*A)*A"),
    ("dlogm(X, X)", "eye(n)"),
    ("A:dpow(X, 3, B)", "dpow(X', 3, A):B"),
    ("dpow(X, 3, A)", "X^2*A + X*A*X + A*X^2"),
    ("A:sylvester(X, B, S)", "sylvester(X', B', A):S"),
    ("sqrtm(X)*sqrtm(X)", "X"),
    ("expm(X)*expm(-X)", "eye(n)"),
    ("expm(X')", "expm(X)'"),
    ("pinv(X')", "pinv(X)'"),
    ("eigvecs(S)'*eigvecs(S)", "eye(n)"),
    ("svd_u(X)*svd_v(X)'", "polar(X)"),
    ("svd_v(X)*svd_v(X)'", "eye(n)"),
    ("eigvecs(S)*diag(eigvals(S))*eigvecs(S)'", "S"),
    ("halftril(A) + halftriu(A)", "A"),
]
FALSE = [
    ("dexpm(X, A)", "expm(X)*A"),
    ("dexpm(X, A)", "dexpm(X', A)"),
    ("A:dexpm(X, B)", "dexpm(X, A):B"),
    ("dlogm(X, A)", "inv(X)*A"),
    ("dpow(X, 3, A)", "3*X^2*A"),
    ("sqrtm(A*B)", "sqrtm(A)*sqrtm(B)"),
    ("sylvester(A, B, X)", "sylvester(B, A, X)"),
    ("expm(A + B)", "expm(A)*expm(B)"),
]


@pytest.mark.parametrize(("left", "right"), TRUE, ids=[row[0] for row in TRUE])
def test_laws_are_proved(left: str, right: str) -> None:
    shaped = {**ENV, "n": N}
    assert Referee(Context()).judge(phrase(left, shaped), phrase(right, shaped)).grade == "proved"


@pytest.mark.parametrize(("left", "right"), FALSE, ids=[f"{a} = {b}" for a, b in FALSE])
def test_false_laws_are_refuted(left: str, right: str) -> None:
    assert Referee(Context()).judge(phrase(left, ENV), phrase(right, ENV)).grade == "refuted"


# ---- code

_rng = np.random.default_rng(5)
ARRAYS = {
    "A": 0.4 * _rng.normal(size=(4, 4)) + 2 * np.eye(4),
    "B": 0.4 * _rng.normal(size=(3, 3)) + 2 * np.eye(3),
    "E": _rng.normal(size=(4, 4)),
    "F": _rng.normal(size=(4, 3)),
    "x": _rng.normal(size=4),
}
M = symbol("m")
A, B, E, F, x = (
    name(text, axes) for text, axes in
    zip("ABEFx", ((N, N), (M, M), (N, N), (N, M), (N,)), strict=True)
)  # fmt: skip


def value(e: Expr, **given: Any) -> Any:
    return run.compile((), (("f", e),), (A, B, E, F, x))(**{**ARRAYS, **given})


def spectral(f: Any, a: Any) -> Any:
    w, v = np.linalg.eig(a.astype(complex))
    return ((v * f(w)) @ np.linalg.inv(v)).real


def directed(f: Any, a: Any, e: Any) -> Any:
    """A complex step would need complex functions: four real points."""
    h = 1e-3
    return (8 * (f(a + h * e) - f(a - h * e)) - f(a + 2 * h * e) + f(a - 2 * h * e)) / (12 * h)


def gaps(x: Any) -> Any:
    with np.errstate(divide="ignore"):
        out = 1 / (x[None, :] - x[:, None])
    np.fill_diagonal(out, 0)
    return out


_SVD = [apply(word, F) for word in ("svd_u", "svd_v")]
CODE = {
    "expm": (apply("expm", A), lambda a, **_: spectral(np.exp, a)),
    "logm": (apply("logm", A), lambda a, **_: spectral(np.log, a)),
    "sqrtm": (apply("sqrtm", A), lambda a, **_: spectral(np.sqrt, a)),
    "dexpm": (apply("dexpm", A, E), lambda a, e: directed(lambda z: spectral(np.exp, z), a, e)),
    "dlogm": (apply("dlogm", A, E), lambda a, e: directed(lambda z: spectral(np.log, z), a, e)),
    "cosm": (apply("cosm", A), lambda a, **_: spectral(np.cos, a)),
    "sinm": (apply("sinm", A), lambda a, **_: spectral(np.sin, a)),
    "dcosm": (apply("dcosm", A, E), lambda a, e: directed(lambda z: spectral(np.cos, z), a, e)),
    "dsinm": (apply("dsinm", A, E), lambda a, e: directed(lambda z: spectral(np.sin, z), a, e)),
    "dpow": (apply("dpow", A, num(3), E), lambda a, e: a @ a @ e + a @ e @ a + e @ a @ a),
    "norm_nuc": (apply("norm_nuc", F), lambda **_: np.linalg.svd(ARRAYS["F"])[1].sum()),
    "norm_spec": (apply("norm_spec", F), lambda **_: np.linalg.svd(ARRAYS["F"])[1].max()),
    "pinv": (apply("pinv", F), lambda **_: np.linalg.pinv(ARRAYS["F"])),
    "eigvals": (apply("eigvals", A), lambda a, **_: np.linalg.eigvalsh(a)),
    "eigvecs": (apply("eigvecs", A), lambda a, **_: np.linalg.eigh(a)[1]),
    "invgaps": (apply("invgaps", x), lambda **_: gaps(ARRAYS["x"])),
    "chol": (apply("chol", mul(A, T(A))), lambda a, **_: np.linalg.cholesky(a @ a.T)),
    "svdvals": (apply("svdvals", F), lambda **_: np.linalg.svd(ARRAYS["F"])[1]),
    "svd_u": (mul(_SVD[0], apply("diag", apply("svdvals", F)), T(_SVD[1])), lambda **_: ARRAYS["F"]),
    "svd_v": (mul(T(_SVD[1]), _SVD[1]), lambda **_: np.eye(3)),
}


@pytest.mark.parametrize("word", CODE)
def test_code(word: str) -> None:
    expression, reference = CODE[word]
    np.testing.assert_allclose(
        value(expression), reference(a=ARRAYS["A"], e=ARRAYS["E"]), rtol=1e-8, atol=1e-9
    )


def test_code_of_the_rest() -> None:
    solved = value(apply("sylvester", A, B, F))
    np.testing.assert_allclose(ARRAYS["A"] @ solved + solved @ ARRAYS["B"], ARRAYS["F"], atol=1e-12)
    u, _, v = np.linalg.svd(ARRAYS["F"], full_matrices=False)
    np.testing.assert_allclose(value(apply("polar", F)), u @ v, atol=1e-12)
    np.testing.assert_allclose(value(apply("spec_uv", F)), np.outer(u[:, 0], v[0]), atol=1e-12)


@pytest.mark.parametrize("word", ["dexpm", "dlogm", "dcosm", "dsinm"])
def test_arrays_of_four_axes(word: str) -> None:
    axes = value(apply(word, A))
    np.testing.assert_allclose(
        np.einsum("ijpq,pq->ij", axes, ARRAYS["E"]), value(apply(word, A, E)), atol=1e-9
    )


def test_no_real_root_is_not_a_number() -> None:
    turn = np.array([[-1.0, 0.5], [0.0, -2.0]])
    assert np.isnan(value(apply("sqrtm", A), A=turn, E=turn, x=turn[0], F=np.zeros((2, 3)))).all()


def test_every_word_is_here() -> None:
    """`test_rows` compares the code of each word with the referee's value; what it leaves out is here."""
    assert {row.name for row in FUNCTIONS_OF_MATRICES if "coded" in dict(row.without)} <= CODE.keys()


def test_python_objects() -> None:
    X = gp.matrix("X", "n", "n")
    assert str(gp.derive(gp.apply("tr", gp.apply("adj", X)), X).result).startswith("det(X)*")
