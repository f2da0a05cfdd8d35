"""Sums of terms as a ring: products, sums, powers, and the table of atoms that they speak of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import floor, gcd, lcm
from typing import Any

from gradproof.checker.terms import (
    Atom,
    Form,
    Term,
    Unchecked,
    Work,
    bounded,
    joined,
    number,
    poly,
    raised,
    text,
    tidy,
    times,
)  # fmt: skip

MOST_TERMS, MOST_OPENED, MOST_FACTORS = 800, 64, 16
TWO_WAYS = "an axis that is read in two ways"
Letters = Sequence[Sequence[str]]


class Products:
    """The atoms of one step and what is made of them.

    cut   sizes that are read as products of sizes: an axis of m*n as a pair of indices, m slow
    work  what is left of what the whole certificate may cost
    """

    def __init__(self, cut: Mapping[str, Sequence[str]], work: Work | None = None) -> None:
        self.work = Work() if work is None else work
        self.cut = {size: tuple(parts) for size, parts in cut.items()}
        for size, parts in self.cut.items():
            if len(parts) < 2 or times(parts) != poly(size) or any(poly(p) == {(): 1} for p in parts):
                raise Unchecked("an axis is not cut into such parts")
        self.atoms: list[Atom] = []
        self.places: dict[Atom, int] = {}
        self.divisors: set[int] = set()  # atoms that the claim divides by

    # ---- sizes

    def group(self, size: object) -> tuple[str, ...]:
        """The indices that an axis of a size consists of."""
        name = text(poly(size))
        return tuple(i for part in self.cut[name] for i in self.group(part)) if name in self.cut else (name,)

    def size(self, name: str) -> Form:
        """A size as a number."""
        terms = []
        for symbols, c in poly(name).items():
            factors = tuple((self.atom("size", (symbol,)), (), Fraction(1)) for symbol in symbols)
            terms.append(tidy(Term(Fraction(c), (), factors, ())))
        return Form((), tuple(terms))

    # ---- products

    def closed(self, term: Term) -> list[Term]:
        """A term in order: lone indices are sizes, whole powers of frozen sums are opened."""
        self.work.spend(1 + len(term.sizes) + sum(1 + len(legs) for _, legs, _ in term.factors))
        term = tidy(term._replace(c=bounded(term.c)))
        used = len({*term.outs, *(i for _, legs, _ in term.factors for i in legs)})
        opened: list[tuple[tuple[Term, ...], tuple[int, ...]]] = []
        opened += [(self.size(size).terms, ()) for size in term.sizes[used:]]
        kept = []
        for a, legs, e in term.factors:
            parts = self._opened(a, e)
            opened += [(terms, legs) for terms in parts]
            kept += [] if parts else [(a, legs, e)]
        if not opened:
            return [term]
        every = tuple(range(used))
        rest = Term(term.c, term.sizes[:used], tuple(kept), every)
        out: list[Term] = []
        for chosen in product(*(terms for terms, _ in opened)):
            factors = [(one, legs) for one, (_, legs) in zip(chosen, opened, strict=True)]
            out += self.closed(joined(rest.sizes, [(rest, every), *factors], term.outs))
            few(len(out))
        return out

    def _opened(self, a: int, e: Fraction) -> list[tuple[Term, ...]]:
        """The sums that a power of an atom is the product of; none where it stays closed."""
        if self.atoms[a].kind != "sum":
            return []
        inner = self.atoms[a].forms[0]
        whole = e.denominator == 1 and bounded(e) <= MOST_OPENED
        if whole and e > 0:
            return [inner.terms] * int(e)
        simple = whole and len(inner.terms) == 1 and plain(inner.terms[0])
        positive = not 0 < e < 1 and (value(inner) or 0) > 0
        return [self.power(inner, e).terms] if simple or positive else []

    def contract(self, forms: Sequence[Form], labels: Letters, outs: Sequence[str],
                 given: Mapping[str, tuple[str, ...]] | None = None) -> Form:  # fmt: skip
        """Σ over the letters that `outs` lacks of the product; one letter an axis, `outs` may join some."""
        groups = dict(given or {})
        for form, letters in zip(forms, labels, strict=True):
            for group, letter in zip(form.axes, letters, strict=True):
                if groups.setdefault(letter, group) != group:
                    raise Unchecked(TWO_WAYS, group, groups[letter])
        sizes: list[str] = []
        at: dict[str, list[int]] = {}
        for letter, group in groups.items():
            at[letter] = list(range(len(sizes), len(sizes) + len(group)))
            sizes += group
        kept = [[i for letter in axis for i in at[letter]] for axis in outs if axis != "-"]
        legs = [[i for letter in letters for i in at[letter]] for letters in labels]
        terms: list[Term] = []
        flat = [i for axis in kept for i in axis]
        for chosen in product(*(form.terms for form in forms)):
            terms += self.closed(joined(sizes, list(zip(chosen, legs, strict=True)), flat))
            few(len(terms))
        return Form(tuple(tuple(sizes[i] for i in axis) for axis in kept), tuple(terms), "-" in outs)

    def pointwise(self, *forms: Form) -> Form:
        """Entry by entry; scalars go along."""
        big = next((form for form in forms if form.axes), forms[0])
        letters = [chr(97 + i) for i in range(len(big.axes))]
        out = self.contract(forms, [letters if form.axes else [] for form in forms], letters)
        return out._replace(row=big.row)

    def plus(self, forms: Sequence[Form]) -> Form:
        """A sum; scalars are repeated for every entry."""
        big = next((form for form in forms if form.axes), forms[0])
        letters = [chr(97 + i) for i in range(len(big.axes))]
        terms: list[Term] = []
        for form in forms:
            self.work.spend(1 + len(form.terms))
            full = form if form.axes else self.repeated(form, [], letters, big.axes)
            for one, other in zip(full.axes, big.axes, strict=True):
                if one != other:
                    raise Unchecked(TWO_WAYS, one, other)
            terms += full.terms
        few(len(terms))
        return Form(big.axes, tuple(terms), big.row)

    def repeated(self, form: Form, own: Sequence[str], letters: Sequence[str],
                 axes: Sequence[tuple[str, ...]]) -> Form:  # fmt: skip
        """The same values along more axes."""
        return self.contract([form], [own], letters, dict(zip(letters, axes, strict=True)))

    def power(self, form: Form, e: Fraction) -> Form:
        """Entry by entry to the power e."""
        if not e:
            return self.plus([Form(form.axes, (), form.row), number(1)])
        whole = bounded(e).denominator == 1 and 0 < e <= MOST_OPENED
        if whole and len(form.terms) ** int(e) <= MOST_TERMS:
            return self.pointwise(*[form] * int(e))
        shared = content(form)
        known = value(form)
        if known is not None and known > 0 and e.denominator != 1:
            return self.pointwise(number(1), *(self.root(base, e * k) for base, k in parts(known)))
        if shared != 1 and known is None:  # (c·x)^e = c^e·x^e for c > 0
            rest = form._replace(terms=tuple(t._replace(c=t.c / shared) for t in form.terms))
            return self.pointwise(self.power(rest, e), self.power(number(shared), e))
        if len(form.terms) == 1 and self._distributes(form.terms[0], e):
            (term,) = form.terms
            c = raised(term.c, int(e)) if e.denominator == 1 else Fraction(1)
            factors = tuple((a, v, x * e) for a, v, x in term.factors)
            self.divisors |= {a for a, _, x in factors if x < 0}
            terms = self.closed(Term(c, term.sizes, factors, term.outs))
            return Form(form.axes, tuple(terms), form.row)
        return self.entries("sum", (), [form], e)

    def _distributes(self, term: Term, e: Fraction) -> bool:
        """Whether (x^a·y^b)^e is x^(a·e)·y^(b·e): for a whole e, and where roots are of what is positive."""
        if not plain(term) or e.denominator == 1:
            return plain(term)
        lone = len(term.factors) == 1 and term.factors[0][2] == 1
        return term.c == 1 and bool(term.factors) and (lone or all(map(self._positive, term.factors)))

    def root(self, base: int, e: Fraction) -> Form:
        """A power of a number: its whole part, and an atom with an exponent between 0 and 1."""
        atom = self.atom("sum", (), (number(base),), ())
        left = ((atom, (), e - floor(e)),) if e != floor(e) else ()
        return Form((), (Term(raised(Fraction(base), floor(e)), (), left, ()),))

    def _positive(self, factor: tuple[int, tuple[int, ...], Fraction]) -> bool:
        """Surely greater than 0, so that (x^a)^e = x^(a·e)."""
        atom = self.atoms[factor[0]]
        known = value(atom.forms[0]) if atom.kind == "sum" else None
        return atom.kind in ("exp", "size", "pi") or (known is not None and known > 0)

    # ---- atoms

    def entries(self, kind: str, data: tuple[Any, ...], args: Sequence[Form], e: Fraction) -> Form:
        """An atom that stands on the indices its argument depends on; along the others it repeats."""
        form, *more = args
        self.work.spend(1 + sum(len(one.terms) * (1 + len(form.legs)) for one in args))
        kept = []
        for at in range(len(form.legs)):
            for term in form.terms:
                v = term.outs[at]
                if term.outs.count(v) > 1 or any(v in legs for _, legs, _ in term.factors):
                    kept.append(at)
                    break
        sizes = tuple(form.legs[at] for at in kept)
        terms = []
        for term in form.terms:
            lone = {v for at, v in enumerate(term.outs) if at not in kept}
            place = {v: i for i, v in enumerate(i for i in range(len(term.sizes)) if i not in lone)}
            factors = tuple((a, tuple(place[i] for i in legs), x) for a, legs, x in term.factors)
            outs = tuple(place[term.outs[at]] for at in kept)
            terms.append(Term(term.c, tuple(term.sizes[v] for v in place), factors, outs))
        small = Form(tuple((size,) for size in sizes), tuple(terms))
        atom = self.atom(kind, data, (small, *more), sizes)
        if e < 0:
            self.divisors.add(atom)
        every = tuple(range(len(form.legs)))
        return Form(form.axes, (Term(Fraction(1), form.legs, ((atom, tuple(kept), e),), every),), form.row)

    def atom(self, kind: str, data: tuple[Any, ...] = (), forms: tuple[Form, ...] = (),
             legs: tuple[str, ...] = ()) -> int:  # fmt: skip
        """The place of an atom in the table."""
        made = Atom(kind, data, forms, legs)
        if made not in self.places:
            self.places[made] = len(self.atoms)
            self.atoms.append(made)
        return self.places[made]

    def single(self, atom: int, axes: tuple[tuple[str, ...], ...], row: bool = False) -> Form:
        """One atom on all indices of an array."""
        legs = tuple(size for axis in axes for size in axis)
        every = tuple(range(len(legs)))
        return Form(axes, (Term(Fraction(1), legs, ((atom, every, Fraction(1)),), every),), row)


def content(form: Form) -> Fraction:
    """The largest number above 0 of which all coefficients are whole multiples."""
    if not form.terms:
        return Fraction(1)
    return Fraction(gcd(*(t.c.numerator for t in form.terms)), lcm(*(t.c.denominator for t in form.terms)))


def parts(c: Fraction) -> list[tuple[int, int]]:
    """A positive number as powers of primes (what has no prime below 100 stays as it is)."""
    out = []
    for number_, sign in ((c.numerator, 1), (c.denominator, -1)):
        for prime in range(2, 100):
            while number_ % prime == 0:
                number_ //= prime
                out.append((prime, sign))
        out += [(number_, sign)] if number_ > 1 else []
    return out


def plain(term: Term) -> bool:
    """One product for each entry: nothing is summed, nothing is zero off a diagonal."""
    return bool(term.c) and len(set(term.outs)) == len(term.sizes) == len(term.outs)


def few(count: int) -> None:
    """Refuse a sum that is too long."""
    if count > MOST_TERMS:
        raise Unchecked(f"more than {MOST_TERMS} terms")


def value(form: Form) -> Fraction | None:
    """The number that a form is; None where it is another."""
    known = not form.axes and not any(term.factors or term.sizes for term in form.terms)
    return sum((term.c for term in form.terms), Fraction(0)) if known else None
