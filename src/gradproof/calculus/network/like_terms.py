"""A sum of terms as one would write it: like terms together, common factors once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from operator import and_
from typing import NamedTuple

from gradproof.calculus.network.cost import ink
from gradproof.calculus.network.hadamard import hadamard
from gradproof.calculus.network.products import assemble
from gradproof.calculus.network.source_order import remembered
from gradproof.calculus.network.to_expression import Term
from gradproof.calculus.network.triangles import halves
from gradproof.expressions.dims import at_least
from gradproof.expressions.nodes import Axes, Expr
from gradproof.expressions.walk import postorder
from gradproof.operators.blocks import CATS, ONE, blocks, cat
from gradproof.operators.build import T, add, apply, construct, had, mul, neg, num, ones, zeros

MANY = 40  # beyond so many terms common factors are not searched for


def collect(terms: Sequence[Term], axes: Axes, row: bool = False) -> Expr:
    """The sum of the terms, in the order in which they came."""
    found = _sum(_like(terms), axes, row)
    return had(found, ones(*axes)) if axes and not found.axes else found


def _like(terms: Sequence[Term]) -> list[Term]:
    """Terms that differ only in their numbers, added."""
    total: dict[tuple[frozenset[tuple[Expr, Fraction]], Expr | None], Term] = {}
    for term in terms:
        scalars = {e: p for e, p in term.scalars.items() if p}
        key = (frozenset(scalars.items()), _ordered(term.core) if len(terms) > 1 else term.core)
        before = total[key].coefficient if key in total else Fraction(0)
        total[key] = Term(before + term.coefficient, scalars, total[key].core if key in total else term.core)
    return [term for term in total.values() if term.coefficient]


def _ordered(core: Expr | None) -> Expr | None:
    """A term with the factors of its Hadamard products in one order: x.*v is v.*x."""
    if core is None:
        return None
    made: dict[Expr, Expr] = {}
    for node in postorder([core]):
        args = tuple(made[arg] for arg in node.args)
        if node.op == "had":
            args = tuple(sorted(args, key=lambda arg: arg.uid))
        made[node] = node if args == node.args else construct(node, args)
    return made[core]


def _sum(terms: Sequence[Term], axes: Axes, row: bool) -> Expr:
    return _written(tuple((t.coefficient, tuple(t.scalars.items()), t.core) for t in terms), axes, row)


_Frozen = tuple[Fraction, tuple[tuple[Expr, Fraction], ...], Expr | None]


@remembered
def _written(frozen: tuple[_Frozen, ...], axes: Axes, row: bool) -> Expr:
    """The sum of the terms. A factor is tried at both ends of products, so the same sums come again."""
    terms = [Term(coefficient, dict(scalars), core) for coefficient, scalars, core in frozen]
    if not terms:
        return zeros(*axes, row=row)
    if 1 < len(terms) <= MANY:
        while True:
            shorter = _factored(terms, axes, row)
            if shorter is None:
                break
            terms = shorter
        common, terms = _common(terms)
        if common is not None:
            return assemble(common.coefficient, common.scalars, _plain_sum(terms))
    return _plain_sum(terms)


def _plain_sum(terms: list[Term]) -> Expr:
    flat: list[Expr] = []
    for term in _positive_first(terms):
        e = assemble(*term)
        flat.extend(e.args if e.op == "add" else (e,))
    return add(*flat)


def _positive_first(terms: list[Term]) -> list[Term]:
    """b - a rather than -a + b."""
    if terms[0].coefficient > 0:
        return terms
    return sorted(terms, key=lambda term: term.coefficient < 0)


# ---- numbers and scalars that all terms share


def _common(terms: list[Term]) -> tuple[Term | None, list[Term]]:
    if len(terms) < 2:
        return None, terms
    number = _shared_number(terms)
    scalars = _shared_scalars(terms)
    if number == 1 and not scalars:
        return None, terms
    rest = [
        Term(
            t.coefficient / number,
            {e: t.scalars.get(e, Fraction(0)) - scalars.get(e, 0) for e in {**t.scalars, **scalars}},
            t.core,
        )
        for t in terms
    ]
    rest = [Term(t.coefficient, {e: p for e, p in t.scalars.items() if p}, t.core) for t in rest]
    return Term(number, scalars, None), rest


def _shared_number(terms: list[Term]) -> Fraction:
    sizes = {abs(t.coefficient) for t in terms}
    sign = -1 if all(t.coefficient < 0 for t in terms) else 1
    if len(sizes) == 1:
        return sign * sizes.pop()
    below = {t.coefficient.denominator for t in terms}
    return sign * (Fraction(1, below.pop()) if len(below) == 1 else Fraction(1))


def _shared_scalars(terms: list[Term]) -> dict[Expr, Fraction]:
    shared: dict[Expr, Fraction] = {}
    for e in terms[0].scalars:
        powers = [t.scalars.get(e, Fraction(0)) for t in terms]
        if all(q > 0 for q in powers):
            shared[e] = min(powers)
        elif all(q < 0 for q in powers):
            shared[e] = max(powers)
    return shared


# ---- factors at the ends of products, and in Hadamard products


def _ends(core: Expr | None, last: bool) -> tuple[Expr, tuple[Expr, ...]] | None:
    """A product's last (or first) factor and the others."""
    if core is None or core.op != "mul":
        return None
    return (core.args[-1], core.args[:-1]) if last else (core.args[0], core.args[1:])


