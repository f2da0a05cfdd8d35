"""The way from a text to its syntax tree, whatever it is written in: the text language, LaTeX, indices."""

from __future__ import annotations

from functools import lru_cache

from gradproof.errors import GradproofError, LimitError
from gradproof.language.declarations import where_clause
from gradproof.language.latex import latex_tokens
from gradproof.language.parser import Parser
from gradproof.language.sums import text_tokens
from gradproof.language.syntax import Script
from gradproof.language.tokens import MAX_CHARACTERS


@lru_cache(maxsize=512)
def parse(
    source: str,
    form: str = "text",
    bars: str = "",
    words: frozenset[str] = frozenset(),
    names: frozenset[str] = frozenset(),
) -> Script:
    """Read a text: statements, and the place of a closing `where` clause.

    form     "text", "latex", "index" (the text language, with factors side by side), or "auto":
             a text with a backslash is LaTeX
    bars     what |X| is: "det", "abs" or "norm"; "" asks
    words    the functions of the language, names: declared names (LaTeX needs them to split letters)

    Raises ParseError (GP1), NameProblem (GP303) and LimitError (GP7). Equal texts share one tree,
    which nobody changes.
    """
    if len(source) > MAX_CHARACTERS:
        raise LimitError(
            f"the text has {len(source)} characters; the limit is {MAX_CHARACTERS}", code="GP701"
        )
    end, where = where_clause(source)
    if form == "auto":
        form = "latex" if "\\" in source[:end] or "^{" in source[:end].split("sum_")[0] else "text"
    notes: list[GradproofError] = []
    bold: frozenset[str] = frozenset()
    if form == "latex":
        tokens, notes, bold = latex_tokens(source, end, words, names, bars)
    else:
        tokens = text_tokens(source[:end], bars, form == "index")
    statements = Parser(source, tokens).statements()
    return Script(source, statements, where, form, tuple(notes), bold)
