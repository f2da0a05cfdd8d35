"""Re-checks a certificate: reads each step itself, applies the renamings it is given, and compares.

Nothing is searched for. Where the certificate gives no renamings, or a word is not known here, the
step is reported as not re-checked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from gradproof.checker.reading import SCHEMA, VERSION, Reader
from gradproof.checker.terms import Factor, Form, Term, Unchecked, Wrong, joined

MOST_CHARACTERS, MOST_STEPS, MOST_ROUNDS = 64_000_000, 100_000, 12
Same = tuple[int, tuple[int, ...]]  # an equal atom, and where its legs go
Json = Any
FAULTS = (
    Wrong, KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError,
)  # fmt: skip


class Finding(NamedTuple):
    """What came out for one step: "re-checked", "wrong" or "not re-checked", and why."""

    step: int
    rule: str
    word: str
    reason: str = ""


class Report(NamedTuple):
    """All findings, and what the certificate relies on."""

    findings: tuple[Finding, ...]
    axioms: tuple[str, ...]
    laws: tuple[str, ...]

    @property
    def status(self) -> int:
        """0: all re-checked. 1: a step is wrong. 3: some were not re-checked."""
        words = {finding.word for finding in self.findings}
        return 1 if "wrong" in words else 3 if "not re-checked" in words or not words else 0

    def __str__(self) -> str:
        good = sum(f.word == "re-checked" for f in self.findings)
        lines = [f"{f.step:3}  {f.rule}  {f.word}{': ' if f.reason else ''}{f.reason}"
                 for f in self.findings if f.word != "re-checked"]  # fmt: skip
        lines += [f"relies on: {said}" for said in (*self.axioms, *self.laws)]
        return "\n".join([*lines, f"{good} of {len(self.findings)} steps re-checked"])


class Settler:
    """Terms with equal atoms written alike and inverses cancelled, as the certificate has shown so far."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.same: dict[int, Same] = {}
        self.symmetric: set[int] = set()

    def form(self, form: Form) -> list[Term]:
        """The terms of a form, settled."""
        out: list[Term] = []
        todo = [(term, 0) for term in reversed(form.terms)]
        while todo:
            term, rounds = todo.pop()
            for one in self.reader.closed(term):
                new = self.settled(one)
                if new == one or rounds == MOST_ROUNDS:
                    out.append(new)
                else:
                    todo.append((new, rounds + 1))
        return out

    def settled(self, term: Term) -> Term:
        """One rewriting of a term."""
        factors = tuple(sorted(map(self._factor, term.factors)))
        term = term._replace(factors=factors)
        for at, (a, legs, e) in enumerate(factors):
            if self.reader.atoms[a].kind == "inv" and e == 1 and len(legs) == 2:
                shorter = self._cancelled(term, at)
                if shorter is not None:
                    return shorter
        return term

    def _factor(self, factor: Factor) -> Factor:
        atom, legs, e = factor
        while atom in self.same:
            atom, order = self.same[atom]
            legs = tuple(legs[i] for i in order)
        data = self.reader.atoms[atom]
        if len(legs) == 2 and (atom in self.symmetric or (
                data.kind == "name" and {"symmetric", "spd", "diagonal"} & set(data.data[1]))):  # fmt: skip
            legs = (min(legs), max(legs))
        return atom, legs, e

    def _cancelled(self, term: Term, at: int) -> Term | None:
        """inv(N)·N = I where N is one factor."""
        atom, (i, j), _ = term.factors[at]
        terms = self.reader.atoms[atom].forms[0].terms
        if len(terms) != 1 or len(terms[0].factors) != 1 or len(set(terms[0].outs)) != 2:
            return None
        (inner,) = terms[0].factors
        if inner[2] != 1 or len(inner[1]) != 2 or len(terms[0].sizes) != 2:
            return None
        for met, first in ((j, True), (i, False)):
            spots = [f for f in term.factors if met in f[1]]
            if met in term.outs or len(spots) != 2 or i == j:
                continue
            others = [f for f in spots if f is not term.factors[at]]
            if len(others) != 1:
                continue
            (other,) = others
            for free in set(other[1]) - {met}:
                pair = (met, free) if first else (free, met)
                wanted = self._factor(
                    (inner[0], tuple(pair[terms[0].outs.index(v)] for v in inner[1]), inner[2])
                )
                if wanted == other:
                    rest = tuple(f for f in term.factors if f is not other and f is not term.factors[at])
                    self.reader.laws.add("inv(N)*N = I, where N is invertible")
                    return self._bent(term, rest, i if first else j, free, terms[0].c)
        return None

    def _bent(self, term: Term, rest: tuple[Factor, ...], one: int, other: int, c: Fraction) -> Term:
        """The rest of a term with two of its indices made one."""
        every = list(range(len(term.sizes)))
        left = Term(term.c / c, term.sizes, rest, tuple(every))
        onto = [one if i == other else i for i in every]
        return joined(term.sizes, [(left, onto)], [onto[i] for i in term.outs])


