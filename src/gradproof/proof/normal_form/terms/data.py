"""What the normal form is made of: atoms, networks, terms, and sums of terms.

A term is a number, scalar atoms with exponents, and networks: factors that share index vertices,
some of which are output positions. A delta is never a factor: it is two outputs on one vertex. A
network without outputs is itself a scalar atom ("net"). The table of atoms belongs to one
Workspace, hence to one claim or derivation. What is known about a kind of atom is its theory.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.proof.normal_form.terms.budget import Budget, Undecided
from gradproof.proof.normal_form.terms.exponents import Exponent, Number, plus

Factor = tuple[int, tuple[int, ...], Exponent]  # atom, vertices, exponent
Outs = tuple[tuple[int, int], ...]  # (output position, vertex)
Labelled = tuple[int, list[int], tuple[Factor, ...]]  # sign, new numbers of the vertices, factors in order
Scalars = tuple[tuple[int, Exponent], ...]
Axes = tuple[tuple[Dim, ...], ...]  # for each axis the sizes of the indices that are joined in it
T = TypeVar("T")


class Piece(NamedTuple):
    """A connected network: sizes of its vertices, factors, outputs."""

    sizes: tuple[Dim, ...]
    factors: tuple[Factor, ...]
    outs: Outs


Key = tuple[Scalars, tuple[Piece, ...]]
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
    """Something the normal form does not look into, except through the theory of its kind.

    kind      "name", "d", "net", "form" (a frozen sum under a power), "exp", "inv", ...
    theory    what is known about the kind
    data      what tells it apart besides its arguments
    forms     its arguments, frozen
    sizes     of its legs
    slots     for each leg a class: legs of one class may be swapped; None: no two may
    odd       swapping the two legs changes the sign
    positive  its entries are never below zero
    varies    its differential is not zero
    special   some law of its theory looks at it
    extra     what its theory has prepared
    """

    __slots__ = (
        "data", "extra", "forms", "kind", "odd", "positive", "sizes", "slots", "special", "theory", "uid",
        "varies",
    )  # fmt: skip

    def __init__(
        self, uid: int, kind: str, theory: Theory, data: Hashable, forms: tuple[Form, ...],
        sizes: tuple[Dim, ...],
    ) -> None:  # fmt: skip
        self.uid = uid
        self.kind = kind
        self.theory = theory
        self.data = data
        self.forms = forms
        self.sizes = sizes
        self.slots: tuple[int, ...] | None = None
        self.odd = False
        self.positive = False
        self.varies = False
        self.special = False
        self.extra: object = None

    def holds(self, what: type[T]) -> T:
        """Its data, which for its kind are of this type."""
        if not isinstance(self.data, what):
            raise TypeError(f"{self.kind} holds {type(self.data).__name__}, not {what.__name__}")
        return self.data

    def knows(self, what: type[T]) -> T | None:
        """What its theory has prepared, if it is of this type."""
        return self.extra if isinstance(self.extra, what) else None


class Network:
    """A term under construction: coefficient × scalars × factors on vertices, some of them outputs.

    sizes    size of each vertex; None once an isolated vertex was counted as a factor n
    outs     the vertex of each output position
    pending  composite sizes (sums such as n + k) of isolated vertices, still to be multiplied in
    """

    __slots__ = ("coefficient", "factors", "outs", "parent", "pending", "scalars", "sizes")

    def __init__(self, sizes: Sequence[Dim | None], outs: Sequence[int], coefficient: Number = 1) -> None:
        self.coefficient = coefficient
        self.scalars: dict[int, Exponent] = {}
        self.factors: list[Factor] = []
        self.sizes: list[Dim | None] = list(sizes)
        self.parent = list(range(len(sizes)))
        self.outs = list(outs)
        self.pending: list[Dim] = []

    def copy(self, factor: Number = 1) -> Network:
        """The same term, times a number, to be changed independently."""
        new = Network(self.sizes, self.outs, self.coefficient * factor)
        new.scalars = dict(self.scalars)
        new.factors = list(self.factors)
        new.parent = list(self.parent)
        new.pending = list(self.pending)
        return new

    def vertex(self, size: Dim | None) -> int:
        """A new index."""
        self.sizes.append(size)
        self.parent.append(len(self.parent))
        return len(self.parent) - 1

    def find(self, vertex: int) -> int:
        """The representative of a merged vertex."""
        parent = self.parent
        while parent[vertex] != vertex:
            parent[vertex] = parent[parent[vertex]]
            vertex = parent[vertex]
        return vertex

    def join(self, a: int, b: int) -> None:
        """A delta: two indices become one."""
        a, b = self.find(a), self.find(b)
        if a != b:
            self.parent[max(a, b)] = min(a, b)

    def scalar(self, uid: int, e: Exponent) -> None:
        """Multiply by a scalar atom's power."""
        self.scalars[uid] = plus(self.scalars.get(uid, 0), e)

    def insert(self, key: Key, legs: Sequence[int]) -> list[int]:
        """Multiply by a term whose output position p is the vertex legs[p]; its factors' new places."""
        scalars, pieces = key
        for uid, e in scalars:
            self.scalar(uid, e)
        start = len(self.factors)
        for sizes, factors, outs in pieces:
            place = [-1] * len(sizes)
            for position, v in outs:
                if place[v] < 0:
                    place[v] = legs[position]
                else:
                    self.join(place[v], legs[position])
            for v, size in enumerate(sizes):
                if place[v] < 0:
                    place[v] = self.vertex(size)
            for uid, vertices, e in factors:
                self.factors.append((uid, tuple([place[v] for v in vertices]), e))
        return list(range(start, len(self.factors)))


