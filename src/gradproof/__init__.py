"""gradproof: gradients of matrix expressions, derived as a person would write them, each step proved.

Names are imported when they are first used, so that `import gradproof` costs next to nothing.
"""

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradproof.checking.answer.check import Check, check
    from gradproof.checking.answer.functions import check_function
    from gradproof.checking.worksheet.check import check_derivation
    from gradproof.errors import (
        GradproofError,
        InternalError,
        LimitError,
        MathError,
        NameProblem,
        ParseError,
        ShapeError,
        UnsupportedError,
        VerdictError,
    )
    from gradproof.expressions.nodes import Expr
    from gradproof.faces.derive import derive
    from gradproof.faces.teaching.gallery import gallery
    from gradproof.faces.teaching.hints import hints
    from gradproof.faces.teaching.practice import practice
    from gradproof.session.handles import apply, dims, function, matrix, parse, scalar, tensor, vector
    from gradproof.session.result import Derivation
    from gradproof.session.solving import stationary
    from gradproof.verdicts import Verdict

__version__ = "0.1.0"

__all__ = [
    "Check",
    "Derivation",
    "Expr",
    "GradproofError",
    "InternalError",
    "LimitError",
    "MathError",
    "NameProblem",
    "ParseError",
    "ShapeError",
    "UnsupportedError",
    "Verdict",
    "VerdictError",
    "__version__",
    "apply",
    "check",
    "check_derivation",
    "check_function",
    "derive",
    "dims",
    "function",
    "gallery",
    "hints",
    "matrix",
    "parse",
    "practice",
    "scalar",
    "stationary",
    "tensor",
    "vector",
]

_HOMES = {
    "gradproof.errors": (
        "GradproofError InternalError LimitError MathError NameProblem ParseError ShapeError "
        "UnsupportedError VerdictError"
    ),
    "gradproof.expressions.nodes": "Expr",
    "gradproof.faces.derive": "derive",
    "gradproof.session.result": "Derivation",
    "gradproof.checking.answer.check": "Check check",
    "gradproof.faces.teaching.gallery": "gallery",
    "gradproof.session.handles": "apply dims function matrix parse scalar tensor vector",
    "gradproof.checking.worksheet.check": "check_derivation",
    "gradproof.faces.teaching.hints": "hints",
    "gradproof.checking.answer.functions": "check_function",
    "gradproof.faces.teaching.practice": "practice",
    "gradproof.session.solving": "stationary",
    "gradproof.verdicts": "Verdict",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> object:
    """Fetch a public name from its module, once (PEP 562)."""
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'gradproof' has no attribute {name!r}")
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
