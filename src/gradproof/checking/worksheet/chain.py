"""A chain of rows judged: each against the row before it, and gradients also against the truth.

A differential is judged with the names varying that its stretch differentiates; a gradient G stands for
G : dX. What follows a wrong row is judged as following from what the row should have been.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gradproof.checking.worksheet.chain_parts import Judged, Judging
from gradproof.checking.worksheet.pairs import pair
from gradproof.checking.worksheet.stationary import is_zero
from gradproof.elaboration.worksheet.statement import Said
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.operators.build import d, num, zeros
from gradproof.proof.evaluation.judge import DIFFER, SECOND, Session
from gradproof.proof.referee import FAILURES, Referee
from gradproof.proof.semantics.context import Context
from gradproof.verdicts import HOLDS, Verdict

__all__ = ["Chain", "Judged", "pair"]


class Chain(Judging):
    """Judges the rows of one derivation, from the first to the last.

    names      the names that nothing defines; stands: what the others stand for
    objective  what is differentiated, or None
    open       names that rows use and that nothing explains: nothing is refuted about them
    mend       asked about every row that does not hold: what it should be, with its `value`
    may_fit    whether sizes that a row without a meaning leaves open could give it one
    own        our own gradient of the objective by a name, or None
    free       the same at all points, also where the name lacks its structure
    parts      the parts of that gradient, one for each definition in which the name stands
    """

    def __init__(
        self, names: Mapping[str, Expr], stands: Mapping[Expr, Expr], objective: Expr | None
    ) -> None:
        self.broken = False  # a row could not be read: what comes after it is not refuted
        self.unread: set[str] = set()  # names whose definition could not be read
        self.names = names
        self.stands = dict(stands)
        self.objective = objective
        self.current: tuple[str, Expr] | None = None  # sort, and the value that rows must have
        self.written: Expr | None = None  # the last row as it stands, where it is wrong
        self.differential: Expr | None = None
        self.varying: frozenset[Expr] = frozenset()
        self.variable: Expr | None = None
        self.mend: Callable[[Judged], Any] = lambda judged: None
        self.may_fit: Callable[[Said], bool] = lambda row: False
        self.own: Callable[[Expr], Expr | None] = lambda variable: None
        self.free: Callable[[Expr], Expr | None] = lambda variable: None
        self.parts: Callable[[Expr], list[Expr]] = lambda variable: []
        self.gradient: tuple[Expr, Expr] | None = None  # the last that holds, and by what
        self.zero: tuple[Expr, Expr] | None = None  # the gradient that rows set to zero
        self.solving: Expr | None = None
        self.open: frozenset[Expr] = frozenset()
        self._told: dict[Expr, list[Expr]] = {}  # the parts that no row gave yet
        self._tests: dict[frozenset[Expr], Session] = {}
        self._referees: dict[frozenset[Expr], Referee] = {}

    # ---- asking

    def referee(self, varying: frozenset[Expr]) -> Referee:
        """The referee for claims in which these names vary; those that are defined by others are free."""
        if varying not in self._referees:
            unfold = {name: value for name, value in self.stands.items() if name not in varying}
            self._referees[varying] = Referee(Context(varying, unfold))
        return self._referees[varying]

    def judge(self, before: Expr, after: Expr, varying: frozenset[Expr]) -> Verdict:
        """Is before = after?"""
        return self.referee(varying).judge(before, after)

    def likely(self, before: Expr, after: Expr, varying: frozenset[Expr]) -> bool:
        """Whether it is worth judging: no random point shows a difference."""
        if varying not in self._tests:
            unfold = {name: value for name, value in self.stands.items() if name not in varying}
            self._tests[varying] = Session(Context(varying, unfold), work=SECOND)
        try:
            return self._tests[varying].test(before, after, 2).kind != DIFFER
        except FAILURES:
            return True

    def truth(self, variable: Expr, gradient: Expr) -> Verdict | None:
        """Is it the gradient of the objective? None where that is not defined."""
        if self.objective is None:
            return None
        return self.referee(frozenset((variable,))).judge_gradient((), self.objective, variable, gradient)

    # ---- the rows

    def rows(self, said: Iterable[Said]) -> list[Judged]:
        """Every row with its verdict."""
        out, all_rows = [], list(said)
        for place, row in enumerate(all_rows):
            if row.sort == "declaration":
                out.append(Judged(row, Verdict("unknown", "this declaration cannot be read")))
                continue
            if row.sort == "differential" or (row.sort == "equation" and row.changes):
                self.varying = self._varying(all_rows, place)
            judged = self._row(row)
            if row.problem is not None and row.problem.code == "GP501" and row.sort == "gradient":
                self.broken = False  # what it multiplies is not said; what is differentiated is known
            if judged.verdict is not None and judged.verdict.grade == "refuted" and self.broken:
                judged = judged._replace(verdict=Verdict("unknown", "a line above could not be read"))
            if (
                judged.verdict is not None
                and judged.verdict.grade in ("refuted", "unknown")
                and self._clear()
            ):
                judged = judged._replace(fix=self.mend(judged))
            self._advance(row, judged)
            out.append(judged)
        return out

    def _clear(self) -> bool:
        """Whether what is differentiated is made of names that are explained."""
        whole = [] if self.objective is None else [self.objective]
        return not any(e in self.open for e in postorder(whole, unfold=self.stands))

    def _varying(self, rows: list[Said], place: int) -> frozenset[Expr]:
        """The names that vary in the stretch of rows that begins here."""
        texts: dict[str, None] = dict.fromkeys(rows[place].changes)
        for row in rows[place + 1 :]:
            if row.sort == "differential" or (row.sort == "equation" and row.changes):
                break
            texts.update(dict.fromkeys(row.changes))
            if row.by:
                texts.setdefault(row.by)
        found = frozenset(self.names[text] for text in texts if text in self.names).difference(self.stands)
        if found:
            return found
        # Only names that are defined: the variables are theirs; or those in what stands behind a d. Where no
        # row says which: all may vary.
        asked = frozenset(e for text, e in self.names.items() if self._asked(rows, text))
        if not asked:
            changed = [e for e in postorder([rows[place].right or num(0)]) if e.op == "d"]
            below = postorder(changed, unfold=self.stands)
            asked = frozenset(e for e in below if e.op == "name").difference(self.stands)
        sides = [e for e in (rows[place].left, rows[place].right) if e is not None]
        there = postorder(sides, unfold=self.stands)
        return asked or frozenset(e for e in there if e.op == "name").difference(self.stands)

    def _asked(self, rows: list[Said], text: str) -> bool:
        return any(text == row.by or text in row.changes for row in rows)

    def _row(self, row: Said) -> Judged:
        if row.right is not None and is_zero(row.right) and self._settled(row):
            self.zero = self.gradient
            return Judged(row, None)
        if (
            row.sort == "equation"
            and row.left is not None
            and is_zero(row.left)
            and self.gradient is not None
        ):
            self.zero = self.gradient
        if self.zero is not None and row.right is not None and row.sort in ("equation", "continued"):
            return self._solved(row, row.right)
        if row.sort in ("gradient", "differential"):
            self.zero = None
        if row.sort == "gradient":
            return self._valued(self._gradient(row))
        if row.right is None:
            return self._unread(row)
        if row.sort == "part":
            return self._part(row, row.right)
        if row.sort in ("hessian", "jacobian"):
            return self._array(row, row.right)
        if row.sort == "definition":
            return Judged(row, None)
        if row.sort == "differential":
            before = self.differential if row.subject == "" or row.left is None else row.left
            return (
                Judged(row, None) if before is None else self._compared(row, before, row.right, self.varying)
            )
        if row.sort == "equation":
            assert row.left is not None
            judged = self._compared(row, row.left, row.right, self.varying)
            return self._condition(row, self._or_solved(row, judged))
        if self.current is None:
            return Judged(row, None)
        sort, before = self.current
        if sort == "gradient" and self.variable is not None:
            return self._valued(self._by(row, self.variable))
        return self._compared(row, before, row.right, self.varying)

    def _unread(self, row: Said) -> Judged:
        problem = row.problem
        assert problem is not None
        wrong = problem.code.startswith(("GP2", "GP402")) and not self.may_fit(row)
        lost = sorted(row.mentions & ({str(e) for e in self.open} | self.unread))
        verdict = Verdict("refuted" if wrong and not lost else "unknown", problem.message)
        self.broken = self.broken or verdict.grade == "unknown"
        if row.row.kind == "let":  # what it names stays open
            left = row.row.text[row.row.left[0] : row.row.left[1]].strip()
            self.unread |= {left, left.partition("_")[0]}
        before = row.left if row.left is not None else self.current[1] if self.current else None
        if row.sort in ("hessian", "jacobian", "part"):
            return Judged(row, verdict)
        by = self.variable if self.current is not None and self.current[0] == "gradient" else None
        return Judged(row, verdict, before, None, self.varying, by if row.sort == "continued" else None)

    def _compared(self, row: Said, before: Expr, after: Expr, varying: frozenset[Expr]) -> Judged:
        if before.axes and after is num(0):
            after = zeros(*before.axes, row=before.row)
        verdict = self.judge(before, after, varying)
        verdict = self._doubted(verdict, before, after)
        carried = verdict.grade == "refuted" and self._carries(after, varying)
        return Judged(row, verdict, before, after, varying, carried=carried)

    def _doubted(self, verdict: Verdict, *sides: Expr) -> Verdict:
        """Nothing is refuted about names that nothing explains."""
        lost = {str(e) for e in postorder(sides, unfold=self.stands) if e in self.open}
        if verdict.grade != "refuted" or not lost:
            return verdict
        return Verdict("unknown", f"nothing says what {' and '.join(sorted(lost))} is")

    def _carries(self, after: Expr, varying: frozenset[Expr]) -> bool:
        wrong = self.written
        return wrong is not None and self.judge(wrong, after, varying).grade in HOLDS

    # ---- gradients

    def _gradient(self, row: Said) -> Judged:
        variable = self._variable(row)
        if variable is None and row.right is None:
            return self._unread(row)
        if variable is None:
            return Judged(row, Verdict("unknown", "nothing says with respect to what the gradient is"))
        self.variable = variable
        if row.right is None:
            before = self.differential if self._speaks_of(variable) else None
            judged = self._unread(row)
            if before is None:
                before = judged.before if self.objective is None else d(self.objective)
            return judged._replace(variable=variable, varying=frozenset((variable,)), before=before)
        return self._by(row, variable)

    def _by(self, row: Said, variable: Expr) -> Judged:
        """A gradient against the differential above it, else against the truth."""
        gradient = row.right
        assert gradient is not None
        varying = frozenset((variable,))
        if row.paired is not None:
            before = (
                self.differential if self.differential is not None and self._speaks_of(variable) else None
            )
            before = d(self.objective) if before is None and self.objective is not None else before
            if before is None:
                return Judged(row, Verdict("unknown", "nothing says what is differentiated"))
            return self._compared(row, before, row.paired, varying)
        if gradient is num(0):
            gradient = zeros(*variable.axes, row=variable.row)
            row = row._replace(right=gradient)
        if (gradient.axes, gradient.row) != (variable.axes, variable.row):
            if self.objective is None and self.differential is None:
                return Judged(row, Verdict("unknown", "nothing says what is differentiated"))
            said = "a gradient has the shape of its variable"
            return Judged(row, Verdict("refuted", said), self.differential, None, varying, variable)
        after = pair(gradient, variable)
        if self.differential is not None and self._speaks_of(variable):
            found = self._compared(row, self.differential, after, varying)
            return found._replace(variable=variable)
        if self.current is not None and self.current[0] == "gradient" and row.sort == "continued":
            return self._compared(row, self.current[1], after, varying)._replace(variable=variable)
        verdict = self.truth(variable, gradient)
        if verdict is not None:
            verdict = self._doubted(verdict, gradient)
        before = None if self.objective is None else d(self.objective)
        return Judged(row, verdict, before, after, varying, variable)

    def _speaks_of(self, variable: Expr) -> bool:
        """Whether the differential above is one by this variable."""
        if variable in self.varying or self.differential is None:
            return self.differential is not None
        return any(e.op == "d" and e.args[0] is variable for e in postorder([self.differential]))

    def _variable(self, row: Said) -> Expr | None:
        if row.by:
            return self.names.get(row.by) or next((e for e in self.stands if e.data[0] == row.by), None)
        if len(self.varying) == 1:
            return next(iter(self.varying))
        if row.sort in ("hessian", "jacobian") and self.variable is not None:
            return self.variable
        shape = None if row.right is None else row.right.axes
        if shape and row.sort in ("hessian", "jacobian"):
            shape = shape[-1:]
        likely = [e for e in (self.varying or self.names.values()) if shape is None or e.axes == shape]
        if self.objective is not None:
            there = set(postorder([self.objective], unfold=self.stands))
            likely = [e for e in likely if e in there]
        return likely[0] if len(likely) == 1 else None

    # ---- what the next row follows from

    def _advance(self, row: Said, judged: Judged) -> None:
        sort = row.sort
        if sort in ("part", "hessian", "jacobian"):
            return
        if row.right is None and sort != "continued" and judged.before is None:
            self.current = self.differential = None  # it cannot be read: what follows is not about it
            return
        holds = judged.verdict is None or judged.verdict.grade in HOLDS
        if self.zero is not None:
            return
        if judged.variable is not None and row.right is not None:
            known = row.right if holds else getattr(judged.fix, "value", None)
            if known is not None and (known.axes, known.row) == (judged.variable.axes, judged.variable.row):
                self.gradient = (known, judged.variable)
        self._known(row, judged)
        value = judged.after if judged.after is not None else row.right
        if sort == "definition":
            self.written = None
            name = next((e for e in self.stands if str(e) == row.subject), None)
            self.current = None if name is None else ("value", name)
            return
        if sort == "continued" and self.current is not None:
            sort = self.current[0]
        self.written = None if holds else value
        kept = value if holds or judged.before is None else judged.before
        if kept is None:
            return
        if sort == "gradient":
            self.current = ("gradient", kept)
        else:
            self.current = (sort, kept)
            if sort == "differential":
                self.differential = kept
        if holds and sort == "gradient" and judged.variable is not None and row.right is not None:
            self.current = ("gradient", judged.after or kept)

    def _known(self, row: Said, judged: Judged) -> None:
        """A gradient that is wrong, and used further down under its name, is used as it should be."""
        if judged.verdict is None or judged.verdict.grade in HOLDS or row.sort != "gradient":
            return
        symbol = next((e for e in self.stands if str(e.data[0]) == f"∂{row.subject}/∂{row.by}"), None)
        if symbol is None:
            return
        if judged.fix is not None:
            self.stands[symbol] = judged.fix.value
        else:
            del self.stands[symbol]
        self._referees.clear()
        self._tests.clear()
