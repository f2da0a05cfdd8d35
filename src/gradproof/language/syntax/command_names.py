"""What the commands of LaTeX are called in the language, and what cannot be read, with the reason."""

from __future__ import annotations

GREEK = frozenset(
    (
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
        "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
        "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega", "ell",
    )
)  # fmt: skip
VARIANTS = {"varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho",
            "varsigma": "sigma", "varkappa": "kappa"}  # fmt: skip

# Fonts whose letters stay letters, fonts whose argument is one word, signs above a letter.
FONTS = frozenset(
    (
        "mathbf", "boldsymbol", "bm", "pmb", "mathcal", "mathscr", "mathfrak", "mathbb", "symbf", "vec",
        "bold", "textbf", "mathbfit",
    )
)  # fmt: skip
WORDY = frozenset(("mathrm", "text", "operatorname", "operatorname*", "mathsf", "mathit", "texttt", "textrm",
                   "mathop", "mbox", "mathtt", "textit"))  # fmt: skip
ACCENTS = {"hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde",
           "widetilde": "tilde", "dot": "dot", "check": "check", "breve": "breve",
           "mathring": "ring"}  # fmt: skip

FUNCTIONS = {
    "ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "Tr": "tr", "trace": "tr",
    "Trace": "tr", "ReLU": "relu", "LSE": "logsumexp", "lse": "logsumexp", "Diag": "diag", "vect": "vec",
    "Vec": "vec", "sgn": "sign", "sigm": "sigmoid", "Softmax": "softmax", "SoftMax": "softmax",
    "GELU": "gelu", "ELU": "elu", "SiLU": "silu", "Det": "det",
}  # fmt: skip
COMMANDS = frozenset(
    (
        "log", "exp", "det", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "tr", "diag",
        "softmax", "relu", "sigmoid", "sign", "softplus", "erf", "logdet", "logsumexp", "sec", "csc", "cot",
        *FUNCTIONS,
    )
)  # fmt: skip
WHOLE = frozenset(("tr", "det", "diag", "vec", "logdet"))  # take a whole product where no parentheses stand
APPLIED = frozenset("fghLJφψϕσℓ") | {"ell", "phi", "psi", "sigma"}  # what is applied, before a parenthesis

OPERATORS = {
    "+": "+", "-": "-", "−": "-", "*": "*", ".*": ".*", "./": "./", "⊙": ".*", "·": "*", "⊗": "⊗", "∘": ".*",
    "/": "/", ":": ":", "=": "=", ";": ";",
    "cdot": "*", "odot": ".*", "circ": ".*", "otimes": "⊗", "div": "/", "oslash": "./", "colon": ":",
    "coloneqq": "=", "triangleq": "=", "bullet": "*", "hadamard": ".*",
}  # fmt: skip
TRANSPOSE = frozenset(("T", "top", "intercal", "transpose", "tran", "trans", "⊤", "ᵀ"))

REFUSED = {
    "nabla": "write the function alone; which gradient is wanted is asked apart",
    "partial": "write the function alone; the variable is named apart",
    "int": "integrals are not supported",
    "lim": "limits are not supported",
    "prod": "products over an index are not supported yet",
    "infty": "infinity is not a number here",
    "Pr": "probabilities are not supported",
    "pm": "± is two expressions: write one",
    "mp": "∓ is two expressions: write one",
    "argmin": "write the objective alone",
    "argmax": "write the objective alone",
    "arg": "write the objective alone",
    "ast": "a star can mean several products: write \\cdot or \\odot",
    "star": "a star can mean several products: write \\cdot or \\odot",
    "begin": "this environment cannot be read",
    "le": "comparisons are not supported", "leq": "comparisons are not supported",
    "ge": "comparisons are not supported", "geq": "comparisons are not supported",
    "ne": "comparisons are not supported", "neq": "comparisons are not supported",
    "in": "write what is declared behind `where`",
    "dots": "dots cannot be read", "ldots": "dots cannot be read", "cdots": "dots cannot be read",
    "cap": "sets are not supported", "cup": "sets are not supported",
    "oplus": "direct sums are not supported yet",
    "binom": "binomial coefficients are not supported",
    "sup": "a supremum is not supported", "inf": "an infimum is not supported",
    "over": "write \\frac{…}{…}", "choose": "binomial coefficients are not supported",
}  # fmt: skip
