"""From expressions to normal form: what each operator means.

Linear operators are read off their wiring; the others have a line in a table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import permutations

from gradproof.expressions.dims import Dim
from gradproof.expressions.dims import number as whole_size
from gradproof.expressions.nodes import Expr
from gradproof.operators.blocks import HALVED, flipped, unit
from gradproof.operators.build import positions
from gradproof.operators.wiring import Legs, Wiring, part_wiring, wiring
from gradproof.proof.normal_form.atoms.cholesky import cholesky, half_triangle
from gradproof.proof.normal_form.atoms.determinants import determinant
from gradproof.proof.normal_form.atoms.logarithms import exp, log, log_absolute
from gradproof.proof.normal_form.atoms.matrices import inverse, matrix_power
from gradproof.proof.normal_form.atoms.matrix_functions import (
    SPECTRAL,
    derivative,
    function,
    pseudoinverse,
    solution,
    spectral,
)
from gradproof.proof.normal_form.atoms.names import (
    Function,
    axes_of,
    unknown_entrywise,
    unknown_gradient,
    unknown_value,
    whole_scalar,
)
from gradproof.proof.normal_form.atoms.pointwise import (
    FUNCTIONS,
    absolute,
    larger,
    leaky_slope,
    pi,
    smaller,
    step,
)
from gradproof.proof.normal_form.atoms.powers import power, reciprocal
from gradproof.proof.normal_form.atoms.reshape import reshape
from gradproof.proof.normal_form.atoms.selectors import constant_atom
from gradproof.proof.normal_form.atoms.stacks import by_parts
from gradproof.proof.normal_form.terms.arguments import freeze
from gradproof.proof.normal_form.terms.budget import Undecided, agree
from gradproof.proof.normal_form.terms.collect import arrange, contract, scaled
from gradproof.proof.normal_form.terms.data import Axes, Form, Workspace
from gradproof.proof.normal_form.terms.exponents import Exponent, Number, linear
from gradproof.proof.normal_form.terms.network import size_atom
from gradproof.proof.normal_form.terms.sums import (
    atom_product,
    entrywise,
    filled,
    minus,
    number,
    plus_forms,
    single,
)

Args = tuple[Form, ...]


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


def constant_form(work: Workspace, e: Expr) -> Form:
    """An array of 0 and 1 that only sizes make."""
    axes = axes_of(work, e)
    sizes = tuple(size for axis in axes for size in axis)
    if e.op in HALVED:
        return half_triangle(work, e, axes)
    if e.op == "crossing":
        return _crossing(work, axes)
    if e.op == "tril" and all(len(axis) == 1 for axis in axes):  # lower triangles are upper ones, turned
        turned = flipped(e)
        return atom_product(work, axes, [(constant_atom(work, turned, turned.axes), (1, 0), 1)])
    return single(work, constant_atom(work, e, sizes), axes)


def _crossing(work: Workspace, axes: Axes) -> Form:
    """Σ ± over the orders of 1, 2, 3 of products of unit vectors."""
    three = axes[0][0]
    units = [constant_atom(work, unit(place, three), (three,)) for place in map(whole_size, (1, 2, 3))]
    terms = []
    for order in permutations(range(3)):
        sign = (order[0] - order[1]) * (order[1] - order[2]) * (order[2] - order[0]) // 2
        term = atom_product(work, axes, [(units[k], (leg,), 1) for leg, k in enumerate(order)])
        terms.append(scaled(term, sign))
    return plus_forms(work, *terms)


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
        return matrix_power(work, base, _exponent(work, exponent))
    if exponent.axes or work.varies(exponent):
        return exp(work, _entrywise(work, exponent, log(work, base)))
    found = _exponent(work, exponent)
    return by_parts(work, base, lambda work, form: power(work, form, found))


def _exponent(work: Workspace, form: Form) -> Exponent:
    """A constant scalar as an exponent."""
    if work.varies(form):
        raise Undecided("an exponent that varies")
    parts: dict[tuple[tuple[int, Exponent], ...], Number] = {key[0]: c for key, c in form.terms.items()}
    discrete = all(
        whole_scalar(work, uid) and isinstance(e, int) and e > 0
        for (scalars, _) in form.terms
        for uid, e in scalars
    )
    return linear(parts, discrete)


# ---- functions of whole arrays


def _norm2(work: Workspace, e: Expr, args: Args) -> Form:
    return power(work, _total(work, power(work, args[0], 2)), Fraction(1, 2))


def _norm1(work: Workspace, e: Expr, args: Args) -> Form:
    return _total(work, by_parts(work, args[0], absolute))


def _total(work: Workspace, form: Form) -> Form:
    sizes = form.sizes
    return contract(work, [form], [range(len(sizes))], sizes, (), ())


def _softmax(work: Workspace, e: Expr, args: Args) -> Form:
    up = by_parts(work, args[0], exp)
    return entrywise(work, up, reciprocal(work, _last_axis_sums(work, up)))


def _logsoftmax(work: Workspace, e: Expr, args: Args) -> Form:
    up = by_parts(work, args[0], exp)
    return plus_forms(work, args[0], minus(log(work, _last_axis_sums(work, up))))


def _last_axis_sums(work: Workspace, form: Form) -> Form:
    """Sums over the last axis, in the place of each entry."""
    sizes = list(form.sizes)
    kept = len(sizes) - len(form.axes[-1])
    fresh = range(len(sizes), len(sizes) + len(form.axes[-1]))
    outs = [*range(kept), *fresh]
    return contract(work, [form], [range(len(sizes))], [*sizes, *form.axes[-1]], outs, form.axes)


def _logsumexp(work: Workspace, e: Expr, args: Args) -> Form:
    return log(work, _total(work, by_parts(work, args[0], exp)))


def _largest(work: Workspace, e: Expr, args: Args) -> Form:
    """max(N) = Σ max'(N)·N, where the largest entry is unique."""
    return _total(work, entrywise(work, _argmax(work, args[0], e.op), args[0]))


