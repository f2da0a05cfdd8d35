"""Names written out: replaced by what they stand for, and the names in that as well.

One replacement at one level is `expressions.walk.rebuild`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.operators.build import construct

Construct = Callable[[Expr, tuple[Expr, ...]], Expr]


def unfold(
    e: Expr, known: Mapping[Expr, Expr], make: Construct = construct, done: dict[Expr, Expr] | None = None
) -> Expr:
    """`e` with names replaced by what they stand for, all the way, and otherwise as it was.

    done  what was unfolded before with the same names; what is unfolded now joins it
    """
    done = {} if done is None else done
    for node in postorder([e], stop=lambda n: n in done, unfold=known):
        if node in done:
            continue
        if node in known and known[node] is not node:
            done[node] = done[known[node]]
            continue
        args = tuple(done[arg] for arg in node.args)
        done[node] = node if args == node.args else make(node, args)
    return done[e]
