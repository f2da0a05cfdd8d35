"""Certificates: what a derivation claims, re-checked by a small program that shares nothing with it."""

from __future__ import annotations

import ast
import copy
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import gradproof as gp
from gradproof.checker import reading
from gradproof.checker.verify import Report, verify
from gradproof.faces.cli import main
from judge import books

CHECKER = Path(reading.__file__).parent
RECORDS = [record for record in books() if record["kind"] == "gradient"]
Certificate = dict[str, Any]


def derived(record: dict[str, Any]) -> Certificate | None:
    """The certificate for a record; None where it is not in the words of this version."""
    try:
        found = gp.derive(
            record["expr"], record["wrt"], shapes=record["vars"], assume=record.get("props"), prove=False
        )
    except gp.UnsupportedError:
        return None
    return found.certificate()


def checked(certificate: Certificate) -> Report:
    return verify(json.dumps(certificate))


def test_the_checker_imports_nothing_of_the_engine() -> None:
    """Only the standard library, and itself."""
    allowed = {"__future__", "collections.abc", "fractions", "itertools", "json", "typing"}
    for path in CHECKER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not isinstance(node, ast.Import) or {n.name for n in node.names} <= allowed, path
            if isinstance(node, ast.ImportFrom):
                assert node.module in allowed or str(node.module).startswith("gradproof.checker."), path


@pytest.fixture(scope="module")
def library() -> list[Certificate]:
    """The certificates of all gradients in the books."""
    return [made for made in map(derived, RECORDS) if made is not None]


def test_the_books_are_rechecked(library: list[Certificate]) -> None:
    """No step is wrong. Of those in words that the checker knows at least 95 of 100 are re-checked, and the
    others say which word it does not know."""
    findings = [finding for made in library for finding in checked(made).findings]
    assert "wrong" not in [finding.word for finding in findings]
    known = [finding.word for finding in findings if "not known to the checker" not in finding.reason]
    assert known.count("re-checked") >= 0.95 * len(known)
    assert len(known) >= 0.9 * len(findings)


def test_whoever_tampers_is_caught(library: list[Certificate]) -> None:
    """One coefficient, one renaming, one name: rejected each time."""
    tried = 0
    for made in library[::3]:
        for changed in tampered(made):
            report = checked(changed)
            assert report.status == 1, (made["question"], report)
            tried += 1
    assert tried > 100


def tampered(made: Certificate) -> Iterator[Certificate]:
    """The certificate with one thing changed."""
    shown = [place for place, step in enumerate(made["steps"]) if "not" not in step and step["left"]]
    if not shown:
        return
    for place in (shown[0], shown[-1]):
        for side in ("left", "right"):
            if not made["steps"][place][side]:
                continue
            other = copy.deepcopy(made)
            row = other["steps"][place][side][0]
            row[0] = str(Fraction(row[0]) + 1)
            yield other
            names = made["steps"][place][side][0][2]
            if len(names) > 1:
                other = copy.deepcopy(made)
                other["steps"][place][side][0][2] = [names[0], *names[:-1]]
                yield other
    used = {atom[1][0] for place in shown for atom in made["steps"][place]["atoms"] if atom[0] == "name"}
    for place, node in enumerate(made["nodes"]):
        if node["op"] == "name" and node["data"][0] in used:
            other = copy.deepcopy(made)
            other["nodes"][place]["data"][0] += "x"
            yield other
            break


@pytest.mark.parametrize(
    ("question", "variable", "word", "wrong"),
    [
        ("L(X*W')", "W", ("T",), "mul"),
        ("norm2(A*x - b)^2", "x", ("neg",), "T"),
    ],
)
def test_a_wrong_expression_is_rejected(question: str, variable: str, word: tuple[str], wrong: str) -> None:
    """An operator exchanged for another, everywhere in the certificate."""
    made = gp.derive(question, variable, prove=False).certificate()
    for node in made["nodes"]:
        if node["op"] in word:
            node["op"] = wrong
    assert checked(made).status != 0


def test_what_is_not_known_is_said_and_never_claimed() -> None:
    report = checked(gp.derive("tr(X^k)", "X", prove=False).certificate())
    assert report.status == 3
    assert "not re-checked: an exponent that is not a number" in str(report)


def test_what_it_relies_on() -> None:
    report = checked(gp.derive("tr(A*inv(X))", "X", prove=False).certificate())
    assert report.status == 0
    assert report.axioms == ("d inv(X) = neg(mul(Y, dX, Y))",)


def test_a_false_statement_has_no_certificate() -> None:
    """A name that is left closed must not stand below a differential."""
    made = gp.derive("L(X*W')", "W", prove=False).certificate()
    step = made["steps"][0]
    step["closed"] = [pair[0] for pair in step["unfold"]]
    assert checked(made).findings[0].word == "wrong"


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"schema": 1}', "[" * 100_000, '{"schema": "gradproof.certificate", "version": 1}'],
)
def test_malformed_certificates_are_wrong(text: str) -> None:
    assert verify(text).status == 1


@pytest.mark.parametrize(
    ("question", "variable", "kind"),
    [
        ("A*x", "x", "jacobian"),
        ("A*X*B", "X", "jacobian"),
        ("x/(x'*x)", "x", "jacobian"),
        ("inv(X)", "X", "jacobian"),
        ("norm2(A*x - b)^2", "x", "hessian"),
        ("0.5*norm2(T - U*V')^2", "U", "hessian"),
        ("A*X*B", "X", "differential"),
        ("x'*A*x", "x", "hvp"),
        ("A*X*B", "X", "vjp"),
    ],
)
def test_every_kind_has_a_certificate(question: str, variable: str, kind: str) -> None:
    made = gp.derive(question, variable, kind=kind, prove=False).certificate()
    report = checked(made)
    assert report.status == 0, report
    text = json.dumps(made)
    if '"sum": ["1"]' in text:
        assert verify(text.replace('"sum": ["1"]', '"sum": ["2"]', 1)).status == 1


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "certificate.json"
    assert main(["L(X*W')", "W", "--certificate", str(file)]) == 0
    capsys.readouterr()
    assert main(["verify", str(file)]) == 0
    assert "5 of 5 steps re-checked" in capsys.readouterr().out
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"sum": ["1"]', '"sum": ["2"]', 1), encoding="utf-8")
    assert main(["verify", str(file)]) == 1
    assert "1  def-gradient  wrong: the coefficients of the two sides differ" in capsys.readouterr().out


def test_within_a_structure_there_is_none_yet() -> None:
    found = gp.derive("x'*S*x", "S", where="S: n×n symmetric", structure="constrained", prove=False)
    with pytest.raises(gp.UnsupportedError) as caught:
        found.certificate()
    assert caught.value.code == "GP507"
