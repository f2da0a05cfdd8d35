"""Certificates: what a derivation claims, re-checked by a small program that shares nothing with it."""

from __future__ import annotations

import ast
import copy
import json
import random
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import gradproof as gp
from gradproof.checker import reading
from gradproof.checker.document import seal
from gradproof.checker.verify import Report, verify
from gradproof.derivation.certificate.write import shown, written
from gradproof.derivation.exchange.json import Nodes
from gradproof.elaboration.read import read
from gradproof.faces.cli.main import main
from gradproof.faces.teaching.gallery import gallery
from gradproof.operators.table import OPERATORS
from judge import books

CHECKER = Path(reading.__file__).parent
Certificate = dict[str, Any]


def derived(record: dict[str, Any]) -> Certificate | None:
    """The certificate for a record; None where it is not in the words of this version."""
    try:
        found = gp.derive(
            record["expr"], record["wrt"], shapes=record["vars"], assume=record.get("props"),
            kind=record["kind"], prove=False,
        )  # fmt: skip
    except gp.UnsupportedError:
        return None
    return found.certificate()


def checked(certificate: Certificate) -> Report:
    return verify(json.dumps(certificate))


def sealed(certificate: Certificate) -> Report:
    """The report on a certificate that somebody changed and gave a new digest."""
    return checked({**certificate, "digest": seal(certificate)})


@pytest.fixture(scope="module")
def library() -> list[Certificate]:
    """The certificates of every fifth problem in the books, and of a part of the gallery."""
    entries = [entry for entry in gallery()[::12] if entry.name != "transformer-block"]
    made = [derived(record) for record in [*books()][::5]]
    return [one for one in made if one is not None] + [entry.derive().certificate() for entry in entries]


# ---- what is re-checked


def test_the_checker_imports_nothing_of_the_engine() -> None:
    """Only the standard library, and itself."""
    allowed = {
        "__future__",
        "collections.abc",
        "fractions",
        "hashlib",
        "itertools",
        "json",
        "math",
        "re",
        "typing",
    }
    for path in CHECKER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not isinstance(node, ast.Import) or {n.name for n in node.names} <= allowed, path
            if isinstance(node, ast.ImportFrom):
                ours = str(node.module).startswith("gradproof.checker")
                assert ours or node.module in allowed, path


def test_the_checker_can_be_read_in_one_sitting() -> None:
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in CHECKER.glob("*.py"))
    assert lines <= 2000


def test_the_books_are_rechecked(library: list[Certificate]) -> None:
    """No step is wrong, and of all steps at least 98 of 100 are re-checked."""
    findings = [finding for made in library for finding in checked(made).findings]
    words = [finding.word for finding in findings]
    assert "wrong" not in words
    assert words.count("re-checked") >= 0.98 * len(words), [f for f in findings if f.word != "re-checked"]


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
        ("tr(X^k)", "X", "gradient"),
        ("sum(x.^k)", "x", "gradient"),
        ("sum(2 .^ x)", "x", "gradient"),
        ("tr(expm(X))", "X", "gradient"),
        ("tr(A*logm(X))", "X", "gradient"),
        ("tr(sqrtm(X))", "X", "gradient"),
        ("norm_nuc(X)", "X", "gradient"),
        ("tr(A*pinv(X))", "X", "gradient"),
        ("L(vec(A*X*B))", "X", "gradient"),
        ("L(hcat(X, A*X))", "X", "gradient"),
        ("L(vcat(x, y))", "x", "gradient"),
        ("sum(tanh(X[1:k,:]).^2)", "X", "gradient"),
        ("norm2(tril(X)*y)^2", "X", "gradient"),
        ("L(conv1d(x, w))", "w", "gradient"),
        ("sum(layernorm(x).^3)", "x", "gradient"),
        ("-y'*log(softmax(z))", "z", "gradient"),
        ("sum(log(cosh(W*x)))", "W", "gradient"),
        ("det(A*X*B)", "X", "gradient"),
        ("norm2(b - A*inv(A'*A)*A'*b)^2", "b", "gradient"),
    ],
)
def test_what_has_a_certificate(question: str, variable: str, kind: str) -> None:
    made = gp.derive(question, variable, kind=kind, prove=False).certificate()
    report = checked(made)
    assert report.status == 0, report


