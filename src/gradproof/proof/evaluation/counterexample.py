"""The smallest counterexample: least sizes, entries 0, 1, -1 and 2, exact fractions where possible.

Where functions such as exp or log are met, the same small entries are tried in floating point. A
difference that needs an unknown function to show has no counterexample in numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import islice
from typing import Any, NamedTuple

from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.proof.evaluation.arithmetic import Arithmetic, NeedsCircle, Undefined, Unsupported
from gradproof.proof.evaluation.dispatch import rule
from gradproof.proof.evaluation.evaluator import Evaluator, Shared
from gradproof.proof.evaluation.fields.floating_point import Rationals, Reals
from gradproof.proof.evaluation.judge import Answer, Question, described, nested, sides
from gradproof.proof.evaluation.random import mix
from gradproof.proof.evaluation.sampling import NeedsWhole, Point, positives
from gradproof.proof.evaluation.sizes import PAIRS, Sizes, chosen
from gradproof.proof.semantics.context import Context

TRIES = 12  # for each choice of sizes
CHOICES = 40  # of sizes
_CLEAR = 1e-6


class Witness(NamedTuple):
    """Numbers for which two sides differ.

    values       name -> number or nested lists; sizes that no array shows, too
    left right   what the sides are there
    exact        False where a function has no exact values: rounded for display
    """

    values: dict[str, Any]
    left: Any
    right: Any
    exact: bool


def witness(a: Expr, b: Expr, context: Context) -> Witness | None:
    """The smallest counterexample to a = b with both sides, its entries made as simple as they can be."""
    question = sides(a, b)
    symbols = _symbols((a, b), context.unfold)
    found = _found(question, context, symbols)
    if found is None and _known((a, b), context):  # sign and hardtanh differ between 0 and 1
        found = _found(question, context, symbols, (Reals(),))
    if found is None:
        return None
    ev, field = _simplified(question, context, *found)
    answer = question(ev, field)
    exact = isinstance(field, Rationals)
    left, right = (
        _readable(nested(v, ev.point.shape(e), e.row)) for v, e in zip(answer[:2], (a, b), strict=True)
    )
    return Witness(_shown(ev, field), left, right, exact)


def _simplified(
    question: Question, context: Context, ev: Evaluator, field: Arithmetic
) -> tuple[Evaluator, Arithmetic]:
    """The same counterexample with entries 0, else 1, wherever the two sides still differ."""
    free = [key for key in ev.point.drawn if key[1] is field and not key[2] and not key[0].data[1]]
    for key in reversed(free):
        for place in range(len(ev.point.drawn[key])):
            for simple in (0, 1):
                if ev.point.drawn[key][place] == simple:
                    break
                entries = list(ev.point.drawn[key])
                entries[place] = field.number(Fraction(simple))
                point = Point(ev.point.seed, ev.point.sizes, ev.point.positive)
                point.drawn = {**ev.point.drawn, key: entries}
                tried = Evaluator(point, context.unfold, context.varying, rule, ev.shared)
                if _differs(question, tried, field):
                    ev = tried
                    break
    return ev, field


def _differs(question: Question, ev: Evaluator, field: Arithmetic) -> bool:
    try:
        return _clear(question(ev, field))
    except (Undefined, NeedsCircle, NeedsWhole, Unsupported):
        return False


def smallest(a: Expr, b: Expr, context: Context) -> dict[str, Any] | None:
    """Arrays (as lists in lists) for which a and b differ; None where none was found."""
    return smallest_for(sides(a, b), context, _symbols((a, b), context.unfold))


def smallest_gradient(question: Question, roots: tuple[Expr, ...], context: Context) -> dict[str, Any] | None:
    """The same for a claim about a program."""
    return smallest_for(question, context, _symbols(roots, context.unfold))


def smallest_for(question: Question, context: Context, symbols: list[str]) -> dict[str, Any] | None:
    """Arrays for which both sides of a question differ."""
    found = _found(question, context, symbols)
    return None if found is None else _shown(*found)


def _found(
    question: Question, context: Context, symbols: list[str], fields: tuple[Arithmetic, ...] = ()
) -> tuple[Evaluator, Arithmetic] | None:
    shared = Shared()
    for field in fields or (Rationals(), Reals(small=True)):
        try:
            ev = _search(question, context, symbols, field, shared)
        except Unsupported:
            continue
        if ev is not None or not fields:
            return None if ev is None else (ev, field)
    return None


def _known(roots: tuple[Expr, ...], context: Context) -> bool:
    """Whether every function in expressions is known."""
    every = [*roots, *context.unfold, *context.unfold.values()]
    return not any(e.op in ("call", "map", "gradof") for e in postorder(every))


def _search(
    question: Question, context: Context, symbols: list[str], field: Arithmetic, shared: Shared
) -> Evaluator | None:
    for sizes in _sizes(symbols):
        for attempt in range(TRIES):
            point = Point(mix(attempt, *sizes.values()), Sizes(fixed=sizes), positives(0, attempt))
            ev = Evaluator(point, context.unfold, context.varying, rule, shared)
            try:
                answer = question(ev, field)
            except (Undefined, NeedsCircle, NeedsWhole):
                continue
            if _clear(answer):
                return ev
    return None


def _clear(answer: Answer) -> bool:
    return any(
        abs(x - y) > _CLEAR * (1 + abs(x) + abs(y)) for x, y in zip(answer.left, answer.right, strict=True)
    )


def _sizes(symbols: list[str]) -> Iterator[dict[str, int]]:
    """Choices of sizes, the smallest first; then all of one size, then all different."""
    count = len(symbols)
    small = (choice for above in range(2 * count + 1) for choice in _above(count, above))
    for choice in (*islice(small, CHOICES), (2,) * count, (3,) * count):
        yield dict(zip(symbols, choice, strict=True))
    for slot in range(2 * PAIRS):
        yield chosen(symbols, frozenset(), slot)


def _above(count: int, total: int) -> Iterator[tuple[int, ...]]:
    """Sizes 1, 2 and 3 that are together so much larger than ones, in order."""
    if count * 2 < total or total < 0:
        return
    if not count:
        yield ()
    for first in range(min(3, total + 1) if count else 0):
        for rest in _above(count - 1, total - first):
            yield (1 + first, *rest)


def _symbols(roots: tuple[Expr, ...], unfold: Mapping[Expr, Expr]) -> list[str]:
    seen: set[Expr] = set()
    found: dict[str, None] = {}
    todo = list(roots)
    while todo:
        node = todo.pop()
        if node in seen:
            continue
        seen.add(node)
        for dim in node.axes:
            found.update(dict.fromkeys(dim.symbols))
        if node.op == "size":
            found[str(node.data[0])] = None
        todo.extend(node.args)
        if node in unfold:
            todo.append(unfold[node])
    return sorted(found)


def _shown(ev: Evaluator, field: Arithmetic) -> dict[str, Any]:
    """Names and their arrays; sizes too, where no array shows them."""
    found = described(ev, field)
    values = {label: _readable(value) for label, value in found["values"].items()}
    shown = {s for (name, _, _) in ev.point.drawn for dim in name.axes for s in dim.symbols}
    values.update({s: n for s, n in found["sizes"].items() if s not in shown})
    return values


def _readable(value: Any) -> Any:
    """As `_plain`, floating point to four digits."""
    if isinstance(value, list):
        return [_readable(item) for item in value]
    return float(f"{value:.4g}") if isinstance(value, float) and value != int(value) else _plain(value)


def _plain(value: Any) -> Any:
    """Whole numbers as int, others as they are."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    whole = int(value)
    if whole == value:
        return whole
    return str(value) if isinstance(value, Fraction) else value
