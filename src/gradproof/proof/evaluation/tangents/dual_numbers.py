"""Arithmetic of dual numbers: the eps part of every word, along a seed.

Linear words follow from their wiring; the rest from a few rules written here and nowhere else. Words
that are made of others (`definitions`) need none. None is a tangent that is zero.
"""

from __future__ import annotations

from collections.abc import Callable

from gradproof.expressions.nodes import Expr
from gradproof.operators.build import apply, had
from gradproof.proof.evaluation.arithmetic import Arithmetic, Entries, Unsupported
from gradproof.proof.evaluation.contraction import contract_dual, plus, stretch, times
from gradproof.proof.evaluation.evaluator import EQUATIONS, VALUE, Evaluator, Key, Rule, Seed, follow, known
from gradproof.proof.evaluation.gauss import inverse
from gradproof.proof.evaluation.matrix_rules import IN_ANY_FIELD
from gradproof.proof.evaluation.matrix_rules import TANGENTS as MATRIX_TANGENTS
from gradproof.proof.evaluation.tangents.implicit import tangent as implicit
from gradproof.proof.evaluation.tangents.nested_duals import eps, over
from gradproof.proof.evaluation.values import (
    arguments,
    averaged,
    few,
    matmul,
    places,
    position,
    reshaped,
    row_positions,
    stacked,
    whole_exponent,
)
from gradproof.proof.semantics.definitions import SLOPES

Tangent = Callable[[Evaluator, Expr, Arithmetic, Seed], Rule]


