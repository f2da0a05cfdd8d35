"""What can go wrong where expressions are evaluated at a point."""

from __future__ import annotations

from gradproof.errors import GradproofError
from gradproof.proof.evaluation.arithmetic import NeedsCircle, Undefined, Unsupported
from gradproof.proof.evaluation.sampling import NeedsWhole

FAILURES = (
    GradproofError, Undefined, Unsupported, NeedsCircle, NeedsWhole, ArithmeticError, LookupError, ValueError,
    RuntimeError,
)  # fmt: skip
