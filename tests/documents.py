"""What is printed into the documents: the output of commands, and the map of the code.

Run as a script it renews both.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import shlex
from pathlib import Path

from floors import FLOORS
from gradproof.faces.cli.main import main

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "docs/language.md", "docs/kinds.md", "docs/checking.md")
MAP = re.compile(r"(?<=<!-- map -->\n).*?(?=<!-- end of the map -->)", re.S)
BLOCK = re.compile(r"```console\n(.*?)```", re.S)


def read(page: str) -> str:
    """The text of a document."""
    return (ROOT / page).read_text(encoding="utf-8")


def commands(block: str) -> list[tuple[str, str]]:
    """Each command of a block with the output shown under it ("" where none is)."""
    parts = [part.partition("\n") for part in re.split(r"^\$ ", block, flags=re.M)[1:]]
    return [(command, output.rstrip()) for command, _, output in parts]


def run(command: str) -> tuple[int, str]:
    """The exit status of a command, and what it writes."""
    words = shlex.split(command, comments=True)
    assert words[0] == "gradproof"
    with contextlib.redirect_stdout(io.StringIO()) as out:
        status = main(words[1:])
    return status, "\n".join(line.rstrip() for line in out.getvalue().strip("\n").splitlines())


def _renewed(block: re.Match[str]) -> str:
    shown = [(command, run(command)[1] if old else "") for command, old in commands(block[1])]
    gap = "\n\n" if any(output for _, output in shown) else "\n"
    return "```console\n" + gap.join("\n".join(filter(None, ("$ " + c, o))) for c, o in shown) + "\n```"


def code_map() -> str:
    """The packages from the top floor down, each in the words of its `__init__`."""
    source = ROOT / "src" / "gradproof"
    out = []
    for name in (name for floor in reversed(FLOORS) for name in floor):
        for file in sorted((source / name).rglob("__init__.py")):
            folder = file.parent.relative_to(source)
            said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
            what, _, rest = said.partition("\n\n")
            begin, _, absent = " ".join(rest.split()).partition(" Not here: ")
            margin = "  " * (len(folder.parts) - 1)
            out.append(f"{margin}- **`{folder.as_posix()}/`** {what}\\")
            out.append(f"{margin}  {begin} *Not here:* {absent}")
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    os.environ["COLUMNS"] = "100"
    for page in PAGES:
        (ROOT / page).write_text(BLOCK.sub(_renewed, read(page)), encoding="utf-8")
    design = ROOT / "docs" / "design.md"
    design.write_text(MAP.sub(lambda _: code_map(), read("docs/design.md")), encoding="utf-8")
