"""The exam of rows: each word of the table is asked for on every floor, or its row says why not.

derived    a gradient comes out, and is not refuted
proved     for all sizes
certified  the checker re-checks every step
rendered   in both notations and every format; the text parses back
coded      NumPy agrees with the second opinion of `proof`, and its gradient with differences
read       the same in NumPy's syntax means the same

A column that was forgotten fails here, under the name of the word and of the floor.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest

import gradproof as gp
from gradproof.checker.verify import verify
from gradproof.elaboration.numpy.reader import by_numpy
from gradproof.elaboration.read import phrase
from gradproof.expressions.dims import symbol
from gradproof.expressions.nodes import Expr
from gradproof.faces.cli.main import FORMATS
from gradproof.operators import build
from gradproof.operators.overloads import KEPT
from gradproof.operators.row import LETTERS, Operator, entrywise
from gradproof.operators.signature import Pattern, alternative
from gradproof.operators.table import OPERATORS
from gradproof.proof.evaluation.dispatch import rule
from gradproof.proof.evaluation.evaluator import Evaluator, Shared
from gradproof.proof.evaluation.fields.floating_point import Reals
from gradproof.proof.evaluation.sampling import Point
from gradproof.proof.evaluation.sizes import Sizes
from gradproof.proof.referee import Referee
from gradproof.proof.semantics.context import Context

FLOORS = ("derived", "proved", "certified", "rendered", "coded", "read")
SIZES = {"n": 4, "k": 3, "m": 2, "p": 2, "q": 3}
NAMES = {"i": "n", "j": "k", "k": "m"}  # letters of signatures as sizes
NUMBERS = {"dpow": {"Z": "3"}, "normp": {"Z": "3"}}  # arguments that are numbers here


class Question(NamedTuple):
    """A word in a scalar expression, as text, and its names with their shapes."""

    text: str
    value: str
    variable: str
    shapes: dict[str, tuple[str, ...]]
    properties: dict[str, list[str]]


def shape(pattern: Pattern) -> tuple[str, ...]:
    if pattern.any:
        return ("n", "k")
    return tuple("*".join(NAMES.get(letter, letter) for letter in axis) for axis in pattern.axes)


def usual(row: Operator) -> str:
    """The use with most arguments and axes."""
    return max(row.signatures, key=lambda use: len(use.partition("->")[0].replace("~", "")))


def question(row: Operator, into_it: bool = False) -> Question:
    """The word of its arguments, its entries weighted with those of M."""
    use = alternative(usual(row))
    shapes = {name: shape(part) for name, part in zip(LETTERS, use.inputs, strict=False)}
    rows = {name: part.row for name, part in zip(LETTERS, use.inputs, strict=False)}
    needs = " ".join(row.requires)
    structure = (
        ["spd"] if "symmetric and positive" in needs else ["symmetric"] if "symmetric" in needs else []
    )
    variable = LETTERS[len(shapes) - 1] if row.adjoint else "X"
    if dict(row.without).get("derived") and not into_it:  # what else is asked needs no derivative of it
        variable = "M"
    numbers = NUMBERS.get(row.name, {})
    shapes = {name: axes for name, axes in shapes.items() if name not in numbers}
    names = {
        name: build.name(name, tuple(map(symbol, axes)), row=rows[name]) for name, axes in shapes.items()
    }
    names |= {name: phrase(text, {}) for name, text in numbers.items()}
    if row.stands:
        value, axes = f"{row.name}({', '.join(names)})", shape(use.output)
    else:
        made = build.apply(row.name, *(names[name] for name in LETTERS[: len(use.inputs)]))
        value, axes = str(made), tuple(map(str, made.axes))
    if axes:
        shapes["M"] = axes
        value_text = f"sum(M.*{value})" if len(axes) == 1 else f"sum(M.*({value}))"
    else:
        value_text = value
    return Question(value_text, value, variable, shapes, {"X": structure} if structure else {})


@cache
def derive(row: Operator, into_it: bool = False) -> gp.Derivation:
    asked = question(row, into_it)
    return gp.derive(asked.text, asked.variable, shapes=asked.shapes, assume=asked.properties)


def derived(row: Operator) -> None:
    assert derive(row, into_it=True).verdict.grade != "refuted"


def proved(row: Operator) -> None:
    assert derive(row).verdict.grade == "proved"


def certified(row: Operator) -> None:
    report = verify(json.dumps(derive(row).certificate()))
    assert {finding.word for finding in report.findings} <= {"re-checked"}


def rendered(row: Operator) -> None:
    d = derive(row)
    answer = d.result.expr
    known = {str(e): e for e in named(answer)} | {n: build.size(symbol(n)) for n in SIZES}
    for form in FORMATS:
        for notation in ("frobenius", "index"):
            assert d.show(notation, format=form)
    assert str(phrase(str(answer), known)) == str(answer)


def named(e: Expr) -> list[Expr]:
    found, todo = [], [e]
    while todo:
        one = todo.pop()
        found += [one] if one.op in ("name", "size") else []
        todo += one.args
    return found


# ---- numbers


def point(row: Operator, asked: Question, rng: np.random.Generator) -> dict[str, Any]:
    """Arrays where the conditions of the row hold."""
    out = {}
    for name, axes in asked.shapes.items():
        lengths = [eval_size(axis) for axis in axes]
        out[name] = rng.uniform(0.2, 0.8, lengths) if axes else {"X": 0.5, "Z": 0.6, "V": 0.9}.get(name, 0.5)
        if name != "M" and len(axes) == 2 and axes[0] == axes[1]:
            out[name] = out[name] / 4 + np.diag(np.arange(1.0, 1.0 + lengths[0]))
            if asked.properties:
                out[name] = (out[name] + out[name].T) / 2
    if any("> 1" in need for need in row.requires):
        out["X"] = out["X"] + 1
    return out


def eval_size(text: str) -> int:
    return int(np.prod([SIZES[part] for part in text.split("*")]))


def second_opinion(e: Expr, arrays: dict[str, Any]) -> np.ndarray[Any, Any]:
    """The value of an expression by the evaluator that the referee tests with."""
    field, where = Reals(), Point(0, Sizes(fixed=SIZES))
    for name in named(e):
        if name.op == "name":
            where.drawn[name, field, 0] = [float(x) for x in np.ravel(arrays[str(name)])]
    entries = Evaluator(where, {}, frozenset(), rule, Shared()).value(e, field)
    return np.array(entries).reshape([dim.value(SIZES) for dim in e.axes])


def coded(row: Operator) -> None:
    asked = question(row)
    d = derive(row)
    f = d.compile("numpy", value=True)
    arrays = point(row, asked, np.random.default_rng(3))
    value, gradient = f(**arrays)
    np.testing.assert_allclose(value, second_opinion(d.program.objective, arrays), rtol=1e-7, atol=1e-9)
    x = np.asarray(arrays[asked.variable], dtype=float)
    way = np.random.default_rng(5).normal(size=x.shape)
    if asked.properties and asked.variable == "X":
        way = (way + way.T) / 2
    step = 1e-5
    above, below = (f(**{**arrays, asked.variable: x + sign * step * way})[0] for sign in (1, -1))
    np.testing.assert_allclose(np.sum(gradient * way), (above - below) / (2 * step), rtol=1e-5, atol=1e-7)


# ---- NumPy


def spelled(row: Operator) -> list[str]:
    """The texts in NumPy's syntax that should mean the word."""
    axis = {"row": ", axis=1", "column": ", axis=0"}.get("row" if row.name in KEPT else row.by, "")
    arguments = ", ".join(LETTERS[: len(alternative(usual(row)).inputs)]) + axis
    paths = [path if path.startswith(("scipy", "torch")) else f"np.{path}" for path in row.numpy.split()]
    return [f"{path}({arguments})" for path in paths] + ([f"{row.name}({arguments})"] * entrywise(row))


def read(row: Operator) -> None:
    asked = question(row)
    assert spelled(row), "no name in NumPy"
    names = {name: build.name(name, tuple(map(symbol, axes))) for name, axes in asked.shapes.items()}
    for text in spelled(row):
        verdict = Referee(Context()).judge(by_numpy(text, names), phrase(asked.value, names))
        assert verdict.grade == "proved", text


EXAMS: dict[str, Callable[[Operator], None]] = {
    "derived": derived, "proved": proved, "certified": certified, "rendered": rendered, "coded": coded,
    "read": read,
}  # fmt: skip
ROWS = [(word, floor) for word in OPERATORS for floor in FLOORS]


@pytest.mark.parametrize(("word", "floor"), ROWS, ids=[f"{word}-{floor}" for word, floor in ROWS])
def test_row(word: str, floor: str) -> None:
    row = OPERATORS[word]
    reason = dict(row.without).get(floor)
    if reason is None:
        EXAMS[floor](row)
    else:
        assert reason.strip()
        with pytest.raises((gp.GradproofError, AssertionError)):
            EXAMS[floor](row)