def test_structured_variables_and_stationary_points_have_one() -> None:
    found = gp.derive("x'*S*x", "S", where="S: n×n symmetric", structure="constrained", prove=False)
    assert checked(found.certificate()).status == 0
    report = checked(gp.stationary("norm2(X*w - y)^2 + c*norm2(w)^2", "w").certificate())
    assert report.status == 0
    assert "X*inv(X) = I" in report.laws


BY_CASES = {"hardtanh", "relu6", "selu", "clip", "logsigmoid"}  # the table has max and min, the checker steps


@pytest.mark.parametrize(
    "word", [word for word, row in OPERATORS.items() if row.meaning and word not in BY_CASES]
)
def test_the_checker_means_what_the_table_means(word: str) -> None:
    """Words that the table says with other words: the checker, which has definitions of its own, agrees."""
    row = OPERATORS[word]
    for place, signature in enumerate(row.signatures):
        given = signature.split("->")[0].split(",")
        meaning = row.meaning[min(place, len(row.meaning) - 1)]
        for shape in ("n", "m×n") if given[0] == "*" else ({"i": "n", "ij": "m×n"}[given[0]],):
            sizes = " and ".join(["X: " + shape, *(f"{name}: scalar" for name in "ZV"[: len(given) - 1])])
            call = f"{word}({', '.join('XZV'[: len(given)])})" if word != "normp" else "norm(X, Z)"
            last = shape[-1]
            text = meaning.replace("ones(n)", f"ones({last})")
            program = read(f"u = {call}; v = {text}; sum(u) + sum(v)", where=sizes.replace(" and ", "; "))
            (_, one), (_, other) = program.statements
            table = Nodes()
            fields = {"before": table.place(one), "after": table.place(other), "varying": [], "unfold": []}
            assert shown(table.entries, fields).trouble == "", (word, text)


@pytest.mark.parametrize("word", sorted(BY_CASES - {"clip"}))
def test_words_by_cases_have_the_slopes_of_the_table(word: str) -> None:
    assert checked(gp.derive(f"sum({word}(X))", "X", prove=False).certificate()).status == 0


def test_certificates_have_the_form_that_is_published(library: list[Certificate]) -> None:
    schema = json.loads(
        (CHECKER.parent / "derivation" / "certificate.schema.json").read_text(encoding="utf-8")
    )
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    for made in library[::4]:
        check.validate(json.loads(written(made)))


# ---- what is refused


def test_whoever_changes_a_letter_is_caught(library: list[Certificate]) -> None:
    """The digest is of everything, texts for people included."""
    rng = random.Random(1)
    for made in library[::4]:
        text = written(made)
        place = rng.choice([k for k, letter in enumerate(text) if letter.isdigit()])
        digit = rng.choice([d for d in "0123456789" if d != text[place]])
        assert verify(text[:place] + digit + text[place + 1 :]).status == 1


def test_whoever_changes_a_proof_is_caught_without_the_digest(library: list[Certificate]) -> None:
    """A coefficient, a renaming, a normal form, a law, a sign, a claim: each refused by what is checked."""
    tried = 0
    for made in library[::3]:
        for changed in tampered(made):
            assert sealed(changed).status == 1, (made["question"], changed)
            tried += 1
    assert tried > 200