def _factored(terms: list[Term], axes: Axes, row: bool) -> list[Term] | None:
    """The best single factoring: several terms become one with a sum in it."""
    best: tuple[int, list[int], Term] | None = None
    for last in (True, False):
        groups: dict[Expr, list[int]] = {}
        for at, term in enumerate(terms):
            end = _ends(term.core, last)
            if end is not None:
                groups.setdefault(end[0], []).append(at)
        for factor, members in groups.items():
            if len(members) > 1:
                made = _pull(terms, members, factor, last)
                if made is not None and (best is None or made[0] > best[0]):
                    best = (made[0], members, made[1])
    found = best if best is not None else _later(terms)
    if found is None:
        return None
    _, members, whole = found
    return [
        whole if at == members[0] else t
        for at, t in enumerate(terms)
        if at == members[0] or at not in members
    ]


def _later(terms: list[Term]) -> tuple[int, list[int], Term] | None:
    return _row_scaled(terms) or _hadamard_factored(terms) or _wrapped(terms) or _weighted(terms)


def _weighted(terms: list[Term]) -> tuple[int, list[int], Term] | None:
    """s*x - t*x as (s - t)*x, for scalars s and t."""
    groups: dict[Expr, list[int]] = {}
    for at, term in enumerate(terms):
        if term.core is not None and term.core.axes:
            groups.setdefault(term.core, []).append(at)
    for core, members in groups.items():
        if len(members) < 2:
            continue
        common, heads = _common([terms[at]._replace(core=None) for at in members])
        factors = core.args if core.op == "mul" else (core,)
        inside = mul(_plain_sum(heads), *factors)
        whole = Term(common.coefficient if common else Fraction(1), common.scalars if common else {}, inside)
        saved = sum(ink(assemble(*terms[at])) for at in members) + len(members) - 1 - ink(assemble(*whole))
        if saved > 0:
            return saved, members, whole
    return None


def _pull(terms: list[Term], members: list[int], factor: Expr, last: bool) -> tuple[int, Term] | None:
    heads = []
    for at in members:
        end = _ends(terms[at].core, last)
        assert end is not None
        heads.append(Term(terms[at].coefficient, terms[at].scalars, mul(*end[1])))
    first = heads[0].core
    assert first is not None
    if any(h.core is not None and (h.core.axes != first.axes or h.core.row != first.row) for h in heads):
        return None
    common, heads = _common(_like(heads))
    inside = _sum(heads, first.axes, first.row)
    opened = inside.args if inside.op == "mul" else (inside,)
    core = mul(*opened, factor) if last else mul(factor, *opened)
    whole = Term(common.coefficient if common else Fraction(1), common.scalars if common else {}, core)
    saved = sum(ink(assemble(*terms[at])) for at in members) + len(members) - 1 - ink(assemble(*whole))
    return (saved, whole) if saved > 0 else None


