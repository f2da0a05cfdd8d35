"""Contract a network of matrices and vectors, wire by wire, into products.

A piece is a chain of factors between two wires (a matrix) or one (a vector). Parallel pieces become
Hadamard products, a wire between two pieces a product, a loop a trace, a loose wire a sum. Where
more than two matrices meet at a summed wire there is no such notation, and the answer is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from gradproof.calculus.network.hadamard import entrywise
from gradproof.calculus.network.matrix_chains import Chain, Token, flip, sign, simplify, token, upright, write
from gradproof.calculus.network.pieces import Move, Piece, Pieces
from gradproof.calculus.network.source_order import place
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import T, apply, eye, frob, mul, num, ones, power, size
from gradproof.operators.properties import sums_to_one, symmetric

Array = tuple[Expr, tuple[int, ...]]  # an expression and the wires of its axes


class Contraction:
    """The pieces left, the scalars and the sign that came out so far."""

    def __init__(self, pieces: Iterable[Piece], out: Sequence[int], sizes: dict[int, Dim]) -> None:
        self.pieces = Pieces(pieces)
        self.out = set(out)
        self.order = {wire: place for place, wire in enumerate(out)}
        self.sizes = sizes
        self.scalars: list[Expr] = []
        self.coefficient = Fraction(1)

    # ---- one move at a time; each answers whether it did something

    def run(self) -> bool:
        """Contract as far as it goes; whether every summed wire is gone."""
        while self._moved() or self._diagonal():
            pass
        return all(wire in self.out for piece in self.pieces for wire in piece.ends)

    def _moved(self) -> bool:
        """The first move that can be made, with the first piece with which it can."""
        for move, make in (
            (Move.LOOP, self._loop),
            (Move.PARALLEL, self._parallel),
            (Move.LOOSE, self._loose),
            (Move.JOIN, self._join),
        ):
            while (piece := self.pieces.next(move)) is not None:
                if make(piece):
                    return True
        return False

    def _expr(self, chain: Chain) -> Expr | None:
        chain = simplify(chain)
        self.coefficient *= sign(chain)
        return write(upright(chain))

    def _scalar(self, chain: Chain) -> Expr:
        """A product with closed ends; ones'*ones counts."""
        chain = simplify(chain)
        if all(t.expr is None for t in chain):
            assert chain and chain[0].size is not None
            return size(chain[0].size)
        e = self._expr(chain)
        assert e is not None
        return e

    def _matrix(self, piece: Piece) -> Expr:
        """A piece as an expression; a product in which all cancelled is an identity, or ones."""
        e = self._expr(piece.chain)
        if e is not None:
            return e
        size_here = self.sizes[piece.start]
        return ones(size_here) if piece.end is None else eye(size_here)

    def _loop(self, piece: Piece) -> bool:
        """A piece that begins and ends on one wire: a trace, or a diagonal where others hang there."""
        wire = piece.start
        if piece.end != wire:
            return False
        self.pieces.remove(piece)
        if wire in self.out or self.pieces.count(wire):
            self.pieces.add(Piece([token(apply("diagonal", self._matrix(piece)))], wire, None))
        else:
            self.scalars.append(self._trace(piece))
        return True

    def _trace(self, piece: Piece) -> Expr:
        chain = simplify(piece.chain)
        turns = [simplify(turn) for turn in _turns(chain)]
        chain = min(turns, key=lambda turn: (len(turn), _first(turn)), default=chain)
        if not chain:
            return size(self.sizes[piece.start])
        if sum(t.flipped for t in chain) * 2 > len(chain):
            chain = flip(chain)
        return apply("tr", self._matrix(Piece(chain, piece.start, piece.start)))

    def _parallel(self, piece: Piece) -> bool:
        """Two pieces on the same wires: a Frobenius product if nothing else is there, or a Hadamard one."""
        first = self.pieces.first_beside(piece)
        if first is piece or (piece.end is None and self._two_vectors(piece.start)):
            return False
        self._merge(first, piece)
        return True

    def _two_vectors(self, wire: int) -> bool:
        """Only two vectors meet at a summed wire: an inner product, which `_join` makes."""
        return wire not in self.out and self.pieces.count(wire) == 2

    def _gone(self, wire: int) -> bool:
        """Whether a wire neither goes out nor has anything on it."""
        return wire not in self.out and not self.pieces.count(wire)

    def _merge(self, a: Piece, b: Piece) -> None:
        self.pieces.remove(a, b)
        if b.start != a.start:
            b = b.turned()
        if a.end is not None and all(map(self._gone, a.ends)):
            self.scalars.append(self._frobenius(a, b))
            return
        both = entrywise(self._matrix(a), self._matrix(b))
        if both.op != "ones":
            self.pieces.add(Piece([token(both)], a.start, a.end))
            return
        for wire in a.ends:  # all cancelled: a sum with nothing on it counts its size
            if self._gone(wire):
                self.scalars.append(size(self.sizes[wire]))

    def _frobenius(self, a: Piece, b: Piece) -> Expr:
        if sum(t.flipped for t in a.chain + b.chain) * 2 > len(a.chain + b.chain):
            a, b = a.turned(), b.turned()
        around = [*flip(a.chain), *b.chain]
        if a.end is not None and any(len(simplify(turn)) < len(around) for turn in _turns(around)):
            return self._trace(Piece(around, a.end, a.end))
        x, y = self._matrix(a), self._matrix(b)
        if x is T(y) or y is T(x):
            return apply("tr", power(y if x.op == "T" else x, num(2)))
        if x.op == "T":
            return apply("tr", mul(x.args[0], y))
        if y.op == "T":
            return apply("tr", mul(x, y.args[0]))
        return frob(x, y)

    def _loose(self, piece: Piece) -> bool:
        """A summed wire with one end: row sums, column sums, sums."""
        for wire in piece.ends:
            if wire in self.out or self.pieces.count(wire) > 1:
                continue
            self.pieces.remove(piece)
            if piece.end is None:
                self.scalars.append(self._sum(piece.chain, wire))
            elif wire == piece.end:
                self._summed(piece.chain, wire, piece.start)
            else:
                self._summed(flip(piece.chain), wire, piece.end)
            return True
        return False

    def _summed(self, chain: Chain, wire: int, other: int | None) -> None:
        """A matrix whose columns are added: a vector on its other wire."""
        assert other is not None
        self.pieces.add(Piece([*chain, Token(None, size=self.sizes[wire])], other, None))

    def _sum(self, chain: Chain, wire: int) -> Expr:
        only = chain[0].expr if len(chain) == 1 else None
        if only is not None and sums_to_one(only):
            return num(1)
        whole = [Token(None, size=self.sizes[wire]), *chain]
        if sum(t.flipped for t in whole) * 2 > len(chain):
            whole = flip(whole)
        e = self._scalar(whole)
        return e if not e.axes else apply("sum", e)

    def _join(self, piece: Piece) -> bool:
        """A summed wire between two pieces: a product."""
        for wire in piece.ends:
            if wire not in self.out and self.pieces.count(wire) == 2:
                a, b = self.pieces.at(wire)
                self.pieces.remove(a, b)
                self._product(a, b, wire)
                return True
        return False

    def _product(self, a: Piece, b: Piece, wire: int) -> None:
        if a.end is None and b.end is None:
            self._inner(a, b)
            return
        if a.end is None:
            a, b = b, a
        if a.end != wire:
            a = a.turned()
        if b.start != wire:
            b = b.turned()
        self.pieces.add(Piece(a.chain + b.chain, a.start, b.end))

    def _inner(self, a: Piece, b: Piece) -> None:
        """x'*…*y, in the direction with fewer transposes."""
        chain = simplify(flip(a.chain) + b.chain)
        back = simplify(flip(b.chain) + a.chain)
        best = min(chain, back, key=lambda turn: (_early_change(turn), sum(t.flipped for t in turn)))
        self.scalars.append(self._scalar(best))

    def _diagonal(self) -> bool:
        """A vector on a wire where one or two matrices meet: a diagonal matrix between them."""
        for vector in self.pieces:
            wire = vector.start
            if vector.end is not None or not self._needs_diagonal(wire):
                continue
            crossed = self._crossed(wire)
            if crossed is not None:
                self._weigh(*crossed)
                return True
            matrix = next(p for p in self.pieces.at(wire) if p.end is not None)
            self.pieces.remove(vector, matrix)
            if matrix.end != wire:
                matrix = matrix.turned()
            chain = [*matrix.chain, Token(apply("diag", self._matrix(vector)))]
            self.pieces.add(Piece(chain, matrix.start, wire))
            return True
        return False

    def _crossed(self, wire: int) -> tuple[Piece, Piece, Piece] | None:
        """A matrix at `wire` that has a vector on each of its two wires."""
        for matrix in self.pieces.at(wire):
            vectors = [next((p for p in self.pieces.at(w) if p.end is None), None) for w in matrix.ends]
            if matrix.end is not None and vectors[0] is not None and vectors[1] is not None:
                return matrix, vectors[0], vectors[1]
        return None

    def _weigh(self, matrix: Piece, left: Piece, right: Piece) -> None:
        """diag(u)*A*diag(v) as (u*v').*A."""
        self.pieces.remove(matrix, left, right)
        weights = outer(self._matrix(left), self._matrix(right))
        both = entrywise(weights, self._matrix(matrix))
        self.pieces.add(Piece([token(both)], matrix.start, matrix.end))

    def _needs_diagonal(self, wire: int) -> bool:
        there = self.pieces.at(wire)
        matrices = [piece for piece in there if piece.end is not None]
        if wire not in self.out:
            return len(matrices) == 2 and len(there) == 3
        return len(matrices) == 1 and len(there) == 2 and not self._both(matrices[0])

    def _both(self, matrix: Piece) -> bool:
        """A matrix with a vector on each of its outgoing wires: those two make an outer product."""
        return all(
            wire in self.out and any(p.end is None for p in self.pieces.at(wire)) for wire in matrix.ends
        )

    def left(self) -> list[Array]:
        """Every piece that is left, as an array on its wires."""
        return [(self._matrix(piece), tuple(piece.ends)) for piece in self.pieces]

    # ---- what is left hangs on outgoing wires only

    def arrays(self) -> list[Array] | None:
        """What stands on the outgoing wires, at most one array on each."""
        found: list[Array] = []
        for matrix in [p for p in self.pieces if p.end is not None]:
            assert matrix.end is not None
            piece = matrix.turned() if self.order[matrix.start] > self.order[matrix.end] else matrix
            vectors = [p for p in self.pieces if p.end is None and p.start in piece.ends]
            e = self._matrix(piece)
            if len(vectors) == 2:
                ordered = sorted(vectors, key=lambda v: v.start != piece.start)
                e = entrywise(outer(self._matrix(ordered[0]), self._matrix(ordered[1])), e)
                self.pieces.remove(*vectors)
            found.append((e, tuple(piece.ends)))
        found += [(self._matrix(p), (p.start,)) for p in self.pieces if p.end is None]
        wires = [wire for _, ends in found for wire in ends]
        return found if len(wires) == len(set(wires)) else None


def _turns(chain: Chain) -> list[Chain]:
    """A cycle of factors, begun at each of them in turn."""
    return [chain[at:] + chain[:at] for at in range(min(len(chain), 8))]


def outer(left: Expr, right: Expr) -> Expr:
    """left*right', the factors of `right` turned round one by one."""
    factors = right.args if right.op == "mul" else (right,)
    return mul(left, *(_turn(factor) for factor in reversed(factors)))


def _turn(e: Expr) -> Expr:
    if e.op == "T":
        return e.args[0]
    return e if not e.axes or symmetric(e) else T(e)


def _early_change(chain: Chain) -> bool:
    """Whether a product begins with a differential: x'*dx, not dx'*x."""
    return bool(chain) and any(t.expr is not None and t.expr.op == "d" for t in chain[:-1])


def _first(chain: Chain) -> int:
    """Orders the turns of a trace: the first factor as it was typed."""
    return place(chain[0].expr) if chain and chain[0].expr is not None else 0
