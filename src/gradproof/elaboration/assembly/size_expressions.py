"""Size expressions, such as `n`, `m*p`, `n+1` or `3`, as sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from gradproof.errors import ParseError, ShapeError
from gradproof.expressions.dims import Dim, number, symbol
from gradproof.expressions.nodes import Expr
from gradproof.language.parse import parse
from gradproof.language.syntax.tree import Node, postorder

MAX_SIZE_POWER = 8
MAX_SIZE_TERMS = 100
Lookup = Callable[[str], Dim | None]


def free_symbol(name: str) -> Dim:
    """The meaning of a name in a size where nothing is known: itself."""
    return symbol(name)


def size_of(root: Node, lookup: Lookup, source: str) -> Dim:
    """A syntax tree as a size; raises ShapeError GP209 where it is none."""
    done: dict[Node, Dim] = {}
    for node in postorder(root):
        value = _one(node, [done[arg] for arg in node.args], lookup)
        if value is None or len(value.terms) > MAX_SIZE_TERMS:
            raise ShapeError(
                f'"{source[root.start : root.end]}" is not a size',
                code="GP209",
                span=root.span,
                source=source,
                facts=((node.span, "a size is a whole number, a size symbol, or a sum or product of sizes"),),
            )
        done[node] = value
    return done[root]


def _one(node: Node, parts: list[Dim], lookup: Lookup) -> Dim | None:
    if node.kind == "num":
        assert node.value is not None
        return number(int(node.value)) if node.value.denominator == 1 else None
    if node.kind in ("name", "end"):
        return lookup(node.text)
    if node.kind == "add":
        return parts[0] + parts[1]
    if node.kind == "sub":
        return parts[0] + number(-1) * parts[1]
    if node.kind == "mul":
        return parts[0] * parts[1]
    if node.kind == "div" and parts[1].number:
        return parts[0].over(parts[1].number)
    if node.kind == "neg":
        return number(-1) * parts[0]
    if node.kind == "pow":
        times = parts[1].number
        if times is None or not 0 <= times <= MAX_SIZE_POWER:
            return None
        out = number(1)
        for _ in range(times):
            out = out * parts[0]
        return out
    return None


def read_size(text: str | int | Dim) -> Dim:
    """A size from outside: "n", "m*p", 3."""
    if isinstance(text, Dim):
        return text
    if isinstance(text, int):
        if text < 0:
            raise ShapeError(f"a size is not negative, and this is {text}", code="GP209")
        return number(text)
    script = parse(text)
    if len(script.statements) != 1 or script.statements[0].name or script.where[0] != len(text):
        raise ParseError(f'"{text}" is not a size', code="GP209", source=text, span=(0, len(text)))
    size = size_of(script.statements[0].node, free_symbol, text)
    if size.number is not None and size.number < 0:
        raise ShapeError(f"a size is not negative, and this is {size}", code="GP209")
    return size


def as_size(e: Expr) -> Dim | None:
    """The size that a scalar expression stands for, or None: the way back from `build.size`."""
    done: dict[Expr, Dim] = {}
    stack = [e]
    while stack:
        node = stack[-1]
        todo = [arg for arg in node.args if arg not in done]
        if todo:
            stack.extend(todo)
            continue
        value = _scalar(node, [done[arg] for arg in node.args])
        if value is None:
            return None
        done[stack.pop()] = value
    return done[e]


def _scalar(node: Expr, parts: list[Dim]) -> Dim | None:
    if node.op == "size":
        return symbol(str(node.data[0]))
    if node.op == "num":
        return number(node.data[0]) if isinstance(node.data[0], Fraction) else None
    if node.op not in ("add", "mul", "neg"):
        return None
    out = number(-1) * parts[0] if node.op == "neg" else parts[0]
    for part in parts[1:]:
        out = out + part if node.op == "add" else out * part
    return out


def substitute(axes: tuple[Dim, ...], known: Mapping[str, Dim]) -> tuple[Dim, ...]:
    """Axes with some size symbols replaced."""
    return tuple(size.substitute(known) for size in axes) if known else axes
