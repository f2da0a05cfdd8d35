"""Functions of square matrices in the normal form: expm, logm, sqrtm, their derivatives, pinv.

A derivative of f at N in the direction E is a sum of N^r·E·N^s with weights that r and s may exchange.
So it is three factors: P_ipr (entry i, p of N^r), the same for q, j, s, and the weights M_rs, over two
indices that no array has. Transposes, symmetry and the law across ":" follow from this form. Where
what stands between the two powers commutes with N, they close up: see `closing`.
"""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction

from gradproof.expressions.dims import Dim, symbol
from gradproof.proof.normal_form.atoms.commuting import Series
from gradproof.proof.normal_form.atoms.logarithms import times_form
from gradproof.proof.normal_form.atoms.matrices import (
    freeze_matrix,
    identity,
    inverse,
    matmul,
    matrix_power,
    on_diagonal,
    square,
)
from gradproof.proof.normal_form.atoms.powers import reciprocal
from gradproof.proof.normal_form.atoms.triangles import Recomposed
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.collect import added, arrange, contract, scaled
from gradproof.proof.normal_form.terms.common_factors import content, order
from gradproof.proof.normal_form.terms.data import Axes, Form, Workspace
from gradproof.proof.normal_form.terms.exponents import Exponent, plus
from gradproof.proof.normal_form.terms.matching import Pattern, pattern
from gradproof.proof.normal_form.terms.sums import (
    atom_product,
    entrywise,
    filled,
    minus,
    number,
    plus_forms,
    single,
)

ORDER = symbol("ω")  # of the index that counts powers of a matrix


def function(work: Workspace, name: str, form: Form) -> Form:
    """expm, logm or sqrtm of a square matrix."""
    if square(form) is None:
        raise Undecided("a function of a matrix with joined axes")
    if not form.terms:
        if name == "expm":
            return identity(work, form.axes)
        raise Undecided(f"{name} of zero")
    if name == "expm" and _negative(work, form):
        return inverse(work, function(work, name, minus(form)))
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
    if name == "sqrtm":
        root = function(work, name, form)
        return solution(work, root, root)
    if name == "pow" and isinstance(e, int):
        return _written_out(work, form, e)
    weights: Hashable = (name, e) if name == "pow" else name
    return _tensor(work, weights, form, form, slope(work, name, form, e))


def solution(work: Workspace, a: Form, b: Form) -> Form:
    """The array T of Sylvester's equation: Z = T(C) where A·Z + Z·B = C."""
    same = a.axes == b.axes and a.frozen(work) == b.frozen(work)
    half = slope(work, "sylvester", a, 1) if same else None
    return _tensor(work, "sylvester", a, b, half)


def slope(work: Workspace, name: str, form: Form, e: Exponent) -> Form | None:
    """f'(N), which is the derivative in directions that commute with N; None where it is not known."""
    try:
        if name == "expm":
            return function(work, name, form)
        if name == "logm":
            return inverse(work, form)
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


def _tensor(work: Workspace, weights: Hashable, a: Form, b: Form, closed: Form | None) -> Form:
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
        known: Series = work.atoms[uid].extra
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
    if len(form.terms) == 1:
        (((_, pieces), _),) = form.terms.items()
        factors = pieces[0][1] if len(pieces) == 1 else ()
        atom = work.atoms[factors[0][0]] if len(factors) == 1 else None
        if atom is not None and atom.kind in ("mfun", "inv"):
            upright = dict(pieces[0][2])[0] == factors[0][1][0]
            forms.append(atom.forms[0] if upright else arrange(work, atom.forms[0], (1, 0)))
    patterns = []
    for one in forms:
        if len(one.terms) == 1:
            ((key, _),) = one.terms.items()
            found = pattern(key)
            if found is not None and len(found.ends) == 2 and len(key[1]) == 1:
                patterns.append(found._replace(scalars=()))
    return tuple(forms), tuple(patterns)


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


SPECTRAL = (
    "norm_nuc", "norm_spec", "polar", "spec_uv", "eigvals", "eigvecs", "svdvals", "svd_u", "svd_v",
)  # fmt: skip
GRADIENT = {"norm_nuc": "polar", "norm_spec": "spec_uv"}
