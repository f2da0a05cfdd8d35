"""The differential of an unknown function, and of its derivatives: one more derivative, contracted with
the change of the argument.

    dL = G:dY        dg = J_g dx        dK = K_t dt        dG = H dY
"""

from __future__ import annotations

from collections.abc import Callable

from gradproof.expressions.nodes import Expr
from gradproof.expressions.sentences import Sentence, say
from gradproof.operators.build import T, d, einsum, frob, mul, positions

_LETTERS = "ijklpqrstuvwabcdefgh"
Gradient = Callable[[Expr, int], Expr]


def along(e: Expr, position: int, slope: Expr) -> Expr:
    """The change of e where one argument changes; `slope` names all derivatives by that argument."""
    arg = e.args[position]
    if not e.axes:
        return frob(slope, d(arg))
    if not arg.axes:
        return mul(slope, d(arg))
    before = positions(e)
    value = len(e.axes) - sum(len(e.args[p].axes) for p in before)
    start = value + sum(len(e.args[p].axes) for p in before if p <= position)
    if len(e.axes) == len(arg.axes) == 1 and not e.row and not arg.row:
        return mul(slope if start else T(slope), d(arg))
    letters = _LETTERS[: len(slope.axes)]
    inner = letters[start : start + len(arg.axes)]
    change = einsum(f"{letters},{inner}->{letters.replace(inner, '')}", slope, d(arg))
    return T(change) if e.row else change


def reason(e: Expr) -> Sentence:
    """What the derivative is called."""
    if e.op == "gradof":
        order = {1: "second", 2: "third"}.get(len(positions(e)), "next")
        return say(f"definition of the {order} derivatives of {e.data[0]}")
    what = "gradient" if not e.axes else "Jacobian" if any(a.axes for a in e.args) else "derivative"
    return say(f"definition of the {what} of {e.data[0]}")
