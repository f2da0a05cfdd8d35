"""How a name is spelled: Greek words as letters, digits at the end as a subscript.

Knows text only; which formats use which spelling is in `text` and `latex`.
"""

from __future__ import annotations

import re

from gradproof.patterns import Pattern

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "omicron": "ο", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ",
    "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
WORDS = {letter: word for word, letter in GREEK.items()} | {"ϕ": "phi", "ϵ": "epsilon", "µ": "mu"}
_PARTS = Pattern(r"(.*?[^\d_])_?(\d+)|([^_]+)_(.+)", re.DOTALL)


def split(text: str) -> tuple[str, str]:
    """The base and the subscript of a name: W_1 and W1 are ("W", "1"), x_in is ("x", "in")."""
    found = _PARTS.fullmatch(text)
    if found is None:
        return text, ""
    base, digits, word, rest = found.groups()
    if base is None or "_" in base:
        return (word, rest) if word else (text.partition("_")[0], text.partition("_")[2])
    return base, digits


def unicode_name(text: str) -> str:
    """W_1 is W1, theta is θ, x_in stays."""
    base, below = split(text)
    base, below = GREEK.get(base, base), GREEK.get(below, below)
    gap = "" if not below or (below.isdigit() and not base[-1].isdigit()) else "_"
    return base + gap + below


def ascii_name(text: str) -> str:
    """Greek letters as words: Δ2 is Delta2."""
    return "".join(WORDS.get(letter, letter) for letter in text).replace("′", "'")


_SIGNS = str.maketrans({
    "ᵀ": "'", "′": "'", "−": "-", "·": "-", "×": " x ", "∂": "d", "∇": "grad ", "Σ": "sum", "⊙": ".*",
    "⊗": "(x)", "⊘": "./", "≠": "!=", "≤": "<=", "≥": ">=", "→": "->", "½": "1/2", "¼": "1/4", "¾": "3/4",
    "√": "sqrt ", "‖": "||", "²": "^2", "³": "^3", "¹": "1", "⁻": "^-", "₁": "1", "₂": "2", "ᵢ": "i",
    "ⱼ": "j", "∈": "in", "∞": "infinity", "—": "-", "–": "-", "“": '"', "”": '"', "’": "'", "…": "...",
} | {letter: word for letter, word in WORDS.items() if letter != "Σ"})  # fmt: skip


def ascii_text(text: str) -> str:
    """A sentence in pure ASCII; a sign without a spelling is shown by its number, never dropped."""
    return text.translate(_SIGNS).encode("ascii", "backslashreplace").decode("ascii")


def latex_name(text: str) -> str:
    """theta is \\theta, W1 is W_{1}, bias is \\mathrm{bias}."""
    base, below = split(text)
    return _latex_word(base) + (f"_{{{_latex_word(below)}}}" if below else "")


def _latex_word(text: str) -> str:
    primes = len(text) - len(text.rstrip("′'"))
    text = text.rstrip("′'")
    word = WORDS.get(text, text)
    if word in GREEK:
        spelled = "o" if word == "omicron" else "\\" + word
    elif len(text) <= 1 or text.isdigit():
        spelled = text
    else:
        spelled = "\\mathrm{" + "".join(_letter(one) for one in text) + "}"
    return spelled + "'" * primes


def _letter(one: str) -> str:
    if one == "_":
        return "\\_"
    return "\\" + WORDS[one] + " " if one in WORDS and one in GREEK.values() else one
