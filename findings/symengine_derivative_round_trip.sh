#!/usr/bin/env bash
# symengine: a printed derivative of an unknown function reads back as something else that looks the same.
#
# Guess before running: sympify(str(e)) gives e again, or an error, for whatever diff() returns.
# Expected: d = f(x).diff(x), printed and parsed, equals d; the difference of the two is 0.
# Seen: "Derivative(f(x), x)" parses as an undefined function named Derivative, of two arguments. It prints
# alike, is unequal, does not cancel, and its own derivative is a sum of Subs terms instead of f''(x).
#
# Exit status: 0 the behaviour stands, 1 it changed, 2 the package could not be installed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
{ python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install -q symengine==0.15.0; } || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
import symengine as se

x, f = se.Symbol("x"), se.Function("f")
written = f(x).diff(x)
read = se.sympify(str(written))
print("symengine", se.__version__)
print("printed        ", written, type(written).__name__)
print("read back       expected the same  seen", read, type(read).__name__, "equal:", read == written)
print("difference      expected 0         seen", written - read)
print("next derivative expected", written.diff(x), " seen", read.diff(x))
stands = str(read) == str(written) and read != written and read.diff(x) != written.diff(x)
sys.exit(0 if stands else 1)
PYTHON
