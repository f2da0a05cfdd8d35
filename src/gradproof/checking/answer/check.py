"""Is my answer right? `check` compares a person's answer with the derived one, and names the mistake.

A right answer may come in any equal form, in another layout, or stacked as a vector; it is recognised as
that. A wrong one gets its mistake by name where there is one, and the smallest counterexample.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from gradproof.checking.answer.forms import Form, forms
from gradproof.checking.answer.locate import place
from gradproof.checking.diagnosis.assumptions import assumed, uncertain
from gradproof.checking.diagnosis.findings import Finding
from gradproof.checking.diagnosis.partial import multiple, partly, turned
from gradproof.checking.diagnosis.search import diagnose
from gradproof.derivation.solving.implicit import solved
from gradproof.derivation.story.model import Step
from gradproof.elaboration.answer.read import Answer, read_answer, readings, right_fixes
from gradproof.elaboration.assembly.implicit_equations import live
from gradproof.errors import GradproofError, ShapeError, VerdictError
from gradproof.expressions.dims import Dim, symbol
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.expressions.sentences import Sentence, say
from gradproof.expressions.walk import names as walk_names
from gradproof.expressions.walk import postorder, rebuild
from gradproof.operators.build import construct, d, spell, zeros
from gradproof.proof.evaluation.counterexample import Witness, witness
from gradproof.proof.referee import Referee
from gradproof.proof.semantics.context import Context
from gradproof.session.derive import Shapes, derive
from gradproof.session.kinds import COTANGENT
from gradproof.session.result import Derivation
from gradproof.verdicts import HOLDS, Verdict, weakest

if TYPE_CHECKING:
    from gradproof.session.handles import Handle

UPSTREAM = ("dout", "grad_output", "grad_out", "upstream", "delta", "dY", "dZ")
DIRECTIONS = ("v", "u", "g", "p", "t", "dy", "ybar")
SECONDS = 1.0  # for the search for the mistake


class Check:
    """What is known about a person's answer.

    grade           "proved" (right for all sizes), "tested", "sampled", "refuted" or "unknown"
    equal           True, False or None; also True for an answer that is right in another layout
    diagnosis       a short stable phrase ("factor 1/2", "transposed", "layout numerator", …), or None
    why             the diagnosis as a sentence, or the reason of the verdict
    step            the step of the derivation where the right thing happens, or None
    counterexample  name -> number or nested lists of numbers; None where there is none
    sides           the gradient and the answer for these numbers
    derivation      our derivation
    """

    def __init__(self, derivation: Derivation, answer: Answer, verdict: Verdict, found: _Found) -> None:
        self.derivation = derivation
        self.answer = answer
        self.verdict = verdict
        self.grade = verdict.grade
        self.equal: bool | None = {"refuted": False, "unknown": None}.get(verdict.grade, True)
        self.reason = verdict.reason
        self.finding = found.finding
        self.diagnosis: str | None = found.finding.phrase if found.finding else None
        self.witness = found.witness
        self.truth = found.truth

    @property
    def why(self) -> str:
        """One sentence for a person."""
        return str(self.said)

    @property
    def said(self) -> Sentence:
        """The diagnosis as a sentence, or the reason of the verdict."""
        return say("{}", self.reason) if self.finding is None else self.finding.said

    @property
    def step(self) -> Step | None:
        """The step of the derivation where the right thing happens; None where there is doubt."""
        return (
            None
            if self.finding is None or self.equal
            else place(self.derivation, self.finding, self.answer.expr)
        )

    @property
    def counterexample(self) -> dict[str, Any] | None:
        """Numbers for which the answer is wrong."""
        return None if self.witness is None else self.witness.values

    @property
    def sides(self) -> tuple[Any, Any] | None:
        """The gradient and the answer for the numbers of the counterexample."""
        return None if self.witness is None else (self.witness.left, self.witness.right)

    def show(self, format: str = "text") -> str:
        """For reading, in a format as `Derivation.show` has them, or "json"."""
        from gradproof.checking.answer.report import show

        return show(self, format)

    def __bool__(self) -> bool:
        raise VerdictError(
            "a check is not true or false, since it may be unknown: ask for .equal (True, False or None) "
            "or .grade",
            code="GP601",
        )

    def __str__(self) -> str:
        return self.show()

    def __repr__(self) -> str:
        said = f", {self.diagnosis!r}" if self.diagnosis else ""
        return f"Check({self.grade!r}{said})"


class _Found(NamedTuple):
    """What a comparison brought to light; truth: our answer in the form that was compared."""

    truth: Expr
    finding: Finding | None = None
    witness: Witness | None = None


def check(
    text: str | Handle, wrt: str | Handle, answer: str, *, shapes: Shapes | None = None,
    assume: Mapping[str, Sequence[str]] | None = None, where: str | None = None,
    kind: str = "gradient", layout: str = "gradient", structure: str = "free",
    seconds: float = SECONDS, form: str = "auto", bars: str = "",
) -> Check:  # fmt: skip
    """Is `answer` the derivative of an expression?

    answer   text in the names of the question, in names that our derivation introduced (G, R), and in
             names that it defines itself: "R = A*x - b; 2*A'*R"
    layout   the layout that the answer is meant in
    structure, form, bars   as for `derive`; form and bars are about `text`
    seconds  how long to search for the mistake at most

    >>> check("norm2(A*x - b)^2", "x", "A'*(A*x - b)").diagnosis
    'factor 1/2'

    Raises a GradproofError: those of `derive`; those of reading, with the place in the answer; ShapeError
    GP214 where the answer has another shape than the derivative in every layout.
    """
    found = derive(
        text, wrt, shapes=shapes, assume=assume, where=where, kind=kind, layout=layout,
        structure=structure, form=form, bars=bars,
    )  # fmt: skip
    return Comparison(found, str(wrt), seconds).check(answer)


class Comparison:
    """Compares answers with one derivation."""

    def __init__(self, derivation: Derivation, variable: str, seconds: float = SECONDS) -> None:
        self.derivation = derivation
        self.variable = derivation.program.names.get(variable)
        self.seconds = seconds
        self.known = solved(derivation.vocabulary())
        self.context = Context(frozenset(), self.known)  # gradients of unknown functions: any arrays
        self.whole = Context(frozenset(), {**derivation.unknown(), **self.known})
        self.truth = derivation.result.expr

    def names(self) -> dict[str, Expr | Dim]:
        """What an answer may use."""
        program = self.derivation.program
        own = {**self.derivation.unknown(), **self.known}
        known: dict[str, Expr | Dim] = {str(e.data[0]): e for e in own}
        spoken = self._spoken()
        roots = [program.objective, self.truth, *own, *own.values(), *program.names.values()]
        sizes = {s for root in roots for e in postorder([root]) for dim in e.axes for s in dim.symbols}
        sizes |= {str(e.data[0]) for root in roots for e in postorder([root]) if e.op == "size"}
        own_names = {str(e.data[0]): e for e in postorder([self.truth]) if e.op == "name"}
        others = {f"G_{e.args[0]}": new for new, e in self.derivation.unknown().items() if len(e.args) == 1}
        met = {**others, **own_names, **known}
        if self.derivation.kind in ("gradient", "vjp"):
            spoken.update({f"d{text[2:]}": e for text, e in met.items() if text[:2] == "G_"})
        calls: dict[str, Expr | Dim] = {str(e): e for e in postorder(roots) if e.op == "call"}
        sized = {s: symbol(s) for s in sizes}
        names = {**spoken, **sized, **others, **own_names, **known, **_inputs(program)}
        return {**calls, **_indexed(names), **names}

    def _spoken(self) -> dict[str, Expr | Dim]:
        """Names that people use without being asked: `dout` for the one gradient G, v for a direction."""
        kind, inputs = self.derivation.kind, self.derivation.program.names
        if kind in ("jvp", "hvp") and self.variable is not None:
            named = (e for e in walk_names(self.truth) if str(e) == f"d{self.variable}")
            direction: Expr | Dim = next(named, d(self.variable))
            return dict.fromkeys(DIRECTIONS, direction)
        given: list[Expr | Dim] = [*self.derivation.unknown()]
        if kind == "vjp":
            understood = self.derivation.program.understood
            given = [e for text, e in inputs.items() if understood.get(text) == COTANGENT]
        if len(given) != 1:
            return {}
        taken = {*inputs, *(str(e) for e, _ in self.derivation.program.statements)}
        free = [word for word in UPSTREAM if word[0] != "d" or word[1:] not in taken]
        return dict.fromkeys((*free, *(DIRECTIONS if kind == "vjp" else ())), given[0])

    def read(self, text: str) -> Answer:
        """The answer; a fault in it names its place, and remedies that are right come first."""
        try:
            return read_answer(text, self.names(), self._shapes())
        except GradproofError as error:
            what = f"the {self.derivation.kind}"
            raise right_fixes(error, self._is_right, what) from None

    def _readings(self, text: str) -> Iterator[Answer]:
        """What an answer can mean; `read` says what is wrong with one that means nothing."""
        yield self.read(text)
        yield from islice(readings(text, self.names(), self._shapes()), 1, None)

    def _shapes(self) -> list[Expr]:
        """Expressions of the shapes that an answer may have."""
        every = forms(self.truth, self._outer(), "")
        return list({(form.truth.axes, form.truth.row): form.truth for form in every}.values())

    def _is_right(self, text: str) -> bool:
        try:
            return self.check(text).equal is True
        except GradproofError:  # a remedy that can be read, and has another shape
            return False

    def check(self, text: str) -> Check:
        """The verdict on an answer: where it can be read in two ways, one that is right counts."""
        found: Check | GradproofError | None = None
        for answer in self._readings(text):
            try:
                one = self.compared(answer)
            except GradproofError as error:
                found = found or error
                continue
            if one.equal is True:
                return one
            found = one if found is None or isinstance(found, GradproofError) else found
        assert found is not None  # the first reading raises what is wrong with all of them
        if isinstance(found, GradproofError):
            raise found
        return found

    def compared(self, answer: Answer) -> Check:
        """The verdict on one reading of an answer."""
        claim = self._adjoints(answer.expr)
        if not claim.axes and claim.op == "num" and not claim.data[0]:
            claim = zeros(*self.truth.axes, row=self.truth.row)
        tried: list[tuple[Form, Verdict]] = []
        for form in self._alike(claim):
            verdict = self._judge(form.truth, claim)
            if verdict.grade in HOLDS:
                verdict = weakest([verdict, self._ours()])
                return Check(self.derivation, answer, verdict, _Found(*form))
            tried.append((form, verdict))
        if not tried:
            return self._misshapen(answer, claim)
        form, verdict = tried[0]
        if verdict.grade == "refuted" and any(e.op == "root" for e in self.known.values()):
            why = "the answer differs from ours, and may be equal to it where the equation holds"
            verdict = Verdict("unknown", why)
        if verdict.grade == "unknown":
            return Check(self.derivation, answer, verdict, _Found(form.truth))
        finding = self._mistake(form.truth, claim)
        if finding is not None and form.finding is not None:
            finding = finding._replace(why=f"{finding.why} (as {form.finding.phrase})")
        seen = witness(form.truth, claim, self.context)
        return Check(self.derivation, answer, verdict, _Found(form.truth, finding, seen))

    def _adjoints(self, claim: Expr) -> Expr:
        """A gradient has no differentials: dZ is short for the gradient by Z there."""
        if self.derivation.kind != "gradient":
            return claim
        known = self.names()
        short = [(e, known.get(f"G_{e.args[0]}")) for e in postorder([claim]) if e.op == "d"]
        meant = {e: new for e, new in short if isinstance(new, Expr) and new.axes == e.axes}
        return rebuild(claim, meant, construct) if meant else claim

    def _mistake(self, truth: Expr, claim: Expr) -> Finding | None:
        """The mistake by its name."""
        kind = self.derivation.kind
        part = partly(truth, claim, self.context, kind, self.variable)
        if part is not None:
            return part
        found = diagnose(truth, claim, self.context, self.variable, self.seconds)
        if found is not None and not uncertain(found):
            return found
        better = multiple(truth, claim, self.context, kind)
        better = better or (turned(truth, claim, self.context) if found is None else None)
        return better or assumed(truth, claim, self.context, self.variable, found) or found

    def _ours(self) -> Verdict:
        return self.derivation.verdict

    def _judge(self, truth: Expr, claim: Expr) -> Verdict:
        """Are they equal, whatever the gradients of unknown functions are; and if not, as they are?"""
        verdict = Referee(self.context).judge(truth, claim)
        if verdict.grade in ("refuted", "unknown") and self.derivation.unknown():
            return Referee(self.whole).judge(truth, claim)
        return verdict

    def _alike(self, claim: Expr) -> list[Form]:
        """The truth in the shape of the answer. The form that was asked for stands alone: where it has the
        shape of another layout, nobody can tell which one is meant."""
        every = forms(self.truth, self._outer(), self._other_layout())
        found = [form for form in every if (form.truth.axes, form.truth.row) == (claim.axes, claim.row)]
        return found[:1] if found and found[0].finding is None else found

    def _outer(self) -> int:
        """How many axes are those of the array that is differentiated."""
        return len(self.truth.axes) - sum(len(e.axes) for e in self.derivation.variables)

    def _other_layout(self) -> str:
        """What the transpose of the result is called."""
        kind, layout = self.derivation.kind, self.derivation.layout
        if kind == "gradient":
            return "gradient" if layout == "numerator" else "numerator"
        return "numerator" if layout == "denominator" else "denominator"

    def _misshapen(self, answer: Answer, claim: Expr) -> Check:
        """An answer of the wrong shape: its mistake where it has a name, else a ShapeError."""
        kind = self.derivation.kind
        finding = partly(self.truth, claim, self.context, kind, self.variable)
        finding = finding or diagnose(self.truth, claim, self.context, self.variable, self.seconds)
        if finding is not None and finding.several:  # two slips explain nearly every shape
            finding = None
        said = f"the answer is {_article(spell(claim))}; the {kind} is {_article(spell(self.truth))}"
        if finding is None:
            raise ShapeError(
                said, code="GP214", span=(0, len(answer.source)), source=answer.source,
                facts=((None, f"a gradient has the shape of {self.variable}"),) if kind == "gradient" else (),
            )  # fmt: skip
        return Check(self.derivation, answer, Verdict("refuted", said), _Found(self.truth, finding))


def _indexed(names: Mapping[str, Expr | Dim]) -> dict[str, Expr | Dim]:
    """W1 as W_1, which is how LaTeX has it."""
    found = {re.sub(r"(?<=[^\W\d_])(\d+)$", r"_\1", text): e for text, e in names.items()}
    return {text: e for text, e in found.items() if text not in names}


def _inputs(program: Program) -> dict[str, Expr]:
    """The names of the inputs; one that an equation defines is meant as the name, wherever it stands."""
    return {text: live(e) for text, e in program.names.items()}


def _article(words: str) -> str:
    """An n×k, a k×n; "scalar" alone."""
    if words == "scalar":
        return words
    return f"{'an' if words[0] in 'aefhilmnorsx8' and not words.startswith('row') else 'a'} {words}"
