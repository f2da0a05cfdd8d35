"""The few functions that a generated NumPy module defines for itself, each only where it is used.

They are texts, because they are part of what gradproof prints. They keep float32, and they do not
overflow where the result would not.
"""

from gradproof.codegen.numpy.special_helpers import SPECIAL

ERRORS = {
    "ShapeError": '''
class ShapeError(ValueError):
    """An array does not have the shape that the formula needs."""
''',
    "MathError": '''
class MathError(ValueError):
    """The formula has no value for these arguments."""
''',
}

# Axes are texts such as "n" or "2*k + 1". What fixed a size is kept, so that a message can say it.
FIT = '''
def _fit(arrays, others, sizes, needed):
    """The arrays in one float type, then the needed sizes, which the shapes of all arrays fix."""
    given = arrays + [row for row in others if row[1] is not None]
    rows = [(name, np.shape(value), axes) for name, value, axes in given]
    for name, shape, axes in rows:
        if len(shape) != len(axes):
            raise ShapeError(f"{name} is {_spell(shape)}, but it should be {_spell(axes)}")
    known = {name: operator.index(n) for name, n in sizes.items() if n is not None}
    why = {name: f"{name} = {n} was given" for name, n in known.items()}
    while _learn(rows, known, why):
        pass
    for name, shape, axes in rows:
        for axis in range(len(axes)):
            _check(name, shape, axes, axis, known, why)
    for name in needed:
        if name not in known:
            raise TypeError(f"missing the size {name}, which no array fixes: pass it by keyword")
        if known[name] < 0:
            raise ShapeError(f"{why[name]}, but a size is not negative")
    return *_floats(arrays), *(known[name] for name in needed)


def _floats(arrays):
    found = [np.asarray(value) for _, value, _ in arrays]
    for a, (name, _, _) in zip(found, arrays):
        if a.dtype.kind not in "fiub":
            raise TypeError(f"{name} should hold real numbers, and it holds {a.dtype}")
    types = [a.dtype for a, row in zip(found, arrays) if a.dtype.kind == "f" and hasattr(row[1], "dtype")]
    dtype = np.result_type(*types) if types else float
    return [a.astype(dtype, copy=False) for a in found]


def _spell(axes):
    if len(axes) < 2:
        return f"a vector of {axes[0]} {'entry' if axes[0] == 1 else 'entries'}" if axes else "a number"
    return "×".join(str(n) for n in axes)


def _terms(axis):
    return [term.split("*") for term in str(axis).replace("- ", "+ -1*").split(" + ")]


def _unknown(axis, known):
    factors = {factor for term in _terms(axis) for factor in term}
    return [f for f in sorted(factors) if not f.lstrip("-").isdigit() and f not in known]


def _value(axis, known):
    return sum(math.prod(known[f] if f in known else int(f) for f in term) for term in _terms(axis))


def _learn(rows, known, why):
    """Find one more size: first from an axis that is just a symbol, then from one with one unknown."""
    open_axes = [(name, shape, have, axis) for name, shape, axes in rows for have, axis in zip(shape, axes)]
    for plain in (True, False):
        for name, shape, have, axis in open_axes:
            unknown = _unknown(axis, known)
            if len(unknown) == 1 and plain == (axis == unknown[0]):
                n = have if plain else _solve(axis, unknown[0], have, known)
                if n is not None:
                    known[unknown[0]] = n
                    why[unknown[0]] = f"{name}, which is {_spell(shape)}, makes {unknown[0]} = {n}"
                    return True
    return False


def _solve(axis, name, have, known):
    """The n for which the axis has the size, for one that grows or falls with n; None where there is none."""
    first, second = (_value(axis, {**known, name: n}) for n in (0, 1))
    if second < first:
        n = (first - have)//(first - second)
        return n if n > 0 and _value(axis, {**known, name: n}) == have else None
    low, high = 0, 1
    while high < 2**40 and _value(axis, {**known, name: high}) < have:
        high *= 2
    while low < high:
        middle = (low + high) // 2
        if _value(axis, {**known, name: middle}) < have:
            low = middle + 1
        else:
            high = middle
    return low if _value(axis, {**known, name: low}) == have else None


def _check(name, shape, axes, axis, known, why):
    have, text = shape[axis], axes[axis]
    unknown = _unknown(text, known)
    if unknown:
        if len(unknown) == 1:
            raise ShapeError(f"{name} is {_spell(shape)}, but no {unknown[0]} makes {text} = {have}")
        return
    want = _value(text, known)
    if have == want:
        return
    if len(axes) == 2 and axes[0] == axes[1] and why.get(text, "").startswith(f"{name},"):
        raise ShapeError(f"{name} is {_spell(shape)}, but it must be square")
    words = {1: ["entry entries"], 2: ["row rows", "column columns"]}.get(len(axes))
    part = words[axis].split()[want != 1] if words else f"along axis {axis + 1}"
    symbols = sorted({factor for term in _terms(text) for factor in term} & set(known))
    itself = f"{name}, which is {_spell(shape)},"
    cause = " and ".join(why[symbol] for symbol in symbols).replace(itself, "it")
    count = want if text == want or text in known else f"{text} = {want}"
    if not symbols:
        raise ShapeError(f"{name} is {_spell(shape)}, but it needs {count} {part}")
    raise ShapeError(f"{name} is {_spell(shape)}, but {cause}: {name} needs {count} {part}")
'''

