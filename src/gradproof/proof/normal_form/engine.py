"""Normal forms of expressions in a context: names, what they stand for, and what varies.

Memoised by node, so that the steps of one derivation share their work.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.proof.normal_form.atoms.implicit import EQUATIONS, Implicit, is_free, with_free_unknown
from gradproof.proof.normal_form.atoms.names import Named, axes_of, differential_atom, name_form, structured
from gradproof.proof.normal_form.atoms.table import THEORIES
from gradproof.proof.normal_form.lowering.definitions import DEFINITIONS
from gradproof.proof.normal_form.lowering.lower import lower
from gradproof.proof.normal_form.substitution import Substitution
from gradproof.proof.normal_form.terms.budget import Budget, Undecided
from gradproof.proof.normal_form.terms.coefficients import coefficient
from gradproof.proof.normal_form.terms.collect import added, scaled
from gradproof.proof.normal_form.terms.data import Atom, Form, Workspace
from gradproof.proof.normal_form.terms.differentials import Differentials
from gradproof.proof.normal_form.terms.matching import pattern
from gradproof.proof.normal_form.terms.rewriting import declared
from gradproof.proof.normal_form.terms.sums import single
from gradproof.proof.semantics.context import Context

Task = tuple[Expr, bool]  # an expression; True: with the structure of what varies left out


class Engine:
    """Normal forms in one context; `generic`: away from kinks."""

    def __init__(
        self, context: Context, budget: Budget, splits: Mapping[Dim, tuple[Dim, ...]], generic: bool
    ) -> None:
        self.context = context
        self.work = Workspace(THEORIES, budget, splits, generic)
        self._forms: dict[Task, Form] = {}
        self._meanings: dict[Expr, Expr] = {}
        self._held: dict[Expr, Expr] = {}  # of the names that move in equations, those that they stand for
        # What varies is first taken without structure, and a name that an equation defines as what it is.
        self._structured = any(map(structured, context.varying)) or any(
            meaning.op in EQUATIONS for meaning in context.unfold.values()
        )
        self._differentials = Differentials(self.work, "d")
        self._partials = Differentials(self.work, "by")
        self._facts = Substitution(self.work, self._with_structure)
        self._state_laws()

    def form(self, root: Expr) -> Form:
        """The normal form of an expression."""
        return self._form((root, False))

    def difference(self, a: Form, b: Form) -> Form:
        """a - b."""
        return added([a, scaled(b, -1)], a.axes)

    # ---- the walk

    def _form(self, root: Task) -> Form:
        stack = [root]
        while stack:
            task = stack[-1]
            if task in self._forms:
                stack.pop()
                continue
            needed = [one for one in self._needs(task) if one not in self._forms]
            if needed:
                if len(stack) > 20000:
                    raise Undecided("too deep")
                stack.extend(needed)
                continue
            stack.pop()
            self._forms[task] = self._made(task)
        return self._forms[root]

    def _needs(self, task: Task) -> list[Task]:
        e, free = task
        known = self.context.unfold.get(e)
        if known is not None:
            return [(known, free)]
        if e.op in ("d", "partial"):
            return [(e.args[0], self._structured)]
        if e.op == "derivative":
            return []
        if e.op in EQUATIONS:
            residual, unknown = e.args[:2]
            parts = (residual, unknown, with_free_unknown(e)[0]) if free else (unknown,)
            return [(part, free) for part in parts]
        made = self._defined(e)
        return [(arg, free) for arg in e.args] if made is None else [(made, free)]

    def _defined(self, e: Expr) -> Expr | None:
        """What a word means that has no rule of its own here."""
        if e.op not in DEFINITIONS:
            return None
        if e not in self._meanings:
            self._meanings[e] = DEFINITIONS[e.op](e.args)
        return self._meanings[e]

    def _made(self, task: Task) -> Form:
        e, free = task
        known = self.context.unfold.get(e)
        if known is not None:
            return self._forms[known, free]
        if e.op == "name":
            return name_form(self.work, e, e in self.context.varying or is_free(e), free)
        if e.op == "d":
            return self._settled(self._differentials.of(self._forms[e.args[0], self._structured]), free)
        if e.op == "partial":
            return self._partial(e, free)
        if e.op == "derivative":
            return self._symbol(e)
        if e.op in EQUATIONS:
            return self._root(e, free)
        made = self._defined(e)
        if made is not None:
            return self._forms[made, free]
        return lower(self.work, e, tuple(self._forms[arg, free] for arg in e.args))

    def _root(self, e: Expr, free: bool) -> Form:
        """A name that an equation defines: by itself where its change matters, else its value."""
        residual, unknown = e.args[:2]
        if not free:
            return self._forms[unknown, free]
        if not self.work.varies(self._forms[residual, free]):
            return self._forms[unknown, free]
        inside, moving = with_free_unknown(e)
        self._held[moving] = unknown
        held = inside if e.op == "argmin" else residual
        forms = (self._forms[held, free], self._forms[inside, free])
        axes = axes_of(self.work, unknown)
        sizes = tuple(size for axis in axes for size in axis)
        atom, _ = self.work.atom("root", Implicit(unknown, moving), forms, sizes)
        return single(self.work, atom.uid, axes)

    def _partial(self, e: Expr, free: bool) -> Form:
        argument, variable = e.args
        change = self._partials.of(self._forms[argument, self._structured])
        uid = differential_atom(self.work, variable, "by")
        return self._settled(coefficient(self.work, change, uid, axes_of(self.work, variable)), free)

    def _settled(self, form: Form, free: bool) -> Form:
        """With the declared structure put back, where it had been left out."""
        return form if free or not self._structured else self._facts.of(form)

    def _with_structure(self, atom: Atom) -> Form:
        e = atom.holds(Implicit).unknown if atom.kind == "root" else atom.holds(Named).expr
        stays = atom.kind == "root" or e in self._held
        form = name_form(self.work, self._held.get(e, e), not stays, False)
        return Form(tuple((size,) for size in form.sizes), form.terms)

    def _symbol(self, e: Expr) -> Form:
        sizes = tuple(size for axis in axes_of(self.work, e) for size in axis)
        atom, _ = self.work.atom("derivative", e, (), sizes)
        return single(self.work, atom.uid, axes_of(self.work, e))

    # ---- declared equations

    def _state_laws(self) -> None:
        """Laws about what is constant; each replaces a single term, an array or a scalar atom."""
        laws = [(self.form(left), self.form(right)) for left, right in self.context.laws]
        for source, target in laws:
            varies = self.work.varies(source) or self.work.varies(target)
            if len(source.terms) == 1 and source.axes == target.axes and not varies:
                self._state(source, target)
        if laws:
            self._forms.clear()

    def _state(self, source: Form, target: Form) -> None:
        ((key, c),) = source.terms.items()
        target = scaled(target, 1 / Fraction(c))
        what = pattern(key)
        if not key[1] and len(key[0]) == 1 and key[0][0][1] == 1:
            self.work.scalar_laws[key[0][0][0]] = target
        elif what is not None and what.factors and len(what.ends) == len(source.sizes):
            self.work.laws.append(declared(what, target))
