"""A network as an expression: the shortest matrix notation, or an index sum where none will do."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from gradproof.calculus.network.contraction import Array, Contraction, outer
from gradproof.calculus.network.directional import fold
from gradproof.calculus.network.hadamard import hadamard
from gradproof.calculus.network.letters import letters
from gradproof.calculus.network.matrix_chains import token
from gradproof.calculus.network.network import ONE, Factor, Join, Network
from gradproof.calculus.network.pieces import Piece
from gradproof.calculus.network.products import Scalars, assemble
from gradproof.calculus.network.selectors import put, select, take_places
from gradproof.calculus.network.softmax import soft
from gradproof.calculus.network.source_order import place
from gradproof.calculus.network.triangles import masks
from gradproof.calculus.network.windows import name_windows
from gradproof.expressions.nodes import Axes, Expr
from gradproof.operators.blocks import flipped, masked
from gradproof.operators.build import (
    T,
    apply,
    einsum,
    eye,
    had,
    ones,
    reshape,
    size,
    zeros,
)
from gradproof.operators.properties import symmetric

_LETTERS = "ijklpqrstuvwxyzabcdefghmnoABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Parts(NamedTuple):
    """coefficient · Π scalar^power · arrays on their wires."""

    coefficient: Fraction
    scalars: Scalars
    arrays: list[Array]


def turned(e: Expr) -> Expr:
    """The transpose of a factor; a triangle of ones is one on the other side."""
    return e if symmetric(e) else flipped(e) if masked(e) else T(e)


def _grouped(net: Network) -> tuple[Scalars, dict[tuple[int, ...], list[tuple[Expr, Fraction]]]]:
    """Scalar factors, and array factors that hang on the same wires in one orientation."""
    scalars: Scalars = {}
    groups: dict[tuple[int, ...], list[tuple[Expr, Fraction]]] = {}
    for expr, legs, exponent in net.factors:
        if not legs:
            scalars[expr] = scalars.get(expr, Fraction(0)) + exponent
            continue
        if legs not in groups and legs[::-1] in groups:
            legs, expr = legs[::-1], turned(expr)
        groups.setdefault(legs, []).append((_turned(expr) if expr.row else expr, exponent))
    return scalars, groups


def parts(net: Network, legs: Sequence[int]) -> Parts | None:
    """Contract a network whose axes `legs` go out; None where matrix notation ends."""
    net.settle()
    while masks(net):
        net.settle()
    fold(net, legs, read_term)
    out = [net.find(leg) for leg in legs]
    select(net, out)
    out = [net.find(leg) for leg in legs]
    scalars, groups = _grouped(net)
    if _live_joins(net, out) or any(len(wires) > 2 for wires in groups):
        return None
    work = Contraction(_pieces(groups, out), out, {w: net.sizes[w] for w in net.sizes})
    if not work.run():
        return None
    arrays = work.arrays()
    if arrays is None:
        return None
    for loose in _loose_labels(net, groups, out):
        work.scalars.append(size(net.sizes[loose]))
    found = Parts(net.coefficient * work.coefficient, scalars, arrays)
    for scalar in work.scalars:
        found = _absorb(found, scalar)
    return found


def _absorb(found: Parts, scalar: Expr) -> Parts:
    """A contracted scalar among the others; its own numbers and signs join the coefficient."""
    coefficient = found.coefficient
    if scalar.op == "neg":
        coefficient, scalar = -coefficient, scalar.args[0]
    if scalar.op == "num" and isinstance(scalar.data[0], Fraction):
        return found._replace(coefficient=coefficient * scalar.data[0])
    found.scalars[scalar] = found.scalars.get(scalar, Fraction(0)) + 1
    return found._replace(coefficient=coefficient)


def _pieces(groups: dict[tuple[int, ...], list[tuple[Expr, Fraction]]], out: Sequence[int]) -> list[Piece]:
    pieces: list[Piece] = []
    uses: dict[int, int] = {wire: 1 for wire in out}
    for wires, items in groups.items():
        for wire in wires:
            uses[wire] = uses.get(wire, 0) + (len(items) if len(wires) == 1 else 1)
    for wires, items in groups.items():
        for together in _split(wires, items, uses):
            end = wires[1] if len(wires) == 2 else None
            pieces.append(Piece([token(hadamard(together))], wires[0], end))
    return pieces


def _split(
    wires: tuple[int, ...], items: list[tuple[Expr, Fraction]], uses: dict[int, int]
) -> list[list[tuple[Expr, Fraction]]]:
    """What hangs together is one Hadamard product; x'*x, x'*y and A:B are pairs instead."""
    alone = all(uses[wire] == (len(items) if len(wires) == 1 else 1) for wire in wires)
    if alone and len(wires) <= 2 and (wires[0] != wires[-1] or len(wires) == 1):
        flat = [e for e, p in items for _ in range(int(p)) if p.denominator == 1 and p > 0]
        if len(flat) == 2 and sum(p for _, p in items) == 2 and all(p > 0 for _, p in items):
            return [[(e, Fraction(1))] for e in flat]
    return [items]


def _live_joins(net: Network, out: Sequence[int]) -> list[Join]:
    used = {wire for factor in net.factors for wire in factor.legs} | set(out)
    live: list[Join] = []
    while more := [join for join in net.joins if join.label in used and join not in live]:
        live += more  # a part may be joined itself, as in kron(A, vec(X))
        used |= {part for join in more for part in join.parts}
    return live


def _loose_labels(
    net: Network, groups: dict[tuple[int, ...], list[tuple[Expr, Fraction]]], out: Sequence[int]
) -> list[int]:
    """Summed labels on which nothing hangs: each counts its size."""
    used = {wire for wires in groups for wire in wires} | set(out)
    joined = {join.label for join in net.joins}
    return [w for w in net.sizes if net.find(w) == w and w not in used and w not in joined]


class Term(NamedTuple):
    """coefficient · Π scalar^power · core (None for a scalar)."""

    coefficient: Fraction
    scalars: Scalars
    core: Expr | None


def read_term(net: Network, legs: Sequence[int], row: bool = False) -> Term:
    """The network as one term whose axes are `legs`; a row vector if asked."""
    term = _read(net, legs)
    return term._replace(core=_turned(term.core)) if row and term.core is not None else term


def _read(net: Network, legs: Sequence[int]) -> Term:
    nothing = Term(Fraction(0), {}, None)
    if not net.coefficient:
        return nothing
    net.settle()
    select(net, [net.find(leg) for leg in legs])
    if not net.coefficient:
        return nothing
    name_windows(net, [net.find(leg) for leg in legs], readback)
    goal, places = take_places(net, [net.find(leg) for leg in legs])
    if places:
        inner = read_term(net, goal)
        core = inner.core if inner.core is not None else ones(*(net.sizes[leg] for leg in goal))
        return inner._replace(core=put(core, places))
    found = parts(net, legs)
    if not net.coefficient:
        return nothing
    out = [net.find(leg) for leg in legs]
    term = _matrix_term(net, found, out)
    if term is not None:
        return softened(term)
    return _open_joins(net, out) or _rejoined(net, out) or _index_form(net, out)


def _matrix_term(net: Network, found: Parts | None, out: list[int]) -> Term | None:
    """What is contracted, in matrix notation; None where that ends."""
    core = matrix_form(net, found.arrays, out) if found is not None and out else None
    return None if found is None or (out and core is None) else Term(found.coefficient, found.scalars, core)


def softened(term: Term) -> Term:
    """A term with softmax where an exponential is divided by its own sum."""
    scalars, core = soft(term.scalars, term.core)
    return Term(term.coefficient, scalars, core)


def readback(net: Network, legs: Sequence[int], row: bool = False) -> Expr:
    """The network as an expression whose axes are `legs`."""
    axes = tuple(net.sizes[leg] for leg in legs)
    found = read_term(net, legs, row)
    return assemble(*found) if found.coefficient else zeros(*axes, row=row)


def matrix_form(net: Network, arrays: list[Array], out: list[int]) -> Expr | None:
    """The arrays on their wires as one vector or matrix."""
    on = {wire: (e, ends) for e, ends in arrays for wire in ends}
    if len(out) == 1:
        return on[out[0]][0] if out[0] in on else ones(net.sizes[out[0]])
    if len(out) != 2:
        return None
    i, j = out
    if i == j:
        if i not in on:
            return eye(net.sizes[i])
        e, ends = on[i]
        return apply("diag", e) if len(ends) == 1 else None
    if i in on and len(on[i][1]) == 2:
        e, ends = on[i]
        return e if ends == (i, j) else turned(e)
    if i not in on and j not in on:
        return ones(net.sizes[i], net.sizes[j])
    left = on[i][0] if i in on else ones(net.sizes[i])
    right = on[j][0] if j in on else ones(net.sizes[j])
    return outer(left, right)


def _open_joins(net: Network, out: list[int]) -> Term | None:
    """vec(…) or kron(…) where a joined axis goes out and nothing else hangs on it."""
    joins = {join.label: join for join in _live_joins(net, out)}
    used = {wire for factor in net.factors for wire in factor.legs}
    if not joins or len(set(out)) < len(out) or any(label in used or label not in out for label in joins):
        return None
    word, axes = _joined_word([joins[label].parts if label in joins else (label,) for label in out])
    if not word:
        return None
    before = dict(net.sizes), net.joins
    net.joins = [join for join in net.joins if join.label not in joins]
    net.sizes = {wire: dim for wire, dim in net.sizes.items() if net.find(wire) not in joins}
    made = _scaled_word(net, word, axes)
    if made is None:
        net.sizes, net.joins = before
    return made


def _joined_word(axes: Sequence[tuple[int, ...]]) -> tuple[str, list[tuple[int, ...]]]:
    """Which word has such axes, and those of its arguments: one pair is a vec, pairs on all axes a kron."""
    if any(len(axis) != 2 for axis in axes):
        return "", []
    if len(axes) == 1:
        return "vec", [axes[0][::-1]]
    return "kron", [tuple(axis[k] for axis in axes) for k in (0, 1)]


def _scaled_word(net: Network, word: str, axes: Sequence[tuple[int, ...]]) -> Term | None:
    found = parts(net, [wire for part in axes for wire in part])
    if found is None:
        return None
    args = []
    for wires in axes:
        here = [a for a in found.arrays if set(a[1]) & {net.find(w) for w in wires}]
        if any(not set(a[1]) <= {net.find(w) for w in wires} for a in here):
            return None
        core = matrix_form(net, here, [net.find(w) for w in wires])
        if core is None:
            return None
        args.append(core)
    return Term(found.coefficient, found.scalars, apply(word, *args))


def _rejoined(net: Network, out: list[int]) -> Term | None:
    """Joined axes kept whole: what hangs on the parts becomes a vec, an outgoing pair a reshape."""
    bare = net.copy()
    bare.settle()
    goal = list(out)
    for label, pieces in open_axes(bare, out).items():
        hanging = [f for f in bare.factors if set(f.legs) & set(pieces)]
        if not hanging and list(pieces) == out[::-1]:
            goal = [label]
        elif set(pieces) & set(out) or not _stack(bare, label, pieces, hanging):
            return None
        bare.joins = [join for join in bare.joins if join.label != label]
        bare.sizes = {wire: dim for wire, dim in bare.sizes.items() if wire not in pieces}
    if goal == out and bare.factors == net.factors:
        return None
    term = _matrix_term(bare, parts(bare, goal), goal)
    if term is None or term.core is None or goal == out:
        return term
    return term._replace(core=reshaped(term.core, tuple(net.sizes[wire] for wire in out)))


def _stack(net: Network, label: int, pieces: Sequence[int], hanging: list[Factor]) -> bool:
    """What hangs on the two parts of a joined axis, and on nothing else, as a vec on the whole axis."""
    if len(pieces) != 2 or not hanging or not all(set(f.legs) <= set(pieces) for f in hanging):
        return False
    inner = net.copy()
    inner.factors, inner.joins, inner.coefficient = hanging, [], ONE
    inner.sizes = {wire: inner.sizes[wire] for wire in pieces}
    made = readback(inner, [pieces[1], pieces[0]])
    net.factors = [f for f in net.factors if f not in hanging]
    net.factors.append(Factor(apply("vec", made), (label,), ONE))
    return True


def _index_form(net: Network, out: list[int]) -> Term:
    """An einsum; factors whose joined axes are taken apart are reshaped first (columns first)."""
    net.settle()
    joins = open_axes(net, out)
    factors: list[Array] = []
    numbers: Scalars = {}
    for factor in sorted(net.factors, key=lambda f: (-len(f.legs), place(f.expr))):
        if not factor.legs:
            numbers[factor.expr] = numbers.get(factor.expr, Fraction(0)) + factor.power
            continue
        e, legs = apart(net, factor, joins)
        factors.append((hadamard([(e, factor.power)]), legs))
    flat = [part for wire in out for part in _pieces_of(wire, joins)]
    loose = _loose_labels(net, {legs: [] for _, legs in factors}, [*out, *flat])
    coefficient, scalars, arrays = _shortened(net, Parts(net.coefficient, numbers, factors), flat)
    args, wires = [e for e, _ in arrays], [legs for _, legs in arrays]
    final = _outgoing(net, flat, args, wires)
    for label in loose:
        scalars[size(net.sizes[label])] = scalars.get(size(net.sizes[label]), Fraction(0)) + 1
    if not args:
        return Term(coefficient, scalars, None)
    core = _indexed(args, wires, final)
    if len(flat) != len(out):
        core = reshaped(core, tuple(net.sizes[wire] for wire in out))
    return Term(coefficient, scalars, core)


def _indexed(args: list[Expr], wires: list[tuple[int, ...]], final: list[int]) -> Expr:
    """Arrays on their wires as an einsum, or what is shorter: one array, products entry by entry."""
    free = letters(_LETTERS)
    named = {wire: next(free) for wire in dict.fromkeys(wire for legs in (final, *wires) for wire in legs)}
    distinct = len(set(final)) == len(final)
    if distinct and all(list(legs) == final for legs in wires) and not any(e.row for e in args[1:]):
        return had(*args)
    if len(args) == 1 and len(final) == 2 and distinct and list(wires[0]) == final[::-1]:
        return _turned(args[0])
    spec = ",".join("".join(named[w] for w in legs) for legs in wires)
    return einsum(f"{spec}->{''.join(named[w] for w in final)}", *args)


def _shortened(net: Network, found: Parts, flat: Sequence[int]) -> Parts:
    """The factors with what matrices can say said by matrices: V_rq V_rj is (V'V)_qj."""
    large = [array for array in found.arrays if len(array[1]) > 2]
    groups: dict[tuple[int, ...], list[tuple[Expr, Fraction]]] = {}
    for e, legs in found.arrays:
        if len(legs) > 2:
            continue
        if legs not in groups and legs[::-1] in groups:
            legs, e = legs[::-1], turned(e)
        groups.setdefault(legs, []).append((T(e) if e.row else e, ONE))
    kept = list(dict.fromkeys([*flat, *(wire for _, legs in large for wire in legs)]))
    work = Contraction(_pieces(groups, kept), kept, dict(net.sizes))
    work.run()
    arrays = [*large, *work.left()]
    short = Parts(found.coefficient * work.coefficient, found.scalars, arrays)
    for scalar in work.scalars:
        short = _absorb(short, scalar)
    return short


def _outgoing(net: Network, flat: list[int], args: list[Expr], wires: list[tuple[int, ...]]) -> list[int]:
    """The labels of the result, each once: an output that stands twice needs an identity between its
    two labels, one that no array carries needs ones."""
    final: list[int] = []
    for wire in flat:
        if wire not in final:
            final.append(wire)
            continue
        final.append(net.label(net.sizes[wire]))
        args.append(eye(net.sizes[wire]))
        wires.append((wire, final[-1]))
    for wire in final:
        if not any(wire in legs for legs in wires):
            args.append(ones(net.sizes[wire]))
            wires.append((wire,))
    return final


def open_axes(net: Network, out: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The joined axes in use, with their parts."""
    return {join.label: join.parts for join in _live_joins(net, out)}


def _pieces_of(wire: int, joins: dict[int, tuple[int, ...]]) -> list[int]:
    """The parts of an axis, the fastest first, also where a part is joined itself: kron(A, vec(X))."""
    if wire not in joins:
        return [wire]
    return [piece for part in reversed(joins[wire]) for piece in _pieces_of(part, joins)]


def apart(net: Network, factor: Factor, joins: dict[int, tuple[int, ...]]) -> tuple[Expr, tuple[int, ...]]:
    """A factor with its joined axes taken apart by a reshape (columns first), and its labels then."""
    legs = tuple(part for wire in factor.legs for part in _pieces_of(wire, joins))
    if len(legs) == len(factor.legs):
        return factor.expr, legs
    return reshaped(factor.expr, tuple(net.sizes[wire] for wire in legs)), legs


def _turned(e: Expr) -> Expr:
    return e.args[0] if e.op == "T" else e if symmetric(e) else T(e)


def reshaped(e: Expr, axes: Axes) -> Expr:
    """An array with other axes, columns first. Two reshapes are one, one to the axes that are there none."""
    while e.op == "reshape":
        e = e.args[0]
    if e.op == "einsum" and len(axes) < 3 and all(arg.op == "ones" for arg in e.args):
        return ones(*axes)  # ones of more than two axes are an einsum
    return e if e.axes == axes else reshape(e, *axes)
