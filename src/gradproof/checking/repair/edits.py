"""Single edits of a row: what each replaces, by what, which slip it would undo, and how likely that is.

A slip of the pen is small: of two edits that make a row true, the one with the smaller cost is believed.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradproof.checking.repair import product_edits as products
from gradproof.checking.repair.missing_factors import missing_factor_edits
from gradproof.checking.repair.notation import level
from gradproof.checking.repair.written_row import (
    CONSTANT,
    EXTRA,
    FUNCTION,
    NO_FUNCTION,
    OTHER_NAME,
    SIGN,
    TERM,
    TERM_EXTRA,
    Edit,
    Row,
    alike,
    open_level,
    term_places,
)
from gradproof.elaboration.open_sizes import Lack
from gradproof.language.syntax.precedence import ATOM, FROBENIUS, PRODUCT
from gradproof.language.syntax.precedence import SIGN as SIGNED
from gradproof.language.syntax.tree import Node, postorder


def edits(row: Row) -> list[Edit]:
    """All single edits, the likeliest first."""
    kinds = (
        _signs, _numbers, products.transposes, products.order, products.kinds, products.inverses,
        products.powers, _less, _terms, _words, missing_factor_edits, _names, products.both,
    )  # fmt: skip
    near = _near(row)
    here = [edit for kind in kinds for edit in kind(row) if near is None or edit.node in near]
    found = [edit for edit in here if edit.node.closed or not _changed(row, edit.node)]
    found.sort(key=lambda edit: edit.cost)
    return found


def _changed(row: Row, node: Node) -> bool:
    """Whether a part is the X of dX."""
    above = row.above(node)
    return above is not None and above.kind == "differential"


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
            said = f"{minus}({what})" if how < FROBENIUS else minus + what
            cost = 1.005 + 0.01 * row.depth[node]
            yield Edit(
                node, said, SIGNED if how > FROBENIUS else FROBENIUS, SIGN, "a minus sign is missing", cost
            )
    later = [one for chains in row.chains.values() for _, factors in chains for one in factors[1:]]
    for one in later:
        if one.closed and one.kind not in ("neg", "num"):
            what, how = row.bare(one)
            said = f"{minus}({what})" if how < FROBENIUS else minus + what
            yield Edit(one, said, SIGNED, SIGN, "a minus sign is missing", 1.3)


def _inside(node: Node, said: str) -> tuple[str, int]:
    """A text of a part with its parentheses, without them."""
    if node.closed and said[:1] == "(" and said[-1:] == ")":
        return said[1:-1], open_level(node)
    return said, level(node)


def _numbers(row: Row) -> Iterator[Edit]:
    """A factor 2 or 1/2 before a term, and another number in the place of one."""
    yield from _doubled(row)
    for node in row.nodes:
        said = row.said(node)
        if node.kind == "num" and node.value is not None and said.isdigit() and said.isascii():
            for new in (2, 1, 3, 4):
                if node.value != new:
                    slip = f"the factor {said} should be {new}"
                    yield Edit(node, str(new), ATOM, CONSTANT, slip, 1.095 if new == 2 else 1.3)


def _doubled(row: Row) -> Iterator[Edit]:
    """Terms twice as large, or half."""
    for node, _ in term_places(row):
        if node.kind in ("num", "str") or row.said(node) in ("½", "¼"):
            continue
        what, how = row.bare(node)
        if what[:1] in "-−":
            continue
        body = f"({what})" if how < FROBENIUS else what
        two = "2" + (row.notation.times if row.notation.times != " " or body[:1] != "(" else " ")
        yield Edit(node, two + body, min(max(how, FROBENIUS), PRODUCT), "factor 1/2", "a factor 2 is missing",
                   1.1 + 0.005 * row.depth[node])  # fmt: skip
        if body[:1].isdigit():
            continue
        half = f"½ {body}" if "½" in row.text or row.notation.unicode else f"{body}/2"
        if how == FROBENIUS and "½" not in half:
            half = f"0.5{row.notation.times}{body}"
        yield Edit(node, half, min(max(how, FROBENIUS), PRODUCT), "factor 2", "a factor 2 is too much",
                   1.15 + 0.005 * row.depth[node])  # fmt: skip


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
                said, how = (
                    f"{minus}{said}" if how >= FROBENIUS else f"{minus}({said})",
                    SIGNED if how > FROBENIUS else FROBENIUS,
                )
            yield Edit(node, said, how, TERM_EXTRA, f"the term {row.said(lost)} is too much", 1.7)
    for node, _ in term_places(row):
        above = row.above(node)
        if above is not None and above.kind in ("add", "sub", "neg"):
            continue
        shape = row.parts.of(node)
        what, _ = row.bare(node)
        for term in row.terms:
            if shape is not None and term.value is not None and not alike(shape, term.value):
                continue
            for sign in (minus, "+"):
                slip = f"the term {term.text} is missing"
                yield Edit(node, f"{what} {sign} {term.text}", 1, TERM, slip, 1.8 + 0.005 * len(term.text))


def _words(row: Row) -> Iterator[Edit]:
    """A function left out, put around something, or another one."""
    for node in row.nodes:
        above = row.above(node)
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
    known = [(new.text, new.value) for new in row.factors if new.value is not None and new.value.op == "name"]
    for node in row.nodes:
        value = row.parts.of(node)
        if node.kind != "name" or value is None or _changed(row, node):
            continue
        for text, other in known:
            if other is not value and alike(other, value):
                slip = f"{text} should stand there, not {row.said(node)}"
                yield Edit(node, text, ATOM, OTHER_NAME, slip, 2.2)
