"""Products as chains of tokens between two ends, and their laws: inverses and orthogonal factors
cancel, equal neighbours become powers, symmetric factors need no transpose.
"""

from __future__ import annotations

from typing import NamedTuple

from gradproof.calculus.network.cost import ink
from gradproof.calculus.network.slices import padded
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.operators.blocks import bounds_of, is_selector, masked
from gradproof.operators.blocks import flipped as flipped_triangle
from gradproof.operators.build import T, apply, mul, num, ones, power
from gradproof.operators.properties import antisymmetric, orthogonal, square, sums_to_one, symmetric


class Token(NamedTuple):
    """A matrix or vector in a product, transposed or not. expr None: a vector of ones of a size."""

    expr: Expr | None
    flipped: bool = False
    size: Dim | None = None


Chain = list[Token]


def token(e: Expr) -> Token:
    """A token for an expression, its outermost transposes taken as the flag."""
    flipped = False
    while e.op == "T" and len(e.args[0].axes) == 2:
        e, flipped = e.args[0], not flipped
    return Token(e, flipped and not symmetric(e))


def flip(chain: Chain) -> Chain:
    """The transposed product."""
    return [
        t if t.expr is None or symmetric(t.expr) else Token(t.expr, not t.flipped) for t in reversed(chain)
    ]


def sign(chain: Chain) -> int:
    """-1 for each antisymmetric matrix that stands transposed."""
    out = 1
    for t in chain:
        if t.expr is not None and t.flipped and antisymmetric(t.expr):
            out = -out
    return out


def upright(chain: Chain) -> Chain:
    """The chain with antisymmetric matrices untransposed; their `sign` is counted apart."""
    return [Token(t.expr) if t.flipped and t.expr is not None and antisymmetric(t.expr) else t for t in chain]


def _unroll(e: Expr) -> Chain:
    """The factors of a product of square matrices, as tokens; itself where it is none."""
    if e.op == "mul" and all(square(arg) for arg in e.args):
        return [t for arg in e.args for t in _unroll(arg)]
    if e.op == "T" and len(e.axes) == 2:
        return flip(_unroll(e.args[0]))
    k = e.args[1].data[0] if e.op == "pow" and e.args[1].op == "num" else None
    if k in (2, 3, 4):
        return _unroll(e.args[0]) * int(str(k))
    return [token(e)]


def _chain_of(e: Expr) -> Chain:
    """All factors of a matrix product, as tokens."""
    if e.op == "mul" and all(len(arg.axes) == 2 for arg in e.args):
        return [t for arg in e.args for t in _chain_of(arg)]
    if e.op == "T" and len(e.axes) == 2:
        return flip(_chain_of(e.args[0]))
    return _unroll(e) if e.op == "pow" else [token(e)]


def _cancel_inverse(chain: Chain) -> Chain | None:
    """One inverse against the same factors beside it."""
    for at, (e, flipped, _) in enumerate(chain):
        if e is None or e.op != "inv":
            continue
        inside = _chain_of(e.args[0])
        if flipped:
            inside = flip(inside)
        for start in (at + 1, at - len(inside)):
            if start >= 0 and chain[start : start + len(inside)] == inside:
                low, high = min(at, start), max(at + 1, start + len(inside))
                return chain[:low] + chain[high:]
    return None


def _cancel_orthogonal(chain: Chain) -> Chain | None:
    for at in range(len(chain) - 1):
        (a, af, _), (b, bf, _) = chain[at], chain[at + 1]
        if a is b and a is not None and af != bf and orthogonal(a):
            return chain[:at] + chain[at + 2 :]
    return None


def _recomposed(chain: Chain) -> Chain | None:
    """The factors of a decomposition, one after the other: what they are the factors of."""
    for at in range(len(chain)):
        for count in (2, 3):
            for turned in (False, True):
                part = chain[at : at + count]
                e = _product_of(flip(part) if turned else part) if len(part) == count else None
                if e is not None:
                    return [*chain[:at], token(T(e) if turned else e), *chain[at + count :]]
    return None


def _product_of(part: Chain) -> Expr | None:
    return _choleskys(part) or _singular(part) or _eigen(part)


def _choleskys(chain: Chain) -> Expr | None:
    """L*L' is A, and inv(L)'*inv(L) is inv(A)."""
    if len(chain) != 2 or chain[0].expr is not chain[1].expr or chain[0].flipped == chain[1].flipped:
        return None
    e, flipped, _ = chain[0]
    inner = e.args[0] if e is not None and e.op == "inv" else e
    if inner is None or inner.op != "chol" or flipped != (inner is not e) or not symmetric(inner.args[0]):
        return None
    return inner.args[0] if inner is e else apply("inv", inner.args[0])


def _singular(chain: Chain) -> Expr | None:
    """U*V' is the polar factor, and U*diag(s)*V' is X."""
    e = chain[0].expr
    if e is None or e.op != "svd_u" or chain[0].flipped:
        return None
    x = e.args[0]
    last, middle = Token(apply("svd_v", x), True), Token(apply("diag", apply("svdvals", x)))
    if chain[1:] == [last]:
        return apply("polar", x)
    return x if chain[1:] == [middle, last] else None


def _eigen(chain: Chain) -> Expr | None:
    """V*diag(eigvals)*V' is S."""
    e = chain[0].expr
    if e is None or e.op != "eigvecs" or chain[0].flipped or not symmetric(e.args[0]):
        return None
    around = [Token(apply("diag", apply("eigvals", e.args[0]))), Token(e, True)]
    return e.args[0] if chain[1:] == around else None


