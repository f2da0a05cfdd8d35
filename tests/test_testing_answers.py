"""`assert_gradient` with a text goes through `check`."""

from __future__ import annotations

import pytest

import gradproof as gp
from gradproof.testing import assert_gradient


def test_the_mistake_that_check_names_is_in_the_message() -> None:
    with pytest.raises(AssertionError, match="factor 1/2"):
        assert_gradient("norm2(A*x - b)^2", wrt="x", claim="A'*(A*x - b)")


def test_check_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    check = gp.check

    def spy(text: str, wrt: str, answer: str, **meaning: object) -> gp.Check:
        asked.append(answer)
        return check(text, wrt, answer, **meaning)  # what it returns is what counts

    monkeypatch.setattr(gp, "check", spy)
    assert_gradient("norm2(A*x - b)^2", wrt="x", claim=r"2A^\top(Ax - b)")
    assert asked == [r"2A^\top(Ax - b)"]


def test_another_layout_is_not_the_gradient() -> None:
    with pytest.raises(AssertionError, match="layout"):
        assert_gradient("norm2(A*x - b)^2", wrt="x", claim="2*(A*x - b)'*A")
