"""The command that shows the gallery."""

from __future__ import annotations

import click

from gradproof.faces.cli import exit as ending
from gradproof.faces.cli import options


@click.command(short_help="Layers, losses and models, derived.")
@click.argument("name", required=False)
@click.option("--all", "everything", is_flag=True, help="all entries, with their derivations.")
@click.option(
    "--notation", type=click.Choice(("frobenius", "index", "both")), default="frobenius", show_default=True
)
@click.option("--format", "form", type=click.Choice(options.PAGES), default="text")
@click.option("-o", "--output", metavar="FILE", help="write to a file.")
def gallery(name: str | None, everything: bool, notation: str, form: str, output: str | None) -> int:
    """Layers, losses and models: a list of names, or one of them with its derivation."""
    from gradproof.faces.teaching import gallery as shelf

    if form == "text" and ending.plain(output):
        form = "ascii"
    if name:
        shown = shelf.gallery(name).show(form, notation, ending.width(output))
    else:
        shown = shelf.book(form) if everything else shelf.contents()
    ending.write(shown, output)
    return ending.DONE