def renamed(term: Term, names: Sequence[int], settler: Settler) -> tuple[Json, ...]:
    """A term with its indices renamed; a renaming is one-to-one."""
    if sorted(names) != list(range(len(term.sizes))):
        raise Wrong("a renaming that is not one-to-one")
    sizes = [""] * len(names)
    for old, new in enumerate(names):
        sizes[new] = term.sizes[old]
    factors = sorted(settler._factor((a, tuple(names[i] for i in v), e)) for a, v, e in term.factors)
    return tuple(sizes), tuple(factors), tuple(names[i] for i in term.outs)


def equal(left: Form, right: Form, shown: Mapping[str, Json], settler: Settler) -> None:
    """The sides agree term by term under the renamings that are shown; raises Wrong."""
    if [*left.axes] != [*right.axes] or left.row != right.row:
        raise Wrong("the sides have different shapes")
    normal = [([*sizes], [(a, tuple(v), Fraction(e)) for a, v, e in factors], [*outs])
              for sizes, factors, outs in shown["terms"]]  # fmt: skip
    sums: list[list[Fraction]] = []
    for side, form in (("left", left), ("right", right)):
        terms = settler.form(form)
        total = [Fraction(0)] * len(normal)
        if len(terms) != len(shown[side]):
            raise Wrong(f"the {side} side has {len(terms)} terms, not {len(shown[side])}")
        for term, (c, place, names) in zip(terms, shown[side], strict=True):
            sizes, factors, outs = renamed(term, names, settler)
            if Fraction(c) != term.c:
                raise Wrong(f"a coefficient is {term.c}, not {c}")
            if (list(sizes), list(factors), list(outs)) != normal[place]:
                raise Wrong(f"term {place} of the normal form is another")
            total[place] += term.c
        sums.append(total)
    if sums[0] != sums[1] or [str(c) for c in sums[0]] != shown["sum"]:
        raise Wrong("the coefficients of the two sides differ")


def shown_atoms(reader: Reader) -> list[Json]:
    """The atoms as the certificate lists them: kind, data, sizes, number of arguments."""
    return [[a.kind, [list(d) if isinstance(d, tuple) else d for d in a.data], list(a.legs), len(a.forms)]
            for a in reader.atoms]  # fmt: skip


