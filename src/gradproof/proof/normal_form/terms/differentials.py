"""Differentials of sums by definition: each factor in turn is replaced by its own differential.

This is the referee's own calculus. It knows the derivative of each kind of atom and reads nothing of
that from the operators' table, so that the deriver and its judge do not share a mistake.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.collect import collect
from gradproof.proof.normal_form.terms.data import Atom, Form, Key, Network, Workspace
from gradproof.proof.normal_form.terms.exponents import Exponent, Number, plus
from gradproof.proof.normal_form.terms.occurrences import inner_first
from gradproof.proof.normal_form.terms.sums import number, times_form


class Differentials:
    """The differentials of the atoms of a workspace, made once each.

    kind   of the atoms that stand for the changes of the names: "d" in differentials, "by" where a
           partial derivative is about to be read off
    """

    def __init__(self, work: Workspace, kind: str) -> None:
        self.work = work
        self.kind = kind
        self._done: dict[int, Form] = {}

    def of(self, form: Form) -> Form:
        """d(form), same axes."""
        for uid in inner_first(self.work, form, self._missing):
            atom = self.work.atoms[uid]
            if atom.theory.differential is None:
                raise Undecided(f"the differential of {atom.kind}")
            self._done[uid] = atom.theory.differential(self, atom)
        return self.known(form)

    def _missing(self, atom: Atom) -> bool:
        return atom.varies and atom.uid not in self._done

    def known(self, form: Form) -> Form:
        """d(form) where the differentials of its atoms are there already."""
        terms: dict[Key, Number] = {}
        for key, c in form.terms.items():
            for net in self._product_rule(form, key, c):
                collect(self.work, [net], terms)
        return Form(form.axes, terms)

    def _product_rule(self, form: Form, key: Key, c: Number) -> Iterator[Network]:
        base = Network(form.sizes, range(len(form.sizes)), c)
        places = base.insert(((), key[1]), range(len(form.sizes)))
        base.scalars = dict(key[0])
        for uid, e in key[0]:
            if self.work.atoms[uid].varies:
                yield from self.replaced(base, None, uid, (), e)
        for index in places:
            uid, legs, e = base.factors[index]
            if self.work.atoms[uid].varies:
                yield from self.replaced(base, index, uid, legs, e)

    def replaced(
        self, base: Network, index: int | None, uid: int, legs: tuple[int, ...], e: Exponent
    ) -> Iterator[Network]:
        """d(a^e) = e·a^(e-1)·d(a), in the place of a^e."""
        if uid not in self._done:
            raise Undecided("a differential that is not known")
        amount = times_form(self.work, number(1), e)
        for monomial, k in amount.terms.items():
            for key, c in self._done[uid].terms.items():
                net = base.copy(c * k)
                if index is None:
                    net.scalar(uid, -1)
                else:
                    net.factors[index] = (uid, legs, plus(e, -1))
                net.insert(monomial, ())
                net.insert(key, legs)
                yield net
