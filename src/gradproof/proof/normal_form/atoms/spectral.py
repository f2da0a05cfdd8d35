"""Pseudoinverse, singular values and vectors, eigenvalues and eigenvectors of symmetric matrices."""

from __future__ import annotations

from fractions import Fraction

from gradproof.expressions.dims import Dim
from gradproof.proof.normal_form.atoms.names import orthogonal
from gradproof.proof.normal_form.atoms.powers import reciprocal
from gradproof.proof.normal_form.atoms.recomposition import Recomposed, recomposed
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.collect import arrange, contract, scaled
from gradproof.proof.normal_form.terms.data import (
    Atom,
    Axes,
    Calculus,
    Form,
    Network,
    Rebuilder,
    Terms,
    Theory,
    Words,
    Workspace,
)
from gradproof.proof.normal_form.terms.products import identity, matmul, matrix, on_legs
from gradproof.proof.normal_form.terms.sums import atom_product, entrywise, filled, minus, plus_forms, single

SPECTRAL = (
    "norm_nuc", "norm_spec", "polar", "spec_uv", "eigvals", "eigvecs", "svdvals", "svd_u", "svd_v",
)  # fmt: skip


GRADIENT = {"norm_nuc": "polar", "norm_spec": "spec_uv"}


# ---- pseudoinverse


def pseudoinverse(work: Workspace, form: Form) -> Form:
    """pinv of a matrix or vector."""
    if len(form.axes) == 1:
        total = contract(work, [form, form], [(0,), (0,)], form.sizes, (), ())
        return entrywise(work, form, reciprocal(work, total))
    if not form.terms or any(len(axis) != 1 for axis in form.axes):
        raise Undecided("the pseudoinverse of this matrix")
    frozen, positions, slots = _upright(work, form)
    atom, new = work.atom("pinv", None, (frozen,), frozen.sizes)
    if new:
        atom.slots = slots
    return atom_product(work, form.axes[::-1], [(atom.uid, positions[::-1], 1)])


def _upright(work: Workspace, form: Form) -> tuple[Form, tuple[int, int], tuple[int, int] | None]:
    """A matrix or its transpose, the smaller one, where its axes are, and whether they may be swapped."""
    if len(form.axes) != 2 or any(len(axis) != 1 for axis in form.axes):
        raise Undecided("a function of a matrix with joined axes")
    straight, turned = arrange(work, form, (0, 1)), arrange(work, form, (1, 0))
    first, second = straight.frozen(work), turned.frozen(work)
    if straight.sizes == turned.sizes and first == second:
        return straight, (0, 1), (0, 0)
    if (first, str(straight.sizes)) <= (second, str(turned.sizes)):
        return straight, (0, 1), None
    return turned, (1, 0), None


def pseudoinverse_change(work: Workspace, form: Form, change: Form) -> Form:
    """d pinv(N) by Golub and Pereyra, for constant rank; the axes of N."""
    p = pseudoinverse(work, form)
    turn = arrange(work, p, (1, 0)), arrange(work, change, (1, 0))
    back, rotated = (Form(form.axes, turn[0].terms), Form(form.axes[::-1], turn[1].terms))
    left = _without(work, matmul(work, form, p))
    right = _without(work, matmul(work, p, form))
    terms = [
        minus(matmul(work, matmul(work, p, change), p)),
        matmul(work, matmul(work, matmul(work, p, back), rotated), left),
        matmul(work, matmul(work, matmul(work, right, rotated), back), p),
    ]
    out = plus_forms(work, *terms)
    return Form(form.axes, arrange(work, out, (1, 0)).terms)


def _without(work: Workspace, form: Form) -> Form:
    """I - form."""
    return plus_forms(work, identity(work, form.axes), minus(form))


# ---- singular values and eigenvalues


def spectral(work: Workspace, name: str, form: Form) -> Form:
    """Norms, values and vectors of singular values, polar; eigenvalues and vectors of a symmetric matrix."""
    frozen, positions, slots = _upright(work, form)
    size = frozen.sizes[0]
    sizes: tuple[Dim, ...] = {"norm_nuc": (), "norm_spec": (), "eigvals": (size,)}.get(name, frozen.sizes)
    if name.startswith("svd"):  # these depend on which axis is which
        frozen, positions, slots = arrange(work, form, (0, 1)), (0, 1), None
        rows, columns = frozen.sizes
        sizes = {"svdvals": (columns,), "svd_u": (rows, columns), "svd_v": (columns, columns)}[name]
    atom, new = work.atom("spectral", name, (frozen,), sizes)
    if new:
        atom.positive = name.startswith("norm") or name == "svdvals"
        atom.special = name in ("eigvecs", "svd_u", "svd_v")
        atom.slots = slots if name in ("polar", "spec_uv") else None
        atom.extra = _recomposed(work, name, form, slots is not None)
    if name in ("polar", "spec_uv"):
        return atom_product(work, form.axes, [(atom.uid, positions, 1)])
    return single(work, atom.uid)


