"""The targets that code is made for: one row each."""

from __future__ import annotations

from gradproof.codegen.numpy.dialect import NUMPY
from gradproof.codegen.python.dialect import Dialect
from gradproof.errors import UnsupportedError

TARGETS: dict[str, Dialect] = {dialect.name: dialect for dialect in (NUMPY,)}


def dialect(target: str) -> Dialect:
    """The dialect of a target. Raises UnsupportedError (GP503), which names those there are."""
    found = TARGETS.get(target)
    if found is None:
        raise UnsupportedError(f'code for "{target}" is not built yet: {", ".join(TARGETS)}', code="GP503")
    return found
