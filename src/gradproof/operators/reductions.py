"""The vocabulary, continued: what is taken of all entries, of each row or of each column; normalisations.

A word that begins with `row` has one entry for each row, one that begins with `col` for each column: the
three are one row with an axis.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from gradproof.operators.kinks import KINKS, kink_convention
from gradproof.operators.row import AN_ORDER, UNCHECKED, UNREAD, Facts, Operator

_UNIQUE = ("of {X} is unique", "of each row of {X} is unique", "")
_APART = (
    "the entries of {X} are not all equal", "no row of {X} has all its entries equal",
    "no column of {X} has all its entries equal",
)  # fmt: skip
_WHERE = (" of all entries", " of each row", " of each column")
_SHAPES = ("*->", "ij->i", "ij->j")
_PREFIXES = ("", "row", "col")


def _text(text: str, axis: int) -> str:
    """A text about all entries, each row or each column (axis 0, 1, 2).

    @mean is mean, rowmean or colmean; {…} is a value for each row or column in the place of each entry; //
    and ** divide and multiply value by value.
    """
    spread = ("\\1", "\\1*ones(n)'", "ones(m)*\\1'")[axis]
    text = re.sub(r"{(.*?)}", spread, text).replace("@", _PREFIXES[axis])
    return text.replace("//", "./" if axis else "/").replace("**", ".*" if axis else "*")


class Reduction(NamedTuple):
    """One word with an axis.

    linear, per   as in `Operator`; `per` for all entries, rows and columns
    weights       the differential is Σ weights.*dX over the axis, and `tail` behind it
    differential, meaning   texts as `_text` reads them
    needs         the conditions, for all entries, rows and columns
    columns       False: the word of columns is short for that of the rows of the transpose
    uses          signatures of the word for all entries; whole: what that one is, in a few words
    facts         columns of all three rows; whole_facts: of the first alone
    """

    name: str
    linear: bool = False
    per: tuple[str, ...] = ("", "", "")
    weights: str = ""
    tail: str = ""
    differential: str = ""
    meaning: str = ""
    needs: tuple[str, ...] = ()
    columns: bool = False
    uses: tuple[str, ...] = ("*->",)
    doc: str = ""
    whole: str = ""
    facts: Facts = Facts()
    whole_facts: Facts = Facts()


def _change(word: Reduction, axis: int) -> str:
    if not word.weights:
        return _text(word.differential, axis)
    weights = _text(word.weights, axis)
    return (f"rowsum({weights}.*dX)" if axis else f"{weights}:dX") + _text(word.tail, axis)


def _row(word: Reduction, axis: int) -> Operator:
    name, change = _PREFIXES[axis] + word.name, _change(word, axis)
    doc = word.whole if word.whole and not axis else word.doc + _WHERE[axis]
    uses = (_SHAPES[axis],) if axis else word.uses
    row = Operator(name, uses, of=word.name if axis else "", by=("", "row", "column")[axis], doc=doc)
    numpy, without = word.facts.get("numpy", ""), word.facts.get("without", ())
    if axis == 2 and not word.columns:
        return row._replace(stands=f"row{word.name}(X')", numpy=numpy, without=without)
    return row._replace(
        linear=word.linear, per=word.per[axis],
        differential=(change,) if change else (),
        meaning=(_text(word.meaning, axis),) if word.meaning else (),
        requires=(word.needs[axis],) if word.needs else (),
        kink=kink_convention(name) if name in KINKS else "",
        slope_word=f"{name}'(X)" in change,
        **({**word.facts, **word.whole_facts} if not axis else word.facts),
    )  # fmt: skip


def rows(words: Iterable[Reduction]) -> tuple[Operator, ...]:
    """The rows of words with an axis: of all entries, `row` + name and `col` + name."""
    return tuple(_row(word, axis) for word in words for axis in range(3))


_WORDS = (
    Reduction(
        "sum", linear=True, columns=True, doc="sum", facts={"keeps_positive": True, "numpy": "sum"},
        whole_facts={"of_scalar": "X", "families": "total"},
    ),
    Reduction(
        "mean", linear=True, per=("*", "j", "i"), columns=True, doc="mean",
        facts={"keeps_positive": True, "numpy": "mean"}, whole_facts={"of_scalar": "X"},
    ),
    Reduction(
        "prod", differential="Y**@sum(dX./X)", needs=("{X} ≠ 0",)*2, doc="product",
        facts={"numpy": "prod"}, whole_facts={"of_scalar": "X"},
    ),
    Reduction(
        "var", differential="@mean(2*(X - {@mean(X)}).*dX)", meaning="@mean((X - {@mean(X)}).^2)",
        columns=True, doc="variance", whole="variance of all entries (mean square distance from the mean)",
        facts={"numpy": "var", "even": True},
    ),
    Reduction(
        "std", differential="@mean((X - {@mean(X)}).*dX)//Y", meaning="sqrt(@var(X))", needs=_APART,
        columns=True, doc="square root of the variance", whole="square root of var",
        facts={"numpy": "std", "even": True},
    ),
    Reduction(
        "max", weights="@max'(X)", needs=tuple(f"the largest entry {where}" for where in _UNIQUE),
        doc="largest entry", whole="largest entry", facts={"numpy": "max amax"},
        whole_facts={"of_scalar": "X", "of_whole": True, "latex": "max"},
    ),
    Reduction(
        "min", weights="@min'(X)", needs=tuple(f"the smallest entry {where}" for where in _UNIQUE),
        doc="smallest entry", whole="smallest entry", facts={"numpy": "min amin"},
        whole_facts={"of_scalar": "X", "of_whole": True, "latex": "min"},
    ),
    Reduction(
        "logsumexp", weights="softmax(X)", uses=("i->", "~i->"), doc="log of the sum of exp",
        whole="log(sum(exp(x)))", facts={"numpy": "scipy.special.logsumexp"},
    ),
    Reduction(
        "norm1", weights="sign(X)", needs=("{X} ≠ 0",)*2, meaning="@sum(abs(X))", 
        facts={"even": True, "without": (AN_ORDER,)},
        whole_facts={"of_scalar": "abs(X)", "definite": True, "families": "norm"},
        doc="sum of absolute values", whole="sum of absolute values",
    ),
    Reduction(
        "norm2", weights="X", tail="//Y", needs=("{X} ≠ 0", "no row of {X} is 0"),
        meaning="sqrt(@sum(X.^2))", facts={"even": True, "numpy": "linalg.norm"},
        whole_facts={"of_scalar": "abs(X)", "definite": True, "of_whole": True, "families": "norm"},
        doc="Euclidean norm", whole="Euclidean norm of a vector, Frobenius norm of a matrix",
    ),
    Reduction(
        "meansquare", differential="@mean(2*X.*dX)", meaning="@mean(X.^2)", doc="mean of the squares",
        facts={"even": True, "without": (UNREAD,)},
    ),
)  # fmt: skip
REDUCTIONS = (
    *rows(_WORDS),
    Operator(
        "cumprod", ("ij->ij", "i->i"), differential=("Y.*cumsum(dX./X)",), requires=("{X} ≠ 0",),
        without=(UNCHECKED, ("read", "np.cumprod multiplies all entries of a matrix")),
        doc="products of what came so far; of a matrix, down each column",
    ),
    Operator(
        "norminf", ("*->",), meaning=("max(abs(X))",), even=True, definite=True, without=(AN_ORDER,),
        doc="largest absolute value",
    ),
    Operator(
        "normp", ("*,->",), requires=("{X} ≠ 0",),
        differential=("Y^(1 - Z)*((sign(X).*abs(X).^(Z - 1)):dX)",), meaning=("sum(abs(X).^Z)^(1/Z)",),
        even=True, definite=True, of_whole=True,
        without=(AN_ORDER,),
        doc="norm(X, p), the p-th root of the sum of the p-th powers of the absolute values",
    ),
)  # fmt: skip


def _by_rows(name: str, what: str, root: str, doc: str, needs: tuple[str, str], centred: bool) -> Operator:
    """A normalisation of a vector, or of each row of a matrix. `what` is the mean square that it divides by.

    With s the root of the mean square: d Y = D - Y.*mean(Y.*D) where D = dX/s, less its mean if centred.
    """
    mean, means = ("mean(dX)", "rowmean(dX)*ones(n)'") if centred else ("", "")
    middle, middles = ("mean(X)", "rowmean(X)*ones(n)'") if centred else ("", "")
    differential, meaning = [], []
    for more in ("", " + Z"):
        s, rows = f"sqrt({what}(X){more})", f"sqrt(row{what}(X){more})"
        if root and not more:
            s, rows = f"{root}(X)", f"row{root}(X)"
        end = f" - Y*(dZ/(2*({what}(X){more})))" if more else ""
        ends = f" - diag(dZ*(1 ./ (2*(row{what}(X){more}))))*Y" if more else ""
        differential.append(f"({_less('dX', mean)} - mean(Y.*dX)*Y)/{s}{end}")
        differential.append(f"diag(1 ./ {rows})*({_less('dX', means)} - diag(rowmean(Y.*dX))*Y){ends}")
        meaning += [f"({_less('X', middle)})/{s}", f"diag(1 ./ {rows})*({_less('X', middles)})"]
    return Operator(
        name, ("i->i", "ij->ij", "i,->i", "ij,->ij"), without=(_TORCH,), differential=tuple(differential),
        meaning=tuple(meaning), doc=doc,
        requires=(*needs, f"{what}({{X}}) + {{Z}} > 0", f"row{what}({{X}}) + {{Z}} > 0"),
    )  # fmt: skip


def _less(a: str, b: str) -> str:
    return f"{a} - {b}" if b else a


_BATCH = "(X - ones(m)*colmean(X)')*diag(1 ./ {})"
_BATCH_CHANGE = "(dX - ones(m)*colmean(dX)' - Y*diag(colmean(Y.*dX)))*diag(1 ./ {})"

_TORCH = ("read", "PyTorch's takes sizes, weights and running means")
NORMALISATIONS = (
    _by_rows("layernorm", "var", "std",
             "each row less its mean, divided by sqrt(var + Z); Z is 0 if not given",
             ("the entries of {X} are not all equal", "no row of {X} has all its entries equal"),
             centred=True),
    _by_rows("rmsnorm", "meansquare", "",
             "each row divided by sqrt(mean(row.^2) + Z); Z is 0 if not given",
             ("{X} is not 0", "no row of {X} is 0"), centred=False),
    Operator(
        "batchnorm", ("ij->ij", "ij,->ij"), without=(_TORCH,),
        differential=(
            _BATCH_CHANGE.format("colstd(X)"),
            _BATCH_CHANGE.format("sqrt(colvar(X) + Z)") + " - Y*diag(dZ*(1 ./ (2*(colvar(X) + Z))))",
        ),
        meaning=(_BATCH.format("colstd(X)"), _BATCH.format("sqrt(colvar(X) + Z)")),
        requires=("no column of {X} has all its entries equal", "colvar({X}) + {Z} > 0"),
        doc="each column less its mean, divided by sqrt(var + Z); Z is 0 where it is not given",
    ),
)  # fmt: skip
