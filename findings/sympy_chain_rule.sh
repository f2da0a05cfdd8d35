#!/usr/bin/env bash
# SymPy: the derivative of log(tr X) with respect to the matrix X is printed as 0.
#
# Guess before running: SymPy differentiates tr(X), tr(X)**3 and tr(X)*tr(AX) with respect to X
# correctly, so log(tr X), exp(tr X) and the quotient tr(X)/tr(AX) obey the chain rule as well.
# Expected: d log(tr X)/dX = I/tr(X), and the quotient has two terms.
# Seen: log, exp and the power -1 count as constants. log(tr X) gives 0, the quotient keeps only the
# term of its numerator, and nothing is raised. The same scalars differentiated entry by entry
# (explicit symbols x_ij, same library) give the expected values. SymPy's issue 28615 reports the same
# gap for sqrt(tr(A'A)), where an error is raised.
#
# Exit status: 0 the behaviour stands, 1 it changed, 2 the package could not be installed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
{ python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install -q sympy==1.14.0 mpmath==1.3.0; } || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
import sympy as sp

X, A = sp.MatrixSymbol("X", 2, 2), sp.MatrixSymbol("A", 2, 2)
factor = sp.Matrix([[1, 2], [3, 4]])
point = sp.Matrix([[2, 1], [1, 3]])
symbols = sp.Matrix(2, 2, sp.symbols("x00 x01 x10 x11"))


def by_entries(scalar):
    """Gradient at the point, one entry at a time."""
    explicit = scalar(sp.Matrix.trace, symbols, factor)
    return symbols.applyfunc(lambda s: explicit.diff(s)).subs(dict(zip(symbols, point)))


def by_matrix(scalar):
    """Gradient at the point from SymPy's derivative with respect to the matrix symbol."""
    gradient = scalar(sp.Trace, X, A).diff(X).subs({X: point, A: factor}).doit()
    return sp.Matrix(gradient.as_explicit())


cases = {  # name: (scalar, does SymPy's matrix derivative agree with the entries?)
    "tr(X)**3": (lambda tr, M, A: tr(M) ** 3, True),
    "tr(X)*tr(A*X)": (lambda tr, M, A: tr(M) * tr(A * M), True),
    "log(tr(X))": (lambda tr, M, A: sp.log(tr(M)), False),
    "exp(tr(X))": (lambda tr, M, A: sp.exp(tr(M)), False),
    "tr(X)/tr(A*X)": (lambda tr, M, A: tr(M) / tr(A * M), False),
}
print("sympy", sp.__version__)
stands = True
for name, (scalar, agrees) in cases.items():
    expected, seen = by_entries(scalar), by_matrix(scalar)
    print(f"{name:14}  expected {expected.tolist()}  seen {seen.tolist()}")
    stands &= (sp.simplify(expected - seen) == sp.zeros(2, 2)) == agrees
sys.exit(0 if stands else 1)
PYTHON
