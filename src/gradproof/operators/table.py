"""The vocabulary: one row an operator.

A row is linear and then its signature says everything, or it has one of: a slope (elementwise), a
differential (the rest), a meaning (a phrase for something said with other words). Slopes,
differentials and meanings are texts in the language: `X` and `Z` stand for the arguments, `Y` for
the value, `dX` and `dZ` for the differentials. Nothing else in gradproof knows a derivative by
heart, except the referee in `proof`, which must not look here for one.
"""

from __future__ import annotations

from typing import NamedTuple


class Operator(NamedTuple):
    """One word of the language.

    name          the operator's name in nodes; also its spelling, unless `expressions.text` says other
    signatures    the ways to use it (see `operators.signature`)
    linear        True: the signature is the meaning, linear in each argument
    per           letters of axes to divide by: the mean is a sum `per` its axes ("*": every axis)
    slope         elementwise derivative, in X and Y
    differential  the differential, in X, Z, Y, dX, dZ and n, the size of the last axis of X;
                  one text, or one for each signature
    requires      conditions on the arguments, as texts with {X} and {Z}
    kink          where it has no derivative and what is used there
    adjoint       linear in its last argument alone, F(…, E); the word that carries C across ":" in the
                  sense of C : F(…, E) = adjoint(…, C')' : E. Without E the word is the array of four
                  axes T with F(E)_ij = Σ T_ijpq E_pq
    commuting     the matrix that F(…, E) is times E where the matrices X commute with E
    stands        what it is short for: the word is replaced when a text is read
    doc           what it is, in a few words
    """

    name: str
    signatures: tuple[str, ...]
    linear: bool = False
    per: str = ""
    slope: str = ""
    differential: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    kink: str = ""
    adjoint: str = ""
    commuting: str = ""
    stands: str = ""
    doc: str = ""


def _linear(name: str, *signatures: str, per: str = "", doc: str = "") -> Operator:
    return Operator(name, signatures, linear=True, per=per, doc=doc)


def _pointwise(name: str, slope: str, doc: str = "", needs: str = "", kink: str = "") -> Operator:
    requires = (needs,) if needs else ()
    return Operator(name, ("*->*",), slope=slope, requires=requires, kink=kink, doc=doc)


_LINEAR = (
    _linear("T", "ij->ji", "i->~i", "~i->i", "->", doc="transpose"),
    _linear(
        "mul", "ij,jk->ik", "ij,j->i", "~i,ij->~j", "~i,i->", "i,~j->ij", ",*->*", "*,->*",
        doc="product; a scalar scales",
    ),
    _linear("frob", "*,*->", doc="Frobenius product"),
    _linear("had", "*,*->*", ",*->*", "*,->*", doc="elementwise (Hadamard) product"),
    _linear("tr", "ii->", doc="trace"),
    _linear("sum", "*->", doc="sum of all entries"),
    _linear("rowsum", "ij->i", doc="sum of each row"),
    _linear("colsum", "ij->j", doc="sum of each column"),
    _linear("mean", "*->", per="*", doc="mean of all entries"),
    _linear("rowmean", "ij->i", per="j", doc="mean of each row"),
    _linear("colmean", "ij->j", per="i", doc="mean of each column"),
    _linear("diag", "i->ii", "~i->ii", doc="diagonal matrix of a vector"),
    _linear("diagonal", "ii->i", doc="diagonal of a square matrix"),
    _linear("vec", "ij->(ji)", "i->i", doc="columns stacked into one vector"),
    _linear("triu", "ij->ij", doc="upper triangle; triu(X, k): on and above the k-th diagonal"),
    _linear("tril", "ij->ij", doc="lower triangle; tril(X, k): on and below the k-th diagonal"),
    _linear("cumsum", "ij->ij", "i->i", doc="sums of what came so far; of a matrix, down each column"),
    _linear("khatri_rao", "ij,pj->(ip)j", doc="Kronecker products of the columns"),
    _linear(
        "kron", "ij,pq->(ip)(jq)", "i,p->(ip)", "~i,~p->~(ip)", "i,pq->(ip)q", "~i,pq->p(iq)",
        "ij,p->(ip)j", "ij,~p->i(jp)", "i,~p->ip", "~i,p->pi", ",*->*", "*,->*",
        doc="Kronecker product",
    ),
)  # fmt: skip

