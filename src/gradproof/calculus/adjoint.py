"""Carry a linear operator across the Frobenius product.

There is one law. A linear operator sums products of entries over wires; its adjoint in one argument
is the same sum with that argument's wires and the result's wires exchanged. Every rule by which
factors cross ":" is an instance, and `name_of` says which, in the words people use.
"""

from __future__ import annotations

from fractions import Fraction

from gradproof.calculus.network.directional import is_applied, tensor_of
from gradproof.calculus.network.from_expression import spread
from gradproof.calculus.network.network import Factor, Network
from gradproof.calculus.network.to_expression import readback, reshaped
from gradproof.expressions.nodes import Expr
from gradproof.expressions.sentences import Sentence, law, say
from gradproof.operators.blocks import CATS
from gradproof.operators.build import T, size
from gradproof.operators.wiring import Wiring, part_wiring, wiring


def adjoint(cotangent: Expr, e: Expr, k: int) -> Expr:
    """The A with  cotangent : e = A : e.args[k],  for e linear in its k-th argument.

    Has the shape of that argument.
    """
    net = Network()
    arg = e.args[k]
    if e.op == "reshape":
        back = reshaped(cotangent, arg.axes)
        return T(back) if arg.row else back
    above = spread(net, cotangent)
    if e.op == "neg":
        net.times(-1)
        return readback(net, above, arg.row)
    if e.op == "add":  # a scalar that is added to every entry collects them all
        return readback(net, above if arg.axes else [], arg.row)
    if e.op in ("div", "hdiv"):
        below = spread(net, e.args[1], _MINUS)
        for a, b in zip(above, below, strict=False):
            net.merge(a, b)
        return readback(net, above if arg.axes else [], arg.row)
    if is_applied(e):
        i, j, p, q = net.box(tensor_of(e))
        for leg, label in zip((i, j), above, strict=True):
            net.merge(leg, label)
        return readback(net, [p, q])
    return _across(net, above, e, k)


def _across(net: Network, above: list[int], e: Expr, k: int) -> Expr:
    """The same sum with the wires of one argument and those of the result exchanged."""
    arg, stack = e.args[k], e.op in CATS
    wires = part_wiring(e, k) if stack else wiring(e)
    assert wires is not None, e.op
    where = _bind_output(net, wires, above)
    for place, (other, legs) in enumerate(zip(e.args, wires.inputs, strict=not stack)):
        if place != k and not stack:
            for axis, label in zip(legs, spread(net, other), strict=True):
                _bind(net, where, axis[0], label)
    for dim in wires.divide:
        spread(net, size(dim), _MINUS)
    for constant, labels in wires.constants:
        for label in labels:
            if label not in where:
                where[label] = net.label(wires.sizes[label])
        net.factors.append(Factor(constant, tuple(where[label] for label in labels), Fraction(1)))
    out = []
    for axis in wires.inputs[0 if stack else k]:
        for wire in axis:
            if wire not in where:
                where[wire] = net.label(wires.sizes[wire])
        out.append(net.axis(tuple(where[wire] for wire in axis)))
    _count_free_wires(net, wires, where)
    return readback(net, out, arg.row)


def _bind(net: Network, where: dict[int, int], wire: int, label: int) -> None:
    if wire in where:
        net.merge(where[wire], label)
    else:
        where[wire] = label


def _bind_output(net: Network, wires: Wiring, above: list[int]) -> dict[int, int]:
    """Put the cotangent on the result's wires; a joined axis is taken apart."""
    where: dict[int, int] = {}
    for axis, label in zip(wires.output, above, strict=True):
        if len(axis) == 1:
            _bind(net, where, axis[0], label)
            continue
        fresh = tuple(net.label(wires.sizes[wire]) for wire in axis)
        net.join(label, fresh)
        for wire, part in zip(axis, fresh, strict=True):
            _bind(net, where, wire, part)
    return where


def _count_free_wires(net: Network, wires: Wiring, where: dict[int, int]) -> None:
    """Wires of the sum on which nothing hangs are summed all the same: each counts its size."""
    for wire, dim in wires.sizes.items():
        if wire not in where:
            where[wire] = net.label(dim)


