"""Reads the expressions of a certificate as sums of terms. Imports nothing of the engine, searches nothing.

Here is written once more what the operators mean, and what a differential is: the product rule, and
for functions the axioms of `words`, which are listed when they were used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from gradproof.checker.terms import Atom, Form, Term, Unchecked, joined, number, tidy
from gradproof.checker.words import DIFFERENTIALS, MEANINGS, SLOPES, WIRES, Tree, spelled

SCHEMA, VERSION = "gradproof.certificate", 1
MOST_TERMS, MOST_NODES = 400, 600


class Reader:
    """Terms of the expressions of one step: `varying` names vary, `unfold` says what names stand for."""

    def __init__(self, nodes: Sequence[Mapping[str, Any]], varying: Sequence[int],
                 unfold: Mapping[int, int]) -> None:  # fmt: skip
        self.nodes, self.varying, self.unfold = nodes, frozenset(varying), unfold
        self.atoms: list[Atom] = []
        self.places: dict[Atom, int] = {}
        self.forms: dict[int, Form] = {}
        self.axioms: set[str] = set()
        self.laws: set[str] = set()

    # ---- products

    def closed(self, term: Term) -> list[Term]:
        """A term in order: lone indices are sizes, powers of frozen sums that are whole are opened."""
        term = tidy(term)
        used = {*term.outs, *(i for _, legs, _ in term.factors for i in legs)}
        lost = [size for i, size in enumerate(term.sizes) if i not in used]
        if lost:
            c, factors = term.c, list(term.factors)
            for size in lost:
                factors += [] if size.isdigit() else [(self.atom("size", (size,)), (), Fraction(1))]
                c *= int(size) if size.isdigit() else 1
            term = tidy(Term(c, term.sizes[: len(used)], tuple(factors), term.outs))
        for at, (a, legs, e) in enumerate(term.factors):
            if self.atoms[a].kind == "sum" and e > 0 and e.denominator == 1:
                rest = (*term.factors[:at], *term.factors[at + 1 :])
                left = Term(term.c, term.sizes, rest, tuple(range(len(term.sizes))))
                every = range(len(term.sizes))
                made = [self.atoms[a].forms[0].terms] * int(e)
                out: list[Term] = []
                for chosen in product(*made):
                    parts = [(left, every), *((t, legs) for t in chosen)]
                    out += self.closed(joined(term.sizes, parts, term.outs))
                return out
        return [term]

    def contract(self, forms: Sequence[Form], labels: Sequence[Sequence[str]], outs: Sequence[str],
                 given: Mapping[str, tuple[str, ...]] | None = None) -> Form:  # fmt: skip
        """Σ over the letters that `outs` lacks of the product; one letter an axis, `outs` may join some."""
        groups = dict(given or {})
        for form, letters in zip(forms, labels, strict=True):
            for group, letter in zip(form.axes, letters, strict=True):
                if groups.setdefault(letter, group) != group:
                    raise Unchecked("an axis that is read in two ways")
        sizes: list[str] = []
        at: dict[str, list[int]] = {}
        for letter, group in groups.items():
            at[letter] = list(range(len(sizes), len(sizes) + len(group)))
            sizes += group
        row = "-" in outs
        kept = [[i for letter in axis for i in at[letter]] for axis in outs if axis != "-"]
        legs = [[i for letter in letters for i in at[letter]] for letters in labels]
        total = 1
        for form in forms:
            total *= len(form.terms)
        if total > MOST_TERMS:
            raise Unchecked(f"more than {MOST_TERMS} terms")
        terms: list[Term] = []
        flat = [i for axis in kept for i in axis]
        for chosen in product(*(form.terms for form in forms)):
            terms += self.closed(joined(sizes, list(zip(chosen, legs, strict=True)), flat))
        return Form(tuple(tuple(sizes[i] for i in axis) for axis in kept), tuple(terms), row)

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
        given = dict(zip(letters, big.axes, strict=True))
        terms: list[Term] = []
        for form in forms:
            full = form if form.axes else self.contract([form], [[]], letters, given)
            if full.axes != big.axes:
                raise Unchecked("a sum of different shapes")
            terms += full.terms
        if len(terms) > MOST_TERMS:
            raise Unchecked(f"more than {MOST_TERMS} terms")
        return Form(big.axes, tuple(terms), big.row)

    def power(self, form: Form, e: Fraction) -> Form:
        """Entry by entry to the power e."""
        if not e:
            return self.plus([Form(form.axes, (), form.row), number(1)])
        if e > 0 and e.denominator == 1 and (len(form.terms) ** int(e) <= MOST_TERMS) and e <= 64:
            return self.pointwise(*[form] * int(e))
        if len(form.terms) == 1:
            (term,) = form.terms
            plain = len(set(term.outs)) == len(term.sizes) and len(term.outs) == len(set(term.outs))
            one = len(term.factors) == 1 and term.c == 1 and term.factors[0][2] == 1
            if plain and term.c and (one or e.denominator == 1):
                c = term.c ** int(e) if e.denominator == 1 else Fraction(1)
                factors = tuple((a, v, x * e) for a, v, x in term.factors)
                terms = self.closed(Term(c, term.sizes, factors, term.outs))
                return Form(form.axes, tuple(terms), form.row)
        return self.entries("sum", (), form, e)

    # ---- atoms

    def entries(self, kind: str, data: tuple[Any, ...], form: Form, e: Fraction = Fraction(1)) -> Form:
        """An atom that stands on the indices its argument depends on; along the others it repeats."""
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
            outs = tuple(term.outs[at] for at in kept)
            lone = {v for at, v in enumerate(term.outs) if at not in kept}
            place = {v: i for i, v in enumerate(i for i in range(len(term.sizes)) if i not in lone)}
            factors = tuple((a, tuple(place[i] for i in legs), x) for a, legs, x in term.factors)
            terms.append(
                Term(term.c, tuple(term.sizes[v] for v in place), factors, tuple(place[v] for v in outs))
            )
        small = Form(tuple((size,) for size in sizes), tuple(terms))
        atom = self.atom(kind, data, (small,), sizes)
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

    def single(self, atom: int, like: Form, e: Fraction = Fraction(1)) -> Form:
        """One atom on all indices of a form."""
        every = tuple(range(len(like.legs)))
        return Form(like.axes, (Term(Fraction(1), like.legs, ((atom, every, e),), every),), like.row)

    # ---- expressions

    def form(self, place: int) -> Form:
        """The terms of a node."""
        if place not in self.forms:
            if len(self.forms) > MOST_NODES:
                raise Unchecked(f"more than {MOST_NODES} parts")
            self.forms[place] = self._read(place)
        return self.forms[place]

    def _read(self, place: int) -> Form:
        node = self.nodes[place]
        op, args, data = node["op"], node.get("args", []), node.get("data", [])
        if place in self.unfold:
            return self.form(self.unfold[place])
        axes = tuple((str(size),) for size in node.get("axes", []))
        blank = Form(axes, (), node.get("row", False))
        if op == "name":
            shape = (data[0], tuple(data[1]), place in self.varying)
            return self.single(self.atom("name", shape, (), blank.legs), blank)
        if op == "num":
            return number(Fraction(data[0]))
        if op == "size":
            return self.single(self.atom("size", (data[0],)), blank)
        if op in ("ones", "zeros", "eye"):
            letters = "aa" if op == "eye" else "abcdefgh"[: len(axes)]
            given = dict(zip(letters, axes, strict=True))
            made = self.contract([], [], list(letters), given)._replace(row=blank.row)
            return blank if op == "zeros" else made
        if op == "d":
            return self.differential(self.form(args[0]))
        if op in ("div", "hdiv"):
            return self.pointwise(self.form(args[0]), self.inverse(args[1], Fraction(1)))
        return self.apply(op, [self.form(arg) for arg in args], data)

    def inverse(self, place: int, e: Fraction) -> Form:
        """A divisor to the power -e, factor by factor, so that its powers are not written out."""
        place = self.unfold.get(place, place)
        op, args = self.nodes[place]["op"], self.nodes[place].get("args", [])
        scalars = all(not self.nodes[arg].get("axes") for arg in args)
        if op == "had" or (op == "mul" and scalars):
            return self.pointwise(*(self.inverse(arg, e) for arg in args))
        if op == "hpow" or (op == "pow" and scalars):
            terms = self.form(args[1]).terms
            if not any(t.factors or t.sizes for t in terms):
                more = sum((t.c for t in terms), Fraction(0))
                if more > 0 and more.denominator == 1:
                    return self.inverse(args[0], e * more)
        return self.power(self.form(place), -e)

    def apply(self, op: str, args: Sequence[Form], data: Sequence[Any] = ()) -> Form:
        """What an operator makes of its arguments."""
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
        if op in ("frob", "sum", "mean"):
            letters = [chr(97 + i) for i in range(len(args[0].axes))]
            out = self.contract(args, [letters] * len(args), [])
            return self._mean(out, args[0].legs) if op == "mean" else out
        if op in ("rowmean", "colmean"):
            axis = args[0].axes[1 if op == "rowmean" else 0]
            return self._mean(self.apply(op.replace("mean", "sum"), args), axis)
        if op in WIRES:
            return self._wired(op, args)
        return self._function(op, args, data)

    def _mean(self, form: Form, sizes: Sequence[str]) -> Form:
        count = [number(int(s)) if s.isdigit() else self.single(self.atom("size", (s,)), number(1))
                 for s in sizes]  # fmt: skip
        return self.pointwise(form, *(self.power(one, Fraction(-1)) for one in count))

    def _wired(self, op: str, args: Sequence[Form]) -> Form:
        for inputs, outs in WIRES[op].items():
            letters = [text.strip("-") for text in inputs]
            fits = len(inputs) == len(args) and all(
                len(text) == len(form.axes) and (pattern[:1] == "-") == form.row
                for text, pattern, form in zip(letters, inputs, args, strict=True)
            )
            if fits:
                return self.contract(args, letters, outs)
        raise Unchecked(f"{op} of such shapes")

    def _raised(self, op: str, base: Form, exponent: Form) -> Form:
        terms = exponent.terms
        if any(t.factors or t.sizes for t in terms):
            raise Unchecked("an exponent that is not a number")
        e = sum((t.c for t in terms), Fraction(0))
        if op == "hpow" or not base.axes:
            return self.power(base, e)
        if e.denominator != 1 or not e or abs(e) > 16:
            raise Unchecked("such a power of a matrix")
        return self.apply("mul", [base if e > 0 else self.apply("inv", [base])] * abs(int(e))) \
            if abs(e) > 1 else base if e > 0 else self.apply("inv", [base])  # fmt: skip

    def _function(self, op: str, args: Sequence[Form], data: Sequence[Any]) -> Form:
        first = args[0] if args else number(1)
        if (op, len(first.axes)) in MEANINGS:
            return self.say(MEANINGS[op, len(first.axes)], {"X": first})
        if op == "inv" and not first.axes:
            return self.power(first, Fraction(-1))
        if op == "slope":
            op, data = f"{data[0]}'", ()
        scalar = op in ("det", "logdet", "max", "min", "call")
        if op == "pi" or scalar:
            return self.single(self.atom(op, tuple(data), tuple(args)), number(1))
        if op in SLOPES or op == "map":
            return self.entries(op, tuple(data), first)
        if op == "inv":
            return self.single(self.atom(op, tuple(data), (first,), first.legs), first)
        if op == "gradof":
            like = args[data[1]]
            return self.single(self.atom(op, tuple(data), tuple(args), like.legs), like)
        if op in ("maximum", "minimum"):
            full = [self.plus([Form(b.axes, (), b.row), a]) for a, b in (args, args[::-1])]
            return self.single(self.atom(op, (), tuple(full), full[0].legs), full[0])
        raise Unchecked(f"{op} is not known to the checker")

    def say(self, tree: Tree, known: Mapping[str, Form]) -> Form:
        """The terms of a small expression over known ones."""
        if isinstance(tree, tuple):
            return self.apply(tree[0], [self.say(part, known) for part in tree[1:]])
        if isinstance(tree, str):
            return known[tree] if tree in known else self.apply(tree, [])
        return number(tree)

    # ---- differentials, by the product rule and the axioms

    def differential(self, form: Form) -> Form:
        """d of every factor in turn."""
        terms: list[Term] = []
        for term in form.terms:
            every = tuple(range(len(term.sizes)))
            for at, (atom, legs, e) in enumerate(term.factors):
                change = self.change(atom)
                lower = [
                    *term.factors[:at],
                    *([(atom, legs, e - 1)] if e != 1 else []),
                    *term.factors[at + 1 :],
                ]
                rest = Term(term.c * e, term.sizes, tuple(lower), every)
                for one in change.terms:
                    terms += self.closed(joined(term.sizes, [(rest, every), (one, legs)], term.outs))
        if len(terms) > MOST_TERMS:
            raise Unchecked(f"more than {MOST_TERMS} terms")
        return Form(form.axes, tuple(terms), form.row)

    def change(self, place: int) -> Form:
        """d of an atom, one axis for each of its indices."""
        atom = self.atoms[place]
        like = Form(tuple((size,) for size in atom.legs), ())
        if atom.kind == "name":
            changed = self.atom("d", atom.data[:1], (), atom.legs)
            return self.single(changed, like) if atom.data[2] else like
        changes = [self.differential(form) for form in atom.forms]
        if not any(form.terms for form in changes):
            return like
        if atom.kind == "sum":
            return changes[0]._replace(axes=like.axes)
        y = self.single(place, atom.forms[0] if atom.legs else number(1))
        known = dict(zip(("X", "Z"), atom.forms, strict=False)) | {"Y": y}
        known |= dict(zip(("dX", "dZ"), changes, strict=False))
        return self._opened(atom, known, changes)._replace(axes=like.axes)

    def _opened(self, atom: Atom, known: Mapping[str, Form], changes: Sequence[Form]) -> Form:
        kind, data = atom.kind, atom.data
        if kind == "call":
            self.axioms.add("dL(Y) = ∂L/∂Y : dY for an unknown function L")
            made = [self.apply("gradof", atom.forms, (data[0], at)) for at in range(len(changes))]
            return self.plus([self.apply("frob", pair) for pair in zip(made, changes, strict=True)])
        if kind == "map":
            self.axioms.add("d f.(X) = f'.(X) .* dX for an unknown function f")
            return self.pointwise(self.apply("map", atom.forms, (data[0], data[1] + 1)), changes[0])
        tree = DIFFERENTIALS.get(kind, ("had", SLOPES[kind], "dX") if kind in SLOPES else None)
        if tree is None:
            raise Unchecked(f"the differential of {kind}")
        if tree[0] != "had" or tree[1] != 0:
            self.axioms.add(f"d {kind}(X) = {spelled(tree)}")
        return self.say(tree, known)
