"""Names that rows define apart from the objective, found in it: f = ‖A x − b‖² is a function of r, too,
where a row says r_i = Σ_j A_ij x_j − b_i."""

from __future__ import annotations

from collections.abc import Mapping

from gradproof.elaboration.worksheet.reading import Reading
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder, rebuild
from gradproof.operators.build import construct
from gradproof.proof.evaluation.judge import DIFFER, SECOND, Session
from gradproof.proof.referee import FAILURES, Referee
from gradproof.proof.semantics.context import Context
from gradproof.verdicts import HOLDS

MOST = 60  # parts that are compared


def folded(reading: Reading) -> Reading:
    """The reading with such parts as the names that rows differentiate by."""
    wanted = {said.by for said in reading.said if said.by}
    stands = dict(reading.stands)
    for name, value in reading.stands.items():
        if str(name) not in wanted or reading.objective is None:
            continue
        if name in postorder([reading.objective], unfold=stands) or reading.objective is name:
            continue
        for place in [e for e in stands if e is not name]:
            part = _part(stands[place], value, stands)
            if part is not None:
                stands[place] = rebuild(stands[place], {part: name}, construct)
    return reading._replace(stands=stands)


def _part(whole: Expr, value: Expr, stands: Mapping[Expr, Expr]) -> Expr | None:
    """The part of an expression that is a value, said in another way."""
    context = Context(frozenset(), stands)
    session, referee = Session(context, work=SECOND), Referee(context)
    for part in postorder([whole])[-MOST:]:
        if not part.args or (part.axes, part.row) != (value.axes, value.row):
            continue
        try:
            if session.test(part, value, 2).kind != DIFFER and referee.judge(part, value).grade in HOLDS:
                return part
        except FAILURES:
            continue
    return None
