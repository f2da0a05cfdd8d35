"""How a person writes: the signs of a row, so that what is put into it looks as if they had written it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gradproof.language.syntax.precedence import ATOM, FROBENIUS, LEVELS, POWER, PRODUCT, SUM
from gradproof.language.syntax.tree import Node
from gradproof.operators.signs import facts
from gradproof.patterns import Pattern

_NEEDS = {  # what the left and the right part of a sign must be, to stand there without parentheses
    "add": (SUM, FROBENIUS), "sub": (SUM, FROBENIUS), "frob": (PRODUCT, PRODUCT), "mul": (PRODUCT, POWER),
    "had": (PRODUCT, POWER), "kron": (PRODUCT, POWER), "div": (PRODUCT, POWER), "hdiv": (PRODUCT, POWER),
    "neg": (PRODUCT, PRODUCT), "T": (ATOM, ATOM), "pow": (ATOM, ATOM), "hpow": (ATOM, ATOM),
}  # fmt: skip
_GREEK = Pattern(r"[^\x00-\x7f]")


def level(node: Node) -> int:
    """How closely a part holds together as it is written."""
    return ATOM if node.closed else LEVELS.get(node.kind, ATOM)


def needed(above: Node | None, place: int) -> int:
    """How closely a part must hold together where it stands."""
    if above is None or above.kind not in _NEEDS:
        return 0
    return _NEEDS[above.kind][min(place, 1)]


class Notation:
    """The signs of one derivation: those that `text` has, else those of the lines `around` it."""

    def __init__(self, text: str, around: Sequence[str] = (), latex: bool = False) -> None:
        whole = "\n".join((text, *around))
        self.latex = latex
        self.unicode = not latex and bool(_GREEK.search(whole)) and "*" not in text
        if latex:
            self.mark = "^\\top" if "\\top" in whole or "^T" not in whole else "^T"
            self.times, self.had, self.minus = " ", " \\odot ", "-"
        else:
            self.mark = self._mark(text, whole)
            self.times, self.had = self._products(whole)
            self.minus = "−" if "−" in whole or self.unicode else "-"

    def _mark(self, text: str, whole: str) -> str:
        """The sign of a transpose."""
        counts = {sign: whole.count(sign) for sign in ("ᵀ", "'", ".T", "^T")}
        most = max(counts, key=lambda sign: counts[sign])
        plain = self.unicode and ("'" not in text or not counts[most])
        return "ᵀ" if plain else most if counts[most] else "'"

    def _products(self, whole: str) -> tuple[str, str]:
        """The signs of the product and of the product entry by entry."""
        star = " * " if " * " in whole else "*"
        spaced = self.unicode or ("*" not in whole and re.search(r"\w \w", whole) is not None)
        dotted = " .* " if " .* " in whole or spaced or star != "*" else ".*"
        return " " if spaced else star, " ⊙ " if "⊙" in whole or self.unicode else dotted

    def turned(self, piece: str) -> str:
        """The transpose of an atom."""
        return piece + self.mark

    def inverted(self, piece: str, atom: str) -> str:
        """The inverse; `atom`: the same, in parentheses where it needs them."""
        if self.latex:
            return atom + "^{-1}"
        return atom + "⁻¹" if self.unicode else f"inv({piece})"

    def squared(self, atom: str) -> str:
        """The square of an atom."""
        return atom + ("²" if self.unicode else "^2")

    def raised(self, atom: str, exponent: int, entrywise: bool) -> str:
        """A power of an atom."""
        if entrywise:
            return f"{atom}^⊙{exponent}" if self.unicode else f"{atom}.^{exponent}"
        return atom + (str(exponent).translate(_UP) if self.unicode else f"^{exponent}")

    def applied(self, word: str, piece: str) -> str:
        """A function of something."""
        if self.latex:
            command = facts(word).latex
            head = f"\\{command}" if command else f"\\operatorname{{{word}}}"
            return f"{head}({piece})"
        return f"{word}({piece})"

    def product(self, factors: Sequence[str]) -> str:
        """Factors side by side."""
        out = factors[0]
        for one in factors[1:]:
            tight = self.times == " " and _TURNED.search(out) and _LETTER.match(one)
            out += ("" if tight else self.times) + one
        return out


_UP = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_TURNED = Pattern(r"(?<![^\W_])[^\W\d_]ᵀ$")
_LETTER = Pattern(r"[^\W\d_](?![^\W_])ᵀ?|\(")
