"""Which kind each part of a text has: scalar, column, row, matrix or tensor.

Constraint propagation over small sets. A constraint says which kinds go together (from the
signatures of the table); it is added if it does not contradict what is known, else left out, and
then `assemble` will say what is wrong at that place. Time is linear in the length of the text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from itertools import product

from gradproof.operators.aliases import GREEK, SPELLINGS
from gradproof.operators.overloads import GAINS, KEPT
from gradproof.operators.signature import Pattern, alternative
from gradproof.operators.sized_operators import PLACED
from gradproof.operators.table import OPERATORS

S, C, R, M, T = 1, 2, 4, 8, 16
KINDS = (S, C, R, M, T)
MOST_STACKED = 8  # longer stacks have parts of one kind, as far as kinds are inferred
ANY = S | C | R | M | T
Key = tuple[object, ...]
Row = tuple[int, ...]

_SAME: tuple[Row, ...] = tuple((k, k) for k in KINDS)
_SPREAD: tuple[Row, ...] = (
    *((k, k, k) for k in KINDS),
    *((S, k, k) for k in KINDS if k != S),
    *((k, S, k) for k in KINDS if k != S),
)


_KEPT: tuple[Row, ...] = ((C, S, C), (M, S, M), (T, S, T))
_REDUCED: tuple[Row, ...] = ((C, S, S), (M, S, C), (T, S, M), (T, S, T))
_EITHER: tuple[Row, ...] = tuple(
    (*parts, max(parts))
    for k in KINDS
    for parts in product(*[(S, k) if k != S else (S,)] * 3)
    if max(parts) == k
)


def of_shape(axes: int, row: bool) -> int:
    """The kind of an array with so many axes."""
    return R if row else (S, C, M)[axes] if axes < 3 else T


def _kind(pattern: Pattern, whole: int) -> int:
    return whole if pattern.any else of_shape(len(pattern.axes), pattern.row)


def _rows(op: str) -> tuple[Row, ...]:
    return _read((*OPERATORS[op].signatures, *GAINS.get(op, ())))


def _read(signatures: Sequence[str]) -> tuple[Row, ...]:
    out: dict[Row, None] = {}
    for text in signatures:
        alt = alternative(text)
        for whole in KINDS:
            out[(*(_kind(p, whole) for p in alt.inputs), _kind(alt.output, whole))] = None
    return tuple(out)


@cache
def table(key: Key) -> tuple[Row, ...]:
    """The combinations that a constraint allows: kinds of the arguments, then of the result.

    ("hcat", number), ("vcat", number), ("index", letters); ("along", name) one along an axis;
    ("op", name, number of arguments) an operator; ("placed", name, number of arrays); ("either",) a choice;
    ("einsum", kinds…); ("same",), ("pow",), ("div",);
    ("spread",) two of one kind, or a scalar and anything; and where such pairs should rather be alike:
    ("pair",), and ("sum", left, right) for terms that are "free" (a bare name nobody declared), "fixed"
    (made of known things) or "mixed".
    """
    made = _TABLES.get(str(key[0]))
    return _SPREAD if made is None else made(key)


def _of_operator(key: Key) -> tuple[Row, ...]:
    name, count = str(key[1]), int(str(key[2])) + 1
    ops = (name, *(op for op, spelling in SPELLINGS.items() if spelling == name))
    return tuple(row for op in ops for row in _rows(op) if len(row) == count)


def _of_placed(key: Key) -> tuple[Row, ...]:
    name, count = str(key[1]), int(str(key[2])) + 1
    return tuple(row for row in _read(PLACED[name].signatures) if len(row) == count)


def _of_einsum(key: Key) -> tuple[Row, ...]:
    """A vector in an einsum may lie down or stand."""
    *inputs, output = (int(str(kind)) for kind in key[1:])
    return tuple((*row, output) for row in product(*((C, R) if kind == C else (kind,) for kind in inputs)))


def _stacked(word: str, count: int) -> tuple[Row, ...]:
    """Numbers and vectors one behind the other, or matrices and vectors beside each other."""
    along, across = (R, C) if word == "hcat" else (C, R)
    if count > MOST_STACKED:
        return tuple(
            (*(kind,) * count, out) for kind, out in ((S, along), (along, along), (across, M), (M, M))
        )
    line = tuple((*row, along) for row in product((S, along), repeat=count))
    return (*line, *((*row, M) for row in product((across, M), repeat=count)))


def _indexed(text: str) -> tuple[Row, ...]:
    """X[i,:] of a matrix lies down; a letter for each axis says what stays."""
    left = len(text.replace("a", ""))
    if len(text) == 1:
        return tuple((kind, kind if left else S) for kind in (C, R))
    return ((M if len(text) == 2 else T, of_shape(left, left == 1 and text[0] == "a" and len(text) == 2)),)


_TABLES: dict[str, Callable[[Key], tuple[Row, ...]]] = {
    "op": _of_operator,
    "placed": _of_placed,
    "einsum": _of_einsum,
    "hcat": lambda key: _stacked("hcat", int(str(key[1]))),
    "vcat": lambda key: _stacked("vcat", int(str(key[1]))),
    "index": lambda key: _indexed(str(key[1])),
    "along": lambda key: _KEPT if str(key[1]) in KEPT else _REDUCED,
    "either": lambda key: _EITHER,
    "same": lambda key: _SAME,
    "div": lambda key: tuple((k, S, k) for k in KINDS),
    "pow": lambda key: ((S, S, S), (M, S, M)),
}


@lru_cache(maxsize=65536)
def revise(key: Key, masks: Row) -> Row:
    """What a constraint leaves of the sets of kinds of its parts; zeros where nothing fits."""
    if key[0] in ("sum", "pair"):
        masks = _alike(key, masks)
    left = [0] * len(masks)
    for row in table(key):
        if all(mask & kind for mask, kind in zip(masks, row, strict=True)):
            for place, kind in enumerate(row):
                left[place] |= kind
    return tuple(left)


def _alike(key: Key, masks: Row) -> Row:
    """Terms are of one kind, unless one is known to be a scalar, which may be added to every entry;
    and a bare name beside a computed scalar is a scalar itself."""
    a, b, out = masks
    if a != S and b != S:
        both = a & b & out
        return (both, both, both)
    if key[0] == "sum" and a == S and key[1] != "fixed" and key[2] == "free":
        return (a, b & S, out)
    if key[0] == "sum" and b == S and key[2] != "fixed" and key[1] == "free":
        return (a & S, b, out)
    return masks


class Solver:
    """Sets of kinds for numbered parts, narrowed by constraints; a step that contradicts is undone."""

    def __init__(self) -> None:
        self.masks: list[int] = []
        self.watch: list[list[tuple[Key, Row]]] = []
        self.trail: list[tuple[int, int]] = []

    def part(self, mask: int) -> int:
        """A new part."""
        self.masks.append(mask)
        self.watch.append([])
        return len(self.masks) - 1

    def add(self, key: Key, parts: Row) -> bool:
        """Add a constraint; False, and nothing changed, where it contradicts."""
        constraint = (key, parts)
        for part in set(parts):
            self.watch[part].append(constraint)
        if self._settle([constraint]):
            return True
        for part in set(parts):
            self.watch[part].remove(constraint)
        return False

    def restrict(self, part: int, mask: int) -> bool:
        """Narrow one part; False, and nothing changed, where it contradicts."""
        new = self.masks[part] & mask
        if not new:
            return False
        mark = len(self.trail)
        self._set(part, new)
        return self._settle(list(self.watch[part]), mark)

    def _set(self, part: int, mask: int) -> None:
        self.trail.append((part, self.masks[part]))
        self.masks[part] = mask

    def _settle(self, todo: list[tuple[Key, Row]], mark: int | None = None) -> bool:
        mark = len(self.trail) if mark is None else mark
        masks = self.masks
        while todo:
            key, parts = todo.pop()
            before = tuple([masks[part] for part in parts])
            for part, new in zip(parts, revise(key, before), strict=True):
                new &= masks[part]
                if not new:
                    self.undo(mark)
                    return False
                if new != masks[part]:
                    self._set(part, new)
                    todo.extend(self.watch[part])
        return True

    def undo(self, mark: int) -> None:
        """Back to an earlier length of the trail."""
        while len(self.trail) > mark:
            part, mask = self.trail.pop()
            self.masks[part] = mask


def preference(name: str) -> tuple[int, Sequence[int]]:
    """The convention: (turn, kinds in order) by the first letter of a name.

    Capital letters are matrices, h to z vectors, a to g and small Greek letters scalars, also those
    that are written out.
    """
    if name.rstrip("0123456789_") in GREEK:
        return 2, (S, C, M, T, R)
    first = name.lstrip("_")[:1] or "a"
    if first.isupper():
        return 0, (M, C, S, T, R)
    if "h" <= first <= "z":
        return 1, (C, S, M, T, R)
    return 2, (S, C, M, T, R)


def by_letter(solver: Solver, open_names: Sequence[tuple[str, int]]) -> None:
    """Give every name that is still open the kind of its letter, or one that works.

    Where arrays pull against each other, those that lost go first in a second try; the try that
    honours more letters stays.
    """
    order = sorted(open_names, key=lambda item: preference(item[0])[0])
    mark = len(solver.trail)
    lost = _try(solver, order)
    if lost and len(order) > 1:
        first = list(solver.trail[mark:])
        result = [solver.masks[part] for part, _ in first]
        solver.undo(mark)
        again = _try(solver, sorted(order, key=lambda item: item[0] not in lost))
        if len(again) >= len(lost):
            solver.undo(mark)
            for (part, _), mask in zip(first, result, strict=True):
                solver._set(part, mask)


def _try(solver: Solver, order: Sequence[tuple[str, int]]) -> set[str]:
    for name, part in order:
        if solver.masks[part] not in KINDS:
            for kind in preference(name)[1]:
                if solver.restrict(part, kind):
                    break
    wanted = {name: preference(name)[1][0] for name, _ in order}
    return {name for name, part in order if wanted[name] != S and solver.masks[part] != wanted[name]}
