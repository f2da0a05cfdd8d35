"""What is declared about names: shapes, properties and kinds, from arguments and from `where` texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gradproof.elaboration.assembly.size_expressions import read_size
from gradproof.errors import GradproofError, NameProblem, ShapeError
from gradproof.expressions.dims import Dim
from gradproof.language.syntax.declarations import KIND_WORDS, Declaration, declarations
from gradproof.language.syntax.tree import Span
from gradproof.operators.aliases import PROPERTIES, SQUARE, nearest

Shapes = Mapping[str, Sequence[str | int | Dim]]
Properties = Mapping[str, Iterable[str]]


class Declared:
    """What is known about one name before its use is looked at.

    axes    its sizes, or None; row: one row; kind: "scalar", "vector", "matrix", "function" or ""
    takes   of a function: the sizes of its arguments, or None; gives: those of its value
    span    where it is declared, for messages
    """

    __slots__ = ("axes", "gives", "kind", "props", "row", "source", "span", "takes")

    def __init__(self, source: str | None = None, span: Span | None = None) -> None:
        self.axes: tuple[Dim, ...] | None = None
        self.row = False
        self.takes: tuple[tuple[Dim, ...], ...] | None = None
        self.gives: tuple[Dim, ...] | None = None
        self.kind = ""
        self.props: set[str] = set()
        self.source = source
        self.span = span

    @property
    def sizes(self) -> tuple[Dim, ...]:
        """Every size in the declaration."""
        return (*(self.axes or ()), *(s for axes in self.takes or () for s in axes), *(self.gives or ()))


def declare(
    shapes: Shapes | None, assume: Properties | None, texts: Iterable[tuple[str, Span]]
) -> dict[str, Declared]:
    """Everything declared, by name. Raises ParseError, NameProblem or ShapeError."""
    out: dict[str, Declared] = {}
    for name, sizes in (shapes or {}).items():
        known = out.setdefault(name, Declared())
        parts = (sizes,) if isinstance(sizes, str | int | Dim) else tuple(sizes)
        known.axes = tuple(read_size(part) for part in parts)
    for source, span in texts:
        for declaration in declarations(source, span):
            _declared(out, source, declaration)
    for name, words in (assume or {}).items():
        known = out.setdefault(name, Declared())
        for word in words.replace(",", " ").split() if isinstance(words, str) else words:
            _property(known, name, word)
    for name, known in out.items():
        _check_square(name, known)
    _check_sizes(out)
    return out


def _declared(out: dict[str, Declared], source: str, declaration: Declaration) -> None:
    known = out.setdefault(declaration.name, Declared(source, declaration.span))
    known.source, known.span = source, declaration.span
    if declaration.takes is not None:
        _function(known, source, declaration)
    elif declaration.sizes is not None:
        axes, row = _lying(_sizes(source, declaration, declaration.sizes))
        if known.axes is not None and (known.axes, known.row) != (axes, row):
            raise _twice(source, declaration)
        known.axes, known.row = axes, row
    for word in declaration.words:
        if word in KIND_WORDS:
            known.kind = word
            if word == "scalar":
                known.axes = ()
        else:
            _property(known, declaration.name, word)


def _twice(source: str, declaration: Declaration) -> NameProblem:
    return NameProblem(
        f'"{declaration.name}" is declared twice, with different shapes', code="GP304",
        span=declaration.span, source=source,
    )  # fmt: skip


def _function(known: Declared, source: str, declaration: Declaration) -> None:
    """g: n -> m."""
    takes = tuple(_lying(_sizes(source, declaration, part))[0] for part in declaration.takes or ())
    gives = _lying(_sizes(source, declaration, declaration.sizes or ()))[0]
    if known.takes is not None and (known.takes, known.gives) != (takes, gives):
        raise _twice(source, declaration)
    known.kind, known.takes, known.gives = "function", takes, gives


def _sizes(source: str, declaration: Declaration, texts: tuple[str, ...]) -> tuple[Dim, ...]:
    try:
        return tuple(read_size(text) for text in texts)
    except GradproofError as error:
        raise type(error)(error.message, code=error.code, span=declaration.span, source=source) from error


def _lying(axes: tuple[Dim, ...]) -> tuple[tuple[Dim, ...], bool]:
    """n×1 is a column vector, 1×n a row vector."""
    if len(axes) == 2 and axes[1].number == 1:
        return axes[:1], False
    if len(axes) == 2 and axes[0].number == 1:
        return axes[1:], True
    return axes, False


def _property(known: Declared, name: str, word: str) -> None:
    if word not in PROPERTIES:
        near = nearest(word, PROPERTIES)
        raise NameProblem(
            f'"{word}" is no property that is known',
            code="GP304",
            span=known.span,
            source=known.source,
            facts=((None, f"did you mean {near[0]}?" if near else "known are " + ", ".join(PROPERTIES)),),
        )
    known.props.add(word)


def _check_square(name: str, known: Declared) -> None:
    words = known.props & SQUARE
    if not words or known.axes is None:
        return
    if len(known.axes) != 2 or known.axes[0] is not known.axes[1]:
        raise ShapeError(
            f"{name} is declared {min(words)}, so it is a square matrix; its shape says otherwise",
            code="GP211",
            span=known.span,
            source=known.source,
        )


def _check_sizes(out: Mapping[str, Declared]) -> None:
    """A name is a variable or a size, not both."""
    for known in out.values():
        for size in known.sizes:
            for symbol in size.symbols:
                if symbol in out:
                    raise NameProblem(
                        f'"{symbol}" is declared as a variable and used as a size',
                        code="GP314",
                        span=known.span or out[symbol].span,
                        source=known.source or out[symbol].source,
                    )
