"""Inverse and powers of square matrices.

The inverse of a product is split where every factor is square; what is left is an atom that holds
its frozen argument, with a leading term by which inv(N)·N becomes the identity.
"""

from __future__ import annotations

from fractions import Fraction

from gradproof.proof.normal_form.atoms.matrix_powers import Power, matrix_power_atom
from gradproof.proof.normal_form.atoms.powers import reciprocal
from gradproof.proof.normal_form.atoms.recomposition import Factored, inverse_factor, inverted
from gradproof.proof.normal_form.terms.arguments import take_apart
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.collect import arrange, contract
from gradproof.proof.normal_form.terms.common_factors import content, order
from gradproof.proof.normal_form.terms.data import (
    Atom,
    Calculus,
    Form,
    Key,
    Network,
    Piece,
    Rebuilder,
    Terms,
    Theory,
    Words,
    Workspace,
)
from gradproof.proof.normal_form.terms.exponents import Exponent, Linear, tidy, times
from gradproof.proof.normal_form.terms.matching import Lead, Pattern, find, pattern, remove
from gradproof.proof.normal_form.terms.products import (
    freeze_matrix,
    identity,
    matmul,
    matrix,
    on_diagonal,
    segments,
    square,
)
from gradproof.proof.normal_form.terms.rewriting import expand
from gradproof.proof.normal_form.terms.sums import atom_product, entrywise, minus, number_power, single


def inverse(work: Workspace, form: Form) -> Form:
    """inv of a matrix, 1/x of a scalar."""
    if not form.axes:
        return reciprocal(work, form)
    size = square(form)
    if not form.terms:
        raise Undecided("the inverse of zero")
    if size is not None and all(on_diagonal(key) for key in form.terms):
        return _diagonal_inverse(work, form)
    common = content(work, form, every=True, entries=False)
    c, _ = number_power(work, common.coefficient, -1)
    scale = atom_product(work, (), (), c, (), [(uid, times(-1, e)) for uid, e in common.scalars])
    parts = segments(work, common.core, size) if size is not None else None
    if parts is None:
        split = _split_kronecker(work, common.core)
        if split is not None:
            return entrywise(work, split, scale)
        return entrywise(work, _inverse_atom(work, common.core), scale)
    out: Form | None = None
    for part in reversed(parts):
        here = _segment_inverse(work, part)
        out = here if out is None else matmul(work, out, here)
    assert out is not None
    return entrywise(work, out, scale)


def _split_kronecker(work: Workspace, form: Form) -> Form | None:
    """inv(kron(A, B)) = kron(inv(A), inv(B)): each part has one row index and the column index beside it."""
    count = len(form.axes[0])
    if len(form.terms) != 1 or count < 2:
        return None
    (((_, pieces), _),) = form.terms.items()
    if any(len(outs) != 2 or outs[1][0] != outs[0][0] + count for _, _, outs in pieces):
        return None
    parts, legs = [], []
    for sizes, factors, outs in pieces:
        (p, v), (q, w) = outs
        moved = Piece(sizes, factors, ((0, v), (1, w)))
        if form.sizes[p] is not form.sizes[q]:
            return None
        parts.append(inverse(work, Form(((form.sizes[p],), (form.sizes[q],)), {((), (moved,)): 1})))
        legs.append((p, q))
    return contract(work, parts, legs, form.sizes, range(2 * count), form.axes)


def _diagonal_inverse(work: Workspace, form: Form) -> Form:
    size = form.sizes[0]
    vector = contract(work, [form], [(0, 0)], [size], [0], ((size,),))
    return contract(work, [reciprocal(work, vector)], [(0,)], [size], [0, 0], form.axes)


