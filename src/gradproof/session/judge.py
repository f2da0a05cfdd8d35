"""Takes the claims of a derivation to the referee, and asks about the whole at the end."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

from gradproof.derivation.story.abbreviations import Answer
from gradproof.derivation.story.claims import Claim
from gradproof.derivation.story.forward import Setting
from gradproof.derivation.strategies.backpropagation import Derived
from gradproof.derivation.strategies.frobenius import Item
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.operators.build import add, d
from gradproof.proof.claim_shape import shape
from gradproof.proof.general import general
from gradproof.proof.referee import Referee, nameless
from gradproof.proof.semantics.context import Context
from gradproof.verdicts import Verdict, weakest


class Typed(NamedTuple):
    """What was typed: a program in which nothing is simplified or solved, and the variables, in order, by
    which its objective was differentiated to make what is differentiated now."""

    program: Program
    by: tuple[Expr, ...] = ()


FEW = 4  # so many variables are judged one by one
_Setting = tuple[frozenset[Expr], tuple[tuple[Expr, Expr], ...]]


class Judge:
    """Asks the referee, once for each different claim; one referee for each setting of names.

    A layer of a network claims what the layer before it claimed, of other names: such claims have one shape.
    """

    def __init__(self) -> None:
        self._referees: dict[_Setting, Referee] = {}
        self._known: dict[tuple[Expr, Expr, _Setting], Verdict] = {}
        self._shapes: dict[Hashable, Verdict] = {}
        self._implied: dict[Hashable, Verdict | None] = {}

    def __reduce__(self) -> tuple[object, ...]:
        """What was worked out stays behind: in another process it is worked out again where it is asked."""
        return Judge, ()

    def _referee(self, varying: frozenset[Expr], unfold: Mapping[Expr, Expr]) -> Referee:
        key = (varying, tuple(unfold.items()))
        if key not in self._referees:
            self._referees[key] = Referee(Context(varying, unfold))
        return self._referees[key]

    def __call__(self, claim: Claim) -> Verdict:
        found = self._in_general(claim)
        return self._as_it_stands(claim) if found is None else found

    def _as_it_stands(self, claim: Claim) -> Verdict:
        form = shape((claim.before, claim.after), claim.varying, claim.unfold)
        if form is not None and form in self._shapes:
            return self._shapes[form]
        key = (claim.before, claim.after, (claim.varying, tuple(claim.unfold.items())))
        if key not in self._known:
            self._known[key] = self._referee(claim.varying, claim.unfold).judge(claim.before, claim.after)
        if form is not None and nameless(self._known[key]):
            self._shapes[form] = self._known[key]
        return self._known[key]

    def _in_general(self, claim: Claim) -> Verdict | None:
        """The verdict on a claim that implies this one, where that one is proved."""
        sides = general(claim.before, claim.after, claim.unfold)
        form = sides and shape(sides, claim.varying, claim.unfold)
        if sides is None or form is None:
            return None
        if form not in self._implied:
            self._implied[form] = self._referee(claim.varying, claim.unfold).implied(*sides)
        return self._implied[form]

    def whole(
        self, derived: Derived, answer: Answer, variables: Sequence[Expr], typed: Program, proved: bool
    ) -> Verdict:
        """The answers against the derivative of the whole program: one by one where they are few, else
        all at once by the exact test alone (the differential is the sum of gradient : differential).

        proved  whether all steps from what was typed to the answers are
        """
        if len(variables) <= FEW:
            return weakest([self._final(derived, answer, variable, typed, proved) for variable in variables])
        unfold = {**_known(derived, answer), **dict(typed.statements)}
        terms = [Item(answer.gradients[v], d(v)).whole() for v in variables]
        referee = self._referee(frozenset(variables), unfold)
        return referee.test(d(typed.objective), add(*terms), again=proved)

    def derivative(
        self, statements: Sequence[tuple[Expr, Expr]], array: Expr, variable: Expr, value: Expr,
        known: Mapping[Expr, Expr], proved: bool = False,
    ) -> Verdict:  # fmt: skip
        """An array of derivatives (axes of the array, then of the variable) against the definition."""
        referee = self._referee(frozenset(), known)
        return referee.judge_gradient(tuple(statements), array, variable, value, again=proved)

    def definition(
        self, question: Typed, value: Expr, known: Mapping[Expr, Expr], along: frozenset[Expr] = frozenset()
    ) -> Verdict:
        """A derivative of any order against the program as it was typed; `along` those names, where the value
        is a differential."""
        program, by = question
        referee = self._referee(along, known)
        return referee.test_derivative(program.statements, program.objective, by, value, bool(along))

    def differential(self, array: Expr, value: Expr, setting: Setting) -> Verdict:
        """A differential, linear in those of the variables, against the definition."""
        return self._referee(setting.varying, setting.unfold).judge(d(array), value)

    def _final(
        self, derived: Derived, answer: Answer, variable: Expr, typed: Program, proved: bool
    ) -> Verdict:
        """One answer against the derivative of the whole program, as it was typed."""
        unfold = _known(derived, answer)
        referee = self._referee(frozenset(), unfold)  # one for all variables: it names the variable itself
        return referee.judge_gradient(
            typed.statements, typed.objective, variable, answer.gradients[variable], again=proved
        )


def _known(derived: Derived, answer: Answer) -> dict[Expr, Expr]:
    """What the names in an answer stand for."""
    return {**derived.unknown, **derived.lets, **dict(answer.definitions), **dict(derived.statements)}
