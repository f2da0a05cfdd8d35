"""Points of prime fields where many roots exist, and short answers where factors cancel."""

from __future__ import annotations

from fractions import Fraction

import pytest

import gradproof as gp
from gradproof.proof.evaluation.fields.prime_field import tower
from gradproof.proof.evaluation.random import mix

CASES = [
    ("sum(sqrt(1 + X.^2))", "X./sqrt(1 + X.^2)", {"X": ("m", "n")}),
    ("(x.*v)'*x", "2*(x.*v)", {"x": ("n",), "v": ("n",)}),
    ("x'*diag(v)*x", "2*(v.*x)", {"x": ("n",), "v": ("n",)}),
    ("sqrt(det(X))", "sqrt(det(X))*inv(X)'/2", {"X": ("n", "n")}),
    ("sum(relu(x).^2)", "2*relu(x)", {"x": ("n",)}),
    ("sum(x.^2 - 2*log(x))", "2*(x - 1 ./ x)", {"x": ("n",)}),
    ("softplus(c*(a'*x)) - y*(a'*x)", "(c*sigmoid(c*(a'*x)) - y)*a",
     {"c": (), "a": ("n",), "x": ("n",), "y": ()}),
    ("a[1]*(a'*a)", None, {"a": ("n",)}),
    ("sum((A - y'*x).^2)", None, {"A": ("m", "n"), "y": ("n",), "x": ("n",)}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "answer", "shapes"), CASES, ids=[case[0] for case in CASES])
def test_answers_are_short_and_proved(
    text: str, answer: str | None, shapes: dict[str, tuple[str, ...]]
) -> None:
    name = next(name for name in ("X", "x", "a") if name in shapes)
    found = gp.derive(text, name, shapes=shapes)
    assert found.verdict.grade == "proved"
    assert answer is None or str(found.result) == answer


def test_roots_of_many_entries_are_tested_exactly() -> None:
    """A wrong gradient with twenty roots in it is refuted, and the right one is not."""
    shapes = {"Y": ("m", "n"), "A": ("m", "n")}
    text = "A:sqrt(1 + Y.^2)"
    assert gp.check(text, "Y", "A.*Y./sqrt(1 + Y.^2)", shapes=shapes).equal
    assert gp.check(text, "Y", "A.*Y./sqrt(2 + Y.^2)", shapes=shapes).equal is False


@pytest.mark.parametrize("circle", [False, True])
def test_what_is_rooted_has_a_root(circle: bool) -> None:
    field = tower(circle)
    for k in range(40):
        value = mix(k) % field.prime
        if field.rooted(value):
            root = field.power(value, Fraction(1, 2))
            assert root * root % field.prime == value
