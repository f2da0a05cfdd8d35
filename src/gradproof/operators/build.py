"""Shape-checked constructors of nodes.

They flatten sums and products that are nested on the left (which is how people write them), take
a leading sign out of a product (`-A*B` is -(A*B)), and otherwise leave what was written alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from gradproof.errors import ShapeError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Axes, Expr, make
from gradproof.operators.signature import Binding, bind
from gradproof.operators.table import OPERATORS


def spell(e: Expr) -> str:
    """The shape in words: scalar, n-vector, row n-vector, m×n."""
    if not e.axes:
        return "scalar"
    if len(e.axes) == 1:
        return f"row {e.axes[0]}-vector" if e.row else f"{e.axes[0]}-vector"
    return "×".join(str(size) for size in e.axes)


# ---- leaves


def name(text: str, axes: Axes = (), props: Iterable[str] = (), row: bool = False) -> Expr:
    """A named array with the properties declared for it ("symmetric", "spd", "positive", …)."""
    return make("name", (), (text, tuple(sorted(props))), axes, row)


def num(value: Fraction | int) -> Expr:
    """A number; one whose decimal expansion does not end is a quotient, 1/3."""
    value = Fraction(value)
    if value < 0:
        return neg(num(-value))
    below = value.denominator
    for prime in (2, 5):
        while below % prime == 0:
            below //= prime
    if below > 1:
        return div(
            make("num", (), (Fraction(value.numerator),)), make("num", (), (Fraction(value.denominator),))
        )
    return make("num", (), (value,))


def size(dim: Dim) -> Expr:
    """A size as a scalar expression."""
    terms: list[Expr] = []
    for monomial, coefficient in dim.terms:
        factors = [make("size", (), (letter,)) for letter in monomial]
        if abs(coefficient) != 1 or not factors:
            factors.insert(0, num(abs(coefficient)))
        term = mul(*factors)
        terms.append(neg(term) if coefficient < 0 else term)
    return add(*terms) if terms else num(0)


def ones(*axes: Dim) -> Expr:
    """All ones: a vector or a matrix."""
    return make("ones", (), (), axes)


def zeros(*axes: Dim, row: bool = False) -> Expr:
    """All zeros; `zeros()` is the number 0."""
    return make("zeros", (), (), axes, row) if axes else num(0)


def eye(dim: Dim) -> Expr:
    """The identity matrix."""
    return make("eye", (), (), (dim, dim))


# ---- sums


def add(*terms: Expr) -> Expr:
    """A sum. Terms have one shape; scalars among larger terms are added to every entry."""
    flat: list[Expr] = []
    for index, term in enumerate(terms):
        flat.extend(term.args if term.op == "add" and index == 0 else (term,))
    if len(flat) == 1:
        return flat[0]
    shapes = {(term.axes, term.row) for term in flat if term.axes}
    if len(shapes) > 1:
        said = " and ".join(sorted({spell(term) for term in flat if term.axes}))
        raise ShapeError(f"these terms cannot be added: {said}", code="GP202")
    axes, row = next(iter(shapes)) if shapes else ((), False)
    return make("add", tuple(flat), (), axes, row)


def neg(e: Expr) -> Expr:
    """Minus e."""
    return make("neg", (e,), (), e.axes, e.row)


# ---- products


def _signed(op: str, first: Expr, *rest: Expr) -> Expr:
    if first.op == "neg":
        return neg(_signed(op, first.args[0], *rest))
    return apply(op, first, *rest)


def mul(*factors: Expr) -> Expr:
    """The product, from left to right."""
    out = factors[0]
    for factor in factors[1:]:
        out = _signed("mul", out, factor)
    return out


def had(*factors: Expr) -> Expr:
    """The elementwise product, from left to right."""
    out = factors[0]
    for factor in factors[1:]:
        out = _signed("had", out, factor)
    return out


def frob(a: Expr, b: Expr) -> Expr:
    """A:B, the sum of the products of the entries."""
    return _signed("frob", a, b)


def div(a: Expr, s: Expr) -> Expr:
    """a/s for a scalar s."""
    if a.op == "neg":
        return neg(div(a.args[0], s))
    if s.axes:
        raise ShapeError(f"/ divides by a scalar, and this is {spell(s)}", code="GP207")
    return make("div", (a, s), (), a.axes, a.row)


def hdiv(a: Expr, b: Expr) -> Expr:
    """a ./ b, entry by entry; either may be a scalar."""
    if a.op == "neg":
        return neg(hdiv(a.args[0], b))
    return _entrywise("hdiv", a, b)


def hpow(a: Expr, b: Expr) -> Expr:
    """a .^ b, entry by entry; either may be a scalar."""
    return _entrywise("hpow", a, b)


def _entrywise(op: str, a: Expr, b: Expr) -> Expr:
    whole = a if a.axes else b
    if a.axes and b.axes and (a.axes != b.axes or a.row != b.row):
        raise ShapeError(f"{spell(a)} and {spell(b)} do not match entry by entry", code="GP202")
    return make(op, (a, b), (), whole.axes, whole.row)


def power(a: Expr, p: Expr) -> Expr:
    """a^p for a scalar a, or a square matrix a; a^-1 of a matrix is inv(a)."""
    if p.axes:
        raise ShapeError(f"an exponent is a scalar, and this is {spell(p)}", code="GP204")
    if a.axes and (len(a.axes) != 2 or a.axes[0] is not a.axes[1]):
        raise ShapeError(f"only a square matrix has a power, and this is {spell(a)}", code="GP204")
    half = num(Fraction(1, 2))
    if a.axes and p is neg(num(1)):
        return apply("inv", a)
    if a.axes and (p is half or (p.op == "div" and p.args == (num(1), num(2)))):
        return apply("sqrtm", a)
    if a.axes and p is neg(half):
        return apply("inv", apply("sqrtm", a))
    return make("pow", (a, p), (), a.axes)


def T(e: Expr) -> Expr:
    """The transpose."""
    return apply("T", e)


# ---- words of the table


def binding(op: str, args: tuple[Expr, ...]) -> Binding | None:
    """The first signature of an operator that fits the arguments."""
    for text in OPERATORS[op].signatures:
        found = bind(text, args)
        if found is not None:
            return found
    return None


def apply(op: str, *args: Expr) -> Expr:
    """An operator of the table, applied; products nested on the left become one node."""
    found = binding(op, args)
    if found is None:
        said = " and ".join(spell(arg) for arg in args)
        raise ShapeError(f"{op} does not take {said}", code="GP208")
    if op in ("mul", "had") and args[0].op == op:
        args = (*args[0].args, *args[1:])
    return make(op, args, (), found.axes, found.row)


def einsum(spec: str, *args: Expr) -> Expr:
    """An index sum, with NumPy's notation: einsum("ij,jk->ik", A, B) is A*B."""
    inputs, _, output = spec.partition("->")
    sizes: dict[str, Dim] = {}
    groups = inputs.split(",")
    if len(groups) != len(args):
        raise ShapeError(f'einsum("{spec}") takes {len(groups)} arrays, not {len(args)}', code="GP206")
    for letters, arg in zip(groups, args, strict=True):
        if len(letters) != len(arg.axes):
            raise ShapeError(
                f'"{letters}" needs {len(letters)} axes, and {arg} is {spell(arg)}', code="GP206"
            )
        for letter, dim in zip(letters, arg.axes, strict=True):
            if sizes.setdefault(letter, dim) is not dim:
                raise ShapeError(
                    f"einsum sizes disagree: {letter} is {sizes[letter]} and {dim}", code="GP206"
                )
    return make("einsum", args, (spec,), tuple(sizes[letter] for letter in output))


