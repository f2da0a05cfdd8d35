"""Derivations checked line by line: no false alarm on right ones, every single slip found.

Takes our own derivations of every case in tests/books as they are printed, checks them, then makes one
slip in one line (a sign, a factor, a transpose, an order, a dropped factor or term, a product for another,
a dropped inverse), keeps those that the exact test says are different, and asks for the first wrong line.

    python benchmarks/lines.py [SECONDS]
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import gradproof as gp
from gradproof.faces.lines import Report, check_derivation
from gradproof.language.lines import rows
from gradproof.operators.lines import read_lines
from gradproof.proof.context import Context
from gradproof.proof.modular import DIFFER, Session

BOOKS = Path(__file__).resolve().parent.parent / "tests" / "books"
SLIPS = (
    ("sign", r" − ", " + "), ("sign", r" \+ ", " − "), ("sign", r"^(\s*)−", r"\1"),
    ("sign", r"^(\s*)(?=[^\s−])", r"\1−"),
    ("factor", r"\b2 ", "3 "), ("factor", r"\b2 ", ""), ("factor", r"½ ?", ""),
    ("factor", r"^(\s*)(?=[^\s−])", r"\g<1>2 "),
    ("transpose", r"(?<=\w)ᵀ", ""), ("transpose", r"\b(?<!d)([A-Z])\b(?!ᵀ|\(|⁻|\w)", r"\1ᵀ"),
    ("transpose", r"(?<=\))ᵀ", ""), ("order", r"\b([A-Z]ᵀ?) ?([A-Z]ᵀ?)\b(?!\()", r"\2 \1"),
    ("order", r"\b([A-Z]ᵀ?) (\([^()]*\))", r"\2 \1"), ("drop", r"\b[A-Z]ᵀ? (?=[A-Za-z(])", ""),
    ("drop", r" [+−] [^+−:()]+(?= : )", ""), ("term", r" [+−] [^+−]+$", ""), ("product", r" ⊙ ", " "),
    ("product", r"\b([A-Z]) ([A-Z])\b", r"\1 ⊙ \2"), ("inverse", r"⁻¹", ""), ("inverse", r"⁻ᵀ", "ᵀ"),
    ("function", r"\b(?:exp|log|tanh|sin|cos|sigmoid)\(", "("), ("power", r"²", ""), ("power", r"²", "³"),
)  # fmt: skip


def cases() -> Iterator[tuple[str, str]]:
    """Name and text of every derivation that we can make."""
    for path in sorted(BOOKS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            if case["kind"] != "gradient":
                continue
            said = {"shapes": {k: tuple(v) for k, v in case["vars"].items()}, "assume": case.get("props", {})}
            try:
                found = gp.derive(case["expr"], case["wrt"], **said)
            except gp.GradproofError:
                continue
            parts = [part.strip() for part in case["expr"].split(";")]
            if "=" not in parts[-1]:
                parts[-1] = f"f = {parts[-1]}"
            yield case["id"], "\n".join([*parts, found.show(width=100_000)])


def slips(report: Report, text: str) -> Iterator[tuple[int, str, str]]:
    """The place of a line, the kind of slip and the text with it."""
    for place, line in enumerate(report.lines):
        if line.given:
            continue
        start, end = line.span
        for kind, pattern, new in SLIPS:
            for found in re.finditer(pattern, text[start:end]):
                piece = found.expand(new)
                if piece != found.group():
                    a, b = start + found.start(), start + found.end()
                    yield place, kind, text[:a] + piece + text[b:]


def different(text: str, slipped: str, place: int) -> bool | None:
    """Whether the line says something else now, by the exact test; None where that is not known."""
    before, after = (read_lines(rows(t)[0]) for t in (text, slipped))
    if len(before.said) != len(after.said):
        return None
    old, new = before.said[place].right, after.said[place].right
    if old is None:
        return None
    if new is None:
        problem = after.said[place].problem
        return True if problem is not None and problem.code.startswith("GP2") else None
    if (old.axes, old.row) != (new.axes, new.row):
        return True
    varying = frozenset(before.names.values())
    return Session(Context(varying, before.stands)).test(old, new, 3).kind == DIFFER


def main(seconds: float = 300.0) -> None:
    """Run and print."""
    generator = random.Random(1)
    right, found, missed = Counter[str](), Counter[str](), Counter[str]()
    examples: list[str] = []
    started = perf_counter()
    good = []
    for name, text in cases():
        try:
            report = check_derivation(text, format="text")
        except gp.GradproofError as error:
            right["not read"] += 1
            examples.append(f"{name}: {error.message}")
            continue
        right[report.grade] += 1
        if report.grade in ("refuted", "unknown"):
            examples.append(f"{name}: {report.grade}")
        else:
            good.append((text, report))
    lines = sum(not line.given for _, report in good for line in report.lines)
    print(f"right derivations {dict(right)}, {lines} lines judged; not passed: {examples}")
    work = [(one, *slip) for one in good for slip in slips(one[1], one[0])]
    generator.shuffle(work)
    times = []
    for (text, _), place, kind, slipped in work:
        if perf_counter() - started > seconds:
            break
        if not different(text, slipped, place):
            continue
        begun = perf_counter()
        report = check_derivation(slipped, format="text")
        times.append(perf_counter() - begun)
        wrong = report.first_wrong
        fixed = wrong is not None and report.lines[wrong].fix is not None
        (found if wrong == place else missed)[kind] += 1
        found["with a fix"] += wrong == place and fixed
        if wrong != place and sum(missed.values()) <= 12:
            print(f"missed: line {place}, found {wrong}\n{report.show()}")
    total = sum(found.values()) - found["with a fix"]
    times.sort()
    print(f"slips {total + sum(missed.values())}: found {total}, missed {sum(missed.values())}")
    print(f"found by kind {dict(found)}; missed {dict(missed)}")
    if times:
        print(f"median {times[len(times) // 2]:.3f} s, 95 % {times[len(times) * 95 // 100]:.3f} s")


if __name__ == "__main__":
    main(*(float(arg) for arg in sys.argv[1:]))
