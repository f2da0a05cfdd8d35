"""Matrix notation: X Wᵀ, G : dY, P ⊙ H, S⁻¹, ‖R‖², products side by side.

Decides every parenthesis of that notation, and nothing about signs or fonts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from fractions import Fraction

from gradproof.errors import LimitError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import count, fold, names
from gradproof.operators.aliases import SPELLINGS
from gradproof.operators.blocks import TRIANGLES
from gradproof.rendering.formula.boxes import Box, call, frac, infix, name, paren, row, sub, sym, terms, tight
from gradproof.rendering.formula.precedence import (
    ATOM,
    FRACTION,
    FROB,
    POWER,
    PRODUCT,
    SCALED,
    SIGN,
    SUM,
    WEDGE,
    Piece,
    factor,
    softly,
    wrap,
)

LARGEST = 20_000
SHORT_FRACTIONS = {Fraction(1, 2), Fraction(1, 4), Fraction(3, 4)}
Pieces = tuple[Piece, ...]


def matrix(e: Expr, taken: Collection[str] = ()) -> Piece:
    """The expression in matrix notation; `taken` are names used near it, so that `I` stays clear."""
    size = count(e)
    if size > LARGEST:
        raise LimitError(
            f"the expression has {size} parts written out; {LARGEST} can be shown. Name what repeats.",
            code="GP731",
        )
    clash = "I" in taken or any(one.data[0] == "I" for one in names(e))

    def visit(node: Expr, parts: Pieces) -> Piece:
        if node.op == "eye" and clash:
            return Piece(sub(sym("identity"), str(node.axes[0])), ATOM)
        return _FORMS.get(node.op, word)(node, parts)

    return fold(e, visit)


# ---- leaves


def _name(e: Expr, parts: Pieces) -> Piece:
    return Piece(name(str(e.data[0])), ATOM)


def number(e: Expr, parts: Pieces) -> Piece:
    """A number: 0.5 is the fraction ½, others as they are typed."""
    return Piece(Box("num", str(e.data[0])), ATOM)


def _symbol(key: str) -> Callable[[Expr, Pieces], Piece]:
    return lambda e, parts: Piece(sym(key), ATOM)


def _ones(e: Expr, parts: Pieces) -> Piece:
    if len(e.axes) == 1:
        return Piece(sym("one"), ATOM)
    if len(e.axes) == 2:
        return Piece(row(sym("one"), Box("mark", "T", (sym("one"),))), PRODUCT)
    return Piece(call(Box("word", "ones"), *(Box("literal", str(size)) for size in e.axes)), ATOM)


def _zeros(e: Expr, parts: Pieces) -> Piece:
    return Piece(Box("num", "0"), ATOM)


# ---- sums and products


def add(e: Expr, parts: Pieces) -> Piece:
    """A sum, with the signs of its terms."""
    return signed([(one.op == "neg", part) for one, part in zip(e.args, parts, strict=True)])


def signed(parts: list[tuple[bool, Piece]]) -> Piece:
    """Terms with their signs; a negative one is a box made by `negative`."""
    signs = "".join("-" if minus else "+" for minus, _ in parts)
    boxes = (part.box.parts[0] if minus else wrap(part, FROB) for minus, part in parts)
    return Piece(terms(signs, boxes), SUM)


def negative(part: Piece) -> Piece:
    """Minus a part."""
    return Piece(terms("-", (wrap(part, FROB),)), SIGN)


def _neg(e: Expr, parts: Pieces) -> Piece:
    return negative(parts[0])


def _frob(e: Expr, parts: Pieces) -> Piece:
    return Piece(infix("frob", wrap(parts[0], SCALED), wrap(parts[1], FRACTION)), FROB)


def _mul(e: Expr, parts: Pieces) -> Piece:
    return product(list(zip(e.args, parts, strict=True)))


def product(factors: list[tuple[Expr, Piece]]) -> Piece:
    """Factors side by side, with a dot where two numbers would run together."""
    boxes: list[Box] = []
    before: Expr | None = None
    lying, start = False, 0
    for e, piece in factors:
        if lying and before is not None and before.axes and not before.row and len(before.axes) == 1:
            boxes[start:] = [paren(row(*boxes[start:]))]  # (xᵀy) z: the number apart from what it scales
            lying, start = False, len(boxes)
        lying = lying or (e.row and len(boxes) == start)
        start += not e.axes and len(boxes) == start
        if before is not None and _digit(e) and (e.op == "num" or before.op == "num"):
            boxes.append(sym("dot"))
        boxes.append(factor(piece))
        before = e
    level = PRODUCT if sum(bool(e.axes) for e, _ in factors) > 1 else SCALED
    return Piece(row(*boxes), level)


def _digit(e: Expr) -> bool:
    inner = e.args[0] if e.op in ("T", "pow") else e
    return inner.op in ("num", "ones")


def _had(e: Expr, parts: Pieces) -> Piece:
    out, scalar = parts[0], not e.args[0].axes
    for arg, part in zip(e.args[1:], parts[1:], strict=True):
        if scalar or not arg.axes:
            out = Piece(row(factor(out), factor(part)), SCALED)
        elif out.box.kind == "infix" and out.box.text == "had" and out is not parts[0]:
            out = Piece(infix("had", *out.box.parts, wrap(part, POWER)), WEDGE)
        else:
            out = Piece(infix("had", wrap(out, SCALED), wrap(part, POWER)), WEDGE)
        scalar = scalar and not arg.axes
    return out


def _kron(e: Expr, parts: Pieces) -> Piece:
    return Piece(infix("kron", wrap(parts[0], POWER), wrap(parts[1], POWER)), WEDGE)


def _div(e: Expr, parts: Pieces) -> Piece:
    above, below = e.args
    if above.op == below.op == "num":
        assert isinstance(above.data[0], Fraction) and isinstance(below.data[0], Fraction)
        if below.data[0] and above.data[0] / below.data[0] in SHORT_FRACTIONS:
            return Piece(Box("num", str(above.data[0] / below.data[0])), ATOM)
    return quotient(parts[0], parts[1])


def quotient(above: Piece, below: Piece) -> Piece:
    """a/b."""
    floor = POWER if above.level == FRACTION else PRODUCT
    return Piece(frac(softly(above, floor), softly(below, POWER)), FRACTION)


def _hdiv(e: Expr, parts: Pieces) -> Piece:
    if not e.args[1].axes:
        return quotient(parts[0], parts[1])
    return Piece(infix("hdiv", wrap(parts[0], SCALED), wrap(parts[1], POWER)), WEDGE)


# ---- powers, transposes, inverses


def _pow(e: Expr, parts: Pieces) -> Piece:
    return raised("sup", e, parts)


def _hpow(e: Expr, parts: Pieces) -> Piece:
    return raised("osup" if e.axes else "sup", e, parts)


def raised(kind: str, e: Expr, parts: Pieces) -> Piece:
    """A power; the exponent stands in parentheses only where it is on the line."""
    base = wrap(parts[0], ATOM)
    up = e.args[1]
    minus = up.op == "neg" and up.args[0].op == "num"
    exponent = parts[1].box if minus and whole(up.args[0]) else softly(parts[1], ATOM)
    return Piece(Box(kind, "", (base, exponent)), POWER)


def whole(e: Expr) -> bool:
    """Whether a number is a whole one."""
    return isinstance(e.data[0], Fraction) and e.data[0].denominator == 1


def _transpose(e: Expr, parts: Pieces) -> Piece:
    inner = parts[0].box
    if inner.kind == "mark" and inner.text == "-1":
        return Piece(Box("mark", "-T", inner.parts), POWER)
    return Piece(Box("mark", "T", (wrap(parts[0], ATOM),)), POWER)


def _inv(e: Expr, parts: Pieces) -> Piece:
    if not e.axes:
        return quotient(Piece(Box("num", "1"), ATOM), parts[0])
    return Piece(Box("mark", "-1", (wrap(parts[0], ATOM),)), POWER)


# ---- functions


def word(e: Expr, parts: Pieces) -> Piece:
    """A function of the vocabulary by its name: tr(X)."""
    sizes = (Box("literal", str(size)) for size in e.data if isinstance(size, Dim))
    return Piece(call(Box("word", SPELLINGS.get(e.op, e.op)), *(part.box for part in parts), *sizes), ATOM)


def slope(e: Expr, parts: Pieces) -> Piece:
    """relu′(Z)."""
    return Piece(call(Box("word", f"{e.data[0]}′"), parts[0].box), ATOM)


def _map(e: Expr, parts: Pieces) -> Piece:
    return Piece(Box("call", ".", (mapped(e), parts[0].box)), ATOM)


def mapped(e: Expr) -> Box:
    """The name of an unknown function with its primes."""
    order = e.data[1]
    return name(f"{e.data[0]}" + "′" * (order if isinstance(order, int) else 0))


def _call(e: Expr, parts: Pieces) -> Piece:
    return Piece(call(name(str(e.data[0])), *(part.box for part in parts)), ATOM)


def _gradof(e: Expr, parts: Pieces) -> Piece:
    position = e.data[1]
    below = str(position + 1) if isinstance(position, int) and len(parts) > 1 else ""
    head = tight(sub(sym("nabla"), below), name(str(e.data[0])))
    return Piece(call(head, *(part.box for part in parts)), ATOM)


def _einsum(e: Expr, parts: Pieces) -> Piece:
    spec = Box("literal", f'"{e.data[0]}"')
    return Piece(call(Box("word", "einsum"), spec, *(part.box for part in parts)), ATOM)


def _reshape(e: Expr, parts: Pieces) -> Piece:
    sizes = (Box("literal", str(size)) for size in e.axes)
    return Piece(call(Box("word", "reshape"), parts[0].box, *sizes), ATOM)


def _index(e: Expr, parts: Pieces) -> Piece:
    """X[i,2:k]."""
    bounds = (Box("literal", ":".join(map(str, b)) if isinstance(b, tuple) else ":") for b in e.data)
    return Piece(Box("index", "", (wrap(parts[0], ATOM), *bounds)), POWER)


def _stack(e: Expr, parts: Pieces) -> Piece:
    """[A, B; C, D]: rows of equal length of a stack of rows are shown as one array."""
    boxes = [part.box for part in parts]
    if e.op == "hcat":
        return Piece(Box("grid", str(len(boxes)), boxes), ATOM)
    width = {box.text for box in boxes} if all(arg.op == "hcat" for arg in e.args) else set()
    if len(width) == 1:
        return Piece(Box("grid", width.pop(), [part for box in boxes for part in box.parts]), ATOM)
    return Piece(Box("grid", "1", boxes), ATOM)


def _unit(e: Expr, parts: Pieces) -> Piece:
    """e_i: its size is seen from what stands beside it."""
    place = e.data[0]
    text = str(place)
    return Piece(sub(name("e"), text), ATOM) if text.isalnum() else word_of("e", text, str(e.axes[0]))


def word_of(head: str, *texts: str) -> Piece:
    """A word with sizes in parentheses."""
    return Piece(call(Box("word", head), *(Box("literal", text) for text in texts)), ATOM)


def _triangle(e: Expr, parts: Pieces) -> Piece:
    k = e.data[0]
    extra = (Box("literal", str(k)),) if k else ()
    inner = parts[0].box
    if e.args[0].op == "ones":
        inner = call(Box("word", "ones"), *(Box("literal", str(size)) for size in e.axes))
    return Piece(call(Box("word", e.op), inner, *extra), ATOM)


def _commutation(e: Expr, parts: Pieces) -> Piece:
    m, n = map(str, e.data)
    return Piece(sub(name("K"), f"{m},{n}"), ATOM) if m.isalnum() and n.isalnum() else word_of(e.op, m, n)


def root(e: Expr, parts: Pieces) -> Piece:
    """√ of a scalar; of an array it would look like the matrix root, so that is spelled out."""
    return word(e, parts) if e.axes else Piece(Box("root", "", (softly(parts[0], ATOM),)), POWER)


def magnitude(e: Expr, parts: Pieces) -> Piece:
    """|a| of a scalar; of an array it would look like the determinant."""
    return word(e, parts) if e.axes else Piece(Box("fence", "abs", (parts[0].box,)), ATOM)


def _norm(below: str) -> Callable[[Expr, Pieces], Piece]:
    return lambda e, parts: Piece(sub(Box("fence", "norm", (parts[0].box,)), below), ATOM)


# ---- differentials and derivatives


def _d(e: Expr, parts: Pieces) -> Piece:
    box = parts[0].box
    return Piece(Box("diff", "", (box if e.args[0].op == "name" else paren(box),)), ATOM)


def objective(e: Expr, piece: Piece) -> Box:
    """What stands above ∂: an unknown function without its arguments, else what it is."""
    return name(str(e.data[0])) if e.op == "call" else wrap(piece, ATOM)


def _derivative(e: Expr, parts: Pieces) -> Piece:
    above, below = objective(e.args[0], parts[0]), wrap(parts[1], POWER)
    return Piece(frac(tight(sym("partial"), above), tight(sym("partial"), below)), FRACTION)


def _partial(e: Expr, parts: Pieces) -> Piece:
    inner, variable = e.args
    if inner.op != "derivative":
        return _derivative(e, parts)
    first = inner.args[1]
    above = name(str(inner.args[0].data[0])) if inner.args[0].op in ("name", "call") else None
    if above is None:
        return _derivative(e, parts)
    alone = inner.args[0].op != "call" or len(inner.args[0].args) == 1
    if first is variable and alone:
        return Piece(tight(Box("sup", "", (sym("nabla"), Box("num", "2"))), above), ATOM)
    second = Box("sup", "", (sym("partial"), Box("num", "2")))
    bottom = (sym("partial"), name(str(first.data[0])), sym("partial"), parts[1].box)
    return Piece(frac(tight(second, above), tight(*bottom)), FRACTION)


_FORMS: dict[str, Callable[[Expr, Pieces], Piece]] = {
    "name": _name, "num": number, "size": _name, "pi": _symbol("pi"), "ones": _ones, "zeros": _zeros,
    "eye": _symbol("identity"), "add": add, "neg": _neg, "frob": _frob, "mul": _mul, "had": _had,
    "kron": _kron, "div": _div, "hdiv": _hdiv, "pow": _pow, "hpow": _hpow, "T": _transpose, "inv": _inv,
    "slope": slope, "map": _map, "call": _call, "gradof": _gradof, "einsum": _einsum,
    "slice": _index, "hcat": _stack, "vcat": _stack, "unit": _unit, **dict.fromkeys(TRIANGLES, _triangle),
    "commutation": _commutation, "reshape": _reshape,
    "root": lambda e, parts: word(e, parts[:2]),
    "sqrt": root, "abs": magnitude, "norm2": _norm(""), "norm1": _norm("1"),
    "normF": _norm("F"), "d": _d, "derivative": _derivative, "partial": _partial,
}  # fmt: skip
