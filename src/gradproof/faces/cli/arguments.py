"""What was asked on the command line, as the arguments of `derive`: the text, sizes, assumptions, names.

Mathematics is read by `operators.elaborate`; here are only the ways in which a shell hands things over.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from gradproof.errors import LimitError, NameProblem
from gradproof.expressions.program import Program
from gradproof.faces.shell import quoted
from gradproof.operators.properties import props

LONGEST = 1_000_000  # characters of input; the language has smaller limits of its own
Shapes = dict[str, tuple[str | int, ...]]


def text_of(argument: str) -> str:
    """The expression: as typed, from standard input ("-"), or from a file ("@file")."""
    if argument == "-":
        return _bounded(sys.stdin.read(LONGEST + 1))
    if not argument.startswith("@"):
        return argument.strip()
    try:
        with open(argument[1:], encoding="utf-8") as file:
            return _bounded(file.read(LONGEST + 1))
    except OSError as problem:
        raise NameProblem(f"cannot read {argument[1:]}: {problem.strerror}", code="GP330") from problem
    except UnicodeDecodeError as problem:
        raise NameProblem(f"{argument[1:]} is not UTF-8 text", code="GP330") from problem


def _bounded(text: str) -> str:
    if len(text) > LONGEST:
        raise LimitError(f"the input is longer than {LONGEST} characters", code="GP701")
    return text.rstrip()


def shapes_of(options: Iterable[str]) -> Shapes:
    """`-s X=m,n -s w=n -s c=` as shapes: a matrix, a vector, a scalar."""
    shapes: Shapes = {}
    for option in options:
        name, equals, sizes = (part.strip() for part in option.partition("="))
        if not name.isidentifier() or not equals:
            raise NameProblem(
                f'"-s {option}" is not a shape',
                code="GP331",
                facts=((None, "a matrix is -s X=m,n, a vector -s w=n, a scalar -s c="),),
            )
        parts = [] if sizes in ("", "scalar") else sizes.replace("×", ",").split(",")
        shapes[name] = tuple(int(p) if p.strip().isdecimal() else p.strip() for p in parts)
    return shapes


def assumptions_of(options: Iterable[str]) -> dict[str, list[str]]:
    """`--assume "S symmetric"` as properties by name; several may follow a name, or a comma."""
    assume: dict[str, list[str]] = {}
    for option in options:
        for part in option.split(","):
            name, *properties = part.split()
            if not properties:
                raise NameProblem(
                    f'"--assume {option}" does not say what is assumed',
                    code="GP331",
                    facts=((None, 'a name and its properties: --assume "S symmetric"'),),
                )
            assume.setdefault(name, []).extend(properties)
    return assume


def meaning(
    shape: Iterable[str],
    assume: Iterable[str],
    where: str | None,
    written: str = "auto",
    bars: str | None = None,
) -> dict[str, Any]:
    """The options that say what the text means, as keyword arguments of `read` and `derive`."""
    said: dict[str, Any] = {"shapes": shapes_of(shape), "assume": assumptions_of(assume), "where": where}
    if written != "auto":
        said["form"] = written
    if bars:
        said["bars"] = bars
    return said


def variables_of(words: Iterable[str]) -> list[str]:
    """The variables that were named, one a word or several with commas."""
    return [name for word in words for name in word.replace(",", " ").split()]


def are_files(words: Sequence[str]) -> bool:
    """Whether `check` is given files, and not an expression with an answer: one word alone always is."""
    return len(words) == 1 or all(word == "-" or os.path.isfile(word.removeprefix("@")) for word in words)


def question_of(words: Sequence[str]) -> tuple[str, str, str]:
    """What `check` is given: an expression, a variable ("" where it is left out) and an answer."""
    if len(words) == 3:
        return words[0], words[1].strip(), words[2]
    if len(words) == 2:
        return words[0], "", words[1]
    raise NameProblem(
        "a check needs an expression, a variable and an answer",
        code="GP331",
        facts=((None, """gradproof check "norm2(A*x - b)^2" x "2*A'*(A*x - b)\""""),),
    )


def refuse_near(words: Sequence[str], commands: Iterable[str]) -> None:
    """Raise NameProblem where the first word is no expression but nearly a command: `chek`."""
    word = words[0]
    if len(words) < 2 or len(word) < 4 or not word.isalpha():
        return
    from difflib import get_close_matches

    near = get_close_matches(word, list(commands), 3, 0.75)
    if near:
        fixes = tuple(f"gradproof {command}" for command in near)
        raise NameProblem(f'no command is called "{word}"', code="GP331", fixes=fixes)


def only_variable(program: Program) -> str:
    """The variable, where none was named: the only one that it can be, or an error that lists them."""
    names = list(program.names)
    free = [name for name in names if "constant" not in props(program.names[name])]
    if len(free) == 1:
        return free[0]
    said = f"the expression has {_list(names)}" if names else "the expression has no names"
    raise NameProblem(
        f"with respect to what? {said}",
        code="GP321",
        fixes=tuple(f"gradproof {quoted(program.source)} {name}" for name in free[:6]),
    )


def _list(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
