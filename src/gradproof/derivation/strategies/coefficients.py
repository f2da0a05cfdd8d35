"""Read an array of derivatives off a differential: dY is linear in dX, and its coefficients are the answer.

    dY = A dX B        ∂Y_ij/∂X_pq = A_ip B_qj        ∂vec(Y)/∂vec(X)ᵀ = Bᵀ ⊗ A

Each product in dY is laid out as a network with dX as a factor; without that factor, the wires where it
hung are the axes of the variable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gradproof.calculus.network.from_expression import spread
from gradproof.calculus.network.hadamard import hadamard
from gradproof.calculus.network.letters import letters as index_letters
from gradproof.calculus.network.like_terms import collect
from gradproof.calculus.network.network import Network
from gradproof.calculus.network.products import Scalars, assemble
from gradproof.calculus.network.to_expression import apart, open_axes, read_term
from gradproof.derivation.strategies.products import products
from gradproof.errors import UnsupportedError
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import add, d, einsum, eye, ones, zeros

ROWS, COLUMNS, DUMMIES = "ijklmnabcdefgh", "pqrstuvw", "abcdefghxyzijklmnopqrstuvw"


class Reading(NamedTuple):
    """How the derivative was read, line by line; axes of the array, then of the variable.

    deltas   each entry of dX by an entry of X is a delta; None where entries have no such notation
    summed   the deltas contracted
    value    in the shortest notation: matrices where the order allows, else by entries
    """

    deltas: Expr | None
    summed: Expr | None
    value: Expr
    letters: tuple[str, ...]


class Layout(NamedTuple):
    """One product of the differential: the network without dX, the array's wires, the variable's."""

    net: Network
    rows: tuple[int, ...]
    columns: tuple[int, ...]


def layouts(differential: Expr, variable: Expr) -> list[Layout]:
    """The products of a differential, laid out."""
    goal = d(variable)
    found = []
    for product in products(differential, goal):
        net = Network()
        legs = spread(net, product)
        net.settle()
        if not net.coefficient:
            continue
        hole = next((factor for factor in net.factors if factor.expr is goal), None)
        if hole is None:
            raise UnsupportedError(
                f"an array of derivatives cannot be read off {product}", code="GP501",
                facts=((None, "a differential, jvp or hvp can"),),
            )  # fmt: skip
        net.factors = [factor for factor in net.factors if factor is not hole]
        found.append(Layout(net, tuple(net.find(leg) for leg in legs), hole.legs))
    return found


def read(differential: Expr, variable: Expr) -> Reading:
    """The derivatives of an array by a variable: axes of the array, then of the variable."""
    axes = (*differential.axes, *variable.axes)
    letters = (*ROWS[: len(differential.axes)], *COLUMNS[: len(variable.axes)])
    found = layouts(differential, variable)
    if not found:
        return Reading(None, None, zeros(*axes), letters)
    terms = [read_term(one.net.copy(), [*one.rows, *one.columns]) for one in found]
    value = collect(terms, axes)
    if any(_cut(one) for one in found):  # entries cannot take a joined axis apart; stacked columns can
        return Reading(None, None, value, letters)
    deltas = add(*(_entries(one, letters, contracted=False) for one in found))
    summed = add(*(_entries(one, letters, contracted=True) for one in found))
    return Reading(deltas, summed, value, letters)


def _cut(one: Layout) -> bool:
    """Whether an outgoing axis is joined from several, which entries cannot say."""
    joins = open_axes(one.net, [*one.rows, *one.columns])
    return any(wire in joins for wire in (*one.rows, *one.columns))


def _entries(one: Layout, letters: Sequence[str], contracted: bool) -> Expr:
    """A product by its entries. Contracted: wires take the letters of the variable; else deltas say it."""
    net, rows, columns = one
    joins = open_axes(net, (*rows, *columns))
    used = set(letters)
    dummies = index_letters(DUMMIES, used)
    named: dict[int, str] = {}
    for wire, letter in zip((*rows, *columns) if contracted else rows, letters, strict=False):
        named.setdefault(wire, letter)
    args: list[Expr] = []
    texts: list[str] = []
    scalars: Scalars = {}
    for factor in net.factors:
        if factor.legs:
            e, legs = apart(net, factor, joins)
            args.append(hadamard([(e, factor.power)]))
            texts.append("".join(named.setdefault(leg, "") or _named(named, leg, dummies) for leg in legs))
        else:
            scalars[factor.expr] = factor.power
    _close(one, letters, named, dummies, args, texts)
    out = "".join(letters)
    core = args[0] if texts == [out] else einsum(f"{','.join(texts)}->{out}", *args) if args else None
    return assemble(net.coefficient, scalars, core)


def _named(named: dict[int, str], wire: int, dummies: Iterator[str]) -> str:
    named[wire] = next(dummies)
    return named[wire]


def _close(
    one: Layout, letters: Sequence[str], named: dict[int, str], dummies: Iterator[str],
    args: list[Expr], texts: list[str],
) -> None:  # fmt: skip
    """Deltas between an outgoing letter and that of its wire, ones where nothing hangs."""
    net = one.net
    for wire, letter in zip((*one.rows, *one.columns), letters, strict=True):
        here = named.get(wire) or _named(named, wire, dummies)
        if here != letter:
            args.append(eye(net.sizes[wire]))
            texts.append(here + letter)
    for wire, letter in zip((*one.rows, *one.columns), letters, strict=True):
        if not any(letter in text for text in texts):
            args.append(ones(net.sizes[wire]))
            texts.append(letter)
    bare = {w for w in net.sizes if net.find(w) == w} - {w for f in net.factors for w in f.legs}
    joined = {join.label for join in net.joins}
    for wire in sorted(bare - joined - set(named)):  # a sum over which nothing depends counts its size
        args.append(ones(net.sizes[wire]))
        texts.append(next(dummies))
