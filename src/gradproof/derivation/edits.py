"""Single edits of a row: what each replaces, by what, which slip it would undo, and how likely that is.

A slip of the pen is small: of two edits that make a row true, the one with the smaller cost is believed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from gradproof.derivation.notation import ATOM, FROB, POWER, PRODUCT, SIGNED, Notation, level, needed
from gradproof.expressions.nodes import Expr
from gradproof.language.syntax import Node, postorder
from gradproof.operators.open_sizes import Lack, Parts

TRANSPOSED, SWAPPED, SIGN = "transposed", "order swapped", "sign"
FOR_PRODUCT, FOR_HADAMARD = "Hadamard for product", "product for Hadamard"
NO_INVERSE, INVERSE = "inverse missing", "inverse too many"
MISSING, EXTRA, CONSTANT, EXPONENT = "chain rule factor missing", "factor too many", "constant", "exponent"
TERM, TERM_EXTRA = "term missing", "term too many"
NO_FUNCTION, FUNCTION, OTHER_NAME = "function missing", "function too many", "wrong name"
_WHOLE = ("name", "call", "slope", "map", "differential", "T", "pow", "hpow", "index", "entry")


class Edit(NamedTuple):
    """node, piece: what is replaced, and by what text; level: how closely that holds together;
    kind: the slip that it undoes; slip: a sentence; cost: the smaller, the likelier."""

    node: Node
    piece: str
    level: int
    kind: str
    slip: str
    cost: float


class Factor(NamedTuple):
    """Something that may have been forgotten: its text, how closely it holds together, its value."""

    text: str
    level: int
    value: Expr | None


class Row:
    """A right side with its tree, and what may have been meant in it.

    factors    what may have been forgotten in a product; terms: in a sum
    functions  what may have been forgotten around something
    above      the row above it
    """

    def __init__(
        self, text: str, parts: Parts, notation: Notation, factors: Sequence[Factor] = (),
        terms: Sequence[Factor] = (), functions: Sequence[str] = (), above: str = "",
    ) -> None:  # fmt: skip
        self.text, self.parts, self.notation = text, parts, notation
        self.factors, self.terms, self.functions, self.above = factors, terms, functions, above
        self.root = parts.root
        self.nodes = [node for node in postorder(self.root) if node.kind not in ("str", "end")]
        self.chains = {kind: tops(self.nodes, kind) for kind in ("mul", "had")}
        self.depth: dict[Node, int] = {}
        for node in reversed(self.nodes):
            above = parts.above.get(node)
            self.depth[node] = 0 if node is self.root or above is None else self.depth[above[0]] + 1

    def said(self, node: Node) -> str:
        """The text of a part, with its own parentheses."""
        return self.text[node.start : node.end]

    def bare(self, node: Node) -> tuple[str, int]:
        """The text of a part without its own parentheses, and how closely that holds together."""
        said = self.said(node)
        if node.closed and said[:1] == "(" and said[-1:] == ")":
            return said[1:-1].strip(), _open_level(node)
        return said, level(node)

    def tight(self, node: Node, least: int = POWER) -> str:
        """The text of a part so that it can stand in a product, or before a mark."""
        return self.said(node) if level(node) >= least else f"({self.said(node)})"

    def turned(self, node: Node) -> str:
        """The transpose of a part, without a double one."""
        if node.kind == "T" and not node.closed and node.text != "^-T":
            return self.said(node.args[0])
        if node.kind == "T" and not node.closed:
            return self.notation.inverted(*(self.said(node.args[0].args[0]),) * 2)
        if node.kind == "num":
            return self.said(node)
        inverse = self.said(node)
        if inverse.endswith("⁻¹") and not node.closed:
            return inverse[:-1] + "ᵀ"
        return self.notation.turned(self.tight(node, ATOM))

    def put(self, edit: Edit) -> str:
        """The whole text after an edit."""
        node, piece = edit.node, edit.piece
        if node is self.root:
            return piece
        above, place = self.parts.above[node]
        kept = node.closed and edit.level < ATOM and above.kind not in ("call", "slope", "map")
        if kept or edit.level < needed(above, place):
            piece = f"({piece})"
        elif _runs_on(self.text, node, piece):
            piece = " " + piece
        return self.text[: node.start] + piece + self.text[node.end :]

    def product(self, factors: Sequence[Node]) -> tuple[str, list[Node]]:
        """The factors of a product, its minus sign apart."""
        first = factors[0]
        if first.kind != "neg" or first.closed:
            return "", list(factors)
        return self.text[first.start : first.args[0].start], [first.args[0], *factors[1:]]

    def scalar(self, node: Node) -> bool:
        """Whether a part is known to be a number."""
        value = self.parts.of(node)
        return value is not None and not value.axes


def _runs_on(text: str, node: Node, piece: str) -> bool:
    before = text[node.start - 1 : node.start]
    return (before.isalnum() or before == "_") and (piece[:1].isalnum())


def _open_level(node: Node) -> int:
    node.closed = False
    found = level(node)
    node.closed = True
    return found


def tops(nodes: Sequence[Node], kind: str) -> list[tuple[Node, list[Node]]]:
    """Each product with the list of its factors."""
    inner = {id(node.args[0]) for node in nodes if node.kind == kind and node.args[0].kind == kind
             and not node.args[0].closed}  # fmt: skip
    out = []
    for top in nodes:
        if top.kind != kind or id(top) in inner:
            continue
        steps, node = [top], top
        while node.args[0].kind == kind and not node.args[0].closed:
            node = node.args[0]
            steps.append(node)
        steps.reverse()
        out.append((top, [steps[0].args[0], *(step.args[1] for step in steps)]))
    return out


def edits(row: Row) -> list[Edit]:
    """All single edits, the likeliest first."""
    found = [edit for kind in (_signs, _numbers, _transposes, _order, _products, _inverses, _powers,
                               _less, _terms, _words, _forgotten, _names, _both) for edit in kind(row)]  # fmt: skip
    near = _near(row)
    found = [edit for edit in found if near is None or edit.node in near]
    found.sort(key=lambda edit: edit.cost)
    return found


def _near(row: Row) -> set[Node] | None:
    """The parts in which an edit can help, where a part cannot have a value as it is: those that hold it, and
    those in it."""
    unfit = Lack.UNFIT
    values = row.parts.values
    worst = [node for node in row.nodes if values.get(node) is unfit
             and not any(values.get(arg) is unfit for arg in node.args)]  # fmt: skip
    if values[row.root] is not unfit or len(worst) != 1:
        return None
    out = set(postorder(worst[0]))
    node = worst[0]
    while node is not row.root:
        node = row.parts.above[node][0]
        out.add(node)
        if node.kind == worst[0].kind:  # one chain
            out.update(node.args)
    return out


# ---- signs and numbers


def term_places(row: Row) -> Iterator[tuple[Node, bool]]:
    """Where a term stands, and whether a sign may be put before it."""
    for node in row.nodes:
        if node is row.root:
            if node.kind != "neg":
                yield node, True
            continue
        above, place = row.parts.above[node]
        if above.kind in ("add", "sub") and (node.closed or node.kind not in ("add", "sub", "neg")):
            yield node, place == 0
        elif above.kind == "neg" or (above.kind in ("call", "slope", "map") and node.kind not in ("str", "neg")):
            yield node, above.kind != "neg"
        elif above.kind in ("pow", "hpow") and place == 1 and node.kind not in ("num", "neg"):
            yield node, True
        elif above.kind == "frob" and place == 1 and node.closed:
            yield node, True


def _signs(row: Row) -> Iterator[Edit]:
    minus = row.notation.minus
    for node in row.nodes:
        if node.kind in ("add", "sub"):
            other = minus if node.kind == "add" else "+"
            said = row.text[node.start : node.at[0]] + other + row.text[node.at[1] : node.end]
            cost = 1.0 + 0.01 * row.depth[node]
            yield Edit(node, *_inside(node, said), SIGN, "a sign is wrong", cost)
        elif node.kind == "neg":
            cost = 1.0 + 0.012 * row.depth[node]
            yield Edit(node, *row.bare(node.args[0]), SIGN, "a minus sign is too much", cost)
    for node, free in term_places(row):
        what, how = row.bare(node)
        if free and node.kind != "num" and what[:1] not in "-−":
            said = f"{minus}({what})" if how == 1 else minus + what
            cost = 1.005 + 0.01 * row.depth[node]
            yield Edit(node, said, SIGNED if how > FROB else FROB, SIGN, "a minus sign is missing", cost)
    for top, factors in (*row.chains["mul"], *row.chains["had"]):
        for one in factors[1:]:
            if one.closed and one.kind not in ("neg", "num"):
                what, how = row.bare(one)
                said = f"{minus}({what})" if how == 1 else minus + what
                yield Edit(one, said, SIGNED, SIGN, "a minus sign is missing", 1.3)


def _inside(node: Node, said: str) -> tuple[str, int]:
    """A text of a part with its parentheses, without them."""
    if node.closed and said[:1] == "(" and said[-1:] == ")":
        return said[1:-1], _open_level(node)
    return said, level(node)


def _numbers(row: Row) -> Iterator[Edit]:
    for node, _ in term_places(row):
        if node.kind in ("num", "str") or row.said(node) in ("½", "¼"):
            continue
        what, how = row.bare(node)
        if what[:1] in "-−":
            continue
        body = f"({what})" if how == 1 else what
        two = "2" + (row.notation.times if row.notation.times != " " or body[:1] != "(" else " ")
        yield Edit(node, two + body, min(max(how, FROB), PRODUCT), "factor 1/2", "a factor 2 is missing",
                   1.1 + 0.005 * row.depth[node])  # fmt: skip
        half = f"½ {body}" if "½" in row.text or row.notation.unicode else f"{body}/2"
        if how == FROB and "½" not in half:
            half = f"0.5{row.notation.times}{body}"
        yield Edit(node, half, min(max(how, FROB), PRODUCT), "factor 2", "a factor 2 is too much",
                   1.15 + 0.005 * row.depth[node])  # fmt: skip
    for node in row.nodes:
        said = row.said(node)
        if node.kind == "num" and node.value is not None and said.isdigit() and said.isascii():
            for new in (2, 1, 3, 4):
                if node.value != new:
                    slip = f"the factor {said} should be {new}"
                    yield Edit(node, str(new), ATOM, CONSTANT, slip, 1.08 if new == 2 else 1.3)


# ---- transposes and order


def _transposes(row: Row) -> Iterator[Edit]:
    for node in row.nodes:
        above = row.parts.above[node][0] if node is not row.root else None
        inner = 0.35 if above is not None and above.kind in ("call", "slope", "map", "pow", "hpow") else 0.0
        if node.kind == "T":
            if node.text == "^-T":
                base = row.said(node.args[0].args[0])
                yield Edit(node, row.notation.inverted(base, base), POWER, TRANSPOSED,
                           f"{row.said(node)} stands there transposed, and should not", 1.0)  # fmt: skip
                continue
            what, how = row.bare(node.args[0])
            kept = how < POWER and above is not None
            slip = f"{row.said(node.args[0])} stands there transposed, and should not"
            said = row.said(node.args[0]) if kept else what
            yield Edit(node, said, ATOM if kept else how, TRANSPOSED, slip, 0.98)
        elif (node.closed or node.kind in _WHOLE) and not row.scalar(node):
            if above is not None and above.kind == "T":
                continue
            what = row.tight(node, ATOM)
            cost = 1.0 if not node.closed else 1.1
            # said as a person says it: d(X') is dX'
            yield Edit(node, row.turned(node), POWER, TRANSPOSED, f"{what} has to be transposed", cost + inner)
    if row.root.kind in ("add", "sub", "mul"):
        what = row.notation.turned(f"({row.text.strip()})")
        yield Edit(row.root, what, POWER, TRANSPOSED, "the whole has to be transposed", 1.5)


def _order(row: Row) -> Iterator[Edit]:
    """Factors in another order: a neighbour swapped, one moved to another place."""
    for top, whole in row.chains["mul"]:
        sign, factors = row.product(whole)
        said = [row.tight(one) for one in factors]
        first = 1 if factors[0].kind == "num" and len(factors) > 2 else 0
        for a in reversed(range(first, len(factors))):
            for b in range(first, len(factors)):
                if a == b or row.scalar(factors[a]):
                    continue
                moved = said[:a] + said[a + 1 :]
                moved.insert(b, said[a])
                slip = f"moved:{said[a]}:{'left' if b < a else 'right'}"
                cost = 1.05 + 0.1 * (abs(a - b) > 1) + 0.01 * (b > a)
                yield Edit(top, sign + row.notation.product(moved), PRODUCT, SWAPPED, slip, cost)
        for k, (a, b) in enumerate(pairwise(factors)):
            for x, y in _cores(a, b):
                if row.said(x) != row.said(y):
                    one = row.said(y) + row.text[x.end : a.end]
                    other = row.said(x) + row.text[y.end : b.end]
                    new = row.notation.product([*said[:k], one, other, *said[k + 2 :]])
                    slip = f"{row.said(x)} and {row.said(y)} stand in the other order"
                    yield Edit(top, sign + new, PRODUCT, SWAPPED, slip, 1.25)
    for node in row.nodes:
        if node.kind == "kron":
            a, b = (row.tight(arg) for arg in node.args)
            yield Edit(node, f"{b} ⊗ {a}" if row.notation.unicode else f"kron({b}, {a})", PRODUCT, SWAPPED,
                       f"{a} and {b} stand in the other order", 1.2)  # fmt: skip
        elif node.kind == "call" and node.text == "kron" and len(node.args) == 2:
            a, b = (row.said(arg) for arg in node.args)
            yield Edit(node, f"kron({b}, {a})", ATOM, SWAPPED, f"{a} and {b} stand in the other order", 1.2)


def _cores(a: Node, b: Node) -> list[tuple[Node, Node]]:
    """What stands under the marks of two factors: X and R in X R⁻¹."""
    found = []
    for deep in (("pow",), ("pow", "T")):
        pair = []
        for node in (a, b):
            while node.kind in deep and not node.closed:
                node = node.args[0]
            pair.append(node)
        if (pair[0] is not a or pair[1] is not b) and all(n.kind in ("name", "T") or n.closed for n in pair):
            found.append((pair[0], pair[1]))
    return found


def _both(row: Row) -> Iterator[Edit]:
    """Factors in the other order, and transposed."""
    for top, whole in row.chains["mul"]:
        sign, factors = row.product(whole)
        rest = factors[1:] if factors[0].kind == "num" and len(factors) > 2 else factors
        head = [row.said(factors[0])] if rest is not factors else []
        turned = row.notation.product([*head, *(row.turned(one) for one in reversed(rest))])
        said = row.text[rest[0].start : rest[-1].end]
        yield Edit(top, sign + turned, PRODUCT, TRANSPOSED, f"{said} has to be transposed", 2.0)
        texts = [row.tight(one) for one in factors]
        for k, (a, b) in enumerate(pairwise(factors)):
            x, y, xt, yt = texts[k], texts[k + 1], row.turned(a), row.turned(b)
            slip = f"{x} and {y} stand in the other order, and transposed"
            for pair in ((yt, x), (y, xt), (yt, xt)):
                new = [*texts[:k], *pair, *texts[k + 2 :]]
                yield Edit(top, sign + row.notation.product(new), PRODUCT, SWAPPED, slip, 2.1)


# ---- products, inverses, powers


def _products(row: Row) -> Iterator[Edit]:
    for node in row.nodes:
        if node.kind not in ("mul", "had"):
            continue
        left, right = node.args
        start, end = (node.start, node.end) if not node.closed else (node.start + 1, node.end - 1)
        lead, tail = row.text[start : left.end], row.text[right.start : end]
        a, b = row.parts.of(left), row.parts.of(right)
        if node.kind == "mul":
            alike = a is not None and b is not None and a.axes and (a.axes, a.row) == (b.axes, b.row)
            cost = 0.95 if alike and a is not None and len(a.axes) == 1 else 1.25
            slip = "this product is entry by entry"
            yield Edit(node, lead + row.notation.had + tail, PRODUCT, FOR_HADAMARD, slip, cost)
        else:
            slip = "this product is not entry by entry"
            yield Edit(node, row.notation.product([lead, tail]), PRODUCT, FOR_PRODUCT, slip, 1.0)
            if left.kind in ("mul", "had") and not left.closed:
                lead = row.text[start : left.args[0].end]
                tail = row.notation.had + row.text[right.start : end]
                middle = row.text[left.args[1].start : left.args[1].end]
                yield Edit(node, row.notation.product([lead, middle + tail]), PRODUCT, FOR_PRODUCT, slip, 1.6)


def _inverses(row: Row) -> Iterator[Edit]:
    for node in row.nodes:
        said = row.said(node)
        value = row.parts.of(node)
        if node.kind == "call" and node.text in ("inv", "pinv") and len(node.args) == 1:
            what, how = row.bare(node.args[0])
            yield Edit(node, what, how, INVERSE, f"{what} should not be inverted", 1.1)
        elif node.kind == "pow" and said.endswith(("⁻¹", "^-1", "^{-1}", "^(-1)")) and not node.closed:
            what, how = row.bare(node.args[0])
            yield Edit(node, what, how, INVERSE, f"{what} should not be inverted", 1.1)
        elif node.kind == "T" and node.text == "^-T":
            base = row.said(node.args[0].args[0])
            slip = f"{base} should not be inverted"
            yield Edit(node, row.notation.turned(base), POWER, INVERSE, slip, 1.1)
        elif node.kind == "T" and row.notation.unicode and node.args[0].kind == "name":
            base = row.said(node.args[0])
            yield Edit(node, base + "⁻ᵀ", POWER, NO_INVERSE, f"{base} has to be inverted", 1.11)
        if value is None or (value.axes and (len(value.axes) != 2 or value.axes[0] is not value.axes[1])):
            if row.parts.of(node) is not None:
                continue
        if (node.kind in ("name", "call", "T") or node.closed) and node.kind not in ("num", "str"):
            what = row.bare(node)[0]
            made = row.notation.inverted(what, row.tight(node, ATOM))
            cost = 1.12 if value is not None and value.axes else 1.6
            yield Edit(node, made, POWER, NO_INVERSE, f"{row.said(node)} has to be inverted", cost)


def _powers(row: Row) -> Iterator[Edit]:
    for node in row.nodes:
        above = row.parts.above[node][0] if node is not row.root else None
        if node.kind in ("pow", "hpow"):
            base, exponent = node.args
            atom = row.tight(base, ATOM)
            what, how = row.bare(base)
            if exponent.kind == "num" and exponent.value is not None and exponent.value.denominator == 1:
                old = int(exponent.value)
                for new in (2, 3, 4, old + 1, old - 1):
                    if new not in (old, 1, 0) and new > 0:
                        said = row.notation.raised(atom, new, node.kind == "hpow")
                        slip = f"the exponent should be {new}, not {old}"
                        yield Edit(node, said, POWER, EXPONENT, slip, 1.15)
            if exponent.kind != "neg":
                yield Edit(node, what, how, EXPONENT, f"{what} should not be raised to a power", 1.2)
        elif (node.closed or node.kind in ("name", "call")) and (above is None or above.kind not in ("pow", "hpow")):
            atom = row.tight(node, ATOM)
            value = row.parts.of(node)
            square = value is None or not value.axes or (len(value.axes) == 2 and value.axes[0] is value.axes[1])
            for power in (2, 3):
                slip = f"the exponent {power} of {atom} is missing"
                if square:
                    yield Edit(node, row.notation.raised(atom, power, False), POWER, EXPONENT, slip, 1.2 + 0.05 * power)
                if value is None or value.axes:
                    yield Edit(node, row.notation.raised(atom, power, True), POWER, EXPONENT, slip, 1.22 + 0.05 * power)


# ---- too much, and too little


def _less(row: Row) -> Iterator[Edit]:
    """A factor left out."""
    for kind, chains in row.chains.items():
        for top, whole in chains:
            sign, factors = row.product(whole)
            for k, one in enumerate(factors):
                rest = factors[:k] + factors[k + 1 :]
                if len(rest) == 1:
                    said, how = row.bare(rest[0])
                else:
                    texts = [row.tight(other) for other in rest]
                    said = row.notation.product(texts) if kind == "mul" else row.notation.had.join(texts)
                    how = PRODUCT
                phrase, slip = EXTRA, f"the factor {row.said(one)} is too much"
                if one.kind == "num":
                    phrase, slip = f"factor {one.value}", f"a factor {row.said(one)} is too much"
                cost = (1.09 if one.kind == "num" else 1.5) + 0.005 * row.depth[top]
                yield Edit(top, sign + said, min(how, PRODUCT) if sign else how, phrase, slip, cost)
    for node in row.nodes:
        if node.kind in ("div", "hdiv") and row.said(node) not in ("½", "¼", "¾"):
            what, how = row.bare(node.args[0])
            below = row.said(node.args[1])
            yield Edit(node, what, how, EXTRA, f"the divisor {below} is too much", 1.5)


def _terms(row: Row) -> Iterator[Edit]:
    minus = row.notation.minus
    for node in row.nodes:
        if node.kind not in ("add", "sub"):
            continue
        for k, lost in enumerate(node.args):
            said, how = row.bare(node.args[1 - k])
            if k == 0 and node.kind == "sub":
                said, how = f"{minus}{said}" if how > 1 else f"{minus}({said})", SIGNED if how > FROB else FROB
            yield Edit(node, said, how, TERM_EXTRA, f"the term {row.said(lost)} is too much", 1.7)
    for node, _ in term_places(row):
        above = row.parts.above[node][0] if node is not row.root else None
        if above is not None and above.kind in ("add", "sub", "neg"):
            continue
        shape = row.parts.of(node)
        what, _ = row.bare(node)
        for term in row.terms:
            if shape is not None and term.value is not None and not _alike(shape, term.value):
                continue
            for sign in (minus, "+"):
                slip = f"the term {term.text} is missing"
                yield Edit(node, f"{what} {sign} {term.text}", 1, TERM, slip, 1.8 + 0.005 * len(term.text))


def _alike(a: Expr, b: Expr) -> bool:
    return (a.axes, a.row) == (b.axes, b.row)


def _words(row: Row) -> Iterator[Edit]:
    """A function left out, put around something, or another one."""
    for node in row.nodes:
        above = row.parts.above[node][0] if node is not row.root else None
        if node.kind == "call" and len(node.args) == 1 and node.text not in ("d", "inv", "pinv"):
            what, how = row.bare(node.args[0])
            slip = f"{node.text} is too much"
            yield Edit(node, what, how, FUNCTION, slip, 1.5)
        if node.closed or node.kind in ("name", "mul", "call"):
            applied = above is not None and above.kind in ("call", "slope", "map")
            what = row.bare(node)[0]
            for place, word in enumerate(row.functions):
                cost = (1.3 if node.closed else 1.8) + 0.02 * place
                if not (applied and above is not None and above.text == word):
                    slip = f"{word} is missing"
                    yield Edit(node, row.notation.applied(word, what), ATOM, NO_FUNCTION, slip, cost)


def _names(row: Row) -> Iterator[Edit]:
    """Another name of the same shape."""
    for node in row.nodes:
        value = row.parts.of(node)
        above = row.parts.above[node][0] if node is not row.root else None
        if node.kind != "name" or value is None or (above is not None and above.kind == "differential"):
            continue
        for other in row.factors:
            if other.value is not None and other.value.op == "name" and other.value is not value:
                if _alike(other.value, value) and other.level == ATOM:
                    slip = f"{other.text} should stand there, not {row.said(node)}"
                    yield Edit(node, other.text, ATOM, OTHER_NAME, slip, 2.2)


def _forgotten(row: Row) -> Iterator[Edit]:
    """A factor put in, beside or between the factors of a product."""
    inside = set()
    for top, whole in row.chains["mul"]:
        sign, factors = row.product(whole)
        inside |= {id(one) for one in (*factors, *whole)}
        for gap in range(len(factors) + 1):
            if gap == 0 and factors[0].kind == "num":
                continue
            for new in row.factors:
                if _conforms(row, factors, gap, new):
                    texts = [row.tight(one) for one in factors]
                    texts.insert(gap, _beside(new))
                    beside = [row.said(one) for one in factors[max(0, gap - 1) : gap + 1]]
                    more = 0.1 * (new.text in beside)
                    more += 0.05 if gap == 0 and row.scalar(factors[0]) and not _number(new) else 0.0
                    yield _insertion(top, sign + row.notation.product(texts), new, row, more)
    for node in row.nodes:
        if id(node) in inside and not node.closed:
            continue
        if not (node.closed or node.kind in (*_WHOLE, "num")):
            continue
        above = row.parts.above[node][0] if node is not row.root else None
        if above is not None and above.kind in ("T", "pow", "hpow") and not node.closed:
            continue
        if node.closed and node.kind in ("add", "sub", "mul", "had", "neg") and id(node) in inside:
            continue
        if node.kind == "mul":
            continue
        what, how = row.bare(node)
        body = what if how >= POWER else f"({what})"
        for new in row.factors:
            for gap in (0, 1):
                if _conforms(row, [node], gap, new):
                    pair = [body, _beside(new)] if gap else [_beside(new), body]
                    lonely = node.closed and node.kind in ("name", "differential", "T")
                    more = -0.1 * lonely
                    more += 0.06 * (node.kind == "differential" and not node.closed) + 0.2 * (what == new.text)
                    yield _insertion(node, row.notation.product(pair), new, row, more)
    yield from _entry_by_entry(row)


def _entry_by_entry(row: Row) -> Iterator[Edit]:
    """A factor forgotten that was multiplied entry by entry, or a divisor."""
    for node in row.nodes:
        value = row.parts.of(node)
        if value is None or node.kind in ("num", "add", "sub", "neg", "frob") and not node.closed:
            continue
        above = row.parts.above[node][0] if node is not row.root else None
        if above is not None and above.kind in ("T", "pow", "hpow", "had") and not node.closed:
            continue
        body = row.tight(node, PRODUCT)
        for new in row.factors:
            if new.value is None:
                continue
            if value.axes and _alike(value, new.value):
                said = _beside(new) + row.notation.had + body
                yield _insertion(node, said, new, row, 0.3)
            elif not new.value.axes and new.level == ATOM:
                said = body + "/" + _beside(new)
                yield Edit(node, said, PRODUCT, MISSING, f"a divisor {new.text} is missing", 1.9)


def _beside(new: Factor) -> str:
    return new.text if new.level >= POWER else f"({new.text})"


def _insertion(node: Node, said: str, new: Factor, row: Row, more: float = 0.0) -> Edit:
    beside = 0.1 if new.text in row.text else 0.0
    cost = 1.45 + 0.01 * len(new.text) - beside + more
    return Edit(node, said, PRODUCT, MISSING, f"a factor {new.text} is missing", cost)


def _number(new: Factor) -> bool:
    return new.value is not None and not new.value.axes


def _conforms(row: Row, factors: Sequence[Node], gap: int, new: Factor) -> bool:
    """Whether the shapes of a new factor and of its neighbours can fit."""
    value = new.value
    if value is None:
        return True
    if len(value.axes) > 2:
        return False
    left = row.parts.of(factors[gap - 1]) if gap else None
    right = row.parts.of(factors[gap]) if gap < len(factors) else None
    if not value.axes:
        return gap == 0
    if left is not None and left.axes and not _meet(left, value):
        return gap > 1 and len(left.axes) == 1 and not left.row
    return right is None or not right.axes or _meet(value, right) or (len(value.axes) == 1 and not value.row)


def _meet(a: Expr, b: Expr) -> bool:
    """Whether the columns of a can be as many as the rows of b."""
    if len(a.axes) > 2 or len(b.axes) > 2:
        return False
    if len(a.axes) == 1 and not a.row:
        return len(b.axes) == 1 and b.row
    if len(b.axes) == 1 and b.row:
        return False
    return a.axes[-1] is b.axes[0]
