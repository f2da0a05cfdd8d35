"""From expressions to normal form: what each operator means.

Linear operators are read off their wiring; the others have a line in a table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.operators.wiring import Legs, Wiring, part_wiring, wiring
from gradproof.proof.normal_form.atoms.constants import constant_form
from gradproof.proof.normal_form.atoms.inverses import matrix_power
from gradproof.proof.normal_form.atoms.logarithms import exp, log
from gradproof.proof.normal_form.atoms.names import axes_of, exponent_of
from gradproof.proof.normal_form.atoms.pointwise import pi
from gradproof.proof.normal_form.atoms.powers import power, reciprocal
from gradproof.proof.normal_form.atoms.table import WORDS
from gradproof.proof.normal_form.atoms.unknown_functions import unknown_entrywise
from gradproof.proof.normal_form.lowering import reductions
from gradproof.proof.normal_form.lowering.functions import FUNCTIONS
from gradproof.proof.normal_form.lowering.reshape import reshape
from gradproof.proof.normal_form.lowering.stacks import by_parts
from gradproof.proof.normal_form.terms.budget import Undecided, agree
from gradproof.proof.normal_form.terms.collect import contract, scaled
from gradproof.proof.normal_form.terms.data import Args, Axes, Form, Words, Workspace
from gradproof.proof.normal_form.terms.settling import size_atom
from gradproof.proof.normal_form.terms.sums import atom_product, entrywise, filled, number, plus_forms


def lower(work: Workspace, e: Expr, args: Args) -> Form:
    """The normal form of a node whose arguments have theirs. Names, differentials and partial
    derivatives are not here: they depend on what varies."""
    rule = RULES.get(e.op)
    if rule is not None:
        return rule(work, e, args)
    if e.op in FUNCTIONS:
        return by_parts(work, args[0], FUNCTIONS[e.op])
    wires = wiring(e)
    if wires is None:
        raise Undecided(f"{e.op} is outside the normal form")
    return _linear(work, e, wires, args)


# ---- linear operators


def _linear(work: Workspace, e: Expr, wires: Wiring, args: Args) -> Form:
    sizes: list[Dim] = []
    vertices: dict[int, list[int]] = {}

    def vertices_of(label: int, group: tuple[Dim, ...]) -> list[int]:
        found = vertices.get(label)
        if found is None:
            found = vertices[label] = list(range(len(sizes), len(sizes) + len(group)))
            sizes.extend(group)
        else:
            agree(tuple(sizes[v] for v in found), group)
        return found

    legs = [
        _legs(work, form, places, wires.sizes, vertices_of)
        for form, places in zip(args, wires.inputs, strict=True)
    ]
    for constant, labels in wires.constants:
        form = constant_form(work, constant)
        legs.append(_legs(work, form, tuple((label,) for label in labels), wires.sizes, vertices_of))
        args = (*args, form)
    outs: list[int] = []
    axes: list[tuple[Dim, ...]] = []
    for axis in wires.output:
        here = [
            v for one in axis for v in vertices.get(one) or vertices_of(one, work.group(wires.sizes[one]))
        ]
        outs.extend(here)
        axes.append(tuple(sizes[v] for v in here))
    out = contract(work, args, legs, sizes, outs, tuple(axes))
    for size in wires.divide:
        out = entrywise(work, out, reciprocal(work, size_form(work, size)))
    return out


def _legs(
    work: Workspace, form: Form, places: Legs, sizes: Mapping[int, Dim],
    vertices_of: Callable[[int, tuple[Dim, ...]], list[int]],
) -> list[int]:  # fmt: skip
    legs: list[int] = []
    for group, labels in zip(form.axes, places, strict=True):
        if len(labels) == 1:
            legs.extend(vertices_of(labels[0], group))
            continue
        apart = [work.group(sizes[label]) for label in labels]
        agree(group, tuple(size for part in apart for size in part))
        for label, part in zip(labels, apart, strict=True):
            legs.extend(vertices_of(label, part))
    return legs


def _stack(work: Workspace, e: Expr, args: Args) -> Form:
    """The sum of the parts, each with zeros around it."""
    return plus_forms(work, *(_linear(work, e, part_wiring(e, k), (form,)) for k, form in enumerate(args)))


def size_form(work: Workspace, size: Dim) -> Form:
    """A size as a number."""
    return contract(work, [], [], [size], [], ())


# ---- leaves and arithmetic


def _num(work: Workspace, e: Expr, args: Args) -> Form:
    value = e.data[0]
    assert isinstance(value, Fraction)
    return number(value.numerator if value.denominator == 1 else value)


def _size(work: Workspace, e: Expr, args: Args) -> Form:
    return atom_product(work, (), [(size_atom(work, str(e.data[0])), (), 1)])


def _add(work: Workspace, e: Expr, args: Args) -> Form:
    arrays = [form for form in args if form.axes]
    for form in arrays[1:]:
        for one, other in zip(arrays[0].axes, form.axes, strict=True):
            agree(one, other)
    return plus_forms(work, *args)


def _div(work: Workspace, e: Expr, args: Args) -> Form:
    return _entrywise(work, args[0], by_parts(work, args[1], reciprocal))


def _entrywise(work: Workspace, a: Form, b: Form) -> Form:
    if a.axes and b.axes:
        for one, other in zip(a.axes, b.axes, strict=True):
            agree(one, other)
    return entrywise(work, a, b)


def _pow(work: Workspace, e: Expr, args: Args) -> Form:
    base, exponent = args
    if e.op == "pow" and base.axes:
        return matrix_power(work, base, exponent_of(work, exponent))
    if exponent.axes or work.varies(exponent):
        return exp(work, _entrywise(work, exponent, log(work, base)))
    found = exponent_of(work, exponent)
    return by_parts(work, base, lambda work, form: power(work, form, found))


def _zeros(work: Workspace, e: Expr, args: Args) -> Form:
    return Form(axes_of(work, e), {})


def _ones(work: Workspace, e: Expr, args: Args) -> Form:
    return filled(work, axes_of(work, e))


def _eye(work: Workspace, e: Expr, args: Args) -> Form:
    axes: Axes = axes_of(work, e)
    count = len(axes[0])
    return atom_product(work, axes, (), 1, [(i, count + i) for i in range(count)])


def _map(work: Workspace, e: Expr, args: Args) -> Form:
    function, order = e.data
    assert isinstance(order, int)
    return by_parts(work, args[0], lambda work, form: unknown_entrywise(work, str(function), order, form))


RULES: Words = {
    **WORDS,
    **reductions.WORDS,
    "num": _num,
    "size": _size,
    "pi": lambda work, e, args: pi(work),
    "zeros": _zeros,
    "ones": _ones,
    "eye": _eye,
    "add": _add,
    "neg": lambda work, e, args: scaled(args[0], -1),
    "div": _div,
    "hdiv": _div,
    "pow": _pow,
    "hpow": _pow,
    "reshape": reshape,
    "hcat": _stack,
    "vcat": _stack,
    "map": _map,
}