def unite(reader: Reader, settler: Settler, shown: Mapping[str, Json]) -> None:
    """Two atoms are equal, since their arguments are, under an exchange of legs."""
    one, other, order = shown["atom"], shown["as"], tuple(shown["legs"])
    a, b = reader.atoms[one], reader.atoms[other]
    whole = order == tuple(range(len(a.legs)))
    if (a.kind, a.data, len(a.forms)) != (b.kind, b.data, len(b.forms)) or sorted(order) != list(
        range(len(a.legs))
    ):
        raise Wrong("atoms of different kinds")
    if one < other or (not whole and (len(a.forms) != 1 or a.kind in ("gradof", "call"))):
        raise Wrong("atoms that cannot be compared so")
    scalar_turn = a.kind in ("det", "logdet")
    for x, y, part in zip(a.forms, b.forms, shown["forms"], strict=True):
        if not whole or (scalar_turn and shown.get("turned")):
            turn = order if not scalar_turn else (1, 0)
            x = Form(y.axes, tuple(t._replace(outs=tuple(t.outs[i] for i in turn)) for t in x.terms), y.row)
        equal(x, y, part, settler)
    if one != other:
        settler.same[one] = (other, order)
    elif order == (1, 0):
        settler.symmetric.add(one)


def opened(nodes: Sequence[Json], step: Json) -> Reader:
    """A reader for a step. Names that are left closed must not stand below a differential."""
    unfold = {int(a): int(b) for a, b in step["unfold"]}
    closed = set(step.get("closed", ()))
    todo = [arg for top in below(nodes, unfold, [step["before"], step["after"]])
            if nodes[top]["op"] == "d" for arg in nodes[top]["args"]]  # fmt: skip
    if closed & set(below(nodes, unfold, todo)):
        raise Wrong("a name below a differential that is left closed")
    return Reader(nodes, step["varying"], {a: b for a, b in unfold.items() if a not in closed})


def below(nodes: Sequence[Json], unfold: Mapping[int, int], roots: Sequence[int]) -> set[int]:
    """All parts of expressions, and of what their names stand for."""
    seen: set[int] = set()
    todo = list(roots)
    while todo:
        at = todo.pop()
        if at not in seen:
            seen.add(at)
            todo += [unfold[at]] if at in unfold else nodes[at].get("args", [])
    return seen


def recheck(nodes: Sequence[Json], step: Json) -> tuple[set[str], set[str]]:
    """Check one step; the axioms and laws that it relies on. Raises Wrong or Unchecked."""
    if "not" in step:
        raise Unchecked(str(step["not"])[:200])
    reader = opened(nodes, step)
    left, right = reader.form(step["before"]), reader.form(step["after"])
    settler = Settler(reader)
    for shown in step["equal"]:
        unite(reader, settler, shown)
    equal(left, right, step, settler)
    if shown_atoms(reader) != step["atoms"]:
        raise Wrong("the atoms are others than those listed")
    return reader.axioms, reader.laws


def verify(text: str) -> Report:
    """Re-check a certificate, given as JSON text. Never raises: what is malformed is wrong."""
    try:
        document = json.loads(text) if len(text) <= MOST_CHARACTERS else {}
        if (document["schema"], document["version"]) != (SCHEMA, VERSION):
            raise Wrong("another schema or version")
        nodes, steps = document["nodes"], document["steps"][:MOST_STEPS]
        if any(arg >= at or arg < 0 for at, node in enumerate(nodes) for arg in node.get("args", [])):
            raise Wrong("a part that is defined after its use")
    except (*FAULTS, RecursionError) as problem:
        return Report((Finding(0, "", "wrong", f"no certificate: {problem}"[:200]),), (), ())
    findings, axioms, laws = [], set(), set()
    for place, step in enumerate(steps, 1):
        rule = str(step.get("rule", "")) if isinstance(step, dict) else ""
        try:
            more, met = recheck(nodes, step)
            axioms |= more
            laws |= met
            findings.append(Finding(place, rule, "re-checked"))
        except (Unchecked, RecursionError) as problem:
            reason = "nested too deep" if isinstance(problem, RecursionError) else str(problem)
            findings.append(Finding(place, rule, "not re-checked", reason))
        except FAULTS as problem:
            findings.append(Finding(place, rule, "wrong", f"{problem}"[:200]))
    return Report(tuple(findings), tuple(sorted(axioms)), tuple(sorted(laws)))
