"""The laws by which one form of an expression becomes another, in small steps; `towards` walks them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

from gradproof.checking.diagnosis.slips import remade
from gradproof.expressions.nodes import Expr
from gradproof.operators import build
from gradproof.operators.properties import symmetric
from gradproof.operators.table import OPERATORS

Rewritten = Iterator[Expr]


class Law(NamedTuple):
    """One law, used from left to right.

    rule  stable id; why: the law as it is read, in this direction; back: read the other way round
    """

    rule: str
    why: str
    back: str
    apply: Callable[[Expr], Rewritten]


def _definition(e: Expr) -> Rewritten:
    """einsum("ij,jk->ik", A, B) is A*B, and its like."""
    if e.op != "einsum":
        return
    spec, args = str(e.data[0]), e.args
    inputs, _, out = spec.partition("->")
    groups = inputs.split(",")
    if len(args) == 2:
        for a, b in ((0, 1), (1, 0)):
            yield from _pair(groups[a], groups[b], out, args[a], args[b], e)
    elif len(args) == 1 and len(groups[0]) == 2 and out == groups[0][::-1]:
        yield build.T(args[0])


def _pair(left: str, right: str, out: str, a: Expr, b: Expr, whole: Expr) -> Rewritten:
    turns = [(left, a), (left[::-1], build.T(a))] if len(left) == 2 else [(left, a)]
    others = [(right, b), (right[::-1], build.T(b))] if len(right) == 2 else [(right, b)]
    for one, x in turns:
        for two, y in others:
            if one and two and one[-1] == two[0] and one[:-1] + two[1:] == out and x.axes:
                if len(one) == 1 and len(two) == 1:
                    continue
                made = build.T(build.mul(build.T(x), y)) if len(one) == 1 else build.mul(x, y)
                if (made.axes, made.row) == (whole.axes, whole.row):
                    yield made
    if len(left) == len(right) == 1 and out == left + right:
        yield build.mul(a, build.T(b))
    if left == right == out:
        yield build.had(a, b)
    if left == right and not out:
        yield build.frob(a, b)


def _double_transpose(e: Expr) -> Rewritten:
    if e.op == "T" and e.args[0].op == "T":
        yield e.args[0].args[0]


def _turned(e: Expr) -> Expr:
    """The transpose, without a double one, and with the sign in front."""
    if e.op == "neg":
        return build.neg(_turned(e.args[0]))
    if not e.axes:
        return e
    return e.args[0] if e.op == "T" else build.T(e)


def _transpose_of_product(e: Expr) -> Rewritten:
    if e.op == "T" and e.args[0].op == "mul":
        factors = e.args[0].args
        first = [arg for arg in factors if not arg.axes]
        yield build.mul(*first, *(_turned(arg) for arg in reversed(factors) if arg.axes))


def _transpose_of_sum(e: Expr) -> Rewritten:
    inner = e.args[0] if e.op == "T" else None
    if inner is not None and inner.op in ("add", "neg", "had", "hdiv"):
        yield remade(inner, tuple(_turned(arg) for arg in inner.args))
    if inner is not None and inner.op == "div":
        yield build.div(build.T(inner.args[0]), inner.args[1])


def _transpose_of_function(e: Expr) -> Rewritten:
    inner = e.args[0] if e.op == "T" else None
    if inner is None or len(inner.axes) != 2:
        return
    row = OPERATORS.get(inner.op)
    if inner.op == "inv" or (row is not None and row.slope):
        yield build.apply(inner.op, build.T(inner.args[0]))
    elif inner.op == "hpow" and not inner.args[1].axes:
        yield build.hpow(build.T(inner.args[0]), inner.args[1])


def _own_transpose(e: Expr) -> Rewritten:
    if e.op == "T" and symmetric(e.args[0]):
        yield e.args[0]


def _scalar_transpose(e: Expr) -> Rewritten:
    if e.op == "T" and not e.args[0].axes:
        yield e.args[0]


def _distributed(e: Expr) -> Rewritten:
    """A*(B + C) = A*B + A*C, and the same for every product, transpose apart."""
    if e.op in ("mul", "had", "div", "hdiv", "frob", "tr", "sum", "rowsum", "colsum", "diag"):
        first = 1 if e.op in ("div", "hdiv") else len(e.args)
        for k, arg in enumerate(e.args[:first]):
            if arg.op == "add" and all((t.axes, t.row) == (arg.axes, arg.row) for t in arg.args):
                yield build.add(
                    *(_lifted(remade(e, (*e.args[:k], term, *e.args[k + 1 :]))) for term in arg.args)
                )
    if e.op == "neg" and e.args[0].op == "add":
        yield build.add(*(_lifted(build.neg(term)) for term in e.args[0].args))


def _lifted(e: Expr) -> Expr:
    """A sign inside a product, in front of it."""
    if e.op == "neg" and e.args[0].op == "neg":
        return e.args[0].args[0]
    return next(_signs(e), e)


def _signs(e: Expr) -> Rewritten:
    if e.op in ("mul", "had", "frob", "T", "tr", "sum", "rowsum", "colsum", "div", "hdiv", "diag"):
        for k, arg in enumerate(e.args):
            if arg.op == "neg":
                yield build.neg(remade(e, (*e.args[:k], arg.args[0], *e.args[k + 1 :])))
    if e.op == "neg" and e.args[0].op == "neg":
        yield e.args[0].args[0]


def _flat(e: Expr) -> Rewritten:
    """Brackets that do not matter: (A*B)*C, a + (b + c)."""
    if e.op in ("mul", "add", "had"):
        for k, arg in enumerate(e.args):
            if arg.op == e.op:
                yield remade(e, (*e.args[:k], *arg.args, *e.args[k + 1 :]))
            if e.op == "add" and arg.op == "neg" and arg.args[0].op == "add":
                terms = (_lifted(build.neg(term)) for term in arg.args[0].args)
                yield remade(e, (*e.args[:k], *terms, *e.args[k + 1 :]))


def _scalars_first(e: Expr) -> Rewritten:
    if e.op in ("mul", "had"):
        places = [k for k, arg in enumerate(e.args) if not arg.axes]
        if e.axes and places and places != list(range(len(places))):
            scalars = [e.args[k] for k in places]
            arrays = [arg for arg in e.args if arg.axes]
            yield remade(e, (*scalars, *arrays))


def _inverses(e: Expr) -> Rewritten:
    if e.op == "inv" and e.args[0].op == "inv":
        yield e.args[0].args[0]
    if e.op == "inv" and e.args[0].op == "mul" and all(_square(arg) for arg in e.args[0].args):
        yield build.mul(*(build.apply("inv", arg) for arg in reversed(e.args[0].args)))
    if e.op != "mul":
        return
    for k in range(len(e.args) - 1):
        a, b = e.args[k], e.args[k + 1]
        if (a.op == "inv" and a.args[0] is b) or (b.op == "inv" and b.args[0] is a):
            rest = (*e.args[:k], *e.args[k + 2 :])
            yield build.mul(*rest) if rest else build.eye(a.axes[0])


def _square(e: Expr) -> bool:
    return len(e.axes) == 2 and e.axes[0] is e.axes[1]


def _traces(e: Expr) -> Rewritten:
    if e.op == "tr" and e.args[0].op == "mul":
        factors = e.args[0].args
        least = min(range(len(factors)), key=lambda k: [f.uid for f in factors[k:] + factors[:k]])
        if least:
            yield build.apply("tr", build.mul(*factors[least:], *factors[:least]))
    if e.op == "tr" and e.args[0].op == "T":
        yield build.apply("tr", e.args[0].args[0])
    if e.op == "frob" and len(e.args[0].axes) == 2:
        yield build.apply("tr", build.mul(build.T(e.args[0]), e.args[1]))


def _commuted(e: Expr) -> Rewritten:
    if e.op in ("had", "frob", "add"):
        ordered = tuple(
            sorted(e.args, key=lambda arg: (str(arg.args[0] if arg.op == "neg" else arg), arg.uid))
        )
        if ordered != e.args:
            yield remade(e, ordered)


def _like_terms(e: Expr) -> Rewritten:
    if e.op != "add":
        return
    total: Counter[Expr] = Counter()
    for term in e.args:
        bare, number = _numbered(term)
        total[bare] += number
    if len(total) < len(e.args) or 0 in total.values():
        terms = [_times(n, term) for term, n in total.items() if n]
        yield build.add(*terms) if terms else build.zeros(*e.axes, row=e.row)


def _numbered(term: Expr) -> tuple[Expr, int]:
    """A term without its whole number, and the number."""
    if term.op == "neg":
        bare, value = _numbered(term.args[0])
        return bare, -value
    if term.op == "mul" and term.args[0].op == "num" and len(term.args) > 1:
        number = term.args[0].data[0]
        if isinstance(number, Fraction) and number.denominator == 1:
            return build.mul(*term.args[1:]), int(number)
    return term, 1


def _times(n: int, term: Expr) -> Expr:
    made = term if abs(n) == 1 else build.mul(build.num(abs(n)), term)
    return build.neg(made) if n < 0 else made


# What makes an expression larger comes last, so that paths meet early.
ALGEBRA = (
    Law("einsum-matrix", "the index sum is a product", "the product as an index sum", _definition),
    Law("transpose-twice", "transposed twice is as before, (Aᵀ)ᵀ = A", "A = (Aᵀ)ᵀ", _double_transpose),
    Law(
        "transpose-scalar",
        "a scalar is its own transpose",
        "a scalar is its own transpose",
        _scalar_transpose,
    ),
    Law(
        "transpose-symmetric",
        "a symmetric matrix is its own transpose",
        "a symmetric matrix is its own transpose",
        _own_transpose,
    ),
    Law(
        "transpose-product",
        "the transpose turns the order round, (A B)ᵀ = BᵀAᵀ",
        "a product of transposes, BᵀAᵀ = (A B)ᵀ",
        _transpose_of_product,
    ),
    Law(
        "transpose-function",
        "the transpose goes inside, f(A)ᵀ = f(Aᵀ)",
        "the transpose comes outside, f(Aᵀ) = f(A)ᵀ",
        _transpose_of_function,
    ),
    Law("sign", "the sign in front", "the sign inside", _signs),
    Law(
        "inverse",
        "a matrix times its inverse is I; (A B)⁻¹ = B⁻¹A⁻¹",
        "I is a matrix times its inverse; B⁻¹A⁻¹ = (A B)⁻¹",
        _inverses,
    ),
    Law("associate", "brackets do not matter", "set brackets", _flat),
    Law("scalar-first", "a scalar moves to the front", "a scalar moves inside", _scalars_first),
    Law(
        "trace-rotate",
        "the trace of a product may be rotated; A:B = tr(AᵀB)",
        "the trace of a product may be rotated; tr(AᵀB) = A:B",
        _traces,
    ),
    Law("like-terms", "add what is alike", "split a term", _like_terms),
    Law(
        "transpose-sum",
        "transpose each term, (A + B)ᵀ = Aᵀ + Bᵀ",
        "transpose the whole, Aᵀ + Bᵀ = (A + B)ᵀ",
        _transpose_of_sum,
    ),
    Law("expand", "multiply out", "take the common factor out", _distributed),
    Law("commute", "the order does not matter", "the order does not matter", _commuted),
)


def _each_term(e: Expr) -> Rewritten:
    """(A + B)/s = A/s + B/s, and nothing that is a product."""
    return _distributed(e) if e.op not in ("mul", "had", "frob") else iter(())


LINEAR = Law("expand", "for each term", "for the whole", _each_term)
