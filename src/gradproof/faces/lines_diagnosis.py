"""What went wrong in a line, named as `check` names it: the kind of slip, a sentence, small numbers."""

from __future__ import annotations

from time import perf_counter
from typing import NamedTuple

from gradproof.derivation.mending import Fix, sentence
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.proof.chain import Chain, Judged
from gradproof.proof.context import Context
from gradproof.proof.counterexample import Witness, witness
from gradproof.proof.diagnosis import diagnose
from gradproof.proof.findings import Finding
from gradproof.proof.referee import FAILURES

SECONDS = 0.6  # for the search in one line


class Slip(NamedTuple):
    """kind: a short stable phrase, or None; said: a sentence, or ""; witness: numbers, or None; times: how
    long the search for the slip and that for the numbers took, in seconds."""

    kind: str | None
    said: str
    witness: Witness | None
    times: tuple[float, float] = (0.0, 0.0)


def slip(judged: Judged, chain: Chain) -> Slip:
    """The slip in a line that is wrong."""
    fix: Fix | None = judged.fix
    own = sentence(fix.slip, judged.before) if fix is not None else ""
    begun = perf_counter()
    finding = None if fix is not None and fix.kind else _finding(judged, chain)
    middle = perf_counter()
    numbers = _numbers(judged, chain)
    times = middle - begun, perf_counter() - middle
    if finding is None:
        return Slip(fix.kind or None if fix is not None else None, own, numbers, times)
    return Slip(finding.phrase, _said(finding), numbers, times)


def _context(judged: Judged, chain: Chain, varying: frozenset[Expr]) -> Context:
    unfold = {name: value for name, value in chain.stands.items() if name not in varying}
    return Context(varying, unfold)


def _sides(judged: Judged, chain: Chain) -> tuple[Expr, Expr, Context] | None:
    """What the line should be, and what it says: gradients as they are, differentials as they are."""
    said = judged.said.right
    if said is None:
        return None
    if judged.variable is not None or judged.said.sort in ("hessian", "jacobian"):
        right = judged.fix.value if judged.fix is not None else None
        return None if right is None else (right, said, _context(judged, chain, frozenset()))
    right = judged.fix.value if judged.fix is not None else judged.before
    return None if right is None else (right, said, _context(judged, chain, judged.varying))


def _finding(judged: Judged, chain: Chain) -> Finding | None:
    sides = _sides(judged, chain)
    if sides is None:
        return None
    return diagnose(sides[0], sides[1], sides[2], judged.variable, SECONDS)


def _numbers(judged: Judged, chain: Chain) -> Witness | None:
    """The smallest numbers for which the line before and this one differ."""
    sides = _sides(judged, chain)
    if sides is None or (sides[0].axes, sides[0].row) != (sides[1].axes, sides[1].row):
        return None
    if any(e.op in ("call", "gradient") for e in postorder(sides[:2], unfold=chain.stands)):
        return None
    try:
        return witness(*sides)
    except FAILURES:
        return None


def _said(finding: Finding) -> str:
    """The sentence of a finding, about lines."""
    why = finding.why.format(*finding.parts)
    return why.replace("yours", "this line").replace("the gradient", "the right one") + "."
