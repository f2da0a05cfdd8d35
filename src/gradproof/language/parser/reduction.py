"""Operands and waiting operators made one: what is complete becomes a node.

`push` takes a finished operand with the signs behind it; `reduce` applies the operators that bind closely
enough. Whatever waits lies on an explicit stack, so that depth is a number that can be limited and not an
overflow.
"""

from __future__ import annotations

from gradproof.errors import LimitError
from gradproof.language.parser.messages import failure
from gradproof.language.parser.state import MAX_DEPTH, State, Waiting
from gradproof.language.syntax.desugar import COMPARISONS, comparison, norm
from gradproof.language.syntax.precedence import OPEN, POWER, SERIES, SIGN
from gradproof.language.syntax.tree import Node

MAX_EXPONENT = 64


def push(state: State, node: Node) -> None:
    """An operand is complete: read what is written behind it, and close a power."""
    signs = 0
    while state.is_op("'") or _is_indexed(state):
        if state.is_op("["):
            _open_index(state, node)
            return
        node = _transposed(state, node)
        signs += 1
        if signs > MAX_DEPTH:
            raise LimitError(
                f"more than {MAX_DEPTH} transpose signs in a row, the limit",
                code="GP703",
                span=node.at,
                source=state.source,
            )
    state.operands.append(node)
    state.powered = state.in_exponent()
    while state.in_exponent():
        _apply(state)


def _is_indexed(state: State) -> bool:
    """Whether `[` follows an operand with nothing between."""
    return state.is_op("[") and state.next.start == state.tokens[state.at - 1].end


def _open_index(state: State, node: Node) -> None:
    """X[ : what is indexed is the first argument."""
    frame = Waiting("index", OPEN, state.take().span)
    frame.start, frame.args = node.start, [node]
    state.opened = True
    state.enter(frame)


def _transposed(state: State, node: Node) -> Node:
    """An operand with the transpose sign behind it."""
    span = state.next.span
    if node.kind == "num" and not node.closed and not state.loose:
        start = state.operands[-1].start if state.in_exponent() else node.start
        inside = state.source[start : node.end]
        raise failure(
            state,
            "a number is transposed: write the parentheses",
            "GP108",
            (node.start, span[1]),
            fixes=(state.edit(start, span[1], f"({inside})'"), state.edit(*span, "")),
        )
    state.at += 1
    return Node("T", (node,), (node.start, span[1]), span)


def push_call(state: State, frame: Waiting, end: int) -> None:
    """A call, from its arguments."""
    node = Node(frame.kind, tuple(frame.args), (frame.start, end), frame.at, frame.text)
    node.primes = frame.primes
    push(state, norm(node))


def reduce(state: State, power: int) -> None:
    """Apply every waiting operator that binds at least so closely."""
    while state.waiting and state.waiting[-1].power >= power:
        _apply(state)


def _apply(state: State) -> None:
    """Apply the innermost waiting operator."""
    top = state.waiting.pop()
    right = state.operands.pop()
    if top.power in (SIGN, SERIES):
        state.depth -= 1
        state.operands.append(_signed(top, right))
        return
    left = state.operands.pop()
    if top.power == POWER:
        _check_exponent(state, right)
    if top.kind in COMPARISONS:
        state.operands.append(_compared(state, top, left, right))
        return
    state.operands.append(Node(top.kind, (left, right), (left.start, right.end), top.at))


def _signed(top: Waiting, right: Node) -> Node:
    """What stands before its operand: a sign, a root, a sum over indices."""
    span = (top.start, right.end)
    if top.kind == "root":
        return Node("call", (right,), span, top.at, "sqrt")
    return right if top.kind == "plus" else Node(top.kind, (right,), span, top.at, top.text)


def _compared(state: State, top: Waiting, left: Node, right: Node) -> Node:
    """x > y; what is compared twice in a row is asked about."""
    if left in state.comparisons and not left.closed:
        raise failure(
            state, "a < b < c compares a number with 0 or 1: write (a < b).*(b < c)", "GP107", top.at
        )
    node = comparison(top.kind, left, right, top.at)
    state.comparisons.add(node)
    return node


def _check_exponent(state: State, node: Node) -> None:
    """Raises LimitError for an exponent that is too large."""
    inner = node.args[0] if node.kind == "neg" else node
    if inner.value is not None and inner.value > MAX_EXPONENT:
        raise LimitError(
            f"an exponent is above {MAX_EXPONENT}, the limit",
            code="GP706",
            span=node.span,
            source=state.source,
        )
