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

    phrase  short and stable: "factor 2", "transposed"
    why     a sentence with {0}, {1} for `parts`
    parts   expressions in the sentence
    about   the part of the truth that is not in the answer, where there is one
    slips   the names of the mistakes, where there are several
    ratio   the constant, where the mistake is a factor, or one of several is
    spoilt  the parts are what is right, then what is wrong; else the other way round
    """

    phrase: str
    why: str
    parts: tuple[Expr, ...] = ()
    about: Expr | None = None
    slips: tuple[str, ...] = ()
    ratio: Fraction | None = None
    spoilt: bool = False

    @property
    def slip(self) -> str:
        """The name of the mistake, or of the first of several; "" where it is a constant factor."""
        if self.slips:
            return self.slips[0]
        return "" if self.ratio not in (None, -1) else self.phrase

    @property
    def said(self) -> Sentence:
        """The sentence, with its parts as nodes."""
        return say(self.why, *self.parts)


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


def of_ratio(ratio: Fraction) -> Finding:
    """The answer is a constant times the truth."""
    return Finding(ratio_phrase(ratio), times_said(ratio), ratio=ratio)


def of_edit(edit: slips.Edit, spoils: bool, numbers: bool = False) -> Finding:
    """One edit, that repairs the answer or that spoils the truth; `numbers`: a factor by its number."""
    phrase, yours, right = (edit.makes, edit.new, edit.old) if spoils else (edit.undoes, edit.old, edit.new)
    said = "where the gradient has {0}, yours has {1}" if spoils else "{0} should be {1}"
    ratio = _factor(phrase, yours, right) if numbers else None
    named = phrase if ratio is None else ratio_phrase(ratio)
    return Finding(named, said, (edit.old, edit.new), right, (), ratio, spoils)


def _factor(phrase: str, yours: Expr, right: Expr) -> Fraction | None:
    """The number of a factor that is missing or too many, where it is one."""
    (a, one), (b, other) = _coefficient(yours), _coefficient(right)
    found = phrase in (slips.CHAIN, slips.EXTRA) and one is other and a != b
    return a / b if found else None


def _coefficient(e: Expr) -> tuple[Fraction, Expr]:
    """A number in front of a product, and the rest."""
    if e.op == "mul" and e.args[0].op == "num" and isinstance(e.args[0].data[0], Fraction):
        return e.args[0].data[0], mul(*e.args[1:])
    return Fraction(1), e


def with_ratio(found: Finding, ratio: Fraction) -> Finding:
    """A mistake, and a constant beside it."""
    then = "; after that " if found.spoilt else "; then "
    both = (found.phrase, ratio_phrase(ratio))
    return found._replace(
        phrase=", ".join(both), why=f"{found.why}{then}{times_said(ratio)}", slips=both, ratio=ratio
    )


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
        return Finding(phrase, said + more, (part,), part if phrase == slips.TERM else None)
    if weight == -1:
        return Finding(slips.SIGN, "the term {0} has the wrong sign" + more, (part,), part)
    share = weight if phrase == slips.TERM else 1 / weight
    said = f"the term {{0}} has the factor {share} too many{more}"
    return Finding(ratio_phrase(share), said, (part,), part, ratio=share)
