"""A plan for what was asked: the definitions that it needs, its inputs, its outputs."""

from __future__ import annotations

from collections.abc import Collection

from gradproof.codegen.plan.lower import Lowering
from gradproof.codegen.plan.model import Pair, Plan, key, symbols
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.operators.blocks import DECOMPOSED, needs


def plan(
    definitions: tuple[Pair, ...],
    outputs: tuple[tuple[str, Expr], ...],
    inputs: tuple[Expr, ...],
    value_of: Expr | None,
    spelled: Collection[str],
) -> Plan:
    """The plan of a function that returns `outputs`, and `value_of` where it is given.

    Definitions that nothing needs are left out, and so are those of names that are inputs. `spelled` are the
    kinds of operation that the target has.
    Raises UnsupportedError (GP503) where a result contains what cannot be computed.
    """
    inputs = tuple(dict.fromkeys(inputs))
    results = [e for _, e in outputs] + ([] if value_of is None else [value_of])
    lowering = Lowering(inputs, spelled)
    given = {key(name) for name in inputs}
    own = [(name, e) for name, e in definitions if key(name) not in given]
    statements = _needed(own, results)
    for name, e in statements:
        lowering.define(name, e)
    done = [(text, lowering.value(e), e) for text, e in outputs]
    objective = None if value_of is None else (lowering.value(value_of), value_of)
    everything = [*inputs, *(e for pair in definitions for e in pair), *results]
    return Plan(
        inputs,
        tuple(_symbols(everything)),
        tuple(lowering.functions),
        tuple(lowering.build.values),
        lowering.defined,
        tuple(statements),
        tuple(done),
        objective,
        tuple(_parts([e for _, e in statements] + results)),
    )


def _parts(roots: list[Expr]) -> list[tuple[str, Dim]]:
    """What takes a part of an array, or a matrix of some form, and the sizes that must not be negative."""
    found = {d: str(e) for e in postorder(roots) if e.op in ("slice", "unit", *DECOMPOSED) for d in needs(e)}
    return [(text if len(text) < 60 else "a part of an array", d) for d, text in found.items()]


def _needed(definitions: list[Pair], results: list[Expr]) -> list[Pair]:
    """The definitions that the results rest on, in order."""
    used = {key(node) for node in postorder(results)}
    out = []
    for name, e in reversed(definitions):
        if key(name) in used:
            out.append((name, e))
            used.update(map(key, postorder([e])))
    return out[::-1]


def _symbols(roots: list[Expr]) -> list[str]:
    found: list[str] = []
    for node in postorder(roots):
        found.extend(symbols(node.axes))
        if node.op == "size":
            found.append(str(node.data[0]))
        for part in node.data:
            found.extend(
                symbols(d for d in (part if isinstance(part, tuple) else (part,)) if isinstance(d, Dim))
            )
    return list(dict.fromkeys(found))
