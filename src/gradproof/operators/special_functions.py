"""The vocabulary, continued: special functions and activations, entry by entry."""

from __future__ import annotations

from gradproof.operators.kinks import kink_convention
from gradproof.operators.row import UNREAD, Operator, pointwise

_SELU = "1.0507009873554805"  # scale and slope of Klambauer et al., Self-Normalizing Neural Networks, 2017
_SELU_LEFT = "1.7580993408473766"  # scale times 1.6732632423543772

SPECIAL = (
    pointwise("square", "2*X", "X.^2", meaning="X.^2", numpy="square", even=True, definite=True),
    pointwise(
        "cbrt", "1 ./ (3*Y.^2)", "cube root, also of negative numbers", needs="{X} ≠ 0",
        meaning="sign(X).*abs(X).^(1/3)", numpy="cbrt",
    ),
    pointwise("rsqrt", "-Y.^3/2", "1 ./ sqrt(X)", needs="{X} > 0", meaning="1 ./ sqrt(X)"),
    pointwise("log2", "1 ./ (log(2)*X)", "logarithm to the base 2", "{X} > 0", meaning="log(X)/log(2)",
              numpy="log2"),
    pointwise("log10", "1 ./ (log(10)*X)", "logarithm to the base 10", "{X} > 0", meaning="log(X)/log(10)",
              numpy="log10"),
    pointwise("sec", "Y.*tan(X)", "1 ./ cos(X)", "cos({X}) ≠ 0", meaning="1 ./ cos(X)", even=True),
    pointwise("csc", "-Y.*cot(X)", "1 ./ sin(X)", "sin({X}) ≠ 0", meaning="1 ./ sin(X)"),
    pointwise("cot", "-(1 + Y.^2)", "cos(X)./sin(X)", "sin({X}) ≠ 0", meaning="cos(X)./sin(X)"),
    pointwise("asinh", "1 ./ sqrt(1 + X.^2)", "inverse of sinh", numpy="arcsinh"),
    pointwise("acosh", "1 ./ sqrt(X.^2 - 1)", "inverse of cosh", "{X} > 1", numpy="arccosh"),
    pointwise("atanh", "1 ./ (1 - X.^2)", "inverse of tanh", "|{X}| < 1", numpy="arctanh"),
    pointwise("erfc", "-2*exp(-X.^2)/sqrt(pi)", "1 - erf(X)", positive=True),
    pointwise("normpdf", "-X.*Y", "density of the standard normal distribution",
              meaning="exp(-X.^2/2)/sqrt(2*pi)", positive=True, even=True),
    pointwise("normcdf", "normpdf(X)", "distribution function of the standard normal distribution",
              meaning="erfc(-X/sqrt(2))/2", positive=True),
    pointwise("lgamma", "digamma(X)", "log of the gamma function", "{X} > 0"),
    pointwise("digamma", "trigamma(X)", "derivative of lgamma", "{X} > 0"),
    pointwise("trigamma", "", "derivative of digamma",
              without=(("derived", "its derivative is no word of the language"),)),
    pointwise("logit", "1 ./ (X.*(1 - X))", "inverse of sigmoid", "0 < {X} < 1",
              meaning="log(X) - log1p(-X)"),
    pointwise("logsigmoid", "sigmoid(-X)", "log(sigmoid(X))", meaning="-softplus(-X)"),
    pointwise("mish", "tanh(softplus(X)) + X.*sigmoid(X).*(1 - tanh(softplus(X)).^2)",
              "X.*tanh(softplus(X))", meaning="X.*tanh(softplus(X))"),
    pointwise("sinc", "(cos(pi*X) - Y) ./ X", "sin(pi*X)./(pi*X), 1 where X = 0", "{X} ≠ 0",
              meaning="sin(pi*X) ./ (pi*X)", numpy="sinc", even=True),
    pointwise("softsign", "1 ./ (1 + abs(X)).^2", "X./(1 + abs(X))", meaning="X./(1 + abs(X))"),
    pointwise(
        "step", "0", "1 where X > 0, else 0", "{X} ≠ 0",
        kink=kink_convention("step"),
    ),
    pointwise(
        "heaviside", "0", "1 where X > 0, 1/2 where X is 0, else 0", "{X} ≠ 0",
        kink=kink_convention("heaviside"), meaning="(1 + sign(X))/2",
    ),
    pointwise(
        "hinge", "-step(1 - X)", "max(0, 1 - X)", "{X} ≠ 1", meaning="relu(1 - X)",
        kink=kink_convention("hinge"),
    ),
    pointwise(
        "hardtanh", "step(1 - abs(X))", "X between -1 and 1, else -1 or 1", "|{X}| ≠ 1",
        kink=kink_convention("hardtanh"), meaning="max(min(X, 1), -1)",
    ),
    pointwise(
        "relu6", "step(X.*(6 - X))", "X between 0 and 6, else 0 or 6", "{X} ≠ 0 and {X} ≠ 6",
        kink=kink_convention("relu6"), meaning="min(max(X, 0), 6)",
    ),
    pointwise(
        "selu", f"{_SELU}*step(X) + {_SELU_LEFT}*exp(X).*(1 - step(X))", 
        "1.0507*X where X > 0, else 1.7581*(exp(X) - 1)", "{X} ≠ 0",
        kink=kink_convention("selu"),
        meaning=f"{_SELU}*relu(X) + {_SELU_LEFT}*expm1(min(X, 0))",
    ),
    Operator(
        "clip", ("*,,->*",), requires=("{X} ≠ {Z} and {X} ≠ {V}", "{Z} < {V}"),
        differential=(
            "step(X - Z).*step(V - X).*dX + (1 - step(X - Z)).*step(V - Z).*dZ"
            " + (1 - step(V - max(X, Z))).*dV",
        ),
        meaning=("min(max(X, Z), V)",), numpy="clip", doc="X between Z and V, else Z or V",
        kink=kink_convention("clip"),
    ),
    Operator(
        "softshrink", ("*,->*",), requires=("|{X}| ≠ {Z}",), kink=kink_convention("softshrink"),
        differential=("step(abs(X) - Z).*dX - sign(X).*step(abs(X) - Z).*dZ",),
        meaning=("sign(X).*relu(abs(X) - Z)",),
        numpy="torch.nn.functional.softshrink", doc="X moved towards 0 by Z, and 0 where abs(X) < Z",
    ),
    Operator(
        "huber", ("*,->*", "*->*"), requires=("{Z} > 0",),
        differential=("(X - softshrink(X, Z)).*dX + relu(abs(X) - Z).*dZ", "hardtanh(X).*dX"),
        meaning=("(X.^2 - relu(abs(X) - Z).^2)/2", "(X.^2 - relu(abs(X) - 1).^2)/2"),
        without=(UNREAD,), doc="X.^2/2 where abs(X) < Z, else Z*(abs(X) - Z/2); Z is 1 where it is not given",
    ),
)  # fmt: skip
