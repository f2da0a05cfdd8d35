"""The command line: ask, and get the answer with its derivation.

Only words are turned into calls here. What they mean is known below, and imported when a command
needs it, so that the first line appears at once. How a run ends is the business of `faces.ending`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from gradproof import __version__
from gradproof.faces.cli import arguments as asking
from gradproof.faces.cli import exit as ending
from gradproof.faces.cli import gallery as showing
from gradproof.faces.cli import options
from gradproof.faces.cli import study as studying

if TYPE_CHECKING:
    from gradproof.session.result import Derivation

FORMATS = (*options.PAGES, "json")
ORDER = (
    "derive", "check", "hint", "practice", "solve", "code", "gallery", "shapes", "rules", "verify",
    "completion",
)  # fmt: skip
ENDS_BY_VERDICT = {"refuted": ending.REFUTED, "unknown": ending.UNKNOWN}

HELP = """Gradients of matrix expressions, derived as a person would, with every step proved.

\b
  gradproof "L(X*W')" W                      why is it G'X, and not G X ?
  gradproof "L(X*W')" W --notation index     the same, entry by entry
  gradproof "norm2(A*x - b)^2" x             least squares
  gradproof "x'*S*x" x --assume "S symmetric"
  gradproof "Z = X*W' + ones(n)*b'; L(tanh(Z))" W b
  gradproof check "norm2(A*x - b)^2" x "A'*(A*x - b)"
  gradproof "softmax(x)" x --kind jacobian   also hessian, differential, jvp, vjp, hvp
  gradproof check derivation.gp              each line against the one before
  gradproof hint "L(X*W')" W                 the next move, without the answer
  gradproof code "norm2(A*x - b)^2" x --to numpy
  gradproof rules frob-left                  a rule, and why it holds
  gradproof gallery                          layers, losses and models, derived

An expression alone means `derive`. Where the shell would touch it, quote it; - reads it from standard
input and @file from a file.

\b
  *  product      .*  entry by entry     '  transpose     :  Frobenius product
  L(Y)  an unknown scalar function       ;  between statements, the last is differentiated

Shell completion: eval "$(gradproof completion bash)", likewise zsh and fish.

\b
Exit status: 0 done, 1 refuted, 2 bad input, 3 unknown, 4 not supported, 5 over a limit, 70 our bug.
"""


class _Asking(click.Group):
    """Commands, of which `derive` need not be said; an expression may begin with a minus."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which a person comes to need them; what is not in the list before the last."""
        *first, last = ORDER
        others = sorted(self.commands.keys() - set(ORDER))
        return [*(name for name in first if name in self.commands), *others, last]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args:
            args = ["--help"]
        if args[0] not in self.commands and args[0] not in ("-h", "--help", "--version"):
            asking.refuse_near(args, self.commands)
            args = ["derive", *args]
        return super().parse_args(ctx, [_expression(arg) for arg in args])


def _expression(arg: str) -> str:
    """`-x'*x` is an expression and not a row of options: a space in front tells click so."""
    option = arg in ("-", "-h", "-s", "-o") or arg.startswith("--") or not arg.startswith("-")
    attached = arg[:2] == "-s" and arg[2:].partition("=")[0].isidentifier() and "=" in arg
    return arg if option or attached else " " + arg


