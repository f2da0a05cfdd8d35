"""Words applied to arguments: operators of the table, words that take sizes, slopes, unknown functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise

from gradproof.elaboration.assembly.argument_checks import check_order, check_tall
from gradproof.elaboration.assembly.assemble import Assembler, Meaning
from gradproof.elaboration.assembly.einsum_words import index_sum
from gradproof.elaboration.assembly.implicit_equations import check_place
from gradproof.elaboration.assembly.shape_errors import shape_in_words
from gradproof.elaboration.assembly.size_expressions import size_of
from gradproof.elaboration.assembly.sized_words import placed_word
from gradproof.errors import LimitError, MathError, NameProblem, ShapeError, UnsupportedError
from gradproof.expressions.dims import Dim, at_least, number
from gradproof.expressions.nodes import Expr
from gradproof.language.parse import parse
from gradproof.language.syntax.tree import Node
from gradproof.operators import blocks as structure
from gradproof.operators import build
from gradproof.operators.aliases import (
    ALIASES,
    ELSEWISE,
    HIDDEN,
    LATER,
    SHAPED,
    SPELLINGS,
    STACKS,
    TRIANGLES,
    WORDS,
    names_a_function,
    names_a_map,
)  # fmt: skip
from gradproof.operators.overloads import ALONG, GAINS, along, either, normalised
from gradproof.operators.row import square_only
from gradproof.operators.signature import alternative, bind
from gradproof.operators.sized_operators import PLACED
from gradproof.operators.table import OPERATORS

MAX_AXES = 16


def word(self: Assembler, node: Node, values: list[Expr]) -> Expr:
    """The meaning of `f(…)`, `f'(…)`, `f.(…)` or `X[…]`."""
    if node.kind == "index":  # whose text says what stands between its commas
        return _index(self, node, values[0])
    name = node.text
    meaning = self.names.get(name)
    if meaning is not None and node.kind != "map":
        what = "a size" if isinstance(meaning, Dim) else shape_in_words(meaning)
        raise self.faults.applied(node, what)
    if node.kind == "slope":
        return _slope(self, node, values)
    if node.kind == "map":
        return _map(self, node, values)
    if name in self.functions:
        return _call(self, node, values)
    if name == "transpose":
        _count(self, node, values, (1,))
        return self.transpose(node, values[0])
    made = _of_the_language(self, node, ALIASES.get(name, name), values)
    return _unknown(self, node, values) if made is None else made


def _of_the_language(self: Assembler, node: Node, known: str, values: list[Expr]) -> Expr | None:
    """The meaning of a word that the language has, or None."""
    if known == "einsum":
        return index_sum(self, node, values)
    if known in PLACED:
        return placed_word(self, node, known, values)
    if known in STACKS:
        return _stack(self, node, values)
    if known in TRIANGLES:
        return _triangle(self, node, values)
    if known == "e" and len(node.args) == 2:
        return _unit(self, node)
    if known in SHAPED:
        return _shaped(self, node, values)
    if known in ALONG and len(node.args) == 2:
        return _along(self, node, known, values)
    if known == "where" and len(values) == 3:
        return _either(self, node, values)
    return _operator(self, node, known, values) if known in WORDS else None


def _unknown(self: Assembler, node: Node, values: list[Expr]) -> Expr:
    """An unknown function, or the error that says what the word is not."""
    name = node.text
    if name in LATER:
        raise UnsupportedError(
            f"{name} is not supported yet", code="GP501", span=node.at, source=self.source,
            facts=((None, ELSEWISE[name]),),
        )  # fmt: skip
    if names_a_function(name) or names_a_map(name):
        return _call(self, node, values)
    if name in SPELLINGS:
        error = self.faults.unknown_function(node, ())
        error.fixes = (self.faults.edit(node.at, SPELLINGS[name]),)
        raise error
    raise self.faults.unknown_function(node, tuple(self.functions))


def _count(self: Assembler, node: Node, values: list[Expr], counts: tuple[int, ...]) -> None:
    if len(node.args) not in counts:
        raise self.faults.call(node.text, node, values, counts)


def _call(self: Assembler, node: Node, values: list[Expr]) -> Expr:
    if not values:
        raise self.faults.call(node.text, node, values, (1,))
    takes, gives = self.functions.get(node.text, (None, ()))
    if takes is not None and len(takes) != len(values):
        raise self.faults.call(node.text, node, values, (len(takes),))
    for part, value, axes in zip(node.args, values, takes or (), strict=False):
        if axes is not None and value.axes != axes:
            raise self.faults.argument(node, part, value, axes)
    return build.call(node.text, *values, axes=gives)


def overloads(name: str) -> tuple[str, ...]:
    """The rows of the table that share a spelling."""
    return (name, *(row for row, spelling in SPELLINGS.items() if spelling == name))


def _operator(self: Assembler, node: Node, name: str, values: list[Expr]) -> Expr:
    check_place(node, self.root, self.source)
    if node.text == "norm_2" and len(values) == 1 and len(values[0].axes) == 2:
        raise _spectral(self, node, values[0])
    for op in overloads(name):
        if build.binding(op, tuple(values)) is not None:
            if op == "tr":
                _warn(self, node)
            if OPERATORS[op].stands:
                return phrase(OPERATORS[op].stands, dict(zip(("X", "Z"), values, strict=False)))
            if op in structure.DECOMPOSED:
                check_tall(self, node, values[0])
            if op == "normp":
                check_order(self, node, values[1])
            return build.apply(op, *values)
    if any(bind(use, tuple(values)) for use in GAINS.get(name, ())):
        return normalised(name, tuple(values))
    counts = [len(alternative(s).inputs) for op in overloads(name) for s in OPERATORS[op].signatures]
    if square_only(OPERATORS[name]) and len(values) == 1 and len(values[0].axes) == 2:
        raise self.faults.square(name, node, node.args[0], values[0])
    raise self.faults.call(name, node, values, counts)


def _along(self: Assembler, node: Node, name: str, values: list[Expr]) -> Expr:
    """sum(X, 2): along an axis."""
    value = node.args[1].value
    if node.args[1].kind != "num" or value is None or value.denominator != 1:
        raise ShapeError(
            f"{name} takes an array and the number of an axis, counted from 1: {name}(X, 2)",
            code="GP212",
            span=node.args[1].span,
            source=self.source,
        )
    try:
        return along(name, values[0], int(value))
    except (ShapeError, UnsupportedError) as error:
        error.span, error.source = node.args[1].span, self.source
        raise


def _either(self: Assembler, node: Node, values: list[Expr]) -> Expr:
    """where(c, a, b)."""
    shapes = {(value.axes, value.row): part for part, value in zip(node.args, values, strict=True)}
    shapes.pop(((), False), None)
    if len(shapes) > 1:
        (left, right), (a, b) = list(shapes.values())[:2], [v for v in values if v.axes][:2]
        raise self.faults.entrywise(left, right, a, b, node.at)
    return either(*values)


def _spectral(self: Assembler, node: Node, value: Expr) -> NameProblem:
    """GP310: the 2 below a norm of a matrix is its largest singular value, and Frobenius is often meant."""
    text = self.source
    inside = self.faults.text(node.args[0])
    tail = self.source[node.end - 2 : node.end]
    fixed = self.faults.edit((node.end - 1, node.end), "F") if tail == "_2" else text
    return NameProblem(
        "the norm with a 2 below it, of a matrix, is its largest singular value; "
        f"{inside} is {shape_in_words(value)}",
        code="GP310",
        span=node.span,
        source=self.source,
        facts=((None, "the Frobenius norm has an F below it"),),
        fixes=(fixed,),
    )


def _warn(self: Assembler, node: Node) -> None:
    """GP403: the trace of exp(A) is hardly ever meant entry by entry."""
    inside = list(node.args)
    while inside:
        part = inside.pop()
        if part.kind == "call" and part.text == "exp":
            self.warnings.append(
                MathError(
                    "exp works entry by entry",
                    code="GP403",
                    span=part.span,
                    source=self.source,
                    facts=((None, "expm(A) is the matrix exponential"),),
                )
            )
        elif part.kind in ("mul", "add", "sub", "neg", "T", "div"):
            inside.extend(part.args)


# ---- words that take sizes


def _shaped(self: Assembler, node: Node, values: list[Expr]) -> Expr:
    first = 1 if node.text == "reshape" else 0
    sizes = [self.size(arg) for arg in node.args[first:]]
    if node.text == "eye":
        _count(self, node, values, (1,))
        return build.eye(sizes[0])
    if node.text == "commutation":
        _count(self, node, values, (2,))
        return structure.commutation(*sizes)
    if not sizes or (node.text == "reshape" and not values):
        raise self.faults.call(node.text, node, [], (2 if first else 1,))
    if len(sizes) > MAX_AXES:
        raise LimitError(
            f"an array has more than {MAX_AXES} axes, the limit",
            code="GP708",
            span=node.span,
            source=self.source,
        )
    if node.text == "reshape":
        return _reshape(self, node, values[0], sizes)
    return (build.ones if node.text == "ones" else build.zeros)(*sizes)


def _reshape(self: Assembler, node: Node, value: Expr, sizes: list[Dim]) -> Expr:
    have, want = _product(value.axes), _product(tuple(sizes))
    if have is not want:
        raise ShapeError(
            f"reshape keeps the number of entries: {have} is not {want}",
            code="GP213",
            span=node.at,
            source=self.source,
            facts=((node.args[0].span, f"{self.faults.quote(node.args[0])} is {shape_in_words(value)}"),),
        )
    return build.reshape(value, *sizes)


def _product(axes: tuple[Dim, ...]) -> Dim:
    out = number(1)
    for size in axes:
        out = out * size
    return out


# ---- parts and stacks


def _index(self: Assembler, node: Node, value: Expr) -> Expr:
    quoted = self.faults.quote(node.args[0])
    if len(node.text) != len(value.axes):
        raise ShapeError(
            f"{quoted} is {shape_in_words(value)}, and the index has {len(node.text)} parts",
            code="GP212",
            span=(node.at[0], node.end),
            source=self.source,
            facts=((node.args[0].span, f"{len(value.axes)} parts are needed, one for each axis"),),
        )
    parts, bounds = list(node.args[1:]), []
    for letter, size in zip(node.text, value.axes, strict=True):
        here = [parts.pop(0) for _ in range("ar".find(letter) + 1)]
        bound = tuple(size_of(p, _within(self, size), self.source) for p in here)
        _check_bound(self, here, bound, size)
        bounds.append(bound or None)
    return structure.at(value, *bounds)


def _within(self: Assembler, size: Dim) -> Callable[[str], Dim | None]:
    """The meaning of names in an index, where `end` is the size of the axis."""
    return lambda name: size if name == "end" else self.size_name(name)


def _check_bound(self: Assembler, nodes: list[Node], bound: tuple[Dim, ...], size: Dim) -> None:
    """Indices begin at 1 and end at the size; what depends on symbols is taken as said."""
    chain = (number(1), *bound, size)
    for one, other in pairwise(chain):
        if bound and one is not other and at_least(one, other + number(1)):
            raise ShapeError(
                f"indices here go from 1 to {size}",
                code="GP212",
                span=(nodes[0].start, nodes[-1].end),
                source=self.source,
                facts=((None, f"{one} is larger than {other}"),),
            )


def _stack(self: Assembler, node: Node, values: list[Expr]) -> Expr:
    try:
        return structure.cat(node.text, *values)
    except ShapeError as error:
        facts = tuple((part.span, f"{self.faults.quote(part)} is {shape_in_words(value)}")
                      for part, value in zip(node.args, values, strict=True))  # fmt: skip
        what = "puts parts of one height side by side" if node.text == "hcat" else "stacks parts of one width"
        raise ShapeError(
            f"{node.text} {what}",
            code=error.code, span=node.at, source=self.source, facts=facts,
        ) from None  # fmt: skip


def _triangle(self: Assembler, node: Node, values: list[Expr]) -> Expr:
    if len(node.args) not in (1, 2) or len(values[0].axes) != 2:
        raise self.faults.call(node.text, node, values, (1, 2))
    k = self.size(node.args[1]).number if len(node.args) == 2 else 0
    if k is None:
        raise ShapeError(
            f"the diagonal of {node.text} is a whole number",
            code="GP209", span=node.args[1].span, source=self.source,
        )  # fmt: skip
    return structure.triangle(node.text, values[0], k)


def _unit(self: Assembler, node: Node) -> Expr:
    place, size = (self.size(arg) for arg in node.args)
    _check_bound(self, list(node.args), (place,), size)
    return structure.unit(place, size)


# ---- slopes and unknown elementwise functions


def _slope(self: Assembler, node: Node, values: list[Expr]) -> Expr:
    name = ALIASES.get(node.text, node.text)
    row = OPERATORS.get(name)
    if name in HIDDEN or row is None or not (row.slope or row.slope_word):
        if names_a_function(node.text) or row is not None or name in SHAPED:
            raise UnsupportedError(
                f"{node.text}'( ) is not a slope: {node.text} does not work entry by entry",
                code="GP501",
                span=node.at,
                source=self.source,
                fixes=(self.faults.edit((node.at[1], node.at[1] + 2), "'*("),),
            )
        error = self.faults.unknown_function(node, ())
        error.fixes = (*error.fixes, self.faults.edit((node.at[1], node.at[1] + 1), "'."))
        raise error
    _count(self, node, values, (1,))
    return slope_of(name, values[0])


def slope_of(name: str, x: Expr) -> Expr:
    """The slope of a word of the table at x, entry by entry."""
    if OPERATORS[name].slope_word:
        return build.slope(name, x)
    out = phrase(OPERATORS[name].slope, {"X": x, "Y": build.apply(name, x)})
    return out if out.axes == x.axes else build.zeros(*x.axes, row=x.row)  # the slope of sign is 0


def _map(self: Assembler, node: Node, values: list[Expr]) -> Expr:
    _count(self, node, values, (1,))
    name = ALIASES.get(node.text, node.text)
    if node.text in self.names and not isinstance(self.names[node.text], Dim):
        raise self.faults.applied(node, "an array")
    row = OPERATORS.get(name)
    if row is None or name in HIDDEN:
        return build.fmap(node.text, values[0], node.primes)
    if row.slope and node.primes == 0:
        return build.apply(name, values[0])
    if row.slope and node.primes == 1:
        return slope_of(name, values[0])
    raise UnsupportedError(
        f"{name} is a word of the language; f.(x) stands for an unknown function",
        code="GP501",
        span=node.at,
        source=self.source,
    )


# ---- texts of the table


@lru_cache(maxsize=4096)
def _tree(text: str) -> Node:
    return parse(text).statements[-1].node


def phrase(text: str, env: Mapping[str, Meaning]) -> Expr:
    """The expression that a short internal text means, such as "-Y*dX*Y".

    env gives every name: an expression, or a size (a `Dim` or a `size` expression).
    Raises GradproofError where the text does not fit; nothing is inferred.
    """
    return Assembler(text, env, word, strict=False).expression(_tree(text))
