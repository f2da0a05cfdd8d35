"""A rule of the book: its law as a text in the language, the reason, the conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from gradproof.expressions.nodes import Expr

Rewritten = Iterator[Expr]


class Rule(NamedTuple):
    """A rule.

    name      stable id, as steps give it
    title     the rule in words, as it is read from left to right
    law       "left = right" in the language; several, separated by "; "; "" where the rule is about writing
    reason    why it holds
    requires  conditions in words
    where     what the letters of the law stand for: "A: m×n, s: scalar, f linear" (see `law`);
              a letter of which nothing is said stands for any expression
    back      the title, read from right to left
    code      what rewrites an expression by the rule where a text cannot say it; the law is then an example
    about     other words by which people look for it
    given     letters of the law that neither its left side nor `where` says: the value Y of an operator's
              row, and the sizes m and n of its argument
    then      rules that are used at once on what it made, as one step with it
    """

    name: str
    title: str
    law: str
    reason: str
    requires: tuple[str, ...] = ()
    where: str = ""
    back: str = ""
    code: Callable[[Expr], Rewritten] | None = None
    about: str = ""
    given: str = ""
    then: tuple[str, ...] = ()

    @property
    def laws(self) -> tuple[str, ...]:
        """The law's texts, one by one."""
        return tuple(self.law.split("; ")) if self.law else ()
