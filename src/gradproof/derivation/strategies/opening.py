"""Open differentials: one operator, or several linear ones at once and then one that is not.

Both walks use this: the one across ":" that finds gradients, and the one forwards that finds
differentials of arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from gradproof.calculus.differential import (
    LINEAR,
    TERM_BY_TERM,
    TRANSPOSED,
    Condition,
    Move,
    constant,
    differential,
    said_constant,
)
from gradproof.calculus.unknown_functions import Gradient
from gradproof.expressions.nodes import Expr
from gradproof.expressions.sentences import Sentence, joined
from gradproof.expressions.walk import postorder, rebuild
from gradproof.operators.build import call, construct, d, derivative_of, neg, positions
from gradproof.operators.properties import number


class Opened(NamedTuple):
    """What a differential became, by which rule, and why."""

    after: Expr
    rule: str
    why: Sentence


class Opener:
    """Opens differentials.

    defined   the names that stand for expressions; their differentials open as those of what they are
    goals     differentials that stay
    active    whether an expression depends on what varies
    gradient  names the gradient of an unknown function
    """

    def __init__(
        self, defined: Mapping[Expr, Expr], goals: frozenset[Expr], active: Callable[[Expr], bool],
        gradient: Gradient,
    ) -> None:  # fmt: skip
        self.defined = defined
        self.goals = goals
        self.active = active
        self.gradient = gradient
        self.conditions: dict[Condition, None] = {}
        self._named = {meaning: named for named, meaning in defined.items() if meaning.args}
        self._named |= {body.args[1]: named for named, body in defined.items() if body.op == "root"}

    def open(self, e: Expr) -> Opened:
        """d(e), one line further."""
        first = self._differential(e)
        body, whys, rule = self._descend(first, [first.why], first.rule)
        return Opened(self._at_once(body), rule, joined(dict.fromkeys(whys)))

    def _at_once(self, body: Expr) -> Expr:
        """d(1 - p) is -dp: nobody writes a line for what differs from a name by a number and a sign."""
        replace: dict[Expr, Expr] = {}
        for node in postorder([body], stop=lambda n: n.op == "d"):
            if node.op == "d" and node not in self.goals and node.args[0] not in self.defined:
                near = _near_name(node.args[0])
                if near is not None and self.active(near[1]):
                    replace[node] = neg(d(near[1])) if near[0] < 0 else d(near[1])
        return rebuild(body, replace, construct)

    def _differential(self, e: Expr) -> Move:
        value = e
        if e in self.defined:
            value, e = e, self.defined[e]
        move = differential(e, self.active, self.gradient, value)
        if e.op == "root":
            said = tuple(
                condition._replace(about=tuple(self._folded(self._called(x)) for x in condition.about))
                for condition in move.conditions
            )
            move = move._replace(after=self._called(move.after), conditions=said)
        move = move._replace(after=self._folded(move.after))
        self.conditions.update(dict.fromkeys(move.conditions))
        return move

    def _called(self, e: Expr) -> Expr:
        """The derivatives of unknown functions in what solves an equation, by their names."""
        found: dict[Expr, Expr] = {}
        for node in postorder([e], stop=lambda n: n.op == "d"):
            if node.op == "gradof":
                *before, last = positions(node)
                value = node.axes[: len(node.axes) - sum(len(node.args[p].axes) for p in (*before, last))]
                inner = call(str(node.data[0]), *node.args, axes=value)
                for position in before:
                    inner = derivative_of(inner, position)
                found[node] = self.gradient(inner, last)
        return rebuild(e, found, construct)

    def _folded(self, e: Expr) -> Expr:
        """What has a name is called by it, outside differentials: 1 - u is z where z = 1 - u."""
        held = {node: node for node in postorder([e], stop=lambda n: n.op == "d") if node.op == "d"}
        return rebuild(e, {**self._named, **held}, construct)

    def _descend(self, move: Move, whys: list[Sentence], rule: str) -> tuple[Expr, list[Sentence], str]:
        """Open the differentials inside as long as the operators are linear, then one that is not."""
        body = move.after
        if rule == "def-gradient" or not is_linear_rule(rule):
            return body, whys, rule
        replace: dict[Expr, Expr] = {}
        for node in postorder([body], stop=lambda n: n.op == "d"):
            if node.op != "d" or node in self.goals or node.args[0] in self.defined:
                continue
            inner = self._differential(node.args[0])
            after, more, deeper = self._descend(inner, [inner.why], inner.rule)
            replace[node] = after
            whys = [*whys, *more]
            if not is_linear_rule(deeper):
                rule = deeper
        return rebuild(body, replace, construct), _essential(whys), rule


def _near_name(e: Expr) -> tuple[int, Expr] | None:
    """The sign and the name of p in 1 - p, p + 2 and -p, where e has the shape of p; else None."""
    if e.op == "name":
        return 1, e
    if e.op == "neg":
        found = _near_name(e.args[0])
        return None if found is None else (-found[0], found[1])
    if e.op == "add":
        rest = [arg for arg in e.args if number(arg) is None]
        return _near_name(rest[0]) if len(rest) == 1 and rest[0].axes == e.axes else None
    return None


def is_linear_rule(rule: str) -> bool:
    """Whether a rule only passes a differential on to the parts."""
    return rule in ("d-sum", "d-transpose", "d-product", "d-linear")


QUIET = (LINEAR, TERM_BY_TERM, TRANSPOSED)  # reasons that are told only where there is no other


def _essential(whys: list[Sentence]) -> list[Sentence]:
    """Of the reasons for one line, those that tell something."""
    return _joined([why for why in dict.fromkeys(whys) if why not in QUIET]) or list(dict.fromkeys(whys))


def _joined(whys: list[Sentence]) -> list[Sentence]:
    """ "y is constant" and "X is constant" as one remark."""
    still = [name for why in whys for name in said_constant(why)]
    rest = [why for why in whys if not said_constant(why)]
    return [constant(still), *rest] if still else rest
