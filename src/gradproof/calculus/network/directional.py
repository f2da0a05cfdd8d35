"""Words that are linear in their last argument alone, such as dexpm(X, E), in networks.

Without the last argument such a word is an array T of four axes, F(E)_ij = Σ T_ijpq E_pq. A network
holds T; where all that hangs on one pair of its axes makes a matrix, that matrix becomes the argument
again. On the pair (p, q) it is E itself; on (i, j) it is a cotangent C, and
C : F(…, E) = adjoint(…, C')' : E by the table. Where X and E commute, F(X, E) is a product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple, Protocol

from gradproof.calculus.network.cost import ink
from gradproof.calculus.network.exponents import minus_one
from gradproof.calculus.network.network import ONE, Factor, Network
from gradproof.elaboration.read import phrase
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import names
from gradproof.operators.build import add, apply, mul, num, zeros
from gradproof.operators.properties import number, square, symmetric
from gradproof.operators.row import LETTERS, whole_arity
from gradproof.operators.signs import facts
from gradproof.operators.table import OPERATORS


class Read(Protocol):
    """A term as `readback` gives it."""

    @property
    def coefficient(self) -> Fraction:
        """Its number."""

    @property
    def scalars(self) -> dict[Expr, Fraction]:
        """Its scalars with their powers."""

    @property
    def core(self) -> Expr | None:
        """Its array."""


Reader = Callable[[Network, Sequence[int]], Read]


class _Side(NamedTuple):
    """A pair of axes of T and what hangs on it."""

    op: str
    args: tuple[Expr, ...]
    legs: tuple[int, int]
    result: tuple[int, int]
    group: list[Factor]
    wires: set[int]


def is_applied(e: Expr) -> bool:
    """A word that is linear in its last argument, with that argument."""
    row = OPERATORS.get(e.op)
    return row is not None and bool(row.adjoint) and len(e.args) == whole_arity(row)


def is_tensor(e: Expr) -> bool:
    """Such a word without its last argument: an array of four axes."""
    row = OPERATORS.get(e.op)
    return row is not None and bool(row.adjoint) and len(e.args) + 1 == whole_arity(row)


def tensor_of(e: Expr) -> Expr:
    """The array T of F(…, E)."""
    return apply(e.op, *e.args[:-1])


def fold(net: Network, out: Sequence[int], read: Reader) -> None:
    """Make every T of a settled network a word with a matrix, as far as that can be."""
    while any(factor.power == 1 and _folded(net, factor, out, read) for factor in _tensors(net)):
        net.settle()


def _tensors(net: Network) -> list[Factor]:
    return [factor for factor in net.factors if is_tensor(factor.expr)]


def _folded(net: Network, factor: Factor, out: Sequence[int], read: Reader) -> bool:
    sides = [side for side in _sides(factor) if _collect(net, factor, side, out)]
    best: tuple[_Side, Read, Expr | None] | None = None
    for side in sides:
        term = _argument(net, side, read)
        if term.core is None:
            net.times(0)
            return False
        product = _commuting(side, term.core)
        if best is None or _rank(side, term.core, product) < _rank(best[0], best[1].core, best[2]):
            best = side, term, product
    if best is None:
        return False
    _replace(net, factor, *best)
    return True


def _rank(side: _Side, core: Expr | None, product: Expr | None) -> tuple[bool, bool, int, str]:
    """Of two matrices on T the argument is the one that commutes, or is part of X, or is shorter."""
    assert core is not None
    if product is not None:
        return False, False, 0, ""
    inside = set(names(core)) <= {name for arg in side.args for name in names(arg)}
    return True, not inside, ink(core), str(core)


def _sides(factor: Factor) -> list[_Side]:
    i, j, p, q = factor.legs
    e = factor.expr
    names = dict(zip(LETTERS, e.args, strict=False))
    hole = zeros(e.axes[1], e.axes[0])  # stands for C'
    turned = phrase(OPERATORS[e.op].adjoint, {**names, "C": hole})
    return [
        _Side(e.op, e.args, (p, q), (i, j), [], set()),
        _Side(turned.op, turned.args[:-1], (j, i), (q, p), [], set()),
    ]


def _collect(net: Network, factor: Factor, side: _Side, out: Sequence[int]) -> bool:
    """All that hangs on a pair of axes; False where it hangs on other axes, too."""
    closed = {net.find(leg) for leg in out} | set(side.result)
    closed |= {net.find(label) for join in net.joins for label in (join.label, *join.parts)}
    todo = list(side.legs)
    while todo:
        wire = todo.pop()
        if wire in closed:
            return False
        if wire in side.wires:
            continue
        side.wires.add(wire)
        for other in net.factors:
            if other is not factor and wire in other.legs and other not in side.group:
                side.group.append(other)
                todo.extend(other.legs)
    return True


def _argument(net: Network, side: _Side, read: Reader) -> Read:
    inner = net.copy()
    inner.factors, inner.joins, inner.coefficient = list(side.group), [], ONE
    inner.sizes = {wire: net.sizes[wire] for wire in side.wires}
    return read(inner, side.legs)


def _replace(net: Network, factor: Factor, side: _Side, term: Read, product: Expr | None) -> None:
    net.factors = [f for f in net.factors if f is not factor and f not in side.group]
    net.sizes = {wire: dim for wire, dim in net.sizes.items() if net.find(wire) not in side.wires}
    net.times(term.coefficient)
    net.factors.extend(Factor(scalar, (), power) for scalar, power in term.scalars.items())
    assert term.core is not None
    if product is None:
        net.factors.append(Factor(apply(side.op, *side.args, term.core), side.result, ONE))
    else:
        _chain(net, product, *side.result)


# ---- where E commutes with the matrices of the word


def _commuting(side: _Side, core: Expr) -> Expr | None:
    """F(X, E) as a product, where X and E are surely made of one matrix; None where they are not."""
    x, *rest = (arg for arg in side.args if arg.axes)
    if any(other is not x for other in rest) or not commute(core, x):
        return None
    names = dict(zip(LETTERS, side.args, strict=False))
    names["r"] = next((minus_one(e) for e in side.args if not e.axes), x)  # of an exponent, where one is
    return mul(phrase(OPERATORS[side.op].commuting, names), core)


def commute(a: Expr, b: Expr) -> bool:
    """Whether a*b = b*a for certain: both are polynomials or functions of one matrix."""
    for whole in (None, _bare(b)):
        first, second = _made_of(a, whole), _made_of(b, whole)
        if len(second) <= 1 and first <= second:
            return True
    return not _made_of(a, None)


def _bare(e: Expr) -> Expr:
    """A matrix without what commutes with everything: scalar factors, multiples of the identity."""
    if e.op in ("neg", "div"):
        return _bare(e.args[0])
    keep = [arg for arg in e.args if arg.axes]
    if e.op == "mul" and keep and len(keep) < len(e.args):
        return _bare(mul(*keep))
    keep = [arg for arg in e.args if not arg.axes or _made_of(arg, None)]
    if e.op == "add" and keep and len(keep) < len(e.args):
        return _bare(add(*keep))
    return e


def _made_of(e: Expr, whole: Expr | None) -> frozenset[Expr]:
    """The matrices of which e is a polynomial or function; `whole` is not looked into."""
    if not e.axes or e.op == "eye":
        return frozenset()
    if whole is not None and _bare(e) is whole:
        return frozenset({whole})
    spread = e.op == "add" and not all(arg.axes for arg in e.args)  # a number in every entry
    if facts(e.op).algebra and not spread and all(not arg.axes or square(arg) for arg in e.args):
        return frozenset().union(*(_made_of(arg, whole) for arg in e.args))
    if e.op == "T" and symmetric(e.args[0]):
        return _made_of(e.args[0], whole)
    return frozenset({e})


def _chain(net: Network, e: Expr, start: int, end: int) -> None:
    """Lay a product of square matrices and scalars between two wires."""
    scalars: list[tuple[Expr, int]] = []
    matrices: list[Expr] = []
    todo = [(e, 1)]
    while todo:
        part, power = todo.pop()
        if part.op == "mul" and power == 1 and all(len(a.axes) in (0, 2) for a in part.args):
            todo.extend((arg, 1) for arg in reversed(part.args))
        elif part.op == "neg" and part.axes:
            todo.extend([(part.args[0], 1), (num(-1), 1)])
        elif part.op == "div" and power == 1:
            todo.extend([(part.args[1], -1), (part.args[0], 1)])
        elif part.axes:
            matrices.append(part)
        else:
            scalars.append((part, power))
    for scalar, power in scalars:
        value = number(scalar)
        if value:
            net.times(value**power)
        else:
            net.factors.append(Factor(scalar, (), Fraction(power)))
    matrices = [matrix for matrix in matrices if matrix.op != "eye"]
    wires = [start, *(net.label(net.sizes[start]) for _ in matrices[1:]), end]
    for matrix, left, right in zip(matrices, wires, wires[1:], strict=False):
        net.factors.append(Factor(matrix, (left, right), ONE))
    if not matrices:
        net.merge(start, end)