def _stochastic(chain: Chain) -> Chain | None:
    """Rows that sum to 1: P*ones is ones, and sum(p) is 1 (written as an empty pair of ones)."""
    for at, t in enumerate(chain):
        if t.expr is None or not sums_to_one(t.expr):
            continue
        after = chain[at + 1] if at + 1 < len(chain) else None
        before = chain[at - 1] if at else None
        if len(t.expr.axes) == 2:
            one = Token(None, size=t.expr.axes[0])
            if not t.flipped and after is not None and after.expr is None:
                return [*chain[:at], one, *chain[at + 2 :]]
            if t.flipped and before is not None and before.expr is None:
                return [*chain[: at - 1], one, *chain[at + 1 :]]
    return None


def _split_inverse(chain: Chain) -> Chain | None:
    """inv(A*B) as inv(B)*inv(A), for square factors, where that lets something cancel."""
    for at, (e, flipped, _) in enumerate(chain):
        if e is None or e.op != "inv":
            continue
        inside = _unroll(e.args[0])
        if len(inside) < 2:
            continue
        apart = [Token(apply("inv", t.expr), t.flipped) for t in reversed(inside) if t.expr is not None]
        tried = simplify(chain[:at] + (flip(apart) if flipped else apart) + chain[at + 1 :])
        if _weight(tried) < _weight(chain):
            return tried
    return None


def _weight(chain: Chain) -> int:
    return sum(1 + t.flipped + (ink(t.expr) if t.expr is not None else 2) for t in chain)


def simplify(chain: Chain) -> Chain:
    """Cancel what cancels. An empty chain is the identity."""
    while True:
        shorter = (
            _cancel_inverse(chain) or _cancel_orthogonal(chain) or _recomposed(chain) or _stochastic(chain)
        )
        if shorter is None:
            # An empty list is falsy, so ask again for the case that everything cancelled.
            shorter = next((c for c in (_all_gone(chain), _split_inverse(chain)) if c is not None), None)
        if shorter is None:
            return chain
        chain = shorter


def _all_gone(chain: Chain) -> Chain | None:
    for law in (_cancel_inverse, _cancel_orthogonal):
        if law(chain) == []:
            return []
    return None


def _compress(chain: Chain) -> list[Expr]:
    """Tokens as factors, equal square neighbours as powers."""
    out: list[Expr] = []
    at = 0
    while at < len(chain):
        e, flipped, _ = chain[at]
        assert e is not None
        run = 1
        while at + run < len(chain) and chain[at + run] == chain[at] and square(e):
            run += 1
        factor = e if run == 1 else power(e, num(run))
        if e.op == "inv" and run > 1:
            factor = e
            out.extend([T(e) if flipped else e] * (run - 1))
        back = factor.args[0] if factor.op == "T" else T(factor)
        turned = flipped_triangle(e) if flipped and run == 1 and masked(e) else back
        out.append(turned if flipped else factor)
        at += run
    return out


def write(chain: Chain) -> Expr | None:
    """The product as an expression; None for an empty chain. Ones at an end become row sums,
    column sums or sums."""
    before, after = (t.expr is None for t in (chain[0], chain[-1])) if chain else (False, False)
    inner = chain[1 if before and len(chain) > 1 else 0 : -1 if after else None]
    if not inner:
        return None
    factors = _compress(inner)
    if before and after:
        return _total(factors)
    if after:
        return _row_sums(factors)
    return _column_sums(factors) if before else mul(*_accumulated(factors))


def _total(factors: list[Expr]) -> Expr:
    """The sum of all entries of a product."""
    if len(factors) == 1 and factors[0].op == "T":
        factors = list(factors[0].args)
    return apply("sum", mul(*factors))


def _row_sums(factors: list[Expr]) -> Expr:
    """A product with ones behind it."""
    *others, last = factors
    return apply("sum", mul(*factors)) if len(last.axes) < 2 else mul(*others, _summed(last, "rowsum"))


def _column_sums(factors: list[Expr]) -> Expr:
    """A product with ones before it."""
    first, *others = factors
    if first.row or len(factors[-1].axes) == 1 or (not others and len(first.axes) < 2):
        return apply("sum", mul(*factors))
    return mul(T(_summed(first, "colsum")), *others)


def _accumulated(factors: list[Expr]) -> list[Expr]:
    """A triangle of ones before other factors: their sums from the top."""
    adding = next((k for k, e in enumerate(factors[:-1]) if _adds_up(e)), None)
    if adding is None:
        return factors
    return [*factors[:adding], apply("cumsum", mul(*factors[adding + 1 :]))]


def _adds_up(e: Expr) -> bool:
    """The square lower triangle of ones."""
    return masked(e) and e.op == "tril" and not e.data[0] and square(e)


def _summed(e: Expr, word: str) -> Expr:
    """The sums of the rows (or columns) of a factor."""
    if len(e.axes) < 2:
        return apply("sum", e)
    if e.op == "T":
        return apply("colsum" if word == "rowsum" else "rowsum", e.args[0])
    if e.op == "diag":
        return e.args[0]
    if is_selector(e):
        (place, _), count = bounds_of(e), ones(e.axes[0])
        return count if word == "rowsum" or place is None else padded(count, 0, place, e.axes[1])
    return apply(word, e)