_LEFT = law("C:(A*B) = (A'*C):B", "C:(A B) = (AᵀC):B")
_RIGHT = law("C:(A*B) = (C*B'):A", "C:(A B) = (C Bᵀ):A")
_BOTH = law("C:(A*X*B) = (A'*C*B'):X", "C:(A X B) = (Aᵀ C Bᵀ):X")
_EITHER = law("C:(A*B) = (A'*C):B = (C*B'):A", "C:(A B) = (AᵀC):B = (C Bᵀ):A")
LEFT_FACTOR = say("a left factor crosses “:” transposed, {}", _LEFT)
RIGHT_FACTOR = say("a right factor crosses “:” transposed, {}", _RIGHT)
BOTH_SIDES = say("factors on both sides cross “:” transposed, {}", _BOTH)
EITHER_FACTOR = say("factors cross “:” transposed, {}", _EITHER)
OWN_TRANSPOSE = say("a scalar is its own transpose, {}", law("y'*x = x'*y", "yᵀx = xᵀy"))


def _only_there(same: str, part: str) -> Sentence:
    return say("{}, only the {} meets anything", law(same, same), part)


def name_of(e: Expr, k: int) -> tuple[str, str]:
    """The id of the rule that moves `e` (argument k inside) across ":", and why it holds."""
    if e.op == "mul":
        left = any(arg.axes for arg in e.args[:k])
        right = any(arg.axes for arg in e.args[k + 1 :])
        if left and right:
            return "frob-both", BOTH_SIDES
        if left:
            return "frob-left", LEFT_FACTOR
        if right:
            return "frob-right", RIGHT_FACTOR
        return "frob-scale", "a scalar factor may stand anywhere"
    if is_applied(e):
        return "frob-named", f"{e.op} is linear in its last argument, and its adjoint is {e.op} transposed"
    return _NAMES.get(e.op, ("frob-adjoint", f"{e.op} is linear: its adjoint crosses “:”"))


_MINUS = Fraction(-1)
_NAMES = {
    "T": ("frob-transpose", say("transpose both sides, {}", law("A:B = A':B'", "A:B = Aᵀ:Bᵀ"))),
    "had": (
        "frob-hadamard",
        say(
            "an elementwise factor crosses “:” as it is, {}",
            law("A:(B.*C) = (A.*B):C", "A:(B⊙C) = (A⊙B):C"),
        ),
    ),
    "tr": ("frob-trace", say("a trace is a Frobenius product, {}", law("tr(A'*B) = A:B", "tr(AᵀB) = A:B"))),
    "frob": ("frob-scale", "a scalar factor may stand anywhere"),
    "hdiv": ("frob-hadamard", "an elementwise divisor crosses “:” as it is"),
    "neg": ("frob-scale", "a sign may stand anywhere"),
    "div": ("frob-scale", "a scalar factor may stand anywhere"),
    "add": ("frob-split", "“:” is linear in each side"),
    "sum": ("frob-sum", "a sum of entries is a Frobenius product with ones"),
    "mean": ("frob-sum", "a mean is a Frobenius product with ones, over their number"),
    "rowsum": ("frob-rowsum", "every entry of a row takes the factor of its row"),
    "colsum": ("frob-colsum", "every entry of a column takes the factor of its column"),
    "rowmean": ("frob-rowsum", "every entry of a row takes the factor of its row"),
    "colmean": ("frob-colsum", "every entry of a column takes the factor of its column"),
    "diag": ("frob-diag", _only_there("A:diag(v) = diag(A):v", "diagonal")),
    "diagonal": ("frob-diag", _only_there("v:diag(A) = diag(v):A", "diagonal")),
    "vec": ("frob-vec", "stacking columns changes no product of entries"),
    "reshape": ("frob-reshape", "another order of axes changes no product of entries"),
    "kron": ("frob-kron", "block by block, each block is a multiple of one factor"),
    "slice": ("frob-slice", "the other entries meet nothing: zeros stand there"),
    "hcat": ("frob-stack", "each part of a stack meets its own part of the other side"),
    "vcat": ("frob-stack", "each part of a stack meets its own part of the other side"),
    "triu": ("frob-triangle", _only_there("A:triu(B) = triu(A):B", "triangle")),
    "tril": ("frob-triangle", _only_there("A:tril(B) = tril(A):B", "triangle")),
    "cumsum": ("frob-cumsum", "an entry is in every sum from its own place on"),
    "einsum": ("frob-einsum", "exchange the argument's letters and the result's"),
}  # fmt: skip
