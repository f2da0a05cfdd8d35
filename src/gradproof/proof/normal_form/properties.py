"""Put declared structure back into a sum that was made with names without structure."""

from __future__ import annotations

from collections.abc import Callable

from gradproof.proof.normal_form.atoms.cholesky import cholesky
from gradproof.proof.normal_form.atoms.determinants import determinant
from gradproof.proof.normal_form.atoms.logarithms import log_absolute
from gradproof.proof.normal_form.atoms.matrices import inverse
from gradproof.proof.normal_form.atoms.matrix_functions import (
    derivative,
    function,
    pseudoinverse,
    series,
    solution,
    spectral,
)
from gradproof.proof.normal_form.atoms.names import unknown_entrywise, unknown_gradient, unknown_value
from gradproof.proof.normal_form.atoms.pointwise import FUNCTIONS
from gradproof.proof.normal_form.atoms.powers import power
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.collect import arrange, collect
from gradproof.proof.normal_form.terms.data import Atom, Form, Key, Workspace
from gradproof.proof.normal_form.terms.exponents import Exponent, Number
from gradproof.proof.normal_form.terms.network import Network
from gradproof.proof.normal_form.terms.occurrences import inner_first

Loose = list[tuple[int, tuple[int, ...], Exponent]]


class Substitution:
    """Makes each varying atom anew, once, with the names replaced as `name` says."""

    def __init__(self, work: Workspace, name: Callable[[Atom], Form]) -> None:
        self.work = work
        self.name = name
        self._done: dict[int, Form] = {}

    def of(self, form: Form) -> Form:
        """The form with the names replaced; same axes."""
        for uid in inner_first(self.work, form, self._missing):
            self._done[uid] = self._anew(self.work.atoms[uid])
        return self._known(form)

    def _missing(self, atom: Atom) -> bool:
        return atom.varies and atom.uid not in self._done

    def _known(self, form: Form) -> Form:
        terms: dict[Key, Number] = {}
        for (scalars, pieces), c in form.terms.items():
            net = Network(form.sizes, range(len(form.sizes)), c)
            net.insert(((), pieces), range(len(form.sizes)))
            loose: Loose = [*net.factors, *((uid, (), e) for uid, e in scalars)]
            net.factors = []
            self._insert(net, loose, terms)
        return Form(form.axes, terms)

    def _insert(self, net: Network, loose: Loose, terms: dict[Key, Number]) -> None:
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

    def _anew(self, atom: Atom) -> Form:
        work, kind = self.work, atom.kind
        args = tuple(self._known(form) for form in atom.forms)
        if kind in ("name", "root"):
            return self.name(atom)
        if kind == "net":
            return self._network(atom)
        if kind == "form":
            return args[0]
        if kind in FUNCTIONS:
            return FUNCTIONS[kind](work, args[0])
        if kind == "map":
            return unknown_entrywise(work, atom.data[0], atom.data[1], args[0])
        if kind == "call":
            return unknown_value(work, atom.data, args)
        if kind == "gradof":
            return unknown_gradient(work, atom.data[0], atom.data[1], args)
        if kind in ("mfun", "series", "pinv", "spectral", "chol"):
            return self._of_function(kind, args[0], atom)
        if kind in ("inv", "det"):
            return self._of_matrix(kind, args[0], atom.data)
        if kind == "logabs":
            return log_absolute(work, self._done[atom.data])
        raise Undecided(f"declared structure inside {kind}")

    def _network(self, atom: Atom) -> Form:
        sizes, factors, _ = atom.data
        terms: dict[Key, Number] = {}
        self._insert(Network(sizes, ()), list(factors), terms)
        return Form((), terms)

    def _of_function(self, kind: str, form: Form, atom: Atom) -> Form:
        matrix = Form((form.sizes[:1], form.sizes[1:]), form.terms)
        if kind == "series":
            out = self._series(matrix, atom)
        elif kind == "mfun":
            out = function(self.work, atom.data, matrix)
        elif kind == "chol":
            out = cholesky(self.work, matrix)
        elif kind == "spectral":
            out = spectral(self.work, atom.data, matrix)
        else:  # its legs are those of its argument
            out = arrange(self.work, pseudoinverse(self.work, matrix), (1, 0))
        return Form(tuple((size,) for size in atom.sizes), out.terms)

    def _series(self, matrix: Form, atom: Atom) -> Form:
        """All powers, with what is known of their weights."""
        for uid in atom.extra.slopes:
            weights = self.work.atoms[uid].data
            name, e = weights if isinstance(weights, tuple) else (weights, 1)
            if name == "sylvester":
                solution(self.work, matrix, matrix)
            else:
                derivative(self.work, name, matrix, e)
        return series(self.work, matrix)

    def _of_matrix(self, kind: str, form: Form, count: int) -> Form:
        matrix = Form((form.sizes[:count], form.sizes[count:]), form.terms)
        if kind == "det":
            return determinant(self.work, matrix)
        out = inverse(self.work, matrix)
        return Form(form.axes, out.terms)