Terms = list[Network]  # a sum under construction
Powers = dict[int, Exponent]  # scalar atoms with their exponents, under construction
ScalarTerms = list[tuple[Number, Powers]]


class Calculus(Protocol):
    """What a differential is taken with; `kind` is that of the atoms that stand for changes."""

    work: Workspace
    kind: str

    def known(self, form: Form) -> Form:
        """d(form) where the differentials of its atoms are there already."""

    def replaced(
        self, base: Network, index: int | None, uid: int, legs: tuple[int, ...], e: Exponent
    ) -> Iterator[Network]:
        """d(a^e) in the place of a^e."""


class Rebuilder(Protocol):
    """What an atom is made anew with, where names are replaced."""

    work: Workspace

    def named(self, atom: Atom) -> Form:
        """What stands for a name."""

    def anew(self, uid: int) -> Form:
        """What stands for an atom that was made anew already."""

    def multiplied(self, net: Network, loose: Sequence[Factor], terms: dict[Key, Number]) -> None:
        """Multiply by each factor, made anew where it varies, and collect."""


class Theory(NamedTuple):
    """What is known about one kind of atom. None: nothing of that sort.

    law           rewrites a term at one factor of this kind (only at `special` atoms)
    scalar_law    the same where the atom is a scalar of the term, with an exponent
    differential  d(atom), on its legs; without one, an atom that varies has no differential
    rebuilt       the atom with other arguments (its own arguments, already made anew, are given)
    entrywise     the function of which the atom is the value, entry by entry
    inside        the atoms that it is made of, besides those in its arguments
    """

    law: Callable[[Workspace, Network, int, Atom], Terms | None] | None = None
    scalar_law: Callable[[Workspace, Atom, Exponent, Number, Powers], ScalarTerms | None] | None = None
    differential: Callable[[Calculus, Atom], Form] | None = None
    rebuilt: Callable[[Rebuilder, Atom, tuple[Form, ...]], Form] | None = None
    entrywise: Callable[[Workspace, Atom, Form], Form] | None = None
    inside: Callable[[Atom], Iterator[int]] | None = None


class Workspace:
    """The atoms and numbers of one claim (or of one derivation, whose steps share work).

    theories     for each kind of atom
    generic      away from kinks: step(-x) = 1 - step(x)
    laws         declared equations between arrays, from left to right
    scalar_laws  the same for scalar atoms
    """

    def __init__(
        self, theories: Mapping[str, Theory], budget: Budget, splits: Mapping[Dim, tuple[Dim, ...]],
        generic: bool,
    ) -> None:  # fmt: skip
        self.theories = theories
        self.budget = budget
        self.splits = splits
        self.generic = generic
        self.atoms: list[Atom] = []
        self.laws: list[Callable[[Workspace, Network], Terms | None]] = []
        self.scalar_laws: dict[int, Form] = {}
        self.spent = 0
        self.labelled: dict[tuple[int, tuple[Factor, ...], Outs], Labelled] = {}  # networks met before
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
        found = self._table[key] = Atom(len(self.atoms), kind, self.theories[kind], data, forms, sizes)
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


Args = tuple[Form, ...]
Words = dict[str, Callable[[Workspace, Expr, Args], Form]]  # how words are lowered
