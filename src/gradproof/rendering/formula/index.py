"""Index notation: an expression by its entries, such as Σ_ijk G_ij X_ik δ_jp δ_kq.

The letters of an index sum are the letters shown. What has no reading by entries is shown as
(E)_pq, with E in a matrix notation that the caller chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, product
from typing import NamedTuple

from gradproof.expressions.nodes import Expr
from gradproof.operators.build import mul
from gradproof.operators.table import OPERATORS
from gradproof.rendering.formula.boxes import Box, call, frac, name, paren, row, sub, sym, tight
from gradproof.rendering.formula.entries import ALPHABET
from gradproof.rendering.formula.matrix import mapped, negative, objective, quotient, raised, signed
from gradproof.rendering.formula.names import unicode_name
from gradproof.rendering.formula.precedence import (
    ATOM,
    FRACTION,
    POWER,
    SCALED,
    SIGMA,
    Piece,
    factor,
    softly,
    wrap,
)

Letters = tuple[str, ...]
DEEPEST = 40
ENTRIES = SCALED + 1  # the level of entries side by side
_CLASH = {"Σ", "δ"}  # a name spelled like a sum or a Kronecker delta stands in parentheses


class Scope(NamedTuple):
    """used: letters that mean something here already; whole: matrix notation; room: levels left."""

    used: frozenset[str]
    whole: Callable[[Expr], Piece]
    room: int = DEEPEST

    def inside(self, letters: Iterable[str]) -> Scope:
        """The scope of a part, where these letters are taken too."""
        return Scope(self.used.union(letters), self.whole, self.room - 1)


def index(e: Expr, letters: Letters, whole: Callable[[Expr], Piece]) -> Piece:
    """The entry of e at the given letters, one for each axis."""
    return entry(e, letters, Scope(frozenset(letters), whole))


def entry(e: Expr, letters: Letters, scope: Scope) -> Piece:
    """The entry of a part."""
    form = _FORMS.get(e.op)
    if scope.room <= 0:
        return _other(e, letters, scope)
    if form is not None:
        return form(e, letters, scope)
    known = OPERATORS.get(e.op)
    return (_function if known and known.slope else _other)(e, letters, scope)


def fresh(used: Iterable[str]) -> Iterator[str]:
    """Letters for indices, easiest to read first, without those in use."""
    taken = set(used)
    for letters in chain(ALPHABET, map("".join, product(ALPHABET, repeat=2))):
        if letters not in taken:
            yield letters


def _other(e: Expr, letters: Letters, scope: Scope) -> Piece:
    piece = scope.whole(e)
    return Piece(sub(wrap(piece, ATOM), "".join(letters)), ATOM) if letters else piece


def _name(e: Expr, letters: Letters, scope: Scope) -> Piece:
    text = str(e.data[0])
    box = paren(name(text)) if letters and unicode_name(text) in _CLASH else name(text)
    return Piece(sub(box, "".join(letters)), ATOM)


# ---- sums and products


def _add(e: Expr, letters: Letters, scope: Scope) -> Piece:
    parts = []
    for arg in e.args:
        here = letters if arg.axes else ()
        parts.append((arg.op == "neg", entry(arg, here, scope.inside(()))))
    return signed(parts)


def _neg(e: Expr, letters: Letters, scope: Scope) -> Piece:
    return negative(entry(e.args[0], letters, scope.inside(())))


def _mul(e: Expr, letters: Letters, scope: Scope) -> Piece:
    arrays = [arg for arg in e.args if arg.axes]
    scalars = [arg for arg in e.args if not arg.axes]
    if not scalars or (arrays and not e.axes):
        return _other(e, letters, scope)
    *before, last = [entry(arg, (), scope.inside(())) for arg in scalars]
    if arrays:
        before, last = [*before, last], entry(mul(*arrays), letters, scope.inside(()))
    boxes = [*map(_beside, before), last.box if last.level == SIGMA else _beside(last)]
    return Piece(row(*boxes), SIGMA if last.level == SIGMA else ENTRIES)


def _beside(piece: Piece) -> Box:
    """A factor beside others: products of entries need no parentheses in a product of entries."""
    return piece.box if piece.level == ENTRIES else factor(piece)


def _div(e: Expr, letters: Letters, scope: Scope) -> Piece:
    above = entry(e.args[0], letters, scope.inside(()))
    below = entry(e.args[1], (), scope.inside(()))
    if above.level != SIGMA:
        return quotient(above, below)
    share = quotient(Piece(Box("num", "1"), ATOM), below)
    return Piece(row(factor(share), above.box), SIGMA)


def _hdiv(e: Expr, letters: Letters, scope: Scope) -> Piece:
    above, below = (entry(arg, letters if arg.axes else (), scope.inside(())) for arg in e.args)
    return quotient(above, below)


def _power(e: Expr, letters: Letters, scope: Scope) -> Piece:
    if e.op == "pow" and e.axes:
        return _other(e, letters, scope)
    parts = tuple(entry(arg, letters if arg.axes else (), scope.inside(())) for arg in e.args)
    return raised("sup", e, parts)


# ---- index sums


def _einsum(e: Expr, letters: Letters, scope: Scope) -> Piece:
    inputs, _, output = str(e.data[0]).partition("->")
    spelled, deltas = _outputs(output, letters)
    taken = scope.used.union(letters)
    pool = fresh(taken.union(inputs))
    summed = []
    for letter in inputs:
        if letter != "," and letter not in spelled:
            spelled[letter] = letter if letter not in taken else next(pool)
            summed.append(spelled[letter])
    inner = scope.inside(chain(letters, summed))
    numbers: list[Box] = []
    boxes: list[Box] = []
    for group, arg in zip(inputs.split(","), e.args, strict=True):
        here = tuple(spelled[letter] for letter in group)
        if len(e.args) == 1 and arg.op == "einsum":
            boxes.append(entry(arg, here, inner).box)  # a sum of sums needs no parentheses
        else:
            (boxes if here else numbers).extend(_factors(arg, here, inner))
    boxes.extend(sub(sym("delta"), "".join(pair)) for pair in deltas)
    return _sigma(summed, numbers, boxes)


def _outputs(output: str, letters: Letters) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """What each output letter is called, and the pairs that a repeated one makes equal."""
    spelled: dict[str, str] = {}
    deltas = []
    for letter, shown in zip(output, letters, strict=True):
        if letter in spelled:
            deltas.append((spelled[letter], shown))
        else:
            spelled[letter] = shown
    return spelled, deltas


def _sigma(summed: list[str], numbers: list[Box], boxes: list[Box]) -> Piece:
    if not summed:
        found = [*numbers, *boxes]
        return Piece(row(*found), ENTRIES) if found else Piece(sym("one"), ATOM)
    body = row(*boxes) if boxes else sym("one")
    return Piece(row(*numbers, Box("sigma", "".join(summed), (body,))), SIGMA)


def _factors(e: Expr, letters: Letters, scope: Scope) -> list[Box]:
    """The factors that an argument of an index sum contributes; ones contribute none."""
    if e.op == "ones":
        return []
    if e.op == "had":
        return [box for arg in e.args for box in _factors(arg, letters if arg.axes else (), scope.inside(()))]
    if e.op == "add" and letters and all(arg.axes and _linear(arg) for arg in e.args):
        return [_other(e, letters, scope).box]
    piece = entry(e, letters, scope)
    return [piece.box if e.op == "partial" else _beside(piece)]


def _linear(e: Expr) -> bool:
    """Whether a term is better left in a sum of matrices, as in (A x − b)_i, than spelled by entries."""
    known = OPERATORS.get(e.op)
    inner = e.args[0] if e.op == "neg" else e
    return inner.op == "name" or (known is not None and known.linear and e.op != "had")


# ---- leaves, functions, derivatives


def _eye(e: Expr, letters: Letters, scope: Scope) -> Piece:
    return Piece(sub(sym("delta"), "".join(letters)), ATOM)


def _ones(e: Expr, letters: Letters, scope: Scope) -> Piece:
    return Piece(sym("one"), ATOM)


def _zeros(e: Expr, letters: Letters, scope: Scope) -> Piece:
    return Piece(Box("num", "0"), ATOM)


def _function(e: Expr, letters: Letters, scope: Scope) -> Piece:
    inner = entry(e.args[0], letters, scope.inside(()))
    if e.op == "sqrt":
        return Piece(Box("root", "", (softly(inner, ATOM),)), POWER)
    if e.op == "abs":
        return Piece(Box("fence", "abs", (inner.box,)), ATOM)
    return Piece(call(Box("word", e.op), inner.box), ATOM)


def _slope(e: Expr, letters: Letters, scope: Scope) -> Piece:
    if not OPERATORS[str(e.data[0])].slope:  # max′ looks at all entries at once
        return _other(e, letters, scope)
    inner = entry(e.args[0], letters, scope.inside(()))
    return Piece(call(Box("word", f"{e.data[0]}′"), inner.box), ATOM)


def _map(e: Expr, letters: Letters, scope: Scope) -> Piece:
    return Piece(call(mapped(e), entry(e.args[0], letters, scope.inside(())).box), ATOM)


def _larger(e: Expr, letters: Letters, scope: Scope) -> Piece:
    parts = (entry(arg, letters if arg.axes else (), scope.inside(())).box for arg in e.args)
    return Piece(call(Box("word", "max" if e.op == "maximum" else "min"), *parts), ATOM)


def _d(e: Expr, letters: Letters, scope: Scope) -> Piece:
    if e.args[0].op != "name":
        return _other(e, letters, scope)
    return Piece(Box("diff", "", (entry(e.args[0], letters, scope).box,)), ATOM)


def _derivative(e: Expr, letters: Letters, scope: Scope) -> Piece:
    above = objective(e.args[0], entry(e.args[0], (), scope.inside(())))
    return _ratio(sym("partial"), above, [entry(e.args[1], letters, scope.inside(())).box])


def _partial(e: Expr, letters: Letters, scope: Scope) -> Piece:
    inner, variable = e.args
    rank = len(inner.axes)
    below = [entry(variable, letters[rank:], scope.inside(())).box]
    first = letters[:rank]
    twice = Box("sup", "", (sym("partial"), Box("num", "2")))
    if inner.op == "derivative":
        above = objective(inner.args[0], entry(inner.args[0], (), scope.inside(())))
        return _ratio(twice, above, [entry(inner.args[1], first, scope.inside(())).box, *below])
    if inner.op == "partial" and inner.args[0].op == "name":
        mine = len(inner.args[0].axes)
        above = entry(inner.args[0], first[:mine], scope.inside(())).box
        return _ratio(twice, above, [entry(inner.args[1], first[mine:], scope.inside(())).box, *below])
    return _ratio(sym("partial"), wrap(entry(inner, first, scope.inside(())), ATOM), below)


def _ratio(sign: Box, above: Box, below: list[Box]) -> Piece:
    bottom = chain.from_iterable((sym("partial"), box) for box in below)
    return Piece(frac(tight(sign, above), tight(*bottom)), FRACTION)


_FORMS: dict[str, Callable[[Expr, Letters, Scope], Piece]] = {
    "name": _name, "add": _add, "neg": _neg, "mul": _mul, "div": _div, "hdiv": _hdiv, "pow": _power,
    "hpow": _power, "einsum": _einsum, "eye": _eye, "ones": _ones, "zeros": _zeros, "slope": _slope,
    "map": _map, "maximum": _larger, "minimum": _larger, "d": _d, "derivative": _derivative,
    "partial": _partial,
}  # fmt: skip
