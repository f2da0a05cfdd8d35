"""Matrix notation on an ASCII line: the language itself, as `str` spells it.

What only derivations write (gradients by name, entries by entries) gets an ASCII name of its own.
"""

from __future__ import annotations

from collections.abc import Collection

from gradproof.expressions.nodes import Expr, make
from gradproof.expressions.walk import postorder
from gradproof.operators.build import construct
from gradproof.rendering.formula.boxes import Box
from gradproof.rendering.formula.names import ascii_name
from gradproof.rendering.formula.precedence import ATOM, SUM, Piece

_ATOMS = {"name", "num", "size", "pi", "call", "d", "einsum", "reshape", "slope", "map", "eye", "ones"}
_SIGNED = {"add", "neg", "frob", "mul", "had", "hdiv", "div", "pow", "hpow", "T"}


def plain(e: Expr, taken: Collection[str] = ()) -> Piece:
    """The expression in the language, in ASCII."""
    text = ascii_name(str(_renamed(e)))
    if e.op in ("derivative", "partial"):
        return Piece(Box("literal", text[1:-1]), SUM)
    return Piece(Box("literal", text), SUM if e.op in _SIGNED else ATOM)


def _renamed(root: Expr) -> Expr:
    """The same expression with a name for each node that the language has no word for."""
    done: dict[Expr, Expr] = {}
    for node in postorder([root]):
        args = tuple(done[arg] for arg in node.args)
        label = _label(node, args)
        if label:
            done[node] = make("name", (), (label, ()), node.axes, node.row)
        else:
            done[node] = node if args == node.args else construct(node, args)
    return done[root]


def _label(node: Expr, args: tuple[Expr, ...]) -> str:
    if node.op in ("derivative", "partial"):
        above = node.args[0]
        text = str(above.data[0]) if above.op == "call" else str(args[0])
        simple = above.op in ("name", "call", "derivative", "partial")
        return f"(d{text if simple else f'({text})'}/d{args[1]})"
    if node.op == "gradof":
        position = node.data[1]
        index = f", {position + 1}" if isinstance(position, int) and len(args) > 1 else ""
        return f"grad({node.data[0]}{index})({', '.join(map(str, args))})"
    return ""
