"""`gradproof rules WORD` finds rules and words by what they are about, and is not put off by spelling."""

from __future__ import annotations

import pytest

import gradproof as gp
from gradproof.faces.cli.rule_book import entry

# what is looked for, the entry that is shown, what else is named
FOUND = [
    ("chain", "component-chain", ["d-map", "def-gradient"]),
    ("chain rule", "component-chain", ["d-map"]),
    ("cyclic", "trace-rotate", []),
    ("cyclic trace", "trace-rotate", []),
    ("product", "d-product", ["frob-trace"]),
    ("quotient rule", "d-quotient", []),
    ("implicit function", "d-root", []),
    ("hadamard", "frob-hadamard", ["multiple", "had"]),
    ("elementwise", "frob-hadamard", []),
    ("associative", "associate", []),
    ("distributive", "expand", []),
    ("derivative of inverse", "d-inv", []),
    ("derivative of tanh", "d-tanh", []),
    ("constrained", "project", ["project-adjoint"]),
    ("canonical", "normal-form", []),
    ("determinant", "d-det", ["det"]),
]


@pytest.mark.parametrize(("query", "name", "others"), FOUND, ids=[query for query, *_ in FOUND])
def test_what_is_meant_is_found(query: str, name: str, others: list[str]) -> None:
    shown, _, rest = entry(query, "text").partition(f"also about {query}:")
    assert shown.split()[0] == name
    assert set(others) <= set(rest.split())


def test_names_of_steps_are_found_as_they_are_printed() -> None:
    assert entry("frob-slice", "text").startswith("frob-slice        a part of an array crosses “:”")
    shown = entry("frob-left, frob-right", "text")
    assert "a left factor" in shown and "a right factor" in shown


@pytest.mark.parametrize(
    ("query", "near"),
    [("frob-lef", "frob-left"), ("chian", "chain"), ("hadamrd", "hadamard"), ("invrse", "inverse")],
)
def test_near_spellings_are_offered(query: str, near: str) -> None:
    with pytest.raises(gp.NameProblem) as caught:
        entry(query, "text")
    assert caught.value.code == "GP332"
    assert f"gradproof rules {near}" in caught.value.fixes


def test_what_code_does_is_said_to_be_an_example() -> None:
    assert "A*(B*C) = A*B*C   (for example)" in entry("associate", "text")
    assert "for example" not in entry("frob-left", "text")


def test_letters_are_said_in_words() -> None:
    assert "where f linear in the argument, s: scalar, t: scalar" in entry("quotient", "text")
    assert "where f a product, A and B of one shape" in entry("expand", "markdown").lower().replace(
        "a and b", "A and B"
    )
