"""Words of the language in formulas: norms, bars, traces, softmax, elementwise functions and their slopes."""

from __future__ import annotations

from fractions import Fraction

from gradproof.elaboration.assembly.application import slope_of
from gradproof.elaboration.document.asked import Reader
from gradproof.elaboration.document.sizes import Misfit, Size
from gradproof.elaboration.document.values import Value
from gradproof.language.document.tree import Term, Unread
from gradproof.operators import build
from gradproof.operators.table import OPERATORS


def kron(d: Reader, a: Value, b: Value, term: Term) -> Value:
    """A ⊗ B."""
    if a.labels or b.labels or a.rank != 2 or b.rank != 2:
        if a.rank == b.rank == 1 and not a.labels and not b.labels:
            return d.arrays.product(a, d.arrays.T(b))
        raise Unread("⊗ of these", term.span)
    axes = tuple(Size.product(x, y) for x, y in zip(a.axes, b.axes, strict=True))
    return Value((), axes, False, lambda: build.apply("kron", a.make(), b.make()))


def norm(d: Reader, term: Term) -> Value:
    """‖x‖ of a kind."""
    value = d.value(term.args[0])
    kind = term.text.replace("ell", "").strip("_ℓ")
    word = {"": "norm2", "2": "norm2", "F": "normF", "1": "norm1", "∞": "norminf", "Fro": "normF",
            "*": "norm_nuc", "mathrmF": "normF", "F2": "normF"}.get(kind)  # fmt: skip
    if word is None and len(kind) == 1 and kind.isupper() and value.rank == 1 and not value.row:
        weight = d.value(Term("name", (), kind, span=term.span))  # ‖x‖_D² is xᵀ D x
        return d.arrays.mapped("sqrt", d.arrays.product(d.arrays.T(value), d.arrays.product(weight, value)))
    if word is None:
        raise Unread(f"a norm with {kind}", term.span)
    if not value.axes and word in ("norm2", "norm1"):
        d.arrays.cost += 3.0
        return d.arrays.mapped("abs", value)
    if value.labels:
        if word not in ("norm2", "normF"):
            raise Unread("this norm of what has an index", term.span)
        return d.arrays.mapped("sqrt", d.arrays.frob(value, value))
    if value.rank == 1 and word == "normF":
        word = "norm2"
    return d.unary(word, value, ())


def bars(d: Reader, term: Term) -> Value:
    """|x|: a determinant of a matrix, the absolute value of a number."""
    value = d.value(term.args[0])
    if not value.axes:
        return d.arrays.mapped("abs", value)
    if value.rank == 2:
        d.book.sizes.equal(value.axes[0], value.axes[1])
        return d.unary("det", value, ())
    d.arrays.cost += 2.0
    return d.unary("norm2", value, ())


def indicator(d: Reader, term: Term) -> Value:
    """[a > b], and [i = j]."""
    left, right = term.args
    if term.text in ("=", "≠"):
        if left.kind == right.kind == "name" and not left.args and not right.args and term.text == "=":
            return d.arrays.delta(left.text, right.text)
        raise Unread("this indicator", term.span)
    a, b = d.value(left), d.value(right)
    if term.text in ("<", "≤"):
        a, b = b, a
    difference = d.arrays.add([(False, a), (True, b)])
    return d.arrays.mapped("step", difference)


def of_two(d: Reader, word: str, args: list[Value]) -> Value:
    """The larger or the smaller of two, entry by entry."""
    a, b = args
    if word == "max" and 0 in (a.number, b.number):
        return d.arrays.mapped("relu", b if a.number == 0 else a)
    labels = tuple(dict.fromkeys((*a.labels, *b.labels)))
    a, b = (d.arrays.spread(v, labels) if v.labels or v.axes else v for v in (a, b))
    like = a if a.axes or a.labels else b
    word = {"max": "maximum", "min": "minimum"}[word]
    return Value(labels, like.axes, like.row, lambda: build.apply(word, a.make(), b.make()))


