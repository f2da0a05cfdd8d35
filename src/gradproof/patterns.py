"""Regular expressions that are compiled when they are first asked: most questions ask few of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any


class Pattern:
    """A regular expression, as `re.compile` has it, but for the moment when it is compiled."""

    __slots__ = ("_made", "flags", "pattern")

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self.flags = flags
        self._made: re.Pattern[str] | None = None

    @property
    def made(self) -> re.Pattern[str]:
        """The compiled expression."""
        if self._made is None:
            self._made = re.compile(self.pattern, self.flags)
        return self._made

    def match(self, text: str, *ends: int) -> re.Match[str] | None:
        """A match at the beginning, or at the first of `ends`."""
        return self.made.match(text, *ends)

    def fullmatch(self, text: str, *ends: int) -> re.Match[str] | None:
        """A match of all of the text."""
        return self.made.fullmatch(text, *ends)

    def search(self, text: str, *ends: int) -> re.Match[str] | None:
        """The first match."""
        return self.made.search(text, *ends)

    def finditer(self, text: str, *ends: int) -> Iterator[re.Match[str]]:
        """All matches."""
        return self.made.finditer(text, *ends)

    def findall(self, text: str, *ends: int) -> list[Any]:
        """What all matches hold."""
        return self.made.findall(text, *ends)

    def sub(self, new: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        """The text with matches replaced."""
        return self.made.sub(new, text, count=count)

    def subn(self, new: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> tuple[str, int]:
        """The same, and how many there were."""
        return self.made.subn(new, text, count=count)

    def split(self, text: str, maxsplit: int = 0) -> list[str | Any]:
        """What stands between matches."""
        return self.made.split(text, maxsplit=maxsplit)
