"""The first strategy: write the differential, carry factors across ":", read the gradient off.

A line is a sum of items `cotangent : body`, where the body holds one differential. Each round every
item takes one step: a differential is opened by its operator's row, or the outermost operator of the
body crosses ":" by the one law of `calculus.moves`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from gradproof.calculus.adjoint import OWN_TRANSPOSE, adjoint, name_of
from gradproof.calculus.differential import Condition
from gradproof.calculus.simplify import cancelled, gather
from gradproof.calculus.unknown_functions import Gradient
from gradproof.derivation.strategies.opening import Opener
from gradproof.errors import LimitError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.operators.build import add, d, frob, mul, neg, num, zeros

MOST_ROUNDS = 400
MOST_ITEMS = 2000


class Item(NamedTuple):
    """cotangent : body. A scalar cotangent times a scalar body."""

    cotangent: Expr
    body: Expr

    def whole(self) -> Expr:
        """The item as one scalar expression."""
        if self.cotangent.axes:
            return frob(self.cotangent, self.body)
        if self.cotangent is num(1):
            return self.body
        if self.cotangent is neg(num(1)):
            return neg(self.body)
        return mul(self.cotangent, self.body)


Change = tuple[Expr, Expr, str, str]  # before, after, rule, why


class Round(NamedTuple):
    """One line: what stands after it, and the rewriting of each item that changed."""

    items: tuple[Item, ...]
    changes: tuple[Change, ...]


class Trace(NamedTuple):
    """A finished walk: the rounds, the gradient and the conditions met on the way."""

    rounds: tuple[Round, ...]
    gradient: Expr
    conditions: tuple[Condition, ...]


class Walk:
    """Walks from `cotangent : d(body)` to `gradient : d(target)`.

    defined   the names that stand for expressions inside this walk
    active    whether an expression depends on the target
    gradient  names the gradient of an unknown function
    """

    def __init__(
        self, target: Expr, defined: dict[Expr, Expr], active: Callable[[Expr], bool], gradient: Gradient
    ) -> None:
        self.target = target
        self.goal = d(target)
        self.defined = defined
        self._tried: set[Expr] = set()
        self.opener = Opener(defined, frozenset((self.goal,)), active, gradient)

    def run(self, cotangent: Expr, body: Expr) -> Trace:
        """All rounds. Raises LimitError when a derivation grows without bound."""
        items = [Item(cotangent, d(body))]
        rounds: list[Round] = []
        while any(item.body is not self.goal for item in items):
            if len(rounds) > MOST_ROUNDS or len(items) > MOST_ITEMS:
                raise LimitError("a derivation may have at most 400 lines and 2000 terms", code="GP705")
            items, changes = self._round(items)
            rounds.append(Round(tuple(items), tuple(changes)))
        items, changes = self._merge(items, last=True)
        if not changes:
            items, changes = self._cancel(items, set())
        while changes:
            rounds.append(Round(tuple(items), tuple(changes)))
            items, changes = self._cancel(items, set())
        gradient = items[0].cotangent if items else zeros(*self.target.axes, row=self.target.row)
        return Trace(tuple(rounds), gradient, tuple(self.opener.conditions))

    def _round(self, items: list[Item]) -> tuple[list[Item], list[Change]]:
        out: list[Item] = []
        changes: list[Change] = []
        ready, merged = self._merge(items)
        if merged:
            return ready, merged
        waiting = self._waiting(items)
        ready, shorter = self._cancel(items, waiting)
        if shorter:
            return ready, shorter
        for item in items:
            if item.body is self.goal or item.body in waiting:
                out.append(item)
                continue
            new, rule, why = self._open(item) if item.body.op == "d" else self._cross(item)
            out.extend(new)
            changes.append((item.whole(), total(new), rule, why))
        return out, changes

    def _waiting(self, items: list[Item]) -> set[Expr]:
        """Differentials of names to which another item still leads: terms are collected first, then opened.

        Names stand for expressions in names before them, so that of all items the last never waits.
        """
        named = {item.body for item in items if item.body.op == "d" and item.body.args[0] in self.defined}
        return {
            body
            for body in named
            if any(item.body is not body and self._leads(item.body, body.args[0]) for item in items)
        }

    def _leads(self, body: Expr, name: Expr) -> bool:
        """Whether opening the differentials of a body comes to that of a name."""
        inner = {node.args[0] for node in postorder([body], stop=lambda n: n.op == "d") if node.op == "d"}
        return any(name in postorder([e], unfold=self.defined) for e in inner)

    def _open(self, item: Item) -> tuple[list[Item], str, str]:
        body, rule, why = self.opener.open(item.body.args[0])
        return self._settle(Item(item.cotangent, body)), rule, why

    # ---- crossing

    def _cross(self, item: Item) -> tuple[list[Item], str, str]:
        """Move the outermost operator across; go on while the notation would need ones or identities."""
        rule, why = name_of(item.body, self._place(item.body))
        items = self._settle(self._step(item))
        if item.body.op != "T" and any(_row_vector(i.body) for i in items):
            rule, why = "frob-vector", OWN_TRANSPOSE
            items = [j for i in items for j in (self._settle(self._step(i)) if _row_vector(i.body) else [i])]
        while any(_awkward(i) and self._can_cross(i) for i in items):
            items = [
                j
                for i in items
                for j in (self._settle(self._step(i)) if _awkward(i) and self._can_cross(i) else [i])
            ]
        return items, rule, why

    def _can_cross(self, item: Item) -> bool:
        return item.body.op != "d"

    def _place(self, body: Expr) -> int:
        return next(k for k, arg in enumerate(body.args) if _holds_d(arg))

    def _step(self, item: Item) -> Item:
        k = self._place(item.body)
        return Item(adjoint(item.cotangent, item.body, k), item.body.args[k])

    def _settle(self, item: Item) -> list[Item]:
        """Split sums and absorb scalar factors and signs: nobody writes lines for these."""
        done: list[Item] = []
        todo = [item]
        while todo:
            cotangent, body = todo.pop()
            if body.op == "add":
                for arg in reversed(body.args):
                    if _holds_d(arg):
                        spread = bool(body.axes and not arg.axes)
                        c = (
                            adjoint(cotangent, add(arg, zeros(*body.axes, row=body.row)), 0)
                            if spread
                            else cotangent
                        )
                        todo.append(Item(c, arg))
            elif body.op == "zeros" or not _holds_d(body):
                continue
            elif body.op != "d" and _silent(cotangent, body):
                todo.append(self._step(Item(cotangent, body)))
            else:
                done.append(Item(cotangent, body))
        return done

    # ---- merging

    def _cancel(self, items: list[Item], waiting: set[Expr]) -> tuple[list[Item], list[Change]]:
        """What stands at a differential that is opened next, with factors cancelled."""
        out: list[Item] = []
        changes: list[Change] = []
        for item in items:
            new = item.cotangent
            if item.body.op == "d" and item.body not in waiting and new not in self._tried:
                new = cancelled(new)
                self._tried.add(item.cotangent)
            out.append(Item(new, item.body))
            if new is not item.cotangent:
                changes.append((item.whole(), out[-1].whole(), "collect", "factors cancel"))
        return out, changes

    def _merge(self, items: list[Item], last: bool = False) -> tuple[list[Item], list[Change]]:
        """Items with the same differential become one: its cotangents are added."""
        groups: dict[Expr, list[Item]] = {}
        for item in items:
            groups.setdefault(item.body, []).append(item)
        out: list[Item] = []
        changes = []
        for body, group in groups.items():
            if len(group) == 1 or body.op != "d" or (body is self.goal and not last):
                out.extend(group)
                continue
            merged = Item(gather([i.cotangent for i in group], body), body)
            out.append(merged)
            changes.append((total(group), merged.whole(), "collect", "like terms"))
        return out, changes


def total(items: list[Item] | tuple[Item, ...]) -> Expr:
    """The sum of some items as one scalar expression."""
    return add(*(item.whole() for item in items)) if items else num(0)


def _holds_d(e: Expr) -> bool:
    return any(node.op == "d" for node in postorder([e], stop=lambda n: n.op == "d"))


def _row_vector(body: Expr) -> bool:
    """The transpose of a column vector."""
    return body.op == "T" and len(body.axes) == 1


def _awkward(item: Item) -> bool:
    return any(node.op in ("eye", "ones") for node in postorder([item.cotangent]))


def _silent(cotangent: Expr, body: Expr) -> bool:
    if body.op in ("neg", "div"):
        return True
    if body.op in ("mul", "had") and not body.axes and any(not a.axes and _holds_d(a) for a in body.args):
        return True
    if body.op in ("mul", "had"):
        return all(not arg.axes or _holds_d(arg) for arg in body.args) and not (
            body.axes and any(not arg.axes and _holds_d(arg) for arg in body.args)
        )
    return body.op == "frob" and not cotangent.axes
