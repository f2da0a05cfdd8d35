"""The reading under which most rows make sense: kinds of names are unknowns, rows are constraints."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from gradproof.elaboration.document.agreement import matched
from gradproof.elaboration.document.denote import Denoter
from gradproof.elaboration.document.model import Chain, Sheet
from gradproof.elaboration.document.names import letters_of
from gradproof.elaboration.document.reading import MISFIT, Assumed, Reading, read_side
from gradproof.elaboration.document.sizes import Misfit, Size
from gradproof.elaboration.document.symbols import ranks, stem
from gradproof.elaboration.document.values import Value
from gradproof.language.document.tree import Term, Unread, walk

TRIES = 90  # readings that are tried for one text
UNREAD = 0.5
LIKELY = 1.5  # the cost of a kind that is not unusual
LOSSES = frozenset(("L", "J", "E", "C", "ell", "loss", "Loss", "cost", "f", "F", "MSE", "NLL", "l", "R"))


class Use(NamedTuple):
    """How a name is used: the most indices on it, whether it is bold, whether it stands without an index."""

    least: int
    bold: bool
    bare: bool


def inferred(sheet: Sheet) -> Reading:
    """The best reading of a text."""
    uses = _uses(sheet)
    assumed = _first(sheet, uses)
    best, trouble = _tried(sheet, assumed, uses)
    tries = 1
    improved = True
    while trouble and improved and tries < TRIES:
        improved = False
        for stage in _others(sheet, assumed, uses, trouble):
            found = []
            for other in stage[: TRIES - tries]:
                tries += 1
                found.append((*_tried(sheet, other, uses), other))
            chosen = min(found, key=lambda one: one[0], default=None)
            if chosen is not None and chosen[0] < best - 1e-9:
                best, trouble, assumed = chosen
                improved = True
                break
    reading = Reading(sheet, assumed)
    for chain in sheet.chains:
        _cost(reading, chain)
    return reading


# ---- what is known before


def _uses(sheet: Sheet) -> dict[str, Use]:
    out: dict[str, Use] = {}
    for chain in sheet.chains:
        for side in chain.sides:
            if side.term is None:
                continue
            for part in walk(side.term):
                if part.kind == "name" and part.text:
                    many = len(part.args)
                    before = out.get(part.text, Use(0, False, False))
                    bold = before.bold or "bold" in part.marks
                    out[part.text] = Use(max(before.least, many), bold, before.bare or not many)
    return out


def _first(sheet: Sheet, uses: dict[str, Use]) -> Assumed:
    found = {}
    for text, use in uses.items():
        said = sheet.declared.get(text)
        if said is not None and said.rank is not None:
            found[text] = said.rank
        else:
            found[text] = ranks(text, use.least, use.bold)[0][0]
    for text in _objectives(sheet):
        if text not in sheet.definitions:
            found[text] = 0
    return Assumed(found, _maps(sheet), _stacks(sheet, uses))


def _objectives(sheet: Sheet) -> set[str]:
    """Names that are differentiated."""
    return {
        part.args[0].text
        for chain in sheet.chains for side in chain.sides if side.term is not None
        for part in walk(side.term)
        if part.kind == "derivative" and part.args[0].kind == "name" and not part.args[0].args
    }  # fmt: skip


def _maps(sheet: Sheet) -> frozenset[str]:
    """Functions that are taken entry by entry: their slopes are written, or they are activations by name."""
    out = set()
    for chain in sheet.chains:
        head = chain.head
        for side in chain.sides:
            whole = side.term
            if (
                (
                    whole is not None
                    and whole.kind == "call"
                    and "function" in whole.marks
                    and len(whole.args) == 1
                )
                and head is not None
                and head.kind == "name"
                and stem(head.text) not in LOSSES
            ):
                out.add(whole.text)
            for part in walk(side.term) if side.term is not None else ():
                sloped = "prime" in part.marks or stem(part.text) in ("phi", "psi", "act", "sigma")
                if part.kind == "call" and "function" in part.marks and sloped:
                    out.add(part.text)
    return frozenset(out)


def _stacks(sheet: Sheet, uses: dict[str, Use]) -> dict[str, tuple[str, bool]]:
    """x_i as a row of X, where both are used and x stands nowhere alone."""
    out = {}
    turned = {
        part.args[0].text
        for chain in sheet.chains for side in chain.sides if side.term is not None
        for part in walk(side.term)
        if part.kind == "T" and part.args[0].kind == "name" and len(part.args[0].args) == 1
    }  # fmt: skip
    known = {*uses, *sheet.declared}
    for text, use in uses.items():
        upper = text.upper()
        indexed = text.islower() and len(text) == 1 and use.least and not use.bare
        entries = use.least == 2  # a_ij is an entry of A
        rows = text in turned or use.bold or upper not in sheet.definitions
        if indexed and upper in known and (entries or rows):
            out[text] = (upper, False)
    return out


# ---- trying


def _tried(sheet: Sheet, assumed: Assumed, uses: dict[str, Use]) -> tuple[float, list[Chain]]:
    """The cost of a reading, and the rows that do not fit in it."""
    reading = Reading(sheet, assumed)
    trouble = []
    total = 0.0
    for chain in sheet.chains:
        cost = _cost(reading, chain)
        total += cost
        if cost >= 1.0:
            trouble.append(chain)
    total += reading.cost
    for text in reading.inputs:
        said = sheet.declared.get(text)
        if said is None or said.rank is None:
            use = uses.get(text, Use(0, False, False))
            total += dict(ranks(text, use.least, use.bold)).get(assumed.ranks.get(text, 0), 6.0)
    total += 1.5 * len(assumed.stacks) - 1.0 * sum(1 for _, columns in assumed.stacks.values() if not columns)
    return total + MISFIT * len(reading.lost - sheet.unread), trouble


def _others(
    sheet: Sheet, assumed: Assumed, uses: dict[str, Use], trouble: list[Chain]
) -> Iterator[list[Assumed]]:
    """Readings that differ in names of the rows that do not fit: the likely changes first."""
    fixed = _objectives(sheet)
    texts = [text for text in dict.fromkeys(_open(sheet, uses, trouble)) if text not in fixed][:10]
    single = [(text, rank, cost) for text in texts
              for rank, cost in ranks(text, uses[text].least, uses[text].bold)
              if rank != assumed.ranks.get(text)]  # fmt: skip
    cheap = [(text, rank) for text, rank, cost in single if cost <= LIKELY]
    yield [_ranked(assumed, one) for one in cheap]
    yield [assumed._replace(maps=assumed.maps ^ {text}) for text in _functions(trouble)]
    yield list(_restacked(sheet, assumed, uses))
    yield [_ranked(assumed, a, b) for a, b in combinations(cheap, 2) if a[0] != b[0]][:24]
    yield [_ranked(assumed, (text, rank)) for text, rank, cost in single if cost > LIKELY]
    yield [
        _ranked(assumed, *three) for three in combinations(cheap, 3) if len({text for text, _ in three}) == 3
    ][:10]


def _ranked(assumed: Assumed, *changes: tuple[str, int]) -> Assumed:
    return assumed._replace(ranks={**assumed.ranks, **dict(changes)})


def _restacked(sheet: Sheet, assumed: Assumed, uses: dict[str, Use]) -> Iterator[Assumed]:
    """Names with an index as rows of a matrix, as its columns, or as neither."""
    for text, use in uses.items():
        if use.least == 1 and not use.bare and text.upper() in {*uses, *sheet.declared} and text.islower():
            whole = text.upper()
            if text not in assumed.stacks:
                yield assumed._replace(stacks={**assumed.stacks, text: (whole, False)})
            else:
                yield assumed._replace(stacks={**assumed.stacks, text: (whole, not assumed.stacks[text][1])})
                yield assumed._replace(stacks={k: v for k, v in assumed.stacks.items() if k != text})


def _open(sheet: Sheet, uses: dict[str, Use], trouble: list[Chain]) -> Iterator[str]:
    """Names of rows whose kinds nothing says, and what the names in them are made of."""
    todo = [side.term for chain in trouble for side in chain.sides if side.term is not None]
    seen: set[str] = set()
    while todo:
        for part in walk(todo.pop(0)):
            text = part.text
            if part.kind not in ("name", "call") or not text or text in seen:
                continue
            seen.add(text)
            if text in sheet.definitions:
                todo += [one.body for one in sheet.definitions[text]]
                continue
            said = sheet.declared.get(text)
            if part.kind == "name" and text in uses and (said is None or said.rank is None):
                yield text


def _functions(trouble: list[Chain]) -> Iterator[str]:
    seen = set()
    for chain in trouble:
        for side in chain.sides:
            for part in walk(side.term) if side.term is not None else ():
                if part.kind == "call" and "function" in part.marks and part.text not in seen:
                    seen.add(part.text)
                    yield part.text


# ---- the cost of one chain


def hints_of(chain: Chain) -> tuple[str, ...]:
    """The indices below derivatives, in order: the order of the entries of a gradient."""
    out: dict[str, None] = {}
    for side in chain.sides:
        for part in walk(side.term) if side.term is not None else ():
            if part.kind == "derivative":
                for by in part.args[1:]:
                    out.update(dict.fromkeys(letters_of(by)))
    return tuple(out)


def free_of(chain: Chain, head: Value | None) -> tuple[str, ...]:
    """The indices that a chain leaves free."""
    labels = () if head is None else head.labels
    if head is None or head.labels or chain.head is None or chain.head.kind != "derivative":
        return labels if head is not None else hints_of(chain)
    return (*labels, *hints_of(chain))


def head_value(reading: Reading, chain: Chain, term: Term, letters: dict[str, Size]) -> tuple[Value, Denoter]:
    """The value of the first side."""
    denoter = Denoter(reading, chain.place, None, letters)
    value = denoter.value(term)
    if term.kind not in ("name", "derivative", "d", "call"):
        repeated = [
            label
            for label in value.labels
            if sum(1 for p in walk(term) if p.kind == "index" and p.text == label) > 1
        ]
        if len(repeated) == len(value.labels):
            letters.clear()
            denoter = Denoter(reading, chain.place, None, letters)
            denoter.einstein = frozenset(hints_of(chain))
            value = denoter.contracted(denoter.value(term), term)
    return value, denoter


def _cost(reading: Reading, chain: Chain) -> float:
    cost = 0.0
    head: Value | None = None
    letters: dict[str, Size] = {}
    term = chain.head
    turning = term is not None and term.kind == "derivative"
    stacked = stacked_head(term)
    if stacked is not None:
        term, turning = stacked[0], False
    if term is not None and not _unsaid(reading, chain, term):
        try:
            head, denoter = head_value(reading, chain, term, letters)
            cost += denoter.cost
        except Misfit:
            cost += MISFIT
        except Unread:
            cost += UNREAD
    hints = hints_of(chain)
    for side in chain.sides[1:]:
        if side.term is None:
            continue
        mark = reading.sizes.mark()
        try:
            value, denoter = read_side(reading, chain, side.term, free_of(chain, head), letters)
            cost += denoter.cost
            if stacked is not None:
                value = denoter.arrays.product(value, denoter.value(stacked[1]))
            if head is not None:
                matched(denoter.arrays, head, value, turning, hints)
            else:
                head = value
        except Misfit:
            reading.sizes.back(mark)
            cost += MISFIT
        except Unread:
            reading.sizes.back(mark)
            cost += UNREAD
    return cost


def stacked_head(head: Term | None) -> tuple[Term, Term] | None:
    """Of `∂vec(Y)/∂vec(X)` the change of vec(Y) and that of vec(X), between which it is a matrix."""
    if head is None or head.kind != "derivative" or len(head.args) != 2:
        return None
    of, by = head.args
    if by.kind != "call" or by.text != "vec":
        return None
    return Term("d", (of,), span=head.span), Term("call", (Term("d", by.args),), "vec", span=head.span)


def _unsaid(reading: Reading, chain: Chain, term: Term) -> bool:
    """A gradient whose variable is not said."""
    return term.kind == "derivative" and len(term.args) < 2
