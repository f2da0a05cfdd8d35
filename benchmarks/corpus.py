"""Every output that we can make, recorded in a folder, and two such folders compared.

The gallery and the cases of tests/books in every notation and format, the reports on the answers and the
derivations of tests/answers and tests/derivations, and the commands of the documents. Only the public
contract is used, so that an older build (on PYTHONPATH) records the same corpus. What cannot be made is
recorded as the error that is raised.

    python benchmarks/corpus.py record FOLDER [PART …]     parts: gallery books answers derivations commands
    python benchmarks/corpus.py compare OLD NEW [--brief]  status 1 where they differ
"""

from __future__ import annotations

import contextlib
import difflib
import io
import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradproof as gp
from gradproof.__main__ import main

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
NOTATIONS = ("frobenius", "index", "both")
FORMATS = ("text", "ascii", "latex", "markdown", "json")
STEPS = ("none", "short", "full")
PAGES = ("README.md", "docs/language.md", "docs/kinds.md", "docs/checking.md")

Page = tuple[str, Callable[[], str]]  # what it is called, and what makes it


def gallery() -> Iterator[tuple[str, list[Page]]]:
    """Each entry as `gradproof gallery` shows it, and its derivation."""
    for entry in gp.gallery():
        made: Any = entry.derive()
        pages = [(f"entry {form}", lambda form=form, e=entry: e.show(form)) for form in FORMATS]
        yield entry.name, pages + (derived(made) if isinstance(made, gp.Derivation) else formats(made))


def books() -> Iterator[tuple[str, list[Page]]]:
    """The derivations of the case books."""
    for path in sorted((TESTS / "books").glob("*.jsonl")):
        for case in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            shapes = {name: tuple(sizes) for name, sizes in case["vars"].items()}
            try:
                made = gp.derive(
                    case["expr"], case["wrt"], kind=case["kind"], shapes=shapes, assume=case.get("props", {})
                )
            except gp.GradproofError as error:
                yield case["id"], [("error", lambda error=error: f"{error.code} {error}")]
            else:
                yield case["id"], derived(made)


def answers() -> Iterator[tuple[str, list[Page]]]:
    """Reports on answers of people, the right and the wrong ones."""
    lines = (TESTS / "answers" / "people.jsonl").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        case = json.loads(line)
        for place, (answer, _) in enumerate([*case["right"], *case["wrong"]]):

            def compared(answer: str = answer, case: Any = case) -> Any:
                return gp.check(
                    case["expr"], case["wrt"], answer, where=case["where"], kind=case["kind"], seconds=30
                )

            try:
                yield f"{number:02}-{place:02}", [("answer", lambda a=answer: a), *formats(compared())]
            except gp.GradproofError as error:
                yield f"{number:02}-{place:02}", [("error", lambda error=error: f"{error.code} {error}")]


def derivations() -> Iterator[tuple[str, list[Page]]]:
    """Reports on derivations of people."""
    for name, kind in {"people.tex": "latex", "people.txt": "text", "people.md": "markdown"}.items():
        texts = (TESTS / "derivations" / name).read_text(encoding="utf-8").split("\n=====\n")
        for number, text in enumerate(texts):
            yield f"{kind}-{number:02}", formats(gp.check_derivation(text, format=kind))


def commands() -> Iterator[tuple[str, list[Page]]]:
    """What the commands of the documents write, errors too."""
    for page in PAGES:
        found = re.findall(r"^\$ (gradproof .*)$", (ROOT / page).read_text(encoding="utf-8"), re.M)
        yield Path(page).stem, [(line, lambda line=line: run(line)) for line in found]


def run(line: str) -> str:
    """The standard output and standard error of a command, and its status."""
    with (
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()) as err,
    ):
        status = main(shlex.split(line, comments=True)[1:])
    return f"{out.getvalue()}{err.getvalue()}status {status}"


def derived(made: Any) -> list[Page]:
    """A derivation in every notation and format, and its code."""
    ways = [(n, f, s) for f in FORMATS for n in NOTATIONS for s in STEPS if f != "json"]
    pages: list[Page] = [("result", lambda: str({str(key): str(e) for key, e in made.answers.items()}))]
    pages += [(" ".join(way), lambda way=way: made.show(way[0], way[1], way[2])) for way in ways]
    return [*pages, ("json", made.to_json), ("code", made.code)]


def formats(made: Any) -> list[Page]:
    """A report in every format."""
    return [(form, lambda form=form: made.show(format=form)) for form in FORMATS]


PARTS: dict[str, Callable[[], Iterator[tuple[str, list[Page]]]]] = {
    "gallery": gallery,
    "books": books,
    "answers": answers,
    "derivations": derivations,
    "commands": commands,
}


def record(folder: Path, parts: list[str]) -> None:
    """One file a case, its pages one after the other."""
    os.environ["COLUMNS"] = "100"
    for part in parts or PARTS:
        (folder / part).mkdir(parents=True, exist_ok=True)
        for name, pages in PARTS[part]():
            said = "".join(f"===== {what}\n{made(page)}\n" for what, page in pages)
            (folder / part / f"{name}.txt").write_text(said, encoding="utf-8")


def made(page: Callable[[], str]) -> str:
    """A page, or the error in its place."""
    try:
        return page()
    except gp.GradproofError as error:
        return f"{error.code} {error}"
    except ValueError as error:
        return f"ValueError {error}"


def compare(old: Path, new: Path, brief: bool) -> int:
    """Print what differs; how many pages do."""
    count = 0
    for name in sorted({str(path.relative_to(f)) for f in (old, new) for path in f.rglob("*.txt")}):
        first, second = pages(old / name), pages(new / name)
        for page in dict.fromkeys([*first, *second]):
            if first.get(page) != second.get(page):
                count += 1
                print(f"{name}: {page}")
                if not brief:
                    a, b = (part.get(page, "").splitlines() for part in (first, second))
                    changed = list(difflib.unified_diff(a, b, n=0, lineterm=""))[2:]
                    print("\n".join(f"    {line}" for line in changed))
    print(f"{count} pages differ")
    return count


def pages(path: Path) -> dict[str, str]:
    """The pages of a file by what they are called."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    parts = [part.partition("\n") for part in re.split(r"^===== ", text, flags=re.M)[1:]]
    return {what: page for what, _, page in parts}


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["record", folder, *parts]:
            record(Path(folder), parts)
        case ["compare", old, new, *rest]:
            sys.exit(compare(Path(old), Path(new), rest == ["--brief"]) > 0)
        case _:
            sys.exit(__doc__)
