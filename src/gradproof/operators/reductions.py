"""The vocabulary, continued: what is taken of all entries, of each row or of each column; normalisations.

A word that begins with `row` has one entry for each row, one that begins with `col` for each column.
"""

from __future__ import annotations

from gradproof.operators.kinks import said
from gradproof.operators.row import Operator

_ROWS, _COLUMNS = "X - rowmean(X)*ones(n)'", "X - ones(m)*colmean(X)'"
_LARGEST = "the largest entry of each row of {X} is unique"
_SMALLEST = "the smallest entry of each row of {X} is unique"

REDUCTIONS = (
    Operator(
        "prod", ("*->",), differential=("Y*sum(dX./X)",), requires=("{X} ≠ 0",), doc="product of all entries",
    ),
    Operator(
        "rowprod", ("ij->i",), differential=("Y.*rowsum(dX./X)",), requires=("{X} ≠ 0",),
        doc="product of each row",
    ),
    Operator(
        "var", ("*->",), differential=("mean(2*(X - mean(X)).*dX)",), meaning=("mean((X - mean(X)).^2)",),
        doc="variance of all entries (mean square distance from the mean)",
    ),
    Operator(
        "rowvar", ("ij->i",), differential=(f"rowmean(2*({_ROWS}).*dX)",),
        meaning=(f"rowmean(({_ROWS}).^2)",),
        doc="variance of each row",
    ),
    Operator(
        "colvar", ("ij->j",), differential=(f"colmean(2*({_COLUMNS}).*dX)",),
        meaning=(f"colmean(({_COLUMNS}).^2)",), doc="variance of each column",
    ),
    Operator(
        "std", ("*->",), differential=("mean((X - mean(X)).*dX)/Y",), meaning=("sqrt(var(X))",),
        requires=("the entries of {X} are not all equal",), doc="square root of var",
    ),
    Operator(
        "rowstd", ("ij->i",), differential=(f"rowmean(({_ROWS}).*dX)./Y",), meaning=("sqrt(rowvar(X))",),
        requires=("no row of {X} has all its entries equal",), doc="square root of rowvar",
    ),
    Operator(
        "colstd", ("ij->j",), differential=(f"colmean(({_COLUMNS}).*dX)./Y",), meaning=("sqrt(colvar(X))",),
        requires=("no column of {X} has all its entries equal",), doc="square root of colvar",
    ),
    Operator(
        "rowmax", ("ij->i",), differential=("rowsum(rowmax'(X).*dX)",), requires=(_LARGEST,),
        kink=said("rowmax"),
        doc="largest entry of each row",
    ),
    Operator(
        "rowmin", ("ij->i",), differential=("rowsum(rowmin'(X).*dX)",), requires=(_SMALLEST,),
        kink=said("rowmin"),
        doc="smallest entry of each row",
    ),
    Operator(
        "rowlogsumexp", ("ij->i",), differential=("rowsum(softmax(X).*dX)",),
        doc="log of the sum of exp of each row",
    ),
    Operator(
        "rownorm1", ("ij->i",), differential=("rowsum(sign(X).*dX)",), requires=("{X} ≠ 0",),
        meaning=("rowsum(abs(X))",), doc="sum of absolute values of each row",
        kink=said("rownorm1"),
    ),
    Operator(
        "rownorm2", ("ij->i",), differential=("rowsum(X.*dX)./Y",), meaning=("sqrt(rowsum(X.^2))",),
        requires=("no row of {X} is 0",), doc="Euclidean norm of each row",
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
    Operator("meansquare", ("*->",), differential=("mean(2*X.*dX)",), meaning=("mean(X.^2)",),
             doc="mean of the squares of all entries"),
    Operator("rowmeansquare", ("ij->i",), differential=("rowmean(2*X.*dX)",), meaning=("rowmean(X.^2)",),
             doc="mean of the squares of each row"),
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
