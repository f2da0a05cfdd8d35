"""exp(x)/sum(exp(x)) is softmax(x): one word for an exponential over the sum of its entries.

And where both the exponential and the word are met, exp(x)./softmax(x) is sum(exp(x)) in every entry.
"""

from __future__ import annotations

from fractions import Fraction

from gradproof.calculus.network.hadamard import hadamard, powers_of
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import apply, construct, ones, size

_THROUGH = ("mul", "had", "diag", "T")


def count(e: Expr, factor: Expr) -> int:
    """How often an expression has `factor` as a factor, within products, transposes and diagonals."""
    if e is factor:
        return 1
    return sum(count(arg, factor) for arg in e.args) if e.op in _THROUGH else 0


def replaced(e: Expr, factor: Expr, new: Expr) -> Expr:
    """The expression with `new` for each of these factors."""
    if e is factor:
        return new
    if e.op not in _THROUGH:
        return e
    return construct(e, tuple(replaced(arg, factor, new) for arg in e.args))


def soft(scalars: dict[Expr, Fraction], core: Expr | None) -> tuple[dict[Expr, Fraction], Expr | None]:
    """The scalars and the array of a term, with softmax where an exponential meets its own sum."""
    if core is None:
        return _summed(scalars, core)
    for total, power in scalars.items():
        grown = total.args[0] if total.op == "sum" else None
        if grown is None or grown.op != "exp" or len(grown.axes) != 1 or grown.row or power > -1:
            continue
        times = count(core, grown)
        if 0 < times <= -power:
            left = {e: p for e, p in {**scalars, total: power + times}.items() if p}
            return soft(left, replaced(core, grown, apply("softmax", grown.args[0])))
    return _summed(scalars, core)


def _summed(scalars: dict[Expr, Fraction], core: Expr | None) -> tuple[dict[Expr, Fraction], Expr | None]:
    """The same with sum(exp(x)) for exp(x)./softmax(x), in the array and in scalars that are sums."""
    found: dict[Expr, Fraction] = {}
    for e, power in scalars.items():
        inner, totals = _undone(e.args[0]) if e.op == "sum" else (e, {})
        kept = e if not totals else size(inner.axes[0]) if inner.op == "ones" else apply("sum", inner)
        for one, times in ((kept, Fraction(1)), *totals.items()):
            found[one] = found.get(one, Fraction(0)) + power * times
    if core is not None:
        core, totals = _undone(core)
        for one, times in totals.items():
            found[one] = found.get(one, Fraction(0)) + times
    return {e: power for e, power in found.items() if power}, core


def _undone(core: Expr) -> tuple[Expr, dict[Expr, Fraction]]:
    """An array without exp(x)./softmax(x), and the sums that stand for them."""
    powers = powers_of(core) if core.op == "hdiv" and len(core.axes) == 1 and not core.row else None
    totals: dict[Expr, Fraction] = {}
    for e in [e for e in powers or () if e.op == "softmax"]:
        assert powers is not None
        grown = apply("exp", e.args[0])
        times = min(-powers[e], powers.get(grown, Fraction(0)))
        if times > 0:
            powers[e], powers[grown] = powers[e] + times, powers[grown] - times
            totals[apply("sum", grown)] = times
    if powers is None or not totals:
        return core, {}
    left = [(e, power) for e, power in powers.items() if power]
    return hadamard(left) if left else ones(*core.axes), totals
