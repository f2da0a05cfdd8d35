"""An expression in the language, so that it parses back to the same node.

This is the plain spelling that `str` gives. Pretty notations are made in `rendering`.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from fractions import Fraction
from typing import Protocol, Self

from gradproof.expressions.dims import Dim
from gradproof.language.syntax.precedence import ATOM, FROBENIUS, POSTFIX, POWER, PRODUCT, SIGN, SUM

INFIX = {"mul": "*", "had": ".*", "hdiv": "./", "div": "/"}
# Two operators that share a spelling because their arguments tell them apart.
SPELLING = {"diagonal": "diag", "maximum": "max", "minimum": "min", "normF": "normF", "normp": "norm"}


class Tree(Protocol):
    """What the spelling asks of an expression (`nodes.Expr`)."""

    @property
    def op(self) -> str:
        """The operator's name."""

    @property
    def args(self) -> Sequence[Self]:
        """Its arguments."""

    @property
    def data(self) -> tuple[Hashable, ...]:
        """What it holds besides."""

    @property
    def axes(self) -> tuple[Dim, ...]:
        """The sizes of its axes."""

    @property
    def row(self) -> bool:
        """Whether it lies down."""


def decimal(value: Fraction) -> str:
    """A number whose decimal expansion ends, written out; raises ValueError for any other."""
    if value.denominator == 1:
        return str(value.numerator)
    places, power = 0, 1
    while power % value.denominator:
        places, power = places + 1, power * 10
        if places > 400:
            raise ValueError(f"{value} has no finite decimal expansion")
    digits = str(value.numerator * (power // value.denominator)).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}"


def unparse(root: Tree) -> str:
    """The text of an expression in the language of DESIGN.md 2 (ASCII)."""
    done: dict[Tree, tuple[str, int]] = {}
    stack = [root]
    while stack:
        node = stack[-1]
        todo = [arg for arg in node.args if arg not in done]
        if todo:
            stack.extend(todo)
            continue
        stack.pop()
        if node not in done:
            done[node] = _spell(node, [done[arg] for arg in node.args])
    return done[root][0]


def _wrap(part: tuple[str, int], floor: int) -> str:
    text, power = part
    return text if power >= floor else f"({text})"


def _spell(node: Tree, parts: list[tuple[str, int]]) -> tuple[str, int]:
    op = node.op
    if op == "name":
        return str(node.data[0]), ATOM
    if op == "num":
        value = node.data[0]
        assert isinstance(value, Fraction)
        return decimal(value), ATOM
    if op == "size":
        return str(node.data[0]), ATOM
    if op == "add":
        return _sum(node, parts), SUM
    if op == "neg":
        return "-" + _wrap(parts[0], PRODUCT), SIGN if parts[0][1] >= SIGN else PRODUCT
    if op == "frob":
        return f"{_wrap(parts[0], FROBENIUS)}:{_wrap(parts[1], PRODUCT)}", FROBENIUS
    if op in INFIX:
        return _product(node, parts), PRODUCT
    if op in ("pow", "hpow"):
        return _power(node, parts), POWER
    if op == "T":
        return _wrap(parts[0], POSTFIX) + "'", POSTFIX
    if op == "slice":
        return f"{_wrap(parts[0], POSTFIX)}[{','.join(map(_bound, node.data))}]", POSTFIX
    return _call(node, [text for text, _ in parts]), ATOM


def _sum(node: Tree, parts: list[tuple[str, int]]) -> str:
    out = ""
    for index, (arg, part) in enumerate(zip(node.args, parts, strict=True)):
        minus = arg.op == "neg" and part[0].startswith("-")
        if index == 0:
            out = _wrap(part, FROBENIUS)
        elif minus:
            out += " - " + part[0][1:]
        else:
            out += " + " + _wrap(part, FROBENIUS)
    return out


def _product(node: Tree, parts: list[tuple[str, int]]) -> str:
    sign = INFIX[node.op]
    elementwise = node.op in ("had", "hdiv")
    scalar = scalar_start(node)
    out = ""
    for index, (arg, part) in enumerate(zip(node.args, parts, strict=True)):
        mixed = arg.op in INFIX and elementwise != (arg.op in ("had", "hdiv"))
        text = _wrap(part, ATOM if mixed else PRODUCT if index == 0 else SIGN)
        digit = index and sign[0] == "." and out[-1].isdigit()  # "1./x" would read 1. / x
        sign_here = f" {sign} " if digit else sign
        out = text if index == 0 else out + sign_here + text
        if index + 1 == scalar:
            out = f"({out})"
    return out


def scalar_start(node: Tree) -> int:
    """How many leading factors of a product make an inner product that scales the others, or 0.

    (x'*A*x)*y is the same node as x'*A*x*y; the parentheses help the reader.
    """
    if node.op != "mul":
        return 0
    row = False
    for index, arg in enumerate(node.args[:-1]):
        if len(arg.axes) == 1 and row and not arg.row:
            return index + 1
        if arg.axes:
            row = arg.row or (row and len(arg.axes) == 2)
            if not row:
                return 0
    return 0


def _power(node: Tree, parts: list[tuple[str, int]]) -> str:
    sign = "^" if node.op == "pow" else ".^"
    base, exponent = _wrap(parts[0], POSTFIX), parts[1]
    if sign[0] == "." and base[-1].isdigit():
        sign = f" {sign}"
    if node.args[1].op == "neg" and node.args[1].args[0].op in ("num", "name", "size"):
        return base + sign + exponent[0]
    return base + sign + _wrap(exponent, POSTFIX)


def _bound(bound: object) -> str:
    """A part of an index: i, first:last or a colon."""
    return ":".join(map(str, bound)) if isinstance(bound, tuple) else ":"


def _call(node: Tree, texts: list[str]) -> str:
    op, data = node.op, node.data
    if op == "unit":
        return f"e({data[0]}, {node.axes[0]})"
    if op in ("triu", "tril", "halftriu", "halftril"):
        return f"{op}({', '.join([*texts, *(str(k) for k in data if k)])})"
    if op == "commutation":
        return f"commutation({data[0]}, {data[1]})"
    if op == "einsum":
        return f'einsum("{data[0]}", {", ".join(texts)})'
    if op in ("ones", "zeros", "reshape"):
        return f"{op}({', '.join([*texts, *map(str, node.axes)])})"
    if op == "eye":
        return f"eye({node.axes[0]})"
    if op == "root":  # what else it holds says how it is solved
        return f"root({texts[0]}, {texts[1]})"
    if op == "slope":
        return f"{data[0]}'({texts[0]})"
    if op == "map":
        primes = "'" * data[1] if isinstance(data[1], int) else ""
        return f"{data[0]}{primes}.({texts[0]})"
    if op == "call":
        return f"{data[0]}({', '.join(texts)})"
    if op == "d" and node.args[0].op == "name":
        return f"d{texts[0]}"
    texts = [*texts, *(str(size) for size in data if isinstance(size, Dim))]
    return f"{SPELLING.get(op, op)}({', '.join(texts)})" if texts else op
