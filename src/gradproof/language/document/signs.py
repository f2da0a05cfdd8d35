"""Signs of formulas: what opens and closes, and the signs of products."""

from __future__ import annotations

OPENS = {"(": ")", "[": "]", "{": "}", "⦃": "⦄", "⟨": "⟩"}
TIMES = {
    "·": "·",
    "×": "×",
    "⊙": "⊙",
    "∘": "⊙",
    "⊗": "⊗",
    "*": "*",
    "/": "/",
    "./": "./",
    ".*": "⊙",
    "@": "*",
}
