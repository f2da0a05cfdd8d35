"""Where a result holds, as it is told: in the person's own names, and without what is known to hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from gradproof.calculus.differential import Condition
from gradproof.errors import MathError
from gradproof.expressions.dims import at_least
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.operators.build import T, mul
from gradproof.operators.matrix_functions import BRANCH, DEFINITE, TALL
from gradproof.operators.properties import antisymmetric, invertible, number, positive, props
from gradproof.operators.signs import facts
from gradproof.operators.substitution import unfold
from gradproof.operators.table import OPERATORS

_NOT_ZERO, _POSITIVE, _INVERTIBLE = "{X} ≠ 0", "{X} > 0", "{X} is invertible"


def tell_conditions(
    conditions: Iterable[Condition], statements: Mapping[Expr, Expr], abbreviations: Mapping[Expr, Expr]
) -> tuple[Condition, ...]:
    """The conditions with abbreviations written out, each once; what is known to hold is left out."""
    said: dict[Condition, None] = {}
    known = {**statements, **abbreviations}
    opened: dict[Expr, Expr] = {}
    smooth: dict[Expr, bool] = {}
    for text, about, used, kink in conditions:
        if about and _holds(text, unfold(about[0], known, done=opened)):
            continue
        _check_possible(text, tuple(unfold(e, known, done=opened) for e in about))
        if kink and not all(_is_smooth(unfold(e, known, done=opened), smooth) for e in about):
            continue
        shown = (statements[e] if e in statements and _measured(statements[e]) else e for e in about)
        written = Condition(text, tuple(unfold(e, abbreviations) for e in shown), used)
        said.update(dict.fromkeys(_simpler(written)))
    return tuple(
        one
        for one in said
        if "≠" not in one.text or one._replace(text=one.text.replace("≠", ">")) not in said
    )


def _is_smooth(e: Expr, known: dict[Expr, bool]) -> bool:
    """Whether no word in an expression has a kink or a jump. Two smooth expressions that differ are equal at
    hardly any point; max(x, abs(x)) is x at half of them."""
    for node in postorder([e], stop=lambda n: n in known):
        if node not in known:
            known[node] = node.op not in kinked() and all(known[arg] for arg in node.args)
    return known[e]


@cache
def kinked() -> frozenset[str]:
    """The words with a kink or a jump, and those whose rows are written with such words."""
    texts = {row.name: " ".join((row.slope, *row.differential, *row.meaning)) for row in OPERATORS.values()}
    found = {"slope", "sign"} | {name for name, text in texts.items() if OPERATORS[name].kink or "'(" in text}
    used = {name: set(re.findall(r"[a-z_0-9]+", text)) - {name} for name, text in texts.items()}
    while more := {name for name, words in used.items() if name not in found and words & found}:
        found |= more
    return frozenset(found)


def _check_possible(text: str, about: tuple[Expr, ...]) -> None:
    """Raise MathError GP413 for a condition that no point fulfils: then there is no derivative anywhere."""
    if text == _INVERTIBLE:
        size = about[0].axes[0].number if about[0].axes else None
        if antisymmetric(about[0]) and size is not None and size % 2:
            why = "an antisymmetric matrix of odd size has no inverse"
            raise MathError(f"{about[0]} is never invertible: {why}", code="GP413")
    if text.startswith(_POSITIVE) and about[0].op == "neg" and positive(about[0].args[0]):
        raise MathError(f"{about[0]} > 0 holds nowhere", code="GP413")


def _holds(text: str, e: Expr) -> bool:
    if text == _INVERTIBLE:
        return invertible(e)
    if text == TALL:
        return at_least(*e.axes)
    if text == DEFINITE:
        return "spd" in props(e)
    if text == BRANCH:
        return "spd" in props(e)
    return (" > 0" in text or " ≠ 0" in text) and positive(e)


def _simpler(condition: Condition) -> Iterator[Condition]:
    """What a number that is not 0 comes to: 2*s^2 ≠ 0 is s ≠ 0, norm2(x) ≠ 0 and x'*x > 0 are x ≠ 0."""
    text, about, *_ = condition
    if text == _INVERTIBLE:
        yield Condition(text, (_unscaled(about[0]),))
        return
    if text.startswith(_NOT_ZERO) and about[0].op == "neg":
        yield from _simpler(condition._replace(about=about[0].args))
        return
    if text not in (_NOT_ZERO, _POSITIVE) or about[0].axes:
        yield condition
        return
    e = about[0]
    if text == _POSITIVE:
        array = _measured(e)
        yield condition if array is None else Condition(_NOT_ZERO, (array,))
        return
    todo = [e]
    while todo:
        one = todo.pop(0)
        array = _measured(one)
        inside = () if array is not None else _factors(one)
        if inside:
            todo[:0] = inside
        elif not positive(one) and number(one) is None:
            yield Condition(_NOT_ZERO, (one if array is None else array,))


def _unscaled(e: Expr) -> Expr:
    """The matrix that is invertible where e is: S for S', -S and 2*S."""
    while True:
        if e.op in ("T", "neg") or (e.op == "div" and number(e.args[1])):
            e = e.args[0]
        elif e.op == "mul" and len(e.args) == 2 and number(e.args[0]):
            e = e.args[1]
        else:
            return e


def _measured(e: Expr) -> Expr | None:
    """The array that is 0 only where e is: x for norm2(x), x'*x, and x'*S*x where S is spd."""
    if not e.axes and facts(e.op).definite:
        return e.args[0]
    if e.op in ("mul", "frob") and not e.axes and len(e.args) == 2 and all(arg.axes for arg in e.args):
        left, right = e.args
        return right if left is right or left is T(right) else None
    if e.op == "mul" and not e.axes and len(e.args) == 3 and "spd" in props(e.args[1]):
        return e.args[2] if e.args[0] is T(e.args[2]) else None
    return None


def _factors(e: Expr) -> tuple[Expr, ...]:
    """The parts that are all other than 0 where e is; () where e is no product."""
    if e.op in ("neg", "div"):
        return e.args[:1]
    if e.op == "pow":
        exponent = number(e.args[1])
        return e.args[:1] if exponent is not None and exponent > 0 else ()
    if e.op == "mul":
        scalars = tuple(arg for arg in e.args if not arg.axes)
        arrays = [arg for arg in e.args if arg.axes]
        if scalars and len(scalars) + bool(arrays) > 1:
            return (*scalars, mul(*arrays)) if arrays else scalars
    return ()
