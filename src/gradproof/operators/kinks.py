"""What is used where a function has no derivative, and what PyTorch 2 and JAX return there.

The numbers of JAX are measured (tests/test_kinks.py), those of PyTorch are in its derivative formulas;
what is not known for certain is left out.
"""

from __future__ import annotations

from typing import NamedTuple


class Kink(NamedTuple):
    """where   at which points
    used    the slope that gradproof uses there
    torch, jax   what the others return, or "" where that is not known
    """

    where: str
    used: str
    torch: str = ""
    jax: str = ""


KINKS = {
    "relu": Kink("at 0", "0", "0", "0"),
    "leaky_relu": Kink("at 0", "0.01", "0.01", "1"),
    "selu": Kink("at 0", "1.7581", "1.7581", "1.7581"),
    "abs": Kink("at 0", "0", "0", "1"),
    "heaviside": Kink("at 0", "0", "", "0"),
    "step": Kink("at 0", "0", "", "0"),
    "hinge": Kink("at 1", "0"),
    "hardtanh": Kink("at -1 and 1", "0", "0", "1"),
    "relu6": Kink("at 0 and 6", "0", "0", "0"),
    "clip": Kink("at its bounds", "0", "1", "0.5"),
    "softshrink": Kink("at its bounds", "0"),
    "norm1": Kink("where an entry is 0", "0", "0", "1"),
    "rownorm1": Kink("where an entry is 0", "0", "0", "1"),
    "maximum": Kink("where both are equal", "half of each", "half of each", "half of each"),
    "minimum": Kink("where both are equal", "half of each", "half of each", "half of each"),
    "max": Kink("where the largest entry is not unique", "the first", "equal shares", "equal shares"),
    "min": Kink("where the smallest entry is not unique", "the first", "equal shares", "equal shares"),
    "rowmax": Kink("where the largest entry is not unique", "the first", "", "equal shares"),
    "rowmin": Kink("where the smallest entry is not unique", "the first", "", "equal shares"),
}


def kink_convention(word: str) -> str:
    """What is used here: relu has no derivative at 0; 0 is used there."""
    kink = KINKS[word]
    return f"{_spelled(word)} has no derivative {kink.where}; {kink.used} is used there"


def elsewhere(word: str) -> str:
    """What others use: at the kinks of abs, 0 is used by PyTorch, 1 by JAX; "" where nothing is known."""
    kink = KINKS.get(word)
    if kink is None or not (kink.torch or kink.jax):
        return ""
    if kink.torch == kink.jax:
        who = f"{kink.torch} is used by PyTorch and JAX"
    else:
        found = [f"{value} is used by {name}" for name, value in _others(kink)]
        who = ", ".join([found[0], *(text.replace(" is used", "") for text in found[1:])])
    return f"at the kinks of {_spelled(word)}, {who}"


def _others(kink: Kink) -> list[tuple[str, str]]:
    return [(name, value) for name, value in (("PyTorch", kink.torch), ("JAX", kink.jax)) if value]


def _spelled(word: str) -> str:
    return {"maximum": "max", "minimum": "min"}.get(word, word)
