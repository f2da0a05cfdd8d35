"""A target is a table: what stands in it is all that its modules differ in from another's."""

import re

import numpy as np
import pytest

import gradproof as gp
from gradproof.codegen import targets
from gradproof.codegen.numpy.dialect import NUMPY
from gradproof.codegen.python.dialect import Dialect
from gradproof.errors import UnsupportedError

ASKED = [
    ("norm2(A*x - b)^2/n", "x"), ("logdet(X'*X + c*eye(n))", "X"), ("sum(softmax(A*x).*b)", "x"),
    ("tr(expm(X)*A)", "X"), ("sum(sigmoid(X*w))", "w"), ("sum(conv1d(x, w))", "w"), ("x'*e(2,n)*y", "x"),
]  # fmt: skip


def renamed(text: str) -> str:
    """NumPy by another name."""
    return re.sub(r"\bnp\b", "xp", text)


# NumPy once more, called xp: whatever a module says of NumPy must come from the table.
XP: Dialect = NUMPY._replace(
    name="xp",
    spellings={kind: row._replace(text=renamed(row.text)) for kind, row in NUMPY.spellings.items()},
    plain={kind: row._replace(text=renamed(row.text)) for kind, row in NUMPY.plain.items()},
    returned={form: row._replace(text=renamed(row.text)) for form, row in NUMPY.returned.items()},
    no_dtype=renamed(NUMPY.no_dtype),
    imported=renamed(NUMPY.imported),
    reserved=NUMPY.reserved - {"np"} | {"xp"},
    fit=renamed(NUMPY.fit),
    helpers={name: renamed(text) for name, text in NUMPY.helpers.items()},
)


@pytest.fixture
def xp(monkeypatch: pytest.MonkeyPatch) -> Dialect:
    monkeypatch.setitem(targets.TARGETS, "xp", XP)
    return XP


@pytest.mark.parametrize(("text", "variable"), ASKED)
def test_a_target_writes_every_word_of_its_module(xp: Dialect, text: str, variable: str) -> None:
    d = gp.derive(text, variable, where="w: k" if "conv" in text else None)
    assert d.code("xp", value=True) == renamed(d.code("numpy", value=True))
    assert "np" not in re.findall(r"\w+", d.code("xp", value=True))


def test_a_target_runs(xp: Dialect) -> None:
    arrays = {"A": np.eye(3), "x": np.ones(3), "b": np.zeros(3)}
    assert np.array_equal(gp.derive("norm2(A*x - b)^2", "x").compile("xp")(**arrays), [2, 2, 2])


def test_a_name_that_one_target_needs_is_free_in_another(xp: Dialect) -> None:
    d = gp.derive("xp'*np", "np", where="xp: n, np: n")
    assert "def gradient(xp, *, n=None, **named)" in d.code("numpy")
    assert "def gradient(np=None, *, n=None, **named)" in d.code("xp")


def test_what_a_target_does_not_spell_is_said_in_other_words(monkeypatch: pytest.MonkeyPatch) -> None:
    words = {kind: row for kind, row in NUMPY.spellings.items() if kind not in ("var", "norm_nuc")}
    monkeypatch.setitem(targets.TARGETS, "few", NUMPY._replace(name="few", spellings=words))
    d = gp.derive("t*var(x)", "t")
    assert "np.var(" in d.code("numpy") and "np.var(" not in d.code("few")
    x = np.array([1.0, 2, 4])
    assert np.allclose(d.compile("few")(x=x, t=1.0), np.var(x))
    with pytest.raises(UnsupportedError, match="norm_nuc has no code for few yet"):
        gp.derive("t*norm_nuc(X)", "t").code("few")


def test_an_unknown_target() -> None:
    d = gp.derive("L(X*W')", "W")
    for asked in (d.code, d.compile):
        with pytest.raises(UnsupportedError, match='code for "fortran" is not built yet: numpy') as caught:
            asked("fortran")
        assert caught.value.code == "GP503"


def test_a_package_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    away = NUMPY._replace(name="away", package="not_there", install="pip install not-there")
    monkeypatch.setitem(targets.TARGETS, "away", away)
    d = gp.derive("x'*x", "x")
    assert d.code("away") == d.code("numpy")
    with pytest.raises(UnsupportedError, match="runs where not_there is: pip install not-there"):
        d.compile("away")


def test_every_helper_that_a_spelling_names_is_there() -> None:
    for target in targets.TARGETS.values():
        named = {helper for row in target.spellings.values() for helper in row.helper.split()}
        assert named - target.helpers.keys() == set()
