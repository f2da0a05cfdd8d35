"""The vocabulary: one row an operator.

A row is linear and then its signature says everything, or it has one of: a slope (elementwise), a
differential (the rest), a meaning (a phrase for something said with other words). Slopes,
differentials and meanings are texts in the language: `X` and `Z` stand for the arguments, `Y` for
the value, `dX` and `dZ` for the differentials. Nothing else in gradproof knows a derivative by
heart, except the referee in `proof`, which must not look here for one.
"""

from __future__ import annotations

from typing import Unpack

from gradproof.operators.kinks import kink_convention
from gradproof.operators.matrix_functions import FUNCTIONS_OF_MATRICES
from gradproof.operators.reductions import NORMALISATIONS, REDUCTIONS
from gradproof.operators.row import UNCHECKED, UNREAD, Facts, Operator, pointwise
from gradproof.operators.special_functions import SPECIAL

__all__ = ["OPERATORS", "STRUCTURES", "Operator"]


def _linear(name: str, *signatures: str, per: str = "", doc: str = "", **facts: Unpack[Facts]) -> Operator:
    return Operator(name, signatures, linear=True, per=per, doc=doc, **facts)


_LINEAR = (
    _linear("T", "ij->ji", "i->~i", "~i->i", "->", keeps_symmetry=True, keeps_positive=True, involution=True,
            antihomomorphism=True, numpy="transpose", doc="transpose"),
    _linear(
        "mul", "ij,jk->ik", "ij,j->i", "~i,ij->~j", "~i,i->", "i,~j->ij", ",*->*", "*,->*",
        numpy="matmul dot", doc="product; a scalar scales", algebra=True, keeps_positive=True,
        associative=True, unit="eye",
    ),
    _linear("frob", "*,*->", commutative=True, numpy="vdot", doc="Frobenius product"),
    _linear("had", "*,*->*", ",*->*", "*,->*", keeps_symmetry=True, keeps_positive=True, commutative=True,
            associative=True, unit="ones", numpy="multiply", doc="elementwise (Hadamard) product"),
    _linear("tr", "ii->", families="total", numpy="trace", doc="trace"),
    _linear("diag", "i->ii", "~i->ii", numpy="diag", doc="diagonal matrix of a vector"),
    _linear("diagonal", "ii->i", keeps_positive=True, numpy="diagonal", doc="diagonal of a square matrix"),
    _linear("vec", "ij->(ji)", "i->i", keeps_positive=True, without=(UNREAD,),
            doc="columns stacked into one vector"),
    _linear("triu", "ij->ij", numpy="triu", doc="upper triangle; triu(X, k): on and above the k-th diagonal"),
    _linear("tril", "ij->ij", numpy="tril", doc="lower triangle; tril(X, k): on and below the k-th diagonal"),
    _linear("halftriu", "ii->ii", without=(UNREAD, UNCHECKED), doc="upper triangle, its diagonal halved"),
    _linear("halftril", "ii->ii", without=(UNREAD, UNCHECKED),
            doc="lower triangle, its diagonal halved: halftril(X) + halftriu(X) is X"),
    _linear("cumsum", "ij->ij", "i->i", without=(("read", "np.cumsum adds up all entries of a matrix"),),
            doc="sums of what came so far; of a matrix, down each column"),
    _linear("khatri_rao", "ij,pj->(ip)j", numpy="scipy.linalg.khatri_rao",
            doc="Kronecker products of the columns"),
    _linear(
        "kron", "ij,pq->(ip)(jq)", "i,p->(ip)", "~i,~p->~(ip)", "i,pq->(ip)q", "~i,pq->p(iq)",
        "ij,p->(ip)j", "ij,~p->i(jp)", "i,~p->ip", "~i,p->pi", ",*->*", "*,->*",
        numpy="kron", doc="Kronecker product", keeps_symmetry=True,
    ),
)  # fmt: skip

_POINTWISE = (
    pointwise("exp", "Y", positive=True, numpy="exp", families="exponential", latex="exp"),
    pointwise("log", "1 ./ X", needs="{X} > 0", numpy="log", families="exponential", latex="log"),
    pointwise("log1p", "1 ./ (1 + X)", "log(1 + X)", needs="{X} > -1", numpy="log1p"),
    pointwise("expm1", "exp(X)", "exp(X) - 1", numpy="expm1", families="exponential"),
    pointwise("sqrt", "1 ./ (2*Y)", needs="{X} > 0", keeps_positive=True, numpy="sqrt"),
    pointwise("abs", "sign(X)", needs="{X} ≠ 0", kink=kink_convention("abs"), numpy="abs", families="sign",
              even=True, definite=True),
    pointwise("sign", "0", needs="{X} ≠ 0", numpy="sign", families="sign"),
    pointwise("sin", "cos(X)", numpy="sin", families="circular", latex="sin"),
    pointwise("cos", "-sin(X)", numpy="cos", families="circular", even=True, latex="cos"),
    pointwise("tan", "1 + Y.^2", needs="cos({X}) ≠ 0", numpy="tan", families="circular", latex="tan"),
    pointwise("asin", "1 ./ sqrt(1 - X.^2)", needs="|{X}| < 1", numpy="arcsin", latex="arcsin"),
    pointwise("acos", "-1 ./ sqrt(1 - X.^2)", needs="|{X}| < 1", numpy="arccos", latex="arccos"),
    pointwise("atan", "1 ./ (1 + X.^2)", numpy="arctan", latex="arctan"),
    pointwise("sinh", "cosh(X)", numpy="sinh", families="hyperbolic", latex="sinh"),
    pointwise("cosh", "sinh(X)", positive=True, numpy="cosh", families="hyperbolic", even=True,
              latex="cosh"),
    pointwise("tanh", "1 - Y.^2", numpy="tanh", families="hyperbolic activation", latex="tanh"),
    pointwise("sigmoid", "Y.*(1 - Y)", "1 ./ (1 + exp(-X))", positive=True,
              families="exponential activation"),
    pointwise("softplus", "sigmoid(X)", "log(1 + exp(X))", positive=True, families="exponential"),
    pointwise(
        "relu", "relu'(X)", "max(X, 0)", needs="{X} ≠ 0",
        kink=kink_convention("relu"), families="activation",
    ),
    pointwise(
        "leaky_relu", "leaky_relu'(X)", "X where X > 0, else 0.01*X", needs="{X} ≠ 0",
        kink=kink_convention("leaky_relu"),
    ),
    pointwise("elu", "exp(min(X, 0))", "X where X > 0, else exp(X) - 1",
              without=(("certified", "the checker has no law for its two pieces"),)),
    pointwise(
        "gelu", "(1 + erf(X/sqrt(2)))/2 + X.*exp(-X.^2/2)/sqrt(2*pi)",
        "X times the normal distribution function",
    ),
    pointwise("silu", "sigmoid(X).*(1 + X.*(1 - sigmoid(X)))", "X.*sigmoid(X)"),
    pointwise("erf", "2*exp(-X.^2)/sqrt(pi)", "error function"),
)  # fmt: skip

