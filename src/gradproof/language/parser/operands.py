"""Where an operand is expected: signs, names, numbers, and what opens a parenthesis."""

from __future__ import annotations

from gradproof.language.parser.brackets import take_whole_axis
from gradproof.language.parser.messages import failure, misplaced
from gradproof.language.parser.reduction import push, push_call
from gradproof.language.parser.state import State, Waiting
from gradproof.language.syntax.command_names import APPLIED
from gradproof.language.syntax.precedence import OPEN, SERIES, SIGN
from gradproof.language.syntax.tokens import Token, number
from gradproof.language.syntax.tree import Node

SIGNS = {"-": "neg", "+": "plus", "√": "root"}
OPENERS = {"(": "group", "‖": "norm", "[": "literal"}


def operand(state: State) -> bool:
    """Read one token of an operand; True while more is wanted."""
    token = state.next
    if token.kind == "newline":
        state.at += 1
        return True
    if _begins_differential(state):
        return _differential(state)
    if token.kind == "name" and _open_call(state, token):
        return _wants_arguments(state)
    if token.kind in ("num", "name", "str"):
        return _leaf(state, token)
    if take_whole_axis(state):
        return False
    if token.kind == "sum" and not state.in_exponent():
        return _wait(state, Waiting("sum", SERIES, token.span), token.text)
    if token.kind == "op" and token.text in OPENERS:
        state.enter(Waiting(OPENERS[token.text], OPEN, token.span))
        state.at += 1
        return True
    if token.kind == "op" and token.text in SIGNS and not (token.text == "+" and state.in_exponent()):
        return _wait(state, Waiting(SIGNS[token.text], SIGN, token.span))
    raise misplaced(state, token)


def _wait(state: State, sign: Waiting, text: str = "") -> bool:
    """A sign before its operand, or a sum over indices before the product that it sums."""
    sign.text = text
    state.waiting.append(sign)
    state.deepen(sign.at)
    state.at += 1
    return True


def _leaf(state: State, token: Token) -> bool:
    """A name, a number or a text in quotes."""
    span = token.span
    if token.kind == "str":
        _check_letters(state, token)
    value = number(token, state.source) if token.kind == "num" else None
    last = token.text == "end" and any(entry.kind == "index" for entry in state.waiting)
    state.at += 1
    push(state, Node("end" if last else token.kind, (), span, span, token.text, value))
    return False


def _check_letters(state: State, token: Token) -> None:
    """A text in quotes is the first argument of einsum, and alone."""
    span = token.span
    frame = state.waiting[-1] if state.waiting else None
    if frame is not None and frame.text == "norm" and len(frame.args) == 1 and state.is_op(")", 1):
        return
    if frame is None or frame.text != "einsum" or frame.args:
        raise failure(state, "a text in quotes stands only first in einsum(…)", "GP104", span,
                      (state.edit(*span, ""),))  # fmt: skip
    if not state.is_op(",", 1) and not state.is_op(")", 1):
        raise failure(state, "a comma is missing behind the letters", "GP104", span,
                      (state.edit(span[1], span[1], ","),))  # fmt: skip


def _open_call(state: State, name: Token) -> bool:
    """Open a call where one begins: `f(`, `f'(` with nothing between, `f.(` or `f'.(`."""
    primes, end = 0, name.end
    while state.is_op("'", 1 + primes) and state.ahead(1 + primes).start == end:
        primes += 1
        end += 1
    opener = state.ahead(1 + primes)
    if opener.kind != "op" or opener.text not in ("(", ".("):
        return False
    dotted = opener.text == ".("
    if not dotted and not _is_called(state, name, primes, opener.start == end):
        return False
    if state.loose and primes and len(name.text) == 1 and name.text not in APPLIED:
        return False  # x'(A + B) is a product
    frame = Waiting("map" if dotted else "slope" if primes else "call", OPEN, name.span, opener.span)
    frame.text, frame.primes = name.text, primes
    state.at += 2 + primes
    state.enter(frame)
    return True


def _is_called(state: State, name: Token, primes: int, adjacent: bool) -> bool:
    """Whether `f(` or `f'(` is a call, and not a factor before a sum."""
    end = name.end + primes
    if state.spaced and (not adjacent or "ᵀ" in state.source[name.end : end]):
        return False
    return primes == 0 or (primes == 1 and adjacent)


def _wants_arguments(state: State) -> bool:
    """Just inside a call: close it at once if it has no arguments."""
    if not state.is_op(")"):
        return True
    push_call(state, state.leave(), state.take().end)
    return False


def _begins_differential(state: State) -> bool:
    """`d X`; but not `d log(2π)`, where d is a number: the word behind it is applied."""
    if not state.changes or state.next.text != "d" or state.ahead(1).kind != "name":
        return False
    word, behind = state.ahead(1), state.ahead(2)
    return not (len(word.text) > 1 and behind.text == "(" and behind.start == word.end)


def _differential(state: State) -> bool:
    """`d X`: the differential of the name that follows."""
    start, name = state.take().span, state.take()
    inner = Node("name", (), name.span, name.span, name.text)
    push(state, Node("call", (inner,), (start[0], inner.end), start, "d"))
    return False
