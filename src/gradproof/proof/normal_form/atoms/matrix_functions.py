"""Functions of square matrices in the normal form: expm, logm, cosm, sqrtm and their derivatives.

A derivative of f at N in the direction E is a sum of N^r·E·N^s with weights that r and s may exchange.
So it is three factors: P_ipr (entry i, p of N^r), the same for q, j, s, and the weights M_rs, over two
indices that no array has. Transposes, symmetry and the law across ":" follow from this form. Where
what stands between the two powers commutes with N, they close up: see `closing`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from gradproof.expressions.dims import symbol
from gradproof.expressions.nodes import Expr
from gradproof.proof.normal_form.atoms.commuting import Series, root
from gradproof.proof.normal_form.atoms.commuting import series as commuted
from gradproof.proof.normal_form.atoms.commuting import weights as closed
from gradproof.proof.normal_form.atoms.inverses import inverse, matrix_power
from gradproof.proof.normal_form.atoms.matrix_powers import Power
from gradproof.proof.normal_form.atoms.matrix_powers import law as power_law
from gradproof.proof.normal_form.atoms.names import exponent_of
from gradproof.proof.normal_form.terms.budget import Undecided, agree
from gradproof.proof.normal_form.terms.collect import added, arrange, contract, scaled
from gradproof.proof.normal_form.terms.common_factors import content, order
from gradproof.proof.normal_form.terms.data import (
    Args,
    Atom,
    Axes,
    Calculus,
    Form,
    Rebuilder,
    Theory,
    Words,
    Workspace,
)
from gradproof.proof.normal_form.terms.exponents import Exponent, plus
from gradproof.proof.normal_form.terms.matching import Pattern, pattern
from gradproof.proof.normal_form.terms.products import (
    freeze_matrix,
    identity,
    matmul,
    matrix,
    on_diagonal,
    on_legs,
    square,
)
from gradproof.proof.normal_form.terms.sums import atom_product, entrywise, minus, number, single, times_form

ORDER = symbol("ω")  # of the index that counts powers of a matrix


class MatrixFunction(NamedTuple):
    """What is known of a function of a matrix.

    slope   f'(N), which is its derivative in directions that commute with N
    zero    f(0) is this number times I; None where there is none
    parity  f(-N) is this number times f(N); 0 where nothing is known
    """

    slope: Callable[[Workspace, Form], Form]
    zero: int | None = None
    parity: int = 0


class Weights(NamedTuple):
    """Of which function the weights are; for powers, of which exponent."""

    name: str
    exponent: Exponent = 1


def function(work: Workspace, name: str, form: Form) -> Form:
    """A function of the table, or sqrtm, of a square matrix."""
    if square(form) is None:
        raise Undecided("a function of a matrix with joined axes")
    known = FUNCTIONS.get(name)
    if not form.terms:
        if known is None or known.zero is None:
            raise Undecided(f"{name} of zero")
        return scaled(identity(work, form.axes), known.zero)
    if name == "expm" and _negative(work, form):
        return inverse(work, function(work, name, minus(form)))
    if known is not None and known.parity and _negative(work, form):
        return scaled(function(work, name, minus(form)), known.parity)
    frozen = freeze_matrix(work, form)
    atom, new = work.atom("mfun", name, (frozen.form,), frozen.form.sizes)
    if new:
        atom.slots = frozen.slots
        atom.special = name == "sqrtm"
    return atom_product(work, form.axes, [(atom.uid, frozen.positions, 1)])


def _negative(work: Workspace, form: Form) -> bool:
    return form.terms[max(form.terms, key=lambda key: order(work, key))] < 0


# ---- derivatives as arrays of four axes


def derivative(work: Workspace, name: str, form: Form, e: Exponent = 1) -> Form:
    """The array T of the derivative of a function at a matrix: i, j of the value, p, q of the argument.

    name "pow" is the power e.
    """
    if name == "expm" and form.terms and _negative(work, form):
        return _turned(work, minus(form))
    known = FUNCTIONS.get(name)
    if known is not None and known.parity and form.terms and _negative(work, form):
        return scaled(derivative(work, name, minus(form)), -known.parity)
    if name == "sqrtm":
        root = function(work, name, form)
        return solution(work, root, root)
    if name == "pow" and isinstance(e, int):
        return _written_out(work, form, e)
    return _tensor(work, Weights(name, e), form, form, slope(work, name, form, e))


def solution(work: Workspace, a: Form, b: Form) -> Form:
    """The array T of Sylvester's equation: Z = T(C) where A·Z + Z·B = C."""
    same = a.axes == b.axes and a.frozen(work) == b.frozen(work)
    half = slope(work, "sylvester", a, 1) if same else None
    return _tensor(work, Weights("sylvester"), a, b, half)


