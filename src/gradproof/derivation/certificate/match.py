"""Looks for what shows a claim: equal atoms, renamings of terms, and where laws are used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial
from itertools import permutations
from typing import Any

from gradproof.checker.reading import Reader
from gradproof.checker.step import Settler, renamed, turned, unite, ways
from gradproof.checker.terms import Factor, Form, Term, Unchecked, Wrong
from gradproof.derivation.certificate.law_uses import Rules
from gradproof.derivation.certificate.laws import written
from gradproof.derivation.exchange.json import Json

MOST_TRIES, MOST_ATOMS, MOST_USES, MOST_NEW, MOST_ROUNDS = 3000, 120, 120, 40, 3


class Search:
    """Looks for the renamings of one claim. deep: laws are tried as well."""

    def __init__(self, reader: Reader, before: int, after: int, deep: bool) -> None:
        self.reader, self.deep = reader, deep
        self.left = reader.form(before)
        self.right = reader.form(after)
        self.settler = Settler(reader)
        self.rules = Rules(reader, self.settler)
        self.prepared: list[Json] = []
        self.accepted: list[Any] = []  # uses of laws in the last comparison

    def run(self) -> Json | None:
        """The fields of the step, or None where the sides do not match."""
        self._look(0)
        for _ in range(MOST_ROUNDS):
            count = len(self.reader.ring.atoms)
            found = self._tried(lambda: self.matched(self.left, self.right, self.deep))
            if found is not None or not self.deep:
                break
            for name, args, _context in self.accepted:  # what these laws made may equal what was there
                self._named(name, args)
            if len(self.reader.ring.atoms) == count:
                break
            self._look(count)
        return None if found is None else {**found, "equal": self.prepared}

    def _look(self, place: int) -> None:
        """See which atoms are equal, and what they are made of."""
        while place < len(self.reader.ring.atoms) and place < MOST_ATOMS:
            if self.reader.ring.atoms[place].forms:
                self._unite(place)
                if self.deep and place not in self.settler.same and len(self.prepared) < MOST_NEW:
                    for name, args in self.rules.made_of.about(place):
                        self._named(name, {law: written(form) for law, form in args.items()})
            place += 1

    def _named(self, name: str, args: Json) -> None:
        """Name a law, so that what its right side is made of can be spoken of."""
        count = len(self.reader.ring.atoms)
        found = self._tried(lambda: self.settler.used([name, args, None]))
        if found is not None and len(self.reader.ring.atoms) > count:
            self.prepared.append({"law": name, "args": args})

    def _tried(self, act: Any) -> Any:
        """The result of an act; where it fails, the atoms that it made are taken back."""
        ring = self.reader.ring
        count, divisors, laws = len(ring.atoms), set(ring.divisors), set(self.settler.laws)
        try:
            found = act()
        except (Unchecked, Wrong, KeyError, ValueError, IndexError):
            found = None
        if found is None:
            for atom in ring.atoms[count:]:
                del ring.places[atom]
            del ring.atoms[count:]
            ring.divisors, self.settler.laws = divisors, laws
        return found

    # ---- equal atoms

    def _unite(self, place: int) -> None:
        """Write an atom as an earlier one, where their arguments agree; see which are symmetric."""
        atom = self.reader.ring.atoms[place]
        for other in range(place):
            b = self.reader.ring.atoms[other]
            alike = (atom.kind, atom.data, len(atom.forms)) == (b.kind, b.data, len(b.forms))
            if alike and other not in self.settler.same and self._pair(place, other):
                return
        if len(atom.legs) in (2, 4) and len(atom.forms) == 1:
            self._pair(place, place)

    def _pair(self, place: int, other: int) -> bool:
        a, b = self.reader.ring.atoms[place], self.reader.ring.atoms[other]
        plain = tuple(range(len(a.forms[0].axes)))
        orders: list[tuple[int, ...]] = [()] if place != other else []
        if len(a.forms) == 1 and len(plain) <= 4:
            orders += [order for order in permutations(plain) if order != plain]
        for order in orders:
            try:
                legs = ways(self.reader, place, order)
            except Wrong:
                continue
            fits = tuple(a.legs[i] for i in legs) == b.legs
            if fits and self._tried(partial(self._proved, place, other, order)):
                return True
        return False

    def _proved(self, place: int, other: int, order: tuple[int, ...]) -> bool | None:
        a, b = self.reader.ring.atoms[place], self.reader.ring.atoms[other]
        parts = []
        for x, y in zip(a.forms, b.forms, strict=True):
            x = turned(x, order) if order else x
            found = self.matched(x, y, self.deep) if (x.axes, x.row) == (y.axes, y.row) else None
            if found is None:
                return None
            parts.append(found)
        shown = {"atom": place, "as": other, "order": list(order), "forms": parts}
        unite(self.reader, self.settler, shown)
        self.prepared.append(shown)
        return True

    # ---- terms

    def matched(self, left: Form, right: Form, deep: bool) -> Json | None:
        """Classes of terms that differ by names only, with the same sums on both sides."""
        normal: list[Term] = []
        sides: list[list[Any]] = [[], []]
        sums: list[dict[int, Fraction]] = [{}, {}]
        terms = [self.settler.form(form) for form in (left, right)]
        for rows, total, found in zip(sides, sums, terms, strict=True):
            self._sorted(found, normal, rows, total)
        uses: list[Any] = []
        self.accepted = uses
        while True:
            open_ = [k for k in range(len(normal)) if sums[0].get(k, 0) != sums[1].get(k, 0)]
            if not open_:
                break
            made = self._used(open_, normal, sums, left) if deep and len(uses) < MOST_USES else None
            if made is None:
                return None
            use, more = made
            uses.append(use)
            self._sorted(more, normal, sides[0], sums[0])
        rows_of = [
            [list(t.sizes), [[a, list(v), str(e)] for a, v, e in t.factors], list(t.outs)] for t in normal
        ]
        said = [str(sums[0].get(k, Fraction(0))) for k in range(len(normal))]
        return {"left": sides[0], "right": sides[1], "terms": rows_of, "sum": said, "uses": uses}

    def _sorted(
        self, terms: Sequence[Term], normal: list[Term], rows: list[Any], total: dict[int, Fraction]
    ) -> None:
        for term in terms:
            place, names = self._class(term, normal)
            total[place] = total.get(place, Fraction(0)) + term.c
            rows.append([str(term.c), place, names])

    def _used(self, places: Sequence[int], normal: list[Term], sums: list[dict[int, Fraction]],
              form: Form) -> tuple[Any, list[Term]] | None:  # fmt: skip
        """A use of a law that takes one of the terms that are left away, and the terms that it adds."""
        for place in sorted(places, key=lambda k: -len(normal[k].factors)):
            missing = sums[1].get(place, Fraction(0)) - sums[0].get(place, Fraction(0))
            for use in self.rules.uses(normal[place]):
                made: tuple[Any, list[Term]] | None = self._tried(
                    partial(self._scaled, use, normal, place, missing, form)
                )
                if made is not None:
                    return made
        return None

    def _scaled(self, use: Any, normal: list[Term], place: int, missing: Fraction,
                form: Form) -> tuple[Any, list[Term]] | None:  # fmt: skip
        name, args, context = use
        terms = self.settler.form(Form(form.axes, tuple(self.settler.used(use))))
        there = sum((t.c for t in terms if self._same(t, normal[place])), Fraction(0))
        if not there:
            return None
        scale = missing / there
        context = [str(Fraction(context[0]) * scale), *context[1:]]
        return [name, args, context], [t._replace(c=t.c * scale) for t in terms]

    def _same(self, term: Term, known: Term) -> bool:
        return _renaming(term, known, self.settler) is not None

    def _class(self, term: Term, normal: list[Term]) -> tuple[int, list[int]]:
        for place, known in enumerate(normal):
            names = _renaming(term, known, self.settler)
            if names is not None:
                return place, names
        every = list(range(len(term.sizes)))
        sizes, factors, outs = renamed(term, every, self.settler)
        normal.append(Term(Fraction(1), sizes, factors, outs))
        return len(normal) - 1, every


def _renaming(term: Term, known: Term, settler: Settler) -> list[int] | None:
    """New names for the indices of a term that make it the known one, or None."""
    if sorted(term.sizes) != sorted(known.sizes) or len(term.outs) != len(known.outs):
        return None
    if sorted((a, e) for a, _, e in term.factors) != sorted((a, e) for a, _, e in known.factors):
        return None
    start: dict[int, int] = {}
    for old, new in zip(term.outs, known.outs, strict=True):
        if start.setdefault(old, new) != new:
            return None
    if len(set(start.values())) != len(start):
        return None
    for found in extended(list(term.factors), list(known.factors), start, settler, [MOST_TRIES]):
        if len(found) == len(term.sizes):
            names = [found[i] for i in range(len(term.sizes))]
            same = all(term.sizes[old] == known.sizes[new] for old, new in enumerate(names))
            if same and renamed(term, names, settler) == known[1:]:
                return names
    return None


def extended(
    factors: list[Factor], left: list[Factor], names: dict[int, int], settler: Settler, tries: list[int]
) -> Iterator[dict[int, int]]:
    """The ways to put factors on those that are left, one by one, the best known first."""
    if not factors:
        yield names
        return
    tries[0] -= 1
    if tries[0] < 0:
        return
    best = max(factors, key=lambda f: (sum(i in names for i in f[1]) - len(f[1]) * 0.5, -len(f[1])))
    rest = [f for f in factors if f is not best]
    atom, legs, e = best
    for place, other in enumerate(left):
        if (other[0], other[2]) != (atom, e):
            continue
        turn = settler.turn(atom)
        for to in (other[1], tuple(other[1][i] for i in turn)) if turn else (other[1],):
            new = dict(names)
            fits = all(new.setdefault(a, b) == b for a, b in zip(legs, to, strict=True))
            if fits and len(set(new.values())) == len(new):
                yield from extended(rest, left[:place] + left[place + 1 :], new, settler, tries)
