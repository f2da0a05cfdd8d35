"""What is wrong with an answer: a search for one slip, from the answer and from the truth.

Every candidate is evaluated at the same random points modulo a prime, and compared by these values; what
agrees there is tested again at other points before it is believed. The likeliest mistakes come first:
a constant, a term, one edit of the answer or of the truth, an assumption, two edits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from time import process_time

from gradproof.checking.diagnosis import slips
from gradproof.checking.diagnosis.findings import (
    Finding,
    can_be_symmetric,
    constant,
    counted,
    if_symmetric,
    of_edit,
    of_slip,
    of_symmetric,
    scaled,
    spelled_out,
    symmetric,
    term_finding,
    times_said,
)
from gradproof.checking.diagnosis.ratios import constant_ratio, weights
from gradproof.checking.diagnosis.summands import expanded, summands
from gradproof.expressions.dims import symbol
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder, rebuild
from gradproof.operators.build import add, construct, div, mul, num, size
from gradproof.operators.substitution import unfold
from gradproof.proof.evaluation.arithmetic import Arithmetic
from gradproof.proof.evaluation.evaluator import Evaluator
from gradproof.proof.evaluation.failures import FAILURES
from gradproof.proof.evaluation.fields.prime_field import Field
from gradproof.proof.evaluation.judge import AGREE, SECOND, Answer, Session
from gradproof.proof.semantics.context import Context

Values = tuple[tuple[int, ...], ...]


def diagnose(
    truth: Expr, claim: Expr, context: Context, variable: Expr | None = None, seconds: float = 1.0
) -> Finding | None:
    """The likeliest single mistake that makes `claim` of `truth`; None where none was found in time."""
    try:
        return _Search(truth, claim, context, variable, seconds).run()
    except FAILURES:
        return None


def lacking(truth: Expr, claim: Expr, context: Context, seconds: float = 0.2) -> Expr | None:
    """The term of the truth that is missing in `claim`, where that is all that is wrong with it."""
    try:
        search = _Search(truth, claim, context, None, seconds)
        found = search.terms() if search.points and None not in (search.right, search.wrong) else None
    except FAILURES:
        return None
    return found.about if found is not None and found.slips == (slips.TERM,) else None


class _Search:
    """One search: its points, and what was seen on the way."""

    def __init__(
        self, truth: Expr, claim: Expr, context: Context, variable: Expr | None, seconds: float
    ) -> None:
        self.truth, self.claim = truth, claim
        self.context, self.variable = context, variable
        self.end = process_time() + seconds
        self.session = Session(context, work=seconds / 2 * SECOND)
        self.points: list[tuple[Evaluator, Arithmetic]] = []
        self.session.require((truth, claim))  # all sizes announced, so that tall and wide ones are tried
        self.session.ask(self._remember, 2)
        self.prints: dict[Expr, Values | None] = {}
        self.full = unfold(truth, context.unfold)
        self.said = unfold(claim, context.unfold)
        self.repairs: dict[Values, slips.Edit] = {}
        self.spoils: dict[Values, slips.Edit] = {}
        self.right, self.wrong = self.seen(self.truth), self.seen(claim)

    def _remember(self, ev: Evaluator, field: Arithmetic) -> Answer:
        """A question that always agrees: to keep the points at which both sides have values."""
        ev.value(self.truth, field), ev.value(self.claim, field)
        self.points.append((ev, field))
        return Answer([0], [0], True)

    def seen(self, e: Expr) -> Values | None:
        """The values of an expression at the points; None where it has none."""
        if e not in self.prints:
            try:
                self.prints[e] = tuple(tuple(ev.value(e, field)) for ev, field in self.points)
            except FAILURES:
                self.prints[e] = None
        return self.prints[e]

    def late(self) -> bool:
        """Whether the time is over."""
        return process_time() > self.end

    def sure(self, a: Expr, b: Expr) -> bool:
        """Whether two expressions agree also at other points."""
        if (a.axes, a.row) != (b.axes, b.row):
            return False
        found = self.session.test(a, b, 4)
        if found.kind == AGREE and found.coarse:  # a few signs may agree by luck
            found = self.session.test(a, b, 24)
        return found.kind == AGREE

    def run(self) -> Finding | None:
        """The first finding, in order of likelihood."""
        if not self.points or self.right is None or self.wrong is None:
            return None
        looks = (
            self.simple_ratio, self.scalar, self.bracket, self.terms, self.likely_edit, self.one_symmetric,
            self.one_edit,
            self.ratio, self.two_edits, self.all_symmetric, self.zero,
        )  # fmt: skip
        for look in looks:
            found = look()
            if found is not None or self.late():
                return found
        return None

    # ---- global relations

    def same_shape(self) -> bool:
        return (self.truth.axes, self.truth.row) == (self.claim.axes, self.claim.row)

    def residues(self, e: Expr) -> tuple[list[int], int] | None:
        """All values at all points as one list, with the prime."""
        seen, field = self.seen(e), self.points[0][1]
        if seen is None or not isinstance(field, Field) or any(f is not field for _, f in self.points):
            return None
        return [int(value) for part in seen for value in part], field.prime

    def ratio(self) -> Finding | None:
        """The answer is a constant times the truth."""
        if not self.same_shape():
            return None
        found = self._constant(self.claim, self.truth)
        return None if found is None else constant(found, times_said(found))

    def simple_ratio(self) -> Finding | None:
        """The same for 2, 1/2, -1, ..: other constants come from terms more often."""
        if not self.same_shape():
            return None
        found = self._constant(self.claim, self.truth)
        usual = found is not None and {abs(found.numerator), found.denominator} <= {1, 2, 4}
        usual = usual or "add" not in (self.claim.op, self.truth.op)
        return constant(found, times_said(found)) if found is not None and usual else None

    def scalar(self) -> Finding | None:
        """The answer is the truth times or by a scalar that occurs in either."""
        if not self.same_shape():
            return None
        for s in self._scalars():
            for times, made in ((True, mul(s, self.truth)), (False, div(self.truth, s))):
                if self.late():
                    return None
                if self.seen(made) == self.wrong and self.sure(made, self.claim):
                    said = (
                        "yours is the gradient times {0}" if times else "yours is the gradient divided by {0}"
                    )
                    simple = s.op in ("size", "name")
                    phrase = f"factor {s}" if times else f"factor 1/{s}"
                    lost = slips.CHAIN if s in postorder([self.truth]) else slips.EXTRA
                    return Finding(phrase, said, (s,), s) if simple else of_slip(lost, said, (s,), s)
        return None

    def _scalars(self) -> list[Expr]:
        dims = {
            s for e in (self.truth, self.claim, *self.context.unfold) for dim in e.axes for s in dim.symbols
        }
        there = [e for e in postorder([self.full, self.said, self.truth]) if not e.axes and not _changes(e)]
        dims |= {str(e.data[0]) for e in there if e.op == "size"}
        dims |= {s for e in postorder([self.full, self.said]) for dim in e.axes for s in dim.symbols}
        sizes = [size(symbol(s)) for s in sorted(dims)]
        known = {"num", "size"}
        return [*sizes, *(e for e in reversed(there) if e.op not in known)][:40]

    # ---- terms

    def terms(self) -> Finding | None:
        """Summands of the truth that are missing, turned or scaled; summands too many."""
        if not self.same_shape():
            return None
        truths, claims = summands(self.full), summands(self.said)
        found = self._weighted(summands(self.truth), self.claim, slips.TERM)
        found = found or self._weighted(truths, self.claim, slips.TERM)
        return found or self._weighted(claims, self.truth, slips.TERM_EXTRA)

    def _weighted(self, parts: Sequence[Expr], whole: Expr, phrase: str) -> Finding | None:
        groups = self._distinct(parts)
        parts = [part if many == 1 else mul(num(many), part) for part, many in groups]
        found = self._weights(parts, whole) if 2 <= len(parts) <= 16 else None
        if found is None:
            return None
        off = [
            (one, Fraction(0)) if many > 1 and phrase == slips.TERM and weight * many in range(many)
            else (part, weight)
            for (one, many), part, weight in zip(groups, parts, found, strict=True)
            if weight != 1
        ]  # fmt: skip
        if len({weight for _, weight in off}) != 1 or len(off) == len(parts):
            return None
        mended = add(*(scaled(w, p) for w, p in zip(found, parts, strict=True) if w))
        part, weight = off[0]
        return term_finding(part, weight, phrase, len(off)) if self.sure(mended, whole) else None

    def _weights(self, parts: Sequence[Expr], whole: Expr) -> Sequence[Fraction] | None:
        """The number before each part, so that they add up to the whole, as far as values show."""
        vectors, target = [self.residues(part) for part in parts], self.residues(whole)
        known = [vector[0] for vector in vectors if vector is not None]
        return weights(known, *target) if target is not None and len(known) == len(parts) else None

    def _distinct(self, parts: Sequence[Expr]) -> list[tuple[Expr, int]]:
        """The parts without repetitions, and how often each is there."""
        groups: list[tuple[Values | None, list[Expr]]] = []
        for part in parts:
            seen = self.seen(part)
            same = next((group for known, group in groups if known == seen and seen is not None), None)
            if same is None:
                groups.append((seen, [part]))
            else:
                same.append(part)
        return [(group[0], len(group)) for _, group in groups]

    # ---- edits

    def bracket(self) -> Finding | None:
        """A factor such as 1 - p that is missing, or too many: likelier than one of the terms it makes."""
        rows = [slip for slip in slips.SLIPS if slip.makes == slips.CHAIN]
        for slip in rows:
            for edit in self._edits((self.claim,), slip, ()):
                if _drops_bracket(edit) and self._matches(
                    edit.after, self.right, self.truth, self.repairs, edit
                ):
                    return of_edit(edit, undone=True)
            for edit in self._edits((self.truth, self.full), slip, ()):
                if _drops_bracket(edit) and self._matches(
                    edit.after, self.wrong, self.claim, self.spoils, edit
                ):
                    return of_edit(edit, undone=False)
        return None

    def likely_edit(self) -> Finding | None:
        """An edit of the answer that is likelier than a matrix that happens to be symmetric."""
        for slip in slips.SLIPS[:4]:
            for edit in self._edits((self.claim,), slip, ()):
                if self._matches(edit.after, self.right, self.truth, self.repairs, edit):
                    return of_edit(edit, undone=True)
        return None

    def one_edit(self) -> Finding | None:
        """One edit of the answer that repairs it, or one slip in the truth that gives it."""
        words = [*postorder([self.full]), *postorder([self.said])]
        bases = list(dict.fromkeys((self.truth, self.full, expanded(self.full), spelled_out(self.full))))
        own = list(dict.fromkeys((self.claim, self.said)))
        for slip in slips.SLIPS:
            for edit in self._edits(own, slip, words):
                if self._matches(edit.after, self.right, self.truth, self.repairs, edit):
                    return counted(of_edit(edit, undone=True))
            for edit in self._edits(bases, slip, words):
                if self._matches(edit.after, self.wrong, self.claim, self.spoils, edit):
                    return counted(of_edit(edit, undone=False))
        return None

    def _edits(self, roots: Sequence[Expr], slip: slips.Slip, words: Sequence[Expr]) -> Iterator[slips.Edit]:
        for root in roots:
            for edit in slips.edits(root, slip, words):
                if self.late():
                    return
                yield edit

    def _matches(
        self, e: Expr, wanted: Values | None, goal: Expr, store: dict[Values, slips.Edit], edit: slips.Edit
    ) -> bool:
        seen = self.seen(e)
        if seen is not None and seen == wanted and self.sure(e, goal):
            return True
        if seen is not None:
            store.setdefault(seen, edit)
        return False

    def two_edits(self) -> Finding | None:
        """One edit of the answer and a constant; or with one slip in the truth, that meet."""
        found = self._edit_and_factor()
        if found is not None:
            return found
        for seen, edit in self.repairs.items():
            other = self.spoils.get(seen)
            if other is not None and self.sure(edit.after, other.after):
                order = [row.undoes for row in slips.SLIPS]
                both = tuple(sorted({edit.undoes, other.makes}, key=order.index))
                said = "{0} should be {1}; and where the gradient has {2}, yours has {3}"
                parts = (edit.old, edit.new, other.old, other.new)
                return Finding(", ".join(both), said, parts, other.old, both, None, (edit.new, edit.old))
        return None

    def _edit_and_factor(self) -> Finding | None:
        """One edit of the answer, or one slip in the truth, and a constant."""
        for edit in self.repairs.values():
            found = self._constant(edit.after, self.truth)
            if found is not None:
                return of_edit(edit, True, found)
        for edit in self.spoils.values():
            found = self._constant(self.claim, edit.after)
            if found is not None:
                return of_edit(edit, False, found)
        return None

    def _constant(self, left: Expr, right: Expr) -> Fraction | None:
        """The constant c with left = c·right."""
        if self.late() or (left.axes, left.row) != (right.axes, right.row):
            return None
        one, other = self.residues(left), self.residues(right)
        found = constant_ratio(one[0], *other) if one is not None and other is not None else None
        if found is None or found == 1:
            return None
        return found if self.sure(left, scaled(found, right)) else None

    def zero(self) -> Finding | None:
        """The answer is 0 everywhere."""
        seen = self.residues(self.claim)
        if seen is None or any(seen[0]):
            return None
        return Finding("zero", "yours is 0, and the gradient is not")

    # ---- assumptions

    def one_symmetric(self) -> Finding | None:
        """The answer is right where one matrix is symmetric, which was not declared."""
        there = self._square_names()
        own = [e for e in there if e is self.variable]
        return self._if_any([*([e] for e in there if e is not self.variable), own])

    def all_symmetric(self) -> Finding | None:
        """The same for all matrices, without the variable and with it."""
        there = self._square_names()
        return self._if_any([[e for e in there if e is not self.variable], there])

    def _square_names(self) -> list[Expr]:
        """What could be symmetric: nothing whose differential is met, since that would be gone."""
        if not self.same_shape():
            return []
        there = [e for e in postorder([self.full, self.said]) if can_be_symmetric(e)]
        return [e for e in there if e not in self.context.varying]

    def _if_any(self, choices: Sequence[Sequence[Expr]]) -> Finding | None:
        for chosen in choices:
            if not chosen or self.late():
                continue
            known = {e: symmetric(e) for e in chosen}
            truth, claim = (rebuild(e, known, construct) for e in (self.full, self.said))
            for form in (truth, *(of_symmetric(truth) if self.variable in chosen else ())):
                if self.session.test(form, claim, 4).kind == AGREE:
                    return if_symmetric(chosen, form is truth)
        return None


def _changes(e: Expr) -> bool:
    """Whether a differential stands in an expression."""
    return any(part.op == "d" for part in postorder([e]))


def _drops_bracket(edit: slips.Edit) -> bool:
    """Whether the edit drops a factor that is a sum with a number in it."""
    left = edit.new.args if edit.new.op == edit.old.op else (edit.new,)
    gone = [arg for arg in edit.old.args if arg not in left]
    return any(arg.op == "add" and any(t.op in ("num", "ones") for t in arg.args) for arg in gone)
