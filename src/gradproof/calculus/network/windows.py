"""Sums over windows in a network, read back as the words that say them.

Windows pair three arrays: what is read, the weights, what comes out. Where two of them hang on the
windows and the third goes out, the whole is a convolution or one of its companions. One array that
holds windows as rows is folded; one that is taken apart into windows is unfolded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations, permutations

from gradproof.calculus.network.network import ONE, Factor, Network
from gradproof.errors import ShapeError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import T, ones
from gradproof.operators.convolution import convolution, fold, unfold
from gradproof.operators.sized_operators import hat

Read = Callable[[Network, Sequence[int]], Expr]
NAMES = {
    "y": ("x", "w", "conv{}d"), "x": ("y", "w", "conv{}d_transpose"), "w": ("x", "y", "conv{}d_weight"),
}  # fmt: skip
MANY = 6  # beyond so many windows no words are searched for
# For each result: the arrays that must have a channel of their own, and the order of channels in each array.
# "i" is what both arrays have and is summed (samples, for "w"); a letter is what that array has alone.
CHANNELS = {
    "y": ("w", {"x": "xi", "w": "wi", "y": "xw"}),
    "x": ("w", {"y": "yi", "w": "iw", "x": "yw"}),
    "w": ("xy", {"x": "ix", "y": "iy", "w": "yx"}),
}
PLACES = {"y": 0, "x": 1, "w": 2}  # where the axes of each stand among those of the windows


def name_windows(net: Network, out: Sequence[int], read: Read) -> None:
    """Replace sums over windows of a settled network by words, as far as there are words."""
    while _cross(net, set(out)) or _step(net, set(out), read):
        net.settle()


def _step(net: Network, out: set[int], read: Read) -> bool:
    found = [f for f in net.factors if f.expr.op == "windows" and f.power == 1 and len(set(f.legs)) == 3]
    held = out | {net.find(part) for join in net.joins for part in (join.label, *join.parts)}
    if len(found) > MANY:
        return False
    for count in (2, 1):
        for chosen in permutations(found, count):
            if count == 2 and not _side_by_side(net, *chosen):
                continue
            group = _Group(net, chosen, held, read)
            if group.steps_agree() and (group.convolve() or (count == 1 and group.refold())):
                return True
    return False


def _side_by_side(net: Network, one: Factor, other: Factor) -> bool:
    """Whether the arrays on two windows hang on both, role by role."""
    for a, b in zip(one.legs, other.legs, strict=True):
        on = [(a in f.legs, b in f.legs) for f in net.factors if f is not one and f is not other]
        if any(left or right for left, right in on) and (True, True) not in on:
            return False
    return True


class _Group:
    """Windows for one direction each, and the arrays that hang on them."""

    def __init__(self, net: Network, windows: tuple[Factor, ...], held: set[int], read: Read) -> None:
        self.net, self.windows, self.held, self.read = net, windows, held, read
        self.wires = {role: tuple(f.legs[k] for f in windows) for role, k in PLACES.items()}
        self.others = [f for f in net.factors if f not in windows]
        self.on = {role: self._hanging(wires) for role, wires in self.wires.items()}
        self._grow()
        self.more = tuple(d for d in windows[0].expr.data[2:] if isinstance(d, Dim))

    def steps_agree(self) -> bool:
        """The same stride and padding in every direction."""
        legs = [leg for f in self.windows for leg in f.legs]
        return all(f.expr.data[2:] == self.more for f in self.windows) and len(set(legs)) == len(legs)

    def _hanging(self, wires: Iterable[int]) -> list[Factor]:
        wanted = set(wires)
        return [f for f in self.others if wanted & set(f.legs)]

    def _grow(self) -> None:
        """What hangs on one array only belongs to it: inner factors of a product, other windows."""
        ends = {wire for wires in self.wires.values() for wire in wires}
        free = [f for f in self.others if f.legs and not any(f in group for group in self.on.values())]
        while True:
            near = [(f, self._nearest(set(f.legs) - ends - self.held)) for f in free]
            chosen = next(((f, role) for f, role in near if role), None)
            if chosen is None:
                return
            self.on[chosen[1]].append(chosen[0])
            free.remove(chosen[0])

    def _nearest(self, inner: set[int]) -> str:
        """The role whose arrays share most of these wires; "" where there is no such one."""
        shared = {role: inner & {leg for g in group for leg in g.legs} for role, group in self.on.items()}
        first, second, _ = sorted(shared, key=lambda role: -len(shared[role]))
        return first if len(shared[first]) > len(shared[second]) else ""

    def _outside(self, factors: Sequence[Factor]) -> set[int]:
        """The wires on which something else hangs, too."""
        rest = {leg for f in self.net.factors if f not in factors for leg in f.legs}
        return {leg for f in factors for leg in f.legs if leg in rest or leg in self.held}

    # ---- convolution

    def convolve(self) -> bool:
        """A convolution or a companion, in the place of the windows and two arrays."""
        groups = list(self.on.values())
        if any(f in a for a, b in combinations(groups, 2) for f in b):
            return False
        goes_out = [role for role, wires in self.wires.items() if self.held & set(wires)]
        empty = [role for role, group in self.on.items() if not group and role not in goes_out]
        if len(goes_out) > 1:
            return False
        result = goes_out[0] if goes_out else empty.pop() if empty else "y"
        if empty:
            if any(len(f.legs) != len(self.windows) for group in groups for f in group):
                return False
            for role in empty:
                self._fill(role)
        return self._paired(result)

    def _fill(self, role: str) -> None:
        """A summed array of which nothing is known is all ones."""
        sizes = [self.net.sizes[wire] for wire in self.wires[role]]
        self.on[role] = [Factor(ones(*sizes), self.wires[role], ONE)]

    def _paired(self, result: str) -> bool:
        one, other, word = NAMES[result]
        shared = self._channels(one, other, result)
        if shared is None or not self.on[one] or not self.on[other]:
            return False
        arrays = [self._array(role, shared[role]) for role in (one, other)]
        sizes = () if result == "y" else tuple(self.net.sizes[wire] for wire in self.wires[result])
        first, second = arrays
        if first is None or second is None:
            return False
        try:
            made = convolution(word.format(len(self.windows)), first, second, *sizes, *self.more)
        except ShapeError:
            return False
        legs = (*shared[result], *self.wires[result])
        self._replace([*self.on[one], *self.on[other]], made, legs, result)
        return True

    def _channels(self, one: str, other: str, result: str) -> dict[str, tuple[int, ...]] | None:
        """The wires besides the places, of each array in order; None where they are not those of channels."""
        spatial = {wire for wires in self.wires.values() for wire in wires}
        a, b = (self._outside(self.on[role]) - spatial for role in (one, other))
        if not a and not b:
            return dict.fromkeys(PLACES, ())
        common = a & b
        if not self._are_summed(common, one, other) or (not common and result != "w"):
            return None
        wires = {"i": common, one: a - common, other: b - common}
        needed, orders = CHANNELS[result]
        if any(len(some) > 1 for some in wires.values()) or not all(wires.get(role) for role in needed):
            return None
        return {
            role: tuple(wire for letter in order for wire in wires.get(letter, ()))
            for role, order in orders.items()
        }

    def _are_summed(self, common: set[int], one: str, other: str) -> bool:
        """Whether wires stay between two arrays: nothing else hangs on them, and they do not go out."""
        pair = self.on[one] + self.on[other]
        elsewhere = {leg for f in self.others if f not in pair for leg in f.legs}
        return not common & (self.held | elsewhere)

    def _array(self, role: str, channels: tuple[int, ...]) -> Expr | None:
        """The arrays of a role as one, with these axes first."""
        legs = (*channels, *self.wires[role])
        group = self.on[role]
        if len(group) == 1 and group[0].power == 1:
            if group[0].legs == legs:
                return T(group[0].expr) if group[0].expr.row else group[0].expr
            if group[0].legs == legs[::-1] and len(legs) == 2:
                return T(group[0].expr)
        here = {leg for f in group for leg in f.legs}
        if not set(legs) <= here:
            return None
        inner = self.net.copy()
        inner.coefficient, inner.factors, inner.joins = ONE, list(group), []
        inner.sizes = {wire: self.net.sizes[wire] for wire in here}
        return self.read(inner, legs)

    # ---- windows as rows

    def refold(self) -> bool:
        """A matrix of windows is folded, a vector is unfolded into one."""
        (f,) = self.windows
        i, j, a = f.legs
        rows = self._hanging((i, a))
        apart = all({i, a} & set(g.legs) for g in rows) and self._outside(rows) <= {i, a}
        if rows and apart and not self.on["x"] and j in self.held and not self.held & {i, a}:
            matrix = self._matrix(rows, (i, a))
            made = fold(matrix, self.net.sizes[j], *self.more)
            self._replace(rows, made, (j,), "x")
            return True
        if self.on["x"] and j not in self.held and all(g.legs == (j,) for g in self.on["x"]):
            vector = self._array("x", ())
            if vector is not None:
                made = unfold(vector, self.net.sizes[a], *self.more)
                self._replace(self.on["x"], made, (i, a), "")
                return True
        return False

    def _matrix(self, rows: list[Factor], legs: tuple[int, int]) -> Expr:
        inner = self.net.copy()
        inner.coefficient, inner.factors, inner.joins = ONE, list(rows), []
        here = {leg for f in rows for leg in f.legs} | set(legs)
        inner.sizes = {wire: self.net.sizes[wire] for wire in here}
        return self.read(inner, legs)

    def _replace(self, group: Sequence[Factor], made: Expr, legs: Sequence[int], result: str) -> None:
        gone = {leg for f in (*group, *self.windows) for leg in f.legs} - set(legs)
        kept = [f for f in self.net.factors if f not in group and f not in self.windows]
        gone -= {leg for f in kept for leg in f.legs} | self.held
        self.net.factors = [*kept, Factor(made, tuple(legs), ONE)]
        self.net.sizes = {w: size for w, size in self.net.sizes.items() if self.net.find(w) not in gone}


# ---- the cross product


def _cross(net: Network, out: set[int]) -> bool:
    """crossing(3) with a vector on one wire is the matrix hat(a): Σ_j crossing_ijk a_j = hat(a)_ik."""
    for index, f in enumerate(net.factors):
        if f.expr.op != "crossing" or f.power != 1 or len(set(f.legs)) < 3:
            continue
        wires = sorted(range(3), key=lambda place: f.legs[(place + 2) % 3] not in out)
        for place in wires:
            wire = f.legs[place]
            there = [g for g in net.factors if wire in g.legs and g is not f]
            if wire not in out and len(there) == 1 and there[0].legs == (wire,) and there[0].power == 1:
                vector = T(there[0].expr) if there[0].expr.row else there[0].expr
                legs = (f.legs[(place + 2) % 3], f.legs[(place + 1) % 3])
                net.factors[index] = Factor(hat(vector), legs, ONE)
                net.factors.remove(there[0])
                net.sizes = {w: size for w, size in net.sizes.items() if net.find(w) != wire}
                return True
    return False
