"""A derivation as a person reads it: plain data between the strategies and the renderers."""

from __future__ import annotations

from typing import NamedTuple

from gradproof.expressions.nodes import Expr
from gradproof.verdicts import Verdict


class Step(NamedTuple):
    """One rule, applied once: `before` is rewritten to `after`, both expressions in the language
    with differentials (d(e)), derivatives by entries (partial(e, W)) and index sums (einsum).

    rule     stable id, such as "frob-left"
    why      one sentence, in words a person could repeat
    parts    the smaller steps that this one stands for, or ()
    """

    before: Expr
    after: Expr
    rule: str
    why: str
    verdict: Verdict
    parts: tuple[Step, ...] = ()


class Line(NamedTuple):
    """One line to be shown:   left = right      why        (left None: the line continues the one above)

    indices   for index notation: the letters of the free indices ("p", "q"); () in matrix notation
    """

    left: Expr | None
    right: Expr
    why: str
    rule: str
    verdict: Verdict
    indices: tuple[str, ...] = ()


class Section(NamedTuple):
    """The lines that lead to one equation.

    title       "" or a heading, such as "∂L/∂W" as an expression's plain text
    lets        abbreviations used in the lines: (name, what it stands for)
    lines       the derivation
    conclusion  (left, right) of the equation it ends in
    note        a remark under it (why a transpose, what holds at a kink), or ""
    """

    title: str
    lets: tuple[tuple[Expr, Expr], ...]
    lines: tuple[Line, ...]
    conclusion: tuple[Expr, Expr]
    note: str = ""


class Story(NamedTuple):
    """The whole: what was understood, the sections, the answer, the verdict.

    understood   (name, how its shape is known), in reading order
    functions    unknown functions, as texts: "L", "g: n -> m"
    statements   named intermediates (name, right-hand side), then symbols for gradients (G, ∂L/∂Y)
    sections     one a cotangent or answer, in the order of back-propagation
    answers      (∂L/∂W, result) for each variable asked for
    conditions   texts: where the answers hold
    forms        the answers once more in other forms, as equations: dY = A dX B, vec(…)
    remark       how the axes of the answers are laid out, or ""
    """

    understood: tuple[tuple[Expr, str], ...]
    functions: tuple[str, ...]
    statements: tuple[tuple[Expr, Expr], ...]
    sections: tuple[Section, ...]
    answers: tuple[tuple[Expr, Expr], ...]
    conditions: tuple[str, ...]
    verdict: Verdict
    layout: str = "gradient"
    forms: tuple[tuple[Expr, Expr], ...] = ()
    remark: str = ""
