"""The LaTeX of every entry of the gallery compiles, and stays on the page; needs pdflatex."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import gradproof as gp
from gradproof.faces.cli import rule_book
from gradproof.rendering.formats import write
from gradproof.rendering.page.model import Text

PAGES = [("frobenius", "short"), ("index", "short"), ("frobenius", "full")]
HEAD = (
    "\\documentclass{article}\n\\usepackage[T1]{fontenc}\n\\usepackage{amsmath,amssymb}\n\\begin{document}\n"
)
WIDEST = 20.0  # points that a line may stand out


def pages() -> Iterator[tuple[str, str]]:
    """Each entry, unproved, in the notations; and the rule book, a check, a worksheet and a way."""
    for entry in gp.gallery():
        if entry.kind == "stationary":
            yield entry.name, entry.show("latex")
            continue
        made = gp.derive(
            entry.text, entry.by, where=entry.where or None, kind=entry.kind, structure=entry.structure,
            prove=False,
        )  # fmt: skip
        for notation, steps in PAGES:
            yield f"{entry.name} {notation} {steps}", made.show(notation, format="latex", steps=steps)
    yield "rule book", rule_book.pages("both", "latex") + rule_book.pages("errors", "latex")
    yield "check", gp.check("norm2(A*x - b)^2", "x", "A'*(A*x - b)").show("latex")
    yield "worksheet", gp.check_derivation("f = norm2(x_1 - b)^2 % $\ndf = 2*(x_1 - b)").show("latex")
    yield "way", gp.derive("norm2(X*W'-T)^2/2", "W", towards="W*X'*X - T'*X").show(format="latex")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_every_page_compiles_and_stays_on_the_page(tmp_path: Path) -> None:
    parts = [f"\\typeout{{=== {name}}}\n{page}\n\\clearpage\n" for name, page in pages()]
    (tmp_path / "all.tex").write_text(HEAD + "".join(parts) + "\\end{document}\n", encoding="utf-8")
    subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "all.tex"], cwd=tmp_path, capture_output=True, timeout=300
    )
    log = (tmp_path / "all.log").read_text(encoding="latin-1")
    wrong, current = [], ""
    for line in log.split("\n"):
        current = line[4:] if line.startswith("=== ") else current
        found = re.match(r"Overfull \\[hv]box \(([\d.]+)pt", line)
        if line.startswith("! ") or (found and float(found[1]) > WIDEST):
            wrong.append(f"{current}: {line}")
    assert wrong == []
    assert log.count("=== ") >= len(parts)


@pytest.mark.parametrize("format", ["html", "typst", "latex", "markdown"])
def test_no_reason_of_the_gallery_is_program_text(format: str) -> None:
    """What stands among words is no formula as it is typed: names of functions with brackets, stars."""
    program = re.compile(r"\w\*\w|inv\(|\w'\*|\.\*")
    for entry in gp.gallery()[::9]:
        if entry.kind == "stationary":
            continue
        made = gp.derive(
            entry.text, entry.by, where=entry.where or None, kind=entry.kind, structure=entry.structure,
            prove=False,
        )  # fmt: skip
        said = [word.text for block in made.document(format=format) for word in _words(block)]
        assert [one for one in said if program.search(one)] == []
        assert write(made.document(format=format), format)


def _words(block: object) -> Iterator[Text]:
    """All the words of a block."""
    todo: list[object] = [block]
    while todo:
        one = todo.pop()
        if isinstance(one, Text):
            yield one
        elif isinstance(one, tuple):
            todo.extend(one)
