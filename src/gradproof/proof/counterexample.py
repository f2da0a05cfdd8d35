"""The smallest counterexample: least sizes, entries 0, 1, -1 and 2, exact fractions where possible.

Where functions such as exp or log are met, the same small entries are tried in floating point. A
difference that needs an unknown function to show has no counterexample in numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from gradproof.expressions.nodes import Expr
from gradproof.proof.arithmetic import Arithmetic, NeedsCircle, Undefined, Unsupported
from gradproof.proof.chance import mix
from gradproof.proof.context import Context
from gradproof.proof.evaluate import Evaluator, Shared
from gradproof.proof.modular import Answer, Question, described, sides
from gradproof.proof.points import NeedsWhole, Point, Sizes
from gradproof.proof.reals import Rationals, Reals
from gradproof.proof.rules import rule

TRIES = 12  # for each choice of sizes
CHOICES = 40  # of sizes
_CLEAR = 1e-6


def smallest(a: Expr, b: Expr, context: Context) -> dict[str, Any] | None:
    """Arrays (as lists in lists) for which a and b differ; None where none was found."""
    return smallest_for(sides(a, b), context, _symbols((a, b), context.unfold))


def smallest_gradient(question: Question, roots: tuple[Expr, ...], context: Context) -> dict[str, Any] | None:
    """The same for a claim about a program."""
    return smallest_for(question, context, _symbols(roots, context.unfold))


def smallest_for(question: Question, context: Context, symbols: list[str]) -> dict[str, Any] | None:
    """Arrays for which both sides of a question differ."""
    shared = Shared()
    for field in (Rationals(), Reals(small=True)):
        try:
            return _search(question, context, symbols, field, shared)
        except Unsupported:
            continue
    return None


def _search(
    question: Question, context: Context, symbols: list[str], field: Arithmetic, shared: Shared
) -> dict[str, Any] | None:
    for sizes in _sizes(symbols):
        for attempt in range(TRIES):
            point = Point(mix(attempt, *sizes.values()), Sizes(fixed=sizes), attempt % 2 == 1)
            ev = Evaluator(point, context.unfold, context.varying, rule, shared)
            try:
                answer = question(ev, field)
            except (Undefined, NeedsCircle, NeedsWhole):
                continue
            if _clear(answer):
                return _shown(ev, field)
    return None


def _clear(answer: Answer) -> bool:
    return any(
        abs(x - y) > _CLEAR * (1 + abs(x) + abs(y)) for x, y in zip(answer.left, answer.right, strict=True)
    )


def _sizes(symbols: list[str]) -> Iterator[dict[str, int]]:
    """Choices of sizes, the smallest first; with many symbols, all of one size."""
    if len(symbols) > 5:
        choices = [(n,) * len(symbols) for n in (1, 2, 3)]
    else:
        choices = sorted(product((1, 2, 3), repeat=len(symbols)), key=lambda c: (sum(c), c))
        choices = [*choices[:CHOICES], (3,) * len(symbols)]
    for choice in choices:
        yield dict(zip(symbols, choice, strict=True))


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
    values = {label: _plain(value) for label, value in found["values"].items()}
    shown = {s for (name, _, _) in ev.point.drawn for dim in name.axes for s in dim.symbols}
    values.update({s: n for s, n in found["sizes"].items() if s not in shown})
    return values


def _plain(value: Any) -> Any:
    """Whole numbers as int, others as they are."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    whole = int(value)
    if whole == value:
        return whole
    return str(value) if isinstance(value, Fraction) else value
