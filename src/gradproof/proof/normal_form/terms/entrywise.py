"""The theory of a known function entry by entry: f(N), with d f(N) = f'(N)·dN."""

from __future__ import annotations

from collections.abc import Callable

from gradproof.proof.normal_form.terms.data import Atom, Calculus, Form, Theory, Workspace
from gradproof.proof.normal_form.terms.sums import entrywise

Function = Callable[[Workspace, Form], Form]


def chain(slope: Function) -> Callable[[Calculus, Atom], Form]:
    """d f(N) = f'(N)·dN, entry by entry."""

    def rule(calculus: Calculus, atom: Atom) -> Form:
        argument = atom.forms[0]
        return entrywise(calculus.work, slope(calculus.work, argument), calculus.known(argument))

    return rule


def constant(calculus: Calculus, atom: Atom) -> Form:
    """The differential of what is constant between its jumps."""
    return Form(tuple((size,) for size in atom.sizes), {})


def pointwise(function: Function, slope: Function | None = None) -> Theory:
    """The theory of a function and its slope; None where it is not known."""
    return Theory(
        differential=None if slope is None else chain(slope),
        entrywise=lambda work, atom, form: function(work, form),
    )
