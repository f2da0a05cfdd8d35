"""What the normal form understands by words that are made of others, where it has no theory of its own.

They are written here a second time on purpose: the exact test reads the meanings in the table of `operators`
(`proof.semantics`), as the deriver does, so that the two engines share no meaning of a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gradproof.elaboration.read import phrase
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import add, had, neg, num, size, slope

Args = tuple[Expr, ...]
ONE = num(1)


def _minus(a: Expr, b: Expr) -> Expr:
    return add(a, neg(b))


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
    "step": lambda a: slope("relu", a[0]),
    "hinge": _said("relu(1 - X)"),
    "hardtanh": _said("X.*step(1 - abs(X)) + sign(X).*(1 - step(1 - abs(X)))"),
    "relu6": _said("X.*step(X.*(6 - X)) + 6*step(X - 6)"),
    "selu": _said("1.0507009873554805*X.*step(X) + 1.7580993408473766*(exp(X) - 1).*(1 - step(X))"),
    "clip": _clip,
    "softshrink": _said("(X - sign(X)*Z).*step(abs(X) - Z)"),
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
    "cumprod": _said("exp(cumsum(log(X)))"),
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
