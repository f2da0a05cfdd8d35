"""Differentials, by the product rule and the axioms of `words`, which are listed when they were used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradproof.checker.meaning import Meanings
from gradproof.checker.products import few
from gradproof.checker.terms import Form, Term, Unchecked, joined
from gradproof.checker.words import DIFFERENTIALS, OPAQUE, SLOPES, spelled


class Differ:
    """Knows what d means."""

    def __init__(self, meanings: Meanings) -> None:
        self.meanings, self.ring = meanings, meanings.ring
        self.axioms: set[str] = set()
        self.changes: dict[int, Form] = {}  # of the atoms that were met

    def differential(self, form: Form) -> Form:
        """d of every factor in turn."""
        terms: list[Term] = []
        for term in form.terms:
            every = tuple(range(len(term.sizes)))
            for at, (atom, legs, e) in enumerate(term.factors):
                if atom not in self.changes:
                    self.changes[atom] = self.change(atom)
                change = self.changes[atom]
                if not change.terms:
                    continue
                lower = [(atom, legs, e - 1)] if e != 1 else []
                left = (*term.factors[:at], *lower, *term.factors[at + 1 :])
                rest = Term(term.c * e, term.sizes, left, every)
                self.ring.divisors |= {atom} if e < 1 else set()
                for one in change.terms:
                    terms += self.ring.closed(joined(term.sizes, [(rest, every), (one, legs)], term.outs))
                few(len(terms))
        return Form(form.axes, tuple(terms), form.row)

    def change(self, place: int) -> Form:
        """d of an atom, one axis for each of its indices."""
        atom = self.ring.atoms[place]
        like = Form(tuple((size,) for size in atom.legs), ())
        if atom.kind == "name":
            changed = self.ring.atom("d", atom.data[:1], (), atom.legs)
            return self.ring.single(changed, like.axes) if atom.data[2] else like
        if atom.kind == "d":
            raise Unchecked("a differential of a differential")
        changes = [self.differential(form) for form in atom.forms]
        if not any(form.terms for form in changes):
            return like
        if atom.kind == "sum":
            return changes[0]._replace(axes=like.axes)
        y = self._value(place, atom.forms)
        known = dict(zip(("X", "Z"), atom.forms, strict=False)) | {"Y": y}
        known |= dict(zip(("dX", "dZ"), changes, strict=False))
        return self._opened(place, known, changes)._replace(axes=like.axes)

    def _value(self, place: int, forms: Sequence[Form]) -> Form:
        """An atom with the axes that it has as an array, which may be groups of indices."""
        kind = self.ring.atoms[place].kind
        return self.ring.single(place, self.meanings.shape(kind, forms) if kind in OPAQUE else forms[0].axes)

    def _opened(self, place: int, known: Mapping[str, Form], changes: Sequence[Form]) -> Form:
        atom = self.ring.atoms[place]
        kind, data = atom.kind, atom.data
        if kind == "call":
            return self._unknown(place, changes)
        if kind == "map":
            self.axioms.add("d f.(X) = f'.(X) .* dX for an unknown function f")
            slope = self.meanings.apply("map", atom.forms, (data[0], data[1] + 1))
            return self.ring.pointwise(slope, changes[0])
        if kind not in DIFFERENTIALS and kind not in SLOPES:
            raise Unchecked(f"the differential of {kind}")
        tree = DIFFERENTIALS[kind] if kind in DIFFERENTIALS else ("had", SLOPES[kind], "dX")
        self.axioms.add(f"d {kind}(X) = {spelled(tree)}")
        return self.meanings.say(tree, known) if tree != 0 else Form(known["Y"].axes, ())

    def _unknown(self, place: int, changes: Sequence[Form]) -> Form:
        """The derivatives of an unknown function, contracted with the changes of its arguments. Its indices
        are those of the value, then of the arguments, in rising order of their positions."""
        atom = self.ring.atoms[place]
        name, *by = atom.data
        self.axioms.add("dL(Y) = ∂L/∂Y : dY for an unknown function L")
        start = len(atom.legs) - sum(len(atom.forms[p].legs) for p in by)
        parts = []
        for at, change in enumerate(changes):
            here = start + sum(len(atom.forms[p].legs) for p in by if p <= at)
            legs = (*atom.legs[:here], *change.legs, *atom.legs[here:])
            made = self.ring.atom("call", (name, *sorted([*by, at])), atom.forms, legs)
            letters = [chr(97 + i) for i in range(len(legs))]
            inner = letters[here : here + len(change.legs)]
            full = self.ring.single(made, tuple((size,) for size in legs))
            flat = change._replace(axes=tuple((size,) for size in change.legs))
            outs = [letter for letter in letters if letter not in inner]
            parts.append(self.ring.contract([full, flat], [letters, inner], outs))
        return self.ring.plus(parts) if len(parts) > 1 else parts[0]
