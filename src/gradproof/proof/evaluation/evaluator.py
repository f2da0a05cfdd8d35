"""Values and tangents of expressions at one point, each shared part computed once.

A rule is a generator: it yields the keys of what it needs and returns its entries, so that nothing
here recurses, however deep an expression is. A key is (node, arithmetic, what of it is wanted): its
value, its tangent along a seed, or one of the other faces below. What depended on an oracle instead of an
exact model is marked, and with it all that was computed from it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from fractions import Fraction
from math import inf
from typing import Any, NamedTuple

from gradproof.errors import LimitError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.operators.blocks import entries
from gradproof.operators.wiring import wiring
from gradproof.proof.evaluation.arithmetic import Arithmetic, Entries, Undefined, Unsupported
from gradproof.proof.evaluation.contraction import Labels, Plan, plan
from gradproof.proof.evaluation.sampling import Point
from gradproof.proof.semantics.definitions import meaning, norm_power

VALUE, LOG, EXP, TURN, SIGN = "value", "log", "exp", "turn", "sign"
ORACLE = None  # yielded by a rule that used one
EQUATIONS = ("root", "argmin")
DEEPEST = 100_000  # keys under way
KEY = 16  # what it costs to compute anything, in numbers


class Seed:
    """A direction of differentiation: of one name, of one entry of it, or of every name that varies.

    number  tells several directions of one name from each other
    total   the same direction, along which the names that equations define move as well: they are held in
            their equations where these are differentiated, and move there where the outcome is once more
    moves   in a total one, the direction that they follow
    """

    __slots__ = ("entry", "keys", "moves", "number", "total", "variable")

    def __init__(self, variable: Expr | None, entry: int | None = None, number: int = 0) -> None:
        self.variable = variable
        self.entry = entry
        self.number = number
        self.total: Seed | None = None
        self.moves: Seed | None = None
        self.keys: list[Key] = []


Mode = str | Seed
Key = tuple[Expr, Arithmetic, Mode]
Rule = Generator[Key | None, Any, Any]
Maker = Callable[["Evaluator", Expr, Arithmetic], Rule]


class Linear(NamedTuple):
    """A wiring with its axes flattened."""

    inputs: tuple[Labels, ...]
    output: Labels
    constants: tuple[Expr, ...]
    dims: tuple[tuple[int, Dim], ...]
    divide: tuple[Dim, ...]


class Shared:
    """What all points of a session share: wirings and definitions, which do not depend on a point, and
    the count of the work. Work is counted and not timed, so that the same claim gets the same answer."""

    def __init__(self) -> None:
        self.spent = 0.0  # numbers computed, at all points
        self.limit = inf  # of these
        self.allowed = inf  # from when the limit was set
        self.linear: dict[Expr, Linear | None] = {}
        self.defined: dict[Expr, Expr] = {}

    def spend(self, numbers: float) -> None:
        """Count work. Raises LimitError GP710 once there was too much."""
        self.spent += numbers
        if self.spent > self.limit:
            raise LimitError(f"a test reached its limit: {self.allowed:,.0f} numbers", code="GP710")

    def wired(self, node: Expr) -> Linear | None:
        """The wiring of a node, flattened; None where it has none."""
        if node in self.linear:
            return self.linear[node]
        found = wiring(node)
        made = None
        if found is not None:
            made = Linear(
                (
                    *(tuple(label for leg in legs for label in leg) for legs in found.inputs),
                    *(legs for _, legs in found.constants),
                ),
                tuple(label for leg in found.output for label in leg),
                tuple(constant for constant, _ in found.constants),
                tuple(sorted(found.sizes.items())),
                found.divide,
            )
        self.linear[node] = made
        return made

    def definition(self, node: Expr) -> Expr | None:
        """What a composite word means."""
        made = self.defined.get(node)
        if made is None:
            made = meaning(node) or norm_power(node)
            if made is not None:
                self.defined[node] = made
        return made


class Evaluator:
    """Computes at one point, and remembers."""

    def __init__(
        self,
        point: Point,
        unfold: Mapping[Expr, Expr],
        varying: frozenset[Expr],
        rules: Callable[[Evaluator, Key], Rule],
        shared: Shared,
    ) -> None:
        self.point = point
        self.unfold = unfold
        self.varying = varying
        self.shared = shared
        self.differential = Seed(None)
        self.coarse = False  # a comparison gave only a few bits: luck may have helped
        self._rules = rules
        self._memo: dict[Key, Entries | None] = {}
        self._failed: dict[Key, Undefined | Unsupported] = {}
        self._oracular: set[Key] = set()
        self._plans: dict[Expr, Plan] = {}
        self._units: dict[tuple[Expr, int], Seed] = {}
        self._solutions = {e.args[1]: e for e in unfold.values() if e.op in EQUATIONS}
        self.duals: dict[tuple[Arithmetic, Seed], Arithmetic] = {}

    # ---- what a point knows of a node

    def plan(self, node: Expr, linear: Linear) -> Plan:
        """The contraction of a linear node at the sizes of this point."""
        found = self._plans.get(node)
        if found is None:
            lengths = tuple((label, self.point.sizes.value(dim)) for label, dim in linear.dims)
            found = self._plans[node] = plan(linear.inputs, linear.output, lengths)
        self.shared.spend(found.cost)
        return found

    def constants(self, linear: Linear, field: Arithmetic) -> list[Entries]:
        """The arrays of 0 and 1 in a wiring, at the sizes of this point."""
        return [_values(field, entries(e, self.point.sizes.value)) for e in linear.constants]

    def unit(self, variable: Expr, entry: int) -> Seed:
        """The direction of one entry of a name."""
        return self._units.setdefault((variable, entry), Seed(variable, entry))

    def total(self, seed: Seed) -> Seed:
        """A direction along which what equations define moves in them, too; for the change of such a name
        itself, the same."""
        if not self._solutions or seed.variable in self._solutions:
            return seed
        if seed.total is None:
            seed.total = Seed(seed.variable, seed.entry, seed.number)
            seed.total.moves = seed
        return seed.total

    # ---- computing

    def exact(self, key: Key) -> bool:
        """Whether no oracle for a known function was used on the way."""
        return key not in self._oracular

    def forget(self, seed: Seed) -> None:
        """Drop the tangents along a seed."""
        if seed.total is not None:
            self.forget(seed.total)
        for key in seed.keys:
            self._memo.pop(key, None)
            self._failed.pop(key, None)
            self._oracular.discard(key)
        seed.keys.clear()
        self.duals = {key: made for key, made in self.duals.items() if key[1] is not seed}

    def get(self, key: Key) -> Entries | None:
        """The entries that a key stands for; None is a tangent that is zero."""
        memo = self._memo
        if key in memo:
            return memo[key]
        stack = [(key, self._start(key))]
        pending = {key}
        answer: Entries | None = None
        try:
            while stack:
                here, rule = stack[-1]
                try:
                    need = rule.send(answer)
                except StopIteration as done:
                    answer = memo[here] = done.value
                    self.shared.spend(KEY + len(answer or ()))
                    pending.discard(stack.pop()[0])
                    if stack and here in self._oracular:
                        self._oracular.add(stack[-1][0])
                    continue
                if need is None:
                    self._oracular.add(here)
                    answer = None
                elif need in memo:
                    answer = memo[need]
                    if need in self._oracular:
                        self._oracular.add(here)
                else:
                    if need in pending or len(stack) > DEEPEST:
                        raise Unsupported(f"{need[0]} is defined by itself")
                    stack.append((need, self._start(need)))
                    pending.add(need)
                    answer = None
        except (Undefined, Unsupported) as problem:
            if isinstance(problem, Undefined) and problem.at is None:
                problem.at = stack[-1][0]
            for here, _ in stack:
                self._failed[here] = problem
            raise
        return answer

    def value(self, node: Expr, field: Arithmetic) -> Entries:
        """The entries of an expression."""
        return known(self.get((node, field, VALUE)))

    def _start(self, key: Key) -> Rule:
        problem = self._failed.get(key)
        if problem is not None:
            raise problem
        node, field, mode = key
        under = field
        while under.seed is not None and under.field is not None:
            under.seed.keys.append(key)
            under = under.field
        if isinstance(mode, Seed):
            mode.keys.append(key)
            if mode.moves is not None:
                solution = node if node.op in EQUATIONS else self._solutions.get(node)
                if solution is not None:
                    return follow((solution, field, mode.moves))
            if mode.variable is node or (mode.variable is None and self._free(node)):
                return self._direction(node, field, mode)
        meaning = self.unfold.get(node)
        if meaning is not None:
            return follow((meaning, field, mode))
        return self._rules(self, key)

    def _free(self, node: Expr) -> bool:
        return node in self.varying and node not in self.unfold

    def _direction(self, node: Expr, field: Arithmetic, seed: Seed) -> Rule:
        if field.field is not None:
            return field.reduce(known((yield node, field.field, seed)))
        if seed.entry is None:
            return self.point.direction(node, field, seed.number)
        unit: Entries = [0] * self.point.count(node)
        unit[seed.entry] = 1
        return field.reduce(unit)


def _values(field: Arithmetic, entries: list[int] | list[Fraction]) -> Entries:
    """Small rational numbers in a field."""
    return field.reduce([field.number(v) if isinstance(v, Fraction) else v for v in entries])


def known(entries: Entries | None) -> Entries:
    """Entries that are surely there: only tangents can be None."""
    if entries is None:
        raise Unsupported("a value is missing")
    return entries


def follow(key: Key) -> Rule:
    """The rule of what merely stands for something else."""
    return (yield key)
