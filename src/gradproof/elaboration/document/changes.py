"""What a d before a name is in a document: a differential, or the gradient by that name."""

from __future__ import annotations

from collections.abc import Sequence

from gradproof.elaboration.document.model import Chain
from gradproof.elaboration.document.names import base_text
from gradproof.language.document.statements import Statement
from gradproof.language.document.tree import Term, walk


def gradient_names(chains: Sequence[Chain]) -> tuple[frozenset[str], str]:
    """Names whose d stands for a gradient, as in `dO = ∂L/∂O` and `dV = Pᵀ dO`, and what is differentiated.

    A differential of a name that nothing defines is never said to be something.
    """
    heads = [(chain, _changed(chain.head)) for chain in chains if chain.head is not None]
    objectives = [
        part.args[0].text
        for chain in chains for side in chain.sides if side.term is not None
        for part in walk(side.term)
        if part.kind == "derivative" and part.args[0].kind == "name" and part.args[0].text
    ]  # fmt: skip
    objective = objectives[0] if objectives else "L"
    defined = {
        base_text(chain.head if chain.head.kind == "name" else chain.head.args[0])
        for chain in chains
        if chain.head is not None and (chain.head.kind == "name" or chain.head.text == "()")
    }
    factors = _factors(chains)
    out: set[str] = set()
    for chain, name in heads:
        if not name:
            continue
        sides = [side.term for side in chain.sides[1:] if side.term is not None]
        explicit = any(
            side.kind == "derivative" and side.args[-1].kind == "name" and base_text(side.args[-1]) == name
            for side in sides
        )
        silent = any(
            not any(part.kind == "d" for part in walk(side)) and side.kind != "number" for side in sides
        )
        if explicit or (silent and name in factors):
            out.add(name)
        elif name not in defined and name in factors:
            return _all_changed(chains), objective
    return frozenset(out), objective


def _changed(head: Term | None) -> str:
    """The name behind the d of a left side, or ""."""
    return (
        base_text(head.args[0])
        if head is not None and head.kind == "d" and head.args[0].kind == "name"
        else ""
    )


def _all_changed(chains: Sequence[Chain]) -> frozenset[str]:
    return frozenset(
        base_text(part.args[0])
        for chain in chains for side in chain.sides if side.term is not None
        for part in walk(side.term)
        if part.kind == "d" and part.args[0].kind == "name"
    )  # fmt: skip


def _factors(chains: Sequence[Chain]) -> set[str]:
    """Names that stand in formulas, not only behind a d or left of “=”."""
    out: set[str] = set()
    todo = [side.term for chain in chains for side in chain.sides[1:] if side.term is not None]
    while todo:
        term = todo.pop()
        if term.kind == "name":
            out.add(base_text(term))
        if term.kind not in ("d", "derivative"):
            todo += term.args
    return out


def variation(statement: Statement) -> bool:
    """Whether a left side is `δf`: then δ is the d of this text."""
    first = statement.sides[0].lexemes
    return len(first) == 2 and first[0].text == "delta" and first[1].kind == "letter"


def with_changes(statement: Statement) -> Statement:
    """A statement with every δ as a d."""
    sides = tuple(
        side._replace(
            lexemes=tuple(one._replace(text="d") if one.text == "delta" else one for one in side.lexemes)
        )
        for side in statement.sides
    )
    return statement._replace(sides=sides)
