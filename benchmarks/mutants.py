"""Planted faults: how many of them do the tests notice?

`make mutants` plants faults in `proof/` and `calculus/`, one at a time in a copy of the project, and runs
the tests that are about the file. A fault is a row of `FAULTS`: a condition dropped or turned round, a number
or a sign changed. Prints each survivor with its place, and the share that was killed; ends with 1 below 95 %.
Survivors that change nothing but the work, or only what is not proved, are known, with the reason (`KNOWN`).

    make mutants                       60 faults, from seed 1
    make mutants PLANT="200 7 normal_form"    200 faults, from seed 7, in files whose path has the word
"""

from __future__ import annotations

import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("proof", "calculus")
SECONDS = 240  # for one fault; a test that does not end has noticed it
GOAL = 0.95
TESTS = {  # by the beginning of the path: the fastest first
    "proof/normal_form": (
        "normal_form", "normal_form_steps", "false_claims", "two_engines", "properties", "factors",
        "matrix_functions",
    ),
    "proof/evaluation": (
        "sizes", "referee", "modular", "two_engines", "roots", "false_claims", "kinks", "factors",
        "matrix_functions", "implicit", "answers",
    ),
    "proof": ("referee", "claim_shape", "two_engines", "false_claims"),
    "calculus": ("gradients", "rules", "laws", "normal_form"),
}  # fmt: skip
# Survivors that are no faults of meaning: (a part of the path, a part of the line, why).
KNOWN: tuple[tuple[str, str, str], ...] = (
    ("budget.py", "", "a limit: more or less work, the same answers"),
    ("term_bound.py", "", "a limit: more or less work, the same answers"),
    ("claim_shape.py", "", "which claims share a verdict: speed"),
    ("", "work.spend", "a limit"),
    ("", "work.room", "a limit"),
    ("", "process_time", "a limit"),
    ("", "raise Undecided", "gives up elsewhere"),
    ("", "sort(", "an order of work"),
    ("matrix_powers.py", "0 < e <= 64", "an exponent of 1 is dealt with before"),
    ("coefficients.py", "1 if e == 1 else 2", "all that counts is whether it is more than 1"),
    ("counterexample.py", "if count else 0", "without sizes there is nothing to go through"),
    ("factorisations.py", "e.axes[0])", "a square matrix: both axes have one size"),
    ("values.py", "e.axes[0])]", "a square matrix: both axes have one size"),
    ("matrix_values.py", "< 1e-4", "no value is exactly at the threshold"),
)


class Fault(NamedTuple):
    """A changed file: its path, the line, the line as it was and what was done to it."""

    path: Path
    line: int
    before: str
    what: str
    text: str


Change = tuple[str, Callable[[], None]]


def _conditions(node: ast.AST) -> Iterator[Change]:
    """One part of a condition left out; a condition turned round."""
    if isinstance(node, ast.BoolOp):
        for k, part in enumerate(node.values):
            yield f"without `{ast.unparse(part)}`", lambda k=k: node.values.pop(k)
    if isinstance(node, (ast.If, ast.IfExp)):
        turned = ast.UnaryOp(ast.Not(), node.test)
        yield "condition turned round", lambda: setattr(node, "test", turned)


_OTHER: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


def _comparisons(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Compare):
        other = _OTHER[type(node.ops[0])]()
        yield f"comparison became {type(other).__name__}", lambda: node.ops.__setitem__(0, other)


def _numbers(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Constant) and type(node.value) is int and 0 <= node.value <= 3:
        yield f"{node.value} became {node.value + 1}", lambda: setattr(node, "value", node.value + 1)
    if isinstance(node, ast.Constant) and type(node.value) is bool:
        yield f"{node.value} became {not node.value}", lambda: setattr(node, "value", not node.value)