def _wrapped(terms: list[Term]) -> tuple[int, list[int], Term] | None:
    """diag(u) + diag(v) as diag(u + v), and the same for reshape."""
    stacked = _stacked(terms)
    if stacked is not None:
        return stacked
    groups: dict[tuple[str, Axes], list[int]] = {}
    for at, term in enumerate(terms):
        if term.core is not None and term.core.op in ("diag", "reshape") and not term.scalars:
            groups.setdefault((term.core.op, term.core.args[0].axes), []).append(at)
    for members in groups.values():
        cores = [terms[at].core for at in members]
        first = cores[0]
        if len(members) < 2 or first is None:
            continue
        inner = [
            Term(terms[at].coefficient, {}, core.args[0])
            for at, core in zip(members, cores, strict=True)
            if core
        ]
        common, inner = _common(inner)
        inside = _sum(inner, first.args[0].axes, False)
        return (
            1,
            members,
            Term(common.coefficient if common else Fraction(1), {}, construct(first, (inside,))),
        )
    return None


def _stacked(terms: list[Term]) -> tuple[int, list[int], Term] | None:
    """vcat(A, 0) + vcat(0, B) as vcat(A, B), halftril(M) + halftriu(M) as M."""
    for i, one in enumerate(terms):
        for j in range(i + 1, len(terms)):
            made = _both(one, terms[j])
            if made is not None:
                return (1, [i, j], made)
    return None


def _both(a: Term, b: Term) -> Term | None:
    """Two stacks whose parts are zeros in turns; two halves of a matrix."""
    x, y = a.core, b.core
    if a[:2] == b[:2] and (both := halves(x, y)) is not None:
        return a._replace(core=both)
    if x is None or y is None or x.op not in CATS or x.op != y.op:
        return None
    cut = sorted_places(x, y)
    if cut is None:
        return None
    common, (a, b) = _common([a._replace(core=None), b._replace(core=None)])
    left, right = (assemble(t.coefficient, t.scalars, None) for t in (a, b))
    args = [_scaled(left, p) if p is not None else _scaled(right, q) for p, q in cut]
    whole = Term(common.coefficient if common else Fraction(1), common.scalars if common else {}, None)
    return whole._replace(core=cat(x.op, *args))


def _scaled(scale: Expr, e: Expr | None) -> Expr:
    assert e is not None
    return e if scale is num(1) or _blank(e) else neg(e) if scale is neg(num(1)) else mul(scale, e)


def _blank(e: Expr) -> bool:
    return e.op == "zeros"


def sorted_places(x: Expr, y: Expr) -> list[tuple[Expr | None, Expr | None]] | None:
    """Parts of two stacks that do not meet, in their order; None where they meet."""
    mine, theirs = ([b for b in blocks(e) if not _blank(b.arg)] for e in (x, y))
    ends = {p.place[0]: (p, None) for p in mine} | {q.place[0]: (None, q) for q in theirs}
    out: list[tuple[Expr | None, Expr | None]] = []
    if len(ends) < len(mine) + len(theirs):
        return None
    place = ONE
    blanks = {b.place[0]: b for e in (x, y) for b in blocks(e) if _blank(b.arg)}
    size = x.axes[blocks(x)[0].axis]
    while place is not size + ONE:
        if place in ends:
            p, q = ends.pop(place)
            block = p or q
            out.append((p.arg if p else None, q.arg if q else None))
        else:
            block = blanks.get(place)
            if block is None or any(not at_least(first, block.place[-1] + ONE) and at_least(first, place)
                                    for first in ends):  # fmt: skip
                return None
            out.append((block.arg, None))
        assert block is not None
        place = block.place[-1] + ONE
    return out if not ends else None


