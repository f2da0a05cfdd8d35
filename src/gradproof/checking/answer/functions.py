"""Functions that somebody wrote against the proved gradient, in numbers; and the mistake, by its name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, NamedTuple

import numpy as np

from gradproof.errors import NameProblem
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import construct, neg
from gradproof.operators.properties import props
from gradproof.session.derive import derive
from gradproof.session.result import Derivation

TOLERANCE, MOST_TERMS = 1e-7, 12
SIZES = ((2, 3, 4, 5, 6, 7, 8, 9), (5, 4, 3, 2, 7, 6, 9, 8), (3, 5, 2, 6, 4, 8, 7, 9))
Arrays = dict[str, Any]


class Report(NamedTuple):
    """What the comparison found. `bool` is whether all points agree.

    equal      at every point
    diagnosis  the mistake: "factor 1/2", "sign", "transposed", "term missing", ... or ""
    sizes      of the first point that differs (of the last, where none does)
    largest    the largest difference there, relative to the largest entry of the gradient
    where      entries that differ most there: (index, yours, gradient)
    points     how many points were tried
    """

    equal: bool
    diagnosis: str
    sizes: Mapping[str, int]
    largest: float
    where: tuple[tuple[tuple[int, ...], float, float], ...]
    points: int
    question: str

    def __bool__(self) -> bool:
        return self.equal

    def __str__(self) -> str:
        sizes = ", ".join(f"{name} = {size}" for name, size in sorted(self.sizes.items()))
        if self.equal:
            said = f"agrees at {self.points} random points (largest difference {self.largest:.1e})"
            return f"{self.question}: {said}"
        lines = [f"{self.question}: wrong", f"  sizes {sizes}" if sizes else ""]
        lines += [f"  mistake: {self.diagnosis}"] if self.diagnosis else []
        if np.isfinite(self.largest):
            lines.append(f"  largest difference {self.largest:.3g} (relative)")
        lines += [
            f"  entry {list(at)}: yours {yours:.6g}, gradient {right:.6g}" for at, yours, right in self.where
        ]
        return "\n".join(filter(None, lines))


def check_function(
    expr: str, var: str, function: Callable[..., Any], *,
    shapes: Mapping[str, Sequence[str | int]] | None = None,
    assume: Mapping[str, Sequence[str]] | None = None, where: str | None = None,
    kind: str = "gradient", seeds: int | Iterable[int] = 6, tolerance: float | None = None,
    arrays: Callable[[Any], Any] | None = None,
) -> Report:  # fmt: skip
    """Compare a callable that computes a gradient with the proved one, at random points in float64.

    function   takes the arrays by the names of the expression (and of unknown gradients, such as G);
               if its parameters have other names, in the order in which the names occur. It may return
               a NumPy array, a torch or JAX one, or a number
    shapes, assume, where, kind   as for `derive`
    seeds      how many random points, or which seeds
    tolerance  the largest relative difference; None: by the precision of what the function returns
    arrays     makes what the function takes of NumPy arrays: `torch.tensor`, `jnp.asarray`

    >>> print(check_function("norm2(A*x - b)^2", "x", lambda A, x, b: A.T @ (A @ x - b)).diagnosis)
    factor 1/2
    """
    found = derive(expr, var, shapes=shapes, assume=assume, where=where, kind=kind)
    if len(found.variables) != 1:
        raise NameProblem("an answer is compared with a gradient by one variable", code="GP305")
    exact = found.compile("numpy")
    inputs = {str(e): e for e in found._inputs()}
    question = f"{kind} of {expr} by {var}"
    tried = range(seeds) if isinstance(seeds, int) else list(seeds)
    seen: list[tuple[dict[str, int], Arrays, Any, Any]] = []
    rough = TOLERANCE
    for seed in tried:
        sizes, values, right = _right(exact, inputs, found, seed)
        given = _called(function, values, arrays)
        fault = unlike_an_array(given)
        if fault:
            return Report(False, fault, sizes, float("inf"), (), len(seen) + 1, question)
        rough = max(rough, precision(given))
        seen.append((sizes, values, numbers(given), right))
    return _reported(found, seen, rough if tolerance is None else tolerance, question)


def _right(
    exact: Callable[..., Any], inputs: Mapping[str, Expr], found: Derivation, seed: int
) -> tuple[dict[str, int], Arrays, Any]:
    """A point, and the derivative there: at positive numbers where it has no value at others."""
    for positive in (False, True):
        sizes, values = point(inputs, found, seed, positive)
        right = np.asarray(exact(**values, **_free(exact, sizes, values)), dtype=float)
        if np.all(np.isfinite(right)):
            break
    return sizes, values, right


def _free(exact: Callable[..., Any], sizes: Mapping[str, int], arrays: Arrays) -> dict[str, int]:
    """Sizes that the compiled function takes as arguments, since no array fixes them."""
    wanted = inspect.signature(exact).parameters
    unknown = [name for name, p in wanted.items() if p.default is p.empty and name not in {**sizes, **arrays}]
    if unknown:
        raise NameProblem(
            f"{' and '.join(unknown)}: a function that is not known has no numbers to compare with",
            code="GP333",
        )  # fmt: skip
    return {name: size for name, size in sizes.items() if name in wanted and name not in arrays}


def _called(function: Callable[..., Any], arrays: Arrays, made: Callable[[Any], Any] | None = None) -> Any:
    """The callable on fresh copies, by keyword or in order; what it raises says what it was given."""
    copies = {name: a.copy() if isinstance(a, np.ndarray) else a for name, a in arrays.items()}
    if made is not None:
        copies = {name: made(a) for name, a in copies.items()}
    try:
        return _applied(function, copies)
    except Exception as error:
        shapes = ", ".join(f"{name} {np.shape(a)}" for name, a in arrays.items())
        error.add_note(f"the function was called with {shapes}")
        raise


def _applied(function: Callable[..., Any], copies: Arrays) -> Any:
    try:
        wanted = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return function(*copies.values())
    if any(p.kind is p.VAR_KEYWORD for p in wanted.values()) or not wanted:
        return function(**copies)
    if all(name in copies for name, p in wanted.items() if p.default is p.empty):
        return function(**{name: a for name, a in copies.items() if name in wanted})
    if len(wanted) > len(copies):
        raise NameProblem(
            f"the function takes {', '.join(wanted)}; the expression has {', '.join(copies)}", code="GP333"
        )
    return function(*list(copies.values())[: len(wanted)])


def _plain(value: Any) -> Any:
    """What a callable returned, as NumPy takes it: tensors are detached, short floats made longer."""
    for step in ("detach", "cpu"):
        value = getattr(value, step)() if hasattr(value, step) else value
    short = "bfloat16" in str(getattr(value, "dtype", ""))
    return value.float() if short and hasattr(value, "float") else value


def numbers(value: Any) -> Any:
    """An array of NumPy from what a callable returned."""
    return np.asarray(_plain(value), dtype=float)


def precision(value: Any) -> float:
    """The largest relative difference that rounding explains."""
    if "bfloat16" in str(getattr(value, "dtype", "")):
        return 0.05
    dtype = np.asarray(_plain(value)).dtype
    return max(TOLERANCE, 1e3 * float(np.finfo(dtype).eps)) if dtype.kind == "f" else TOLERANCE


def unlike_an_array(value: Any) -> str:
    """Why what a callable returned is no array of numbers, or ""."""
    if value is None:
        return "the function returned nothing"
    if isinstance(value, dict | tuple) and not hasattr(value, "dtype"):
        return f"the function returned a {type(value).__name__} of {len(value)}, and not one array"
    try:
        dtype = np.asarray(_plain(value)).dtype
    except (TypeError, ValueError):
        return f"the function returned a {type(value).__name__}, and not one array of numbers"
    if dtype.kind == "c":
        return "the function returned complex numbers"
    return "" if dtype.kind in "fiub" else f"the function returned {dtype.name}, and not numbers"


def point(
    inputs: Mapping[str, Expr], derivation: Derivation, seed: int, positive: bool = False
) -> tuple[dict[str, int], Arrays]:
    """Random arrays for names, with their declared properties; sizes differ from symbol to symbol."""
    rng = np.random.default_rng([seed, 1931])
    named = (e for e in (*derivation._known(), *derivation._inputs()) if e.op == "name")
    every = [*inputs.values(), *named]
    symbols = list(dict.fromkeys(s for e in every for size in e.axes for s in size.symbols))
    row = SIZES[seed % len(SIZES)]
    sizes = {name: row[i % len(row)] for i, name in enumerate(symbols)}
    arrays: Arrays = {}
    for name, e in inputs.items():
        shape = tuple(size.value(sizes) for size in e.axes)
        made = rng.uniform(0.5, 1.5, shape) if positive else rng.normal(size=shape)
        arrays[name] = _with_properties(made, props(e), rng)
    return sizes, arrays


def _with_properties(x: Any, known: frozenset[str], rng: np.random.Generator) -> Any:
    if "integer" in known:
        return int(rng.integers(2, 5)) if x.shape == () else rng.integers(1, 5, x.shape).astype(float)
    if "positive" in known:
        x = rng.uniform(0.5, 1.5, x.shape)
    if "unit" in known:
        x = rng.uniform(-0.9, 0.9, x.shape)
    if "spd" in known:
        x = x @ x.T / len(x) + np.eye(len(x))
    elif "symmetric" in known:
        x = (x + x.T) / 2
    elif "antisymmetric" in known:
        x = (x - x.T) / 2
    elif "orthogonal" in known:
        x = np.linalg.qr(x)[0]
    if "diagonal" in known:
        x = x * np.eye(len(x))
    x = np.triu(x) if "upper" in known else np.tril(x) if "lower" in known else x
    return x if x.shape else float(x)


def gap(yours: Any, right: Any) -> float:
    """The largest difference, relative to the largest entry; infinite where shapes or NaNs differ."""
    if yours.shape != right.shape or not np.all(np.isfinite(yours)):
        return float("inf")
    if not right.size:
        return 0.0
    return float(np.max(np.abs(yours - right)) / max(1.0, float(np.max(np.abs(right)))))


def _reported(found: Derivation, seen: Sequence[Any], tolerance: float, question: str) -> Report:
    bad = [one for one in seen if gap(one[2], one[3]) > tolerance]
    if not bad:
        largest = max((gap(one[2], one[3]) for one in seen), default=0.0)
        return Report(True, "", seen[-1][0] if seen else {}, largest, (), len(seen), question)
    sizes, _, yours, right = bad[0]
    said = diagnosis(found, seen, tolerance)
    return Report(False, said, sizes, gap(yours, right), worst(yours, right), len(seen), question)


def worst(yours: Any, right: Any) -> tuple[tuple[tuple[int, ...], float, float], ...]:
    """The three entries that differ most."""
    if yours.shape != right.shape:
        return ()
    apart = np.nan_to_num(np.abs(yours - right), nan=np.inf)
    order = np.argsort(-apart, axis=None, kind="stable")[:3]
    places = [tuple(int(i) for i in np.unravel_index(flat, right.shape)) for flat in order]
    return tuple((at, float(yours[at]), float(right[at])) for at in places if apart[at] > 0)


# ---- which mistake it is


def _compiled(found: Derivation, e: Expr) -> Callable[..., Any]:
    from gradproof.codegen.compile import compile as compile_numpy

    return compile_numpy(found.definitions_of(e), (("value", e),), found._inputs(), None, found.kind)


def diagnosis(found: Derivation | None, seen: Sequence[Any], tolerance: float = TOLERANCE) -> str:
    """The name of the one mistake that explains every point, or ""."""
    pairs = [(yours, right) for _, _, yours, right in seen]
    if any(not np.all(np.isfinite(yours)) for yours, _ in pairs):
        return "not a finite number"
    plain = _scaled(seen, pairs, tolerance)
    if plain:
        return plain
    if all(y.shape == r.T.shape for y, r in pairs) and pairs[0][1].ndim == 2:
        turned = [(y.T, r) for y, r in pairs]
        if all(gap(y, r) <= tolerance for y, r in turned):
            return "transposed (the layout of a numerator)"
        also = _scaled(seen, turned, tolerance)
        if also:
            return f"transposed, and {also}"
    if any(y.shape != r.shape for y, r in pairs):
        said = f"shape {pairs[0][0].shape}, where the gradient has {pairs[0][1].shape}"
        alike = all(y.size == r.size and gap(y.reshape(r.shape), r) <= tolerance for y, r in pairs)
        return f"{said}; the numbers are right" if alike else said
    return _of_terms(found, seen, tolerance) or _few_entries(pairs, tolerance)


def _scaled(seen: Sequence[Any], pairs: Sequence[tuple[Any, Any]], tolerance: float) -> str:
    """A factor that is the same at all points, or goes with a size: a sum where a mean was meant."""
    factors = []
    for y, r in pairs:
        if y.shape != r.shape:
            return ""
        norm = float(np.sum(r * r))
        factor = float(np.sum(y * r)) / norm if norm else 0.0
        if gap(y, factor * r) > tolerance or not norm:
            return ""
        factors.append(factor)
    if all(abs(f) <= tolerance for f in factors):
        return "0, where the gradient is not"
    if _constant(factors):
        return "sign" if abs(factors[0] + 1) < 1e-6 else f"factor {_ratio(factors[0])}"
    for name in seen[0][0]:
        counts = [one[0][name] for one in seen]
        for power, said in ((1, f"a sum over {name}, where the gradient has a mean"),
                            (-1, f"a mean over {name}, where the gradient has a sum")):  # fmt: skip
            rest = [f / n**power for f, n in zip(factors, counts, strict=True)]
            if _constant(rest) and len(set(counts)) > 1:
                return said if abs(rest[0] - 1) < 1e-6 else f"{said}; and factor {_ratio(rest[0])}"
    return ""


def _constant(values: Sequence[float]) -> bool:
    return max(values) - min(values) <= 1e-6 * max(map(abs, values))


def _ratio(value: float) -> str:
    from fractions import Fraction

    near = Fraction(value).limit_denominator(60)
    return str(near) if abs(float(near) - value) < 1e-6 * abs(value) else f"{value:.6g}"


def _of_terms(found: Derivation | None, seen: Sequence[Any], tolerance: float) -> str:
    """A term of the gradient that is missing, or has another factor."""
    terms = [] if found is None else terms_of(found.result.expr)
    if found is None or not 2 <= len(terms) <= MOST_TERMS:
        return ""
    for term in terms:
        alone = _compiled(found, term)
        pairs = []
        for sizes, arrays, yours, right in seen:
            value = np.asarray(alone(**arrays, **_free(alone, sizes, arrays)), dtype=float)
            pairs.append((yours - right, np.broadcast_to(value, right.shape)))
        said = _scaled(seen, pairs, tolerance)
        if said == "sign":
            return f"term missing: {term}"
        if said == "factor -2":
            return f"sign of the term {term}"
        if said.startswith("factor"):
            return f"another factor at the term {term}"
    return ""


def terms_of(e: Expr) -> list[Expr]:
    """The terms of an expression once products are multiplied out; too many are left alone."""
    if e.op == "add":
        return [term for arg in e.args for term in terms_of(arg)]
    if e.op not in ("neg", "T", "mul", "had", "div", "hdiv"):
        return [e]
    kept = 1 if e.op in ("div", "hdiv") else len(e.args)  # a divisor stays whole
    parts = [terms_of(arg) if place < kept else [arg] for place, arg in enumerate(e.args)]
    if prod(map(len, parts)) > MOST_TERMS:
        return [e]
    return [_signed(e, chosen) for chosen in product(*parts)]


def _signed(e: Expr, parts: tuple[Expr, ...]) -> Expr:
    """One term, with the minus signs of its parts in front."""
    minus = [part.op == "neg" for part in parts]
    made = construct(e, tuple(p.args[0] if m else p for p, m in zip(parts, minus, strict=True)))
    return neg(made) if sum(minus) % 2 and made.op != "neg" else made.args[0] if sum(minus) % 2 else made


def _few_entries(pairs: Sequence[tuple[Any, Any]], tolerance: float) -> str:
    """Only few entries differ: a kink, an index, a boundary."""
    counts = []
    for y, r in pairs:
        off = np.abs(y - r) > tolerance * max(1.0, float(np.max(np.abs(r), initial=0.0)))
        counts.append((int(np.sum(off)), r.size))
    off, whole = (sum(column) for column in zip(*counts, strict=True))
    return f"{off} of {whole} entries differ" if 0 < off < whole else ""
