"""What one target's modules have of their own. Everything else about a module is in `writer` and `module`.

A target is a folder with one such record, and a row in `codegen.targets`. What a word of gradproof means as
array operations is in `codegen.plan`, for all targets at once: a word that a target does not spell is
lowered to the words that it is made of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from gradproof.codegen.python.spelling import Spelling


class Dialect(NamedTuple):
    """How a target writes a plan.

    name       what the target is called: `--to numpy`
    package    the package that its modules import, and `install`, how one gets it
    spellings  kind of an operation -> its text
    plain      the same for "over" and "power" of plain numbers, where Python's own would raise an error
    returned   the texts of a result: "number" (an array without axes), "row" (a vector as a matrix lying
               down), "copy" (an array that shares no memory with an argument)
    dtype      the float type of the arguments: a text with {0} for an argument; and `no_dtype`, of none
    modules    modules of the standard library that the texts may use; each is imported where it is used
    imported   the line that imports the package
    reserved   names that the texts refer to; no variable may have them
    errors     classes of errors that a module defines: name -> text, in order; `always` are those that it
               has whether or not a helper raises them
    fit        the text of `_fit`, which checks the arguments and reads their sizes:
               _fit(needed arrays, other arrays, sizes, wanted sizes) -> arrays and sizes
    helpers    functions that a module defines where it uses them: name -> text
    singular   the class names of the package's errors that say that a matrix has no inverse
    """

    name: str
    package: str
    install: str
    spellings: Mapping[str, Spelling]
    plain: Mapping[str, Spelling]
    returned: Mapping[str, Spelling]
    dtype: str
    no_dtype: str
    modules: tuple[str, ...]
    imported: str
    reserved: frozenset[str]
    errors: Mapping[str, str]
    always: frozenset[str]
    fit: str
    helpers: Mapping[str, str]
    singular: frozenset[str]
