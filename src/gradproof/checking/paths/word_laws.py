"""Laws of numbers, quotients and words, continued: what a word stands for, where a scalar may stand."""

from __future__ import annotations

from fractions import Fraction

from gradproof.checking.diagnosis.slips import remade
from gradproof.checking.paths.algebra_laws import Law, Rewritten
from gradproof.expressions.nodes import Expr
from gradproof.operators import build
from gradproof.operators.build import T, apply, div, had, hdiv, hpow, mul, neg, num, ones
from gradproof.proof.semantics.definitions import DEFINITIONS


def _number(e: Expr) -> Fraction | None:
    value = e.data[0] if e.op == "num" else None
    return value if isinstance(value, Fraction) else None


def _numbers(e: Expr) -> Rewritten:
    """2*3*A = 6*A, 1*A = A, 2*A/4 = A/2, 0.5*A = A/2."""
    if e.op == "mul":
        found = [(k, n) for k, arg in enumerate(e.args) if (n := _number(arg)) is not None]
        rest = [arg for arg in e.args if _number(arg) is None]
        total = Fraction(1)
        for _, n in found:
            total *= n
        if found and rest and (len(found) > 1 or total == 1 or total.denominator > 1 or found[0][0] > 0):
            yield _multiple(total, mul(*rest))
    if e.op == "div" and (below := _number(e.args[1])):
        top, n = _split(e.args[0])
        ratio = n / below
        if n != 1 and (ratio.denominator != below or ratio.numerator != n):
            yield _multiple(ratio, top)
        elif below == 1:
            yield e.args[0]


def _split(e: Expr) -> tuple[Expr, Fraction]:
    """A product without the number in front, and the number."""
    n = _number(e.args[0]) if e.op == "mul" else None
    return (mul(*e.args[1:]), n) if n is not None else (e, Fraction(1))


def _multiple(n: Fraction, e: Expr) -> Expr:
    top = e if n.numerator == 1 else mul(num(n.numerator), e)
    return top if n.denominator == 1 else div(top, num(n.denominator))


def _quotients(e: Expr) -> Rewritten:
    """A*(B/s) = A*B/s, (A/s)/t = A/(s*t), A*(c/s) = c*A/s."""
    if e.op in ("mul", "T", "tr", "sum", "rowsum", "colsum", "diag", "frob"):
        for k, arg in enumerate(e.args):
            if arg.op == "div":
                yield div(remade(e, (*e.args[:k], arg.args[0], *e.args[k + 1 :])), arg.args[1])
    if e.op == "had":
        for k, arg in enumerate(e.args):
            if arg.op == "div" and arg.axes:
                yield div(remade(e, (*e.args[:k], arg.args[0], *e.args[k + 1 :])), arg.args[1])
    if e.op == "neg" and e.args[0].op == "div":
        yield div(neg(e.args[0].args[0]), e.args[0].args[1])
    if e.op == "div" and e.args[0].op == "neg":
        return
    if e.op == "div" and e.args[0].op == "div":
        yield div(e.args[0].args[0], mul(e.args[0].args[1], e.args[1]))
    if e.op == "hdiv" and not e.args[1].axes:
        yield div(e.args[0], e.args[1])


def _multiples(e: Expr) -> Rewritten:
    """s .* A = s*A for a scalar s; a .* a = a.^2."""
    if e.op != "had":
        return
    scalars, arrays = [a for a in e.args if not a.axes], [a for a in e.args if a.axes]
    if scalars and arrays:
        yield mul(*scalars, had(*arrays) if len(arrays) > 1 else arrays[0])
    longer = [arg for arg in arrays if arg.op != "ones"]
    if not scalars and 0 < len(longer) < len(arrays):
        yield had(*longer) if len(longer) > 1 else longer[0]
    for k, arg in enumerate(arrays if not scalars else []):
        if arg in arrays[:k]:
            rest = list(arrays)
            del rest[k]
            rest[arrays.index(arg)] = hpow(arg, num(2))
            yield had(*rest) if len(rest) > 1 else rest[0]


def _outside(e: Expr) -> Rewritten:
    """A .* (s*B) = s*(A .* B); (s*a)*b' = s*a*b' is "associate"."""
    if e.op in ("had", "hdiv", "diag", "rowsum", "colsum", "sum", "tr", "T"):
        for k, arg in enumerate(e.args[:1] if e.op == "hdiv" else e.args):
            if arg.op == "mul" and not arg.args[0].axes and arg.axes:
                inner = _product(list(arg.args[1:]))
                yield mul(arg.args[0], remade(e, (*e.args[:k], inner, *e.args[k + 1 :])))