def _recomposed(work: Workspace, name: str, form: Form, symmetric: bool) -> Recomposed | None:
    """What vectors make with the values and with each other: U·diag(s)·V' = N, U·V' = polar(N)."""
    if name == "svd_u":
        values, others = (spectral(work, word, form) for word in ("svdvals", "svd_v"))
        return Recomposed(_uid(values), _uid(others), form, spectral(work, "polar", form))
    if name == "eigvecs" and symmetric:
        return Recomposed(_uid(spectral(work, "eigvals", form)), None, form, None)
    return None


def _uid(form: Form) -> int:
    (((_, pieces), _),) = form.terms.items()
    return pieces[0][1][0][0]


def spectral_change(work: Workspace, name: str, form: Form, change: Form) -> Form:
    """The differentials where singular values and eigenvalues are simple: u'·dN·v, v'·dN·v."""
    sizes = form.sizes
    if name == "eigvals":
        vectors = spectral(work, "eigvecs", form)
        legs = [(0, 2), (0, 1), (1, 2)]
        return contract(work, [vectors, change, vectors], legs, [*sizes, sizes[0]], (2,), ((sizes[0],),))
    if name == "svdvals":
        sides = [spectral(work, "svd_u", form), change, spectral(work, "svd_v", form)]
        legs = [(0, 2), (0, 1), (1, 2)]
        return contract(work, sides, legs, [*sizes, sizes[1]], (2,), ((sizes[1],),))
    if name == "eigvecs":
        return _vectors_change(work, form, change)
    if name not in GRADIENT:
        raise Undecided(f"the derivative of {name}")
    gradient = spectral(work, GRADIENT[name], form)
    return contract(work, [gradient, change], [(0, 1), (0, 1)], sizes, (), ())


def _vectors_change(work: Workspace, form: Form, change: Form) -> Form:
    """dv_k = Σ v_j (v_j'·dN·v_k)/(λ_k - λ_j) over the other eigenvectors, dN made symmetric."""
    n = form.sizes[0]
    axes: Axes = ((n,), (n,))
    v, values = spectral(work, "eigvecs", form), spectral(work, "eigvals", form)
    unit = identity(work, axes)
    gaps = [contract(work, [values], [(k,)], [n, n], (0, 1), axes) for k in (1, 0)]
    below = reciprocal(work, plus_forms(work, gaps[0], minus(gaps[1]), unit))
    turned = Form(axes, arrange(work, change, (1, 0)).terms)
    moved = scaled(plus_forms(work, Form(axes, change.terms), turned), Fraction(1, 2))
    back = Form(axes, arrange(work, v, (1, 0)).terms)
    inside = matmul(work, matmul(work, back, moved), v)
    weights = entrywise(work, below, plus_forms(work, filled(work, axes), minus(unit)))
    return matmul(work, v, entrywise(work, weights, inside))


# ---- law and differentials


def _vectors(work: Workspace, net: Network, index: int, atom: Atom) -> Terms | None:
    """Orthonormal columns; of a square matrix also orthonormal rows."""
    found = recomposed(work, net, index, atom)
    return found or orthogonal(work, net, index, atom, places=(0,) if atom.data == "svd_u" else (0, 1))


def _pseudoinverse(calculus: Calculus, atom: Atom) -> Form:
    argument = matrix(atom.forms[0], 1)
    change = matrix(calculus.known(atom.forms[0]), 1)
    out = pseudoinverse_change(calculus.work, argument, change)
    return Form(tuple((size,) for size in atom.sizes), out.terms)


def _spectral(calculus: Calculus, atom: Atom) -> Form:
    argument = matrix(atom.forms[0], 1)
    change = matrix(calculus.known(atom.forms[0]), 1)
    return spectral_change(calculus.work, atom.holds(str), argument, change)


def _rebuilt_pseudoinverse(rebuilder: Rebuilder, atom: Atom, args: tuple[Form, ...]) -> Form:
    """Its legs are those of its argument."""
    work = rebuilder.work
    return on_legs(atom, arrange(work, pseudoinverse(work, matrix(args[0])), (1, 0)))


def _rebuilt(rebuilder: Rebuilder, atom: Atom, args: tuple[Form, ...]) -> Form:
    return on_legs(atom, spectral(rebuilder.work, atom.holds(str), matrix(args[0])))


THEORIES = {
    "pinv": Theory(differential=_pseudoinverse, rebuilt=_rebuilt_pseudoinverse),
    "spectral": Theory(_vectors, differential=_spectral, rebuilt=_rebuilt),
}
WORDS: Words = {
    "pinv": lambda work, e, args: pseudoinverse(work, args[0]),
    **dict.fromkeys(SPECTRAL, lambda work, e, args: spectral(work, e.op, args[0])),
}
