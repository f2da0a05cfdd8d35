"""Re-checks one step: reads both sides, applies what the certificate shows, and compares term by term.

Nothing is searched for. Where the certificate shows nothing, or a word is not known here, the step is
reported as not re-checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from gradproof.checker.document import place as placed
from gradproof.checker.placing import PARTS
from gradproof.checker.reading import Reader
from gradproof.checker.terms import Factor, Form, Term, Unchecked, Work, Wrong, joined, number, poly, text
from gradproof.checker.words import DERIVATIVES, LAWS, OF_A_NAME, SLOPES, SYMMETRIES, TURNED, ZERO_OR_ONE

Json = Any
Order = tuple[int, ...]


class Settler:
    """Terms with equal atoms written alike, as the certificate has shown so far."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.same: dict[int, tuple[int, Order]] = {}  # an equal atom, and where its legs go
        self.turns: dict[int, Order] = {}  # an order of its legs that changes nothing
        self.laws: set[str] = set()

    def form(self, form: Form) -> list[Term]:
        """The terms of a form, settled."""
        out = []
        for term in form.terms:
            factors = tuple(sorted(map(self.factor, term.factors)))
            out += self.reader.ring.closed(term._replace(factors=factors))
        return [one._replace(factors=tuple(sorted(map(self.factor, one.factors)))) for one in out]

    def factor(self, factor: Factor) -> Factor:
        """A factor as the equal one that comes first, on the least order of its legs."""
        atom, legs, e = factor
        while atom in self.same:
            atom, order = self.same[atom]
            legs = tuple(legs[i] for i in order)
        turn = self.turn(atom)
        if e > 0 and self.reader.ring.atoms[atom].kind in ZERO_OR_ONE:
            e = Fraction(1)
        return atom, min(legs, tuple(legs[i] for i in turn)) if turn else legs, e

    def turn(self, atom: int) -> Order:
        """An order of an atom's legs that changes nothing: shown, declared, or an axiom."""
        data = self.reader.ring.atoms[atom]
        if data.kind == "name" and square(data.legs) and {"symmetric", "spd"} & set(data.data[1]):
            return (1, 0)
        if data.kind == "call" and len(data.data) == 3 and data.data[1] == data.data[2]:
            half = len(data.forms[data.data[1]].legs)  # second derivatives by one argument
            first = len(data.legs) - 2 * half
            return (*range(first), *range(first + half, first + 2 * half), *range(first, first + half))
        fixed = SYMMETRIES.get(data.kind, ())
        if data.kind == "sylvester" and data.forms[0] == data.forms[1]:
            fixed = (3, 2, 1, 0)
        return self.turns.get(atom, fixed if len(fixed) == len(data.legs) else ())

    # ---- laws

    def used(self, shown: Json) -> list[Term]:
        """Terms that are zero: a multiple of left - right of a law, for the arguments that are shown."""
        name, args, where = shown
        reader = self.reader
        known = {letter: self.written(form) for letter, form in args.items()}
        before, divided = len(reader.ring.atoms), set(reader.ring.divisors)
        if any(letter.islower() and form.axes for letter, form in known.items()):
            raise Wrong(f"{name} for an array")
        if name in PARTS:
            one, other = PARTS[name](reader.ring, known)
        else:
            prop, left, right = OF_A_NAME[name] if name in OF_A_NAME else ("", *LAWS[name])
            if prop and not self._declared(known["X"], prop):
                raise Wrong(f"{name}: it is not declared")
            one = reader.meanings.say(left, known)
            if len(reader.ring.atoms) != before or reader.ring.divisors != divided:
                raise Wrong(f"{name}: the left side does not occur")
            other = reader.meanings.say(right, known)
        self.laws.add(name)
        difference = reader.ring.plus([one, reader.ring.pointwise(number(-1), other)])
        if where is None:
            return []
        c, sizes, factors, legs, outs = where
        context = self.term([c, sizes, factors, range(len(sizes))])
        terms = [joined(context.sizes, [(context, context.outs), (term, legs)], outs)
                 for term in difference.terms]  # fmt: skip
        return [made for term in terms for made in reader.ring.closed(term)]

    def written(self, shown: Json) -> Form:
        """A form that the certificate writes out."""
        axes, terms = shown
        form = Form(tuple(map(tuple, axes)), tuple(map(self.term, terms)))
        for term in form.terms:
            if tuple(term.sizes[i] for i in term.outs) != form.legs:
                raise Wrong("a term that does not have the axes of its form")
        return form

    def term(self, shown: Json) -> Term:
        """A term that the certificate writes out. It divides by what the claim divides by, and by sizes."""
        c, sizes, factors, outs = shown
        self.reader.ring.work.spend(1 + len(sizes) + len(factors) + len(outs))
        if any(text(poly(size)) != size for size in sizes):
            raise Wrong("a size that is not written as sizes are")
        made = Term(Fraction(c), tuple(sizes), tuple((int(a), tuple(v), Fraction(e)) for a, v, e in factors),
                    tuple(outs))  # fmt: skip
        for atom, legs, e in made.factors:
            data = self.reader.ring.atoms[atom]
            if atom < 0 or tuple(made.sizes[i] for i in legs) != data.legs or min(legs, default=0) < 0:
                raise Wrong("a factor on indices of other sizes")
            if e < 0 and atom not in self.reader.ring.divisors and data.kind not in ("size", "exp"):
                raise Wrong("a division by what the claim does not divide by")
        return made

    def _declared(self, form: Form, prop: str) -> bool:
        """Whether a form is just a name with a property."""
        (term,) = form.terms
        (factor,) = term.factors
        data = self.reader.ring.atoms[factor[0]]
        plain = (square(data.legs) or prop == "stochastic") and (
            term.c == 1 and factor[2] == 1 and term.outs == factor[1] and len(term.sizes) == len(term.outs)
        )
        return plain and data.kind == "name" and prop in data.data[1]


