"""Programs whose variables have lost the structure declared for them.

What holds at a symmetric S only must not be differentiated by the entries of S: these move on their own. So
whatever is differentiated once more (the gradient of a Hessian, that of an argmin, what solves an equation)
is derived of a program in which the variables are plain names, and the structure is put back at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.expressions.walk import rebuild
from gradproof.operators.build import construct, name
from gradproof.operators.properties import STRUCTURED, props, symmetric


class Freed(NamedTuple):
    """A program with free variables.

    program  the same statements and objective, with plain names
    back     from each plain name to the one that it stands for; empty where no variable has a structure
    """

    program: Program
    back: Mapping[Expr, Expr]

    @property
    def forth(self) -> Mapping[Expr, Expr]:
        """From each name with structure to the plain one."""
        return {structured: plain for plain, structured in self.back.items()}

    def restored(self, e: Expr) -> Expr:
        """An expression with the structure put back; nothing is simplified by it."""
        return rebuild(e, self.back, construct)


def freed(program: Program, variables: Iterable[Expr]) -> Freed:
    """The program with variables, and names of what depends on them, without structure."""
    plain = {
        v: name(str(v), v.axes, kept, row=v.row)
        for v in variables
        if (kept := props(v).difference(STRUCTURED)) != props(v)
    }
    if not plain:
        return Freed(program, {})
    statements = []
    for named, body in program.statements:
        body = rebuild(body, plain, construct)
        if props(named) and not symmetric(body):
            plain[named] = name(str(named), named.axes, row=named.row)
        statements.append((plain.get(named, named), body))
    objective = rebuild(program.objective, plain, construct)
    names = {text: plain.get(e, e) for text, e in program.names.items()}
    there = program._replace(statements=tuple(statements), objective=objective, names=names)
    return Freed(there, {new: old for old, new in plain.items()})