_POINTWISE = (
    _pointwise("exp", "Y"),
    _pointwise("log", "1 ./ X", needs="{X} > 0"),
    _pointwise("log1p", "1 ./ (1 + X)", "log(1 + X)", needs="{X} > -1"),
    _pointwise("expm1", "exp(X)", "exp(X) - 1"),
    _pointwise("sqrt", "1 ./ (2*Y)", needs="{X} > 0"),
    _pointwise("abs", "sign(X)", needs="{X} ≠ 0", kink="abs has no derivative at 0; 0 is used there"),
    _pointwise("sign", "0", needs="{X} ≠ 0"),
    _pointwise("sin", "cos(X)"),
    _pointwise("cos", "-sin(X)"),
    _pointwise("tan", "1 + Y.^2", needs="cos({X}) ≠ 0"),
    _pointwise("asin", "1 ./ sqrt(1 - X.^2)", needs="|{X}| < 1"),
    _pointwise("acos", "-1 ./ sqrt(1 - X.^2)", needs="|{X}| < 1"),
    _pointwise("atan", "1 ./ (1 + X.^2)"),
    _pointwise("sinh", "cosh(X)"),
    _pointwise("cosh", "sinh(X)"),
    _pointwise("tanh", "1 - Y.^2"),
    _pointwise("sigmoid", "Y.*(1 - Y)", "1 ./ (1 + exp(-X))"),
    _pointwise("softplus", "sigmoid(X)", "log(1 + exp(X))"),
    _pointwise(
        "relu", "relu'(X)", "max(X, 0)", needs="{X} ≠ 0",
        kink="relu has no derivative at 0; 0 is used there",
    ),
    _pointwise(
        "leaky_relu", "leaky_relu'(X)", "X where X > 0, else 0.01*X", needs="{X} ≠ 0",
        kink="leaky_relu has no derivative at 0; 0.01 is used there",
    ),
    _pointwise("elu", "exp(min(X, 0))", "X where X > 0, else exp(X) - 1"),
    _pointwise(
        "gelu", "(1 + erf(X/sqrt(2)))/2 + X.*exp(-X.^2/2)/sqrt(2*pi)",
        "X times the normal distribution function",
    ),
    _pointwise("silu", "sigmoid(X).*(1 + X.*(1 - sigmoid(X)))", "X.*sigmoid(X)"),
    _pointwise("erf", "2*exp(-X.^2)/sqrt(pi)", "error function"),
)  # fmt: skip

