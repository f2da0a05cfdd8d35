"""The rows of a document judged: each says something about its left side, and is compared with the truth
about that, whatever stands above it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from gradproof.checking.document.book import Book
from gradproof.checking.document.truth import gradient, written_out
from gradproof.checking.worksheet.pairs import pair
from gradproof.checking.worksheet.stationary import solved
from gradproof.elaboration.document.agreement import Pair, matched
from gradproof.elaboration.document.chains import Chain, Side
from gradproof.elaboration.document.inference import free_of, head_value, hints_of, stacked_head
from gradproof.elaboration.document.reading import read_side
from gradproof.elaboration.document.sizes import Misfit, Size
from gradproof.elaboration.document.symbols import stem
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
    something to compare; varying: the names that vary in it; problem: why a side was not read; names: those
    in it; misfit: its parts do not fit in shape; again: judges another term in its place
    """

    side: Side
    verdict: Verdict | None
    before: Expr | None = None
    after: Expr | None = None
    varying: frozenset[Expr] = frozenset()
    problem: str = ""
    variable: Expr | None = None
    names: frozenset[str] = frozenset()
    misfit: bool = False
    again: Callable[[Term], Finding] | None = None


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
    stationary = _stationary(book, chain)
    if stationary is not None:
        return stationary
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
    if chain.head is not None and chain.head.kind == "derivative" and candidates:
        _remember(book, chain, candidates[0])
    if candidates[0].kind == "equation" and best is not None:
        best = _conditions(book, chain, candidates[0], best)
    return best or []


def _badness(found: Sequence[Finding]) -> int:
    return sum(1 for one in found if one.verdict is not None and one.verdict.grade not in HOLDS)


def _open(one: Finding) -> Finding:
    """A row is not called wrong where it is not sure by what a gradient is taken."""
    if one.verdict is not None and one.verdict.grade == "refuted":
        return one._replace(verdict=Verdict("unknown", "nothing says with respect to what the gradient is"))
    return one


# ---- where a gradient is zero


def _remember(book: Book, chain: Chain, claim: _Claim) -> None:
    """The gradient that a chain is about, for rows that set it to zero."""
    variable = claim.variable
    if claim.value is None or variable is None or claim.value.labels:
        return
    head = next(iter(_with_variable(book, chain, chain.head))) if chain.head is not None else None
    if head is None or len(head.args) != 2:
        return
    try:
        of = book.value(head.args[0], chain.place)
        found = None if of.axes else gradient(of, variable, book.stands)
    except (Unread, Misfit, *FAILURES):
        return
    if found is not None and (found, variable) not in book.gradients:
        book.gradients.append((found, variable))
    zero = bool(_ZERO.search(chain.words)) or any(side.term is not None and side.term.kind == "number" and side.term.value == 0 for side in chain.sides)
    book.zero = book.zero or zero


def _stationary(book: Book, chain: Chain) -> list[Finding] | None:
    """`w* = …`, `ŵ = …`, `w = …` below a gradient by w: what makes the gradient zero."""
    head = chain.head
    if head is None or head.kind != "name" or head.args or not book.gradients:
        return None
    plain = stem(head.text)
    starred = head.text != plain
    if not starred and head.text in book.reading.sheet.definitions:
        return None
    found = next(((g, v) for g, v in reversed(book.gradients) if str(v) in (plain, head.text)), None)
    if found is None or (starred and not _solution(head.text)):
        return None
    sure = bool(starred or book.zero or _ZERO.search(chain.words[-200:]))
    out = []
    for side in chain.sides[1:]:
        out.append(_solving(book, chain, side, found, sure))
    return out


_ZERO = re.compile(
    r"zero|minimi[sz]|maximi[sz]|optim|stationar|closed[- ]form|normal\s+equation|first[- ]order|solv|=\s*0", re.IGNORECASE
)


def _solution(text: str) -> bool:
    return text.rsplit("_", 1)[-1] in ("star", "hat", "opt", "ML", "MLE", "MAP", "OLS", "LS", "ridge", "new")


def _solving(book: Book, chain: Chain, side: Side, found: tuple[Expr, Expr], sure: bool) -> Finding:
    if side.term is None:
        said = side.problem.message if side.problem is not None else ""
        quiet = side.problem is not None and "arg" in said
        return Finding(side, None if quiet else Verdict("unknown", said), problem="" if quiet else said)
    gradient_of, variable = found
    try:
        right = book.value(side.term, chain.place)
    except (Unread, Misfit, *FAILURES) as problem:
        return Finding(side, Verdict("unknown", str(problem)), problem=str(problem))
    verdict = _solved(book, found, variable, right)
    if verdict.grade not in HOLDS and not sure:
        verdict = Verdict("unknown", CONDITION)
    return _doubted(book, _Claim(None, "equation", {}), Finding(side, verdict, gradient_of, right))


def _solved(book: Book, found: tuple[Expr, Expr], left: Expr, right: Expr) -> Verdict:
    """`left = right` where a gradient is zero."""
    gradient_of, variable = found
    referee = book.referee(frozenset(), frozenset((variable,)))
    try:
        return solved(gradient_of, variable, left, right, referee.judge)
    except FAILURES:
        return Verdict("unknown", "whether this follows where the gradient is zero is not decided")


def _conditions(book: Book, chain: Chain, claim: _Claim, found: list[Finding]) -> list[Finding]:
    """An equation that is none for all values may say that a gradient is zero, or be a condition."""
    out = []
    head = chain.head
    for one in found:
        bad = one.verdict is not None and one.verdict.grade not in HOLDS and one.after is not None
        if bad and head is not None and one.before is not None and one.after is not None:
            verdict = next(
                (
                    verdict
                    for pair in reversed(book.gradients)
                    if (verdict := _solved(book, pair, one.before, one.after)).grade in HOLDS
                ),
                None,
            )
            if verdict is not None:
                one = one._replace(verdict=verdict)
            elif _may_be_condition(book, chain, one):
                one = one._replace(verdict=None if _stated(chain) else Verdict("unknown", CONDITION))
        out.append(one)
    return out


