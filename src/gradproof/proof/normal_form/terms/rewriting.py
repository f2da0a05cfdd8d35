"""The laws of atoms at work: rewriting of one term into a sum of terms, and what laws do to terms.

Each law is an identity wherever both sides mean something. A law that did not fire costs nothing
but completeness; the work that laws may do is bounded by the workspace.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from gradproof.proof.normal_form.terms.data import Form, Network, Terms, Workspace
from gradproof.proof.normal_form.terms.exponents import Exponent, Number
from gradproof.proof.normal_form.terms.matching import Pattern, find, remove


def rewrite(work: Workspace, net: Network) -> Terms | None:
    """The first law that applies to a factor of a settled term; None where none does."""
    for index, (uid, _, _) in enumerate(net.factors):
        atom = work.atoms[uid]
        if atom.special and atom.theory.law is not None:
            found = atom.theory.law(work, net, index, atom)
            if found is not None:
                return found
    for law in work.laws:
        found = law(work, net)
        if found is not None:
            return found
    return None


def declared(what: Pattern, right: Form) -> Callable[[Workspace, Network], Terms | None]:
    """A declared equation, from left to right, as a law."""

    def law(work: Workspace, net: Network) -> Terms | None:
        match = find(work, net, what, {})
        if match is None or any(left != 0 for left in match.used.values()):
            return None
        legs = [match.where[what.ends[position]] for position in range(len(right.sizes))]
        return expand(work, remove(net, match, what), right, tuple(legs))

    return law


def with_exponent(net: Network, index: int, e: Exponent, factor: Number = 1) -> Network:
    """The term with another exponent at one factor."""
    new = net.copy(factor)
    uid, vertices, _ = new.factors[index]
    new.factors[index] = (uid, vertices, e)
    return new


def without(net: Network, indices: Collection[int], *joints: int) -> Network:
    """The term without some factors and without the indices that only they shared."""
    new = net.copy()
    new.factors = [f for k, f in enumerate(net.factors) if k not in indices]
    for joint in joints:
        new.sizes[joint] = None
    return new


def expand(work: Workspace, net: Network, form: Form, legs: tuple[int, ...]) -> Terms:
    """The term times a sum whose axes stand on the given vertices."""
    work.room(len(form.terms))
    out = []
    for key, c in form.terms.items():
        new = net.copy(c)
        new.insert(key, legs)
        out.append(new)
    return out
