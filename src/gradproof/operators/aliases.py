"""Which word means what: aliases, words that later versions will know, and names for unknown functions.

The operators themselves are rows of `operators.table`.
"""

from __future__ import annotations

from collections.abc import Iterable

from gradproof.operators.sized_operators import PLACED
from gradproof.operators.table import OPERATORS

ALIASES = {
    "Tr": "tr", "transpose": "T", "ln": "log",
    "expit": "sigmoid", "swish": "silu", "gammaln": "lgamma", "loggamma": "lgamma",
    "clamp": "clip", "log_softmax": "logsoftmax", "log_sigmoid": "logsigmoid",
    "ndtr": "normcdf", "norm_inf": "norminf", "batch_norm": "batchnorm", "layer_norm": "layernorm",
    "rms_norm": "rmsnorm", "absolute": "abs", "norm_2": "norm2", 
    "singular_values": "svdvals",
    **{
        name: row.name
        for row in OPERATORS.values() if not row.by
        for name in (path.rpartition(".")[2] for path in row.numpy.split()) if name != row.name
    },
}  # fmt: skip
STACKS = ("hcat", "vcat")
TRIANGLES = ("triu", "tril", "halftriu", "halftril")
SHAPED = ("ones", "zeros", "eye", "reshape", "einsum", "commutation")  # words that take sizes or a text
HIDDEN = ("T", "mul", "frob", "had")  # rows that are written with signs
SPELLINGS = {"diagonal": "diag", "maximum": "max", "minimum": "min"}
# Words that people expect and the language does not have, with what can be written in their place.
ELSEWISE = {
    "eig": "of a symmetric matrix, eigvals(S) and eigvecs(S)",
    "eigh": "eigvals(S) and eigvecs(S)",
    "svd": "svdvals(X), svd_u(X) and svd_v(X)",
    "qr": "where X has full column rank, R is chol(X'*X)' and Q is X*inv(chol(X'*X)')",
    "sort": "near an x with different entries sort(x) is P*x, P a constant permutation matrix",
    "argsort": "places do not change near an x with different entries: its derivative is 0",
    "median": "near an x with different entries it is an entry of x, or the mean of two: e(i, n)'*x",
    "quantile": "near an x with different entries it is a mean of two entries of x with constant weights",
    "pdet": "det(S + N*N'), where the columns of a constant N are an orthonormal basis of its null space",
    "fft": "it is complex: its two parts are C*x and S*x with constant matrices of cosines and sines",
}
LATER = frozenset(ELSEWISE)
LOSSES = frozenset(("Loss", "loss", "cost", "ell", "ℓ"))
WORDS = frozenset(name for name in OPERATORS if name not in HIDDEN and name not in SPELLINGS)
PROPERTIES = (
    "symmetric", "antisymmetric", "spd", "diagonal", "orthogonal", "invertible", "positive", "lower",
    "upper", "constant", "integer", "unit", "stochastic", "sphere", "implicit",
)  # fmt: skip
SQUARE = frozenset(
    ("symmetric", "antisymmetric", "spd", "diagonal", "orthogonal", "invertible", "lower", "upper")
)
KNOWN_WORDS = frozenset((*WORDS, *SHAPED, *PLACED, *ALIASES, *SPELLINGS.values())) - {"e", "T"}

GREEK = frozenset(
    (
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
        "mu", "nu", "xi", "omicron", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
    )
)  # fmt: skip


def is_greek(letter: str) -> bool:
    """A Greek letter, small or capital."""
    return "\u0370" <= letter <= "\u03ff" or "\u1f00" <= letter <= "\u1fff"


def names_a_function(word: str) -> bool:
    """Whether a word that is applied to arguments may be an unknown scalar function: L, J, L1, φ, loss."""
    stem = word.rstrip("0123456789_")
    return word in LOSSES or (len(stem) == 1 and (stem.isupper() or is_greek(stem)))


def names_a_map(word: str) -> bool:
    """Whether it may be an unknown function that is a vector or a matrix: f, g, h, K, F2, φ; no word."""
    stem = word.rstrip("0123456789_")
    return stem in ("f", "g", "h") or (names_a_function(word) and word not in LOSSES)


def known_function(word: str) -> str:
    """The word as the table has it, or "" where the language lacks it."""
    word = ALIASES.get(word, word)
    return word if word in WORDS or word in SHAPED or word in STACKS or word in PLACED else ""


def nearest(word: str, among: Iterable[str], limit: int = 2) -> list[str]:
    """The words within a few slips of the pen of `word`, nearest first."""
    allowed = min(limit, max(1, len(word) // 3))
    ranked = []
    for other in among:
        if abs(len(other) - len(word)) <= allowed:
            far = slips(word.lower(), other.lower())
            if far <= allowed:
                ranked.append((far, other))
    return [other for _, other in sorted(ranked)]


def slips(a: str, b: str) -> int:
    """How many letters to drop, add, change or swap with the neighbour, to get from a to b."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                best = min(best, older[j - 2] + 1)
            row.append(best)
    return row[-1]
