"""Forwards: the differential of an array, statement by statement, as an expression linear in those of
the variables.

    Y = A X B        dY = A dX B

Jacobians are read off such a line (`reading`), Hessians off the differential of a gradient.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from gradproof.calculus.differential import Condition
from gradproof.calculus.network.cost import ink
from gradproof.calculus.simplify import collected, gather
from gradproof.calculus.unknown_functions import Gradient
from gradproof.derivation.strategies.common_subexpressions import Names, hoist
from gradproof.derivation.strategies.opening import Opener
from gradproof.errors import LimitError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.sentences import joined, say
from gradproof.expressions.walk import fold, postorder, rebuild
from gradproof.operators.build import construct, d, mul, num, zeros
from gradproof.operators.properties import number
from gradproof.operators.substitution import unfold

MOST_LINES = 400
LONGEST = 4000  # ink of a differential


class Change(NamedTuple):
    """before = after: one line of a differential."""

    before: Expr
    after: Expr
    rule: str
    why: str


class Differential(NamedTuple):
    """The differential of one statement, or of the objective.

    whole   the statement's name, or the objective
    body    what it stands for, in terms of the names in `lets` and of other statements
    lets    abbreviations made for it, each after those it uses
    lines   the derivation
    value   linear in the differentials of the variables and of the statements named in the body
    full    linear in the differentials of the variables alone
    """

    whole: Expr
    body: Expr
    lets: tuple[tuple[Expr, Expr], ...]
    lines: tuple[Change, ...]
    value: Expr
    full: Expr


class Forward:
    """The differentials of a program.

    statements  (name, right-hand side) in order; names of unknown derivatives may be among them
    names       hands out names for abbreviations
    gradient    names the gradient of an unknown function
    """

    def __init__(
        self, statements: Sequence[tuple[Expr, Expr]], variables: Sequence[Expr], names: Names,
        gradient: Gradient,
    ) -> None:  # fmt: skip
        self.statements = dict(statements)
        self.variables = tuple(variables)
        self.names = names
        self.gradient = gradient
        self.goals = frozenset(d(v) for v in variables)
        self.lets: dict[Expr, Expr] = {}
        self.conditions: dict[Condition, None] = {}
        self._active: dict[Expr, bool] = {v: True for v in variables}
        self._known = {body: named for named, body in statements if body.args}
        self._done: dict[Expr, Differential] = {}

    def active(self, e: Expr) -> bool:
        """Whether an expression depends on a variable, seen through every name."""
        for node in postorder([e], stop=lambda n: n in self._active):
            if node not in self._active:
                meaning = self.statements.get(node) or self.lets.get(node)
                below = node.args if meaning is None else (meaning,)
                self._active[node] = any(self.active(arg) for arg in below)
        return self._active[e]

    def run(self, objective: Expr) -> tuple[Differential, ...]:
        """The differentials of the statements that the objective needs, and last of the objective."""
        found = []
        for named in self._needed(objective):
            found.append(self._differential(named, self.statements[named]))
            self._done[named] = found[-1]
        return (*found, self._differential(objective, objective))

    def _needed(self, objective: Expr) -> list[Expr]:
        wanted: set[Expr] = set()
        for node in postorder([objective], unfold=self.statements):
            named = self._known.get(node, node)  # what a statement says may stand elsewhere, unnamed
            if named in self.statements and self.active(named):
                wanted.add(named)
        return [named for named in self.statements if named in wanted]

    def _differential(self, whole: Expr, body: Expr) -> Differential:
        if not self.active(body):
            nothing = zeros(*body.axes, row=body.row)
            return Differential(whole, body, (), (), nothing, nothing)
        known = {meaning: named for meaning, named in self._known.items() if named is not whole}
        moving = {node for node in postorder([body]) if node.op == "name" and self.active(node)}
        short, made = hoist(body, moving, self.names, known)
        self.lets.update(made)
        lets = dict(made)
        defined = {**lets, whole: short} if whole is not body else lets
        others = (named for named in self.statements if named is not whole or whole is body)
        stay = frozenset(map(d, others)) | self.goals
        opener = Opener(defined, stay, self.active, self.gradient)
        start = d(whole) if whole is not body else d(short)
        lines = self._lines(start, opener, stay)
        self.conditions.update(opener.conditions)
        value = lines[-1].after if lines else start
        full = self._inserted(value)
        return Differential(whole, short, tuple(made), tuple(lines), value, full)

    def _lines(self, start: Expr, opener: Opener, stay: frozenset[Expr]) -> list[Change]:
        """Open every differential of a line at once, until only those that stay are left."""
        lines: list[Change] = []
        current = start
        while True:
            closed = [
                node
                for node in postorder([current], stop=lambda n: n.op == "d")
                if node.op == "d" and node not in stay
            ]
            if not closed:
                break
            if len(lines) > MOST_LINES or ink(current) > LONGEST:
                raise LimitError(
                    "a differential may have at most 400 lines, and not be too long", code="GP705"
                )
            opened = {node: opener.open(node.args[0]) for node in closed}
            after = plain(rebuild(current, {node: made.after for node, made in opened.items()}, construct))
            why = joined(dict.fromkeys(made.why for made in opened.values()))
            rule = ", ".join(dict.fromkeys(made.rule for made in opened.values()))
            lines.append(Change(current, after, rule, why))
            current = after
        short = collected(current)
        if ink(short) < ink(current):
            lines.append(Change(current, short, "collect", say("written shorter")))
        return lines

    def _inserted(self, value: Expr) -> Expr:
        """The differentials of statements written out."""
        known = {d(named): made.full for named, made in self._done.items()}
        full = unfold(value, known)
        if full is value:
            return value
        if ink(full) > LONGEST:
            raise LimitError("the differential through so many statements is too long to write", code="GP705")
        return gather([full], full)


def plain(e: Expr) -> Expr:
    """Sums of numbers added up, a power of one and inner parentheses left out: 2*X.^(2 - 1) is 2*X."""

    def made(node: Expr, args: tuple[Expr, ...]) -> Expr:
        new = node if args == node.args else construct(node, args)
        if new.op == "add" and not new.axes and (value := number(new)) is not None and ends(value):
            return num(value)
        if new.op == "mul" and any(_chain(arg) for arg in new.args[1:]):
            return mul(*(part for arg in new.args for part in (arg.args if _chain(arg) else (arg,))))
        if new.op in ("pow", "hpow") and new.args[1] is num(1) and new.axes == new.args[0].axes:
            return new.args[0]
        return new

    return fold(e, made)


def _chain(e: Expr) -> bool:
    """A product of matrices, and of a vector behind them, which needs no parentheses inside another."""
    return e.op == "mul" and all(len(arg.axes) == 2 for arg in e.args[:-1]) and bool(e.args[-1].axes)


def ends(value: Fraction) -> bool:
    """Whether a number has a decimal expansion that ends, so that it can be written."""
    below = value.denominator
    for prime in (2, 5):
        while below % prime == 0:
            below //= prime
    return below == 1


def definitions(
    statements: Iterable[tuple[Expr, Expr]], found: Iterable[Differential]
) -> Mapping[Expr, Expr]:
    """What every name in some differentials stands for."""
    known = dict(statements)
    for made in found:
        known.update(made.lets)
    return known
