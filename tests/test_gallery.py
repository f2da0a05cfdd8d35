"""The gallery: every entry derived and proved, with the answers as published and the right numbers.

The numbers are compared with differences of array code that is written by hand (`gallery_code.py`) and
knows nothing of the language; a few also with JAX.
"""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import gradproof as gp
import judge
from gallery_code import CODE
from gradproof.faces.cli.main import main
from gradproof.faces.teaching.gallery import SOLVED, Entry, contents

ENTRIES = gp.gallery()
NUMBERED = [entry for entry in ENTRIES if entry.name in CODE]
SIZES = dict.fromkeys("abcefijlostuw", 3) | {
    "n": 6,
    "m": 4,
    "k": 3,
    "p": 2,
    "q": 5,
    "d": 4,
    "h": 5,
    "r": 2,
    "v": 4,
    "g": 2,
}
WIDE = {"minimum-norm": {"n": 3, "k": 5}, "symmetric-logdet": {"n": 4, "m": 3}, "unknown-vector": {"k": 6}}
TESTED = ("lyapunov",)  # the normal form knows no differential of sylvester
ALSO_BY_JAX = ("layernorm", "batchnorm", "gru", "transformer-block", "multi-head", "mixture")
ENVIRONMENT = {
    **os.environ, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.pathsep.join(sys.path)
}  # fmt: skip
Values = dict[str, Any]


@cache
def derived(name: str) -> Any:
    """The derivation of an entry, once for all tests."""
    return gp.gallery(name).derive()


def named(entry: Entry) -> str:
    return entry.name


@pytest.mark.parametrize("entry", ENTRIES, ids=named)
def test_answers(entry: Entry) -> None:
    made = derived(entry.name)
    assert made.verdict.grade == ("tested" if entry.name in TESTED else "proved"), made.verdict
    assert entry.answered(made) == dict(entry.answers)


@pytest.mark.parametrize("entry", NUMBERED, ids=named)
def test_numbers_agree_with_differences(entry: Entry) -> None:
    made = derived(entry.name)
    values = point(entry)
    for variable in entry.by:
        got, want = numbers(entry, made, values, variable), by_differences(entry, values, variable)
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-7 * np.max(np.abs(want), initial=1.0))


def test_the_shortest_solution_of_linear_equations() -> None:
    entry = gp.gallery("minimum-norm")
    values = point(entry)
    x = taken(derived(entry.name).compile(), values)
    np.testing.assert_allclose(x, np.linalg.pinv(values["A"]) @ values["b"], rtol=1e-9)


@pytest.mark.parametrize("name", ALSO_BY_JAX)
def test_numbers_agree_with_jax(name: str) -> None:
    jax = pytest.importorskip("jax")
    entry = gp.gallery(name)
    values = point(entry)
    with jax.enable_x64(True):
        arrays = {key: jax.numpy.asarray(value) for key, value in values.items()}
        for variable in entry.by:
            want = jax.grad(lambda x, v=variable: CODE[name](by_jax(jax), **{**arrays, v: x}))(
                arrays[variable]
            )
            got = numbers(entry, derived(entry.name), values, variable)
            np.testing.assert_allclose(got, np.asarray(want), rtol=1e-9, atol=1e-11)


def test_every_entry_has_numbers_or_a_test_of_its_own() -> None:
    others = {entry.name for entry in ENTRIES} - set(CODE)
    assert others == {"minimum-norm", "unknown-inner"}  # the second: tests/test_unknown.py


# ---- numbers


def point(entry: Entry) -> Values:
    """Random arrays of the declared shapes and properties."""
    made = derived(entry.name)
    program = made.gradient.program if isinstance(made, gp.session.solving.Stationary) else made.program
    sizes = {**SIZES, **WIDE.get(entry.name, {})}
    rng = np.random.default_rng(3)
    found: Values = {}
    for name, e in program.names.items():
        if str(e) in entry.text + entry.subject_to:
            found[name] = _drawn(rng, tuple(axis.value(sizes) for axis in e.axes), set(e.data[1] or ()))
    return found


def _drawn(rng: np.random.Generator, shape: tuple[int, ...], props: set[str]) -> Any:
    if "stochastic" in props:
        return rng.dirichlet(np.ones(shape[-1]), size=shape[:-1])
    some = {"positive"} if not shape else {"invertible"} if len(set(shape)) == 1 < len(shape) else set()
    x = judge._draw(rng, shape, props | some)
    return x / np.linalg.norm(x) if "sphere" in props else x


class Loss:
    """sum(sin(Y)), which remembers Y."""

    def __init__(self, sin: Any) -> None:
        self.sin, self.seen = sin, None

    def __call__(self, y: Any) -> Any:
        self.seen = y
        return self.sin(y).sum()