_FUNCTIONS = (
    Operator(
        "inv", ("ii->ii", "->"), differential=("-Y*dX*Y",), requires=("{X} is invertible",),
        algebra=True, turns=True, keeps_symmetry=True, invertible=True, involution=True,
        antihomomorphism=True, numpy="linalg.inv torch.inverse", doc="inverse",
    ),
    Operator(
        "det", ("ii->",), differential=("Y*tr(inv(X)*dX)",), requires=("{X} is invertible",),
        latex="det", numpy="linalg.det", doc="determinant",
    ),
    Operator(
        "logdet", ("ii->",), differential=("tr(inv(X)*dX)",), requires=("{X} is invertible",),
        numpy="torch.logdet", doc="log of the absolute value of the determinant",
    ),
    Operator(
        "normF", ("*->",), differential=("X:dX/Y",), requires=("{X} ≠ 0",), of_scalar="abs(X)",
        even=True, definite=True, of_whole=True, without=(UNREAD,), doc="Frobenius norm",
    ),
    Operator(
        "softmax", ("i->i", "ij->ij"), 
        differential=("Y.*(dX - Y:dX)", "Y.*(dX - rowsum(Y.*dX)*ones(n)')"),
        positive=True, numpy="scipy.special.softmax", doc="exp(x)/sum(exp(x)); of a matrix, row by row",
    ),
    Operator(
        "logsoftmax", ("i->i", "ij->ij"), 
        differential=(
            "dX - ones(n)*(softmax(X):dX)", "dX - rowsum(softmax(X).*dX)*ones(n)'",
        ),
        numpy="scipy.special.log_softmax", doc="log of softmax; of a matrix, row by row",
    ),
    Operator(
        "maximum", ("*,*->*", ",*->*", "*,->*"), requires=("{X} ≠ {Z}",), kink=kink_convention("maximum"),
        differential=("heaviside(X - Z).*dX + heaviside(Z - X).*dZ",),
        numpy="maximum", doc="larger of two, entry by entry",
    ),
    Operator(
        "minimum", ("*,*->*", ",*->*", "*,->*"), requires=("{X} ≠ {Z}",), kink=kink_convention("minimum"),
        differential=("heaviside(Z - X).*dX + heaviside(X - Z).*dZ",),
        numpy="minimum", doc="smaller of two, entry by entry",
    ),
)  # fmt: skip

STRUCTURES = (  # words whose sizes add up or are named: they are built in `operators.structure`
    _linear(
        "X[i,1:k,:]",
        "the other entries are left out",
        doc="entries, rows and parts, counted from 1; `end` is the last",
    ),
    _linear("[A, B; C, D]", "hcat within rows, vcat of the rows", doc="a matrix of numbers or blocks"),
    _linear("hcat(A, B, …)", "sizes add up along the row", doc="side by side"),
    _linear("vcat(A, B, …)", "sizes add up along the column", doc="one above the other"),
    _linear("e(i, n)", "()->i", doc="unit vector: 1 at place i"),
    _linear("commutation(m, n)", "()->(ij)(ji)", doc="K with K*vec(A) = vec(A') for A m×n"),
)

EQUATION = tuple(
    (floor, "an equation in the text defines it, see tests/test_implicit.py")
    for floor in ("derived", "proved", "certified", "rendered", "coded", "read")
)
_SOLUTIONS = (
    Operator(
        "root",
        ("*,*->*",),
        without=EQUATION,
        doc="y = root(F, y): the y with F = 0, near which F has an inverse",
    ),
    Operator(
        "argmin", (",*->*",), without=EQUATION, doc="y = argmin(f, y): the y where the gradient of f is zero"
    ),
)

OPERATORS: dict[str, Operator] = {
    row.name: row
    for row in (
        *_LINEAR, *_POINTWISE, *SPECIAL, *_FUNCTIONS, *REDUCTIONS, *NORMALISATIONS, *FUNCTIONS_OF_MATRICES,
        *_SOLUTIONS,
    )
}  # fmt: skip