def _constant(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    yield from ()
    return None


def _linear(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    wired = ev.shared.wired(e)
    if wired is None:
        raise Unsupported(f"{e.op} has no derivative here")
    tangents = []
    for arg in e.args:
        tangents.append((yield arg, field, seed))
    if all(tangent is None for tangent in tangents):
        return None
    operands = tangents
    if len(e.args) > 1 or wired.constants:
        operands = []
        for arg in e.args:
            operands.append((yield arg, field, VALUE))
    constants = ev.constants(wired, field)
    tangents += [None] * len(constants)
    found = contract_dual(field, ev.plan(e, wired), [*operands, *constants], tangents)
    return None if found is None else averaged(ev, e, field, found)


def _stack(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    parts = []
    for arg in e.args:
        parts.append((yield arg, field, seed))
    return None if all(part is None for part in parts) else field.reduce(stacked(ev, e, parts))


def _add(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    count, total = ev.point.count(e), None
    for arg in e.args:
        part = yield arg, field, seed
        if part is not None:
            total = plus(field, total, stretch(part, count))
    return total


def _neg(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    part = yield e.args[0], field, seed
    return None if part is None else field.reduce([-value for value in part])


def _reshape(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    part = yield e.args[0], field, seed
    return None if part is None else reshaped(ev, e, part)


def quotient(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """(a/b)' = (a' - (a/b) b')/b."""
    above = yield e.args[0], field, seed
    below = yield e.args[1], field, seed
    if above is None and below is None:
        return None
    count = ev.point.count(e)
    top = None if above is None else stretch(above, count)
    if below is not None:
        whole = yield e, field, VALUE
        top = plus(field, top, field.reduce([-value for value in times(field, whole, stretch(below, count))]))
    return times(field, known(top), field.inverses((yield e.args[1], field, VALUE)))


def power(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """(a^b)' = b a^(b-1) a' + a^b log(a) b'."""
    if e.op == "pow" and e.args[0].axes:
        return (yield from matrix_power(ev, e, field, seed))
    base = yield e.args[0], field, seed
    exponent = yield e.args[1], field, seed
    count, total = ev.point.count(e), None
    if base is not None and field.field is not None and (yield e.args[1], field.field, field.seed):
        slopes = times(field, stretch((yield e.args[1], field, VALUE), count), (yield e, field, VALUE))
        slopes = times(field, slopes, field.inverses((yield e.args[0], field, VALUE)))
        total = times(field, slopes, stretch(base, count))
    elif base is not None:
        values = stretch((yield e.args[0], field, VALUE), count)
        powers = stretch((yield e.args[1], field.exponent, VALUE), count)
        if any(getattr(p, "denominator", 1) != 1 for p in powers):
            yield e, field, VALUE  # tells that a root was used
        slopes = [
            field.number(p) * field.power(value, p - 1) if p else 0
            for value, p in zip(values, powers, strict=True)
        ]
        total = times(field, slopes, stretch(base, count))
    if exponent is not None:
        grown = yield had(e, apply("log", e.args[0])), field, VALUE
        total = plus(field, total, times(field, grown, stretch(exponent, count)))
    return total


def matrix_power(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """The product rule, factor after factor."""
    slope = yield e.args[0], field, seed
    if slope is None:
        return None
    base = yield e.args[0], field, VALUE
    count, n = yield from whole_exponent(ev, e, field)
    if count < 0:
        base, count = inverse(field, base, n), -count
        slope = matmul(field, matmul(field, base, slope, n), base, n)
        slope = field.reduce([-value for value in slope])
    total: Entries = field.reduce([int(k % (n + 1) == 0) for k in range(n * n)])
    change: Entries | None = None
    for _ in range(count):
        left = None if change is None else matmul(field, change, base, n)
        change = plus(field, left, matmul(field, total, slope, n))
        total = matmul(field, total, base, n)
    return change


def inv(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """(A + eps B)^-1 = Y - eps Y B Y, as its product with A + eps B says."""
    part = yield e.args[0], field, seed
    if part is None:
        return None
    whole = yield e, field, VALUE
    if not e.axes:
        return field.reduce([-whole[0] * whole[0] * part[0]])
    n = ev.point.sizes.value(e.axes[0])
    return field.reduce([-value for value in matmul(field, matmul(field, whole, part, n), whole, n)])


def det(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """det(A + eps B) = det(A) (1 + eps tr(A^-1 B))."""
    part = yield e.args[0], field, seed
    if part is None:
        return None
    whole = yield e, field, VALUE
    other = yield apply("inv", e.args[0]), field, VALUE
    n = ev.point.sizes.value(e.args[0].axes[0])
    trace = sum(other[i * n + j] * part[j * n + i] for i in range(n) for j in range(n))
    return field.reduce([whole[0] * trace])


# ---- elementwise functions


def _exp(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    part = yield e.args[0], field, seed
    return None if part is None else times(field, (yield e, field, VALUE), part)


def _log(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    part = yield e.args[0], field, seed
    return None if part is None else times(field, field.inverses((yield e.args[0], field, VALUE)), part)


def _sqrt(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    part = yield e.args[0], field, seed
    if part is None:
        return None
    doubled = field.reduce([2 * value for value in (yield e, field, VALUE)])
    return times(field, field.inverses(doubled), part)


def _tanh(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    part = yield e.args[0], field, seed
    if part is None:
        return None
    return times(field, field.reduce([1 - value * value for value in (yield e, field, VALUE)]), part)


def _sigmoid(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    part = yield e.args[0], field, seed
    if part is None:
        return None
    return times(field, field.reduce([value * (1 - value) for value in (yield e, field, VALUE)]), part)


def pointwise(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """A function whose slope is written with other functions."""
    part = yield e.args[0], field, seed
    if part is None:
        return None
    return times(field, (yield SLOPES[e.op](e.args[0]), field, VALUE), part)


def _extreme(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    part = yield e.args[0], field, seed
    if part is None:
        return None
    yield e, field, VALUE  # tells that comparisons were used
    return [part[known((yield from position(ev, e.args[0], field, e.op == "min")))[0]]]


def _row_extreme(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    part = yield e.args[0], field, seed
    if part is None:
        return None
    yield e, field, VALUE  # tells that comparisons were used
    places = known((yield from row_positions(ev, e.args[0], field, e.op == "rowmin")))
    width = ev.point.shape(e.args[0])[1]
    return [part[i * width + place] for i, place in enumerate(places)]


# ---- unknown functions


def _mapped(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    part = yield e.args[0], field, seed
    if part is None:
        return None
    function, order = e.data
    assert isinstance(order, int)
    entries = yield e.args[0], field, VALUE
    return times(field, [field.unknown(str(function), order + 1, value) for value in entries], part)


def _unknown(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """A function of arrays, or one of its derivatives: one more derivative along each moving entry."""
    parts = []
    for arg in e.args:
        parts.append((yield arg, field, seed))
    if all(part is None for part in parts):
        return None
    args = yield from arguments(e, field)
    moves = [((k, j), v) for k, part in enumerate(parts) if part is not None for j, v in enumerate(part)]
    few(ev.point.count(e) * len(moves), args)
    return field.reduce(
        [
            sum(field.unknown_entry(str(e.data[0]), entry, args, (*by, at)) * value for at, value in moves)
            for entry, by in places(ev, e)
        ]
    )


# ---- what only derivations write


def _differential(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """The change of a change; dX does not depend on X."""
    return eps((yield e.args[0], over(ev, field, ev.differential), seed))


def _partial(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """The change of all derivatives of one expression by the entries of a name."""
    argument, variable = e.args
    columns = []
    for k in range(ev.point.count(variable)):
        columns.append(eps((yield argument, over(ev, field, ev.unit(variable, k)), seed)))
    if all(column is None for column in columns):
        return None
    nothing = field.reduce([0] * ev.point.count(argument))
    return [(column or nothing)[j] for j in range(len(nothing)) for column in columns]


CONSTANT = ("name", "num", "size", "pi", "zeros", "eye", "ones", "sign", "slope")
TANGENTS: dict[str, Tangent] = {
    **dict.fromkeys(CONSTANT, _constant), "add": _add, "neg": _neg, "reshape": _reshape,
    "div": quotient, "hdiv": quotient, "hpow": power, "pow": power, "inv": inv, "det": det, "exp": _exp,
    "log": _log, "sqrt": _sqrt, "tanh": _tanh, "sigmoid": _sigmoid, "max": _extreme, "min": _extreme,
    "map": _mapped, "call": _unknown, "gradof": _unknown, "d": _differential, "partial": _partial,
    "derivative": _partial,
    "hcat": _stack, "vcat": _stack,
    "rowmax": _row_extreme, "rowmin": _row_extreme, **dict.fromkeys(EQUATIONS, implicit),
    **dict.fromkeys(SLOPES, pointwise),
}  # fmt: skip


def tangent(ev: Evaluator, key: Key) -> Rule:
    """The rule for the tangent of a node along a seed."""
    e, field, seed = key
    assert isinstance(seed, Seed)
    maker = TANGENTS.get(e.op) or MATRIX_TANGENTS.get(e.op)
    if field.field is not None and e.op in MATRIX_TANGENTS and e.op not in IN_ANY_FIELD:
        raise Unsupported(f"a second derivative of {e.op}")
    if maker is not None:
        return maker(ev, e, field, seed)
    made = ev.shared.definition(e)
    return _linear(ev, e, field, seed) if made is None else follow((made, field, seed))
