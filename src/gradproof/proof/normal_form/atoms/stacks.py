"""Entrywise functions of stacks: a function of an array made of parts is made of the functions of the
parts, Σ S'S = I over the selectors S of a partition.
"""

from __future__ import annotations

from collections.abc import Callable

from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.operators.blocks import ONE, selector, unit
from gradproof.proof.normal_form.atoms.logarithms import exp, log
from gradproof.proof.normal_form.atoms.names import unknown_entrywise
from gradproof.proof.normal_form.atoms.pointwise import FUNCTIONS, cos, sin, step
from gradproof.proof.normal_form.atoms.powers import power
from gradproof.proof.normal_form.atoms.selectors import Places, constant_atom, places
from gradproof.proof.normal_form.terms.collect import contract
from gradproof.proof.normal_form.terms.data import Atom, Form, Workspace
from gradproof.proof.normal_form.terms.exponents import Exponent
from gradproof.proof.normal_form.terms.sums import plus_forms, single

Function = Callable[[Workspace, Form], Form]


def by_parts(work: Workspace, form: Form, function: Function) -> Form:
    """A function, part by part where the argument is a stack along some axis."""
    if any(len(axis) != 1 for axis in form.axes):
        return function(work, form)
    for position, size in enumerate(form.sizes):
        cut = _partition(_found(work, form, position), size)
        if cut is not None:
            parts = [_part(work, form, position, size, bound, function) for bound in cut]
            return plus_forms(work, *parts)
    return function(work, form)


def _found(work: Workspace, form: Form, position: int) -> set[Places]:
    """The ranges that selectors put on one axis."""
    found: set[Places] = set()
    for _, pieces in form.terms:
        for _, factors, outs in pieces:
            here = {v for p, v in outs if p == position}
            for uid, vertices, _ in factors:
                bound = places(work.atoms[uid])
                if bound is not None and vertices[-1] in here:
                    found.add(bound)
    return found


def _partition(found: set[Places], size: Dim) -> list[Places] | None:
    """The ranges and the gaps between them, in order; None where their order is not certain."""
    if not found:
        return None
    left, start = set(found), ONE
    out: list[Places] = []
    while left:
        here = [bound for bound in left if bound[0] is start]
        if len(here) > 1 or (not here and len(left) > 1):
            return None
        bound = here[0] if here else next(iter(left))
        if not here:
            out.append((start, bound[0] - ONE))
        out.append(bound)
        left.discard(bound)
        start = bound[-1] + ONE
    if start is not size + ONE:
        out.append((start, size))
    return out


def _part(work: Workspace, form: Form, position: int, size: Dim, bound: Places, function: Function) -> Form:
    """S' f(S N)."""
    leaf = _leaf(size, bound)
    axes = tuple((n,) for n in leaf.axes)
    constant = single(work, constant_atom(work, leaf, leaf.axes), axes)
    sizes = list(form.sizes)
    outs = list(range(len(sizes)))
    legs = [position]
    if len(bound) == 2:
        sizes.append(leaf.axes[0])
        legs = [len(sizes) - 1, position]
    short = [legs[0] if v == position else v for v in outs if v != position or len(bound) == 2]
    narrow = contract(work, [form, constant], [outs, legs], sizes, short, tuple((sizes[v],) for v in short))
    value = by_parts(work, narrow, function)
    return contract(work, [value, constant], [short, legs], sizes, outs, form.axes)


def _leaf(size: Dim, bound: Places) -> Expr:
    return unit(bound[0], size) if len(bound) == 1 else selector(size, bound[0], bound[1])


def part_of(work: Workspace, atom: Atom, leg: int, leaf: Expr, e: Exponent) -> Form | None:
    """A part of a function of an array, to a power: the function of the part. None for other atoms.

    Axes: the legs of the atom, the one in question shorter or gone.
    """
    function = _functions(atom)
    if function is None or len(atom.forms) != 1:
        return None
    sizes = list(atom.forms[0].sizes)
    form = Form(tuple((size,) for size in sizes), atom.forms[0].terms)
    constant = single(work, constant_atom(work, leaf, leaf.axes), tuple((n,) for n in leaf.axes))
    legs = [leg]
    outs = list(range(len(sizes)))
    if len(leaf.axes) == 2:
        sizes.append(leaf.axes[0])
        legs = [len(sizes) - 1, leg]
    short = [legs[0] if v == leg else v for v in outs if v != leg or len(leaf.axes) == 2]
    narrow = contract(work, [form, constant], [outs, legs], sizes, short, tuple((sizes[v],) for v in short))
    value = function(work, narrow)
    return value if e == 1 else power(work, value, e)


def _functions(atom: Atom) -> Function | None:
    if atom.kind == "map":
        name, order = atom.data
        return lambda work, form: unknown_entrywise(work, name, order, form)
    if atom.kind == "form":
        return lambda work, form: form
    return _ENTRYWISE.get(atom.kind)


_ENTRYWISE: dict[str, Function] = {
    "exp": exp, "log": log, "step": step, "sin": sin, "cos": cos,
    **{kind: FUNCTIONS[kind] for kind in ("sign", "erf", "atan", "asin")},
}  # fmt: skip
