"""NumPy as a target."""

from __future__ import annotations

from gradproof.codegen.numpy.helpers import ERRORS, FIT, HELPERS
from gradproof.codegen.numpy.matrix_helpers import MATRIX_HELPERS
from gradproof.codegen.numpy.spellings import PLAIN, RETURNED, SPELLINGS
from gradproof.codegen.numpy.window_helpers import WINDOW_HELPERS
from gradproof.codegen.python.dialect import Dialect

NUMPY = Dialect(
    name="numpy",
    package="numpy",
    install="pip install numpy",
    spellings=SPELLINGS,
    plain=PLAIN,
    returned=RETURNED,
    dtype="{0}.dtype",
    no_dtype="np.dtype(float)",
    modules=("math", "operator"),
    imported="import numpy as np",
    reserved=frozenset({"np", "math", "operator", "dtype", "float", "named", "ShapeError", "MathError"}),
    errors=ERRORS,
    always=frozenset({"ShapeError"}),
    fit=FIT,
    helpers={**MATRIX_HELPERS, **WINDOW_HELPERS, **HELPERS},
    singular=frozenset({"LinAlgError"}),
)
