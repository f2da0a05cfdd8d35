"""The objectives of the gallery once more, as array code. `m` is NumPy or JAX, with what they lack.

`m.L` is a loss, `m.g` a vector function, `m.K` a kernel matrix: what stands for the unknown functions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def square(x: Any) -> Any:
    """Sum of squares."""
    return (x * x).sum()


def layernorm(m: Any, X: Any, epsilon: Any) -> Any:
    """Each row less its mean, divided by the root of variance and epsilon."""
    centred = X - X.mean(1, keepdims=True)
    return centred / m.sqrt((centred**2).mean(1, keepdims=True) + epsilon)


def batchnorm(m: Any, X: Any, epsilon: Any) -> Any:
    """The same by columns."""
    return layernorm(m, X.T, epsilon).T


def rnn(m: Any, W: Any, U: Any, b: Any, h0: Any, x1: Any, x2: Any, x3: Any) -> Any:
    """Three steps of a recurrent network."""
    h = h0
    for x in (x1, x2, x3):
        h = m.tanh(W @ x + U @ h + b)
    return m.L(h)


def lstm(m: Any, x: Any, h: Any, c: Any, **w: Any) -> Any:
    """One step of an LSTM."""
    i, f, o, g = (w[f"W_{k}"] @ x + w[f"U_{k}"] @ h + w[f"b_{k}"] for k in "ifog")
    return m.L(m.sigmoid(o) * m.tanh(m.sigmoid(f) * c + m.sigmoid(i) * m.tanh(g)))


def gru(m: Any, x: Any, h: Any, **w: Any) -> Any:
    """One step of a GRU."""
    z = m.sigmoid(w["W_z"] @ x + w["U_z"] @ h + w["b_z"])
    r = m.sigmoid(w["W_r"] @ x + w["U_r"] @ h + w["b_r"])
    g = m.tanh(w["W_g"] @ x + w["U_g"] @ (r * h) + w["b_g"])
    return m.L((1 - z) * h + z * g)


def transformer(m: Any, X: Any, d: Any, epsilon: Any, **w: Any) -> Any:
    """One head, and a network for each place."""
    N = layernorm(m, X, epsilon)
    P = m.softmax((N @ w["W_Q"]) @ (N @ w["W_K"]).T / m.sqrt(d))
    H = X + P @ (N @ w["W_V"]) @ w["W_O"]
    return m.L(H + m.gelu(layernorm(m, H, epsilon) @ w["W_1"]) @ w["W_2"])


def two_heads(m: Any, X: Any, **w: Any) -> Any:
    """Two heads of self-attention, added."""
    heads = [m.softmax((X @ w[f"A{i}"]) @ (X @ w[f"B{i}"]).T) @ X @ w[f"C{i}"] for i in (1, 2)]
    return m.L(heads[0] + heads[1])


def gaussian(m: Any, X: Any, mu: Any, S: Any) -> Any:
    """Log-likelihood, without its constant."""
    terms = [(x - mu) @ m.inv(S) @ (x - mu) for x in X]
    return -len(X) / 2 * m.log(m.det(S)) - sum(terms) / 2


def mixture(m: Any, X: Any, M: Any, w: Any) -> Any:
    """Minus the log-likelihood of a mixture, sample by sample."""
    logs = [m.log(sum(w[j] * m.exp(-square(x - M[j]) / 2) for j in range(len(w)))) for x in X]
    return -sum(logs)


def vae(m: Any, mu: Any, r: Any, epsilon: Any, x: Any) -> Any:
    """Minus the lower bound."""
    return square(x - m.g(mu + m.exp(r / 2) * epsilon)) / 2 + (m.exp(r) + mu**2 - 1 - r).sum() / 2


def lyapunov(m: Any, A: Any, Q: Any, C: Any) -> Any:
    """tr(C*X) with A*X + X*A' = -Q, as linear equations in the entries."""
    eye = m.eye(len(A))
    X = m.solve(m.kron(A, eye) + m.kron(eye, A), -Q.ravel()).reshape(A.shape)
    return (C * X.T).sum()


def elasticity(m: Any, F: Any, mu: Any, **given: Any) -> Any:
    """Energy of a compressible neo-Hookean solid."""
    J = m.det(F)
    return mu / 2 * (square(F) - 3) - mu * m.log(J) + given["lambda"] / 2 * m.log(J) ** 2


