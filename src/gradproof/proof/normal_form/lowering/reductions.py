"""Functions of whole arrays and of rows: norms, softmax, largest entries; the slopes of kinked words."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from gradproof.expressions.nodes import Expr
from gradproof.proof.normal_form.atoms.logarithms import exp, log
from gradproof.proof.normal_form.atoms.powers import power, reciprocal
from gradproof.proof.normal_form.atoms.signs import absolute, argmax, heaviside, larger, smaller, step
from gradproof.proof.normal_form.lowering.functions import FUNCTIONS, leaky_slope
from gradproof.proof.normal_form.lowering.stacks import by_parts
from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.collect import contract
from gradproof.proof.normal_form.terms.data import Args, Form, Words, Workspace
from gradproof.proof.normal_form.terms.sums import entrywise, minus, plus_forms


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
    return _total(work, entrywise(work, argmax(work, args[0], e.op), args[0]))


def _largest_in_rows(work: Workspace, e: Expr, args: Args) -> Form:
    """The same for each row."""
    chosen = entrywise(work, argmax(work, args[0], e.op), args[0])
    sizes = list(chosen.sizes)
    kept = range(len(chosen.axes[0]))
    return contract(work, [chosen], [range(len(sizes))], sizes, kept, chosen.axes[:1])


def _slope(work: Workspace, e: Expr, args: Args) -> Form:
    op = str(e.data[0])
    if op in ("max", "min", "rowmax", "rowmin"):
        return argmax(work, args[0], op)
    if op not in SLOPES:
        raise Undecided(f"the slope of {op}")
    return by_parts(work, args[0], SLOPES[op])


SLOPES: dict[str, Callable[[Workspace, Form], Form]] = {
    "relu": step,
    "leaky_relu": leaky_slope,
    "abs": FUNCTIONS["sign"],
}


WORDS: Words = {
    "norm1": _norm1,
    "norm2": _norm2,
    "normF": _norm2,
    "softmax": _softmax,
    "logsoftmax": _logsoftmax,
    "logsumexp": _logsumexp,
    "max": _largest,
    "min": _largest,
    "rowmax": _largest_in_rows,
    "rowmin": _largest_in_rows,
    "maximum": lambda work, e, args: larger(work, *args),
    "minimum": lambda work, e, args: smaller(work, *args),
    "heaviside": lambda work, e, args: heaviside(work, args[0]),
    "slope": _slope,
}
