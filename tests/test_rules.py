"""The rule book: every law is proved, and the moves across ":" come out of the one law."""

from __future__ import annotations

import re

import pytest

from gradproof.calculus.adjoint import adjoint, name_of
from gradproof.calculus.laws.algebra import ALGEBRA
from gradproof.calculus.rulebook import RULES, Rule
from gradproof.calculus.simplify import tidy
from gradproof.elaboration.read import phrase
from gradproof.expressions.dims import symbol
from gradproof.expressions.nodes import Expr
from gradproof.operators import build
from gradproof.operators.row import square_only
from gradproof.operators.table import OPERATORS
from gradproof.proof.referee import Referee
from gradproof.proof.semantics.context import Context

SHAPES = {
    "frob-left": {"C": "nm", "A": "nk", "B": "km"},
    "frob-right": {"C": "nm", "A": "nk", "B": "km"},
    "frob-both": {"C": "nm", "A": "np", "X": "pq", "B": "qm"},
    "frob-kron": {"A": "mn", "D": "pq"},
    "frob-einsum": {"A": "nk", "B": "km", "C": "nm"},
    "d-product": {"A": "nk", "B": "km"},
    "frob-cumsum": {"v": "m", "w": "m"},
    "d-logsumexp": {"X": "n"},
    "frob-named": {"A": "nn", "C": "nn"},
    "d-sylvester": {"X": "mm", "Z": "nn", "V": "mn"},
    **{f"d-{row.name}": {"X": "nn"} for row in OPERATORS.values() if square_only(row)},
    "d-clip": {"Z": "", "V": ""},
    "d-softshrink": {"Z": ""},
    "d-normp": {"Z": ""},
    "d-layernorm": {"Z": ""},
    "d-rmsnorm": {"Z": ""},
    "d-batchnorm": {"Z": ""},
    "known-function": {"s": ""},
}
PARAMETERS = {"d-normp": "Z"}  # what is constant in a law
TESTED = (
    "d-clip",
    "d-normp",
    "d-sylvester",
)  # nested steps, exponents such as 1/p: the normal form does not decide these
DEFAULT = {
    **{letter: "mn" for letter in "ABCXZ"}, "S": "nn", "v": "m", "u": "n", "w": "n", "x": "m", "c": "",
}  # fmt: skip


def environment(rule: Rule) -> dict[str, Expr]:
    """Names for the letters of a law, with shapes that fit."""
    shapes = {**DEFAULT, **SHAPES.get(rule.name, {})}
    env = {name: build.name(name, tuple(map(symbol, sizes))) for name, sizes in shapes.items()}
    env |= {letter: build.size(symbol(letter)) for letter in "mnpqk"}
    if rule.name == "frob-kron":
        env["M"] = build.name("M", (symbol("m") * symbol("p"), symbol("n") * symbol("q")))
    if rule.name == "frob-colsum":
        env["u"] = build.name("u", (symbol("n"),))
    return env


def side(text: str, env: dict[str, Expr]) -> Expr:
    """One side of a law; d(…) is the differential, which the language does not have."""
    held: dict[str, Expr] = {}
    while (found := re.search(r"\bd\(((?:[^()]|\([^()]*(?:\([^()]*\))?[^()]*\))*)\)", text)) is not None:
        key = f"hole{len(held)}"
        held[key] = build.d(side(found[1], {**env, **held}))
        text = text[: found.start()] + key + text[found.end() :]
    return phrase(text, {**env, **held})


REWRITING = {rule.name for rule in ALGEBRA}  # tests/test_laws.py uses each wherever it can be used
LAWS = [
    rule._replace(law=law)
    for rule in RULES
    for law in rule.laws
    if rule.name not in REWRITING and "f(" not in law  # f stands for operators: that, too, is in test_laws
]


@pytest.mark.parametrize("rule", LAWS, ids=[rule.name for rule in LAWS])
def test_every_law_is_proved(rule: Rule) -> None:
    env = environment(rule)
    left, right = (part.strip() for part in rule.law.split(" = "))
    env["Y"] = side(left[2:-1], env) if left.startswith("d(") else env["X"]
    vary = (e for letter, e in env.items() if e.op == "name" and letter not in PARAMETERS.get(rule.name, ""))
    referee = Referee(Context(varying=frozenset(vary)))
    a, b = side(left, env), side(right, env)
    if not b.axes and a.axes:
        b = build.had(b, build.ones(*a.axes))
    assert referee.judge(a, b).grade == ("tested" if rule.name in TESTED else "proved")


MOVES = [
    rule
    for rule in LAWS
    if re.match(r"(\w|vec\(A\)):", rule.law) and rule.name not in ("frob-swap", "frob-transpose")
]


@pytest.mark.parametrize("rule", MOVES, ids=[rule.name for rule in MOVES])
def test_moves_come_out_of_the_one_law(rule: Rule) -> None:
    """adjoint(C, op, k) : argument is what the book's right side says."""
    env = environment(rule)
    left, right = (phrase(part, env) for part in rule.law.split(" = "))
    cotangent, body = left.args
    referee = Referee(Context())
    found = [
        (build.frob if arg.axes else build.mul)(adjoint(cotangent, body, k), arg)
        for k, arg in enumerate(body.args)
    ]
    if body.op == "add":
        assert referee.judge(build.add(*found), right).grade == "proved"
        return
    assert any(referee.judge(made, right).grade == "proved" for made in found)
    if rule.name not in ("frob-vec", "frob-kron", "frob-reshape"):
        assert any(tidy(made.args[0]) is tidy(right.args[0]) for made in found if made.op == "frob")


def test_the_seeds_six_rules_are_in_the_book() -> None:
    laws = {rule.law for rule in RULES}
    assert {"A:B = B:A", "A:B = A':B'", "C:(A*B) = (A'*C):B", "C:(A*B) = (C*B'):A", "tr(A'*B) = A:B"} <= laws
    assert "normF(A)^2 = A:A" in laws


def test_a_wrong_adjoint_would_be_noticed() -> None:
    """Plant a fault: the factor crosses without its transpose."""
    env = environment(next(rule for rule in RULES if rule.name == "frob-left")) | {
        "A": build.name("A", (symbol("n"), symbol("n"))), "B": build.name("B", (symbol("n"), symbol("m")))
    }  # fmt: skip
    verdict = Referee(Context()).judge(phrase("C:(A*B)", env), phrase("(A*C):B", env))
    assert verdict.grade == "refuted"
    assert verdict.counterexample is not None


def test_names_of_moves_say_where_the_factors_stand() -> None:
    env = environment(next(rule for rule in RULES if rule.name == "frob-both"))
    product = phrase("A*X*B", env)
    assert [name_of(product, k)[0] for k in range(3)] == ["frob-right", "frob-both", "frob-left"]
