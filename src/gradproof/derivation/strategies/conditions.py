"""Where a result holds, as it is told: in the person's own names, and without what is known to hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from gradproof.calculus.differential import Condition
from gradproof.calculus.simplify import unfold
from gradproof.expressions.dims import at_least
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import T, mul
from gradproof.operators.matrix_functions import BRANCH, DEFINITE, TALL
from gradproof.operators.properties import invertible, number, positive, props
from gradproof.operators.signs import facts

_NOT_ZERO, _POSITIVE, _INVERTIBLE = "{X} ≠ 0", "{X} > 0", "{X} is invertible"


def told(
    conditions: Iterable[Condition], statements: Mapping[Expr, Expr], abbreviations: Mapping[Expr, Expr]
) -> tuple[Condition, ...]:
    """The conditions with abbreviations written out, each once; what is known to hold is left out."""
    said: dict[Condition, None] = {}
    known = {**statements, **abbreviations}
    opened: dict[Expr, Expr] = {}
    for text, about, used in conditions:
        if about and _holds(text, unfold(about[0], known, done=opened)):
            continue
        shown = (statements[e] if e in statements and _measured(statements[e]) else e for e in about)
        written = Condition(text, tuple(unfold(e, abbreviations) for e in shown), used)
        said.update(dict.fromkeys(_simpler(written)))
    return tuple(
        one
        for one in said
        if "≠" not in one.text or one._replace(text=one.text.replace("≠", ">")) not in said
    )


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
    text, about, _ = condition
    if text == _INVERTIBLE:
        yield Condition(text, (_unscaled(about[0]),))
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
