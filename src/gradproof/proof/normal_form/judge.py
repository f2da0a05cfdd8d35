"""The normal form as a judge: are two expressions equal for all sizes and all entries?

"equal" is a proof. "different" is said only of networks of independent names, where the normal form
is complete. All else is "undecided": a limit, an internal problem, or simply not known.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradproof.errors import GradproofError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.operators.build import partial
from gradproof.proof.normal_form.atoms.names import Named
from gradproof.proof.normal_form.denominators import vanishes
from gradproof.proof.normal_form.engine import Engine
from gradproof.proof.normal_form.term_bound import term_bound
from gradproof.proof.normal_form.terms.budget import Budget, SplitNeeded, Undecided, agree
from gradproof.proof.normal_form.terms.data import Form, Piece
from gradproof.proof.normal_form.terms.occurrences import inner_first
from gradproof.proof.semantics.context import Context

__all__ = ["Session", "gradient_agrees", "same", "term_bound"]

EQUAL, DIFFERENT, UNDECIDED = "equal", "different", "undecided"
DERIVED = frozenset({"d", "partial"})
CURBED = frozenset({"orthogonal", "lower", "upper", "stochastic"})  # names whose entries are not independent
SPLITS = 8


def same(a: Expr, b: Expr, context: Context, budget: Budget | None = None) -> str:
    """ "equal", "different" or "undecided". Never raises."""
    return Session(context, budget).same(a, b)


def gradient_agrees(f: Expr, variable: Expr, result: Expr, context: Context) -> str:
    """Is `result` the derivative of f by `variable`, by definition? Axes of f, then of the variable."""
    return Session(context).gradient_agrees(f, variable, result)


class Session:
    """Judges many claims in one context; they share normal forms."""

    def __init__(self, context: Context, budget: Budget | None = None) -> None:
        self.context = context
        self.budget = budget or Budget()
        self._splits: dict[Dim, tuple[Dim, ...]] = {}
        self._engines: dict[tuple[frozenset[Expr], tuple[tuple[Expr, Expr], ...], bool], Engine] = {}

    def same(self, a: Expr, b: Expr) -> str:
        """ "equal", "different" or "undecided"; never raises."""
        if a is b:
            return EQUAL
        if a.axes != b.axes or a.row != b.row:
            return UNDECIDED
        return self._fails_closed(a, b)

    def gradient_agrees(self, f: Expr, variable: Expr, result: Expr) -> str:
        """Is `result` the derivative of f by `variable`, by definition?"""
        by_definition = partial(f, variable)
        if by_definition.axes != result.axes:
            return UNDECIDED
        return self._fails_closed(by_definition, result)

    def _fails_closed(self, a: Expr, b: Expr) -> str:
        try:
            return self.compare(a, b)
        except (Undecided, GradproofError):
            return UNDECIDED
        except Exception:  # whatever goes wrong inside: no verdict may come of it
            self._engines.clear()
            return UNDECIDED

    def compare(self, a: Expr, b: Expr) -> str:
        """As `same`, but limits and internal errors are raised (for tests and for the curious)."""
        for _ in range(SPLITS):
            try:
                return self._compare(a, b)
            except SplitNeeded as need:
                if need.size in self._splits:
                    raise Undecided("an axis has to be split in two ways") from need
                self._splits[need.size] = need.parts
                self._engines.clear()
        raise Undecided("too many axes to split")

    def _compare(self, a: Expr, b: Expr) -> str:
        for known in self._meanings(a, b):
            if self._equal_folded(self._with(known, a, b), a, b):
                return EQUAL
        return self._judged(self._engine(a, b), a, b)

    def _equal_folded(self, engine: Engine, a: Expr, b: Expr) -> bool:
        try:
            return self._judged(engine, a, b) == EQUAL
        except SplitNeeded:
            raise
        except Undecided:
            return False  # the whole claim is looked at next

    def _judged(self, engine: Engine, a: Expr, b: Expr) -> str:
        engine.work.spent = 0
        left, right = engine.form(a), engine.form(b)
        for one, other in zip(left.axes, right.axes, strict=True):
            agree(one, other)
        gap = engine.difference(left, right)
        if not gap.terms:
            return EQUAL
        if self._complete(engine, gap):
            return DIFFERENT
        return EQUAL if vanishes(engine.work, gap) else UNDECIDED

    def _meanings(self, a: Expr, b: Expr) -> list[Mapping[Expr, Expr]]:
        """What some names stand for, while all other names that stand for something are independent of all
        else: what is equal then is equal. Most steps of a long derivation can be judged so, without any
        meaning, or with those of the names of which, or of whose differentials, only one side speaks. None
        of this where partial derivatives need to look into the names."""
        unfold = self.context.unfold
        if not unfold:
            return []
        left, right = set(postorder([a])), set(postorder([b]))
        if any(node.op == "partial" for node in left | right):
            return []
        single = left ^ right
        single |= {node.args[0] for node in single if node.op == "d"}
        here = {node: meaning for node, meaning in unfold.items() if node in single}
        met = postorder((a, b), unfold=unfold)
        return [{}, here] if here and len(here) < sum(node in unfold for node in met) else [{}]

    def _with(self, known: Mapping[Expr, Expr], a: Expr, b: Expr) -> Engine:
        """The engine for a claim in which only these names stand for something."""
        loose = frozenset(name for name in self.context.unfold if name.op == "name" and name not in known)
        context = Context(self.context.varying | loose, known, self.context.laws)
        return self._cached(context, any(node.op in DERIVED for node in postorder((a, b), unfold=known)))

    def _engine(self, a: Expr, b: Expr) -> Engine:
        """The engine for a claim; names by which it takes partial derivatives vary, too."""
        varying, generic = set(self.context.varying), False
        for node in postorder((a, b), unfold=self.context.unfold):
            generic = generic or node.op in DERIVED
            if node.op == "partial":
                varying.add(node.args[1])
        return self._cached(self.context._replace(varying=frozenset(varying)), generic)

    def _cached(self, context: Context, generic: bool) -> Engine:
        key = (context.varying, tuple(context.unfold.items()), generic)
        engine = self._engines.get(key)
        if engine is None:
            engine = self._engines[key] = Engine(context, self.budget, self._splits, generic)
        return engine

    def _complete(self, engine: Engine, gap: Form) -> bool:
        """True where a sum that is not empty is surely not zero: networks of independent names."""
        if self.context.laws or self._splits or any(size.symbol is None for size in gap.sizes):
            return False
        atoms = engine.work.atoms
        for uid in inner_first(engine.work, gap, lambda atom: True):
            atom = atoms[uid]
            if atom.kind == "net":
                if not all(isinstance(e, int) and e > 0 for _, _, e in atom.holds(Piece).factors):
                    return False
            elif atom.kind not in ("name", "d", "size") or (
                atom.kind == "name" and CURBED & atom.holds(Named).props
            ):
                return False
            if any(size.symbol is None for size in atom.sizes):
                return False
        rows = [e for (scalars, pieces) in gap.terms for e in _exponents(scalars, pieces)]
        return all(isinstance(e, int) and e > 0 for e in rows)


def _exponents(
    scalars: tuple[tuple[int, object], ...], pieces: tuple[tuple[object, ...], ...]
) -> list[object]:
    out = [e for _, e in scalars]
    for piece in pieces:
        factors = piece[1]
        assert isinstance(factors, tuple)
        out.extend(e for _, _, e in factors)
    return out
