"""Numbers for size symbols at the points of a test: all of them different, tall and wide both tried.

Points come in pairs. The second of a pair has its sizes in the reverse order of the first, so that each
of two sizes is the larger one somewhere. In the first pair every size is odd once and even once, because
some false identities hold for one parity only. The orders of three pairs show all orders of three sizes,
and of four sizes all ways in which two of them can differ while two others do. One more point is square:
det(A*B)*det(B*A) is zero for all sizes but equal ones.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import product

from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.proof.evaluation.arithmetic import Undefined
from gradproof.proof.evaluation.random import mix

PAIRS = 3  # of orders, that all orders of three sizes need
SQUARE = 3  # the point where all sizes are equal
DIFFERENT = 24  # of so many symbols all sizes differ; of more, sizes return
SMALL = 24  # numbers in the place of sizes below which smaller and larger sizes are tried
MOST_GROWTH = 120  # steps by which sizes grow until slices lie within their arrays


class Sizes:
    """A number for every size symbol.

    slot      which of the points
    symbols   those that will be asked for, in an order that does not change
    literals  numbers that stand in the place of sizes
    fixed     sizes that are given
    different of so many symbols all sizes differ; of more, sizes return
    """

    def __init__(
        self,
        slot: int = 0,
        symbols: Sequence[str] = (),
        literals: Iterable[int] = (),
        fixed: Mapping[str, int] | None = None,
        different: int = DIFFERENT,
    ) -> None:
        self.slot = slot
        self.different = different
        self.literals = frozenset(literals)
        free = [symbol for symbol in symbols if symbol not in (fixed or ())]
        taken = self.literals | frozenset((fixed or {}).values())
        self.known: dict[str, int] = {**chosen(free, taken, slot, different), **(fixed or {})}
        self._values: dict[Dim, int] = {}

    def require(self, needs: Iterable[Dim]) -> None:
        """Sizes that must not be negative and must be whole: others grow until they are."""
        needs = list(needs)
        for dim in needs:
            for symbol in dim.symbols:
                self.of(symbol)
        above = {pair for dim in needs for pair in product(_signed(dim, 1), _signed(dim, -1))}
        for _ in range(MOST_GROWTH):
            short = [dim for dim in needs if not _fine(dim, self.known)]
            grown = {symbol for dim in short for symbol in _signed(dim, 1)}
            growing = grown or self._repeated(above)
            if not growing:
                break
            for symbol in growing:
                self.known[symbol] += 1
        self._values.clear()

    def _repeated(self, above: Collection[tuple[str, str]]) -> set[str]:
        """One symbol with a size that another has, or a number; one that need not be below the others."""
        if self.slot == SQUARE or len(self.known) > self.different:
            return set()
        for size in self.known.values():
            equal = [symbol for symbol, other in self.known.items() if other == size]
            if len(equal) > 1 or size in self.literals:
                free = [s for s in equal if not any((other, s) in above for other in equal)]
                return {(free or equal)[-1]}
        return set()

    def value(self, dim: Dim) -> int:
        """The size as a number."""
        found = self._values.get(dim)
        if found is None:
            for symbol in dim.symbols:
                self.of(symbol)
            if dim.exact(self.known).denominator > 1:
                raise Undefined(f"the size {dim} is not whole here")
            found = self._values[dim] = dim.value(self.known)
        if found < 1:
            raise Undefined(f"the size {dim} is {found} here")
        return found

    def of(self, symbol: str) -> int:
        """The number for a symbol: for one that was not announced, one that no other has."""
        if symbol not in self.known:
            self.known[symbol] = _next(2 + self.slot % 3, {*self.known.values(), *self.literals})
        return self.known[symbol]


def _signed(dim: Dim, sign: int) -> list[str]:
    """The symbols that are added in a size, or (-1) taken away."""
    return [monomial[0] for monomial, coefficient in dim.terms if coefficient * sign > 0 and monomial]


def _fine(dim: Dim, known: Mapping[str, int]) -> bool:
    """Not negative, and whole."""
    exact = dim.exact(known)
    return exact >= 0 and exact.denominator == 1


def chosen(
    symbols: Sequence[str], taken: frozenset[int], slot: int, different: int = DIFFERENT
) -> dict[str, int]:
    """A number for each symbol at one point."""
    if slot == SQUARE:
        return dict.fromkeys(symbols, min((n for n in taken if 1 < n < SMALL), default=3))
    pair, falling = divmod(slot - (slot > SQUARE), 2)
    most = max(2, different - (pair if len(symbols) > different else 0))  # sizes return differently each time
    count = min(len(symbols), most)
    ranked = sorted(range(count), key=_order(count, pair))
    sizes: list[int] = []
    least = _start(count, taken, pair)
    for _ in ranked:
        sizes.append(_next(least, taken))
        least = sizes[-1] + 1
    if falling:
        parities = [None if pair else 1 - size % 2 for size in sizes]
        sizes, least = [], _start(count, taken, pair)
        for parity in reversed(parities):
            sizes.append(_next(least, taken, parity))
            least = sizes[-1] + 1
        sizes.reverse()
    found = dict(zip(ranked, sizes, strict=True))
    return {symbol: found[k % most] for k, symbol in enumerate(symbols)}


def _order(count: int, pair: int) -> Callable[[int], int]:
    """By what the symbols of a pair of points are ordered, the smallest first."""
    if pair == 0:
        return lambda k: k
    if pair == 1:
        return lambda k: -k % count
    if pair == 2:
        return lambda k: k // 2 + count * (1 - k % 2)
    return lambda k: mix(k, pair)


def _start(count: int, taken: frozenset[int], pair: int) -> int:
    """The smallest size that is tried: one pair lies below numbers in the place of sizes, one above."""
    literals = [number for number in taken if 1 < number <= SMALL]
    if literals and pair % PAIRS:
        above = max(literals) + 1
        return above if pair % PAIRS == 1 else max(1, above - 1 - (count + 1) // 2)
    return 2 + (0, 2, 1)[pair % PAIRS] if count <= 2 else 2


def _next(start: int, used: Collection[int], parity: int | None = None) -> int:
    """The least number from a start that is free."""
    while start in used or (parity is not None and start % 2 != parity):
        start += 1
    return start


def symbols_in(nodes: Iterable[Expr]) -> tuple[list[str], set[int]]:
    """The size symbols of nodes in the order of meeting, and the numbers in the place of sizes."""
    found: dict[str, None] = {}
    literals: set[int] = set()
    for node in nodes:
        for dim in node.axes:
            if dim.number is not None:
                literals.add(dim.number)
            found.update(dict.fromkeys(dim.symbols))
        if node.op == "size":
            found[str(node.data[0])] = None
    return list(found), literals