def slope(work: Workspace, name: str, form: Form, e: Exponent) -> Form | None:
    """f'(N), which is the derivative in directions that commute with N; None where it is not known."""
    try:
        if name in FUNCTIONS:
            return FUNCTIONS[name].slope(work, form)
        if name == "sylvester":
            return scaled(inverse(work, form), Fraction(1, 2))
        power = matrix_power(work, form, plus(e, -1))
        return entrywise(work, power, times_form(work, number(1), e))
    except Undecided:
        return None


def _turned(work: Workspace, form: Form) -> Form:
    """The derivative of expm at -N from that at N: with F = expm(N) it is F⁻¹·T(E)·F⁻¹."""
    at = derivative(work, "expm", form)
    back = inverse(work, function(work, "expm", form))
    n = form.sizes[0]
    legs = [(0, 4), (4, 5, 2, 3), (5, 1)]
    return contract(work, [back, at, back], legs, [n] * 6, range(4), ((n,), (n,), (n,), (n,)))


def _written_out(work: Workspace, form: Form, e: int) -> Form:
    """The sum of X^i·E·X^(e-1-i) term by term."""
    n = square(form)
    if n is None or not 0 < e <= 64:
        raise Undecided("the derivative of a high power")
    powers = [identity(work, form.axes)]
    for _ in range(e - 1):
        powers.append(matmul(work, powers[-1], form))
    axes: Axes = ((n,), (n,), (n,), (n,))
    legs = [(0, 2), (3, 1)]
    pairs = zip(powers, reversed(powers), strict=True)
    return added([contract(work, pair, legs, [n] * 4, range(4), axes) for pair in pairs], axes)


def _tensor(work: Workspace, weights: Weights, a: Form, b: Form, closed: Form | None) -> Form:
    m, n = square(a), square(b)
    if m is None or n is None:
        raise Undecided("a function of a matrix with joined axes")
    first, second = series(work, a), series(work, b)
    atom, new = work.atom("weights", weights, (), (ORDER, ORDER))
    if new:
        atom.slots, atom.special = (0, 0), True
    between = single(work, atom.uid)
    if closed is not None and a.frozen(work) == b.frozen(work):
        ((uid, positions),) = _own(first)
        known = work.atoms[uid].knows(Series)
        assert known is not None
        known.slopes[atom.uid] = arrange(work, closed, positions)
    legs = [(0, 2, 4), (3, 1, 5), (4, 5)]
    sizes = [m, n, m, n, ORDER, ORDER]
    return contract(work, [first, second, between], legs, sizes, range(4), ((m,), (n,), (m,), (n,)))


def _own(form: Form) -> list[tuple[int, tuple[int, ...]]]:
    """The atom of a series with the positions of its matrix."""
    (((_, pieces), _),) = form.terms.items()
    uid, vertices, _ = pieces[0][1][0]
    place = {v: position for position, v in pieces[0][2]}
    return [(uid, (place[vertices[0]], place[vertices[1]]))]


def series(work: Workspace, form: Form) -> Form:
    """All powers of a matrix, counted by a third axis."""
    frozen = freeze_matrix(work, form)
    atom, new = work.atom("series", None, (frozen.form,), (*frozen.form.sizes, ORDER))
    if new:
        atom.slots = None if frozen.slots is None else (0, 0, 1)
        atom.special = True
        atom.extra = Series({}, *_known(work, frozen.form))
    axes: Axes = (*form.axes, (ORDER,))
    return atom_product(work, axes, [(atom.uid, (*frozen.positions, 2), 1)])


def _known(work: Workspace, form: Form) -> tuple[tuple[Form, ...], tuple[Pattern, ...]]:
    """Matrices of which N is a function, and those of them that are single products, as patterns."""
    forms = [form]
    units = {key for key in form.terms if on_diagonal(key) and not any(f for _, f, _ in key[1])}
    if 0 < len(units) < len(form.terms):  # N - c·I
        forms.append(Form(form.axes, {key: c for key, c in form.terms.items() if key not in units}))
    if form.terms:
        forms.append(content(work, forms[-1], every=True, entries=False).core)
        forms = [one for k, one in enumerate(forms) if all(one.terms != f.terms for f in forms[:k])]
    inner = _function_argument(work, form)
    forms += [] if inner is None else [inner]
    found = [_product_pattern(one) for one in forms]
    return tuple(forms), tuple(one for one in found if one is not None)


