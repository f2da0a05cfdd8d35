"""Words of `operators.special` and `operators.arrays` beside plain formulas, for `test_codegen`.

Each row: the word, a text in the arrays of that test (C is 4×3, P the same with entries between 0 and 1,
x a vector of 4, c a number), and what it should compute.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

erf, erfc, lgamma = (np.vectorize(f) for f in (math.erf, math.erfc, math.lgamma))
_FAR = 1000


def digamma(x: Any) -> Any:
    """By recurrence to far out."""
    z = x + _FAR
    return np.log(z) - 1 / (2 * z) - 1 / (12 * z**2) - sum(1 / (x + k) for k in range(_FAR))


def trigamma(x: Any) -> Any:
    """Its derivative, in the same way."""
    z = x + _FAR
    return 1 / z + 1 / (2 * z**2) + 1 / (6 * z**3) + sum(1 / (x + k) ** 2 for k in range(_FAR))


def normal(x: Any, axis: int | None = None, eps: float = 0) -> Any:
    """Less its mean, divided by its standard deviation."""
    mean, var = np.mean(x, axis=axis, keepdims=True), np.var(x, axis=axis, keepdims=True)
    return (x - mean) / np.sqrt(var + eps)


Row = tuple[str, str, Callable[..., Any]]
MORE: list[Row] = [
    ("square", "square(C)", lambda C, **_: C * C),
    ("cbrt", "cbrt(C)", lambda C, **_: np.sign(C) * abs(C) ** (1 / 3)),
    ("rsqrt", "rsqrt(P)", lambda P, **_: P**-0.5),
    ("log2", "log2(P)", lambda P, **_: np.log(P) / math.log(2)),
    ("log10", "log10(P)", lambda P, **_: np.log(P) / math.log(10)),
    ("sec", "sec(C)", lambda C, **_: 1 / np.cos(C)),
    ("csc", "csc(C)", lambda C, **_: 1 / np.sin(C)),
    ("cot", "cot(C)", lambda C, **_: 1 / np.tan(C)),
    ("asinh", "asinh(C)", lambda C, **_: np.log(C + np.sqrt(C * C + 1))),
    ("acosh", "acosh(1 + P)", lambda P, **_: np.log(1 + P + np.sqrt((1 + P) ** 2 - 1))),
    ("atanh", "atanh(P)", lambda P, **_: np.log((1 + P) / (1 - P)) / 2),
    ("erfc", "erfc(C)", lambda C, **_: 1 - erf(C)),
    ("normpdf", "normpdf(C)", lambda C, **_: np.exp(-C * C / 2) / math.sqrt(2 * math.pi)),
    ("normcdf", "normcdf(C)", lambda C, **_: (1 + erf(C / 2**0.5)) / 2),
    ("lgamma", "lgamma(P)", lambda P, **_: lgamma(P)),
    ("digamma", "digamma(P)", lambda P, **_: digamma(P)),
    ("trigamma", "trigamma(P)", lambda P, **_: trigamma(P)),
    ("logit", "logit(P)", lambda P, **_: np.log(P / (1 - P))),
    ("logsigmoid", "logsigmoid(C)", lambda C, **_: -np.log(1 + np.exp(-C))),
    ("mish", "mish(C)", lambda C, **_: C * np.tanh(np.log(1 + np.exp(C)))),
    ("softsign", "softsign(C)", lambda C, **_: C / (1 + abs(C))),
    ("sinc", "sinc(C)", lambda C, **_: np.sin(math.pi * C) / (math.pi * C)),
    ("step", "step(C)", lambda C, **_: (C > 0) * 1.0),
    ("hinge", "hinge(C)", lambda C, **_: np.maximum(0, 1 - C)),
    ("hardtanh", "hardtanh(2*C)", lambda C, **_: np.clip(2 * C, -1, 1)),
    ("relu6", "relu6(9*C)", lambda C, **_: np.clip(9 * C, 0, 6)),
    (
        "selu", "selu(C)",
        lambda C, **_: 1.0507009873554805 * np.where(C > 0, C, 1.6732632423543772 * (np.exp(C) - 1)),
    ),
    ("clip", "clip(C, -0.5, c)", lambda C, c, **_: np.clip(C, -0.5, c)),
    ("heaviside", "heaviside(C)", lambda C, **_: np.heaviside(C, 0.5)),
    ("softshrink", "softshrink(C, c)", lambda C, c, **_: np.sign(C) * np.maximum(abs(C) - c, 0)),
    ("huber", "huber(3*C)", lambda C, **_: np.where(abs(3 * C) < 1, (3 * C) ** 2 / 2, abs(3 * C) - 0.5)),
    ("huber", "huber(C, c)", lambda C, c, **_: np.where(abs(C) < c, C * C / 2, c * (abs(C) - c / 2))),
    ("prod", "prod(C)", lambda C, **_: np.prod(C)),
    ("rowprod", "rowprod(C)", lambda C, **_: C[:, 0] * C[:, 1] * C[:, 2]),
    ("var", "var(C)", lambda C, **_: np.mean((C - C.mean()) ** 2)),
    ("rowvar", "rowvar(C)", lambda C, **_: np.mean(C * C, 1) - np.mean(C, 1) ** 2),
    ("colvar", "colvar(C)", lambda C, **_: np.mean(C * C, 0) - np.mean(C, 0) ** 2),
    ("std", "std(x)", lambda x, **_: np.sqrt(np.mean((x - x.mean()) ** 2))),
    ("rowstd", "rowstd(C)", lambda C, **_: np.sqrt(np.mean(C * C, 1) - np.mean(C, 1) ** 2)),
    ("colstd", "colstd(C)", lambda C, **_: np.sqrt(np.mean(C * C, 0) - np.mean(C, 0) ** 2)),
    ("meansquare", "meansquare(C)", lambda C, **_: np.mean(C * C)),
    ("rowmeansquare", "rowmeansquare(C)", lambda C, **_: np.mean(C * C, 1)),
    ("rowmax", "rowmax(C)", lambda C, **_: C.max(1)),
    ("rowmin", "rowmin(C)", lambda C, **_: C.min(1)),
    ("slope", "rowmax'(C)", lambda C, **_: (C.max(1)[:, None] == C) * 1.0),
    ("slope", "rowmin'(C)", lambda C, **_: (C.min(1)[:, None] == C) * 1.0),
    ("rowlogsumexp", "rowlogsumexp(C)", lambda C, **_: np.log(np.exp(C).sum(1))),
    ("rownorm1", "rownorm1(C)", lambda C, **_: abs(C).sum(1)),
    ("rownorm2", "rownorm2(C)", lambda C, **_: np.sqrt((C * C).sum(1))),
    ("norminf", "norminf(C)", lambda C, **_: abs(C).max()),
    ("normp", "norm(C, 3)", lambda C, **_: (abs(C) ** 3).sum() ** (1 / 3)),
    ("layernorm", "layernorm(x)", lambda x, **_: normal(x)),
    ("layernorm", "layernorm(C)", lambda C, **_: normal(C, 1)),
    ("layernorm", "layernorm(C, 0.1)", lambda C, **_: normal(C, 1, 0.1)),
    ("batchnorm", "batchnorm(C)", lambda C, **_: normal(C, 0)),
    ("batchnorm", "batchnorm(C, 0.1)", lambda C, **_: normal(C, 0, 0.1)),
    ("rmsnorm", "rmsnorm(x)", lambda x, **_: x / np.sqrt(np.mean(x * x))),
    ("rmsnorm", "rmsnorm(C, 0.1)", lambda C, **_: C / np.sqrt(np.mean(C * C, 1) + 0.1)[:, None]),
]  # fmt: skip