def _segment_inverse(work: Workspace, form: Form) -> Form:
    """The inverse of a factor of a product."""
    (((_, pieces), _),) = form.terms.items()
    if on_diagonal(((), pieces)):
        return _diagonal_inverse(work, form)
    if len(pieces) == 1 and len(pieces[0][1]) == 1 and pieces[0][1][0][2] == 1:
        uid, vertices, _ = pieces[0][1][0]
        atom = work.atoms[uid]
        first_is_row = dict(pieces[0][2])[0] == vertices[0]
        order_ = (0, 1) if first_is_row else (1, 0)
        if atom.kind == "inv":
            return Form(form.axes, arrange(work, atom.forms[0], order_).terms)
        if atom.kind == "name" and atom.extra == "orthogonal":
            return Form(form.axes, arrange(work, form, (1, 0)).terms)
        if atom.kind == "mpow":
            base, e = atom.holds(Power)
            back = single(work, _power_uid(work, base, times(-1, e)))
            return Form(form.axes, arrange(work, back, order_).terms)
    return _inverse_atom(work, form)


def _power_uid(work: Workspace, base: int, e: Exponent) -> int:
    assert isinstance(e, Linear)
    return matrix_power_atom(work, base, e)


def _inverse_atom(work: Workspace, form: Form) -> Form:
    frozen = freeze_matrix(work, form)
    atom, new = work.atom("inv", len(form.axes[0]), (frozen.form,), frozen.form.sizes)
    if new:
        atom.slots = frozen.slots
        if len(form.axes[0]) == 1:
            atom.special = True
            atom.extra = lead(work, frozen.form, frozen.slots is not None)
    return atom_product(work, form.axes, [(atom.uid, frozen.positions, 1)])


def lead(work: Workspace, form: Form, symmetric: bool) -> Lead | None:
    """A connected term to divide by, largest first, that is contained in no other term."""
    able = [key for key in form.terms if len(key[1]) == 1 and not on_diagonal(key)]
    able.sort(key=lambda key: (len(key[1][0][1]), order(work, key)), reverse=True)
    for key in able[:3]:
        what = pattern(key)
        others = [k for k in form.terms if k != key]
        if what is None or any(_contains(work, form, other, what) for other in others):
            continue
        turned = symmetric and arrange(work, Form(form.axes, {key: 1}), (1, 0)).terms == {key: 1}
        return Lead(form.terms[key], what, tuple((k, form.terms[k]) for k in others), turned)
    return None


def _contains(work: Workspace, form: Form, key: Key, what: Pattern) -> bool:
    """True where a term begins or ends with the pattern, so that dividing by it would not end."""
    net = Network(form.sizes, (), 1)
    net.insert(key, (0, 1))
    net.factors = [(uid, tuple(net.find(v) for v in vs), e) for uid, vs, e in net.factors]
    bare = Pattern((), what.factors, what.ends, what.inner)
    return any(find(work, net, bare, {what.ends[p]: q}) is not None for p in (0, 1) for q in (0, 1))


# ---- powers


def matrix_power(work: Workspace, form: Form, e: Exponent) -> Form:
    """form^e for a square matrix."""
    square(form)
    if isinstance(e, int):
        if e == 0:
            return identity(work, form.axes)
        if abs(e) > 64:
            raise Undecided("a high power of a matrix")
        work.room(len(form.terms) ** abs(e))
        base = form if e > 0 else inverse(work, form)
        out = base
        for _ in range(abs(e) - 1):
            out = matmul(work, out, base)
        return out
    if not isinstance(e, Linear):
        raise Undecided("a fractional power of a matrix")
    return _symbolic_power(work, form, e)


def _symbolic_power(work: Workspace, form: Form, e: Linear) -> Form:
    if len(form.terms) != 1 or len(form.sizes) != 2:
        raise Undecided("a symbolic power of a sum")
    parts = take_apart(work, form)
    bare = parts.coefficient == 1 and not parts.scalars  # a matrix has whole powers only
    if parts.bundles or parts.deltas or len(parts.surface) != 1 or not (e.whole or bare):
        raise Undecided("a symbolic power of this matrix")
    uid, positions, x = parts.surface[0]
    if x != 1 or len(positions) != 2 or positions[0] == positions[1]:
        raise Undecided("a symbolic power of this matrix")
    c, roots = number_power(work, parts.coefficient, e)
    scalars = [*roots, *((s, times(y, e)) for s, y in parts.scalars)]
    atom = matrix_power_atom(work, uid, e)
    return atom_product(work, form.axes, [(atom, positions, 1)], c, (), scalars)


