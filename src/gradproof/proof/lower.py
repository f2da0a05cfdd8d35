"""From expressions to normal form: what each operator means.

Linear operators are read off their wiring; the others have a line in a table.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from gradproof.expressions.dims import Dim
from gradproof.expressions.dims import number as dim
from gradproof.expressions.nodes import Expr
from gradproof.operators.wiring import Legs, Wiring, wiring
from gradproof.proof.determinants import determinant
from gradproof.proof.exponents import Exponent, Number, linear
from gradproof.proof.freezing import freeze
from gradproof.proof.functions import FUNCTIONS, absolute, larger, leaky_slope, pi, smaller, step
from gradproof.proof.gather import arrange, contract, scaled
from gradproof.proof.leaves import (
    axes_of,
    unknown_entrywise,
    unknown_gradient,
    unknown_scalar,
    whole_scalar,
)
from gradproof.proof.limits import SplitNeeded, Undecided, agree
from gradproof.proof.logarithms import exp, log, log_absolute
from gradproof.proof.matrices import inverse, matrix_power
from gradproof.proof.network import size_atom
from gradproof.proof.powers import power, reciprocal
from gradproof.proof.simple import atom_product, entrywise, filled, minus, number, plus_forms
from gradproof.proof.terms import Axes, Form, Workspace

Args = tuple[Form, ...]


def lower(work: Workspace, e: Expr, args: Args) -> Form:
    """The normal form of a node whose arguments have theirs. Names, differentials and partial
    derivatives are not here: they depend on what varies."""
    rule = RULES.get(e.op)
    if rule is not None:
        return rule(work, e, args)
    if e.op in FUNCTIONS:
        return FUNCTIONS[e.op](work, args[0])
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

    legs = [_legs(form, places, vertices_of) for form, places in zip(args, wires.inputs, strict=True)]
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


def _legs(form: Form, places: Legs, vertices_of: Callable[[int, tuple[Dim, ...]], list[int]]) -> list[int]:
    legs: list[int] = []
    for group, labels in zip(form.axes, places, strict=True):
        if len(labels) != 1:
            raise Undecided("an argument with joined axes")
        legs.extend(vertices_of(labels[0], group))
    return legs


def size_form(work: Workspace, size: Dim) -> Form:
    """A size as a number."""
    return contract(work, [], [], [size], [], ())


def _reshape(work: Workspace, e: Expr, args: Args) -> Form:
    """The same indices in the same order (columns first), cut into other axes."""
    (form,) = args
    starts: list[int] = []
    total = 0
    for axis in form.axes:
        starts.append(total)
        total += len(axis)
    flat = [
        s + i for s, axis in reversed(list(zip(starts, form.axes, strict=True))) for i in range(len(axis))
    ]
    sizes = form.sizes
    taken: list[list[int]] = []
    for size in e.axes:
        here: list[int] = []
        while _product([sizes[p] for p in here]) is not size:
            if not flat:
                raise Undecided("a reshape that cuts an index")
            here.insert(0, flat.pop())
            if len(here) == 1:
                _split_if_larger(sizes[here[0]], e.axes[len(taken) :])
        taken.append(here)
    if flat:
        raise Undecided("a reshape that cuts an index")
    outs = [p for here in taken for p in here]
    axes = tuple(tuple(sizes[p] for p in here) for here in taken)
    return contract(work, [form], [range(len(sizes))], sizes, outs, axes)


def _split_if_larger(last: Dim, coming: tuple[Dim, ...]) -> None:
    """An opaque axis that is the product of the next new axes has to be read as these."""
    for count in range(2, len(coming) + 1):
        if _product(list(coming[:count])) is last and last is not coming[0]:
            raise SplitNeeded(last, tuple(reversed(coming[:count])))


def _product(sizes: list[Dim]) -> Dim:
    total = dim(1)
    for size in sizes:
        total = total * size
    return total


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
    return _entrywise(work, args[0], reciprocal(work, args[1]))


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
    return power(work, base, _exponent(work, exponent))


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
    return _total(work, absolute(work, args[0]))


def _total(work: Workspace, form: Form) -> Form:
    sizes = form.sizes
    return contract(work, [form], [range(len(sizes))], sizes, (), ())


def _softmax(work: Workspace, e: Expr, args: Args) -> Form:
    up = exp(work, args[0])
    return entrywise(work, up, reciprocal(work, _last_axis_sums(work, up)))


def _logsoftmax(work: Workspace, e: Expr, args: Args) -> Form:
    up = exp(work, args[0])
    return plus_forms(work, args[0], minus(log(work, _last_axis_sums(work, up))))


def _last_axis_sums(work: Workspace, form: Form) -> Form:
    """Sums over the last axis, in the place of each entry."""
    sizes = list(form.sizes)
    kept = len(sizes) - len(form.axes[-1])
    fresh = range(len(sizes), len(sizes) + len(form.axes[-1]))
    outs = [*range(kept), *fresh]
    return contract(work, [form], [range(len(sizes))], [*sizes, *form.axes[-1]], outs, form.axes)


def _logsumexp(work: Workspace, e: Expr, args: Args) -> Form:
    return log(work, _total(work, exp(work, args[0])))


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
    return SLOPES[op](work, args[0])


SLOPES: dict[str, Callable[[Workspace, Form], Form]] = {
    "relu": step,
    "leaky_relu": leaky_slope,
    "abs": FUNCTIONS["sign"],
}


def _map(work: Workspace, e: Expr, args: Args) -> Form:
    function, order = e.data
    assert isinstance(order, int)
    return unknown_entrywise(work, str(function), order, args[0])


def _rows(e: Expr) -> tuple[bool, ...]:
    return tuple(arg.row for arg in e.args)


def _gradof(work: Workspace, e: Expr, args: Args) -> Form:
    function, position = e.data
    assert isinstance(position, int)
    return unknown_gradient(work, (str(function), _rows(e)), (position,), args)


def _zeros(work: Workspace, e: Expr, args: Args) -> Form:
    return Form(axes_of(work, e), {})


def _ones(work: Workspace, e: Expr, args: Args) -> Form:
    return filled(work, axes_of(work, e))


def _eye(work: Workspace, e: Expr, args: Args) -> Form:
    axes: Axes = axes_of(work, e)
    count = len(axes[0])
    return atom_product(work, axes, (), 1, [(i, count + i) for i in range(count)])


RULES: dict[str, Callable[[Workspace, Expr, Args], Form]] = {
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
    "reshape": _reshape,
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
    "call": lambda work, e, args: unknown_scalar(work, (str(e.data[0]), _rows(e)), args),
    "gradof": _gradof,
}
