"""Code for a result: its text in a target, and the function that the text defines.

The only text that is ever executed is made here from checked names; nothing a person typed gets in.
The target's package is imported by the generated module, so that deriving and printing never wait for it.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from functools import partial, update_wrapper
from importlib.util import find_spec

from gradproof.codegen.plan.model import Pair
from gradproof.codegen.plan.program import plan
from gradproof.codegen.python.dialect import Dialect
from gradproof.codegen.python.module import module
from gradproof.codegen.targets import dialect
from gradproof.errors import MathError, ShapeError, UnsupportedError
from gradproof.expressions.nodes import Expr

Outputs = tuple[tuple[str, Expr], ...]


def source(
    definitions: tuple[Pair, ...],
    outputs: Outputs,
    inputs: tuple[Expr, ...],
    value_of: Expr | None = None,
    function_name: str = "gradient",
    target: str = "numpy",
) -> str:
    """The text of a module with one function that computes `outputs`.

    definitions  (name, right-hand side) in order; unneeded ones are left out
    outputs      (name, expression); the function returns the array, or {name: array} for several
    inputs       the names that the function takes, by position or keyword; unneeded ones, too
    value_of     an expression whose value is wanted as well: (value, result) is returned
    target       a name in `codegen.targets`

    Arrays that the result does not need may be left out; where they are given, their shapes are checked.
    The function also takes every size as an optional keyword and reads the others from the arrays.
    It raises ShapeError, by name, where an array does not fit, and TypeError where a size is missing
    that no array fixes. Raises UnsupportedError (GP503) where a result contains an unknown function, and
    for a target that there is not.
    """
    return _text(dialect(target), definitions, outputs, inputs, value_of, function_name)


def _text(
    to: Dialect, definitions: tuple[Pair, ...], outputs: Outputs, inputs: tuple[Expr, ...],
    value_of: Expr | None, function_name: str, errors: bool = True,
) -> str:  # fmt: skip
    made = plan(definitions, outputs, inputs, value_of, to.spellings.keys())
    return module(made, to, function_name, errors=errors)


def compile(
    definitions: tuple[Pair, ...],
    outputs: Outputs,
    inputs: tuple[Expr, ...],
    value_of: Expr | None = None,
    function_name: str = "gradient",
    target: str = "numpy",
) -> Callable[..., object]:
    """The function that `source` prints; it raises gradproof's own ShapeError and MathError.

    Raises UnsupportedError (GP503) where the target's package is not installed.
    """
    return Compiled((definitions, outputs, inputs, value_of, function_name, target))


Arguments = tuple[tuple[Pair, ...], Outputs, tuple[Expr, ...], Expr | None, str, str]


class Compiled:
    """The function that a text of ours defines. Copies and other processes make it anew, from expressions.

    A singular matrix becomes gradproof's own error.
    """

    def __init__(self, arguments: Arguments) -> None:
        self._arguments = arguments
        self._function, self._singular = _executed(*arguments)
        update_wrapper(self, self._function)

    def __call__(self, *args: object, **named: object) -> object:
        try:
            return self._function(*args, **named)
        except (ValueError, RuntimeError) as error:
            if type(error).__name__ not in self._singular:
                raise
            raise MathError(f"a matrix has no inverse here: {error}", code="GP411") from error

    def __reduce__(self) -> tuple[object, ...]:
        return Compiled, (self._arguments,)


def _executed(
    definitions: tuple[Pair, ...], outputs: Outputs, inputs: tuple[Expr, ...], value_of: Expr | None,
    function_name: str, target: str,
) -> tuple[Callable[..., object], frozenset[str]]:  # fmt: skip
    """The function, and the names of the errors that its target raises for a singular matrix."""
    to = dialect(target)
    if find_spec(to.package) is None:
        raise UnsupportedError(f"code for {to.name} runs where {to.package} is: {to.install}", code="GP503")
    text = _text(to, definitions, outputs, inputs, value_of, function_name, errors=False)
    space: dict[str, object] = {
        "ShapeError": partial(ShapeError, code="GP210"),
        "MathError": partial(MathError, code="GP410"),
    }
    exec(builtins.compile(text, f"<gradproof {function_name}>", "exec"), space)
    function = space[function_name]
    assert callable(function)
    return function, to.singular
