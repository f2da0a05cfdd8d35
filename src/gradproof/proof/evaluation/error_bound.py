"""How unlikely it is that a false identity passes: degrees of rational expressions.

Schwartz and Zippel: a polynomial of degree d that is not zero vanishes at a random point of a field of
p numbers with a chance of at most d/p. Values of unknown functions count as variables of their own; that
two different arguments look alike by chance is added for each pair of them. Points of other sizes say
nothing about the sizes of one: what is stated is the chance that an identity passes which fails at any
of the sizes tried. None means "no bound known".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod

from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.proof.evaluation.evaluator import Shared
from gradproof.proof.evaluation.fields.prime_field import PLAIN
from gradproof.proof.evaluation.sizes import Sizes
from gradproof.proof.evaluation.values import VALUES

Degree = tuple[int, int]  # of numerator and common denominator
_LIMIT = 1 << 40
_UNKNOWN = ("call", "map", "gradof")


def bound(
    roots: Iterable[Expr], unfold: Mapping[Expr, Expr], shared: Shared, sizes: Sequence[Sizes]
) -> str | None:
    """In words: chance of error < 2^-k for points of these sizes; None where no bound is known."""

    def largest(dim: Dim) -> int:
        return max(each.value(dim) for each in sizes)

    points = min(Counter(tuple(sorted(each.known.items())) for each in sizes).values())
    degrees: dict[Expr, Degree] = {}
    unknown = worst = total = 0
    for node in postorder(roots, unfold=unfold):
        meaning = unfold.get(node)
        found = degrees[meaning] if meaning is not None else _degree(node, degrees, shared, largest)
        if found is None or max(found) > _LIMIT:
            return None
        degrees[node] = found
        if node.op in _UNKNOWN:
            unknown, worst = unknown + 1, max([worst, *(sum(degrees[arg]) for arg in node.args)])
    for root in roots:
        total += sum(degrees[root])
    total += unknown * unknown * worst + 1
    bits = points * (PLAIN[0].bit_length() - 1 - total.bit_length())
    return f"chance of error < 2^-{bits} at the sizes tried" if bits > 0 else None


def _degree(
    node: Expr, degrees: Mapping[Expr, Degree], shared: Shared, largest: Callable[[Dim], int]
) -> Degree | None:
    parts = [degrees[arg] for arg in node.args]
    op = node.op
    if op == "name":
        if "integer" in str(node.data[1]):
            return None
        most = 2 * max(map(largest, node.axes), default=1)  # Cayley at worst
        return most, most
    if op in ("num", "size", "zeros", "eye", "ones"):
        return 0, 0
    if op in ("neg", "reshape"):
        return parts[0]
    if op == "add":
        below = sum(d for _, d in parts)
        return max((n + below - d for n, d in parts), default=0), below
    if op in ("div", "hdiv"):
        (n, d), (m, c) = parts
        entries = prod(map(largest, node.args[1].axes))
        return n + c * entries + m * (entries - 1), d + m * entries
    if op == "inv":
        (n, d), rows = parts[0], largest(node.axes[0])
        return (rows - 1) * n + d, rows * n
    if op == "det":
        rows = largest(node.args[0].axes[0])
        return parts[0][0] * rows, parts[0][1] * rows
    if op in _UNKNOWN:
        return 1, 0
    if op == "d":
        n, d = parts[0]
        return n + d + 1, 2 * d
    if op in VALUES or shared.wired(node) is None:
        return None
    return sum(n for n, _ in parts), sum(d for _, d in parts)
