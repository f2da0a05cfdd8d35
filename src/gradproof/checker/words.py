"""What the words mean, as the checker has it: wirings, definitions, laws, and axioms about differentials.

All of it is trusted. It is data, to be read line by line: X, Z and V stand for arguments, Y for the value,
dX, dZ and dV for differentials; the rest are words of the language, `mul(X, Z)` written ("mul", "X", "Z").
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from gradproof.checker.terms import Unchecked

Tree = Any  # an expression over X, Z, V, Y: a word, a number, or (operator, arguments …)


def half(a: Tree) -> Tree:
    """1 where a > 0, 1/2 where it is 0, else 0."""
    return ("hdiv", ("add", 1, ("sign", a)), 2)


def minus(a: Tree, b: Tree) -> Tree:
    """a - b."""
    return ("add", a, ("neg", b))


def over(a: Tree, b: Tree) -> Tree:
    """a ./ b."""
    return ("hdiv", a, b)


def times(*parts: Tree) -> Tree:
    """Entry by entry."""
    return ("had", *parts)


def to(a: Tree, b: Tree) -> Tree:
    """a .^ b."""
    return ("hpow", a, b)


def step(a: Tree) -> Tree:
    """1 where a > 0, else 0."""
    return ("relu'", a)


def spelled(tree: Tree) -> str:
    """A small expression as text."""
    if not isinstance(tree, tuple):
        return str(tree)
    parts = [spelled(part) for part in tree[1:]]
    return f"{tree[0]}({', '.join(parts)})"


# ---- words made of others: any number of axes, or by the number of axes of X; Z is 0 where it is not given

ROWS, COLUMNS = ("along", ("rowmean", "X"), "X"), ("down", ("colmean", "X"), "X")
GROWN = ("exp", "X")
BELL = ("exp", ("neg", over(times("X", "X"), 2)))
NEAR = step(minus(1, ("abs", "X")))
SELU, SELU_LEFT = "1.0507009873554805", "1.7580993408473766"
INSIDE, BELOW = times(step(minus("X", "Z")), step(minus("V", "X"))), minus(1, step(minus("X", "Z")))
BELOW = times(BELOW, step(minus("V", "Z")))
MEANINGS: dict[str | tuple[str, int], Tree] = {
    "abs": times("X", ("sign", "X")), "logdet": ("log", ("abs", ("det", "X"))),
    "norm1": ("sum", ("abs", "X")), "square": times("X", "X"), "rsqrt": to("X", "-1/2"),
    "norm2": ("sqrt", ("sum", times("X", "X"))), "normF": ("sqrt", ("sum", times("X", "X"))),
    "normp": to(("sum", to(("abs", "X"), "Z")), over(1, "Z")), "norminf": ("max", ("abs", "X")),
    "cbrt": times(("sign", "X"), to(("abs", "X"), "1/3")), "log2": over(("log", "X"), ("log", 2)),
    "log10": over(("log", "X"), ("log", 10)), "sec": over(1, ("cos", "X")), "csc": over(1, ("sin", "X")),
    "cot": over(("cos", "X"), ("sin", "X")), "erfc": minus(1, ("erf", "X")),
    "normcdf": over(("add", 1, ("erf", times("X", to(2, "-1/2")))), 2),
    "normpdf": times(BELL, to(("mul", 2, "pi"), "-1/2")), "step": step("X"), 
    "softshrink": times(("sign", "X"), ("relu", minus(("abs", "X"), "Z"))), "heaviside": half("X"),
    "gelu": times("X", ("normcdf", "X")), "silu": times("X", ("sigmoid", "X")),
    "relu": times("X", step("X")), "hinge": ("relu", minus(1, "X")),
    "leaky_relu": times("X", ("leaky_relu'", "X")),
    "leaky_relu'": ("add", "1/100", times("99/100", step("X"))),
    "elu": ("add", times("X", step("X")), times(minus(("exp", "X"), 1), minus(1, step("X")))),
    "logit": minus(("log", "X"), ("log", minus(1, "X"))), "logsigmoid": ("log", ("sigmoid", "X")),
    "mish": times("X", ("tanh", ("softplus", "X"))),
    "sinc": over(("sin", times("pi", "X")), times("pi", "X")),
    "softsign": over("X", ("add", 1, ("abs", "X"))),
    "hardtanh": ("add", times("X", NEAR), times(("sign", "X"), minus(1, NEAR))),
    "relu6": ("add", times("X", step(times("X", minus(6, "X")))), times(6, step(minus("X", 6)))),
    "selu": ("add", times(SELU, "X", step("X")), times(SELU_LEFT, minus(GROWN, 1), minus(1, step("X")))),
    "clip": ("add", times("X", INSIDE), times("Z", BELOW), times("V", minus(minus(1, INSIDE), BELOW))),
    "expm1": minus(GROWN, 1), "log1p": ("log", ("add", 1, "X")),
    "prod": ("exp", ("sum", ("log", "X"))), "rowprod": ("exp", ("rowsum", ("log", "X"))),
    "var": minus(("mean", times("X", "X")), times(("mean", "X"), ("mean", "X"))),
    "rowvar": minus(("rowmean", times("X", "X")), times(("rowmean", "X"), ("rowmean", "X"))),
    "colvar": minus(("colmean", times("X", "X")), times(("colmean", "X"), ("colmean", "X"))),
    "std": ("sqrt", ("var", "X")), "rowstd": ("sqrt", ("rowvar", "X")), "colstd": ("sqrt", ("colvar", "X")),
    "meansquare": ("mean", times("X", "X")), "rowmeansquare": ("rowmean", times("X", "X")),
    "rownorm1": ("rowsum", ("abs", "X")), "rownorm2": ("sqrt", ("rowsum", times("X", "X"))),
    "logsumexp": ("log", ("sum", GROWN)), "rowlogsumexp": ("log", ("rowsum", GROWN)),
    ("softmax", 1): over(GROWN, ("sum", GROWN)), ("logsoftmax", 1): minus("X", ("log", ("sum", GROWN))),
    ("softmax", 2): over(GROWN, ("along", ("rowsum", GROWN), "X")),
    ("logsoftmax", 2): minus("X", ("along", ("log", ("rowsum", GROWN)), "X")),
    ("layernorm", 1): times(minus("X", ("mean", "X")), to(("add", ("var", "X"), "Z"), "-1/2")),
    ("layernorm", 2): times(minus("X", ROWS), ("along", to(("add", ("rowvar", "X"), "Z"), "-1/2"), "X")),
    ("rmsnorm", 1): times("X", to(("add", ("meansquare", "X"), "Z"), "-1/2")),
    ("rmsnorm", 2): times("X", ("along", to(("add", ("rowmeansquare", "X"), "Z"), "-1/2"), "X")),
    "batchnorm": times(minus("X", COLUMNS), ("down", to(("add", ("colvar", "X"), "Z"), "-1/2"), "X")),
    ("pinv", 1): over(("T", "X"), ("frob", "X", "X")),
}  # fmt: skip
HUBER = ("add", times(over(times("X", "X"), 2), step(minus("Z", ("abs", "X")))),
         times("Z", minus(("abs", "X"), over("Z", 2)), minus(1, step(minus("Z", ("abs", "X"))))))  # fmt: skip
MEANINGS["huber"] = HUBER
DEFAULTS = {"huber": 1, "layernorm": 0, "rmsnorm": 0, "batchnorm": 0}  # Z where it is not given

COUNTS: dict[str, int | range] = {  # how many arguments a word has
    **dict.fromkeys(("name", "num", "size", "ones", "zeros", "eye", "pi"), 0),
    **dict.fromkeys(("neg", "sqrt", "sum", "mean", "rowmean", "colmean", "exp", "map", "slope", "d"), 1),
    **dict.fromkeys(("reshape", "onehot", "slice", "triu", "tril", "cumsum", "hat", "ptrace", "trigamma"), 1),
    **dict.fromkeys(("unfold", "fold", "unit", "commutation"), range(2)),
    **dict.fromkeys(("frob", "div", "hdiv", "pow", "hpow", "along", "down"), 2),
    **dict.fromkeys(("add", "mul", "had", "kron"), range(2, 10_000)),
    **dict.fromkeys(("hcat", "vcat", "einsum", "call", "gradof"), range(1, 10_000)),
}
# ---- axioms about differentials

# Functions of a matrix that power series give: f'(X), which the derivative is where X and the direction
# commute, and in a trace. The derivative of f is the word d + f.
OF_MATRICES: dict[str, Tree] = {
    "expm": ("expm", "X"), "logm": ("inv", "X"), "cosm": ("neg", ("sinm", "X")), "sinm": ("cosm", "X"),
}  # fmt: skip
ROOT = ("sqrt", minus(1, times("X", "X")))
SLOPES: dict[str, Tree] = {  # entry by entry: d f(X) = slope .* dX
    "exp": "Y", "log": over(1, "X"), "sign": 0,
    "sin": ("cos", "X"), "cos": ("neg", ("sin", "X")), "tan": ("add", 1, times("Y", "Y")),
    "asin": over(1, ROOT), "acos": ("neg", over(1, ROOT)), "atan": over(1, ("add", 1, times("X", "X"))),
    "sinh": ("cosh", "X"), "cosh": ("sinh", "X"), "tanh": minus(1, times("Y", "Y")),
    "atanh": over(1, minus(1, times("X", "X"))), "asinh": to(("add", times("X", "X"), 1), "-1/2"),
    "acosh": to(minus(times("X", "X"), 1), "-1/2"),
    "sigmoid": times("Y", minus(1, "Y")), "softplus": ("sigmoid", "X"),
    "erf": times(2, ("exp", ("neg", times("X", "X"))), to("pi", "-1/2")),
    "lgamma": ("digamma", "X"), "digamma": ("trigamma", "X"), "relu'": 0,
}  # fmt: skip
COUNTS |= dict.fromkeys(SLOPES, 1)
LARGER = ("add", times(half(minus("X", "Z")), "dX"), times(half(minus("Z", "X")), "dZ"))
SMALLER = ("add", times(half(minus("Z", "X")), "dX"), times(half(minus("X", "Z")), "dZ"))
DIFFERENTIALS: dict[str, Tree] = {
    "inv": ("neg", ("mul", "Y", "dX", "Y")), "det": ("mul", "Y", ("tr", ("mul", ("inv", "X"), "dX"))),
    "max": ("frob", ("max'", "X"), "dX"),
    "min": ("frob", ("min'", "X"), "dX"), "maximum": LARGER, "minimum": SMALLER,
    "rowmax": ("rowsum", times(("rowmax'", "X"), "dX")), "rowmin": ("rowsum", times(("rowmin'", "X"), "dX")),
    "max'": 0, "min'": 0, "rowmax'": 0, "rowmin'": 0,
    "raised": ("add", times("Z", to("X", minus("Z", 1)), "dX"), times("Y", ("log", "X"), "dZ")),
    "mpow": ("dpow", "X", "Z", "dX"), **{f: (f"d{f}", "X", "dX") for f in OF_MATRICES},
    "sqrtm": ("sylvester", "Y", "Y", "dX"),
    "sylvester": ("neg", ("add", ("einsum", "ijab,ac,cbpq->ijpq", "Y", "dX", "Y"),
                          ("einsum", "ijab,acpq,cb->ijpq", "Y", "Y", "dZ"))),
    "pinv": ("add", ("mul", "Y", ("T", "Y"), ("T", "dX"), minus(("eye", "X"), ("mul", "X", "Y"))),
             ("mul", minus(("eye", "Y"), ("mul", "Y", "X")), ("T", "dX"), ("T", "Y"), "Y"),
             ("neg", ("mul", "Y", "dX", "Y"))),
    "norm_nuc": ("frob", ("polar", "X"), "dX"), "norm_spec": ("frob", ("spec_uv", "X"), "dX"),
    "eigvals": ("einsum", "pi,pq,qi->i", ("eigvecs", "X"), "dX", ("eigvecs", "X")),
}  # fmt: skip

# ---- laws that a certificate may use: (left, right); z and v are scalars. Where the left side has a meaning,
# so has the right, away from kinks (sign and step at 0).

ODD = ("sin", "tan", "asin", "atan", "sinh", "tanh", "asinh", "atanh", "erf", "sign", "sinm")
EVEN = ("cos", "cosh", "cosm")
LAWS: dict[str, tuple[Tree, Tree]] = {
    "inv(X)*X = I": (("mul", ("inv", "X"), "X"), ("eye", "X")),
    "X*inv(X) = I": (("mul", "X", ("inv", "X")), ("eye", "X")),
    "inv(X*Z) = inv(Z)*inv(X)": (("inv", ("mul", "X", "Z")), ("mul", ("inv", "Z"), ("inv", "X"))),
    "inv(z*X) = inv(X)/z": (("inv", times("z", "X")), over(("inv", "X"), "z")),
    "inv(inv(X)) = X": (("inv", ("inv", "X")), "X"),
    "inv(kron(X, Z)) = kron(inv(X), inv(Z))":
        (("inv", ("kron", "X", "Z")), ("kron", ("inv", "X"), ("inv", "Z"))),
    "inv(diag(x)) = diag(1 ./ x)": (("inv", ("diag", "X")), ("diag", over(1, "X"))),
    "inv(expm(X)) = expm(-X)": (("inv", ("expm", "X")), ("expm", ("neg", "X"))),
    "det(X*Z) = det(X)*det(Z)": (("det", ("mul", "X", "Z")), ("mul", ("det", "X"), ("det", "Z"))),
    "det(inv(X)) = 1/det(X)": (("det", ("inv", "X")), over(1, ("det", "X"))),
    "X.^z.*X = X.^(z + 1)": (times(to("X", "z"), "X"), to("X", ("add", "z", 1))),
    "X.^(z + v) = X.^z.*X.^v": (to("X", ("add", "z", "v")), times(to("X", "z"), to("X", "v"))),
    "X^z*X = X^(z + 1)": (("mul", ("pow", "X", "z"), "X"), ("pow", "X", ("add", "z", 1))),
    "X*X^z = X^(z + 1)": (("mul", "X", ("pow", "X", "z")), ("pow", "X", ("add", "z", 1))),
    "sign(X).^2 = 1": (times(("sign", "X"), ("sign", "X")), to("X", 0)),
    "tanh(X) = sinh(X)./cosh(X)": (("tanh", "X"), over(("sinh", "X"), ("cosh", "X"))),
    "tan(X) = sin(X)./cos(X)": (("tan", "X"), over(("sin", "X"), ("cos", "X"))),
    "cosh(X).^2 = 1 + sinh(X).^2":
        (times(("cosh", "X"), ("cosh", "X")), ("add", 1, times(("sinh", "X"), ("sinh", "X")))),
    "cos(X).^2 = 1 - sin(X).^2":
        (times(("cos", "X"), ("cos", "X")), minus(1, times(("sin", "X"), ("sin", "X")))),
    "sigmoid(X) = 1 ./ (1 + exp(-X))": (("sigmoid", "X"), over(1, ("add", 1, ("exp", ("neg", "X"))))),
    "sigmoid(-X) = 1 - sigmoid(X)": (("sigmoid", ("neg", "X")), minus(1, ("sigmoid", "X"))),
    "exp(log(X)) = X": (("exp", ("log", "X")), "X"),
    "log(exp(X)) = X": (("log", ("exp", "X")), "X"),
    "step(X).^2 = step(X)": (times(step("X"), step("X")), step("X")),
    "step(-X) = 1 - step(X)": (step(("neg", "X")), minus(1, step("X"))),
    "sign(X) = 2*step(X) - 1": (("sign", "X"), minus(times(2, step("X")), 1)),
    **{f"{f}(-X) = -{f}(X)": ((f, ("neg", "X")), ("neg", (f, "X"))) for f in ODD},
    **{f"{f}(-X) = {f}(X)": ((f, ("neg", "X")), (f, "X")) for f in EVEN},
    "max(X, Z) = Z + relu(X - Z)": (("maximum", "X", "Z"), ("add", "Z", ("relu", minus("X", "Z")))),
    "min(X, Z) = X - relu(X - Z)": (("minimum", "X", "Z"), minus("X", ("relu", minus("X", "Z")))),
    "sqrtm(X)*sqrtm(X) = X": (("mul", ("sqrtm", "X"), ("sqrtm", "X")), "X"),
    "V'*V = I for eigenvectors": (("mul", ("T", ("eigvecs", "X")), ("eigvecs", "X")), ("eye", "X")),
    "V*V' = I for eigenvectors": (("mul", ("eigvecs", "X"), ("T", ("eigvecs", "X"))), ("eye", "X")),
    **{f"tr(d{f}(X, E)) = tr({spelled(slope)}*E)": (("einsum", "iipq->qp", (f"d{f}", "X")), slope)
       for f, slope in OF_MATRICES.items()},
    "tr(dpow(X, z, E)) = z*tr(X^(z - 1)*E)":
        (("einsum", "iipq->qp", ("dpow", "X", "z")), ("mul", "z", ("pow", "X", minus("z", 1)))),
    "sylvester(X, Z, E) = sylvester(Z, X, E')'":
        (("einsum", "ijpq->qpji", ("sylvester", "X", "Z")), ("sylvester", "Z", "X")),
    "sylvester(X', Z', E) = sylvester(Z, X, E')'":
        (("sylvester", ("T", "X"), ("T", "Z")), ("einsum", "jiqp->ijpq", ("sylvester", "Z", "X"))),
    "tr(sylvester(X, X, E)) = tr(inv(X)*E)/2":
        (("einsum", "iipq->qp", ("sylvester", "X", "X")), over(("inv", "X"), 2)),
}  # fmt: skip
OF_A_NAME: dict[str, tuple[str, Tree, Tree]] = {  # laws of names with a declared property
    "Q'*Q = I for an orthogonal Q": ("orthogonal", ("mul", ("T", "X"), "X"), ("eye", "X")),
    "Q*Q' = I for an orthogonal Q": ("orthogonal", ("mul", "X", ("T", "X")), ("eye", "X")),
    "rowsum(P) = 1 for a stochastic P": ("stochastic", ("rowsum", "X"), to(("rowsum", "X"), 0)),
}  # fmt: skip

# ---- shapes: how linear words are wired, and what the axes of opaque words are

# By the axes of the arguments (- for a row): entries and result.
WIRES: dict[str, dict[tuple[str, ...], tuple[str, ...]]] = {
    "T": {("ij",): ("j", "i"), ("i",): ("-", "i"), ("-i",): ("i",), ("",): ()},
    "mul": {
        ("ij", "jk"): ("i", "k"), ("ij", "j"): ("i",), ("-i", "ij"): ("-", "j"), ("-i", "i"): (),
        ("i", "-j"): ("i", "j"),
    },
    "tr": {("ii",): (), ("",): ()}, "rowsum": {("ij",): ("i",)}, "colsum": {("ij",): ("j",)},
    "diag": {("i",): ("i", "i"), ("-i",): ("i", "i")}, "diagonal": {("ii",): ("i",)},
    "vec": {("ij",): ("ji",), ("i",): ("i",)}, "khatri_rao": {("ij", "pj"): ("ip", "j")},
    "kron": {
        ("ij", "pq"): ("ip", "jq"), ("i", "p"): ("ip",), ("-i", "-p"): ("-", "ip"), ("i", "pq"): ("ip", "q"),
        ("-i", "pq"): ("p", "iq"), ("ij", "p"): ("ip", "j"), ("ij", "-p"): ("i", "jp"),
        ("i", "-p"): ("i", "p"), ("-i", "p"): ("p", "i"),
    },
}  # fmt: skip
# Words that are not looked into. One argument more than written is a matrix that the array is applied to.
OPAQUE: dict[str, str] = {
    "inv": "ii->ii", "det": "ii->", "sqrtm": "ii->ii", **dict.fromkeys(OF_MATRICES, "ii->ii"),
    "mpow": "ii,->ii", **{f"d{f}": "ii->iiii" for f in OF_MATRICES}, "dpow": "ii,->iiii",
    "sylvester": "ii,jj->ijij", "pinv": "ij->ji", "norm_nuc": "ij->", "norm_spec": "ij->",
    "polar": "ij->ij", "spec_uv": "ij->ij", "eigvals": "ii->i", "eigvecs": "ii->ii",
    "rowmax": "ij->i", "rowmin": "ij->i", "rowmax'": "ij->ij", "rowmin'": "ij->ij",
    "max": "*->", "min": "*->", "max'": "*->*", "min'": "*->*", "maximum": "*,*->*", "minimum": "*,*->*",
}  # fmt: skip
# F(X') = F(X)', or F(X') = F(X) for a scalar F.
TURNED = {"inv", "det", "sqrtm", "pinv", "norm_nuc", "norm_spec", "polar", "spec_uv", *OF_MATRICES}
ZERO_OR_ONE = {"triu", "cut", "windows", "bands", "exchange", "cyclic", "offset", "onehot"}  # own powers
# Axioms: these arrays stay the same when their axes are taken in this order.
DERIVATIVES = tuple(f"d{f}" for f in OF_MATRICES)
SYMMETRIES = {**dict.fromkeys((*DERIVATIVES, "dpow"), (3, 2, 1, 0)), "exchange": (1, 0)}


# Words with sizes beside their arguments, and arrays of 0 and 1 that sizes make.
CONSTANTS = ("windows", "bands", "exchange", "cyclic", "offset", "elimination", "duplication", "crossing")
SIZED = {*CONSTANTS, "unit", "commutation", "ptrace", "unfold", "fold", "triu", "tril", "reshape", "onehot",
         *(f"conv{n}d{tail}" for n in (1, 2) for tail in ("", "_transpose", "_weight"))}  # fmt: skip


def known(op: str) -> bool:
    """Whether a word is read by the checker."""
    tables: tuple[Collection[object], ...] = (COUNTS, OPAQUE, WIRES, SLOPES, SIZED)
    return any(op in table for table in tables) or any(op in (key, key[0]) for key in MEANINGS)


def check_count(op: str, count: int) -> None:
    """Refuse a word with more or fewer arguments than it has: what is not read must not be printed."""
    known: list[int | range] = [COUNTS[op]] if op in COUNTS else []
    if not known:
        known += [_letters(tree, op in DEFAULTS) for key, tree in MEANINGS.items() if op in (key, key[0])]
        known += [range(1 + OPAQUE[op].count(","), 3 + OPAQUE[op].count(","))] if op in OPAQUE else []
        known += [len(inputs) for inputs in WIRES.get(op, ())]
    if known and not any(count in one if isinstance(one, range) else count == one for one in known):
        raise Unchecked(f"{op} of {count} arguments")


def _letters(tree: Tree, default: bool) -> int | range:
    """How many arguments a meaning speaks of; the last may be left out where it has a default."""
    text = spelled(tree)
    most = 3 if "V" in text else 2 if "Z" in text else 1
    return range(most - 1, most + 1) if default else most
