"""What names are that nothing decides: by their letters, and so that what is differentiated is a number."""

from __future__ import annotations

from gradproof.elaboration.inference.kind_constraints import Relations
from gradproof.elaboration.inference.kinds import R, S, by_letter, preference
from gradproof.language.syntax.tree import Node, postorder

COUNTS = frozenset("nmkN")  # what is called so, and is nothing else, counts something


def choose(relations: Relations, open_names: list[tuple[str, int]], whole: int, parts: list[Node]) -> None:
    """Go by letters: arrays first, then unknown functions, then numbers.

    What is differentiated is mostly a number: where it can be one, names with the letters of numbers are
    columns before that fails (a'*inv(X)*b), counts are numbers (n/2*logdet(S)), and so are letters of
    vectors that scale something else (r/2*norm2(A*x - b)^2).
    """
    solver = relations.solver
    arrays = [item for item in open_names if preference(item[0])[0] < 2 and item[0] not in COUNTS]
    numbers = [item for item in open_names if item not in arrays]
    vectors = [item for item in arrays if preference(item[0])[0] == 1]
    if vectors and not relations.functions:
        mark = len(solver.trail)
        by_letter(solver, [item for item in arrays if item not in vectors])
        if _as_number(relations, whole, [*vectors, *numbers], parts):
            return
        solver.undo(mark)
    by_letter(solver, arrays)
    if relations.functions:
        relations.decide()
    if not _as_number(relations, whole, numbers, []):
        by_letter(solver, numbers)


def _as_number(relations: Relations, whole: int, names: list[tuple[str, int]], parts: list[Node]) -> bool:
    """Let the whole be a number; False, and nothing changed, where that makes a row of a name, or a number
    of a vector that does not scale something else."""
    solver = relations.solver
    mark = len(solver.trail)
    if solver.restrict(whole, S):
        by_letter(solver, names)
        lost = {n for n, part in names if solver.masks[part] == S and preference(n)[0] == 1} - COUNTS
        rows = any(solver.masks[part] == R for _, part in names)
        arrays = any(solver.masks[part] != S for part in relations.names.values())
        if not rows and (arrays or not lost) and _only_scale(lost, parts):
            return True
    solver.undo(mark)
    return False


def _only_scale(names: set[str], parts: list[Node]) -> bool:
    """Whether these names stand only as factors and divisors, none of them beside another."""
    places = sum(node.kind == "name" and node.text in names for node in parts)
    for node in parts if names else ():
        if node.kind in ("mul", "div"):
            there = [{n.text for n in postorder(arg) if n.kind == "name"} for arg in node.args]
            places -= sum(arg.kind == "name" and arg.text in names for arg in node.args)
            if all(names & one for one in there):
                return False
    return places == 0
