"""Walks over expressions: iterative and memoised, so a shared node is visited once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from gradproof.expressions.nodes import Expr

T = TypeVar("T")


NOTHING: Mapping[Expr, Expr] = MappingProxyType({})


def postorder(
    roots: Iterable[Expr],
    stop: Callable[[Expr], bool] | None = None,
    unfold: Mapping[Expr, Expr] = NOTHING,
) -> list[Expr]:
    """Every node below `roots`, arguments before users, each once; nothing below a `stop` node. Below a
    name in `unfold` is what it stands for."""
    seen: set[Expr] = set()
    out: list[Expr] = []
    stack: list[Expr | None] = [*roots]
    stack.reverse()
    while stack:
        node = stack.pop()
        if node is None:  # below the node before it is done
            node = stack.pop()
            assert node is not None
            out.append(node)
        elif node not in seen:
            seen.add(node)
            below = (unfold[node],) if node in unfold else node.args
            if not below or (stop is not None and stop(node)):
                out.append(node)
            else:
                stack += (node, None)
                stack += below[::-1]
    return out


def fold(root: Expr, visit: Callable[[Expr, tuple[T, ...]], T]) -> T:
    """`visit(node, results of its arguments)` from the leaves up; the root's result."""
    done: dict[Expr, T] = {}
    for node in postorder([root]):
        done[node] = visit(node, tuple(done[arg] for arg in node.args))
    return done[root]


def names(root: Expr) -> list[Expr]:
    """The names in an expression, in the order a reader meets them."""
    return [node for node in postorder([root]) if node.op == "name"]


def depth(root: Expr) -> int:
    """The length of the longest path from the root to a leaf."""
    return fold(root, lambda node, below: 1 + max(below, default=0))


def count(root: Expr) -> int:
    """How many nodes an expression has, written out in full (shared ones counted each time)."""
    return fold(root, lambda node, below: 1 + sum(below))


def rebuild(
    root: Expr, replace: Mapping[Expr, Expr], construct: Callable[[Expr, tuple[Expr, ...]], Expr]
) -> Expr:
    """`root` with some nodes replaced; `construct(old node, new arguments)` makes the users anew."""
    if not replace:
        return root
    done: dict[Expr, Expr] = dict(replace)
    for node in postorder([root], stop=lambda n: n in replace):
        if node in done:
            continue
        args = tuple(done[arg] for arg in node.args)
        done[node] = node if args == node.args else construct(node, args)
    return done[root]


def uses(roots: Sequence[Expr], among: Iterable[Expr]) -> dict[Expr, int]:
    """How often each name is written in some expressions, shared parts counted each time."""
    weight: dict[Expr, int] = {}
    order = postorder(roots)
    for root in roots:
        weight[root] = weight.get(root, 0) + 1
    for node in reversed(order):
        for arg in node.args:
            weight[arg] = weight.get(arg, 0) + weight[node]
    return {n: weight.get(n, 0) for n in among}
