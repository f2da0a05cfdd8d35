"""Certificates: what a derivation claims, with the renamings that let a small checker follow it.

All searching is done here. The checker reads the expressions itself, and only applies what it finds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import permutations
from typing import NamedTuple

from gradproof.checker.reading import SCHEMA, VERSION, Reader
from gradproof.checker.terms import Factor, Form, Term, Unchecked
from gradproof.checker.verify import (
    FAULTS,
    Settler,
    below,
    equal,
    opened,
    recheck,
    renamed,
    shown_atoms,
    unite,
)
from gradproof.derivation.claims import Claim
from gradproof.derivation.json import Json, Nodes
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder

MOST_TRIES, MOST_ATOMS = 3000, 80


class Proof(NamedTuple):
    """How a claim is shown: the JSON fields of its step, and why it is not, or ""."""

    fields: Json
    trouble: str


def certificate(question: str, answers: Mapping[str, str], claims: Iterable[Claim]) -> Json:
    """The certificate of a list of claims, as JSON data."""
    table = Nodes()
    placed = [(claim, _placed(table, claim)) for claim in claims]
    steps = []
    for claim, fields in placed:
        proof = shown(table.entries, fields)
        said = {"not": proof.trouble} if proof.trouble else proof.fields
        steps.append({"rule": claim.rule, "why": claim.why, "text": _text(claim), **fields, **said})
    return {
        "schema": SCHEMA, "version": VERSION, "question": question, "answers": dict(answers),
        "steps": steps, "nodes": table.entries,
    }  # fmt: skip


def written(document: Json) -> str:
    """A certificate as text."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def _text(claim: Claim) -> str | None:
    return f"{claim.before} = {claim.after}" if len(postorder([claim.before, claim.after])) < 500 else None


def _placed(table: Nodes, claim: Claim) -> Json:
    """The nodes that a claim speaks of, those behind its names included."""
    unfold = _used(claim)
    return {
        "before": table.place(claim.before),
        "after": table.place(claim.after),
        "varying": sorted(table.place(name) for name in claim.varying),
        "unfold": sorted([table.place(name), table.place(what)] for name, what in unfold.items()),
    }


def _used(claim: Claim) -> dict[Expr, Expr]:
    there = postorder([claim.before, claim.after], unfold=claim.unfold)
    return {node: claim.unfold[node] for node in there if node in claim.unfold}


def shown(nodes: Sequence[Json], fields: Json) -> Proof:
    """The renamings for one claim; checked once by the checker itself before they are given away."""
    unfold = {a: b for a, b in fields["unfold"]}
    moving = [arg for top in below(nodes, unfold, [fields["before"], fields["after"]])
              if nodes[top]["op"] == "d" for arg in nodes[top]["args"]]  # fmt: skip
    closed = sorted(unfold.keys() - below(nodes, unfold, moving))
    proof = _shown(nodes, {**fields, "closed": closed})
    return _shown(nodes, {**fields, "closed": []}) if proof.trouble and closed else proof


def _shown(nodes: Sequence[Json], fields: Json) -> Proof:
    try:
        found = _Search(opened(nodes, fields), fields).run()
    except (Unchecked, RecursionError) as problem:
        return Proof({}, str(problem) or "nested too deep")
    except FAULTS as problem:
        return Proof({}, f"the checker cannot read it: {problem}")
    if found is None:
        return Proof({}, "the terms of the two sides do not match")
    try:
        reader = opened(nodes, fields)
        left, right = reader.form(fields["before"]), reader.form(fields["after"])
        settler = Settler(reader)
        for one in found["equal"]:
            unite(reader, settler, one)
        equal(left, right, found, settler)
        found.update(atoms=shown_atoms(reader), closed=fields["closed"])
        recheck(nodes, {**fields, **found})
    except (*FAULTS, Unchecked) as problem:
        return Proof({}, f"no certificate was found: {problem}")
    return Proof(found, "")