HELPERS = {
    **SPECIAL,
    "whole": """
def _whole(value, text):
    if not float(value).is_integer():
        raise MathError(f"{text} is {float(value)}, and only whole powers of a matrix are computed")
    return int(value)
""",
    "adjugate": '''
def _adjugate(A):
    """det(A)*inv(A), which exists where A is singular, too."""
    U, s, V = np.linalg.svd(A)
    others = np.array([np.prod(np.delete(s, i)) for i in range(len(s))], dtype=s.dtype)
    return np.linalg.det(U)*np.linalg.det(V)*(V.T*others) @ U.T
''',
    "logsumexp": """
def _logsumexp(x):
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top))) if np.isfinite(top) else top
""",
    "softmax": """
def _softmax(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e/np.sum(e, axis=-1, keepdims=True)
""",
    "logsoftmax": """
def _logsoftmax(x):
    x = x - np.max(x, axis=-1, keepdims=True)
    return x - np.log(np.sum(np.exp(x), axis=-1, keepdims=True))
""",
    "sigmoid": """
def _sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(np.asarray(x) >= 0, 1/(1 + e), e/(1 + e))
""",
    "leaky_relu": """
def _leaky_relu(x):
    return np.maximum(x, 0.01*x)
""",
    "leaky_step": """
def _leaky_step(x):
    x = np.asarray(x) + 0.0
    return np.where(x > 0, 1, 0.01).astype(x.dtype)
""",
    "elu": """
def _elu(x):
    return np.where(np.asarray(x) > 0, x, np.expm1(np.minimum(x, 0)))
""",
    "gelu": """
def _gelu(x):
    x = np.asarray(x) + 0.0
    return x*np.vectorize(math.erfc, otypes=[x.dtype])(-x/math.sqrt(2))/2
""",
    "erf": """
def _erf(x):
    x = np.asarray(x) + 0.0
    return np.vectorize(math.erf, otypes=[x.dtype])(x)
""",
    "at_largest": '''
def _at_largest(x):
    """1 at the largest entry, the first if there are several; 0 elsewhere."""
    out = np.zeros_like(x)
    out.flat[np.argmax(x)] = 1
    return out
''',
    "at_smallest": '''
def _at_smallest(x):
    """1 at the smallest entry, the first if there are several; 0 elsewhere."""
    out = np.zeros_like(x)
    out.flat[np.argmin(x)] = 1
    return out
''',
    "unit": '''
def _unit(place, size, dtype):
    """The unit vector that is 1 at a place, counted from 1."""
    if not 1 <= place <= size:
        raise ShapeError(f"place {place} of {size}")
    out = np.zeros(size, dtype=dtype)
    out[place - 1] = 1
    return out
''',
    "commutation": '''
def _commutation(m, n, dtype):
    """K with K vec(A) = vec(A.T) for A m×n."""
    return np.eye(m*n, dtype=dtype)[np.arange(m*n).reshape(n, m).T.ravel()]
''',
    "named": '''
def _named(given, needed, optional):
    """Arguments whose names cannot be Python variables here, taken from **named."""
    for name in needed:
        if name not in given:
            raise TypeError(f"missing the argument {name}")
    for name in given:
        if name not in needed and name not in optional:
            raise TypeError(f"unexpected keyword argument {name!r}")
    return *(given[name] for name in needed), *(given.get(name) for name in optional)
''',
}