def _number_inside(e: Expr) -> Rewritten:
    """(2*x'*y)*A = 2*(x'*y)*A."""
    if e.op == "mul":
        for k, arg in enumerate(e.args):
            if arg.op == "mul" and not arg.axes and _number(arg.args[0]) is not None:
                yield mul(arg.args[0], *e.args[:k], _product(list(arg.args[1:])), *e.args[k + 1 :])


def _inner(e: Expr) -> Rewritten:
    """A row times a column within a product is a number: x*x'*y = (x'*y)*x; 1'*1 = n."""
    if e.op != "mul":
        return
    for k, arg in enumerate(e.args):
        if arg.op == "T" and len(arg.args[0].axes) == 1:
            for last in range(k + 1, len(e.args)):
                if len(e.args[last].axes) == 1 and not e.args[last].row:
                    inner = mul(*e.args[k : last + 1])
                    rest = [*e.args[:k], *e.args[last + 1 :]]
                    if last == k + 1 and arg.args[0] is e.args[last] and arg.args[0].op == "ones":
                        inner = build.size(arg.args[0].axes[0])
                    if not inner.axes and (rest or inner.op != "mul"):
                        yield mul(inner, *rest) if rest else inner
                    break


def _powers(e: Expr) -> Rewritten:
    """s*s = s^2, s*s^2 = s^3, (s^2)^3 = s^6, sqrt(s^2) of a norm; X^2 = X*X."""
    if e.op == "mul":
        found: dict[Expr, Fraction] = {}
        for arg in e.args:
            if not arg.axes and _number(arg) is None:
                base, n = _base(arg)
                found[base] = found.get(base, Fraction(0)) + n
        scalars = [arg for arg in e.args if not arg.axes and _number(arg) is None]
        if len(found) < len(scalars):
            rest = [arg for arg in e.args if arg.axes or _number(arg) is not None]
            yield _product([*(_raised(base, n) for base, n in found.items() if n), *rest])
    if e.op == "pow" and not e.axes and e.args[0].op == "pow":
        base, n = _base(e)
        yield _raised(base, n)
    if e.op == "sqrt" and e.args[0].op == "pow" and e.args[0].args[0].op == "norm2":
        base, n = _base(e.args[0])
        yield _raised(base, n / 2)
    times = _number(e.args[1]) if e.op == "pow" and len(e.axes) == 2 else None
    if times is not None and times in (2, 3, 4):
        yield mul(*[e.args[0]] * int(times))


def _base(e: Expr) -> tuple[Expr, Fraction]:
    """A power of a scalar as its base and exponent."""
    if e.op == "pow" and not e.axes:
        exponent = e.args[1]
        sign, bare = (-1, exponent.args[0]) if exponent.op == "neg" else (1, exponent)
        n = _number(bare)
        if n is None and bare.op == "div":
            above, below = _number(bare.args[0]), _number(bare.args[1])
            n = above / below if above is not None and below else None
        if n is not None and (n.denominator == 1 or e.args[0].op == "norm2" or _base(e.args[0])[1] == 2):
            base, inner = _base(e.args[0])
            return base, inner * n * sign
    return e, Fraction(1)


def _raised(base: Expr, n: Fraction) -> Expr:
    if n == 1:
        return base
    return div(num(1), _raised(base, -n)) if n < 0 else build.power(base, num(n))


def _squares(e: Expr) -> Rewritten:
    """x'*x = ‖x‖^2."""
    square = e.op == "mul" and len(e.args) == 2 and not e.axes and e.args[0] is T(e.args[1])
    if square and e.args[1].op != "ones":
        yield build.power(apply("norm2", e.args[1]), num(2))


def _cancelled(e: Expr) -> Rewritten:
    """s*A/s = A, s^3*A/s = s^2*A."""
    if e.op != "div":
        return
    above = list(e.args[0].args) if e.args[0].op == "mul" else [e.args[0]]
    below = list(e.args[1].args) if e.args[1].op == "mul" else [e.args[1]]
    for k, top in enumerate(above):
        for m, under in enumerate(below):
            (base, up), (other, down) = _base(top), _base(under)
            if base is other and not base.axes and _number(base) is None:
                left = [*above[:k], *above[k + 1 :]]
                right = [*below[:m], *below[m + 1 :]]
                if up > down:
                    left.insert(0, _raised(base, up - down))
                if down > up:
                    right.append(_raised(base, down - up))
                made = _product(left) if left else num(1)
                yield div(made, _product(right)) if right else made


def _quotients_apart(e: Expr) -> Rewritten:
    """a./b = a.*(1./b)."""
    if e.op == "hdiv" and e.args[1].axes and _number(e.args[0]) is None:
        yield hdiv(num(1), e.args[1]) if e.args[0].op == "ones" else had(e.args[0], hdiv(num(1), e.args[1]))


