"""What a derivation claims, step by step, for a referee that knows nothing of how it was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gradproof.derivation.story.abbreviations import Answer
from gradproof.derivation.strategies.backpropagation import Derived, Section
from gradproof.expressions.nodes import Expr
from gradproof.expressions.sentences import say
from gradproof.expressions.walk import names
from gradproof.operators.build import add, d, frob, mul

if TYPE_CHECKING:
    from gradproof.derivation.strategies.components import Components


class Claim(NamedTuple):
    """before = after, where `varying` vary and `unfold` says what names stand for."""

    before: Expr
    after: Expr
    rule: str
    why: str
    varying: frozenset[Expr]
    unfold: Mapping[Expr, Expr]


NONE: frozenset[Expr] = frozenset()


def setting(derived: Derived, section: Section) -> dict[Expr, Expr]:
    """What names stand for inside a section."""
    return {**derived.unknown, **section.known}


def of_section(derived: Derived, section: Section) -> list[list[Claim]]:
    """The claims of each line of a Frobenius walk."""
    known, varying = setting(derived, section), frozenset((section.target,))
    return [
        [Claim(before, after, rule, why, varying, known) for before, after, rule, why in line.changes]
        for line in section.trace.rounds
    ]


def of_components(derived: Derived, section: Section, found: Components) -> list[list[Claim]]:
    """The claims of each pair of names in a derivation by entries."""
    known = setting(derived, section)
    out = []
    for made in found.entries:
        line = [made.deltas, made.summed, made.value]
        if made.chain is not None:
            line.insert(0, made.chain)
        # Inside one pair every other abbreviation is a plain name.
        here = {made.whole: made.body} if made.named else {}
        unfold = {**{k: v for k, v in known.items() if k in derived.unknown}, **here}
        whys = [made.why, "a delta renames an index", "indices that stand side by side make products"]
        rules = ["component-delta", "component-contract", "component-recognise"]
        out.append(
            [
                Claim(a, b, rule, why, frozenset((made.variable,)), unfold)
                for a, b, rule, why in zip(
                    line[-4:], line[-3:], rules[-len(line) + 1 :], whys[-len(line) + 1 :], strict=False
                )
                if a is not b
            ]
        )
    return out


def of_sums(derived: Derived) -> list[Claim]:
    """Contributions to one name, added."""
    return [of_addition(s.parts, s.value) for s in derived.sums if s.parts]


def of_addition(parts: tuple[Expr, ...], value: Expr) -> Claim:
    """Contributions to one name and their total."""
    return Claim(add(*parts), value, "collect", "all contributions, added", NONE, {})


def of_answer(derived: Derived, answer: Answer) -> list[Claim]:
    """Names written out in the answers."""
    pairs = [(answer.raw[variable], value) for variable, value in answer.gradients.items()]
    pairs += [(raw, value) for new, value in answer.definitions if (raw := _raw(derived, new)) is not None]
    return [claim for raw, value in pairs for claim in of_insertion(raw, value, answer)]


def of_insertion(raw: Expr, value: Expr, answer: Answer) -> list[Claim]:
    """Names written out in one expression; nothing where it stays as it is."""
    if raw is value:
        return []
    return [Claim(raw, value, "insert", _said(raw, answer), NONE, answer.written)]


def of_results(derived: Derived, answer: Answer, variables: Sequence[Expr]) -> list[Claim]:
    """The answers, against the differential of the whole program, everything written out."""
    unfold = {**derived.unknown, **derived.lets, **dict(answer.definitions), **dict(derived.statements)}
    made = []
    for variable in variables:
        found = answer.gradients[variable]
        after = frob(found, d(variable)) if variable.axes else mul(found, d(variable))
        why = say("the gradient by {}, against the differential of the whole", variable)
        made.append(Claim(d(derived.objective), after, "answer", why, frozenset((variable,)), unfold))
    return made


def _raw(derived: Derived, new: Expr) -> Expr | None:
    for named, _, value in derived.adjoints:
        if named is new:
            return value
    return derived.abbreviations.get(new)


def _said(raw: Expr, answer: Answer) -> str:
    there = [n for n in names(raw) if n in answer.written]
    return say("{} written out", there) if there else "written out"
