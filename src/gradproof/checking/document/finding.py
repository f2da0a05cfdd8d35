"""What is known about the sides of chains, and when nothing is refuted."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from gradproof.checking.document.book import Book
from gradproof.checking.document.truth import written_out
from gradproof.elaboration.document.model import Side
from gradproof.elaboration.document.sizes import Size
from gradproof.elaboration.document.values import Value
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.language.document.tree import Term
from gradproof.verdicts import Verdict


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


class Claim(NamedTuple):
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


def doubted(book: Book, claim: Claim, found: Finding) -> Finding:
    """Nothing is refuted about names that nothing explains."""
    if (
        found.verdict is None
        or found.verdict.grade != "refuted"
        or found.before is None
        or found.after is None
    ):
        return found
    stands = {e: value for e, value in book.stands.items() if e not in claim.free}
    truth = {e for e in postorder([written_out(found.before, stands)]) if e.op == "name"}
    said = {e for e in postorder([written_out(found.after, stands)]) if e.op == "name"}
    lost = {str(e) for e in truth | said} & book.reading.lost
    below = {e for e in postorder(book.stands.values(), unfold=book.stands) if e.op == "name"}
    strange = {str(e) for e in said - truth - below}
    if lost or strange:
        names = " and ".join(sorted(lost or strange))
        return found._replace(verdict=Verdict("unknown", f"nothing says what {names} is here"))
    return found
