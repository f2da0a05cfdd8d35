"""Names and unknown functions as atoms, with what was declared about them.

`free`: the names that vary are taken as arrays without structure, as a derivative by definition needs
them (the gradient by a symmetric S treats the entries of S as independent). Declared structure is
put in afterwards by `substitution`.
"""

from __future__ import annotations

from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.proof.normal_form.terms.arguments import frozen_atom
from gradproof.proof.normal_form.terms.data import Axes, Form, Workspace
from gradproof.proof.normal_form.terms.sums import atom_product, single

STRUCTURE = frozenset({"symmetric", "spd", "antisymmetric", "diagonal", "orthogonal", "stochastic"})


def axes_of(work: Workspace, e: Expr) -> Axes:
    """The axes of an expression, composite ones split where that was asked for."""
    return tuple(work.group(size) for size in e.axes)


def structured(e: Expr) -> bool:
    """True where a name was declared to have a structure that the normal form uses."""
    return bool(STRUCTURE & set(_props(e)))


def _props(e: Expr) -> tuple[str, ...]:
    props = e.data[1]
    assert isinstance(props, tuple)
    return props


def name_form(work: Workspace, e: Expr, varies: bool, free: bool) -> Form:
    """A name as a sum of one term."""
    axes = axes_of(work, e)
    props = frozenset(_props(e))
    plain = free and varies and structured(e)
    square = len(e.axes) == 2 and e.axes[0] is e.axes[1]
    if "diagonal" in props and square and not plain and len(axes[0]) == 1:
        uid = _name_atom(work, e, (axes[0][0],), props, varies, True, False)
        return atom_product(work, axes, [(uid, (0,), 1)], 1, [(0, 1)])
    sizes = tuple(size for axis in axes for size in axis)
    rows = "stochastic" in props and bool(axes) and len(axes[-1]) == 1
    uid = _name_atom(work, e, sizes, props, varies, plain, rows)
    return single(work, uid, axes)


def _name_atom(
    work: Workspace,
    e: Expr,
    dims: tuple[Dim, ...],
    props: frozenset[str],
    varies: bool,
    plain: bool,
    rows: bool,
) -> int:
    """rows: the entries of each row sum to 1."""
    atom, new = work.atom("name", (e, props, plain), (), dims)
    if new:
        atom.varies = varies
        atom.positive = "positive" in props
        if not plain and len(dims) == 2 and dims[0] is dims[1]:
            if props & {"symmetric", "spd"}:
                atom.slots = (0, 0)
            elif "antisymmetric" in props:
                atom.slots, atom.odd = (0, 0), True
            if "orthogonal" in props:
                atom.special, atom.extra = True, "orthogonal"
        if not plain and rows and atom.slots is None and not atom.special:
            atom.special, atom.extra = True, "stochastic"
    return atom.uid


def unknown_entrywise(work: Workspace, function: str, order: int, form: Form) -> Form:
    """f.(N), or its derivative of some order."""
    uid, positions = frozen_atom(work, "map", form, (function, order))
    return atom_product(work, form.axes, [(uid, positions, 1)])


def differential_atom(work: Workspace, e: Expr, kind: str) -> int:
    """d(name): an array of its own, without structure."""
    sizes = tuple(size for axis in axes_of(work, e) for size in axis)
    return work.atom(kind, e, (), sizes)[0].uid


def whole_scalar(work: Workspace, uid: int) -> bool:
    """True for a scalar that is a whole number wherever the claim means something."""
    atom = work.atoms[uid]
    return atom.kind == "size" or (atom.kind == "name" and "integer" in atom.data[1])


# The name of an unknown function, which arguments are rows, and the axes of its value.
Function = tuple[str, tuple[bool, ...], Axes]


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
    atom, new = work.atom("gradof", (function, positions), args, sizes)
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
