"""Determinants: multiplicative over square factors, and the same for I + A·B and I + B·A.

Of det(I + L), for a product L, the smallest arrangement among the turned products is kept; where L has
rank one, it is 1 + tr(L).
"""

from __future__ import annotations

from gradproof.expressions.dims import Dim
from gradproof.proof.normal_form.atoms.inverses import inverse
from gradproof.proof.normal_form.atoms.logarithms import log_absolute
from gradproof.proof.normal_form.atoms.names import Named
from gradproof.proof.normal_form.atoms.powers import reciprocal
from gradproof.proof.normal_form.terms.arguments import take_apart
from gradproof.proof.normal_form.terms.collect import contract
from gradproof.proof.normal_form.terms.common_factors import content
from gradproof.proof.normal_form.terms.data import Atom, Calculus, Form, Theory, Words, Workspace
from gradproof.proof.normal_form.terms.exponents import Exponent, Number, linear, plus, times
from gradproof.proof.normal_form.terms.products import (
    Chain,
    chain,
    freeze_matrix,
    identity,
    matmul,
    matrix,
    segments,
    square,
)
from gradproof.proof.normal_form.terms.settling import size_atom
from gradproof.proof.normal_form.terms.sums import (
    atom_product,
    entrywise,
    number,
    number_power,
    plus_forms,
    single,
)

LONGEST_TURNED = 8


def determinant(work: Workspace, form: Form) -> Form:
    """det: multiplicative over square factors; a number c comes out as c^n."""
    size = square(form)
    if size is None or not form.terms:
        return _determinant_atom(work, form)
    unit, core = _scale(work, form)
    ((monomial, c),) = unit.terms.items()
    n = size_exponent(work, size)
    value, roots = number_power(work, c, n)
    scalars = [*roots, *((uid, times(e, n)) for uid, e in monomial[0])]
    out = atom_product(work, (), (), value, (), scalars)
    turned = _beside_identity(work, core, size)
    if turned is not None:
        return entrywise(work, out, turned)
    for part in segments(work, core, size) or [core]:
        out = entrywise(work, out, _segment_determinant(work, part))
    return out


def _scale(work: Workspace, form: Form) -> tuple[Form, Form]:
    """A scalar of one term, and the matrix without it: the multiple of the identity in a sum of two
    terms, else what all terms have in common."""
    ((unit, _),) = identity(work, form.axes).terms.items()
    for (scalars, pieces), c in form.terms.items():
        if len(form.terms) == 2 and pieces == unit[1]:
            scale = Form((), {(scalars, ()): c})
            return scale, entrywise(work, form, reciprocal(work, scale))
    common = content(work, form, every=True, entries=False)
    return atom_product(work, (), (), common.coefficient, (), common.scalars), common.core


def _beside_identity(work: Workspace, form: Form, size: Dim) -> Form | None:
    """det(I + c·L) for a single term L: 1 + c·tr(L) where L has rank one, else with L turned round."""
    one = identity(work, form.axes)
    ((unit, _),) = one.terms.items()
    if len(form.terms) != 2 or form.terms.get(unit) != 1:
        return None
    term = Form(form.axes, {key: c for key, c in form.terms.items() if key != unit})
    ((key, c),) = term.terms.items()
    if len(key[1]) == 2:
        return plus_forms(work, number(1), contract(work, [term], [(0, 0)], [size], (), ()))
    parts = chain(work, Form(term.axes, {((), key[1]): 1}), None)
    if parts is None or not 2 <= len(parts.between) <= LONGEST_TURNED:
        return None
    scale = Form((), {(key[0], ()): c})
    return _smallest(work, [entrywise(work, turn, scale) for turn in _turns(work, parts)])


def _turns(work: Workspace, parts: Chain) -> list[Form]:
    """The product, begun at each of its joints in turn (first and last joint being one)."""
    around = [*parts.on[:-1]]
    rim = parts.on[-1]
    if rim is not None:
        around[0] = rim if around[0] is None else matmul(work, rim, around[0])
    out = []
    for start in range(len(parts.between)):
        product: Form | None = None
        for step in range(len(parts.between)):
            here = (start + step) % len(parts.between)
            for factor in (around[here], parts.between[here]):
                if factor is not None:
                    product = factor if product is None else matmul(work, product, factor)
        assert product is not None
        out.append(product)
    return out


def _smallest(work: Workspace, turns: list[Form]) -> Form:
    """det(I + L) for the smallest of several L."""
    sums = [plus_forms(work, identity(work, turn.axes), turn) for turn in turns]
    best = min(sums, key=lambda form: freeze_matrix(work, form).form.frozen(work))
    return _determinant_atom(work, best)


def _segment_determinant(work: Workspace, form: Form) -> Form:
    if len(form.terms) == 1:
        (((scalars, pieces), c),) = form.terms.items()
        if c == 1 and not scalars and len(pieces) == 1:
            if not pieces[0][1] and len(pieces[0][2]) == 2:
                return number(1)
            if len(pieces[0][1]) == 1:
                atom = work.atoms[pieces[0][1][0][0]]
                if atom.kind == "inv" and pieces[0][1][0][2] == 1 and len(atom.sizes) == 2:
                    return reciprocal(work, determinant(work, matrix(atom.forms[0])))
    return _determinant_atom(work, form)


def size_exponent(work: Workspace, size: Dim) -> Exponent:
    """A size as an exponent."""
    parts: dict[tuple[tuple[int, Exponent], ...], Number] = {}
    for monomial, c in size.terms:
        powers: dict[int, Exponent] = {}
        for symbol in monomial:
            uid = size_atom(work, symbol)
            powers[uid] = plus(powers.get(uid, 0), 1)
        parts[tuple(sorted(powers.items(), key=lambda pair: pair[0]))] = c
    return linear(parts, True)


def _determinant_atom(work: Workspace, form: Form) -> Form:
    frozen = freeze_matrix(work, form)
    atom, _ = work.atom("det", len(form.axes[0]), (frozen.form,))
    atom.positive = _definite(work, form)
    return atom_product(work, (), [(atom.uid, (), 1)])


def _definite(work: Workspace, form: Form) -> bool:
    """True for a single matrix that was declared symmetric positive definite."""
    if len(form.terms) != 1 or len(form.axes[0]) != 1:
        return False
    parts = take_apart(work, form)
    if parts.bundles or parts.scalars or len(parts.surface) != 1 or parts.coefficient != 1 or parts.deltas:
        return False
    uid, positions, e = parts.surface[0]
    atom = work.atoms[uid]
    return e == 1 and len(positions) == 2 and atom.kind == "name" and "spd" in atom.holds(Named).props


# ---- differential


def _log_determinant(calculus: Calculus, atom: Atom) -> Form:
    """tr(inv(N)·dN)."""
    work, count = calculus.work, atom.holds(int)
    argument = matrix(atom.forms[0], count)
    change = calculus.known(atom.forms[0])
    turned = [*range(count, 2 * count), *range(count)]
    legs = [range(2 * count), turned]
    return contract(work, [inverse(work, argument), change], legs, argument.sizes, (), ())


def _differential(calculus: Calculus, atom: Atom) -> Form:
    value = single(calculus.work, atom.uid)
    return entrywise(calculus.work, value, _log_determinant(calculus, atom))


THEORIES = {
    "det": Theory(
        differential=_differential,
        rebuilt=lambda rebuilder, atom, args: determinant(rebuilder.work, matrix(args[0], atom.holds(int))),
    )
}
WORDS: Words = {
    "det": lambda work, e, args: determinant(work, args[0]),
    "logdet": lambda work, e, args: log_absolute(work, determinant(work, args[0])),
}
