"""Parts of an expression in their places: each occurrence for itself, and what replaces it in any shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gradproof.errors import ShapeError
from gradproof.expressions.nodes import Expr, make
from gradproof.operators import build
from gradproof.operators.table import OPERATORS

MOST_PLACES = 120
_MAKERS: dict[str, Callable[..., Expr]] = {
    "mul": build.mul, "had": build.had, "add": build.add, "frob": build.frob, "neg": build.neg,
    "div": build.div, "hdiv": build.hdiv, "hpow": build.hpow, "pow": build.power,
}  # fmt: skip


def remade(node: Expr, args: tuple[Expr, ...]) -> Expr:
    """`node` with other arguments, whose shapes need not be those of the old ones.

    Raises ShapeError where they do not fit together.
    """
    op = node.op
    if op in _MAKERS:
        return _MAKERS[op](*args)
    if op in OPERATORS:
        made = build.apply(op, *args)
        return make(op, args, node.data, made.axes, made.row) if node.data else made
    if op == "reshape":
        return build.reshape(args[0], *node.axes)
    if op == "einsum":
        return build.einsum(str(node.data[0]), *args)
    if op in ("map", "slope"):
        return make(op, args, node.data, args[0].axes, args[0].row)
    if any((a.axes, a.row) != (b.axes, b.row) for a, b in zip(node.args, args, strict=True)):
        raise ShapeError(f"{op} does not take these arguments", code="GP208")
    return make(op, args, node.data, node.axes, node.row)


def places(root: Expr) -> Iterator[tuple[tuple[int, ...], Expr]]:
    """Every occurrence of a part, with the way to it; the first ones of a very long expression."""
    todo: list[tuple[tuple[int, ...], Expr]] = [((), root)]
    for at in range(MOST_PLACES):
        if at == len(todo):
            return
        path, node = todo[at]
        yield path, node
        todo.extend(((*path, k), arg) for k, arg in enumerate(node.args))


def replaced(root: Expr, path: tuple[int, ...], new: Expr) -> Expr:
    """The expression with one occurrence replaced."""
    if not path:
        return new
    line = [root]
    for k in path[:-1]:
        line.append(line[-1].args[k])
    for node, k in zip(reversed(line), reversed(path), strict=True):
        new = remade(node, (*node.args[:k], new, *node.args[k + 1 :]))
    return new
