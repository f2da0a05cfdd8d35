"""What the normal form is made of: atoms, networks, terms, and sums of terms.

A term is a number, scalar atoms with exponents, and networks: factors that share index vertices,
some of which are output positions. A delta is never a factor: it is two outputs on one vertex. A
network without outputs is itself a scalar atom ("net"). The table of atoms belongs to one
Workspace, hence to one claim or derivation.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from gradproof.expressions.dims import Dim
from gradproof.proof.normal_form.terms.budget import Budget, Undecided
from gradproof.proof.normal_form.terms.exponents import Exponent, Number

Factor = tuple[int, tuple[int, ...], Exponent]  # atom, vertices, exponent
Outs = tuple[tuple[int, int], ...]  # (output position, vertex)
Piece = tuple[tuple[Dim, ...], tuple[Factor, ...], Outs]  # sizes of the vertices, factors, outputs
Scalars = tuple[tuple[int, Exponent], ...]
Key = tuple[Scalars, tuple[Piece, ...]]
Axes = tuple[tuple[Dim, ...], ...]  # for each axis the sizes of the indices that are joined in it

ONE: Key = ((), ())


class Form:
    """A sum of terms with one set of axes. Immutable by agreement."""

    __slots__ = ("_frozen", "axes", "terms")

    def __init__(self, axes: Axes, terms: dict[Key, Number]) -> None:
        self.axes = axes
        self.terms = terms
        self._frozen: tuple[tuple[int, Number], ...] | None = None

    @property
    def sizes(self) -> tuple[Dim, ...]:
        """The sizes of its output positions, one after the other."""
        return tuple(size for axis in self.axes for size in axis)

    def frozen(self, work: Workspace) -> tuple[tuple[int, Number], ...]:
        """Its terms as sorted integers: equal for equal sums, and fit for comparing."""
        if self._frozen is None:
            self._frozen = tuple(sorted((work.term_id(key), c) for key, c in self.terms.items()))
        return self._frozen


class Atom:
    """Something the normal form does not look into, except through the rules of its kind.

    kind      "name", "d", "net", "form" (a frozen sum under a power), "exp", "inv", ...
    data      what tells it apart besides its arguments
    forms     its arguments, frozen
    sizes     of its legs
    slots     for each leg a class: legs of one class may be swapped; None: no two may
    odd       swapping the two legs changes the sign
    positive  its entries are never below zero
    varies    its differential is not zero
    special   some rewriting rule looks at it
    extra     what the rules of its kind have prepared
    """

    __slots__ = (
        "data", "extra", "forms", "kind", "odd", "positive", "sizes", "slots", "special", "uid", "varies",
    )  # fmt: skip

    def __init__(
        self, uid: int, kind: str, data: Hashable, forms: tuple[Form, ...], sizes: tuple[Dim, ...]
    ) -> None:
        self.uid = uid
        self.kind = kind
        self.data: Any = data
        self.forms = forms
        self.sizes = sizes
        self.slots: tuple[int, ...] | None = None
        self.odd = False
        self.positive = False
        self.varies = False
        self.special = False
        self.extra: Any = None


class Workspace:
    """The atoms and numbers of one claim (or of one derivation, whose steps share work)."""

    def __init__(self, budget: Budget, splits: Mapping[Dim, tuple[Dim, ...]], generic: bool) -> None:
        self.budget = budget
        self.splits = splits
        self.generic = generic  # away from kinks: step(-x) = 1 - step(x)
        self.atoms: list[Atom] = []
        self.laws: list[Any] = []
        self.scalar_laws: dict[int, Form] = {}
        self.spent = 0
        self.part_of: Any = None  # how a part of a function is the function of a part (`stacked`)
        self._table: dict[Hashable, Atom] = {}
        self._terms: dict[Key, int] = {}
        self._labels: dict[tuple[int, Exponent], int] = {}

    def spend(self, amount: int = 1) -> None:
        """Count work; Undecided once there was too much."""
        self.spent += amount
        if self.spent > self.budget.work:
            raise Undecided("too much work")

    def room(self, terms: int) -> None:
        """Refuse a sum of more terms than allowed, before it is made."""
        if terms > self.budget.terms:
            raise Undecided(f"{terms} terms")

    def atom(
        self, kind: str, data: Hashable, forms: tuple[Form, ...] = (), sizes: tuple[Dim, ...] = ()
    ) -> tuple[Atom, bool]:
        """The atom of that kind and content, and whether it is new (and still to be furnished)."""
        key = (kind, data, tuple((form.axes, form.frozen(self)) for form in forms), sizes)
        found = self._table.get(key)
        if found is not None:
            return found, False
        found = self._table[key] = Atom(len(self.atoms), kind, data, forms, sizes)
        self.atoms.append(found)
        found.varies = any(self.varies(form) for form in forms)
        return found, True

    def net(self, piece: Piece) -> int:
        """The scalar atom that a network without outputs is."""
        found, new = self.atom("net", piece)
        if new:
            factors = piece[1]
            found.varies = any(self.atoms[uid].varies for uid, _, _ in factors)
            found.positive = all(self.nonnegative(uid, e) for uid, _, e in factors)
        return found.uid

    def term_id(self, key: Key) -> int:
        """An integer for a term, the same for equal terms."""
        return self._terms.setdefault(key, len(self._terms))

    def label(self, uid: int, exponent: Exponent) -> int:
        """An integer for an atom with its exponent."""
        return self._labels.setdefault((uid, exponent), len(self._labels))

    def group(self, size: Dim) -> tuple[Dim, ...]:
        """The indices that an axis of a size consists of."""
        parts = self.splits.get(size)
        if parts is None:
            return (size,)
        return tuple(index for part in parts for index in self.group(part))

    def nonnegative(self, uid: int, e: Exponent) -> bool:
        """True where atom^e is surely not below zero."""
        return self.atoms[uid].positive or (isinstance(e, int) and e % 2 == 0)

    def varies(self, form: Form) -> bool:
        """True where some atom of a sum has a differential."""
        return any(self.atoms[uid].varies for key in form.terms for uid, _ in occurrences(key))


def occurrences(key: Key) -> list[tuple[int, Exponent]]:
    """The atoms of a term with their exponents, scalars first."""
    scalars, pieces = key
    return [*scalars, *((uid, e) for _, factors, _ in pieces for uid, _, e in factors)]
