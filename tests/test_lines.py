"""Derivations, line by line: right ones of every kind, and wrong ones with the first wrong line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import gradproof as gp
from gradproof.faces.cli.main import main

RIDGE = """\
where A: m×n
f  = norm2(A*x - b)^2
df = 2*(A*x - b) : d(A*x - b)
   = 2*(A*x - b) : A*dx
   = 2*(A*x - b)*A' : dx
grad = 2*A'*(A*x - b)
"""

RIGHT = {
    "the linear layer": """\
Y = X*W'
L(Y) = L(X*W')
dL = G : dY = G : (X*dW') = (X'*G) : dW' = (G'*X) : dW
∂L/∂W = G'*X
""",
    "the linear layer in X, in one line": """\
Y = X*W'
f = L(Y)
df = G : dY = G:(dX*W') = (G*W):dX
∂f/∂X = G*W
""",
    "least squares with a name": """\
let R = X Wᵀ − T
f = 0.5*norm2(R)^2
1  df = R : dR              d ½‖R‖² = R:dR
2     = R : (X dWᵀ)         T is constant
3     = (RᵀX) : dW          C:(AB) = (AᵀC):B,  A:B = Aᵀ:Bᵀ
∂f/∂W = (X Wᵀ − T)ᵀ X
""",
    "log-determinant": """\
f = logdet(S) + tr(inv(S) C)
df = inv(S)ᵀ : dS − (inv(S)ᵀ Cᵀ inv(S)ᵀ) : dS
∂f/∂S = S⁻ᵀ − S⁻ᵀ Cᵀ S⁻ᵀ
""",
    "cross-entropy": """\
P = softmax(Z)
f = -Y : log(P)
∂f/∂Z = diag(Y*ones(k)) P - Y
""",
    "two layers": """\
Z1 = X*W1' + ones(n)*b1'
A1 = relu(Z1)
Z2 = A1*W2' + ones(n)*b2'
f = L(Z2)
let Δ2 = ∂f/∂Z2
∂f/∂W2 = Δ2ᵀ A1
∂f/∂b2 = Δ2ᵀ ones(n)
let Δ1 = (Δ2 W2) ⊙ relu'(Z1)
∂f/∂W1 = Δ1ᵀ X
∂f/∂b1 = Δ1ᵀ ones(n)
""",
    "attention": """\
S = Q*K'/sqrt(d);  P = softmax(S);  O = P*V;  f = L(O)
let G = ∂f/∂O
∂f/∂V = Pᵀ G
H     = G Vᵀ                                   (= ∂f/∂P)
∂f/∂S = P ⊙ (H − rowsum(P ⊙ H) ones(m)ᵀ)
∂f/∂Q = (1/√d) (∂f/∂S) K
∂f/∂K = (1/√d) (∂f/∂S)ᵀ Q
""",
    "traces, and rules skipped": """\
f = tr(X'*A*X)
df = tr(dX'*A*X) + tr(X'*A*dX)
   = tr(X'*(A + A')*dX)
∇f = (A + A')*X
""",
    "only the gradient": "f = norm2(A*x - b)\ngrad_x f = A'*(A*x - b)/norm2(A*x - b)\n",
    "a value rewritten": "f = norm2(x)^2\n  = x'*x\ndf/dx = 2*x\n",
    "our own output": gp.derive("L(X*W')", "W").show(),
}

WRONG = [  # text, the number of the first wrong line, its fix
    (RIDGE, 5, "2*A'*(A*x - b) : dx"),
    ("f = norm2(A*x - b)^2\ngrad = A'*(A*x - b)\n", 2, "2*A'*(A*x - b)"),
    ("f = logdet(X)\ndf/dX = inv(X)\n", 2, "inv(X')"),
    ("f = L(X*W')\ndf = G : X*dW'\n   = X*G : dW'\n   = G'*X : dW\n", 3, "X'*G : dW'"),
    ("f = x'*A*x\n∂f/∂x = 2*A*x\n", 2, "(A' + A)*x"),
    ("f = sum(exp(x))\ndf = -(exp(x) : dx)\n∂f/∂x = exp(x)\n", 2, "(exp(x) : dx)"),
]


@pytest.mark.parametrize("name", RIGHT)
def test_right_derivations_pass(name: str) -> None:
    report = gp.check_derivation(RIGHT[name])
    assert report.first_wrong is None, report.show()
    assert report.grade == "proved", report.show()


@pytest.mark.parametrize(("text", "number", "fix"), WRONG)
def test_the_first_wrong_line_is_found_and_mended(text: str, number: int, fix: str) -> None:
    report = gp.check_derivation(text)
    assert report.first_wrong is not None
    line = report.lines[report.first_wrong]
    assert line.number == number
    assert line.fix is not None
    mended = text.split("\n")
    head, _, _ = mended[number - 1].partition("=")
    mended[number - 1] = f"{head}= {line.fix}"
    assert all(one.number > number for one in gp.check_derivation("\n".join(mended)).lines
               if one.verdict.grade == "refuted")  # fmt: skip


def test_the_report_word_for_word() -> None:
    assert (
        gp.check_derivation(RIDGE).show()
        == """\
  2  f  = norm2(A*x - b)^2          read; A: m×n  x: n  b: m
  3  df = 2*(A*x - b) : d(A*x - b)  ✓  differential of a squared norm
  4     = 2*(A*x - b) : A*dx        ✓  product rule
  5     = 2*(A*x - b)*A' : dx       ✗  first wrong line: order swapped
                     ^^^
       (A*x - b)*A' is m times n×m: not defined.
       Moving the left factor A across ":" puts A' on the LEFT.
       fix:  = 2*A'*(A*x - b) : dx
  6  grad = 2*A'*(A*x - b)          ✓  follows from the corrected line 5"""
    )


def test_what_is_carried_on_is_said() -> None:
    text = "f = norm2(A*x - b)^2\ndf = (A*x - b) : A*dx\n  = A'*(A*x - b) : dx\ngrad = 2*A'*(A*x - b)\n"
    first, second, third = gp.check_derivation(text).lines[1:]
    assert first.said == "a factor 2 is missing."
    assert second.said == "follows from the line before as it stands, which is wrong."
    assert third.verdict.grade == "proved"


def test_a_line_that_cannot_be_read_refutes_nothing() -> None:
    report = gp.check_derivation("f = norm2(x)^2\nlet R = %\ndf = R : dx\n")
    assert report.first_wrong is None
    assert report.grade == "unknown"


def test_several_derivations_in_one_text() -> None:
    report = gp.check_derivation("f = norm2(x)^2\ngrad = 2*x\nf = sum(x)\ngrad = x\n")
    assert [claim.grade for claim in report.claims] == ["proved", "refuted"]
    assert report.first_wrong == 3


def test_markdown_fences() -> None:
    report = gp.check_derivation("# Title\n\n```\nf = norm2(x)^2\ngrad = 2*x\n```\n", format="markdown")
    assert [line.number for line in report.lines] == [4, 5]
    assert report.grade == "proved"


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.gp", tmp_path / "bad.gp"
    good.write_text("f = norm2(x)^2\ngrad = 2*x\n", encoding="utf-8")
    bad.write_text(RIDGE, encoding="utf-8")
    assert main(["check", str(good)]) == 0
    assert main(["check", str(good), str(bad)]) == 1
    capsys.readouterr()
    assert main(["check", str(bad), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["first_wrong"] == 3
    assert found["claims"][0]["lines"][3]["fix"] == "2*A'*(A*x - b) : dx"


def test_a_text_without_lines_is_an_error() -> None:
    with pytest.raises(gp.ParseError, match="no derivation to check"):
        gp.check_derivation("just words\n")


def test_latex_lines_are_read_and_judged() -> None:
    text = (
        "\\begin{align*}\nf &= \\|A x - b\\|^2 \\\\\ndf &= 2 (A x - b) : d(A x - b) \\\\\n"
        "&= 2 (A x - b) : A\\,dx \\\\\n&= 2 (A x - b) A^\\top : dx \\\\\n"
        "\\nabla f &= 2 A^\\top (A x - b)\n\\end{align*}\n"
    )
    report = gp.check_derivation(text, where="A: m×n")
    assert [line.number for line in report.lines] == [2, 3, 4, 5, 6]
    assert report.first_wrong == 3
    assert report.lines[3].fix is not None


def test_a_right_derivation_in_latex() -> None:
    text = "\\begin{align*}\nf &= x^\\top x \\\\\ndf &= 2 x^\\top dx\n\\end{align*}\n"
    report = gp.check_derivation(text)
    assert report.grade == "proved"
    assert report.first_wrong is None


def test_a_misspelled_name_is_an_error_with_a_suggestion() -> None:
    text = "Resid = A*x - b\nf = norm2(Resid)^2\ndf = 2*Resd : A*dx\n"
    line = gp.check_derivation(text).lines[2]
    assert line.error is not None
    assert line.error.code == "GP301"
    assert line.error.message == "nothing says what Resd is: did you mean Resid?"
