"""Differentials of sums by definition: each factor in turn is replaced by its own differential.

This is the referee's own calculus. It knows the derivative of each kind of atom and reads nothing of
that from the operators' table, so that the deriver and its judge do not share a mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from gradproof.proof.normal_form.atoms.cholesky import cholesky_change
from gradproof.proof.normal_form.atoms.logarithms import exp as exp_of
from gradproof.proof.normal_form.atoms.logarithms import times_form
from gradproof.proof.normal_form.atoms.matrices import inverse, matmul
from gradproof.proof.normal_form.atoms.matrix_functions import (
    derivative,
    pseudoinverse_change,
    spectral_change,
)
from gradproof.proof.normal_form.atoms.names import (
    Function,
    differential_atom,
    structured,
    unknown_entrywise,
    unknown_gradient,
)
from gradproof.proof.normal_form.atoms.pointwise import FUNCTIONS, cos, one_plus, pi, sin
from gradproof.proof.normal_form.atoms.powers import power, reciprocal
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.coefficients import coefficient
from gradproof.proof.normal_form.terms.collect import added, collect, contract, scaled
from gradproof.proof.normal_form.terms.data import Atom, Form, Key, Workspace
from gradproof.proof.normal_form.terms.exponents import Exponent, Linear, Number, plus
from gradproof.proof.normal_form.terms.network import Network
from gradproof.proof.normal_form.terms.occurrences import inner_first
from gradproof.proof.normal_form.terms.rewriting import matrix_power_atom
from gradproof.proof.normal_form.terms.sums import entrywise, minus, number, single


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
            self._done[uid] = RULES[atom.kind](self, atom)
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


# ---- one rule for each kind of atom: its differential, on the legs of the atom


def _name(calculus: Differentials, atom: Atom) -> Form:
    expr, _, plain = atom.data
    if not plain and structured(expr):
        raise Undecided("a structured name that varies")
    return single(calculus.work, differential_atom(calculus.work, expr, calculus.kind))


def _net(calculus: Differentials, atom: Atom) -> Form:
    power_ = _traced_power(calculus, atom)
    return _product_inside(calculus, atom) if power_ is None else power_


def _traced_power(calculus: Differentials, atom: Atom) -> Form | None:
    """d tr(X^k) = k tr(X^(k-1)·dX) for a symbolic k; None for any other network."""
    sizes, factors, _ = atom.data
    work = calculus.work
    uid, legs, e = factors[0]
    if len(factors) != 1 or e != 1 or work.atoms[uid].kind != "mpow" or legs[0] != legs[1]:
        return None
    base, k = work.atoms[uid].data
    below = plus(k, -1)
    assert isinstance(below, Linear)
    lower = single(work, matrix_power_atom(work, base, below))
    change = calculus.known(single(work, base))
    amount = times_form(work, number(1), k)
    pair = [sizes[0], sizes[0]]
    return contract(work, [amount, lower, change], [(), (0, 1), (1, 0)], pair, (), ())


def _product_inside(calculus: Differentials, atom: Atom) -> Form:
    """The sum of a network over all its indices: product rule inside."""
    sizes, factors, _ = atom.data
    terms: dict[Key, Number] = {}
    work = calculus.work
    for index, (uid, legs, e) in enumerate(factors):
        if not work.atoms[uid].varies:
            continue
        base = Network(sizes, (), 1)
        base.factors = list(factors)
        for net in calculus.replaced(base, index, uid, legs, e):
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


def _matrix(form: Form, count: int) -> Form:
    """A frozen matrix argument with its two axes."""
    return Form((form.sizes[:count], form.sizes[count:]), form.terms)


def _inverse(calculus: Differentials, atom: Atom) -> Form:
    """d inv(N) = -inv(N)·dN·inv(N)."""
    work, argument = calculus.work, atom.forms[0]
    change = _matrix(calculus.known(argument), atom.data)
    here = single(work, atom.uid, change.axes)
    out = minus(matmul(work, matmul(work, here, change), here))
    return Form(tuple((size,) for size in atom.sizes), out.terms)


def _directed(calculus: Differentials, tensor: Form, argument: Form) -> Form:
    """The derivative of a matrix function, an array of four axes, in the direction d(argument)."""
    change = calculus.known(argument)
    axes = tuple((size,) for size in tensor.sizes[:2])
    legs = [range(4), (2, 3)]
    return contract(calculus.work, [tensor, change], legs, tensor.sizes, (0, 1), axes)


def _matrix_function(calculus: Differentials, atom: Atom) -> Form:
    """The derivative of expm, logm or sqrtm."""
    argument = _matrix(atom.forms[0], 1)
    return _directed(calculus, derivative(calculus.work, atom.data, argument), argument)


def _matrix_power(calculus: Differentials, atom: Atom) -> Form:
    """The sum of X^i·dX·X^(k-1-i) over i from 0 to k-1."""
    base, k = atom.data
    argument = single(calculus.work, base)
    return _directed(calculus, derivative(calculus.work, "pow", argument, k), argument)


def _pseudoinverse(calculus: Differentials, atom: Atom) -> Form:
    argument = _matrix(atom.forms[0], 1)
    change = _matrix(calculus.known(atom.forms[0]), 1)
    out = pseudoinverse_change(calculus.work, argument, change)
    return Form(tuple((size,) for size in atom.sizes), out.terms)


def _cholesky(calculus: Differentials, atom: Atom) -> Form:
    change = _matrix(calculus.known(atom.forms[0]), 1)
    return cholesky_change(calculus.work, single(calculus.work, atom.uid), change)


def _spectral(calculus: Differentials, atom: Atom) -> Form:
    argument = _matrix(atom.forms[0], 1)
    change = _matrix(calculus.known(atom.forms[0]), 1)
    return spectral_change(calculus.work, atom.data, argument, change)


def _beyond(calculus: Differentials, atom: Atom) -> Form:
    raise Undecided("a second derivative of a function of a matrix")


def _log_determinant(calculus: Differentials, atom: Atom) -> Form:
    """tr(inv(N)·dN)."""
    work, count = calculus.work, atom.data
    argument = _matrix(atom.forms[0], count)
    change = calculus.known(atom.forms[0])
    turned = [*range(count, 2 * count), *range(count)]
    legs = [range(2 * count), turned]
    return contract(work, [inverse(work, argument), change], legs, argument.sizes, (), ())


def _determinant(calculus: Differentials, atom: Atom) -> Form:
    value = single(calculus.work, atom.uid)
    return entrywise(calculus.work, value, _log_determinant(calculus, atom))


def _log_absolute(calculus: Differentials, atom: Atom) -> Form:
    value = single(calculus.work, atom.data)
    return entrywise(calculus.work, calculus.known(value), reciprocal(calculus.work, value))


def _map(calculus: Differentials, atom: Atom) -> Form:
    argument = atom.forms[0]
    function, order = atom.data
    slope = unknown_entrywise(calculus.work, function, order + 1, argument)
    return entrywise(calculus.work, slope, calculus.known(argument))


def _call(calculus: Differentials, atom: Atom) -> Form:
    return _unknown(calculus, atom.data, (), atom.forms)


def _gradof(calculus: Differentials, atom: Atom) -> Form:
    return _unknown(calculus, atom.data[0], atom.data[1], atom.forms)


def _unknown(
    calculus: Differentials, function: Function, positions: tuple[int, ...], args: tuple[Form, ...]
) -> Form:
    """Sum over the arguments of the next derivative times the change of the argument."""
    work = calculus.work
    value = [size for axis in function[2] for size in axis]
    kept = [*value, *(size for p in positions for size in args[p].sizes)]
    axes = tuple((size,) for size in kept)
    terms = []
    for position, argument in enumerate(args):
        change = calculus.known(argument)
        if not change.terms:
            continue
        gradient = unknown_gradient(work, function, (*positions, position), args)
        legs, inner = _legs(len(value), positions, position, args)
        sizes = [*kept, *argument.sizes]
        terms.append(contract(work, [gradient, change], [legs, inner], sizes, range(len(kept)), axes))
    return added(terms, axes)


def _legs(
    value: int, positions: tuple[int, ...], extra: int, args: tuple[Form, ...]
) -> tuple[list[int], list[int]]:
    """Vertices for the legs of a further derivative: those of the value, then the old ones and those of
    argument `extra` in the order in which `unknown_gradient` lists them."""
    count = value
    blocks: list[tuple[int, int, list[int]]] = []
    for rank, p in enumerate(positions):
        width = len(args[p].sizes)
        blocks.append((p, rank, list(range(count, count + width))))
        count += width
    inner = list(range(count, count + len(args[extra].sizes)))
    blocks.append((extra, len(positions), inner))
    blocks.sort(key=lambda block: block[:2])
    return [*range(value), *(v for _, _, block in blocks for v in block)], inner


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


def _solution(calculus: Differentials, atom: Atom) -> Form:
    """The y with F(x, y) = 0: -inv(F_y) times dF with y held."""
    work, count = calculus.work, len(atom.sizes)
    change = calculus.known(atom.forms[0])
    moving = differential_atom(work, atom.data[1], calculus.kind)
    axes = tuple((size,) for size in atom.sizes)
    partial = coefficient(work, calculus.known(atom.forms[1]), moving, axes)
    if not count:
        return minus(entrywise(work, change, reciprocal(work, partial)))
    solving = inverse(work, _matrix(partial, count))
    legs = [range(2 * count), range(count, 2 * count)]
    return minus(contract(work, [solving, change], legs, partial.sizes, range(count), axes))


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
    "asinh": _chain(lambda work, x: power(work, one_plus(work, power(work, x, 2)), Fraction(-1, 2))),
    "acosh": _chain(lambda work, x: power(work, one_plus(work, power(work, x, 2), -1), Fraction(-1, 2))),
    "lgamma": _chain(FUNCTIONS["digamma"]),
    "digamma": _chain(FUNCTIONS["trigamma"]),
    "sign": _constant,
    "step": _constant,
    "argmax": _constant,
    "inv": _inverse,
    "mfun": _matrix_function,
    "mpow": _matrix_power,
    "pinv": _pseudoinverse,
    "chol": _cholesky,
    "order": _constant,
    "series": _beyond,
    "spectral": _spectral,
    "det": _determinant,
    "logabs": _log_absolute,
    "map": _map,
    "call": _call,
    "gradof": _gradof,
    "root": _solution,
}
