"""The house keeps its shape: floors, sizes, words that are not used, and what an import costs."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import documents
import gradproof
import word_lists
from floors import FLOORS
from gradproof.verdicts import Verdict

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src"
MODULES = sorted((SRC / "gradproof").rglob("*.py"))
PYTHON = sorted([*MODULES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")])

HEIGHT = {name: height for height, names in enumerate(FLOORS) for name in names}
# Below, and still closed: the referee must not see how answers are found, and writing is not running.
CLOSED = {
    "proof": {"calculus", "derivation"},
    "rendering": {"codegen"},
    "codegen": {"rendering"},
}
LATE = {"__main__", "session", "checking", "faces"}
LONGEST_FILE, LONGEST_FUNCTION = 500, 40
MOST_COMPLEX = 20
MOST_FILES = 20
# Folders that are being rebuilt: what they hold now is measured by the new ones.
REBUILT = (
    "language/latex", "elaboration/worksheet", "checking/worksheet",
    "language/document", "elaboration/document",
)  # fmt: skip
# What is left of a time when only length was measured. Nothing comes in here.
STILL_COMPLEX: set[str] = set()
STILL_IN_PARTS: set[str] = set()
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "sympy"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Import(NamedTuple):
    """One import: who, whom, in which line, and whether inside a function."""

    path: Path
    target: str
    line: int
    inside: bool


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def floor(path: Path) -> str:
    return path.relative_to(SRC / "gradproof").parts[0].removesuffix(".py")


def where(path: Path, line: int = 0) -> str:
    return f"{path.relative_to(ROOT)}:{line}" if line else str(path.relative_to(ROOT))


@cache
def imports(path: Path) -> tuple[Import, ...]:
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[Import]:
    module = tree(path)
    inside = {id(n) for f in ast.walk(module) if isinstance(f, FUNCTIONS) for n in ast.walk(f)}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{where(path, node.lineno)}: a relative import"
            base = node.module or ""
            targets = [f"{base}.{a.name}" for a in node.names] if base == "gradproof" else [base]
        else:
            continue
        for target in targets:
            yield Import(path, target, node.lineno, id(node) in inside)


IMPORTS = [found for path in MODULES for found in imports(path)]


def test_imports_go_down_only() -> None:
    wrong = []
    for path, target, line, _ in IMPORTS:
        package, _, rest = target.partition(".")
        if package != "gradproof":
            continue
        here, there = floor(path), rest.partition(".")[0]
        there = there if there in HEIGHT else "__init__"
        if here == "faces" and rest == "__version__":
            continue
        if HEIGHT[there] > HEIGHT[here] or there in CLOSED.get(here, ()):
            wrong.append(f"{where(path, line)}: {here} imports {target}")
    assert wrong == []


def test_every_module_stands_on_a_floor() -> None:
    assert {floor(path) for path in MODULES} <= set(HEIGHT)


def test_imports_inside_functions() -> None:
    """The upper floors import when a command needs it; elsewhere only NumPy is, where numbers are made."""
    wrong = [
        f"{where(path, line)}: {target}"
        for path, target, line, inside in IMPORTS
        if inside and floor(path) not in LATE and target.partition(".")[0] != "numpy"
    ]
    assert wrong == []


def test_no_cycle_between_modules() -> None:
    """No module's imports lead back to it, at load time, inside a function or for types only."""
    named = {".".join(path.relative_to(SRC).with_suffix("").parts): path for path in MODULES}
    lower = {
        name: {found.target for found in imports(path) if found.target in named}
        for name, path in named.items()
    }
    done: set[str] = set()
    while ready := {name for name in lower.keys() - done if lower[name] <= done}:
        done |= ready
    assert sorted(lower.keys() - done) == []


def test_files_are_short() -> None:
    lengths = {where(path): len(path.read_text(encoding="utf-8").splitlines()) for path in PYTHON}
    assert {path: n for path, n in lengths.items() if n > LONGEST_FILE} == {}


def test_folders_are_small() -> None:
    """A folder that can be read at a glance: more files want a folder between."""
    folders = {path.parent for path in MODULES}
    counts = {
        folder.relative_to(SRC / "gradproof").as_posix(): sum(path.parent == folder for path in MODULES) - 1
        for folder in folders
    }
    assert {name: n for name, n in counts.items() if n > MOST_FILES} == {}


