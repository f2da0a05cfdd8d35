"""Nodes in documents: what they hold besides their arguments, and whether their parts fit."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from gradproof.expressions import dims
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Axes, Expr
from gradproof.operators import blocks as structure
from gradproof.operators import build
from gradproof.operators.sized_operators import NODES, remade
from gradproof.operators.table import OPERATORS


def put_size(dim: Dim) -> object:
    """A size: a number, a symbol, or a list of terms [coefficient, symbol, …]."""
    if dim.number is not None or dim.symbol is not None:
        return dim.plain
    return [[coefficient, *monomial] for monomial, coefficient in dim.terms]


def put(item: object) -> object:
    """What a node holds besides its arguments; sizes, alone or as bounds of an index, as `put_size` says."""
    if isinstance(item, tuple) and all(isinstance(part, Dim) for part in item):
        return [put_size(part) for part in item]
    if isinstance(item, Dim):
        return put_size(item)
    return str(item) if isinstance(item, Fraction) else item


def _placed(op: str) -> Callable[[tuple[Any, ...], tuple[Expr, ...], Axes], Expr | None]:
    return lambda data, args, axes: remade(op, args, data)


def _triangle(op: str) -> Callable[[tuple[Any, ...], tuple[Expr, ...], Axes], Expr | None]:
    return lambda data, args, axes: structure.triangle(op, args[0], *data) if len(args) == 1 else None


STRUCTURE: dict[str, Callable[[tuple[Any, ...], tuple[Expr, ...], Axes], Expr | None]] = {
    "slice": lambda data, args, axes: (
        structure.at(args[0], *data) if len(args) == 1 and len(data) == len(args[0].axes) else None
    ),
    "hcat": lambda data, args, axes: structure.cat("hcat", *args),
    "vcat": lambda data, args, axes: structure.cat("vcat", *args),
    **{op: _triangle(op) for op in structure.TRIANGLES},
    "unit": lambda data, args, axes: structure.unit(data[0], axes[0]) if len(axes) == 1 else None,
    "commutation": lambda data, args, axes: structure.commutation(*data) if not args else None,
    **{op: _placed(op) for op in NODES},
}


def fits(op: str, args: tuple[Expr, ...], data: tuple[Any, ...], axes: Axes, row: bool) -> bool:
    """Whether a node has the axes that its operator gives to these arguments."""
    if op in _FREE:
        return not args and _FREE[op](axes) and (not row or op in ("name", "zeros"))
    if op in STRUCTURE:
        made = STRUCTURE[op](data, args, axes)
        return made is not None and made.axes == axes and made.row == row
    if op == "reshape":
        return len(args) == 1 and _entries(args[0].axes) is _entries(axes) and not row
    if op in ("call", "gradof"):
        return build.fits_unknown(args, data, axes, row)
    if op in _BUILT:
        arity, builder = _BUILT[op]
        made = builder(*data, *args) if arity in (0, len(args)) and args else None
    else:
        made = build.apply(op, *args) if op in OPERATORS and args else None
    return made is not None and made.axes == axes and made.row == row


def _entries(axes: Axes) -> Dim:
    total = dims.number(1)
    for dim in axes:
        total = total * dim
    return total


def _einsum(spec: str, *args: Expr) -> Expr | None:
    inputs, _, output = spec.partition("->")
    return build.einsum(spec, *args) if set(output) <= set(inputs) - {","} else None


def _map(function: str, order: int, e: Expr) -> Expr:
    return build.fmap(function, e, order)


_FREE: dict[str, Callable[[Axes], bool]] = {
    "name": lambda axes: True,
    "ones": lambda axes: True,
    "zeros": lambda axes: bool(axes),
    "eye": lambda axes: len(axes) == 2 and axes[0] is axes[1],
} | dict.fromkeys(("num", "size", "pi"), lambda axes: not axes)
_BUILT: dict[str, tuple[int, Callable[..., Expr | None]]] = {  # how many arguments (0: any), who builds it
    "add": (0, build.add), "mul": (0, build.mul), "had": (0, build.had),
    "einsum": (0, _einsum), "frob": (2, build.frob), "div": (2, build.div),
    "hdiv": (2, build.hdiv), "pow": (2, build.power), "hpow": (2, build.hpow), "neg": (1, build.neg),
    "slope": (1, build.slope), "map": (1, _map), "d": (1, build.d), "partial": (2, build.partial),
    "derivative": (2, build.derivative),
}  # fmt: skip
