"""One name, one meaning, by every door: copies and other processes included."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from typing import Any

import numpy as np
import pytest

import gradproof as gp


def expressions() -> dict[str, Any]:
    """Things that people copy, keep and send to other processes, each with how it is read."""
    X, W, L = gp.matrix("X", "n", "k"), gp.matrix("W", "m", "k"), gp.function("L")
    S = gp.matrix("S", "n", "n", "symmetric")
    derived = gp.derive(L(X @ W.T), W)
    hessian = gp.derive("norm2(A*x - b)^2", "x", kind="hessian")
    quick = gp.derive("sum(exp(S*x))", "x", where="S: n×n symmetric", prove=False)
    return {
        "handle": X @ W.T + 1,
        "structured handle": S @ X,
        "gradient": derived,
        "hessian": hessian,
        "differential": gp.derive("A*x", "x", kind="differential"),
        "unproved": quick,
        "several": gp.derive("norm2(A*x - b)^2", ["A", "x"]),
        "implicit": gp.derive("S*y = b; c'*y where S: n×n symmetric", "S"),
        "result": derived.result,
        "check": gp.check("norm2(A*x - b)^2", "x", "A'*(A*x - b)"),
        "report": gp.check_derivation("f = norm2(A*x - b)^2\ndf = 2*(A*x - b):(A*dx)"),
        "solution": gp.stationary("norm2(X*w - y)^2", "w"),
        "verdict": derived.verdict,
        "steps": derived.steps,
    }


THINGS = expressions()


def shown(thing: Any) -> str:
    """What a thing says of itself."""
    return thing.show() if hasattr(thing, "show") else str(thing)


@pytest.mark.parametrize("name", THINGS)
@pytest.mark.parametrize("copied", [lambda x: pickle.loads(pickle.dumps(x)), copy.deepcopy, copy.copy],
                         ids=["pickle", "deepcopy", "copy"])  # fmt: skip
def test_copies_say_the_same(name: str, copied: Any) -> None:
    thing = THINGS[name]
    other = copied(thing)
    assert type(other) is type(thing) and shown(other) == shown(thing)
    if isinstance(thing, gp.Derivation):
        assert [str(e) for e in other.answers.values()] == [str(e) for e in thing.answers.values()]
        assert other.verdict == thing.verdict and other.show() == thing.show()
        assert all(a is b for a, b in zip(other.answers.values(), thing.answers.values(), strict=True))


def test_a_handle_that_was_pickled_is_the_same_variable() -> None:
    """Half of the gradient was lost: the copy of X was another X."""
    X = gp.matrix("X", "n", "k")
    copied = pickle.loads(pickle.dumps(X))
    total = gp.apply("sum", copied) * gp.apply("sum", X)
    assert copied.node is X.node and copied is X
    assert str(gp.derive(total, X).result) == "2*sum(X)*ones(n, k)"


def test_what_was_copied_can_be_asked_again() -> None:
    d = pickle.loads(pickle.dumps(gp.derive("b'*S^3*b where S: n×n symmetric", "S", kind="hessian")))
    third = gp.derive(d.result, "S", kind="jacobian")
    assert third.verdict.grade in ("proved", "tested")
    assert len(third.result.shape) == 6
    assert d.code() and d.show("index") and d.certificate()


@pytest.mark.parametrize("value", [False, True])
def test_compiled_functions_are_copied(value: bool) -> None:
    f = gp.derive("norm2(A*x - b)^2", "x").compile(value=value)
    A, x, b = np.eye(3), np.ones(3), np.arange(3.0)
    for other in (pickle.loads(pickle.dumps(f)), copy.deepcopy(f)):
        found, expected = other(A=A, x=x, b=b), f(A=A, x=x, b=b)
        for one, two in zip(found, expected, strict=True):
            assert np.array_equal(one, two)
        assert other.__name__ == f.__name__ and other.__doc__ == f.__doc__


def norm(f: Any) -> Any:
    """What another process computes."""
    return f(A=np.eye(2), x=np.ones(2), b=np.zeros(2)).tolist()


def derivative(handle: Any) -> str:
    """What another process derives."""
    return str(gp.derive(handle, "x").result)


def test_other_processes() -> None:
    A, x = gp.matrix("A", "m", "n"), gp.vector("x", "n")
    f = gp.derive("norm2(A*x - b)^2", "x").compile()
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(norm, [f]) == [[2.0, 2.0]]
        assert pool.map(derivative, [gp.apply("norm2", A @ x) ** 2]) == ["2*A'*A*x"]


# ---- one name, one meaning


def two_shapes() -> Any:
    """X is n×k and n×n."""
    return gp.apply("sum", gp.matrix("X", "n", "k")) + gp.apply("tr", gp.matrix("X", "n", "n"))


def two_properties() -> Any:
    """S is symmetric, and is not."""
    return gp.apply("tr", gp.matrix("S", "n", "n") @ gp.matrix("S", "n", "n", "symmetric"))


def name_and_function() -> Any:
    """L is a function and a matrix."""
    return gp.function("L")(gp.vector("x", "n")) + gp.apply("tr", gp.matrix("L", "n", "n"))


@pytest.mark.parametrize(("made", "message"), [
    (two_shapes, '"X" is declared twice: n×k, and n×n'),
    (two_properties, '"S" is declared twice: n×n, and n×n symmetric'),
    (name_and_function, '"L" is declared twice: function, and n×n'),
])  # fmt: skip
def test_one_name_has_one_meaning(made: Any, message: str) -> None:
    with pytest.raises(gp.GradproofError) as caught:
        gp.derive(made(), "x")
    assert (caught.value.message, caught.value.code) == (message, "GP304")


@pytest.mark.parametrize("text", ["x; y", "", "2x", "x y", "A'", "x\n", "tr", "a.b", "∂", "e(1)"])
def test_a_name_is_a_name(text: str) -> None:
    def vector(name: str) -> Any:
        return gp.vector(name, "n")

    for make in (gp.scalar, vector, gp.function, gp.tensor):
        with pytest.raises(gp.GradproofError) as caught:
            make(text)
        assert caught.value.code == "GP301"


def test_properties_are_known_words() -> None:
    with pytest.raises(gp.GradproofError, match='"symetric" is no property that is known'):
        gp.matrix("S", "n", "n", "symetric")
