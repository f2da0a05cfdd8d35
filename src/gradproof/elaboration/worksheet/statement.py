"""What one row of a derivation says, and what the left sides of derivatives look like."""

from __future__ import annotations

from typing import NamedTuple

from gradproof.errors import GradproofError
from gradproof.expressions.nodes import Expr
from gradproof.language.parse import with_partials
from gradproof.language.worksheet.row import Row
from gradproof.patterns import Pattern

_GRADIENT = (
    Pattern(r"(?:grad(?:ient)?|∇)(?:_\{?(?P<by>[^\W\d]\w*)\}?)?\s*(?:of\s+)?(?P<of>[^\W\d]\w*)?$"),
    Pattern(r"∂\s*(?P<of>\w*)\s*/\s*∂\s*(?P<by>\w+)$"),
    Pattern(r"d(?P<of>[^\W\d]\w*)\s*/\s*d\s*(?P<by>\w+)$"),
    Pattern(r"\\nabla(?:_\{?(?P<by>[^\W\d]\w*)\}?)?\s*(?P<of>[^\W\d]\w*)?$"),
    Pattern(r"\\d?frac\s*\{\s*\\partial\s*(?P<of>\w*)\s*\}\s*\{\s*\\partial\s*(?P<by>\w+)\s*\}$"),
)
_PRIMED = Pattern(r"(?P<of>[^\W\d]\w*)['′]$")
_HESSIAN = (
    Pattern(r"(?:hess(?:ian)?|∇²|∇\^2)(?:_\{?(?P<by>[^\W\d]\w*)\}?)?\s*(?:of\s+)?(?P<of>[^\W\d]\w*)?$"),
    Pattern(
        r"∂(?:²|\^2)\s*(?P<of>[^\W\d]\w*)\s*/\s*\(?∂\s*(?P<by>[^\W\d][^\W²]*)(?:²|\^2|\s*∂\s*(?P=by)(?:ᵀ|'|\^T)?)\)?$"
    ),
)
_STACKED = (
    ("hessian", Pattern(r"[∂d]\(∂(?P<of>\w+)/∂(?P<by>\w+)\)/[∂d](?P=by)(?:ᵀ|'|\^T)?$")),
    (
        "hessian",
        Pattern(r"[∂d]\(?vec\(\(?[∂d](?P<of>\w+)/[∂d](?P<by>\w+)\)?\)\)?/[∂d]vec\((?P=by)\)(?:ᵀ|'|\^T)?$"),
    ),
    ("jacobian", Pattern(r"[∂d]\(vec\((?P<of>\w+)\)\)/[∂d](?:vec\()?(?P<by>\w+)\)?(?:ᵀ|'|\^T)?$")),
    ("hessian", Pattern(r"∂vec\(∂(?P<of>\w+)/∂(?P<by>\w+)\)/∂vec\((?P=by)\)(?:ᵀ|'|\^T)?$")),
    ("jacobian", Pattern(r"∂(?:vec\()?(?P<of>\w+)\)?/∂(?:vec\()?(?P<by>\w+)\)?(?:ᵀ|'|\^T)?$")),
)
_JACOBIAN = Pattern(r"J(?:_\{?(?P<of>[^\W\d]\w*)\}?)?$")
_PART = Pattern(r"part of\s+(?=\S)")
_ARGUMENTS = Pattern(
    r"(?P<head>(?:∇|grad|hess|∂|d)[^\s()]*(?:\s+[^\W\d]\w*)?|[^\W\d]\w*['′])\s*\((?P<args>[^()=]*)\)(?=$|\s*/)"
)
ONE_VARIABLE = ("gradient", "hessian", "jacobian", "part")


class Said(NamedTuple):
    """What one row says.

    sort     "definition": a name is introduced; "gradient"; "equation": left = right;
             "continued": it goes on from the row before; "part": one part of a gradient;
             "hessian"; "jacobian": the derivative of an array
    subject  the name that is defined, or differentiated (None: not said)
    by       for a gradient: the variable as text, "" if not said
    left     the left side of an equation
    right    the right side; None where it cannot be read: then `problem` says why
    changes  the names that differentials are taken of
    mentions the names in it
    paired   the differential that a row said by indices makes, where it says no array by itself
    """

    row: Row
    sort: str
    subject: str
    by: str
    left: Expr | None
    right: Expr | None
    problem: GradproofError | None = None
    changes: tuple[str, ...] = ()
    mentions: frozenset[str] = frozenset()
    paired: Expr | None = None


_ASCII = Pattern(r"^d\^2(?P<of>\w+)/d(?P<by>\w+?)_(?P<free>[a-z]+?)d(?P=by)_(?P<letters>[a-z]+)$")


def plain_side(text: str) -> str:
    """A left side in ASCII as it is with ∂."""
    return _ASCII.sub(r"∂²\g<of>/∂\g<by>_\g<free>∂\g<by>_\g<letters>", with_partials(text.strip()))


def gradient_side(text: str) -> tuple[str, str] | None:
    """(of, by) where a left side is that of a gradient: `grad f`, `∂f/∂x`, `df/dx`, `∇_x f`."""
    text, argument = _bare(text)
    for pattern in _GRADIENT:
        found = pattern.match(text)
        if found:
            return found["of"] or "", found["by"] or argument
    primed = _PRIMED.match(text) if argument else None
    return None if primed is None else (primed["of"], argument)


def _bare(text: str) -> tuple[str, str]:
    """`∇f(x)` without its argument, and the argument where it is one name."""
    found = _ARGUMENTS.match(text.strip())
    if found is None:
        return text.strip(), ""
    argument = found["args"].strip()
    return _ARGUMENTS.sub(r"\g<head>", text.strip()), argument if argument.isidentifier() else ""


def derivative_side(text: str) -> tuple[str, str, str] | None:
    """(sort, of, by) where a left side is that of a derivative: a gradient, a part, a Hessian, or J."""
    bare, argument = _bare(text)
    for pattern in _HESSIAN:
        found = pattern.match(bare)
        if found:
            return "hessian", found["of"] or "", found["by"] or argument
    text = text.strip()
    for sort, pattern in _STACKED:
        found = pattern.match(text) if "vec" in text or ")/" in text else None
        if found:
            return sort, found["of"], found["by"]
    jacobian = _JACOBIAN.match(text)
    if jacobian:
        return "jacobian", jacobian["of"] or "", ""
    part = _PART.match(text)
    gradient = gradient_side(text[part.end() :] if part else text)
    return None if gradient is None else ("part" if part else "gradient", *gradient)
