"""Families of growing questions, each as a text in the language and as a function that JAX traces.

A tag changes every name, so that repeating a measurement never meets what an earlier one left in a cache.
The functions of JAX take a list of arrays, four by four or of length four: what is timed is the trace.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from problems import Problem, chain, layers, norms


class Family(NamedTuple):
    """name; problem: of a size, with a tag; traced: the same for JAX, of a size, from its module: the
    function of one list of arrays, and their numbers of axes."""

    name: str
    problem: Callable[[int, str], Problem]
    traced: Callable[[int, Any], tuple[Callable[[list[Any]], Any], list[int]]]


def repeats(count: int, tag: str = "") -> Problem:
    """The trace of a product in which the variable stands many times."""
    return Problem(f"tr({'*'.join(f'X{tag}*A{tag}_{i}' for i in range(count))})", [f"X{tag}"])


def residual(depth: int, tag: str = "") -> Problem:
    """A residual network."""
    lines, inner = [], f"X{tag}"
    for i in range(1, depth + 1):
        lines.append(f"H{tag}_{i} = {inner} + relu({inner}*W{tag}_{i})*V{tag}_{i}")
        inner = f"H{tag}_{i}"
    names = [f"{kind}{tag}_{i}" for i in range(1, depth + 1) for kind in "WV"]
    return Problem("; ".join([*lines, f"L({inner})"]), names)


def recurrent(depth: int, tag: str = "") -> Problem:
    """A recurrent network: every step has the same weights."""
    lines, inner = [], f"h{tag}_0"
    for i in range(1, depth + 1):
        lines.append(f"h{tag}_{i} = tanh(W{tag}*{inner} + U{tag}*x{tag}_{i} + b{tag})")
        inner = f"h{tag}_{i}"
    return Problem("; ".join([*lines, f"L({inner})"]), [f"W{tag}", f"U{tag}", f"b{tag}"])


def scalars(depth: int, tag: str = "") -> Problem:
    """One long scalar expression."""
    text = f"x{tag}"
    for i in range(1, depth + 1):
        text = f"sin(a{tag}_{i}*{text} + x{tag})" if i % 2 else f"exp(-({text})^2/a{tag}_{i})"
    names = [f"x{tag}", *(f"a{tag}_{i}" for i in range(1, depth + 1))]
    return Problem(f"{text} where {', '.join(f'{name}: scalar' for name in names)}", names[:1])


def hadamards(count: int, tag: str = "") -> Problem:
    """A Hadamard product of products."""
    factors = (f"(A{tag}_{i}*X{tag}*B{tag}_{i})" for i in range(count))
    return Problem(f"sum({'.*'.join(factors)})", [f"X{tag}"])


def nested(depth: int, tag: str = "") -> Problem:
    """Functions of functions of a vector, in one expression."""
    text = f"x{tag}"
    for i in range(depth):
        text = f"tanh(A{tag}_{i}*{text})"
    return Problem(f"sum({text})", [f"x{tag}"])


def blocks(depth: int, tag: str = "") -> Problem:
    """Attention blocks with residuals."""
    lines, inner = [], f"X{tag}"
    for i in range(1, depth + 1):
        q, k, v, p = (f"{letter}{tag}_{i}" for letter in "QKVP")
        lines += [f"{q} = {inner}*A{tag}_{i}", f"{k} = {inner}*B{tag}_{i}", f"{v} = {inner}*C{tag}_{i}"]
        lines += [f"{p} = softmax({q}*{k}'/sqrt(d))", f"X{tag}_{i} = {inner} + {p}*{v}"]
        inner = f"X{tag}_{i}"
    names = [f"{kind}{tag}_{i}" for i in range(1, depth + 1) for kind in "ABC"]
    return Problem("; ".join([*lines, f"L({inner})"]), names)


def powers(count: int, tag: str = "") -> Problem:
    """tr((X*A)^n), written out: for its Hessian."""
    return Problem(f"tr({'*'.join([f'X{tag}*A{tag}'] * count)})", [f"X{tag}"])


def first_weight(depth: int, tag: str = "") -> Problem:
    """A tanh network, in its first weights alone: for the Hessian."""
    whole = layers(depth, tag)
    return Problem(whole.text, whole.variables[:1])


# ---- for JAX: the last array of each list is what is held


def _repeats(n: int, np: Any) -> Any:
    def f(a: list[Any]) -> Any:
        out = a[0]
        for k in range(1, n + 1):
            out = out @ a[k] @ a[0] if k < n else out @ a[k]
        return np.trace(out)

    return f, [2] * (n + 1)


def _residual(n: int, np: Any) -> Any:
    def f(a: list[Any]) -> Any:
        h = a[-1]
        for k in range(n):
            h = h + np.maximum(h @ a[2 * k], 0) @ a[2 * k + 1]
        return h.sum()

    return f, [2] * (2 * n + 1)


def _recurrent(n: int, np: Any) -> Any:
    def f(a: list[Any]) -> Any:
        h = a[2]
        for k in range(n):
            h = np.tanh(a[0] @ h + a[1] @ a[3 + k] + a[2])
        return h.sum()

    return f, [2, 2, 1, *[1] * n]


def _scalars(n: int, np: Any) -> Any:
    def f(a: list[Any]) -> Any:
        x = a[0]
        for k in range(1, n + 1):
            x = np.sin(a[k] * x + a[0]) if k % 2 else np.exp(-(x**2) / a[k])
        return x

    return f, [0] * (n + 1)


def _hadamards(n: int, np: Any) -> Any:
    def f(a: list[Any]) -> Any:
        out = a[1] @ a[0] @ a[2]
        for k in range(1, n):
            out = out * (a[2 * k + 1] @ a[0] @ a[2 * k + 2])
        return out.sum()

    return f, [2] * (2 * n + 1)


def _nested(n: int, np: Any) -> Any:
    def f(a: list[Any]) -> Any:
        x = a[0]
        for k in range(1, n + 1):
            x = np.tanh(a[k] @ x)
        return x.sum()

    return f, [1, *[2] * n]


def _blocks(n: int, np: Any) -> Any:
    def f(a: list[Any]) -> Any:
        x = a[-1]
        for k in range(n):
            s = x @ a[3 * k] @ (x @ a[3 * k + 1]).T / 2.0
            e = np.exp(s - s.max(axis=1, keepdims=True))
            x = x + e / e.sum(axis=1, keepdims=True) @ (x @ a[3 * k + 2])
        return x.sum()

    return f, [2] * (3 * n + 1)


def _chain(n: int, np: Any) -> Any:
    def f(a: list[Any]) -> Any:
        v = a[-1]
        for k in range(n):
            v = v @ a[k]
        return v @ a[-1]

    return f, [*[2] * n, 1]


def _layers(n: int, np: Any) -> Any:
    def f(a: list[Any]) -> Any:
        x = a[-1]
        for k in range(n):
            x = np.tanh(x @ a[2 * k].T + a[2 * k + 1])
        return x.sum()

    return f, [*[2, 1] * n, 2]


def _norms(n: int, np: Any) -> Any:
    def f(a: list[Any]) -> Any:
        return sum(((a[2 * k + 1] @ a[0] - a[2 * k + 2]) ** 2).sum() for k in range(n))

    return f, [1, *[2, 1] * n]


def _powers(n: int, np: Any) -> Any:
    def f(a: list[Any]) -> Any:
        out = a[0] @ a[1]
        for _ in range(n - 1):
            out = out @ a[0] @ a[1]
        return np.trace(out)

    return f, [2, 2]


FAMILIES = (
    Family("chain", chain, _chain),
    Family("repeats", repeats, _repeats),
    Family("tanh net", layers, _layers),
    Family("residual net", residual, _residual),
    Family("recurrent net", recurrent, _recurrent),
    Family("long scalar", scalars, _scalars),
    Family("Hadamard products", hadamards, _hadamards),
    Family("nested functions", nested, _nested),
    Family("squared norms", norms, _norms),
    Family("attention blocks", blocks, _blocks),
)
HESSIANS = (Family("tr((X*A)^n)", powers, _powers), Family("tanh net, first weights", first_weight, _layers))
