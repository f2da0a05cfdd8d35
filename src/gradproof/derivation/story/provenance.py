"""Where the symbols of an answer come from: the step after which a symbol never goes away again.

Each symbol in the last line (a transpose on G, a diag, a sum, a factor 2) is followed back through the
steps that lead to it. Nothing is stored for this; the steps are the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gradproof.derivation.story.model import Section, Step
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder

_WORDS = {
    "T": "T", "'": "T", "ᵀ": "T", "Σ": "sum", "sum": "sum", "diag": "diag", "δ": "eye", "I": "eye",
    ".*": "had", "⊙": "had", "inv": "inv",
}  # fmt: skip


def _marks(e: Expr, symbol: str) -> frozenset[Expr]:
    """The places of a symbol in an expression: the nodes that write it."""
    op = _WORDS.get(symbol, symbol)
    sums = {"sum", "rowsum", "colsum"} if op == "sum" else {op}
    return frozenset(
        node
        for node in postorder([e])
        if node.op in sums
        or (node.op == "diagonal" and op == "diag")
        or (node.op == "num" and str(node) == symbol)
    )


def origin(steps: Sequence[Step], answer: Expr, symbol: str) -> Step | None:
    """The step that made `symbol` in `answer`, or None where the answer has none."""
    wanted = _marks(answer, symbol)
    if not wanted:
        return None
    found: Step | None = None
    for step in reversed(steps):
        here, before = _marks(step.after, symbol), _marks(step.before, symbol)
        if step.rule == "insert" and step.after is answer and before:
            wanted = before  # what stood there before names were written out
        elif wanted & here:
            found = step
            if not wanted & before:
                return step
    return found


def line_of(step: Step, steps: Iterable[Step], sections: Sequence[Section]) -> tuple[Section, int] | None:
    """The line that shows a step, as its page counts lines: the section and the number; None where none does.

    A line may stand for several steps, each of one of its terms; lines and steps have one order.
    """
    lines = [(section, number) for section in sections for number in range(1, len(section.lines) + 1)]
    at = 0
    for one in steps:
        for place in range(at, len(lines)):
            section, number = lines[place]
            line = section.lines[number - 1]
            if one.rule in line.rule.split(", ") and one.after in postorder([line.right]):
                at = place
                if one is step:
                    return lines[place]
                break
    return None