def applied(d: Reader, word: str, value: Value, term: Term) -> Value:
    """A word of one argument."""
    marks = term.marks
    if word == "log" and term.args[0].kind in ("call", "bars"):
        inner = term.args[0]
        if (inner.kind == "call" and inner.text == "det") or (inner.kind == "bars" and not value.axes):
            under = d.value(inner.args[0])
            if under.rank == 2 and not under.labels:
                return d.unary("logdet", under, ())
    if "prime" in marks:
        return slope(d, word, value, term)
    if word == "tr":
        return trace(d, value)
    if word in ("sum", "mean", "norm1", "norm2", "normF", "logsumexp", "det", "logdet", "var"):
        return reduced(d, word, value, term)
    if word in ("softmax", "logsoftmax"):
        return softmax(d, word, value)
    if word == "diag":
        return diag(d, value, term)
    if word == "vec":
        if value.rank == 2:
            return d.unary("vec", value, (Size.product(value.axes[1], value.axes[0]),))
        return value
    if word in ("rowsum", "rowmean", "colsum", "colmean") and value.rank == 2:
        return d.unary(word, value, (value.axes[0 if word[0] == "r" else 1],))
    if word == "inv" and value.rank == 2:
        return d.arrays.power(value, d.arrays.constant(Fraction(-1)))
    if word == "T":
        return d.arrays.T(value)
    known = OPERATORS.get(word)
    if word in ("log", "exp") and any(m.startswith("by:") for m in marks) and "by:e" not in marks:
        raise Unread(f"{word} to another base", term.span)
    if known is not None and known.slope:
        if value.rank == 2 and word in ("exp", "log") and "power" in marks:
            d.arrays.cost += 1.0
        return d.arrays.mapped(word, value)
    raise Unread(f"{term.text} is not read", term.span)


def slope(d: Reader, word: str, value: Value, term: Term) -> Value:
    """relu′(Z): the slope of an elementwise word."""
    known = OPERATORS.get(word)
    if known is None or not known.slope:
        raise Unread(f"{word}′ is not read", term.span)
    return Value(value.labels, value.axes, value.row, lambda: slope_of(word, value.make()))


def trace(d: Reader, value: Value) -> Value:
    """The trace; that of a number is the number."""
    if not value.axes:
        d.arrays.cost += 0.1
        return value
    if value.rank != 2:
        raise Misfit("the trace of a vector")
    d.book.sizes.equal(value.axes[0], value.axes[1])
    if value.labels:
        return d.arrays.contract([(value, ("=0", "=0"))], value.labels, (), ())
    return d.unary("tr", value, ())


def reduced(d: Reader, word: str, value: Value, term: Term) -> Value:
    """A word that makes a number of an array."""
    if not value.axes:
        if word == "det":
            return value
        if word in ("sum", "mean") and value.labels:
            raise Unread(f"{word} over what?", term.span)
        return d.arrays.mapped("abs", value) if word.startswith("norm") else value
    if word in ("det", "logdet"):
        if value.rank != 2:
            raise Misfit("the determinant of a vector")
        d.book.sizes.equal(value.axes[0], value.axes[1])
    return d.unary(word, value, ())


def softmax(d: Reader, word: str, value: Value) -> Value:
    """The softmax of a vector, of each row of a matrix, or of what has an index."""
    if not value.axes:
        raise Misfit("the softmax of a number")
    if not value.labels:
        if value.rank == 2 and d.book.columns(word):
            turned = d.arrays.T(value)
            return d.arrays.T(Value((), turned.axes, False, lambda: build.apply(word, turned.make())))
        return Value((), value.axes, value.row, lambda: build.apply(word, value.make()))
    raised = d.arrays.mapped("exp", value)
    names = tuple(f"={k}" for k in range(value.rank))
    total = d.arrays.contract([(raised, names)], value.labels, names[:-1], value.axes[:-1])
    whole = d.arrays.contract([(total, names[:-1]), (d.arrays.ones(value.axes[-1:]), names[-1:])],
                                 value.labels, names, value.axes, value.row)  # fmt: skip
    return d.arrays.quotient(raised, whole, True)


def diag(d: Reader, value: Value, term: Term) -> Value:
    """The diagonal of a matrix, or a matrix with a diagonal."""
    if value.rank == 1:
        if value.labels:
            eye = d.arrays.eye(value.axes[0])
            return d.arrays.contract([(value, ("=0",)), (eye, ("=0", "=1"))], value.labels, ("=0", "=1"),
                                        (value.axes[0], value.axes[0]))  # fmt: skip
        return d.unary("diag", value._replace(row=False, make=value.make), (value.axes[0], value.axes[0]))
    if value.rank == 2 and not value.labels:
        d.book.sizes.equal(value.axes[0], value.axes[1])
        return d.unary("diag", value, (value.axes[0],))
    return d.no(term)
