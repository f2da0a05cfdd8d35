"""From terms under construction to canonical terms, collected; and contraction of whole sums.

Every construction of a sum goes through here: merge, rewrite, label, collect, until nothing changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from gradproof.expressions.dims import Dim
from gradproof.proof.normal_form.terms.canonical_labelling import label
from gradproof.proof.normal_form.terms.data import (
    Axes,
    Factor,
    Form,
    Key,
    Network,
    Piece,
    Powers,
    Scalars,
    ScalarTerms,
    Workspace,
)
from gradproof.proof.normal_form.terms.exponents import Number, tidy
from gradproof.proof.normal_form.terms.rewriting import rewrite
from gradproof.proof.normal_form.terms.scalars import multiplied_out, multiply
from gradproof.proof.normal_form.terms.settling import settle, size_atom


def collect(work: Workspace, nets: list[Network], into: dict[Key, Number]) -> None:
    """Add terms to a sum, in normal form."""
    stack = nets
    while stack:
        net = stack.pop()
        work.spend(2 + len(net.factors) + len(net.scalars))
        if not settle(work, net):
            continue
        more = rewrite(work, net)
        if more is not None:
            stack.extend(more)
            continue
        found = _pieces(work, net)
        if found is None:
            continue
        pieces, closed = found
        if closed and pieces and _touched(work, net, pieces):
            stack.append(_reopened(net, pieces))
            continue
        for c, scalars in _scalar_terms(work, net):
            key = (scalars, pieces)
            total = into.get(key, 0) + c
            if total == 0:
                into.pop(key, None)
            else:
                into[key] = tidy(total)
        work.room(len(into))


def _touched(work: Workspace, net: Network, pieces: tuple[Piece, ...]) -> bool:
    """True where a rule about an open network could use the scalars that have just been found."""
    return any(
        work.atoms[uid].special and work.atoms[uid].extra is not None
        for _, factors, _ in pieces
        for uid, _, _ in factors
    )


def _reopened(net: Network, pieces: tuple[Piece, ...]) -> Network:
    sizes: list[Dim | None] = [None] * len(net.outs)
    for kinds, _, outs in pieces:
        for position, v in outs:
            sizes[position] = kinds[v]
    new = Network(sizes, range(len(net.outs)), net.coefficient)
    new.scalars, new.pending = net.scalars, net.pending
    new.insert(((), pieces), range(len(net.outs)))
    return new


# ---- networks


def _pieces(work: Workspace, net: Network) -> tuple[tuple[Piece, ...], bool] | None:
    """The labelled connected parts with outputs, and whether there were parts without (they become
    scalars of the term); None where the term is zero."""
    parts = _parts(net)
    open_parts: list[Piece] = []
    closed = False
    for vertices, factors, outs in parts:
        sign, piece = _labelled(work, net, vertices, factors, outs)
        if sign == 0:
            return None
        net.coefficient *= sign
        if outs:
            open_parts.append(piece)
        else:
            net.scalar(work.net(piece), 1)
            closed = True
    if len(open_parts) > 1:
        open_parts.sort(key=lambda piece: piece[2][0][0])
    return tuple(open_parts), closed


Part = tuple[list[int], list[Factor], list[tuple[int, int]]]


def _parts(net: Network) -> list[Part]:
    """Connected components: vertices, factors, outputs."""
    above: dict[int, int] = {}

    def root(v: int) -> int:
        while above[v] != v:
            v = above[v]
        return v

    for v in net.outs:
        above[v] = v
    for _, vertices, _ in net.factors:
        first = root(vertices[0]) if vertices[0] in above else above.setdefault(vertices[0], vertices[0])
        for v in vertices[1:]:
            if v in above:
                above[root(v)] = first
            else:
                above[v] = first
    parts: dict[int, Part] = {}
    for v in above:
        parts.setdefault(root(v), ([], [], []))[0].append(v)
    for factor in net.factors:
        parts[root(factor[1][0])][1].append(factor)
    for position, v in enumerate(net.outs):
        parts[root(v)][2].append((position, v))
    return list(parts.values())


def _labelled(
    work: Workspace, net: Network, vertices: list[int], factors: list[Factor], outs: list[tuple[int, int]]
) -> tuple[int, Piece]:
    if len(vertices) == 1:
        size = net.sizes[vertices[0]]
        assert size is not None
        rows = [(uid, (0,) * len(legs), e) for uid, legs, e in factors]
        if len(rows) > 1:
            rows.sort(key=lambda row: work.label(row[0], row[2]))
        return 1, Piece((size,), tuple(rows), tuple((position, 0) for position, _ in outs))
    number = {v: i for i, v in enumerate(vertices)}
    local = [(uid, tuple([number[v] for v in legs]), e) for uid, legs, e in factors]
    where = [(position, number[v]) for position, v in outs]
    sign, order, rows_out = label(work, len(vertices), local, where)
    sizes: list[Dim] = [Dim()] * len(vertices)
    for v, i in number.items():
        size = net.sizes[v]
        assert size is not None
        sizes[order[i]] = size
    return sign, Piece(tuple(sizes), rows_out, tuple((position, order[i]) for position, i in where))


# ---- scalars


def _scalar_terms(work: Workspace, net: Network) -> list[tuple[Number, Scalars]]:
    """The scalar part of a term in normal form: a sum."""
    todo: ScalarTerms = [(net.coefficient, net.scalars)]
    for size in net.pending:
        todo = [_sized(work, c, scalars, part) for c, scalars in todo for part in size.terms]
    done: list[tuple[Number, Scalars]] = []
    while todo:
        work.spend()
        c, scalars = todo.pop()
        more = _scalar_rule(work, c, scalars)
        if more is None:
            left = [(uid, e) for uid, e in scalars.items() if e != 0]
            left.sort(key=lambda pair: pair[0])
            done.append((c, tuple(left)))
        else:
            todo.extend(more)
    return done


def _sized(
    work: Workspace, c: Number, scalars: Powers, part: tuple[tuple[str, ...], int]
) -> tuple[Number, Powers]:
    new = dict(scalars)
    for symbol in part[0]:
        multiply(new, size_atom(work, symbol), 1)
    return c * part[1], new


def _scalar_rule(work: Workspace, c: Number, scalars: Powers) -> ScalarTerms | None:
    for uid, e in scalars.items():
        atom = work.atoms[uid]
        if uid in work.scalar_laws and isinstance(e, int) and e > 0:
            return multiplied_out(c, {**scalars, uid: e - 1}, work.scalar_laws[uid])
        if atom.special and e != 0 and atom.theory.scalar_law is not None:
            found = atom.theory.scalar_law(work, atom, e, c, scalars)
            if found is not None:
                return found
    return None


# ---- whole sums


def contract(
    work: Workspace,
    forms: Sequence[Form],
    legs: Sequence[Sequence[int]],
    sizes: Sequence[Dim],
    outs: Sequence[int],
    axes: Axes,
    scale: Number = 1,
) -> Form:
    """The sum over indices: position p of forms[k] stands on vertex legs[k][p]; outputs on `outs`."""
    expected = 1
    for form in forms:
        expected *= len(form.terms)
    work.room(expected)
    terms: dict[Key, Number] = {}
    for chosen in product(*[form.terms.items() for form in forms]):
        net = Network(sizes, outs, scale)
        for (key, c), places in zip(chosen, legs, strict=True):
            net.coefficient *= c
            net.insert(key, places)
        collect(work, [net], terms)
    return Form(axes, terms)


def added(forms: Sequence[Form], axes: Axes) -> Form:
    """The sum of sums with the same axes."""
    terms: dict[Key, Number] = {}
    for form in forms:
        for key, c in form.terms.items():
            total = terms.get(key, 0) + c
            if total == 0:
                del terms[key]
            else:
                terms[key] = tidy(total)
    return Form(axes, terms)


def scaled(form: Form, c: Number) -> Form:
    """A number times a sum."""
    if c == 1:
        return form
    return Form(form.axes, {key: tidy(c * k) for key, k in form.terms.items()} if c else {})


def arrange(work: Workspace, form: Form, order: Sequence[int]) -> Form:
    """Output p of the result is output order[p] of the form; each output an axis of its own. Outputs
    that `order` leaves out are dropped: no term may depend on them."""
    sizes = form.sizes
    kept = set(order)
    terms: dict[Key, Number] = {}
    for (scalars, pieces), c in form.terms.items():
        left = tuple(piece for piece in pieces if piece[2][0][0] in kept)
        net = Network(sizes, order, c)
        for position in range(len(sizes)):
            if position not in kept:
                net.sizes[position] = None
        net.insert((scalars, left), range(len(sizes)))
        collect(work, [net], terms)
    return Form(tuple((sizes[p],) for p in order), terms)
