"""The laws that no text can say: numbers, exponents, what cancels, like terms, brackets, order, broadcasting.

Each is a function from an expression to its rewritings, an entry of the table of laws like every other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from math import prod

from gradproof.calculus.laws.law import has
from gradproof.calculus.laws.rule import Rewritten
from gradproof.expressions.nodes import Expr
from gradproof.operators import build
from gradproof.operators.build import T, div, mul, neg, num, ones
from gradproof.operators.places import remade

ONE = Fraction(1)


def _number(e: Expr) -> Fraction | None:
    value = e.data[0] if e.op == "num" else None
    return value if isinstance(value, Fraction) else None


def _product(factors: Sequence[Expr]) -> Expr:
    return mul(*factors) if factors else num(1)


def _factors(e: Expr) -> list[Expr]:
    return list(e.args) if e.op == "mul" else [e]


def numbers(e: Expr) -> Rewritten:
    """2*3*A = 6*A, 1*A = A, 2*A/4 = A/2, 0.5*A = A/2."""
    if e.op == "mul":
        yield from _one_number(e)
    if e.op == "div" and (below := _number(e.args[1])):
        n = _number(e.args[0].args[0]) if e.args[0].op == "mul" else None
        ratio = (n or ONE) / below
        if n not in (None, 1) and (ratio.denominator != below or ratio.numerator != n):
            yield _multiple(ratio, mul(*e.args[0].args[1:]))
        elif below == 1:
            yield e.args[0]


def _one_number(e: Expr) -> Rewritten:
    """The numbers of a product as one, in front."""
    found = [n for arg in e.args if (n := _number(arg)) is not None]
    rest = [arg for arg in e.args if _number(arg) is None]
    total = prod(found, start=ONE)
    behind = _number(e.args[0]) is None
    if found and rest and (len(found) > 1 or total == 1 or total.denominator > 1 or behind):
        yield _multiple(total, mul(*rest))


def _multiple(n: Fraction, e: Expr) -> Expr:
    top = e if n.numerator == 1 else mul(num(n.numerator), e)
    return top if n.denominator == 1 else div(top, num(n.denominator))


def powers(e: Expr) -> Rewritten:
    """s*s = s^2, s*s^2 = s^3, (s^2)^3 = s^6, the root of a norm's power; and X^2 = X*X of a matrix."""
    if e.op == "mul":
        yield from _merged_powers(e)
    if e.op == "pow" and not e.axes and e.args[0].op == "pow":
        yield _raised(*_power(e))
    if e.op == "sqrt" and e.args[0].op == "pow" and e.args[0].args[0].op == "norm2":
        base, n = _power(e.args[0])
        yield _raised(base, n / 2)
    times = _number(e.args[1]) if e.op == "pow" and e.axes else None
    if times in (2, 3, 4):
        yield mul(*[e.args[0]] * int(times or 0))


def _merged_powers(e: Expr) -> Rewritten:
    """The powers of one scalar in a product as one."""
    scalars = [arg for arg in e.args if not arg.axes and _number(arg) is None]
    found: dict[Expr, Fraction] = {}
    for base, n in map(_power, scalars):
        found[base] = found.get(base, Fraction(0)) + n
    if len(found) < len(scalars):
        rest = [arg for arg in e.args if arg.axes or _number(arg) is not None]
        yield _product([*(_raised(base, n) for base, n in found.items() if n), *rest])


def _power(e: Expr) -> tuple[Expr, Fraction]:
    """A power of a scalar as its base and exponent."""
    if e.op == "pow" and not e.axes:
        sign, bare = (-1, e.args[1].args[0]) if e.args[1].op == "neg" else (1, e.args[1])
        above, below = map(_number, bare.args) if bare.op == "div" else (_number(bare), ONE)
        n = above / below if above is not None and below else None
        if n is not None and (n.denominator == 1 or e.args[0].op == "norm2" or _power(e.args[0])[1] == 2):
            base, inner = _power(e.args[0])
            return base, inner * n * sign
    return e, ONE


def _raised(base: Expr, n: Fraction) -> Expr:
    if n == 1:
        return base
    return div(num(1), _raised(base, -n)) if n < 0 else build.power(base, num(n))


def cancelled(e: Expr) -> Rewritten:
    """s*A/s = A, s^3*A/s = s^2*A."""
    if e.op != "div":
        return
    above, below = map(_factors, e.args)
    for k, (base, up) in enumerate(map(_power, above)):
        for m, (other, down) in enumerate(map(_power, below)):
            if base is other and not base.axes and _number(base) is None:
                more = [_raised(base, up - down)] if up > down else []
                less = [_raised(base, down - up)] if down > up else []
                left = _product([*more, *above[:k], *above[k + 1 :]])
                right = [*below[:m], *below[m + 1 :], *less]
                yield div(left, _product(right)) if right else left