CODE: dict[str, Callable[..., Any]] = {
    "dot": lambda m, a, x: a @ x,
    "quadratic": lambda m, x, A: x @ A @ x,
    "quadratic-symmetric": lambda m, x, S: x @ S @ x,
    "linear-map": lambda m, X, W: m.L(X @ W.T),
    "norm": lambda m, x, y: m.sqrt(square(x - y)),
    "chain": lambda m, y, A, x: (y * m.tanh(A @ x)).sum(),
    "logsumexp": lambda m, A, x: m.log(m.exp(A @ x).sum()),
    "unknown-vector": lambda m, x, y: square(m.g(x) - y),
    "trace": lambda m, A, X, B: m.trace(A @ X @ B),
    "trace-quadratic": lambda m, X, A: m.trace(X.T @ A @ X),
    "trace-power": lambda m, X, k: m.trace(m.matrix_power(X, k)),
    "inverse": lambda m, a, X, b: a @ m.inv(X) @ b,
    "logdet": lambda m, X, S: m.log(m.det(X.T @ S @ X)),
    "det": lambda m, A, X, B: m.det(A) * m.det(X) * m.det(B),
    "stein-loss": lambda m, S, C: (m.inv(S) * C).sum() + m.log(m.det(S)),
    "vec-kron": lambda m, A, X, B, C: square(A @ X @ B - C),
    "nuclear-norm": lambda m, X: m.svd(X, compute_uv=False).sum(),
    "matrix-exponential": lambda m, x, A, y: x @ m.expm(A) @ y,
    "least-squares": lambda m, X, w, y: square(X @ w - y) / 2,
    "least-squares-solved": lambda m, X, w, y: square(X @ w - y) / 2,
    "least-squares-hessian": lambda m, X, w, y: square(X @ w - y) / 2,
    "multi-output": lambda m, X, W, T: square(X @ W.T - T) / 2,
    "weighted": lambda m, X, w, y, S: (X @ w - y) @ S @ (X @ w - y) / 2,
    "ridge": lambda m, X, w, y, **c: square(X @ w - y) + c["lambda"] * square(w),
    "kernel-ridge": lambda m, y, K, alpha, **c: square(y - K @ alpha) + c["lambda"] * (alpha @ K @ alpha),
    "lasso": lambda m, X, w, y, **c: square(X @ w - y) / 2 + c["lambda"] * abs(w).sum(),
    "huber": lambda m, X, w, y, delta: sum(
        r * r / 2 if abs(r) < delta else delta * (abs(r) - delta / 2) for r in X @ w - y
    ),
    "logistic": lambda m, y, X, w: m.log(1 + m.exp(-y * (X @ w))).sum(),
    "logistic-01": lambda m, X, w, y: m.log(1 + m.exp(X @ w)).sum() - y @ (X @ w),
    "logistic-hessian": lambda m, X, w, y: m.log(1 + m.exp(X @ w)).sum() - y @ (X @ w),
    "poisson": lambda m, X, w, y: (m.exp(X @ w) - y * (X @ w)).sum(),
    "probit": lambda m, y, X, w: -m.log((1 + m.erf(y * (X @ w) / 2**0.5)) / 2).sum(),
    "svm": lambda m, w, C, y, X, b: square(w) / 2 + C * m.maximum(0, 1 - y * (X @ w + b)).sum(),
    "linear": lambda m, X, W, b: m.L(X @ W.T + b),
    "dropout": lambda m, M, X, p: m.L(M * X / (1 - p)),
    "residual": lambda m, X, W: m.L(X + m.maximum(X @ W.T, 0)),
    "layernorm": lambda m, X, gamma, beta, epsilon: m.L(layernorm(m, X, epsilon) * gamma + beta),
    "batchnorm": lambda m, X, gamma, beta, epsilon: m.L(batchnorm(m, X, epsilon) * gamma + beta),
    "rmsnorm": lambda m, X, gamma, epsilon: m.L(X / m.sqrt((X**2).mean(1, keepdims=True) + epsilon) * gamma),
    "groupnorm": lambda m, X, gamma, beta, epsilon: m.L(
        layernorm(m, X, epsilon) * gamma[:, None] + beta[:, None]
    ),
    "mlp": lambda m, X, W1, b1, W2, b2: m.L(m.maximum(X @ W1.T + b1, 0) @ W2.T + b2),
    "swiglu": lambda m, X, W, V, U: m.L(((X @ W.T) * m.sigmoid(X @ W.T) * (X @ V.T)) @ U.T),
    "low-rank": lambda m, X, W, s, B, A: m.L(X @ (W + s * B @ A).T),
    "embedding": lambda m, S, T: m.L(S @ T),
    "rnn": rnn,
    "lstm": lstm,
    "gru": gru,
    "attention": lambda m, Q, K, d, V: m.L(m.softmax(Q @ K.T / m.sqrt(d)) @ V),
    "causal-attention": lambda m, Q, K, d, M, V: m.L(m.softmax(Q @ K.T / m.sqrt(d) + M) @ V),
    "multi-head": two_heads,
    "heads-einsum": lambda m, Q, K, P, V, T: (
        (m.einsum("ihd,jhd->hij", Q, K) * T).sum() + m.L(m.einsum("hij,jhd->ihd", P, V))
    ),
    "transformer-block": transformer,
    "cross-entropy": lambda m, Y, Z: -(Y * m.log(m.softmax(Z))).sum(),
    "softmax-regression": lambda m, X, W, Y: -(Y * m.log(m.softmax(X @ W.T))).sum() / len(X),
    "label-smoothing": lambda m, Y, Z, s: -(((1 - s) * Y + s / Z.shape[1]) * m.log(m.softmax(Z))).sum(),
    "binary-cross-entropy": lambda m, y, z: (
        -(y * m.log(m.sigmoid(z)) + (1 - y) * m.log(1 - m.sigmoid(z))).sum()
    ),
    "focal": lambda m, z: -((1 - m.sigmoid(z)) ** 2 * m.log(m.sigmoid(z))).sum(),
    "kl": lambda m, p, q: (p * m.log(p / q)).sum(),
    "contrastive": lambda m, U, V, tau: -m.log(m.diag(m.softmax(U @ V.T / tau))).sum(),
    "triplet": lambda m, a, p, q, c: m.maximum(square(a - p) - square(a - q) + c, 0),
    "word2vec": lambda m, u, v, N: -m.log(m.sigmoid(u @ v)) - m.log(m.sigmoid(-N @ v)).sum(),
    "bradley-terry": lambda m, beta, r_w, r_l: -m.log(m.sigmoid(beta * (r_w - r_l))),
    "policy-gradient": lambda m, S, W, Y, a: (a[:, None] * Y * m.log(m.softmax(S @ W.T))).sum(),
    "gaussian": gaussian,
    "gaussian-mean": lambda m, x, y, mu, S: (x - mu) @ m.inv(S) @ (x - mu) + (y - mu) @ m.inv(S) @ (y - mu),
    "mixture": mixture,
    "vae": vae,
    "gp-likelihood": lambda m, y, theta: (y @ m.inv(m.K(theta)) @ y + m.log(m.det(m.K(theta)))) / 2,
    "gp-kernel": lambda m, y, K: (y @ m.inv(K) @ y + m.log(m.det(K))) / 2,
    "factor-analysis": lambda m, W, psi, C: (
        (m.log(m.det(W @ W.T + m.diag(psi))) + (m.inv(W @ W.T + m.diag(psi)) * C).sum()) / 2
    ),
    "fisher-information": lambda m, x: m.log(m.exp(x).sum()),
    "ica": lambda m, W, X: m.log(m.cosh(W @ X)).sum() - X.shape[1] * m.log(abs(m.det(W))),
    "pca": lambda m, x, S: (x @ S @ x) / (x @ x),
    "pca-projection": lambda m, X, V: square(X - X @ V @ V.T),
    "pca-sphere": lambda m, x, S: x @ S @ x,
    "matrix-factorisation": lambda m, M, T, U, V, **c: (
        square(M * (T - U @ V.T)) / 2 + c["lambda"] / 2 * (square(U) + square(V))
    ),
    "factorisation-hessian": lambda m, T, U, V: square(T - U @ V.T) / 2,
    "nmf": lambda m, X, W, H: (W @ H - X * m.log(W @ H)).sum(),
    "procrustes": lambda m, A, Q, B: square(A @ Q - B),
    "kalman-gain": lambda m, K, H, P, R: m.trace(
        (m.eye(len(P)) - K @ H) @ P @ (m.eye(len(P)) - K @ H).T + K @ R @ K.T
    ),
    "lyapunov": lyapunov,
    "mahalanobis": lambda m, X, Y, M: sum((x - y) @ M @ (x - y) for x, y in zip(X, Y, strict=True)),
    "metric-factor": lambda m, L, x, y: square(L @ (x - y)),
    "elasticity": elasticity,
    "invariants": lambda m, F: (m.trace(F.T @ F) ** 2 - m.trace(F.T @ F @ F.T @ F)) / 2,
    "graph-laplacian": lambda m, X, K: m.trace(X.T @ K @ X),
    "linear-jacobian": lambda m, A, X, B: A @ X @ B,
    "inverse-differential": lambda m, X: m.inv(X),
    "symmetric-logdet": lambda m, A, S: m.log(m.det(A @ S @ A.T)),
    "softmax-jacobian": lambda m, x: m.softmax(x),
}
