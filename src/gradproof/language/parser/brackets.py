"""Square brackets: `X[i,2:k,:]` behind an operand, and `[a, b; c, d]` where an operand begins."""

from __future__ import annotations

from gradproof.language.parser.messages import failure
from gradproof.language.parser.reduction import push, reduce
from gradproof.language.parser.state import State, Waiting
from gradproof.language.syntax.precedence import OPEN
from gradproof.language.syntax.tokens import Token
from gradproof.language.syntax.tree import Node, Span

PLACE, RANGE, ALL = 0, 1, 2  # what the part of an index that is being read turns out to be


def take_whole_axis(state: State) -> bool:
    """A lone `:` as a part of an index."""
    frame = state.waiting[-1] if state.waiting else None
    if frame is None or frame.kind != "index" or not state.is_op(":") or frame.primes:
        return False
    if not (state.is_op(",", 1) or state.is_op("]", 1)):
        return False
    frame.primes = ALL
    state.at += 1
    return True


def end_part(state: State, token: Token) -> bool:
    """A sign behind a part: `:`, `,`, `;` or `]`; True if an operand must follow."""
    reduce(state, OPEN + 1)
    frame = state.waiting[-1]
    return (_end_entry if frame.kind == "literal" else _end_subscript)(state, frame, token)


def _end_subscript(state: State, frame: Waiting, token: Token) -> bool:
    if token.text == ";" or (token.text == ":" and frame.primes):
        raise failure(state, f'"{token.text}" cannot stand in an index', "GP104", token.span)
    state.at += 1
    if frame.primes != ALL:
        frame.args.append(state.operands.pop())
    if token.text == ":":
        frame.primes = RANGE
        return True
    frame.text += "ar:"[frame.primes]
    frame.primes = PLACE
    if token.text == ",":
        return True
    state.leave()
    push(state, Node("index", tuple(frame.args), (frame.start, token.end), frame.at, frame.text))
    return False


def _end_entry(state: State, frame: Waiting, token: Token) -> bool:
    if token.text == ":":
        raise failure(state, "A:B stands in parentheses here", "GP104", token.span)
    frame.args.append(state.operands.pop())
    state.at += 1
    if token.text == ",":
        return True
    frame.rows.append(tuple(frame.args))
    frame.args = []
    if token.text == ";":
        return True
    state.leave()
    span = (frame.start, token.end)
    rows = [_stack("hcat", row, span, frame.at) for row in frame.rows]
    whole = _stack("vcat", tuple(rows), span, frame.at)
    whole.start, whole.end, whole.closed = *span, True
    push(state, whole)
    return False


def _stack(word: str, parts: tuple[Node, ...], span: Span, at: Span) -> Node:
    return parts[0] if len(parts) == 1 else Node("call", parts, span, at, word)