class _Search:
    """Looks for the renamings of one claim."""

    def __init__(self, reader: Reader, fields: Json) -> None:
        self.reader = reader
        self.left = self.reader.form(fields["before"])
        self.right = self.reader.form(fields["after"])
        self.settler = Settler(self.reader)
        self.united: list[Json] = []

    def run(self) -> Json | None:
        """The fields of the step, or None where the sides do not match."""
        count = len(self.reader.atoms)
        if count <= MOST_ATOMS:
            for place in range(count):
                if self.reader.atoms[place].forms:
                    self._unite(place)
        found = self._matched(self.left, self.right)
        return None if found is None else {**found, "equal": self.united}

    # ---- equal atoms

    def _unite(self, place: int) -> None:
        """Write an atom as an earlier one, where their arguments agree; see which are symmetric."""
        atom = self.reader.atoms[place]
        for other in range(place):
            b = self.reader.atoms[other]
            alike = (atom.kind, atom.data, len(atom.forms)) == (b.kind, b.data, len(b.forms))
            if alike and other not in self.settler.same and self._pair(place, other):
                return
        if len(atom.legs) == 2 and atom.legs[0] == atom.legs[1] and len(atom.forms) == 1:
            self._proved(place, place, (1, 0), False)

    def _pair(self, place: int, other: int) -> bool:
        a, b = self.reader.atoms[place], self.reader.atoms[other]
        for order in _orders(a.legs, b.legs, len(a.forms) == 1 and a.kind not in ("gradof", "call")):
            if self._proved(place, other, order, False):
                return True
        return a.kind in ("det", "logdet") and self._proved(place, other, (), True)

    def _proved(self, place: int, other: int, order: tuple[int, ...], turned: bool) -> bool:
        a, b = self.reader.atoms[place], self.reader.atoms[other]
        turn = (1, 0) if turned else order
        parts = []
        for x, y in zip(a.forms, b.forms, strict=True):
            if turned or order != tuple(range(len(order))):
                if any(len(t.outs) != len(turn) for t in x.terms):
                    return False
                x = Form(
                    y.axes, tuple(t._replace(outs=tuple(t.outs[i] for i in turn)) for t in x.terms), y.row
                )
            found = self._matched(x, y) if (x.axes, x.row) == (y.axes, y.row) else None
            if found is None:
                return False
            parts.append(found)
        self.united.append(
            {"atom": place, "as": other, "legs": list(order), "forms": parts, "turned": turned}
        )
        unite(self.reader, self.settler, self.united[-1])
        return True

    # ---- terms

    def _matched(self, left: Form, right: Form) -> Json | None:
        """Classes of terms that differ by names only, with the same sums on both sides."""
        normal: list[Term] = []
        sides: list[list[object]] = []
        sums: list[list[Fraction]] = []
        for form in (left, right):
            rows: list[object] = []
            total = [Fraction(0)] * len(normal)
            for term in self.settler.form(form):
                place, names = self._class(term, normal)
                total += [Fraction(0)] * (len(normal) - len(total))
                total[place] += term.c
                rows.append([str(term.c), place, names])
            sides.append(rows)
            sums.append(total)
        sums[0] += [Fraction(0)] * (len(normal) - len(sums[0]))
        if sums[0] != sums[1]:
            return None
        terms: list[object] = [
            [list(t.sizes), [[a, list(v), str(e)] for a, v, e in t.factors], list(t.outs)] for t in normal
        ]
        sums_shown = [str(c) for c in sums[0]]
        return {"left": sides[0], "right": sides[1], "terms": terms, "sum": sums_shown}

    def _class(self, term: Term, normal: list[Term]) -> tuple[int, list[int]]:
        for place, known in enumerate(normal):
            names = _renaming(term, known, self.settler)
            if names is not None:
                return place, names
        every = list(range(len(term.sizes)))
        sizes, factors, outs = renamed(term, every, self.settler)
        normal.append(Term(Fraction(1), sizes, factors, outs))
        return len(normal) - 1, every


def _orders(a: Sequence[str], b: Sequence[str], free: bool) -> Iterator[tuple[int, ...]]:
    """The ways to exchange the legs of one atom so that their sizes are those of another."""
    plain = tuple(range(len(a)))
    for order in permutations(plain) if free and len(a) <= 4 else [plain]:
        if len(a) == len(b) and all(a[i] == size for i, size in zip(order, b, strict=True)):
            yield order


def _renaming(term: Term, known: Term, settler: Settler) -> list[int] | None:
    """New names for the indices of a term that make it the known one, or None."""
    if sorted(term.sizes) != sorted(known.sizes) or len(term.outs) != len(known.outs):
        return None
    if sorted((a, e) for a, _, e in term.factors) != sorted((a, e) for a, _, e in known.factors):
        return None
    start: dict[int, int] = {}
    for old, new in zip(term.outs, known.outs, strict=True):
        if start.setdefault(old, new) != new:
            return None
    if len(set(start.values())) != len(start):
        return None
    tries = [MOST_TRIES]
    found = _extended(list(term.factors), list(known.factors), start, settler, tries)
    if found is None or len(found) != len(term.sizes):
        return None
    names = [found[i] for i in range(len(term.sizes))]
    same = all(term.sizes[old] == known.sizes[new] for old, new in enumerate(names))
    return names if same and renamed(term, names, settler) == known[1:] else None


def _extended(
    factors: list[Factor], left: list[Factor], names: dict[int, int], settler: Settler, tries: list[int]
) -> dict[int, int] | None:
    """Put the factors on those that are left, one by one, the best known first."""
    if not factors:
        return names
    tries[0] -= 1
    if tries[0] < 0:
        return None
    best = max(factors, key=lambda f: (sum(i in names for i in f[1]) - len(f[1]) * 0.5, -len(f[1])))
    rest = [f for f in factors if f is not best]
    atom, legs, e = best
    for place, other in enumerate(left):
        if (other[0], other[2]) != (atom, e):
            continue
        for turned in _turns(other, settler):
            new = dict(names)
            fits = all(new.setdefault(old, to) == to for old, to in zip(legs, turned, strict=True))
            if fits and len(set(new.values())) == len(new):
                found = _extended(rest, left[:place] + left[place + 1 :], new, settler, tries)
                if found is not None:
                    return found
    return None


def _turns(factor: Factor, settler: Settler) -> list[tuple[int, ...]]:
    atom, legs, e = factor
    symmetric = len(legs) == 2 and settler._factor((atom, legs[::-1], e)) == settler._factor(factor)
    return [legs, legs[::-1]] if symmetric else [legs]