def tampered(made: Certificate) -> Iterator[Certificate]:
    """The certificate with one thing changed."""
    places = [place for place, step in enumerate(made["steps"]) if "not" not in step and step["left"]]
    for place in {*places[:1], *places[-1:]}:
        step = made["steps"][place]

        def changed(place: int = place) -> tuple[Certificate, dict[str, Any]]:
            other = copy.deepcopy(made)
            return other, other["steps"][place]

        for side in ("left", "right"):
            if step[side]:
                other, one = changed()
                one[side][0][0] = str(Fraction(one[side][0][0]) + 1)
                yield other
                names = step[side][0][2]
                if len(names) > 1:
                    other, one = changed()
                    one[side][0][2] = [names[0], *names[:-1]]
                    yield other
        other, one = changed()
        one["sum"][0] = str(Fraction(one["sum"][0]) - 2)
        yield other
        if step["terms"][0][1]:
            other, one = changed()
            one["terms"][0][1][0][2] = "7"
            yield other
        for use in range(len(step["uses"]))[:2]:
            other, one = changed()
            context = one["uses"][use][2]
            context[0] = str(Fraction(context[0]) * 2)
            yield other
        other, one = changed()  # a sign
        other["nodes"].append(
            {**_only_shape(made["nodes"][one["after"]]), "op": "neg", "args": [one["after"]]}
        )
        one["after"] = len(other["nodes"]) - 1
        yield other


def _only_shape(node: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key in ("axes", "row")}


@pytest.mark.parametrize(
    ("name", "arguments", "reason"),
    [
        ("inv(X)*X = I", "B", "the left side does not occur"),
        ("no such law", "A", "'no such law'"),
    ],
)
def test_laws_are_used_for_what_occurs_only(name: str, arguments: str, reason: str) -> None:
    """inv(B) is not in the claim: B may be singular, and nothing may be concluded from its inverse."""
    made = gp.derive("tr(A*B*X)", "X", where="A: n×n; B: n×n; X: n×n", prove=False).certificate()
    step = made["steps"][0]
    matrices = [place for place, atom in enumerate(step["atoms"]) if atom[0] == "name"]
    place = next(p for p in matrices if step["atoms"][p][1][0] == arguments)
    form = [[["n"], ["n"]], [["1", ["n", "n"], [[place, [0, 1], "1"]], [0, 1]]]]
    step["equal"].append({"law": name, "args": {"X": form}})
    finding = sealed(made).findings[0]
    assert finding.word == "wrong"
    assert reason in finding.reason


def test_nothing_is_divided_by_what_may_be_zero() -> None:
    """step(x)^2 = step(x); divided by step(x) it would say step(x) = 1."""
    made = gp.derive("sum(relu(x))", "x", prove=False).certificate()
    step = next(step for step in made["steps"] if any(atom[0] == "relu'" for atom in step["atoms"]))
    place = next(place for place, atom in enumerate(step["atoms"]) if atom[0] == "relu'")
    name = next(place for place, atom in enumerate(step["atoms"]) if atom[0] == "name")
    x = [[["n"]], [["1", ["n"], [[name, [0], "1"]], [0]]]]
    step["uses"] = [["step(X).^2 = step(X)", {"X": x}, ["1", ["n"], [[place, [0], "-1"]], [0], []]]]
    assert sealed(made).findings[made["steps"].index(step)].reason == (
        "a division by what the claim does not divide by"
    )
    slope = [[["n"]], [["1", ["n"], [[place, [0], "1"]], [0]]]]
    two = [[], [["-2", [], [], []]]]
    step["equal"].append({"law": "X.^z.*X = X.^(z + 1)", "args": {"X": slope, "z": two}})
    assert "the left side does not occur" in sealed(made).findings[made["steps"].index(step)].reason


def test_a_false_statement_has_no_certificate() -> None:
    """A name that is left closed must not stand below a differential, and none may stand for itself."""
    made = gp.derive("L(X*W')", "W", prove=False).certificate()
    step = made["steps"][0]
    step["closed"] = [pair[0] for pair in step["unfold"]]
    assert sealed(made).findings[0].word == "wrong"
    made = gp.derive("norm2(A*x - b)^2", "x", prove=False).certificate()
    step = next(step for step in made["steps"] if step["unfold"])
    name, meaning = step["unfold"][0]
    made["nodes"][meaning] = {**made["nodes"][meaning], "args": [name, name]}
    assert sealed(made).status == 1


