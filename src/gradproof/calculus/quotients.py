"""Products of powers of functions of one argument that have a shorter name.

sinh(x)./cosh(x) = tanh(x)      sin(x)./cos(x) = tan(x)      sign(x)./abs(x) = 1 ./ x
s./sqrt(s) = sqrt(s)            relu(x).*relu'(x) = relu(x)
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from gradproof.expressions.nodes import Expr
from gradproof.operators.build import apply, slope

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
        if e.op == "sqrt" and p * found.get(e.args[0], Fraction(0)) < 0:
            return shortened(_rooted(found, e))
        if e.op == "relu" and p > 0 and found.get(slope("relu", e.args[0]), Fraction(0)) > 0:
            return {x: q for x, q in found.items() if x is not slope("relu", e.args[0])}
    return found


def _rooted(found: Powers, root: Expr) -> Powers:
    """Powers of sqrt(s) and of s as powers of one of them; where the root exists, s is positive."""
    base = root.args[0]
    total = found[root] / 2 + found[base]
    kept, power = (base, total) if total.denominator == 1 else (root, 2 * total)
    return {
        e: power if e is kept else q for e, q in found.items() if e not in (root, base) or (e is kept and q)
    }


def _replaced(found: Powers, above: Expr, below: Expr, p: Fraction, new: tuple[Expr, Fraction]) -> Powers:
    """above^p / below^p replaced by another power, where the first of them stood."""
    out: Powers = {}
    for e, q in found.items():
        if e is above:
            out[new[0]] = out.get(new[0], Fraction(0)) + new[1]
        else:
            out[e] = out.get(e, Fraction(0)) + (q + p if e is below else q)
    return {e: q for e, q in out.items() if q}
