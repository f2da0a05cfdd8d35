#!/usr/bin/env bash
# SymPy: the gradient of tr(X∘X) for a 2x2 matrix X comes out as a vector of length 2.
#
# Guess before running: a derivative of a scalar with respect to a 2x2 matrix symbol is 2x2,
# whichever product stands inside the trace.
# Expected: d tr(X∘X)/dX = 2(I∘X), shape (2, 2).
# Seen: shape (2,): only the diagonal 2*diag(X) is returned, without error. With one constant factor,
# tr(A(X∘X)), the result is a proper 2x2 matrix.
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
square = sp.HadamardProduct(X, X)
plain = sp.Trace(square).diff(X)
weighted = sp.Trace(A * square).diff(X)
print("sympy", sp.__version__)
print("tr(X∘X)     expected shape (2, 2)  seen", plain.shape, plain)
print("tr(A(X∘X))  expected shape (2, 2)  seen", weighted.shape, weighted)
sys.exit(0 if plain.shape == (2,) and weighted.shape == (2, 2) else 1)
PYTHON
