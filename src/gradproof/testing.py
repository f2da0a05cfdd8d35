"""For pytest: assert that a gradient is right.

    from gradproof.testing import assert_gradient

    def test_by_hand():
        assert_gradient("norm2(A*x - b)^2", wrt="x", claim="2*A'*(A*x - b)")

    def test_my_function():
        assert_gradient("norm2(A*x - b)^2", wrt="x", claim=my_gradient)

    def test_two_functions():
        assert_gradient(loss, wrt="w", claim=my_gradient, shapes={"X": (5, 3), "w": (3,)})

The first is proved for all sizes. The second compares numbers with the proved gradient. The third
compares a function of arrays with differences of another: no proof, as no formula is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

import gradproof
from gradproof.checking.answer.functions import (
    Report,
    _called,
    check_function,
    diagnosis,
    gap,
    numbers,
    worst,
)
from gradproof.verdicts import GRADES

__all__ = ["assert_gradient", "backward", "check_function"]

STEP, NUMERICAL = 1e-3, 1e-6


def assert_gradient(
    function: str | Callable[..., Any], wrt: str, claim: str | Callable[..., Any], *,
    shapes: Mapping[str, Sequence[str | int]] | None = None,
    assume: Mapping[str, Sequence[str]] | None = None,
    where: str | None = None, kind: str = "gradient", seeds: int | Iterable[int] = 6,
    tolerance: float | None = None, arrays: Callable[[Any], Any] | None = None,
) -> None:  # fmt: skip
    """Raise AssertionError, with the mistake named, unless `claim` is the gradient of `function`.

    function   an expression in the language; or a loss: a callable of arrays that returns a number
    claim      an answer as text, or a callable of the same arrays that returns the gradient
    shapes     as for `derive`; for a callable loss the numbers: {"X": (5, 3), "w": (3,)}
    tolerance  the largest relative difference; None: by the precision of what `claim` returns
    arrays     makes what `claim` takes of NumPy arrays: `torch.tensor`, `jnp.asarray`
    """
    __tracebackhide__ = True
    if callable(function):
        if isinstance(claim, str) or shapes is None:
            raise TypeError("with a loss that is a callable, claim is a callable and shapes are numbers")
        report = _differences(function, wrt, claim, shapes, seeds, tolerance or NUMERICAL)
        if not report.equal:
            raise AssertionError(str(report))
        return
    meaning: dict[str, Any] = {"shapes": shapes, "assume": assume, "where": where, "kind": kind}
    if callable(claim):
        report = check_function(
            function, wrt, claim, **meaning, seeds=seeds, tolerance=tolerance, arrays=arrays
        )
        if not report.equal:
            raise AssertionError(str(report))
        return
    found = gradproof.check(function, wrt, claim, **meaning)
    grade, reason = found.grade, found.diagnosis or found.reason
    if grade in GRADES[:3] and reason.startswith("layout"):
        grade, reason = "refuted", f"it is the gradient in another layout ({reason})"
    if grade not in GRADES[:3]:
        raise AssertionError(
            f"{kind} of {function} by {wrt}: {grade}: {reason}\n"
            f"  {'yours':{len(kind)}}  {claim}\n  {kind}  {found.derivation.result}"
        )  # fmt: skip


def backward(function: Callable[..., Any], wrt: str) -> Callable[..., Any]:
    """The gradient that PyTorch makes of a function of tensors, as a claim: of a `torch.autograd.Function`
    take its `apply`. The function takes the arrays in the order of their names in the expression; where it
    returns an array, its gradient G goes backwards.

        assert_gradient("L(X*W')", wrt="W", claim=backward(MyLinear.apply, "W"))
    """

    def claim(**arrays: Any) -> Any:
        torch = import_module("torch")
        upstream = arrays.pop("G", None)
        tensors = {name: torch.tensor(a, requires_grad=True) for name, a in arrays.items()}
        value = function(*tensors.values())
        value.backward() if upstream is None else value.backward(torch.tensor(upstream))
        return tensors[wrt].grad

    return claim


def _differences(
    loss: Callable[..., Any], wrt: str, claim: Callable[..., Any],
    shapes: Mapping[str, Sequence[str | int]], seeds: int | Iterable[int], tolerance: float,
) -> Report:  # fmt: skip
    """A gradient against differences of the sixth order of a loss, at random points."""
    seen: list[tuple[dict[str, int], Mapping[str, Any], Any, Any]] = []
    for seed in range(seeds) if isinstance(seeds, int) else seeds:
        rng = np.random.default_rng([seed, 1931])
        arrays = {name: rng.normal(size=tuple(map(int, shape))) for name, shape in shapes.items()}
        right = _difference(loss, arrays, wrt)
        seen.append(({}, arrays, numbers(_called(claim, arrays)), right))
    bad = [one for one in seen if gap(one[2], one[3]) > tolerance]
    question = f"gradient of {getattr(loss, '__name__', 'the loss')} by {wrt}"
    if not bad:
        return Report(
            True, "", {}, max((gap(o[2], o[3]) for o in seen), default=0.0), (), len(seen), question
        )
    _, _, yours, right = bad[0]
    said = diagnosis(None, seen, tolerance)
    return Report(False, said, {}, gap(yours, right), worst(yours, right), len(seen), question)


def _difference(loss: Callable[..., Any], arrays: Mapping[str, Any], wrt: str) -> Any:
    at = np.asarray(arrays[wrt], dtype=float)
    slopes = np.zeros(at.shape)
    for place in np.ndindex(at.shape):
        rises = []
        for count in (1, 2, 3):
            ends = []
            for sign in (1, -1):
                moved = at.copy()
                moved[place] += sign * count * STEP
                value = numbers(_called(loss, {**arrays, wrt: moved}))
                if value.shape != ():
                    raise TypeError(f"the loss returned an array of shape {value.shape}, not a number")
                ends.append(float(value))
            rises.append(ends[0] - ends[1])
        slopes[place] = (45 * rises[0] - 9 * rises[1] + rises[2]) / (60 * STEP)
    return slopes
