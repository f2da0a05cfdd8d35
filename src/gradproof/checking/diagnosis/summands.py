"""An expression multiplied out into its summands, as far as there are few."""

from __future__ import annotations

from collections import Counter
from itertools import product

from gradproof.errors import GradproofError
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import T, add, mul, neg, num, ones
from gradproof.operators.places import remade
from gradproof.operators.signs import facts

MOST = 24
FIRST = frozenset({"div", "hdiv"})  # linear in the first argument only


def _linear(e: Expr) -> bool:
    return e.op in ("neg", "reshape") or (facts(e.op).linear and not e.data)


def summands(e: Expr) -> list[Expr]:
    """Terms whose sum is e, no more than a few; e itself where there would be more."""
    try:
        found = _terms(e)
    except GradproofError:
        return [e]
    whole = [term for term in found if (term.axes, term.row) == (e.axes, e.row)]
    return whole if len(whole) == len(found) <= MOST else [e]


def _terms(e: Expr) -> list[Expr]:
    if e.op == "add":
        parts = [term for arg in e.args for term in _terms(arg)]
        return [_filled(part, e) for part in parts]
    if e.op == "neg":
        return [term.args[0] if term.op == "neg" else neg(term) for term in _terms(e.args[0])]
    if e.op == "had" and all(arg.op not in ("add", "neg") for arg in e.args):
        return [_signed(e, e.args)]
    if not _linear(e) and e.op not in FIRST:
        return [e]
    below = [_terms(arg) for arg in e.args] if _linear(e) else [_terms(e.args[0]), [e.args[1]]]
    count = 1
    for terms in below:
        count *= len(terms)
    if not 1 < count <= MOST:
        return [e]
    return [_signed(e, args) for args in product(*below)]


def _filled(part: Expr, whole: Expr) -> Expr:
    """A number that is added to every entry of an array, as that array."""
    if part.axes or not whole.axes:
        return part
    minus = part.op == "neg"
    every = T(ones(*whole.axes)) if whole.row else ones(*whole.axes)
    full = mul(part.args[0] if minus else part, every)
    return neg(full) if minus else full


def _signed(e: Expr, args: tuple[Expr, ...]) -> Expr:
    """The operator on some terms, with their signs in front."""
    minus = sum(arg.op == "neg" for arg in args) % 2
    bare = [arg.args[0] if arg.op == "neg" else arg for arg in args]
    made = remade(e, tuple(sorted(bare, key=lambda arg: arg.uid) if e.op == "had" else bare))
    return neg(made) if minus else made


def expanded(e: Expr) -> Expr:
    """The sum of the summands, equal ones together."""
    count = Counter(summands(e))
    return add(*(term if times == 1 else _times(times, term) for term, times in count.items()))


def _times(count: int, term: Expr) -> Expr:
    return neg(mul(num(count), term.args[0])) if term.op == "neg" else mul(num(count), term)