@click.group(cls=_Asking, help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gradproof")
def cli() -> None:
    """The group of commands."""


@cli.command()
@click.argument("expr")
@click.argument("variables", metavar="[VAR]...", nargs=-1)
@options.understood
@options.wanted
@click.option(
    "--notation", type=click.Choice(("frobenius", "index", "both")), default="frobenius", show_default=True
)
@click.option("--steps", type=click.Choice(("none", "short", "full")), default="short", show_default=True)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--width", type=click.IntRange(20, 1000), metavar="N", help="columns of text.")
@click.option("--order", type=int, default=1, metavar="N", help="how often to derive: 2 is the Hessian.")
@click.option("--certificate", metavar="FILE", help="also write what `gradproof verify` re-checks.")
@click.option("--towards", metavar="ANSWER", help="the steps to an answer in another form.")
@options.written
@click.pass_obj
def derive(
    asked: ending.Asked,
    /,
    expr: str,
    variables: Sequence[str],
    notation: str,
    steps: str,
    form: str,
    width: int | None,
    order: int,
    certificate: str | None,
    towards: str | None,
    output: str | None,
    **understood: Any,
) -> int:
    """The answer and its derivation."""
    more: dict[str, Any] = {k: v for k, v in (("towards", towards), ("order", order)) if v not in (None, 1)}
    found = _derived(asked, expr, variables, understood, **more)
    if form == "text" and ending.plain(output):
        form = "ascii"
    ending.write(found.show(notation, format=form, steps=steps, width=width or ending.width(output)), output)
    if certificate:
        studying.certify(found, certificate)
    return ENDS_BY_VERDICT.get(found.verdict.grade, ending.DONE)


@cli.command(short_help="Is an answer right? Is a derivation?")
@click.argument("words", metavar="EXPR [VAR] ANSWER | FILE...", nargs=-1, required=True)
@options.understood
@options.wanted
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@options.written
@click.pass_obj
def check(
    asked: ending.Asked,
    /,
    words: Sequence[str],
    form: str,
    output: str | None,
    **understood: Any,
) -> int:
    """Is an answer right? Or the derivations in files, line by line (- for standard input).

    What is wrong is named, with the smallest counterexample.
    """
    from gradproof.checking.answer.check import check as checked
    from gradproof.elaboration.read import read

    ways = options.ways(understood)
    if asking.are_files(words):
        from gradproof.faces.cli import check_files as checking_file

        return checking_file.run(asked, words, asking.meaning(**understood), form, output)
    expr, variable, answer = asking.question_of(words)
    asked.text = asking.text_of(expr)
    meaning = asking.meaning(**understood)
    variable = variable or asking.only_variable(read(asked.text, **meaning))
    found = checked(asked.text, variable, asking.text_of(answer), **meaning, **ways)
    ending.warn(found.derivation.warnings)
    if form == "text" and ending.plain(output):
        form = "ascii"
    ending.write(found.show(form), output)
    return ENDS_BY_VERDICT.get(found.grade, ending.DONE)


@cli.command()
@click.argument("expr")
@click.argument("variables", metavar="[VAR]", nargs=-1)
@options.understood
@options.wanted
@click.option("--step", type=click.IntRange(1), default=1, metavar="N", help="which hint.")
@options.written
@click.pass_obj
def hint(
    asked: ending.Asked,
    /,
    expr: str,
    variables: Sequence[str],
    step: int,
    output: str | None,
    **understood: Any,
) -> int:
    """The next move, without the answer."""
    return studying.hint(_derived(asked, expr, variables, understood), step, output)


@cli.command(short_help="A problem to solve.")
@click.argument("topic", required=False)
@click.option("--level", type=click.IntRange(1, 5), default=1, show_default=True)
@click.option("--seed", type=int, metavar="N", help="the same problem again.")
@click.option("--answer", metavar="TEXT", help="check this answer and end.")
def practice(topic: str | None, level: int, seed: int | None, answer: str | None) -> int:
    """A problem to solve: products, transposes, traces, norms, inverses, elementwise, softmax, networks."""
    return studying.practise(topic, level, seed, answer)


@cli.command(short_help="Re-check a certificate.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@options.written
def verify(files: Sequence[str], output: str | None) -> int:
    """Re-check certificates with a small checker that shares nothing with what derived them.

    Ends with 0 where every step was re-checked, 1 where one is wrong or a file is no certificate, 2 where a
    file cannot be read, 3 where some steps were not re-checked.
    """
    return studying.verify_files(files, output)


@cli.command(short_help="A function that computes the answer.")
@click.argument("expr")
@click.argument("variables", metavar="[VAR]...", nargs=-1)
@options.understood
@options.wanted
@click.option("--to", "target", type=click.Choice(("numpy", "torch", "jax")), default="numpy")
@options.written
@click.pass_obj
def code(
    asked: ending.Asked,
    /,
    expr: str,
    variables: Sequence[str],
    target: str,
    output: str | None,
    **understood: Any,
) -> int:
    """A module with one function that computes the answer: NumPy; torch and jax are not built yet."""
    found = _derived(asked, expr, variables, understood)
    ending.write(found.code(target), output)
    return ENDS_BY_VERDICT.get(found.verdict.grade, ending.DONE)


@cli.command(short_help="Where the gradient is zero.")
@click.argument("expr")
@click.argument("variable")
@options.understood
@click.option("--subject-to", metavar="TEXT", help='a constraint: "A*x = b".')
@click.option("--format", "form", type=click.Choice(FORMATS[:-1]), default="text", show_default=True)
@click.option("--certificate", metavar="FILE", help="also write what `gradproof verify` re-checks.")
@options.written
@click.pass_obj
def solve(
    asked: ending.Asked,
    /,
    expr: str,
    variable: str,
    subject_to: str | None,
    form: str,
    certificate: str | None,
    output: str | None,
    **understood: Any,
) -> int:
    """Where the gradient is zero, solved where the equation is linear."""
    from gradproof.session.solving import stationary

    asked.text = asking.text_of(expr)
    found = stationary(asked.text, variable, subject_to=subject_to, **asking.meaning(**understood))
    ending.warn(found.gradient.warnings)
    if form == "text" and ending.plain(output):
        form = "ascii"
    ending.write(found.show(form), output)
    if certificate:
        studying.certify(found, certificate)
    return ENDS_BY_VERDICT.get(found.verdict.grade, ending.DONE)


@cli.command(short_help="The shape of every part.")
@click.argument("expr")
@options.understood
@options.written
@click.pass_obj
def shapes(asked: ending.Asked, /, expr: str, output: str | None, **understood: Any) -> int:
    """The tree of an expression with the shape of every part."""
    from gradproof.elaboration.read import read
    from gradproof.rendering.shape_tree import shape_tree

    asked.text = asking.text_of(expr)
    program = read(asked.text, **asking.meaning(**understood))
    ending.warn(getattr(program, "warnings", ()))
    ending.write(shape_tree(program, ascii=ending.plain(output)), output)
    return ending.DONE


@cli.command(short_help="The rules, the words, the errors.")
@click.argument("name", required=False)
@click.option(
    "--part", type=click.Choice(("rules", "operators", "both", "errors")), default="both", show_default=True
)
@click.option("--format", "form", type=click.Choice(options.PAGES), default="text", show_default=True)
@options.written
def rules(name: str | None, part: str, form: str, output: str | None) -> int:
    """The rule book and the table of operators, or the errors; or one rule, word or code, by its name."""
    from gradproof.faces.cli import rule_book as book

    ending.write(book.entry(name, form) if name else book.pages(part, form), output)
    return ending.DONE


cli.add_command(showing.gallery)


@cli.command(short_help="The script for completion in a shell.")
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> int:
    """The script that completes commands and options: eval "$(gradproof completion bash)"."""
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    assert made is not None
    ending.write(made(cli, {}, "gradproof", ending.COMPLETION).source(), None)
    return ending.DONE


def _derived(
    asked: ending.Asked,
    expr: str,
    words: Sequence[str],
    understood: dict[str, Any],
    **more: Any,
) -> Derivation:
    """Ask for the derivation; warnings go out before the answer does."""
    from gradproof.elaboration.read import read
    from gradproof.faces.derive import derive

    asked.text = asking.text_of(expr)
    ways = options.ways(understood)
    meaning = asking.meaning(**understood)
    wrt = asking.variables_of(words) or [asking.only_variable(read(asked.text, **meaning))]
    found = derive(asked.text, wrt if len(wrt) > 1 else wrt[0], **meaning, **ways, **more)
    ending.warn(getattr(found, "warnings", ()))
    return found


def main(args: Sequence[str] | None = None) -> int:
    """Run a command line; its exit status. Never raises, whatever was typed."""
    return ending.run(cli, list(sys.argv[1:] if args is None else args))
