"""What holds for all tests."""

from __future__ import annotations

import pytest

from gradproof.derivation import mending
from gradproof.faces import lines_diagnosis
from gradproof.proof import assumptions


@pytest.fixture(autouse=True)
def time_for_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search for the name of a mistake stops after a time; on a slow machine a test would see that."""
    for module in (mending, lines_diagnosis, assumptions):
        monkeypatch.setattr(module, "SECONDS", 6.0)
