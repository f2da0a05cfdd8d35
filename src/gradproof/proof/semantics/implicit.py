"""Names that equations define: root(F, y°) is the y near y° with F(x, y) = F(x°, y°).

Its value is y°, any array: an equation holds at every point once a constant is added to F, and no derivative
sees that. Its change follows from the definition, F_y dy = −(dF with y held); F_y is found here anew.
"""

from __future__ import annotations

from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import rebuild
from gradproof.operators.build import construct, name
from gradproof.proof.evaluation.arithmetic import Arithmetic, Unsupported
from gradproof.proof.evaluation.contraction import contract, plan
from gradproof.proof.evaluation.evaluator import Evaluator, Rule, Seed
from gradproof.proof.evaluation.gauss import inverse as eliminated

FREE = "free"  # the property of the name that moves where partial derivatives by y are taken


def tangent(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """−F_y⁻¹ times the change of F with y held."""
    residual, unknown = e.args[:2]
    change = yield residual, field, seed
    if change is None:
        return None
    count = ev.point.count(unknown)
    columns = []
    for k in range(count):
        column = yield residual, field, ev.unit(unknown, k)
        columns.append(column or [0] * count)
    jacobian = [column[i] for i in range(count) for column in columns]
    solving = plan(((0, 1), (1,)), (0,), ((0, count), (1, count)))
    found = contract(field, solving, [eliminated(field, jacobian, count), change])
    return field.reduce([-entry for entry in found])


def moved(e: Expr) -> tuple[Expr, Expr]:
    """F with a name of its own for y°, which varies, and that name."""
    residual, unknown = e.args[:2]
    if unknown.op != "name":
        raise Unsupported("an equation for what is not a name")
    free = name(str(unknown.data[0]), unknown.axes, (FREE,), row=unknown.row)
    return rebuild(residual, {unknown: free}, construct), free


def is_free(e: Expr) -> bool:
    """Whether a name is one that moves in an equation."""
    props = e.data[1]
    return isinstance(props, tuple) and FREE in props