def test_packages_say_what_they_are() -> None:
    """What each package answers, where to begin, and what is not there; design.md prints it as the map."""
    wrong = []
    for path in MODULES:
        if path.name != "__init__.py" or path.parent == SRC / "gradproof":
            continue
        _, _, rest = (ast.get_docstring(tree(path)) or "").partition("\n\n")
        begin, _, absent = rest.partition("\nNot here: ")
        if not (begin.startswith("Begin with `") and absent):
            wrong.append(f"{where(path)}: what it answers; a blank line; Begin with `…`.; Not here: …")
        for text, home in ((begin, path.parent), (absent, SRC / "gradproof")):
            named = [home.joinpath(*name.split(".")) for name in re.findall(r"`([a-z_.]+)`", text)]
            wrong += [
                f"{where(path)}: there is no {name}"
                for name in named
                if not (name.is_dir() or name.with_suffix(".py").exists())
            ]
    assert wrong == []
    assert documents.code_map() in documents.read("docs/design.md"), "the map is old: make docs"


def test_functions_are_short() -> None:
    wrong = [
        f"{where(path, node.lineno)} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, FUNCTIONS)
        and node.end_lineno
        and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]
    assert wrong == []


def complexity(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """McCabe's measure: one more than the decisions in a function and in those inside it."""
    count = 1
    for node in ast.walk(function):
        if isinstance(node, BRANCHES):
            count += 1
        elif isinstance(node, ast.BoolOp):
            count += len(node.values) - 1
        elif isinstance(node, ast.comprehension):
            count += 1 + len(node.ifs)
    return count


BRANCHES = (
    ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.Assert, ast.match_case,
)  # fmt: skip


def test_functions_are_simple() -> None:
    """So that a short function is not bought with a dense one."""
    found = {
        f"{path.relative_to(SRC / 'gradproof').with_suffix('').as_posix()} {node.name}": complexity(node)
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, FUNCTIONS)
    }
    complex_ones = {name: n for name, n in found.items() if n > MOST_COMPLEX and not name.startswith(REBUILT)}
    assert complex_ones.keys() - STILL_COMPLEX == set()


def test_complexity_is_counted() -> None:
    text = """
def f(x, *more):
    if x and more or not x:
        return [a for a in more if a for b in a]
    while x:
        x = x - 1 if x > 2 else 0
    try:
        assert x
    except ValueError:
        match x:
            case 1: return 1
            case _: return 2
"""
    (function,) = ast.parse(text).body
    assert isinstance(function, ast.FunctionDef)
    assert complexity(function) == 1 + 3 + 3 + 2 + 2 + 2


def test_classes_are_whole() -> None:
    """No class goes on in another file: a base from elsewhere is an interface, filled in by several."""
    interfaces = {
        f"{module_name(path)}.{node.name}": 0
        for path in MODULES
        for node in tree(path).body
        if isinstance(node, ast.ClassDef) and _is_abstract(node) and not _foreign_bases(path, node)
    }
    wrong = []
    for path in MODULES:
        for node in (node for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)):
            for base in _foreign_bases(path, node):
                if base in interfaces:
                    interfaces[base] += 1
                else:
                    wrong.append((path, f"{where(path, node.lineno)}: {node.name}({base})"))
    listed = (*REBUILT, *STILL_IN_PARTS)
    assert [text for path, text in wrong if not _path_of(module_name(path)).startswith(listed)] == []
    once = [
        base for base, times in interfaces.items() if times == 1 and not _path_of(base).startswith(listed)
    ]
    assert once == [], "filled in once: no interface"


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(SRC).with_suffix("").parts)


def _path_of(name: str) -> str:
    return name.removeprefix("gradproof.").replace(".", "/")


def _foreign_bases(path: Path, node: ast.ClassDef) -> list[str]:
    """The bases of a class that other files of the package define."""
    homes = {
        alias.asname or alias.name: f"{one.module}.{alias.name}"
        for one in ast.walk(tree(path))
        if isinstance(one, ast.ImportFrom) and (one.module or "").startswith("gradproof")
        for alias in one.names
    }
    return [homes[base.id] for base in node.bases if isinstance(base, ast.Name) and base.id in homes]


def _is_abstract(node: ast.ClassDef) -> bool:
    """Whether some of what a class promises is left to others."""
    return any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases) or any(
        isinstance(method, FUNCTIONS)
        and any(isinstance(mark, ast.Name) and mark.id == "abstractmethod" for mark in method.decorator_list)
        for method in node.body
    )


def test_forbidden_words() -> None:
    wrong = []
    for path in PYTHON:
        if path == Path(__file__).resolve():
            continue
        text = path.read_text(encoding="utf-8")
        wrong += [f"{where(path)}: {word}" for word in MARKS if word in text]
    assert wrong == []


