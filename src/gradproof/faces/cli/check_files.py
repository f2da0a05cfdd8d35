"""`gradproof check FILE…`: derivations in files, judged line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradproof.checking.worksheet.check import check_derivation
from gradproof.checking.worksheet.report import Report
from gradproof.errors import NameProblem
from gradproof.faces.cli import arguments as asking
from gradproof.faces.cli import exit as ending
from gradproof.language.worksheet.text import format_of

WORST = (ending.REFUTED, ending.BAD_INPUT, ending.UNKNOWN, ending.DONE)


def run(
    asked: ending.Asked, files: Sequence[str], meaning: Mapping[str, Any], form: str, output: str | None
) -> int:
    """Check every file and write one report; the exit status of the worst."""
    if meaning.get("bars") or meaning.get("form") == "index":
        raise NameProblem(
            "in a file, what |X| is and sums are written out: --bars, --from index", code="GP331"
        )
    about = {name: said for name, said in meaning.items() if name not in ("form", "bars")}
    shown, statuses = [], []
    form = "ascii" if form == "text" and ending.plain(output) else form
    for file in files:
        asked.text = asking.text_of(file if file == "-" or file.startswith("@") else f"@{file}")
        kind = meaning.get("form") or format_of(asked.text, file)
        report = check_derivation(asked.text, format=kind, **about)
        head = f"{file}\n" if len(files) > 1 and form != "json" else ""
        shown.append(head + report.show(form))
        statuses.append(status(report))
    joined = "[" + ",\n".join(shown) + "]" if form == "json" and len(shown) > 1 else "\n\n".join(shown)
    ending.write(joined, output)
    return min(statuses, key=WORST.index)


def status(report: Report) -> int:
    """0: all lines follow; 1: one is wrong; 2: one cannot be read; 3: one is not decided."""
    if report.grade == "refuted":
        return ending.REFUTED
    if any(line.error is not None for line in report.lines):
        return ending.BAD_INPUT
    return ending.UNKNOWN if report.grade == "unknown" else ending.DONE
