"""Nodes and stories to JSON and back: the same nodes, equal stories, and nothing malformed gets in."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import gradproof.derivation
from gradproof.derivation.exchange.json import dump_expr, dump_story, load_expr, load_steps, load_story
from gradproof.derivation.story.model import Line, Section, Step, Story
from gradproof.errors import ParseError
from gradproof.expressions.dims import number, symbol
from gradproof.operators import build as b
from gradproof.proof.referee import recalled
from gradproof.verdicts import Verdict

SCHEMA = json.loads((Path(gradproof.derivation.__file__).parent / "schema.json").read_text(encoding="utf-8"))
m, n, k = map(symbol, "mnk")
X, W, G, Y = b.name("X", (n, k)), b.name("W", (m, k)), b.name("G", (n, m)), b.name("Y", (n, m))
S, x, L = b.name("S", (n, n), ("spd", "symmetric")), b.name("x", (n,)), b.name("L")
PROVED = recalled("proved", "", None)

EXPRESSIONS = [
    b.mul(X, b.T(W)),
    b.mul(b.T(x), S, x),
    b.num(b.Fraction(1, 8)),
    b.div(b.neg(b.mul(S, x)), b.size(n * n + number(3))),
    b.had(S, S, b.hpow(S, b.num(2))),
    b.apply("vec", X),
    b.reshape(b.apply("vec", X), n, k),
    b.apply("kron", b.T(x), X),
    b.einsum("ij,jk->ik", S, X),
    b.partial(Y, W),
    b.derivative(b.call("L", Y), W),
    b.gradient_of("L", 1, X, Y),
    b.fmap("f", X, 2),
    b.slope("relu", X),
    b.d(b.frob(Y, b.mul(X, b.T(W)))),
    b.power(S, b.num(3)),
    b.apply("inv", S),
    b.hdiv(b.ones(n), b.apply("softmax", x)),
    b.add(b.eye(n), b.zeros(n, n), b.name("R", (n, n))),
    b.name("R", (n * n + k, number(3))),
    b.mul(b.PI, b.name("r", (k,), row=True)),
    b.apply("maximum", S, b.num(0)),
    b.name("Δ2", (n, m)),
]


@pytest.mark.parametrize("e", EXPRESSIONS, ids=str)
def test_a_loaded_node_is_the_node(e: b.Expr) -> None:
    text = dump_expr(e)
    jsonschema.validate(json.loads(text), SCHEMA)
    assert load_expr(text) is e


def test_shared_nodes_are_written_once() -> None:
    e = S
    for _ in range(200):
        e = b.add(b.num(1), b.had(b.num(2), b.add(b.num(3), e, e)))
    document = json.loads(dump_expr(e))
    assert len(document["nodes"]) < 900
    assert document["text"] is None  # written out, it would have more than 10^60 characters
    assert load_expr(json.dumps(document)) is e


def _story() -> Story:
    result = b.mul(b.T(G), X)
    answer = (b.derivative(L, W), result)
    lines = (
        Line(b.d(L), b.frob(G, b.d(Y)), "definition of the gradient G", "def-gradient", PROVED),
        Line(None, b.frob(result, b.d(W)), "transpose both sides", "frob-transpose", PROVED),
    )
    by_entries = (Line(answer[0], b.einsum("ip,iq->pq", G, X), "", "delta", PROVED, ("p", "q")),)
    lets = ((b.name("R", (n, m)), b.add(Y, b.neg(G))),)
    sections = (Section("∂L/∂W", lets, lines, answer), Section("", (), by_entries, answer, "why Gᵀ"))
    verdict = Verdict("refuted", "found one", {"W": [[1, 2]], "c": 0})
    return Story(
        ((X, "declared"), (W, "inferred")), ("L",), ((Y, b.mul(X, b.T(W))), (G, b.derivative(L, Y))),
        sections, (answer,), ("S is invertible",), verdict,
    )  # fmt: skip


def test_a_story_comes_back_equal() -> None:
    story = _story()
    text = dump_story(story)
    jsonschema.validate(json.loads(text), SCHEMA)
    back = load_story(text)
    assert back == story
    assert back.verdict.counterexample == story.verdict.counterexample
    assert dump_story(back) == text


def test_what_a_script_reads() -> None:
    document = json.loads(dump_story(_story()))
    assert document["schema"] == "gradproof.derivation" and document["version"] == 1
    answer = document["answers"][0]
    assert (answer["variable"], answer["result"], answer["shape"]) == ("W", "G'*X", ["m", "k"])
    assert document["verdict"]["grade"] == "refuted"
    assert document["conditions"] == ["S is invertible"]
    step = document["steps"][1]
    assert (step["before"], step["after"]) == ("G:dY", "G'*X:dW")
    assert (step["rule"], step["why"]) == ("frob-transpose", "transpose both sides")
    assert step["verdict"]["grade"] == "proved"


def test_steps_come_back_with_their_parts() -> None:
    small = Step(b.T(b.T(X)), X, "transpose-twice", "two turns", Verdict("tested", "modulo primes"))
    step = Step(b.mul(b.T(b.T(X)), b.T(W)), b.mul(X, b.T(W)), "tidy", "", PROVED, (small, small))
    text = dump_story(_story(), (step,))
    jsonschema.validate(json.loads(text), SCHEMA)
    assert load_steps(text) == (step,)
    assert len(load_steps(dump_story(_story()))) == 3  # without steps, the lines of the story


def _with(**changes: object) -> str:
    return json.dumps(json.loads(dump_expr(b.mul(X, b.T(W)))) | changes)


NAME = {"op": "name", "data": ["X", []], "axes": ["n"]}
MALFORMED = [
    "", "[]", "null", "{", '"x"', "NaN", '{"a": Infinity}', "[" * 100_000,
    _with(schema="other"), _with(version=2), _with(version=True), _with(version="1"), _with(kind="story"),
    _with(root=99), _with(root=-1), _with(root=True), _with(root="0"), _with(nodes={}), _with(nodes=[3]),
    *(
        _with(nodes=[node, *more], root=0)
        for node, *more in [
            ({},),
            ({"op": 3},),
            ({"op": "system", "args": []},),
            ({"op": "mul", "args": [0]},),
            ({"op": "name", "data": ["X); import os", []]},),
            ({"op": "name", "data": ["X"]},),
            ({"op": "name", "data": ["X", ["Not a property"]]},),
            ({"op": "name", "data": ["X", ["spd", "constant"]]},),
            ({"op": "name", "data": ["X", []], "axes": ["n)"]},),
            ({"op": "name", "data": ["X", []], "axes": [-1]},),
            ({"op": "name", "data": ["X", []], "axes": [[["n", "m"]]]},),
            ({"op": "name", "data": ["X", []], "row": True},),
            ({"op": "name", "data": ["X", []], "row": 1, "axes": ["n"]},),
            ({"op": "num", "data": ["1/3"]},),
            ({"op": "num", "data": ["1/0"]},),
            ({"op": "num", "data": ["-1"]},),
            ({"op": "num", "data": [1]},),
            ({"op": "num", "data": ["9" * 5000]},),
            ({"op": "eye", "axes": ["n", "m"]},),
            ({"op": "tr"},),
            (NAME, {"op": "tr", "args": [0]}),
            (NAME, {"op": "exp", "args": [0], "axes": ["m"]}),
            (NAME, {"op": "exp", "args": [0, 0], "axes": ["n"]}),
            (NAME, {"op": "einsum", "args": [0], "data": ["i->j"], "axes": ["n"]}),
            (NAME, {"op": "einsum", "args": [0], "data": ["ij->i"], "axes": ["n"]}),
            (NAME, {"op": "einsum", "args": [0], "data": ["i"], "axes": ["n"]}),
            (NAME, {"op": "reshape", "args": [0], "axes": ["m"]}),
            (NAME, {"op": "slope", "args": [0], "axes": ["n"], "data": ["__class__"]}),
            (NAME, {"op": "gradof", "args": [0], "axes": ["n"], "data": ["L", 1]}),
            (NAME, {"op": "map", "args": [0], "axes": ["n"], "data": ["f", -1]}),
            (NAME, {"op": "mul", "args": [0, 0], "axes": ["n"]}),
            (NAME, {"op": "neg", "args": [0, 0], "axes": ["n"]}),
        ]
    ),
]  # fmt: skip


@pytest.mark.parametrize("text", MALFORMED, ids=lambda text: str(text)[-60:])
def test_what_is_malformed_is_refused(text: str) -> None:
    with pytest.raises(ParseError) as caught:
        load_expr(text)
    assert caught.value.code == "GP130"


def test_a_malformed_story_is_refused() -> None:
    whole = json.loads(dump_story(_story()))
    for key in ("verdict", "layout", "understood", "functions", "statements", "sections", "answers"):
        for wrong in (None, 3, [3], {"grade": "certain"}):
            with pytest.raises(ParseError):
                load_story(json.dumps(whole | {key: wrong}))
        with pytest.raises(ParseError):
            load_story(json.dumps({name: value for name, value in whole.items() if name != key}))


@pytest.mark.parametrize("depth", [300, 5_000])
def test_nested_parts_do_not_exhaust_the_stack(depth: int) -> None:
    whole = json.loads(dump_story(_story()))
    step = json.dumps(whole["steps"][0])
    opening, closing = step.split('"parts": []')
    nested = (opening + '"parts": [') * depth + step + ("]" + closing) * depth
    with pytest.raises(ParseError, match=r"deep|JSON"):
        load_steps(json.dumps(whole | {"steps": ["HERE"]}).replace('"HERE"', nested))
