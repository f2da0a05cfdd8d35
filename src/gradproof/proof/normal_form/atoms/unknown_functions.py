"""Unknown functions as atoms: entry by entry, of arrays, and their derivatives."""

from __future__ import annotations

from typing import NamedTuple

from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import positions
from gradproof.proof.normal_form.terms.arguments import frozen_atom
from gradproof.proof.normal_form.terms.collect import added, contract
from gradproof.proof.normal_form.terms.data import Args, Atom, Axes, Calculus, Form, Theory, Words, Workspace
from gradproof.proof.normal_form.terms.sums import atom_product, entrywise, single


class Entrywise(NamedTuple):
    """An unknown function entry by entry, and how often it is differentiated."""

    name: str
    order: int


class Function(NamedTuple):
    """The name of an unknown function, which arguments are rows, and the axes of its value."""

    name: str
    rows: tuple[bool, ...]
    value: Axes


class Gradient(NamedTuple):
    """The derivative of an unknown function by arguments at some positions."""

    function: Function
    positions: tuple[int, ...]


def unknown_entrywise(work: Workspace, function: str, order: int, form: Form) -> Form:
    """f.(N), or its derivative of some order."""
    uid, positions = frozen_atom(work, "map", form, Entrywise(function, order))
    return atom_product(work, form.axes, [(uid, positions, 1)])


def unknown_value(work: Workspace, function: Function, args: tuple[Form, ...]) -> Form:
    """L(Y), g(x): an unknown function of arrays."""
    axes = function[2]
    atom, _ = work.atom("call", function, args, tuple(size for axis in axes for size in axis))
    return single(work, atom.uid, axes)


def unknown_gradient(
    work: Workspace, function: Function, positions: tuple[int, ...], args: tuple[Form, ...]
) -> Form:
    """The derivatives of an unknown function by some of its arguments, at the arguments: axes of the
    value, then of the arguments in rising order of the positions, so that the order of differentiation
    does not matter."""
    positions = tuple(sorted(positions))
    axes = (*function[2], *(axis for p in positions for axis in args[p].axes))
    sizes = tuple(size for axis in axes for size in axis)
    atom, new = work.atom("gradof", Gradient(function, positions), args, sizes)
    if new:
        atom.slots = _alike(function, positions, args)
    return single(work, atom.uid, axes)


def _alike(function: Function, positions: tuple[int, ...], args: tuple[Form, ...]) -> tuple[int, ...] | None:
    """Second derivatives by one vector are symmetric: equal classes for legs that may be swapped."""
    slots = list(range(sum(map(len, function[2]))))
    first: dict[int, int] = {}
    for p in positions:
        width = len(args[p].sizes)
        here = first.setdefault(p, len(slots)) if width == 1 else len(slots)
        slots.extend([here] if width == 1 else range(here, here + width))
    return tuple(slots) if len(set(slots)) < len(slots) else None


# ---- differentials


def _map(calculus: Calculus, atom: Atom) -> Form:
    argument = atom.forms[0]
    function, order = atom.holds(Entrywise)
    slope = unknown_entrywise(calculus.work, function, order + 1, argument)
    return entrywise(calculus.work, slope, calculus.known(argument))


def _call(calculus: Calculus, atom: Atom) -> Form:
    return _unknown(calculus, atom.holds(Function), (), atom.forms)


def _gradof(calculus: Calculus, atom: Atom) -> Form:
    return _unknown(calculus, *atom.holds(Gradient), atom.forms)


def _unknown(
    calculus: Calculus, function: Function, positions: tuple[int, ...], args: tuple[Form, ...]
) -> Form:
    """Sum over the arguments of the next derivative times the change of the argument."""
    work = calculus.work
    value = [size for axis in function[2] for size in axis]
    kept = [*value, *(size for p in positions for size in args[p].sizes)]
    axes = tuple((size,) for size in kept)
    terms = []
    for position, argument in enumerate(args):
        change = calculus.known(argument)
        if not change.terms:
            continue
        gradient = unknown_gradient(work, function, (*positions, position), args)
        legs, inner = _legs(len(value), positions, position, args)
        sizes = [*kept, *argument.sizes]
        terms.append(contract(work, [gradient, change], [legs, inner], sizes, range(len(kept)), axes))
    return added(terms, axes)


def _legs(
    value: int, positions: tuple[int, ...], extra: int, args: tuple[Form, ...]
) -> tuple[list[int], list[int]]:
    """Vertices for the legs of a further derivative: those of the value, then the old ones and those of
    argument `extra` in the order in which `unknown_gradient` lists them."""
    count = value
    blocks: list[tuple[int, int, list[int]]] = []
    for rank, p in enumerate(positions):
        width = len(args[p].sizes)
        blocks.append((p, rank, list(range(count, count + width))))
        count += width
    inner = list(range(count, count + len(args[extra].sizes)))
    blocks.append((extra, len(positions), inner))
    blocks.sort(key=lambda block: block[:2])
    return [*range(value), *(v for _, _, block in blocks for v in block)], inner


# ---- words


def _value(work: Workspace, e: Expr, args: Args) -> Form:
    return unknown_value(work, _function(work, e, e.axes), args)


def _onehot(work: Workspace, e: Expr, args: Args) -> Form:
    """Rows that only places make: as little is known of them as of an unknown function."""
    axes = tuple(work.group(size) for size in e.axes)
    return unknown_value(work, Function(f"{e.op}({e.axes[1]})", (e.args[0].row,), axes), args)


def _function(work: Workspace, e: Expr, value: tuple[Dim, ...]) -> Function:
    rows = tuple(arg.row for arg in e.args)
    return Function(str(e.data[0]), rows, tuple(work.group(size) for size in value))


def _gradient(work: Workspace, e: Expr, args: Args) -> Form:
    by = positions(e)
    value = e.axes[: len(e.axes) - sum(len(e.args[p].axes) for p in by)]
    return unknown_gradient(work, _function(work, e, value), by, args)


THEORIES = {
    "map": Theory(
        differential=_map,
        entrywise=lambda work, atom, form: unknown_entrywise(work, *atom.holds(Entrywise), form),
    ),
    "call": Theory(
        differential=_call,
        rebuilt=lambda rebuilder, atom, args: unknown_value(rebuilder.work, atom.holds(Function), args),
    ),
    "gradof": Theory(
        differential=_gradof,
        rebuilt=lambda rebuilder, atom, args: unknown_gradient(rebuilder.work, *atom.holds(Gradient), args),
    ),
}
WORDS: Words = {"call": _value, "onehot": _onehot, "gradof": _gradient}