def _largest_in_rows(work: Workspace, e: Expr, args: Args) -> Form:
    """The same for each row."""
    chosen = entrywise(work, _argmax(work, args[0], e.op), args[0])
    sizes = list(chosen.sizes)
    kept = range(len(chosen.axes[0]))
    return contract(work, [chosen], [range(len(sizes))], sizes, kept, chosen.axes[:1])


def _argmax(work: Workspace, form: Form, op: str) -> Form:
    """1 at the largest (smallest) entry, else 0."""
    turned = minus(form) if op in ("min", "rowmin") else form
    if op.startswith("row"):  # the legs of rows come first, and stay apart from those of columns
        kept = tuple(range(len(form.sizes)))
        form_here = arrange(work, turned, kept)
        atom, new = work.atom("argmax", len(form.axes[0]), (form_here,), form_here.sizes)
        atom.positive = True
        return atom_product(work, form.axes, [(atom.uid, kept, 1)])
    frozen = freeze(work, turned, drop=False)
    atom, new = work.atom("argmax", None, (frozen.form,), frozen.form.sizes)
    if new:
        atom.slots, atom.positive = frozen.slots, True
    return atom_product(work, form.axes, [(atom.uid, frozen.positions, 1)])


def _slope(work: Workspace, e: Expr, args: Args) -> Form:
    op = str(e.data[0])
    if op in ("max", "min", "rowmax", "rowmin"):
        return _argmax(work, args[0], op)
    if op not in SLOPES:
        raise Undecided(f"the slope of {op}")
    return by_parts(work, args[0], SLOPES[op])


SLOPES: dict[str, Callable[[Workspace, Form], Form]] = {
    "relu": step,
    "leaky_relu": leaky_slope,
    "abs": FUNCTIONS["sign"],
}


