"""One reading of a document: a kind and a shape for each name, under which its rows make sense."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from gradproof.elaboration.document.denote import Denoter
from gradproof.elaboration.document.model import Chain, Sheet
from gradproof.elaboration.document.sizes import Misfit, Size, Sizes
from gradproof.elaboration.document.symbols import Definition, Symbol
from gradproof.elaboration.document.values import Value
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.language.document.tree import Term, Unread
from gradproof.operators import build

MISFIT = 8.0


class Assumed(NamedTuple):
    """What a reading takes for granted where the text does not say it.

    ranks    how many axes each name has; maps: unknown functions that are taken entry by entry
    stacks   names with an index that are the rows of a matrix (True: its columns)
    """

    ranks: Mapping[str, int]
    maps: frozenset[str] = frozenset()
    stacks: Mapping[str, tuple[str, bool]] = {}


class Reading:
    """The names of a text under some assumptions; makes values of terms.

    lost    names whose definition could not be read
    """

    def __init__(self, sheet: Sheet, assumed: Assumed) -> None:
        self.sheet = sheet
        self.assumed = assumed
        self.sizes = Sizes()
        self.symbols: dict[str, Symbol] = {}
        self.values: dict[str, Value] = {}
        self.lost: set[str] = set(sheet.unread)
        self.active: set[str] = set()
        self.used: set[str] = set()
        self.inputs: dict[str, Symbol] = {}
        self.taken: set[str] = set()
        self.derive: Callable[[Expr, Expr], Expr] = build.partial
        self.cost = 0.0

    # ---- what the reader of terms asks

    def symbol(self, text: str, place: int) -> Symbol:
        """The symbol that a name is at a place of the text."""
        found = self.definition(text, place)
        key = text if found is None else found.text
        if key in self.symbols:
            return self.symbols[key]
        if found is not None and key not in self.active:
            made = self._defined(found)
            if made is not None:
                self.symbols[key] = made
                return made
        elif found is not None:
            raise Misfit(f"{text} is defined by itself")
        self.symbols[key] = self._input(key, text)
        return self.symbols[key]

    def definition(self, text: str, place: int) -> Definition | None:
        """The definition of a name that holds at a place: the last above it, else the first."""
        known = self.sheet.definitions.get(text)
        if not known:
            return None
        above = [one for one in known if one.place <= place]
        return above[-1] if above else known[0]

    def header(self, text: str, place: int) -> Definition | None:
        """The function that a name is there, where a header defines it."""
        found = self.definition(text, place)
        return found if found is not None and found.params else None

    def stack(self, text: str) -> tuple[str, bool] | None:
        """The matrix whose rows (True: columns) a name with an index is."""
        return self.assumed.stacks.get(text)

    def kind(self, function: str) -> str:
        """What is known about an unknown function, or whether I is a name."""
        if function.startswith("identity "):
            return "name" if function[9:] in self.sheet.definitions else "identity"
        if function == "sigma":
            return "sigmoid"
        return "map" if function in self.assumed.maps else "number"

    def props(self, symbol: Symbol) -> tuple[str, ...]:
        """What is declared about a symbol that expressions know."""
        if len(symbol.axes) == 2 and symbol.axes[0].root() is not symbol.axes[1].root():
            return ()
        return symbol.words

    def dim(self, size: Size) -> Dim:
        """A size as expressions have it."""
        return self.sizes.dim(size, self.taken)

    def partial(self, of: Expr, by: Expr) -> Expr:
        """All derivatives of an expression by a name."""
        return self.derive(of, by)

    def is_size(self, text: str) -> bool:
        """Whether a name is a size."""
        return (
            text in self.size_names and text not in self.sheet.definitions and text not in self.sheet.declared
        )

    @property
    def size_names(self) -> frozenset[str]:
        """Letters that are sizes."""
        return self.sheet.size_names

    def noted(self, symbol: Symbol) -> None:
        """A symbol is used in the row that is read."""
        self.used.add(symbol.text)

    def columns(self, function: str) -> bool:
        """Whether a function is taken of columns where it would be of rows."""
        return "column-wise" in self.sheet.told or "columnwise" in self.sheet.told

    # ---- symbols

    def _input(self, key: str, text: str) -> Symbol:
        said = self.sheet.declared.get(text)
        words = said.words if said else ()
        rank = self.assumed.ranks.get(text, 0)
        if said is not None and said.sizes is not None:
            axes = tuple(self.sizes.name(size) for size in said.sizes)
        else:
            axes = tuple(self.sizes.new() for _ in range(rank))
        if len(axes) == 2 and SQUARE_WORDS.intersection(words):
            self.sizes.equal(axes[0], axes[1])
        symbol = Symbol(key, axes, words if len(axes) == 2 else ())
        self.inputs[text] = symbol
        return symbol

    def _defined(self, found: Definition) -> Symbol | None:
        self.active.add(found.text)
        used, self.used = self.used, set()
        denoter = Denoter(self, found.place)
        denoter.einstein = frozenset(found.indices)
        mark = self.sizes.mark()
        try:
            value = denoter.contracted(denoter.value(found.body), found.body)
            missing = [letter for letter in found.indices if letter not in value.labels]
            if missing:
                value = denoter.arrays.spread(value, (*value.labels, *missing))
            hidden = tuple(label for label in value.labels if label not in found.indices)
            value = denoter.arrays.spread(value, (*hidden, *found.indices))
        except (Unread, Misfit):
            self.sizes.back(mark)
            self.lost.add(found.text)
            return None
        finally:
            self.active.discard(found.text)
            self.used = used
        self.cost += denoter.cost
        self.values[found.text] = value
        axes = denoter.arrays.all_axes(value)
        said = self.sheet.declared.get(found.name)
        if said is not None and said.sizes is not None and len(said.sizes) == len(axes) and not hidden:
            try:
                for size, text in zip(axes, said.sizes, strict=True):
                    self.sizes.equal(size, self.sizes.name(text))
            except Misfit:
                self.lost.add(found.text)
        row = value.row and len(axes) == 1
        return Symbol(found.text, axes, (), hidden, row)

    # ---- what stands for what

    def leaf(self, symbol: Symbol) -> Expr:
        """A symbol as an expression."""
        axes = tuple(self.dim(size) for size in symbol.axes)
        return build.name(symbol.text, axes, self.props(symbol), row=symbol.row)

    def stands(self) -> dict[Expr, Expr]:
        """What the names that the text defines stand for."""
        out = {}
        for text, value in self.values.items():
            symbol = self.symbols.get(text)
            if symbol is not None and text not in self.lost:
                made = value.make()
                out[self.leaf(symbol)] = made
        return out


SQUARE_WORDS = frozenset(
    ("lower", "upper", "symmetric", "spd", "orthogonal", "diagonal", "invertible", "antisymmetric")
)


def read_side(
    reading: Reading, chain: Chain, term: Term, free: Iterable[str], letters: dict[str, Size]
) -> tuple[Value, Denoter]:
    """The value of one side, and the reader that made it. Raises Unread and Misfit."""
    denoter = Denoter(reading, chain.place, None, letters)
    denoter.einstein = frozenset(free)
    value = denoter.value(term)
    return denoter.contracted(value, term), denoter
