"""What is said when shapes or names do not fit: the message, the facts with their places, and texts
that may be the remedy.

The texts are candidates: `operators.elaborate.read` offers only those that it could read itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradproof.errors import GradproofError, MathError, NameProblem, ShapeError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.language.syntax.tree import Node, Span
from gradproof.operators import build
from gradproof.operators.aliases import SHAPED, WORDS, known_function, nearest
from gradproof.operators.build import spell

Fact = tuple[Span | None, str]
AN = frozenset("aefhilmnorsxAEFHILMNORSX8")  # sizes that are spoken with a vowel first
TIGHT = ("name", "num", "call", "slope", "map", "T")
SHOWN = 40  # letters of the text that a sentence repeats


class Faults:
    """Errors about one text."""

    def __init__(self, source: str) -> None:
        self.source = source

    def text(self, node: Node) -> str:
        """The piece of the text that a node was read from."""
        return self.source[node.start : node.end]

    def quote(self, node: Node) -> str:
        """The piece in a sentence: cut where it is long."""
        words = " ".join(self.text(node).split())
        return words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"

    def tight(self, node: Node) -> str:
        """The piece so that a sign may be put behind it."""
        return self.text(node) if node.closed or node.kind in TIGHT else f"({self.text(node)})"

    def turned(self, node: Node) -> str:
        """The transpose of a piece, without a double one."""
        if node.kind == "T" and not node.text and not node.closed:
            return self.text(node.args[0])
        return self.tight(node) + "'"

    def edit(self, span: Span, new: str) -> str:
        """The whole text with one piece replaced."""
        return self.source[: span[0]] + new + self.source[span[1] :]

    def whole(self, span: Span, new: str) -> str:
        """The whole text with one piece replaced by something that may need parentheses."""
        before, after = self.source[: span[0]].rstrip()[-1:], self.source[span[1] :].lstrip()[:1]
        bare = before in ("", "(", ",", "=", ";", "+") and after in ("", ")", ",", ";", "+", "-")
        return self.edit(span, new if bare else f"({new})")

    # ---- products

    def product(self, left: Node, right: Node, a: Expr, b: Expr, at: Span) -> GradproofError:
        """GP201 two factors that do not fit; GP205 two column vectors."""
        whole = (left.start, right.end)
        last = left.args[1] if left.kind == "mul" and not left.closed else left
        lead = self.source[left.start : last.start]
        x, y, xt, yt = self.tight(last), self.tight(right), self.turned(last), self.turned(right)
        tried = [f"{lead}{x}*{yt}", f"{lead}{xt}*{y}"]
        if len(a.axes) == len(b.axes) == 1 and not a.row and not b.row:
            x, xt = self.tight(left), self.turned(left)
            tried = [f"{xt}*{y}", f"{x}*{yt}", f"{x}.*{y}"]
            fact = f"{self.quote(left)} is {shape_in_words(a)}"
            if left.kind != "name" or self.text(left) != self.text(right):
                fact += f" and {self.quote(right)} is {shape_in_words(b)}"
            return ShapeError(
                "product of two column vectors",
                code="GP205",
                span=at,
                source=self.source,
                facts=((at, fact),),
                fixes=tuple(self.edit(whole, new) for new in tried),
            )
        tried += [f"{lead}{xt}*{yt}", f"{y}*{self.tight(left)}", f"{yt}*{self.tight(left)}"]
        tried.append(f"{self.text(left)}.*{y}")
        if max(len(a.axes), len(b.axes)) > 2:
            tried = [
                f'{lead}einsum("{spec}", {self.text(last)}, {self.text(right)})' for spec in _batched(a, b)
            ]
        return ShapeError(
            "these two factors cannot be multiplied",
            code="GP201",
            span=at,
            source=self.source,
            facts=(
                (right.span, f"{self.quote(right)} is {shape_in_words(b)}"),
                (left.span, f"{self.quote(left)} is {shape_in_words(a)}{_needs(a)}"),
            ),
            fixes=tuple(self.edit(whole, new) for new in tried),
        )

    def division(self, left: Node, right: Node, b: Expr, at: Span) -> ShapeError:
        """GP207 division by something that is no scalar."""
        tried = [self.edit(at, "./" if at[0] and not self.source[at[0] - 1].isdigit() else " ./")]
        tried.append(self.edit((at[0], right.end), f"*inv({self.text(right)})"))
        return ShapeError(
            f"/ divides by a scalar, and {self.quote(right)} is {shape_in_words(b)}",
            code="GP207",
            span=at,
            source=self.source,
            facts=((right.span, f"{self.quote(right)} is {shape_in_words(b)}"),),
            fixes=tuple(tried),
        )

    def power(self, base: Node, exponent: Node, a: Expr, p: Expr, whole: Span) -> ShapeError:
        """GP204 a power of something that is no square matrix, or an exponent that is no scalar."""
        if p.axes:
            return ShapeError(
                f"an exponent is a scalar; {self.quote(exponent)} is {shape_in_words(p)}",
                code="GP204",
                span=exponent.span,
                source=self.source,
            )
        x, xt = self.tight(base), self.turned(base)
        dotted = f"{x}.^{self.source[exponent.start : whole[1]]}"
        tried = [f"{xt}*{x}", f"{x}*{xt}"] if exponent.kind == "num" and exponent.value == 2 else []
        return ShapeError(
            f"only a square matrix has a power; {self.quote(base)} is {shape_in_words(a)}",
            code="GP204",
            span=whole,
            source=self.source,
            facts=((base.span, f"{self.quote(base)} is {shape_in_words(a)}"),),
            fixes=(*(self.whole(whole, new) for new in tried), self.edit(whole, dotted)),
        )

    # ---- sums and entry by entry

    def sum(self, first: Node, second: Node, a: Expr, b: Expr, at: Span) -> ShapeError:
        """GP202 two terms of different shapes."""
        return ShapeError(
            f"these terms cannot be added: {shape_in_words(a)} and {shape_in_words(b)}",
            code="GP202",
            span=at,
            source=self.source,
            facts=self.two(first, second, a, b),
            fixes=self.fitted(first, second),
        )

    def entrywise(self, left: Node, right: Node, a: Expr, b: Expr, at: Span) -> ShapeError:
        """GP202 two factors of different shapes, entry by entry."""
        return ShapeError(
            f"{shape_in_words(a)} and {shape_in_words(b)} do not match entry by entry",
            code="GP202",
            span=at,
            source=self.source,
            facts=self.two(left, right, a, b),
            fixes=(*self.fitted(left, right), self.edit(at, "*")),
        )

    def two(self, left: Node, right: Node, a: Expr, b: Expr) -> tuple[Fact, ...]:
        """The shapes of two pieces."""
        return (
            (right.span, f"{self.quote(right)} is {shape_in_words(b)}"),
            (left.span, f"{self.quote(left)} is {shape_in_words(a)}"),
        )

    def fitted(self, left: Node, right: Node) -> tuple[str, ...]:
        """One of two pieces transposed, or one factor in one of them."""
        tried = [self.edit(right.span, self.turned(right)), self.edit(left.span, self.turned(left))]
        for node in (right, left):
            for factor in _factors(node):
                tried.append(self.edit(factor.span, self.turned(factor)))
            if node.kind == "mul":
                a, b = node.args
                tried.append(self.edit(node.span, f"{self.tight(b)}*{self.tight(a)}"))
        return tuple(tried)

    def scalar_in_sum(self, scalar: Node, other: Node, left: Expr, right: Expr, shape: Expr) -> ShapeError:
        """GP203 a row times a column, which is a number, added to every entry of a matrix."""
        row, column = scalar.args
        number, last = "", row
        if row.kind == "mul" and row.args[0].kind == "num" and not row.closed:
            number, last = f"{self.text(row.args[0])}*", row.args[1]
        outer = f"{number}{self.turned(last)}*{self.turned(column)}"
        filled = f"({self.text(scalar)})*ones({', '.join(map(str, shape.axes))})"
        return ShapeError(
            f"a scalar is added to a {spell(shape)} matrix",
            code="GP203",
            span=scalar.span,
            source=self.source,
            facts=(
                (scalar.span, "scalar"),
                (other.span, f"{self.quote(other)} is {shape_in_words(shape)}"),
                (row.span, f"{self.quote(row)} is {shape_in_words(left)}"),
                (column.span, f"{self.quote(column)} is {shape_in_words(right)}"),
            ),
            fixes=(self.edit(scalar.span, outer), self.edit(scalar.span, filled)),
        )

    # ---- words

    def square(self, word: str, node: Node, arg: Node, value: Expr) -> MathError:
        """GP402 a word that needs a square matrix."""
        short = "det" if word == "logdet" else word
        x, xt = self.tight(arg), self.turned(arg)
        return MathError(
            f"{short} needs a square matrix; {self.quote(arg)} is {shape_in_words(value)}",
            code="GP402",
            span=arg.span,
            source=self.source,
            facts=((arg.span, f"{self.quote(arg)} is {shape_in_words(value)}"),),
            fixes=(self.edit(arg.span, f"{xt}*{x}"), self.edit(arg.span, f"{x}*{xt}")),
        )

    def call(self, word: str, node: Node, args: Sequence[Expr], counts: Sequence[int]) -> ShapeError:
        """GP208 a word that does not take these arguments."""
        facts = tuple(
            (arg.span, f"{self.quote(arg)} is {shape_in_words(value)}")
            for arg, value in zip(node.args, args, strict=False)
        )
        if len(node.args) not in counts:
            many = " or ".join(str(c) for c in sorted(set(counts)))
            what = f"{word} takes {many} argument{'s' if many != '1' else ''}, not {len(node.args)}"
        else:
            what = f"{word} does not take {' and '.join(shape_in_words(value) for value in args)}"
        tried = [self.edit(arg.span, self.turned(arg)) for arg in node.args]
        if len(node.args) > 1:
            tried.append(self.edit((node.args[0].start, node.args[-1].end), self.text(node.args[0])))
        return ShapeError(
            what, code="GP208", span=node.at, source=self.source, facts=facts, fixes=tuple(tried)
        )

    def argument(self, node: Node, part: Node, value: Expr, axes: tuple[Dim, ...]) -> ShapeError:
        """GP208 an unknown function is applied to another shape than declared, or than elsewhere."""
        wanted = shape_in_words(build.name("", axes))
        return ShapeError(
            f"{node.text} takes {wanted}, and this is {shape_in_words(value)}",
            code="GP208",
            span=part.span,
            source=self.source,
        )

    def unknown_function(self, node: Node, declared: Sequence[str]) -> NameProblem:
        """GP302 a word that is applied and that nobody knows."""
        word = node.text
        near = nearest(word, (*WORDS, *SHAPED, *declared))
        half = word[: len(word) // 2]
        if half + half == word and known_function(half):
            near.insert(0, half)
        facts: tuple[Fact, ...] = ()
        if not near:
            facts = (
                (None, "an unknown function is written with a capital letter or f, g, h; any other is "
                       f"declared, where {word}: n -> m; an elementwise one has a dot, f.(x)"),
            )  # fmt: skip
        return NameProblem(
            f'unknown function "{word}"',
            code="GP302",
            span=node.at,
            source=self.source,
            facts=facts,
            fixes=tuple(self.edit(node.at, other) for other in near),
        )

    def applied(self, node: Node, what: str) -> NameProblem:
        """GP307 a name that is no function, before a parenthesis."""
        opener = max(self.source.find("(", node.at[1]), node.at[1])
        return NameProblem(
            f'"{node.text}" is {what}, not a function: write * between the factors',
            code="GP307",
            span=node.at,
            source=self.source,
            fixes=(self.edit((opener, opener), "*"), self.edit((node.at[1], opener), "*")),
        )

    def unknown_name(self, node: Node, known: Sequence[str]) -> NameProblem:
        """GP301 a name that is not declared, where names are."""
        parts = split(node.text, known)
        tried = [self.edit(node.span, "*".join(parts))] if parts else []
        tried += [self.edit(node.span, other) for other in nearest(node.text, known, 1)]
        facts: tuple[Fact, ...] = (
            ((node.span, " and ".join(dict.fromkeys(parts)) + " are known"),) if parts else ()
        )
        return NameProblem(
            f'unknown name "{node.text}"',
            code="GP301",
            span=node.span,
            source=self.source,
            facts=facts,
            fixes=tuple(tried),
        )


def shape_in_words(e: Expr) -> str:
    """A shape in a sentence: a scalar, an n-vector, a row n-vector, m×n."""
    words = spell(e)
    if len(e.axes) > 1:
        return words
    return f"{'an' if e.axes and not e.row and words[0] in AN else 'a'} {words}"


def _batched(a: Expr, b: Expr) -> list[str]:
    """A matrix product for each entry of leading axes, as einsum says it."""
    many = max(len(a.axes), len(b.axes)) - 2
    if not a.axes or not b.axes or many > 4:
        return []
    lead = "bcde"[:many]
    left = f"{lead if len(a.axes) > 2 else ''}ij" if len(a.axes) > 1 else "j"
    right = f"{lead if len(b.axes) > 2 else ''}jk" if len(b.axes) > 1 else "j"
    return [f"{left},{right}->{lead}{'i' if len(a.axes) > 1 else ''}{'k' if len(b.axes) > 1 else ''}"]


def _needs(a: Expr) -> str:
    if len(a.axes) == 2:
        return f", so the next factor needs {a.axes[1]} rows"
    if len(a.axes) > 2:
        return ", and * and @ multiply matrices and vectors"
    if a.row:
        return f", so the next factor needs {a.axes[0]} rows"
    return ", so the next factor must be a row" if a.axes else ""


def _factors(node: Node) -> list[Node]:
    out: list[Node] = []
    while node.kind == "mul" and len(out) < 4:
        out.append(node.args[1])
        node = node.args[0]
    return [*out, node] if out else []


def split(word: str, known: Sequence[str]) -> list[str]:
    """A word as known names side by side ("Ax" is A and x), or []."""
    best: list[list[str] | None] = [[]] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for name in known:
            before = best[end - len(name)] if len(name) <= end and name != word else None
            if before is not None and word[:end].endswith(name):
                best[end] = [*before, name]
                break
    return best[-1] or []
