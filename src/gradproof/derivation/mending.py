"""A wrong row mended: one edit of what the person wrote that makes it true, and what the slip was.

Edits are made in the syntax tree's places, so that the rest of the row stays as it was typed. Nothing
is offered that was not proved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice, pairwise
from time import perf_counter
from typing import NamedTuple

from gradproof.errors import GradproofError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder as below
from gradproof.language.grammar import formula
from gradproof.language.syntax import Node, Span, postorder
from gradproof.operators.assemble import chain_nodes

MOST = 160  # edits that are tried
_TIGHT = ("name", "num", "call", "T", "slope", "map", "differential")
_SIGNS = {"mul": "*", "had": ".*", "frob": ":", "div": "/", "add": "+", "sub": "-"}
KINDS = (  # what stands in the sentence of an edit, and what `check` calls it
    ("moved:", "order swapped"), ("in the other order", "order swapped"), ("transposed", "transposed"),
    ("sign", "sign"), ("a factor 2 is missing", "factor 1/2"), ("a factor 2 is too much", "factor 2"),
    ("should be", "constant"), ("a factor ", "chain rule factor missing"), ("the factor ", "factor too many"),
    ("product is entry by entry", "product for Hadamard"),
    ("product is not entry by entry", "Hadamard for product"), ("inv is too much", "inverse too many"),
    ("has to be inverted", "inverse missing"), ("is too much", "term too many"),
)  # fmt: skip
Holds = Callable[[Expr], bool]


class Edit(NamedTuple):
    """text: the whole right side after the edit; slip: what was wrong, in words ("" if it is plain)."""

    text: str
    slip: str


class Fix(NamedTuple):
    """A right side that is true, the expression it means, and what the slip was."""

    text: str
    value: Expr
    slip: str

    @property
    def kind(self) -> str:
        """The kind of slip, in the words of `check`; "" where the edit has no name."""
        return next((kind for mark, kind in KINDS if mark in self.slip), "")


def mend(
    text: str, value: Callable[[str], Expr], holds: Holds, names: Sequence[str] = (), seconds: float = 1.0
) -> Fix | None:
    """The first single edit that makes a right side true; `value` reads it, `holds` judges it.

    names  factors that may have been forgotten
    """
    tried: set[str] = {text}
    end = perf_counter() + seconds
    for place, edit in enumerate(chain(edits(text), islice(_forgotten(text, names), MOST))):
        if place >= 2 * MOST or perf_counter() > end:
            break
        if edit.text in tried:
            continue
        tried.add(edit.text)
        try:
            found = value(edit.text)
            if holds(found):
                return Fix(edit.text.strip(), found, edit.slip)
        except GradproofError:
            continue
    return None


def edits(text: str) -> Iterator[Edit]:
    """Single edits of a right side, the likeliest slips first."""
    try:
        root = formula(text, (0, len(text)))
    except GradproofError:
        return
    nodes = postorder(root)
    yield from _order(text, nodes)
    yield from _transposes(text, nodes)
    yield from _signs(text, root, nodes)
    yield from _factors(text, root, nodes)
    yield from _kinds(text, nodes)
    yield from _inverses(text, nodes)


def _forgotten(text: str, names: Sequence[str]) -> Iterator[Edit]:
    """A factor put in, beside or between the factors of a product."""
    try:
        nodes = postorder(formula(text, (0, len(text))))
    except GradproofError:
        return
    inside = {id(arg) for node in nodes if node.kind == "mul" for arg in node.args}
    for node in nodes:
        if node.kind not in ("name", "T", "call", "num") and not node.closed:
            continue
        if node.kind == "T" or id(node) in inside or node.closed or node.kind == "name":
            for name in names:
                for new in (name, f"{name}'"):
                    for said in (f"({new}*{_of(text, node)})", f"({_of(text, node)}*{new})"):
                        yield Edit(_put(text, node.span, said), f"a factor {new} is missing")


def _put(text: str, span: Span, new: str) -> str:
    return text[: span[0]] + new + text[span[1] :]


def _of(text: str, node: Node) -> str:
    return text[node.start : node.end]


def _tight(text: str, node: Node) -> str:
    return _of(text, node) if node.closed or node.kind in _TIGHT else f"({_of(text, node)})"


def _turned(text: str, node: Node) -> str:
    """The transpose of a piece, without a double one."""
    if node.kind == "T" and not node.text and not node.closed:
        return _tight(text, node.args[0])
    return _tight(text, node) + "'"


def _tops(nodes: list[Node], kind: str) -> list[list[Node]]:
    """The factors of each product, as a list."""
    inner = {id(node.args[0]) for node in nodes if node.kind == kind and node.args[0].kind == kind
             and not node.args[0].closed}  # fmt: skip
    out = []
    for node in nodes:
        if node.kind == kind and id(node) not in inner:
            steps = []
            while node.kind == kind:
                steps.append(node)
                if node.args[0].closed:
                    break
                node = node.args[0]
            steps.reverse()
            out.append([steps[0].args[0], *(step.args[1] for step in steps)])
    return out


def _order(text: str, nodes: list[Node]) -> Iterator[Edit]:
    """Factors in another order: a neighbour swapped, the last one moved to the front."""
    for factors in _tops(nodes, "mul"):
        span = (factors[0].start, factors[-1].end)
        said = [_tight(text, one) for one in factors]
        first = 1 if factors[0].kind == "num" and len(factors) > 2 else 0
        for a in reversed(range(first, len(factors))):
            for b in range(len(factors)):
                if a == b or b < first:
                    continue
                moved = said[:a] + said[a + 1 :]
                moved.insert(b, said[a])
                side = "left" if b < a else "right"
                yield Edit(_put(text, span, "*".join(moved)), f"moved:{said[a]}:{side}")


def _transposes(text: str, nodes: list[Node]) -> Iterator[Edit]:
    for node in nodes:
        if node.kind == "T":
            what = _of(text, node.args[0])
            yield Edit(_put(text, node.span, what), f"{what} stands there transposed, and should not")
        elif node.kind not in ("num", "str", "frob", "mul") and not (
            node.kind in ("call",) and node.text == "tr"
        ):
            what = _tight(text, node)
            yield Edit(_put(text, node.span, f"{what}'"), f"{what} has to be transposed")
    for factors in _tops(nodes, "mul"):
        rest = factors[1:] if factors[0].kind == "num" and len(factors) > 2 else factors
        turned = "*".join(_turned(text, one) for one in reversed(rest))
        said = text[rest[0].start : rest[-1].end]
        yield Edit(_put(text, (rest[0].start, rest[-1].end), turned), f"{said} has to be transposed")
        for a, b in pairwise(factors):
            x, y = _tight(text, a), _tight(text, b)
            span = (a.start, b.end)
            for new in (
                f"{_turned(text, b)}*{x}",
                f"{y}*{_turned(text, a)}",
                f"{_turned(text, b)}*{_turned(text, a)}",
            ):
                yield Edit(_put(text, span, new), f"{x} and {y} stand in the other order, and transposed")


def _signs(text: str, root: Node, nodes: list[Node]) -> Iterator[Edit]:
    for node in nodes:
        if node.kind in ("add", "sub"):
            other = "-" if node.kind == "add" else "+"
            yield Edit(_put(text, node.at, other), "a sign is wrong")
        elif node.kind == "neg":
            yield Edit(_put(text, node.at, " "), "a minus sign is too much")
    yield Edit(f"-({text.strip()})" if root.kind in ("add", "sub", "frob") else f"-{text.strip()}",
               "a minus sign is missing")  # fmt: skip
    for node in nodes:
        if node.kind in ("add", "sub"):
            for part in {id(n.args[0]): n.args[0] for n in chain_nodes(node)}.values():
                if part.kind not in ("add", "sub", "neg"):
                    yield Edit(_put(text, part.span, f"-{_tight(text, part)}"), "a sign is wrong")


def _factors(text: str, root: Node, nodes: list[Node]) -> Iterator[Edit]:
    whole = text.strip()
    body = f"({whole})" if root.kind in ("add", "sub", "neg") else whole
    yield Edit(f"2*{body}", "a factor 2 is missing")
    yield Edit(f"0.5*{body}", "a factor 2 is too much")
    for factors in _tops(nodes, "mul"):
        for place, one in enumerate(factors):
            left = factors[:place] + factors[place + 1 :]
            said = "*".join(_tight(text, other) for other in left)
            slip = f"the factor {_of(text, one)} is too much"
            yield Edit(_put(text, (factors[0].start, factors[-1].end), said), slip)
    for node in nodes:
        if node.kind == "num" and node.value is not None:
            for new in (2, 1, 3, 4):
                if node.value != new:
                    yield Edit(
                        _put(text, node.span, str(new)), f"the factor {_of(text, node)} should be {new}"
                    )
    for node in nodes:
        if node.kind in ("add", "sub"):
            for part in (node.args[0], node.args[1]):
                if part.kind not in ("add", "sub"):
                    yield Edit(
                        _put(text, part.span, f"2*{_tight(text, part)}"), "a factor 2 is missing in one term"
                    )
            yield Edit(_put(text, (node.args[0].end, node.end), ""), f"{_of(text, node.args[1])} is too much")


def _kinds(text: str, nodes: list[Node]) -> Iterator[Edit]:
    for node in nodes:
        at = (
            node.at
            if node.at[0] < node.at[1]
            else (node.args[0].end, node.args[1].start)
            if node.args
            else node.at
        )
        if node.kind == "mul":
            yield Edit(_put(text, at, ".*"), "this product is entry by entry")
        elif node.kind == "had":
            yield Edit(_put(text, at, "*"), "this product is not entry by entry")


def _inverses(text: str, nodes: list[Node]) -> Iterator[Edit]:
    for node in nodes:
        if node.kind == "call" and len(node.args) == 1 and node.text != "d":
            inside = _of(text, node.args[0])
            yield Edit(_put(text, node.span, f"({inside})"), f"{node.text} is too much")
        elif node.kind == "name":
            yield Edit(_put(text, node.span, f"inv({node.text})"), f"{node.text} has to be inverted")
    for node in nodes:
        if node.kind == "name":
            yield Edit(_put(text, node.span, f"{node.text}'*{node.text}"), f"a factor {node.text} is missing")


# ---- saying what the slip was


def sentence(slip: str, before: Expr | None) -> str:
    """What was wrong with a row, for a person; "" where an edit has no name."""
    if not slip.startswith("moved:"):
        return slip + "." if slip else ""
    _, factor, side = slip.split(":")
    bare = factor.rstrip("'").strip("()")
    if before is not None and factor.endswith("'"):
        was = _side_of(before, bare)
        if was == side:
            return f'Moving the {was} factor {bare} across ":" puts {factor} on the {side.upper()}.'
    return f"{factor} has to stand further to the {side}."


def _side_of(before: Expr, text: str) -> str:
    """On which side a factor stands in the part of a Frobenius product that holds the differential."""
    for node in below([before]):
        if node.op == "frob" and node.args[1].op == "mul":
            factors = node.args[1].args
            if str(factors[0]) == text:
                return "left"
            if str(factors[-1]) == text:
                return "right"
    return ""
