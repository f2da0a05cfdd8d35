"""Tell a derivation as a story: headings, lines with their reasons, equations, conditions.

A pure function of what was derived and of the verdicts; it computes no mathematics.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from gradproof.calculus.adjoint import EITHER_FACTOR
from gradproof.calculus.laws.known import MEANINGS, known_functions
from gradproof.derivation import structured_variables as structure
from gradproof.derivation.story import claims
from gradproof.derivation.story.abbreviations import Answer
from gradproof.derivation.story.claims import Claim
from gradproof.derivation.story.model import Line, Step, Story
from gradproof.derivation.story.model import Section as Told
from gradproof.derivation.strategies.backpropagation import Derived, Section
from gradproof.derivation.strategies.components import OUT
from gradproof.derivation.strategies.frobenius import total
from gradproof.derivation.strategies.symbols import functions, label, symbol
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.expressions.sentences import joined, law, say
from gradproof.expressions.walk import postorder
from gradproof.operators.build import add, d, derivative, frob, mul, name, zeros
from gradproof.operators.substitution import unfold
from gradproof.verdicts import DEFINITION, Verdict, weakest

if TYPE_CHECKING:
    from gradproof.derivation.strategies.components import Components, Entries

Judge = Callable[[Claim], Verdict]


class Narrator:
    """Tells one derivation, in either notation."""

    def __init__(self, program: Program, derived: Derived, answer: Answer, judge: Judge) -> None:
        self.program = program
        self.derived = derived
        self.answer = answer
        self.judge = judge
        self.objective = name(label(program.label, derived.objective, derived.statements, bool(derived.sums)))
        self.adjoint_of = {new: named for new, named, _ in derived.adjoints}
        self.final = {new: value for new, value in answer.definitions}

    def recognised(self, typed: Program) -> list[tuple[Expr, Step]]:
        """What a statement or the objective became where functions were written by their names."""
        bodies, found = dict(typed.statements), []
        pairs = [(named, bodies.get(named), body) for named, body in self.program.statements]
        for left, before, after in (*pairs, (self.objective, typed.objective, self.program.objective)):
            if before is not None and before is not after and known_functions(before) is after:
                claim = Claim(before, after, "known-function", _named(before), claims.NONE, {})
                verdict = self.judge(claim)
                found.append((left, Step(before, after, claim.rule, claim.why, verdict)))
        return found

    # ---- the parts every story has

    def story(self, sections: list[Told], verdict: Verdict, variables: tuple[Expr, ...]) -> Story:
        """Header, sections, answers."""
        understood = tuple(
            (e, self.program.understood.get(text, "declared")) for text, e in self.program.names.items()
        )
        answers = tuple((self.left(v), self.answer.gradients[v]) for v in variables)
        return Story(
            understood,
            functions((self.derived.objective, *(body for _, body in self.derived.statements))),
            self._statements(),
            tuple(sections),
            answers,
            tuple(condition.said() for condition in self.derived.conditions),
            verdict,
        )

    def _statements(self) -> tuple[tuple[Expr, Expr], ...]:
        heads = [*self.derived.statements, *((y, self.derived.lets[y]) for y in self._called())]
        gradients = [
            (g, symbol(meaning, self.derived.objective, self.objective))
            for g, meaning in self.derived.unknown.items()
        ]
        adjoints = [(new, derivative(self.objective, named)) for new, named, _ in self.derived.adjoints]
        read = [(self.objective, self.derived.objective)] if self.program.form == "index" else []
        return (*read, *heads, *gradients, *adjoints)

    def _called(self) -> list[Expr]:
        """Abbreviations for the arguments of unknown functions: these belong in the heading."""
        args = [arg for meaning in self.derived.unknown.values() for arg in meaning.args]
        return list(dict.fromkeys(arg for arg in args if arg in self.derived.lets))

    def left(self, target: Expr) -> Expr:
        """The symbol ∂f/∂target."""
        return derivative(self.objective, target)

    def _equation(self, section_target: Expr, value: Expr) -> tuple[Expr, Expr]:
        return self.left(section_target), self.answer.gradients.get(section_target, value)

    def _sums(self, by_entries: bool) -> list[Told]:
        """Contributions of several statements to one name."""
        return [
            self._added(s.target, s.parts, s.value, by_entries)._replace(
                conclusion=self._equation(s.target, s.value)
            )
            for s in self.derived.sums
            if s.parts
        ]

    def _added(self, target: Expr, parts: tuple[Expr, ...], value: Expr, by_entries: bool) -> Told:
        """Contributions to one name, added."""
        whole, left = add(*parts), self.left(target)
        indices = self._letters(target) if by_entries else ""
        verdict = self.judge(claims.of_addition(parts, value))
        lines = [Line(left, whole, "all contributions, added", "collect", verdict, tuple(indices))]
        if whole is not value:
            lines.append(Line(None, value, "like terms together", "collect", verdict, tuple(indices)))
        lines += [line._replace(indices=tuple(indices)) for line in self._last(target)]
        return Told(f"∂{self.objective}/∂{target}", (), tuple(lines), (left, value))

    @staticmethod
    def _letters(target: Expr) -> str:
        """An index for each axis of what is derived by."""
        return OUT[: len(target.axes)]

    def _noted(self, told: list[Told]) -> list[Told]:
        """A note under the last section of each variable with structure: which gradient this is."""
        last = {section.conclusion[0]: place for place, section in enumerate(told)}
        for variable, value in self.answer.gradients.items():
            place = last.get(self.left(variable))
            found = structure.projected(value, variable, "constrained")
            if place is None or found is None:
                continue
            verdict = self.judge(Claim(*found, "project", "", claims.NONE, {}))
            within = found[1] if verdict.grade not in ("refuted", "unknown") else None
            said = structure.note(variable, value, within)
            told[place] = told[place]._replace(note=joined(filter(None, (told[place].note, said)), " "))
        return told

    # ---- Frobenius notation

    def frobenius(self) -> tuple[list[Told], list[Step]]:
        """Sections and steps of the first strategy."""
        told: list[Told] = []
        steps: list[Step] = []
        summed = {s.target for s in self.derived.sums}
        for section in self.derived.sections:
            lines: list[Line] = []
            for line, made in zip(
                section.trace.rounds, claims.of_section(self.derived, section), strict=True
            ):
                verdicts = [self.judge(claim) for claim in made]
                steps += [
                    Step(c.before, c.after, c.rule, c.why, v) for c, v in zip(made, verdicts, strict=True)
                ]
                lines.append(
                    Line(
                        None if lines else self._start(section), total(line.items),
                        _reasons(made),
                        ", ".join(dict.fromkeys(c.rule for c in made)),
                        weakest(verdicts),
                    )
                )  # fmt: skip
            contribution = section.trace.gradient
            equation = (
                (self.left(section.target), contribution)
                if section.target in summed
                else self._equation(section.target, contribution)
            )
            heading = f"∂{self.objective}/∂{section.target}"
            if section.target not in summed:
                lines += self._last(section.target, frob if section.target.axes else mul)
            told.append(Told(heading, self._lets(section), tuple(_without_repeats(lines)), equation))
        told = self._noted(told + self._sums(by_entries=False))
        for claim in [*claims.of_sums(self.derived), *claims.of_answer(self.derived, self.answer)]:
            steps.append(Step(claim.before, claim.after, claim.rule, claim.why, self.judge(claim)))
        return told, steps

    def _last(self, target: Expr, by: Callable[[Expr, Expr], Expr] | None = None) -> list[Line]:
        """The answer as the last line of a derivation, where writing names out made it another one."""
        raw, value = self.answer.raw.get(target), self.answer.gradients.get(target)
        if raw is None or value is None or unfold(raw, self.answer.written) is value:
            return []
        (claim,) = claims.of_insertion(raw, value, self.answer)
        right = value if by is None else by(value, d(target))
        return [Line(None, right, claim.why, claim.rule, self.judge(claim))]

    def _lets(self, section: Section) -> tuple[tuple[Expr, Expr], ...]:
        called = set(self._called())
        return tuple((new, what) for new, what in section.lets if new not in called)

    def _start(self, section: Section) -> Expr:
        if not section.named:
            return d(self.objective)
        if section.cotangent.axes:
            return frob(section.cotangent, d(section.start))
        return mul(section.cotangent, d(section.start))

    # ---- index notation

    def components(self, found: Mapping[int, Components]) -> tuple[list[Told], list[Step]]:
        """Sections and steps of the second strategy; `found` has one entry a section."""
        told: list[Told] = []
        steps: list[Step] = []
        summed = {s.target for s in self.derived.sums}
        for place, section in enumerate(self.derived.sections):
            entries = found[place]
            for made, line_claims in zip(
                entries.entries, claims.of_components(self.derived, section, entries), strict=True
            ):
                verdicts = {c.after: self.judge(c) for c in line_claims}
                steps += [Step(c.before, c.after, c.rule, c.why, verdicts[c.after]) for c in line_claims]
                one = self._entry_section(made, verdicts)
                if made.variable is section.target and section.target not in summed and not entries.sums:
                    last = [line._replace(indices=made.letters) for line in self._last(section.target)]
                    equation = self._equation(section.target, made.value)
                    one = one._replace(lines=(*one.lines, *last), conclusion=equation)
                told.append(one)
            for target, parts, value in entries.sums:
                claim = claims.of_addition(parts, value)
                steps.append(Step(claim.before, claim.after, claim.rule, claim.why, self.judge(claim)))
                told.append(self._added(target, parts, value, by_entries=True))
        return self._noted(told + self._sums(by_entries=True)), steps

    def _entry_section(self, made: Entries, verdicts: Mapping[Expr, Verdict]) -> Told:
        good = Verdict(DEFINITION, "a definition")
        lines: list[Line] = []
        left = self.left(made.variable)
        if made.named:
            letters = tuple("ijkl"[: len(made.whole.axes)])
            whole, body = made.whole, made.body
            if body.op == "root":
                whole, body = zeros(*body.axes, row=body.row), body.args[0]
            lines.append(Line(whole, body, "entry by entry", "definition", good, letters))
        rows = [
            (made.chain, "chain rule: one term for each entry", "component-chain"),
            (
                made.deltas,
                made.why or "each derivative of an entry by an entry is a delta",
                "component-delta",
            ),
            (made.summed, "the deltas rename indices", "component-contract"),
            (made.value, _recognised(made.value), "component-recognise"),
        ]
        first = True
        last: Expr | None = None
        for right, why, rule in rows:
            if right is None or right is last:
                continue
            verdict = verdicts.get(right, good)
            lines.append(Line(left if first else None, right, why, rule, verdict, made.letters))
            first, last = False, right
        return Told(f"∂{self.objective}/∂{made.variable}", (), tuple(lines), (left, made.value), made.note)


def _named(e: Expr) -> str:
    """Which parts of an expression are functions that have a name."""
    spelt = dict.fromkeys(
        node.op
        for before in postorder([e])
        if (after := known_functions(before)).op != before.op
        for node in postorder([after])
        if node.op in MEANINGS
    )
    return joined(say("{}", law(MEANINGS[op])) for op in spelt)


def _recognised(value: Expr) -> str:
    """What the last line of a derivation by entries saw."""
    products = any(node.op in ("mul", "tr", "frob") for node in postorder([value]))
    return "indices side by side make products" if products else "the entries of one array"


def _reasons(made: list[Claim]) -> str:
    """Why a line follows, each reason once."""
    if {c.rule for c in made} == {"frob-left", "frob-right"}:
        return EITHER_FACTOR
    return joined(dict.fromkeys(c.why for c in made))


def _without_repeats(lines: list[Line]) -> list[Line]:
    """Lines that show something new."""
    out: list[Line] = []
    for line in lines:
        if out and line.right is out[-1].right:
            continue
        out.append(line)
    return out
