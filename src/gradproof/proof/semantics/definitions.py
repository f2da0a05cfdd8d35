"""What the exact test understands by words that are made of others.

Of a word with a meaning in the table of `operators` it is that meaning; never a derivative, which would be to
believe what is to be judged. Derivatives follow from those of a few primitive words (`tangents`). The normal
form has writings of its own, in `proof.normal_form.lowering`: the two engines share no meaning of a word.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from gradproof.elaboration.definitions import meaning as said_by_table
from gradproof.elaboration.read import phrase
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import (
    PI,
    add,
    apply,
    div,
    had,
    hdiv,
    hpow,
    mul,
    neg,
    num,
    ones,
    power,
    size,
    slope,
)
from gradproof.operators.properties import number
from gradproof.operators.table import OPERATORS

Args = tuple[Expr, ...]
ONE, TWO = num(1), num(2)
HALF = num(Fraction(1, 2))


def _minus(a: Expr, b: Expr) -> Expr:
    return add(a, neg(b))


def _rows(column: Expr, like: Expr) -> Expr:
    """A column vector repeated for every column of a matrix."""
    return mul(column, apply("T", ones(like.axes[1])))


def _softmax(args: Args) -> Expr:
    grown = apply("exp", args[0])
    if len(grown.axes) < 2:
        return div(grown, apply("sum", grown))
    return hdiv(grown, _rows(apply("rowsum", grown), grown))


def _logsoftmax(args: Args) -> Expr:
    (x,) = args
    if len(x.axes) < 2:
        return _minus(x, apply("log", apply("sum", apply("exp", x))))
    return _minus(x, _rows(apply("log", apply("rowsum", apply("exp", x))), x))


def _norm(args: Args) -> Expr:
    return apply("sqrt", apply("sum", had(args[0], args[0])))


def _maximum(args: Args) -> Expr:
    """(a + b + |a - b|)/2: where both are equal, the change is half of each change."""
    a, b = args
    return div(add(a, b, apply("abs", _minus(a, b))), num(2))


def _minimum(args: Args) -> Expr:
    """(a + b - |a - b|)/2."""
    a, b = args
    return div(_minus(add(a, b), apply("abs", _minus(a, b))), num(2))


def _elu(args: Args) -> Expr:
    (x,) = args
    step = slope("relu", x)
    return add(had(x, step), had(_minus(apply("exp", x), ONE), _minus(ONE, step)))


def _gelu(args: Args) -> Expr:
    (x,) = args
    inner = apply("erf", div(x, apply("sqrt", TWO)))
    return had(x, div(add(ONE, inner), TWO))


def _leaky(args: Args) -> Expr:
    return had(args[0], leaky_slope(args[0]))


def leaky_slope(x: Expr) -> Expr:
    """1 where x > 0, else 1/100."""
    return add(num(Fraction(1, 100)), had(num(Fraction(99, 100)), slope("relu", x)))


def _exp(x: Expr) -> Expr:
    return apply("exp", x)


def _said(text: str) -> Callable[[Args], Expr]:
    """A definition as a text in the argument X and its sizes, m first and n last."""

    def definition(args: Args) -> Expr:
        (x,) = args
        sizes = {"m": size(x.axes[0]), "n": size(x.axes[-1])} if x.axes else {}
        return phrase(text, {"X": x} | sizes)

    return definition


WORDS: dict[str, Callable[[Args], Expr]] = {
    "log1p": lambda a: apply("log", add(ONE, a[0])),
    "expm1": lambda a: _minus(_exp(a[0]), ONE),
    "tan": lambda a: hdiv(apply("sin", a[0]), apply("cos", a[0])),
    "acos": lambda a: _minus(div(PI, TWO), apply("asin", a[0])),
    "sinh": lambda a: div(_minus(_exp(a[0]), _exp(neg(a[0]))), TWO),
    "cosh": lambda a: div(add(_exp(a[0]), _exp(neg(a[0]))), TWO),
    "softplus": lambda a: apply("log", add(ONE, _exp(a[0]))),
    "silu": lambda a: had(a[0], apply("sigmoid", a[0])),
    "relu": lambda a: had(a[0], slope("relu", a[0])),
    "leaky_relu": _leaky,
    "elu": _elu,
    "gelu": _gelu,
    "abs": lambda a: had(a[0], apply("sign", a[0])),
    "logdet": lambda a: apply("log", apply("abs", apply("det", a[0]))),
    "norm1": lambda a: apply("sum", apply("abs", a[0])),
    "norm2": _norm,
    "normF": _norm,
    "logsumexp": lambda a: apply("log", apply("sum", _exp(a[0]))),
    "softmax": _softmax,
    "logsoftmax": _logsoftmax,
    "maximum": _maximum,
    "minimum": _minimum,
    "atanh": _said("log((1 + X)./(1 - X))/2"),
    "erfc": _said("1 - erf(X)"),
    "step": lambda a: slope("relu", a[0]),
    "rowlogsumexp": _said("log(exp(X)*ones(n))"),
    "invgaps": _said("1 ./ (ones(m)*X' - X*ones(m)' + eye(m)) - eye(m)"),
    "cumprod": _said("exp(cumsum(log(X)))"),
    "prod": _said("exp(sum(log(X)))"),
    "rowprod": _said("exp(log(X)*ones(n))"),
}


def meaning(e: Expr) -> Expr | None:
    """What a word stands for; None for one that is not made of others."""
    if e.op in WORDS:
        return WORDS[e.op](e.args)
    row = OPERATORS.get(e.op)
    return None if row is None or not row.meaning else said_by_table(e)


def norm_power(node: Expr) -> Expr | None:
    """‖X‖^(2k) as a power of a sum of squares, which needs no root."""
    if node.op != "pow" or node.args[0].op not in ("norm2", "normF"):
        return None
    value = number(node.args[1])
    if value is None or value.denominator != 1 or value % 2:
        return None
    squares = apply("sum", had(node.args[0].args[0], node.args[0].args[0]))
    return squares if value == 2 else power(squares, num(value / 2))


# Derivatives of the primitive elementwise functions that are written with other functions.
SLOPES: dict[str, Callable[[Expr], Expr]] = {
    "cos": lambda x: neg(apply("sin", x)),
    "sin": lambda x: apply("cos", x),
    "atan": lambda x: hdiv(ONE, add(ONE, hpow(x, TWO))),
    "asin": lambda x: hdiv(ONE, apply("sqrt", _minus(ONE, hpow(x, TWO)))),
    "asinh": lambda x: hdiv(ONE, apply("sqrt", add(ONE, hpow(x, TWO)))),
    "acosh": lambda x: hdiv(ONE, apply("sqrt", _minus(hpow(x, TWO), ONE))),
    "lgamma": lambda x: apply("digamma", x),
    "digamma": lambda x: apply("trigamma", x),
    "erf": lambda x: div(mul(TWO, _exp(neg(hpow(x, TWO)))), apply("sqrt", PI)),
}
