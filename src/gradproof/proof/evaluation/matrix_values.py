"""Functions of square matrices in numbers: exp, log and root in floating point, Sylvester's equation
and powers in any field; singular values by Jacobi's rotations.

A derivative of a matrix function is read off the function itself: f of the block matrix [X E; 0 X]
has f'(X; E) in its corner. Nothing here knows a formula of the table.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

from gradproof.proof.evaluation.arithmetic import Arithmetic, Entries, Undefined, Unsupported
from gradproof.proof.evaluation.fields.floating_point import Reals
from gradproof.proof.evaluation.gauss import inverse

Function = Callable[[Arithmetic, Entries, int], Entries]
TERMS, ROUNDS, HALVINGS = 24, 60, 40
ROOT_ROUNDS = 20  # where a root exists, its iteration needs fewer
NEAR = 0.7  # how far from I the series of logm is good to 1e-13


def product(field: Arithmetic, a: Entries, b: Entries, n: int) -> Entries:
    """The product of two n×n matrices."""
    columns = [b[j::n] for j in range(n)]
    rows = [a[k : k + n] for k in range(0, n * n, n)]
    return field.reduce(
        [sum(x * y for x, y in zip(row, column, strict=True)) for row in rows for column in columns]
    )


def _identity(n: int) -> Entries:
    return [1.0 if k % (n + 1) == 0 else 0.0 for k in range(n * n)]


def _largest(entries: Entries) -> float:
    return max((abs(value) for value in entries), default=0.0)


def _norm(entries: Entries) -> float:
    return math.sqrt(sum(value * value for value in entries))


def _floating(field: Arithmetic, what: str) -> None:
    if not isinstance(field, Reals):
        raise Unsupported(f"{what} has no exact model")


def expm(field: Arithmetic, entries: Entries, n: int) -> Entries:
    """The exponential: a Taylor series of a small part, squared again and again."""
    _floating(field, "expm")
    size = _largest(entries) * n
    if not size < 200:
        raise Undefined("expm of a large matrix", chance=True)
    halvings = max(0, math.ceil(math.log2(size / 0.5))) if size else 0
    part = [value / 2**halvings for value in entries]
    total, term = _identity(n), _identity(n)
    for k in range(1, TERMS):
        term = [value / k for value in product(field, term, part, n)]
        total = field.reduce([x + y for x, y in zip(total, term, strict=True)])
    for _ in range(halvings):
        total = product(field, total, total, n)
    return total


def _rotation(field: Arithmetic, entries: Entries, n: int) -> Entries:
    """[cos(X), -sin(X); sin(X), cos(X)], the exponential of [0, -X; X, 0]."""
    rows: Entries = []
    for k in range(0, n * n, n):
        rows += [*[0] * n, *(-value for value in entries[k : k + n])]
    for k in range(0, n * n, n):
        rows += [*entries[k : k + n], *[0] * n]
    return expm(field, rows, 2 * n)


def cosm(field: Arithmetic, entries: Entries, n: int) -> Entries:
    """The cosine of a matrix."""
    whole = _rotation(field, entries, n)
    return [value for k in range(n) for value in whole[2 * n * k : 2 * n * k + n]]


def sinm(field: Arithmetic, entries: Entries, n: int) -> Entries:
    """The sine of a matrix."""
    whole = _rotation(field, entries, n)
    return [value for k in range(n, 2 * n) for value in whole[2 * n * k : 2 * n * k + n]]


def sqrtm(field: Arithmetic, entries: Entries, n: int) -> Entries:
    """The principal root, by the iteration of Denman and Beavers."""
    _floating(field, "sqrtm")
    root, other = list(entries), _identity(n)
    for _ in range(ROOT_ROUNDS):
        a, b = inverse(field, other, n), inverse(field, root, n)
        after = [(x + y) / 2 for x, y in zip(root, a, strict=True)]
        other = [(x + y) / 2 for x, y in zip(other, b, strict=True)]
        change = _largest([x - y for x, y in zip(after, root, strict=True)])
        root = after
        if not change < 1e12:
            break
        if change < 1e-9 * (1 + _largest(root)):
            gap = [x - y for x, y in zip(product(field, root, root, n), entries, strict=True)]
            if _largest(gap) < 1e-7 * (1 + _largest(entries)):
                return root
            break
    raise Undefined("no real root of a matrix", chance=True)


def logm(field: Arithmetic, entries: Entries, n: int) -> Entries:
    """The principal logarithm: roots until the matrix is near I, then 2·artanh((A - I)/(A + I))."""
    _floating(field, "logm")
    part, halvings = list(entries), 0
    unit = _identity(n)
    while not _norm([x - y for x, y in zip(part, unit, strict=True)]) < NEAR:
        if halvings > HALVINGS:
            raise Undefined("no real logarithm of a matrix", chance=True)
        part, halvings = sqrtm(field, part, n), halvings + 1
    below = inverse(field, [x + y for x, y in zip(part, unit, strict=True)], n)
    ratio = product(field, [x - y for x, y in zip(part, unit, strict=True)], below, n)
    square = product(field, ratio, ratio, n)
    total, power = list(ratio), ratio
    for k in range(1, TERMS):
        power = product(field, power, square, n)
        total = [x + y / (2 * k + 1) for x, y in zip(total, power, strict=True)]
    return [value * 2 ** (halvings + 1) for value in total]


def powered(exponent: int) -> Function:
    """X^k for k >= 0, in any field."""

    def function(field: Arithmetic, entries: Entries, n: int) -> Entries:
        total = field.reduce([int(k % (n + 1) == 0) for k in range(n * n)])
        for _ in range(exponent):
            total = product(field, total, entries, n)
        return total

    return function


FUNCTIONS: dict[str, Function] = {
    "expm": expm, "logm": logm, "sqrtm": sqrtm, "cosm": cosm, "sinm": sinm,
}  # fmt: skip


def along(field: Arithmetic, function: Function, x: Entries, e: Entries, n: int) -> Entries:
    """The derivative of a matrix function at x in the direction e, from the corner of a block matrix."""
    scale = (
        max(_norm(e), 1e-9) if field.ordered else 1
    )  # the derivative is linear in e: a small one is quicker
    rows: Entries = []
    for k in range(0, n * n, n):
        rows += [*x[k : k + n], *(value / scale if field.ordered else value for value in e[k : k + n])]
    for k in range(0, n * n, n):
        rows += [*[0] * n, *x[k : k + n]]
    whole = function(field, field.reduce(rows), 2 * n)
    return [scale * value for k in range(n) for value in whole[2 * n * k + n : 2 * n * (k + 1)]]


def sylvester(field: Arithmetic, a: Entries, b: Entries, c: Entries, m: int, n: int) -> Entries:
    """The Z with A·Z + Z·B = C, as linear equations for its entries."""
    count = m * n
    rows = [0] * (count * count)
    for i in range(m):
        for j in range(n):
            here = (i * n + j) * count
            for k in range(m):
                rows[here + k * n + j] += a[i * m + k]
            for k in range(n):
                rows[here + i * n + k] += b[k * n + j]
    solved = inverse(field, field.reduce(rows), count)
    return field.reduce(
        [
            sum(x * y for x, y in zip(solved[k : k + count], c, strict=True))
            for k in range(0, count * count, count)
        ]
    )


# ---- symmetric matrices


def eigen(field: Arithmetic, entries: Entries, n: int) -> tuple[Entries, Entries]:
    """Eigenvalues of a symmetric matrix, smallest first, and eigenvectors as columns (Jacobi)."""
    _floating(field, "an eigenvalue")
    if _largest([entries[i * n + j] - entries[j * n + i] for i in range(n) for j in range(i)]) > 1e-9:
        raise Unsupported("eigenvalues of a matrix that is not symmetric")
    a = [entries[k : k + n] for k in range(0, n * n, n)]
    v = [[float(i == j) for j in range(n)] for i in range(n)]
    for _ in range(ROUNDS):
        if max((abs(a[i][j]) for i in range(n) for j in range(i)), default=0.0) < 1e-15:
            break
        for p in range(n):
            for q in range(p + 1, n):
                _rotate(a, v, p, q, n)
    order = sorted(range(n), key=lambda k: a[k][k])
    for low, high in pairwise(order):
        if a[high][high] - a[low][low] < 1e-3:
            raise Undefined("eigenvalues that are close", chance=True)
    return [a[k][k] for k in order], [v[i][k] * _sign(v, k) for i in range(n) for k in order]


def _sign(v: list[list[float]], k: int) -> int:
    """Eigenvectors whose largest entry is positive."""
    return 1 if max((row[k] for row in v), key=abs) >= 0 else -1


def _rotate(a: list[list[float]], v: list[list[float]], p: int, q: int, n: int) -> None:
    if abs(a[p][q]) < 1e-300:
        return
    turn = (a[q][q] - a[p][p]) / (2 * a[p][q])
    t = math.copysign(1.0, turn) / (abs(turn) + math.hypot(1.0, turn))
    c = 1 / math.hypot(1.0, t)
    s = t * c
    for row in (*a, *v):
        row[p], row[q] = c * row[p] - s * row[q], s * row[p] + c * row[q]
    for k in range(n):
        a[p][k], a[q][k] = c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]


def singular(field: Arithmetic, entries: Entries, m: int, n: int) -> list[tuple[float, Entries]]:
    """(singular value, u·v') of an m×n matrix, smallest first; all of them positive and different."""
    wide = m < n
    x = entries if not wide else [entries[i * n + j] for j in range(n) for i in range(m)]
    rows, columns = (n, m) if wide else (m, n)
    gram = [
        sum(x[k * columns + i] * x[k * columns + j] for k in range(rows))
        for i in range(columns)
        for j in range(columns)
    ]
    values, vectors = eigen(field, gram, columns)
    out = []
    for place, value in enumerate(values):
        if value < 1e-4:
            raise Undefined("a singular value that is close to zero", chance=True)
        s, v = math.sqrt(value), vectors[place::columns]
        u = [sum(x[k * columns + j] * v[j] for j in range(columns)) / s for k in range(rows)]
        out.append((s, [a * b for a in v for b in u] if wide else [a * b for a in u for b in v]))
    return out