def test_an_answer_belongs_to_a_step() -> None:
    made = gp.derive("L(X*W')", "W", prove=False).certificate()
    made["answers"][0]["node"] = 0  # X
    report = sealed(made)
    assert report.status == 3
    assert report.findings[-1].reason == "no step speaks of W"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the file is empty"),
        ("[]", 'it is other JSON: "schema" is not "gradproof.certificate"'),
        ('{"schema": 1}', 'it is other JSON: "schema" is not "gradproof.certificate"'),
        ("[" * 100_000, "nested too deep"),
        ('{"schema": "gradproof.cer', "it is not JSON, or the end is missing: Unterminated string"),
        ('{"schema": "gradproof.certificate", "version": 1}',
         "it has version 1, and this is a checker of version 2: write it anew"),
        ('{"schema": "gradproof.certificate", "version": 2}', 'its "answers" are missing'),
        ('{"schema": "gradproof.certificate", "version": 2, "answers": [], "steps": [], "nodes": []}',
         "it was changed after it was written: the digest is that of another text"),
    ],
)  # fmt: skip
def test_what_is_no_certificate(text: str, reason: str) -> None:
    report = verify(text)
    assert report.status == 1
    assert str(report).startswith(f"no certificate: {reason}")


# ---- what is said


def test_what_is_not_known_is_said_and_never_claimed() -> None:
    report = checked(gp.derive("0 = y - tanh(W*y + x); L(y)", "x", prove=False).certificate())
    assert report.status == 3
    assert "not re-checked: root is not known to the checker" in str(report)


def test_what_it_relies_on() -> None:
    report = checked(gp.derive("tr(A*inv(X))", "X", prove=False).certificate())
    assert report.status == 0
    assert report.axioms == ("d inv(X) = neg(mul(Y, dX, Y))",)
    assert report.shown == (
        "d(tr(mul(A, inv(X)))) = einsum[ij,ij->](neg(mul(T(inv(X)), T(A), T(inv(X)))), d(X)) "
        "where A: n×n, X: n×n varies",
    )


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Several files at once; the exit status is that of the worst."""
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    assert main(["L(X*W')", "W", "--certificate", str(good)]) == 0
    capsys.readouterr()
    assert main(["verify", str(good)]) == 0
    assert capsys.readouterr().out == (
        "shown: d(call[L](mul(X, T(W)))) = frob(mul(T(G), X), d(W)) "
        "where Y = mul(X, T(W)), G = gradof[L, 0](Y), W: m×k varies, X: n×k\n"
        "relies on: dL(Y) = ∂L/∂Y : dY for an unknown function L\n"
        "5 of 5 steps re-checked\n"
    )
    made = json.loads(good.read_text(encoding="utf-8"))
    made["steps"][0]["sum"] = ["2"]
    bad.write_text(json.dumps({**made, "digest": seal(made)}), encoding="utf-8")
    assert main(["verify", str(bad)]) == 1
    assert "1  def-gradient  wrong: the coefficients of the two sides differ" in capsys.readouterr().out
    assert main(["verify", str(good), str(bad), str(tmp_path / "none.json")]) == 1
    out, err = capsys.readouterr()
    assert [line for line in out.splitlines() if not line.startswith(" ")] == [str(good), str(bad)]
    assert "cannot read" in err
    assert main(["verify", str(good), str(tmp_path / "none.json")]) == 2


def test_solutions_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "solution.json"
    assert main(["solve", "norm2(X*w - y)^2", "w", "--certificate", str(file)]) == 0
    assert main(["verify", str(file)]) == 0
    assert "w = mul(inv(mul(T(X), X)), T(X), y)" in capsys.readouterr().out