MARKS = ("TO" + "DO", "FIX" + "ME", "type: " + "ignore", "no" + "qa", "pragma: no " + "cover")


def test_nothing_runs_text() -> None:
    """No text is ever run, with one exception: code generation runs the module that it has written."""
    wrong = [
        f"{where(p, line)}: {t}" for p, t, line, _ in IMPORTS if t.partition(".")[0] in FORBIDDEN_MODULES
    ]
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            allowed = {"exec", "compile"} if floor(path) == "codegen" else set()
            if node.func.id in FORBIDDEN_CALLS - allowed or node.func.id == "sympify":
                wrong.append(f"{where(path, node.lineno)}: {node.func.id}")
    assert wrong == []


def test_only_the_referee_says_proved() -> None:
    """The seal is made in one place, verdicts are read back in one, and without it nothing is proved."""
    allowed = {
        "Seal": {"verdicts.py", "proof/referee.py"},
        "recalled": {"proof/referee.py", "derivation/exchange/json.py"},
        "given": {"proof/referee.py", "checking/worksheet/check.py", "checking/document/check.py"},
    }
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and str(node.module).endswith(("verdicts", "referee")):
                for alias in node.names:
                    home = str(path.relative_to(SRC / "gradproof"))
                    assert home in allowed.get(alias.name, {home}), where(path, node.lineno)
    with pytest.raises(ValueError, match="only the referee says that something is proved"):
        Verdict("proved", "because I say so")


def test_docstrings() -> None:
    wrong = []
    for path in MODULES:
        module = tree(path)
        if module.body and not ast.get_docstring(module):
            wrong.append(where(path))
        wrong += [
            f"{where(path, node.lineno)} {node.name}"
            for node in _public(module)
            if not ast.get_docstring(node)
        ]
    assert wrong == []


def _public(
    scope: ast.Module | ast.ClassDef,
) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """Classes and functions that others may use: those without an underscore, all the way out."""
    for node in scope.body:
        if isinstance(node, (ast.ClassDef, *FUNCTIONS)) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from _public(node)


def test_every_exported_name_is_there() -> None:
    missing = [name for name in gradproof.__all__ if not hasattr(gradproof, name)]
    assert missing == []
    assert set(gradproof.__all__) <= set(dir(gradproof))
    with pytest.raises(AttributeError, match="module 'gradproof' has no attribute 'deriv'"):
        _ = gradproof.deriv


def loaded(program: str) -> set[str]:
    """The modules that a fresh Python has loaded after a program."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"{program}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(SRC), "PYTHONUTF8": "1"},
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_import_is_light() -> None:
    modules = loaded("import gradproof")
    assert [name for name in modules if name.startswith("gradproof.")] == []
    assert modules.isdisjoint({"numpy", "click", "typing", "dataclasses", "inspect"})


def test_deriving_is_light() -> None:
    """Derive, prove and print need neither NumPy nor anything slow of the standard library."""
    modules = loaded("""import gradproof\nprint(gradproof.derive("L(X*W')", "W").show())""")
    assert "gradproof.session.derive" in modules
    assert modules.isdisjoint({"numpy", "click", "dataclasses", "inspect", "asyncio", "unittest"})


# ---- facts of operators


def test_operators_are_listed_in_the_table_only() -> None:
    """A fact of an operator is a column of its row."""
    root = SRC / "gradproof"
    found = {
        path.relative_to(root).as_posix(): [f"{where(path, one.line)}: {sorted(one.words)}" for one in listed]
        for path in MODULES
        if word_lists.outside(path, root) and (listed := list(word_lists.lists(tree(path))))
    }
    assert {name: rows for name, rows in found.items() if name not in word_lists.ALLOWED} == {}
    assert word_lists.ALLOWED.keys() <= found.keys(), "no list is there any more"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('A = {"exp", "log", "sin", "cos"}', 1),
        ('A = ("exp", "log", "sin")', 0),
        ('A = {"exp": 1, "log": 2, "sin": 3, "cos": (4, 5)}', 1),
        ('A = {"exp": f, "log": g, "sin": h, "cos": k}', 0),
        ('A = "exp log sin cos".split()', 1),
        ('if op in ("tr", "det", "inv", "chol"): pass', 1),
    ],
)
def test_lists_of_operators_are_found(text: str, count: int) -> None:
    assert len(list(word_lists.lists(ast.parse(text)))) == count
