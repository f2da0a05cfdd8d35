"""Rows of the table: functions of matrices, their derivatives, words of singular and eigenvalues."""

from __future__ import annotations

from gradproof.operators.row import AN_ORDER, ONLY_A_RESULT, UNCHECKED, UNREAD, Operator, matrix_function

DEFINITE = "{X} is symmetric and positive definite"
TALL = "{X} has no more columns than rows"
BRANCH = "{X} has no eigenvalue ≤ 0"

# The differentials of matrix functions are words of their own, linear in the last argument. They are not
# made of products: X and dX do not commute. `matrix_function` makes the rows of both.
FUNCTIONS_OF_MATRICES = (
    Operator("adj", ("ii->ii",), stands="det(X)*inv(X)", without=(UNREAD,),
             doc="adjugate of an invertible matrix"),
    Operator("solve", ("ii,ij->ij", "ii,i->i"), stands="inv(X)*Z", numpy="linalg.solve",
             doc="the Y with X*Y = Z"),
    *matrix_function(
        "expm", "expm(X)", "matrix exponential", invertible=True,
        numpy="scipy.linalg.expm torch.linalg.matrix_exp",
        of_direction="the integral of expm(s*X)*E*expm((1 - s)*X) over s from 0 to 1",
    ),
    *matrix_function("logm", "inv(X)", "matrix logarithm, the inverse of expm", needs=BRANCH,
                     numpy="scipy.linalg.logm"),
    *matrix_function("cosm", "-sinm(X)", "matrix cosine, the real part of expm(i*X) for a real X",
                     numpy="scipy.linalg.cosm"),
    *matrix_function("sinm", "cosm(X)", "matrix sine, the imaginary part of expm(i*X) for a real X",
                     numpy="scipy.linalg.sinm"),
    Operator(
        "sqrtm", ("ii->ii",), differential=("sylvester(Y, Y, dX)",), requires=(BRANCH,), algebra=True,
        turns=True, keeps_symmetry=True, numpy="scipy.linalg.sqrtm", doc="matrix square root: Y*Y = X",
    ),
    Operator(
        "dpow", ("ii,,ii->ii", "ii,->iiii"), adjoint="dpow(X, Z, C)", commuting="Z*X^r",
        algebra=True, keeps_symmetry=True,
        without=(UNREAD,),
        doc="derivative of X^k at X in the direction E: the sum of X^i*E*X^(k - 1 - i), i from 0 to k - 1",
    ),
    Operator(
        "sylvester", ("ii,jj,ij->ij", "ii,jj->ijij"), adjoint="sylvester(Z, X, C)",
        commuting="inv(X)/2", requires=("no eigenvalue of {X} is minus one of {Z}",),
        differential=("sylvester(X, Z, dV) - sylvester(X, Z, dX*Y) - sylvester(X, Z, Y*dZ)",),
        without=(UNREAD,), doc="the Y with X*Y + Y*Z = E",
    ),
    Operator(
        "pinv", ("i->~i", "~i->i", "ij->ji"),
        differential=(
            "dX'/(X'*X) - 2*Y*(X'*dX)/(X'*X)",
            "dX'/(X*X') - 2*Y*(X*dX')/(X*X')",
            "Y*Y'*dX'*(eye(m) - X*Y) + (eye(n) - Y*X)*dX'*Y'*Y - Y*dX*Y",
        ),
        requires=("the rank of {X} stays the same near it",), turns=True, keeps_symmetry=True,
        numpy="linalg.pinv", doc="pseudoinverse (Moore and Penrose)",
    ),
    Operator(
        "chol", ("ii->ii",), differential=("Y*halftril(inv(Y)*(dX + dX')*inv(Y)')/2",),
        requires=(DEFINITE,), invertible=True,
        numpy="linalg.cholesky",
        without=(UNCHECKED,), doc="lower triangular factor of a symmetric positive definite matrix: Y*Y' = X",
    ),
    Operator(
        "norm_nuc", ("ij->",), differential=("polar(X):dX",), requires=("{X} has full rank",),
        without=(AN_ORDER,), even=True, doc="nuclear norm, the sum of the singular values",
    ),
    Operator(
        "polar", ("ij->ij",), keeps_symmetry=True,
        without=(ONLY_A_RESULT, UNREAD), turns=True,
        doc="U*V' of the singular value decomposition, the polar factor",
    ),
    Operator(
        "norm_spec", ("ij->",), differential=("spec_uv(X):dX",),
        requires=("the largest singular value of {X} is simple",),
        without=(AN_ORDER,), even=True, doc="spectral norm, the largest singular value",
    ),
    Operator(
        "spec_uv", ("ij->ij",), keeps_symmetry=True,
        without=(ONLY_A_RESULT, UNREAD), turns=True,
        doc="u*v' of the singular vectors for the largest singular value",
    ),
    Operator(
        "svdvals", ("ij->j",), differential=("diag(svd_u(X)'*dX*svd_v(X))",),
        requires=(TALL, "the singular values of {X} are positive and simple"),
        numpy="torch.linalg.svdvals",
        without=(UNCHECKED,), doc="singular values of a matrix with no more columns than rows, largest first",
    ),
    Operator(
        "svd_u", ("ij->ij",), requires=("the singular values of {X} are positive and simple",),
        without=(ONLY_A_RESULT, UNREAD, UNCHECKED),
        doc="left singular vectors as columns: X = svd_u(X)*diag(svdvals(X))*svd_v(X)'",
    ),
    Operator("svd_v", ("ij->jj",), orthogonal=True, without=(ONLY_A_RESULT, UNREAD, UNCHECKED),
             doc="right singular vectors as columns, as in svd_u"),
    Operator(
        "eigvals", ("ii->i",), differential=("diag(eigvecs(X)'*dX*eigvecs(X))",),
        requires=("{X} is symmetric", "the eigenvalues of {X} are simple"),
        numpy="linalg.eigvalsh", doc="eigenvalues of a symmetric matrix, smallest first",
    ),
    Operator(
        "eigvecs", ("ii->ii",), differential=("Y*(invgaps(eigvals(X)).*(Y'*(dX + dX')*Y))/2",),
        requires=("{X} is symmetric", "the eigenvalues of {X} are simple"), orthogonal=True,
        without=(UNREAD, UNCHECKED, ("coded", "the signs of eigenvectors are free")),
        doc="eigenvectors of a symmetric matrix as columns, as in eigvals",
    ),
    Operator(
        "invgaps", ("i->ii",), requires=("no two entries of {X} are equal",),
        without=(ONLY_A_RESULT, UNREAD, UNCHECKED),
        doc="1/(X_j - X_i) in row i and column j, 0 on the diagonal",
    ),
)  # fmt: skip
