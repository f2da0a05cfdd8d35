"""Factors of matrices: Cholesky, singular values and vectors, eigenvectors.

chol(A) is the lower factor of a symmetric positive definite matrix (of the symmetric part, where only
one entry moves), so its gradient is symmetric, as that of JAX: the rule is the one of Murray,
"Differentiation of the Cholesky decomposition" (2016). halftril(M) is his Φ: the lower triangle of M,
its diagonal halved.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradproof as gp

# expression | variable | answer | declarations
BOOK = """
sum(log(diag(chol(A))))             | A | inv(A)/2                             |
norm2(solve(chol(K), y))^2          | K | -inv(K)*y*y'*inv(K)                  |
norm2(solve(chol(K), y))^2          | y | 2*inv(K)*y                           |
norm2(chol(A))^2                    | A | eye(n)                               |
logdet(cholesky(A))                 | A | inv(A)/2                             |
C = chol(A); tr(B*C) | A | C = chol(A); inv(C)'*(halftril(C'*B') + halftril(C'*B')')*inv(C)/2 | B: n×n
sum(chol(X'*X + eye(n))*y)          | X | ?                                    | X: m×n, y: n
y'*chol(A)*z                        | A | ?                                    | A: n×n spd, y: n, z: n
sum(solve(chol(A), B))              | A | ?                                    | A: n×n spd, B: n×m
b'*svdvals(X)                       | X | svd_u(X)*diag(b)*svd_v(X)'           | X: (m+n, n), b: n
sum(svdvals(X))                     | X | polar(X)                             | X: (m+n, n)
norm2(svdvals(X))^2                 | X | 2*X                                  | X: (m+n, n)
sum(log(svdvals(X)))                | X | svd_u(X)*diag(1 ./ svdvals(X))*svd_v(X)' | X: (m+n, n)
b'*svdvals(A*X)                     | X | A'*svd_u(A*X)*diag(b)*svd_v(A*X)'    | A: (m+n, m), X: m×n, b: n
sum(eigvals(S).^2)                  | S | 2*S                                  | S: n×n symmetric
tr(B'*eigvecs(S).^2)                | S | ?                                    | B: n×n, S: n×n symmetric
sum(halftril(A).^2)                 | A | ?                                    | A: n×n
sum(tril(C*B'))                     | C | cumsum(B)                            | C: n×n lower, B: n×n upper
tr(B*halftriu(A))                   | A | halftril(B)'                         | A: n×n, B: n×n
""".strip().splitlines()
ROWS = [[part.strip() for part in line.split(" | ")] for line in (row + " " for row in BOOK)]
ROWS = [[*row[:3], row[3].strip(" |") if len(row) > 3 else ""] for row in ROWS]
IDS = [f"{row[0]} by {row[1]}" for row in ROWS]


def point(d: gp.Derivation, seed: int = 3) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    out: dict[str, Any] = {}
    for name, e in d.program.names.items():
        shape = tuple(axis.value({"m": 2, "n": 3}) for axis in e.axes)
        x = rng.normal(size=shape)
        props = set(e.data[1])
        x = x @ x.T + np.eye(3) if "spd" in props else x + x.T if "symmetric" in props else x
        out[name] = np.tril(x) if "lower" in props else np.triu(x) if "upper" in props else x
    return out


def differences(f: Any, at: dict[str, Any], name: str) -> Any:
    out, h = np.zeros_like(at[name]), 1e-5
    for place in np.ndindex(*out.shape):
        values = []
        for sign in (1, -1):
            x = at[name].copy()
            x[place] += sign * h
            values.append(f(**{**at, name: x})[0])
        out[place] = (values[0] - values[1]) / (2 * h)
    return out


@pytest.mark.parametrize(("text", "variable", "answer", "where"), ROWS, ids=IDS)
def test_gradients(text: str, variable: str, answer: str, where: str) -> None:
    d = gp.derive(text, variable, where=where or None)
    assert answer in ("?", str(d.result))
    assert d.verdict.grade == "proved", d.verdict
    assert d.story("index").answers[0][1] is d.result.expr  # by entries, the same
    if "eig" in text and not set(text) & {"B"}:
        return  # NumPy reads one triangle only of what it takes for symmetric
    f, at = d.compile("numpy", value=True), point(d)
    wanted = differences(f, at, variable)
    if "eig" in text:  # the same: move both entries together
        wanted, got = wanted + wanted.T, f(**at)[1] + f(**at)[1].T
        np.testing.assert_allclose(np.triu(got, 1), np.triu(wanted, 1), atol=1e-6)
        return
    np.testing.assert_allclose(f(**at)[1], wanted, atol=1e-6)


@pytest.mark.parametrize(
    ("text", "jax_text"),
    [
        ("sum(C.*chol(A))", "jnp.sum(C*jnp.linalg.cholesky(A))"),
        ("tr(C'*inv(chol(A)))", "jnp.trace(C.T @ jnp.linalg.inv(jnp.linalg.cholesky(A)))"),
        ("sum(C*svdvals(B))", "jnp.sum(C @ jnp.linalg.svd(B, compute_uv=False))"),
        ("tr(C'*eigvecs(A).^2)", "jnp.trace(C.T @ jnp.linalg.eigh(A)[1]**2)"),
        ("tr(C*eigvecs(A)*diag(eigvals(A).^3))", "jnp.sum(C.T*s*(V*w**3))"),
    ],
)
def test_jax_agrees(text: str, jax_text: str) -> None:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    rng = np.random.default_rng(8)
    at = {"B": rng.normal(size=(4, 3)), "C": rng.normal(size=(3, 3))}
    half = rng.normal(size=(3, 3))
    at["A"] = half @ half.T + np.eye(3)
    variable = "B" if "B" in text else "A"
    d = gp.derive(text, variable, shapes={"A": ("n", "n"), "B": ("m", "n"), "C": ("n", "n")},
                  assume={"A": ["spd"]})  # fmt: skip

    def f(x: Any) -> Any:
        values = {**at, variable: x}
        w, V = jnp.linalg.eigh((values["A"] + values["A"].T) / 2)
        # eigenvectors have no sign of their own: as NumPy gives them
        s = jnp.sign(jnp.sum(V * np.linalg.eigh(at["A"])[1], axis=0))
        return eval(jax_text, {"jnp": jnp, "w": w, "V": V, "s": s, **values})

    used = {name: at[name] for name in d.program.names}
    np.testing.assert_allclose(d.compile()(**used), jax.grad(f)(at[variable]), atol=1e-9)
    assert d.verdict.grade in ("proved", "sampled")


def test_the_rule_of_murray() -> None:
    d = gp.derive("L(chol(A))", "A")
    assert str(d.result.expr) == "inv(chol(A))'*(halftril(chol(A)'*G) + halftril(chol(A)'*G)')*inv(chol(A))/2"
    assert d.conditions == ()  # A is understood as symmetric positive definite
    assert "A is symmetric" in gp.derive("L(chol(2*A))", "A").conditions[0]


def test_singular_values_are_counted_by_columns() -> None:
    """Of a matrix with more columns than rows they are those of the transpose, which one has to say."""
    with pytest.raises(gp.ShapeError) as error:
        gp.derive("sum(svdvals(X))", "X", shapes={"X": (2, 5)})
    assert str(error.value).startswith(
        "svdvals takes a matrix with no more columns than rows, and this is 2×5"
    )
    assert error.value.fixes == ("sum(svdvals((X)'))",)
    d = gp.derive("b'*svdvals(X')", "X", shapes={"X": (2, 5)})
    assert str(d.result) == "svd_v(X')*diag(b)*svd_u(X')'"


# What triangles of triangular matrices are.
@pytest.mark.parametrize(
    ("expression", "short"),
    [
        ("tril(C)", "C"),
        ("triu(C)", "diag(diag(C))"),
        ("halftriu(C)", "diag(diag(C))/2"),
        ("tril(chol(S))", "chol(S)"),
        ("chol(S)*chol(S)'", "S"),
        ("inv(chol(S))'*inv(chol(S))", "inv(S)"),
        ("svd_u(X)*diag(svdvals(X))*svd_v(X)'", "X"),
        ("eigvecs(S)*diag(eigvals(S))*eigvecs(S)'", "S"),
    ],
)
def test_what_comes_apart_comes_together(expression: str, short: str) -> None:
    where = "C: n×n lower, S: n×n spd, X: m×n"
    used = [part for part in where.split(", ") if part[0] in expression]
    found = gp.derive(f"tr(B*({expression}))", "B", where=", ".join(used))
    wanted = gp.derive(f"tr(B*({short}))", "B", where=", ".join(used))
    assert str(found.result) == str(wanted.result)
    assert found.verdict.grade == "proved", found.verdict
