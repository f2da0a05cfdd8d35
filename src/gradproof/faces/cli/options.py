"""Options that several commands share: how an expression is meant, what is wanted, where it is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
KINDS = ("gradient", "differential", "jacobian", "hessian", "hvp", "jvp", "vjp")
LAYOUTS = ("gradient", "numerator", "denominator", "mixed")
PAGES = ("text", "ascii", "latex", "markdown", "html", "typst")  # those of rendering.formats
STRUCTURES = ("free", "constrained", "entries")


def understood(command: Command) -> Command:
    """The options that say how the names of an expression are meant."""
    for option in (
        click.option("--bars", type=click.Choice(("det", "abs", "norm")), help="what |X| is."),
        click.option(
            "--from",
            "written",
            type=click.Choice(("auto", "text", "latex", "index")),
            default="auto",
            help="how it is written; index: repeated indices are summed.",
        ),
        click.option("--assume", multiple=True, metavar="TEXT", help='a property: "S symmetric".'),
        click.option("--where", metavar="TEXT", help='shapes and properties: "X: m×n, S: n×n spd".'),
        click.option("-s", "--shape", multiple=True, metavar="X=m,n", help="the shape of a name."),
    ):
        command = option(command)
    return command


def wanted(command: Command) -> Command:
    """The options that say which derivative, and how it is laid out."""
    for name, known, about in (
        ("--structure", STRUCTURES, "of a variable declared symmetric, orthogonal, …"),
        ("--layout", LAYOUTS, "how the axes of the answer are laid out."),
        ("--kind", KINDS, "which derivative."),
    ):
        kind = click.Choice(known)
        command = click.option(name, type=kind, default=known[0], show_default=True, help=about)(command)
    return command


def written(command: Command) -> Command:
    """The option for a file instead of standard output."""
    return click.option("-o", "--output", metavar="FILE", help="write to a file.")(command)


def ways(given: dict[str, Any]) -> dict[str, Any]:
    """The options of `wanted`, taken out of all that were given."""
    return {name: given.pop(name) for name in ("kind", "layout", "structure")}