def maths(np: Any, linalg: Any, **more: Any) -> SimpleNamespace:
    """What `gallery_code` calls m."""
    words = ["sqrt", "exp", "log", "tanh", "cosh", "maximum", "trace", "einsum", "kron", "eye", "diag"]
    here = {word: getattr(np, word) for word in words}
    count = np.arange(6.0)
    here |= {word: getattr(linalg, word) for word in ("inv", "det", "svd", "solve", "matrix_power")}
    unknown = {
        "g": lambda x: np.tanh(np.sin(count[:, None] + np.arange(len(x))) @ x),
        "K": lambda t: 9 * np.eye(6) + np.cos(np.outer(count, count) * t),
    }
    return SimpleNamespace(**here, **unknown, L=Loss(np.sin), **more)


def by_numpy() -> SimpleNamespace:
    nn = judge.NUMPY["jax"].nn
    more = {"softmax": nn.softmax, "sigmoid": nn.sigmoid, "gelu": lambda x: nn.gelu(x, approximate=False)}
    return maths(np, np.linalg, **more, erf=judge._erf, expm=judge._expm)


def by_jax(jax: Any) -> SimpleNamespace:
    nn = jax.nn
    more = {"softmax": nn.softmax, "sigmoid": nn.sigmoid, "gelu": lambda x: nn.gelu(x, approximate=False)}
    return maths(jax.numpy, jax.numpy.linalg, **more)


def taken(function: Any, everything: Values) -> Any:
    """A function of those of the values that it asks for."""
    asked = inspect.signature(function).parameters
    return function(**{k: v for k, v in everything.items() if k in asked or k == "lambda"})


def numbers(entry: Entry, made: Any, values: Values, variable: str) -> Any:
    """What the derivation says, as numbers: of a solution, the gradient there, which is to be zero."""
    m = by_numpy()
    if entry.kind == SOLVED:
        solved = {**values, variable: taken(made.compile(), values)}
        return judge.difference(lambda x: CODE[entry.name](m, **{**solved, variable: x}), solved[variable])
    CODE[entry.name](m, **values)
    known = {"g": m.g, "K": m.K, **values}
    if m.L.seen is not None:
        known["G"] = np.cos(m.L.seen)
    if entry.name == "unknown-vector":
        known["J_g"] = judge.difference(m.g, values["x"])
    if entry.name == "vae":
        known["J_g"] = judge.difference(m.g, values["mu"] + np.exp(values["r"] / 2) * values["epsilon"])
    if entry.name == "gp-likelihood":
        known["K_theta"] = judge.difference(m.K, values["theta"])
    known[f"d{variable}"] = way(values[variable])
    one = made[variable] if len(entry.by) > 1 else made
    return taken(one.compile(), {**SIZES, **WIDE.get(entry.name, {}), **known})


def way(at: Any) -> Any:
    """A direction of the shape of an array."""
    return np.cos(1 + np.arange(np.size(at))).reshape(np.shape(at))


def by_differences(entry: Entry, values: Values, variable: str) -> Any:
    """The same by differences of the array code."""
    m = by_numpy()
    at = np.asarray(values[variable], dtype=float)

    def slopes(at: Any) -> Any:
        return judge.difference(lambda x: CODE[entry.name](m, **{**values, variable: x}), at)

    slope = slopes(at)
    if entry.kind == SOLVED:
        return 0 * at
    if entry.kind == "hessian":
        return judge.difference(slopes, at)
    if entry.kind == "differential":
        return np.tensordot(slope, way(at), at.ndim)
    return along(entry, slope, at)


def along(entry: Entry, slope: Any, at: Any) -> Any:
    """The part of a gradient along what the variable is confined to."""
    if entry.structure == "free":
        return slope
    if "sphere" in entry.where:
        return slope - (at @ slope) * at
    if "orthogonal" in entry.where:
        return (slope - at @ slope.T @ at) / 2
    return (slope + slope.T) / 2


# ---- the faces


def test_names_differ_and_groups_stand_together() -> None:
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES) > 60
    groups = [entry.group for entry in ENTRIES]
    assert sorted(set(groups), key=groups.index) == [g for i, g in enumerate(groups) if g not in groups[:i]]
    assert all(entry.name in contents() and entry.title in contents() for entry in ENTRIES)


def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gallery"]) == 0
    assert "  lstm" in capsys.readouterr().out
    assert main(["gallery", "lstm"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("LSTM cell")
    assert "proved for all sizes" in shown
    assert main(["gallery", "lsmt"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        'error[GP336]: no entry "lsmt" in the gallery',
        "  `gradproof gallery` lists them",
        "help: gradproof gallery lstm",
    ]


def test_a_statement_shows_the_names_it_uses() -> None:
    shown = str(gp.gallery("lstm"))
    assert "i = sigmoid(r) : n-vector" in shown


def test_the_book_is_up_to_date() -> None:
    asked = [sys.executable, "-m", "gradproof", "gallery", "--all", "--format", "markdown"]
    made = subprocess.run(asked, capture_output=True, encoding="utf-8", check=True, env=ENVIRONMENT).stdout
    written = Path(__file__).parents[1].joinpath("docs", "gallery.md").read_text(encoding="utf-8")
    assert written == made
