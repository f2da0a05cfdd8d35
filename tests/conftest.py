"""What holds for all tests."""

from __future__ import annotations

import pytest

from gradproof.checking.diagnosis import assumptions
from gradproof.checking.repair import search as mending
from gradproof.checking.worksheet import diagnosis as lines_diagnosis


@pytest.fixture(autouse=True)
def time_for_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search for the name of a mistake stops after a time; on a slow machine a test would see that."""
    for module in (mending, lines_diagnosis, assumptions):
        monkeypatch.setattr(module, "SECONDS", 6.0)