def square(legs: Sequence[str]) -> bool:
    """Whether these are the indices of a square matrix, of which alone such properties are said."""
    return len(legs) == 2 and legs[0] == legs[1]


def renamed(term: Term, names: Sequence[int], settler: Settler) -> tuple[Json, ...]:
    """A term with its indices renamed; a renaming is one-to-one."""
    if sorted(names) != list(range(len(term.sizes))):
        raise Wrong("a renaming that is not one-to-one")
    sizes = [""] * len(names)
    for old, new in enumerate(names):
        sizes[new] = term.sizes[old]
    factors = sorted(settler.factor((a, tuple(names[i] for i in v), e)) for a, v, e in term.factors)
    return tuple(sizes), tuple(factors), tuple(names[i] for i in term.outs)


def equal(left: Form, right: Form, shown: Mapping[str, Json], settler: Settler) -> None:
    """The sides agree term by term under the renamings that are shown; raises Wrong."""
    if [*left.axes] != [*right.axes] or left.row != right.row:
        raise Wrong("the sides have different shapes")
    normal = [([*sizes], [(a, tuple(v), Fraction(e)) for a, v, e in factors], [*outs])
              for sizes, factors, outs in shown["terms"]]  # fmt: skip
    sums: list[list[Fraction]] = []
    sides = {"left": settler.form(left), "right": settler.form(right)}
    for use in shown["uses"]:
        sides["left"] += settler.form(Form(left.axes, tuple(settler.used(use))))
    settler.reader.ring.work.spend(
        sum(map(len, sides.values())) * (1 + len(normal).bit_length()) + len(normal)
    )
    for side, terms in sides.items():
        total = [Fraction(0)] * len(normal)
        if len(terms) != len(shown[side]):
            raise Wrong(f"the {side} side has {len(terms)} terms, not {len(shown[side])}")
        for term, (c, place, names) in zip(terms, shown[side], strict=True):
            sizes, factors, outs = renamed(term, names, settler)
            if Fraction(c) != term.c:
                raise Wrong(f"a coefficient is {term.c}, not {c}")
            if place < 0 or (list(sizes), list(factors), list(outs)) != normal[place]:
                raise Wrong(f"term {place} of the normal form is another")
            total[place] += term.c
        sums.append(total)
    if sums[0] != sums[1] or [str(c) for c in sums[0]] != shown["sum"]:
        raise Wrong("the coefficients of the two sides differ")


def shown_atoms(reader: Reader) -> list[Json]:
    """The atoms as the certificate lists them: kind, data, sizes, number of arguments."""
    return [[a.kind, [list(d) if isinstance(d, tuple) else d for d in a.data], list(a.legs), len(a.forms)]
            for a in reader.ring.atoms]  # fmt: skip


def turned(form: Form, order: Sequence[int]) -> Form:
    """A form with its axes in another order."""
    starts = [sum(map(len, form.axes[:k])) for k in range(len(form.axes))]
    legs = [starts[k] + i for k in order for i in range(len(form.axes[k]))]
    return Form(tuple(form.axes[k] for k in order),
                tuple(t._replace(outs=tuple(t.outs[i] for i in legs)) for t in form.terms))  # fmt: skip


def ways(reader: Reader, atom: int, order: Order) -> Order:
    """How the legs of an atom go, where the axes of its first argument go in an order; raises Wrong."""
    data = reader.ring.atoms[atom]
    if not order:
        return tuple(range(len(data.legs)))
    if len(data.forms) != 1 or sorted(order) != list(range(len(data.forms[0].axes))) or data.kind == "call":
        raise Wrong("arguments that cannot be compared so")
    if data.kind in SLOPES or data.kind in ("sum", "map", "trigamma"):
        return order
    rows = len(data.forms[0].axes[0])
    if data.kind in TURNED and data.legs:
        rows = len(data.legs) - rows if data.kind == "pinv" else rows
        return (*range(rows, len(data.legs)), *range(rows))
    if data.kind in DERIVATIVES and rows == 1:
        return (1, 0, 3, 2)
    if data.kind in TURNED or (data.kind in ("max", "min") and len(order) == 2):
        return ()
    raise Wrong("an argument that may not be turned")


