"""Which line of our derivation does what an answer does not: the right line, or none."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from gradproof.checking.diagnosis import slips
from gradproof.checking.diagnosis.findings import Finding
from gradproof.derivation.solving.implicit import solved
from gradproof.derivation.story.model import Step
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder, uses
from gradproof.operators.substitution import unfold
from gradproof.session.result import Derivation

MAKE_TWO = ("d-norm-squared", "d-power", "d-square", "collect")  # rules that bring a factor of 2
TWOS = (Fraction(2), Fraction(4), Fraction(1, 2), Fraction(1, 4))
MAKE_MINUS = ("d-inv", "d-quotient", "d-cos")
LEAVES = ("num", "size", "ones", "eye", "zeros", "name")
CROSSING = ("frob-left", "frob-right", "frob-both", "frob-transpose")
LOST = (slips.CHAIN, slips.NO_INVERSE, slips.NO_FUNCTION, slips.OTHER_FUNCTION, slips.EXPONENT)


def place(derivation: Derivation, finding: Finding, claim: Expr) -> Step | None:
    """The step where the right thing happens, where there is no doubt; `claim` is the answer."""
    slip = finding.slips[0] if finding.slips else ""
    if slip == slips.TRANSPOSED and not finding.several:
        return _only(derivation, "T", ("frob-",))
    if not slip and finding.ratio in TWOS:
        return _only(derivation, "2", MAKE_TWO)
    if slip == slips.SIGN:
        made = [step for step in derivation.steps if step.rule in MAKE_MINUS]
        return made[0] if len(made) == 1 and finding.about is not None else None
    if slip == slips.TERM:
        return _of_term(derivation, finding, claim)
    return _of_parts(derivation, finding, *finding.instead) if slip in LOST and finding.instead else None


def _only(derivation: Derivation, mark: str, rules: tuple[str, ...]) -> Step | None:
    step = derivation.result.origin(mark)
    return step if step is not None and step.rule.startswith(rules) else None


def _of_term(derivation: Derivation, finding: Finding, claim: Expr) -> Step | None:
    """A term that is missing was made by a rule for a word, else by the only use of the product rule."""
    there = set(postorder([unfold(claim, solved(derivation.vocabulary()))]))
    for e in _inner(finding.parts[0]):
        step = _first(derivation, e) if e not in there else None
        if step is not None and step.rule.startswith("d-") and step.rule not in ("d-product", "d-sum"):
            return step
    made = [
        step
        for step in derivation.steps
        if step.rule == "d-product" and _differentials(step.after) > _differentials(step.before)
    ]
    return made[0] if len(made) == 1 and len(derivation.program.statements) < 2 else None


def _differentials(e: Expr) -> int:
    """How many differentials are written in an expression."""
    return sum(uses([e], (part for part in postorder([e]) if part.op == "d")).values())


def _of_parts(derivation: Derivation, finding: Finding, right: Expr, wrong: Expr) -> Step | None:
    """What the right part has and the wrong one has not: the step that made it."""
    there = set(postorder([wrong]))
    moved = [e for e in postorder([right]) if e.op in ("name", "T") and e not in there]
    rules = (
        ("d-", *CROSSING) if moved and finding.slips == (slips.CHAIN,) and finding.ratio is None else ("d-",)
    )
    for e in _inner(right):
        step = _first(derivation, e) if e not in there else None
        if step is not None:
            return step if step.rule.startswith(rules) else None
    return None


def _inner(e: Expr) -> Iterator[Expr]:
    """The parts of an expression that a step can have made, inner ones first."""
    return (part for part in postorder([e]) if part.op not in LEAVES and part.axes is not None)


def _first(derivation: Derivation, e: Expr) -> Step | None:
    """The step in which an expression appears for the first time, unless that only undoes an abbreviation."""
    known = {**solved(derivation.vocabulary())}
    goal = unfold(e, known)
    for step in derivation.steps:
        if step.rule in ("insert", "let"):
            continue
        before, after = (set(postorder([unfold(side, known)])) for side in (step.before, step.after))
        if goal in after and goal not in before:
            return step
    return None
