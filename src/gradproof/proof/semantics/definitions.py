"""What the referee understands by the words that others are made of.

These are definitions, written here a second time on purpose: the table of `operators` also holds
derivatives, and a referee that read them would believe what it has to judge. Derivatives of the words
below follow from those of a few primitive ones (`tangents`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

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


def _said(*texts: str) -> Callable[[Args], Expr]:
    """A definition as a text in the arguments X, Z, V and in the sizes of X, m first and n last.

    The first text is for a vector or anything, the second for a matrix."""

    def definition(args: Args) -> Expr:
        x = args[0]
        env = dict(zip(("X", "Z", "V"), args, strict=False))
        if x.axes:
            env |= {"m": size(x.axes[0]), "n": size(x.axes[-1])}
        return phrase(texts[-1 if len(x.axes) == 2 else 0], env)

    return definition


def _with_parameter(text: str, default: str) -> Callable[[Args], Expr]:
    """A definition whose last argument Z may be left out."""
    plain, given = _said(re.sub(r"\bZ\b", default, text)), _said(text)
    return lambda args: (plain if len(args) == 1 else given)(args)


def _normalised(vector: str, matrix: str) -> Callable[[Args], Expr]:
    """A normalisation: what stands before and what is below the division, with an optional Z."""
    plain = _said(vector.replace(" + Z", ""), matrix.replace(" + Z", ""))
    given = _said(vector, matrix)
    return lambda args: (plain if len(args) == 1 else given)(args)


def _clip(args: Args) -> Expr:
    """min(max(x, low), high), also where low > high."""
    x, low, high = args
    inside = had(_step(_minus(x, low)), _step(_minus(high, x)))
    below = had(_minus(ONE, _step(_minus(x, low))), _step(_minus(high, low)))
    return add(had(x, inside), had(low, below), had(high, _minus(_minus(ONE, inside), below)))


def _step(x: Expr) -> Expr:
    return slope("relu", x)


DEFINITIONS: dict[str, Callable[[Args], Expr]] = {
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
    "square": _said("X.*X"),
    "cbrt": _said("sign(X).*abs(X).^(1/3)"),
    "rsqrt": _said("X.^(-1/2)"),
    "log2": _said("log(X)/log(2)"),
    "log10": _said("log(X)/log(10)"),
    "sec": _said("1 ./ cos(X)"),
    "csc": _said("1 ./ sin(X)"),
    "cot": _said("cos(X)./sin(X)"),
    "atanh": _said("(log(1 + X) - log(1 - X))/2"),
    "erfc": _said("1 - erf(X)"),
    "normcdf": _said("(1 + erf(X/sqrt(2)))/2"),
    "normpdf": _said("exp(-X.^2/2)/sqrt(2*pi)"),
    "logit": _said("log(X) - log(1 - X)"),
    "logsigmoid": _said("log(sigmoid(X))"),
    "mish": _said("X.*tanh(log(1 + exp(X)))"),
    "sinc": _said("sin(pi*X)./(pi*X)"),
    "softsign": _said("X./(1 + abs(X))"),
    "heaviside": _said("(1 + sign(X))/2"),
    "step": lambda a: slope("relu", a[0]),
    "hinge": _said("relu(1 - X)"),
    "hardtanh": _said("X.*step(1 - abs(X)) + sign(X).*(1 - step(1 - abs(X)))"),
    "relu6": _said("X.*step(X.*(6 - X)) + 6*step(X - 6)"),
    "selu": _said("1.0507009873554805*X.*step(X) + 1.7580993408473766*(exp(X) - 1).*(1 - step(X))"),
    "clip": _clip,
    "softshrink": _with_parameter("sign(X).*relu(abs(X) - Z)", "0"),
    "huber": _with_parameter("X.^2/2.*step(Z - abs(X)) + Z*(abs(X) - Z/2).*(1 - step(Z - abs(X)))", "1"),
    "var": _said("mean((X - mean(X)).^2)"),
    "std": _said("sqrt(mean((X - mean(X)).^2))"),
    "rowvar": _said("rowmean(X.^2) - rowmean(X).^2"),
    "colvar": _said("colmean(X.^2) - colmean(X).^2"),
    "rowstd": _said("sqrt(rowmean(X.^2) - rowmean(X).^2)"),
    "colstd": _said("sqrt(colmean(X.^2) - colmean(X).^2)"),
    "meansquare": _said("mean(X.*X)"),
    "rowmeansquare": _said("rowmean(X.*X)"),
    "rowlogsumexp": _said("log(rowsum(exp(X)))"),
    "rownorm1": _said("rowsum(abs(X))"),
    "rownorm2": _said("sqrt(rowsum(X.*X))"),
    "invgaps": _said("(1 - eye(m)) ./ (ones(m)*X' - X*ones(m)' + eye(m))"),
    "norminf": _said("max(abs(X))"),
    "normp": _said("sum(abs(X).^Z)^(1/Z)"),
    "prod": _said("exp(sum(log(X)))"),
    "rowprod": _said("exp(rowsum(log(X)))"),
    "layernorm": _normalised(
        "(X - mean(X))/sqrt(mean(X.^2) - mean(X)^2 + Z)",
        "(X - rowmean(X)*ones(n)')./(sqrt(rowmean(X.^2) - rowmean(X).^2 + Z)*ones(n)')",
    ),
    "batchnorm": _normalised(
        "X",
        "(X - ones(m)*colmean(X)')./(ones(m)*sqrt(colmean(X.^2) - colmean(X).^2 + Z)')",
    ),
    "rmsnorm": _normalised("X/sqrt(mean(X.^2) + Z)", "X./(sqrt(rowmean(X.^2) + Z)*ones(n)')"),
}


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
