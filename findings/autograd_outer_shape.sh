#!/usr/bin/env bash
# HIPS autograd: the gradient through np.outer(Z, v) of a matrix Z has the wrong shape, then wrong values.
#
# Guess before running: numpy.outer flattens its arguments (its documentation says so), so a matrix Z
# is valid there, and grad returns an array of the shape of Z.
# Expected: for f(Z) = sum(outer(Z, v)**2) the gradient is 2*|v|^2*Z, shape of Z; adding sum(Z) to f
# adds 1 to each entry.
# Seen: the gradient is flat, (6,) for a 2x3 Z. For a 2x1 Z, adding sum(Z) broadcasts (2,) against (2, 1):
# a 2x2 "gradient" of a function of two numbers, with no error.
#
# Exit status: 0 the behaviour stands, 1 it changed, 2 the packages could not be installed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
{ python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install -q autograd==1.9.1 numpy==2.4.6; } || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import autograd.numpy as np
from autograd import grad

v = np.array([1.0, 2.0])
wide = np.arange(6.0).reshape(2, 3)
column = np.array([[0.0], [3.0]])


def squares(Z):
    return np.sum(np.outer(Z, v) ** 2)


def squares_and_sum(Z):
    return squares(Z) + np.sum(Z)


flat = grad(squares)(wide)
mixed = grad(squares_and_sum)(column)
print("autograd", version("autograd"), "numpy", version("numpy"))
print("2x3 argument  expected shape (2, 3)        seen shape", flat.shape)
print("2x1 argument  expected", (10 * column + 1).tolist(), "     seen", mixed.tolist())
stands = flat.shape == (6,) and np.array_equal(mixed, [[1.0, 31.0], [1.0, 31.0]])
sys.exit(0 if stands else 1)
PYTHON
