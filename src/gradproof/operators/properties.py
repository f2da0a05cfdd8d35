"""What is known of an expression from the properties declared for its names.

Unknown never counts as true: each function answers True only where it can show it.
"""

from __future__ import annotations

from fractions import Fraction

from gradproof.expressions.nodes import Expr
from gradproof.operators.build import T
from gradproof.operators.signs import facts

_SYMMETRIC = {"symmetric", "spd", "diagonal"}
STRUCTURED = frozenset(  # properties that hold among some matrices only, not among all near them
    ("symmetric", "spd", "diagonal", "antisymmetric", "orthogonal", "stochastic", "sphere", "lower", "upper")
)


def number(e: Expr) -> Fraction | None:
    """The value of a plain number such as 2, -1 or 1/2; None for any other expression."""
    if e.op == "num" and isinstance(e.data[0], Fraction):
        return e.data[0]
    if e.op == "neg":
        inner = number(e.args[0])
        return None if inner is None else -inner
    if e.op == "add" and not e.axes:
        terms = [number(arg) for arg in e.args]
        return sum((t for t in terms if t is not None), Fraction(0)) if None not in terms else None
    if e.op == "div":
        above, below = number(e.args[0]), number(e.args[1])
        return above / below if above is not None and below else None
    return None


def props(e: Expr) -> frozenset[str]:
    """The properties declared for a name; none for anything else."""
    found = e.data[1] if e.op == "name" else ()
    return frozenset(found) if isinstance(found, tuple) else frozenset()


def square(e: Expr) -> bool:
    """Two axes of the same size."""
    return len(e.axes) == 2 and e.axes[0] is e.axes[1]


def symmetric(e: Expr) -> bool:
    """Whether e' = e for certain."""
    if not e.axes:
        return True
    if not square(e):
        return False
    if e.op == "name":
        return not props(e).isdisjoint(_SYMMETRIC)
    if e.op in ("eye", "ones", "zeros", "diag", "exchange"):
        return True
    if chooses(e):
        return False
    if facts(e.op).keeps_symmetry:
        return all(symmetric(arg) for arg in e.args)
    if e.op == "div":
        return symmetric(e.args[0])
    if e.op == "mul":
        return _palindrome([arg for arg in e.args if arg.axes])
    if e.op == "sylvester":
        return e.args[0] is e.args[1] and all(map(symmetric, e.args))
    return False


def chooses(e: Expr) -> bool:
    """Whether e marks the places of largest or smallest entries: max'(X), which is no function of each entry,
    and of a symmetric X not symmetric."""
    return e.op == "slope" and e.data[0] in ("max", "min", "rowmax", "rowmin")


def antisymmetric(e: Expr) -> bool:
    """Whether e' = -e for certain."""
    return e.op == "hat" or "antisymmetric" in props(e)


def orthogonal(e: Expr) -> bool:
    """Whether e'*e is the identity for certain."""
    return facts(e.op).orthogonal or "orthogonal" in props(e) or (e.op == "T" and orthogonal(e.args[0]))


def lower(e: Expr) -> bool:
    """Whether every entry above the diagonal is 0 for certain."""
    return _triangular(e, "lower", "tril")


def upper(e: Expr) -> bool:
    """Whether every entry below the diagonal is 0 for certain."""
    return _triangular(e, "upper", "triu")


def _triangular(e: Expr, prop: str, word: str) -> bool:
    if len(e.axes) != 2:
        return False
    if e.op == "name":
        return not props(e).isdisjoint((prop, "diagonal"))
    if e.op in (word, f"half{word}"):
        return e.data[0] == 0
    if e.op in ("chol", "eye", "diag"):
        return e.op != "chol" or prop == "lower"
    if e.op == "T":
        return (upper if prop == "lower" else lower)(e.args[0])
    return e.op in ("inv", "neg", "mul") and all(_triangular(arg, prop, word) for arg in e.args if arg.axes)


def _palindrome(factors: list[Expr]) -> bool:
    return all(
        symmetric(a) if a is b else a is (b.args[0] if b.op == "T" else T(b))
        for a, b in zip(factors, reversed(factors), strict=True)
    )


def invertible(e: Expr) -> bool:
    """Whether e is an invertible matrix for certain."""
    if facts(e.op).invertible:
        return True
    return not props(e).isdisjoint(("spd", "orthogonal", "invertible")) or (
        e.op == "T" and invertible(e.args[0])
    )


def sums_to_one(e: Expr) -> bool:
    """Whether every row (of a vector: all entries) sums to 1 for certain."""
    return e.op == "softmax" or "stochastic" in props(e)


def positive(e: Expr) -> bool:
    """Whether every entry is > 0 for certain."""
    if facts(e.op).positive or "positive" in props(e):
        return True
    if e.op in ("num", "size", "ones"):
        return e.data != (Fraction(0),)
    if e.op == "det":
        return "spd" in props(e.args[0])
    if facts(e.op).keeps_positive and not (e.op == "pow" and e.axes) and all(map(positive, e.args)):
        return True
    return _below_one(e)


def _below_one(e: Expr) -> bool:
    """1 - sigmoid(x)."""
    return (
        e.op == "add"
        and len(e.args) == 2
        and number(e.args[0]) == 1
        and e.args[1].op == "neg"
        and e.args[1].args[0].op == "sigmoid"
    )
