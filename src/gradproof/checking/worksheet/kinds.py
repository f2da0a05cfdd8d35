"""Kinds of names that only their letters suggest: another guess, where no line is ill-shaped under it, is
better. In `h = sigmoid(X θ)` θ is a vector, whatever its letter says."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

from gradproof.elaboration.worksheet.reading import Reading
from gradproof.errors import GradproofError
from gradproof.language.worksheet.row import Row

MOST = 5  # names whose kinds are doubted


def read(found: list[Row], where: str | None, once: Callable[[str | None], Reading]) -> Reading:
    """The reading of some rows by `once`, which takes declarations; scalars may turn out as vectors."""
    reading = once(where)
    if not _faults(reading):
        return reading
    declared = " ".join([where or "", *(row.text for row in found if row.kind in ("where", "spoken"))])
    scalars = [text for text, e in reading.names.items() if not e.axes and text.isidentifier() and text not in
               declared.replace(",", " ").replace(":", " ").split()][:MOST]  # fmt: skip
    best = reading
    for names in (*combinations(scalars, 1), *combinations(scalars, 2)):
        said = ", ".join(filter(None, (where, *(f"{name} vector" for name in names))))
        try:
            other = once(said)
        except GradproofError:
            continue
        if _faults(other) < _faults(best):
            best = other
        if not _faults(best):
            break
    return best


def _faults(reading: Reading) -> int:
    """How many rows do not fit in shape."""
    found = 0
    for said in reading.said:
        variable = reading.names.get(said.by)
        bad = said.problem is not None and said.problem.code.startswith("GP2")
        if (
            said.sort == "gradient"
            and said.right is not None
            and variable is not None
            and said.paired is None
        ):
            bad = bad or (bool(said.right.axes) and said.right.axes != variable.axes)
        # the gradient of an array: what is differentiated is no number in this reading
        found += bad or (said.sort == "jacobian" and said.row.head.startswith("∇"))
    return found
