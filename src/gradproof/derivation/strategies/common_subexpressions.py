"""Give names to what a derivation would otherwise repeat: R in ‖X Wᵀ − T‖², Y in L(X Wᵀ).

The names are abbreviations within a derivation. Nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Iterable

from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.operators.blocks import CATS
from gradproof.operators.build import construct, name
from gradproof.operators.properties import number, symmetric
from gradproof.operators.table import OPERATORS
from gradproof.operators.wiring import wiring

_MATRICES = ("R", "M", "N", "Z", "U", "V", "E", "H", "K", "P", "Q")
_VECTORS = ("r", "u", "z", "v", "s", "t", "h", "q", "p")
_SCALARS = ("s", "t", "r", "c", "a", "b")


class Names:
    """Hands out names that nobody uses yet."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = set(taken)

    def fresh(self, wishes: Iterable[str]) -> str:
        """The first wish that is free, else the last with a number."""
        wish = ""
        for wish in wishes:
            if wish not in self.taken:
                self.taken.add(wish)
                return wish
        count = 1
        while f"{wish}{count}" in self.taken:
            count += 1
        self.taken.add(f"{wish}{count}")
        return f"{wish}{count}"

    def like(self, e: Expr, called: bool) -> Expr:
        """A fresh name with the shape of an expression; y or Y for what an unknown function takes."""
        pools: tuple[tuple[str, ...], ...] = (_SCALARS, _VECTORS, _MATRICES)
        if called:
            pools = (("y", *_SCALARS), ("y", *_VECTORS), ("Y", *_MATRICES))
        text = self.fresh(pools[min(len(e.axes), 2)])
        facts = ("symmetric",) if len(e.axes) == 2 and symmetric(e) else ()
        return name(text, e.axes, facts, row=e.row)


def taken_names(roots: Iterable[Expr]) -> set[str]:
    """Every text in use as a name, a size or an unknown function."""
    found: set[str] = set()
    for node in postorder(roots):
        if node.op in ("name", "size", "call", "map"):
            found.add(str(node.data[0]))
        for axis in node.axes:
            found.update(axis.symbols)
    return found


def _linear(e: Expr) -> bool:
    return e.op in ("add", "neg", *CATS) or wiring(e) is not None


def _small(e: Expr) -> bool:
    """Not worth a name: a name, a number, or one of these transposed, signed, scaled or
    next to a number: 1 - p."""
    if not e.args:
        return True
    if e.op in ("T", "neg", "slice"):
        return _small(e.args[0])
    if e.op == "add" and len(e.args) == 2 and any(number(arg) is not None for arg in e.args):
        return all(map(_small, e.args))
    return (
        e.op in ("mul", "div")
        and len(e.args) == 2
        and all(not a.args for a in e.args)
        and any(not a.axes for a in e.args)
    )


def _wanted(node: Expr) -> list[Expr]:
    """The arguments of a non-linear node that deserve names."""
    if node.op in ("slope", "d") or _linear(node):
        return []
    if node.op in ("div", "hdiv"):
        return [node.args[1]]
    if node.op in ("pow", "hpow"):
        return [] if node.args[0].op in ("norm2", "normF") else [node.args[0]]
    if node.op in OPERATORS or node.op in ("call", "map"):
        return list(node.args)
    return []


def hoist(
    body: Expr, active: set[Expr], names: Names, known: dict[Expr, Expr]
) -> tuple[Expr, list[tuple[Expr, Expr]]]:
    """`body` with names for the composite arguments of non-linear operators that depend on `active`.

    `known` maps expressions to the names they have already. Returns the new body and the new names
    with what they stand for, each in terms of those before it.
    """
    if body.op == "root":  # an equation is shown as it is
        return body, []
    varies: dict[Expr, bool] = {}
    done: dict[Expr, Expr] = {}
    made: list[tuple[Expr, Expr]] = []
    deserving = _deserving(body)
    called = {arg for node in postorder([body]) if node.op == "call" for arg in node.args}
    for node in postorder([body]):
        varies[node] = node in active or any(varies[arg] for arg in node.args)
        args = tuple(done[arg] for arg in node.args)
        new = node if args == node.args else construct(node, args)
        if node in deserving and varies[node] and node is not body and not _small(new):
            if new not in known:
                known[new] = names.like(new, node in called)
                made.append((known[new], new))
            new = known[new]
        done[node] = new
    return done[body], made


def _deserving(body: Expr) -> set[Expr]:
    """The parts that deserve names; an inverse gets one itself, so its argument needs none."""
    wanted = {arg for node in postorder([body]) for arg in _wanted(node)}
    inverses = {node for node in postorder([body]) if node.op == "inv" and node.axes}
    inverted = {node.args[0] for node in inverses}
    return (wanted - inverted) | {node for node in inverses if not _small(node.args[0])}
