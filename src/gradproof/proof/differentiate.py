"""Differentials of sums by definition: each factor in turn is replaced by its own differential.

This is the referee's own calculus. It knows the derivative of each kind of atom and reads nothing of
that from the operators' table, so that the deriver and its judge do not share a mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from gradproof.proof.exponents import Exponent, Linear, Number, plus
from gradproof.proof.functions import cos, one_plus, pi, root_of, sin, times_form
from gradproof.proof.functions import exp as exp_of
from gradproof.proof.gather import added, arrange, collect, contract, scaled
from gradproof.proof.leaves import differential_atom, unknown_gradient
from gradproof.proof.limits import Undecided
from gradproof.proof.matrices import matmul
from gradproof.proof.network import Network
from gradproof.proof.powers import power, reciprocal
from gradproof.proof.rewriting import matrix_power_atom
from gradproof.proof.simple import atom_product, entrywise, number, plus_forms, minus, single
from gradproof.proof.terms import Atom, Form, Key, Workspace


class Differentials:
    """The differentials of the atoms of a workspace, made once each."""

    def __init__(self, work: Workspace) -> None:
        self.work = work
        self._done: dict[int, Form] = {}

    def of(self, form: Form) -> Form:
        """d(form), same axes."""
        for uid in sorted(self._needed(form)):
            if uid not in self._done:
                atom = self.work.atoms[uid]
                self._done[uid] = RULES[atom.kind](self, atom)
        return self._sum(form)

    def _needed(self, form: Form) -> set[int]:
        """The varying atoms in a form, inside one another; arguments have smaller numbers."""
        needed: set[int] = set()
        todo = list(_atoms_of(form))
        while todo:
            uid = todo.pop()
            atom = self.work.atoms[uid]
            if uid in needed or uid in self._done or not atom.varies:
                continue
            needed.add(uid)
            todo.extend(_below(atom))
        return needed

    def _sum(self, form: Form) -> Form:
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
                yield from self._replaced(base, None, uid, (), e)
        for index in places:
            uid, legs, e = base.factors[index]
            if self.work.atoms[uid].varies:
                yield from self._replaced(base, index, uid, legs, e)

    def _replaced(
        self, base: Network, index: int | None, uid: int, legs: tuple[int, ...], e: Exponent
    ) -> Iterator[Network]:
        """d(a^e) = e·a^(e-1)·d(a), in the place of a^e."""
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

    def known(self, form: Form) -> Form:
        """d(form) where the differentials of its atoms are there already."""
        return self._sum(form)


def _atoms_of(form: Form) -> Iterator[int]:
    for scalars, pieces in form.terms:
        yield from (uid for uid, _ in scalars)
        yield from (uid for _, factors, _ in pieces for uid, _, _ in factors)


def _below(atom: Atom) -> Iterator[int]:
    if atom.kind == "net":
        yield from (uid for uid, _, _ in atom.data[1])
    elif atom.kind == "logabs":
        yield atom.data
    elif atom.kind == "mpow":
        yield atom.data[0]
    for form in atom.forms:
        yield from _atoms_of(form)


# ---- one rule for each kind of atom: its differential, on the legs of the atom


def _name(calculus: Differentials, atom: Atom) -> Form:
    expr, _, plain = atom.data
    if not plain and (atom.slots is not None or atom.special or len(atom.sizes) != len(expr.axes)):
        raise Undecided("a structured name that varies")
    return single(calculus.work, differential_atom(calculus.work, expr))


def _net(calculus: Differentials, atom: Atom) -> Form:
    return _open_net(calculus, atom)


def _open_net(calculus: Differentials, atom: Atom) -> Form:
    """The sum of a network over all its indices: product rule inside."""
    sizes, factors, _ = atom.data
    terms: dict[Key, Number] = {}
    work = calculus.work
    for index, (uid, legs, e) in enumerate(factors):
        if not work.atoms[uid].varies:
            continue
        base = Network(sizes, (), 1)
        base.factors = list(factors)
        for net in calculus._replaced(base, index, uid, legs, e):
            collect(work, [net], terms)
    return Form((), terms)


def _chain(slope: Callable[[Workspace, Form], Form]) -> Callable[[Differentials, Atom], Form]:
    """d f(N) = f'(N)·dN, entry by entry."""

    def rule(calculus: Differentials, atom: Atom) -> Form:
        argument = atom.forms[0]
        return entrywise(calculus.work, slope(calculus.work, argument), calculus.known(argument))

    return rule


def _constant(calculus: Differentials, atom: Atom) -> Form:
    return Form(tuple((size,) for size in atom.sizes), {})


def _frozen_sum(calculus: Differentials, atom: Atom) -> Form:
    return calculus.known(atom.forms[0])


