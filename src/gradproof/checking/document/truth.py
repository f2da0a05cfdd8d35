"""Our own derivatives, where a row of a text mentions one among other factors."""

from __future__ import annotations

from collections.abc import Mapping

from gradproof.errors import GradproofError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder, rebuild
from gradproof.operators.build import construct, frob, mul, name, partial


def written_out(e: Expr, stands: Mapping[Expr, Expr]) -> Expr:
    """An expression with defined names replaced by what they stand for."""
    for _ in range(len(stands) + 1):
        there = {node: stands[node] for node in postorder([e]) if node in stands}
        if not there:
            break
        e = rebuild(e, there, construct)
    return e


def gradient(of: Expr, by: Expr, stands: Mapping[Expr, Expr]) -> Expr | None:
    """The gradient of a number by a name, in the names that nothing defines and the name itself."""
    from gradproof.derivation.strategies.backpropagation import Engine

    left = {e: value for e, value in stands.items() if e is not by}
    objective = written_out(of, left)
    free = {str(e): e for e in postorder([objective]) if e.op == "name"}
    if by not in postorder([objective]):
        return None
    try:
        derived = Engine((), objective, (by,), free).run()
    except GradproofError:
        return None
    adjoints = {new: value for new, _, value in derived.adjoints}
    known = {**derived.unknown, **derived.lets, **derived.abbreviations, **adjoints}
    return written_out(derived.gradients[by], known)


def derivative(of: Expr, by: Expr, stands: Mapping[Expr, Expr]) -> Expr:
    """All derivatives of an expression by a name that the text defines, at what it stands for.

    Raises GradproofError where there is none.
    """
    if not of.axes:
        found = gradient(of, by, stands)
        if found is None:
            raise GradproofError(f"no derivative by {by} is known", code="GP501")
        return found
    weight = name(f"{by}°", of.axes, row=of.row)
    pairing = frob(weight, of) if of.axes else mul(weight, of)
    found = gradient(pairing, by, stands)
    if found is None:
        raise GradproofError(f"no derivative by {by} is known", code="GP501")
    from gradproof.operators.build import einsum

    whole = partial(found, weight)  # axes of the name, then of what is differentiated
    many = len(found.axes)
    letters = "ijklmnpqrs"[: len(whole.axes)]
    return einsum(f"{letters}->{letters[many:]}{letters[:many]}", whole)
