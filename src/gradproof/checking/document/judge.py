"""The rows of a document judged: each says something about its left side, and is compared with the truth
about that, whatever stands above it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from gradproof.checking.document.book import Book
from gradproof.checking.document.claims import claims_of
from gradproof.checking.document.finding import Claim, Finding, doubted
from gradproof.checking.document.stationary import conditions, remember, stationary
from gradproof.checking.worksheet.pairs import pair
from gradproof.elaboration.document.agreement import Pair, matched
from gradproof.elaboration.document.inference import free_of, hints_of, stacked_head
from gradproof.elaboration.document.model import Chain, Side
from gradproof.elaboration.document.reading import read_side
from gradproof.elaboration.document.sizes import Misfit
from gradproof.elaboration.document.values import Arrays
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.language.document.tree import Term, Unread
from gradproof.operators import build
from gradproof.proof.referee import FAILURES
from gradproof.verdicts import DEFINITION, HOLDS, Verdict

BY_DEFINITION = Verdict(DEFINITION, "by definition")


def findings(book: Book, chain: Chain) -> list[Finding]:
    """Every side of a chain but the first, judged."""
    solution = stationary(book, chain)
    if solution is not None:
        return solution
    candidates = claims_of(book, chain)
    best: list[Finding] | None = None
    for claim in candidates:
        found = _sides(book, chain, claim)
        if best is None or _badness(found) < _badness(best):
            best = found
        if not _badness(found):
            break
    if len(candidates) > 1 and best is not None:
        best = [_open(one) for one in best]
    if chain.head is not None and chain.head.kind == "derivative" and candidates:
        remember(book, chain, candidates[0])
    if candidates[0].kind == "equation" and best is not None:
        best = conditions(book, chain, candidates[0], best)
    return best or []


def _badness(found: Sequence[Finding]) -> int:
    return sum(1 for one in found if one.verdict is not None and one.verdict.grade not in HOLDS)


def _open(one: Finding) -> Finding:
    """A row is not called wrong where it is not sure by what a gradient is taken."""
    if one.verdict is not None and one.verdict.grade == "refuted":
        return one._replace(verdict=Verdict("unknown", "nothing says with respect to what the gradient is"))
    return one


# ---- sides


def _sides(book: Book, chain: Chain, claim: Claim) -> list[Finding]:
    out: list[Finding] = []
    book.by = claim.free
    introduced = claim.kind == "definition"
    truth = claim
    for side in chain.sides[1:]:
        if side.term is None:
            said = side.problem.message if side.problem is not None else ""
            out.append(Finding(side, Verdict("unknown", said), problem=said))
            continue
        if introduced and side.sign != "=:":
            introduced = False
            out.append(Finding(side, BY_DEFINITION if chain.inline else None))
            continue
        if side.sign == "=:" or _zeroed(chain, side):
            out.append(Finding(side, None))
            continue
        found = _side(book, chain, truth, side)
        if truth.value is None and not found.problem:
            try:
                value, _ = read_side(book.reading, chain, side.term, free_of(chain, None), claim.letters)
                truth = truth._replace(value=value)
                found = Finding(side, Verdict("unknown", "what stands on the left is not read"))
            except (Unread, Misfit):
                pass
        if found.verdict is not None and found.verdict.grade not in HOLDS:
            found = found._replace(again=partial(_again, book, chain, truth, side))
        out.append(found)
    book.by = frozenset()
    return out


def _again(book: Book, chain: Chain, claim: Claim, side: Side, term: Term) -> Finding:
    """Another term in the place of a side, judged as the side was."""
    kept, book.by = book.by, claim.free
    found = _side(book, chain, claim, side._replace(term=term))
    book.by = kept
    return found


def _zeroed(chain: Chain, side: Side) -> bool:
    """`… = 0` behind a gradient sets it to zero."""
    zero = side.term is not None and side.term.kind == "number" and side.term.value == 0
    return zero and chain.head is not None and chain.head.kind == "derivative"


def _side(book: Book, chain: Chain, claim: Claim, side: Side) -> Finding:
    """One side compared with the truth about the left side."""
    assert side.term is not None
    reading = book.reading
    mark = reading.sizes.mark()
    before = set(reading.used)
    reading.used = set()
    try:
        value, denoter = read_side(reading, chain, side.term, free_of(chain, claim.value), claim.letters)
        if claim.value is None:
            return Finding(side, None)
        turning = claim.kind == "derivative"
        stacked = stacked_head(chain.head) if claim.kind == "stacked" else None
        if stacked is not None:
            value = denoter.arrays.product(value, denoter.value(stacked[1]))
        pairs = matched(denoter.arrays, claim.value, value, turning, hints_of(chain))
    except Unread as problem:
        reading.sizes.back(mark)
        return Finding(side, Verdict("unknown", problem.message), problem=problem.message)
    except Misfit as problem:
        reading.sizes.back(mark)
        grade = "refuted" if problem.sure else "unknown"
        said = "" if problem.sure else problem.message
        return Finding(
            side, Verdict(grade, problem.message), problem=said, names=frozenset(reading.used), misfit=True
        )
    finally:
        used = frozenset(reading.used)
        reading.used |= before
    return _compared(book, claim, side, pairs, denoter.arrays)._replace(names=used)


def anchored(book: Book, judged: Sequence[tuple[Chain, list[Finding]]]) -> list[tuple[Chain, list[Finding]]]:
    """Rows that do not fit in shape are wrong where other rows, which hold, say what the shapes are."""
    holding: set[str] = set()
    for _, found in judged:
        for one in found:
            if one.verdict is not None and one.verdict.grade in HOLDS:
                holding |= one.names
    declared = {text for text, one in book.reading.sheet.declared.items() if one.rank is not None}
    known = (holding | declared) - book.reading.lost
    out = []
    for chain, found in judged:
        kept = []
        for one in found:
            sure = (
                one.misfit
                and one.names <= known
                and one.verdict is not None
                and one.verdict.grade == "unknown"
            )
            if sure and one.verdict is not None:
                said = f"the shapes do not fit: {one.verdict.reason}"
                one = one._replace(verdict=Verdict("refuted", said), problem="")
            kept.append(one)
        out.append((chain, kept))
    return out


def _compared(book: Book, claim: Claim, side: Side, pairs: Sequence[Pair], arrays: Arrays) -> Finding:
    first: Finding | None = None
    referee = book.referee(claim.varying, claim.free)
    for truth, said, turned in pairs:
        try:
            before, after = truth.make(), said.make()
            if before.row != after.row and not truth.labels:
                after = build.T(after)
            given = _given(book, claim, side, before, after)
            if given is not None:
                return given
            verdict = referee.judge(before, after)
            if verdict.grade == "unknown" and book.laws:
                verdict = book.lawful(claim.varying, claim.free).judge(before, after)
        except FAILURES as problem:
            return Finding(side, Verdict("unknown", f"not decided: {problem}"), problem=str(problem))
        found = Finding(side, verdict, before, after, claim.varying, "", claim.variable)
        if verdict.grade in HOLDS:
            if _by_matrix(claim):
                book.layouts["transposed" if turned else "gradient"] += before is not build.T(before)
                if turned and not book.turned:
                    wrong = Verdict("refuted", "this is the transpose of the gradient")
                    first = first or found._replace(verdict=wrong)
                    break
            return found
        first = first or found
    assert first is not None
    return doubted(book, claim, first)


def _given(book: Book, claim: Claim, side: Side, before: Expr, after: Expr) -> Finding | None:
    """What a row says about a function that the text does not define: the first differential is given, and
    gradients are compared with that."""
    there = postorder([before])
    called = {str(e.data[0]) for e in there if e.op in ("call", "gradof")}
    unknown = [e for e in book.objectives if e in there or str(e) in called]
    named = {str(e) for e in unknown}
    told = postorder([after], unfold=book.stands)
    if not unknown or any(e.op in ("call", "gradof") and str(e.data[0]) in named for e in told):
        return None
    (function, *_) = unknown
    known = book.given.get(function)
    if claim.kind == "differential" and before is build.d(function):
        if known is None:
            book.given[function] = after
            return Finding(side, None)
        verdict = book.referee(claim.varying, claim.free).judge(known, after)
        return doubted(book, claim, Finding(side, verdict, known, after, claim.varying))
    variable = claim.variable
    if (
        known is not None
        and variable is not None
        and (after.axes, after.row) == (variable.axes, variable.row)
    ):
        varying = frozenset((variable,))
        change = pair(after, variable)
        verdict = book.referee(varying, frozenset()).judge(known, change)
        return doubted(book, claim, Finding(side, verdict, known, change, varying))
    return Finding(side, Verdict("unknown", f"nothing says what {function} is"))


def _by_matrix(claim: Claim) -> bool:
    """Whether a claim is about the gradient of a number by a matrix, whose layout rows agree on."""
    value, variable = claim.value, claim.variable
    return (
        claim.kind == "derivative"
        and value is not None
        and variable is not None
        and (value.rank == 2 and len(variable.axes) == 2)
    )
