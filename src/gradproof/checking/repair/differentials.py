"""A differential carried through to the differentials of the variables: the terms that a row should have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gradproof.calculus.differential import differential
from gradproof.errors import GradproofError, UnsupportedError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder, rebuild
from gradproof.operators.build import construct, d, zeros

MOST = 40  # differentials that are carried through


def carry_differentials(e: Expr, stands: Mapping[Expr, Expr], varying: frozenset[Expr]) -> Iterator[Expr]:
    """An expression with its differentials carried through: to those of names, then to the variables'.

    stands  what names mean
    """
    first = {d(name): d(meaning) for name, meaning in stands.items()}.get(e, e)
    parts = {meaning: name for name, meaning in stands.items() if meaning.args and d(name) is not e}
    first = rebuild(first, parts, construct)
    yield e
    near = _carried(first, stands, varying, frozenset(stands))
    yield near
    yield _carried(near, stands, varying, frozenset())


def _carried(e: Expr, stands: Mapping[Expr, Expr], varying: frozenset[Expr], kept: frozenset[Expr]) -> Expr:
    """The differentials of what is kept stay."""
    moving = _moving(stands, varying)

    def active(part: Expr) -> bool:
        return any(node in moving for node in postorder([part]))

    for _ in range(MOST):
        inner = next((n for n in postorder([e]) if n.op == "d" and n.args[0] not in varying | kept), None)
        if inner is None:
            return e
        about = inner.args[0]
        try:
            if about in stands and about in moving:
                new = d(stands[about])
            elif not active(about):
                new = zeros(*about.axes, row=about.row)
            else:
                new = differential(about, active, _unknown, about).after
            e = rebuild(e, {inner: new}, construct)
        except GradproofError:
            return e
    return e


def _moving(stands: Mapping[Expr, Expr], varying: frozenset[Expr]) -> set[Expr]:
    """The names that change with the variables."""
    found = set(varying)
    for _ in stands:
        found |= {name for name, meaning in stands.items() if found & set(postorder([meaning]))}
    return found


def _unknown(e: Expr, place: int) -> Expr:
    raise UnsupportedError(f"the gradient of {e} has no name here", code="GP501")
