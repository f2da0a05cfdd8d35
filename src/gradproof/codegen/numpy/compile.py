"""Code for a result: its text, and the function that the text defines. Only NumPy so far.

The only text that is ever executed is made here from checked names; nothing a person typed gets in.
NumPy is imported by the generated module, so that deriving and printing never wait for it.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from functools import partial, wraps

from gradproof.codegen.numpy.module import module
from gradproof.codegen.plan.model import Pair
from gradproof.codegen.plan.program import plan
from gradproof.errors import MathError, ShapeError
from gradproof.expressions.nodes import Expr

Outputs = tuple[tuple[str, Expr], ...]


def source(
    definitions: tuple[Pair, ...],
    outputs: Outputs,
    inputs: tuple[Expr, ...],
    value_of: Expr | None = None,
    function_name: str = "gradient",
) -> str:
    """The text of a NumPy module with one function that computes `outputs`.

    definitions  (name, right-hand side) in order; unneeded ones are left out
    outputs      (name, expression); the function returns the array, or {name: array} for several
    inputs       the names that the function takes, by position or keyword; unneeded ones, too
    value_of     an expression whose value is wanted as well: (value, result) is returned

    Arrays that the result does not need may be left out; where they are given, their shapes are checked.
    The function also takes every size as an optional keyword and reads the others from the arrays.
    It raises ShapeError, by name, where an array does not fit, and TypeError where a size is missing
    that no array fixes. Raises UnsupportedError (GP503) where a result contains an unknown function.
    """
    return module(plan(definitions, outputs, inputs, value_of), function_name)


def compile(
    definitions: tuple[Pair, ...],
    outputs: Outputs,
    inputs: tuple[Expr, ...],
    value_of: Expr | None = None,
    function_name: str = "gradient",
) -> Callable[..., object]:
    """The function that `source` prints; it raises gradproof's own ShapeError and MathError."""
    text = module(plan(definitions, outputs, inputs, value_of), function_name, errors=False)
    space: dict[str, object] = {
        "ShapeError": partial(ShapeError, code="GP210"),
        "MathError": partial(MathError, code="GP410"),
    }
    exec(builtins.compile(text, f"<gradproof {function_name}>", "exec"), space)
    function = space[function_name]
    assert callable(function)
    return _polite(function)


def _polite(function: Callable[..., object]) -> Callable[..., object]:
    """A singular matrix becomes gradproof's own error."""

    @wraps(function)
    def call(*args: object, **named: object) -> object:
        try:
            return function(*args, **named)
        except ValueError as error:
            if type(error).__name__ != "LinAlgError":
                raise
            raise MathError(f"a matrix has no inverse here: {error}", code="GP411") from error

    return call
