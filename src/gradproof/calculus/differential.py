"""Differentials, one operator at a time, read from the rows of the operator table.

`differential(e)` rewrites d(e) to an expression that is linear in the differentials of e's
arguments. For linear operators that is the product rule; for the others, the row's own line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import NamedTuple

from gradproof.calculus.network.cost import ink
from gradproof.calculus.network.directional import is_applied
from gradproof.calculus.network.exponents import minus_one
from gradproof.calculus.simplify import tidy
from gradproof.calculus.unknown_functions import Gradient, along, reason
from gradproof.elaboration.definitions import chosen, meaning, sizes
from gradproof.elaboration.read import phrase
from gradproof.errors import UnsupportedError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.sentences import Formula, Sentence, law, say
from gradproof.expressions.text import SPELLING
from gradproof.expressions.walk import names, postorder, rebuild
from gradproof.operators.blocks import CATS, among_zeros
from gradproof.operators.build import (
    add,
    apply,
    construct,
    d,
    fmap,
    frob,
    had,
    mul,
    name,
    neg,
    num,
    power,
    slope,
    zeros,
)
from gradproof.operators.kinks import elsewhere
from gradproof.operators.properties import number
from gradproof.operators.row import LETTERS, Operator
from gradproof.operators.table import OPERATORS
from gradproof.operators.wiring import wiring
from gradproof.patterns import Pattern

Active = Callable[[Expr], bool]


class Condition(NamedTuple):
    """A text with {X}, {Z} and {V}, and the expressions they stand for.

    used   it says what is used at a kink, and not where the result holds
    kink   True where it only keeps away from points without a derivative: of an expression that is not
           smooth itself it may fail at most points, and what is used at kinks is right there
    """

    text: str
    about: tuple[Expr, ...]
    used: bool = False
    kink: bool = False

    def said(self) -> Sentence:
        """The condition as a sentence; X > 0 and its like are formulas."""
        if self.used or not self.about:
            return say(self.text, kind="used" if self.used else "")
        text, entries, more = self.text.partition(" in every entry")
        parts = [re.split(f" ({_RELATIONS}) ", part) for part in text.split(" and ")]
        if not all(len(part) > 1 and all(map(_SIDE.fullmatch, part[::2])) for part in parts):
            return say(self.text.format(X="{0}", Z="{1}", V="{2}"), *self.about)
        env = dict(zip(("X", "Z", "V"), self.about, strict=False))
        formulas = (
            Formula(tuple(phrase(side.format(X="X", Z="Z", V="V"), env) for side in part[::2]), sign=part[1])
            for part in parts
        )
        return say(" and ".join(["{}"] * len(parts)) + entries + more, *formulas)


_RELATIONS = "[≠<>]"
_SIDE = Pattern(r"-?[\d.]+|(\w+\()?\{[XZV]\}\)?( \+ \{[XZV]\})?")


class Move(NamedTuple):
    """What an expression became, by which rule, why, and under which conditions."""

    after: Expr
    rule: str
    why: Sentence
    conditions: tuple[Condition, ...] = ()


LONGEST = 8  # a power of a matrix with so many factors is written out

PRODUCT_RULE, LINEAR = say("product rule"), say("linear")
TERM_BY_TERM, PART_BY_PART = say("a sum, term by term"), say("a stack, part by part")
TRANSPOSED = say("the differential of a transpose is the transpose of the differential")
_NORM_SQUARED = say("{}", law("d norm2(X)^2 = 2*X:dX", "d ‖X‖² = 2 X:dX"))
_NORM_POWER = say("{}", law("d norm2(X)^p = p*norm2(X)^(p - 2)*X:dX", "d ‖X‖^p = p ‖X‖^(p-2) X:dX"))
_POWER_OF_NORM = say("{}", law(
    "d normp(X, p)^q = q*normp(X, p)^(q - p)*(sign(X).*abs(X).^(p - 1)):dX",
    "d normp(X, p)^q = q normp(X, p)^(q - p) (sign(X).*abs(X).^(p - 1)):dX",
))  # fmt: skip

# Quotients and powers are written in the language like every other row.
_TEXTS = {
    "div": ("dX/Z", "-X*dZ/Z^2"),
    "hdiv": ("dX./Z", "-X./Z.^2.*dZ"),
    "hpow": ("Z.*X.^r.*dX", "Y.*log(X).*dZ"),
    "pow": ("Z*X^r*dX", "Y*log(X)*dZ"),
}


def differential(e: Expr, active: Active, gradient: Gradient, value: Expr) -> Move:
    """d(e) in terms of the differentials of e's arguments that are `active`.

    `gradient(e, k)` names the gradient of an unknown function e by its k-th argument; `value` is e
    itself or a name that stands for it.
    Raises UnsupportedError for an operator whose differential is not known.
    """
    if e.op == "name":
        return Move(d(e), "d-linear", say("another name for {}", e))
    special = _norm_power(e, active) or _trace_power(e, active)
    if special is not None:
        return special
    if e.op in ("add", "neg", "reshape", *CATS) or wiring(e) is not None or _scaled(e, active):
        return _linear(e, active)
    if e.op in ("call", "gradof"):
        terms = [along(e, k, gradient(e, k)) for k, arg in enumerate(e.args) if active(arg)]
        return Move(add(*terms), "def-gradient", reason(e))
    if e.op in _BY_KIND:
        return _BY_KIND[e.op](e, active, value)
    row = OPERATORS.get(e.op)
    if is_applied(e) and not any(map(active, e.args[:-1])):
        after = construct(e, (*e.args[:-1], d(e.args[-1])))
        return Move(after, "d-linear", say(f"{e.op} is linear in its last argument"))
    if row is None or not (row.slope or row.differential or row.meaning):
        raise UnsupportedError(f"the derivative of {e.op} is not known", code="GP501")
    return _row(e, row, active, value)


def _mapped(e: Expr, active: Active, value: Expr) -> Move:
    """An unknown function, entry by entry."""
    order = e.data[1]
    assert isinstance(order, int)
    after = had(fmap(str(e.data[0]), e.args[0], order + 1), d(e.args[0]))
    return Move(after, "d-map", say(f"{e.data[0]} acts entry by entry with slope {e.data[0]}′"))


def _flat(e: Expr, active: Active, value: Expr) -> Move:
    """The slope of a function with kinks."""
    return Move(zeros(*e.axes, row=e.row), "d-slope", say("piecewise constant"))


def _root(e: Expr, active: Active, value: Expr) -> Move:
    """y where F(x, y) = 0: what solves F_y dy = E for dy, of minus the rest of dF, where y is held."""
    residual, _, solved, change, *about = e.args
    after = neg(rebuild(solved, {change: d(residual)}, construct))
    conditions = (Condition(str(e.data[0]), tuple(about)),) if e.data[0] else ()
    why = say("the differential of the equation, solved for {}; on the right {} is held", d(value), value)
    return Move(after, "d-root", why, conditions)


def _scaled(e: Expr, active: Active) -> bool:
    """Divided by a constant."""
    return e.op == "div" and not active(e.args[1])


def _linear(e: Expr, active: Active) -> Move:
    """Linear in each argument: differentiate one at a time, hold the others."""
    terms: list[Expr] = []
    for k, arg in enumerate(e.args):
        if not active(arg):
            continue
        if e.op == "add":
            terms.append(_spread(d(arg), e))
        elif e.op in CATS:
            terms.append(among_zeros(e, k, d(arg)))
        else:
            terms.append(construct(e, (*e.args[:k], d(arg), *e.args[k + 1 :])))
    return Move(add(*terms), _rule(e, len(terms)), _why(e, active))


def _spread(term: Expr, whole: Expr) -> Expr:
    """A scalar term of a larger sum stays added to every entry."""
    if term.axes or not whole.axes:
        return term
    return add(zeros(*whole.axes, row=whole.row), term)


def _rule(e: Expr, terms: int) -> str:
    if e.op in ("add", *CATS):
        return "d-sum"
    if e.op == "T":
        return "d-transpose"
    return "d-product" if terms > 1 or len(e.args) > 1 else "d-linear"


def _why(e: Expr, active: Active) -> Sentence:
    still = [one for arg in e.args if not active(arg) for one in names(arg)]
    if e.op in ("add", *CATS):
        return constant(still) if still else TERM_BY_TERM if e.op == "add" else PART_BY_PART
    if e.op == "T":
        return TRANSPOSED
    if sum(map(active, e.args)) > 1:
        return PRODUCT_RULE
    return constant(still) if still else LINEAR


def constant(still: Iterable[Expr]) -> Sentence:
    """These names are constant, each said once."""
    once = list({str(one): one for one in still}.values())
    return say("{} is constant" if len(once) == 1 else "{} are constant", once)


def said_constant(why: str) -> list[Expr]:
    """The names of which a reason says that they are constant."""
    if not isinstance(why, Sentence) or why.template not in ("{} is constant", "{} are constant"):
        return []
    still = why.about[0]
    assert isinstance(still, list)
    return still


def _norm_power(e: Expr, active: Active) -> Move | None:
    """‖X‖^p: p ‖X‖^(p-2) X:dX, so that ‖X‖² never divides by ‖X‖."""
    if e.op != "pow" or active(e.args[1]):
        return None
    if e.args[0].op == "normp" and not active(e.args[0].args[1]):
        return _other_norm_power(e)
    if e.args[0].op not in ("norm2", "normF"):
        return None
    norm, p = e.args
    x = norm.args[0]
    inner = frob(x, d(x))
    if p is num(2):
        return Move(mul(num(2), inner), "d-norm-squared", _NORM_SQUARED)
    value = number(p)
    if value is not None:
        q = value - 2
        after = mul(p, power(norm, num(q)), inner)
        return Move(
            after,
            "d-norm-power",
            _NORM_POWER,
            () if q >= 0 else (Condition("{X} ≠ 0", (x,)),),
        )
    after = mul(p, power(norm, add(p, neg(num(2)))), inner)
    return Move(after, "d-norm-power", _NORM_POWER, (Condition("{X} ≠ 0", (x,)),))


def _other_norm_power(e: Expr) -> Move:
    """normp(X, p)^q: q normp(X, p)^(q - p) times the differential of the sum of powers over p."""
    norm, q = e.args
    x, p = norm.args
    env = {"X": x, "p": p, "q": q, "Y": norm, "dX": d(x), "r": tidy(add(q, neg(p)))}
    text = "q*((sign(X).*abs(X).^(p - 1)):dX)" if q is p else "q*Y^r*((sign(X).*abs(X).^(p - 1)):dX)"
    return Move(phrase(text, env), "d-norm-power", _POWER_OF_NORM, (Condition("{X} ≠ 0", (x,)),))


def _trace_power(e: Expr, active: Active) -> Move | None:
    """tr(X^k): k tr(X^(k-1) dX), for any k: the k places are equal under the trace."""
    if e.op != "tr" or e.args[0].op != "pow" or active(e.args[0].args[1]):
        return None
    x, k = e.args[0].args
    less = minus_one(k)
    return Move(
        mul(k, apply("tr", mul(power(x, less), d(x)))), "d-trace-power",
        say("under a trace the k factors of {} can each be turned to the end", Formula(("X^k",))),
    )  # fmt: skip


def _quotient_or_power(e: Expr, active: Active, value: Expr) -> Move:
    if e.op == "pow" and e.axes:
        return _matrix_power(e, active)
    env = {"X": e.args[0], "Z": e.args[1], "Y": value, "dX": d(e.args[0]), "dZ": d(e.args[1])}
    texts: tuple[str, ...] = _TEXTS[e.op]
    if e.op in ("pow", "hpow"):
        env["r"] = minus_one(e.args[1])
        if env["r"] is num(1):
            texts = tuple(re.sub(r"X\.?\^r", "X", text) for text in texts)
    terms = [phrase(text, env) for text, arg in zip(texts, e.args, strict=True) if active(arg)]
    if e.op in ("div", "hdiv"):
        below = Condition("{X} ≠ 0 in every entry" if e.args[1].axes else "{X} ≠ 0", (e.args[1],))
        return Move(add(*terms), "d-quotient", say("quotient rule"), (below,))
    conditions = (Condition("{X} > 0", (e.args[0],)),) if active(e.args[1]) else ()
    return Move(add(*terms), "d-power", say("power rule"), conditions)


_BY_KIND: dict[str, Callable[[Expr, Active, Expr], Move]] = {
    "map": _mapped,
    "slope": _flat,
    "root": _root,
    **dict.fromkeys(_TEXTS, _quotient_or_power),
}


def _matrix_power(e: Expr, active: Active) -> Move:
    x, k = e.args
    value = number(k)
    if active(k) or (value is not None and value.denominator != 1):
        raise UnsupportedError(f"the derivative of {e} is not known", code="GP501")
    if value is None or value > LONGEST or value < 0:
        return _named_power(x, k, value)
    n = int(value)
    terms = [mul(*[x] * i, d(x), *[x] * (n - 1 - i)) for i in range(n)]
    return Move(add(*terms), "d-matrix-power", say("product rule for equal factors, order kept"))


def _named_power(x: Expr, k: Expr, value: Fraction | None) -> Move:
    """Powers whose number of factors is large or a symbol, and powers of the inverse."""
    if value is not None and value < 0:
        y, n = apply("inv", x), -int(value)
        terms = [neg(mul(*[y] * (i + 1), d(x), *[y] * (n - i))) for i in range(n)]
        if n <= LONGEST:
            return Move(
                add(*terms), "d-matrix-power", say("product rule for equal inverses, order kept"),
                (Condition("{X} is invertible", (x,)),),
            )  # fmt: skip
        raise UnsupportedError(f"the derivative of a matrix to the power {k} is not known", code="GP501")
    return Move(
        apply("dpow", x, k, d(x)),
        "d-matrix-power",
        say("product rule: {} in each place, dpow is their sum", Formula(("dX",))),
    )


def _row(e: Expr, row: Operator, active: Active, value: Expr) -> Move:
    env: dict[str, Expr] = {"Y": value}
    for letter, arg in zip(LETTERS, e.args, strict=False):
        env[letter], env["d" + letter] = arg, d(arg)
    about = e.args[::-1] if len(e.args) == 2 and number(e.args[0]) is not None else e.args
    needs = [_of_entries(need, about) if not row.of_whole else need for need in _needs(row, e)]
    conditions = tuple(Condition(need, about, kink=bool(row.kink)) for need in needs)
    if row.kink:
        conditions += tuple(Condition(text, (), True) for text in (row.kink, elsewhere(e.op)) if text)
    x = e.args[0]
    if row.slope:
        after = had(_slope(row, env), d(x))
        return Move(after, f"d-{e.op}", say(f"{e.op} acts entry by entry"), conditions)
    if e.op in ("maximum", "minimum") and (short := _beside_zero(e)) is not None:
        return Move(d(short), f"d-{e.op}", say(f"{SPELLING[e.op]} with 0 is another word for this"))
    if not row.differential:
        return Move(d(meaning(e)), f"d-{e.op}", say(f"{e.op} is another word for this"), conditions)
    text = chosen(row, row.differential, e.args)
    after = phrase(text, {**env, **sizes(x)})
    if len(e.args) > 1:
        after = _plain_slopes(_terms_that_vary(e, after, active))
    return Move(after, f"d-{e.op}", _said(text, e), conditions)


def _of_entries(need: str, about: tuple[Expr, ...]) -> str:
    """A condition on numbers, where one of them is an array: it holds for every entry."""
    arrays = [f"{{{letter}}}" for letter, e in zip(("X", "Z", "V"), about, strict=False) if e.axes]
    compares = any(sign in need for sign in ("≠", ">", "<"))
    return f"{need} in every entry" if compares and any(one in need for one in arrays) else need


def _needs(row: Operator, e: Expr) -> list[str]:
    """The conditions of a row: all, or the one of the signature; without those on what is not given, and
    those on numbers only."""
    needs = row.requires
    if len(needs) == len(row.signatures) > 1:
        needs = (chosen(row, needs, e.args),)
    free = [letter for letter, arg in zip(("X", "Z", "V"), e.args, strict=False) if number(arg) is None]
    missing = ("X", "Z", "V")[len(e.args) :]
    return [
        need
        for need in needs
        if not any(f"{{{letter}}}" in need for letter in missing)
        and ("{" not in need or any(f"{{{letter}}}" in need for letter in free))
    ]


def _terms_that_vary(e: Expr, after: Expr, active: Active) -> Expr:
    """The terms of the arguments that vary; every such argument has one."""
    terms = after.args if after.op == "add" else (after,)
    found = [{node for node in postorder([term]) if node.op == "d"} for term in terms]
    vary = {d(arg) for arg in e.args if active(arg)}
    if not vary <= set().union(*found):
        raise UnsupportedError(f"the derivative of {e.op} by its parameter is not known", code="GP501")
    return add(*(term for term, inside in zip(terms, found, strict=True) if inside & vary))


def _beside_zero(e: Expr) -> Expr | None:
    """max(X, 0) as relu(X), min(X, 0) as -relu(-X), and max(X, X) as X; None for any other."""
    a, b = e.args
    if a is b:
        return a
    if number(b) != 0:
        a, b = b, a
    if number(b) != 0 or a.axes != e.axes:
        return None
    return apply("relu", a) if e.op == "maximum" else neg(apply("relu", neg(a)))


def _plain_slopes(e: Expr) -> Expr:
    """heaviside(X - 0) as heaviside(X), step(X - -1) as step(X + 1)."""
    slopes = [node for node in postorder([e]) if node.op in ("slope", "step", "heaviside")]
    shorter = {node: tidy(node.args[0]) for node in slopes}
    replaced = {n: construct(n, (x,)) for n, x in shorter.items() if ink(x) < ink(n.args[0])}
    return rebuild(e, replaced, construct)


def _slope(row: Operator, env: dict[str, Expr]) -> Expr:
    if row.slope == f"{row.name}'(X)":
        return slope(row.name, env["X"])
    return phrase(row.slope, env)


def _said(text: str, e: Expr) -> Sentence:
    """The row's line as a sentence: d inv(X) = -inv(X)*dX*inv(X)."""
    letters = tuple(name(x, arg.axes, row=arg.row) for x, arg in zip(LETTERS, e.args, strict=False))
    value = f"{SPELLING.get(e.op, e.op)}({', '.join(map(str, letters))})"
    right = re.sub(r"[A-Za-z0-9_]+", lambda w: value if w[0] == "Y" else w[0], text)
    return say("{}", law(f"d {value} = {right}", letters=letters))
