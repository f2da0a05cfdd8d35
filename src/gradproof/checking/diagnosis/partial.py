"""What an answer has of the truth: its diagonal, the number that every entry is, a multiple by sizes."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from gradproof.checking.diagnosis import slips
from gradproof.checking.diagnosis.findings import Finding, of_slip
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import names, postorder
from gradproof.operators.build import T, add, apply, eye, had, mul, neg, num, ones
from gradproof.operators.properties import symmetric
from gradproof.proof.evaluation.dispatch import rule
from gradproof.proof.evaluation.evaluator import Evaluator, Shared
from gradproof.proof.evaluation.failures import FAILURES
from gradproof.proof.evaluation.fields.floating_point import Reals
from gradproof.proof.evaluation.judge import sides
from gradproof.proof.evaluation.sampling import Point
from gradproof.proof.evaluation.sizes import Sizes
from gradproof.proof.referee import Referee
from gradproof.proof.semantics.context import Context
from gradproof.verdicts import HOLDS

DIAGONAL, NUMBER, FREE = "only the diagonal", "ones missing", "symmetric variable"
COUNTS = ((2, 3, 5, 4), (5, 3, 2, 4), (2, 5, 3, 4), (4, 2, 3, 5), (3, 4, 5, 2))


def partly(truth: Expr, claim: Expr, context: Context, kind: str, variable: Expr | None) -> Finding | None:
    """The part of the truth that a claim is, where it has a name."""
    if claim.op == "zeros" or (claim.op == "num" and not claim.data[0]):
        return Finding("zero", f"yours is 0, and the {kind} is not")
    if truth.axes and not claim.axes:
        every = ones(*truth.axes) if claim is num(1) else mul(claim, ones(*truth.axes))
        said = f"yours is a number, and every entry of the {kind} is that number: {{0}}"
        return Finding(NUMBER, said, (every,)) if _same(truth, every, context) else None
    if len(truth.axes) != 2 or truth.axes[0] is not truth.axes[1]:
        return None
    alone = had(truth, eye(truth.axes[0]))
    if variable is not None and kind == "gradient" and symmetric(variable):
        entries = add(truth, truth, neg(alone))
        if _same(entries, claim, context):
            said = f"yours is the gradient by the free entries of {variable}: structure entries, not free"
            return Finding(FREE, said)
    if _same(truth, alone, context):
        return None
    shown, what = alone, "yours is 0 beside it"
    if claim.axes == truth.axes[:1] and not claim.row:
        shown, what = apply("diagonal", truth), "yours is a vector"
    if _same(shown, claim, context):
        return Finding(DIAGONAL, f"yours has the diagonal of the {kind}, which is not all: {what}")
    return None


def _same(a: Expr, b: Expr, context: Context) -> bool:
    return (a.axes, a.row) == (b.axes, b.row) and Referee(context).judge(a, b).grade in HOLDS


def turned(truth: Expr, claim: Expr, context: Context) -> Finding | None:
    """The transpose of the truth, where no edit could show it."""
    if len(claim.axes) == 2 and _same(truth, T(claim), context):
        return of_slip(slips.TRANSPOSED, "{0} should be {1}", (claim, T(claim)))
    return None


# ---- a multiple that sizes make


def multiple(truth: Expr, claim: Expr, context: Context, kind: str) -> Finding | None:
    """The claim is the truth times a number and a size or its inverse: "factor n/2"."""
    every = [truth, claim]
    sized = {str(e.data[0]) for e in postorder(every) if e.op == "size"}
    dims = {s for root in every for e in names(root) for dim in e.axes for s in dim.symbols}
    if (truth.axes, truth.row) != (claim.axes, claim.row) or not sized:
        return None
    met = list(_ratios(truth, claim, context, sorted(dims | sized)))
    if len(met) < 3:
        return None
    for size in sorted(sized):
        for power in (1, -1, 2, -2):
            rest = [ratio / sizes[size] ** power for ratio, sizes in met]
            share = Fraction(rest[0]).limit_denominator(60)
            if all(abs(r - rest[0]) < 1e-9 * abs(rest[0]) for r in rest) and abs(share - rest[0]) < 1e-9:
                return _said(share, size, power, kind)
    return None


def _said(share: Fraction, size: str, power: int, kind: str) -> Finding:
    letter = size if abs(power) == 1 else f"{size}^2"
    above = [str(abs(share.numerator))] * (abs(share.numerator) != 1) + [letter] * (power > 0)
    below = [str(share.denominator)] * (share.denominator != 1) + [letter] * (power < 0)
    factor = ("-" if share < 0 else "") + ("*".join(above) or "1")
    if below:
        factor += f"/({'*'.join(below)})" if len(below) > 1 else f"/{below[0]}"
    return Finding(f"factor {factor}", f"yours is {factor} times the {kind}")


def _ratios(
    truth: Expr, claim: Expr, context: Context, symbols: list[str]
) -> Iterator[tuple[float, dict[str, int]]]:
    """Claim over truth at points of several sizes; nothing more where they are not parallel."""
    shared = Shared()
    for seed, row in enumerate(COUNTS):
        sizes = {s: row[k % len(row)] for k, s in enumerate(symbols)}
        ev = Evaluator(
            Point(seed + 1, Sizes(seed, fixed=sizes)), context.unfold, context.varying, rule, shared
        )
        try:
            answer = sides(truth, claim)(ev, Reals())
        except FAILURES:
            continue
        pairs = [(float(x), float(y)) for x, y in zip(answer.left, answer.right, strict=True)]
        largest, at = max(pairs, key=lambda pair: abs(pair[0]))
        if abs(largest) < 1e-6 or any(abs(y - x * at / largest) > 1e-9 * (1 + abs(y)) for x, y in pairs):
            return
        yield at / largest, sizes
