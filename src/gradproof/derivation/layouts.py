"""How the axes of an array of derivatives are laid out, by the names that people use.

gradient      a gradient has the variable's axes; a Jacobian the array's, then the variable's
numerator     the array's axes, then the variable's turned round: a gradient is a row
denominator   the variable's axes, then the array's turned round
mixed         as matrixcalculus.org: gradients upright, Jacobians in numerator layout
"""

from __future__ import annotations

from gradproof.calculus.network.from_expression import spread
from gradproof.calculus.network.network import Network
from gradproof.calculus.network.to_expression import readback
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import T, add, div, mul, neg
from gradproof.operators.properties import symmetric

LAYOUTS = ("gradient", "numerator", "denominator", "mixed")


def laid_out(e: Expr, rows: int, layout: str) -> Expr:
    """An array of derivatives (`rows` axes of what is differentiated, then the variable's) in a layout.

    The entries stay; the axes change places. A vector that lies down is a row.
    """
    columns = len(e.axes) - rows
    if layout in ("gradient", "mixed"):
        return e
    if rows and columns:
        if rows + columns == 2:
            return e if layout == "numerator" else transposed(e)
        return e if layout == "numerator" else permuted(e, (*range(rows, rows + columns), *range(rows)))
    turned = (layout == "numerator") == bool(
        columns
    )  # gradients turn in one, arrays by a scalar in the other
    return transposed(e) if turned and 1 <= len(e.axes) <= 2 else e


def transposed(e: Expr) -> Expr:
    """The transpose, each factor turned by itself: (2 A b)' is 2 b' A'."""
    if symmetric(e):
        return e
    if e.op == "T":
        return e.args[0]
    if e.op in ("neg", "add"):
        parts = tuple(transposed(arg) if arg.axes else arg for arg in e.args)
        return neg(*parts) if e.op == "neg" else add(*parts)
    if e.op == "div":
        return div(transposed(e.args[0]), e.args[1])
    if e.op == "mul":
        scalars, arrays = [a for a in e.args if not a.axes], [a for a in e.args if a.axes]
        return mul(*scalars, *(transposed(a) for a in reversed(arrays)))
    return T(e)


def permuted(e: Expr, order: tuple[int, ...]) -> Expr:
    """The array with its axes in another order."""
    net = Network()
    legs = spread(net, e)
    return readback(net, [legs[k] for k in order])


def remark(label: Expr, variable: Expr, layout: str) -> str:
    """What a layout means for the derivative of an array, in a few words."""
    rows, columns = len(label.axes), len(variable.axes)
    if rows == columns == 1:
        if layout == "denominator":
            return "denominator layout; numerator layout: transposed"
        return "numerator layout; denominator layout: transposed"
    if rows and columns:
        first, then = (variable, label) if layout == "denominator" else (label, variable)
        return f"axes of {first}, then of {then}"
    return "" if layout == "gradient" else f"layout: {layout}"
