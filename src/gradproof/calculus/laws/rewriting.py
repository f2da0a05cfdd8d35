"""Rewriting by the table of laws: one law at one place, or by some laws as far as they go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from gradproof.calculus.laws.algebra import ALGEBRA
from gradproof.calculus.laws.law import Law, law_of
from gradproof.calculus.laws.matching import Settle, matches, placed, written
from gradproof.calculus.laws.rule import Rule
from gradproof.errors import GradproofError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import fold
from gradproof.operators.places import places, remade, replaced

MOST = 1000  # rewritings of one place by a law that is repeated


@cache
def laws_of(rule: Rule) -> tuple[Law, ...]:
    """The laws of a rule, read; none where code does the rewriting and the text is an example."""
    if rule.code is not None:
        return ()
    return tuple(law_of(text, rule.where, rule.given) for text in rule.laws)


def rewritings(rule: Rule, e: Expr) -> Iterator[Expr]:
    """What one use of a rule at this place makes of an expression of the same shape, in each way."""
    return _rewritings(rule, e, _then(rule))


def _rewritings(rule: Rule, e: Expr, then: tuple[Rule, ...]) -> Iterator[Expr]:
    for new in rule.code(e) if rule.code is not None else _by_text(rule, e, then):
        if new is not e and (new.axes, new.row) == (e.axes, e.row):
            yield new


def _by_text(rule: Rule, e: Expr, then: tuple[Rule, ...]) -> Iterator[Expr]:
    once = tuple(one for one in then if one is not rule)
    for law in laws_of(rule):
        found = _by(law, e, lambda new, several: settled(new, then if several else once))
        if not law.ordered:
            yield from found
        elif (least := min(found, key=_order, default=e)) is not e and _order(least) < _order(e):
            yield least


def _by(law: Law, e: Expr, settle: Settle) -> Iterator[Expr]:
    for bound, window in matches(law, e):
        try:
            yield settle(placed(e, window, written(law.right, bound, settle)), True)
        except GradproofError:  # the parts do not fit together
            continue


def _order(e: Expr) -> list[tuple[bool, str, int]]:
    """Numbers first, then by the letters: what a law that only moves its parts makes smaller."""
    parts = e.args
    while len(parts) == 1:
        parts = parts[0].args
    return [(bool(part.axes), str(part.args[0] if part.op == "T" else part), part.uid) for part in parts]


def settled(e: Expr, rules: tuple[Rule, ...]) -> Expr:
    """An expression by some rules at its root, as far as they go; what they make is settled too."""
    for _ in range(MOST):
        new = next((new for rule in rules for new in _rewritings(rule, e, rules)), None)
        if new is None:
            return e
        e = new
    return e


def normal(e: Expr, rules: tuple[Rule, ...]) -> Expr:
    """An expression by some rules at every place, from the leaves up."""
    return fold(e, lambda node, args: settled(node if args == node.args else remade(node, args), rules))


def uses(laws: Iterable[Law], e: Expr) -> Iterator[Expr]:
    """What one use of one of the laws makes of an expression, at any place."""
    for law in laws:
        for path, node in places(e):
            yield from (replaced(e, path, new) for new in _by(law, node, lambda made, _: made))


@cache
def _then(rule: Rule) -> tuple[Rule, ...]:
    return tuple(one for one in ALGEBRA if one.name in rule.then)
