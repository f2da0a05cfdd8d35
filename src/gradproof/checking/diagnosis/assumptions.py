"""An answer that is right under an assumption which was not declared: "right if Q is orthogonal".

One row an assumption: which names can have it, and what stands for a name that has it. Both sides are
compared with that put in, in floating point and at many points: the answer stays wrong, and this only says
why somebody may have taken it for right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from math import isfinite
from time import process_time
from typing import NamedTuple

from gradproof.checking.diagnosis import slips
from gradproof.checking.diagnosis.findings import Finding
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import names, rebuild
from gradproof.operators.build import (
    T,
    add,
    apply,
    construct,
    div,
    eye,
    hdiv,
    mul,
    name,
    neg,
    num,
    ones,
)
from gradproof.operators.properties import STRUCTURED, props
from gradproof.operators.substitution import unfold
from gradproof.proof.evaluation.dispatch import rule
from gradproof.proof.evaluation.evaluator import Evaluator, Shared
from gradproof.proof.evaluation.failures import FAILURES
from gradproof.proof.evaluation.fields.floating_point import Reals
from gradproof.proof.evaluation.judge import sides
from gradproof.proof.evaluation.sampling import Point, positives
from gradproof.proof.evaluation.sizes import Sizes, symbols_in
from gradproof.proof.semantics.context import Context

SECONDS = 1.0
POINTS, TRIES = 12, 24
CLOSE = 1e-9
FAR = 40.0  # how large numbers are at the last points: they reach the other side of kinks

Sizing = dict[str, int]


def _any_size(e: Expr) -> Sequence[Sizing]:
    return ({},)


class Assumption(NamedTuple):
    """One row.

    said    the condition, {0} is the name
    fits    whether a name can have it
    made    what stands for the name then
    sizes   which it can have
    about   "others": not of the variable; "sign", "last": of any name, where no mistake has a better name;
            "given": as "last", and not of the variable
    """

    said: str
    fits: Callable[[Expr], bool]
    made: Callable[[Expr], Expr]
    about: str = "others"
    sizes: Callable[[Expr], Sequence[Sizing]] = _any_size


def _square(e: Expr) -> bool:
    return len(e.axes) == 2 and e.axes[0] is e.axes[1]


def _matrix(e: Expr) -> bool:
    return len(e.axes) == 2


def _free(e: Expr) -> bool:
    """A square matrix of which nothing is declared that an orthogonal one would not have."""
    return _square(e) and not STRUCTURED.intersection(props(e))


def _oblong(e: Expr) -> bool:
    return _matrix(e) and not _square(e)


def _vector(e: Expr) -> bool:
    return len(e.axes) == 1


def _with(prop: str) -> Callable[[Expr], Expr]:
    return lambda e: name(str(e.data[0]), e.axes, (*props(e), prop))


def _projection(e: Expr) -> Expr:
    """x*x'/(x'*x) and the identity less it are projections; so is their kind in every basis."""
    x = name(f"{e.data[0]}°", e.axes[:1])
    return add(eye(e.axes[0]), neg(div(mul(x, T(x)), mul(T(x), x))))


def _tall(e: Expr) -> Sequence[Sizing]:
    """More rows than columns."""
    high, low = (dim.symbol for dim in e.axes)
    return [{high: n + 1, low: n} for n in (1, 2, 3)] if high and low else ({},)


def _upright(e: Expr) -> Expr:
    return T(apply("polar", T(e)))


def _unit(e: Expr) -> Expr:
    return div(e, apply("norm2", e))


def _by_rows(e: Expr) -> Expr:
    return mul(apply("diag", hdiv(ones(e.axes[0]), apply("rowsum", e))), e)


def _by_columns(e: Expr) -> Expr:
    return T(_by_rows(T(e)))


ROWS = (
    Assumption("{0} is symmetric", _square, _with("symmetric"), "last"),
    Assumption("{0} is diagonal", _square, _with("diagonal")),
    Assumption("{0} is antisymmetric", _square, _with("antisymmetric")),
    Assumption("{0} is orthogonal", _free, _with("orthogonal")),
    Assumption("the columns of {0} are orthonormal", _oblong, lambda e: apply("polar", e), sizes=_tall),
    Assumption("the rows of {0} are orthonormal", _oblong, _upright, sizes=lambda e: _tall(T(e))),
    Assumption("{0} is an orthogonal projection", _free, _projection),
    Assumption("sum({0}) = 1", _vector, lambda e: div(e, apply("sum", e))),
    Assumption("each row of {0} sums to 1", _matrix, _by_rows),
    Assumption("each column of {0} sums to 1", _matrix, _by_columns),
    Assumption("the entries of {0} are 0 or 1", _matrix, lambda e: apply("step", e)),
    Assumption("the entries of {0} are positive", lambda e: bool(e.axes), _with("positive"), "sign"),
    Assumption("{0} is positive", lambda e: not e.axes, _with("positive"), "sign"),
    Assumption("norm2({0}) = 1", _vector, _unit, "last"),
    Assumption("tr({0}) = 1", _square, lambda e: div(e, apply("tr", e)), "last"),
    Assumption("{0} is orthogonal", _free, _with("orthogonal"), "last"),
    Assumption("{0} is diagonal", _square, _with("diagonal"), "last"),
    Assumption("{0} is the identity", _square, lambda e: eye(e.axes[0]), "given"),
    Assumption("{0} = 1", lambda e: not e.axes, lambda e: num(1), "last"),
)
_UNCERTAIN = tuple(
    (slip,) for slip in (slips.CHAIN, slips.EXTRA, slips.EXPONENT, slips.NO_FUNCTION, slips.FUNCTION)
)


def uncertain(found: Finding) -> bool:
    """Whether an assumption may explain an answer better than this: two slips, or a factor that is lost."""
    if found.several:
        return found.slips[0] != slips.TRANSPOSED
    return found.ratio is None and found.slips[:1] in _UNCERTAIN


def assumed(
    truth: Expr, claim: Expr, context: Context, variable: Expr | None, known: Finding | None
) -> Finding | None:
    """The first assumption under which the claim is right; `known` is what else is known of the mistake."""
    if (truth.axes, truth.row) != (claim.axes, claim.row):
        return None
    search = _Search(unfold(truth, context.unfold), unfold(claim, context.unfold), context, variable)
    kinds = ["others"] if known is not None else ["others", "sign", "last", "given"]
    if known is not None and known.slips == (slips.EXPONENT,):
        kinds.append("sign")
    for said in search.found(kinds):
        return Finding(f"right if {said}", f"yours is right if {said}, and that is not declared")
    return None


class _Search:
    """The rows, tried one after the other for a second."""

    def __init__(self, truth: Expr, claim: Expr, context: Context, variable: Expr | None) -> None:
        self.truth, self.claim, self.variable = truth, claim, variable
        self.context = context
        self.shared = Shared()
        self.end = process_time() + SECONDS
        there = [e for e in dict.fromkeys([*names(truth), *names(claim)]) if e.op == "name"]
        self.names = [e for e in there if e not in context.varying]

    def found(self, kinds: Sequence[str]) -> Iterator[str]:
        """The conditions under which both sides agree."""
        yield from self.symmetric()
        for row in ROWS:
            for e in self.names if row.about in kinds else ():
                if process_time() > self.end:
                    return
                meant = row.about not in ("others", "given") or e is not self.variable
                if meant and row.fits(e) and self.agree({e: row.made}, row.sizes(e)):
                    yield row.said.format(e)
        if "last" in kinds:
            yield from self.sizes()

    def symmetric(self) -> Iterator[str]:
        """Several matrices at once."""
        square = [e for e in self.names if _square(e) and e is not self.variable]
        if len(square) > 1 and self.agree(dict.fromkeys(square, _with("symmetric"))):
            yield f"{' and '.join(map(str, square))} are symmetric"

    def agree(self, made: dict[Expr, Callable[[Expr], Expr]], choices: Sequence[Sizing] = ({},)) -> bool:
        """Whether both sides agree with something else for names."""
        try:
            known = {e: make(e) for e, make in made.items()}
            if all(new is e for e, new in known.items()):
                return False
            a, b = (rebuild(e, known, construct) for e in (self.truth, self.claim))
        except FAILURES:
            return False
        return self.same(a, b, choices)

    def sizes(self) -> Iterator[str]:
        """Two sizes are equal, one is 1, all are 1."""
        every = [*names(self.truth), *names(self.claim)]
        symbols = sorted({s for e in every for dim in e.axes for s in dim.symbols})
        for one, other in combinations(symbols, 2):
            if self.same(self.truth, self.claim, [{one: n, other: n} for n in (2, 3, 5)]):
                yield f"{one} = {other}"
        for one in symbols:
            if self.same(self.truth, self.claim, [{one: 1}]):
                yield f"{one} = 1"
        if len(symbols) > 1 and self.same(self.truth, self.claim, [dict.fromkeys(symbols, 1)]):
            yield "all sizes are 1"

    def same(self, a: Expr, b: Expr, choices: Sequence[Sizing]) -> bool:
        """Whether two sides have the same entries, not all 0, at these sizes and others at random."""
        question, met, zero = sides(a, b), 0, True
        symbols, _ = symbols_in([*names(a), *names(b)])
        for seed in range(TRIES):
            if process_time() > self.end:
                return False
            sizes = Sizes(seed, symbols, fixed=choices[seed % len(choices)])
            point = Point(seed + 1, sizes, positives(seed, seed))
            ev = Evaluator(point, self.context.unfold, self.context.varying, rule, self.shared)
            try:
                answer = question(ev, Reals(scale=FAR if met >= POINTS / 2 else 1.0))
            except FAILURES:  # no real value there: another point
                continue
            pairs = list(zip(answer.left, answer.right, strict=True))
            if not all(isfinite(value) for pair in pairs for value in pair):
                continue
            if any(abs(x - y) > CLOSE * (1 + abs(x) + abs(y)) for x, y in pairs):
                return False
            met += 1
            zero = zero and not any(abs(x) > CLOSE for x, _ in pairs)
            if met == POINTS:
                break
        return met >= POINTS / 2 and not zero
