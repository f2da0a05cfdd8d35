"""Differentials, Jacobians and Hessians: what is found by going forwards, as a person sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from gradproof.calculus.differential import Condition
from gradproof.calculus.network.source_order import as_typed
from gradproof.derivation.layouts import laid_out, remark
from gradproof.derivation.story import forward as retell
from gradproof.derivation.story.abbreviations import Written, write_out
from gradproof.derivation.story.claims import Claim
from gradproof.derivation.story.forward import Setting
from gradproof.derivation.story.model import Line, Section, Step, Story
from gradproof.derivation.strategies.coefficients import Reading, read
from gradproof.derivation.strategies.conditions import tell_conditions
from gradproof.derivation.strategies.forward import Change, Differential, Forward
from gradproof.derivation.strategies.symbols import functions, symbol
from gradproof.derivation.strategies.vec_form import vec_form
from gradproof.errors import GradproofError, NameProblem, ParseError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.expressions.sentences import say
from gradproof.expressions.walk import rebuild
from gradproof.operators.build import T, apply, construct, d, name, partial, reshape
from gradproof.operators.properties import STRUCTURED, props
from gradproof.operators.substitution import unfold
from gradproof.proof.referee import together
from gradproof.session.gradient import UNJUDGED, Gradient, unjudged
from gradproof.session.judge import Judge, Typed
from gradproof.session.result import Derivation, Key
from gradproof.verdicts import HOLDS, Verdict, weakest

Pairs = tuple[tuple[Expr, Expr], ...]


class Question(NamedTuple):
    """One array to be differentiated.

    key         how its answers are asked for: the first of two names for a Hessian, else ""
    label       what it is called: a name, or ∂f/∂X
    array       the expression
    statements  what the names in it stand for, in order
    """

    key: str
    label: Expr
    array: Expr
    statements: Pairs


class Found(NamedTuple):
    """What was found for one question, by all variables.

    differentials  of the statements and of the array
    readings       the derivative by each variable, read off
    written        the derivatives (or the one differential) as they are shown
    """

    question: Question
    differentials: tuple[Differential, ...]
    readings: tuple[Reading, ...]
    written: Written


class ForwardDerivation(Derivation):
    """A derived differential, Jacobian or Hessian.

    before   the derivation of the gradient that a Hessian begins with, else None
    """

    def __init__(
        self, program: Program, found: tuple[Found, ...], variables: tuple[Expr, ...], walk: Forward,
        unknown: Mapping[Expr, Expr], judge: Judge | None, warnings: tuple[GradproofError, ...],
        kind: str, layout: str, origin: Typed, before: Gradient | None = None,
    ) -> None:  # fmt: skip
        self.program = program
        self.found = found
        self.variables = variables
        self.walk = walk
        self._unknown = unknown
        self.kind, self.layout = kind, layout
        self.before = before
        self.origin = origin
        self.warnings = warnings
        self._judge = judge
        self._ask = judge or unjudged
        mine = tell_conditions(walk.conditions, walk.statements, walk.lets)
        self._conditions = tuple(dict.fromkeys((*(before._where() if before else ()), *mine)))
        self.conditions = tuple(condition.said() for condition in self._conditions)
        self._sections, steps = self._told()
        self.steps = (*(before.steps if before else ()), *steps)
        self.verdict = self._verdict()

    # ---- the answer

    @property
    def answers(self) -> Mapping[Key, Expr]:
        """The results in the layout asked for, by variable; by two for second derivatives."""
        return self._answers(self.layout)

    def _answers(self, layout: str) -> Mapping[Key, Expr]:
        out: dict[Key, Expr] = {}
        for one in self.found:
            if self._one_line:
                out[", ".join(map(str, self.variables))] = self._direction(one.written.values[0])
                continue
            for variable, value in zip(self.variables, one.written.values, strict=True):
                key = (one.question.key, str(variable)) if one.question.key and self._many else str(variable)
                out[key] = laid_out(value, len(one.question.array.axes), layout)
        return out

    @property
    def _many(self) -> bool:
        return len(self.found) > 1 or len(self.variables) > 1

    @property
    def _one_line(self) -> bool:
        """Whether the answer is a differential, linear in the changes of the variables."""
        return self.kind in ("differential", "jvp", "hvp")

    def _direction(self, e: Expr) -> Expr:
        """A differential as an expression in plain names dX."""
        return rebuild(e, {d(v): direction(v) for v in self.variables}, construct)

    def __getitem__(self, variable: Key) -> Derivation:
        """The derivation for one variable; for second derivatives by x, then by y: d["x", "y"]."""
        first, second = variable if isinstance(variable, tuple) else (variable, variable)
        places = [k for k, v in enumerate(self.variables) if str(v) == second]
        found = [one for one in self.found if one.question.key in ("", first)]
        if not places or not found or self._one_line:
            raise NameProblem(f"{variable} is not among the variables", code="GP305")
        k = places[0]
        only = tuple(
            one._replace(
                readings=(one.readings[k],), written=one.written._replace(values=(one.written.values[k],))
            )
            for one in found
        )
        made = ForwardDerivation(
            self.program, only, (self.variables[k],), self.walk, self._unknown, self._judge, self.warnings,
            self.kind, self.layout, self.origin, self.before,
        )  # fmt: skip
        return made if self.asked is None else made.asked_as(self.asked)

    def _known(self) -> Mapping[Expr, Expr]:
        known = dict(self.program.statements)
        for one in self.found:
            known.update(one.question.statements)
            known.update(one.written.definitions)
        return known

    def vocabulary(self) -> Mapping[Expr, Expr]:
        """Statements and abbreviations."""
        return {**self.walk.lets, **self._known()}

    def unknown(self) -> Mapping[Expr, Expr]:
        """The gradients of unknown functions."""
        return self._unknown

    def _where(self) -> tuple[Condition, ...]:
        return self._conditions

    # ---- proof

    def _setting(self, one: Found) -> Setting:
        unfold = {**self._unknown, **self.walk.lets, **dict(one.question.statements)}
        return Setting(one.question.label, frozenset(self.walk.variables), unfold)

    def _verdict(self) -> Verdict:
        if self._judge is None:
            return UNJUDGED
        steps = retell.verdict_of(self.steps)
        proved = steps.grade == "proved"
        wholes = [self.before.verdict] if self.before else []
        for one in self.found:
            setting = self._setting(one)
            array, statements = one.question.array, one.question.statements
            if self._one_line:
                wholes.append(self._judge.differential(array, one.written.values[0], setting))
                wholes += self._by_definition(one, (), one.written.values[0])
                continue
            for variable, value in zip(self.variables, one.written.values, strict=True):
                wholes.append(
                    self._judge.derivative(statements, array, variable, value, setting.unfold, proved)
                )
                wholes += self._by_definition(one, (variable,), value)
        return together(steps, weakest(wholes))

    def _by_definition(self, one: Found, last: tuple[Expr, ...], value: Expr) -> list[Verdict]:
        """A derivative of a derivative against the program as it was typed, where that can be tested: it may
        refute what was made of derivatives that were each proved."""
        program, by = self.origin
        by = (*by, *one.question.label.args[1:], *last)
        setting = self._setting(one)
        if self._judge is None or len(by) + self._one_line < 2:
            return []
        verdict = self._judge.definition(
            Typed(program, by), value, setting.unfold, setting.varying if self._one_line else frozenset()
        )
        return [] if verdict.grade == "unknown" else [verdict]

    # ---- telling

    def _told(self) -> tuple[list[Section], list[Step]]:
        sections: list[Section] = []
        steps: list[Step] = []
        for one in self.found:
            told = retell.forwards(one.differentials, self._setting(one), self._ask)
            opening = self._everywhere(one)
            if opening and told.sections:
                last = told.sections[-1]
                told.sections[-1] = last._replace(lines=(*opening, *last.lines))
            sections += told.sections
            steps += told.steps
        return sections, steps

    def _everywhere(self, one: Found) -> tuple[Line, ...]:
        """The gradient that is differentiated once more, and what names in it stand for, where others were
        shown: by a symmetric S the gradient of logdet(S) is inv(S), and inv(S)' at all points."""
        label, array = one.question.label, one.question.array
        if self.before is None or not STRUCTURED.intersection(props(label.args[1])):
            return ()
        variable = label.args[1]
        before, told = self.before.vocabulary(), self.before.answer.gradients[variable]
        pairs = [(n, before[n], e) for n, e in one.question.statements if n in before and e.op != "root"]
        known, varying = self._setting(one).unfold, frozenset(self.walk.variables)
        why = say("at all points, with the entries of {} free", variable)
        return tuple(
            Line(left, free, why, "free", self._ask(Claim(shown, free, "free", "", varying, known)))
            for left, shown, free in (*pairs, (label, told, array))
            if shown is not free
        )

    def story(self, notation: str = "frobenius") -> Story:
        """The derivation as data, in one notation."""
        as_typed(self.program)
        if notation not in ("frobenius", "index"):
            raise ParseError(f'no notation "{notation}": frobenius, index or both', code="GP131")
        sections, verdict = self._sections, self.verdict
        if notation == "index" and not self._one_line:
            told = [
                retell.by_entries(
                    one.question.array,
                    variable,
                    reading,
                    value,
                    self._setting(one),
                    self._ask,
                    self.walk.lets,
                )
                for one in self.found
                for variable, reading, value in zip(
                    self.variables, one.readings, one.written.values, strict=True
                )
            ]
            sections = [section for one in told for section in one.sections]
            free = [line for one in self.found for line in self._everywhere(one)]
            sections[:0] = [
                Section("", (), (), (line.left or line.right, line.right), line.why) for line in free
            ]
            verdict = weakest([verdict, *(step.verdict for one in told for step in one.steps)])
        head = self.before.story(notation) if self.before else None
        lead = tuple(head.sections) if head else ()
        one = self.found[0].question
        return Story(
            understood(self.program),
            functions((self.program.objective, *(body for _, body in self.program.statements))),
            head.statements if head else (*one.statements, *self._symbols()),
            (*lead, *sections, *self._definitions()),
            tuple(self._equations()),
            self.conditions, verdict, self.layout, self._forms(notation), self._remark(),
        )  # fmt: skip

    def _symbols(self) -> list[tuple[Expr, Expr]]:
        """What the names of derivatives of unknown functions stand for."""
        body, label = self.program.objective, self.found[0].question.label
        return [(named, symbol(meaning, body, label)) for named, meaning in self._unknown.items()]

    def _definitions(self) -> list[Section]:
        """A section without lines for each abbreviation that stays in the answer."""
        shown = {new for section in self._sections for new, _ in section.lets}
        return [
            Section("", (), (), (new, value))
            for one in self.found
            for new, value in one.written.definitions
            if new not in shown
        ]

    def _equations(self) -> list[tuple[Expr, Expr]]:
        out = []
        for one in self.found:
            label = one.question.label
            if self._one_line:
                out.append((d(label), one.written.values[0]))
                continue
            for variable, value in zip(self.variables, one.written.values, strict=True):
                left = partial(label, variable)
                shown = laid_out(value, len(label.axes), self.layout)
                out.append((left if left.axes == shown.axes else partial_in(left, shown), shown))
        return out

    def _forms(self, notation: str) -> Pairs:
        """For what has more than two axes: the differential (unless its lines are shown), stacked columns."""
        out: list[tuple[Expr, Expr]] = []
        for one in self.found:
            left, full = one.question.label, one.differentials[-1].full
            for variable, value in zip(self.variables, one.written.values, strict=False):
                if self._one_line or len(left.axes) + len(variable.axes) < 3:
                    continue
                if len(self.variables) == 1 and notation == "index":
                    out.append((d(left), full))
                stacked = vec_form(full, variable)
                if stacked is not None and self._stacks(one, stacked, value):
                    written = unfold(stacked, one.written.written)
                    out.append((partial(_stacked(left), T(_stacked(variable))), written))
        return tuple(out)

    def _stacks(self, one: Found, stacked: Expr, value: Expr) -> bool:
        """Whether a matrix of stacked columns has the entries of the answer, by the referee."""
        setting = self._setting(one)
        shaped = stacked if stacked.axes == value.axes else reshape(stacked, *value.axes)
        claim = Claim(shaped, value, "stack", "columns stacked", setting.varying, setting.unfold)
        return self._ask(claim).grade in HOLDS

    def _remark(self) -> str:
        if self._one_line or self._many or self.kind == "hessian":
            return ""
        label, variable = self.found[0].question.label, self.variables[0]
        return remark(label, variable, self.layout)

    def _claims(self) -> list[Claim]:
        """All that the derivation claims: those of the gradient it begins with, its lines, each answer."""
        made = list(self.before._claims()) if self.before else []
        for one in self.found:
            setting = self._setting(one)
            made += retell.claims_of(one.differentials, setting)
            array = one.question.array
            if self._one_line:
                shown = Change(d(array), one.written.values[0], "insert", "names written out")
                made.append(retell.claim_of(shown, one.differentials[-1], setting))
                continue
            made += [
                retell.answer_claim(array, variable, value, setting)
                for variable, value in zip(self.variables, one.written.values, strict=True)
            ]
        return made

    # ---- running

    def _inputs(self) -> tuple[Expr, ...]:
        inputs = [*self.program.names.values(), *self._unknown]
        if self._one_line:
            inputs += [direction(v) for v in self.variables]
        return tuple(inputs)

    @property
    def _value(self) -> Expr:
        return self.program.objective