def _function_argument(work: Workspace, form: Form) -> Form | None:
    """M, where N is a matrix function or the inverse of M."""
    if len(form.terms) != 1:
        return None
    (((_, pieces), _),) = form.terms.items()
    factors = pieces[0][1] if len(pieces) == 1 else ()
    atom = work.atoms[factors[0][0]] if len(factors) == 1 else None
    if atom is None or atom.kind not in ("mfun", "inv"):
        return None
    upright = dict(pieces[0][2])[0] == factors[0][1][0]
    return atom.forms[0] if upright else arrange(work, atom.forms[0], (1, 0))


def _product_pattern(form: Form) -> Pattern | None:
    """A single product as a pattern to find in others, without its scalars."""
    if len(form.terms) != 1:
        return None
    ((key, _),) = form.terms.items()
    found = pattern(key)
    whole = found is not None and len(found.ends) == 2 and len(key[1]) == 1
    return found._replace(scalars=()) if found is not None and whole else None


FUNCTIONS = {
    "expm": MatrixFunction(lambda work, form: function(work, "expm", form), zero=1),
    "logm": MatrixFunction(inverse),
    "cosm": MatrixFunction(lambda work, form: minus(function(work, "sinm", form)), zero=1, parity=1),
    "sinm": MatrixFunction(lambda work, form: function(work, "cosm", form), zero=0, parity=-1),
}


# ---- differentials


def _directed(calculus: Calculus, tensor: Form, argument: Form) -> Form:
    """The derivative of a matrix function, an array of four axes, in the direction d(argument)."""
    change = calculus.known(argument)
    axes = tuple((size,) for size in tensor.sizes[:2])
    legs = [range(4), (2, 3)]
    return contract(calculus.work, [tensor, change], legs, tensor.sizes, (0, 1), axes)


def _differential(calculus: Calculus, atom: Atom) -> Form:
    """The derivative of expm, logm or sqrtm."""
    argument = matrix(atom.forms[0], 1)
    return _directed(calculus, derivative(calculus.work, atom.holds(str), argument), argument)


def _power_differential(calculus: Calculus, atom: Atom) -> Form:
    """The sum of X^i·dX·X^(k-1-i) over i from 0 to k-1."""
    base, k = atom.holds(Power)
    argument = single(calculus.work, base)
    return _directed(calculus, derivative(calculus.work, "pow", argument, k), argument)


def _beyond(calculus: Calculus, atom: Atom) -> Form:
    raise Undecided("a second derivative of a function of a matrix")


# ---- the same with other arguments


def _rebuilt_series(rebuilder: Rebuilder, atom: Atom, args: tuple[Form, ...]) -> Form:
    """All powers, with what is known of their weights."""
    work, argument = rebuilder.work, matrix(args[0])
    known = atom.knows(Series)
    for uid in known.slopes if known is not None else ():
        weights = work.atoms[uid].holds(Weights)
        if weights.name == "sylvester":
            solution(work, argument, argument)
        else:
            derivative(work, weights.name, argument, weights.exponent)
    return on_legs(atom, series(work, argument))


def _rebuilt(rebuilder: Rebuilder, atom: Atom, args: tuple[Form, ...]) -> Form:
    return on_legs(atom, function(rebuilder.work, atom.holds(str), matrix(args[0])))


# ---- words


def _applied(work: Workspace, tensor: Form, args: Args) -> Form:
    """An array of four axes, and what it makes of a matrix."""
    if len(tensor.sizes) != 4:
        raise Undecided("a matrix with joined axes")
    if not args:
        return tensor
    for one, other in zip(tensor.axes[2:], args[0].axes, strict=True):
        agree(one, other)
    return contract(work, [tensor, args[0]], [range(4), (2, 3)], tensor.sizes, (0, 1), tensor.axes[:2])


def _derivative(work: Workspace, e: Expr, args: Args) -> Form:
    if e.op == "dpow":
        at = derivative(work, "pow", args[0], exponent_of(work, args[1]))
        return _applied(work, at, args[2:])
    return _applied(work, derivative(work, e.op[1:], args[0]), args[1:])


THEORIES = {
    "mfun": Theory(root, differential=_differential, rebuilt=_rebuilt),
    "mpow": Theory(
        power_law,
        differential=_power_differential,
        inside=lambda atom: iter((atom.holds(Power).base,)),
    ),
    "series": Theory(commuted, differential=_beyond, rebuilt=_rebuilt_series),
    "weights": Theory(closed),
}
WORDS: Words = {
    **dict.fromkeys((*FUNCTIONS, "sqrtm"), lambda work, e, args: function(work, e.op, args[0])),
    **dict.fromkeys((*(f"d{name}" for name in FUNCTIONS), "dpow"), _derivative),
    "sylvester": lambda work, e, args: _applied(work, solution(work, *args[:2]), args[2:]),
}
