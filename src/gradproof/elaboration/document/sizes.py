"""Sizes that are found while a text is read: unknowns that become equal, and get a letter at the end."""

from __future__ import annotations

from gradproof.expressions.dims import Dim, number, symbol


class Misfit(Exception):
    """Parts that do not fit in shape; sure: only declared sizes stand against each other."""

    def __init__(self, message: str, sure: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.sure = sure


class Size:
    """The size of an axis: perhaps not known yet; declared: the text says it; parts: the sizes whose product
    it is, the slower index first."""

    __slots__ = ("declared", "dim", "parent", "parts")

    def __init__(self, dim: Dim | None = None, declared: bool = False) -> None:
        self.parent: Size = self
        self.dim = dim
        self.declared = declared
        self.parts: tuple[Size, ...] = ()

    @staticmethod
    def product(slow: Size, fast: Size) -> Size:
        """The size of two axes that are laid out as one."""
        one = Size()
        one.parts = (*(slow.root().parts or (slow,)), *(fast.root().parts or (fast,)))
        return one

    def root(self) -> Size:
        """The size that stands for all that are equal to this one."""
        one = self
        while one.parent is not one:
            one = one.parent
        return one

    @property
    def said(self) -> str:
        """The size as text, "?" where it is open."""
        one = self.root()
        if one.parts:
            return "·".join(part.said for part in one.parts)
        return "?" if one.dim is None else str(one.dim)


class Sizes:
    """All sizes of a text: which letters stand for which, and what gets a letter in the end."""

    def __init__(self) -> None:
        self.named: dict[str, Size] = {}
        self.fresh: list[Size] = []
        self.frozen = False  # sizes that have a letter stay as they are
        self.log: list[tuple[Size, Size, Dim | None, bool]] = []

    def name(self, text: str) -> Size:
        """The size that a letter or a number names."""
        if text not in self.named:
            dim = number(int(text)) if text.isdigit() else symbol(text)
            self.named[text] = Size(dim, declared=True)
        return self.named[text]

    def new(self) -> Size:
        """A size that is not known."""
        return Size()

    def equal(self, a: Size, b: Size) -> None:
        """Two sizes are one. Raises Misfit where two declared ones differ."""
        a, b = a.root(), b.root()
        if a is b:
            return
        if a.parts and b.parts and len(a.parts) == len(b.parts):
            for one, other in zip(a.parts, b.parts, strict=True):
                self.equal(one, other)
            return
        if (a.parts and b.dim is not None) or (b.parts and a.dim is not None) or (a.parts and b.parts):
            raise Misfit(f"{a.said} and {b.said} are different sizes")
        if b.parts:
            a, b = b, a
        if a.parts:
            self.log.append((b, a, b.dim, a.declared))
            b.parent = a
            return
        sure = a.declared and b.declared
        differ = a.dim is not None and b.dim is not None and a.dim is not b.dim
        if differ and (self.frozen or sure):
            raise Misfit(f"{a.said} and {b.said} are different sizes", sure)
        if a.dim is None or (b.declared and not a.declared):
            a, b = b, a
        self.log.append((b, a, b.dim, a.declared))
        b.parent = a
        a.declared = a.declared or b.declared

    def mark(self) -> int:
        """A point to go back to."""
        return len(self.log)

    def back(self, mark: int) -> None:
        """Forget what became equal since a mark."""
        while len(self.log) > mark:
            child, parent, _, declared = self.log.pop()
            child.parent = child
            parent.declared = declared

    def dim(self, size: Size, taken: set[str]) -> Dim:
        """The size as one of expressions; an open one gets a letter."""
        one = size.root()
        if one.parts:
            dims = [self.dim(part, taken) for part in one.parts]
            out = dims[0]
            for dim in dims[1:]:
                out = out * dim
            return out
        if one.dim is None:
            letter = next(letter for letter in _letters() if letter not in taken and letter not in self.named)
            taken.add(letter)
            one.dim = symbol(letter)
        return one.dim


def _letters() -> list[str]:
    return [*"nmkpqrsduv", *(f"n{k}" for k in range(1, 200))]
