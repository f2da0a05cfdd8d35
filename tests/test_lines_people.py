"""Derivations as people write them: every right one passes, and one slip in it is found at its line.

`derivations/people.tex`, `.txt` and `.md` hold them, apart by lines of =====.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import gradproof as gp

FOLDER = Path(__file__).parent / "derivations"
FORMATS = {"people.tex": "latex", "people.txt": "text", "people.md": "markdown"}


def derivations() -> list[tuple[str, str]]:
    """Format and text of each."""
    found = []
    for name, kind in FORMATS.items():
        texts = (FOLDER / name).read_text(encoding="utf-8").split("\n=====\n")
        found += [(kind, text) for text in texts]
    return found


@pytest.mark.parametrize(("kind", "text"), derivations())
def test_a_right_derivation_passes(kind: str, text: str) -> None:
    report = gp.check_derivation(text, format=kind)
    assert report.first_wrong is None, report.show()
    assert any(not line.given for line in report.lines), report.show()
    assert report.grade in ("proved", "tested", "sampled"), report.show()


SLIPS = [  # a piece of a derivation, what is written instead, the number of the first wrong line
    (r"\therefore \nabla f(x) &= \boxed{(A + A^\top)x + b}", r"\therefore \nabla f(x) &= \boxed{2Ax + b}", 5),
    (r"&= 2X^T(XW-Y):dW \\", r"&= 2X(XW-Y):dW \\", 5),
    (r"&= A^T R = A^T(AX-B)", r"&= A^T R = A(AX-B)", 5),
    (r"\operatorname{tr}(X^\top A H) = \langle (A + A^\top) X, H\rangle",
     r"\operatorname{tr}(X^\top A H) = \langle 2 A X, H\rangle", 2),
    (r"&= h^\top A x + x^\top A h + h^\top A h", r"&= h^\top A x + x^\top A h", 4),
    (r"\Rightarrow w &= (X^\top X + \lambda I)^{-1}X^\top y", r"\Rightarrow w &= (X^\top X)^{-1}X^\top y", 5),
    (r"\frac{\partial L}{\partial H} &= G W_2^\top \\", r"\frac{\partial L}{\partial H} &= W_2^\top G \\", 5),
    (r"$$\nabla_X \operatorname{tr}(AX) = A^\top$$", r"$$\nabla_X \operatorname{tr}(AX) = A$$", 1),
    ("   = tr(X' (A + A') dX)\nso", "   = 2 tr(X' A dX)\nso", 4),
    ("so ∇f = (A + A') X.", "so ∇f = 2 A X.", 5),
    ("         = Σ_i R_ip X_iq", "         = Σ_i R_pi X_iq", 6),
    ("dL/dz = (a - y) .* (1 - a.^2)", "dL/dz = (a - y) .* a.^2", 5),
    (r"\frac{\partial L}{\partial b} = (a-t)\,a(1-a)$$",
     r"\frac{\partial L}{\partial b} = (a-t)\,(1-a)$$", 5),
    ("Hence the gradient is 2 A x.", "Hence the gradient is A x.", 4),
    (r"&= \langle 2A^\top(AX-B), \mathrm{d}X\rangle", r"&= \langle 2A(AX-B), \mathrm{d}X\rangle", 3),
    (r"&= X^\top\big((H-Y)\odot[XW>0]\big):dW", r"&= X^\top\big((H-Y)\odot[XW<0]\big):dW", 5),
    (r"&= 2\left[(X^\top X + \lambda I)\beta", r"&= 2\left[(X^\top X - \lambda I)\beta", 4),
    (r"dX^{-1} &= -X^{-1}\,dX\,X^{-1}", r"dX^{-1} &= X^{-1}\,dX\,X^{-1}", 2),
    (r"\frac{\partial L}{\partial Q} &= \bar S K", r"\frac{\partial L}{\partial Q} &= \bar S^\top K", 7),
    (r"{\partial\,\mathrm{vec}(X)} = I\otimes A", r"{\partial\,\mathrm{vec}(X)} = A\otimes I", 1),
    (r"\nabla_w MSE = \frac{2}{n} X^T", r"\nabla_w MSE = \frac{1}{n} X^T", 2),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "number"), SLIPS)
def test_a_slip_is_found_at_its_line(right: str, wrong: str, number: int) -> None:
    kind, text = next((kind, text) for kind, text in derivations() if right in text)
    report = gp.check_derivation(text.replace(right, wrong), format=kind)
    assert report.first_wrong is not None, report.show()
    assert report.lines[report.first_wrong].number == number, report.show()


DECLARED = [  # a sentence, and how the names are understood
    ("Let A be a symmetric n×n matrix and x a vector of length n.", "A", ("n", "n")),
    ("Here A is an m×n matrix, x is an n-vector.", "A", ("m", "n")),
    ("where c is a scalar", "c", ()),
]


@pytest.mark.parametrize(("sentence", "name", "shape"), DECLARED)
def test_sentences_declare(sentence: str, name: str, shape: tuple[str, ...]) -> None:
    use = {"A": "f = x'*A'*A*x\ngrad_x f = 2*A'*A*x\n", "c": "f = c*x'*x\ngrad_x f = 2*c*x\n"}[name]
    (claim,) = gp.check_derivation(f"{sentence}\n{use}").claims
    assert {str(e): e.shape for e in claim.names}[name] == shape


RULES = {  # a step, and the rule that it names
    "f = normF(X)^2\ndf = 2*X : dX": "d-norm-squared",
    "f = tr(A'*X)\ndf = tr(A'*dX)\n = A : dX": "frob-trace",
    "f = L(X*W')\ndf = G : (X*dW')\n = (X'*G) : dW'": "frob-left",
    "f = L(X*W')\ndf = G : (dX*W')\n = (G*W) : dX": "frob-right",
    "f = L(X*W')\ndf = (X'*G) : dW'\n = (G'*X) : dW": "frob-transpose",
    "f = sum(A.*exp(X))\ndf = A : (exp(X).*dX)\n = (A.*exp(X)) : dX": "frob-hadamard",
    "f = tr(A*X) + tr(B*X)\ndf = A':dX + B':dX\n = (A + B)':dX": "collect",
    "f = x'*x\ndf = 2*x : dx\ngrad = 2*x": "def-gradient",
    "f = norm2(A*x)^2\ngrad = 2*A'*A*x": None,
}


@pytest.mark.parametrize("text", RULES)
def test_a_line_names_its_rule(text: str) -> None:
    *_, line = gp.check_derivation(text).lines
    assert line.verdict.grade == "proved"
    assert line.rule == RULES[text]


def test_each_page_of_ours_is_accepted() -> None:
    """In every format and notation what is printed is read back."""
    for expr, variable, kind in (
        ("0.5*norm2(X*W' - T)^2", "W", "gradient"), ("logdet(S)", "S", "hessian"), ("A*X*B", "X", "jacobian"),
        ("norm2(hcat(A,B)*vcat(x,z) - y)^2", "x", "gradient"),
    ):  # fmt: skip
        where = {"S": "S: n×n spd", "x": "A: m×n, B: m×k, x: n, z: k, y: m"}.get(variable)
        found = gp.derive(expr, variable, kind=kind, where=where)
        label = "f" if kind != "jacobian" else "Y"
        for notation, format in (
            ("frobenius", "text"), ("frobenius", "ascii"), ("index", "text"), ("frobenius", "latex"),
            ("frobenius", "markdown"), ("index", "latex"),
        ):  # fmt: skip
            page = found.show(notation, format=format, width=400)
            if format in ("text", "ascii"):
                page = f"{label} = {expr}\n{page}"
            kind_of = format if format in ("latex", "markdown") else "text"
            report = gp.check_derivation(page, format=kind_of)
            assert report.first_wrong is None, report.show()


def test_a_declaration_that_cannot_be_read_is_one_row() -> None:
    text = "given X: n×d, one-vector ones(n)\nf = sum(X.^2)/n\ndf = 2/n*X : dX\ngrad X = 2/n*X"
    report = gp.check_derivation(text)
    first, *rest = report.lines
    assert first.error is not None
    assert first.error.code == "GP110"
    assert first.error.message.startswith('"one-vector ones(n)" is not a declaration')
    assert all(line.error is None and line.verdict.grade == "proved" for line in rest), report.show()


def test_nothing_is_refuted_about_what_an_unread_declaration_names() -> None:
    report = gp.check_derivation("given S: n×n !, x: n\nf = x'*S*x\ngrad x = 2*S*x")
    assert report.first_wrong is None, report.show()
    assert report.lines[-1].verdict.grade == "unknown", report.show()


RIGHT = [  # one way of speaking each
    "f = sum((X*w - y).^2)/n\ngrad f = 2/n*X'*(X*w - y)\nX'*X*w = X'*y",  # set to zero, a factor 2/n apart
    "Z = X*W\nL = sum(Z.^3)\ndL = 3*Z.^2 : dZ\ngrad Z = 3*Z.^2\ngrad W = 3*X'*Z.^2",  # the gradient by Z
    "P = softmax(X*W)\nL = -sum(Y.*log(P))\ndL = -Y : d(log(P))",  # Y does not vary
]


@pytest.mark.parametrize("text", RIGHT)
def test_a_way_of_speaking(text: str) -> None:
    report = gp.check_derivation(text)
    assert report.grade in ("proved", "tested"), report.show()
