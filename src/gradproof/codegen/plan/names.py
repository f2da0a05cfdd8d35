"""Which Python names a generated function uses.

The keyword by which an array is passed is always the name in the formula. Where that cannot be a
variable (`lambda`, `np`, `_x`) the array is passed as **{"lambda": …} and has a safe name inside.
A size that shares its name with an array is passed as `size_n`.
"""

from __future__ import annotations

import keyword
import re
from typing import NamedTuple
from unicodedata import normalize

from gradproof.codegen.plan.model import Plan
from gradproof.errors import InternalError


class Names(NamedTuple):
    """inputs, sizes, functions   keyword -> variable, in order; the keyword of a size is in `keywords`
    keywords   size symbol -> keyword
    values     number of a named value -> variable
    taken      every variable so far
    reserved   what the text of a function refers to besides its own variables
    """

    inputs: dict[str, str]
    sizes: dict[str, str]
    functions: dict[str, str]
    keywords: dict[str, str]
    values: dict[int, str]
    taken: set[str]
    reserved: frozenset[str]

    def usable(self, text: str) -> bool:
        """Can a parameter of the generated function be called this?"""
        return _usable(text, self.reserved)


def _usable(text: str, reserved: frozenset[str]) -> bool:
    return (
        text.isidentifier()
        and not keyword.iskeyword(text)
        and normalize("NFKC", text) == text
        and text not in reserved
        and not text.startswith("_")
    )


def choose(plan: Plan, reserved: frozenset[str]) -> Names:
    """A variable for everything that has a name; equal names of different things are kept apart."""
    taken: set[str] = set()
    texts = [str(e.data[0]) for e in plan.inputs]
    for text in (*texts, *plan.sizes, *plan.functions):
        if not re.fullmatch(r"[^\W\d][\w']*", text):
            raise InternalError(f"{text!r} is not a name", code="GP903")
    public = {text for text in texts if _usable(text, reserved)}
    inputs = {text: _fresh(text, taken, public, reserved) for text in texts}
    keywords = {text: f"size_{text}" if text in texts else text for text in plan.sizes}
    sizes = {text: _fresh(keywords[text], taken, public, reserved) for text in plan.sizes}
    functions = {text: _fresh(text, taken, public, reserved) for text in plan.functions}
    values = {number: _fresh(text, taken, public, reserved) for number, text in plan.defined.items()}
    return Names(inputs, sizes, functions, keywords, values, taken, reserved)


def _fresh(text: str, taken: set[str], public: set[str], reserved: frozenset[str]) -> str:
    """The name itself if it is free, else the nearest that is; it counts as taken from now on."""
    name = text
    if not _usable(text, reserved) or text in taken:
        name = re.sub(r"\W", "_", normalize("NFKC", text), flags=re.ASCII).strip("_") or "value"
        name = f"v{name}" if name[0].isdigit() else name
        while not _usable(name, reserved) or name in taken or name in public:
            name += "_"
    taken.add(name)
    return name
