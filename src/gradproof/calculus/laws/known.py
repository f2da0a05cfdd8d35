"""Functions with a name of their own, recognised from any spelling: σ, softplus, softmax, logsumexp, tanh.

A person who writes 1/(1 + exp(-r)) means σ(r), and wants σ(r)(1 - σ(r)) for its slope. The names also keep
numbers finite where the spelt-out forms overflow.
"""

from __future__ import annotations

from gradproof.calculus.laws.rewriting import normal
from gradproof.calculus.laws.rule import Rule
from gradproof.expressions.nodes import Expr
from gradproof.operators.table import OPERATORS

KNOWN = (
    Rule(
        "known-function",
        "a function that has a name",
        "1./(1 + exp(-A)) = sigmoid(A); 1/(1 + exp(-s)) = sigmoid(s); "
        "1./(1 + exp(A)) = sigmoid(-A); 1/(1 + exp(s)) = sigmoid(-s); "
        "exp(A)./(1 + exp(A)) = sigmoid(A); exp(s)/(1 + exp(s)) = sigmoid(s); "
        "B./(1 + exp(-A)) = B.*sigmoid(A); c./(1 + exp(-A)) = c*sigmoid(A); c/(1 + exp(-s)) = c*sigmoid(s); "
        "log(1 + exp(A)) = softplus(A); log1p(exp(A)) = softplus(A); "
        "log(1 + exp(s)) = softplus(s); log1p(exp(s)) = softplus(s); "
        "exp(x)/sum(exp(x)) = softmax(x); exp(x)./sum(exp(x)) = softmax(x); "
        "exp(X)./(rowsum(exp(X))*ones(n)') = softmax(X); diag(1 ./ rowsum(exp(X)))*exp(X) = softmax(X); "
        "log(sum(exp(x))) = logsumexp(x); log(rowsum(exp(X))) = rowlogsumexp(X); "
        "sinh(A)./cosh(A) = tanh(A); sinh(s)/cosh(s) = tanh(s); "
        "(exp(A) - exp(-A))./(exp(A) + exp(-A)) = tanh(A); "
        "(exp(s) - exp(-s))/(exp(s) + exp(-s)) = tanh(s)",
        "that is its definition",
        where="A array, B like A, s: scalar, c: scalar, x: n, X: m×n",
        about="sigmoid softplus softmax logsumexp tanh recognise stable",
    ),
)


def _meanings() -> dict[str, str]:
    """What each name means: the first of its laws, read from right to left."""
    found: dict[str, str] = {}
    for rule in KNOWN:
        for left, right in (text.split(" = ") for text in rule.laws):
            found.setdefault(right.partition("(")[0], f"{right} = {left}")
    return {word: meaning for word, meaning in found.items() if word in OPERATORS}


MEANINGS = _meanings()


def known_functions(e: Expr) -> Expr:
    """An expression with every spelt-out form of a function that has a name written by its name."""
    return normal(e, KNOWN)
