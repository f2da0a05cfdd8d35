"""A sum of terms as one would write it: like terms together, common factors once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
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
from gradproof.expressions.dims import Dim, at_least
from gradproof.expressions.nodes import Axes, Expr
from gradproof.expressions.walk import postorder
from gradproof.operators.blocks import CATS, ONE, Block, blocks, cat
from gradproof.operators.build import T, add, apply, construct, had, mul, neg, num, ones, zeros

MANY = 40  # beyond so many terms common factors are not searched for


class Factoring(NamedTuple):
    """Several terms as one.

    saved    how much ink that saves
    members  the places of the terms
    whole    the one term
    """

    saved: int
    members: list[int]
    whole: Term


def _factoring(terms: list[Term], members: list[int], common: Term, core: Expr) -> Factoring | None:
    """Terms as what they have in common times a core, where that takes less ink."""
    whole = common._replace(core=core)
    before = sum(ink(assemble(*terms[at])) for at in members) + len(members) - 1
    saved = before - ink(assemble(*whole))
    return Factoring(saved, members, whole) if saved > 0 else None


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
        if common.coefficient != 1 or common.scalars:
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


def _common(terms: list[Term]) -> tuple[Term, list[Term]]:
    """The number and the scalars that all terms share, and what is left of them."""
    number, scalars = (_shared_number(terms), _shared_scalars(terms)) if len(terms) > 1 else (Fraction(1), {})
    if number == 1 and not scalars:
        return Term(number, scalars, None), terms
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
    found = _at_the_ends(terms) or _later(terms)
    if found is None:
        return None
    first, gone = found.members[0], set(found.members)
    return [found.whole if at == first else t for at, t in enumerate(terms) if at == first or at not in gone]


def _at_the_ends(terms: list[Term]) -> Factoring | None:
    """A factor at the end, or at the beginning, of several products: the one that saves most."""
    best: Factoring | None = None
    for last in (True, False):
        groups: dict[Expr, list[int]] = {}
        for at, term in enumerate(terms):
            end = _ends(term.core, last)
            if end is not None:
                groups.setdefault(end[0], []).append(at)
        for factor, members in groups.items():
            made = _pull(terms, members, factor, last) if len(members) > 1 else None
            if made is not None and (best is None or made.saved > best.saved):
                best = made
    return best


def _later(terms: list[Term]) -> Factoring | None:
    return _row_scaled(terms) or _hadamard_factored(terms) or _wrapped(terms) or _weighted(terms)


def _weighted(terms: list[Term]) -> Factoring | None:
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
        made = _factoring(terms, members, common, mul(_plain_sum(heads), *factors))
        if made is not None:
            return made
    return None


def _pull(terms: list[Term], members: list[int], factor: Expr, last: bool) -> Factoring | None:
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
    return _factoring(terms, members, common, _beside(_sum(heads, first.axes, first.row), factor, last))


def _beside(e: Expr, factor: Expr, last: bool) -> Expr:
    """A product with a factor behind (or before) it."""
    factors = e.args if e.op == "mul" else (e,)
    return mul(*factors, factor) if last else mul(factor, *factors)


def _wrapped(terms: list[Term]) -> Factoring | None:
    """diag(u) + diag(v) as diag(u + v), and the same for reshape."""
    stacked = _stacked(terms)
    if stacked is not None:
        return stacked
    groups: dict[tuple[str, Axes], list[int]] = {}
    for at, term in enumerate(terms):
        if term.core is not None and term.core.op in ("diag", "reshape") and not term.scalars:
            groups.setdefault((term.core.op, term.core.args[0].axes), []).append(at)
    for (_, axes), members in groups.items():
        cores = [core for at in members if (core := terms[at].core) is not None]
        if len(members) > 1:
            inner = [
                Term(terms[at].coefficient, {}, core.args[0]) for at, core in zip(members, cores, strict=True)
            ]
            common, inner = _common(inner)
            core = construct(cores[0], (_sum(inner, axes, False),))
            return Factoring(1, members, common._replace(core=core))
    return None


def _stacked(terms: list[Term]) -> Factoring | None:
    """vcat(A, 0) + vcat(0, B) as vcat(A, B), halftril(M) + halftriu(M) as M."""
    for i, one in enumerate(terms):
        for j in range(i + 1, len(terms)):
            made = _both(one, terms[j])
            if made is not None:
                return Factoring(1, [i, j], made)
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
    return common._replace(core=cat(x.op, *args))


def _scaled(scale: Expr, e: Expr | None) -> Expr:
    assert e is not None
    return e if scale is num(1) or _blank(e) else neg(e) if scale is neg(num(1)) else mul(scale, e)


def _blank(e: Expr) -> bool:
    return e.op == "zeros"


def sorted_places(x: Expr, y: Expr) -> list[tuple[Expr | None, Expr | None]] | None:
    """Parts of two stacks that do not meet, in their order; None where they meet."""
    starts: dict[Dim, tuple[Block, bool]] = {}
    blanks: dict[Dim, Block] = {}
    for first, e in ((True, x), (False, y)):
        for block in blocks(e):
            if _blank(block.arg):
                blanks[block.place[0]] = block
            elif block.place[0] in starts:
                return None
            else:
                starts[block.place[0]] = block, first
    out: list[tuple[Expr | None, Expr | None]] = []
    place, end = ONE, x.axes[blocks(x)[0].axis] + ONE
    while place is not end:
        if place in starts:
            block, first = starts.pop(place)
        elif place in blanks and not _covers(blanks[place], starts):
            block, first = blanks[place], True
        else:
            return None
        out.append((block.arg, None) if first else (None, block.arg))
        place = block.place[-1] + ONE
    return out if not starts else None


def _covers(block: Block, starts: Iterable[Dim]) -> bool:
    """Whether one of these places may lie within a block."""
    first, last = block.place[0], block.place[-1]
    return any(at_least(start, first) and not at_least(start, last + ONE) for start in starts)


def _row_scaled(terms: list[Term]) -> Factoring | None:
    """diag(u./s)*A + (v./s)*b' as diag(1 ./ s)*(diag(u)*A + v*b'), and the same from the right."""
    return _scaled_at(terms, last=False) or _scaled_at(terms, last=True)


def _scaled_at(terms: list[Term], last: bool) -> Factoring | None:
    ends = [end for term in terms if (end := _scale(term.core, last)) is not None]
    scales = [_fraction(end.vector) for end in ends]
    if len(ends) < len(terms):
        return None
    shared = [e for e in scales[0][0] if all(e in above for above, _ in scales)]
    below = [e for e in scales[0][1] if all(e in under for _, under in scales)]
    if not below:
        return None
    rest = []
    for term, end, (above, under) in zip(terms, ends, scales, strict=True):
        left = _powers((e for e in above if e not in shared), (e for e in under if e not in below))
        rest.append(Term(term.coefficient, term.scalars, _rescaled(end, left, last)))
    common, rest = _common(_like(rest))
    first = rest[0].core
    assert first is not None
    scale = apply("diag", hadamard(_powers(shared, below)))
    core = _beside(_sum(rest, first.axes, False), scale, last)
    return _factoring(terms, list(range(len(terms))), common, core)


def _powers(above: Iterable[Expr], below: Iterable[Expr]) -> list[tuple[Expr, Fraction]]:
    """Numerator and denominator as powers."""
    return [*((e, Fraction(1)) for e in above), *((e, Fraction(-1)) for e in below)]


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


def _in_all(lists: Iterable[list[Expr]]) -> list[Expr]:
    """What stands in every list, as often as it does."""
    return list(reduce(and_, map(Counter, lists)).elements())


def _hadamard_factored(terms: list[Term]) -> Factoring | None:
    """A.*B + A.*C as A.*(B + C), and A + A.*B as A.*(1 + B), for all terms together."""
    split = [_entries(term.core) for term in terms]
    shared, below = _in_all(above for above, _ in split), _in_all(under for _, under in split)
    if (not shared and not below) or any(t.scalars for t in terms):
        return None
    rest = []
    for term, (above, under) in zip(terms, split, strict=True):
        items = _powers(_left(above, shared), _left(under, below))
        rest.append(Term(term.coefficient, {}, hadamard(items) if items else None))
    if not shared and all(t.core is None for t in rest):
        return None
    common, rest = _common(_like(rest))
    inside = _plain_sum(rest) if rest else None
    if inside is None or not (inside.axes or shared):
        return None
    core = hadamard(_powers([*shared, inside], below))
    return _factoring(terms, list(range(len(terms))), common, core)
