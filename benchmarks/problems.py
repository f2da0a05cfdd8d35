"""The problems whose time is measured, as texts with the variables asked for.

A tag changes every name of an array, so that repeating a measurement never meets what an earlier one
left in a cache.
"""

from typing import NamedTuple


class Problem(NamedTuple):
    """A text, and the names to differentiate by."""

    text: str
    variables: list[str]


def student(tag: str = "") -> Problem:
    """The question that gradproof began with."""
    return Problem(f"L(X{tag}*W{tag}')", [f"W{tag}"])


def attention(tag: str = "") -> Problem:
    """Attention, in queries, keys and values."""
    q, k, v = f"Q{tag}", f"K{tag}", f"V{tag}"
    lines = (
        f"S{tag} = {q}*{k}'/sqrt(d)",
        f"P{tag} = softmax(S{tag})",
        f"O{tag} = P{tag}*{v}",
        f"L(O{tag})",
    )
    return Problem("; ".join(lines), [q, k, v])


def layers(depth: int, tag: str = "") -> Problem:
    """A network of tanh layers, in all weights and biases."""
    lines, inner = [], f"X{tag}"
    for i in range(1, depth + 1):
        lines.append(f"Z{tag}_{i} = {inner}*W{tag}_{i}' + ones(n)*b{tag}_{i}'")
        lines.append(f"A{tag}_{i} = tanh(Z{tag}_{i})")
        inner = f"A{tag}_{i}"
    names = [f"{kind}{tag}_{i}" for i in range(1, depth + 1) for kind in "Wb"]
    return Problem("; ".join([*lines, f"L({inner})"]), names)


def chain(length: int, tag: str = "") -> Problem:
    """A bilinear form of a long product, in all of its factors."""
    names = [f"A{tag}_{i}" for i in range(1, length + 1)]
    return Problem(f"v{tag}'*{'*'.join(names)}*w{tag}", names)


def norms(count: int, tag: str = "") -> Problem:
    """A sum of squared norms, in the unknown that they share."""
    terms = (f"norm2(A{tag}_{i}*x{tag} - b{tag}_{i})^2" for i in range(1, count + 1))
    return Problem(" + ".join(terms), [f"x{tag}"])


def product(length: int, tag: str = "") -> Problem:
    """The trace of a long product, in its middle factor."""
    names = [f"A{tag}_{i}" for i in range(1, length + 1)]
    return Problem(f"tr({'*'.join(names)})", [names[length // 2]])
