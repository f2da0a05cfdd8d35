"""Products of powers of functions of one argument that have a shorter name.

sinh(x)./cosh(x) = tanh(x)      sin(x)./cos(x) = tan(x)      sign(x)./abs(x) = 1 ./ x
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from gradproof.expressions.nodes import Expr
from gradproof.operators.build import apply

Powers = dict[Expr, Fraction]

_SHORT = {("sinh", "cosh"): "tanh", ("sin", "cos"): "tan"}


def powers(items: Iterable[tuple[Expr, Fraction]]) -> Powers:
    """A product of powers: one power for each base, in order, quotients by their shorter names."""
    found: Powers = {}
    for e, p in items:
        found[e] = found.get(e, Fraction(0)) + p
    return shortened({e: p for e, p in found.items() if p})


def shortened(found: Powers) -> Powers:
    """The product with shorter names where two functions of one argument make them."""
    for e, p in found.items():
        for above, below in _SHORT:
            if e.op == above and p > 0 and found.get(apply(below, e.args[0]), Fraction(0)) <= -p:
                new = apply(_SHORT[above, below], e.args[0])
                return shortened(_replaced(found, e, apply(below, e.args[0]), p, (new, p)))
        if e.op == "sign" and p == 1 and found.get(apply("abs", e.args[0]), Fraction(0)) == -1:
            inner = e.args[0]
            return shortened(_replaced(found, e, apply("abs", inner), p, (inner, -p)))
    return found


def _replaced(found: Powers, above: Expr, below: Expr, p: Fraction, new: tuple[Expr, Fraction]) -> Powers:
    """above^p / below^p replaced by another power, where the first of them stood."""
    out: Powers = {}
    for e, q in found.items():
        if e is above:
            out[new[0]] = out.get(new[0], Fraction(0)) + new[1]
        else:
            out[e] = out.get(e, Fraction(0)) + (q + p if e is below else q)
    return {e: q for e, q in out.items() if q}
