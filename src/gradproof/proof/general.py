"""The claim of which a claim is an instance: the parts that both sides share are any arrays.

In `C : dz = C : (A (s ⊙ du))` it does not matter what C is, however deep it goes. What is proved for every
array in its place is proved for this one, and for every layer of a net at once. A part is taken out only
where it stands as a value: outside differentials, and under linear operators, so that no kink of a
function around it is met at one place only. What the general claim leaves open, the claim itself decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder, rebuild
from gradproof.operators.build import construct, name
from gradproof.operators.substitution import unfold as written_out
from gradproof.operators.wiring import wiring

DERIVED = frozenset({"d", "partial"})
LARGE = 20  # nodes: a smaller claim is judged as it stands
PART = 4  # nodes: smaller parts stay, their names may matter


def general(before: Expr, after: Expr, unfold: Mapping[Expr, Expr]) -> tuple[Expr, Expr] | None:
    """A claim that implies before = after; None where it is small, or its sides share no large part.

    Where nothing is differentiated, names are written out first: what stands for a shared part is shared.
    """
    nodes = postorder((before, after))
    if len(nodes) <= LARGE:
        return None
    if unfold and not any(node.op in DERIVED for node in nodes):
        opened: dict[Expr, Expr] = {}
        before, after = (written_out(side, unfold, done=opened) for side in (before, after))
    parts = _maximal((before, after), _shared(before, after))
    if not parts:
        return None
    named = {part: name(f"part {k}", part.axes, row=part.row) for k, part in enumerate(parts)}
    kept = {node: node for node in postorder((before, after)) if node.op in DERIVED}
    return rebuild(before, {**kept, **named}, construct), rebuild(after, {**kept, **named}, construct)


def _outside(root: Expr) -> list[Expr]:
    """The nodes that are values: not below a differential."""
    return postorder([root], stop=lambda node: node.op in DERIVED)


def _shared(before: Expr, after: Expr) -> set[Expr]:
    """Large parts of both sides, without differentials, that stand under linear operators only."""
    left, right = _outside(before), _outside(after)
    weight: dict[Expr, int] = {}  # 0: with a differential
    curved: dict[Expr, None] = {}  # what operators are not linear in
    for node in dict.fromkeys((*left, *right)):
        if node.op in DERIVED:
            weight[node] = 0
            continue
        below = [weight[arg] for arg in node.args]
        weight[node] = 0 if 0 in below else 1 + sum(below)
        curved.update(dict.fromkeys(node.args[_free(node) :]))
    bound = set(postorder(curved))
    return {node for node in set(left) & set(right) if weight[node] >= PART and node not in bound}


def _free(node: Expr) -> int:
    """How many arguments, from the first, an operator is linear in."""
    if node.op in ("div", "hdiv"):
        return 1
    linear = node.op in ("add", "neg") or wiring(node) is not None
    return len(node.args) if linear else 0


def _maximal(roots: Iterable[Expr], among: set[Expr]) -> list[Expr]:
    """Those that are not only parts of others, from the left."""
    found = postorder(roots, stop=lambda node: node in among or node.op in DERIVED)
    return [node for node in found if node in among]
