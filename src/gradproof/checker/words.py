"""What the words mean, as the checker has it: wirings, definitions, and the axioms about differentials."""

from __future__ import annotations

from typing import Any

Tree = Any  # an expression over X, Y: a word, a number, or (operator, arguments …)

ONE_MINUS_SQUARE = ("add", 1, ("neg", ("hpow", "Y", 2)))
ROOT = ("sqrt", ("add", 1, ("neg", ("hpow", "X", 2))))
BELL = ("exp", ("neg", ("div", ("hpow", "X", 2), 2)))
NORMAL = ("div", ("add", 1, ("erf", ("div", "X", ("sqrt", 2)))), 2)
SLOPES: dict[str, Tree] = {  # axioms: d f(X) = slope .* dX
    "exp": "Y", "log": ("hdiv", 1, "X"), "log1p": ("hdiv", 1, ("add", 1, "X")), "expm1": ("exp", "X"),
    "abs": ("sign", "X"), "sign": 0, "sin": ("cos", "X"), "cos": ("neg", ("sin", "X")),
    "tan": ("add", 1, ("hpow", "Y", 2)), "asin": ("hdiv", 1, ROOT), "acos": ("neg", ("hdiv", 1, ROOT)),
    "atan": ("hdiv", 1, ("add", 1, ("hpow", "X", 2))), "sinh": ("cosh", "X"), "cosh": ("sinh", "X"),
    "tanh": ONE_MINUS_SQUARE, "sigmoid": ("had", "Y", ("add", 1, ("neg", "Y"))),
    "softplus": ("sigmoid", "X"), "relu": ("relu'", "X"), "leaky_relu": ("leaky_relu'", "X"),
    "elu": ("exp", ("minimum", "X", 0)),
    "gelu": ("add", NORMAL, ("div", ("had", "X", BELL), ("sqrt", ("mul", 2, "pi")))),
    "silu": ("had", ("sigmoid", "X"), ("add", 1, ("had", "X", ("add", 1, ("neg", ("sigmoid", "X")))))),
    "erf": ("div", ("mul", 2, ("exp", ("neg", ("hpow", "X", 2)))), ("sqrt", "pi")),
    "relu'": 0, "leaky_relu'": 0, "max'": 0, "min'": 0,
}  # fmt: skip
LARGER = ("add", ("had", ("relu'", ("add", "X", ("neg", "Z"))), "dX"),
          ("had", ("relu'", ("add", "Z", ("neg", "X"))), "dZ"))  # fmt: skip
SMALLER = ("add", ("had", ("relu'", ("add", "Z", ("neg", "X"))), "dX"),
           ("had", ("relu'", ("add", "X", ("neg", "Z"))), "dZ"))  # fmt: skip
DIFFERENTIALS: dict[str, Tree] = {  # axioms
    "inv": ("neg", ("mul", "Y", "dX", "Y")), "det": ("mul", "Y", ("tr", ("mul", ("inv", "X"), "dX"))),
    "logdet": ("tr", ("mul", ("inv", "X"), "dX")), "max": ("frob", ("max'", "X"), "dX"),
    "min": ("frob", ("min'", "X"), "dX"), "maximum": LARGER, "minimum": SMALLER,
}  # fmt: skip
EXP_SUMS = ("rowsum", ("exp", "X"))
MEANINGS: dict[tuple[str, int], Tree] = {  # words made of others, by the number of axes of X
    **{("norm1", k): ("sum", ("abs", "X")) for k in (1, 2)},
    **{(w, k): ("sqrt", ("sum", ("had", "X", "X"))) for w in ("norm2", "normF") for k in (1, 2)},
    ("logsumexp", 1): ("log", ("sum", ("exp", "X"))),
    ("softmax", 1): ("div", ("exp", "X"), ("sum", ("exp", "X"))),
    ("logsoftmax", 1): ("add", "X", ("neg", ("log", ("sum", ("exp", "X"))))),
    ("softmax", 2): ("hdiv", ("exp", "X"), ("along", EXP_SUMS, "X")),
    ("logsoftmax", 2): ("add", "X", ("neg", ("along", ("log", EXP_SUMS), "X"))),
}  # fmt: skip
# What linear operators do, by the axes of the arguments (- for a row): entries and result.
WIRES: dict[str, dict[tuple[str, ...], tuple[str, ...]]] = {
    "T": {("ij",): ("j", "i"), ("i",): ("-", "i"), ("-i",): ("i",), ("",): ()},
    "mul": {
        ("ij", "jk"): ("i", "k"), ("ij", "j"): ("i",), ("-i", "ij"): ("-", "j"), ("-i", "i"): (),
        ("i", "-j"): ("i", "j"),
    },
    "tr": {("ii",): (), ("",): ()}, "rowsum": {("ij",): ("i",)}, "colsum": {("ij",): ("j",)},
    "diag": {("i",): ("i", "i"), ("-i",): ("i", "i")}, "diagonal": {("ii",): ("i",)},
    "vec": {("ij",): ("ji",), ("i",): ("i",)}, "along": {("i", "ij"): ("i", "j")},
    "kron": {
        ("ij", "pq"): ("ip", "jq"), ("i", "p"): ("ip",), ("-i", "-p"): ("-", "ip"), ("i", "pq"): ("ip", "q"),
        ("-i", "pq"): ("p", "iq"), ("ij", "p"): ("ip", "j"), ("ij", "-p"): ("i", "jp"),
        ("i", "-p"): ("i", "p"), ("-i", "p"): ("p", "i"),
    },
}  # fmt: skip
POINTWISE = ("frob", "had", "hdiv", "maximum", "minimum")


def spelled(tree: Tree) -> str:
    """A small expression as text."""
    if not isinstance(tree, tuple):
        return str(tree)
    parts = [spelled(part) for part in tree[1:]]
    return f"{tree[0]}({', '.join(parts)})"
