"""Elementwise functions in towers of prime fields: exp, sin and cos exactly, log and others as oracles.

log has no exact model: it is an oracle on values that keeps log(1/v) = -log(v) and log(-v) = log(v)
(only the logarithm of an absolute value is ever meant), and takes products, powers, quotients,
determinants and exp apart before it asks. So log(a*b) = log(a) + log(b) where products are written out.
"""

from __future__ import annotations

from fractions import Fraction

from gradproof.expressions.nodes import Expr
from gradproof.operators.build import apply, neg, num
from gradproof.proof.evaluation.arithmetic import Arithmetic, NeedsCircle, Undefined
from gradproof.proof.evaluation.contraction import stretch, times
from gradproof.proof.evaluation.evaluator import EXP, LOG, ORACLE, TURN, VALUE, Evaluator, Maker, Rule
from gradproof.proof.evaluation.fields.prime_field import Field
from gradproof.proof.evaluation.random import letters
from gradproof.proof.evaluation.values import total

_LOGS = ("log", "logsumexp", "softplus", "log1p", "logdet", "logsoftmax")


def _field(field: Arithmetic) -> Field:
    assert isinstance(field, Field)
    return field


# ---- exp


def _exp(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    return (yield e.args[0], field, EXP)


def _sigmoid(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    grown = yield e.args[0], field, EXP
    return times(field, grown, field.inverses(field.reduce([1 + value for value in grown])))


def _tanh(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    grown = yield e.args[0], field, EXP
    square = field.reduce([value * value for value in grown])
    below = field.inverses(field.reduce([value + 1 for value in square]))
    return field.reduce([(value - 1) * other for value, other in zip(square, below, strict=True)])


def _logarithmic(ev: Evaluator, e: Expr) -> bool:
    while e.op == "neg" or e in ev.unfold:
        e = ev.unfold.get(e) or e.args[0]
    return e.op in _LOGS


def face_exp(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """The exponential of any node."""
    if e.op == "log":
        return (yield e.args[0], field, VALUE)
    if e.op == "logsoftmax":
        return (yield apply("softmax", e.args[0]), field, VALUE)
    meaning = ev.shared.definition(e) if e.op in _LOGS else None
    if meaning is not None:
        return (yield meaning, field, EXP)
    if e.op == "neg" and _logarithmic(ev, e.args[0]):
        return field.inverses((yield e.args[0], field, EXP))
    if e.op == "add" and any(_logarithmic(ev, arg) for arg in e.args):
        total = field.reduce([1] * ev.point.count(e))
        for arg in e.args:
            total = times(field, total, stretch((yield arg, field, EXP), len(total)))
        return total
    tower = _field(field)
    if tower.below is None:
        yield ORACLE
        return [_exp_oracle(tower, value) for value in (yield e, field, VALUE)]
    return [tower.exp(value) for value in (yield e, tower.below, VALUE)]


def _exp_oracle(field: Field, value: int) -> int:
    if not value:
        return 1
    if 2 * value > field.prime:
        return field.invert(_exp_oracle(field, field.prime - value))
    return pow(field.oracle(letters("exp"), value), field.cosets, field.prime)


# ---- sin and cos


def face_turn(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """The cosines of all entries, then their sines."""
    tower = _field(field)
    if not tower.circle:
        raise NeedsCircle
    p, half = tower.prime, (tower.prime + 1) // 2
    if tower.below is None:
        yield ORACLE
        turned = [_turn_oracle(tower, value) for value in (yield e, field, VALUE)]
    else:
        turned = [tower.exp(value, 1) for value in (yield e, tower.below, VALUE)]
    back = tower.inverses(turned)
    quarter = half * pow(tower.imaginary, -1, p) % p
    cosines = [(a + b) * half % p for a, b in zip(turned, back, strict=True)]
    return cosines + [(a - b) * quarter % p for a, b in zip(turned, back, strict=True)]


def _turn_oracle(field: Field, value: int) -> int:
    if not value:
        return 1
    if 2 * value > field.prime:
        return field.invert(_turn_oracle(field, field.prime - value))
    return field.oracle(letters("turn"), value)


def _cos(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    if e.args[0].op == "acos":
        return (yield e.args[0].args[0], field, VALUE)
    both = yield e.args[0], field, TURN
    return both[: len(both) // 2]


def _sin(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    if e.args[0].op == "asin":
        return (yield e.args[0].args[0], field, VALUE)
    both = yield e.args[0], field, TURN
    return both[len(both) // 2 :]


# ---- log and other oracles


def oracle(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """An odd function of which nothing else is known."""
    yield ORACLE
    return [field.apply(e.op, value) for value in (yield e.args[0], field, VALUE)]


def _log(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    if e.args[0].op != "exp":
        yield ORACLE
    return (yield e.args[0], field, LOG)


def face_log(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """The logarithm of (the absolute value of) any node."""
    maker = _APART.get(e.op)
    if maker is not None:
        return maker(ev, e, field)
    if e.op == "mul" and sum(1 for arg in e.args if arg.axes) <= 1:
        return _log_product(ev, e, field)
    if e.op == "pow" and not e.axes:
        return _log_power(ev, e, field)
    if e.op == "inv" and not e.axes:
        return _follow(neg(apply("log", e.args[0])), field)
    if e.op == "add" and len(e.args) == 2 and e.args[0] is num(1) and e.args[1].op == "exp":
        return _log_softplus(ev, e, field)
    return _log_oracle(ev, e, field)


def _follow(node: Expr, field: Arithmetic) -> Rule:
    return (yield node, field, VALUE)


def _log_exp(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    return _follow(e.args[0], field)


def _log_product(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    return total(ev, e, field, LOG)


def _log_quotient(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    count = ev.point.count(e)
    above = stretch((yield e.args[0], field, LOG), count)
    below = stretch((yield e.args[1], field, LOG), count)
    return field.reduce([x - y for x, y in zip(above, below, strict=True)])


def _log_power(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    exponents = [field.number(p) for p in (yield e.args[1], field.exponent, VALUE)]
    return times(field, (yield e.args[0], field, LOG), exponents)


def _log_sqrt(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    half = field.number(Fraction(1, 2))
    return times(field, (yield e.args[0], field, LOG), [half])


def _log_same(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    return (yield e.args[0], field, LOG)


def _log_det(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    inner = e.args[0]
    while inner in ev.unfold:
        inner = ev.unfold[inner]
    if inner.op == "inv":
        found = yield apply("det", inner.args[0]), field, LOG
        return field.reduce([-value for value in found])
    square = all(not arg.axes or arg.axes == inner.axes for arg in inner.args)
    if inner.op != "mul" or not square:
        return (yield from _log_oracle(ev, e, field))
    total = 0
    for arg in inner.args:
        if arg.axes:
            total += (yield apply("det", arg), field, LOG)[0]
        else:
            total += (yield arg, field, LOG)[0] * ev.point.sizes.value(inner.axes[0])
    return field.reduce([total])


def _log_softmax(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    return _follow(apply("logsoftmax", e.args[0]), field)


def _log_sigmoid(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    return _follow(neg(apply("softplus", neg(e.args[0]))), field)


def _log_num(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    yield ORACLE
    value = e.data[0]
    assert isinstance(value, Fraction)
    above, below = (_whole_log(_field(field), part) for part in (value.numerator, value.denominator))
    return field.reduce([above - below])


def _whole_log(field: Field, value: int) -> int:
    """Over the prime factors, as far as these are small."""
    if not value:
        raise Undefined("the logarithm of zero")
    total, prime = 0, 2
    while value > 1 and prime < 200:
        while value % prime == 0:
            total, value = total + _one_log(field, prime), value // prime
        prime += 1
    return total + _one_log(field, value % field.prime)


def _log_softplus(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    """log(1 + exp(x)), such that the value at x minus the value at -x is x."""
    yield ORACLE
    inner, tower = e.args[1].args[0], _field(field)
    values, grown = (yield inner, field, VALUE), (yield e.args[1], field, VALUE)
    out = []
    for value, big in zip(values, grown, strict=True):
        small = tower.invert(big)
        if big <= small:
            out.append(_one_log(tower, (1 + big) % tower.prime))
        else:
            out.append((value + _one_log(tower, (1 + small) % tower.prime)) % tower.prime)
    return out


def _log_oracle(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    yield ORACLE
    return [_one_log(_field(field), value) for value in (yield e, field, VALUE)]


def _one_log(field: Field, value: int) -> int:
    if not value:
        raise Undefined("the logarithm of zero")
    other = field.invert(value)
    value, other = min(value, field.prime - value), min(other, field.prime - other)
    if value == 1:
        return 0
    if value > other:
        return field.prime - field.oracle(letters("log"), other)
    return field.oracle(letters("log"), value)


_APART: dict[str, Maker] = {
    "exp": _log_exp, "had": _log_product, "div": _log_quotient, "hdiv": _log_quotient,
    "hpow": _log_power, "sqrt": _log_sqrt, "abs": _log_same, "neg": _log_same, "det": _log_det,
    "softmax": _log_softmax, "sigmoid": _log_sigmoid, "num": _log_num,
}  # fmt: skip
FUNCTIONS: dict[str, Maker] = {
    "exp": _exp, "sigmoid": _sigmoid, "tanh": _tanh, "cos": _cos, "sin": _sin, "log": _log,
    "erf": oracle, "atan": oracle, "asin": oracle, "asinh": oracle,
    "acosh": oracle, "lgamma": oracle, "digamma": oracle, "trigamma": oracle,
}  # fmt: skip
FACES: dict[str, Maker] = {EXP: face_exp, LOG: face_log, TURN: face_turn}
