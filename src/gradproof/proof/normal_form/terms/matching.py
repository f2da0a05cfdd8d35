"""Find a small network inside a larger one, so that it may be replaced.

An inner vertex of the pattern must be matched by a vertex that is no output and on which the term
has no further factor: only then is the sum over it the sum in the pattern.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations
from typing import NamedTuple

from gradproof.proof.normal_form.terms.data import Factor, Key, Network, Scalars, Workspace
from gradproof.proof.normal_form.terms.exponents import Exponent, Linear, Number, magnitude, plus, times


class Pattern(NamedTuple):
    """The factors of a term, ordered so that each touches a vertex met before wherever possible.

    ends     output position -> vertex;  inner: vertices that are summed over, with their degrees
    """

    scalars: Scalars
    factors: tuple[Factor, ...]
    ends: Mapping[int, int]
    inner: Mapping[int, int]


class Match(NamedTuple):
    """where: pattern vertex -> vertex of the term; used: factor of the term -> exponent that is left;
    sign: of turning antisymmetric factors round."""

    where: dict[int, int]
    used: dict[int, Exponent]
    sign: int


def pattern(key: Key) -> Pattern | None:
    """The pattern of a term; None where a vertex has two outputs or an output has no factor."""
    scalars, pieces = key
    factors: list[Factor] = []
    ends: dict[int, int] = {}
    count = 0
    for sizes, rows, outs in pieces:
        if len({v for _, v in outs}) < len(outs):
            return None
        factors.extend((uid, tuple(count + v for v in vertices), e) for uid, vertices, e in rows)
        ends.update((position, count + v) for position, v in outs if rows)
        count += len(sizes)
    outer = set(ends.values())
    inner: dict[int, int] = {}
    for _, vertices, _ in factors:
        for v in set(vertices) - outer:
            inner[v] = inner.get(v, 0) + 1
    return Pattern(scalars, _ordered(factors, outer), ends, inner)


def _ordered(factors: list[Factor], known: set[int]) -> tuple[Factor, ...]:
    known, left, out = set(known), list(factors), []
    while left:
        best = max(left, key=lambda f: len(known & set(f[1])))
        left.remove(best)
        out.append(best)
        known |= set(best[1])
    return tuple(out)


def find(
    work: Workspace, net: Network, what: Pattern, pinned: Mapping[int, int], keep: int = -1
) -> Match | None:
    """A place of the pattern in a term, with pattern vertices `pinned`; factor `keep` is left alone."""
    if not _scalars_there(net, what.scalars):
        return None
    return _Finder(work, net, what, keep).run(dict(pinned))


def _scalars_there(net: Network, scalars: Scalars) -> bool:
    return all(remainder(net.scalars.get(uid, 0), e) is not None for uid, e in scalars)


def remainder(there: Exponent, wanted: Exponent) -> Exponent | None:
    """What is left of an exponent when another one is taken away from it; None: not that much there."""
    if isinstance(there, Linear) or isinstance(wanted, Linear):
        return 0 if there == wanted else None
    if there == wanted:
        return 0
    if there * wanted > 0 and magnitude(there) > magnitude(wanted):
        return plus(there, times(-1, wanted))
    return None


class _Finder:
    def __init__(self, work: Workspace, net: Network, what: Pattern, keep: int) -> None:
        self.work, self.net, self.what, self.keep = work, net, what, keep
        self.outs = set(net.outs)
        self.degree: dict[int, int] = {}
        for _, vertices, _ in net.factors:
            for v in set(vertices):
                self.degree[v] = self.degree.get(v, 0) + 1

    def run(self, where: dict[int, int]) -> Match | None:
        return self._extend(0, where, {}, 1)

    def _extend(self, at: int, where: dict[int, int], used: dict[int, Exponent], sign: int) -> Match | None:
        if at == len(self.what.factors):
            return Match(where, used, sign)
        uid, wanted, e = self.what.factors[at]
        whole = any(v in self.what.inner for v in wanted)
        for index, (other, there, power) in enumerate(self.net.factors):
            if other != uid or index in used or index == self.keep:
                continue
            left = 0 if power == e else None if whole else remainder(power, e)
            if left is None:
                continue
            for legs, turn in self._arrangements(uid, there, e):
                further = self._place(where, wanted, legs)
                if further is not None:
                    self.work.spend()
                    found = self._extend(at + 1, further, {**used, index: left}, sign * turn)
                    if found is not None:
                        return found
        return None

    def _arrangements(
        self, uid: int, vertices: tuple[int, ...], e: Exponent
    ) -> list[tuple[tuple[int, ...], int]]:
        """The orders in which the legs of a factor to the power e may be read, with their signs."""
        atom = self.work.atoms[uid]
        if atom.slots is None:
            return [(vertices, 1)]
        if atom.slots == (0, 0):
            turn = -1 if atom.odd and isinstance(e, int) and e % 2 else 1
            return [(vertices, 1), ((vertices[1], vertices[0]), turn)]
        return [
            (tuple(vertices[i] for i in order), 1)
            for order in permutations(range(len(vertices)))
            if all(atom.slots[i] == atom.slots[j] for i, j in enumerate(order))
        ]

    def _place(
        self, where: dict[int, int], wanted: tuple[int, ...], there: tuple[int, ...]
    ) -> dict[int, int] | None:
        further = dict(where)
        for p, v in zip(wanted, there, strict=True):
            if p in further:
                if further[p] != v:
                    return None
                continue
            degree = self.what.inner.get(p)
            if degree is not None:
                if v in self.outs or self.degree[v] != degree or v in further.values():
                    return None
            elif any(other == v and q in self.what.inner for q, other in further.items()):
                return None
            further[p] = v
        return further


def remove(net: Network, match: Match, what: Pattern, also: int = -1) -> Network:
    """The term without the matched network and its inner indices (and without factor `also`)."""
    new = net.copy(match.sign)
    new.factors = []
    for index, (uid, vertices, e) in enumerate(net.factors):
        left = 0 if index == also else match.used.get(index, e)
        if left != 0:
            new.factors.append((uid, vertices, left))
    for inner in what.inner:
        new.sizes[match.where[inner]] = None
    for uid, e in what.scalars:
        new.scalar(uid, times(-1, e))
    return new


class Lead(NamedTuple):
    """N = coefficient × (the leading term: pattern) + rest: how inv(N) or a power of N meets N itself.

    turned   the leading term equals its own transpose (asked only where the atom is symmetric)
    """

    coefficient: Number
    pattern: Pattern
    rest: tuple[tuple[Key, Number], ...]
    turned: bool
