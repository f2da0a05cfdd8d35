"""Which names stay in an answer, and which are written out.

An adjoint that is used once is written where it is used; an abbreviation stays only where it saves
much ink. Statements that the person named stay named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gradproof.calculus.network.cost import ink
from gradproof.calculus.simplify import insert
from gradproof.derivation.strategies.backpropagation import Derived
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder, rebuild, uses
from gradproof.operators.build import construct

LONGEST = 30  # ink of an adjoint that may be written out inside another line
WORTH = 10  # ink that a name must save in an answer


class Answer(NamedTuple):
    """Answers in terms of the inputs, the statements and `definitions` (in order of use).

    raw         the gradients as back-propagation left them, in terms of all names
    written     names that were replaced, with what they stand for (in terms of names that stay)
    """

    gradients: Mapping[Expr, Expr]
    definitions: tuple[tuple[Expr, Expr], ...]
    raw: Mapping[Expr, Expr]
    written: Mapping[Expr, Expr]


def present(derived: Derived) -> Answer:
    """Write out what should be written out."""
    values = {new: value for new, _, value in derived.adjoints}
    roots = [*values.values(), *derived.gradients.values()]
    count = uses(roots, set(values) | set(derived.abbreviations))
    written: dict[Expr, Expr] = {}
    definitions: list[tuple[Expr, Expr]] = []
    kept = _worth_keeping(derived.abbreviations, count)
    for let, meaning in derived.abbreviations.items():
        meaning = insert(meaning, written) if _mentions(meaning, written) else meaning
        if let in kept:
            definitions.append((let, meaning))
        else:
            written[let] = meaning
    readers = _readers(set(values), roots)
    for new, value in values.items():
        value = insert(value, written)
        users = readers.get(new, [])
        if _better_written(new, value, users, count[new], written):
            written[new] = value
        else:
            definitions.append((new, value))
    gradients = {v: insert(g, written) for v, g in derived.gradients.items()}
    return _shorter(
        Answer(gradients, _needed(gradients.values(), definitions), derived.gradients, written), kept
    )


def _shorter(answer: Answer, kept: set[Expr]) -> Answer:
    """The same answer without abbreviations, where these only hid what cancels."""
    names = [pair for pair in answer.definitions if pair[0] in kept]
    if not names:
        return answer
    known = dict(names)
    bare = {v: insert(g, known) for v, g in answer.gradients.items()}
    others = tuple((new, insert(value, known)) for new, value in answer.definitions if new not in known)
    if _ink(bare, others) > _ink(answer.gradients, answer.definitions):
        return answer
    return Answer(bare, others, answer.raw, {**answer.written, **known})


class Written(NamedTuple):
    """Arrays in terms of the names that stay; definitions: of these; written: of the others."""

    values: tuple[Expr, ...]
    definitions: tuple[tuple[Expr, Expr], ...]
    written: Mapping[Expr, Expr]


def write_out(values: Sequence[Expr], lets: Mapping[Expr, Expr]) -> Written:
    """Some arrays with the abbreviations written out that save little."""
    kept = _worth_keeping(lets, uses(values, set(lets)))
    best: Written | None = None
    for stay in (kept, set()):
        written: dict[Expr, Expr] = {}
        definitions: list[tuple[Expr, Expr]] = []
        for let, meaning in lets.items():
            here = insert(meaning, written)
            if let in stay:
                definitions.append((let, here))
            else:
                written[let] = here
        made = tuple(insert(value, written) for value in values)
        found = Written(made, _needed(made, definitions), written)
        if best is None or _weight(found) <= _weight(best):
            best = found
    assert best is not None
    return best


def _weight(found: Written) -> int:
    return sum(map(ink, found.values)) + sum(1 + ink(value) for _, value in found.definitions)


def _ink(gradients: Mapping[Expr, Expr], definitions: Sequence[tuple[Expr, Expr]]) -> int:
    return sum(map(ink, gradients.values())) + sum(1 + ink(value) for _, value in definitions)


def _worth_keeping(lets: Mapping[Expr, Expr], count: dict[Expr, int]) -> set[Expr]:
    """Abbreviations that would be written so often that a name saves much; the outermost decide first."""
    count = dict(count)
    kept: set[Expr] = set()
    full: dict[Expr, Expr] = {}
    for let, meaning in lets.items():  # each after those it uses
        full[let] = rebuild(meaning, full, construct)
    for let in reversed(list(lets)):
        often = count[let]
        if often and (often - 1) * (ink(full[let]) - 1) >= WORTH:
            kept.add(let)
            often = 1
        for inner, times in uses([lets[let]], set(lets)).items():
            count[inner] += often * times
    return kept


def _better_written(
    new: Expr, value: Expr, users: Sequence[Expr], count: int, written: Mapping[Expr, Expr]
) -> bool:
    """Whether an adjoint is better written where it is used than named."""
    if ink(value) <= 2:
        return True
    if ink(value) > LONGEST:
        return False
    if len(users) > 4:
        return False
    inside = [insert(user, {**written, new: value}) for user in users]
    if count == 1 and all(ink(user) <= LONGEST for user in inside):
        return True
    named = [insert(user, written) for user in users]
    return sum(map(ink, inside)) <= sum(map(ink, named))


def _readers(among: set[Expr], roots: Sequence[Expr]) -> dict[Expr, list[Expr]]:
    """Which expressions mention each name."""
    found: dict[Expr, list[Expr]] = {}
    for root in roots:
        for node in postorder([root]):
            if node in among:
                found.setdefault(node, []).append(root)
    return found


def _mentions(e: Expr, known: Mapping[Expr, Expr]) -> bool:
    return any(node in known for node in postorder([e]))


def _needed(answers: Iterable[Expr], definitions: list[tuple[Expr, Expr]]) -> tuple[tuple[Expr, Expr], ...]:
    """The definitions that some answer uses, directly or not."""
    seen = {node for answer in answers for node in postorder([answer])}
    kept: list[tuple[Expr, Expr]] = []
    for new, value in reversed(definitions):
        if new in seen:
            seen.update(postorder([value]))
            kept.append((new, value))
    return tuple(reversed(kept))
