"""Slips of the pen: one row a kind of mistake, each with what a single edit of it does to an expression.

An edit is read in both directions. Undoing a slip in an answer makes it right; making the slip in the
right answer gives the wrong one. So each row has the phrase for either direction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from gradproof.errors import GradproofError
from gradproof.expressions.nodes import Expr
from gradproof.operators import build
from gradproof.operators.overloads import KEPT
from gradproof.operators.places import places, remade, replaced
from gradproof.operators.row import to_scalar
from gradproof.operators.signs import facts, relatives

Made = Callable[[], Expr]


class Edit(NamedTuple):
    """One edit of one place.

    after    the expression with the edit made
    undoes   the mistake that it undoes, where it repairs an answer
    makes    the mistake that it makes, where it spoils one
    old new  the part before and after
    """

    after: Expr
    undoes: str
    makes: str
    old: Expr
    new: Expr


class Slip(NamedTuple):
    """A row: what is replaced by what, and what is said about it."""

    edits: Callable[[Expr, Sequence[Expr]], Iterator[Made]]
    undoes: str
    makes: str


TRANSPOSED, SWAPPED, SIGN = "transposed", "order swapped", "sign"
FOR_PRODUCT, FOR_HADAMARD = "Hadamard for product", "product for Hadamard"
NO_INVERSE, INVERSE = "inverse missing", "inverse too many"
NO_DIAG, DIAG = "diag missing", "diag too many"
EXPONENT, CHAIN, EXTRA = "exponent", "chain rule factor missing", "factor too many"
TERM, TERM_EXTRA = "term missing", "term too many"
NO_SUM, SUM = "sum over the batch missing", "sum too many"
NO_FUNCTION, FUNCTION, OTHER_FUNCTION = "function missing", "function too many", "wrong function"
WRONG_NAME, CONSTANT = "wrong name", "constant"
AXIS, KRON_ORDER = "sum along the wrong axis", "order swapped"


def _same(e: Expr) -> Expr:
    return e


def _ratio(value: Fraction) -> Expr:
    top = build.num(value.numerator)
    return top if value.denominator == 1 else build.div(top, build.num(value.denominator))


def _raised(exponent: Expr, step: int) -> Expr:
    value = exponent.data[0] if exponent.op == "num" else None
    return build.num(value + step) if isinstance(value, Fraction) else build.add(exponent, build.num(step))


def _split_had(left: tuple[Expr, ...], right: tuple[Expr, ...]) -> Expr:
    return build.had(build.mul(*left), build.mul(*right))


def _inner_had(factors: tuple[Expr, ...], k: int) -> Expr:
    pair = build.had(factors[k - 1], factors[k])
    return build.mul(*factors[: k - 1], pair, *factors[k + 1 :])


def _split_mul(left: tuple[Expr, ...], right: tuple[Expr, ...]) -> Expr:
    return build.mul(build.had(*left), build.had(*right))


def _turned(e: Expr) -> Expr:
    return build.T(remade(e, tuple(reversed([build.T(a) for a in e.args]))))


def _transposed(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    if e.op == "T":
        yield partial(_same, e.args[0])
    elif e.axes and len(e.axes) <= 2:
        yield partial(build.T, e)


def _swapped(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    if e.op in ("mul", "kron"):
        for k in range(len(e.args) - 1):
            a = list(e.args)
            a[k], a[k + 1] = a[k + 1], a[k]
            yield partial(remade, e, tuple(a))
        for k in range(1, len(e.args) if len(e.args) > 2 else 0):
            yield partial(remade, e, e.args[k:] + e.args[:k])
        if len(e.args) == 3:
            yield partial(remade, e, e.args[::-1])


def _reversed_transpose(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    """(A*B)' for A'*B' and back: the order is to be turned round, too."""
    if e.op == "mul" and len(e.args) > 1:
        yield partial(_turned, e)


