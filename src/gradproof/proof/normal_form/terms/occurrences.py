"""Which atoms a sum is made of, down to the arguments of its functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gradproof.proof.normal_form.terms.data import Atom, Form, Workspace


def atoms_of(form: Form) -> Iterator[int]:
    """The atoms of a sum itself, with repetitions."""
    for scalars, pieces in form.terms:
        yield from (uid for uid, _ in scalars)
        yield from (uid for _, factors, _ in pieces for uid, _, _ in factors)


def below(atom: Atom) -> Iterator[int]:
    """The atoms that an atom is made of."""
    if atom.theory.inside is not None:
        yield from atom.theory.inside(atom)
    for form in atom.forms:
        yield from atoms_of(form)


def inner_first(work: Workspace, form: Form, wanted: Callable[[Atom], bool]) -> list[int]:
    """The wanted atoms in a sum and, inside wanted ones, in their arguments; arguments come first."""
    found: set[int] = set()
    todo = list(atoms_of(form))
    while todo:
        uid = todo.pop()
        if uid not in found and wanted(work.atoms[uid]):
            found.add(uid)
            todo.extend(below(work.atoms[uid]))
    return sorted(found)
