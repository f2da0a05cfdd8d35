"""All kinds of atoms with their theories, and the words that are lowered to them."""

from __future__ import annotations

from gradproof.proof.normal_form.atoms import (
    cholesky,
    constants,
    determinants,
    implicit,
    inverses,
    logarithms,
    matrix_functions,
    names,
    networks,
    pointwise,
    powers,
    signs,
    spectral,
    triangles,
    unknown_functions,
)
from gradproof.proof.normal_form.terms.data import Theory, Words

_MODULES = (
    names, unknown_functions, networks, powers, logarithms, pointwise, signs, inverses, determinants,
    triangles, cholesky, constants, matrix_functions, spectral, implicit,
)  # fmt: skip
THEORIES: dict[str, Theory] = {kind: theory for each in _MODULES for kind, theory in each.THEORIES.items()}
WORDS: Words = {
    **unknown_functions.WORDS,
    **inverses.WORDS,
    **determinants.WORDS,
    **cholesky.WORDS,
    **matrix_functions.WORDS,
    **spectral.WORDS,
}
