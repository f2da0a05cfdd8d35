"""Statements out of tokens: `Y = X*W'`, equations such as `0 = A*y - b`, and the objective at the end."""

from __future__ import annotations

from gradproof.errors import NameProblem
from gradproof.language.parser.precedence import Parser
from gradproof.language.syntax.tree import EQUATION, Node, Statement


class Statements(Parser):
    """The statements of a whole text."""

    def statements(self) -> tuple[Statement, ...]:
        """All statements of the text."""
        out: list[Statement] = []
        seen: set[str] = set()
        while True:
            while self.next.kind == "newline" or self.is_op(";"):
                self.at += 1
            if self.next.kind == "end":
                break
            if out and not out[-1].name and out[-1].node.kind != EQUATION:
                raise self.fail(
                    "only the last statement may stand without a name",
                    "GP105",
                    out[-1].node.span,
                    facts=((self.next_span(), "another statement begins here"),),
                    fixes=(self.edit(out[-1].node.end, self.next.start, " "),),
                )
            out.append(self.statement())
            name, at, _ = out[-1]
            if name and name in seen:
                raise NameProblem(
                    f'"{name}" is defined twice',
                    code="GP303",
                    span=at,
                    source=self.source,
                    facts=((next(s.at for s in out if s.name == name), "first here"),),
                )
            seen.add(name)
        if not out:
            raise self.fail("there is no expression", "GP104", (0, len(self.source)))
        if out[-1].node.kind == EQUATION:
            raise self.fail(
                'only a new name may stand left of "="', "GP105", out[-1].node.at,
                facts=((None, "an equation defines a name; what is differentiated comes after it"),),
            )  # fmt: skip
        return tuple(out)

    def statement(self) -> Statement:
        """One statement, with the name before its = sign; an equation has none."""
        at = self.next_span()
        if self.next.kind == "name" and self.is_op("=", 1):
            name = self.next.text
            self.at += 2
            return Statement(name, at, self.expression())
        self.equations = True
        left = self.expression()
        self.equations = False
        if not self.is_op("="):
            return Statement("", at, left)
        sign = self.next_span()
        self.at += 1
        right = self.expression()
        return Statement("", at, Node(EQUATION, (left, right), (left.start, right.end), sign))
