"""Expressions: immutable, interned, mute.

A node is an operator's name, its arguments and the data that are not expressions. Equal nodes are
the same object; compare with `is`. Nothing here simplifies or knows what an operator means: the
vocabulary is in `operators`, and shape-checked constructors are in `operators.build`.
"""

from __future__ import annotations

from collections.abc import Hashable
from weakref import WeakValueDictionary

from gradproof.expressions.dims import Dim
from gradproof.expressions.text import unparse

Axes = tuple[Dim, ...]
Data = tuple[Hashable, ...]


class Expr:
    """An expression.

    op     the operator's name: a key of `operators.table.OPERATORS`, or a leaf
    args   its arguments
    data   what it holds besides: a name, a number, an einsum text
    axes   the sizes of its axes: () scalar, (n,) vector, (m, n) matrix, more: tensor
    row    True for a row vector, which has one axis and lies down
    uid    rises with creation; orders nodes where any order will do, as long as it is one
    """

    __slots__ = ("__weakref__", "args", "axes", "data", "op", "row", "uid")
    op: str
    args: tuple[Expr, ...]
    data: Data
    axes: Axes
    row: bool
    uid: int

    @property
    def shape(self) -> tuple[str | int, ...]:
        """Sizes as an array has them: () ("n",) ("m", "n") or more; a row vector is (1, "n")."""
        sizes = tuple(size.plain for size in self.axes)
        return (1, *sizes) if self.row else sizes

    def __str__(self) -> str:
        return unparse(self)

    def __repr__(self) -> str:
        return f"<Expr {self}>"

    def __reduce__(self) -> tuple[object, ...]:
        """Copies and other processes make the node anew, so that equal nodes are one object there as well."""
        return make, (self.op, self.args, self.data, self.axes, self.row)


_Key = tuple[str, tuple[Expr, ...], Data, Axes, bool]
_INTERNED: WeakValueDictionary[_Key, Expr] = WeakValueDictionary()
_created = 0


def make(op: str, args: tuple[Expr, ...] = (), data: Data = (), axes: Axes = (), row: bool = False) -> Expr:
    """The one way to a node. Checks nothing: `operators.build` does."""
    global _created
    key = (op, args, data, axes, row)
    node = _INTERNED.get(key)
    if node is None:
        node = Expr()
        node.op, node.args, node.data, node.axes, node.row = key
        _created += 1
        node.uid = _created
        _INTERNED[key] = node
    return node
