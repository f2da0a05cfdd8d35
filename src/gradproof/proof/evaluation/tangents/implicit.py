"""The change of a name that an equation defines: root(F, y°) is the y near y° with F(x, y) = F(x°, y°);
argmin(f, y°) is that of the gradient of f by y.

Its value is y°, any array: an equation holds at every point once a constant is added to F, and no derivative
sees that. Its change follows from the definition, F_y dy = −(dF with y held); F_y is found here anew.
"""

from __future__ import annotations

from gradproof.expressions.nodes import Expr
from gradproof.operators.build import partial
from gradproof.proof.evaluation.arithmetic import Arithmetic
from gradproof.proof.evaluation.contraction import contract, plan
from gradproof.proof.evaluation.evaluator import Evaluator, Rule, Seed
from gradproof.proof.evaluation.gauss import inverse


def tangent(ev: Evaluator, e: Expr, field: Arithmetic, seed: Seed) -> Rule:
    """−F_y⁻¹ times the change of F with y held."""
    residual, unknown = e.args[:2]
    if e.op == "argmin":  # there the gradient is 0
        residual = partial(residual, unknown)
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
    found = contract(field, solving, [inverse(field, jacobian, count), change])
    return field.reduce([-entry for entry in found])
