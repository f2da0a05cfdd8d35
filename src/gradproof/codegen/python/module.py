"""From a plan to the text of a module with one function, in the dialect of a target."""

from __future__ import annotations

from gradproof.codegen.plan.model import Plan
from gradproof.codegen.python.dialect import Dialect
from gradproof.codegen.python.writer import Writer
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import count


def module(
    plan: Plan, dialect: Dialect, function_name: str, notes: tuple[str, ...] = (), errors: bool = True
) -> str:
    """The module's text. `errors` False leaves out the classes of errors, for who brings his own."""
    writer = Writer(plan, dialect)
    body = writer.body()
    head = writer.head(function_name)
    helpers = writer.helpers
    own = "".join([dialect.fit, *helpers.values()])
    imports = [f"import {name}" for name in dialect.modules if f"{name}." in own]
    parts = ["\n".join([*imports, *([""] if imports else []), dialect.imported]) + "\n"]
    if errors:
        raised = "".join(helpers.values())
        parts += [text for name, text in dialect.errors.items() if name in dialect.always or name in raised]
    lines = [*_docstring(plan, notes), *writer.binding(), *body]
    parts.append("\n" + head + "".join(f"    {line}\n" if line else "\n" for line in lines))
    parts += [dialect.fit, *helpers.values()] if writer.fits else list(helpers.values())
    return "\n".join(parts)


def _docstring(plan: Plan, notes: tuple[str, ...]) -> list[str]:
    def safe(text: str) -> str:
        return text.replace("\\", "\\\\").replace('"""', "'''")

    lines = []
    for name, _, e in plan.outputs:
        what = f"{name}: " if len(plan.outputs) > 1 else ""
        lines.append(f"{what}{_formula(e)}, which is {_shape(e)}.")
    lines += [f"where {left} = {_formula(right)}" for left, right in plan.statements]
    arrays = ", ".join(f"{e.data[0]} {_shape(e)}" for e in plan.inputs)
    lines += [f"Arguments: {arrays}."] if arrays else []
    text = "\n\n".join([safe(line) for line in (*lines, *notes) if line])
    return f'"""{text}\n"""'.split("\n")


def _formula(e: Expr) -> str:
    return str(e) if count(e) <= 300 else "a long formula"


def _shape(e: Expr) -> str:
    sizes = "×".join(str(n) for n in e.shape)
    return {0: "a number", 1: f"a vector ({sizes})"}.get(len(e.shape), sizes)
