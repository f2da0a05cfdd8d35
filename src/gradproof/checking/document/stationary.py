"""Rows where a gradient is zero, and equations that may be conditions."""

from __future__ import annotations

import re

from gradproof.checking.document.book import Book
from gradproof.checking.document.claims import with_variable
from gradproof.checking.document.finding import Claim, Finding, doubted
from gradproof.checking.document.truth import gradient, written_out
from gradproof.checking.worksheet.stationary import solved
from gradproof.elaboration.document.model import Chain, Side
from gradproof.elaboration.document.sizes import Misfit
from gradproof.elaboration.document.symbols import stem
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.language.document.tree import Unread, walk
from gradproof.proof.referee import FAILURES
from gradproof.verdicts import HOLDS, Verdict

CONDITION = "this may be a condition: nothing above says it"
_ZERO = re.compile(
    r"zero|minimi[sz]|maximi[sz]|optim|stationar|closed[- ]form|normal\s+equation|first[- ]order|solv|=\s*0",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"\b(?:subject\s+to|such\s+that|s\.\s?t\.|constraints?|assum\w+|suppose|if|when|provided|satisf\w+|since|because|as|with)"
    r"\b[^.]{0,30}$",
    re.IGNORECASE,
)


def remember(book: Book, chain: Chain, claim: Claim) -> None:
    """The gradient that a chain is about, for rows that set it to zero."""
    variable = claim.variable
    if claim.value is None or variable is None or claim.value.labels:
        return
    head = next(iter(with_variable(book, chain, chain.head))) if chain.head is not None else None
    if head is None or len(head.args) != 2:
        return
    try:
        of = book.value(head.args[0], chain.place)
        found = None if of.axes else gradient(of, variable, book.stands)
    except (Unread, Misfit, *FAILURES):
        return
    if found is not None and (found, variable) not in book.gradients:
        book.gradients.append((found, variable))
    zero = bool(_ZERO.search(chain.words)) or any(
        side.term is not None and side.term.kind == "number" and side.term.value == 0 for side in chain.sides
    )
    book.zero = book.zero or zero


def stationary(book: Book, chain: Chain) -> list[Finding] | None:
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
    return doubted(book, Claim(None, "equation", {}), Finding(side, verdict, gradient_of, right))


def _solved(book: Book, found: tuple[Expr, Expr], left: Expr, right: Expr) -> Verdict:
    """`left = right` where a gradient is zero."""
    gradient_of, variable = found
    referee = book.referee(frozenset(), frozenset((variable,)))
    try:
        return solved(gradient_of, variable, left, right, referee.judge)
    except FAILURES:
        return Verdict("unknown", "whether this follows where the gradient is zero is not decided")


def conditions(book: Book, chain: Chain, claim: Claim, found: list[Finding]) -> list[Finding]:
    """An equation that is none for all values may say that a gradient is zero, or be a condition."""
    out = []
    head = chain.head
    identity = any(one.verdict is not None and one.verdict.grade in HOLDS for one in found)
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
            elif not identity and _may_be_condition(book, chain, one):
                one = one._replace(verdict=None if _stated(chain) else Verdict("unknown", CONDITION))
        out.append(one)
    return out


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