def like_terms(e: Expr) -> Rewritten:
    """A + B + A = 2*A + B."""
    if e.op != "add":
        return
    total: Counter[Expr] = Counter()
    for bare, number in map(_counted, e.args):
        total[bare] += number
    if len(total) < len(e.args) or 0 in total.values():
        terms = [_times(n, term) for term, n in total.items() if n]
        yield build.add(*terms) if terms else build.zeros(*e.axes, row=e.row)


def _counted(term: Expr) -> tuple[Expr, int]:
    """A term without its whole number, and the number."""
    if term.op == "neg":
        bare, value = _counted(term.args[0])
        return bare, -value
    n = _number(term.args[0]) if term.op == "mul" else None
    return (mul(*term.args[1:]), int(n)) if n is not None and n.denominator == 1 else (term, 1)


def _times(n: int, term: Expr) -> Expr:
    made = term if abs(n) == 1 else mul(num(abs(n)), term)
    return neg(made) if n < 0 else made


def associate(e: Expr) -> Rewritten:
    """Brackets that do not matter: A*(B*C), a + (b + c), a - (b + c)."""
    if e.op != "add" and not has(e.op, "associative"):
        return
    for k, arg in enumerate(e.args):
        parts = arg.args if arg.op == e.op else ()
        if e.op == "add" and arg.op == "neg" and arg.args[0].op == "add":
            parts = tuple(t.args[0] if t.op == "neg" else neg(t) for t in arg.args[0].args)
        if parts:
            yield remade(e, (*e.args[:k], *parts, *e.args[k + 1 :]))


def inner_products(e: Expr) -> Rewritten:
    """A row times a column within a product is a number: x*x'*y = (x'*y)*x; 1'*1 = n."""
    rows = [k for k, arg in enumerate(e.args) if _lies(arg)] if e.op == "mul" else []
    for k in rows:
        last = next((m for m in range(k + 1, len(e.args)) if _stands(e.args[m])), None)
        if last is None:
            continue
        inner, rest = mul(*e.args[k : last + 1]), [*e.args[:k], *e.args[last + 1 :]]
        if last == k + 1 and e.args[k] is T(e.args[last]) and e.args[last].op == "ones":
            inner = build.size(e.args[last].axes[0])
        if not inner.axes and (rest or inner.op != "mul"):
            yield mul(inner, *rest) if rest else inner


def _lies(e: Expr) -> bool:
    return e.op == "T" and len(e.args[0].axes) == 1


def _stands(e: Expr) -> bool:
    return len(e.axes) == 1 and not e.row


def commuted(e: Expr) -> Rewritten:
    """Terms and entrywise factors in order."""
    if e.op == "add" or has(e.op, "commutative"):
        ordered = sorted(e.args, key=lambda arg: _first(arg.args[0] if arg.op == "neg" else arg))
        if ordered != list(e.args):
            yield remade(e, tuple(ordered))


def scalars_commuted(e: Expr) -> Rewritten:
    """The scalars of a product in order; and y'*x = x'*y, whichever comes first."""
    if e.op != "mul":
        return
    scalars = [arg for arg in e.args if not arg.axes]
    ordered = sorted(scalars, key=lambda arg: (_number(arg) is None, *_first(arg)))
    if scalars != ordered and list(e.args[: len(scalars)]) == scalars:
        yield remade(e, (*ordered, *e.args[len(scalars) :]))
    first = next((k for k, arg in enumerate(e.args) if arg.axes), len(e.args))
    ends = [k for k in range(first + 1, len(e.args)) if _stands(e.args[k])]
    if ends and _lies(e.args[first]):
        inner = e.args[first : ends[0] + 1]
        turned = mul(*(arg.args[0] if arg.op == "T" else T(arg) for arg in reversed(inner)))
        if _first(turned) < _first(mul(*inner)):
            yield _product([*e.args[:first], turned, *e.args[ends[0] + 1 :]])


def _first(e: Expr) -> tuple[str, int]:
    return str(e), e.uid


def broadcast(e: Expr) -> Rewritten:
    """A + 1 means A + 1 in every entry."""
    for k, arg in enumerate(e.args if e.op == "add" and e.axes and not e.row else ()):
        if not arg.axes:
            inner = arg.args[0] if arg.op == "neg" else arg
            full = ones(*e.axes) if _number(inner) == 1 else mul(inner, ones(*e.axes))
            yield remade(e, (*e.args[:k], neg(full) if arg.op == "neg" else full, *e.args[k + 1 :]))
