"""Every id of a rule that is ever printed is in the book, where `gradproof rules ID` finds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import gradproof as gp
from gradproof.calculus.rulebook import RULES
from gradproof.derivation.story.model import Step
from gradproof.faces.teaching.gallery import SOLVED, gallery
from gradproof.faces.teaching.hints import of_derivation
from judge import books
from test_towards import WAYS

# what the gallery and the books do not ask: a rule for each way of asking
ASKED = [
    ("x[2]^2", "x", {}), ("sum(cumsum(x).*y)", "x", {}), ("vec(X)'*vec(X)", "X", {}),
    ("norm2(hcat(X, Y)*z)^2 where X: m×n", "X", {}), ("reshape(x, m, n):A where A: m×n", "x", {}),
    ("y = root(y + tanh(y) - A*x, y); norm2(y)^2", "x", {}), ("sum(f.(X))", "X", {}), ("tr(X^3)", "X", {}),
    ("x'*S*x where S: n×n symmetric", "S", {"structure": "constrained"}),
    ("relu(A*x)", "x", {"kind": "jacobian"}),
    ("tr(expm(X)*A)", "X", {}), ("x'*A*x", "x", {"kind": "hessian"}), ("X*A*X", "X", {"kind": "jacobian"}),
    ("norm2(x)^3", "x", {}), ("x'*A*x/(x'*x)", "x", {}), ("mean(log(X))", "X", {}),
]  # fmt: skip


def asked(record: dict[str, Any]) -> Any:
    """The question of a record of the books."""
    shapes = {name: tuple(sizes) for name, sizes in record["vars"].items()}
    kind, props = record.get("kind", "gradient"), record.get("props") or {}
    return gp.derive(record["expr"], record["wrt"], shapes=shapes, assume=props, kind=kind, prove=False)


def rules_of(made: Any) -> Iterator[str]:
    """Every id that a derivation prints, in its steps, its lines in both notations, and its claims."""

    def below(steps: Iterable[Step]) -> Iterator[str]:
        for step in steps:
            yield step.rule
            yield from below(step.parts)

    yield from below(made.steps)
    yield from (claim.rule for claim in made._claims())
    for notation in ("frobenius", "index"):
        try:
            sections = made.story(notation).sections
        except gp.UnsupportedError:  # tensors have no derivation by entries
            continue
        yield from (line.rule for section in sections for line in section.lines)


def told() -> Iterator[tuple[str, str]]:
    """Ids of rules, and what they were asked in."""
    for entry in gallery():
        if entry.kind != SOLVED:
            more = {"where": entry.where or None, "kind": entry.kind, "structure": entry.structure}
            made = gp.derive(entry.text, entry.by, prove=False, **more)
            yield from ((rule, entry.name) for rule in rules_of(made))
    for record in books():
        try:
            made = asked(record)
        except gp.GradproofError:
            continue
        yield from ((rule, record["id"]) for rule in rules_of(made))
    for text, variable, more in ASKED:
        yield from ((rule, text) for rule in rules_of(gp.derive(text, variable, prove=False, **more)))
    for expr, variable, answer, _ in WAYS:
        way = gp.derive(expr, variable, towards=answer).way
        assert way is not None
        yield from ((step.rule, expr) for step in way.steps)
        yield from ((hint.rule, expr) for hint in of_derivation(gp.derive(expr, variable)))


def test_every_rule_that_is_ever_printed_is_in_the_book() -> None:
    known = {rule.name for rule in RULES}
    assert len(known) == len(RULES)
    unknown = {(rule, where) for ids, where in told() for rule in ids.split(", ") if rule not in known}
    assert unknown == set()