def unite(reader: Reader, settler: Settler, shown: Mapping[str, Json]) -> None:
    """Two atoms are equal, since their arguments are, the axes of the first in another order, if any."""
    one, other, order = shown["atom"], shown["as"], tuple(shown["order"])
    a, b = reader.ring.atoms[one], reader.ring.atoms[other]
    if (a.kind, a.data, len(a.forms)) != (b.kind, b.data, len(b.forms)) or min(one, other) < 0 or one < other:
        raise Wrong("atoms of different kinds")
    legs = ways(reader, one, order)
    if tuple(a.legs[i] for i in legs) != b.legs or not a.forms:
        raise Wrong("atoms of different sizes")
    for x, y, part in zip(a.forms, b.forms, shown["forms"], strict=True):
        equal(turned(x, order) if order else x, y, part, settler)
    if one != other:
        settler.same[one] = (other, legs)
    elif len(legs) > 1 and all(legs[legs[i]] == i for i in range(len(legs))):
        settler.turns[one] = legs


def prepare(reader: Reader, settler: Settler, shown: Mapping[str, Json]) -> None:
    """Show two atoms equal, or name a law, so that what its right side is made of can be spoken of."""
    if "law" in shown:
        settler.used([shown["law"], shown["args"], None])
    else:
        unite(reader, settler, shown)


def opened(nodes: Sequence[Json], step: Json, work: Work | None = None) -> Reader:
    """A reader for a step. Names that are left closed must not stand below a differential."""
    work = Work() if work is None else work
    spoken = [placed(at, nodes) for at in (step["before"], step["after"], *step["varying"])]
    unfold = {placed(a, nodes): placed(b, nodes) for a, b in step["unfold"]}
    if any(nodes[at]["op"] != "name" for at in (*unfold, *spoken[2:])):
        raise Wrong("what varies or stands for something is a name")
    if len(unfold) != len(step["unfold"]) or unfold.keys() & set(spoken[2:]):
        raise Wrong("a name that stands for two things, or for something and varies")
    _in_order(nodes, unfold, work)
    closed = set(step.get("closed", ()))
    todo = [arg for top in below(nodes, unfold, spoken[:2], work)
            if nodes[top]["op"] == "d" for arg in nodes[top]["args"]]  # fmt: skip
    if closed & set(below(nodes, unfold, todo, work)):
        raise Wrong("a name below a differential that is left closed")
    left = {a: b for a, b in unfold.items() if a not in closed}
    return Reader(nodes, step["varying"], left, step["cut"], work)


def _in_order(nodes: Sequence[Json], unfold: Mapping[int, int], work: Work) -> None:
    """Refuse names that stand for themselves, directly or by way of each other."""
    uses = {a: {at for at in below(nodes, {}, [b], work) if at in unfold} for a, b in unfold.items()}
    while uses:
        ready = {a for a, needs in uses.items() if not needs & uses.keys()}
        work.spend(1 + sum(map(len, uses.values())))
        if not ready:
            raise Wrong("a name that stands for itself")
        uses = {a: needs for a, needs in uses.items() if a not in ready}


def below(
    nodes: Sequence[Json], unfold: Mapping[int, int], roots: Sequence[int], work: Work | None = None
) -> set[int]:
    """All parts of expressions, and of what their names stand for."""
    seen: set[int] = set()
    todo = list(roots)
    while todo:
        at = todo.pop()
        if at not in seen:
            seen.add(at)
            more = [unfold[at]] if at in unfold else nodes[at].get("args", [])
            todo += more
            if work is not None:
                work.spend(1 + len(more))
    return seen


def recheck(
    nodes: Sequence[Json], step: Json, names: dict[str, int], work: Work | None = None
) -> tuple[set[str], set[str]]:
    """Check one step; the axioms and laws that it relies on. Raises Wrong or Unchecked.

    names  the node of each name that was met, which is one in all steps; grows
    work   what is left of what the whole certificate may cost
    """
    if "not" in step:
        raise Unchecked(str(step["not"])[:200])
    reader = opened(nodes, step, work)
    parts = below(nodes, {}, [step["before"], step["after"], *(at for pair in step["unfold"] for at in pair)])
    for at in sorted(parts):
        if nodes[at]["op"] == "name" and names.setdefault(nodes[at]["data"][0], at) != at:
            raise Wrong(f"two nodes for the name {nodes[at]['data'][0]}")
    left, right = reader.form(step["before"]), reader.form(step["after"])
    settler = Settler(reader)
    for shown in step["equal"]:
        prepare(reader, settler, shown)
    equal(left, right, step, settler)
    if shown_atoms(reader) != step["atoms"]:
        raise Wrong("the atoms are others than those listed")
    return reader.differ.axioms, settler.laws
