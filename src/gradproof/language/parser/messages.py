"""What the parser says when it cannot go on.

The `fixes` of the errors are candidates: `elaboration.read` tries them before it offers one.
"""

from __future__ import annotations

from gradproof.errors import ParseError
from gradproof.language.parser.state import BRACKETS, State
from gradproof.language.syntax.precedence import OPEN
from gradproof.language.syntax.tokens import Token
from gradproof.language.syntax.tree import Span

_CLOSING = {"norm": "‖", "index": "]", "literal": "]"}


def failure(
    state: State,
    message: str,
    code: str,
    span: Span,
    fixes: tuple[str, ...] = (),
    facts: tuple[tuple[Span | None, str], ...] = (),
) -> ParseError:
    """A ParseError at a place of the text."""
    return ParseError(message, code=code, span=span, source=state.source, fixes=fixes, facts=facts)


def unclosed(state: State, at: int) -> ParseError:
    """The innermost open parenthesis is not closed where it must be."""
    opened = [entry for entry in reversed(state.waiting) if entry.power == OPEN]
    frame = opened[0]
    sign = "‖" if frame.kind == "norm" else "[" if frame.kind in BRACKETS else "("
    closing = "".join(_CLOSING.get(entry.kind, ")") for entry in opened)
    if frame.kind == "norm" and state.source[frame.start] == "|":
        sign, closing = "||", closing.replace("‖", "||")
    return failure(
        state,
        f'"{sign}" is never closed',
        "GP101",
        frame.opener,
        (state.edit(at, at, closing),),
        (((at, at + 1), f'expected "{closing[: len(sign)]}" here'),),
    )


def misplaced(state: State, token: Token) -> ParseError:
    """Something stands where an operand must begin."""
    span = token.span
    before = state.tokens[state.at - 1] if state.at else None
    ends = token.kind == "end" or token.text == ";"
    if before is None:
        what = "there is no expression" if ends else f'an expression cannot begin with "{token.text}"'
        return failure(state, what, "GP104", span, (state.edit(*span, ""),))
    sign = before.text if before.kind == "op" else "="
    what = (
        f'something is missing after "{sign}"'
        if ends or token.text == ")"
        else f'"{token.text}" cannot follow "{sign}"'
    )
    fixes = [state.edit(before.start, before.end, ""), state.edit(*span, "")]
    if token.text == "*" and sign == "*" and token.start == before.end:
        fixes.insert(0, state.edit(before.start, token.end, "^"))
    if ends and state.frames:
        fixes.append(unclosed(state, before.start).fixes[0])
    return failure(state, what, "GP104", before.span if ends else span, tuple(fixes))


def unexpected(state: State, token: Token) -> ParseError:
    """Something stands behind an operand that is neither an operator nor an end."""
    span = token.span
    if state.frames and (token.kind == "end" or token.text in (";", "=")):
        return unclosed(state, token.start)
    if token.text == "=" and token.kind == "op":
        return failure(state, 'only a new name may stand left of "="', "GP105", span)
    if token.kind in ("name", "num") or token.text in ("(", "‖"):
        before = state.tokens[state.at - 1]
        return failure(
            state,
            "two factors stand side by side: write * between them",
            "GP102",
            (before.start, token.end),
            (state.edit(before.end, token.start, "*"), state.edit(*span, "")),
        )
    return failure(state, f'"{token.text}" cannot stand here', "GP104", span, (state.edit(*span, ""),))
