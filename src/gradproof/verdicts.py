"""Verdicts: what is known about a claim, in five grades, and never as a boolean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gradproof.errors import VerdictError

GRADES = ("proved", "tested", "sampled", "unknown", "refuted")  # best first


class Verdict:
    """What is known about a claim, and why.

    grade           "proved" (normal forms agree: for all sizes), "tested" (exactly, at random points
                    modulo primes), "sampled" (floating point), "refuted", "unknown"
    reason          one sentence for a person
    counterexample  for "refuted": name -> small integer array as nested lists, or None
    """

    __slots__ = ("counterexample", "grade", "reason")

    def __init__(
        self, grade: str, reason: str = "", counterexample: Mapping[str, object] | None = None
    ) -> None:
        if grade not in GRADES:
            raise ValueError(f"no such grade: {grade}")
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
    return max(verdicts, key=lambda v: GRADES.index(v.grade), default=Verdict("unknown", "no steps"))
