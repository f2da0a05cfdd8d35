"""Edits that put in a factor that a person forgot, beside or between those that are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradproof.checking.repair.written_row import MISSING, WHOLE, Edit, Factor, Row, alike
from gradproof.expressions.nodes import Expr
from gradproof.language.syntax.precedence import ATOM, POWER, PRODUCT
from gradproof.language.syntax.tree import Node


def missing_factor_edits(row: Row) -> Iterator[Edit]:
    """A factor put in, beside or between the factors of a product."""
    yield from _between(row)
    inside = {id(one) for _, whole in row.chains["mul"] for one in (*row.product(whole)[1], *whole)}
    for node in row.nodes:
        if node.kind != "mul" and _single(row, node, id(node) in inside):
            yield from _at(row, node)
    yield from _entry_by_entry(row)


def _between(row: Row) -> Iterator[Edit]:
    for top, whole in row.chains["mul"]:
        sign, factors = row.product(whole)
        texts = [row.tight(one) for one in factors]
        for gap in range(factors[0].kind == "num", len(factors) + 1):
            near = [row.said(one) for one in factors[max(0, gap - 1) : gap + 1]]
            first = gap == 0 and row.scalar(factors[0])
            for new in row.factors:
                if _conforms(row, factors, gap, new):
                    said = row.notation.product([*texts[:gap], _beside(new), *texts[gap:]])
                    more = 0.1 * (new.text in near) + 0.05 * (first and not _number(new))
                    yield _insertion(top, sign + said, new, row, more)


def _single(row: Row, node: Node, inside: bool) -> bool:
    """Whether a part stands for a whole product, so that a factor may have stood beside it."""
    if inside and (not node.closed or node.kind in ("add", "sub", "had", "neg")):
        return False
    above = row.above(node)
    if above is not None and above.kind in ("T", "pow", "hpow") and not node.closed:
        return False
    return node.closed or node.kind in (*WHOLE, "num")


def _at(row: Row, node: Node) -> Iterator[Edit]:
    what, how = row.bare(node)
    body = what if how >= POWER else f"({what})"
    change = node.kind == "differential"
    lonely = node.closed and (change or node.kind in ("name", "T"))  # something was taken out of it
    for new in row.factors:
        for gap in (0, 1):
            if _conforms(row, [node], gap, new):
                pair = [body, _beside(new)] if gap else [_beside(new), body]
                more = 0.06 * (change and not node.closed) + 0.2 * (what == new.text) - 0.1 * lonely
                yield _insertion(node, row.notation.product(pair), new, row, more)


def _entry_by_entry(row: Row) -> Iterator[Edit]:
    """A factor forgotten that was multiplied entry by entry, or a divisor."""
    for node in row.nodes:
        value = row.parts.of(node)
        if value is None or (node.kind in ("num", "add", "sub", "neg", "frob") and not node.closed):
            continue
        above = row.above(node)
        if above is not None and above.kind in ("T", "pow", "hpow", "had") and not node.closed:
            continue
        body = row.tight(node, PRODUCT if node.kind == "had" else POWER)
        for new in row.factors:
            if new.value is None:
                continue
            if value.axes and alike(value, new.value):
                pair = (body, _beside(new)) if node.kind == "had" else (_beside(new), body)
                said = row.notation.had.join(pair)
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
