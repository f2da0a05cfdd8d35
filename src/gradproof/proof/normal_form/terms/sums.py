"""Small sums that others are made of: numbers, all ones, single atoms, products of atoms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from gradproof.expressions.dims import Dim
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.collect import added, collect, contract, scaled
from gradproof.proof.normal_form.terms.data import ONE, Axes, Form, Key, Network, Workspace
from gradproof.proof.normal_form.terms.exponents import Exponent, Linear, Number, tidy, whole

LARGEST_TRIAL = 2000
Place = tuple[int, tuple[int, ...], Exponent]  # atom, the output positions it stands on, exponent


def number(c: Number) -> Form:
    """A number as a scalar sum."""
    return Form((), {ONE: c} if c else {})


def atom_product(
    work: Workspace,
    axes: Axes,
    places: Iterable[Place],
    coefficient: Number = 1,
    deltas: Sequence[tuple[int, int]] = (),
    scalars: Iterable[tuple[int, Exponent]] = (),
) -> Form:
    """The entrywise product of atoms on the given output positions; `deltas` merge outputs."""
    sizes = [size for axis in axes for size in axis]
    net = Network(sizes, range(len(sizes)), coefficient)
    for p, q in deltas:
        net.join(p, q)
    for uid, e in scalars:
        net.scalar(uid, e)
    for uid, positions, e in places:
        if positions:
            net.factors.append((uid, positions, e))
        else:
            net.scalar(uid, e)
    terms: dict[Key, Number] = {}
    collect(work, [net], terms)
    return Form(axes, terms)


def filled(work: Workspace, axes: Axes, c: Number = 1) -> Form:
    """The number c in every entry."""
    return atom_product(work, axes, (), c) if c else Form(axes, {})


def single(work: Workspace, uid: int, axes: Axes | None = None) -> Form:
    """An atom by itself, each leg an axis unless told otherwise."""
    sizes = work.atoms[uid].sizes
    if axes is None:
        axes = tuple((size,) for size in sizes)
    return atom_product(work, axes, [(uid, tuple(range(len(sizes))), 1)])


def entrywise(work: Workspace, *forms: Form) -> Form:
    """The entrywise product; scalars scale."""
    whole_one = next((form for form in forms if form.axes), forms[0])
    sizes = whole_one.sizes
    legs = [range(len(sizes)) if form.axes else () for form in forms]
    return contract(work, forms, legs, sizes, range(len(sizes)), whole_one.axes)


def plus_forms(work: Workspace, *forms: Form) -> Form:
    """The sum; scalars among larger terms are added to every entry."""
    axes = next((form.axes for form in forms if form.axes), ())
    return added([broadcast(work, form, axes) for form in forms], axes)


def minus(form: Form) -> Form:
    """-form."""
    return scaled(form, -1)


def broadcast(work: Workspace, form: Form, axes: Axes) -> Form:
    """A scalar in every entry of an array; an array as it is."""
    if form.axes == axes:
        return form
    return contract(work, [form], [()], _sizes(axes), range(len(_sizes(axes))), axes)


def _sizes(axes: Axes) -> list[Dim]:
    return [size for axis in axes for size in axis]


def number_power(work: Workspace, c: Number, e: Exponent) -> tuple[Number, list[tuple[int, Exponent]]]:
    """c^e as a number and powers of primes."""
    if isinstance(e, int):
        if c == 0 and e <= 0:
            raise Undecided("a power of zero")
        return tidy(Fraction(c) ** e), []
    if c == 0:
        raise Undecided("a power of zero")
    out: list[tuple[int, Exponent]] = []
    if c < 0:
        if not whole(e):
            raise Undecided("a fractional power of a negative number")
        atom, _ = work.atom("minus", None)
        atom.special = True
        out.append((atom.uid, e))
    value = abs(Fraction(c))
    for part, sign in ((value.numerator, 1), (value.denominator, -1)):
        for prime, times_ in _primes(part):
            out.append((prime_atom(work, prime), _scale(e, sign * times_)))
    return 1, out


def _scale(e: Exponent, k: int) -> Exponent:
    if isinstance(e, Linear):
        return Linear(tuple((m, k * c) for m, c in e.parts), e.discrete)
    return tidy(e * k)


def prime_atom(work: Workspace, prime: int) -> int:
    """The scalar atom of a prime number (for its roots and logarithm)."""
    atom, new = work.atom("prime", prime)
    if new:
        atom.positive = atom.special = True
    return atom.uid


def _primes(value: int) -> list[tuple[int, int]]:
    """A whole number as powers; what has no small factor counts as prime (that only loses equalities)."""
    out: list[tuple[int, int]] = []
    factor = 2
    while value > 1 and factor * factor <= value and factor <= LARGEST_TRIAL:
        times_ = 0
        while value % factor == 0:
            value, times_ = value // factor, times_ + 1
        if times_:
            out.append((factor, times_))
        factor += 1
    if value > 1:
        out.append((value, 1))
    return out


HALF = Fraction(1, 2)


def times_form(work: Workspace, form: Form, e: Exponent) -> Form:
    """e·form for an exponent e."""
    if not isinstance(e, (int, Fraction)):
        terms: dict[Key, int | Fraction] = {(monomial, ()): c for monomial, c in e.parts}
        return entrywise(work, form, Form((), terms))
    return scaled(form, e)


def one_plus(work: Workspace, form: Form, c: int = 1) -> Form:
    """c + form."""
    return plus_forms(work, form, number(c))
