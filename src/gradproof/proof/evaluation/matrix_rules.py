"""Values and tangents of the words about whole matrices: expm, logm, sqrtm and their derivatives,
Sylvester's equation, the pseudoinverse, eigenvalues and singular values."""

from __future__ import annotations

from gradproof.expressions.nodes import Expr
from gradproof.operators.build import T, apply, div, mul
from gradproof.proof.evaluation import factorisations as factor_rules
from gradproof.proof.evaluation.arithmetic import Arithmetic, Entries, Unsupported
from gradproof.proof.evaluation.evaluator import ORACLE, VALUE, Evaluator, Rule, Seed
from gradproof.proof.evaluation.matrix_values import (
    FUNCTIONS,
    Function,
    along,
    eigen,
    powered,
    singular,
    sylvester,
)

OF = {f"d{name}": name for name in FUNCTIONS}  # the derivative of a function of matrices


def _side(ev: Evaluator, e: Expr) -> int:
    return ev.point.sizes.value(e.axes[0])


def function(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """expm(X), logm(X), sqrtm(X)."""
    entries = yield e.args[0], field, VALUE
    return FUNCTIONS[e.op](field, entries, _side(ev, e))


def function_tangent(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """Its tangent, from a block matrix."""
    part = yield e.args[0], field, seed
    if part is None:
        return None
    entries = yield e.args[0], field, VALUE
    return along(field, FUNCTIONS[e.op], entries, part, _side(ev, e))


def _units(field: Arithmetic, count: int) -> list[Entries]:
    return [field.reduce([int(j == k) for j in range(count)]) for k in range(count)]


def _columns(columns: list[Entries]) -> Entries:
    """An array of four axes from what each unit matrix becomes."""
    return [column[j] for j in range(len(columns[0])) for column in columns]


def derivative(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """dexpm(X, E), dlogm(X, E), dpow(X, k, E), and the same without E."""
    x = yield e.args[0], field, VALUE
    n = _side(ev, e)
    of: Function
    given = len(e.args) - 1
    if e.op == "dpow":
        exponent = (yield e.args[1], field.exponent, VALUE)[0]
        if int(exponent) != exponent or not 0 <= exponent <= 64:
            raise Unsupported("a power of a matrix that is not a small whole number")
        of, given = powered(int(exponent)), given - 1
    else:
        of = FUNCTIONS[OF[e.op]]
    if given:
        return along(field, of, x, (yield e.args[-1], field, VALUE), n)
    return _columns([along(field, of, x, unit, n) for unit in _units(field, n * n)])


def last_tangent(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """The tangent of F(X, E) where only E varies."""
    matrices = e.args if len(e.axes) == 4 else e.args[:-1]
    for arg in matrices:
        if (yield arg, field, seed) is not None:
            raise Unsupported(f"a second derivative of {e.op}")
    if len(e.axes) == 4:
        return None
    part = yield e.args[-1], field, seed
    if part is None:
        return None
    x = yield e.args[0], field, VALUE
    if e.op == "dpow":
        exponent = int((yield e.args[1], field.exponent, VALUE)[0])
        return along(field, powered(exponent), x, part, _side(ev, e))
    return along(field, FUNCTIONS[OF[e.op]], x, part, _side(ev, e))


# ---- A·Z + Z·B = C


def solution(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """sylvester(A, B, C), and the array of four axes sylvester(A, B)."""
    a = yield e.args[0], field, VALUE
    b = yield e.args[1], field, VALUE
    m, n = ev.point.shape(e)[:2]
    if len(e.args) == 3:
        return sylvester(field, a, b, (yield e.args[2], field, VALUE), m, n)
    return _columns([sylvester(field, a, b, unit, m, n) for unit in _units(field, m * n)])


def solution_tangent(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """A·dZ + dZ·B = dC - dA·Z - Z·dB."""
    parts = []
    for arg in e.args:
        parts.append((yield arg, field, seed))
    if all(part is None for part in parts):
        return None
    if len(e.args) == 2:
        raise Unsupported("a derivative of the array of sylvester")
    a = yield e.args[0], field, VALUE
    b = yield e.args[1], field, VALUE
    z = yield e, field, VALUE
    m, n = ev.point.shape(e)
    da, db, right = parts
    right = list(right or [0] * (m * n))
    for i in range(m):
        for j in range(n):
            if da is not None:
                right[i * n + j] -= sum(da[i * m + k] * z[k * n + j] for k in range(m))
            if db is not None:
                right[i * n + j] -= sum(z[i * n + k] * db[k * n + j] for k in range(n))
    return sylvester(field, a, b, field.reduce(right), m, n)


# ---- pseudoinverse


def _meaning(ev: Evaluator, e: Expr) -> Expr:
    """The pseudoinverse of an array of full rank, by its shape here."""
    x = e.args[0]
    if len(x.axes) < 2:
        return div(T(x), mul(x, T(x)) if x.row else mul(T(x), x))
    m, n = ev.point.shape(x)
    if m >= n:
        return mul(apply("inv", mul(T(x), x)), T(x))
    return mul(T(x), apply("inv", mul(x, T(x))))


def pseudoinverse(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """pinv(X)."""
    return (yield _meaning(ev, e), field, VALUE)


def pseudoinverse_tangent(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """The tangent of its meaning."""
    return (yield _meaning(ev, e), field, seed)


# ---- eigenvalues and singular values


def spectrum(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """eigvals(S) and eigvecs(S)."""
    values, vectors = eigen(field, (yield e.args[0], field, VALUE), _side(ev, e))
    return values if e.op == "eigvals" else vectors


def spectrum_tangent(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """The change of a simple eigenvalue: v'·dS·v."""
    part = yield e.args[0], field, seed
    if part is None:
        return None
    n = _side(ev, e)
    _, vectors = eigen(field, (yield e.args[0], field, VALUE), n)
    out = []
    for k in range(n):
        v = vectors[k::n]
        out.append(sum(v[i] * part[i * n + j] * v[j] for i in range(n) for j in range(n)))
    return out


def norms(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """norm_nuc, norm_spec, and their gradients polar and spec_uv."""
    yield ORACLE
    m, n = ev.point.shape(e.args[0])
    found = singular(field, (yield e.args[0], field, VALUE), m, n)
    return _norm(e.op, found)


def _norm(op: str, found: list[tuple[float, Entries]]) -> Entries:
    if op == "norm_nuc":
        return [sum(value for value, _ in found)]
    if op == "norm_spec":
        return [found[-1][0]]
    chosen = found[-1:] if op == "spec_uv" else found
    return [sum(parts) for parts in zip(*(pair for _, pair in chosen), strict=True)]


def norms_tangent(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """Singular values change by u'·dX·v."""
    part = yield e.args[0], field, seed
    if part is None:
        return None
    if e.axes:
        raise Unsupported(f"a derivative of {e.op}")
    m, n = ev.point.shape(e.args[0])
    found = singular(field, (yield e.args[0], field, VALUE), m, n)
    slope = _norm("polar" if e.op == "norm_nuc" else "spec_uv", found)
    return [sum(x * y for x, y in zip(slope, part, strict=True))]


VALUES = {
    **dict.fromkeys(FUNCTIONS, function), **dict.fromkeys((*OF, "dpow"), derivative),
    "sylvester": solution, "pinv": pseudoinverse, "eigvals": spectrum, "eigvecs": spectrum,
    "norm_nuc": norms, "norm_spec": norms, "polar": norms, "spec_uv": norms, **factor_rules.VALUES,
}  # fmt: skip
IN_ANY_FIELD = frozenset(("sylvester", "pinv", "chol"))  # whose tangents are made of sums and products
TANGENTS = {
    **dict.fromkeys(FUNCTIONS, function_tangent), **dict.fromkeys((*OF, "dpow"), last_tangent),
    "sylvester": solution_tangent, "pinv": pseudoinverse_tangent,
    "eigvals": spectrum_tangent, "norm_nuc": norms_tangent, **factor_rules.TANGENTS,
    "norm_spec": norms_tangent, "polar": norms_tangent, "spec_uv": norms_tangent,
}  # fmt: skip
