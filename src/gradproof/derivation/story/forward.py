"""Tell the differential of an array as a story, and read Jacobians and Hessians off it.

A pure function of what was derived and of the verdicts, like `narrate` for gradients.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from gradproof.calculus.network.cost import ink
from gradproof.derivation.story.claims import Claim
from gradproof.derivation.story.model import Line, Section, Step
from gradproof.derivation.strategies.coefficients import Reading
from gradproof.derivation.strategies.forward import Change, Differential
from gradproof.expressions.nodes import Expr
from gradproof.expressions.sentences import Formula, Sentence, joined, say
from gradproof.expressions.walk import names
from gradproof.operators.build import T, d, einsum, frob, mul, partial
from gradproof.verdicts import DEFINITION, Verdict, weakest

Judge = Callable[[Claim], Verdict]
DEFINED = Verdict(DEFINITION, "a definition")


class Telling(NamedTuple):
    """What is told: sections in reading order, and the steps behind them."""

    sections: list[Section]
    steps: list[Step]


class Setting(NamedTuple):
    """The names of one story.

    label      what the array that is differentiated is called: a name, or ∂f/∂X
    varying    the variables
    unfold     what names stand for
    """

    label: Expr
    varying: frozenset[Expr]
    unfold: Mapping[Expr, Expr]


def forwards(found: Sequence[Differential], setting: Setting, judge: Judge) -> Telling:
    """The differentials, statement by statement; the last is that of the array."""
    sections: list[Section] = []
    steps: list[Step] = []
    for made in found:
        last = made is found[-1]
        shown = setting.label if last else made.whole
        lines = [_line(change, made, setting, judge) for change in _changes(made, last)]
        steps += [
            Step(change.before, change.after, change.rule, change.why, line.verdict)
            for change, line in zip(_changes(made, last), lines, strict=True)
        ]
        if lines:
            lines[0] = lines[0]._replace(left=d(shown))
            value = made.full if last else made.value
            sections.append(Section(f"d{shown}", made.lets, tuple(lines), (d(shown), value)))
    return Telling(sections, steps)


def _changes(made: Differential, last: bool) -> tuple[Change, ...]:
    if not last or made.full is made.value:
        return made.lines
    return (*made.lines, Change(made.value, made.full, "insert", "the differentials above, written out"))


def claim_of(change: Change, made: Differential, setting: Setting) -> Claim:
    """What a line of a differential claims. Other statements are plain names inside a section."""
    unfold = dict(setting.unfold)
    if change.rule != "insert":
        derivatives = {named: what for named, what in setting.unfold.items() if what.op == "gradof"}
        unfold = {
            **derivatives,
            **dict(made.lets),
            **({made.whole: made.body} if not made.whole.args else {}),
        }
    return Claim(change.before, change.after, change.rule, change.why, setting.varying, unfold)


def claims_of(found: Sequence[Differential], setting: Setting) -> list[Claim]:
    """The claims of every line of some differentials."""
    return [claim_of(change, made, setting) for made in found for change in _changes(made, made is found[-1])]


def answer_claim(array: Expr, variable: Expr, value: Expr, setting: Setting) -> Claim:
    """A derivative against the definition: times the change of the variable it is that of the array."""
    rows, columns = len(array.axes), len(variable.axes)
    change: Expr = d(variable)
    if not columns:
        after = mul(change, value)
    elif rows + columns == 1:
        after = frob(value, change)
    elif (rows, columns) == (1, 1) and not array.row:
        after = mul(value, change)
    else:
        letters = "ijklmnopqrstuvwxyz"[: rows + columns]
        after = einsum(f"{letters},{letters[rows:]}->{letters[:rows]}", value, change)
    after = T(after) if array.row else after
    why = say("the derivative by {}, against the differential of the whole", variable)
    return Claim(d(array), after, "answer", why, frozenset((variable,)), setting.unfold)


def _line(change: Change, made: Differential, setting: Setting, judge: Judge) -> Line:
    return Line(None, change.after, change.why, change.rule, judge(claim_of(change, made, setting)))


def by_entries(
    body: Expr, variable: Expr, reading: Reading, final: Expr, setting: Setting, judge: Judge,
    lets: Mapping[Expr, Expr],
) -> Telling:  # fmt: skip
    """A Jacobian by entries: deltas, contracted, recognised; `final` is it as the answer shows it.

    lets    abbreviations, which are told where lines use them
    """
    left = partial(setting.label, variable)
    whole = partial(body, variable)
    end = "in matrices" if len(left.axes) < 3 else "sums made products"
    rows = (
        (reading.deltas, _opened(variable), "component-delta"),
        (reading.summed, "the deltas rename indices", "component-contract"),
        (reading.value, end, "component-recognise"),
        (final, "names written out", "insert"),
    )
    lines: list[Line] = []
    steps: list[Step] = []
    before = whole
    if setting.label.op == "name":
        letters = reading.letters[: len(body.axes)]
        lines.append(Line(setting.label, body, "entry by entry", "definition", DEFINED, letters))
    first = True
    for right, why, rule in rows:
        if right is None or right is before:
            continue
        verdict = judge(Claim(before, right, rule, why, setting.varying, setting.unfold))
        steps.append(Step(before, right, rule, why, verdict))
        if rule != "component-recognise" or len(left.axes) < 3 or ink(right) < ink(before):
            lines.append(Line(left if first else None, right, why, rule, verdict, reading.letters))
        before, first = right, False
    used = _used(lets, [line.right for line in lines])
    return Telling([Section("", used, tuple(lines), (left, final))], steps)


def _opened(variable: Expr) -> Sentence:
    rule = say("product and chain rule")
    each = Formula((partial(variable, variable),), f"∂{variable}/∂{variable}")
    return joined([rule, say("each {} is a delta", each)]) if variable.axes else rule


def _used(lets: Mapping[Expr, Expr], shown: Sequence[Expr]) -> tuple[tuple[Expr, Expr], ...]:
    """The abbreviations that expressions speak of, also by way of each other; in their order."""
    used: set[Expr] = set()
    todo = list(shown)
    while todo:
        new = set(names(todo.pop())) & lets.keys() - used
        used |= new
        todo.extend(lets[one] for one in new)
    return tuple(pair for pair in lets.items() if pair[0] in used)


def verdict_of(steps: Sequence[Step]) -> Verdict:
    """The weakest verdict of some steps."""
    return weakest([step.verdict for step in steps] or [Verdict(DEFINITION, "nothing varies")])
