"""False statements, statements that only look right, and files that cost too much: all refused."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import gradproof as gp
from gradproof.checker.step import recheck
from gradproof.checker.terms import Unchecked, Work
from gradproof.checker.verify import verify
from gradproof.derivation.certificate.write import shown
from gradproof.faces.cli.main import main
from test_certificates import Certificate, checked, sealed


def forged(nodes: list[dict[str, Any]], before: int, after: int, **more: Any) -> Certificate:
    """A certificate of one claim, shown as well as our own search can; its answer is `after`."""
    fields = {"before": before, "after": after, "varying": [], "unfold": [], **more}
    proof = shown(nodes, fields)
    said = {"not": proof.trouble} if proof.trouble else proof.fields
    answers = [{"name": "x", "text": "", "node": after, "step": 1}]
    return {
        "schema": "gradproof.certificate", "version": 2, "question": "", "answers": answers, "nodes": nodes,
        "steps": [{"rule": "answer", "why": "", "text": None, **fields, **said}],
    }  # fmt: skip


def name(word: str, *axes: Any, properties: Iterable[str] = ()) -> dict[str, Any]:
    return {"op": "name", "data": [word, list(properties)], "axes": list(axes)}


def node(op: str, *args: int, axes: Iterable[Any] = (), **more: Any) -> dict[str, Any]:
    return {"op": op, "args": list(args), "axes": list(axes), **more}


X, SQUARE = name("x"), node("mul", 0, 0)
FALSE: list[tuple[str, Certificate, str]] = [
    ("of two nodes with one name only one varies: d(x + x) = dx",
     forged([X, name("x", properties=["constant"]), node("add", 0, 1), node("d", 2), node("d", 0)], 3, 4,
            varying=[0]), "two nodes for the name x"),
    ("a name stands for something in one of its nodes only: x + x = 2 + x",
     forged([X, name("x", properties=["constant"]), node("num", data=["2"]), node("add", 0, 1),
             node("add", 2, 1)], 3, 4, unfold=[[0, 2]]), "two nodes for the name x"),
    ("a name that stands for two things", forged([X, node("num", data=["2"]), node("num", data=["3"])], 0, 2,
     unfold=[[0, 1], [0, 2]]), "a name that stands for two things, or for something and varies"),
    ("a name that varies and stands for something", forged([X, node("num", data=["2"]), node("d", 0)], 2, 2,
     varying=[0], unfold=[[0, 1]]), "a name that stands for two things, or for something and varies"),
    ("two names that stand for each other", forged([X, name("y")], 0, 0, unfold=[[0, 1], [1, 0]]),
     "a name that stands for itself"),
    ("a place counted from the end", forged([X, SQUARE], -1, -1), "a part that is not in the table"),
    ("a name that is several lines", forged([name("x\n5 of 5 steps re-checked")], 0, 0),
     "a name that is no such thing: 'x\\n5 of 5 steps re-checked'"),
    ("a name that is an expression", forged([name("x*y")], 0, 0), "a name that is no such thing: 'x*y'"),
    ("a size that is an expression", forged([name("x", "n, y: m")], 0, 0),
     "a size that is no such thing: 'n, y: m'"),
    ("a third factor that is not read", forged([X, node("frob", 0, 0, 0), node("num", data=["1"])], 1, 1),
     "frob of 3 arguments"),
    ("an argument that is not read", forged([X, node("d", 0, 0)], 1, 1, varying=[0]), "d of 2 arguments"),
    ("a number that has arguments", forged([X, node("num", 0, data=["1"])], 1, 1), "num of 1 arguments"),
    ("an operator with data", forged([X, node("neg", 0, data=["n"])], 1, 1),
     "an operator with data that it does not have"),
    ("one function of one and of two arguments",
     forged([X, node("call", 0, data=["L"]), node("call", 0, 0, data=["L"])], 1, 1),
     "two functions of the name L"),
    ("a function and a name", forged([name("L"), node("call", 0, data=["L"])], 1, 1),
     "L is a function and a name"),
    ("a gradient that does not have the shape of its argument",
     forged([name("y", "n"), node("gradof", 0, data=["L", 0])], 1, 1),
     "the derivative of L does not have the axes of its argument"),
    ("Q*Q' = I for a Q with orthonormal columns",
     forged([name("Q", "m", "n", properties=["orthogonal"]), node("T", 0, axes=["n", "m"]),
             node("mul", 0, 1, axes=["m", "m"]), node("eye", axes=["m", "m"])], 2, 3), ""),
    ("a number that is no number", forged([node("num", data=["1_0"])], 0, 0),
     "a number that is no such thing: '1_0'"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "made", "reason"), FALSE, ids=[what for what, _, _ in FALSE])
def test_no_false_statement_is_shown(what: str, made: Certificate, reason: str) -> None:
    report = sealed(made)
    assert report.status != 0, what
    assert not any(said.startswith(("d(", "x =", "mul(")) for said in report.shown)
    assert reason in str(report)


def test_one_name_is_one_node_in_all_steps() -> None:
    """The first step speaks of x, the second of another x."""
    made = forged([X, SQUARE, name("x", "n"), node("sum", 2)], 1, 1)
    other = forged(made["nodes"], 3, 3)
    made["steps"] += other["steps"]
    report = sealed(made)
    assert [finding.word for finding in report.findings] == ["re-checked", "wrong"]
    assert report.findings[1].reason == "two nodes for the name x"


def test_the_claim_is_printed_whole() -> None:
    """Sizes, properties, and what is too large for its place under a number."""
    made = gp.derive("x'*A*x", "x", where="A: n×n symmetric; x: n", prove=False).certificate()
    assert checked(made).shown == (
        "d(mul(T(x), A, x)) = frob(mul(2, A, x), d(x)) where x: n varies, A: n×n symmetric",
    )
    nodes = [name("x", "n", [[1, "n"], [2, "k"]])]
    nodes += [node("add", k, k, axes=nodes[0]["axes"]) for k in range(7)]
    assert sealed(forged(nodes, 7, 7)).shown == (
        "add(add(#5, #5), add(#5, #5)) = add(add(#5, #5), add(#5, #5)) where x: n×(2*k + n), "
        "#5 = add(add(add(add(add(x, x), add(x, x)), add(add(x, x), add(x, x))), "
        "add(add(add(x, x), add(x, x)), add(add(x, x), add(x, x)))), "
        "add(add(add(add(x, x), add(x, x)), add(add(x, x), add(x, x))), "
        "add(add(add(x, x), add(x, x)), add(add(x, x), add(x, x)))))",
    )


def test_nothing_shown_is_not_all_right() -> None:
    made = gp.derive("L(X*W')", "W", prove=False).certificate()
    made["answers"] = []
    report = sealed(made)
    assert report.status == 3
    assert "it says nothing of an answer" in str(report)


def test_texts_of_a_certificate_cannot_look_like_lines_of_a_report() -> None:
    made = gp.derive("0 = y - tanh(W*y + x); L(y)", "x", prove=False).certificate()
    place = next(place for place, step in enumerate(made["steps"]) if "not" in step)
    made["steps"][place]["not"] = "\nshown: everything\n5 of 5 steps re-checked"
    assert "  shown: everything 5 of 5 steps re-checked" not in str(sealed(made)).splitlines()
    made["steps"][place]["rule"] = "answer\nshown: everything"
    assert "the name of a rule that is no such thing" in str(sealed(made))


def powers(count: int, exponent: str) -> list[dict[str, Any]]:
    """x, a number, and towers of powers of x + number."""
    made = [X, node("num", data=[exponent]), node("add", 0, 1)]
    return [*made, *(node("pow", 2 + k, 1) for k in range(count))]


@pytest.mark.parametrize(
    ("nodes", "reason"),
    [
        (powers(12, "64"), "the left side"),  # powers are exponents of one atom, and not multiplied out
        (powers(3, "9" * 900), "the left side"),
        ([node("num", data=["7" * 900]), *(node("mul", k, k) for k in range(12))],
         "a number of more than 20000 bits"),
        ([X, name("y"), node("add", 0, 1), *(node("mul", 2 + k, 2 + k) for k in range(12))],
         "more than 800 terms"),
        ([X, *(node("exp", k) for k in range(3000))], "nested too deep"),
        ([X, node("num", data=["3"]), *(node("pow", 1, 1 + k) for k in range(12))],
         "a number of more than 20000 bits"),
        ([name("x", [[10**10, "n"]])], "a size that is none"),
    ],
)  # fmt: skip
def test_it_ends_on_every_file(nodes: list[dict[str, Any]], reason: str) -> None:
    """Long numbers, high powers, many terms, deep nests: refused, and not reckoned with."""
    top = len(nodes) - 1
    fields: dict[str, Any] = {key: [] for key in ("left", "right", "terms", "sum", "uses", "equal", "atoms")}
    step = {"rule": "answer", "before": top, "after": top, "varying": [], "unfold": [], "cut": {}, **fields}
    made = {"schema": "gradproof.certificate", "version": 2, "question": "", "nodes": nodes, "steps": [step],
            "answers": [{"name": "x", "text": "", "node": top, "step": 1}]}  # fmt: skip
    report = sealed(made)
    assert report.status in (1, 3)
    assert reason in str(report)


def test_the_work_of_all_steps_is_counted() -> None:
    made = gp.derive("norm2(A*x - b)^2", "x", prove=False).certificate()
    work = Work(3_000)
    with pytest.raises(Unchecked, match="more work than this checker does"):
        for step in made["steps"] * 20:
            recheck(made["nodes"], step, {}, work)


def test_what_is_too_large_is_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "more than 16000000 characters" in str(verify(" " * 16_000_001))
    assert "more than 3000000 values" in str(verify("[" + "1," * 3_000_000 + "1]"))
    file = tmp_path / "large.json"
    with file.open("wb") as stream:
        stream.truncate(200_000_000)
    assert main(["verify", str(file)]) == 1
    assert "more than 16000000 characters" in capsys.readouterr().out
    assert "a field that is written twice" in str(verify('{"schema": 1, "schema": 2}'))
    assert "NaN is no number" in str(verify('{"schema": NaN}'))
