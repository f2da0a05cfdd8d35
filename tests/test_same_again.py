"""The same question has the same page, whatever was derived before, and in every process."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import gradproof as gp

QUESTIONS = [
    ("tr(X'*A*X*B)", "X", "hessian"),
    ("tr(B*X'*A)", "X", "gradient"),
    ("tr(A*X*B*X')", "X", "gradient"),
    ("tr(C*inv(X)*B)", "X", "gradient"),
    ("norm2(A*x - b)^2", "x", "gradient"),
    ("A*diag(x)*B", "x", "jacobian"),
    ("sum(softmax(X*W).*Y)", "W", "gradient"),
    ('einsum("ijk,i,j,k->", T, x, y, z)', "y", "gradient"),
    ("L(X*W')", "W", "gradient"),
    ("x'*A*y*sin(c) + b'*x", "x", "jacobian"),
    ("logdet(A*X*B + C)", "X", "gradient"),
    ("y'*tanh(A*x)", "A", "hessian"),
    ("Z = X*A; P = softmax(Z); tr(P'*B) + norm2(Z)^2", "X", "gradient"),
    ("tr(B'*chol(A*A' + eye(n)))", "A", "gradient"),
]
PROGRAM = """
import json, sys
import gradproof as gp
def page(text, variable, kind):
    d = gp.derive(text, variable, kind=kind, prove=False)
    return d.show("frobenius") + d.show("index")
print(json.dumps([page(*question) for question in json.load(sys.stdin)]))
"""


def pages(questions: list[tuple[str, str, str]], seed: int) -> list[str]:
    """The pages of some questions, one after the other in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps(questions), capture_output=True, text=True,
        env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONIOENCODING": "utf-8"}, check=True,
        encoding="utf-8",
    )  # fmt: skip
    found: list[str] = json.loads(done.stdout)
    return found


def test_what_came_before_does_not_show() -> None:
    forwards, backwards = pages(QUESTIONS, 1), pages(QUESTIONS[::-1], 2)[::-1]
    for question, one, other in zip(QUESTIONS, forwards, backwards, strict=True):
        assert one == other, question


def test_here_as_there() -> None:
    found = [gp.derive(text, variable, kind=kind, prove=False) for text, variable, kind in QUESTIONS]
    for d, there in zip(found, pages(QUESTIONS, 3), strict=True):  # a page may be asked for later
        assert d.show("frobenius") + d.show("index") == there
