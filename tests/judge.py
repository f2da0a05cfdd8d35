"""Is a derivation right? The numbers of its code against numbers that know nothing of gradproof.

The records are in `books/*.jsonl`, one problem a line: `vars` (shapes), `dims` (sizes to test at),
`props`, `expr`, `wrt`, `kind`, and `jax`, which says the objective once more as array code. That code
is run here on NumPy and differentiated by central differences of the sixth order. `automatic` does
the same with JAX, which takes a second for each record and is not always installed. Nothing else of
gradproof is used than its public contract.
"""

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

Record = dict[str, Any]
Function = Callable[[Any], Any]

BOOKS = Path(__file__).parent / "books"
STEP = 1e-3  # the error of one derivative is near STEP**6/140 times the seventh, and 3e-13 of rounding


def book(name: str) -> list[Record]:
    """The records of one book: "cookbook", "questions", "peers", "known_wrong"."""
    lines = (BOOKS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def books() -> Iterator[Record]:
    """All records of all books."""
    for path in sorted(BOOKS.glob("*.jsonl")):
        yield from book(path.stem)


# ---- random arguments


def sample(record: Record, seed: int = 0) -> dict[str, Any]:
    """Arguments of the sizes in `dims`, with the properties in `props`; fixed where `at` says so."""
    rng = np.random.default_rng([seed, 4711])
    fixed, props = record.get("at") or {}, record.get("props") or {}
    out: dict[str, Any] = {}
    for name, sizes in record["vars"].items():
        shape = tuple(record["dims"][size] if isinstance(size, str) else size for size in sizes)
        drawn = _draw(rng, shape, set(props.get(name, ())))
        out[name] = np.array(fixed[name], dtype=float) if name in fixed else drawn
    return out


def _draw(rng: np.random.Generator, shape: tuple[int, ...], props: set[str]) -> Any:
    if "integer" in props:
        return int(rng.integers(2, 5)) if shape == () else rng.integers(1, 5, size=shape).astype(float)
    x: Any = rng.normal(size=shape)
    if "positive" in props:
        x = rng.uniform(0.5, 1.5, size=shape)
    if "unit" in props:
        x = rng.uniform(-0.9, 0.9, size=shape)
    if "invertible" in props:
        x = x / 2 + 1.5 * np.eye(*shape)
        x *= np.sign(np.linalg.det(x)) if shape[0] % 2 else 1
    if "spd" in props:
        x = x @ x.T / shape[0] + np.eye(*shape)
    elif "symmetric" in props:
        x = (x + x.T) / 2
    if "diagonal" in props:
        x = x * np.eye(*shape)
    if "orthogonal" in props:
        x = np.linalg.qr(x)[0]
    return x


# ---- the objective and its derivative, without gradproof


def objective(record: Record, arguments: dict[str, Any], modules: dict[str, Any] | None = None) -> Function:
    """The objective as a function of the variable, by the record's own array code."""
    scope = {**(modules or NUMPY), "np": np, "math": math, **record["dims"], **arguments}
    code = compile(record["jax"], record["id"], "eval")
    return lambda x: eval(code, {**scope, record["wrt"]: x})


def difference(f: Function, x: Any) -> Any:
    """The derivatives of all entries of f by all entries of x: axes of f, then of x."""
    x = np.asarray(x, dtype=float)
    slopes = []
    for place in np.ndindex(x.shape):
        h = np.zeros(x.shape)
        h[place] = STEP
        rises = [np.asarray(f(x + i * h)) - np.asarray(f(x - i * h)) for i in (1, 2, 3)]
        slopes.append((45 * rises[0] - 9 * rises[1] + rises[2]) / (60 * STEP))
    stacked = np.stack(slopes, axis=-1)
    return stacked.reshape(stacked.shape[:-1] + x.shape)


def derivative(record: Record, arguments: dict[str, Any]) -> Any:
    """The gradient, Jacobian or Hessian that the record asks for."""
    f, x = objective(record, arguments), arguments[record["wrt"]]
    if record["kind"] == "hessian":
        return difference(lambda at: difference(f, at), x)
    return difference(f, x)


def automatic(record: Record, arguments: dict[str, Any]) -> Any:
    """The same by JAX; raises ImportError where it is missing."""
    import jax

    modules = {"jnp": jax.numpy, "jsp": jax.scipy, "jax": jax}
    ways = {"gradient": jax.grad, "jacobian": jax.jacrev, "hessian": jax.hessian}
    with jax.enable_x64(True):
        arrays = {k: v if isinstance(v, int) else jax.numpy.asarray(v) for k, v in arguments.items()}
        f = objective(record, arrays, modules)
        return np.asarray(ways[record["kind"]](f)(arrays[record["wrt"]]))


def close(got: Any, want: Any, tolerance: float = 1e-7) -> bool:
    """Equal up to what differences can tell, by the size of the largest entry."""
    scale = max(1.0, float(np.max(np.abs(want), initial=0.0)))
    return got.shape == want.shape and bool(np.all(np.abs(got - want) <= tolerance * scale))


# ---- the verdict


def judge(record: Record, seeds: tuple[int, ...] = (0, 1)) -> dict[str, Any]:
    """Derive, compile and compare.

    "outcome" is "solved", "unproved" (the numbers are right, the verdict is "unknown" or "refuted"),
    "wrong" or "refused"; "fault" says why. An exception that is not gradproof's own is not caught.
    """
    import gradproof as gp

    row: dict[str, Any] = {"id": record["id"], "kind": record["kind"]}
    try:
        derivation = gp.derive(
            record["expr"],
            record["wrt"],
            kind=record["kind"],
            shapes={name: tuple(sizes) for name, sizes in record["vars"].items()},
            assume=record.get("props") or {},
        )
        row |= {"grade": derivation.verdict.grade, "result": str(derivation.result)}
        fault = compare(record, derivation.compile("numpy"), seeds)
    except gp.GradproofError as error:
        return row | {"outcome": "refused", "fault": f"{error.code} {error}".splitlines()[0]}
    if fault:
        return row | {"outcome": "wrong", "fault": fault}
    return row | {"outcome": "unproved" if row["grade"] in ("unknown", "refuted") else "solved"}


def compare(record: Record, function: Callable[..., Any], seeds: tuple[int, ...] = (0, 1)) -> str:
    """What is wrong with a function that should compute the record's derivative; "" if nothing is."""
    for seed in seeds:
        arguments = sample(record, seed)
        try:
            got = function(**arguments)
        except TypeError:
            got = function(**arguments, **record["dims"])
        got, want = np.asarray(got, dtype=float), derivative(record, arguments)
        if got.shape != want.shape:
            return f"shape {got.shape} instead of {want.shape}"
        if not close(got, want):
            return f"differs by {np.max(np.abs(got - want)):.3g}"
    return ""


# ---- what the records use of JAX, on NumPy


def _logsumexp(x: Any, axis: int | None = None) -> Any:
    top = np.max(x, axis=axis, keepdims=True)
    total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return np.squeeze(total, axis=axis)


def _log_softmax(x: Any, axis: int = -1) -> Any:
    return x - np.expand_dims(_logsumexp(x, axis), axis)


def _sigmoid(x: Any) -> Any:
    return np.exp(-np.logaddexp(0, -x))


def _expm(a: Any) -> Any:
    """Scaling and squaring of a Taylor polynomial."""
    b, term, total = a / 64, np.eye(len(a)), np.eye(len(a))
    for order in range(1, 20):
        term = term @ b / order
        total = total + term
    return np.linalg.matrix_power(total, 64)


_erf, _erfc = np.vectorize(math.erf), np.vectorize(math.erfc)
_special = SimpleNamespace(erf=_erf, erfc=_erfc, logsumexp=_logsumexp)
_scipy = SimpleNamespace(special=_special, linalg=SimpleNamespace(expm=_expm))
_nn = SimpleNamespace(
    logsumexp=_logsumexp,
    log_softmax=_log_softmax,
    softmax=lambda x, axis=-1: np.exp(_log_softmax(x, axis)),
    sigmoid=_sigmoid,
    gelu=lambda x, approximate: x * _erfc(-x / math.sqrt(2)) / 2,
)
NUMPY = {
    "jnp": np,
    "jsp": _scipy,
    "jax": SimpleNamespace(nn=_nn, scipy=_scipy, numpy=np, jacfwd=lambda f: lambda x: difference(f, x)),
}