def _pairings(e: Expr) -> Rewritten:
    """sum(A.*B) = A:B = vec(A)'*vec(B); a:b = a'*b; 1 everywhere is 1*1'."""
    if e.op == "frob" and len(e.args[0].axes) == 1 and not e.args[0].row:
        yield mul(T(e.args[0]), e.args[1])
    if e.op == "sum" and e.args[0].op == "had" and len(e.args[0].axes) == 2:
        a, *rest = e.args[0].args
        yield build.frob(a, had(*rest) if len(rest) > 1 else rest[0])
    two = e.op == "mul" and len(e.args) == 2 and e.args[0].op == "T" and e.args[1].op == "vec"
    if two and e.args[0].args[0].op == "vec":
        yield build.frob(e.args[0].args[0].args[0], e.args[1].args[0])
    if e.op == "ones" and len(e.axes) == 2:
        yield mul(ones(e.axes[0]), T(ones(e.axes[1])))
    if e.op == "einsum" and len(e.args) == 1:
        left, _, right = str(e.data[0]).partition("->")
        made = {("ij", "i"): "rowsum", ("ij", "j"): "colsum", ("i", ""): "sum", ("ij", ""): "sum"}
        order = {x: "ij"[k] for k, x in enumerate(left)} if len(set(left)) == len(left) <= 2 else {}
        word = made.get(("".join(order.values()), "".join(order.get(x, "?") for x in right)))
        if word is not None:
            yield apply(word, e.args[0])


def _broadcast(e: Expr) -> Rewritten:
    """A + 1 means A + 1 in every entry."""
    if e.op == "add" and e.axes and not e.row:
        for k, arg in enumerate(e.args):
            if not arg.axes:
                minus, inner = (True, arg.args[0]) if arg.op == "neg" else (False, arg)
                full = ones(*e.axes) if _number(inner) == 1 else mul(inner, ones(*e.axes))
                yield remade(e, (*e.args[:k], neg(full) if minus else full, *e.args[k + 1 :]))


def _diagonals(e: Expr) -> Rewritten:
    """diag(a)*b = a.*b; (a*1').*M = diag(a)*M."""
    if e.op == "mul":
        for k in range(len(e.args) - 1):
            a, b = e.args[k], e.args[k + 1]
            if a.op == "diag" and len(b.axes) == 1 and not b.row:
                yield _product([*e.args[:k], had(a.args[0], b), *e.args[k + 2 :]])
            if a.op == "diag" and b.op == "diag":
                both = apply("diag", had(a.args[0], b.args[0]))
                yield _product([*e.args[:k], both, *e.args[k + 2 :]])
            if a.op == "eye" and b.axes:
                yield _product([*e.args[:k], *e.args[k + 1 :]])
            if b.op == "eye" and a.axes:
                yield _product([*e.args[: k + 1], *e.args[k + 2 :]])
    if e.op == "had" and len(e.axes) == 2:
        for k, arg in enumerate(e.args):
            side = _spread(arg)
            if side is not None:
                rest = [*e.args[:k], *e.args[k + 1 :]]
                other = had(*rest) if len(rest) > 1 else rest[0]
                rows, vector = side
                yield mul(apply("diag", vector), other) if rows else mul(other, apply("diag", vector))


def _spread(e: Expr) -> tuple[bool, Expr] | None:
    """a*1' as (True, a), 1*b' as (False, b)."""
    if e.op != "mul" or len(e.axes) != 2:
        return None
    *left, last = e.args
    if last.op == "T" and last.args[0].op == "ones" and len(last.args[0].axes) == 1:
        return True, _product(left)
    first, *right = e.args
    if first.op == "ones" and len(first.axes) == 1:
        return False, T(_product(right))
    return None


def _product(factors: list[Expr]) -> Expr:
    return mul(*factors) if len(factors) > 1 else factors[0]


def _kronecker(e: Expr) -> Rewritten:
    """(B' ⊗ A) vec(X) = vec(A*X*B)."""
    if e.op == "mul":
        for k in range(len(e.args) - 1):
            a, b = e.args[k], e.args[k + 1]
            if a.op == "kron" and len(a.args) == 2 and b.op == "vec":
                inner = mul(a.args[1], b.args[0], T(a.args[0]))
                yield _product([*e.args[:k], apply("vec", inner), *e.args[k + 2 :]])


def _sums(e: Expr) -> Rewritten:
    """Sums of rows and columns as products with ones."""
    if e.op == "rowsum":
        yield mul(e.args[0], ones(e.args[0].axes[1]))
    if e.op == "colsum":
        yield mul(T(e.args[0]), ones(e.args[0].axes[0]))
    if e.op == "sum" and len(e.args[0].axes) == 1 and not e.args[0].row:
        yield mul(T(ones(*e.args[0].axes)), e.args[0])
    if e.op in ("rowmean", "colmean", "mean"):
        whole, sized = e.args[0], e.args[0].axes
        if e.op == "mean":
            count = mul(*(build.size(dim) for dim in sized)) if len(sized) > 1 else build.size(sized[0])
            yield div(apply("sum", whole), count)
        else:
            length = sized[1] if e.op == "rowmean" else sized[0]
            yield div(apply(f"{e.op[:3]}sum", whole), build.size(length))


