"""Expressions and statements out of tokens: `Y = X*W'`, equations such as `0 = A*y - b`, and the objective
at the end."""

from __future__ import annotations

from gradproof.errors import NameProblem
from gradproof.language.parser.messages import failure
from gradproof.language.parser.operands import operand
from gradproof.language.parser.operators import operator
from gradproof.language.parser.reduction import reduce
from gradproof.language.parser.state import State
from gradproof.language.syntax.precedence import OPEN
from gradproof.language.syntax.tree import EQUATION, Node, Statement


def expression(state: State) -> Node:
    """An expression, up to a token that cannot continue it."""
    wants = True
    while True:
        if state.opened:  # an index behind an operand: its parts come next
            wants, state.opened = True, False
        if wants:
            wants = operand(state)
            continue
        if not state.frames and _ends(state):
            reduce(state, OPEN + 1)
            return state.operands.pop()
        wants = operator(state)


def _ends(state: State) -> bool:
    """Whether the token here ends an expression that is not inside brackets."""
    if state.equations and state.is_op("="):
        return True
    return state.next.kind in ("end", "newline") or state.is_op(";")


def statements(state: State) -> tuple[Statement, ...]:
    """All statements of the text."""
    out: list[Statement] = []
    seen: dict[str, Statement] = {}
    while True:
        while state.next.kind == "newline" or state.is_op(";"):
            state.at += 1
        if state.next.kind == "end":
            break
        if out and not out[-1].name and out[-1].node.kind != EQUATION:
            raise failure(
                state,
                "only the last statement may stand without a name",
                "GP105",
                out[-1].node.span,
                facts=((state.next.span, "another statement begins here"),),
                fixes=(state.edit(out[-1].node.end, state.next.start, " "),),
            )
        out.append(_statement(state))
        name, at, _ = out[-1]
        if name and name in seen:
            raise NameProblem(
                f'"{name}" is defined twice',
                code="GP303",
                span=at,
                source=state.source,
                facts=((seen[name].at, "first here"),),
            )
        seen[name] = out[-1]
    if not out:
        raise failure(state, "there is no expression", "GP104", (0, len(state.source)))
    if out[-1].node.kind == EQUATION:
        raise failure(
            state, 'only a new name may stand left of "="', "GP105", out[-1].node.at,
            facts=((None, "an equation defines a name; what is differentiated comes after it"),),
        )  # fmt: skip
    return tuple(out)


def _statement(state: State) -> Statement:
    """One statement, with the name before its = sign; an equation has none."""
    at = state.next.span
    if state.next.kind == "name" and state.is_op("=", 1):
        name = state.next.text
        state.at += 2
        return Statement(name, at, expression(state))
    state.equations = True
    left = expression(state)
    state.equations = False
    if not state.is_op("="):
        return Statement("", at, left)
    sign = state.take().span
    right = expression(state)
    return Statement("", at, Node(EQUATION, (left, right), (left.start, right.end), sign))
