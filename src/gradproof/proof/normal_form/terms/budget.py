"""Where the normal form gives up: budgets, and the one signal for "I cannot decide this".

Budgets count work, not seconds, so the same claim always gets the same answer.
"""

from __future__ import annotations

from typing import NamedTuple

from gradproof.expressions.dims import Dim


class Budget(NamedTuple):
    """Bounds on one claim: labelling branches for one network, terms of one sum, terms made in all,
    factors of one term, rounds and tries of clearing."""

    branches: int = 5000
    terms: int = 2000
    work: int = 60000
    factors: int = 512
    rounds: int = 8
    tries: int = 24


class Undecided(Exception):
    """The normal form cannot decide: a limit was reached or something is outside its language."""


class SplitNeeded(Undecided):
    """An axis of a composite size meets a pair of axes: it has to be read as that pair everywhere."""

    def __init__(self, size: Dim, parts: tuple[Dim, ...]) -> None:
        super().__init__(f"an axis of size {size} has to be split")
        self.size = size
        self.parts = parts


def agree(left: tuple[Dim, ...], right: tuple[Dim, ...]) -> None:
    """Nothing, if two axes consist of the same indices; SplitNeeded if one of them is coarser."""
    if left == right:
        return
    for one, other in zip(left, right, strict=False):
        if one is other:
            continue
        start = left.index(one)
        for whole, parts in ((one, right[start:]), (other, left[start:])):
            for end in range(2, len(parts) + 1):
                if _product(parts[:end]) is whole:
                    raise SplitNeeded(whole, parts[:end])
        break
    raise Undecided("axes are joined in different ways")


def _product(sizes: tuple[Dim, ...]) -> Dim:
    total = sizes[0]
    for size in sizes[1:]:
        total = total * size
    return total
