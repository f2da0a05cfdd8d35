"""Normal form of reshapes: the same indices in the same order, cut into other axes."""

from __future__ import annotations

from gradproof.expressions.dims import Dim
from gradproof.expressions.dims import number as dim
from gradproof.expressions.nodes import Expr
from gradproof.proof.normal_form.terms.budget import SplitNeeded, Undecided
from gradproof.proof.normal_form.terms.collect import contract
from gradproof.proof.normal_form.terms.data import Form, Workspace


def reshape(work: Workspace, e: Expr, args: tuple[Form, ...]) -> Form:
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
