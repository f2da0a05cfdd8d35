"""What is said about a row that is wrong: the slip, the smallest numbers, a right side that was proved."""

from __future__ import annotations

from gradproof.checking.diagnosis.search import diagnose
from gradproof.checking.document.book import Book
from gradproof.checking.document.finding import Finding
from gradproof.checking.document.mending import mended
from gradproof.checking.document.truth import gradient
from gradproof.checking.worksheet.report import Line
from gradproof.errors import GradproofError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.proof.evaluation.counterexample import witness
from gradproof.proof.referee import FAILURES
from gradproof.proof.semantics.context import Context
from gradproof.rendering.formula.formula import formula
from gradproof.verdicts import HOLDS

SECONDS = 0.25


def refuted_line(book: Book, found: Finding, line: Line, text: str) -> Line:
    """The line of the report for a row that is wrong."""
    before, after = found.before, found.after
    own = mended(book, found, text)
    if before is None or after is None:
        return line._replace(said=f"{line.verdict.reason}.", fix=own)
    truth = _explicit(book, found, before)
    unfold = {
        e: value for e, value in book.stands.items() if e not in found.varying and e is not found.variable
    }
    context = Context(found.varying, unfold, book.laws)
    kind, said = None, "does not hold."
    try:
        slip = diagnose(truth, after, context, found.variable, SECONDS)
    except FAILURES:
        slip = None
    if slip is not None:
        why = slip.why.format(*map(str, slip.parts))
        kind, said = (
            slip.phrase,
            why.replace("yours", "this line").replace("the gradient", "the right one") + ".",
        )
    numbers = None
    if not any(e.op in ("call", "gradof") for e in postorder([truth, after], unfold=unfold)):
        try:
            numbers = witness(truth, after, context)
        except FAILURES:
            numbers = None
    return line._replace(said=said, kind=kind, witness=numbers, fix=own or _fix(truth))


def _explicit(book: Book, found: Finding, before: Expr) -> Expr:
    """A derivative as an expression without signs of derivatives, where it has one."""
    if before.op != "partial" or before.args[0].axes or found.variable is None:
        return before
    own = gradient(before.args[0], before.args[1], book.stands)
    if own is None:
        return before
    referee = book.referee(frozenset(), frozenset((before.args[1],)))
    return own if referee.judge(own, before).grade in HOLDS else before


def _fix(truth: Expr) -> str | None:
    if truth.op in ("partial", "name", "d") and not (truth.op == "d" and truth.args[0].args):
        return None
    try:
        return formula(truth, format="latex")
    except GradproofError:
        return None
