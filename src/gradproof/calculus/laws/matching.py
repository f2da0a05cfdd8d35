"""The one matcher: where the left side of a law stands in an expression, and the right side written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any

from gradproof.calculus.laws.law import ANY, NARY, WHOLE, Law, Pattern, has, names, spelled
from gradproof.elaboration.assembly.application import overloads
from gradproof.errors import GradproofError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.operators import build
from gradproof.operators.places import remade
from gradproof.operators.properties import number, symmetric
from gradproof.operators.table import OPERATORS

Bound = Mapping[str, Any]  # a letter's expression, a size (Dim), or for f an expression and a place
NOTHING: Bound = {}
Window = tuple[int, ...]
SEVERAL = "several"  # the letters that stand for several factors or terms
Settle = Callable[[Expr, bool], Expr]
_SIGNS: dict[str, Callable[..., Expr]] = {
    "mul": build.mul, "had": build.had, "add": build.add,
    "div": build.div, "hdiv": build.hdiv, "pow": build.power, "hpow": build.hpow, "frob": build.frob,
    "neg": build.neg, "d": build.d,
}  # fmt: skip
_WORDS: dict[str, Callable[[Expr], bool]] = {
    "array": lambda e: bool(e.axes), "number": lambda e: number(e) is not None, "symmetric": symmetric,
}  # fmt: skip
_LEAVES: dict[str, Callable[..., Expr]] = {"ones": build.ones, "eye": build.eye, "zeros": build.zeros}


# ---- matching


def matches(law: Law, e: Expr) -> Iterator[tuple[Bound, Window]]:
    """Each way in which a law's left side is an expression, or a part of a product or sum: what the letters
    stand for, and which arguments of the expression the part is."""
    pattern, wide = law.left, len(e.args)
    if e.op not in law.heads:
        return
    windows: Iterable[Window] = ((),)
    if pattern.op == "mul":
        windows = (tuple(range(k, k + len(pattern.args))) for k in range(wide - len(pattern.args) + 1))
    elif pattern.op in NARY:
        windows = permutations(range(wide), len(pattern.args))
    whole = WHOLE in law.letters.get("it", ANY).words
    for window in windows:
        if whole and 0 < len(window) < wide:
            continue
        parts = [e.args[k] for k in window]
        for start in _bind(law, "it", e, {}):
            for bound in _each(law, pattern.args, parts, start) if window else match(law, pattern, e, start):
                if _alike(law, bound):
                    yield bound, window


def placed(e: Expr, window: Window, new: Expr) -> Expr:
    """The whole product or sum with a new part; the unit is left out where the shape stays."""
    if len(window) in (0, len(e.args)):
        return new
    at = min(window)
    before, after = e.args[:at], [arg for k, arg in enumerate(e.args) if k > at and k not in window]
    if e.op in OPERATORS and new.op == OPERATORS[e.op].unit:
        bare = _joined(e.op, [*before, *after])
        if (bare.axes, bare.row) == (e.axes, e.row):
            return bare
    return _joined(e.op, [*before, *(new.args if new.op == e.op else (new,)), *after])


def _joined(op: str, parts: Sequence[Expr]) -> Expr:
    return _SIGNS[op](*parts) if len(parts) > 1 else parts[0]


def _each(law: Law, patterns: tuple[Pattern, ...], parts: Sequence[Expr], bound: Bound) -> Iterator[Bound]:
    """One part for each pattern."""
    if not patterns:
        yield bound
        return
    for one in match(law, patterns[0], parts[0], bound):
        yield from _each(law, patterns[1:], parts[1:], one)


def match(law: Law, pattern: Pattern, e: Expr, bound: Bound = NOTHING) -> Iterator[Bound]:
    """Each way in which a pattern of a law is an expression, beyond what letters already stand for."""
    op = pattern.op
    if op == "letter":
        yield from _bind(law, pattern.data, e, bound)
    elif op == "f":
        for k in range(len(e.args)) if has(e.op, *law.letters[pattern.data].words) else ():
            for one in match(law, pattern.args[0], e.args[k], bound):
                if e.op == one.get(pattern.data, (e, k))[0].op:
                    yield {**one, pattern.data: (e, k)}
    elif op != e.op and e.op not in spelled(op):
        return
    elif op == "num":
        if e.data[0] == pattern.data:
            yield bound
    elif op == "einsum":
        yield from _index_sum(law, pattern, e, bound)
    elif op in NARY:
        yield from _segments(law, pattern, e.args, bound)
    elif op in _LEAVES:
        yield from _sizes(
            tuple(arg.data for arg in pattern.args), e.axes[: 1 if op == "eye" else None], bound
        )
    elif len(e.args) == len(pattern.args) and pattern.data in (None, *e.data):
        yield from _each(law, pattern.args, e.args, bound)


def _segments(law: Law, pattern: Pattern, parts: Sequence[Expr], bound: Bound) -> Iterator[Bound]:
    """A whole product or sum, cut into as many parts as the pattern has: a letter takes several factors in a
    row; of a sum, the first letter takes the rest."""
    line = pattern.op == "mul"
    one, *others = pattern.args if line else reversed(pattern.args)
    rest = pattern._replace(args=tuple(others if line else reversed(others)))
    cuts: Iterable[tuple[Sequence[Expr], Sequence[Expr]]] = ()
    if not others:
        cuts = [(parts, ())] if len(parts) == 1 or one.op == "letter" else ()
    elif len(parts) > len(others):
        cuts = [(parts[:k], parts[k:]) for k in range(1, len(parts) - len(others) + 1)]
        cuts = (
            cuts if line else [((parts[k],), (*parts[:k], *parts[k + 1 :])) for k in range(len(parts))][::-1]
        )
    for some, more in cuts:
        try:
            part = _joined(pattern.op, some)
        except GradproofError:  # x*y'*A cannot be cut before y'
            continue
        for found in match(law, one, part, bound):
            several = found.get(SEVERAL, frozenset()) | ({one.data} if len(some) > 1 else set())
            yield from (
                _segments(law, rest, more, {**found, SEVERAL: several})
                if others
                else [{**found, SEVERAL: several}]
            )


def _index_sum(law: Law, pattern: Pattern, e: Expr, bound: Bound) -> Iterator[Bound]:
    """An einsum, whatever its letters and the order of its arrays."""
    count = len(pattern.args)
    if len(e.args) != count:
        return
    inputs, _, out = str(e.data[0]).partition("->")
    groups = inputs.split(",")
    for order in ((0, 1), (1, 0)) if count == 2 else ((0,),):
        spec = f"{','.join(groups[k] for k in order)}->{out}"
        if _relettered(spec) == _relettered(pattern.data):
            yield from _each(law, pattern.args, [e.args[k] for k in order], bound)


def _relettered(spec: str) -> str:
    known: dict[str, str] = {}
    return re.sub(r"[a-zA-Z]", lambda found: known.setdefault(found[0], chr(97 + len(known))), spec)


def _bind(law: Law, name: str, e: Expr, bound: Bound) -> Iterator[Bound]:
    if name in bound:
        if bound[name] is e:
            yield bound
        return
    said = law.letters.get(name)
    if said is not None:
        if not all(_holds(word, e) for word in said.words):
            return
        if said.sizes is not None:
            if not e.row:
                yield from ({**one, name: e} for one in _sizes(said.sizes, e.axes, bound))
            return
    yield {**bound, name: e}


def _sizes(letters: tuple[str, ...], axes: tuple[Dim, ...], bound: Bound) -> Iterator[Bound]:
    if len(letters) == len(axes):
        found = dict(bound)
        if all(found.setdefault(letter, size) is size for letter, size in zip(letters, axes, strict=True)):
            yield found


def _alike(law: Law, bound: Bound) -> bool:
    """Whether letters that are said to have the shape of others have it."""
    pairs = ((bound.get(name), bound.get(word[5:])) for name, one in law.letters.items() for word in one.words
             if word.startswith("like "))  # fmt: skip
    return all(
        (a.axes, a.row) == (b.axes, b.row) for a, b in pairs if isinstance(a, Expr) and isinstance(b, Expr)
    )


def _holds(word: str, e: Expr) -> bool:
    if word == WHOLE or word.startswith("like "):  # is looked at elsewhere
        return True
    if word.startswith("not "):
        return e.op != word[4:]
    return _WORDS[word](e)


# ---- writing


def written(pattern: Pattern, bound: Bound, settle: Settle) -> Expr:
    """A side of a law for what its letters stand for; `settle` sees each part as it is made, and whether a
    letter in it took several factors or terms.

    Raises GradproofError where the parts do not fit.
    """
    op, known = pattern.op, bound.get(pattern.data)
    if op == "letter":
        return known if isinstance(known, Expr) else build.size(bound[pattern.data])
    if op == "num":
        return build.num(pattern.data)
    if op in _LEAVES:
        return _LEAVES[op](*(bound[arg.data] for arg in pattern.args))
    args = [written(arg, bound, settle) for arg in pattern.args]
    several = not names(pattern).isdisjoint(bound.get(SEVERAL, ()))
    if op == "f":
        e, k = bound[pattern.data]
        return settle(remade(e, (*e.args[:k], args[0], *e.args[k + 1 :])), several)
    return settle(_made(op, args, pattern.data), several)


def _made(op: str, args: list[Expr], data: Any) -> Expr:
    if op in _SIGNS:
        return _SIGNS[op](*args)
    if op in ("slope", "einsum"):
        return build.slope(data, args[0]) if op == "slope" else build.einsum(data, *args)
    fitting = (name for name in overloads(op) if build.binding(name, tuple(args)) is not None)
    return build.apply(next(fitting, op), *args)
