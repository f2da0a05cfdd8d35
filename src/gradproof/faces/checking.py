"""Is my answer right? `check` compares a person's answer with the derived one, and names the mistake.

A right answer may come in any equal form, in another layout, or stacked as a vector; it is recognised as
that. A wrong one gets its mistake by name where there is one, and the smallest counterexample.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gradproof.derivation.story import Step
from gradproof.errors import GradproofError, ShapeError, VerdictError
from gradproof.expressions.dims import Dim, symbol
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.faces.api import Shapes, derive
from gradproof.faces.derivation import Derivation
from gradproof.operators.answer import Answer, read_answer, right_fixes
from gradproof.operators.build import T, apply, reshape, spell, zeros
from gradproof.proof.context import Context
from gradproof.proof.counterexample import Witness, witness
from gradproof.proof.diagnosis import Finding, diagnose
from gradproof.proof.referee import Referee
from gradproof.verdicts import Verdict, weakest

if TYPE_CHECKING:
    from gradproof.faces.handles import Handle

SECONDS = 1.0  # for the search for the mistake
RIGHT = ("proved", "tested", "sampled")


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
        return self.sentence(str)

    def sentence(self, spelled: Any) -> str:
        """`why`, with expressions spelled in a notation."""
        if self.finding is None:
            return self.reason
        return self.finding.why.format(*(spelled(part) for part in self.finding.parts))

    @property
    def step(self) -> Step | None:
        """The step of the derivation where the right thing happens."""
        return None if self.finding is None or self.equal else _step(self.derivation, self.finding)

    @property
    def counterexample(self) -> dict[str, Any] | None:
        """Numbers for which the answer is wrong."""
        return None if self.witness is None else self.witness.values

    @property
    def sides(self) -> tuple[Any, Any] | None:
        """The gradient and the answer for the numbers of the counterexample."""
        return None if self.witness is None else (self.witness.left, self.witness.right)

    def show(self, format: str = "text") -> str:
        """For reading: "text", "ascii", "markdown" or "json"."""
        from gradproof.rendering.check import show

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
        self.known = dict(derivation.vocabulary())
        self.context = Context(frozenset(), self.known)  # gradients of unknown functions: any arrays
        self.whole = Context(frozenset(), {**derivation.unknown(), **self.known})
        self.truth = derivation.result.expr

    def names(self) -> dict[str, Expr | Dim]:
        """What an answer may use."""
        program = self.derivation.program
        own = {**self.derivation.unknown(), **self.known}
        known: dict[str, Expr | Dim] = {str(e.data[0]): e for e in own}
        roots = [program.objective, self.truth, *own, *own.values(), *program.names.values()]
        sizes = {s for root in roots for e in postorder([root]) for dim in e.axes for s in dim.symbols}
        sizes |= {str(e.data[0]) for root in roots for e in postorder([root]) if e.op == "size"}
        own_names = {str(e.data[0]): e for e in postorder([self.truth]) if e.op == "name"}
        others = {f"G_{e.args[0]}": new for new, e in self.derivation.unknown().items() if len(e.args) == 1}
        return {**{s: symbol(s) for s in sizes}, **others, **own_names, **known, **program.names}

    def read(self, text: str) -> Answer:
        """The answer; a fault in it names its place, and remedies that are right come first."""
        try:
            return read_answer(text, self.names())
        except GradproofError as error:
            what = f"the {self.derivation.kind}"
            raise right_fixes(error, self._is_right, what) from None

    def _is_right(self, text: str) -> bool:
        try:
            return self.check(text).equal is True
        except GradproofError:  # a remedy that can be read, and has another shape
            return False

    def check(self, text: str) -> Check:
        """The verdict on an answer."""
        answer = self.read(text)
        claim = answer.expr
        if not claim.axes and claim.op == "num" and not claim.data[0]:
            claim = zeros(*self.truth.axes, row=self.truth.row)
        truth, recognised = self._form(claim)
        if truth is None:
            return self._misshapen(answer, claim)
        verdict = self._judge(truth, claim)
        if verdict.grade in RIGHT:
            verdict = weakest([verdict, self._ours()])
            return Check(self.derivation, answer, verdict, _Found(truth, recognised))
        if verdict.grade == "unknown":
            return Check(self.derivation, answer, verdict, _Found(truth))
        finding = diagnose(truth, claim, self.context, self.variable, self.seconds)
        if finding is not None and recognised is not None:
            finding = finding._replace(why=f"{finding.why} (as {recognised.phrase})")
        seen = witness(truth, claim, self.context)
        return Check(self.derivation, answer, verdict, _Found(truth, finding, seen))

    def _ours(self) -> Verdict:
        return self.derivation.verdict

    def _judge(self, truth: Expr, claim: Expr) -> Verdict:
        """Are they equal, whatever the gradients of unknown functions are; and if not, as they are?"""
        verdict = Referee(self.context).judge(truth, claim)
        if verdict.grade in ("refuted", "unknown") and self.derivation.unknown():
            return Referee(self.whole).judge(truth, claim)
        return verdict

    def _form(self, claim: Expr) -> tuple[Expr | None, Finding | None]:
        """The truth in the shape of the answer, and what that form is called."""
        for form, finding in _forms(self.truth, self._other_layout()):
            if (form.axes, form.row) == (claim.axes, claim.row):
                return form, finding
        return None, None

    def _other_layout(self) -> str:
        """What the transpose of the result is called."""
        kind, layout = self.derivation.kind, self.derivation.layout
        if kind == "gradient":
            return "gradient" if layout == "numerator" else "numerator"
        return "numerator" if layout == "denominator" else "denominator"

    def _misshapen(self, answer: Answer, claim: Expr) -> Check:
        """An answer of the wrong shape: its mistake where it has a name, else a ShapeError."""
        finding = diagnose(self.truth, claim, self.context, self.variable, self.seconds)
        kind = self.derivation.kind
        said = f"the answer is {_article(spell(claim))}; the {kind} is {_article(spell(self.truth))}"
        if finding is None:
            raise ShapeError(
                said, code="GP214", span=(0, len(answer.source)), source=answer.source,
                facts=((None, f"a gradient has the shape of {self.variable}"),) if kind == "gradient" else (),
            )  # fmt: skip
        return Check(self.derivation, answer, Verdict("refuted", said), _Found(self.truth, finding))


def _forms(truth: Expr, other: str) -> list[tuple[Expr, Finding | None]]:
    """The truth as it may be written: as it is, in the other layout, stacked."""
    out: list[tuple[Expr, Finding | None]] = [(truth, None)]
    if len(truth.axes) in (1, 2):
        out.append((_turned(truth), Finding(f"layout {other}", f'right in layout "{other}"')))
    if len(truth.axes) == 2:
        out.append(
            (apply("vec", truth), Finding("vec form", "right, with the columns stacked into one vector"))
        )
        stacked = T(apply("vec", truth))
        out.append((stacked, Finding("vec form, layout numerator", "right, as a row of the stacked columns")))
    if len(truth.axes) > 2:
        out.extend(_matrices(truth))
    return out


def _matrices(truth: Expr) -> list[tuple[Expr, Finding | None]]:
    """A tensor of derivatives as a matrix, for each way to split its axes in two."""
    made: list[tuple[Expr, Finding | None]] = []
    for cut in range(1, len(truth.axes)):
        rows, columns = _size(truth.axes[:cut]), _size(truth.axes[cut:])
        form = reshape(truth, rows, columns)
        made.append((form, Finding("vec form", "right, as the Jacobian of the stacked columns")))
    return made


def _size(axes: Sequence[Dim]) -> Dim:
    out = axes[0]
    for dim in axes[1:]:
        out = out * dim
    return out


def _turned(e: Expr) -> Expr:
    return T(e) if len(e.axes) in (1, 2) else e


def _article(words: str) -> str:
    return words if words == "scalar" else f"{'an' if words[0] in 'aefhilmnorsx8' else 'a'} {words}"


SYMBOLS = (
    ("transposed", "T"), ("diag", "diag"), ("sum", "sum"), ("inverse", "inv"), ("Hadamard", ".*"),
    ("factor", "2"), ("constant", "2"),
)  # fmt: skip


def _step(derivation: Derivation, finding: Finding) -> Step | None:
    """The step that made what is not in the answer: the part itself, else the symbol."""
    if finding.about is not None:
        for step in derivation.steps:
            if finding.about in postorder([step.after]) and finding.about not in postorder([step.before]):
                return step
    for word, mark in SYMBOLS:
        if word in finding.phrase:
            return derivation.result.origin(mark)
    return None
