"""Sums of terms: factors that stand on indices, some of which stay. No index is ever a factor."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

Factor = tuple[int, tuple[int, ...], Fraction]  # atom, the indices it stands on, exponent


class Unchecked(Exception):
    """Something that this checker does not know; the step is reported as not re-checked."""


class Wrong(Exception):
    """The certificate says what is not so."""


class Term(NamedTuple):
    """coefficient · Σ Π factors; `outs` are the indices that stay, in the order of the axes."""

    c: Fraction
    sizes: tuple[str, ...]
    factors: tuple[Factor, ...]
    outs: tuple[int, ...]


class Form(NamedTuple):
    """A sum of terms. Each axis is a group of indices: more than one after vec and kron."""

    axes: tuple[tuple[str, ...], ...]
    terms: tuple[Term, ...]
    row: bool = False

    @property
    def legs(self) -> tuple[str, ...]:
        """The sizes of all indices that stay."""
        return tuple(size for axis in self.axes for size in axis)


class Atom(NamedTuple):
    """What is not looked into: a name, a differential, a function of frozen arguments."""

    kind: str
    data: tuple[Any, ...]
    forms: tuple[Form, ...]
    legs: tuple[str, ...]


def number(value: Fraction | int) -> Form:
    """A number as a form; 0 has no terms."""
    return Form((), (Term(Fraction(value), (), (), ()),) if value else ())


def tidy(term: Term) -> Term:
    """Equal factors add exponents; indices that nothing stands on are sizes; the rest is numbered anew."""
    merged: dict[tuple[int, tuple[int, ...]], Fraction] = {}
    for atom, legs, e in term.factors:
        merged[atom, legs] = merged.get((atom, legs), Fraction(0)) + e
    kept = {(a, v): e for (a, v), e in merged.items() if e}
    used = dict.fromkeys([*term.outs, *(i for _, legs in kept for i in legs)])
    lost = [size for i, size in enumerate(term.sizes) if i not in used]
    new = {old: place for place, old in enumerate(used)}
    factors = [(a, tuple(new[i] for i in legs), e) for (a, legs), e in kept.items()]
    sizes = tuple(term.sizes[i] for i in used)
    outs = tuple(new[i] for i in term.outs)
    return Term(term.c, (*sizes, *lost), tuple(sorted(factors)), outs)


def joined(sizes: Sequence[str], parts: Sequence[tuple[Term, Sequence[int]]], outs: Sequence[int]) -> Term:
    """The product of terms whose outputs are put on the given indices; deltas join indices."""
    all_sizes, parent = list(sizes), list(range(len(sizes)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    c, factors = Fraction(1), []
    for term, legs in parts:
        start = len(all_sizes)
        all_sizes += term.sizes
        parent += range(start, len(all_sizes))
        for place, leg in zip(term.outs, legs, strict=True):
            if all_sizes[start + place] != all_sizes[leg]:
                raise Unchecked(f"an axis of size {all_sizes[leg]} that is read in two ways")
            parent[root(start + place)] = root(leg)
        c *= term.c
        factors += [(a, tuple(start + i for i in v), e) for a, v, e in term.factors]
    roots = list(dict.fromkeys(map(root, range(len(parent)))))
    spot = {r: i for i, r in enumerate(roots)}
    moved = [(a, tuple(spot[root(i)] for i in v), e) for a, v, e in factors]
    return Term(c, tuple(all_sizes[r] for r in roots), tuple(moved), tuple(spot[root(i)] for i in outs))