def _signs(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        other = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        yield f"{type(node.op).__name__} became {type(other).__name__}", lambda: setattr(node, "op", other)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("minus", "neg"):
        yield "a sign left out", lambda: setattr(node.func, "id", "_same")


FAULTS = (_conditions, _comparisons, _numbers, _signs)


def places(path: Path) -> list[tuple[int, int]]:
    """Where the table has a fault for a file: which node of the walk, which of its changes."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [(at, k) for at, node in enumerate(nodes) for k in range(len(_changes(node)))]


def _changes(node: ast.AST) -> list[Change]:
    return [change for fault in FAULTS for change in fault(node)] if hasattr(node, "lineno") else []


def planted(path: Path, at: int, k: int) -> Fault:
    """A file with one fault."""
    source = path.read_text(encoding="utf-8")
    module = ast.parse(source)
    node = list(ast.walk(module))[at]
    what, change = _changes(node)[k]
    line = int(getattr(node, "lineno", 1))
    change()
    text = ast.unparse(ast.fix_missing_locations(module))
    return Fault(path, line, source.splitlines()[line - 1].strip(), what, text)


def sample(count: int, seed: int, word: str) -> list[Fault]:
    """Faults at random: as many files as there are faults, or all of them more than once."""
    chance = random.Random(seed)
    paths = [
        path
        for folder in FOLDERS
        for path in sorted((ROOT / "src" / "gradproof" / folder).rglob("*.py"))
        if word in str(path.relative_to(ROOT)) and path.name != "__init__.py"
    ]
    out: list[Fault] = []
    while len(out) < count:
        path = chance.choices(paths, [p.stat().st_size for p in paths])[0]
        here = places(path)
        if here:
            out.append(planted(path, *chance.choice(here)))
    return out


def killed(fault: Fault, tree: Path) -> bool:
    """Whether the tests about a file notice a fault."""
    target = tree / fault.path.relative_to(ROOT)
    inside = str(fault.path.relative_to(ROOT / "src" / "gradproof"))
    names = next(tests for begin, tests in TESTS.items() if inside.startswith(begin))
    helper = "\n\ndef _same(*args):\n    return args[-1]\n"
    whole = target.read_text(encoding="utf-8")
    target.write_text(fault.text + helper, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    try:
        done = subprocess.run(
            [*command, *(f"tests/test_{name}.py" for name in names)],
            cwd=tree, env={**os.environ, "PYTHONPATH": str(tree / "src")}, capture_output=True,
            timeout=SECONDS, check=False,
        )  # fmt: skip
        return done.returncode != 0
    except subprocess.TimeoutExpired:
        return True
    finally:
        target.write_text(whole, encoding="utf-8")


def why_known(fault: Fault) -> str:
    """Why a survivor is no fault of meaning; "" where nobody knows."""
    path = str(fault.path.relative_to(ROOT))
    return next((why for part, text, why in KNOWN if part in path and text in fault.before), "")


def main() -> int:
    words = sys.argv[1:]
    count, seed = (
        (int(word) for word in [*words[:2], "60", "1"][:2]) if len(words) != 1 else (int(words[0]), 1)
    )
    chosen = sample(count, seed, words[2] if len(words) > 2 else "")
    survivors = []
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for part in ("src", "tests", "docs", "README.md", "CHANGELOG.md", "pyproject.toml"):
            (shutil.copytree if (ROOT / part).is_dir() else shutil.copyfile)(ROOT / part, tree / part)
        for number, fault in enumerate(chosen, 1):
            dead = killed(fault, tree)
            place = f"{fault.path.relative_to(ROOT)}:{fault.line}"
            print(f"{number:3} {'killed  ' if dead else 'SURVIVED'} {place}  {fault.what}", flush=True)
            if not dead:
                survivors.append(fault)
    unknown = [fault for fault in survivors if not why_known(fault)]
    share = 1 - len(unknown) / count
    known = len(survivors) - len(unknown)
    print(f"\n{count - len(survivors)} of {count} killed, {known} more are known; {share:.0%}")
    for fault in survivors:
        place = f"{fault.path.relative_to(ROOT)}:{fault.line}"
        print(f"  {place}  {fault.before}\n      {fault.what}: {why_known(fault) or '?'}")
    return int(share < GOAL)


if __name__ == "__main__":
    sys.exit(main())
