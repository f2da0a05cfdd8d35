"""Letters for indices: those that are liked best first, then all others that an index sum may have."""

from __future__ import annotations

from collections.abc import Container, Iterator
from string import ascii_letters

from gradproof.errors import LimitError

_GREEK = "αβγδεζηθικλμνξοπρστυφχψω"
_MORE = ascii_letters + _GREEK + _GREEK.upper() + "".join(map(chr, range(0x0410, 0x0450)))


def letters(first: str, used: Container[str] = ()) -> Iterator[str]:
    """Letters that are not in use, one after the other. Raises LimitError GP707 where there are no more."""
    every = dict.fromkeys(first + _MORE)
    yield from (letter for letter in every if letter not in used)
    raise LimitError(
        f"a product has more than {len(every)} indices, the limit", code="GP707",
        facts=((None, "a differential, jvp or hvp needs no indices"),),
    )  # fmt: skip