def _meaning(e: Expr) -> Rewritten:
    """softmax, sigmoid and their like by what they are made of."""
    if e.op in ("softmax", "abs", "expm1", "log1p", "norm1", "var", "step"):
        yield DEFINITIONS[e.op](e.args)
    if e.op == "sigmoid":
        yield hdiv(num(1), build.add(num(1), apply("exp", neg(e.args[0]))))
    if e.op == "exp" and e.args[0].op == "add":
        for k, arg in enumerate(e.args[0].args):
            shift = _everywhere(arg.args[0]) if arg.op == "neg" else None
            if shift is not None:
                rest = [*e.args[0].args[:k], *e.args[0].args[k + 1 :]]
                yield div(apply("exp", build.add(*rest)), apply("exp", shift))
    if e.op == "exp" and e.args[0].op == "logsumexp":
        yield apply("sum", apply("exp", e.args[0].args[0]))


def _everywhere(e: Expr) -> Expr | None:
    """The number that every entry is, as it is written: s, or s*1."""
    if not e.axes:
        return e
    if e.op == "mul" and e.args[-1].op == "ones" and not any(arg.axes for arg in e.args[:-1]):
        return _product(list(e.args[:-1]))
    return None


def _scalars(e: Expr) -> Rewritten:
    """Scalars commute, and a scalar is its own transpose: y'*x = x'*y."""
    if e.op != "mul":
        return
    scalars = [arg for arg in e.args if not arg.axes]
    ordered = sorted(scalars, key=lambda arg: (_number(arg) is None, str(arg), arg.uid))
    if len(scalars) > 1 and scalars != ordered and e.args[: len(scalars)] == tuple(scalars):
        yield remade(e, (*ordered, *e.args[len(scalars) :]))
    first = next((k for k, arg in enumerate(e.args) if arg.axes), len(e.args))
    row = first < len(e.args) and e.args[first].op == "T" and len(e.args[first].args[0].axes) == 1
    ends = [k for k, arg in enumerate(e.args) if k > first and len(arg.axes) == 1 and not arg.row]
    if row and ends:
        inner = e.args[first : ends[0] + 1]
        turned = mul(*(arg.args[0] if arg.op == "T" else T(arg) for arg in reversed(inner)))
        old = mul(*inner)
        if (str(turned), turned.uid) < (str(old), old.uid):
            yield _product([*e.args[:first], turned, *e.args[ends[0] + 1 :]])


EARLY = (
    Law("number", "multiply the numbers", "split the number", _numbers),
    Law("quotient", "divide at the end, A (B/s) = (A B)/s", "divide a factor, (A B)/s = A (B/s)", _quotients),
    Law("norm-square", "xᵀx = ‖x‖²", "‖x‖² = xᵀx", _squares),
    Law("power", "equal factors are a power", "a power is a product", _powers),
    Law("cancel", "what is above and below goes", "above and below by the same", _cancelled),
    Law("pairing", "sum(A ⊙ B) = A:B, a:b = aᵀb", "A:B = sum(A ⊙ B), aᵀb = a:b", _pairings),
    Law("multiple", "s ⊙ A = s A; a ⊙ a = a^⊙2", "s A = s ⊙ A; a^⊙2 = a ⊙ a", _multiples),
)
WORDS = (
    Law("scalar-outside", "the scalar in front", "the scalar inside", _outside),
    Law("scalar-outside", "the number in front", "the number inside", _number_inside),
    Law("inner-product", "a row times a column is a number", "a number is a row times a column", _inner),
    Law("hadamard-quotient", "a ⊘ b = a ⊙ (1 ⊘ b)", "a ⊙ (1 ⊘ b) = a ⊘ b", _quotients_apart),
    Law("diagonal", "diag(a) b = a ⊙ b, I A = A", "a ⊙ b = diag(a) b, A = I A", _diagonals),
    Law("kron-vec", "(Bᵀ ⊗ A) vec(X) = vec(A X B)", "vec(A X B) = (Bᵀ ⊗ A) vec(X)", _kronecker),
    Law("sum-ones", "a sum is a product with ones", "a product with ones is a sum", _sums),
    Law("meaning", "what the word stands for", "the word for it", _meaning),
)
LATE = (
    Law("broadcast", "the number in every entry", "every entry is that number", _broadcast),
    Law("commute", "the order of scalars does not matter", "the order of scalars does not matter", _scalars),
)
