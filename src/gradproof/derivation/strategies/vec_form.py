"""Derivatives of stacked columns: ∂vec(Y)/∂vec(X)ᵀ as a Kronecker product.

    dY = A dX B       Bᵀ ⊗ A              dY = F ⊙ dX      diag(vec(F))
    dY = (C : dX) A   vec(A) vec(C)ᵀ      dY = A dXᵀ B      (Bᵀ ⊗ A) K

Where no such form exists the answer is None.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from gradproof.calculus.network.contraction import Array
from gradproof.calculus.network.like_terms import collect
from gradproof.calculus.network.network import Network
from gradproof.calculus.network.to_expression import Parts, Term, matrix_form, open_axes, parts
from gradproof.derivation.strategies.coefficients import Layout, layouts
from gradproof.expressions.dims import Dim, number
from gradproof.expressions.nodes import Expr
from gradproof.operators.blocks import commutation
from gradproof.operators.build import T, apply, eye, mul

Wires = tuple[int, ...]


def vec_form(differential: Expr, variable: Expr) -> Expr | None:
    """The derivative as a matrix: entries of the array down, those of the variable across."""
    rows, columns = len(differential.axes), len(variable.axes)
    if not (1 <= rows <= 2 and 1 <= columns <= 2 and rows + columns > 2):
        return None
    terms = []
    for one in layouts(differential, variable):
        made = _term(one)
        if made is None:
            return None
        terms.append(made)
    return collect(terms, (_size(differential.axes), _size(variable.axes))) if terms else None


def _size(axes: Sequence[Dim]) -> Dim:
    return prod(axes, start=number(1))


def _term(one: Layout) -> Term | None:
    net, rows, columns = _apart(one)
    found = parts(net, list(dict.fromkeys((*rows, *columns))))
    if found is None:
        return None
    rows, columns = (tuple(net.find(w) for w in wires) for wires in (rows, columns))
    core = _matrix(net, found, rows, columns)
    return None if core is None else Term(found.coefficient, found.scalars, core)


def _apart(one: Layout) -> tuple[Network, Wires, Wires]:
    """A vector that stacks columns, vec(Y), is taken for the matrix Y: it is stacked here again."""
    net = one.net.copy()
    joins = open_axes(net, one.rows)
    if len(one.rows) > 1 or one.rows[0] not in joins or len(joins[one.rows[0]]) != 2:
        return net, one.rows, one.columns
    rows = tuple(reversed(joins[one.rows[0]]))
    net.joins = [join for join in net.joins if join.label != one.rows[0]]
    net.sizes = {wire: size for wire, size in net.sizes.items() if wire != one.rows[0]}
    return net, rows, one.columns


def _matrix(net: Network, found: Parts, rows: Wires, columns: Wires) -> Expr | None:
    if len(rows) == 2 and len(columns) == 2:
        return (
            _same_places(net, found, rows, columns)
            or _kron(net, found, [(rows[1], columns[1]), (rows[0], columns[0])])
            or _turned(net, found, rows, columns)
            or _outer(net, found, rows, columns)
        )
    if len(rows) == 1:
        (i,), (p, q) = rows, columns
        return _kron(net, found, [(q,), (i, p)], across=True) or _kron(
            net, found, [(i, q), (p,)], across=True
        )
    (i, j), (p,) = rows, columns
    return _kron(net, found, [(j,), (i, p)]) or _kron(net, found, [(j, p), (i,)])


def _same_places(net: Network, found: Parts, rows: Wires, columns: Wires) -> Expr | None:
    """dY = F ⊙ dX, each entry from its own."""
    if rows != columns or rows[0] == rows[1]:
        return None
    if not found.arrays:
        return eye(_size([net.sizes[wire] for wire in rows]))
    if any(len(ends) == 1 for _, ends in found.arrays):
        return None  # diag(v) ⊗ diag(u) is found as a Kronecker product
    e = matrix_form(net, found.arrays, list(rows))
    return None if e is None else apply("diag", apply("vec", e))


def _kron(net: Network, found: Parts, groups: list[Wires], across: bool = False) -> Expr | None:
    """The Kronecker product of what hangs on each group; single wires lie down if `across`."""
    factors = []
    if len(set().union(*groups)) < sum(len(set(group)) for group in groups):
        return None  # one wire in two factors: no product of independent parts
    for group in groups:
        here = _hanging(found.arrays, group)
        e = matrix_form(net, here, list(group)) if here is not None else None
        if e is None:
            return None
        factors.append(T(e) if across and len(group) == 1 else e)
    return apply("kron", *factors)


def _hanging(arrays: Sequence[Array], group: Wires) -> list[Array] | None:
    """The arrays on a group of wires; None where one of them reaches beyond."""
    here = [array for array in arrays if set(array[1]) & set(group)]
    return here if all(set(ends) <= set(group) for _, ends in here) else None


def _turned(net: Network, found: Parts, rows: Wires, columns: Wires) -> Expr | None:
    """dY = A dX' B: the same for the transpose, whose columns K vec(dX) stacks."""
    turning = commutation(net.sizes[columns[0]], net.sizes[columns[1]])
    if rows == columns[::-1] and rows[0] != rows[1] and not found.arrays:
        return turning
    made = _kron(net, found, [(rows[1], columns[0]), (rows[0], columns[1])])
    return None if made is None else mul(made, turning)


def _outer(net: Network, found: Parts, rows: Wires, columns: Wires) -> Expr | None:
    """A scalar change times a matrix."""
    pair = []
    if set(rows) & set(columns):
        return None
    for wires in (rows, columns):
        here = _hanging(found.arrays, wires)
        e = matrix_form(net, here, list(wires)) if here is not None else None
        if e is None:
            return None
        pair.append(apply("vec", e))
    return mul(pair[0], T(pair[1]))
