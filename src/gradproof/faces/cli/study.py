"""The commands for whoever learns or distrusts: hints, practice, and re-checking a certificate."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Any

from gradproof.errors import GradproofError, NameProblem
from gradproof.faces.cli import exit as ending

if TYPE_CHECKING:
    from gradproof.faces.teaching.practice import Problem
    from gradproof.session.result import Derivation
    from gradproof.session.solving import Stationary


def certify(found: Derivation | Stationary, file: str) -> None:
    """Write the certificate of a derivation to a file ("-": standard output)."""
    from gradproof.derivation.certificate.write import written

    ending.write(written(found.certificate()), None if file == "-" else file)


def verify_files(files: Sequence[str], output: str | None) -> int:
    """Re-check certificates: 0 all steps, 1 one is wrong, 2 a file cannot be read, 3 some steps were not."""
    from gradproof.checker.verify import verify

    told, ends = [], []
    for file in files:
        try:
            report = verify(_read(file))
        except NameProblem as problem:
            if len(files) == 1:
                raise
            ending.complain(problem)
            ends.append(ending.BAD_INPUT)
            continue
        told.append(str(report) if len(files) == 1 else f"{file}\n{indent(str(report), '  ')}")
        ends.append(report.status)
    if told:
        ending.write("\n".join(told), output)
    return min((end for end in ends if end), default=ending.DONE)


def _read(file: str) -> str:
    """The text of a file, or as much of it as is more than any certificate has."""
    from gradproof.checker.document import MOST_CHARACTERS

    most = 4 * (MOST_CHARACTERS + 1)
    try:
        if file == "-":
            return sys.stdin.read(MOST_CHARACTERS + 1)
        with Path(file).open("rb") as stream:
            data = stream.read(most)  # who brings more letters than a certificate has gets that answer
            return data.decode("utf-8-sig", "strict" if len(data) < most else "replace")
    except OSError as problem:
        raise NameProblem(f"cannot read {file}: {problem.strerror}", code="GP330") from problem
    except UnicodeDecodeError as problem:
        raise NameProblem(f"{file} is not UTF-8 text", code="GP330") from problem


def hint(found: Derivation, step: int, output: str | None) -> int:
    """One hint: the first, or the one with that number."""
    from gradproof.faces.teaching.hints import of_derivation

    every = of_derivation(found)
    if step > len(every):
        raise NameProblem(f"there is no hint {step}: 1 to {len(every)}", code="GP334")
    one = every[step - 1]
    more = f"\nnext: --step {step + 1}" if step < len(every) else ""
    ending.write(f"{step} of {len(every)}  {one.text}{more}", output)
    return ending.DONE


def practise(topic: str | None, level: int, seed: int | None, answer: str | None) -> int:
    """Pose a problem; check one answer, or read answers until one is right."""
    from random import randrange

    from gradproof.faces.teaching.practice import practice

    seed = randrange(1_000_000) if seed is None else seed
    problem = practice(topic, level, seed)
    ending.write(f"{problem}   (level {problem.level}, --seed {seed})", None)
    if answer is not None:
        found = problem.check(answer)
        ending.write(found.text, None)
        return {True: ending.DONE, False: ending.REFUTED, None: ending.UNKNOWN}[found.right]
    ending.write("your answer; ? for a hint, ! for the derivation, nothing to stop", None)
    return _asked(problem)


def _asked(problem: Problem) -> int:
    """Read answers until one is right, the derivation is shown, or there are no more."""
    given = 0
    status = ending.UNKNOWN
    for line in sys.stdin:
        text = line.strip()
        if not text:
            break
        if text == "!":
            ending.write(problem.solution.show(), None)
            return ending.DONE
        if text == "?":
            every: list[Any] = problem.hints
            ending.write(every[min(given, len(every) - 1)].text, None)
            given += 1
            continue
        try:
            found = problem.check(text)
        except GradproofError as error:
            ending.complain(error)
            continue
        ending.write(found.text, None)
        if found.right:
            return ending.DONE
        status = ending.REFUTED if found.right is False else ending.UNKNOWN
    return status
