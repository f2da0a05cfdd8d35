"""Reads the expressions of a certificate as sums of terms. Imports nothing of the engine, searches nothing.

Here is written once more what the operators mean; what can be said in words of the language is in `words`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import floor, gcd, lcm
from typing import Any

from gradproof.checker import words
from gradproof.checker.placing import placed
from gradproof.checker.terms import Atom, Form, Term, Unchecked, Wrong, joined, number, poly, text, tidy, times
from gradproof.checker.words import MEANINGS, OPAQUE, WIRES, Tree

MOST_TERMS, MOST_NODES = 800, 1000
TWO_WAYS = "an axis that is read in two ways"
Letters = Sequence[Sequence[str]]


class Reader:
    """Terms of the expressions of one step.

    varying  nodes of names that vary
    unfold   what names stand for
    cut      sizes that are read as products of sizes: an axis of m*n as a pair of indices, m slow
    """

    def __init__(self, nodes: Sequence[Mapping[str, Any]], varying: Iterable[int],
                 unfold: Mapping[int, int], cut: Mapping[str, Sequence[str]]) -> None:  # fmt: skip
        self.nodes, self.varying, self.unfold = nodes, frozenset(varying), unfold
        self.cut = {size: tuple(parts) for size, parts in cut.items()}
        for size, parts in self.cut.items():
            if len(parts) < 2 or times(parts) != poly(size) or any(poly(p) == {(): 1} for p in parts):
                raise Unchecked("an axis is not cut into such parts")
        self.atoms: list[Atom] = []
        self.places: dict[Atom, int] = {}
        self.forms: dict[int, Form] = {}
        self.divisors: set[int] = set()  # atoms that the claim divides by
        self.axioms: set[str] = set()

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
        term = tidy(term)
        used = len({*term.outs, *(i for _, legs, _ in term.factors for i in legs)})
        opened = [(self.size(size).terms, ()) for size in term.sizes[used:]]
        kept = []
        for a, legs, e in term.factors:
            inner = self.atoms[a].forms[0] if self.atoms[a].kind == "sum" and e.denominator == 1 else None
            if inner is not None and e > 0:
                opened += [(inner.terms, legs)] * int(e)
            elif inner is not None and len(inner.terms) == 1 and plain(inner.terms[0]):
                opened.append((self.power(inner, e).terms, legs))
            elif self.atoms[a].kind == "sum" and not 0 < e < 1 and value(self.atoms[a].forms[0]) is not None:
                opened.append((self.power(self.atoms[a].forms[0], e).terms, legs))
            else:
                kept.append((a, legs, e))
        if not opened:
            return [term]
        every = tuple(range(used))
        rest = Term(term.c, term.sizes[:used], tuple(kept), every)
        out: list[Term] = []
        for chosen in product(*(terms for terms, _ in opened)):
            parts = [(one, legs) for one, (_, legs) in zip(chosen, opened, strict=True)]
            out += self.closed(joined(rest.sizes, [(rest, every), *parts], term.outs))
            few(len(out))
        return out

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
        if e > 0 and e.denominator == 1 and e <= 64 and len(form.terms) ** int(e) <= MOST_TERMS:
            return self.pointwise(*[form] * int(e))
        shared = content(form)
        known = value(form)
        if known is not None and known > 0 and e.denominator != 1:
            return self.pointwise(number(1), *(self.root(base, e * k) for base, k in parts(known)))
        if shared != 1 and known is None:  # (c·x)^e = c^e·x^e for c > 0
            rest = form._replace(terms=tuple(t._replace(c=t.c / shared) for t in form.terms))
            return self.pointwise(self.power(rest, e), self.power(number(shared), e))
        if len(form.terms) == 1:
            (term,) = form.terms
            whole = e.denominator == 1
            powers = term.c == 1 and (all(map(self._positive, term.factors)) or (
                len(term.factors) == 1 and term.factors[0][2] == 1))  # fmt: skip
            if plain(term) and (whole or (powers and term.factors)):
                c = term.c ** int(e) if whole else Fraction(1)
                factors = tuple((a, v, x * e) for a, v, x in term.factors)
                self.divisors |= {a for a, _, x in factors if x < 0}
                terms = self.closed(Term(c, term.sizes, factors, term.outs))
                return Form(form.axes, tuple(terms), form.row)
        return self.entries("sum", (), [form], e)

    def root(self, base: int, e: Fraction) -> Form:
        """A power of a number: its whole part, and an atom with an exponent between 0 and 1."""
        atom = self.atom("sum", (), (number(base),), ())
        left = ((atom, (), e - floor(e)),) if e != floor(e) else ()
        return Form((), (Term(Fraction(base) ** floor(e), (), left, ()),))

    def _positive(self, factor: tuple[int, tuple[int, ...], Fraction]) -> bool:
        """Surely greater than 0, so that (x^a)^e = x^(a·e)."""
        atom = self.atoms[factor[0]]
        known = value(atom.forms[0]) if atom.kind == "sum" else None
        return atom.kind in ("exp", "size", "pi") or (known is not None and known > 0)

    # ---- atoms

    def entries(self, kind: str, data: tuple[Any, ...], args: Sequence[Form], e: Fraction) -> Form:
        """An atom that stands on the indices its argument depends on; along the others it repeats."""
        form, *more = args
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

    # ---- expressions

    def form(self, place: int) -> Form:
        """The terms of a node."""
        if place not in self.forms:
            if len(self.forms) > MOST_NODES:
                raise Unchecked(f"more than {MOST_NODES} parts")
            found, node = self._read(place), self.nodes[place]
            if [times(axis) for axis in found.axes] != [poly(size) for size in node.get("axes", [])]:
                raise Wrong(f"{node['op']} does not have the axes that are written")
            if found.row != node.get("row", False):
                raise Wrong(f"{node['op']} does not lie or stand as is written")
            self.forms[place] = found
        return self.forms[place]

    def _read(self, place: int) -> Form:
        node = self.nodes[place]
        op, args, data = node["op"], node.get("args", []), node.get("data", [])
        if place in self.unfold:
            return self.form(self.unfold[place])
        axes = tuple(map(self.group, node.get("axes", [])))
        blank = Form(axes, (), node.get("row", False))
        if op == "name":
            shape = (data[0], tuple(data[1]), place in self.varying)
            return self.single(self.atom("name", shape, (), blank.legs), axes, blank.row)
        if op == "num":
            return number(Fraction(data[0]))
        if op == "size":
            return self.size(self.group(data[0])[0])
        if op in ("ones", "zeros", "eye"):
            letters = "aa" if op == "eye" else "abcdefgh"[: len(axes)]
            made = self.contract([], [], list(letters), dict(zip(letters, axes, strict=True)))
            return blank if op == "zeros" else made._replace(row=blank.row)
        if op == "d":
            return self.differential(self.form(args[0]))
        if op in ("call", "gradof", "onehot"):
            what = ("onehot", ()) if op == "onehot" else ("call", tuple(data))
            return self.single(self.atom(*what, tuple(map(self.form, args)), blank.legs), axes, blank.row)
        if op in ("div", "hdiv"):
            return self.pointwise(self.form(args[0]), self.inverse(args[1], Fraction(1)))
        if op == "reshape":
            return self.reshaped(self.form(args[0]), axes)
        forms = [self.form(arg) for arg in args]
        found = placed(self, op, forms, data, axes, blank.row)
        return self.apply(op, forms, data) if found is None else found

    def differential(self, form: Form) -> Form:
        """d of a form: see `differentials`."""
        raise NotImplementedError

    def inverse(self, place: int, e: Fraction) -> Form:
        """A divisor to the power -e, factor by factor, so that its powers are not written out."""
        place = self.unfold.get(place, place)
        op, args = self.nodes[place]["op"], self.nodes[place].get("args", [])
        scalars = all(not self.nodes[arg].get("axes") for arg in args)
        if op == "had" or (op == "mul" and scalars):
            return self.pointwise(*(self.inverse(arg, e) for arg in args))
        if op == "hpow" or (op == "pow" and scalars):
            more = value(self.form(args[1]))
            if more is not None and more > 0 and more.denominator == 1:
                return self.inverse(args[0], e * more)
        return self.power(self.form(place), -e)

    def reshaped(self, form: Form, axes: Sequence[tuple[str, ...]]) -> Form:
        """The same entries in the same order, columns first: the index of the last axis is the slowest."""
        starts = [sum(map(len, form.axes[:k])) for k in range(len(form.axes))]
        old = [s + i for s, axis in reversed([*zip(starts, form.axes, strict=True)]) for i in range(len(axis))]
        if tuple(form.legs[i] for i in old) != tuple(size for axis in reversed(axes) for size in axis):
            raise Unchecked(TWO_WAYS, tuple(form.legs[i] for i in old), tuple(map(tuple, reversed(axes))))
        order: list[int] = []
        for axis in reversed(axes):
            order[:0] = old[: len(axis)]
            old = old[len(axis) :]
        terms = (term._replace(outs=tuple(term.outs[i] for i in order)) for term in form.terms)
        return Form(tuple(axes), tuple(terms))

    def apply(self, op: str, args: Sequence[Form], data: Sequence[Any] = ()) -> Form:
        """What an operator makes of its arguments."""
        if len(args) != words.COUNTS.get(op, len(args)):
            raise Unchecked(f"{op} of {len(args)} arguments")
        if op in ("mul", "kron") and len(args) > 2:
            return self.apply(op, [self.apply(op, args[:2]), *args[2:]])
        if op == "add":
            return self.plus(args)
        if op == "neg":
            return self.pointwise(number(-1), args[0])
        if op in ("div", "hdiv"):
            return self.pointwise(args[0], self.power(args[1], Fraction(-1)))
        if op in ("pow", "hpow"):
            return self._raised(op, *args)
        if op == "sqrt":
            return self.power(args[0], Fraction(1, 2))
        if op == "einsum":
            inputs, output = str(data[0]).split("->")
            return self.contract(args, inputs.split(","), list(output))
        if op == "had" or (op in ("mul", "kron") and not all(form.axes for form in args)):
            return self.pointwise(*args)
        if op == "eye":
            return self.contract([], [], ["a", "a"], {"a": args[0].axes[0]})
        if op in ("along", "down"):
            return self.repeated(args[0], "i" if op == "along" else "j", "ij", args[1].axes)
        if op in ("frob", "sum", "mean"):
            letters = [chr(97 + i) for i in range(len(args[0].axes))]
            out = self.contract(args, [letters] * len(args), [])
            return self._mean(out, args[0].legs) if op == "mean" else out
        if op in ("rowmean", "colmean"):
            axis = args[0].axes[1 if op == "rowmean" else 0]
            return self._mean(self.apply(op.replace("mean", "sum"), args), axis)
        return self._wired(op, args) if op in WIRES else self._function(op, args, data)

    def _mean(self, form: Form, sizes: Sequence[str]) -> Form:
        return self.pointwise(form, *(self.power(self.size(size), Fraction(-1)) for size in sizes))

    def _wired(self, op: str, args: Sequence[Form]) -> Form:
        for inputs, outs in WIRES[op].items():
            letters = [pattern.strip("-") for pattern in inputs]
            fits = len(inputs) == len(args) and all(
                len(said) == len(form.axes) and (pattern[:1] == "-") == form.row
                for said, pattern, form in zip(letters, inputs, args, strict=True)
            )
            if fits:
                return self.contract(args, letters, outs)
        raise Unchecked(f"{op} of such shapes")

    def _raised(self, op: str, base: Form, exponent: Form) -> Form:
        e = value(exponent)
        if exponent.axes:  # b.^X = exp(log(b).*X)
            return self.apply("exp", [self.pointwise(exponent, self.apply("log", [base]))])
        if op == "hpow" or not base.axes:
            return self.power(base, e) if e is not None else self.entries("raised", (), [base, exponent],
                                                                          Fraction(1))  # fmt: skip
        if e is None:
            return self._opaque("mpow", [base, exponent])
        if e.denominator != 1 or abs(e) > 16:
            raise Unchecked("such a power of a matrix")
        one = base if e > 0 else self.apply("inv", [base])
        return self.apply("mul", [one] * abs(int(e))) if abs(e) > 1 else one if e else self.apply("eye", [base])

    def _function(self, op: str, args: Sequence[Form], data: Sequence[Any]) -> Form:
        first = args[0] if args else number(1)
        if op == "slope":
            op, data = {"abs": "sign"}.get(data[0], f"{data[0]}'"), ()
        meaning = MEANINGS.get(op, MEANINGS.get((op, len(first.axes))))
        if meaning is not None:
            known = dict(zip("XZV", args, strict=False))
            return self.say(meaning, {"Z": number(words.DEFAULTS.get(op, 0)), **known})
        if op == "pi":
            return self.single(self.atom("pi"), ())
        if op == "inv" and not first.axes:
            return self.power(first, Fraction(-1))
        if op == "exp":
            return self._exp(first)
        if op in words.SLOPES or op in ("map", "trigamma"):
            return self.entries(op, tuple(data), [first], Fraction(1))
        if op in OPAQUE:
            return self._opaque(op, args)
        raise Unchecked(f"{op} is not known to the checker")

    def _exp(self, form: Form) -> Form:
        """exp(c·s + e·t) = exp(s)^c exp(t)^e."""
        parts = [self.plus([Form(form.axes, (), form.row), number(1)])]
        for term in form.terms:
            one = Form(form.axes, (term._replace(c=Fraction(1)),), form.row)
            parts.append(self.entries("exp", (), [one], term.c))
        return self.pointwise(*parts)

    def _opaque(self, op: str, args: Sequence[Form]) -> Form:
        """A word that is not looked into; with one argument more, what its array makes of a matrix."""
        if OPAQUE[op].startswith("*,"):
            args = [self.plus([Form(b.axes, (), b.row), a]) for a, b in zip(args, args[::-1], strict=True)]
        wanted = OPAQUE[op].count(",") + 1
        axes = self.shape(op, args)
        legs = tuple(size for axis in axes for size in axis)
        made = self.single(self.atom(op, (), tuple(args[:wanted]), legs), axes)
        if len(args) == wanted:
            return made._replace(row=len(axes) == 1 and args[0].row)
        return self.contract([made, args[-1]], ["abcd", "cd"], ["a", "b"])

    def shape(self, op: str, args: Sequence[Form]) -> tuple[tuple[str, ...], ...]:
        """The axes of an opaque word of such arguments."""
        inputs, output = OPAQUE[op].split("->")
        groups: dict[str, tuple[str, ...]] = {}
        for letters, form in zip(inputs.split(","), args, strict=False):
            for letter, axis in zip("abcdefgh" if letters == "*" else letters, form.axes,
                                    strict=letters != "*"):  # fmt: skip
                if groups.setdefault(letter, axis) != axis:
                    raise Unchecked(TWO_WAYS, axis, groups[letter])
        return args[0].axes if output == "*" else tuple(groups[letter] for letter in output)

    def say(self, tree: Tree, known: Mapping[str, Form]) -> Form:
        """The terms of a small expression over known ones."""
        if isinstance(tree, tuple):
            spec = tree[1:2] if tree[0] == "einsum" else ()
            return self.apply(tree[0], [self.say(part, known) for part in tree[1 + len(spec) :]], spec)
        if tree in known:
            return known[tree]
        return self.apply(tree, []) if tree == "pi" else number(Fraction(tree))


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
