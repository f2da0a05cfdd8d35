"""The vocabulary, continued: what is taken of all entries, of each row or of each column; normalisations.

A word that begins with `row` has one entry for each row, one that begins with `col` for each column: the
three are one row with an axis.
"""

from __future__ import annotations

import re

from gradproof.operators.kinks import KINKS, said
from gradproof.operators.row import Operator

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


def reduction(
    name: str,
    *,
    linear: bool = False,
    per: tuple[str, str, str] = ("", "", ""),
    weights: str = "",
    tail: str = "",
    differential: str = "",
    meaning: str = "",
    needs: tuple[str, ...] = (),
    columns: bool = False,
    uses: tuple[str, ...] = (),
    doc: str = "",
    whole: str = "",
    of_scalar: str = "",
    keeps_positive: bool = False,
) -> tuple[Operator, ...]:
    """The rows of one word with an axis: of all entries, `row` + name and `col` + name.

    weights       the differential is Σ weights.*dX over the axis, and `tail` behind it
    differential, meaning   texts as `_text` reads them
    needs         the conditions, for all entries, rows and columns
    columns       False: the word of columns is short for that of the rows of the transpose
    uses          signatures of the word for all entries; whole: what that one is in a few words
    """  # fmt: skip
    rows = []
    for axis in range(3 if columns else 2):
        word = _PREFIXES[axis] + name
        change = _text(differential, axis)
        if weights:
            inside = _text(weights, axis)
            change = f"rowsum({inside}.*dX)" if axis else f"{inside}:dX"
            change += _text(tail, axis)
        rows.append(
            Operator(
                word, uses if uses and not axis else (_SHAPES[axis],), linear=linear, per=per[axis],
                differential=(change,) if change else (),
                meaning=(_text(meaning, axis),) if meaning else (),
                requires=(needs[axis],) if needs else (), kink=said(word) if word in KINKS else "",
                of=name if axis else "", by=("", "row", "column")[axis],
                of_scalar="" if axis else of_scalar,
                keeps_positive=keeps_positive, slope_word=f"{word}'(X)" in change,
                doc=whole if whole and not axis else doc + _WHERE[axis],
            )
        )  # fmt: skip
    if not columns:
        short = f"row{name}(X')"
        rows.append(
            Operator(f"col{name}", (_SHAPES[2],), stands=short, of=name, by="column", doc=doc + _WHERE[2])
        )
    return tuple(rows)


REDUCTIONS = (
    *reduction("sum", linear=True, columns=True, doc="sum", of_scalar="X", keeps_positive=True),
    *reduction(
        "mean", linear=True, per=("*", "j", "i"), columns=True, doc="mean", of_scalar="X",
        keeps_positive=True,
    ),
    *reduction(
        "prod", differential="Y**@sum(dX./X)", needs=("{X} ≠ 0",)*2, doc="product", of_scalar="X",
    ),
    *reduction(
        "var", differential="@mean(2*(X - {@mean(X)}).*dX)", meaning="@mean((X - {@mean(X)}).^2)",
        columns=True, doc="variance", whole="variance of all entries (mean square distance from the mean)",
    ),
    *reduction(
        "std", differential="@mean((X - {@mean(X)}).*dX)//Y", meaning="sqrt(@var(X))", needs=_APART,
        columns=True, doc="square root of the variance", whole="square root of var",
    ),
    *reduction(
        "max", weights="@max'(X)", needs=tuple(f"the largest entry {where}" for where in _UNIQUE),
        doc="largest entry", whole="largest entry", of_scalar="X",
    ),
    *reduction(
        "min", weights="@min'(X)", needs=tuple(f"the smallest entry {where}" for where in _UNIQUE),
        doc="smallest entry", whole="smallest entry", of_scalar="X",
    ),
    *reduction(
        "logsumexp", weights="softmax(X)", uses=("i->", "~i->"), doc="log of the sum of exp",
        whole="log(sum(exp(x)))",
    ),
    *reduction(
        "norm1", weights="sign(X)", needs=("{X} ≠ 0",)*2, meaning="@sum(abs(X))", of_scalar="abs(X)",
        doc="sum of absolute values", whole="sum of absolute values",
    ),
    *reduction(
        "norm2", weights="X", tail="//Y", needs=("{X} ≠ 0", "no row of {X} is 0"),
        meaning="sqrt(@sum(X.^2))", of_scalar="abs(X)",
        doc="Euclidean norm", whole="Euclidean norm of a vector, Frobenius norm of a matrix",
    ),
    *reduction(
        "meansquare", differential="@mean(2*X.*dX)", meaning="@mean(X.^2)", doc="mean of the squares",
    ),
    Operator(
        "norminf", ("*->",), meaning=("max(abs(X))",), doc="largest absolute value",
    ),
    Operator(
        "normp", ("*,->",), requires=("{X} ≠ 0",),
        differential=("Y^(1 - Z)*((sign(X).*abs(X).^(Z - 1)):dX)",), meaning=("sum(abs(X).^Z)^(1/Z)",),
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
        name, ("i->i", "ij->ij", "i,->i", "ij,->ij"), differential=tuple(differential),
        meaning=tuple(meaning), doc=doc,
        requires=(*needs, f"{what}({{X}}) + {{Z}} > 0", f"row{what}({{X}}) + {{Z}} > 0"),
    )  # fmt: skip


def _less(a: str, b: str) -> str:
    return f"{a} - {b}" if b else a


_BATCH = "(X - ones(m)*colmean(X)')*diag(1 ./ {})"
_BATCH_CHANGE = "(dX - ones(m)*colmean(dX)' - Y*diag(colmean(Y.*dX)))*diag(1 ./ {})"

NORMALISATIONS = (
    _by_rows("layernorm", "var", "std",
             "each row less its mean, divided by sqrt(var + Z); Z is 0 if not given",
             ("the entries of {X} are not all equal", "no row of {X} has all its entries equal"),
             centred=True),
    _by_rows("rmsnorm", "meansquare", "",
             "each row divided by sqrt(mean(row.^2) + Z); Z is 0 if not given",
             ("{X} is not 0", "no row of {X} is 0"), centred=False),
    Operator(
        "batchnorm", ("ij->ij", "ij,->ij"),
        differential=(
            _BATCH_CHANGE.format("colstd(X)"),
            _BATCH_CHANGE.format("sqrt(colvar(X) + Z)") + " - Y*diag(dZ*(1 ./ (2*(colvar(X) + Z))))",
        ),
        meaning=(_BATCH.format("colstd(X)"), _BATCH.format("sqrt(colvar(X) + Z)")),
        requires=("no column of {X} has all its entries equal", "colvar({X}) + {Z} > 0"),
        doc="each column less its mean, divided by sqrt(var + Z); Z is 0 where it is not given",
    ),
)  # fmt: skip
