"""How NumPy spells the kinds of a plan: one row a kind.

A spelling is a text with {0}, {1} for the arguments, the strength with which it holds together, and
the strength that it asks of each argument: the usual table of precedences. Syntax is all that is
here: modules are put together in `codegen.python`.
"""

from __future__ import annotations

from gradproof.codegen.numpy.matrix_helpers import MATRIX_HELPERS, NEEDED
from gradproof.codegen.numpy.window_helpers import WINDOWED
from gradproof.codegen.python.spelling import MATMUL, MINUS, PLUS, POSTFIX, POWER, TIMES, Spelling
from gradproof.operators.row import whole_arity, written
from gradproof.operators.table import OPERATORS


def _infix(sign: str, level: int) -> Spelling:
    right = MATMUL if level == PLUS else MINUS
    return Spelling(f"{{0}}{sign}{{1}}", level, (level, right), python=True)


def _helped(name: str) -> Spelling:
    return Spelling(f"_{name}({{0}})", helper=name)


def _np(name: str, count: int = 1) -> Spelling:
    return Spelling(f"np.{name}({', '.join(f'{{{i}}}' for i in range(count))})")


def _named() -> dict[str, Spelling]:
    """What NumPy has by itself; along an axis, where a word has one entry for each row or column."""
    axes = {"": "", "row": ", axis=1", "column": ", axis=0"}
    return {
        row.name: Spelling(f"np.{written(row)}({{0}}{axes[row.by]})")
        for row in OPERATORS.values()
        if written(row) and not row.stands and whole_arity(row) == 1
    }


def _matrix_functions() -> dict[str, Spelling]:
    """A function of a matrix and its derivative, from the one text that computes the function."""
    out = {}
    for row in OPERATORS.values():
        if row.of in MATRIX_HELPERS and row.adjoint:
            helper = f"{NEEDED.get(row.of, '')} {row.of}".strip()
            out[row.of] = Spelling(f"_{row.of}({{0}})", helper=helper)
            along, axes = f"_along(_{row.of}, {{0}}, ", f"{helper} along axes"
            out[row.name] = Spelling(f"{along}{{1}})", helper=f"{helper} along")
            out[f"{row.name}_axes"] = Spelling(f"_axes(lambda E: {along}E), {{0}}, {{0}})", helper=axes)
    return out


