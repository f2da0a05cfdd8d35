"""Names that equations define: root(F, y°) is the y near y° with F(x, y) = F(x°, y°).

Its normal form is an atom that holds F twice: as it stands, and with a name of its own for y°, by which the
partial derivatives are taken.
"""

from __future__ import annotations

from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import rebuild
from gradproof.operators.build import construct, name
from gradproof.proof.normal_form.terms.budget import Undecided

FREE = "free"  # the property of the name that moves where partial derivatives by y are taken


def with_free_unknown(e: Expr) -> tuple[Expr, Expr]:
    """F with a name of its own for y°, which varies, and that name."""
    residual, unknown = e.args[:2]
    if unknown.op != "name":
        raise Undecided("an equation for what is not a name")
    free = name(str(unknown.data[0]), unknown.axes, (FREE,), row=unknown.row)
    return rebuild(residual, {unknown: free}, construct), free


def is_free(e: Expr) -> bool:
    """Whether a name is one that moves in an equation."""
    props = e.data[1]
    return isinstance(props, tuple) and FREE in props
