"""How well mistakes are named: single slips in the answers of the case books, made in their text.

    python benchmarks/diagnosis.py [book …]

The slips are made here, in the syntax of an answer, and not with the table that the search uses. A slip
counts where floating point sees that the answer really became another one. Printed: how many were
refuted, how many got a name and how many the name of the slip that was made, the time of the search and
of the counterexample; and whether right answers (as published, and in equal forms) are right.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import gradproof as gp
from gradproof.checking.answer.check import Comparison
from gradproof.checking.diagnosis.search import diagnose
from gradproof.language.parse import parse
from gradproof.language.syntax.tree import Node, postorder
from gradproof.proof.evaluation.counterexample import witness
from gradproof.proof.evaluation.judge import AGREE, Session, sides

BOOKS = Path(__file__).parents[1] / "tests" / "books"
FACTOR = ("factor", "constant", "sign", "zero")
Slip = tuple[str, tuple[str, ...]]


def slips(text: str) -> Iterator[Slip]:
    """Texts with one slip, with the beginnings of the names that fit it."""
    yield f"2*({text})", FACTOR
    yield f"({text})/2", FACTOR
    yield f"-({text})", ("sign",)
    yield f"({text})'", ("transposed", "layout")
    for node in postorder(parse(text).statements[-1].node):
        for new, names in at(node, text):
            yield text[: node.start] + new + text[node.end :], names


def at(node: Node, text: str) -> Iterator[Slip]:
    """The slips at one place."""
    parts = [text[part.start : part.end] for part in node.args]
    if node.kind in ("add", "sub"):
        yield f"({parts[0]}{'-' if node.kind == 'add' else '+'}{parts[1]})", ("sign",)
        # Where 1 is left, it is the whole bracket that is missing as a factor.
        yield f"({parts[0]})", ("term missing", "chain rule") if parts[0] == "1" else ("term missing",)
        yield f"({parts[1]})", ("term missing", "sign", "chain rule")[: 3 if parts[1] == "1" else 2]
    elif node.kind == "mul":
        yield f"({parts[1]}*{parts[0]})", ("order swapped",)
        yield f"({parts[0]}.*{parts[1]})", ("Hadamard for product",)
        yield from ((f"({part})", ("chain rule", "factor", "constant", "exponent")) for part in parts)
    elif node.kind == "had":
        yield f"({parts[0]}*{parts[1]})", ("product for Hadamard",)
        yield from ((f"({part})", ("chain rule", "factor", "exponent")) for part in parts)
    elif node.kind in ("div", "hdiv"):
        yield f"({parts[0]})", ("chain rule", "factor", "constant")
    elif node.kind == "T":
        yield f"({parts[0]})", ("transposed",)
    elif node.kind == "name":
        yield f"{node.text}'", ("transposed",)
    elif node.kind == "call" and node.text in ("inv", "diag"):
        yield f"({parts[0]})", ("inverse missing" if node.text == "inv" else "diag missing",)
    elif node.kind == "call" and len(parts) == 1 and node.text not in ("ones", "eye", "zeros"):
        yield f"({parts[0]})", ("function missing", "chain rule", "exponent")
    elif node.kind in ("pow", "hpow") and parts[1].isdigit():
        sign = "^" if node.kind == "pow" else ".^"
        yield f"({parts[0]}{sign}{int(parts[1]) + 1})", ("exponent",)
        yield f"({parts[0]})", ("exponent",)


def equal_forms(text: str, axes: int) -> Iterator[str]:
    """The same answer in other words; a tensor has no transpose, but its axes can be put in another order."""
    yield text
    if axes <= 2:
        yield f"(({text})')'"
    else:
        order = "ijklpqrs"[:axes]
        turned = f'einsum("{order}->{order[::-1]}", {text})'
        yield f'einsum("{order[::-1]}->{order}", {turned})'
    yield f"2*({text}) - ({text})"
    yield f"({text}) + 0*({text})"


def records(books: list[str]) -> Iterator[dict[str, Any]]:
    for path in sorted(BOOKS.glob("*.jsonl")):
        if not books or path.stem in books:
            yield from (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def compared(record: dict[str, Any]) -> Comparison:
    shapes = {name: tuple(sizes) for name, sizes in record["vars"].items()}
    found = gp.derive(
        record["expr"], record["wrt"], shapes=shapes, assume=record.get("props") or {}, kind=record["kind"]
    )
    return Comparison(found, record["wrt"])


class Tally:
    """What was counted."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self.search: list[float] = []
        self.numbers: list[float] = []
        self.unnamed: list[str] = []

    def right(self, comparison: Comparison, record: dict[str, Any]) -> None:
        """Equal forms of our answer, and the published answer, must be right."""
        published = [record["answer"]] if record.get("answer_ok") and "at" not in record else []
        for text in (*equal_forms(str(comparison.truth), len(comparison.truth.axes)), *published):
            try:
                grade = comparison.check(text).grade
            except gp.GradproofError as error:
                grade = f"not read ({error.code})"
            self.count[f"right answers: {grade}"] += 1
            if grade == "refuted":
                print("RIGHT, AND REFUTED:", record["id"], text)

    def wrong(self, comparison: Comparison, record: dict[str, Any]) -> None:
        """Single slips."""
        seen = set()
        for text, names in slips(str(comparison.truth)):
            try:
                claim = comparison.read(text).expr
            except gp.GradproofError:
                continue
            forms = comparison._alike(claim)
            if not forms or claim in seen:
                continue
            seen.add(claim)
            try:
                same = Session(comparison.whole).witness(sides(forms[0].truth, claim)).kind == AGREE
            except gp.LimitError:  # a busy machine
                same = True
            if same:
                continue
            self.slip(comparison, record, text, names)

    def slip(self, comparison: Comparison, record: dict[str, Any], text: str, names: tuple[str, ...]) -> None:
        """One slip that matters."""
        found = comparison.check(text)
        self.count["slips"] += 1
        self.count[f"slips {found.grade}"] += 1
        if found.grade != "refuted":
            print("WRONG, AND NOT REFUTED:", found.grade, record["id"], text)
            return
        claim = comparison.read(text).expr
        start = perf_counter()
        diagnose(found.truth, claim, comparison.context, comparison.variable)
        middle = perf_counter()
        self.count["with numbers"] += witness(found.truth, claim, comparison.context) is not None
        self.search.append(middle - start)
        self.numbers.append(perf_counter() - middle)
        self.count["named"] += found.diagnosis is not None
        expected = found.diagnosis is not None and any(name in found.diagnosis for name in names)
        self.count["named as made"] += expected
        if not expected:
            self.unnamed.append(f"{record['id']}  {text}  made: {names[0]}  named: {found.diagnosis}")


def main(books: list[str]) -> None:
    tally = Tally()
    for record in records(books):
        try:
            comparison = compared(record)
        except gp.GradproofError:
            tally.count["questions refused"] += 1
            continue
        tally.count["questions"] += 1
        tally.right(comparison, record)
        tally.wrong(comparison, record)
    print("\n".join(tally.unnamed))
    print("\n".join(f"{key:32}{value:6}" for key, value in sorted(tally.count.items())))
    for what, times in (("search", tally.search), ("counterexample", tally.numbers)):
        if times:
            times.sort()
            late = times[int(0.95 * len(times))]
            said = f"median {1e3 * median(times):.1f} ms, 95 % {1e3 * late:.0f} ms, most {times[-1]:.2f} s"
            print(f"{what}: {said}")


if __name__ == "__main__":
    main(sys.argv[1:])
