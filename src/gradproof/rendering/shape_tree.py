"""The tree of an expression with the shape of every part.

A part whose arguments are all short is one line with its arguments beside it; nothing is computed
here but the drawing.
"""

from __future__ import annotations

from typing import NamedTuple

from gradproof.errors import LimitError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.rendering.formula.formula import formula, shape_text
from gradproof.rendering.formula.names import ascii_text

MOST_LINES = 2_000
_LEAVES = {"name", "num", "size", "pi", "ones", "zeros", "eye", "unit", "commutation"}
_SIGNS = {
    "add": "+", "neg": "−", "mul": "*", "had": ".*", "hdiv": "./", "div": "/", "pow": "^", "hpow": ".^",
    "frob": ":", "T": "'", "diagonal": "diag", "maximum": "max", "minimum": "min",
}  # fmt: skip
_BY_ROWS = {"softmax", "logsoftmax"}


class _Drawn(NamedTuple):
    label: str
    shape: str
    beside: str


def shape_tree(program: Program, ascii: bool = False) -> str:
    """One tree a statement, then the objective's; shapes in a column, short arguments beside them."""
    format = "ascii" if ascii else "text"
    drawn: list[_Drawn] = []
    for left, right in program.statements:
        drawn.extend(_tree(right, formula(left, format=format), format))
    drawn.extend(_tree(program.objective, program.label, format))
    labels = max(len(line.label) for line in drawn) + 4
    shapes = max(len(line.shape) for line in drawn) + 4
    lines = [
        "  " + (line.label.ljust(labels) + line.shape.ljust(shapes) + line.beside).rstrip() for line in drawn
    ]
    text = "\n".join(lines)
    return _ascii(text) if ascii else text


def _ascii(text: str) -> str:
    for sign, plain in (("├─", "|-"), ("└─", "`-"), ("│", "|")):
        text = text.replace(sign, plain)
    return ascii_text(text)


def _tree(root: Expr, title: str, format: str) -> list[_Drawn]:
    lines: list[_Drawn] = []
    stack = [(root, f"{title} = " if title else "", "")]
    while stack:
        e, first, rest = stack.pop()
        if len(lines) >= MOST_LINES:
            raise LimitError(f"the tree has more than {MOST_LINES} lines, the limit", code="GP732")
        label, beside, below = _node(e, format)
        lines.append(_Drawn(first + label, shape_text(e.axes, e.row, format), beside))
        for position, arg in enumerate(reversed(below)):
            branch, line = ("└─ ", "   ") if position == 0 else ("├─ ", "│  ")
            stack.append((arg, rest + branch, rest + line))
    return lines


def _node(e: Expr, format: str) -> tuple[str, str, tuple[Expr, ...]]:
    """The label of a node, its short arguments spelled, or the arguments to draw below it."""
    if _short(e):
        return formula(e, format="ascii"), "", ()
    if all(map(_short, e.args)):
        joint = " · " if format == "text" else "  "
        return _label(e), joint.join(_argument(arg, format) for arg in e.args), ()
    return _label(e), "", e.args


def _short(e: Expr) -> bool:
    """A leaf, a transposed leaf, or a scalar function of a leaf."""
    if e.op in _LEAVES:
        return True
    small = e.op in ("T", "neg") or (not e.axes and e.op not in ("call", "mul"))
    return small and len(e.args) == 1 and e.args[0].op in _LEAVES and (not e.args[0].axes or e.op == "T")


def _argument(e: Expr, format: str) -> str:
    text = formula(e, format=format)
    return f"{text} ({shape_text(e.axes, e.row, format)})" if e.axes or e.op == "name" else text


def _label(e: Expr) -> str:
    if e.op in ("call", "map", "slope", "gradof"):
        primes = e.data[1] if e.op == "map" and isinstance(e.data[1], int) else int(e.op == "slope")
        return f"{'∇' if e.op == 'gradof' else ''}{e.data[0]}{'′' * primes}"
    if e.op == "einsum":
        return f'einsum "{e.data[0]}"'
    by_rows = " (by rows)" if e.op in _BY_ROWS and len(e.axes) == 2 else ""
    return _SIGNS.get(e.op, e.op) + by_rows
