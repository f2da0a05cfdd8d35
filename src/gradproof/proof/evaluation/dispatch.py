"""Which rule gives a key its entries: the one table of the evaluator."""

from __future__ import annotations

from gradproof.expressions.nodes import Expr
from gradproof.proof.evaluation.arithmetic import Arithmetic, Unsupported
from gradproof.proof.evaluation.evaluator import SIGN, VALUE, Evaluator, Key, Rule, Seed, follow
from gradproof.proof.evaluation.fields.elementary import FACES
from gradproof.proof.evaluation.fields.elementary import FUNCTIONS as RESIDUE
from gradproof.proof.evaluation.fields.floating_point import FUNCTIONS as REAL
from gradproof.proof.evaluation.fields.floating_point import Reals
from gradproof.proof.evaluation.fields.prime_field import Field
from gradproof.proof.evaluation.matrix_rules import VALUES as MATRIX_VALUES
from gradproof.proof.evaluation.tangents.dual_numbers import tangent
from gradproof.proof.evaluation.tangents.nested_duals import Duals
from gradproof.proof.evaluation.tangents.nested_duals import value as pair
from gradproof.proof.evaluation.values import VALUES, definition, linear, signs


def rule(ev: Evaluator, key: Key) -> Rule:
    """The rule for a key."""
    e, field, mode = key
    if e.op == "pow" and (made := ev.shared.definition(e)) is not None:
        return follow((made, field, mode))
    if isinstance(mode, Seed):
        return tangent(ev, key)
    if mode == VALUE and isinstance(field, Duals):
        return pair(ev, e, field)
    if mode == VALUE:
        return _value(ev, e, field)
    if mode == SIGN:
        return signs(ev, e, field)
    if isinstance(field, Field):
        return FACES[mode](ev, e, field)
    raise Unsupported(f"{mode} of {e.op}")


def _value(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    maker = VALUES.get(e.op) or MATRIX_VALUES.get(e.op)
    if maker is not None:
        return maker(ev, e, field)
    if isinstance(field, Field) and e.op in RESIDUE:
        return RESIDUE[e.op](ev, e, field)
    if isinstance(field, Reals) and e.op in REAL:
        return _pointwise(ev, e, field)
    return (linear if ev.shared.definition(e) is None else definition)(ev, e, field)


def _pointwise(ev: Evaluator, e: Expr, field: Arithmetic) -> Rule:
    return [field.apply(e.op, value) for value in (yield e.args[0], field, VALUE)]
