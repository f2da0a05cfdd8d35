"""Values and tangents of matrix factors: Cholesky in any field, eigenvectors and singular vectors in numbers.

Tangents differentiate the algorithm, or solve the equations that define the factor; nothing here knows a
formula of the table.
"""

from __future__ import annotations

from math import sqrt

from gradproof.expressions.nodes import Expr
from gradproof.proof.evaluation.arithmetic import HALF, Arithmetic, Entries, Undefined, Unsupported
from gradproof.proof.evaluation.evaluator import ORACLE, VALUE, Evaluator, Rule, Seed
from gradproof.proof.evaluation.gauss import inverse
from gradproof.proof.evaluation.matrix_values import eigen


def _symmetric_part(field: Arithmetic, entries: Entries, n: int) -> Entries:
    half = field.number(HALF)
    return field.reduce(
        [(entries[i * n + j] + entries[j * n + i]) * half for i in range(n) for j in range(n)]
    )


# ---- the factor of Cholesky


def cholesky(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """The lower factor of the symmetric part, row by row. Its roots need luck in a finite field."""
    yield ORACLE
    n = ev.point.sizes.value(e.axes[0])
    a = _symmetric_part(field, (yield e.args[0], field, VALUE), n)
    out: Entries = [0] * (n * n)
    for i in range(n):
        for j in range(i + 1):
            left = a[i * n + j] - sum(out[i * n + k] * out[j * n + k] for k in range(j))
            (left,) = field.reduce([left])
            if i != j:
                (out[i * n + j],) = field.reduce([left * field.invert(out[j * n + j])])
                continue
            if not left or (field.ordered and left < 1e-9):
                raise Undefined("the factor of a matrix that is not positive definite", chance=True)
            out[i * n + i] = field.power(left, HALF)
    return out


def cholesky_tangent(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """The same lines, differentiated: L·L' = A gives dA_ij = Σ dL_ik L_jk + L_ik dL_jk."""
    part = yield e.args[0], field, seed
    if part is None:
        return None
    n = ev.point.sizes.value(e.axes[0])
    da, low = _symmetric_part(field, part, n), (yield e, field, VALUE)
    out: Entries = [0] * (n * n)
    for i in range(n):
        for j in range(i + 1):
            known = sum(out[i * n + k] * low[j * n + k] + low[i * n + k] * out[j * n + k] for k in range(j))
            rest = da[i * n + j] - known
            if i == j:
                rest *= field.number(HALF)
            else:
                rest -= low[i * n + j] * out[j * n + j]
            (out[i * n + j],) = field.reduce([rest * field.invert(low[j * n + j])])
    return out


# ---- eigenvectors


def eigenvector_tangent(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """(S - λ)·dv - dλ·v = -dS·v and v'·dv = 0, one eigenvector at a time."""
    part = yield e.args[0], field, seed
    if part is None:
        return None
    n = ev.point.sizes.value(e.axes[0])
    matrix = yield e.args[0], field, VALUE
    change = _symmetric_part(field, part, n)
    values, vectors = eigen(field, matrix, n)
    columns = [_moved(field, matrix, change, values[k], vectors[k::n], n) for k in range(n)]
    return [columns[k][i] for i in range(n) for k in range(n)]


def _moved(field: Arithmetic, s: Entries, ds: Entries, value: float, v: Entries, n: int) -> Entries:
    rows: Entries = []
    for i in range(n):
        rows += [*(s[i * n + j] - value * (i == j) for j in range(n)), -v[i]]
    rows += [*v, 0.0]
    solved, right = (
        inverse(field, rows, n + 1),
        [-sum(ds[i * n + j] * v[j] for j in range(n)) for i in range(n)],
    )
    return [sum(solved[i * (n + 1) + j] * right[j] for j in range(n)) for i in range(n)]


# ---- singular values and vectors


def _decomposed(ev: Evaluator, e: Expr, field: Arithmetic, x: Entries) -> tuple[Entries, Entries, Entries]:
    """U, s and V of X = U·diag(s)·V', the largest singular value first."""
    m, n = ev.point.shape(e.args[0])
    if m < n:
        raise Unsupported("singular vectors of a matrix with more columns than rows")
    gram = [sum(x[k * n + i] * x[k * n + j] for k in range(m)) for i in range(n) for j in range(n)]
    squares, vectors = eigen(field, gram, n)
    if squares[0] < 1e-4:
        raise Undefined("a singular value that is close to zero", chance=True)
    s = [sqrt(value) for value in reversed(squares)]
    v = [vectors[i * n + n - 1 - k] for i in range(n) for k in range(n)]
    u = [sum(x[i * n + j] * v[j * n + k] for j in range(n)) / s[k] for i in range(m) for k in range(n)]
    return u, s, v


def singular(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """svdvals(X), svd_u(X) and svd_v(X)."""
    yield ORACLE
    u, s, v = _decomposed(ev, e, field, (yield e.args[0], field, VALUE))
    return {"svdvals": s, "svd_u": u, "svd_v": v}[e.op]


def singular_tangent(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """The change of a simple singular value: u'·dX·v."""
    part = yield e.args[0], field, seed
    if part is None:
        return None
    if e.op != "svdvals":
        raise Unsupported("a derivative of singular vectors")
    u, _, v = _decomposed(ev, e, field, (yield e.args[0], field, VALUE))
    m, n = ev.point.shape(e.args[0])
    pairs = [(i, j) for i in range(m) for j in range(n)]
    return [sum(u[i * n + k] * part[i * n + j] * v[j * n + k] for i, j in pairs) for k in range(n)]


VALUES = {"chol": cholesky, "svdvals": singular, "svd_u": singular, "svd_v": singular}
TANGENTS = {
    **dict.fromkeys(VALUES, singular_tangent), "chol": cholesky_tangent, "eigvecs": eigenvector_tangent,
}  # fmt: skip
