"""Where an operator is expected: two-place operators, commas, and what closes a parenthesis."""

from __future__ import annotations

from gradproof.language.parser.brackets import end_part
from gradproof.language.parser.messages import failure, unclosed, unexpected
from gradproof.language.parser.reduction import push, push_call, reduce
from gradproof.language.parser.state import BRACKETS, State, Waiting
from gradproof.language.syntax.desugar import NORMS
from gradproof.language.syntax.precedence import INFIX, LEVELS, OPEN, POWER, PRODUCT
from gradproof.language.syntax.tokens import Token, number
from gradproof.language.syntax.tree import Node

_BEGIN_FACTOR = ("(", "√", "‖", "[")


def operator(state: State) -> bool:
    """Read one token behind an operand; True if an operand must follow."""
    token = state.next
    if token.kind == "newline":
        return _skip_lines(state)
    if token.kind == "op":
        if token.text in (":", ";", "]", ",") and state.in_brackets():
            return end_part(state, token)
        if token.text in INFIX:
            return _binary(state, token)
        if token.text == ")" or (token.text == "‖" and any(w.kind == "norm" for w in state.waiting)):
            return _close(state, token)
        if token.text == ",":
            return _comma(state, token)
    if state.loose and (token.kind in ("name", "num", "sum") or token.text in _BEGIN_FACTOR):
        return _side_by_side(state, token)
    raise unexpected(state, token)


def _skip_lines(state: State) -> bool:
    """A line ends inside parentheses, where that means nothing."""
    line = state.next
    while state.next.kind == "newline":
        state.at += 1
    if state.next.kind in ("name", "num"):
        raise unclosed(state, line.start)
    return False


def _side_by_side(state: State, token: Token) -> bool:
    """Two factors with nothing between, where that is allowed: a product."""
    state.powered = False
    reduce(state, PRODUCT)
    state.waiting.append(Waiting("mul", PRODUCT, (token.start, token.start)))
    return True


def _binary(state: State, token: Token) -> bool:
    """Take an operator between two operands."""
    kind = INFIX[token.text]
    power = LEVELS[kind]
    if power == POWER:
        if state.powered:
            start, middle = state.operands[-1].start, state.operands[-1].args[-1].start
            raise failure(
                state,
                f"a{token.text}b{token.text}c can be read in two ways: write parentheses",
                "GP107",
                token.span,
                fixes=(state.edit(start, token.start, f"({state.source[start : token.start]})"),),
                facts=(((middle, token.start), "does this belong to the left or to the right?"),),
            )
        if kind == "pow" and _raised_to_T(state):
            return False
    else:
        state.powered = False
        reduce(state, power)
    state.at += 1
    state.waiting.append(Waiting(kind, power, token.span))
    return True


def _raised_to_T(state: State) -> bool:
    """`X^T` is a transpose and `X^-T` that of the inverse."""
    minus = state.is_op("-", 1)
    letter = state.ahead(1 + minus)
    applied = state.is_op("(", 2 + minus) and state.source[letter.end - 1] != "ᵀ" and not state.loose
    if letter.kind != "name" or letter.text != "T" or applied:
        return False
    if state.is_op("'", 2 + minus):
        raise failure(state, "^T' can be read in two ways: write parentheses", "GP107",
                      (state.next.start, letter.end + 1))  # fmt: skip
    base, at, span = state.operands.pop(), state.next.span, letter.span
    if minus:
        one = Node("num", (), span, span, "1", number(Token("num", "1", *span), state.source))
        base = Node("pow", (base, Node("neg", (one,), span, span)), (base.start, letter.end), at)
    state.operands.append(Node("T", (base,), (base.start, letter.end), at, "^-T" if minus else "^T"))
    state.at += 2 + minus
    state.powered = True
    return True


def _comma(state: State, token: Token) -> bool:
    """Take a comma inside a call or a bracket."""
    reduce(state, OPEN + 1)
    if not state.waiting or state.waiting[-1].kind in ("group", "norm"):
        raise failure(
            state,
            '"," stands only between the arguments of a function',
            "GP104",
            token.span,
            fixes=(state.edit(token.start, token.end, ""), state.edit(token.start, token.end, "*")),
        )
    state.waiting[-1].args.append(state.operands.pop())
    state.at += 1
    state.powered = False
    return True


def _close(state: State, token: Token) -> bool:
    """A closing sign: make what it closes an operand."""
    span = token.span
    reduce(state, OPEN + 1)
    if not state.waiting or (state.waiting[-1].kind == "norm") != (token.text == "‖"):
        raise failure(state, f'"{token.text}" closes nothing', "GP103", span, (state.edit(*span, ""),))
    if state.waiting[-1].kind in BRACKETS:
        raise unclosed(state, token.start)
    frame, inner = state.leave(), state.operands.pop()
    state.at += 1
    if frame.kind == "group":
        inner.start, inner.end = frame.start, token.end
        inner.closed = True
        push(state, inner)
        return False
    if frame.kind == "norm":
        which = state.source[token.start : token.end].lstrip("‖|_")
        frame.kind, frame.text = "call", NORMS[which]
    frame.args.append(inner)
    push_call(state, frame, token.end)
    return False
