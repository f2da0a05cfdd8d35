"""The Python face: `derive` from text to a Derivation that shows, proves and runs itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from gradproof.session.derive import Shapes
from gradproof.session.derive import derive as derived

if TYPE_CHECKING:
    from gradproof.session.handles import Handle
    from gradproof.session.result import Derivation, Result


def derive(
    text: str | Handle | Result, wrt: str | Handle | Iterable[str | Handle], *, shapes: Shapes | None = None,
    assume: Mapping[str, Sequence[str]] | None = None, where: str | None = None,
    kind: str = "gradient", layout: str = "gradient", structure: str = "free", prove: bool = True,
    towards: str | None = None, order: int = 1,
    form: str = "auto", bars: str = "",
) -> Derivation:  # fmt: skip
    """Derive the gradient of a scalar expression, with every step proved.

    text    an expression in the language, with statements before it where wanted; a Python handle; or the
            result of another derivation, which is derived again
    wrt     the variable, or several: the derivation for each is then d["W"]
    shapes  name -> (), ("n",) or ("m", "n"); what is missing is inferred
    assume  name -> properties, such as {"S": ["symmetric"]}
    where   declarations as text: "X: m×n, S: n×n symmetric"
    kind    "gradient" of a scalar; "jacobian" or "differential" of any array; "hessian"; "jvp" along dX,
            "vjp" with a cotangent G, "hvp" along dX
    layout  "gradient", "numerator", "denominator", "mixed": see `derivation.layouts`
    structure  for variables declared symmetric, orthogonal, …: "free" (entries as if independent),
            "constrained" (projected to where the variable may move), "entries" (by the free entries)
    prove   False: derive only, with the verdict "unknown"
    towards an answer in another form: the steps that lead there are shown, and in `.way.steps`
    order   how often to derive by the same variable: 2 is the Hessian of a scalar, 3 its Jacobian
    form    "text", "latex", "index" (repeated indices are summed), or "auto": a backslash means LaTeX
    bars    what |X| is: "det", "abs" or "norm"; where nothing is said, it is asked

    >>> print(derive("norm2(A*x - b)^2", "x").result)
    2*A'*(A*x - b)

    Raises a GradproofError: ParseError, ShapeError, NameProblem, MathError, UnsupportedError, LimitError.
    """
    found = derived(
        text, wrt, shapes=shapes, assume=assume, where=where, kind=kind, layout=layout, structure=structure,
        prove=prove, order=order, form=form, bars=bars,
    )  # fmt: skip
    return found if towards is None else _led(found, towards)


def _led(derivation: Derivation, answer: str) -> Derivation:
    """The derivation with the steps to a person's answer."""
    from gradproof.checking.paths.way import way

    variable = next(iter(derivation.answers))
    derivation.way = way(derivation, variable if isinstance(variable, str) else variable[0], answer)
    return derivation
