"""Properties over generated expressions: derived twice, proved, run, printed and read back."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gradproof as gp
from gradproof.elaboration.read import phrase
from gradproof.expressions.dims import symbol
from gradproof.expressions.nodes import Expr
from gradproof.operators import build

N, K = symbol("n"), symbol("k")
SIZES = {"n": 3, "k": 4}
NAMES = {
    "X": build.name("X", (N, K)), "Y": build.name("Y", (N, K)), "A": build.name("A", (N, N)),
    "S": build.name("S", (N, N), ("symmetric",)), "B": build.name("B", (K, K)),
    "x": build.name("x", (N,)), "u": build.name("u", (N,)), "w": build.name("w", (K,)), "c": build.name("c"),
}  # fmt: skip
SMOOTH = ("exp", "tanh", "sigmoid", "sin", "cos", "softplus")


def of_shape(shape: str, depth: int) -> st.SearchStrategy[Expr]:
    """Expressions of a shape: "" scalar, "n" or "k" vector, "nk", "nn", "kk" or "kn" matrix."""
    leaves = [e for e in NAMES.values() if "".join(map(str, e.axes)) == shape]
    base = st.sampled_from(leaves) if leaves else of_shape(shape[::-1], 0).map(build.T)
    if depth == 0:
        return base
    below = depth - 1
    same = of_shape(shape, below)
    choices = [base, st.tuples(same, same).map(lambda p: build.add(p[0], p[1])), same.map(build.neg)]
    choices.append(st.tuples(st.sampled_from(SMOOTH), same).map(lambda p: build.apply(p[0], p[1])))
    if shape:
        choices.append(st.tuples(same, same).map(lambda p: build.had(p[0], p[1])))
        choices.append(st.tuples(of_shape("", below), same).map(lambda p: build.mul(p[0], p[1])))
    for inner in "nk":
        if len(shape) == 2:
            left, right = of_shape(shape[0] + inner, below), of_shape(inner + shape[1], below)
            choices.append(st.tuples(left, right).map(lambda p: build.mul(p[0], p[1])))
        if len(shape) == 1:
            left, right = of_shape(shape + inner, below), of_shape(inner, below)
            choices.append(st.tuples(left, right).map(lambda p: build.mul(p[0], p[1])))
        if not shape:
            pair = st.tuples(of_shape(inner, below), of_shape(inner, below))
            choices.append(pair.map(lambda p: build.mul(build.T(p[0]), p[1])))
    if len(shape) == 2:
        choices.append(of_shape(shape[::-1], below).map(build.T))
        outer = st.tuples(of_shape(shape[0], below), of_shape(shape[1], below))
        choices.append(outer.map(lambda p: build.mul(p[0], build.T(p[1]))))
    if shape in ("nn", "kk"):
        choices.append(of_shape(shape[0], below).map(lambda v: build.apply("diag", v)))
    if len(shape) == 1:
        choices.append(of_shape(shape * 2, below).map(lambda e: build.apply("diagonal", e)))
        word = "rowsum" if shape == "n" else "colsum"
        choices.append(of_shape("nk", below).map(lambda e: build.apply(word, e)))
    if not shape:
        choices.append(of_shape("nk", below).map(lambda e: build.apply("sum", e)))
        choices.append(of_shape("nn", below).map(lambda e: build.apply("tr", e)))
        choices.append(of_shape("n", below).map(lambda e: build.power(build.apply("norm2", e), build.num(2))))
    return st.one_of(choices)


SCALARS = of_shape("", 3)
SHAPES = {name: tuple(str(a) for a in e.axes) for name, e in NAMES.items()}
COMMON = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def derive(e: Expr, variable: str, prove: bool = True) -> gp.Derivation:
    return gp.derive(str(e), variable, shapes=SHAPES, assume={"S": ["symmetric"]}, prove=prove)


@COMMON
@given(SCALARS, st.sampled_from(["X", "A", "x", "w", "c", "B"]))
def test_what_is_derived_is_never_refuted_and_reads_back(e: Expr, variable: str) -> None:
    d = derive(e, variable)
    assert d.verdict.grade in ("proved", "tested")
    env = {**NAMES, **names_of(d), "n": build.size(N), "k": build.size(K)}
    assert phrase(str(d.result.expr), env) is d.result.expr


def names_of(d: gp.Derivation) -> dict[str, Expr]:
    return {str(new): new for new, _ in d.result.definitions}


@COMMON
@given(SCALARS, st.sampled_from(["X", "A", "x", "w", "c", "B"]))
def test_both_strategies_agree(e: Expr, variable: str) -> None:
    d = derive(e, variable, prove=False)
    assert d.story("index").answers == d.story("frobenius").answers


@COMMON
@given(SCALARS, st.sampled_from(["X", "A", "x", "w", "c", "B"]), st.integers(0, 10))
def test_numbers_agree_with_a_directional_difference(e: Expr, variable: str, seed: int) -> None:
    f = derive(e, variable, prove=False).compile("numpy", value=True)
    rng = np.random.default_rng(seed)
    point = {name: 0.3 * rng.normal(size=[SIZES[s] for s in shape]) for name, shape in SHAPES.items()}
    point["S"] = point["S"] + point["S"].T
    way = rng.normal(size=point[variable].shape)

    def moved(step: float) -> float:
        return float(f(**{**point, variable: point[variable] + step * way})[0])

    with np.errstate(all="ignore"):
        wanted = (8 * (moved(1e-4) - moved(-1e-4)) - (moved(2e-4) - moved(-2e-4))) / 1.2e-3
        value, gradient = f(**point)
        got = float(np.sum(np.asarray(gradient) * way))
    if np.isfinite(wanted) and abs(wanted) < 1e4 and abs(value) < 1e4:
        assert abs(got - wanted) <= 1e-6 * max(1, abs(wanted), abs(value))
