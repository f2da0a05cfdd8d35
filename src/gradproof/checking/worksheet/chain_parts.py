"""Rows judged apart from the chain: parts of gradients, Hessians and Jacobians, and rows below "= 0"."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from gradproof.checking.worksheet.pairs import products
from gradproof.checking.worksheet.stationary import LEFT, is_zero, solved
from gradproof.elaboration.worksheet.statement import Said
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder, rebuild
from gradproof.operators.build import construct, d
from gradproof.verdicts import HOLDS, Verdict


class Judged(NamedTuple):
    """What is known about one row.

    verdict   of the row itself; None where it only introduces something
    before    what it was compared with; after: what it says, in the same form
    varying   the names that vary in the comparison
    variable  for a gradient, what it is taken by
    carried   it follows from the row before as that stands, which is wrong
    fix       for a refuted row, what whoever mends rows found; its `value` is then used below
    """

    said: Said
    verdict: Verdict | None
    before: Expr | None = None
    after: Expr | None = None
    varying: frozenset[Expr] = frozenset()
    variable: Expr | None = None
    carried: bool = False
    fix: Any = None


class Judging(ABC):
    """What the rows of a chain need to know."""

    names: Mapping[str, Expr]
    stands: dict[Expr, Expr]
    parts: Callable[[Expr], list[Expr]]
    own: Callable[[Expr], Expr | None]
    free: Callable[[Expr], Expr | None]
    current: tuple[str, Expr] | None
    gradient: tuple[Expr, Expr] | None
    zero: tuple[Expr, Expr] | None
    solving: Expr | None
    _told: dict[Expr, list[Expr]]

    @abstractmethod
    def judge(self, before: Expr, after: Expr, varying: frozenset[Expr]) -> Verdict:
        """Is before = after?"""

    @abstractmethod
    def _variable(self, row: Said) -> Expr | None:
        """What a gradient is by."""

    @abstractmethod
    def _doubted(self, verdict: Verdict, *sides: Expr) -> Verdict:
        """Nothing is refuted about names that nothing explains."""

    def _valued(self, judged: Judged) -> Judged:
        """A gradient by a name that stands for a value is right where it is right for that value: R for Xᵀ X
        is symmetric."""
        variable, gradient = judged.variable, judged.said.right
        wrong = judged.verdict is not None and judged.verdict.grade == "refuted"
        if not wrong or variable not in self.stands or gradient is None or gradient.axes != variable.axes:
            return judged
        own = self.own(variable)
        verdict = None if own is None else self.judge(own, gradient, frozenset())
        return judged._replace(verdict=verdict) if verdict is not None and verdict.grade in HOLDS else judged

    def _part(self, row: Said, part: Expr) -> Judged:
        """One part of a gradient: that through one definition in which the variable stands."""
        variable = self._variable(row)
        if variable is None or (part.axes, part.row) != (variable.axes, variable.row):
            return Judged(
                row, Verdict("refuted", "a gradient has the shape of its variable"), variable=variable
            )
        left = self.told(row)
        for one in left:
            verdict = self.judge(one, part, frozenset())
            if verdict.grade in HOLDS:
                left.remove(one)
                return Judged(row, verdict, one, part)
        if not left:
            return Judged(row, Verdict("unknown", f"the parts of the gradient by {variable} are not known"))
        there = frozenset(postorder([part]))
        likely = max(left, key=lambda one: len(there.intersection(postorder([one]))))
        verdict = self._doubted(Verdict("refuted", f"no part of the gradient by {variable}"), part)
        return Judged(row, verdict, likely, part)

    def told(self, row: Said) -> list[Expr]:
        """The parts of the gradient that a row is about which no row gave yet."""
        variable = self._variable(row)
        if variable is None:
            return []
        if variable not in self._told:
            self._told[variable] = self.parts(variable)
        return self._told[variable]

    def _array(self, row: Said, matrix: Expr) -> Judged:
        """A Hessian or a Jacobian: what it makes of a differential, in either layout."""
        variable = self._variable(row)
        array = None if variable is None else self._differentiated(row, variable)
        if variable is None or array is None:
            return Judged(row, Verdict("unknown", "nothing says what is differentiated, and by what"))
        varying = frozenset((variable,))
        pairs = (
            [(d(array), row.paired)] if row.paired is not None else list(products(matrix, array, variable))
        )
        if not pairs and row.sort == "jacobian" and row.row.head.startswith("∇"):
            return Judged(row, Verdict("unknown", "what is differentiated here was read as an array"))
        if not pairs:
            what = "a Hessian" if row.sort == "hessian" else "a Jacobian"
            said = (
                f"{what} has a row for each entry of what is differentiated, and a column for each variable"
            )
            return Judged(row, Verdict("refuted", said), None, None, varying, None)
        judged = [Judged(row, self.judge(*sides, varying), *sides, varying) for sides in pairs]
        best = next(
            (one for one in judged if one.verdict is not None and one.verdict.grade in HOLDS), judged[0]
        )
        assert best.verdict is not None
        return best._replace(verdict=self._doubted(best.verdict, matrix))

    def _differentiated(self, row: Said, variable: Expr) -> Expr | None:
        """The array whose derivative a row is about: for a Hessian, our own gradient."""
        if row.sort == "hessian":
            return self.free(variable)
        return next((e for e in (*self.stands, *self.names.values()) if str(e) == row.subject), None)

    def sides_of(self, row: Said, matrix: Expr) -> list[tuple[Expr, Expr]]:
        """What would have to be equal, if a row said this Hessian or Jacobian: in either layout."""
        variable = self._variable(row)
        array = None if variable is None else self._differentiated(row, variable)
        if variable is None or array is None:
            return []
        return [(d(array), matrix)] if row.paired is not None else list(products(matrix, array, variable))

    def variation(self, row: Said, varying: frozenset[Expr]) -> frozenset[Expr]:
        """The names that vary in a row: for a Hessian or a Jacobian, its variable."""
        variable = self._variable(row) if row.sort in ("hessian", "jacobian") else None
        return varying if variable is None else frozenset((variable,))

    def _settled(self, row: Said) -> bool:
        """Whether "= 0" sets a gradient, which rows found before, to zero."""
        found = self.gradient
        if found is None or is_zero(found[0]):
            return False
        same = row.sort == "gradient" and (not row.by or self._variable(row) in (found[1], None))
        return same or (
            row.sort == "continued" and self.current is not None and self.current[0] == "gradient"
        )

    def _condition(self, row: Said, judged: Judged) -> Judged:
        """An equation that is none for all values may be a condition on names that nothing defines."""
        left, right = row.left, row.right
        if judged.verdict is None or judged.verdict.grade != "refuted" or left is None or right is None:
            return judged
        if left in self.stands or any(e.op == "d" for e in postorder([left, right])) or row.row.head:
            return judged
        if self.gradient is not None or left.op == "name" or row.row.kind == "let":
            return judged._replace(
                verdict=Verdict("unknown", "this may be a condition: nothing above says it")
            )
        return judged

    def _solved(self, row: Said, right: Expr) -> Judged:
        """An equation below "the gradient is zero"."""
        assert self.zero is not None
        gradient, variable = self.zero
        if row.sort == "equation" and row.left is not None:
            self.solving = row.left
        if self.solving is None:
            return Judged(row, LEFT)
        for _ in self.stands:
            gradient = rebuild(
                gradient, {e: v for e, v in self.stands.items() if e is not variable}, construct
            )
        verdict = solved(gradient, variable, self.solving, right, lambda a, b: self.judge(a, b, frozenset()))
        return Judged(row, self._doubted(verdict, right))

    def _or_solved(self, row: Said, judged: Judged) -> Judged:
        """An equation that is none for all values may say that the gradient is zero."""
        wrong = judged.verdict is not None and judged.verdict.grade == "refuted"
        if not wrong or self.gradient is None or row.changes or row.right is None:
            return judged
        before = self.zero, self.solving
        self.zero = self.gradient
        found = self._solved(row, row.right)
        if found.verdict is not None and found.verdict.grade in HOLDS:
            return found
        self.zero, self.solving = before
        return judged
