"""Derivations checked line by line: no false alarm on right ones, every single slip found.

Takes our own derivations of every case in tests/books as they are printed, checks them, then makes one
slip in one line (a sign, a factor, a transpose, an order, a dropped factor or term, a product for another,
a dropped inverse), keeps those that the exact test says are different, and asks for the first wrong line.

    python benchmarks/lines.py [SECONDS [SEED [SLIPS]]]
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path
from time import perf_counter
from typing import Any

import gradproof as gp
from gradproof.checking.worksheet.check import Report, check_derivation
from gradproof.elaboration.worksheet.read import read_lines
from gradproof.language.worksheet.text import rows
from gradproof.proof.evaluation.judge import DIFFER, Session
from gradproof.proof.semantics.context import Context

BOOKS = Path(__file__).resolve().parent.parent / "tests" / "books"
SLIPS = (
    ("sign", r" − ", " + "), ("sign", r" \+ ", " − "), ("sign", r"^(\s*)−", r"\1"),
    ("sign", r"^(\s*)(?=[^\s−])", r"\1−"),
    ("factor", r"\b2 ", "3 "), ("factor", r"\b2 ", ""), ("factor", r"½ ?", ""),
    ("factor", r"^(\s*)(?=[^\s−])", r"\g<1>2 "),
    ("transpose", r"(?<=\w)ᵀ", ""), ("transpose", r"\b(?<!d)([A-Z])\b(?!ᵀ|\(|⁻|\w)", r"\1ᵀ"),
    ("transpose", r"(?<=\))ᵀ", ""), ("order", r"\b([A-Z]ᵀ?) ?([A-Z]ᵀ?)\b(?!\()", r"\2 \1"),
    ("order", r"\b([A-Z]ᵀ?) (\([^()]*\))", r"\2 \1"), ("drop", r"\b[A-Z]ᵀ? (?=[A-Za-z(])", ""),
    ("term", r" [+−] [^+−]+$", ""), ("product", r" ⊙ ", " "),
    ("product", r"\b([A-Z]) ([A-Z])\b", r"\1 ⊙ \2"), ("inverse", r"⁻¹", ""), ("inverse", r"⁻ᵀ", "ᵀ"),
    ("function", r"\b(?:exp|log|tanh|sin|cos|sigmoid)\(", "("), ("power", r"²", ""), ("power", r"²", "³"),
)  # fmt: skip


def cases() -> Iterator[tuple[str, str]]:
    """Name and text of every derivation that we can make."""
    for path in sorted(BOOKS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            said: dict[str, Any] = {
                "shapes": {k: tuple(v) for k, v in case["vars"].items()},
                "assume": case.get("props", {}),
            }
            try:
                found = gp.derive(case["expr"], case["wrt"], kind=case["kind"], **said)
            except gp.GradproofError:
                continue
            parts = [part.strip() for part in case["expr"].split(";")]
            if "=" not in parts[-1]:
                wishes = ("f", "y", "Y")[min(2, len(found.program.objective.axes))]
                label = wishes if wishes not in case["vars"] else "F"
                parts[-1] = f"{label} = {parts[-1]}"
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
    asked = {text for said in before.said for text in (said.by, *said.changes)}
    varying = frozenset(e for text, e in before.names.items() if text in asked)
    return Session(Context(varying, before.stands)).test(old, new, 3).kind == DIFFER


NAMES = {  # the kind of slip that was made, and the beginnings of the names that fit it
    "sign": ("sign",), "factor": ("factor", "constant", "chain rule", "exponent"),
    "transpose": ("transposed", "order swapped", "right if"), "order": ("order swapped", "transposed"),
    "drop": ("chain rule", "factor", "term", "constant", "exponent", "inverse"),
    "term": ("term", "factor", "chain rule"),
    "product": ("Hadamard for product", "product for Hadamard"), "inverse": ("inverse",),
    "function": ("function missing", "chain rule", "exponent", "wrong function"),
    "power": ("exponent", "factor", "chain rule"),
}  # fmt: skip


def correct(case: tuple[str, str]) -> tuple[str, str, str, int, list[tuple[int, str, str]]]:
    """A right derivation judged: its grade, how many lines, and the slips that can be made in it."""
    name, text = case
    try:
        report = check_derivation(text, format="text")
    except gp.GradproofError as error:
        return name, text, f"not read: {error.message}", 0, []
    good = report.grade not in ("refuted", "unknown")
    return (
        name,
        text,
        report.grade,
        sum(not line.given for line in report.lines),
        list(slips(report, text)) if good else [],
    )


def slipped(work: tuple[str, int, str, str]) -> dict[str, Any] | None:
    """One slip, or None where the text means the same."""
    text, place, kind, wrong = work
    if not different(text, wrong, place):
        return None
    begun = perf_counter()
    report = check_derivation(wrong, format="text")
    found = {"kind": kind, "place": place, "found": report.first_wrong, "seconds": perf_counter() - begun,
             "show": report.show()}  # fmt: skip
    if report.first_wrong == place:
        line = report.lines[place]
        fits = line.kind is not None and any(name in line.kind for name in NAMES[kind])
        found |= {"fix": line.fix, "name": line.kind, "fits": fits, "was": same(line.fix, text, place),
                  "numbers": line.witness is not None, "times": line.times,
                  "sizes": most(line.witness)}  # fmt: skip
    return found


def same(fix: str | None, text: str, place: int) -> bool:
    """Whether a fix is the line as it was, but for spaces and parentheses."""
    row = read_lines(rows(text)[0]).said[place].row
    right = row.text[row.right[0] : row.right[1]]
    bare = [re.sub(r"[\s()]", "", side) for side in (fix or "", right)]
    return bare[0] == bare[1]


def most(witness: Any) -> int:
    """The greatest size in a counterexample."""

    def size(value: Any) -> int:
        return max([len(value), *(size(v) for v in value)]) if isinstance(value, list) else 1

    return max((size(v) for v in witness.values.values()), default=1) if witness is not None else 0


def main(seconds: float = 300.0, seed: int = 1, count: int = 2200) -> None:
    """Run and print."""
    started = perf_counter()
    with Pool() as pool:
        judged = list(pool.imap(correct, cases(), chunksize=4))
        right = Counter(grade for _, _, grade, _, _ in judged)
        bad = [f"{name}: {grade}" for name, _, grade, _, found in judged if not found]
        lines = sum(n for *_, n, _ in judged)
        print(f"right derivations {dict(right)}, {lines} lines judged; not passed: {bad}")
        work = [(text, *slip) for _, text, _, _, found in judged for slip in found]
        random.Random(seed).shuffle(work)
        made: list[dict[str, Any]] = []
        for one in pool.imap(slipped, work, chunksize=2):
            made += [one] if one is not None else []
            if len(made) >= count or perf_counter() - started > seconds:
                pool.terminate()
                break
    summary(made)


def summary(made: list[dict[str, Any]]) -> None:
    """The figures."""
    found = [one for one in made if one["found"] == one["place"]]
    for one in [one for one in made if one["found"] != one["place"]][:12]:
        print(f"missed: line {one['place']}, found {one['found']}\n{one['show']}")
    kinds = Counter(one["kind"] for one in made)
    strange = Counter((one["kind"], one["name"]) for one in found if not one["fits"])
    print(f"slips {len(made)}: first wrong line found {len(found)}, by kind {dict(kinds)}")
    named, fits = sum(one["name"] is not None for one in found), sum(one["fits"] for one in found)
    total = max(1, len(found))
    fixed, numbers = sum(one["fix"] is not None for one in found), sum(one["numbers"] for one in found)
    was = sum(one["was"] for one in found)
    print(f"named {named}, named as made {fits} ({fits / total:.1%})")
    print(f"with a fix {fixed}, that is the line as it was {was} ({was / total:.1%})")
    print(f"named otherwise: {strange.most_common(40)}")
    print(f"with numbers {numbers}, greatest size {max((one['sizes'] for one in found), default=0)}")
    timed = {
        "whole check": [one["seconds"] for one in made],
        "name": [one["times"][0] for one in found],
        "counterexample": [one["times"][1] for one in found if one["numbers"]],
    }
    for what, times in timed.items():
        times.sort()
        if times:
            middle, late = (1e3 * times[len(times) * share // 100] for share in (50, 95))
            print(f"{what}: median {middle:.0f} ms, 95 % {late:.0f} ms, most {times[-1]:.2f} s")


if __name__ == "__main__":
    main(*(kind(arg) for kind, arg in zip((float, int, int), sys.argv[1:], strict=False)))
