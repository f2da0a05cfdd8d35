"""Which line of our derivation does what an answer does not: the right line, or none."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from gradproof.calculus.differential import PRODUCT_RULE
from gradproof.checking.diagnosis import slips
from gradproof.checking.diagnosis.findings import Finding
from gradproof.derivation.solving.implicit import solved
from gradproof.derivation.story.model import Step
from gradproof.expressions.nodes import Expr
from gradproof.expressions.sentences import clauses_of
from gradproof.expressions.walk import postorder
from gradproof.operators.substitution import unfold
from gradproof.session.result import Derivation

MAKE_TWO = ("d-norm-squared", "d-power", "d-square", "collect")  # rules that bring a factor of 2
MAKE_MINUS = ("d-inv", "d-quotient", "d-cos", "d-div", "d-hdiv")
LEAVES = ("num", "size", "ones", "eye", "zeros", "name")
CROSSING = ("frob-left", "frob-right", "frob-both", "frob-transpose")
LOST = (slips.CHAIN, slips.NO_INVERSE, slips.NO_FUNCTION, slips.OTHER_FUNCTION, slips.EXPONENT)


def place(derivation: Derivation, finding: Finding, claim: Expr) -> Step | None:
    """The step where the right thing happens, where there is no doubt; `claim` is the answer."""
    slip = finding.slip
    if finding.phrase == slips.TRANSPOSED:
        return _only(derivation, "T", ("frob-",))
    if not slip:
        twice = finding.ratio in (2, 4, Fraction(1, 2), Fraction(1, 4))
        return _only(derivation, "2", MAKE_TWO) if twice else None
    if slip == slips.SIGN:
        made = [step for step in derivation.steps if step.rule in MAKE_MINUS]
        return made[0] if len(made) == 1 and finding.about is not None else None
    if slip == slips.TERM:
        return _of_term(derivation, finding, claim)
    return _of_parts(derivation, finding) if slip in LOST and len(finding.parts) >= 2 else None


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
    made = [step for step in derivation.steps if _by_product_rule(step)]
    return made[0] if len(made) == 1 and len(derivation.program.statements) < 2 else None


def _by_product_rule(step: Step) -> bool:
    return step.rule == "d-product" and PRODUCT_RULE in clauses_of(step.why)


def _of_parts(derivation: Derivation, finding: Finding) -> Step | None:
    """What the right part has and the wrong one has not: the step that made it."""
    one, other = finding.parts[:2]
    right, wrong = (one, other) if finding.spoilt else (other, one)
    there = set(postorder([wrong]))
    moved = [e for e in postorder([right]) if e.op in ("name", "T") and e not in there]
    rules = ("d-", *CROSSING) if moved and finding.phrase == slips.CHAIN else ("d-",)
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