def reshape(e: Expr, *axes: Dim) -> Expr:
    """The same entries, columns first, with other axes: reshape(vec(X), m, n) is X."""
    return make("reshape", (e,), (), axes)


# ---- what is unknown, and what only derivations write


def call(function: str, *args: Expr, axes: Axes = ()) -> Expr:
    """An unknown function of arrays: a scalar L(Y), a vector g(x), a matrix K(t)."""
    return make("call", args, (function,), axes)


def fmap(function: str, e: Expr, order: int = 0) -> Expr:
    """An unknown function, entry by entry: f.(X), or its slope f'.(X)."""
    return make("map", (e,), (function, order), e.axes, e.row)


def slope(op: str, e: Expr) -> Expr:
    """The slope of a word of the table as a word of its own: relu'(X), max'(X)."""
    return make("slope", (e,), (op,), e.axes, e.row)


def d(e: Expr) -> Expr:
    """The differential of e."""
    return make("d", (e,), (), e.axes, e.row)


def partial(e: Expr, variable: Expr) -> Expr:
    """All derivatives of the entries of e by those of a name: axes of e, then of the name."""
    return make("partial", (e, variable), (), (*e.axes, *variable.axes))


PI = make("pi")


def construct(node: Expr, args: tuple[Expr, ...]) -> Expr:
    """`node` with other arguments of the same shapes (for `expressions.walk.rebuild`)."""
    op = node.op
    if op in ("mul", "had", "add"):
        return {"mul": mul, "had": had, "add": add}[op](*args)
    if op in ("frob", "div", "hdiv"):
        return {"frob": frob, "div": div, "hdiv": hdiv}[op](*args)
    return make(op, args, node.data, node.axes, node.row)


def gradient_of(function: str, position: int, *args: Expr) -> Expr:
    """The gradient of an unknown function by one of its arguments, at the arguments: shape of that."""
    return make("gradof", args, (function, position), args[position].axes, args[position].row)


def derivative_of(e: Expr, position: int) -> Expr:
    """All derivatives of an unknown function, or of such derivatives, by one more argument.

    Axes of the value, then those of the arguments in rising order of their positions: the order of
    differentiation does not matter.
    """
    if e.op == "call" and not e.axes:
        return gradient_of(str(e.data[0]), position, *e.args)
    before = positions(e)
    value = e.axes[: len(e.axes) - sum(len(e.args[p].axes) for p in before)]
    order = tuple(sorted((*before, position)))
    axes = (*value, *(axis for p in order for axis in e.args[p].axes))
    row = not value and len(axes) == 1 and all(e.args[p].row for p in order if e.args[p].axes)
    return make("gradof", e.args, (e.data[0], *order), axes, row)


def fits_unknown(args: tuple[Expr, ...], data: tuple[object, ...], axes: Axes, row: bool) -> bool:
    """Whether an unknown function with such data, or a derivative of it, may have such axes: those of the
    value are free, those of the arguments that it was differentiated by follow."""
    by = [p for p in data[1:] if isinstance(p, int)]
    if not args or by != sorted(by) or any(p >= len(args) for p in by):
        return False
    below = tuple(axis for p in by for axis in args[p].axes)
    made = call(str(data[0]), *args, axes=axes[: len(axes) - len(below)])
    for p in by:
        made = derivative_of(made, p)
    return made.axes == axes and made.row == row


def positions(e: Expr) -> tuple[int, ...]:
    """By which arguments an unknown function was differentiated."""
    return tuple(p for p in e.data[1:] if isinstance(p, int))


def derivative(objective: Expr, variable: Expr) -> Expr:
    """The symbol ∂f/∂W for a left-hand side: the gradient of one name by another."""
    return make("derivative", (objective, variable), (), variable.axes, variable.row)
