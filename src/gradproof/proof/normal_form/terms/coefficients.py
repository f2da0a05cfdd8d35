"""Read a coefficient off a sum: what stands beside d(W), or beside the change of W."""

from __future__ import annotations

from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.collect import collect
from gradproof.proof.normal_form.terms.data import Axes, Form, Key, Network, Piece, Workspace
from gradproof.proof.normal_form.terms.exponents import Number
from gradproof.proof.normal_form.terms.occurrences import below, inner_first


def coefficient(work: Workspace, form: Form, uid: int, axes: Axes) -> Form:
    """The sum of what multiplies an atom that every term has at most once; its legs become outputs."""
    terms: dict[Key, Number] = {}
    for key, c in form.terms.items():
        net = _without(work, form, key, c, uid)
        if net is not None:
            collect(work, [net], terms)
    return Form((*form.axes, *axes), terms)


def _without(work: Workspace, form: Form, key: Key, c: Number, uid: int) -> Network | None:
    net = Network(form.sizes, range(len(form.sizes)), c)
    net.insert(((), key[1]), range(len(form.sizes)))
    found = 0
    for scalar, e in key[0]:
        atom = work.atoms[scalar]
        if scalar == uid:
            found += 1 if e == 1 else 2
        elif atom.kind == "net" and any(other == uid for other, _, _ in atom.holds(Piece).factors):
            if e != 1:
                raise Undecided("a differential to a higher power")
            net.insert(((), (atom.holds(Piece),)), ())
        else:
            net.scalar(scalar, e)
    places = [index for index, factor in enumerate(net.factors) if factor[0] == uid]
    if any(net.factors[index][2] != 1 for index in places) or found + len(places) > 1:
        raise Undecided("a differential to a higher power")
    if found + len(places) == 0:
        return None
    for index in places:
        net.outs.extend(net.factors.pop(index)[1])
    return net


def changes(work: Workspace, form: Form) -> list[int]:
    """The atoms d(W) in a sum, outside of arguments."""
    found: set[int] = set()
    for scalars, pieces in form.terms:
        rows = [uid for uid, _ in scalars] + [uid for _, factors, _ in pieces for uid, _, _ in factors]
        for uid in rows:
            atom = work.atoms[uid]
            inner = below(atom) if atom.kind == "net" else [uid]
            found.update(one for one in inner if work.atoms[one].kind == "d")
    return sorted(found)


def hidden_changes(work: Workspace, form: Form) -> bool:
    """True where some d(W) stands inside an argument of a function."""
    for uid in inner_first(work, form, lambda atom: True):
        for argument in work.atoms[uid].forms:
            if changes(work, argument):
                return True
    return False
