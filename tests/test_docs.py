"""The README and the documents do what they say: every command runs, every shown output is what comes out."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

import documents
from gradproof.calculus.rulebook import RULES
from gradproof.codes import CODES
from gradproof.faces.cli.rule_book import pages
from gradproof.operators.table import OPERATORS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


EXAMPLES = [
    pytest.param(command, output, id=f"{page}: {command}")
    for page in documents.PAGES
    for block in documents.BLOCK.findall(documents.read(page))
    for command, output in documents.commands(block)
]


@pytest.mark.parametrize(("command", "output"), EXAMPLES)
def test_commands_show_what_the_documents_show(
    command: str, output: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    status, shown = documents.run(command)
    assert status == ("✗ wrong" in shown)  # only a wrong answer ends with 1
    assert shown
    if output:  # `make docs` renews it
        assert shown.splitlines() == output.splitlines()


@pytest.mark.parametrize("page", documents.PAGES)
def test_python_of_the_documents(page: str) -> None:
    blocks = re.findall(r"```python\n(.*?)```", documents.read(page), re.S)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page, page, 0)
    results = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)
    assert results.attempted == sum(block.count(">>> ") for block in blocks)
    assert results.failed == 0


def test_the_table_of_what_others_get_wrong() -> None:
    import gradproof as gp

    rows = re.findall(r"^\| `(.+?)` \| `(\w+)` \| `(.+?)` \|$", README, re.M)
    assert len(rows) == 5
    for text, variable, answer in rows:
        d = gp.derive(text, variable)
        assert (str(d.result), d.verdict.grade) == (answer, "proved")


def test_each_code_means_one_thing_and_is_used() -> None:
    used = {
        code
        for file in (ROOT / "src" / "gradproof").rglob("*.py")
        if file.name != "codes.py"
        for code in re.findall(r'"(GP\d{3})"', file.read_text(encoding="utf-8"))
    }
    assert used == set(CODES)
    assert list(CODES) == sorted(CODES)
    assert len(set(CODES.values())) == len(CODES)


def test_the_documents_name_what_exists() -> None:
    for part in ("rules", "operators", "errors"):  # `make docs` prints them from the tables
        printed = (ROOT / "docs" / f"{part}.md").read_text(encoding="utf-8")
        assert printed.strip() == pages(part, "markdown").strip()
    rules = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert all(f"`{rule.name}`" in rules for rule in RULES)
    operators = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    assert all(row.doc.replace("|", "\\|") in operators for row in OPERATORS.values() if row.doc)
    for name in re.findall(r"`(docs/\w+\.md|[A-Z]+\.md)`", README):
        assert (ROOT / name).exists(), name
    for document in ("design.md", "proof.md"):
        text = (ROOT / "docs" / document).read_text(encoding="utf-8")
        for path in re.findall(r"`([\w/]+(?:/\w+\.py|/))`", text):
            assert any((home / path).exists() for home in (ROOT, ROOT / "src" / "gradproof")), path
