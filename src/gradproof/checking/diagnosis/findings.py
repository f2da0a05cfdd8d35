"""Findings about a wrong answer: their names and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from gradproof.checking.diagnosis import slips
from gradproof.expressions.nodes import Expr
from gradproof.expressions.sentences import Sentence, say
from gradproof.expressions.walk import postorder, rebuild
from gradproof.operators.build import T, add, construct, div, eye, had, mul, name, neg, num
from gradproof.operators.properties import props
from gradproof.proof.semantics.definitions import WORDS


class Finding(NamedTuple):
    """A mistake with its name.

    phrase   short and stable: "factor 2", "transposed"
    why      a sentence with {0}, {1} for `parts`
    parts    expressions in the sentence
    about    the part of the truth that is not in the answer, where there is one
    slips    the mistakes by their rows in `slips`; () where it is none of them
    ratio    the number by which the answer, or the part, is too large, beside the slips
    instead  a part of the truth, and what stands in its place in the answer
    """

    phrase: str
    why: str
    parts: tuple[Expr, ...] = ()
    about: Expr | None = None
    slips: tuple[str, ...] = ()
    ratio: Fraction | None = None
    instead: tuple[Expr, Expr] | None = None

    @property
    def said(self) -> Sentence:
        """The sentence, with its parts as nodes."""
        return say(self.why, *self.parts)

    @property
    def several(self) -> bool:
        """Whether it takes more than one mistake."""
        return len(self.slips) + (self.ratio is not None) > 1


def of_slip(slip: str, why: str, parts: tuple[Expr, ...] = (), about: Expr | None = None) -> Finding:
    """A finding that is one row of `slips`."""
    return Finding(slip, why, parts, about, (slip,))


def constant(ratio: Fraction, why: str, parts: tuple[Expr, ...] = (), about: Expr | None = None) -> Finding:
    """A finding about a constant factor; -1 is a wrong sign."""
    if ratio == -1:
        return of_slip(slips.SIGN, why, parts, about)
    return Finding(ratio_phrase(ratio), why, parts, about, ratio=ratio)


def of_edit(edit: slips.Edit, undone: bool, ratio: Fraction | None = None) -> Finding:
    """One edit of the answer that undoes a slip, or of the truth that makes it; and a constant, or None."""
    slip, right, yours = (edit.undoes, edit.new, edit.old) if undone else (edit.makes, edit.old, edit.new)
    said = "{0} should be {1}" if undone else "where the gradient has {0}, yours has {1}"
    if ratio is None:
        found = of_slip(slip, said, (edit.old, edit.new), right)
        return found._replace(instead=(right, yours))
    said += f"; {'then' if undone else 'after that'} {times_said(ratio)}"
    rows, rest = ((slip, slips.SIGN), None) if ratio == -1 else ((slip,), ratio)
    phrase = f"{slip}, {ratio_phrase(ratio)}"
    return Finding(phrase, said, (edit.old, edit.new), right, rows, rest, (right, yours))


def counted(found: Finding) -> Finding:
    """A factor that is missing or too many by its number, where it is one."""
    if found.instead is not None and found.slips in ((slips.CHAIN,), (slips.EXTRA,)):
        (b, other), (a, one) = map(_coefficient, found.instead)
        if one is other and a != b:
            return constant(a / b, found.why, found.parts, found.about)._replace(instead=found.instead)
    return found


def spelled_out(e: Expr) -> Expr:
    """An expression with softmax as its quotient, which is what people differentiate."""
    known = {node: WORDS[node.op](node.args) for node in postorder([e]) if node.op == "softmax"}
    return rebuild(e, known, construct)


def can_be_symmetric(e: Expr) -> bool:
    """Whether a part is a square matrix about whose symmetry nothing is known."""
    square = e.op == "name" and len(e.axes) == 2 and e.axes[0] is e.axes[1]
    return square and not {"symmetric", "spd", "diagonal", "antisymmetric"} & props(e)


def symmetric(e: Expr) -> Expr:
    """The name, declared symmetric."""
    return name(str(e.data[0]), e.axes, (*props(e), "symmetric"))


def of_symmetric(truth: Expr) -> tuple[Expr, ...]:
    """The two other gradients by a symmetric variable: by the free entries, within the symmetric matrices."""
    if len(truth.axes) != 2:
        return ()
    both = add(truth, T(truth))
    return (add(both, neg(had(truth, eye(truth.axes[0])))), div(both, num(2)))


def if_symmetric(chosen: Sequence[Expr], plain: bool) -> Finding:
    """A finding about matrices that are taken for symmetric."""
    names = " and ".join(str(e) for e in chosen)
    verb = "is" if len(chosen) == 1 else "are"
    if not plain:
        said = f"yours is the gradient for a symmetric {names}; it was asked for with free entries"
        return Finding("symmetric variable", said)
    return Finding(
        f"right if {names} {verb} symmetric",
        f"yours is right if {names} {verb} symmetric, and that is not declared",
    )


def scaled(ratio: Fraction, e: Expr) -> Expr:
    """A constant times an expression."""
    top = e if abs(ratio.numerator) == 1 else mul(num(abs(ratio.numerator)), e)
    made = top if ratio.denominator == 1 else div(top, num(ratio.denominator))
    return neg(made) if ratio < 0 else made


def ratio_phrase(ratio: Fraction) -> str:
    """A constant ratio by its name."""
    if ratio == -1:
        return slips.SIGN
    simple = ratio > 0 and 1 in (ratio.numerator, ratio.denominator)
    return f"factor {ratio}" if simple else f"constant ratio {ratio}"


def _coefficient(e: Expr) -> tuple[Fraction, Expr]:
    """A number in front of a product, and the rest."""
    if e.op == "mul" and e.args[0].op == "num" and isinstance(e.args[0].data[0], Fraction):
        return e.args[0].data[0], mul(*e.args[1:])
    return Fraction(1), e


def times_said(ratio: Fraction) -> str:
    """A constant ratio as a sentence."""
    said = {Fraction(1, 2): "exactly one half of", Fraction(2): "twice", Fraction(-1): "minus"}
    known = said.get(ratio) or (f"{ratio} times" if ratio.denominator == 1 else f"{ratio} of")
    return f"yours is {known} the gradient"


def term_finding(part: Expr, weight: Fraction, phrase: str, many: int) -> Finding:
    """A finding about a summand with a wrong weight; `many` of them have it."""
    part = part.args[0] if part.op == "neg" else part
    more = f" (and {many - 1} more)" if many > 1 else ""
    if weight == 0:
        said = "the term {0} is missing" if phrase == slips.TERM else "the term {0} does not belong there"
        return of_slip(phrase, said + more, (part,), part if phrase == slips.TERM else None)
    if weight == -1:
        return of_slip(slips.SIGN, "the term {0} has the wrong sign" + more, (part,), part)
    share = weight if phrase == slips.TERM else 1 / weight
    return constant(share, f"the term {{0}} has the factor {share} too many{more}", (part,), part)
