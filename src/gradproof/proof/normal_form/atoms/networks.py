"""Scalars that are networks: a product of factors, summed over all its indices."""

from __future__ import annotations

from collections.abc import Iterator

from gradproof.proof.normal_form.atoms.matrix_powers import Power, matrix_power_atom
from gradproof.proof.normal_form.terms.collect import collect, contract
from gradproof.proof.normal_form.terms.data import (
    Atom,
    Calculus,
    Form,
    Key,
    Network,
    Piece,
    Rebuilder,
    Theory,
)
from gradproof.proof.normal_form.terms.exponents import Linear, Number, plus
from gradproof.proof.normal_form.terms.sums import number, single, times_form


def _differential(calculus: Calculus, atom: Atom) -> Form:
    power_ = _traced_power(calculus, atom)
    return _product_inside(calculus, atom) if power_ is None else power_


def _traced_power(calculus: Calculus, atom: Atom) -> Form | None:
    """d tr(X^k) = k tr(X^(k-1)·dX) for a symbolic k; None for any other network."""
    sizes, factors, _ = atom.holds(Piece)
    work = calculus.work
    uid, legs, e = factors[0]
    if len(factors) != 1 or e != 1 or work.atoms[uid].kind != "mpow" or legs[0] != legs[1]:
        return None
    base, k = work.atoms[uid].holds(Power)
    below = plus(k, -1)
    assert isinstance(below, Linear)
    lower = single(work, matrix_power_atom(work, base, below))
    change = calculus.known(single(work, base))
    amount = times_form(work, number(1), k)
    pair = [sizes[0], sizes[0]]
    return contract(work, [amount, lower, change], [(), (0, 1), (1, 0)], pair, (), ())


def _product_inside(calculus: Calculus, atom: Atom) -> Form:
    """The sum of a network over all its indices: product rule inside."""
    sizes, factors, _ = atom.holds(Piece)
    terms: dict[Key, Number] = {}
    work = calculus.work
    for index, (uid, legs, e) in enumerate(factors):
        if not work.atoms[uid].varies:
            continue
        base = Network(sizes, (), 1)
        base.factors = list(factors)
        for net in calculus.replaced(base, index, uid, legs, e):
            collect(work, [net], terms)
    return Form((), terms)


def _rebuilt(rebuilder: Rebuilder, atom: Atom, args: tuple[Form, ...]) -> Form:
    piece = atom.holds(Piece)
    terms: dict[Key, Number] = {}
    rebuilder.multiplied(Network(piece.sizes, ()), piece.factors, terms)
    return Form((), terms)


def _inside(atom: Atom) -> Iterator[int]:
    return (uid for uid, _, _ in atom.holds(Piece).factors)


THEORIES = {"net": Theory(differential=_differential, rebuilt=_rebuilt, inside=_inside)}