def _inverse(calculus: Differentials, atom: Atom) -> Form:
    """d inv(N) = -inv(N)·dN·inv(N)."""
    work, argument = calculus.work, atom.forms[0]
    here = single(work, atom.uid, argument.axes)
    out = minus(matmul(work, matmul(work, here, calculus.known(argument)), here))
    return Form(tuple((size,) for size in atom.sizes), out.terms)


def _log_determinant_of(calculus: Differentials, argument: Form) -> Form:
    """tr(inv(N)·dN)."""
    from gradproof.proof.matrices import inverse

    work = calculus.work
    back, change = inverse(work, argument), calculus.known(argument)
    count = len(argument.axes[0])
    rows, columns = range(count), range(count, 2 * count)
    turned = [*columns, *rows]
    return contract(work, [back, change], [range(2 * count), turned], argument.sizes, (), ())


def _determinant(calculus: Differentials, atom: Atom) -> Form:
    value = single(calculus.work, atom.uid)
    return entrywise(calculus.work, value, _log_determinant_of(calculus, atom.forms[0]))


def _log_absolute(calculus: Differentials, atom: Atom) -> Form:
    return _log_determinant_of(calculus, calculus.work.atoms[atom.data].forms[0])


def _map(calculus: Differentials, atom: Atom) -> Form:
    work, argument = calculus.work, atom.forms[0]
    function, order = atom.data
    nxt, new = work.atom("map", (function, order + 1), atom.forms, atom.sizes)
    if new:
        nxt.slots = atom.slots
    return entrywise(work, single(work, nxt.uid), calculus.known(argument))


def _call(calculus: Differentials, atom: Atom) -> Form:
    return _unknown(calculus, atom.data, (), atom.forms)


def _gradof(calculus: Differentials, atom: Atom) -> Form:
    return _unknown(calculus, atom.data[0], atom.data[1], atom.forms)


def _unknown(
    calculus: Differentials, function: str, positions: tuple[int, ...], args: tuple[Form, ...]
) -> Form:
    """Sum over the arguments of the next derivative times the change of the argument."""
    work = calculus.work
    kept = [size for p in positions for size in args[p].sizes]
    axes = tuple((size,) for size in kept)
    terms = []
    for position, argument in enumerate(args):
        change = calculus.known(argument)
        if not change.terms:
            continue
        gradient = unknown_gradient(work, function, (*positions, position), args)
        legs, inner = _legs(positions, position, args)
        sizes = [*kept, *argument.sizes]
        terms.append(contract(work, [gradient, change], [legs, inner], sizes, range(len(kept)), axes))
    return added(terms, axes)


def _legs(positions: tuple[int, ...], extra: int, args: tuple[Form, ...]) -> tuple[list[int], list[int]]:
    """Vertices for the legs of a further derivative: first the old ones, then those of argument `extra`,
    in the order in which `unknown_gradient` lists them."""
    count = 0
    blocks: list[tuple[int, int, list[int]]] = []
    for rank, p in enumerate(positions):
        width = len(args[p].sizes)
        blocks.append((p, rank, list(range(count, count + width))))
        count += width
    inner = list(range(count, count + len(args[extra].sizes)))
    blocks.append((extra, len(positions), inner))
    blocks.sort(key=lambda block: block[:2])
    return [v for _, _, block in blocks for v in block], inner


def _matrix_power(calculus: Differentials, atom: Atom) -> Form:
    raise Undecided("the differential of a symbolic power of a matrix")


def _cosine_slope(work: Workspace, x: Form) -> Form:
    return minus(sin(work, x))


def _error_slope(work: Workspace, x: Form) -> Form:
    """2/√π·exp(-x²)."""
    bell = exp_of(work, minus(power(work, x, 2)))
    return scaled(entrywise(work, bell, power(work, pi(work), Fraction(-1, 2))), 2)


def _arcsine_slope(work: Workspace, x: Form) -> Form:
    return power(work, one_plus(work, minus(power(work, x, 2))), Fraction(-1, 2))


def _arctangent_slope(work: Workspace, x: Form) -> Form:
    return reciprocal(work, one_plus(work, power(work, x, 2)))


RULES: dict[str, Callable[[Differentials, Atom], Form]] = {
    "name": _name,
    "net": _net,
    "form": _frozen_sum,
    "exp": _chain(exp_of),
    "log": _chain(reciprocal),
    "sin": _chain(cos),
    "cos": _chain(_cosine_slope),
    "asin": _chain(_arcsine_slope),
    "atan": _chain(_arctangent_slope),
    "erf": _chain(_error_slope),
    "sign": _constant,
    "step": _constant,
    "argmax": _constant,
    "inv": _inverse,
    "det": _determinant,
    "logabs": _log_absolute,
    "map": _map,
    "call": _call,
    "gradof": _gradof,
    "mpow": _matrix_power,
}
