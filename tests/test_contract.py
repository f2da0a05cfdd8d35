"""The public contract: the names that programs of others use, as they are promised."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import gradproof as gp
import gradproof.derivation

SHAPES = {"X": ("n", "k"), "W": ("m", "k"), "T": ("n", "m")}
TEXT = "0.5*norm2(X*W' - T)^2"
ARRAYS = {"X": np.array([[1.0, 2], [3, 4], [5, 6]]), "W": np.ones((4, 2)), "T": np.zeros((3, 4))}
SCHEMA = json.loads((Path(gradproof.derivation.__file__).parent / "schema.json").read_text(encoding="utf-8"))
GRADES = {"proved", "tested", "sampled", "refuted", "unknown"}


def least_squares() -> gp.Derivation:
    return gp.derive(TEXT, "W", shapes=SHAPES, assume={"X": ["positive"]}, kind="gradient", layout="gradient")


def test_result() -> None:
    d = least_squares()
    assert str(d.result) == "(X*W' - T)'*X"
    assert d.result.shape == ("m", "k")
    assert str(gp.parse(str(d.result))) == str(d.result)  # what is printed parses back
    assert gp.derive("x'*x", "x").result.shape == ("n",)
    assert gp.derive("a^2", "a").result.shape == ()
    assert gp.derive("A*X*B", "X", kind="jacobian").result.shape == ("n", "p", "k", "m")


def test_steps_and_verdict() -> None:
    d = least_squares()
    assert isinstance(d.steps, tuple)
    for step in d.steps:
        assert all(map(str, (step.before, step.after, step.rule, step.why)))
        assert step.verdict.grade in GRADES
        assert isinstance(step.parts, tuple)
    assert [step.rule for step in d.steps[:2]] == ["d-norm-squared", "d-sum"]
    assert d.verdict.grade == "proved"
    assert d.conditions == ()
    assert gp.derive("logdet(X)", "X").conditions == ("X is invertible",)
    with pytest.raises(gp.VerdictError):
        bool(d.verdict)


@pytest.mark.parametrize("notation", ["frobenius", "index", "both"])
@pytest.mark.parametrize("form", ["text", "ascii", "latex", "markdown", "json", "html", "typst"])
def test_show(notation: str, form: str) -> None:
    assert least_squares().show(notation, format=form).strip()


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_formats_that_are_refused(form: str) -> None:
    with pytest.raises(gp.UnsupportedError, match="there is no format"):
        least_squares().show(format=form)


def test_code() -> None:
    d = least_squares()
    assert "def gradient" in d.code("numpy")
    gradient = d.compile("numpy")
    X, W, T = ARRAYS["X"], ARRAYS["W"], ARRAYS["T"]
    assert np.allclose(gradient(X=X, W=W, T=T), (X @ W.T - T).T @ X)
    with pytest.raises(gp.ShapeError, match="W"):
        gradient(X=X, W=np.ones((4, 5)), T=T)
    assert gp.derive("sum(ones(n)*x)", "x", where="x: scalar").compile()(x=1.0, n=5) == 5
    value, gradients = gp.derive(TEXT, ["W", "X"], shapes=SHAPES).compile("numpy", value=True)(**ARRAYS)
    assert np.isclose(value, 0.5 * np.sum((X @ W.T - T) ** 2))
    assert {name: g.shape for name, g in gradients.items()} == {"W": (4, 2), "X": (3, 2)}
    value, one = d.compile("numpy", value=True)(**ARRAYS)
    assert one.shape == (4, 2)


def test_several_variables() -> None:
    d = gp.derive(TEXT, ["W", "X"], shapes=SHAPES)
    assert str(d["W"].result) == "(X*W' - T)'*X"
    assert str(d["X"].result) == "(X*W' - T)*W"


def test_check() -> None:
    v = gp.check("norm2(A*x-b)^2", "x", "A'*(A*x-b)", shapes={"A": ("m", "n")})
    assert (v.grade, v.equal, v.diagnosis) == ("refuted", False, "factor 1/2")
    assert v.counterexample is not None
    assert set(v.counterexample) == {"A", "x", "b"}
    assert gp.check("norm2(A*x-b)^2", "x", "2*A'*A*x - 2*A'*b").equal is True
    with pytest.raises(gp.VerdictError):
        bool(v)


def test_check_derivation() -> None:
    found = gp.check_derivation("f = norm2(A*x - b)^2\ndf = 2*(A*x - b):(A*dx)\n = 2*(A*(A*x - b)):dx")
    assert [line.verdict.grade for line in found.lines] == ["proved", "proved", "refuted"]
    assert found.first_wrong == 2


def test_python_handles() -> None:
    X, W, L = gp.matrix("X", "n", "k"), gp.matrix("W", "m", "k"), gp.function("L")
    assert str(gp.derive(L(X @ W.T), W).result) == "G'*X"


ASKED = [
    ("L(X*W')", "W", {}),
    ("norm2(g(x) - y)^2", "x", {}),
    ("logdet(K(t))", "t", {}),
    ("S = Q*K'/sqrt(d); P = softmax(S); L(P*V)", ["Q", "K", "V"], {}),
    ("sum(max(W*x + b, 0))", "W", {}),
    ("A*X*B", "X", {"kind": "jacobian"}),
    ("A*x", "x", {"kind": "jacobian", "layout": "denominator"}),
    ("tanh(W*x + b)", "W", {"kind": "differential"}),
    ("L(x, y)", ["x", "y"], {"kind": "hessian"}),
    ("logdet(X)", "X", {"kind": "hessian"}),
    ("norm2(x)^3", "x", {"kind": "hvp"}),
    ("softmax(x)", "x", {"kind": "vjp"}),
    ("X*X'", "X", {"kind": "jvp"}),
    ("norm2(P - Q)^2", "P", {"where": "P: n×n stochastic", "structure": "constrained"}),
    ("tr(S*A)", "S", {"where": "S: n×n symmetric", "structure": "entries"}),
    (r"\|Xw - y\|_2^2", "w", {}),
    ("sum_i (y_i - sum_j X_ij w_j)^2", "w", {}),
    ("tr(kron(A, B)*C)", "A", {}),
]


@pytest.mark.parametrize(("text", "wrt", "options"), ASKED, ids=[text for text, _, _ in ASKED])
def test_every_kind_keeps_to_the_schema(text: str, wrt: str | list[str], options: dict[str, str]) -> None:
    d = gp.derive(text, wrt, **options)
    jsonschema.validate(json.loads(d.show(format="json")), SCHEMA)
