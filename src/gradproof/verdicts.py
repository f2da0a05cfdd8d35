"""Verdicts: what is known about a claim, in five grades, and never as a boolean.

A step that only says what a name means claims nothing: it holds by definition, a grade of its own,
stronger than the five. "proved" is said by the referee alone (`proof.referee`), who holds the seal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gradproof.errors import VerdictError

DEFINITION = "by definition"
GRADES = ("proved", "tested", "sampled", "unknown", "refuted")  # of what is claimed, best first
HOLDS = (DEFINITION, *GRADES[:3])
ORDER = (DEFINITION, *GRADES)  # of all steps, best first


class Seal:
    """What makes a verdict "proved". Only `proof.referee` has one; a test of the house says so."""


class Verdict:
    """What is known about a claim, and why.

    grade           "proved" (normal forms agree: for all sizes), "tested" (exactly, at random points
                    modulo primes), "sampled" (floating point), "refuted", "unknown"; of a step also
                    "by definition" (it says what a name means, or what is given)
    reason          one sentence for a person
    counterexample  for "refuted": name -> small integer array as nested lists, or None

    Raises ValueError for an unknown grade, and for "proved" without the seal of the referee.
    """

    __slots__ = ("counterexample", "grade", "reason")

    def __init__(
        self,
        grade: str,
        reason: str = "",
        counterexample: Mapping[str, object] | None = None,
        seal: Seal | None = None,
    ) -> None:
        if grade not in ORDER:
            raise ValueError(f"no such grade: {grade}")
        if grade == "proved" and seal is None:
            raise ValueError("only the referee says that something is proved")
        self.grade = grade
        self.reason = reason
        self.counterexample = counterexample

    def __bool__(self) -> bool:
        raise VerdictError(
            "a verdict is not true or false: ask for .grade, one of " + ", ".join(GRADES),
            code="GP601",
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Verdict) and (self.grade, self.reason) == (other.grade, other.reason)

    def __hash__(self) -> int:
        return hash((self.grade, self.reason))

    def __repr__(self) -> str:
        return f"Verdict({self.grade!r}, {self.reason!r})"


def weakest(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of a whole: that of its weakest part."""
    return max(verdicts, key=lambda v: ORDER.index(v.grade), default=Verdict("unknown", "no steps"))