_STATED = re.compile(
    r"\b(?:subject\s+to|such\s+that|s\.\s?t\.|constraints?|assum\w+|suppose|if|when|provided|satisf\w+|since|because|as|with)"
    r"\b[^.]{0,30}$",
    re.IGNORECASE,
)


def _stated(chain: Chain) -> bool:
    """Whether the words before an equation in a sentence say that it is a condition."""
    return chain.inline and bool(_STATED.search(chain.words[-60:]))


def _may_be_condition(book: Book, chain: Chain, one: Finding) -> bool:
    """Whether an equation speaks about names that nothing defines, so that it may hold for some values only.

    What has the same names on both sides is meant for all values, where it stands in a row of its own.
    """
    head = chain.head
    assert head is not None
    assert one.before is not None
    assert one.after is not None
    for part in walk(head):
        if part.kind in ("derivative", "along", "d") or (part.kind == "call" and "function" in part.marks):
            return False
        if part.kind == "name" and part.text in book.reading.sheet.definitions:
            return False
    left, right = (
        {e for e in postorder([written_out(side, book.stands)]) if e.op == "name"}
        for side in (one.before, one.after)
    )
    return chain.inline or left != right or len(left) < 2


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
    stacked = stacked_head(head)
    if stacked is not None:
        return _stacked(book, chain, stacked[0], head.args[1].args[0])
    by = [one for one in head.args[1:] if one.kind == "name"]
    try:
        value, _ = head_value(book.reading, chain, head, letters)
        leaves = [book.leaf(one.text, chain.place) for one in by]
    except (Unread, Misfit):
        return _Claim(None, "equation", letters)
    free = frozenset(leaf for leaf in leaves if leaf in book.stands)
    return _Claim(value, "derivative", letters, free, frozenset(), leaves[0] if len(leaves) == 1 else None)


def _stacked(book: Book, chain: Chain, change: Term, inner: Term) -> _Claim:
    """`∂vec(Y)/∂vec(X)`: the matrix that takes vec(dX) to vec(dY)."""
    letters: dict[str, Size] = {}
    try:
        value, _ = head_value(book.reading, chain, change, letters)
        leaf = book.leaf(inner.text, chain.place)
    except (Unread, Misfit):
        return _Claim(None, "equation", letters)
    if value.rank != 1:
        return _Claim(None, "equation", letters)
    free = frozenset((leaf,) if leaf in book.stands else ())
    return _Claim(value, "stacked", letters, free, frozenset((leaf,)))


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


def _changes(sides: Sequence[Side]) -> tuple[dict[str, None], list[Term]]:
    """The names, and the expressions, that stand behind a d."""
    changed: dict[str, None] = {}
    others: list[Term] = []
    for side in sides:
        for part in walk(side.term) if side.term is not None else ():
            if part.kind != "d":
                continue
            inner = part.args[0]
            while inner.kind == "T":
                inner = inner.args[0]
            if inner.kind == "name":
                changed[inner.text] = None
            else:
                others.append(inner)
    return changed, others


def _varying(book: Book, chain: Chain) -> frozenset[Expr]:
    """The names that vary in a chain of differentials."""
    changed, others = _changes(chain.sides[1:])
    if not changed and not others:
        changed, others = _changes(chain.sides)
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


def _again(book: Book, chain: Chain, claim: _Claim, side: Side, term: Term) -> Finding:
    """Another term in the place of a side, judged as the side was."""
    kept, book.by = book.by, claim.free
    found = _side(book, chain, claim, side._replace(term=term))
    book.by = kept
    return found


def _zeroed(chain: Chain, side: Side) -> bool:
    """`… = 0` behind a gradient sets it to zero."""
    zero = side.term is not None and side.term.kind == "number" and side.term.value == 0
    return zero and chain.head is not None and chain.head.kind == "derivative"


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
        return Finding(side, Verdict(grade, problem.message), problem=said, names=frozenset(reading.used), misfit=True)
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
            sure = one.misfit and one.names <= known and one.verdict is not None and one.verdict.grade == "unknown"
            if sure and one.verdict is not None:
                said = f"the shapes do not fit: {one.verdict.reason}"
                one = one._replace(verdict=Verdict("refuted", said), problem="")
            kept.append(one)
        out.append((chain, kept))
    return out


def _compared(book: Book, claim: _Claim, side: Side, pairs: Sequence[Pair], arrays: Arrays) -> Finding:
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
    return _doubted(book, claim, first)


def _given(book: Book, claim: _Claim, side: Side, before: Expr, after: Expr) -> Finding | None:
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
        return _doubted(book, claim, Finding(side, verdict, known, after, claim.varying))
    variable = claim.variable
    if known is not None and variable is not None and (after.axes, after.row) == (variable.axes, variable.row):
        varying = frozenset((variable,))
        change = pair(after, variable)
        verdict = book.referee(varying, frozenset()).judge(known, change)
        return _doubted(book, claim, Finding(side, verdict, known, change, varying))
    return Finding(side, Verdict("unknown", f"nothing says what {function} is"))


def _by_matrix(claim: _Claim) -> bool:
    """Whether a claim is about the gradient of a number by a matrix, whose layout rows agree on."""
    value, variable = claim.value, claim.variable
    return claim.kind == "derivative" and value is not None and variable is not None and (
        value.rank == 2 and len(variable.axes) == 2
    )


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
