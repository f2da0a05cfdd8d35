"""Rules for values that hold in every arithmetic: leaves, linear words, quotients, powers, inverses.

Elementwise functions such as exp are rules of each arithmetic: see `residues` and `reals`.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import prod

from gradproof.expressions.nodes import Expr
from gradproof.operators.blocks import blocks
from gradproof.operators.build import positions
from gradproof.proof.evaluation.arithmetic import HALF, Arithmetic, Entries, Places, Undefined, Unsupported
from gradproof.proof.evaluation.contraction import columns_first, contract, stretch, times
from gradproof.proof.evaluation.evaluator import EQUATIONS, ORACLE, SIGN, VALUE, Evaluator, Maker, Rule
from gradproof.proof.evaluation.gauss import determinant, inverse
from gradproof.proof.semantics.definitions import leaky_slope

MOST_ASKED = 1_000_000  # entries looked at for the values of an unknown function
FEW = 4  # so many signs at each of three points are evidence enough


def _name(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    yield from ()
    return ev.point.entries(e, field)


def _num(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    yield from ()
    value = e.data[0]
    assert isinstance(value, Fraction)
    return [field.number(value)]


def _size(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    yield from ()
    return [field.number(Fraction(ev.point.sizes.of(str(e.data[0]))))]


def _pi(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    yield ORACLE
    return [field.pi()]


def _zeros(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    yield from ()
    return field.reduce([0] * ev.point.count(e))


def total(ev: Evaluator, e: Expr, field: Arithmetic, kind: str = VALUE) -> Rule:
    """The arguments, or their logarithms, added entry by entry."""
    count = ev.point.count(e)
    out: Entries = [0] * count
    for arg in e.args:
        entries = stretch((yield arg, field, kind), count)
        out = [x + y for x, y in zip(out, entries, strict=True)]
    return field.reduce(out)


def _neg(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    entries = yield e.args[0], field, VALUE
    return field.reduce([-value for value in entries])


def linear(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """Every linear word, by its wiring."""
    wired = ev.shared.wired(e)
    if wired is None:
        raise Unsupported(f"{e.op} has no exact model")
    work = ev.plan(e, wired)
    operands = []
    for arg in e.args:
        operands.append((yield arg, field, VALUE))
    operands += ev.constants(wired, field)
    return averaged(ev, e, field, contract(field, work, operands))


def _stack(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    parts = []
    for arg in e.args:
        parts.append((yield arg, field, VALUE))
    return stacked(ev, e, parts)


def stacked(ev: Evaluator, e: Expr, parts: list[Entries | None]) -> Entries:
    """Arrays behind each other along one axis; None stands for zeros."""
    width = ev.point.shape(e)[-1]
    counts = [ev.point.count(arg) for arg in e.args]
    whole = [part or [0] * count for part, count in zip(parts, counts, strict=True)]
    if blocks(e)[0].axis == 0:
        return [value for part in whole for value in part]
    height = sum(counts) // width
    rows = []
    for k in range(height):
        for part in whole:
            step = len(part) // height
            rows += part[k * step : (k + 1) * step]
    return rows


def averaged(ev: Evaluator, e: Expr, field: Arithmetic, entries: Entries) -> Entries:
    """A sum divided by the sizes that its word divides by."""
    wired = ev.shared.wired(e)
    if wired is None or not wired.divide:
        return entries
    count = Fraction(1)
    for dim in wired.divide:
        count /= ev.point.sizes.value(dim)
    factor = field.number(count)
    return field.reduce([value * factor for value in entries])


def _quotient(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    above = yield e.args[0], field, VALUE
    below = yield e.args[1], field, VALUE
    return times(field, above, field.inverses(below))


def _reshape(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    entries = yield e.args[0], field, VALUE
    return reshaped(ev, e, entries)


def reshaped(ev: Evaluator, e: Expr, entries: Entries) -> Entries:
    """The same entries, columns first, in other axes."""
    sources = columns_first(ev.point.shape(e.args[0]))
    targets = columns_first(ev.point.shape(e))
    out: Entries = [0] * len(entries)
    for source, target in zip(sources, targets, strict=True):
        out[target] = entries[source]
    return out


# ---- powers and inverses


def _hpow(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    base = yield e.args[0], field, VALUE
    exponents = yield e.args[1], field.exponent, VALUE
    count = max(len(base), len(exponents))
    pairs = list(zip(stretch(base, count), stretch(exponents, count), strict=True))
    if any(getattr(p, "denominator", 1) != 1 for _, p in pairs):
        yield ORACLE
        ev.coarse = ev.coarse or count < FEW
    return [field.power(b, p) for b, p in pairs]


def _power(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    if not e.args[0].axes:
        return (yield from _hpow(ev, e, field))
    base = yield e.args[0], field, VALUE
    count, n = yield from whole_exponent(ev, e, field)
    if count < 0:
        base, count = inverse(field, base, n), -count
    return matrix_power(field, base, count, n)


def whole_exponent(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """(exponent, size) of a power of a square matrix."""
    exponent = (yield e.args[1], field.exponent, VALUE)[0]
    if int(exponent) != exponent or abs(exponent) > 64:
        raise Unsupported("a power of a matrix that is not a small whole number")
    return [int(exponent), ev.point.sizes.value(e.axes[0])]


def matmul(field: Arithmetic, a: Entries, b: Entries, n: int) -> Entries:
    """The product of two n×n matrices."""
    columns = [b[j::n] for j in range(n)]
    return field.reduce(
        [
            sum(x * y for x, y in zip(a[k : k + n], column, strict=True))
            for k in range(0, n * n, n)
            for column in columns
        ]
    )


def matrix_power(field: Arithmetic, base: Entries, exponent: int, n: int) -> Entries:
    """base^exponent for exponent >= 0."""
    total = field.reduce([int(k % (n + 1) == 0) for k in range(n * n)])
    for _ in range(exponent):
        total = matmul(field, total, base, n)
    return total


def _inv(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    entries = yield e.args[0], field, VALUE
    if not e.axes:
        return [field.invert(entries[0])]
    return inverse(field, entries, ev.point.sizes.value(e.axes[0]))


def det(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """The determinant."""
    entries = yield e.args[0], field, VALUE
    return determinant(field, entries, ev.point.sizes.value(e.args[0].axes[0]))


def _sqrt(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    yield ORACLE
    entries = yield e.args[0], field, VALUE
    ev.coarse = ev.coarse or len(entries) < FEW  # a root has a sign
    return [field.power(value, HALF) for value in entries]


# ---- signs: decided at the top of a tower, for all its levels


def signs(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """The face SIGN of any node: 1, 0 or -1 for each entry."""
    entries = yield e, field.top, VALUE
    ev.coarse = ev.coarse or len(entries) < FEW
    return [field.top.sign(value) for value in entries]


def _sign(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    yield ORACLE
    found = yield e.args[0], field.top, SIGN
    return field.reduce(found)


def _slope(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    yield ORACLE
    word, (arg,) = e.data[0], e.args
    if word in ("max", "min"):
        place = (yield from position(ev, arg, field, word == "min"))[0]
        return field.reduce([int(k == place) for k in range(ev.point.count(e))])
    if word in ("rowmax", "rowmin"):
        places = yield from row_positions(ev, arg, field, word == "rowmin")
        width = ev.point.shape(e)[1]
        return field.reduce([int(k == place) for place in places for k in range(width)])
    if word == "leaky_relu":
        return (yield leaky_slope(arg), field, VALUE)
    if word != "relu":
        raise Unsupported(f"the slope of {word} has no model of its own")
    found = yield arg, field.top, SIGN
    return field.reduce([int(value > 0) for value in found])


def position(ev: Evaluator, arg: Expr, field: Arithmetic, least: bool) -> Rule:
    """Where the largest (or least) entry is: the one that wins most comparisons with the others."""
    top = field.top
    entries = yield arg, top, VALUE
    ev.coarse = True
    return [_winner(top, entries, least)]


def row_positions(ev: Evaluator, arg: Expr, field: Arithmetic, least: bool) -> Rule:
    """The same for each row."""
    entries = yield arg, field.top, VALUE
    ev.coarse = True
    rows, width = ev.point.shape(arg)
    lines = [entries[i * width : (i + 1) * width] for i in range(rows)]
    return [_winner(field.top, line, least) for line in lines]


def _winner(top: Arithmetic, entries: Entries, least: bool) -> int:
    if least:
        entries = top.reduce([-value for value in entries])
    wins = [0] * len(entries)
    for i, x in enumerate(entries):
        for j in range(i):
            won = top.sign(top.reduce([x - entries[j]])[0])
            wins[i] += won
            wins[j] -= won
    best = max(wins)
    if wins.count(best) > 1 and len(set(entries)) > 1:
        raise Undefined("a tie for the largest entry", chance=True)
    return wins.index(best)


def _extreme(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    yield ORACLE
    place = (yield from position(ev, e.args[0], field, e.op == "min"))[0]
    entries = yield e.args[0], field, VALUE
    return [entries[place]]


def _row_extreme(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    yield ORACLE
    places = yield from row_positions(ev, e.args[0], field, e.op == "rowmin")
    entries = yield e.args[0], field, VALUE
    width = ev.point.shape(e.args[0])[1]
    return [entries[i * width + place] for i, place in enumerate(places)]


# ---- unknown functions


def arguments(e: Expr, field: Arithmetic) -> Rule:
    """The entries of all arguments."""
    out = []
    for arg in e.args:
        out.append((yield arg, field, VALUE))
    return out


def _mapped(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    entries = yield e.args[0], field, VALUE
    function, order = e.data
    assert isinstance(order, int)
    return [field.unknown(str(function), order, value) for value in entries]


def _call(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    args = yield from arguments(e, field)
    return [field.unknown_entry(str(e.data[0]), k, args, ()) for k in range(ev.point.count(e))]


def _onehot(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """A row for each place; a place beyond the last counts from the first again."""
    found = yield e.args[0], field, VALUE
    count = ev.point.shape(e)[1]
    rows: Entries = [0] * (len(found) * count)
    for row, value in enumerate(found):
        rows[row * count + (int(value) - 1) % count] = 1
    return field.reduce(rows)


def places(ev: Evaluator, e: Expr) -> list[tuple[int, Places]]:
    """For each entry of a derivative of an unknown function: which entry, differentiated by which."""
    by = positions(e)
    below = [range(ev.point.count(e.args[p])) for p in by]
    value = range(ev.point.count(e) // prod(map(len, below)))
    return [(entry, tuple(zip(by, rest, strict=True))) for entry, *rest in product(value, *below)]


def _gradof(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    args = yield from arguments(e, field)
    few(ev.point.count(e), args)
    return [field.unknown_entry(str(e.data[0]), entry, args, by) for entry, by in places(ev, e)]


def few(asked: int, args: list[Entries]) -> None:
    """Unknown functions are asked entry by entry, and each time look at all of their arguments."""
    if asked * sum(map(len, args)) > MOST_ASKED:
        raise Unsupported("an unknown function of too many entries")


# ---- derivatives


def _differential(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    found = yield e.args[0], field, ev.differential
    return field.reduce([0] * ev.point.count(e)) if found is None else found


def derivative(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """The bare symbol ∂f/∂X: a derivative where f is known, nothing where it is only a name."""
    f, variable = e.args
    if f.op == "name" and f is not variable and f not in ev.unfold:
        raise Unsupported(f"nothing is known of {f}")
    return partial(ev, e, field)


def partial(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """All derivatives of the entries of one expression by those of a name."""
    argument, variable = e.args
    if variable.op != "name":
        raise Unsupported("a derivative by what is not a name")
    columns = []
    for k in range(ev.point.count(variable)):
        found = yield argument, field, ev.unit(variable, k)
        columns.append(found or field.reduce([0] * ev.point.count(argument)))
    return [column[j] for j in range(ev.point.count(argument)) for column in columns]


def held(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """The value of a name that an equation defines: see `implicit`."""
    return (yield e.args[1], field, VALUE)


def definition(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """A word that is made of others."""
    made = ev.shared.definition(e)
    if made is None:
        raise Unsupported(f"{e.op} has no exact model")
    return (yield made, field, VALUE)


VALUES: dict[str, Maker] = {
    "name": _name, "num": _num, "size": _size, "pi": _pi, "zeros": _zeros, "add": total, "neg": _neg,
    "div": _quotient, "hdiv": _quotient, "reshape": _reshape, "hpow": _hpow, "pow": _power, "inv": _inv,
    "det": det, "sqrt": _sqrt, "sign": _sign, "slope": _slope, "max": _extreme, "min": _extreme,
    "rowmax": _row_extreme, "rowmin": _row_extreme,
    "map": _mapped, "call": _call, "gradof": _gradof, "d": _differential, "partial": partial,
    "derivative": derivative, "hcat": _stack, "vcat": _stack, "onehot": _onehot,
    **dict.fromkeys(EQUATIONS, held),
}  # fmt: skip