def _row_scaled(terms: list[Term]) -> tuple[int, list[int], Term] | None:
    """diag(u./s)*A + (v./s)*b' as diag(1 ./ s)*(diag(u)*A + v*b'), and the same from the right."""
    for last in (False, True):
        ends = [_scale(term.core, last) for term in terms]
        scales = [_fraction(end.vector) if end else ([], []) for end in ends]
        shared = [e for e in scales[0][0] if all(e in above for above, _ in scales)]
        below = [e for e in scales[0][1] if all(e in under for _, under in scales)]
        if not below:
            continue
        rest = []
        for term, end, (above, under) in zip(terms, ends, scales, strict=True):
            assert end is not None
            items = [(e, Fraction(1)) for e in above if e not in shared]
            items += [(e, Fraction(-1)) for e in under if e not in below]
            rest.append(Term(term.coefficient, term.scalars, _rescaled(end, items, last)))
        common, rest = _common(_like(rest))
        items = [*((e, Fraction(1)) for e in shared), *((e, Fraction(-1)) for e in below)]
        first = rest[0].core
        assert first is not None
        scale, inside = apply("diag", hadamard(items)), _sum(rest, first.axes, False)
        factors = inside.args if inside.op == "mul" else (inside,)
        core = mul(*factors, scale) if last else mul(scale, *factors)
        whole = Term(common.coefficient if common else Fraction(1), common.scalars if common else {}, core)
        saved = sum(ink(assemble(*t)) for t in terms) + len(terms) - 1 - ink(assemble(*whole))
        if saved > 0:
            return saved, list(range(len(terms))), whole
    return None


class _End(NamedTuple):
    """What scales the rows (or columns) of a product: a vector, whether on a diagonal; the others."""

    vector: Expr
    diagonal: bool
    others: tuple[Expr, ...]


def _fraction(vector: Expr) -> tuple[list[Expr], list[Expr]]:
    """Numerator and denominator, also of u./s.*v."""
    if vector.op != "had":
        return _entries(vector)
    parts = [_fraction(arg) if arg.op == "hdiv" else ([arg], []) for arg in vector.args]
    return [e for above, _ in parts for e in above], [e for _, under in parts for e in under]


def _scale(core: Expr | None, last: bool) -> _End | None:
    end = _ends(core, last)
    if end is None or core is None or len(core.axes) != 2:
        return None
    factor, others = end
    if factor.op == "diag":
        return _End(factor.args[0], True, others)
    if len(factor.axes) == 1 and factor.row == last and (not last or factor.op == "T"):
        return _End(factor.args[0] if last else factor, False, others)
    return None


def _rescaled(end: _End, items: list[tuple[Expr, Fraction]], last: bool) -> Expr:
    if not items and end.diagonal:
        return mul(*end.others)
    vector = hadamard(items) if items else ones(*end.vector.axes)
    factor = apply("diag", vector) if end.diagonal else T(vector) if last else vector
    return mul(*end.others, factor) if last else mul(factor, *end.others)


def _entries(core: Expr | None) -> tuple[list[Expr], list[Expr]]:
    """Numerator and denominator of a Hadamard product."""
    if core is None or not core.axes:
        return [], []
    if core.op == "hdiv":
        above = [] if not core.args[0].axes else _entries(core.args[0])[0]
        return above, list(core.args[1].args if core.args[1].op == "had" else (core.args[1],))
    return (list(core.args) if core.op == "had" else [core]), []


def _left(items: list[Expr], taken: list[Expr]) -> list[Expr]:
    """A list without some of its items, each as often as it was taken."""
    return list((Counter(items) - Counter(taken)).elements())


def _hadamard_factored(terms: list[Term]) -> tuple[int, list[int], Term] | None:
    """A.*B + A.*C as A.*(B + C), and A + A.*B as A.*(1 + B), for all terms together."""
    split = [_entries(term.core) for term in terms]
    shared = list(reduce(and_, (Counter(above) for above, _ in split)).elements())
    below = list(reduce(and_, (Counter(under) for _, under in split)).elements())
    if (not shared and not below) or any(t.scalars for t in terms):
        return None
    rest = []
    for term, (above, under) in zip(terms, split, strict=True):
        items = [(e, Fraction(1)) for e in _left(above, shared)]
        items += [(e, Fraction(-1)) for e in _left(under, below)]
        rest.append(Term(term.coefficient, {}, hadamard(items) if items else None))
    if not shared and all(t.core is None for t in rest):
        return None
    common, rest = _common(_like(rest))
    if not rest:
        return None
    inside = _plain_sum(rest)
    items = [(e, Fraction(1)) for e in [*shared, inside]] + [(e, Fraction(-1)) for e in below]
    if not inside.axes and not shared:
        return None
    core = hadamard(items)
    whole = Term(common.coefficient if common else Fraction(1), {}, core)
    saved = sum(ink(assemble(*t)) for t in terms) + len(terms) - 1 - ink(assemble(*whole))
    return (saved, list(range(len(terms))), whole) if saved > 0 else None
