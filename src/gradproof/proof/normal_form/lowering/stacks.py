"""Entrywise functions of stacks: a function of an array made of parts is made of the functions of the
parts, Σ S'S = I over the selectors S of a partition.
"""

from __future__ import annotations

from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.operators.blocks import ONE, selector, unit
from gradproof.proof.normal_form.atoms.constants import Places, constant_atom, places
from gradproof.proof.normal_form.terms.collect import contract
from gradproof.proof.normal_form.terms.data import Form, Workspace
from gradproof.proof.normal_form.terms.entrywise import Function
from gradproof.proof.normal_form.terms.sums import plus_forms, single


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
