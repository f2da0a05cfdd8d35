"""The pieces of a network that is being contracted, by the wires on which they hang.

A piece is a chain of factors between two wires (a matrix) or one (a vector). A move of the contraction
asks for one piece at a time: whether it can be made with a piece changes only where the number of pieces
on one of its wires does, so each move keeps its own list of the pieces to look at, in their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from heapq import heappop, heappush

from gradproof.calculus.network.matrix_chains import Chain, flip


class Piece:
    """A chain from wire `start` to wire `end`; a column vector on `start` where `end` is None."""

    __slots__ = ("chain", "end", "ends", "start")

    def __init__(self, chain: Chain, start: int, end: int | None) -> None:
        self.chain, self.start, self.end = chain, start, end
        self.ends = (start,) if end is None else (start, end)  # the wires it hangs on

    def turned(self) -> Piece:
        """The transposed matrix."""
        assert self.end is not None
        return Piece(flip(self.chain), self.end, self.start)


class Move(Enum):
    """What may be done with a piece that hangs on too few or too many wires."""

    LOOP = "it begins and ends on one wire"
    PARALLEL = "another hangs on the same wires"
    LOOSE = "nothing else hangs on one of its wires"
    JOIN = "one other hangs on one of its wires"


class Pieces:
    """Pieces in the order in which they came."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._place: dict[Piece, int] = {}
        self._came = 0
        self._on: dict[int, dict[Piece, None]] = {}
        self._beside: dict[frozenset[int], dict[Piece, None]] = {}
        self._waiting: dict[Move, list[tuple[int, Piece]]] = {move: [] for move in Move}
        for piece in pieces:
            self.add(piece)

    def __iter__(self) -> Iterator[Piece]:
        return iter(self._place)

    def at(self, wire: int) -> list[Piece]:
        """The pieces on a wire."""
        return list(self._on.get(wire, ()))

    def count(self, wire: int) -> int:
        """How many pieces hang on a wire."""
        return len(self._on.get(wire, ()))

    def first_beside(self, piece: Piece) -> Piece:
        """The first piece on the same wires; it may be the piece itself."""
        return next(iter(self._beside[frozenset(piece.ends)]))

    def add(self, piece: Piece) -> None:
        """One more, behind the others."""
        self._came += 1
        self._place[piece] = self._came
        self._beside.setdefault(frozenset(piece.ends), {})[piece] = None
        for move in Move:
            self._look(move, piece)
        for wire in set(piece.ends):
            there = self._on.setdefault(wire, {})
            there[piece] = None
            if len(there) == 2:
                self._look_at(Move.JOIN, there)
            if len(there) == 3:  # two vectors were an inner product, three are entry by entry
                self._look_at(Move.PARALLEL, there)

    def remove(self, *pieces: Piece) -> None:
        """Take some away."""
        for piece in pieces:
            del self._place[piece]
            del self._beside[frozenset(piece.ends)][piece]
            for wire in set(piece.ends):
                there = self._on[wire]
                del there[piece]
                if len(there) == 1:
                    self._look_at(Move.LOOSE, there)
                if len(there) == 2:
                    self._look_at(Move.JOIN, there)

    def next(self, move: Move) -> Piece | None:
        """The first piece with which a move was not tried since something changed on its wires."""
        waiting = self._waiting[move]
        while waiting:
            place, piece = heappop(waiting)
            if self._place.get(piece) == place:
                return piece
        return None

    def _look_at(self, move: Move, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            self._look(move, piece)

    def _look(self, move: Move, piece: Piece) -> None:
        heappush(self._waiting[move], (self._place[piece], piece))
