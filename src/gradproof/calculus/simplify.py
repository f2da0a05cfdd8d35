"""Write a whole expression anew: open its products, collect its terms, read it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import prod

from gradproof.calculus.network.cost import ink, leaves
from gradproof.calculus.network.from_expression import spread
from gradproof.calculus.network.like_terms import collect
from gradproof.calculus.network.network import Network
from gradproof.calculus.network.slices import part_of
from gradproof.calculus.network.source_order import remembered
from gradproof.calculus.network.to_expression import Term, read_term
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import fold, rebuild
from gradproof.operators.build import T, add, construct, div, had, mul, neg, num, ones
from gradproof.operators.properties import number, symmetric
from gradproof.operators.substitution import unfold

MANY = 12  # so many products at most are tried when sums are multiplied out


@remembered
def term(e: Expr) -> Term:
    """One product as a term."""
    net = Network()
    legs = spread(net, e)
    return read_term(net, legs, e.row)


def terms(e: Expr, scaled: bool = False) -> list[Term]:
    """An expression as a list of terms: sums that stand outermost are opened, `scaled` ones if asked."""
    if e.op == "add":
        return [t for arg in e.args for t in terms(_wide(arg, e), scaled)]
    if e.op == "neg":
        return [t._replace(coefficient=-t.coefficient) for t in terms(e.args[0], scaled)]
    if scaled and e.op == "T" and e.args[0].op in ("add", "neg"):
        turned = [T(_wide(arg, e.args[0])) for arg in e.args[0].args]
        return terms(neg(turned[0]) if e.args[0].op == "neg" else add(*turned), scaled)
    apart = _scaled_sum(e) if scaled else None
    if apart is not None:
        return [_times(t, apart[0]) for t in terms(apart[1], scaled)]
    return [term(e)]


def _scaled_sum(e: Expr) -> tuple[Term, Expr] | None:
    """s*(A + B) and (A + B)/s as the scalar's term and the sum."""
    if e.op == "div" and _is_sum(e.args[0]):
        return term(div(num(1), e.args[1])), e.args[0]
    if e.op == "mul" and _is_sum(e.args[-1]) and all(not arg.axes for arg in e.args[:-1]):
        return term(mul(*e.args[:-1])), e.args[-1]
    return None


def _is_sum(e: Expr) -> bool:
    return e.op == "add" or _scaled_sum(e) is not None


def _times(t: Term, scale: Term) -> Term:
    scalars = dict(t.scalars)
    alone = {} if scale.core is None else {scale.core: Fraction(1)}  # a number that is an index sum
    for e, p in (*scale.scalars.items(), *alone.items()):
        scalars[e] = scalars.get(e, Fraction(0)) + p
    return Term(t.coefficient * scale.coefficient, scalars, t.core)


def _wide(arg: Expr, whole: Expr, numbers: bool = True) -> Expr:
    """A scalar term of a larger sum, at every entry; `numbers` stay as they are: 1 - p, not ones(n) - p."""
    if arg.axes or not whole.axes or (numbers and number(arg) is not None):
        return arg
    return had(arg, ones(*whole.axes))


def gather(parts: Sequence[Expr], like: Expr) -> Expr:
    """The sum of some expressions, with the shape of `like`."""
    closed = [t for part in parts for t in terms(part)]
    opened = [t for part in parts for t in terms(part, scaled=True)]
    found = collect(closed, like.axes, like.row)
    if len(opened) > len(closed):
        found = _shorter(found, collect(opened, like.axes, like.row))
    apart = [p for part in parts for p in multiplied_out(part)] if len(opened) <= MANY else []
    if len(opened) < len(apart) <= MANY:
        found = _shorter(found, collect([term(p) for p in apart], like.axes, like.row))
    return _bare(found)


def _bare(e: Expr) -> Expr:
    """A sum with 1 in place of ones(n), where another term has the axes: 1 - p."""
    if e.op != "add" or all(_is_ones(arg) for arg in e.args if arg.axes):
        return e
    return add(
        *(rebuild(arg, {ones(*e.axes): num(1)}, construct) if _is_ones(arg) else arg for arg in e.args)
    )


def _is_ones(e: Expr) -> bool:
    return e.op == "ones" or (e.op == "neg" and e.args[0].op == "ones")


def _shorter(first: Expr, other: Expr) -> Expr:
    """The one with less ink; the first where they are equal."""
    return other if ink(other) < ink(first) else first


def multiplied_out(e: Expr) -> list[Expr]:
    """Products of sums as sums of products; e itself where that would make too many."""
    if e.op == "add":
        return [p for arg in e.args for p in multiplied_out(_wide(arg, e, numbers=False))]
    if e.op == "neg":
        return [neg(p) for p in multiplied_out(e.args[0])]
    if e.op == "T" and e.args[0].op == "add" and any(map(symmetric, e.args[0].args)):
        return [T(p) for p in multiplied_out(e.args[0])]
    if e.op not in ("mul", "had", "div", "hdiv"):
        return [e]
    heads = [multiplied_out(arg) for arg in (e.args if e.op in ("mul", "had") else e.args[:1])]
    if prod(map(len, heads)) > MANY:
        return [e]
    rest = () if e.op in ("mul", "had") else e.args[1:]
    return [construct(e, (*choice, *rest)) for choice in product(*heads)]


def cancelled(e: Expr) -> Expr:
    """`e` with fewer names, where one of its sums is multiplied out and factors cancel; else `e` itself.

    ((1 - y)./(1 - p) - y./p).*p.*(1 - p) is (1 - y).*p - y.*(1 - p), and that is p - y.
    """
    best, fewest = e, leaves(e)
    for sums in _opened(e):
        new = gather(sums, e)
        if leaves(new) < fewest and ink(new) < ink(best):
            best, fewest = new, leaves(new)
    return best


def _opened(e: Expr) -> list[list[Expr]]:
    """The ways to write an elementwise product as a sum, one factor multiplied out, or a sum's terms."""
    if e.op in ("neg", "div"):
        return [[construct(e, (term, *e.args[1:])) for term in terms] for terms in _opened(e.args[0])]
    if e.op == "add":
        whole = [tidy(_wide(arg, e)) for arg in e.args]
        return [whole, multiplied_out(e)] if len(multiplied_out(e)) <= MANY else [whole]
    if e.op not in ("had", "hdiv", "mul") or (e.op == "mul" and e.axes):
        return []
    found = []
    for at, arg in enumerate(e.args[:1] if e.op == "hdiv" else e.args):
        inner = [[_wide(one, arg) for one in arg.args]] if arg.op == "add" else _opened(arg)
        found += [[construct(e, (*e.args[:at], one, *e.args[at + 1 :])) for one in part] for part in inner]
    return found


@remembered
def tidy(e: Expr) -> Expr:
    """The same expression as one would write it."""
    return gather([e], e)


def collected(e: Expr) -> Expr:
    """`e` written anew, the sums inside its products first, so that these need not be multiplied out."""
    inner = fold(e, lambda node, args: _collected(node, args) if args else node)
    return _shorter(tidy(inner), tidy(e)) if inner is not e else tidy(e)


def insert(e: Expr, known: Mapping[Expr, Expr]) -> Expr:
    """`e` with names replaced by what they stand for, written anew."""
    opened = unfold(e, known, _collected)
    return e if opened is e else tidy(opened)


def _collected(node: Expr, args: tuple[Expr, ...]) -> Expr:
    """A node with new arguments; a sum is collected anew, for its terms may have become alike."""
    new = construct(node, args)
    if new.op == "slice":
        return part_of(new)
    return tidy(new) if new.op == "add" else new