# ---- laws


def _inverse(work: Workspace, net: Network, index: int, atom: Atom) -> Terms | None:
    """inv(N)·lead = (I - inv(N)·rest)/c, and the same on the other side."""
    lead = atom.knows(Lead)
    _, legs, e = net.factors[index]
    paired = inverse_factor(work, net, index, atom) or beside(work, net, index, atom)
    if paired is not None:
        return paired
    if lead is None or e != 1 or len(legs) != 2:
        return None
    sides = [(1, 0, 1), (0, 1, 0)]  # joint leg, pattern's end at the joint, its far end
    if atom.slots is not None and not lead.turned:
        sides = [(1, 0, 1), (0, 0, 1)]
    for leg, near, far in sides:
        found = _cancel(work, net, index, lead, leg, near, far)
        if found is not None:
            return found
    return None


def beside(work: Workspace, net: Network, index: int, atom: Atom) -> Terms | None:
    """L'·inv(N) = inv(L) and inv(L)·N = L' for the factor L of N."""
    found = inverted(work, atom) if atom.kind == "inv" else (atom, False)
    if found is None or net.factors[index][2] != 1:
        return None
    leg, known = int(found[1]), found[0].knows(Factored)
    if known is None:
        return None
    near, product = (known.lead, known.turned) if atom.kind == "inv" else (known.inverse_lead, known.back)
    if near is None or product is None:
        return None
    for one, other in ((0, 1), (1, 0)):
        made = _cancel(work, net, index, near, leg, one, other, product)
        if made is not None:
            return made
    return None


def _cancel(
    work: Workspace, net: Network, index: int, lead: Lead, leg: int, near: int, far: int,
    product: Form | None = None,
) -> Terms | None:  # fmt: skip
    """A matrix beside the leading term of another; `product`: of the two matrices, the identity if None."""
    uid, legs, _ = net.factors[index]
    joint, other = legs[leg], legs[1 - leg]
    if joint in net.outs or joint == other:
        return None
    match = find(work, net, lead.pattern, {lead.pattern.ends[near]: joint}, keep=index)
    if match is None or not _all_used(net, index, joint, match.used):
        return None
    end = match.where[lead.pattern.ends[far]]
    if end == joint:
        return None
    base = remove(net, match, lead.pattern, also=index)
    base.coefficient = tidy(Fraction(base.coefficient) / lead.coefficient)
    made = base.copy()
    made.sizes[joint] = None  # the joint is gone, it is not a free index
    if product is None:
        made.join(other, end)
        out = [made]
    else:
        out = expand(work, made, product, (other, end))
    for key, c in lead.rest:
        new = base.copy(-c)
        new.factors.append((uid, legs, 1))
        new.insert(key, (joint, end) if near == 0 else (end, joint))
        out.append(new)
    return out


def _all_used(net: Network, index: int, joint: int, used: dict[int, Exponent]) -> bool:
    """True where nothing but the inverse and the matched network stands at the joint."""
    for other, (_, vertices, _) in enumerate(net.factors):
        if other != index and joint in vertices and used.get(other, 1) != 0:
            return False
    return True


# ---- differential


def _differential(calculus: Calculus, atom: Atom) -> Form:
    """d inv(N) = -inv(N)·dN·inv(N)."""
    work, argument = calculus.work, atom.forms[0]
    change = matrix(calculus.known(argument), atom.holds(int))
    here = single(work, atom.uid, change.axes)
    out = minus(matmul(work, matmul(work, here, change), here))
    return Form(tuple((size,) for size in atom.sizes), out.terms)


def _rebuilt(rebuilder: Rebuilder, atom: Atom, args: tuple[Form, ...]) -> Form:
    return Form(args[0].axes, inverse(rebuilder.work, matrix(args[0], atom.holds(int))).terms)


THEORIES = {"inv": Theory(_inverse, differential=_differential, rebuilt=_rebuilt)}
WORDS: Words = {"inv": lambda work, e, args: inverse(work, args[0])}