def _map(work: Workspace, e: Expr, args: Args) -> Form:
    function, order = e.data
    assert isinstance(order, int)
    return by_parts(work, args[0], lambda work, form: unknown_entrywise(work, str(function), order, form))


def _call(work: Workspace, e: Expr, args: Args) -> Form:
    return unknown_value(work, _function(work, e, e.axes), args)


def _onehot(work: Workspace, e: Expr, args: Args) -> Form:
    """Rows that only places make: as little is known of them as of an unknown function."""
    function = f"{e.op}({e.axes[1]})", (e.args[0].row,), tuple(work.group(size) for size in e.axes)
    return unknown_value(work, function, args)


def _function(work: Workspace, e: Expr, value: tuple[Dim, ...]) -> Function:
    return str(e.data[0]), tuple(arg.row for arg in e.args), tuple(work.group(size) for size in value)


def _gradof(work: Workspace, e: Expr, args: Args) -> Form:
    by = positions(e)
    value = e.axes[: len(e.axes) - sum(len(e.args[p].axes) for p in by)]
    return unknown_gradient(work, _function(work, e, value), by, args)


def _zeros(work: Workspace, e: Expr, args: Args) -> Form:
    return Form(axes_of(work, e), {})


def _ones(work: Workspace, e: Expr, args: Args) -> Form:
    return filled(work, axes_of(work, e))


def _eye(work: Workspace, e: Expr, args: Args) -> Form:
    axes: Axes = axes_of(work, e)
    count = len(axes[0])
    return atom_product(work, axes, (), 1, [(i, count + i) for i in range(count)])


# ---- functions of matrices


def _applied(work: Workspace, tensor: Form, args: Args) -> Form:
    """An array of four axes, and what it makes of a matrix."""
    if len(tensor.sizes) != 4:
        raise Undecided("a matrix with joined axes")
    if not args:
        return tensor
    for one, other in zip(tensor.axes[2:], args[0].axes, strict=True):
        agree(one, other)
    return contract(work, [tensor, args[0]], [range(4), (2, 3)], tensor.sizes, (0, 1), tensor.axes[:2])


def _derivative(work: Workspace, e: Expr, args: Args) -> Form:
    if e.op == "dpow":
        at = derivative(work, "pow", args[0], _exponent(work, args[1]))
        return _applied(work, at, args[2:])
    return _applied(work, derivative(work, e.op[1:], args[0]), args[1:])


RULES: dict[str, Callable[[Workspace, Expr, Args], Form]] = {
    **dict.fromkeys(("expm", "logm", "sqrtm"), lambda work, e, args: function(work, e.op, args[0])),
    **dict.fromkeys(("dexpm", "dlogm", "dpow"), _derivative),
    "sylvester": lambda work, e, args: _applied(work, solution(work, *args[:2]), args[2:]),
    "pinv": lambda work, e, args: pseudoinverse(work, args[0]),
    "chol": lambda work, e, args: cholesky(work, args[0]),
    **dict.fromkeys(SPECTRAL, lambda work, e, args: spectral(work, e.op, args[0])),
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
    "inv": lambda work, e, args: inverse(work, args[0]),
    "det": lambda work, e, args: determinant(work, args[0]),
    "logdet": lambda work, e, args: log_absolute(work, determinant(work, args[0])),
    "norm1": _norm1,
    "norm2": _norm2,
    "normF": _norm2,
    "softmax": _softmax,
    "logsoftmax": _logsoftmax,
    "logsumexp": _logsumexp,
    "max": _largest,
    "rowmax": _largest_in_rows,
    "rowmin": _largest_in_rows,
    "min": _largest,
    "maximum": lambda work, e, args: larger(work, *args),
    "minimum": lambda work, e, args: smaller(work, *args),
    "slope": _slope,
    "map": _map,
    "call": _call,
    "onehot": _onehot,
    "gradof": _gradof,
}
