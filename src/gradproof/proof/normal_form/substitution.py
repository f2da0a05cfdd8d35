"""Put declared structure back into a sum that was made with names without structure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gradproof.proof.normal_form.atoms.powers import power
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.collect import collect
from gradproof.proof.normal_form.terms.data import Atom, Factor, Form, Key, Network, Workspace
from gradproof.proof.normal_form.terms.exponents import Number
from gradproof.proof.normal_form.terms.occurrences import inner_first


class Substitution:
    """Makes each varying atom anew, once, with the names replaced as `name` says."""

    def __init__(self, work: Workspace, name: Callable[[Atom], Form]) -> None:
        self.work = work
        self._name = name
        self._done: dict[int, Form] = {}

    def of(self, form: Form) -> Form:
        """The form with the names replaced; same axes."""
        for uid in inner_first(self.work, form, self._missing):
            self._done[uid] = self._rebuilt(self.work.atoms[uid])
        return self._known(form)

    def _missing(self, atom: Atom) -> bool:
        return atom.varies and atom.uid not in self._done

    def _known(self, form: Form) -> Form:
        terms: dict[Key, Number] = {}
        for (scalars, pieces), c in form.terms.items():
            net = Network(form.sizes, range(len(form.sizes)), c)
            net.insert(((), pieces), range(len(form.sizes)))
            loose: list[Factor] = [*net.factors, *((uid, (), e) for uid, e in scalars)]
            net.factors = []
            self.multiplied(net, loose, terms)
        return Form(form.axes, terms)

    def multiplied(self, net: Network, loose: Sequence[Factor], terms: dict[Key, Number]) -> None:
        """Multiply by each factor, made anew where it varies, and collect."""
        nets = [net]
        for uid, legs, e in loose:
            if uid not in self._done:
                for one in nets:
                    if legs:
                        one.factors.append((uid, legs, e))
                    else:
                        one.scalar(uid, e)
                continue
            value = power(self.work, self._done[uid], e)
            self.work.room(len(nets) * len(value.terms))
            nets = [self._times(one, key, c, legs) for one in nets for key, c in value.terms.items()]
        collect(self.work, nets, terms)

    @staticmethod
    def _times(net: Network, key: Key, c: Number, legs: tuple[int, ...]) -> Network:
        new = net.copy(c)
        new.insert(key, legs)
        return new

    def _rebuilt(self, atom: Atom) -> Form:
        theory, args = atom.theory, tuple(self._known(form) for form in atom.forms)
        if theory.rebuilt is not None:
            return theory.rebuilt(self, atom, args)
        if theory.entrywise is not None:
            return theory.entrywise(self.work, atom, args[0])
        raise Undecided(f"declared structure inside {atom.kind}")

    def named(self, atom: Atom) -> Form:
        """What stands for a name."""
        return self._name(atom)

    def anew(self, uid: int) -> Form:
        """What stands for an atom that was made anew already."""
        return self._done[uid]
