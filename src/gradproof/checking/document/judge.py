"""The rows of a document judged: each says something about its left side, and is compared with the truth
about that, whatever stands above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gradproof.checking.document.book import Book
from gradproof.checking.document.truth import written_out
from gradproof.checking.worksheet.stationary import solved
from gradproof.elaboration.document.agreement import Pair, matched
from gradproof.elaboration.document.chains import Chain, Side
from gradproof.elaboration.document.inference import free_of, head_value, hints_of
from gradproof.elaboration.document.reading import read_side
from gradproof.elaboration.document.sizes import Misfit, Size
from gradproof.elaboration.document.values import Arrays, Value
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.language.document.tree import Term, Unread, walk
from gradproof.operators import build
from gradproof.proof.referee import FAILURES
from gradproof.verdicts import Verdict

HOLDS = ("proved", "tested", "sampled")
BY_DEFINITION = Verdict("proved", "by definition")
CONDITION = "this may be a condition: nothing above says it"


class Finding(NamedTuple):
    """What is known about one side of a chain.

    verdict  None where it only introduces something; before, after: what was compared, where there was
    something to compare; varying: the names that vary in it; problem: why a side was not read
    """

    side: Side
    verdict: Verdict | None
    before: Expr | None = None
    after: Expr | None = None
    varying: frozenset[Expr] = frozenset()
    problem: str = ""
    variable: Expr | None = None


class _Claim(NamedTuple):
    """What the sides of a chain are compared with.

    value   the value of the left side; None where it is not read; letters: sizes of its indices
    kind    "derivative", "differential", "definition", "equation"
    free    defined names that are free in it; varying: names that vary
    """

    value: Value | None
    kind: str
    letters: dict[str, Size]
    free: frozenset[Expr] = frozenset()
    varying: frozenset[Expr] = frozenset()
    variable: Expr | None = None


def findings(book: Book, chain: Chain) -> list[Finding]:
    """Every side of a chain but the first, judged."""
    candidates = _claims(book, chain)
    best: list[Finding] | None = None
    for claim in candidates:
        found = _sides(book, chain, claim)
        if best is None or _badness(found) < _badness(best):
            best = found
        if not _badness(found):
            break
    if len(candidates) > 1 and best is not None:
        best = [_open(one) for one in best]
    return best or []


def _badness(found: Sequence[Finding]) -> int:
    return sum(1 for one in found if one.verdict is not None and one.verdict.grade not in HOLDS)


def _open(one: Finding) -> Finding:
    """A row is not called wrong where it is not sure by what a gradient is taken."""
    if one.verdict is not None and one.verdict.grade == "refuted":
        return one._replace(verdict=Verdict("unknown", "nothing says with respect to what the gradient is"))
    return one


# ---- what a chain is about


def _claims(book: Book, chain: Chain) -> list[_Claim]:
    """What the left side is about: several where a gradient does not say its variable."""
    head = chain.head
    letters: dict[str, Size] = {}
    if head is None:
        return [_Claim(None, "equation", letters)]
    if head.kind == "derivative":
        heads = _with_variable(book, chain, head)
        return [_derivative(book, chain, one) for one in heads] or [_Claim(None, "equation", letters)]
    try:
        value, _ = head_value(book.reading, chain, head, letters)
    except (Unread, Misfit):
        return [_Claim(None, "equation", letters)]
    if any(part.kind == "d" for side in chain.sides if side.term is not None for part in walk(side.term)):
        return [_Claim(value, "differential", letters, frozenset(), _varying(book, chain))]
    kind = "definition" if _introduces(book, chain, head) else "equation"
    return [_Claim(value, kind, letters)]


def _introduces(book: Book, chain: Chain, head: Term) -> bool:
    """Whether a chain is the one that defines the name on its left."""
    known = book.reading.sheet.definitions.get(head.text if head.kind != "entry" else head.args[0].text, [])
    return any(one.place == chain.place for one in known) and head.kind in ("name", "call", "entry")


def _derivative(book: Book, chain: Chain, head: Term) -> _Claim:
    letters: dict[str, Size] = {}
    by = [one for one in head.args[1:] if one.kind == "name"]
    try:
        value, _ = head_value(book.reading, chain, head, letters)
        leaves = [book.leaf(one.text, chain.place) for one in by]
    except (Unread, Misfit):
        return _Claim(None, "equation", letters)
    free = frozenset(leaf for leaf in leaves if leaf in book.stands)
    return _Claim(value, "derivative", letters, free, frozenset(), leaves[0] if len(leaves) == 1 else None)


def _with_variable(book: Book, chain: Chain, head: Term) -> list[Term]:
    """The left side with its variable, where it does not say one."""
    order = head.marks.count("nabla") or 1
    of, *by = head.args
    if not of.text and of.kind == "name":
        texts = _functions(book, chain)
        if not texts:
            return []
        of = of._replace(text=texts[-1])
    if of.kind == "name" and not by:
        known = book.reading.header(of.text, chain.place)
        if known is not None and len(known.params) == 1:
            by = [known.params[0]] * order
    elif of.kind == "call" and not by and len(of.args) == 1 and of.args[0].kind == "name":
        by = [of.args[0]] * order
    if by:
        return [head._replace(args=(of, *by))]
    return [head._replace(args=(of, *[one] * order)) for one in _variables(book, chain, of)]


def _functions(book: Book, chain: Chain) -> list[str]:
    """The numbers that are defined above a row."""
    sheet = book.reading.sheet
    out = []
    for text, known in sheet.definitions.items():
        symbol = book.reading.symbols.get(text)
        if symbol is not None and not symbol.axes and known[0].place <= chain.place:
            out.append(text)
    return out


def _variables(book: Book, chain: Chain, of: Term) -> list[Term]:
    """The names that a gradient without a variable may be by: those that other rows differentiate by, else
    those that what is differentiated is made of."""
    sheet = book.reading.sheet
    asked: dict[str, Term] = {}
    for other in sheet.chains:
        for side in other.sides:
            for part in walk(side.term) if side.term is not None else ():
                if part.kind == "d" and part.args[0].kind == "name":
                    asked.setdefault(part.args[0].text, part.args[0])
                if part.kind == "derivative":
                    for one in part.args[1:]:
                        asked.setdefault(one.text, one._replace(args=()))
    try:
        whole = written_out(book.value(of, chain.place), book.stands)
    except (Unread, Misfit, *FAILURES):
        return []
    inside = [str(e.data[0]) for e in postorder([whole]) if e.op == "name"]
    found = [term for text, term in asked.items() if text in inside]
    if found:
        return found
    usual = [text for text in inside if text in ("x", "w", "theta", "beta", "X", "W", "z", "u")]
    return [Term("name", (), text) for text in (*usual, *(t for t in inside if t not in usual))]


def _varying(book: Book, chain: Chain) -> frozenset[Expr]:
    """The names that vary in a chain of differentials."""
    changed: dict[str, None] = {}
    others: list[Term] = []
    for side in chain.sides:
        for part in walk(side.term) if side.term is not None else ():
            if part.kind == "d":
                inner = part.args[0]
                while inner.kind == "T":
                    inner = inner.args[0]
                if inner.kind == "name":
                    changed[inner.text] = None
                else:
                    others.append(inner)
    leaves = []
    for text in changed:
        try:
            leaves.append(book.leaf(text, chain.place))
        except (Unread, Misfit):
            continue
    free = [leaf for leaf in leaves if leaf not in book.stands]
    if free:
        return frozenset(free)
    below = set()
    for leaf in leaves:
        below |= {e for e in postorder([written_out(leaf, book.stands)]) if e.op == "name"}
    for term in others:
        try:
            whole = written_out(book.value(term, chain.place), book.stands)
        except (Unread, Misfit, *FAILURES):
            continue
        below |= {e for e in postorder([whole]) if e.op == "name"}
    return frozenset(below)


# ---- sides


def _sides(book: Book, chain: Chain, claim: _Claim) -> list[Finding]:
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
            out.append(Finding(side, None))
            continue
        if side.sign == "=:":
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
        out.append(found)
    book.by = frozenset()
    return out


def _side(book: Book, chain: Chain, claim: _Claim, side: Side) -> Finding:
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
        pairs = matched(denoter.arrays, claim.value, value, turning, hints_of(chain))
    except Unread as problem:
        reading.sizes.back(mark)
        return Finding(side, Verdict("unknown", problem.message), problem=problem.message)
    except Misfit as problem:
        reading.sizes.back(mark)
        grade = "refuted" if problem.sure else "unknown"
        return Finding(side, Verdict(grade, problem.message), problem="" if problem.sure else problem.message)
    finally:
        reading.used |= before
    return _compared(book, claim, side, pairs, denoter.arrays)


def _compared(book: Book, claim: _Claim, side: Side, pairs: Sequence[Pair], arrays: Arrays) -> Finding:
    first: Finding | None = None
    referee = book.referee(claim.varying, claim.free)
    for place, (truth, said) in enumerate(pairs):
        try:
            before, after = truth.make(), said.make()
            if before.row != after.row and not truth.labels:
                after = build.T(after)
            verdict = referee.judge(before, after)
        except FAILURES as problem:
            return Finding(side, Verdict("unknown", f"not decided: {problem}"), problem=str(problem))
        found = Finding(side, verdict, before, after, claim.varying, "", claim.variable)
        if verdict.grade in HOLDS:
            return found if not place or _other_layout(claim, said) else found
        first = first or found
    assert first is not None
    return _doubted(book, claim, first)


def _other_layout(claim: _Claim, said: Value) -> bool:
    return said.rank <= 1


def _doubted(book: Book, claim: _Claim, found: Finding) -> Finding:
    """Nothing is refuted about names that nothing explains."""
    if found.verdict is None or found.verdict.grade != "refuted" or found.before is None or found.after is None:
        return found
    stands = {e: value for e, value in book.stands.items() if e not in claim.free}
    truth = {e for e in postorder([written_out(found.before, stands)]) if e.op == "name"}
    said = {e for e in postorder([written_out(found.after, stands)]) if e.op == "name"}
    lost = {str(e) for e in truth | said} & book.reading.lost
    strange = {str(e) for e in said - truth}
    if lost or strange:
        names = " and ".join(sorted(lost or strange))
        return found._replace(verdict=Verdict("unknown", f"nothing says what {names} is here"))
    return found