SPELLINGS: dict[str, Spelling] = {
    **_named(),
    **_matrix_functions(),
    "plus": _infix(" + ", PLUS),
    "minus": _infix(" - ", PLUS),
    "where": Spelling("np.where({0}, {1}, 0)"),
    "times": _infix("*", TIMES),
    "over": _infix("/", TIMES),
    "matmul": _infix(" @ ", MATMUL),
    "neg": Spelling("-{0}", MINUS, (MINUS,), python=True),
    "power": Spelling("{0}**{1}", POWER, (POSTFIX, POSTFIX)),
    "matrix_power": Spelling("np.linalg.matrix_power({0}, {1})", view=True),
    "matrix_power_checked": Spelling(
        "np.linalg.matrix_power({0}, _whole({1}, {data}))", helper="whole", view=True
    ),
    "outer": _np("outer", 2),
    "inner": _np("vdot", 2),
    "solve": _np("linalg.solve", 2),
    "adjugate": _helped("adjugate"),
    "sqrtm": Spelling("_sqrtm({0})", helper="symmetric sqrtm"),
    "dpow": Spelling("_dpow({0}, _whole({1}, {data}), {2})", helper="whole dpow"),
    "sylvester": Spelling("_sylvester({0}, {1}, {2})", helper="sylvester"),
    "dpow_axes": Spelling(
        "_axes(lambda E: _dpow({0}, _whole({1}, {data}), E), {0}, {0})", helper="whole dpow axes"
    ),
    "sylvester_axes": Spelling("_axes(lambda E: _sylvester({0}, {1}, E), {0}, {1})", helper="sylvester axes"),
    "chol": _helped("chol"),
    "svdvals": Spelling("np.linalg.svd({0}, compute_uv=False)"),
    "svd_u": Spelling("_svd({0})[0]", helper="svd"),
    "svd_v": Spelling("_svd({0})[1]", helper="svd"),
    "invgaps": _helped("invgaps"),
    "norm_nuc": Spelling('np.linalg.norm({0}, "nuc")'),
    "norm_spec": Spelling("np.linalg.norm({0}, 2)"),
    "polar": _helped("polar"),
    "spec_uv": _helped("spec_uv"),
    "eigvecs": Spelling("np.linalg.eigh({0})[1]"),
    "logdet": Spelling("np.linalg.slogdet({0})[1]"),
    "transpose": Spelling("{0}.T", POSTFIX, (POSTFIX,), view=True),
    "column": Spelling("{0}[:, None]", POSTFIX, (POSTFIX,), view=True),
    "line": Spelling("{0}[None, :]", POSTFIX, (POSTFIX,), view=True),
    "diag": _np("diag"),
    "diagonal": Spelling("np.diagonal({0})", view=True),
    "vec": Spelling('{0}.reshape(-1, order="F")', POSTFIX, (POSTFIX,), view=True),
    "reshape": Spelling('np.reshape({0}, {shape}, order="F")', view=True),
    "kron": _np("kron", 2),
    "slice": Spelling("{0}[{index}]", POSTFIX, (POSTFIX,), view=True),
    "concatenate": Spelling("np.concatenate(({all},), axis={number})"),
    "one_entry": Spelling("np.reshape({0}, 1)", view=True),
    "unit": Spelling("_unit({sizes}, dtype)", helper="unit"),
    "triu": Spelling("np.triu({0}, {number})"),
    "tril": Spelling("np.tril({0}, {number})"),
    "halftriu": _helped("halftriu"),
    "halftril": _helped("halftril"),
    "cumprod": Spelling("np.cumprod({0}, axis=0)"),
    "cumsum": Spelling("np.cumsum({0}, axis=0)"),
    "commutation": Spelling("_commutation({sizes}, dtype)", helper="commutation"),
    **WINDOWED,
    "flatten_pair": Spelling("np.reshape({0}, (-1, {0}.shape[2]))", view=True),
    "einsum": Spelling("np.einsum({data}, {all}, optimize=True)", view=True),
    "rowlogsumexp": _helped("rowlogsumexp"),
    "norm1": Spelling("np.sum(np.abs({0}))"),
    "logsumexp": _helped("logsumexp"),
    "softmax": _helped("softmax"),
    "logsoftmax": _helped("logsoftmax"),
    "maximum": _np("maximum", 2),
    "minimum": _np("minimum", 2),
    "sigmoid": _helped("sigmoid"),
    "softplus": Spelling("np.logaddexp(0, {0})"),
    "relu": Spelling("np.maximum({0}, 0)"),
    "leaky_relu": _helped("leaky_relu"),
    "elu": _helped("elu"),
    "gelu": _helped("gelu"),
    "erf": _helped("erf"),
    "erfc": _helped("erfc"),
    "lgamma": _helped("lgamma"),
    "digamma": _helped("digamma"),
    "trigamma": _helped("trigamma"),
    "step": Spelling("np.heaviside({0}, 0)"),
    "heaviside": Spelling("np.heaviside({0}, 0.5)"),
    "relu'": Spelling("np.heaviside({0}, 0)"),
    "leaky_relu'": _helped("leaky_step"),
    "max'": _helped("at_largest"),
    "min'": _helped("at_smallest"),
    "rowmax'": _helped("at_largest_in_rows"),
    "rowmin'": _helped("at_smallest_in_rows"),
    "map": Spelling("{data}({all})"),
    "pi": Spelling("np.pi", POSTFIX, python=True),
    "eye": Spelling("np.eye({shape}, dtype=dtype)"),
    "ones": Spelling("np.ones({shape}, dtype=dtype)"),
    "zeros": Spelling("np.zeros({shape}, dtype=dtype)"),
}
# Of plain numbers, where Python's own / and ** raise an error: 1/0 is inf, (-8)**(1/3) is nan.
PLAIN = {"over": _np("divide", 2), "power": _np("float_power", 2)}
RETURNED = {
    "number": Spelling("np.array({0}, dtype=dtype)"),
    "row": Spelling("{0}[None, :]", POSTFIX, (POSTFIX,)),
    "copy": Spelling("np.array({0})"),
}
