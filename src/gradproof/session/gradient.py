"""Gradients: the derivation of the derivative of a scalar by arrays, as a person sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from gradproof.calculus.differential import Condition
from gradproof.calculus.network.source_order import as_typed
from gradproof.calculus.simplify import tidy
from gradproof.derivation import structured_variables as structure
from gradproof.derivation.layouts import laid_out
from gradproof.derivation.story import claims
from gradproof.derivation.story.abbreviations import Answer
from gradproof.derivation.story.claims import Claim
from gradproof.derivation.story.gradient import Narrator
from gradproof.derivation.story.model import Line, Section, Step, Story
from gradproof.derivation.strategies.backpropagation import Derived
from gradproof.derivation.strategies.common_subexpressions import Names
from gradproof.errors import GradproofError, InternalError, NameProblem, ParseError, UnsupportedError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.operators.build import T, add, neg, zeros
from gradproof.proof.referee import Referee, together
from gradproof.proof.semantics.context import Context
from gradproof.session.judge import Judge
from gradproof.session.result import Derivation, Key
from gradproof.verdicts import DEFINITION, Verdict, weakest

if TYPE_CHECKING:
    from gradproof.derivation.strategies.components import Components

UNJUDGED = Verdict("unknown", "nobody was asked to prove it")


def unjudged(claim: Claim) -> Verdict:
    """What is said of every claim where no proof is wanted."""
    return UNJUDGED


class Gradient(Derivation):
    """A derived gradient: shape of the variable, for each variable that was asked for."""

    def __init__(
        self, program: Program, derived: Derived, answer: Answer, variables: tuple[Expr, ...],
        gradient: Callable[[Expr, int], Expr], names: Names,
        judge: Judge | None, warnings: tuple[GradproofError, ...] = (), layout: str = "gradient",
        kind: str = "gradient", structured: str = "free", typed: Program | None = None,
    ) -> None:  # fmt: skip
        self.program = program
        self.derived = derived
        self.answer = answer
        self.variables = variables
        self.layout = layout
        self.kind = kind
        self.structure = structured
        self.typed = typed or program
        self.name_gradient = gradient
        self.names = names
        self._judge = judge
        self._told = Narrator(program, derived, answer, judge or unjudged)
        self._sections, found = self._told.frobenius()
        self._recognised = self._told.recognised(self.typed)
        self._projected, more = self._projections()
        self.steps: tuple[Step, ...] = (*(step for _, step in self._recognised), *found, *more)
        self.conditions = tuple(condition.said() for condition in derived.conditions)
        self.warnings = warnings
        self.verdict = self._verdict()

    def _verdict(self) -> Verdict:
        if self._judge is None:
            return UNJUDGED
        steps = weakest([step.verdict for step in self.steps] or [Verdict(DEFINITION, "nothing varies")])
        whole = self._judge.whole(self.derived, self.answer, self.variables, self.typed, self._covered(steps))
        return together(steps, whole)

    def _covered(self, steps: Verdict) -> bool:
        """Whether proved steps lead from the question as it was typed to the answers: nothing was
        simplified before the first one."""
        led = {step.before: step.after for _, step in self._recognised}
        typed = [(n, led.get(e, e)) for n, e in self.typed.statements]
        same = typed == list(self.program.statements)
        objective = led.get(self.typed.objective, self.typed.objective)
        return steps.grade == "proved" and same and objective == self.program.objective

    # ---- the answer

    @property
    def answers(self) -> Mapping[Key, Expr]:
        """The gradients, by variable."""
        return self._answers(self.layout)

    def _answers(self, layout: str) -> Mapping[Key, Expr]:
        found = {**self.answer.gradients, **self._projected}
        return {str(v): laid_out(found[v], 0, layout) for v in self.variables}

    def __getitem__(self, variable: Key) -> Derivation:
        """The derivation for one of the variables."""
        for v in self.variables:
            if str(v) == variable:
                made = Gradient(
                    self.program, self.derived, self.answer, (v,), self.name_gradient, self.names,
                    self._judge, self.warnings, self.layout, self.kind, self.structure, self.typed,
                )  # fmt: skip
                return made if self.asked is None else made.asked_as(self.asked)
        raise NameProblem(f"{variable} is not among the variables", code="GP305")

    def _known(self) -> Mapping[Expr, Expr]:
        return {**dict(self.derived.statements), **dict(self.answer.definitions)}

    def vocabulary(self) -> Mapping[Expr, Expr]:
        """Statements, adjoints and abbreviations."""
        adjoints = {new: value for new, _, value in self.derived.adjoints}
        return {**self.derived.abbreviations, **adjoints, **self._known()}

    def unknown(self) -> Mapping[Expr, Expr]:
        """The gradients of unknown functions."""
        return self.derived.unknown

    # ---- telling

    def story(self, notation: str = "frobenius") -> Story:
        """The derivation as data, in one notation."""
        as_typed(self.program)
        if notation == "frobenius":
            told = self._opened(self._sections, notation)
            return self._laid(self._told.story(told, self.verdict, self.variables))
        if notation == "index":
            sections, steps = self._told.components(self._components())
            verdict = weakest([self.verdict, *(step.verdict for step in steps)])
            told = self._opened(sections, notation)
            return self._laid(self._told.story(told, verdict, self.variables))
        raise ParseError(f'no notation "{notation}": frobenius, index or both', code="GP131")

    def _opened(self, sections: list[Section], notation: str) -> list[Section]:
        """The sections, the first of them with what was recognised in the question above its lines."""
        if not self._recognised or not sections:
            return sections
        lines = [
            Line(left, step.after, step.why, step.rule, step.verdict,
                 tuple("ij"[: len(left.axes)]) if notation == "index" else ())
            for left, step in self._recognised
        ]  # fmt: skip
        return [sections[0]._replace(lines=(*lines, *sections[0].lines)), *sections[1:]]

    def _projections(self) -> tuple[dict[Expr, Expr], list[Step]]:
        """The gradients as the structure of their variables has them, and the steps to them."""
        found: dict[Expr, Expr] = {}
        steps: list[Step] = []
        ask = self._judge or unjudged
        for claim in self._projected_claims():
            steps.append(Step(claim.before, claim.after, claim.rule, claim.why, ask(claim)))
        for variable in self.variables:
            pair = self._projection(variable)
            if pair is not None:
                found[variable] = pair[1]
        return found, steps

    def _projection(self, variable: Expr) -> tuple[Expr, Expr] | None:
        """The gradient as it follows from the free one, and as it is written, where there is a structure."""
        if self.structure == "free" or structure.row_of(variable) is None:
            return None
        return structure.projected(self.answer.gradients[variable], variable, self.structure)

    def _projected_claims(self) -> list[Claim]:
        """What is claimed of the gradients within the structure of their variables."""
        made = []
        for variable in self.variables:
            pair, row = self._projection(variable), structure.row_of(variable)
            if pair is None or row is None:
                continue
            sides = structure.obligation(self.answer.gradients[variable], variable)
            if self.structure == "constrained":
                made.append(Claim(*sides, "project-adjoint", row.sentence(), claims.NONE, {}))
            made.append(Claim(*pair, "project", row.sentence(), claims.NONE, {}))
        return made

    def _laid(self, story: Story) -> Story:
        """The story with its answers in the layout and for the structure that was asked for."""
        if self._projected:
            answers = tuple((left, self._projected.get(left.args[1], right)) for left, right in story.answers)
            said = " and ".join(
                dict.fromkeys(row.words for v in self._projected if (row := structure.row_of(v)))
            )
            said = said if self.structure == "constrained" else "by the free entries"
            story = story._replace(answers=answers, remark=said)
        if self.layout in ("gradient", "mixed"):
            return story._replace(layout=self.layout)
        answers = tuple(
            (T(left) if 1 <= len(left.axes) <= 2 and self.layout == "numerator" else left,
             laid_out(right, 0, self.layout))
            for left, right in story.answers
        )  # fmt: skip
        return story._replace(answers=answers, layout=self.layout, remark=f"layout: {self.layout}")

    def _components(self) -> dict[int, Components]:
        """The second strategy, section by section; it must arrive where the first one did."""
        from gradproof.derivation.strategies.components import by_components

        found = {}
        for place, section in enumerate(self.derived.sections):
            made = by_components(section, self.name_gradient)
            if made.gradient is not section.trace.gradient:
                same = self._same(
                    made.gradient, section.trace.gradient, claims.setting(self.derived, section)
                )
                if same == "unknown":
                    raise UnsupportedError(
                        f"by entries the derivative by {section.target} comes out in another form, and "
                        "whether both are equal is not decided",
                        code="GP501", facts=((None, "the Frobenius notation shows it"),),
                    )  # fmt: skip
                if same == "refuted":
                    raise InternalError(
                        f"the two derivations of {section.target} disagree, so nothing is shown", code="GP902"
                    )
            found[place] = made
        return found

    def _same(self, a: Expr, b: Expr, known: Mapping[Expr, Expr]) -> str:
        if tidy(add(a, neg(b))) is zeros(
            *a.axes, row=a.row
        ):  # factors in another order, also where undefined
            return "proved"
        return Referee(Context(frozenset(), known)).judge(a, b).grade

    def _where(self) -> tuple[Condition, ...]:
        return self.derived.conditions

    def _claims(self) -> list[Claim]:
        """All that the derivation claims: its steps, then each answer against the whole program."""
        derived, answer = self.derived, self.answer
        made = [Claim(s.before, s.after, s.rule, s.why, claims.NONE, {}) for _, s in self._recognised]
        made += [claim for s in derived.sections for line in claims.of_section(derived, s) for claim in line]
        made += [*claims.of_sums(derived), *claims.of_answer(derived, answer)]
        return made + claims.of_results(derived, answer, self.variables) + self._projected_claims()

    # ---- running

    def _inputs(self) -> tuple[Expr, ...]:
        return (*self.program.names.values(), *self.derived.unknown)

    @property
    def _value(self) -> Expr:
        return self.derived.objective
