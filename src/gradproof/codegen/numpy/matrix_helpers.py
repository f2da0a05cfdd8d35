"""Functions of matrices that a generated NumPy module defines for itself; NumPy alone has none of them.

expm by scaling and squaring, sqrtm by the product form of Denman and Beavers' iteration, logm by
inverse scaling and squaring (Higham, Functions of Matrices, 2008, chapters 10, 6 and 11). Where there
is no real value the entries are nan. Derivatives come from block matrices [X E; 0 X].
"""

# What the text of a function of a matrix calls.
NEEDED = {"logm": "symmetric sqrtm", "cosm": "expm trigm", "sinm": "expm trigm"}
MATRIX_HELPERS = {
    "expm": '''
def _expm(X):
    """The matrix exponential: a Padé quotient of a small part, squared."""
    c = [64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000,
         10559470521600, 670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1]
    A = np.asarray(X, dtype=float)
    size = np.max(np.sum(np.abs(A), axis=0), initial=0.0)
    if not np.isfinite(size):
        return np.full_like(X, np.nan)
    halvings = max(0, math.ceil(math.log2(size/5.37))) if size else 0
    A = A/2.0**halvings
    eye, A2 = np.eye(len(A)), A @ A
    A4 = A2 @ A2
    A6 = A2 @ A4
    odd = A6 @ (c[13]*A6 + c[11]*A4 + c[9]*A2) + c[7]*A6 + c[5]*A4 + c[3]*A2 + c[1]*eye
    even = A6 @ (c[12]*A6 + c[10]*A4 + c[8]*A2) + c[6]*A6 + c[4]*A4 + c[2]*A2 + c[0]*eye
    out = np.linalg.solve(even - A @ odd, even + A @ odd)
    for _ in range(halvings):
        out = out @ out
    return out.astype(np.asarray(X).dtype, copy=False)
''',
    "symmetric": '''
def _symmetric(f, A):
    """f of the eigenvalues of a symmetric matrix; None of any other."""
    if np.max(np.abs(A - A.T), initial=0.0) > 1e-15*np.max(np.abs(A), initial=0.0):
        return None
    w, V = np.linalg.eigh((A + A.T)/2)
    with np.errstate(invalid="ignore", divide="ignore"):
        return V*f(w) @ V.T
''',
    "sqrtm": '''
def _sqrtm(X):
    """The principal square root of a matrix."""
    A = np.asarray(X, dtype=float)
    root = _symmetric(np.sqrt, A)
    if root is None:
        try:
            with np.errstate(all="ignore"):
                root = _general_root(A)
        except np.linalg.LinAlgError:
            root = np.full_like(A, np.nan)
    return root.astype(np.asarray(X).dtype, copy=False)


def _general_root(A):
    eye, n = np.eye(len(A)), len(A)
    root, M = A, A
    for _ in range(60):
        gap = np.max(np.abs(M - eye))
        if gap < 1e-15*n or not np.isfinite(gap):
            break
        g = abs(np.linalg.det(M))**(-0.5/n) if gap > 1e-2 else 1.0
        back = np.linalg.inv(M)/g**2
        root, M = g*root @ (eye + back)/2, (eye + (g**2*M + back)/2)/2
    if not np.max(np.abs(root @ root - A)) < 1e-8*(np.max(np.abs(A)) + np.max(np.abs(root))**2):
        return np.full_like(A, np.nan)
    return root
''',
    "logm": '''
def _logm(X):
    """The principal logarithm of a matrix: roots until it is near the identity, then a Padé quotient."""
    A = np.asarray(X, dtype=float)
    out = _symmetric(np.log, A)
    if out is None:
        eye, doublings = np.eye(len(A)), 0
        while np.max(np.sum(np.abs(A - eye), axis=0)) > 0.25 and doublings < 60:
            A, doublings = _sqrtm(A), doublings + 1
        x, w = np.polynomial.legendre.leggauss(8)
        B = A - eye
        out = 2.0**doublings*sum(v/2*np.linalg.solve(eye + (1 + t)/2*B, B) for t, v in zip(x, w))
    return out.astype(np.asarray(X).dtype, copy=False)
''',
    "trigm": '''
def _trigm(X):
    """[cos(X), -sin(X); sin(X), cos(X)], the exponential of [0, -X; X, 0]."""
    none = np.zeros_like(X)
    return _expm(np.block([[none, -X], [X, none]]))
''',
    "cosm": '''
def _cosm(X):
    """The cosine of a matrix."""
    return _trigm(X)[: len(X), : len(X)]
''',
    "sinm": '''
def _sinm(X):
    """The sine of a matrix."""
    return _trigm(X)[len(X) :, : len(X)]
''',
    "along": '''
def _along(f, X, E):
    """The derivative of a matrix function at X in the direction E."""
    n, size = len(X), np.max(np.abs(E), initial=0.0)
    if not size:
        return np.zeros_like(X)
    scale = size/(np.max(np.abs(X)) or 1.0)
    return f(np.block([[X, E/scale], [np.zeros_like(X), X]]))[:n, n:]*scale
''',
    "dpow": '''
def _dpow(X, k, E):
    """The derivative of X^k in the direction E."""
    if k < 0:
        X, k = np.linalg.inv(X), -k
        E = -X @ E @ X
    power, out = np.eye(len(X), dtype=X.dtype), np.zeros_like(X)
    for _ in range(k):
        out, power = out @ X + power @ E, power @ X
    return out
''',
    "sylvester": '''
def _sylvester(A, B, C):
    """The Z with A @ Z + Z @ B = C."""
    m, n = C.shape
    both = np.kron(A, np.eye(n)) + np.kron(np.eye(m), B.T)
    return np.linalg.solve(both, C.reshape(-1)).reshape(m, n).astype(C.dtype, copy=False)
''',
    "axes": '''
def _axes(f, A, B):
    """The array T with f(E)_ij = sum of T_ijpq E_pq."""
    m, n = len(A), len(B)
    out = np.empty((m, n, m, n), dtype=A.dtype)
    for p in range(m):
        for q in range(n):
            E = np.zeros((m, n), dtype=A.dtype)
            E[p, q] = 1
            out[:, :, p, q] = f(E)
    return out
''',
    "chol": '''
def _chol(X):
    """The lower Cholesky factor of the symmetric part of X."""
    return np.linalg.cholesky((X + X.T)/2)
''',
    "halftril": '''
def _halftril(X):
    """The lower triangle of X, its diagonal halved."""
    return (np.tril(X) + np.tril(X, -1))/2
''',
    "halftriu": '''
def _halftriu(X):
    """The upper triangle of X, its diagonal halved."""
    return (np.triu(X) + np.triu(X, 1))/2
''',
    "svd": '''
def _svd(X):
    """U and V with X = U diag(s) V', as columns; the largest entry of each column of V is positive."""
    U, _, V = np.linalg.svd(X, full_matrices=False)
    sign = np.sign(np.take_along_axis(V, np.argmax(np.abs(V), axis=1)[:, None], axis=1))
    return U*sign.T, (V*sign).T
''',
    "invgaps": '''
def _invgaps(x):
    """1/(x_j - x_i) in row i and column j, 0 on the diagonal."""
    gaps = x[None, :] - x[:, None]
    np.fill_diagonal(gaps, np.inf)
    return 1/gaps
''',
    "polar": """
def _polar(X):
    U, _, V = np.linalg.svd(X, full_matrices=False)
    return U @ V
""",
    "spec_uv": '''
def _spec_uv(X):
    """The outer product of the singular vectors for the largest singular value."""
    U, _, V = np.linalg.svd(X, full_matrices=False)
    return np.outer(U[:, 0], V[0])
''',
}
