"""Which rule a line used, where it is one rule of the rule book: `gradproof rules` has them all.

A line that follows is not always one step. What is named here is found in what stands before and after;
where several rules were used at once, nothing is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

from gradproof.calculus.rulebook import RULES
from gradproof.checking.worksheet.chain import Chain, Judged
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder, rebuild
from gradproof.operators.build import construct
from gradproof.operators.properties import symmetric
from gradproof.operators.table import OPERATORS

TITLES = {rule.name: rule.title for rule in RULES}
Token = tuple[object, bool]
Word = tuple[Token, ...]


def rule_of(judged: Judged, chain: Chain) -> str | None:
    """The name of the one rule by which a line that holds follows, or None."""
    before, after = judged.before, judged.after
    if judged.said.sort in ("part", "hessian", "jacobian"):
        return None
    if judged.variable is not None:
        same = before is not None and after is not None and _flat(before) == _flat(after)
        return "def-gradient" if same and before is not None and before.op != "d" else None
    if before is None or after is None or before is after:
        return "def-gradient" if judged.variable is not None and before is after is not None else None
    if judged.variable is not None and before.op == "d":
        return None  # from the objective to its gradient in one line
    found = _change(before, after, judged.varying, chain.stands)
    if found is None:
        found = _terms(before, after)
    if found is None and _written_out(before, chain.stands) is _written_out(after, chain.stands):
        found = "insert"
    return found if found in TITLES else None


def _flat(e: Expr) -> Counter[object]:
    """The terms of a sum, each as its pair."""
    return Counter(_pair(term) or term for term in _split(e))


# ---- chains of factors


def _word(e: Expr) -> tuple[Fraction, Word]:
    """A product as a number and its factors, each with whether it is turned."""
    if e.op == "num":
        return Fraction(str(e.data[0])), ()
    if e.op == "neg":
        number, factors = _word(e.args[0])
        return -number, factors
    if e.op == "T":
        number, factors = _word(e.args[0])
        return number, _turned(factors)
    if e.op == "mul":
        number = Fraction(1)
        out: Word = ()
        for arg in e.args:
            one, factors = _word(arg)
            number, out = number * one, (*out, *factors)
        return number, out
    return Fraction(1), ((e, False),)


def _turned(factors: Word) -> Word:
    return tuple((e, not flag and not (isinstance(e, Expr) and _even(e))) for e, flag in reversed(factors))


def _even(e: Expr) -> bool:
    return not e.axes or (len(e.axes) == 2 and symmetric(e))


# ---- moves across ":"


def _split(e: Expr) -> list[Expr]:
    """The terms of a sum."""
    if e.op == "add":
        return [part for arg in e.args for part in _split(arg)]
    return [e]


def _pair(e: Expr) -> tuple[Fraction, Word, Word] | None:
    """A term as number, left and right of ":"; of a trace, the whole stands on the right."""
    number, factors = _word(e)
    marks = [
        (token, at)
        for at, (token, _) in enumerate(factors)
        if isinstance(token, Expr) and token.op in ("frob", "tr")
    ]
    if len(marks) != 1:
        return None
    token, place = marks[0]
    rest = tuple(f for k, f in enumerate(factors) if k != place)
    if any(isinstance(x, Expr) and x.axes for x, _ in rest):
        return None
    sides = [_word(arg) for arg in token.args]
    for side, _ in sides:
        number *= side
    left = sides[0][1] if len(sides) == 2 else ()
    return number, (*rest, *left), sides[-1][1]


def _terms(before: Expr, after: Expr) -> str | None:
    """The rule by which every changed term changed."""
    old, new = Counter(_split(before)), Counter(_split(after))
    gone, come = list((old - new).elements()), list((new - old).elements())
    if not gone or not come:
        return "collect" if sum(old.values()) > sum(new.values()) else None
    if len(come) < len(gone):
        return "collect"
    if len(gone) != len(come):
        return None
    names = {_moved(a, b) for a, b in zip(gone, come, strict=True)}
    return names.pop() if len(names) == 1 else None


def _moved(before: Expr, after: Expr) -> str | None:
    if _hadamard(before, after):
        return "frob-hadamard"
    one, two = _pair(before), _pair(after)
    if one is None or two is None or one[0] != two[0]:
        return None
    (_, c, z), (_, c2, z2) = one, two
    if not c and c2 and z2 != z:
        return "frob-trace" if _cyclic((*_turned(c2), *z2), z) else None
    if not c or not c2:
        return None
    if (c2, z2) == (z, c):
        return "frob-swap"
    if (c2, z2) == (_turned(c), _turned(z)):
        return "frob-transpose"
    for k in range(len(z)):
        for m in range(k, len(z)):
            crossed = (*_turned(z[:k]), *c, *_turned(z[m + 1 :]))
            if z2 == z[k : m + 1] and c2 == crossed and len(z2) < len(z):
                return "frob-left" if m + 1 == len(z) else "frob-right" if k == 0 else "frob-both"
    return None


def _hadamard(before: Expr, after: Expr) -> bool:
    """A:(B.*C) as (A.*B):C, in either order."""
    if before.op != "frob" or after.op != "frob" or before.args[1].op != "had" or after.args[0].op != "had":
        return False
    (c, z), (c2, z2) = before.args, after.args
    return any(z2 is z.args[1 - k] and set(c2.args) == {c, z.args[k]} for k in (0, 1) if len(z.args) == 2)


def _cyclic(a: Word, b: Word) -> bool:
    return any(a in (b[k:] + b[:k], _turned(b[k:] + b[:k])) for k in range(max(1, len(b))))


# ---- differentials


def _written_out(e: Expr, stands: Mapping[Expr, Expr]) -> Expr:
    for _ in range(len(stands)):
        e = rebuild(e, {name: value for name, value in stands.items() if name in postorder([e])}, construct)
    return e


def _change(before: Expr, after: Expr, varying: frozenset[Expr], stands: Mapping[Expr, Expr]) -> str | None:
    """The rule for a differential that was taken: that of the one operator below d."""
    there = {e for e in postorder([after]) if e.op == "d"}
    taken = [e for e in postorder([before]) if e.op == "d" and e not in there]
    inside = [stands.get(e.args[0], e.args[0]) for e in taken]
    if not inside or not all(e.args for e in inside):
        return None
    names = {name for e in inside for name in _operators(e, after, varying, stands)}
    light = [n for n in ("d-product", "d-linear", "d-transpose", "d-sum") if n in names]
    if len(names) == len(light):
        return light[0] if light and not _crossed(before, after, inside) else None
    return next(iter(names)) if len(names) == 1 else None


def _crossed(before: Expr, after: Expr, inside: list[Expr]) -> bool:
    """Whether factors were moved across ":" as well."""
    there = {e.args[0] for e in postorder([before, *inside]) if e.op == "frob"}
    return any(e.op == "frob" and e.args[0] not in there for e in postorder([after]))


def _operators(e: Expr, after: Expr, varying: frozenset[Expr], stands: Mapping[Expr, Expr]) -> set[str]:
    """The rules that d of an expression needs, down to the differentials that stay."""
    kept = {one.args[0] for one in postorder([after]) if one.op == "d"}
    out: set[str] = set()
    todo = [e]
    while todo:
        node = todo.pop()
        if node in kept and node is not e:
            continue
        moving = [arg for arg in node.args if varying.intersection(postorder([arg], unfold=stands))]
        if not node.args or not moving:
            continue
        inner = node.args[0]
        if node.op == "pow" and inner.op in ("norm2", "normF"):
            out.add("d-norm-squared" if str(node.args[1]) == "2" else "d-norm-power")
            todo += inner.args
            continue
        scaled = (
            node.op == "mul"
            and len(moving) == 1
            and all(arg in moving or arg.op == "num" for arg in node.args)
        )
        if not scaled and (len(moving) > 1 or node.op not in ("add", "neg")):
            out.add(_name(node))
        todo += moving
    return out


def _name(node: Expr) -> str:
    known = {"mul": "d-product", "had": "d-product", "kron": "d-product", "frob": "d-product", "add": "d-sum",
             "T": "d-transpose", "div": "d-quotient", "pow": "d-power", "mpow": "d-matrix-power"}  # fmt: skip
    if node.op in known:
        return known[node.op]
    row = OPERATORS.get(node.op)
    return "d-linear" if row is not None and row.linear else f"d-{node.op}"
