"""Words that are read as other words: sums along an axis, normalisation with a gain, choices.

Axes are numbered from 1. `sum(X, 1)` sums over the first axis, so it has an entry for each column of a
matrix; `sum(X, 2)` has one for each row.
"""

from __future__ import annotations

from gradproof.errors import ShapeError, UnsupportedError
from gradproof.expressions.dims import number
from gradproof.expressions.nodes import Expr
from gradproof.language.syntax.tree import Node
from gradproof.operators.build import (
    T,
    add,
    apply,
    div,
    einsum,
    had,
    hpow,
    mul,
    neg,
    num,
    ones,
    reshape,
    size,
)

REDUCED = ("sum", "mean", "var", "std", "logsumexp", "prod", "norm1", "norm2")
KEPT = ("softmax", "logsoftmax")
ALONG = REDUCED + KEPT
NORMALISED = ("layernorm", "rmsnorm", "batchnorm")
_BY_COLUMN = ("sum", "mean", "var", "std")  # words that have a form for columns of their own
LETTERS = "ijklpqrstuvwxyzabcdefgh"
# Uses beyond those of the rows: a gain for each entry of a row, then what is added to it, then eps.
GAINS: dict[str, tuple[str, ...]] = {
    "layernorm": ("i,i->i", "ij,j->ij", "i,i,i->i", "ij,j,j->ij", "i,i,i,->i", "ij,j,j,->ij"),
    "rmsnorm": ("i,i->i", "ij,j->ij", "i,i,->i", "ij,j,->ij"),
    "batchnorm": ("ij,j->ij", "ij,j,j->ij", "ij,j,j,->ij"),
}


def is_along(node: Node) -> bool:
    """Whether a call has a number for an axis: sum(X, 2)."""
    return len(node.args) == 2 and node.args[1].kind == "num"


def along(word: str, x: Expr, axis: int) -> Expr:
    """A word along one axis of an array. Raises ShapeError GP212 and UnsupportedError GP501."""
    rank = len(x.axes)
    if not 1 <= axis <= rank:
        axes = ("no axes", "only axis 1", "axes 1 and 2")[rank] if rank < 3 else f"axes 1 to {rank}"
        raise ShapeError(f"there is no axis {axis}: this array has {axes}", code="GP212")
    if rank == 1:
        return apply(word, x)
    if rank == 2:
        return _of_matrix(word, x, axis)
    return _of_tensor(word, x, axis)


def _of_matrix(word: str, x: Expr, axis: int) -> Expr:
    if word in KEPT:
        return apply(word, x) if axis == 2 else T(apply(word, T(x)))
    if axis == 1 and word in _BY_COLUMN:
        return apply(f"col{word}", x)
    return apply(f"row{word}", x if axis == 2 else T(x))


def _of_tensor(word: str, x: Expr, axis: int) -> Expr:
    letters = LETTERS[: len(x.axes)]
    left = letters[: axis - 1] + letters[axis:]
    length = x.axes[axis - 1]

    def total(e: Expr) -> Expr:
        return einsum(f"{letters}->{left}", e)

    def mean(e: Expr) -> Expr:
        return div(total(e), size(length))

    def again(e: Expr) -> Expr:
        return einsum(f"{left},{letters[axis - 1]}->{letters}", e, ones(length))

    if word in KEPT or word == "logsumexp":
        return _by_rows(word, x, axis)
    if word in ("var", "std"):
        spread = mean(hpow(add(x, neg(again(mean(x)))), num(2)))
        return spread if word == "var" else apply("sqrt", spread)
    simple = {
        "sum": lambda: total(x),
        "mean": lambda: mean(x),
        "norm1": lambda: total(apply("abs", x)),
        "norm2": lambda: apply("sqrt", total(hpow(x, num(2)))),
    }
    if word not in simple:
        raise UnsupportedError(f"{word} along an axis is known for matrices only", code="GP501")
    return simple[word]()


def _by_rows(word: str, x: Expr, axis: int) -> Expr:
    """A word of the rows of a matrix, for an array whose entries along the axis are such rows."""
    letters = LETTERS[: len(x.axes)]
    last = letters[: axis - 1] + letters[axis:] + letters[axis - 1]
    moved = x if last == letters else einsum(f"{letters}->{last}", x)
    length = number(1)
    for size_ in moved.axes[:-1]:
        length = length * size_
    flat = reshape(moved, length, moved.axes[-1])
    if word not in KEPT:
        return reshape(apply(f"row{word}", flat), *moved.axes[:-1])
    out = reshape(apply(word, flat), *moved.axes)
    return out if last == letters else einsum(f"{last}->{letters}", out)


def normalised(word: str, args: tuple[Expr, ...]) -> Expr:
    """layernorm(X, gain, bias, eps), where any of the last may be missing: numbers are eps."""
    x, *more = args
    eps = tuple(e for e in more if not e.axes)
    vectors = [e for e in more if e.axes]
    out = apply(word, x, *eps)
    if not vectors:
        return out
    if len(x.axes) == 1:
        out = had(out, vectors[0])
        return out if len(vectors) == 1 else add(out, vectors[1])
    out = mul(out, apply("diag", vectors[0]))
    return out if len(vectors) == 1 else add(out, mul(ones(x.axes[0]), T(vectors[1])))


def either(condition: Expr, yes: Expr, no: Expr) -> Expr:
    """where(c, a, b): a where c is 1, b where it is 0."""
    return add(had(condition, yes), had(add(num(1), neg(condition)), no))
