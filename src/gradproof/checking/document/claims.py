"""What the left side of a chain is about: a name, a differential, a derivative by a name."""

from __future__ import annotations

from collections.abc import Sequence

from gradproof.checking.document.book import Book
from gradproof.checking.document.finding import Claim
from gradproof.checking.document.truth import written_out
from gradproof.elaboration.document.inference import head_value, stacked_head
from gradproof.elaboration.document.model import Chain, Side
from gradproof.elaboration.document.sizes import Misfit, Size
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.language.document.tree import Term, Unread, walk
from gradproof.proof.referee import FAILURES


def claims_of(book: Book, chain: Chain) -> list[Claim]:
    """What the left side is about: several where a gradient does not say its variable."""
    head = chain.head
    letters: dict[str, Size] = {}
    if head is None:
        return [Claim(None, "equation", letters)]
    if head.kind == "derivative":
        heads = with_variable(book, chain, head)
        return [_derivative(book, chain, one) for one in heads] or [Claim(None, "equation", letters)]
    try:
        value, _ = head_value(book.reading, chain, head, letters)
    except (Unread, Misfit):
        return [Claim(None, "equation", letters)]
    if any(part.kind == "d" for side in chain.sides if side.term is not None for part in walk(side.term)):
        return [Claim(value, "differential", letters, frozenset(), _varying(book, chain))]
    kind = "definition" if _introduces(book, chain, head) else "equation"
    return [Claim(value, kind, letters)]


def _introduces(book: Book, chain: Chain, head: Term) -> bool:
    """Whether a chain is the one that defines the name on its left."""
    known = book.reading.sheet.definitions.get(head.text if head.kind != "entry" else head.args[0].text, [])
    return any(one.place == chain.place for one in known) and head.kind in ("name", "call", "entry")


def _derivative(book: Book, chain: Chain, head: Term) -> Claim:
    letters: dict[str, Size] = {}
    stacked = stacked_head(head)
    if stacked is not None:
        return _stacked(book, chain, stacked[0], head.args[1].args[0])
    by = [one for one in head.args[1:] if one.kind == "name"]
    try:
        value, _ = head_value(book.reading, chain, head, letters)
        leaves = [book.leaf(one.text, chain.place) for one in by]
    except (Unread, Misfit):
        return Claim(None, "equation", letters)
    free = frozenset(leaf for leaf in leaves if leaf in book.stands)
    return Claim(value, "derivative", letters, free, frozenset(), leaves[0] if len(leaves) == 1 else None)


def _stacked(book: Book, chain: Chain, change: Term, inner: Term) -> Claim:
    """`∂vec(Y)/∂vec(X)`: the matrix that takes vec(dX) to vec(dY)."""
    letters: dict[str, Size] = {}
    try:
        value, _ = head_value(book.reading, chain, change, letters)
        leaf = book.leaf(inner.text, chain.place)
    except (Unread, Misfit):
        return Claim(None, "equation", letters)
    if value.rank != 1:
        return Claim(None, "equation", letters)
    free = frozenset((leaf,) if leaf in book.stands else ())
    return Claim(value, "stacked", letters, free, frozenset((leaf,)))


def with_variable(book: Book, chain: Chain, head: Term) -> list[Term]:
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
