"""Edits of a product: transposes, the order of its factors, the kind of product, inverses and powers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from gradproof.checking.repair.written_row import (
    EXPONENT,
    FOR_HADAMARD,
    FOR_PRODUCT,
    INVERSE,
    NO_INVERSE,
    SWAPPED,
    TRANSPOSED,
    WHOLE,
    Edit,
    Row,
    alike,
    square,
)
from gradproof.language.syntax.precedence import ATOM, POWER, PRODUCT
from gradproof.language.syntax.tree import Node

_MINUS_ONE = ("⁻¹", "^-1", "^{-1}", "^(-1)")


def transposes(row: Row) -> Iterator[Edit]:
    """A transpose too much, or missing."""
    for node in row.nodes:
        above = row.above(node)
        if node.kind == "T":
            yield _straight(row, node)
        elif node.kind == "num" and node.value == 1 and row.said(node) == "1":  # an array of ones
            yield Edit(node, row.notation.turned("1"), POWER, TRANSPOSED, "1 has to be transposed", 1.05)
        elif (node.closed or node.kind in WHOLE) and not row.scalar(node):
            if above is not None and above.kind == "T":
                continue
            inner = above is not None and above.kind in ("call", "slope", "map", "pow", "hpow")
            cost = 1.0 + 0.1 * node.closed + 0.35 * inner
            slip = f"{row.tight(node, ATOM)} has to be transposed"
            yield Edit(node, row.turned(node), POWER, TRANSPOSED, slip, cost)
    if row.root.kind in ("add", "sub", "mul"):
        what = row.notation.turned(f"({row.text.strip()})")
        yield Edit(row.root, what, POWER, TRANSPOSED, "the whole has to be transposed", 1.5)


def _straight(row: Row, node: Node) -> Edit:
    """A part without its transpose."""
    inner = node.args[0]
    if node.text == "^-T":
        base = row.said(inner.args[0])
        slip = f"{row.said(node)} stands there transposed, and should not"
        return Edit(node, row.notation.inverted(base, base), POWER, TRANSPOSED, slip, 1.0)
    what, how = row.bare(inner)
    slip = f"{row.said(inner)} stands there transposed, and should not"
    if how < POWER and row.above(node) is not None:
        what, how = row.said(inner), ATOM
    return Edit(node, what, how, TRANSPOSED, slip, 0.98)


def order(row: Row) -> Iterator[Edit]:
    """Factors in another order: a neighbour swapped, one moved to another place."""
    for top, whole in row.chains["mul"]:
        sign, factors = row.product(whole)
        said = [row.tight(one) for one in factors]
        first = 1 if factors[0].kind == "num" and len(factors) > 2 else 0
        for at in reversed(range(first, len(factors))):
            for to in range(first, len(factors)):
                if at == to or row.scalar(factors[at]):
                    continue
                moved = said[:at] + said[at + 1 :]
                moved.insert(to, said[at])
                slip = f"moved:{said[at]}:{'left' if to < at else 'right'}"
                cost = 1.05 + 0.1 * (abs(at - to) > 1) + 0.01 * (to > at)
                yield Edit(top, sign + row.notation.product(moved), PRODUCT, SWAPPED, slip, cost)
        yield from _under_marks(row, top, sign, factors)
    for node in row.nodes:
        word = node.kind == "call" and node.text == "kron" and len(node.args) == 2
        if not word and node.kind != "kron":
            continue
        left, right = (row.said(arg) if word else row.tight(arg) for arg in node.args)
        slip = f"{left} and {right} stand in the other order"
        turned = f"kron({right}, {left})" if word else f"{right} ⊗ {left}"
        yield Edit(node, turned, ATOM if word else PRODUCT, SWAPPED, slip, 1.2)


def _under_marks(row: Row, top: Node, sign: str, factors: list[Node]) -> Iterator[Edit]:
    """Neighbours swapped, and their marks left where they were: R X⁻¹ for X R⁻¹."""
    said = [row.tight(one) for one in factors]
    for k, (a, b) in enumerate(pairwise(factors)):
        for x, y in _cores(a, b):
            if row.said(x) != row.said(y):
                one, other = row.said(y) + row.text[x.end : a.end], row.said(x) + row.text[y.end : b.end]
                new = row.notation.product([*said[:k], one, other, *said[k + 2 :]])
                slip = f"{row.said(x)} and {row.said(y)} stand in the other order"
                yield Edit(top, sign + new, PRODUCT, SWAPPED, slip, 1.25)


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


def both(row: Row) -> Iterator[Edit]:
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


def kinds(row: Row) -> Iterator[Edit]:
    """A product of the other kind."""
    for node in row.nodes:
        if node.kind not in ("mul", "had"):
            continue
        left, right = node.args
        start, end = (node.start, node.end) if not node.closed else (node.start + 1, node.end - 1)
        lead, tail = row.text[start : left.end], row.text[right.start : end]
        a, b = row.parts.of(left), row.parts.of(right)
        if node.kind == "mul":
            columns = a is not None and b is not None and len(a.axes) == 1 and alike(a, b)
            cost = 0.9 if columns else 1.25
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


def inverses(row: Row) -> Iterator[Edit]:
    """An inverse too much, or missing."""
    for node in row.nodes:
        if _inverted(row, node):
            what, how = row.bare(node.args[0])
            yield Edit(node, what, how, INVERSE, f"{what} should not be inverted", 1.1)
        elif node.kind == "T" and node.text == "^-T":
            base = row.said(node.args[0].args[0])
            slip = f"{base} should not be inverted"
            yield Edit(node, row.notation.turned(base), POWER, INVERSE, slip, 1.1)
        elif (
            node.kind == "T" and row.notation.unicode and (node.args[0].kind == "name" or node.args[0].closed)
        ):
            base = row.said(node.args[0])
            yield Edit(node, base + "⁻ᵀ", POWER, NO_INVERSE, f"{base} has to be inverted", 1.11)
        value, above = row.parts.of(node), row.above(node)
        if above is not None and above.kind == "T" and row.notation.unicode:
            continue  # its inverse is written with the transpose, X⁻ᵀ
        if (node.kind in ("name", "call", "T") or node.closed) and node.kind != "num" and square(value):
            made = row.notation.inverted(row.bare(node)[0], row.tight(node, ATOM))
            cost = 1.12 if value is not None and value.axes else 1.6
            yield Edit(node, made, POWER, NO_INVERSE, f"{row.said(node)} has to be inverted", cost)


def _inverted(row: Row, node: Node) -> bool:
    if node.kind == "call":
        return node.text in ("inv", "pinv") and len(node.args) == 1
    return node.kind == "pow" and not node.closed and row.said(node).endswith(_MINUS_ONE)


def powers(row: Row) -> Iterator[Edit]:
    """Another exponent, or one where there was none."""
    for node in row.nodes:
        above = row.above(node)
        if node.kind in ("pow", "hpow"):
            yield from _exponents(row, node)
        elif node.closed or node.kind in ("name", "call"):
            if above is not None and above.kind in ("pow", "hpow"):
                continue
            atom, value = row.tight(node, ATOM), row.parts.of(node)
            for power in (2, 3):
                slip = f"the exponent {power} of {atom} is missing"
                plain, dotted = (row.notation.raised(atom, power, entrywise) for entrywise in (False, True))
                if square(value):
                    yield Edit(node, plain, POWER, EXPONENT, slip, 1.2 + 0.05 * power)
                if value is None or value.axes:
                    yield Edit(node, dotted, POWER, EXPONENT, slip, 1.22 + 0.05 * power)


def _exponents(row: Row, node: Node) -> Iterator[Edit]:
    base, exponent = node.args
    atom = row.tight(base, ATOM)
    what, how = row.bare(base)
    if exponent.kind == "num" and exponent.value is not None and exponent.value.denominator == 1:
        old = int(exponent.value)
        for new in dict.fromkeys((2, 3, 4, old + 1, old - 1)):
            if new not in (old, 1) and new > 0:
                said = row.notation.raised(atom, new, node.kind == "hpow")
                slip = f"the exponent should be {new}, not {old}"
                yield Edit(node, said, POWER, EXPONENT, slip, 1.15)
    if exponent.kind != "neg":
        yield Edit(node, what, how, EXPONENT, f"{what} should not be raised to a power", 1.2)
