"""Which rule a line used, where it is one rule of the rule book: `gradproof rules` has them all.

A line that follows is not always one step. What is named here is found by the laws of the book in what stands
before and after; where several rules were used at once, nothing is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache

from gradproof.calculus.laws.law import Law, law_of, names, opened
from gradproof.calculus.laws.matching import match
from gradproof.calculus.laws.rewriting import laws_of, normal, uses
from gradproof.calculus.rulebook import RULES
from gradproof.checking.worksheet.chain import Chain, Judged
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder, rebuild
from gradproof.operators.build import construct

BOOK = {rule.name: rule for rule in RULES}
TITLES = {rule.name: rule.title for rule in RULES}
LIGHT = ("d-product", "d-linear", "d-transpose", "d-sum")  # together they are one step, called by the first
CROSSING = ("frob-hadamard", "frob-swap", "frob-transpose", "frob-left", "frob-right", "frob-both")
# What nobody counts as a step: both sides are put in this form before they are compared.
PLAIN = tuple(
    BOOK[name]
    for name in (
        "transpose-twice", "transpose-scalar", "transpose-symmetric", "transpose-product", "transpose-sign",
        "sign", "associate", "scalar-first", "number", "scalar-outside",
    )
)  # fmt: skip
ROTATED, TRANSPOSED = law_of("tr(A*B) = tr(B*A)"), law_of("tr(A) = tr(A')")
PAIRED = law_of(" = ".join(reversed(BOOK["frob-trace"].law.split(" = "))))


def rule_of(judged: Judged, chain: Chain) -> str | None:
    """The name of the one rule by which a line that holds follows, or None."""
    before, after = judged.before, judged.after
    if judged.said.sort in ("part", "hessian", "jacobian"):
        return None
    if judged.variable is not None:
        same = before is not None and after is not None and _flat(before) == _flat(after)
        return "def-gradient" if same and before is not None and before.op != "d" else None
    if before is None or after is None or before is after:
        return None
    found = _change(before, after, judged.varying, chain.stands) or _terms(before, after)
    if found is None and _written_out(before, chain.stands) is _written_out(after, chain.stands):
        found = "insert"
    return found


# ---- moves across ":"


def _split(e: Expr) -> list[Expr]:
    """The terms of a sum."""
    return [part for arg in e.args for part in _split(arg)] if e.op == "add" else [e]


def _flat(e: Expr) -> Counter[Expr]:
    """The terms of a sum, in plain form."""
    return Counter(map(_plain, _split(e)))


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
    """The rule whose law makes the one term of the other."""
    start, goal = _plain(before), _plain(after)
    if start is goal:
        return None
    for name in CROSSING:
        if any(_plain(new) is goal for new in uses(laws_of(BOOK[name]), start)):
            return name
    traces = {_plain(new) for new in uses([PAIRED], goal)}
    traces |= {_plain(new) for one in traces for new in uses([TRANSPOSED], one)}
    traces |= {new for one in traces for new in uses([ROTATED], one)}
    return "frob-trace" if start in traces else None


def _plain(e: Expr) -> Expr:
    return normal(e, PLAIN)


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
    used = {name for e in inside for name in _rules(e, after, varying, stands)}
    light = [name for name in LIGHT if name in used]
    if len(used) == len(light):
        return light[0] if light and not _crossed(before, after, inside) else None
    return next(iter(used)) if len(used) == 1 else None


def _crossed(before: Expr, after: Expr, inside: list[Expr]) -> bool:
    """Whether factors were moved across ":" as well."""
    there = {e.args[0] for e in postorder([before, *inside]) if e.op == "frob"}
    return any(e.op == "frob" and e.args[0] not in there for e in postorder([after]))


def _rules(
    e: Expr, after: Expr, varying: frozenset[Expr], stands: Mapping[Expr, Expr]
) -> Iterator[str | None]:
    """The rules that d of an expression needs, down to the differentials that stay; None for one unknown."""
    kept = {one.args[0] for one in postorder([after]) if one.op == "d"}
    todo = [e]
    while todo:
        node = todo.pop()
        if node in kept and node is not e:
            continue
        name, parts = _differential(node)
        moving = [part for part in parts if varying.intersection(postorder([part], unfold=stands))]
        if not moving:
            continue
        scaled = (
            node.op == "mul"
            and len(moving) == 1
            and all(part in moving or part.op == "num" for part in parts)
        )
        if not scaled and (len(moving) > 1 or node.op not in ("add", "neg")):
            yield name
        todo += moving


def _differential(e: Expr) -> tuple[str | None, list[Expr]]:
    """The rule for d of an expression, and the parts that its law speaks of; a number in a law stands for
    any, where no law has that very number."""
    for name, law in _laws_of_d().get(e.op, ()):
        for bound in match(law, law.left.args[0], e):
            return name, [bound[letter] for letter in names(law.left) if isinstance(bound[letter], Expr)]
    return None, list(e.args)


@cache
def _laws_of_d() -> Mapping[str, list[tuple[str, Law]]]:
    """The laws that begin with d, by the operator below it."""
    read = [(rule.name, law) for rule in RULES for law in laws_of(rule) if law.left.op == "d"]
    found: dict[str, list[tuple[str, Law]]] = {}
    for name, law in [*read, *((name, opened(law)) for name, law in read)]:
        for op in law.heads:
            found.setdefault(op, []).append((name, law))
    return found
