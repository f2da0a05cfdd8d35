"""Derivations in documents, as notes, homework, blogs and language models have them: every row of a right one
is decided, and one slip in it is found in its row and in no other.

`derivations/documents.md` holds them, apart by lines of =====.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import gradproof as gp

BOOK = Path(__file__).parent / "derivations" / "documents.md"
TEXTS = BOOK.read_text(encoding="utf-8").split("\n=====\n")


@pytest.mark.parametrize("text", TEXTS)
def test_every_row_of_a_right_document_is_decided(text: str) -> None:
    report = gp.check_derivation(text, format="markdown")
    assert report.grade in ("proved", "tested", "sampled"), report.show()
    assert any(not line.given for line in report.lines), report.show()


SLIPS = [  # a piece of a document, what is written instead, the line of the only wrong row
    (r"&= (\hat{y} - y) h^\top \\", r"&= h (\hat{y} - y)^\top \\", 15),
    (r"\odot (1 - h^2) \\", r"\odot (1 + h^2) \\", 18),
    (r"&= p_j - y_j", r"&= y_j - p_j", 12),
    (r"\frac{2}{n} X^T (Xw - y)$$", r"\frac{1}{n} X^T (Xw - y)$$", 8),
    (r"\nabla f(X) = A X B + A^\top X B^\top", r"\nabla f(X) = A X B + A X B^\top", 10),
    (r"\Sigma^{-1} \sum_{i=1}^n (x_i - \mu)$$", r"-\Sigma^{-1} \sum_{i=1}^n (x_i - \mu)$$", 7),
    (r"= \hat{y}(1-\hat{y})", r"= \hat{y}(1+\hat{y})", 15),
    (r"\left(\frac{\partial L}{\partial Y}\right)^\top X$$", r"\frac{\partial L}{\partial Y} X$$", 11),
    (r"&= -2 P H^\top", r"&= -P H^\top", 8),
    (r"1. $\nabla q(x) = Ax - b$", r"1. $\nabla q(x) = Ax + b$", 3),
    (r"W_{xh}^\top \frac{\partial L}{\partial z_t}$$", r"2 W_{xh}^\top \frac{\partial L}{\partial z_t}$$", 7),
    (r"\frac{\partial f}{\partial U} = -EV", r"\frac{\partial f}{\partial U} = EV", 3),
    (r"\delta_{ik} - \pi_k$$", r"\delta_{ik} + \pi_k$$", 5),
    (r"= \mathrm{diag}(p) - pp^\top", r"= \mathrm{diag}(p) + pp^\top", 3),
    (r"$$dA = dO\, V^T$$", r"$$dA = 2 dO\, V^T$$", 4),
    (r"p_i(1-p_i) & i = j", r"p_i(1+p_i) & i = j", 2),
    (r"Then $h'(s) = \frac12\left(1 - \frac1s\right)$", r"Then $h'(s) = \frac12\left(1 + \frac1s\right)$", 1),
    (r"$dL/dx = W^T g$", r"$dL/dx = 2 W^T g$", 5),
    (r"\frac{2}{n}(x_k - \bar{x})", r"\frac{1}{n}(x_k - \bar{x})", 3),
    (r"&= x^TA^TAx - 2b^TAx + b^Tb", r"&= x^TA^TAx - b^TAx + b^Tb", 5),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "number"), SLIPS)
def test_a_slip_is_found_in_its_row_alone(right: str, wrong: str, number: int) -> None:
    text = next(text for text in TEXTS if right in text)
    report = gp.check_derivation(text.replace(right, wrong, 1), format="markdown")
    assert [line.number for line in report.lines if line.verdict.grade == "refuted"] == [number], (
        report.show()
    )
