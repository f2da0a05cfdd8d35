"""A matrix expression spelled by its entries, with a letter for each sum: X*W' is Σ_k X_ik W_jk.

Reads every linear word from its wiring. Sums of terms stay sums; a non-linear function keeps its
name around the entries of its argument. Needs `operators` and nothing above.
"""

from __future__ import annotations

from collections.abc import Iterable

from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import add, construct, div, einsum, eye, mul, neg, size
from gradproof.operators.table import OPERATORS
from gradproof.operators.wiring import Wiring, wiring

ALPHABET = "ijklpqrstuvwabcghmnoxyz"
DEEPEST = 60
Labels = tuple[int, ...]


class _Network:
    """Factors with a label for each axis, scalars in front, scalars to divide by, and a sign."""

    __slots__ = ("below", "factors", "front", "labels", "minus")

    def __init__(self, rank: int) -> None:
        self.labels = rank
        self.factors: list[tuple[Expr, Labels]] = []
        self.front: list[Expr] = []
        self.below: list[Expr] = []
        self.minus = False

    def fresh(self) -> int:
        """A label that nothing has yet."""
        self.labels += 1
        return self.labels - 1


def entry(e: Expr, indices: Iterable[str]) -> Expr:
    """The entries of e at the given letters, as an index sum.

    indices   a letter for each axis of e; letters for what is summed are chosen beside them
    returns   e itself where it has no other spelling, such as a name

    >>> str(entry(mul(X, T(W)), "ij"))
    'einsum("ik,jk->ij", X, W)'
    """
    letters = tuple(indices)
    if e.op == "add" and not e.row:
        return add(*(entry(term, letters if term.axes else ()) for term in e.args))
    if e.op == "neg" and e.args[0].op == "add" and not e.row:
        return neg(entry(e.args[0], letters))
    network = _Network(len(e.axes))
    _spread(e, tuple(range(len(e.axes))), network, DEEPEST)
    return _written(e, network, letters)


def _spread(e: Expr, labels: Labels, network: _Network, room: int) -> None:
    """Put e, with these labels on its axes, into the network."""
    wires = None if e.op in ("eye", "ones") or room <= 0 else wiring(e)
    if e.op == "neg":
        network.minus = not network.minus
        _spread(e.args[0], labels, network, room - 1)
    elif e.op == "div":
        network.below.append(e.args[1])
        _spread(e.args[0], labels, network, room - 1)
    elif wires is not None and _simple(wires):
        _wire(e, wires, labels, network, room)
    elif e.axes:
        network.factors.append((_function(e), labels))
    else:
        network.front.append(_function(e))


def _simple(wires: Wiring) -> bool:
    return all(len(axis) == 1 for legs in (*wires.inputs, wires.output) for axis in legs)


def _wire(e: Expr, wires: Wiring, labels: Labels, network: _Network, room: int) -> None:
    known: dict[int, int] = {}
    deltas: list[tuple[Expr, Labels]] = []
    network.below.extend(map(size, wires.divide))
    for axis, label in zip(wires.output, labels, strict=True):
        if axis[0] not in known:
            known[axis[0]] = label
        else:
            deltas.append((eye(wires.sizes[axis[0]]), (known[axis[0]], label)))
    for legs, arg in zip(wires.inputs, e.args, strict=True):
        for axis in legs:
            if axis[0] not in known:
                known[axis[0]] = network.fresh()
        _spread(arg, tuple(known[axis[0]] for axis in legs), network, room - 1)
    for constant, places in wires.constants:
        for label in places:
            if label not in known:
                known[label] = network.fresh()
        network.factors.append((constant, tuple(known[label] for label in places)))
    network.factors.extend(deltas)


def _function(e: Expr) -> Expr:
    """A non-linear function of one array, with the array spelled by entries."""
    word = OPERATORS.get(e.op)
    if e.row or not (e.op == "map" or (word is not None and word.slope)):
        return e
    inner = e.args[0]
    return construct(e, (entry(inner, ALPHABET[: len(inner.axes)]),))


def _written(e: Expr, network: _Network, letters: tuple[str, ...]) -> Expr:
    out = _contracted(e, network, letters)
    scaled = mul(*network.front, *out) if network.front or out else None
    assert scaled is not None  # an expression has at least one factor or one scalar
    if network.below:
        scaled = div(scaled, mul(*network.below))
    return neg(scaled) if network.minus else scaled


def _contracted(e: Expr, network: _Network, letters: tuple[str, ...]) -> list[Expr]:
    factors = network.factors
    if not factors:
        return []
    if len(factors) == 1 and factors[0][1] == tuple(range(len(letters))):
        return [factors[0][0]]
    names = dict(enumerate(letters))
    pool = (letter for letter in ALPHABET if letter not in letters)
    dims: dict[int, Dim] = {}
    for factor, labels in factors:
        dims.update(zip(labels, factor.axes, strict=True))
        for label in labels:
            if label not in names:
                names[label] = next(pool, "")
    if "" in names.values() or len(set(letters)) < len(letters):
        return [e]  # more sums than letters: leave it in matrix notation
    inputs = ",".join("".join(names[label] for label in labels) for _, labels in factors)
    return [einsum(f"{inputs}->{''.join(letters)}", *(factor for factor, _ in factors))]
