"""Which of the possible remedies are offered: those that could be read, best first, three at most."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gradproof.errors import GradproofError, ParseError
from gradproof.language.syntax.declarations import where_clause
from gradproof.language.syntax.tokens import Token, tokenize
from gradproof.operators.aliases import ALIASES, KNOWN_WORDS
from gradproof.operators.row import to_scalar
from gradproof.operators.signs import facts

OFFERED = 3
TRIED = 24
LONG = 4000  # characters; a longer text is not tried again and again


def repaired(error: GradproofError, text: str, read: Callable[[str], object]) -> GradproofError:
    """The error with those of its candidates as `fixes` that `read` accepts."""
    if error.source not in (None, text):  # a fault in a declaration: its remedies are no whole texts
        error.fixes = ()
        return error
    candidates = list(error.fixes)
    if isinstance(error, ParseError) and error.source == text and len(text) <= LONG:
        candidates.extend(_slips(text, error))
    beside = _apart(text, error, read) if len(text) <= LONG else None
    if beside is not None:
        candidates = [beside] if error.code == "GP102" else [beside, *candidates]
    fixes: list[str] = []
    for candidate in list(dict.fromkeys(candidates))[:TRIED]:
        if candidate == text or len(text) > LONG or len(fixes) == OFFERED:
            continue
        if _accepted(candidate, read):
            fixes.append(candidate.strip())
    error.fixes = tuple(dict.fromkeys(fixes))
    if error.source is None and error.span is not None:
        error.source = text
    return error


def _apart(text: str, error: GradproofError, read: Callable[[str], object]) -> str | None:
    """The text with a sign between all factors that stand side by side, where that can be read; and with
    every division by an array entry by entry."""
    code = error.code
    for _ in range(TRIED):
        if error.code != code or code not in ("GP102", "GP207") or error.span is None or not error.fixes:
            return None
        called = _called(text, error.span[0]) if error.code == "GP102" else iter(())
        text = next(called, error.fixes[0])
        try:
            read(text)
        except GradproofError as again:
            error = again
        else:
            return text
    return None


def _called(text: str, start: int) -> Iterator[str]:
    """`sum exp(x)` as sum(exp(x)), where a function stands before what it is applied to: a sum, a trace or
    a determinant before a whole product."""
    tokens = [token for token in _tokens(text) if token.start >= start]
    if len(tokens) < 2 or tokens[0].text not in KNOWN_WORDS or tokens[1].kind != "name":
        return
    end, depth, whole = tokens[1].end, 0, to_scalar(facts(ALIASES.get(tokens[0].text, tokens[0].text)))
    for token in tokens[2:]:
        depth += (token.text == "(") - (token.text == ")")
        inside = token.text in (")", "'", "^", "T") or (whole and token.kind in ("name", "num"))
        if depth < 0 or (not depth and not inside):
            break
        end = token.end
    yield f"{text[: tokens[0].end]}({text[tokens[1].start : end]}){text[end:]}"


def _accepted(text: str, read: Callable[[str], object]) -> bool:
    try:
        read(text)
    except GradproofError:
        return False
    return True


def _slips(text: str, error: GradproofError) -> Iterator[str]:
    """Slips of the pen near the place of an error, undone; none that would run names together."""
    tokens = _tokens(text)
    start = error.span[0] if error.span else 0
    here = next((i for i, token in enumerate(tokens) if token.end > start), len(tokens))
    names = {token.text for token in tokens if token.kind == "name"}
    for candidate in _edits(text, tokens, here):
        if {token.text for token in _tokens(candidate) if token.kind == "name"} <= names:
            yield candidate


def _tokens(text: str) -> list[Token]:
    """The tokens of the statements, or none where they cannot be told apart."""
    try:
        return tokenize(text[: where_clause(text)[0]])[:-1]
    except GradproofError:
        return []


def _edits(text: str, tokens: list[Token], here: int) -> Iterator[str]:
    """Two signs swapped, or one dropped, near a place."""
    for first in (here - 1, here, here - 2, here + 1):
        if 0 <= first < len(tokens) - 1:
            yield _swapped(text, tokens[first], tokens[first + 1])
    for place in (here, here - 1, here + 1):
        if 0 <= place < len(tokens):
            yield text[: tokens[place].start] + text[tokens[place].end :]


def _swapped(text: str, a: Token, b: Token) -> str:
    between = text[a.end : b.start]
    return text[: a.start] + text[b.start : b.end] + between + text[a.start : a.end] + text[b.end :]