_FUNCTIONS = (
    Operator(
        "inv", ("ii->ii", "->"), differential=("-Y*dX*Y",), requires=("{X} is invertible",),
        doc="inverse",
    ),
    Operator(
        "det", ("ii->",), differential=("Y*tr(inv(X)*dX)",), requires=("{X} is invertible",),
        doc="determinant",
    ),
    Operator(
        "logdet", ("ii->",), differential=("tr(inv(X)*dX)",), requires=("{X} is invertible",),
        doc="log of the absolute value of the determinant",
    ),
    Operator(
        "norm1", ("*->",), differential=("sign(X):dX",), requires=("{X} ≠ 0",),
        kink="norm1 has no derivative where an entry is 0; 0 is used there", doc="sum of absolute values",
    ),
    Operator(
        "norm2", ("*->",), differential=("X:dX/Y",), requires=("{X} ≠ 0",),
        doc="Euclidean norm of a vector, Frobenius norm of a matrix",
    ),
    Operator(
        "normF", ("*->",), differential=("X:dX/Y",), requires=("{X} ≠ 0",), doc="Frobenius norm",
    ),
    Operator(
        "logsumexp", ("i->", "~i->"), differential=("softmax(X):dX",), doc="log(sum(exp(x)))",
    ),
    Operator(
        "softmax", ("i->i", "ij->ij"), 
        differential=("Y.*(dX - Y:dX)", "Y.*(dX - rowsum(Y.*dX)*ones(n)')"),
        doc="exp(x)/sum(exp(x)); of a matrix, row by row",
    ),
    Operator(
        "logsoftmax", ("i->i", "ij->ij"), 
        differential=(
            "dX - ones(n)*(softmax(X):dX)", "dX - rowsum(softmax(X).*dX)*ones(n)'",
        ),
        doc="log of softmax; of a matrix, row by row",
    ),
    Operator(
        "max", ("*->",), differential=("max'(X):dX",), requires=("the largest entry of {X} is unique",),
        doc="largest entry",
    ),
    Operator(
        "min", ("*->",), differential=("min'(X):dX",), requires=("the smallest entry of {X} is unique",),
        doc="smallest entry",
    ),
    Operator(
        "maximum", ("*,*->*", ",*->*", "*,->*"), requires=("{X} ≠ {Z}",),
        differential=("relu'(X - Z).*dX + relu'(Z - X).*dZ",),
        doc="larger of two, entry by entry",
    ),
    Operator(
        "minimum", ("*,*->*", ",*->*", "*,->*"), requires=("{X} ≠ {Z}",),
        differential=("relu'(Z - X).*dX + relu'(X - Z).*dZ",),
        doc="smaller of two, entry by entry",
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

_BRANCH = "{X} has no eigenvalue ≤ 0"

# The differentials of matrix functions are words of their own, linear in the last argument. They are not
# made of products: X and dX do not commute.
FUNCTIONS_OF_MATRICES = (
    Operator("adj", ("ii->ii",), stands="det(X)*inv(X)", doc="adjugate of an invertible matrix"),
    Operator("solve", ("ii,ij->ij", "ii,i->i"), stands="inv(X)*Z", doc="the Y with X*Y = Z"),
    Operator("expm", ("ii->ii",), differential=("dexpm(X, dX)",), doc="matrix exponential"),
    Operator(
        "logm", ("ii->ii",), differential=("dlogm(X, dX)",), requires=(_BRANCH,),
        doc="matrix logarithm, the inverse of expm",
    ),
    Operator(
        "sqrtm", ("ii->ii",), differential=("sylvester(Y, Y, dX)",), requires=(_BRANCH,),
        doc="matrix square root: Y*Y = X",
    ),
    Operator(
        "dexpm", ("ii,ii->ii", "ii->iiii"), adjoint="dexpm(X, C)", commuting="expm(X)",
        doc="derivative of expm at X in the direction E: the integral of expm(s*X)*E*expm((1 - s)*X) "
        "over s from 0 to 1",
    ),
    Operator(
        "dlogm", ("ii,ii->ii", "ii->iiii"), adjoint="dlogm(X, C)", commuting="inv(X)",
        requires=(_BRANCH,), doc="derivative of logm at X in the direction E",
    ),
    Operator(
        "dpow", ("ii,,ii->ii", "ii,->iiii"), adjoint="dpow(X, Z, C)", commuting="Z*X^(Z - 1)",
        doc="derivative of X^k at X in the direction E: the sum of X^i*E*X^(k - 1 - i), i from 0 to k - 1",
    ),
    Operator(
        "sylvester", ("ii,jj,ij->ij", "ii,jj->ijij"), adjoint="sylvester(Z, X, C)",
        commuting="inv(X)/2", requires=("no eigenvalue of {X} is minus one of {Z}",),
        differential=("sylvester(X, Z, dW) - sylvester(X, Z, dX*Y) - sylvester(X, Z, Y*dZ)",),
        doc="the Y with X*Y + Y*Z = E",
    ),
    Operator(
        "pinv", ("i->~i", "~i->i", "ij->ji"),
        differential=(
            "dX'/(X'*X) - 2*Y*(X'*dX)/(X'*X)",
            "dX'/(X*X') - 2*Y*(X*dX')/(X*X')",
            "Y*Y'*dX'*(eye(m) - X*Y) + (eye(n) - Y*X)*dX'*Y'*Y - Y*dX*Y",
        ),
        requires=("the rank of {X} stays the same near it",), doc="pseudoinverse (Moore and Penrose)",
    ),
    Operator(
        "norm_nuc", ("ij->",), differential=("polar(X):dX",), requires=("{X} has full rank",),
        doc="nuclear norm, the sum of the singular values",
    ),
    Operator("polar", ("ij->ij",), doc="U*V' of the singular value decomposition, the polar factor"),
    Operator(
        "norm_spec", ("ij->",), differential=("spec_uv(X):dX",),
        requires=("the largest singular value of {X} is simple",),
        doc="spectral norm, the largest singular value",
    ),
    Operator("spec_uv", ("ij->ij",), doc="u*v' of the singular vectors for the largest singular value"),
    Operator(
        "eigvals", ("ii->i",), differential=("diag(eigvecs(X)'*dX*eigvecs(X))",),
        requires=("{X} is symmetric", "the eigenvalues of {X} are simple"),
        doc="eigenvalues of a symmetric matrix, smallest first",
    ),
    Operator("eigvecs", ("ii->ii",), doc="eigenvectors of a symmetric matrix as columns, as in eigvals"),
)  # fmt: skip

OPERATORS: dict[str, Operator] = {
    row.name: row for row in (*_LINEAR, *_POINTWISE, *_FUNCTIONS, *FUNCTIONS_OF_MATRICES)
}


LETTERS = ("X", "Z", "W")  # the arguments in the texts of a row


def whole_arity(row: Operator) -> int:
    """How many arguments a word takes; one that is linear in its last may also stand without it."""
    return row.signatures[0].partition("->")[0].count(",") + 1
