#!/usr/bin/env bash
# SymPy: the all-ones matrix is printed as the number 1, so J*X is written (and read back) as X.
#
# Guess before running: the text of a matrix expression, parsed by the same library, is the same
# expression again; and the Octave code of J*X, J the all-ones matrix, multiplies by ones(2, 2).
# Expected: str round trip of J*X gives J*X (column sums repeated); Octave code with ones(2, 2).
# Seen: both texts are "1*X". The first parses to X, the second computes X. J*J prints as "2*1".
#
# Exit status: 0 the behaviour stands, 1 it changed, 2 the package could not be installed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
{ python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install -q sympy==1.14.0 mpmath==1.3.0; } || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
import sympy as sp

X, J = sp.MatrixSymbol("X", 2, 2), sp.OneMatrix(2, 2)
written = J * X
text, octave = str(written), sp.octave_code(written)
read = sp.sympify(text, locals={"X": X})
print("sympy", sp.__version__)
print("J*X as a matrix     ", written.as_explicit().tolist())
print("text                 expected J*X in some form   seen", text)
print("text read back       expected equal to J*X       seen", read, "equal:", read == written)
print("Octave code          expected ones(2, 2)*X       seen", octave)
print("J*J                  expected 2*J in some form   seen", str(J * J))
sys.exit(0 if (text, octave, str(J * J)) == ("1*X", "1*X", "2*1") and read == X else 1)
PYTHON
