"""Rows said by indices: `∂L/∂W_pq = Σ_ij G_ij X_ik δ_jp δ_kq`, `Y_ij = Σ_k X_ik W_jk`, as arrays.

Every part becomes an array with one axis an index; products and sums over indices are einsums. The
derivative of an entry by the entries of a variable is taken together with the change of the variable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import NamedTuple

from gradproof.errors import GradproofError, ParseError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.language.syntax.tree import Node, postorder
from gradproof.operators import build
from gradproof.operators.aliases import ALIASES
from gradproof.operators.table import OPERATORS
from gradproof.patterns import Pattern

INDEXED = Pattern(r"(?P<base>.*[^_])_(?P<letters>[a-zA-Z]+)$")
_PARTIAL = Pattern(
    r"∂(?P<of>[^/]*?[^_/])(?:_(?P<free>[a-zA-Z]+))?/∂(?P<by>.*?[^_])(?:_(?P<letters>[a-z]+))?$"
)
_DELTA = ("δ", "delta", "Kronecker")


_BELOW = Pattern(r"_\{?(?P<letters>[a-z]+)")
_HEADS = (
    ("hessian", Pattern(r"∂²(?P<of>\w+?)/∂(?P<by>\w+)_(?P<free>[a-z]+)∂(?P=by)_(?P<letters>[a-z]+)$")),
    ("jacobian", Pattern(r"∂(?P<of>\w+)_(?P<free>[a-z]+)/∂(?P<by>\w+)_(?P<letters>[a-z]+)$")),
    ("gradient", Pattern(r"∂(?P<of>\w+)/∂(?P<by>\w+)_(?P<free>)(?P<letters>[a-z]+)$")),
    ("jacobian", Pattern(r"∂(?P<of>\w+)_(?P<free>[a-z]+)/∂(?P<by>[^\W_]+)(?P<letters>)$")),
    ("definition", Pattern(r"(?P<of>[^\W\d]\w*)(?P<by>)_(?P<free>[a-z]+)(?P<letters>)$")),
)


_WHOLE = (
    ("gradient", Pattern(r"∂(?P<of>[^\W_]+)/∂(?P<by>[^\W_]+)$")),
    ("definition", Pattern(r"(?P<of>[^\W\d_]\w*)(?P<by>)$")),
)
_BY_ENTRIES = Pattern(r"[)\]⟧]_\{?[a-z]|∂\w+_[a-z]+/∂|partial\s*\w+_\{?[a-z]+\}?\s*\}")


class Head(NamedTuple):
    """The left side of a row said by indices: of and by without their indices `free` and `letters`."""

    sort: str
    of: str
    by: str
    free: str
    letters: str


def index_head(left: str, right: str, others: str) -> Head | None:
    """What a left side with indices says, where the right side has the indices too; `others` are the other
    rows, in which the names stand without indices."""
    below = "".join(found["letters"] for found in _BELOW.finditer(right))
    for sort, pattern in _HEADS:
        found = pattern.match(left)
        if found is None:
            continue
        free, letters = found["free"], found["letters"]
        names = [found["by"]] if sort != "definition" else [found["of"]]
        there = all(re.search(rf"(?<!\w){re.escape(name)}(?![^\W_])", others) for name in names)
        return (
            Head(sort, found["of"], found["by"], free, letters)
            if there and ({*free, *letters} <= {*below} or (sort != "definition" and len(letters) <= 2))
            else None
        )
    if _BY_ENTRIES.search(right):
        for sort, pattern in _WHOLE:
            found = pattern.match(left)
            if found is not None:
                return Head(sort, found["of"], found["by"], "", "")
    return None


class Part(NamedTuple):
    """A product of arrays, each with its indices, summed over some; `change`: d of the variable is in it."""

    factors: tuple[tuple[Expr, str], ...]
    summed: str = ""
    change: bool = False

    @property
    def letters(self) -> str:
        """The indices that are not summed."""
        return "".join(
            dict.fromkeys(x for _, letters in self.factors for x in letters if x not in self.summed)
        )


class IndexRow:
    """The value of one side of a row.

    names   what may have indices; free: the indices of the left side; by: the variable of a gradient and
    its indices; whole: the meaning of a part without indices
    """

    def __init__(
        self, names: Mapping[str, Expr], free: str, by: tuple[Expr, str] | None,
        whole: Callable[[Node], Expr], source: str,
    ) -> None:  # fmt: skip
        self.names, self.free, self.by, self.whole, self.source = names, free, by, whole, source
        self.sizes: dict[str, Dim] = {}
        self.count = 0

    def read(self, root: Node) -> tuple[Expr, bool]:
        """The array over the free indices, and whether the change of the variable is already in it."""
        _apart(root, self.free)
        if self.by is not None:
            self._sized(self.by[1], self.by[0].axes)
        for node in postorder(root):
            if node.kind == "name" and (found := self.entry(node)) is not None:
                self._sized(found[1], found[0].axes)
            elif node.kind == "entry":
                self._sized(node.text, self.whole(node.args[0]).axes)
        self._deltas(root)
        part = self.part(root)
        letters = "" if part.change else self.free
        return self.forced(part, letters), part.change

    def set(self, letters: str, array: Expr) -> None:
        """The indices of the array on the left."""
        self._sized(letters, array.axes)

    def _sized(self, letters: str, axes: Iterable[Dim]) -> None:
        for letter, size in zip(letters, axes, strict=False):
            self.sizes.setdefault(letter, size)

    def _deltas(self, root: Node) -> None:
        """The two indices of a delta run over the same."""
        pairs = [n.text.rpartition("_")[2] for n in postorder(root) if n.kind == "name" and is_delta(n.text)]
        for _ in pairs:
            for pair in pairs:
                for one, other in ((pair[0], pair[-1]), (pair[-1], pair[0])):
                    if one in self.sizes:
                        self.sizes.setdefault(other, self.sizes[one])

    def entry(self, node: Node) -> tuple[Expr, str] | None:
        """X_ij as X with its indices."""
        found = INDEXED.match(node.text)
        array = self.names.get(found["base"]) if found else None
        if found is None or array is None or node.text in self.names or not array.axes:
            return None
        if len(array.axes) != len(found["letters"]):
            raise self.fault(
                node, f"{found['base']} has {len(array.axes)} axes, and {len(found['letters'])} indices here"
            )
        return array, found["letters"]

    def fault(self, node: Node, message: str) -> GradproofError:
        """A ParseError at a place."""
        return ParseError(message, code="GP122", span=node.span, source=self.source)

    # ---- parts

    def part(self, node: Node) -> Part:
        """What a part means."""
        kind = node.kind
        if kind == "entry":
            return Part(((self.whole(node.args[0]), node.text),))
        if kind == "name":
            return self.name(node)
        if kind == "sum":
            letters = node.text.partition(":")[0]
            if "<" in letters:
                raise self.fault(node, "a sum over i < j cannot be read in a row with free indices")
            part = self.part(node.args[0])
            return part._replace(summed=part.summed + letters)
        if kind in ("mul", "had"):
            a, b = self.part(node.args[0]), self.part(node.args[1])
            b = self.renamed(b, a)
            a = self.renamed(a, b)
            return Part(a.factors + b.factors, a.summed + b.summed, a.change or b.change)
        if kind in ("add", "sub", "neg"):
            return self.terms(node)
        if kind in ("div", "hdiv", "pow", "hpow"):
            return self.power(node)
        return self.function(node)

    def power(self, node: Node) -> Part:
        """A quotient, or a power entry by entry."""
        kind = node.kind
        if kind in ("div", "hdiv"):
            below = self.part(node.args[1])
            inverse = self.spread(
                below, lambda e: build.hpow(e, build.num(-1)) if e.axes else build.div(build.num(1), e)
            )
            above = self.part(node.args[0])
            return Part(above.factors + inverse.factors, above.summed, above.change)
        exponent = self.whole(node.args[1])
        return self.spread(
            self.part(node.args[0]),
            lambda e: build.hpow(e, exponent) if e.axes else build.power(e, exponent),
        )

    def function(self, node: Node) -> Part:
        """A function entry by entry; a part without indices is a number."""
        kind = node.kind
        word = ALIASES.get(node.text, node.text)
        inside = any(
            n.kind in ("sum", "entry") or (n.kind == "name" and self.indexed(n)) for n in postorder(node)
        )
        if not inside:
            return Part(((self.whole(node), ""),))
        row = OPERATORS.get(word)
        if kind == "call" and len(node.args) == 1 and row is not None and row.slope:
            return self.spread(self.part(node.args[0]), lambda e: build.apply(word, e))
        if kind == "slope" and len(node.args) == 1:
            return self.spread(self.part(node.args[0]), lambda e: build.slope(node.text, e))
        raise self.fault(node, "this cannot be read entry by entry")

    def renamed(self, part: Part, other: Part) -> Part:
        """A part with new letters for what it sums, where the other part has them too."""
        taken = {x for _, letters in other.factors for x in letters} | set(other.summed)
        for letter in part.summed:
            if letter in taken:
                self.count += 1
                new = chr(ord("A") + self.count)
                self.sizes[new] = self.sizes[letter]
                part = Part(tuple((e, text.replace(letter, new)) for e, text in part.factors),
                            part.summed.replace(letter, new), part.change)  # fmt: skip
        return part

    def indexed(self, node: Node) -> bool:
        """Whether a name has indices here."""
        return self.entry(node) is not None or is_delta(node.text) or bool(_PARTIAL.match(node.text))

    def name(self, node: Node) -> Part:
        """X_ij, a delta, the derivative of an entry, or a number."""
        found = self.entry(node)
        if found is not None:
            return Part((found,))
        if is_delta(node.text):
            letters = node.text.rpartition("_")[2]
            if len(letters) != 2 or letters[0] not in self.sizes:
                raise self.fault(node, f"the size of {node.text} is not known")
            return Part(((build.eye(self.sizes[letters[0]]), letters),))
        partial = _PARTIAL.match(node.text)
        if partial and self.by is not None and (partial["letters"] or "") == self.by[1]:
            array = self.names.get(partial["of"])
            if array is not None and self.names.get(partial["by"]) is self.by[0] and array is not self.by[0]:
                self._sized(partial["free"] or "", array.axes)
                return Part(((build.d(array), partial["free"] or ""),), "", True)
        return Part(((self.whole(node), ""),))

    def terms(self, node: Node) -> Part:
        """A sum of terms over the indices of all."""
        parts = [self.part(arg) for arg in node.args]
        if len({part.change for part in parts}) > 1:
            raise self.fault(node, "terms with and without a derivative of an entry cannot be added")
        letters = "".join(dict.fromkeys(x for part in parts for x in part.letters))
        values = [self.forced(part, letters) for part in parts]
        if node.kind == "neg":
            values = [build.neg(values[0])]
        elif node.kind == "sub":
            values[1] = build.neg(values[1])
        made = build.add(*values) if len(values) > 1 else values[0]
        return Part(((made, letters),), "", parts[0].change)

    def spread(self, part: Part, make: Callable[[Expr], Expr]) -> Part:
        """A function entry by entry."""
        letters = part.letters
        return Part(((make(self.forced(part, letters)), letters),))

    def forced(self, part: Part, letters: str) -> Expr:
        """One array with the indices in an order; an index that is not there gets ones."""
        factors = [(e, text) for e, text in part.factors if text]
        numbers = [e for e, text in part.factors if not text]
        there = {x for _, text in factors for x in text}
        lost = [x for x in there if x not in letters and x not in part.summed]
        if lost:
            raise ParseError(f"the index {min(lost)} is not summed, and not on the left side", code="GP122",
                             source=self.source)  # fmt: skip
        unsized = [x for x in letters if x not in there and x not in self.sizes]
        if unsized:
            raise ParseError(f"the size of the index {unsized[0]} is not known", code="GP122",
                             source=self.source)  # fmt: skip
        factors += [(build.ones(self.sizes[x]), x) for x in letters if x not in there]
        extra = [build.size(self.sizes[x]) for x in part.summed if x not in there and x in self.sizes]
        arrays = [e for e, _ in factors]
        if len(factors) == 1 and factors[0][1] == letters:
            made = arrays[0]
        elif factors:
            made = _product(factors, letters)
        else:
            return build.mul(*numbers, *extra) if len(numbers) + len(extra) > 1 else [*numbers, *extra][0]
        return build.mul(*numbers, *extra, made) if numbers or extra else made


def _apart(root: Node, free: str) -> None:
    """Every sum has indices of its own: one letter may run over other sizes in another sum."""
    sums = [node for node in postorder(root) if node.kind == "sum"]
    texts = [node.text for node in postorder(root)]
    taken = {x for text in texts for x in (text.rpartition("_")[2] if "_" in text else text)} | {*free}
    spare = [x for x in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" if x not in taken]
    met = set(free)
    for one in sums:
        letters, _, end = one.text.partition(":")
        new = {x: spare.pop(0) for x in letters if x in met and x.isalpha() and spare}
        met |= {*letters}
        if not new:
            continue
        change = str.maketrans(new)
        rename = partial(_renamed, change)
        one.text = letters.translate(change) + (":" + end if end else "")
        for node in postorder(one.args[0]):
            if node.kind == "entry":
                node.text = node.text.translate(change)
            elif node.kind == "name":
                node.text = _BELOW_NAME.sub(rename, node.text)


def _renamed(change: dict[int, str], found: re.Match[str]) -> str:
    return found.group().translate(change)


_BELOW_NAME = Pattern(r"(?<=_)[a-zA-Z]+(?=$|/∂)")


def _product(factors: list[tuple[Expr, str]], out: str) -> Expr:
    """A sum of products: a transpose or a matrix product where it is one, else an einsum."""
    arrays, texts = [e for e, _ in factors], [text for _, text in factors]
    if len(factors) == 1 and len(out) == 2 and texts[0] == out[::-1]:
        return build.T(arrays[0])
    if len(factors) == 2 and all(len(set(text)) == len(text) <= 2 for text in texts):
        shared = set(texts[0]) & set(texts[1])
        for a, b in ((0, 1), (1, 0)):
            rest = [text.replace(min(shared, default=" "), "") for text in (texts[a], texts[b])]
            if len(shared) == 1 and not shared & set(out) and rest[0] and "".join(rest) == out:
                letter = min(shared)
                left = arrays[a] if texts[a].endswith(letter) else build.T(arrays[a])
                right = arrays[b] if texts[b].startswith(letter) else build.T(arrays[b])
                return build.mul(left, right)
    return build.einsum(",".join(texts) + "->" + out, *arrays)


def is_delta(text: str) -> bool:
    """Whether a name is a Kronecker delta."""
    return text.rpartition("_")[0] in _DELTA