def direction(variable: Expr) -> Expr:
    """The change of a variable as a name of its own: dX."""
    return name(f"d{variable}", variable.axes, row=variable.row)


def partial_in(left: Expr, shown: Expr) -> Expr:
    """A left-hand side with the axes of an answer in another layout."""
    return T(left) if len(shown.axes) <= 2 else left


def _stacked(e: Expr) -> Expr:
    return apply("vec", e) if len(e.axes) == 2 else e


def understood(program: Program) -> tuple[tuple[Expr, str], ...]:
    """The names of a program, and how their shapes are known."""
    return tuple((e, program.understood.get(text, "declared")) for text, e in program.names.items())


def _read(differential: Expr, variable: Expr) -> Reading:
    """The derivative by a variable. Where columns are stacked, it is shorter as a Kronecker product."""
    reading = read(differential, variable)
    stacked = vec_form(differential, variable) if reading.deltas is None else None
    if stacked is None or reading.value.op == "zeros":
        return reading
    axes = (*differential.axes, *variable.axes)
    return reading._replace(value=stacked if stacked.axes == axes else reshape(stacked, *axes))


def find(question: Question, walk: Forward, variables: tuple[Expr, ...], one_line: bool) -> Found:
    """Differentiate an array forwards and read its derivatives off, or keep the differential."""
    differentials = walk.run(question.array)
    full = differentials[-1].full
    readings = () if one_line else tuple(_read(full, v) for v in variables)
    values = [full] if one_line else [reading.value for reading in readings]
    return Found(question, differentials, readings, write_out(values, walk.lets))
