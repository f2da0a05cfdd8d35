"""Sizes as unknowns: variables that are made equal, products and sums that are computed when their parts are
known.
"""

from __future__ import annotations

from collections.abc import Callable

from gradproof.expressions.dims import Dim, number

Axes = list[int]
Rule = Callable[..., Dim | None]


class Box:
    """The axes of a part, which a tensor may learn later; parts of one shape share a box."""

    __slots__ = ("axes",)

    def __init__(self, axes: Axes | None) -> None:
        self.axes = axes


class Sizes:
    """Variables for sizes, some with a value."""

    def __init__(self) -> None:
        self.parent: list[int] = []
        self.value: list[Dim | None] = []
        self.constants: dict[Dim, int] = {}
        self.products: list[tuple[int, tuple[int, ...]]] = []
        self.sums: list[tuple[int, tuple[int, ...], Dim]] = []
        self.laters: list[tuple[int, tuple[int, ...], Rule]] = []
        self.clashes: list[tuple[Dim, Dim]] = []

    def fresh(self) -> int:
        """A new unknown size."""
        self.parent.append(len(self.parent))
        self.value.append(None)
        return len(self.parent) - 1

    def known(self, size: Dim) -> int:
        """The variable of a known size."""
        if size not in self.constants:
            self.constants[size] = self.fresh()
            self.value[self.constants[size]] = size
        return self.constants[size]

    def product(self, parts: tuple[int, ...]) -> int:
        """A size that is the product of others."""
        out = self.fresh()
        self.products.append((out, parts))
        return out

    def sum(self, parts: tuple[int, ...], more: Dim) -> int:
        """A size that is the sum of others and of a known one."""
        out = self.fresh()
        self.sums.append((out, parts, more))
        return out

    def later(self, parts: tuple[int, ...], rule: Rule) -> int:
        """A size that a rule computes from others; None where it cannot."""
        out = self.fresh()
        self.laters.append((out, parts, rule))
        return out

    def root(self, variable: int) -> int:
        """The variable that stands for all that were made equal to this one."""
        while self.parent[variable] != variable:
            self.parent[variable] = self.parent[self.parent[variable]]
            variable = self.parent[variable]
        return variable

    def get(self, variable: int) -> Dim | None:
        """The size, where it is known."""
        return self.value[self.root(variable)]

    def equal(self, a: int, b: int) -> None:
        """Make two sizes equal."""
        a, b = self.root(a), self.root(b)
        if a == b:
            return
        x, y = self.value[a], self.value[b]
        if x is not None and y is not None:
            self.clashes.append((x, y))
            return
        if x is None:
            a, b = b, a
        self.parent[b] = a

    def compute(self) -> None:
        """Give products and sums their values, as far as their parts have one."""
        while self._add_up() or self._apply_rules():
            self._multiply()
        self._multiply()
        if self._apply_rules():
            self.compute()

    def _apply_rules(self) -> bool:
        """The sizes whose parts are known."""
        ready = [item for item in self.laters if all(self.get(part) is not None for part in item[1])]
        self.laters = [item for item in self.laters if item not in ready]
        for out, parts, rule in ready:
            value = rule(*(self.get(part) for part in parts))
            if value is not None:
                self.equal(self.known(value), out)
        return bool(ready)

    def _add_up(self) -> bool:
        """The sums whose parts are known; or the one part that is not, where the whole is."""
        some = False
        for item in list(self.sums):
            out, parts, more = item
            open_ = [part for part in parts if self.get(part) is None]
            whole = self.get(out)
            if open_ and (whole is None or len(open_) > 1):
                continue
            total = more
            for part in parts:
                total = total + (self.get(part) or number(0))
            if open_ and whole is not None:
                self.equal(self.known(whole - total), open_[0])
            else:
                self.equal(self.known(total), out)
            self.sums.remove(item)
            some = True
        return some

    def _multiply(self) -> None:
        todo = self.products
        while todo:
            left = []
            for out, parts in todo:
                sizes = [self.get(part) for part in parts]
                if any(size is None for size in sizes):
                    left.append((out, parts))
                    continue
                total = number(1)
                for size in sizes:
                    assert size is not None
                    total = total * size
                self.equal(self.known(total), out)
            if len(left) == len(todo):
                break
            todo = left
        self.products = todo

    def pair(self) -> None:
        """Two products of one size, nothing of which is known: their factors are equal in turn."""
        first: dict[int, tuple[int, ...]] = {}
        for out, parts in self.products:
            if self.get(out) is not None or any(self.get(part) is not None for part in parts):
                continue
            other = first.setdefault(self.root(out), parts)
            if len(other) == len(parts):
                for a, b in zip(other, parts, strict=True):
                    self.equal(a, b)

    def is_product(self) -> set[int]:
        """The roots that will be computed."""
        computed = [item[0] for item in self.products] + [item[0] for item in self.sums]
        computed += [item[0] for item in self.laters]
        return {self.root(out) for out in computed}
