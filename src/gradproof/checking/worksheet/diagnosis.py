"""What went wrong in a line, named as `check` names it: the kind of slip, a sentence, small numbers."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import NamedTuple

from gradproof.checking.diagnosis import slips
from gradproof.checking.diagnosis.findings import Finding, of_slip
from gradproof.checking.diagnosis.search import diagnose, lacking
from gradproof.checking.repair.differentials import carry_differentials
from gradproof.checking.repair.search import Fix, sentence
from gradproof.checking.worksheet.chain import Chain, Judged
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.proof.evaluation.counterexample import Witness, witness
from gradproof.proof.referee import FAILURES
from gradproof.proof.semantics.context import Context

SECONDS = 0.25  # for the search in one line


class Slip(NamedTuple):
    """kind: a short stable phrase, or None; said: a sentence, or ""; witness: numbers, or None; times: how
    long the search for the slip and that for the numbers took, in seconds."""

    kind: str | None
    said: str
    witness: Witness | None
    times: tuple[float, float] = (0.0, 0.0)


def slip(judged: Judged, chain: Chain, spell: Callable[[Expr], str] = str) -> Slip:
    """The slip in a line that is wrong; `spell` writes an expression as the line is written."""
    fix: Fix | None = judged.fix
    own = sentence(fix.slip, judged.before) if fix is not None else ""
    begun = perf_counter()
    finding = None if fix is not None and fix.kind else _finding(judged, chain)
    middle = perf_counter()
    numbers = _numbers(judged, chain)
    times = middle - begun, perf_counter() - middle
    if finding is None:
        return Slip(fix.kind or None if fix is not None else None, own, numbers, times)
    return Slip(finding.phrase, _said(finding, spell), numbers, times)


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
    if sides is not None:
        *_, truth = carry_differentials(sides[0], chain.stands, sides[2].varying)
        found = diagnose(truth, sides[1], sides[2], judged.variable, SECONDS)
        if found is not None:
            return found
    said = judged.said
    if said.right is None or said.sort not in ("hessian", "jacobian"):
        return None
    varying = chain.variation(said, judged.varying)
    for before, after in chain.sides_of(said, said.right if said.paired is None else said.paired):
        term = missing(before, after, chain, varying)
        if term is not None:
            return of_slip(slips.TERM, "in {0} the term {1} is missing", (before, term))
    return None


def missing(before: Expr, after: Expr, chain: Chain, varying: frozenset[Expr]) -> Expr | None:
    """The one term that `after` lacks, where that is what is wrong with it."""
    unfold = {name: value for name, value in chain.stands.items() if name not in varying}
    for truth in dict.fromkeys(carry_differentials(before, chain.stands, varying)):
        found = lacking(truth, after, Context(varying, unfold))
        if found is not None:
            return found
    return None


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


def _said(finding: Finding, spell: Callable[[Expr], str]) -> str:
    """The sentence of a finding, about lines."""
    why = finding.why.format(*map(spell, finding.parts))
    return why.replace("yours", "this line").replace("the gradient", "the right one") + "."