def _hadamard(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    if e.op == "mul":
        for k in range(1, len(e.args)):
            left, right = e.args[:k], e.args[k:]
            if all(part.axes for part in e.args):
                yield partial(_split_had, left, right)
                if len(e.args) > 2:
                    yield partial(_inner_had, e.args, k)


def _product(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    if e.op == "had":
        for k in range(1, len(e.args)):
            yield partial(_split_mul, e.args[:k], e.args[k:])


def _inverted(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    if len(e.axes) == 2 and e.op not in ("inv", "eye") and e.axes[0] is e.axes[1]:
        yield partial(build.apply, "inv", e)


def _not_inverted(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    if e.op == "inv":
        yield partial(_same, e.args[0])


def _diagonal(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    if len(e.axes) == 1:
        yield partial(build.apply, "diag", e)


def _not_diagonal(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    if e.op in ("diag", "diagonal"):
        yield partial(_same, e.args[0])


def _exponents(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    """Another exponent, one up or one down."""
    if e.op in ("pow", "hpow"):
        base, exponent = e.args
        for step in (1, -1):
            yield partial(remade, e, (base, _raised(exponent, step)))
        yield partial(_same, base)
        if e.op == "hpow":
            yield partial(build.hpow, base, build.neg(exponent))
        elif not base.axes:
            yield partial(build.power, base, build.neg(exponent))


def _powers(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    """A power where there was none."""
    if e.op not in ("pow", "hpow", "num", "size", "add", "neg", "ones", "eye", "zeros"):
        yield partial(build.hpow, e, build.num(2))
        if not e.axes or (len(e.axes) == 2 and e.axes[0] is e.axes[1]):
            yield partial(build.power, e, build.num(2))
        if not e.axes:
            yield partial(build.power, e, build.num(3))
            yield partial(build.div, build.num(1), e)


def _signs(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    if e.op == "add":
        for k, term in enumerate(e.args):
            turned = term.args[0] if term.op == "neg" else build.neg(term)
            yield partial(remade, e, (*e.args[:k], turned, *e.args[k + 1 :]))
    elif e.op == "neg":
        yield partial(_same, e.args[0])


def _fewer_terms(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    if e.op == "add":
        for k in range(len(e.args)):
            rest = (*e.args[:k], *e.args[k + 1 :])
            if not all(term.op in ("num", "ones") for term in rest):  # what is left is 1: a factor is missing
                yield partial(build.add, *rest)
        for term in e.args:
            if term.op not in ("num", "ones"):
                yield partial(_same, term.args[0] if term.op == "neg" else term)


def _fewer_factors(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    if e.op in ("mul", "had"):
        for k in range(len(e.args)):
            rest = (*e.args[:k], *e.args[k + 1 :])
            yield partial(build.mul if e.op == "mul" else build.had, *rest)
        for k in range(2, len(e.args) - 1):
            for some in (e.args[:k], e.args[k:]):
                yield partial(build.mul if e.op == "mul" else build.had, *some)
        if len(e.args) > 2:
            yield partial(_same, e.args[0])
            yield partial(_same, e.args[-1])
    elif e.op in ("hdiv", "div"):
        yield partial(_same, e.args[0])


def _constants(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    if e.op == "num":
        value = e.data[0]
        assert isinstance(value, Fraction)
        for other in (value * 2, value / 2, value + 1, value - 1, 1 / value if value else value):
            yield partial(_ratio, other)
    elif e.op == "add":
        for k, term in enumerate(e.args):
            for scaled in (build.mul(build.num(2), term), build.div(term, build.num(2))):
                yield partial(remade, e, (*e.args[:k], scaled, *e.args[k + 1 :]))


def _row_sums(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    if len(e.axes) == 2:
        yield partial(build.apply, "colsum", e)
        yield partial(build.apply, "rowsum", e)
    elif e.axes:
        yield partial(build.apply, "sum", e)


def _no_sums(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    if e.op == "sum" or facts(e.op).of == "sum":
        yield partial(_same, e.args[0])


def _axes(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    row = facts(e.op)
    if row.linear and row.by:
        yield partial(build.apply, ("col" if row.by == "row" else "row") + row.of, e.args[0])
    if e.op in KEPT and len(e.axes) == 2:  # row by row, or column by column
        yield lambda: build.T(build.apply(e.op, build.T(e.args[0])))
    if e.op == "T" and e.args[0].op in KEPT:
        yield lambda: build.apply(e.args[0].op, build.T(e.args[0].args[0]))


def _unwrapped(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    row = facts(e.op)
    alone = row.slope or e.op in ("softmax", "map", "slope")
    if alone or (to_scalar(row) and (not row.linear or e.op == "tr")):
        yield partial(_same, e.args[0])


def _wrapped(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    for op in dict.fromkeys(other.op for other in names if facts(other.op).slope or other.op == "softmax"):
        if e.op != op and (e.axes or op != "softmax"):
            yield partial(build.apply, op, e)


def _other_word(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    for op in relatives(e.op):
        yield partial(build.apply, op, *e.args)
    if e.op == "map":
        function, order = e.data
        assert isinstance(function, str) and isinstance(order, int)
        yield partial(build.fmap, function, e.args[0], order + 1)
        if order:
            yield partial(build.fmap, function, e.args[0], order - 1)


def _slopes(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    """relu(Z) where its slope was meant, and back."""
    if e.op == "slope":
        yield partial(build.apply, str(e.data[0]), e.args[0])
    elif e.op in ("relu", "leaky_relu"):
        yield partial(build.slope, e.op, e.args[0])


def _ones_for_terms(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    """The terms beside a 1 left out."""
    if e.op == "add":
        yield from (partial(_same, term) for term in e.args if term.op in ("num", "ones"))


def _other_name(e: Expr, names: Sequence[Expr]) -> Iterator[Made]:
    if e.op == "name":
        for other in names:
            if other.op == "name" and other is not e and other.axes == e.axes and other.row == e.row:
                yield partial(_same, other)


# What people get wrong, the likeliest first. Of two slips that explain an answer, the first is named.
SLIPS = (
    Slip(_axes, AXIS, AXIS),
    Slip(_transposed, TRANSPOSED, TRANSPOSED),
    Slip(_signs, SIGN, SIGN),
    Slip(_swapped, SWAPPED, SWAPPED),
    Slip(_hadamard, FOR_HADAMARD, FOR_PRODUCT),
    Slip(_product, FOR_PRODUCT, FOR_HADAMARD),
    Slip(_inverted, NO_INVERSE, INVERSE),
    Slip(_not_inverted, INVERSE, NO_INVERSE),
    Slip(_fewer_terms, TERM_EXTRA, TERM),
    Slip(_exponents, EXPONENT, EXPONENT),
    Slip(_fewer_factors, EXTRA, CHAIN),
    Slip(_powers, EXPONENT, EXPONENT),
    Slip(_constants, CONSTANT, CONSTANT),
    Slip(_diagonal, NO_DIAG, DIAG),
    Slip(_not_diagonal, DIAG, NO_DIAG),
    Slip(_row_sums, NO_SUM, SUM),
    Slip(_no_sums, SUM, NO_SUM),
    Slip(_slopes, OTHER_FUNCTION, OTHER_FUNCTION),
    Slip(_unwrapped, FUNCTION, NO_FUNCTION),
    Slip(_wrapped, NO_FUNCTION, FUNCTION),
    Slip(_other_word, OTHER_FUNCTION, OTHER_FUNCTION),
    Slip(_reversed_transpose, SWAPPED, SWAPPED),
    Slip(_ones_for_terms, TERM_EXTRA, TERM),
    Slip(_other_name, WRONG_NAME, WRONG_NAME),
)


def edits(root: Expr, slip: Slip, names: Sequence[Expr]) -> Iterator[Edit]:
    """Each edit of one kind at each place; a place is one occurrence, not all equal ones."""
    for path, node in places(root):
        made = slip.edits(node, names)
        while True:
            try:
                new = next(made)()
                after = replaced(root, path, new)
            except StopIteration:
                break
            except GradproofError:  # the shapes do not fit: nobody would have written that
                continue
            if after is not root:
                yield Edit(after, slip.undoes, slip.makes, node, new)
