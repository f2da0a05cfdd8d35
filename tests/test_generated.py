"""Random programs over the whole table of operators: derived, proved, shown, read back, run, and compared.

2,000 in CI, 200 elsewhere; `make fuzz` tries 100,000 and prints each failing one cut down to a line.
"""

from __future__ import annotations

import os
import random
from typing import Any

import pytest

import gradproof as gp
from generator import LEFT_OUT, OUTPUTS, Case, Fault, Tree, exam, leaf, program, smallest
from gradproof.operators import build
from gradproof.operators.table import OPERATORS

COUNT = 2_000 if os.environ.get("CI") else 200
BATCH = 50


@pytest.mark.parametrize("start", range(0, COUNT, BATCH))
def test_random_programs(start: int) -> None:
    """None is refuted, wrong in numbers, printed so that it reads otherwise, or a crash."""
    grades = []
    for seed in range(start, start + BATCH):
        case = program(random.Random(seed))
        try:
            grades.append(exam(case, seed))
        except Fault as fault:
            small, found = smallest(case, fault, seed)
            pytest.fail(f"seed {seed}: {small}\n{found}")
    assert grades.count("proved") >= 0.9 * BATCH
    assert grades.count("refused") <= 2


def test_every_word_is_made_or_left_out() -> None:
    made = {op for op, _ in OUTPUTS} | LEFT_OUT
    assert sorted(op for op, row in OPERATORS.items() if op not in made and not row.stands) == []


def test_a_wrong_derivative_is_found_and_cut_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """The examiner is examined: what is proved is the gradient of twice the objective, in a large case."""
    whole = gp.derive

    def doubled(text: str, *args: Any, **named: Any) -> gp.Derivation:
        return whole(text if named.get("prove") is False else f"2*({text})", *args, **named)

    monkeypatch.setattr(gp, "derive", doubled)
    x, u = leaf("x", "n"), leaf("u", "n")
    inner = Tree(build.add, (Tree(build.had, (x, u), "n"), u), "n")
    case = Case((), Tree(lambda p: build.apply("sum", p), (inner,), ""), "x", "gradient", "")
    with pytest.raises(Fault) as raised:
        exam(case, 0)
    small, _ = smallest(case, raised.value, 0)
    assert small.text == "sum(x)"
