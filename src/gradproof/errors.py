"""The one class tree of errors: a code, the facts, the place in the user's text, and fixes.

How an error is drawn (carets, colours) is the business of `faces.report`; here are only its facts.
"""


class GradproofError(Exception):
    """Base of everything gradproof raises on purpose.

    code    "GP201" and the like: GP1 syntax, GP2 shapes, GP3 names and kinds, GP4 mathematics,
            GP5 not supported, GP6 verdicts, GP7 limits, GP9 our bug
    span    (start, end) character offsets into `source`, or None
    source  the text the person typed, or None
    facts   short sentences, each about one place: ((start, end) | None, "X is n×k")
    fixes   texts that were parsed and shape-checked before they were offered, best first
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "GP901",
        span: tuple[int, int] | None = None,
        source: str | None = None,
        facts: tuple[tuple[tuple[int, int] | None, str], ...] = (),
        fixes: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.span = span
        self.source = source
        self.facts = facts
        self.fixes = fixes


class ParseError(GradproofError):
    """GP1: the text is not in the language."""


class ShapeError(GradproofError):
    """GP2: the shapes of the parts do not fit, in an expression or in arrays handed to compiled code."""


class NameProblem(GradproofError):
    """GP3: a name or its kind is unknown or contradictory."""


class MathError(GradproofError):
    """GP4: the question has no answer, such as the gradient of a vector."""


class UnsupportedError(GradproofError):
    """GP5: a fair question that gradproof cannot answer yet."""


class VerdictError(GradproofError):
    """GP6: a verdict was used as something it is not, such as a boolean."""


class LimitError(GradproofError):
    """GP7: a bound on depth, length, exponent, terms or time was reached; the message names it."""


class InternalError(GradproofError):
    """GP9: gradproof contradicts itself. Nothing is shown as an answer."""
