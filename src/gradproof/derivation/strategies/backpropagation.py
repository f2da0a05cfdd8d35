"""Back-propagation over named statements: one adjoint a name, one section a statement and a target.

A section carries the adjoint of one statement to one name in its right-hand side. Contributions to
the same name are added. A strategy does the work inside a section; this module does the book-keeping,
in time that grows with the number of statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gradproof.calculus.differential import Condition
from gradproof.calculus.network.cost import ink
from gradproof.calculus.simplify import gather
from gradproof.derivation.strategies.common_subexpressions import Names, hoist, taken_names
from gradproof.derivation.strategies.conditions import tell_conditions
from gradproof.derivation.strategies.frobenius import Trace, Walk
from gradproof.derivation.strategies.symbols import name_of, wishes
from gradproof.elaboration.assembly.implicit_equations import live
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder, rebuild, uses
from gradproof.operators.build import add, construct, derivative_of, mul, name, num
from gradproof.operators.properties import symmetric
from gradproof.operators.substitution import unfold

LONG_PRODUCT, CHUNK = 16, 8
LONG_INVERSE = 8  # ink of a matrix that gets a name where an equation is solved by its inverse


class Section(NamedTuple):
    """cotangent : d(start)  carried to  contribution : d(target).

    named     whether it starts from a statement's name; else from the objective
    start     the statement's name, or the objective's expression
    lets      abbreviations made for this section: (name, what it stands for)
    trace     the Frobenius walk
    """

    named: bool
    start: Expr
    body: Expr
    cotangent: Expr
    target: Expr
    lets: tuple[tuple[Expr, Expr], ...]
    trace: Trace

    @property
    def known(self) -> dict[Expr, Expr]:
        """The names that stand for expressions inside the section."""
        known = dict(self.lets)
        if self.named:
            known[self.start] = self.body
        return known


class Sum(NamedTuple):
    """Contributions to one name, added."""

    target: Expr
    parts: tuple[Expr, ...]
    value: Expr


class Derived(NamedTuple):
    """All that back-propagation found.

    gradients  for each variable asked for
    adjoints   (name of the adjoint, the name it belongs to, its value), in order of use
    unknown    gradients of unknown functions: G -> gradof
    lets       abbreviations that are opened inside a section
    abbreviations  these, and those that became statements since several names share their adjoint
    """

    statements: tuple[tuple[Expr, Expr], ...]
    objective: Expr
    sections: tuple[Section, ...]
    sums: tuple[Sum, ...]
    gradients: Mapping[Expr, Expr]
    adjoints: tuple[tuple[Expr, Expr, Expr], ...]
    unknown: Mapping[Expr, Expr]
    lets: Mapping[Expr, Expr]
    abbreviations: Mapping[Expr, Expr]
    conditions: tuple[Condition, ...]


class Engine:
    """One derivation of a program by some variables. `reserved`: names that must not be given anew."""

    def __init__(
        self,
        statements: Sequence[tuple[Expr, Expr]],
        objective: Expr,
        variables: Sequence[Expr],
        reserved: Iterable[str] = (),
    ) -> None:
        self.variables = list(variables)
        roots = [objective, *(part for pair in statements for part in pair)]
        self.names = Names(taken_names(roots) | {"d", "e", "pi", *reserved})
        self.unknown: dict[Expr, Expr] = {}
        self.lets: dict[Expr, Expr] = {}
        self.abbreviations: dict[Expr, Expr] = {}
        self._order: dict[Expr, int] = {}
        self._places = {text: place for place, text in enumerate(reserved)}
        self._support: dict[Expr, frozenset[Expr]] = {}
        self.statements = list(statements)
        self.objective = objective
        self.bodies: dict[Expr | None, Expr] = {}
        self._prepare()

    def _prepare(self) -> None:
        moving = set(self.variables)
        stated = {named for named, _ in self.statements}
        known: dict[Expr, Expr] = {}  # what a statement says stands under its name in those that follow
        self._split_products()
        typed, self.statements = self.statements, []
        for named, body in typed:
            here = dict(known)
            if body.args and named in stated:
                known.setdefault(body, named)
            if body.op == "root":
                self.bodies[named] = self._solving(body)
                self.statements.append((named, body))
            else:
                self.bodies[named] = self._hoist(body, moving, here, stated=True)
                self.statements.append((named, self._in_names(self.bodies[named])))
            if not self.support(self.bodies[named]).isdisjoint(moving):
                moving.add(named)
        self.bodies[None] = self._hoist(self.objective, moving, dict(known))
        self.moving = moving

    def _split_products(self) -> None:
        """A long product of many variables becomes several statements, so that its adjoints share work."""
        if len(self.variables) < 2:
            return
        statements: list[tuple[Expr, Expr]] = []
        for named, body in self.statements:
            statements.append((named, self._shortened(body, statements)))
        self.objective = self._shortened(self.objective, statements)
        self.statements = statements

    def _shortened(self, body: Expr, statements: list[tuple[Expr, Expr]]) -> Expr:
        """`body` with the heads of its long products as statements of their own."""
        replace: dict[Expr, Expr] = {}
        for node in postorder([body]):
            if node.op != "mul" or len(node.args) <= LONG_PRODUCT:
                continue
            factors = list(node.args)
            while len(factors) > CHUNK:
                head = mul(*factors[:CHUNK])
                part = self.names.like(head, called=False)
                statements.append((part, head))
                factors = [part, *factors[CHUNK:]]
            replace[node] = mul(*factors)
        return rebuild(body, replace, construct)

    def _in_names(self, body: Expr) -> Expr:
        """The body of a statement, with the abbreviations written out that are no statements."""
        return unfold(body, self.lets)

    def _hoist(self, body: Expr, moving: set[Expr], known: dict[Expr, Expr], stated: bool = False) -> Expr:
        """A body in abbreviations. What several names share, or one in several places, has an adjoint."""
        new, made = hoist(body, moving, self.names, known)
        self.abbreviations.update(made)
        for let, meaning in made:
            inside = self.support(meaning) & moving
            if len(inside) > 1 or (stated and sum(uses([meaning], inside).values()) > 1):
                self.statements.append((let, meaning))
                self.bodies[let] = meaning
                moving.add(let)
            else:
                self.lets[let] = meaning
        return new

    def _solving(self, body: Expr) -> Expr:
        """An equation, with a name J for a long matrix that is inverted to solve it."""
        held, solved, change, *about = body.args[1:]
        new: dict[Expr, Expr] = {}
        for e in about:
            plain = all(node.op != "gradof" for node in postorder([e]))
            if plain and len(e.axes) == 2 and e not in new and ink(e) >= LONG_INVERSE:
                named = name(self.names.fresh(("J", "J_" + str(held))), e.axes)
                new[e] = named
                self.lets[named] = self.abbreviations[named] = live(e)
        parts = (rebuild(part, new, construct) for part in (solved, *about))
        solved, *about = parts
        return construct(body, (body.args[0], held, solved, change, *about))

    def support(self, e: Expr) -> frozenset[Expr]:
        """The names an expression depends on, seen through abbreviations."""
        for node in postorder([e], stop=lambda n: n in self._support):
            if node in self._support:
                continue
            if node in self.lets:
                self._support[node] = self.support(self.lets[node])
            elif node.op == "name":
                self._support[node] = frozenset((node,))
            elif node.op == "root":  # how it is solved changes nothing of what it depends on
                self._support[node] = self._support[node.args[0]]
            else:
                below = [self._support[arg] for arg in node.args]
                self._support[node] = below[0] if len(below) == 1 else frozenset().union(*below)
        return self._support[e]

    def gradient(self, call: Expr, position: int) -> Expr:
        """The name of a derivative of an unknown function: G, or G_Y where there are several, J_g, K_t."""
        meaning = live(derivative_of(call, position))
        for known, what in self.unknown.items():
            if what is meaning:
                return known
        arg, function = meaning.args[position], call.data[0]
        beside = any(arg in what.args and what.data[0] != function for what in self.unknown.values())
        new = name_of(meaning, self.names.fresh(wishes(meaning, self._several(call), beside)))
        self.unknown[new] = meaning
        return new

    def _several(self, call: Expr) -> bool:
        """Whether an unknown function is applied to different arguments."""
        roots = [*self.bodies.values(), *self.lets.values()]
        return len({n.args for n in postorder(roots) if n.op == "call" and n.data[0] == call.data[0]}) > 1

    def run(self) -> Derived:
        """Walk the statements backwards."""
        sections: list[Section] = []
        sums: list[Sum] = []
        adjoints: list[tuple[Expr, Expr, Expr]] = []
        parts: dict[Expr, list[Expr]] = {}
        conditions: dict[Condition, None] = {}
        order: list[Expr | None] = [None, *(named for named, _ in reversed(self.statements))]
        for start in order:
            cotangent = num(1)
            if start is not None:
                if start not in self.moving or start not in parts:
                    continue
                value = self._total(start, parts[start], sums)
                cotangent = self._adjoint(start, value, adjoints)
            for target in self._targets(start):
                section = self._section(start, cotangent, target)
                sections.append(section)
                conditions.update(dict.fromkeys(section.trace.conditions))
                parts.setdefault(target, []).append(section.trace.gradient)
        gradients = {v: self._total(v, parts.get(v, []), sums) for v in self.variables}
        return Derived(
            tuple(self.statements), self.objective, tuple(sections), tuple(sums), gradients,
            tuple(adjoints), self.unknown, self.lets, self.abbreviations,
            tell_conditions(conditions, dict(self.statements), self.abbreviations),
        )  # fmt: skip

    def _targets(self, named: Expr | None) -> list[Expr]:
        there = self.support(self.bodies[named])
        return sorted((t for t in there if t in self.moving), key=self._place)

    def _place(self, named: Expr) -> int:
        """Inputs stand in the order of the program, statements behind them: the same in every session."""
        if not self._order:
            last = len(self._places)
            self._order = {statement: last + at for at, (statement, _) in enumerate(self.statements)}
        return self._order.get(named, self._places.get(str(named.data[0]), -1))

    def _total(self, target: Expr, parts: list[Expr], sums: list[Sum]) -> Expr:
        if len(parts) == 1:
            return parts[0]
        value = gather(parts, target)
        sums.append(Sum(target, tuple(parts), value))
        return value

    def _adjoint(self, named: Expr, value: Expr, adjoints: list[tuple[Expr, Expr, Expr]]) -> Expr:
        if not value.args and value.op in ("name", "num"):
            return value
        facts = ("symmetric",) if len(value.axes) == 2 and symmetric(value) else ()
        new = name(self.names.fresh((f"G_{named.data[0]}",)), named.axes, facts, row=named.row)
        adjoints.append((new, named, value))
        return new

    def _section(self, named: Expr | None, cotangent: Expr, target: Expr) -> Section:
        body = self.bodies[named]
        if named is None and body.op == "add":  # the other terms do not depend on the target
            body = add(*(term for term in body.args if target in self.support(term)))
        lets = self._lets_of(body)
        defined = dict(lets)
        start = body if named is None else named
        if named is not None:
            defined[named] = body
        walk = Walk(target, defined, lambda e: target in self.support(e), self.gradient)
        trace = walk.run(cotangent, start)
        return Section(named is not None, start, body, cotangent, target, tuple(lets.items()), trace)

    def _lets_of(self, body: Expr) -> dict[Expr, Expr]:
        """The abbreviations that a body uses, directly or through others; each after those it uses."""
        found: set[Expr] = set()
        todo = [body]
        while todo:
            for node in postorder([todo.pop()]):
                if node in self.lets and node not in found:
                    found.add(node)
                    todo.append(self.lets[node])
        return {let: meaning for let, meaning in self.lets.items() if let in found}
