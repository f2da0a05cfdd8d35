"""How a run of the command line ends: what is written, where to, and the exit status.

No command is known here. The promise is that nothing a person types shows them a traceback.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from io import FileIO, TextIOWrapper
from typing import TextIO

import click

from gradproof.errors import (
    GradproofError,
    LimitError,
    MathError,
    NameProblem,
    ParseError,
    ShapeError,
    UnsupportedError,
)

DONE, REFUTED, BAD_INPUT, UNKNOWN, NOT_SUPPORTED, OVER_LIMIT, OUR_BUG = 0, 1, 2, 3, 4, 5, 70
INTERRUPTED, PIPE_CLOSED = 130, 141  # as shells report the signals
STATUS = (
    ((ParseError, ShapeError, NameProblem, MathError), BAD_INPUT),
    ((UnsupportedError,), NOT_SUPPORTED),
    ((LimitError,), OVER_LIMIT),
)
COMPLETION = "_GRADPROOF_COMPLETE"
LETTERS = "ᵀ∂Σ′·≠×│└δ"  # what a derivation is written with


class Asked:
    """The text that is being worked on, so that a bug can be reported with it."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def run(command: click.Group, args: list[str]) -> int:
    """Run a command; its exit status."""
    asked = Asked(" ".join(args))
    try:
        _open_streams()
        status = _invoke(command, args, asked)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        _drop_output()
        return PIPE_CLOSED
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    except GradproofError as error:
        return complain(error)
    except Exception as problem:
        return _admit(problem, asked.text)


def _open_streams() -> None:
    """A stream that was closed before we began stands for an empty file, and output says so."""
    if sys.stderr is None:
        sys.stderr = _nothing("w")
    if sys.stdin is None:
        sys.stdin = _nothing("r")
    if sys.stdout is None:
        sys.stdout = _nothing("w")
        raise NameProblem("standard output is closed", code="GP330")


def _nothing(mode: str) -> TextIO:
    return TextIOWrapper(FileIO(os.open(os.devnull, os.O_RDWR), mode), encoding="utf-8")


def _drop_output() -> None:
    """Nothing more is written: what is left in the buffer would fail once more when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _admit(problem: Exception, text: str) -> int:
    """Report our own bug; where it happened only to whoever asks (GRADPROOF_DEBUG)."""
    from gradproof.faces.cli.error_report import bug

    if os.environ.get("GRADPROOF_DEBUG"):
        from traceback import print_exception

        print_exception(problem)
    return complain(bug(problem, text))


def _invoke(command: click.Group, args: list[str], asked: Asked) -> int:
    wanted = os.environ.get(COMPLETION)
    if wanted:
        from click.shell_completion import shell_complete

        return shell_complete(command, {}, "gradproof", COMPLETION, wanted)
    try:
        with command.make_context("gradproof", args, obj=asked) as context:
            return int(command.invoke(context) or DONE)
    except click.exceptions.Exit as end:
        return end.exit_code


def status_of(error: GradproofError) -> int:
    """The exit status of an error: its class says whose fault it is."""
    return next((status for classes, status in STATUS if isinstance(error, classes)), OUR_BUG)


def complain(error: GradproofError, severity: str = "error") -> int:
    """Draw an error on the standard error stream; its exit status."""
    from gradproof.faces.cli.error_report import draw

    said = draw(error, severity, ascii=not _takes(sys.stderr, LETTERS), width=_columns(sys.stderr))
    _print(said, sys.stderr)
    return status_of(error)


def warn(warnings: Iterable[GradproofError]) -> None:
    """Draw what is worth knowing about an answer that stands."""
    for warning in warnings:
        complain(warning, "warning")


def write(text: str, path: str | None) -> None:
    """Write to a file (always UTF-8), or to standard output."""
    if path is None:
        try:
            _print(text, sys.stdout)
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as problem:
            _drop_output()
            raise NameProblem(f"cannot write the output: {problem.strerror}", code="GP330") from problem
        return
    try:
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text.rstrip("\n") + "\n")
    except OSError as problem:
        raise NameProblem(f"cannot write {path}: {problem.strerror}", code="GP330") from problem


def plain(path: str | None) -> bool:
    """Whether the output goes where only ASCII can be trusted."""
    return path is None and not _takes(sys.stdout, LETTERS)


def width(path: str | None) -> int:
    """The columns that the output has."""
    return 100 if path else _columns(sys.stdout)


def _print(text: str, stream: TextIO) -> None:
    encoding = stream.encoding or "utf-8"
    stream.write(text.rstrip("\n").encode(encoding, "backslashreplace").decode(encoding) + "\n")


def _takes(stream: TextIO, letters: str) -> bool:
    try:
        letters.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _columns(stream: TextIO) -> int:
    """COLUMNS, else the terminal's width, else 100; never too few to read."""
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return max(20, int(said))
    try:
        return max(20, os.get_terminal_size(stream.fileno()).columns)
    except (OSError, ValueError, AttributeError):
        return 100
