"""Words that take arrays and then sizes: convolution, pooling, gathering, shifting, partial traces.

A row says which arrays a word takes (letters as in signatures; a letter that no argument has is
computed, a digit is a size), how many sizes may follow, and what it builds: a node of its own, or a
phrase of other words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from gradproof.errors import ShapeError
from gradproof.expressions.dims import Dim, number
from gradproof.expressions.nodes import Expr, make
from gradproof.operators import convolution as windows
from gradproof.operators.blocks import at, cat
from gradproof.operators.build import T, apply, div, einsum, mul, name, reshape, size, spell, zeros
from gradproof.operators.selection_arrays import COUNTS, PLACEMENTS, placement, steps, whole


class Placed(NamedTuple):
    """signatures: of the arrays; sizes: how many may follow; make: from arrays, then sizes."""

    signatures: tuple[str, ...]
    sizes: tuple[int, ...]
    make: Callable[..., Expr]
    usage: str
    doc: str
    first: Callable[..., tuple[Dim, ...]] | None = None  # the axes of the first array, where sizes say them

    @property
    def arrays(self) -> int:
        """How many arrays it takes."""
        left = self.signatures[0].split("->")[0]
        return 0 if left == "()" else left.count(",") + 1


def onehot(places: Expr, count: Dim) -> Expr:
    """A row for each place, 1 there and 0 elsewhere; places are counted from 1."""
    if len(places.axes) != 1:
        raise ShapeError(f"onehot takes a vector of places, not {_said(places)}", code="GP215")
    return make("onehot", (places,), (count,), (places.axes[0], count))


def _said(e: Expr) -> str:
    return f"a {spell(e)}"


def hat(a: Expr) -> Expr:
    """The antisymmetric matrix with hat(a)*b = cross(a, b)."""
    if a.axes != (number(3),) or a.row:
        raise ShapeError(f"hat and cross take vectors of 3 entries, not {_said(a)}", code="GP215")
    return make("hat", (a,), (), (number(3), number(3)))


def _moved(by: Expr, x: Expr) -> Expr:
    return mul(by, x)


def _flip(x: Expr) -> Expr:
    return _moved(placement("exchange", _length(x, "flip")), x)


def _length(x: Expr, word: str) -> Dim:
    if x.row or len(x.axes) not in (1, 2):
        raise ShapeError(f"{word} takes a vector or a matrix, not {_said(x)}", code="GP215")
    return x.axes[0]


def _gather(table: Expr, places: Expr) -> Expr:
    return mul(onehot(places, _length(table, "gather")), table)


def _scatter(rows: Expr, places: Expr, count: Dim) -> Expr:
    return mul(T(onehot(places, count)), rows)


def _sumpool1d(x: Expr, width: Dim, *more: Dim) -> Expr:
    more = more or (width,)
    return mul(placement("bands", x.axes[0], width, *more), x)


def _sumpool2d(x: Expr, width: Dim, *more: Dim) -> Expr:
    m, n = (placement("bands", axis, width, *(more or (width,))) for axis in x.axes[-2:])
    if len(x.axes) == 2:
        return mul(m, x, T(n))
    front = "pq"[: len(x.axes) - 2]
    return einsum(f"hi,{front}ij,wj->{front}hw", m, x, n)


def _avgpool1d(x: Expr, width: Dim, *more: Dim) -> Expr:
    return div(_sumpool1d(x, width, *more), size(width))


def _avgpool2d(x: Expr, width: Dim, *more: Dim) -> Expr:
    return div(_sumpool2d(x, width, *more), size(width * width))


def _maxpool1d(x: Expr, width: Dim, *more: Dim) -> Expr:
    more = more or (width,)
    if steps(*more)[1]:
        raise ShapeError("maxpool1d has no padding: zeros would take part in the maximum", code="GP215")
    return apply("rowmax", windows.unfold(x, width, *more))


def _maxpool2d(x: Expr, width: Dim, *more: Dim) -> Expr:
    more = more or (width,)
    if steps(*more)[1]:
        raise ShapeError("maxpool2d has no padding: zeros would take part in the maximum", code="GP215")
    rows, columns = (placement("windows", axis, width, *more) for axis in x.axes)
    h, w = rows.axes[0], columns.axes[0]
    taken = einsum("hia,ij,wjb->hwab", rows, x, columns)
    return reshape(apply("rowmax", reshape(taken, h * w, width * width)), h, w)


def _ptrace(x: Expr, side: Dim, m: Dim, n: Dim) -> Expr:
    if side.number not in (1, 2) or x.axes != (m * n, m * n):
        raise ShapeError(f"ptrace(X, side, m, n) takes a matrix of m*n rows and columns and side 1 or 2, "
                         f"not {_said(x)}", code="GP215")  # fmt: skip
    left = m if side.number == 2 else n
    return make("ptrace", (x,), (side, m, n), (left, left))


def _groupnorm(x: Expr, groups: Dim) -> Expr:
    """Each row, its columns in groups of neighbours: layernorm of the rows of groups."""
    count = whole(groups, "the number of groups")
    rows, columns = x.axes
    if count < 1 or (columns.number or 0) % count:
        raise ShapeError(f"{columns} columns cannot be put in {count} equal groups", code="GP215")
    width = columns.over(count)
    apart = einsum("iaq->iqa", reshape(x, rows, width, groups))
    normal = apply("layernorm", reshape(apart, rows * groups, width))
    return reshape(einsum("iqa->iaq", reshape(normal, rows, groups, width)), rows, columns)


def _blockdiag(a: Expr, b: Expr) -> Expr:
    above = cat("hcat", a, zeros(a.axes[0], b.axes[1]))
    return cat("vcat", above, cat("hcat", zeros(b.axes[0], a.axes[1]), b))


def _toeplitz(x: Expr) -> Expr:
    """The windows of the entries of all diagonals, from the lowest to the highest."""
    n = _length(x, "toeplitz")
    above = () if n is number(1) else (at(x, (number(2), n)),)
    diagonals = cat("vcat", _flip(x), *above) if above else x
    return _flip(windows.unfold(diagonals, n))


def _vech(s: Expr) -> Expr:
    if s.axes[0] is not s.axes[1]:
        raise ShapeError(f"vech takes a square matrix, not {_said(s)}", code="GP215")
    return mul(placement("elimination", s.axes[0]), apply("vec", s))


def _convolution(op: str) -> Callable[..., Expr]:
    return lambda a, b, *sizes: windows.convolution(op, a, b, *sizes)


def _constant(op: str) -> Callable[..., Expr]:
    return lambda *sizes: placement(op, *sizes)


_CONVOLVED = {
    "conv1d": (("j,a->i", "cj,oca->oi", "ncj,oca->noi"), (0, 1, 2), "(x, w, stride, padding)",
               "y[i] = Σ x[stride*(i - 1) + a - padding] w[a]; with channels and samples as in PyTorch"),
    "conv1d_transpose": (("i,a->j", "oi,oca->cj", "noi,oca->ncj"), (1, 2, 3),
                         "(y, w, n, stride, padding)", "adjoint of conv1d in x, which has n places"),
    "conv1d_weight": (("j,i->a", "cj,oi->oca", "ncj,noi->oca"), (1, 2, 3),
                      "(x, y, k, stride, padding)", "adjoint of conv1d in w, which has k places"),
    "conv2d": (("ij,ab->hw", "cij,ocab->ohw", "ncij,ocab->nohw"), (0, 1, 2),
               "(X, W, stride, padding)", "the same in two dimensions"),
    "conv2d_transpose": (("hw,ab->ij", "ohw,ocab->cij", "nohw,ocab->ncij"), (2, 3, 4),
                         "(Y, W, m, n, stride, padding)", "adjoint of conv2d in X, which has m×n places"),
    "conv2d_weight": (("ij,hw->ab", "cij,ohw->ocab", "ncij,nohw->ocab"), (2, 3, 4),
                      "(X, Y, k, l, stride, padding)", "adjoint of conv2d in W, which has k×l places"),
}  # fmt: skip
_POOL = (1, 2, 3)
PLACED: dict[str, Placed] = {
    **{op: Placed(row[0], row[1], _convolution(op), op + row[2], row[3]) for op, row in _CONVOLVED.items()},
    "unfold": Placed(("j->ia",), (1, 2, 3), windows.unfold, "unfold(x, k, stride, padding)",
                     "the windows of k places as rows"),
    "fold": Placed(("ia->j",), (1, 2, 3), windows.fold, "fold(M, n, stride, padding)",
                   "adjoint of unfold: adds up what stands at each of n places"),
    "sumpool1d": Placed(("j->i", "jk->ik"), _POOL, _sumpool1d, "sumpool1d(x, k, stride, padding)",
                        "sums of windows, k apart unless a stride is given; of a matrix, down the columns"),
    "avgpool1d": Placed(("j->i", "jk->ik"), _POOL, _avgpool1d, "avgpool1d(x, k, stride, padding)",
                        "means of windows"),
    "maxpool1d": Placed(("j->i",), (1, 2), _maxpool1d, "maxpool1d(x, k, stride)", "largest of each window"),
    "sumpool2d": Placed(("ij->hw", "cij->chw", "ncij->nchw"), _POOL, _sumpool2d,
                        "sumpool2d(X, k, stride, padding)", "sums of k×k windows"),
    "avgpool2d": Placed(("ij->hw", "cij->chw", "ncij->nchw"), _POOL, _avgpool2d,
                        "avgpool2d(X, k, stride, padding)", "means of k×k windows"),
    "maxpool2d": Placed(("ij->hw",), (1, 2), _maxpool2d, "maxpool2d(X, k, stride)",
                        "largest of each k×k window"),
    "onehot": Placed(("k->kn",), (1,), onehot, "onehot(idx, n)",
                     "a row for each place in idx, counted from 1: 1 there, 0 elsewhere"),
    "gather": Placed(("nj,k->kj", "n,k->k"), (0,), _gather, "gather(E, idx)", "rows of E: onehot(idx, n)*E"),
    "scatter": Placed(("kj,k->nj", "k,k->n"), (1,), _scatter, "scatter(G, idx, n)",
                      "adjoint of gather: onehot(idx, n)'*G adds rows into their places"),
    "flip": Placed(("n->n", "nk->nk"), (0,), _flip, "flip(x)", "turned round; of a matrix, its rows"),
    "roll": Placed(("n->n", "nk->nk"), (1,),
                   lambda x, k: _moved(placement("cyclic", _length(x, "roll"), k), x), "roll(x, k)",
                   "moved by k places, round the end"),
    "shift": Placed(("n->n", "nk->nk"), (1,),
                    lambda x, k: _moved(placement("offset", _length(x, "shift"), k), x), "shift(x, k)",
                    "moved by k places, zeros come in"),
    "ptrace": Placed(("rr->ss",), (3,), _ptrace, "ptrace(X, side, m, n)",
                     "partial trace of an mn×mn matrix; side 1 leaves n×n, side 2 leaves m×m",
                     lambda side, m, n: (m * n, m * n)),
    "groupnorm": Placed(("ij->ij",), (1,), _groupnorm, "groupnorm(X, g)",
                        "layernorm of g groups of neighbouring columns, row by row"),
    "blockdiag": Placed(("ij,pq->rs",), (0,), _blockdiag, "blockdiag(A, B)", "A and B along the diagonal"),
    "toeplitz": Placed(("n->nn",), (0,), _toeplitz, "toeplitz(c)",
                       "the symmetric matrix with c[|i - j| + 1] in row i and column j"),
    "vech": Placed(("nn->r",), (0,), _vech, "vech(S)",
                   "columns on and below the diagonal: elimination(n)*vec(S)"),
    "hat": Placed(("3->33",), (0,), hat, "hat(a)", "the matrix with hat(a)*b = cross(a, b)"),
    "cross": Placed(("3,3->3",), (0,), lambda a, b: mul(hat(a), b), "cross(a, b)", "hat(a)*b"),
    **{
        op: Placed(
            ("()->" + "rst"[: 3 if op in ("windows", "crossing") else 2],), COUNTS.get(op, (1,)),
            _constant(op), usage, doc,
        )
        for op, usage, doc in (
            ("windows", "windows(n, k, stride, padding)", "1 at (i, j, a) where window i has j at place a"),
            ("bands", "bands(n, k, stride, padding)", "1 where window i has place j: sumpool1d is bands*x"),
            ("exchange", "exchange(n)", "flip(x) is exchange(n)*x"),
            ("cyclic", "cyclic(n, k)", "roll(x, k) is cyclic(n, k)*x"),
            ("offset", "offset(n, k)", "shift(x, k) is offset(n, k)*x"),
            ("elimination", "elimination(n)", "L with L*vec(S) = vech(S)"),
            ("duplication", "duplication(n)", "D with D*vech(S) = vec(S) for a symmetric S"),
            ("crossing", "crossing(3)", "1 at even and -1 at odd orders of 1, 2, 3"),
        )
    },
}  # fmt: skip
PLACED["embedding"] = PLACED["gather"]._replace(usage="embedding(E, idx)", doc="the same as gather")
NODES = (*windows.CONVOLUTIONS, "unfold", "fold", "onehot", "hat", "ptrace", *PLACEMENTS)


def remade(op: str, args: tuple[Expr, ...], data: tuple[Dim, ...]) -> Expr | None:
    """A node with such data, checked; None where the number of arrays is wrong."""
    return PLACED[op].make(*args, *data) if len(args) == PLACED[op].arrays else None


def outline(word: str, shapes: tuple[tuple[Dim, ...], ...], sizes: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """The axes of a word of arrays with these axes. Raises ShapeError."""
    return PLACED[word].make(*(name("", axes) for axes in shapes), *sizes).axes
