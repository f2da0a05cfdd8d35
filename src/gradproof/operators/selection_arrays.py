"""Arrays of 0, 1 and -1 that only sizes make, beyond those that a simpler word says (`operators.structure`).

windows(n, k, s, p)   1 at (i, j, a) where the i-th window of width k meets place j at its a-th place;
                      windows are s places apart, and p places before the first and after the last are 0
bands(n, k, s, p)     the same, whichever place of the window: its row i adds up the i-th window
exchange(n)           turns an array round
cyclic(n, k)          moves it by k places; what leaves at the end comes in at the beginning
offset(n, k)          the same, and zeros come in
elimination(n)        vec(S) without the entries above the diagonal
duplication(n)        the way back for a symmetric S
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

from gradproof.errors import ShapeError
from gradproof.expressions.dims import Dim, number
from gradproof.expressions.nodes import Axes, Expr, make

ONE = number(1)
Numbers = Sequence[int]


class Placement(NamedTuple):
    """axes: from the sizes it is given; entry: at places counted from 1, from these sizes as numbers."""

    axes: Callable[..., Axes]
    entry: Callable[[Numbers, Numbers], int]


def reached(size: Dim, width: Dim, stride: int, padding: int) -> Dim:
    """How many windows there are. Raises ShapeError GP215 where there is none."""
    room = size + number(2 * padding) - width
    if room.number is not None and room.number < 0:
        raise ShapeError(f"a window of {width} does not fit in {size} places", code="GP215")
    return room.over(stride) + ONE


def whole(dim: Dim, what: str) -> int:
    """A size that must be a number."""
    if dim.number is None:
        raise ShapeError(f"{what} is a whole number, and this is {dim}", code="GP215")
    return dim.number


def steps(*given: Dim) -> tuple[int, int]:
    """Stride and padding, 1 and 0 where they are not given."""
    stride = whole(given[0], "a stride") if given else 1
    padding = whole(given[1], "a padding") if len(given) > 1 else 0
    if stride < 1 or padding < 0:
        raise ShapeError("a stride is at least 1, and a padding is not negative", code="GP215")
    return stride, padding


def trimmed(stride: int, padding: int) -> tuple[Dim, ...]:
    """Stride and padding as they are written: a stride of 1 without padding is left out."""
    if padding:
        return number(stride), number(padding)
    return (number(stride),) if stride != 1 else ()


def triangular(n: Dim) -> Dim:
    """n(n + 1)/2."""
    return (n * n + n).over(2)


def _meets(at: Numbers, sizes: Numbers) -> int:
    i, j, a = at
    stride, padding = (*sizes[2:], *(1, 0)[len(sizes) - 2 :])
    return int(j == stride * (i - 1) + a - padding)


def _covered(at: Numbers, sizes: Numbers) -> int:
    width, stride, padding = (*sizes[1:], *(1, 0)[len(sizes) - 2 :])
    return int(1 <= at[1] - stride * (at[0] - 1) + padding <= width)


def _place(row: int, column: int, n: int) -> int:
    """Where (row, column), on or below the diagonal, stands among these, columns first."""
    return (column - 1) * n - (column - 1) * (column - 2) // 2 + row - column + 1


def _kept(at: Numbers, sizes: Numbers) -> int:
    (n,), (place, entry) = sizes, at
    column, row = (entry - 1) // n + 1, (entry - 1) % n + 1
    return int(row >= column and _place(row, column, n) == place)


def _doubled(at: Numbers, sizes: Numbers) -> int:
    (n,), (entry, place) = sizes, at
    column, row = (entry - 1) // n + 1, (entry - 1) % n + 1
    return int(_place(max(row, column), min(row, column), n) == place)


def _turning(at: Numbers, sizes: Numbers) -> int:
    return (at[0] - at[1]) * (at[1] - at[2]) * (at[2] - at[0]) // 2


PLACEMENTS: dict[str, Placement] = {
    "windows": Placement(lambda n, k, *more: (reached(n, k, *steps(*more)), n, k), _meets),
    "bands": Placement(lambda n, k, *more: (reached(n, k, *steps(*more)), n), _covered),
    "exchange": Placement(lambda n: (n, n), lambda at, sizes: int(at[0] + at[1] == sizes[0] + 1)),
    "cyclic": Placement(
        lambda n, k: (n, n), lambda at, sizes: int((at[0] - at[1] - sizes[1]) % sizes[0] == 0)
    ),
    "offset": Placement(lambda n, k: (n, n), lambda at, sizes: int(at[0] - at[1] == sizes[1])),
    "elimination": Placement(lambda n: (triangular(n), n * n), _kept),
    "duplication": Placement(lambda n: (n * n, triangular(n)), _doubled),
    "crossing": Placement(lambda n: (n, n, n), _turning),
}
COUNTS = {"windows": (2, 3, 4), "bands": (2, 3, 4), "cyclic": (2,), "offset": (2,)}


def placement(op: str, *sizes: Dim) -> Expr:
    """A constant of the table. Raises ShapeError GP215."""
    if op in ("windows", "bands"):
        sizes = (*sizes[:2], *trimmed(*steps(*sizes[2:])))
    if op == "crossing" and sizes[0].number != 3:
        raise ShapeError("crossing is known for 3 only: crossing(3)", code="GP215")
    return make(op, (), sizes, PLACEMENTS[op].axes(*sizes))


def sizes_of(e: Expr) -> tuple[Dim, ...]:
    """The sizes that a node holds."""
    return tuple(d for d in e.data if isinstance(d, Dim))


def placed_entries(e: Expr, size: Callable[[Dim], int]) -> list[int]:
    """The entries of a constant, last axis fastest."""
    given = [size(d) if d.number is None else d.number for d in sizes_of(e)]
    entry = PLACEMENTS[e.op].entry
    return [entry(at, given) for at in product(*(range(1, size(n) + 1) for n in e.axes))]
